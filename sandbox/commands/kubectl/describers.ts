// One describer a kind: what `kubectl describe` writes, tabs between columns.

import type { Task } from "../../kernel/sys.ts";
import { humanDuration } from "../../lib/kube/age.ts";
import { addQuantities, type Quantity, quantityOf } from "../../lib/kube/quantity.ts";
import { ruleRows } from "./auth.ts";
import { csrSubject } from "./describe-csr.ts";
import { describeMore, limitRows, NO_EVENTS, quotaRows } from "./describe-more.ts";
import { describeContainers, describeVolumes, podLines, sections } from "./describe-pod.ts";
import { eventsOf, intervalText } from "./events.ts";
import type { Kube } from "./kube.ts";
import { selectorText } from "./pods.ts";
import { longTime } from "./times.ts";
import { type Any, at, goValue, nameOf, namespaceOf, type Obj, sortedKeys } from "./values.ts";

export type Describer = (kube: Kube, object: Obj) => Task<string>;

/** `Labels:` with one pair a line. */
export function pairLines(title: string, map: Obj | undefined, between = "=", indent = ""): string {
  const keys = sortedKeys(map).filter(
    (key) => between === "=" || key !== "kubectl.kubernetes.io/last-applied-configuration",
  );
  if (keys.length === 0) return `${indent}${title}:\t<none>\n`;
  return keys
    .map(
      (key, i) =>
        `${i === 0 ? `${indent}${title}:` : ""}\t${key}${between}${annotationText(String(map?.[key]), between)}\n`,
    )
    .join("");
}

/** Long annotations go below their key. */
function annotationText(value: string, between: string): string {
  if (between === "=") return value;
  const text = value.replace(/\n$/, "");
  if (text.length > 140 || text.includes("\n"))
    return `\n${text
      .split("\n")
      .map((line) => `\t  ${line.length > 140 ? `${line.slice(0, 140)}...` : line}`)
      .join("\n")}`;
  return ` ${text}`;
}

const head = (object: Obj, namespaced = false): string =>
  `Name:\t${nameOf(object)}\n${namespaced ? `Namespace:\t${namespaceOf(object)}\n` : ""}${pairLines("Labels", at(object, "metadata.labels"))}${pairLines("Annotations", at(object, "metadata.annotations"), ":")}`;

export function* eventLines(kube: Kube, object: Obj, kind: string = object.kind): Task<string> {
  if (!kube.flags.on("show-events", true)) return "";
  const list = yield* eventsOf(kube, object, kind);
  if (list.length === 0) return "Events:\t<none>\n";
  const rows = list.map((event) => {
    const source = at(event, "source.component") || event.reportingComponent || "";
    const place = at(event, "involvedObject.fieldPath");
    return `  ${event.type}\t${event.reason}\t${intervalText(event, kube.sys.now())}\t${source}\t${place ? `${place}: ` : ""}${(event.message ?? "").trim()}\n`;
  });
  return `Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n${rows.join("")}`;
}

function* node(kube: Kube, object: Obj): Task<string> {
  const client = yield* kube.client();
  const { metadata, spec, status } = object as { metadata: Obj; spec: Obj; status: Obj };
  const roles = sortedKeys(metadata.labels).flatMap((key) => {
    const role = key.startsWith("node-role.kubernetes.io/")
      ? key.slice(24)
      : key === "kubernetes.io/role"
        ? metadata.labels[key]
        : "";
    return role === "" ? [] : [role];
  });
  let text = `Name:\t${nameOf(object)}\nRoles:\t${roles.join(",") || "<none>"}\n${pairLines("Labels", metadata.labels)}${pairLines("Annotations", metadata.annotations, ":")}`;
  text += `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}\n`;
  const taints: string[] = (spec.taints ?? [])
    .map(({ key, value, effect }: Obj) => `${key}${value ? `=${value}` : ""}:${effect}`)
    // By effect, then by key.
    .sort((a: string, b: string) => (a.replace(/(.*):(.*)/, "$2 $1") < b.replace(/(.*):(.*)/, "$2 $1") ? -1 : 1));
  text +=
    taints.length === 0
      ? "Taints:\t<none>\n"
      : taints.map((taint, i) => `${i === 0 ? "Taints:" : ""}\t${taint}\n`).join("");
  text += `Unschedulable:\t${spec.unschedulable === true}\n`;
  const lease = yield* client.ask({
    path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nameOf(object)}`,
  });
  if (lease.status === 200) {
    const { holderIdentity, acquireTime, renewTime } = lease.body.spec ?? {};
    text += `Lease:\n  HolderIdentity:\t${holderIdentity ?? "<unset>"}\n  AcquireTime:\t${longTime(acquireTime)}\n  RenewTime:\t${longTime(renewTime)}\n`;
  } else text += `Lease:\tFailed to get lease: ${lease.body?.message ?? ""}\n`;
  if ((status.conditions ?? []).length > 0) {
    text +=
      "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n";
    for (const one of status.conditions)
      text += `  ${one.type} \t${one.status} \t${longTime(one.lastHeartbeatTime)} \t${longTime(one.lastTransitionTime)} \t${one.reason} \t${one.message}\n`;
  }
  text += "Addresses:\n";
  for (const one of status.addresses ?? []) text += `  ${one.type}:\t${one.address}\n`;
  for (const [title, key] of [
    ["Capacity", "capacity"],
    ["Allocatable", "allocatable"],
  ] as const)
    if (sortedKeys(status[key]).length > 0)
      text += `${title}:\n${sortedKeys(status[key])
        .map((name) => `  ${name}:\t${status[key][name]}\n`)
        .join("")}`;
  const info: Obj = status.nodeInfo ?? {};
  text += `System Info:\n  Machine ID:\t${info.machineID ?? ""}\n  System UUID:\t${info.systemUUID ?? ""}\n  Boot ID:\t${info.bootID ?? ""}\n  Kernel Version:\t${info.kernelVersion ?? ""}\n  OS Image:\t${info.osImage ?? ""}\n  Operating System:\t${info.operatingSystem ?? ""}\n  Architecture:\t${info.architecture ?? ""}\n  Container Runtime Version:\t${info.containerRuntimeVersion ?? ""}\n  Kubelet Version:\t${info.kubeletVersion ?? ""}\n`;
  if (spec.podCIDR) text += `PodCIDR:\t${spec.podCIDR}\n`;
  if ((spec.podCIDRs ?? []).length > 0) text += `PodCIDRs:\t${spec.podCIDRs.join(",")}\n`;
  if (spec.providerID) text += `ProviderID:\t${spec.providerID}\n`;
  const fields = `spec.nodeName=${nameOf(object)},status.phase!=Failed,status.phase!=Succeeded`;
  const pods = yield* client.ask({ path: `/api/v1/pods?fieldSelector=${encodeURIComponent(fields)}&limit=500` });
  text += pods.status === 200 ? podTable(kube, pods.body.items ?? [], status) : "Pods:\tnot authorized\n";
  return text + (yield* eventLines(kube, object, "Node"));
}

/** Requests or limits of a pod: what its containers ask together, or an init container alone if that is more. */
function podResources(pod: Obj, what: string, resource: string): Quantity {
  const of = (list: Obj[] | undefined): Quantity[] =>
    (list ?? []).map((one) => quantityOf(at(one, `resources.${what}`)?.[resource]));
  const sum = addQuantities(of(at(pod, "spec.containers")));
  return of(at(pod, "spec.initContainers")).reduce((most, one) => (one.nano > most.nano ? one : most), sum);
}

function podTable(kube: Kube, pods: Obj[], status: Obj): string {
  const allocatable: Obj = status.allocatable ?? status.capacity ?? {};
  const share = ({ nano, text }: Quantity, resource: string): string => {
    const whole = quantityOf(allocatable[resource]).nano;
    return `${text} (${whole === 0n ? 0 : (nano * 100n) / whole}%)`;
  };
  let text = `Non-terminated Pods:\t(${pods.length} in total)\n  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n`;
  for (const pod of pods) {
    const cells = [podResources(pod, "requests", "cpu"), podResources(pod, "limits", "cpu")].map((one) =>
      share(one, "cpu"),
    );
    const memory = [podResources(pod, "requests", "memory"), podResources(pod, "limits", "memory")].map((one) =>
      share(one, "memory"),
    );
    text += `  ${namespaceOf(pod)}\t${nameOf(pod)}\t\t${[...cells, ...memory].join("\t")}\t${humanDuration(kube.sys.now() - Date.parse(at(pod, "metadata.creationTimestamp")))}\n`;
  }
  text +=
    "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits\n  --------\t--------\t------\n";
  const names = [
    "cpu",
    "memory",
    "ephemeral-storage",
    ...sortedKeys(allocatable).filter((name) => !["cpu", "memory", "ephemeral-storage", "pods"].includes(name)),
  ];
  for (const name of names) {
    const total = (what: string) => addQuantities(pods.map((pod) => podResources(pod, what, name)));
    text += `  ${name}\t${share(total("requests"), name)}\t${share(total("limits"), name)}\n`;
  }
  return text;
}

function* pod(kube: Kube, object: Obj): Task<string> {
  return podLines(object, pairLines) + (yield* eventLines(kube, object));
}

/** A pod template as deployments and their like show it. */
export function podTemplate(spec: Obj | undefined): string {
  const inner: Obj = spec?.spec ?? {};
  let text = `Pod Template:\n${pairLines("Labels", at(spec, "metadata.labels"), "=", "  ")}`;
  if (sortedKeys(at(spec, "metadata.annotations")).length > 0)
    text += pairLines("Annotations", at(spec, "metadata.annotations"), ":", "  ");
  if (inner.serviceAccountName) text += `  Service Account:\t${inner.serviceAccountName}\n`;
  if ((inner.initContainers ?? []).length > 0)
    text += describeContainers("Init Containers", inner.initContainers, undefined, "  ");
  text += describeContainers("Containers", inner.containers ?? [], undefined, "  ");
  text += describeVolumes(inner.volumes ?? [], "  ");
  if (inner.priorityClassName) text += `  Priority Class Name:\t${inner.priorityClassName}\n`;
  return text + sections(inner, "  ");
}

function* deployment(kube: Kube, object: Obj): Task<string> {
  const { metadata, spec, status } = object as { metadata: Obj; spec: Obj; status: Obj };
  let text = `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\nCreationTimestamp:\t${longTime(metadata.creationTimestamp)}\n${pairLines("Labels", metadata.labels)}${pairLines("Annotations", metadata.annotations, ":")}Selector:\t${selectorText(spec.selector)}\n`;
  text += `Replicas:\t${spec.replicas ?? 1} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable\n`;
  text += `StrategyType:\t${at(spec, "strategy.type")}\nMinReadySeconds:\t${spec.minReadySeconds ?? 0}\n`;
  const rolling: Obj | undefined = at(spec, "strategy.rollingUpdate");
  if (rolling !== undefined)
    text += `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge\n`;
  text += podTemplate(spec.template);
  if ((status.conditions ?? []).length > 0) {
    text += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n";
    for (const one of status.conditions) text += `  ${one.type} \t${one.status}\t${one.reason}\n`;
  }
  const client = yield* kube.client();
  const sets = yield* client.ask({
    path: `/apis/apps/v1/namespaces/${namespaceOf(object)}/replicasets?labelSelector=${encodeURIComponent(selectorText(spec.selector))}`,
  });
  const own: Obj[] = (sets.body?.items ?? []).filter((set: Obj) =>
    (at(set, "metadata.ownerReferences") ?? []).some((one: Obj) => one.uid === metadata.uid),
  );
  const revision = (set: Obj): string => at(set, "metadata.annotations")?.["deployment.kubernetes.io/revision"] ?? "";
  const current = own.find((set) => revision(set) === metadata.annotations?.["deployment.kubernetes.io/revision"]);
  const shown = (list: Obj[]): string =>
    list
      .map(
        (set) =>
          `${nameOf(set)} (${at(set, "status.replicas") ?? 0}/${at(set, "spec.replicas") ?? 0} replicas created)`,
      )
      .join(", ") || "<none>";
  text += `OldReplicaSets:\t${shown(own.filter((set) => set !== current))}\nNewReplicaSet:\t${shown(current === undefined ? [] : [current])}\n`;
  return text + (yield* eventLines(kube, object));
}

function* podsStatus(kube: Kube, object: Obj): Task<string> {
  const client = yield* kube.client();
  const list = yield* client.ask({
    path: `/api/v1/namespaces/${namespaceOf(object)}/pods?labelSelector=${encodeURIComponent(selectorText(at(object, "spec.selector")))}`,
  });
  const phases = (list.body?.items ?? [])
    .filter((one: Obj) =>
      (at(one, "metadata.ownerReferences") ?? []).some((owner: Obj) => owner.uid === at(object, "metadata.uid")),
    )
    .map((one: Obj) => at(one, "status.phase"));
  const count = (phase: string): number => phases.filter((one: string) => one === phase).length;
  return `Pods Status:\t${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed\n`;
}

function* daemonSet(kube: Kube, object: Obj): Task<string> {
  const { metadata, spec, status } = object as { metadata: Obj; spec: Obj; status: Obj };
  const chosen = sortedKeys(at(spec, "template.spec.nodeSelector"));
  let text = `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\nSelector:\t${selectorText(spec.selector)}\nNode-Selector:\t${chosen.map((key) => `${key}=${at(spec, "template.spec.nodeSelector")[key]}`).join(",") || "<none>"}\n${pairLines("Labels", metadata.labels)}${pairLines("Annotations", metadata.annotations, ":")}`;
  text += `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}\nCurrent Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}\nNumber of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}\nNumber of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}\nNumber of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}\n`;
  return text + (yield* podsStatus(kube, object)) + podTemplate(spec.template) + (yield* eventLines(kube, object));
}

function* replicaSet(kube: Kube, object: Obj): Task<string> {
  const { metadata, spec, status } = object as { metadata: Obj; spec: Obj; status: Obj };
  const owner: Obj | undefined = (metadata.ownerReferences ?? []).find((one: Obj) => one.controller);
  let text = `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\nSelector:\t${selectorText(spec.selector)}\n${pairLines("Labels", metadata.labels)}${pairLines("Annotations", metadata.annotations, ":")}`;
  if (owner !== undefined) text += `Controlled By:\t${owner.kind}/${owner.name}\n`;
  text += `Replicas:\t${status.replicas ?? 0} current / ${spec.replicas ?? 1} desired\n`;
  text += (yield* podsStatus(kube, object)) + podTemplate(spec.template);
  if ((status.conditions ?? []).length > 0) {
    text += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n";
    for (const one of status.conditions) text += `  ${one.type} \t${one.status}\t${one.reason}\n`;
  }
  return text + (yield* eventLines(kube, object));
}

function* namespace(kube: Kube, object: Obj): Task<string> {
  const client = yield* kube.client();
  let text = `${head(object)}Status:\t${at(object, "status.phase")}\n`;
  const base = `/api/v1/namespaces/${nameOf(object)}`;
  const quotas: Obj[] = (yield* client.ask({ path: `${base}/resourcequotas?limit=500` })).body?.items ?? [];
  const ranges: Obj[] = (yield* client.ask({ path: `${base}/limitranges?limit=500` })).body?.items ?? [];
  if ((at(object, "status.conditions") ?? []).length > 0) {
    text +=
      "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------\n";
    for (const one of at(object, "status.conditions"))
      text += `  ${one.type}\t${one.status}\t${longTime(one.lastTransitionTime)}\t${one.reason}\t${one.message}\n`;
  }
  if (quotas.length === 0) text += "\nNo resource quota.\n";
  else {
    text += "\nResource Quotas\n";
    for (const quota of quotas) text += `  Name:\t${nameOf(quota)}\n${quotaRows(quota, "  ", "---")}`;
  }
  text += ranges.length === 0 ? "\nNo LimitRange resource.\n" : `\nResource Limits\n${limitRows(ranges, " ")}`;
  return text;
}

function* secret(kube: Kube, object: Obj): Task<string> {
  void kube;
  const data: Obj = object.data ?? {};
  const lines = sortedKeys(data).map(
    (key) => `${key}:\t${Math.floor((data[key].replace(/=+$/, "").length * 3) / 4)} bytes\n`,
  );
  return `${head(object, true)}\nType:\t${object.type}\n\nData\n====\n${lines.join("")}`;
}

function* configMap(kube: Kube, object: Obj): Task<string> {
  const data: Obj = object.data ?? {};
  const binary: Obj = object.binaryData ?? {};
  let text = `${head(object, true)}\nData\n====\n`;
  for (const key of sortedKeys(data)) text += `${key}:\n----\n${data[key]}\n\n`;
  text += "\nBinaryData\n====\n";
  for (const key of sortedKeys(binary))
    text += `${key}: ${Math.floor((binary[key].replace(/=+$/, "").length * 3) / 4)} bytes\n`;
  text += "\n";
  return text + (yield* eventLines(kube, object));
}

function* serviceAccount(kube: Kube, object: Obj): Task<string> {
  const names = (key: string, title: string): string => {
    const list: Obj[] = object[key] ?? [];
    return list.length === 0
      ? `${title}:\t<none>\n`
      : list.map((one, i) => `${i === 0 ? `${title}:` : ""}\t${one.name}\n`).join("");
  };
  return `${head(object, true)}${names("imagePullSecrets", "Image pull secrets")}${object.secrets?.length > 0 ? names("secrets", "Mountable secrets") : ""}${yield* eventLines(kube, object)}`;
}

function* role(kube: Kube, object: Obj): Task<string> {
  void kube;
  const rows = ruleRows(object.rules ?? []).map(
    ([resource, urls, names, verbs]) => `  ${resource}\t${urls}\t${names}\t${verbs}\n`,
  );
  return `${head(object)}PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs\n  ---------\t-----------------\t--------------\t-----\n${rows.join("")}`;
}

function* binding(kube: Kube, object: Obj): Task<string> {
  void kube;
  const rows = (object.subjects ?? []).map((one: Obj) => `  ${one.kind}\t${one.name}\t${one.namespace ?? ""}\n`);
  return `${head(object)}Role:\n  Kind:\t${object.roleRef.kind}\n  Name:\t${object.roleRef.name}\nSubjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n${rows.join("")}`;
}

function* csr(kube: Kube, object: Obj): Task<string> {
  const { metadata, spec, status } = object as { metadata: Obj; spec: Obj; status: Obj };
  const conditions: Obj[] = status?.conditions ?? [];
  const shown =
    conditions.length === 0
      ? "Pending"
      : conditions
          .map((one) => one.type)
          .filter((type) => type !== "Failed")
          .join(",") +
        (conditions.some((one) => one.type === "Failed") ? ",Failed" : status.certificate ? ",Issued" : "");
  const pairs = (title: string, map: Obj | undefined): string => {
    const keys = sortedKeys(map);
    return keys.length === 0
      ? `${title}:\t<none>\n`
      : keys
          .map((key, i) => `${i === 0 ? `${title}:` : ""}\t${key}=${String(map?.[key]).replace(/\n$/, "\n")}\n`)
          .join("");
  };
  const subject = csrSubject(spec.request ?? "");
  return `Name:\t${nameOf(object)}\n${pairs("Labels", metadata.labels)}${pairs("Annotations", metadata.annotations)}CreationTimestamp:\t${longTime(metadata.creationTimestamp)}\nRequesting User:\t${spec.username}\n${spec.signerName ? `Signer:\t${spec.signerName}\n` : ""}${spec.expirationSeconds ? `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}\n` : ""}Status:\t${shown}\n${subject}${yield* eventLines(kube, object)}`;
}

function* service(kube: Kube, object: Obj): Task<string> {
  const spec: Obj = object.spec ?? {};
  const client = yield* kube.client();
  const slices: Obj[] =
    (yield* client.ask({
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespaceOf(object)}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${nameOf(object)}`)}`,
    })).body?.items ?? [];
  let text = `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\n${pairLines("Labels", at(object, "metadata.labels"))}${pairLines("Annotations", at(object, "metadata.annotations"), ":")}Selector:\t${selectorText(spec.selector) || "<none>"}\nType:\t${spec.type}\n`;
  if (spec.ipFamilyPolicy) text += `IP Family Policy:\t${spec.ipFamilyPolicy}\n`;
  text += `IP Families:\t${(spec.ipFamilies ?? []).join(",") || "<none>"}\nIP:\t${spec.clusterIP ?? ""}\nIPs:\t${(spec.clusterIPs ?? []).join(",") || "<none>"}\n`;
  if (spec.externalIPs) text += `External IPs:\t${spec.externalIPs.join(",")}\n`;
  if (spec.loadBalancerIP) text += `Desired LoadBalancer IP:\t${spec.loadBalancerIP}\n`;
  if (spec.externalName) text += `External Name:\t${spec.externalName}\n`;
  for (const port of spec.ports ?? []) {
    const name = port.name || "<unset>";
    text += `Port:\t${name}\t${port.port}/${port.protocol}\nTargetPort:\t${port.targetPort}/${port.protocol}\n`;
    if (port.nodePort) text += `NodePort:\t${name}\t${port.nodePort}/${port.protocol}\n`;
    const all: string[] = slices.flatMap((slice) => {
      const number = (slice.ports ?? []).find((one: Obj) => (one.name ?? "") === (port.name ?? ""))?.port;
      return (slice.endpoints ?? [])
        .filter((one: Obj) => at(one, "conditions.ready") !== false)
        .flatMap((one: Obj) => (one.addresses ?? []).map((address: string) => `${address}:${number}`));
    });
    text += `Endpoints:\t${all.slice(0, 3).join(",")}${all.length > 3 ? ` + ${all.length - 3} more...` : ""}\n`;
  }
  text += `Session Affinity:\t${spec.sessionAffinity ?? "None"}\n`;
  if (spec.externalTrafficPolicy) text += `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`;
  if (spec.internalTrafficPolicy) text += `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`;
  if (spec.loadBalancerSourceRanges)
    text += `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(",")}\n`;
  return text + (yield* eventLines(kube, object));
}

// --- any other kind ---

const ACRONYMS = new Set(["API", "URL", "UID", "OSB", "GUID"]);
const HIDDEN = [
  "metadata.name",
  "metadata.namespace",
  "metadata.labels",
  "metadata.annotations",
  "metadata.managedFields",
];

/** `creationTimestamp` → `Creation Timestamp`; names with other signs than letters stay. */
function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  if (field.endsWith("URLs")) return `${smartLabel(field.slice(0, -4))} URLs`.trim();
  const words = field.match(/[A-Z]+(?=[A-Z][a-z]|\d|$|_)|[A-Z]?[a-z]+|\d+|[A-Z]+|[^A-Za-z\d]+/g) ?? [field];
  return words
    .map((word) =>
      ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(" ");
}

function anyLines(value: Obj, level: number, path: string): string {
  const indent = "  ".repeat(level);
  let text = "";
  for (const key of sortedKeys(value)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (HIDDEN.includes(here)) continue;
    const inner: Any = value[key];
    if (Array.isArray(inner)) {
      text += `${indent}${smartLabel(key)}:\n`;
      for (const item of inner)
        text +=
          item !== null && typeof item === "object" && !Array.isArray(item)
            ? anyLines(item, level + 1, here)
            : `${indent}  ${goValue(item)}\n`;
    } else if (inner !== null && typeof inner === "object")
      text += `${indent}${smartLabel(key)}:\n${anyLines(inner, level + 1, here)}`;
    else text += `${indent}${smartLabel(key)}:\t${goValue(inner)}\n`;
  }
  return text;
}

export function* otherDescriber(kube: Kube, object: Obj): Task<string> {
  const known = yield* describeMore(kube, object, { pairs: pairLines, template: podTemplate, podsStatus });
  if (known !== undefined) return known + (NO_EVENTS.has(object.kind) ? "" : yield* eventLines(kube, object));
  const text = `Name:\t${nameOf(object)}\nNamespace:\t${namespaceOf(object)}\n${pairLines("Labels", at(object, "metadata.labels"))}${pairLines("Annotations", at(object, "metadata.annotations"), ":")}${anyLines(object, 0, "")}`;
  return text + (yield* eventLines(kube, object));
}

export const describers: Readonly<Record<string, Describer>> = {
  Node: node,
  Pod: pod,
  Deployment: deployment,
  DaemonSet: daemonSet,
  ReplicaSet: replicaSet,
  ReplicationController: replicaSet,
  Namespace: namespace,
  Secret: secret,
  ConfigMap: configMap,
  ServiceAccount: serviceAccount,
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  CertificateSigningRequest: csr,
  Service: service,
};
