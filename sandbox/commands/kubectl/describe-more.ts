// Describers of kinds that are seen less often: jobs, network policies, budgets, quotas, endpoints, storage, ingresses.

import type { Task } from "../../kernel/sys.ts";
import { humanDuration } from "../../lib/kube/age.ts";
import { describeAutoscaler } from "./describe-hpa.ts";
import { describeVolumes } from "./describe-pod.ts";
import type { Kube } from "./kube.ts";
import { selectorText } from "./pods.ts";
import { formatLabels } from "./print.ts";
import { longTime } from "./times.ts";
import { at, nameOf, namespaceOf, type Obj, sortedKeys } from "./values.ts";

/** What the describers of other kinds lend: labels and the like, a pod template, the count of an owner's pods. */
export interface Parts {
  pairs(title: string, map: Obj | undefined, between?: string, indent?: string): string;
  template(spec: Obj | undefined): string;
  podsStatus(kube: Kube, object: Obj): Task<string>;
}

type Writer = (object: Obj, parts: Parts) => string;

const unset = (value: unknown): string => (value === undefined || value === null ? "<unset>" : String(value));
const truth = (value: unknown): string => (value === undefined ? "<unset>" : value === true ? "True" : "False");
const selected = (selector: Obj | undefined): string => selectorText(selector) || "<none>";
const line = (title: string, value: unknown): string => `${title}:\t${value}\n`;
const some = (title: string, value: unknown, text: unknown = value): string =>
  value === undefined || value === null ? "" : line(title, text);
const labelsOf = (object: Obj, { pairs }: Parts): string =>
  pairs("Labels", at(object, "metadata.labels")) + pairs("Annotations", at(object, "metadata.annotations"), ":");
const named = (object: Obj): string => line("Name", nameOf(object)) + line("Namespace", namespaceOf(object));
function controller(object: Obj): string {
  const owner: Obj | undefined = (at(object, "metadata.ownerReferences") ?? []).find((one: Obj) => one.controller);
  return owner === undefined ? "" : line("Controlled By", `${owner.kind}/${owner.name}`);
}

function job(object: Obj, parts: Parts): string {
  const spec: Obj = object.spec ?? {};
  const status: Obj = object.status ?? {};
  const { startTime, completionTime } = status;
  const ready = status.ready === undefined ? "" : ` (${status.ready} Ready)`;
  return (
    named(object) +
    line("Selector", selectorText(spec.selector)) +
    labelsOf(object, parts) +
    controller(object) +
    some("Parallelism", spec.parallelism) +
    line("Completions", unset(spec.completions)) +
    some("Completion Mode", spec.completionMode) +
    some("Suspend", spec.suspend) +
    some("Backoff Limit", spec.backoffLimit) +
    some("TTL Seconds After Finished", spec.ttlSecondsAfterFinished) +
    some("Start Time", startTime, longTime(startTime)) +
    some("Completed At", completionTime, longTime(completionTime)) +
    (startTime && completionTime
      ? line("Duration", humanDuration(Date.parse(completionTime) - Date.parse(startTime)))
      : "") +
    some("Active Deadline Seconds", spec.activeDeadlineSeconds, `${spec.activeDeadlineSeconds}s`) +
    line(
      "Pods Statuses",
      `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
    ) +
    parts.template(spec.template)
  );
}

function cronJob(object: Obj, parts: Parts): string {
  const spec: Obj = object.spec ?? {};
  const inner: Obj = at(spec, "jobTemplate.spec") ?? {};
  const seconds = (value: unknown): string => (value === undefined ? "<unset>" : `${value}s`);
  const active: Obj[] = at(object, "status.active") ?? [];
  return (
    named(object) +
    labelsOf(object, parts) +
    line("Schedule", spec.schedule) +
    line("Concurrency Policy", spec.concurrencyPolicy) +
    line("Suspend", truth(spec.suspend)) +
    line("Successful Job History Limit", unset(spec.successfulJobsHistoryLimit)) +
    line("Failed Job History Limit", unset(spec.failedJobsHistoryLimit)) +
    line("Starting Deadline Seconds", seconds(spec.startingDeadlineSeconds)) +
    line("Selector", inner.selector === undefined ? "<unset>" : selectorText(inner.selector)) +
    line("Parallelism", unset(inner.parallelism)) +
    line("Completions", unset(inner.completions)) +
    some("Active Deadline Seconds", inner.activeDeadlineSeconds, seconds(inner.activeDeadlineSeconds)) +
    parts.template(inner.template) +
    line("Last Schedule Time", longTime(at(object, "status.lastScheduleTime"))) +
    line("Active Jobs", active.map((one) => one.name).join(", ") || "<none>")
  );
}

function claims(list: readonly Obj[], { pairs }: Parts): string {
  if (list.length === 0) return "Volume Claims:\t<none>\n";
  const one = (claim: Obj): string =>
    `  Name:\t${nameOf(claim)}\n  StorageClass:\t${at(claim, "spec.storageClassName") ?? ""}\n${pairs("Labels", at(claim, "metadata.labels"), "=", "  ")}${pairs("Annotations", at(claim, "metadata.annotations"), ":", "  ")}  Capacity:\t${at(claim, "spec.resources.requests.storage") ?? "<default>"}\n  Access Modes:\t[${(at(claim, "spec.accessModes") ?? []).join(" ")}]\n`;
  return `Volume Claims:\n${list.map(one).join("")}`;
}

function* statefulSet(kube: Kube, object: Obj, parts: Parts): Task<string> {
  const spec: Obj = object.spec ?? {};
  const partition = at(spec, "updateStrategy.rollingUpdate.partition");
  return (
    named(object) +
    line("CreationTimestamp", longTime(at(object, "metadata.creationTimestamp"))) +
    line("Selector", selectorText(spec.selector)) +
    labelsOf(object, parts) +
    line("Replicas", `${spec.replicas ?? 1} desired | ${at(object, "status.replicas") ?? 0} total`) +
    line("Update Strategy", at(spec, "updateStrategy.type") ?? "RollingUpdate") +
    (partition === undefined ? "" : `  Partition:\t${partition}\n`) +
    (yield* parts.podsStatus(kube, object)) +
    parts.template(spec.template) +
    claims(spec.volumeClaimTemplates ?? [], parts)
  );
}

function budget(object: Obj): string {
  const { spec = {}, status = {} } = object as { spec: Obj; status: Obj };
  return (
    named(object) +
    (spec.minAvailable === undefined
      ? some("Max unavailable", spec.maxUnavailable)
      : line("Min available", spec.minAvailable)) +
    line("Selector", spec.selector === undefined ? "<unset>" : selected(spec.selector)) +
    `Status:\n    Allowed disruptions:\t${status.disruptionsAllowed ?? 0}\n    Current:\t${status.currentHealthy ?? 0}\n    Desired:\t${status.desiredHealthy ?? 0}\n    Total:\t${status.expectedPods ?? 0}\n`
  );
}

const RULE = "    ";

function peers(list: readonly Obj[] | undefined, word: string, any: string): string {
  if (list === undefined || list.length === 0) return `${RULE}${word}: <any> (traffic not restricted by ${any})\n`;
  return list
    .map(({ namespaceSelector, podSelector, ipBlock }) => {
      let text = `${RULE}${word}:\n`;
      if (namespaceSelector !== undefined) text += `${RULE}  NamespaceSelector: ${selected(namespaceSelector)}\n`;
      if (podSelector !== undefined) text += `${RULE}  PodSelector: ${selected(podSelector)}\n`;
      if (namespaceSelector === undefined && podSelector === undefined && ipBlock !== undefined)
        text += `${RULE}  IPBlock:\n${RULE}    CIDR: ${ipBlock.cidr}\n${RULE}    Except: ${(ipBlock.except ?? []).join(", ")}\n`;
      return text;
    })
    .join("");
}

function policyRules(list: readonly Obj[] | undefined, way: "ingress" | "egress"): string {
  if (list === undefined || list.length === 0)
    return `${RULE}<none> (Selected pods are isolated for ${way} connectivity)\n`;
  return list
    .map((rule) => {
      const ports: Obj[] = rule.ports ?? [];
      const open =
        ports.length === 0
          ? `${RULE}To Port: <any> (traffic allowed to all ports)\n`
          : ports
              .map(({ port, endPort, protocol = "TCP" }) =>
                endPort === undefined
                  ? `${RULE}To Port: ${port ?? "<nil>"}/${protocol}\n`
                  : `${RULE}To Port Range: ${port}-${endPort}/${protocol}\n`,
              )
              .join("");
      return open + (way === "ingress" ? peers(rule.from, "From", "source") : peers(rule.to, "To", "destination"));
    })
    .join(`${RULE}----------\n`);
}

function networkPolicy(object: Obj, parts: Parts): string {
  const spec: Obj = object.spec ?? {};
  const types: string[] = spec.policyTypes ?? [];
  const made = String(at(object, "metadata.creationTimestamp") ?? "")
    .replace("T", " ")
    .replace("Z", " +0000 UTC");
  const way = (type: string, word: "ingress" | "egress"): string =>
    types.includes(type)
      ? `  Allowing ${word} traffic:\n${policyRules(spec[word], word)}`
      : `  Not affecting ${word} traffic\n`;
  return `${named(object)}Created on:\t${made}\n${labelsOf(object, parts)}Spec:\n  PodSelector:     ${selectorText(spec.podSelector) || "<none> (Allowing the specific traffic to all pods in this namespace)"}\n${way("Ingress", "ingress")}${way("Egress", "egress")}  Policy Types: ${types.join(", ") || "<none>"}\n`;
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    "that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating:
    "that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort: "that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort:
    "that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
};

/** Scopes of a quota and what they pick, with what is used and what there may be. */
export function quotaRows(quota: Obj, indent: string, rule: string): string {
  const scopes: string[] = [...(at(quota, "spec.scopes") ?? [])].sort();
  const hard: Obj = at(quota, "status.hard") ?? at(quota, "spec.hard") ?? {};
  return (
    (scopes.length === 0
      ? ""
      : `${indent}Scopes:\t${scopes.join(", ")}\n${scopes.map((scope) => (scope in SCOPES ? `${indent || " "}* Matches all pods ${SCOPES[scope]}\n` : "")).join("")}`) +
    `${indent}Resource\tUsed\tHard\n${indent}--------\t${rule}\t${rule}\n` +
    sortedKeys(hard)
      .map((key) => `${indent}${key}\t${at(quota, "status.used")?.[key] ?? "0"}\t${hard[key]}\n`)
      .join("")
  );
}

/** Head and rows of limit ranges. */
export function limitRows(ranges: readonly Obj[], indent: string): string {
  const rows = ranges
    .flatMap((range): Obj[] => at(range, "spec.limits") ?? [])
    .flatMap((item) => {
      const maps: Obj[] = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
      const names = [...new Set(maps.flatMap((map) => sortedKeys(map)))].sort();
      return names.map(
        (name) => `${indent}${item.type}\t${name}\t${maps.map((map) => map?.[name] ?? "-").join("\t")}\n`,
      );
    });
  return `${indent}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n${indent}----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n${rows.join("")}`;
}

function endpoints(object: Obj, parts: Parts): string {
  const ips = (list: Obj[] | undefined): string => (list ?? []).map((one) => one.ip).join(",") || "<none>";
  const subset = (one: Obj): string => {
    const ports: Obj[] = one.ports ?? [];
    const table =
      ports.length === 0
        ? ""
        : `  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n${ports.map((port) => `    ${port.name || "<unset>"}\t${port.port}\t${port.protocol ?? "TCP"}\n`).join("")}`;
    return `  Addresses:\t${ips(one.addresses)}\n  NotReadyAddresses:\t${ips(one.notReadyAddresses)}\n${table}\n`;
  };
  return `${named(object)}${labelsOf(object, parts)}Subsets:\n${(object.subsets ?? []).map(subset).join("")}`;
}

function endpointSlice(object: Obj, parts: Parts): string {
  const ports: Obj[] = object.ports ?? [];
  const ends: Obj[] = object.endpoints ?? [];
  const one = (end: Obj): string =>
    `  - Addresses:\t${(end.addresses ?? []).join(", ") || "<none>"}\n    Conditions:\n      Ready:\t${unset(at(end, "conditions.ready"))}\n    Hostname:\t${unset(end.hostname)}\n${end.targetRef === undefined ? "" : `    TargetRef:\t${end.targetRef.kind}/${end.targetRef.name}\n`}    NodeName:\t${unset(end.nodeName)}\n    Zone:\t${unset(end.zone)}\n`;
  return `${named(object)}${labelsOf(object, parts)}AddressType:\t${object.addressType}\n${ports.length === 0 ? "Ports: <unset>\n" : `Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n${ports.map((port) => `  ${port.name || "<unset>"}\t${unset(port.port)}\t${port.protocol ?? "TCP"}\n`).join("")}`}${ends.length === 0 ? "Endpoints: <none>\n" : `Endpoints:\n${ends.map(one).join("")}`}`;
}

function storageClass(object: Obj): string {
  const annotations: Obj = at(object, "metadata.annotations") ?? {};
  const options: string[] = object.mountOptions ?? [];
  return (
    line("Name", nameOf(object)) +
    line("IsDefaultClass", annotations["storageclass.kubernetes.io/is-default-class"] === "true" ? "Yes" : "No") +
    line("Annotations", formatLabels(annotations)) +
    line("Provisioner", object.provisioner) +
    line("Parameters", formatLabels(object.parameters)) +
    line("AllowVolumeExpansion", truth(object.allowVolumeExpansion)) +
    (options.length === 0
      ? "MountOptions:\t<none>\n"
      : `MountOptions:\n${options.map((option) => `  ${option}\n`).join("")}`) +
    some("ReclaimPolicy", object.reclaimPolicy) +
    some("VolumeBindingMode", object.volumeBindingMode)
  );
}

const priorityClass = (object: Obj): string =>
  line("Name", nameOf(object)) +
  line("Value", object.value) +
  line("GlobalDefault", object.globalDefault === true) +
  line("PreemptionPolicy", object.preemptionPolicy ?? "PreemptLowerPriority") +
  line("Description", object.description ?? "") +
  line("Annotations", formatLabels(at(object, "metadata.annotations")));

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};
const modes = (list: readonly string[] | undefined): string =>
  (list ?? []).map((mode) => MODES[mode] ?? mode).join(",");
const finalizers = (object: Obj): string =>
  line("Finalizers", `[${(at(object, "metadata.finalizers") ?? []).join(" ")}]`);

function volume(object: Obj, parts: Parts): string {
  const spec: Obj = object.spec ?? {};
  const claim: Obj | undefined = spec.claimRef;
  const source = describeVolumes([{ ...spec, name: "" }], "")
    .split("\n")
    .slice(2)
    .join("\n");
  return (
    line("Name", nameOf(object)) +
    labelsOf(object, parts) +
    finalizers(object) +
    line("StorageClass", spec.storageClassName ?? "") +
    line("Status", at(object, "status.phase")) +
    line("Claim", claim === undefined ? "" : `${claim.namespace}/${claim.name}`) +
    line("Reclaim Policy", spec.persistentVolumeReclaimPolicy) +
    line("Access Modes", modes(spec.accessModes)) +
    some("VolumeMode", spec.volumeMode) +
    line("Capacity", at(spec, "capacity.storage") ?? "0") +
    line("Node Affinity", spec.nodeAffinity === undefined ? "<none>" : "") +
    line("Message", at(object, "status.message") ?? "") +
    `Source:\n${source}`
  );
}

function* claim(kube: Kube, object: Obj, parts: Parts): Task<string> {
  const { spec = {}, status = {} } = object as { spec: Obj; status: Obj };
  const bound = Boolean(spec.volumeName);
  const client = yield* kube.client();
  const pods: Obj[] =
    (yield* client.ask({ path: `/api/v1/namespaces/${namespaceOf(object)}/pods?limit=500` })).body?.items ?? [];
  const users = pods
    .filter((pod) =>
      (at(pod, "spec.volumes") ?? []).some((one: Obj) => at(one, "persistentVolumeClaim.claimName") === nameOf(object)),
    )
    .map(nameOf);
  return (
    named(object) +
    line("StorageClass", spec.storageClassName ?? "") +
    line("Status", status.phase) +
    line("Volume", spec.volumeName ?? "") +
    labelsOf(object, parts) +
    finalizers(object) +
    line("Capacity", bound ? (at(status, "capacity.storage") ?? "0") : "") +
    line("Access Modes", bound ? modes(status.accessModes) : "") +
    some("VolumeMode", spec.volumeMode) +
    (users.length === 0
      ? "Used By:\t<none>\n"
      : users.map((user, i) => `${i === 0 ? "Used By:" : ""}\t${user}\n`).join(""))
  );
}

/** `web:80 (10.244.1.5:8080)`: a service behind an ingress, with where it leads. */
function* backend(kube: Kube, namespace: string, one: Obj): Task<string> {
  const { service, resource } = one;
  if (service === undefined)
    return resource === undefined
      ? ""
      : `APIGroup: ${resource.apiGroup ?? "<none>"}, Kind: ${resource.kind}, Name: ${resource.name}`;
  const port: Obj = service.port ?? {};
  const shown = `${service.name}:${port.name ?? port.number}`;
  const client = yield* kube.client();
  const found = yield* client.ask({ path: `/api/v1/namespaces/${namespace}/services/${service.name}` });
  if (found.status !== 200) return `${shown} (<error: ${found.body?.message ?? "not found"}>)`;
  const wanted: Obj =
    (at(found.body, "spec.ports") ?? []).find((each: Obj) => each.port === port.number || each.name === port.name) ??
    {};
  const behind: Obj =
    (yield* client.ask({ path: `/api/v1/namespaces/${namespace}/endpoints/${service.name}` })).body ?? {};
  const all: string[] = (behind.subsets ?? []).flatMap((subset: Obj) => {
    const number = (subset.ports ?? []).find((each: Obj) => (each.name ?? "") === (wanted.name ?? ""))?.port;
    return number === undefined ? [] : (subset.addresses ?? []).map((each: Obj) => `${each.ip}:${number}`);
  });
  return `${shown} (${all.slice(0, 3).join(",")}${all.length > 3 ? ` + ${all.length - 3} more...` : ""})`;
}

function* ingress(kube: Kube, object: Obj, { pairs }: Parts): Task<string> {
  const spec: Obj = object.spec ?? {};
  const namespace = namespaceOf(object);
  const fallback =
    spec.defaultBackend === undefined ? "<default>" : yield* backend(kube, namespace, spec.defaultBackend);
  const addresses: Obj[] = at(object, "status.loadBalancer.ingress") ?? [];
  let text = `Name:\t${nameOf(object)}\n${pairs("Labels", at(object, "metadata.labels"))}Namespace:\t${namespace}\nAddress:\t${addresses.map((one) => one.ip ?? one.hostname).join(",")}\nIngress Class:\t${spec.ingressClassName ?? "<none>"}\nDefault backend:\t${fallback}\n`;
  if ((spec.tls ?? []).length > 0)
    text += `TLS:\n${spec.tls
      .map(
        (one: Obj) =>
          `  ${one.secretName ? `${one.secretName} terminates` : "SNI routes"} ${(one.hosts ?? []).join(",")}\n`,
      )
      .join("")}`;
  text += "Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n";
  const rules: Obj[] = (spec.rules ?? []).filter((rule: Obj) => rule.http !== undefined);
  for (const rule of rules) {
    text += `  ${rule.host || "*"}\t\n`;
    for (const path of rule.http.paths ?? [])
      text += `    \t${path.path ?? ""} \t${yield* backend(kube, namespace, path.backend ?? {})}\n`;
  }
  if (rules.length === 0) text += `  *\t*\t${fallback}\n`;
  return text + pairs("Annotations", at(object, "metadata.annotations"), ":");
}

function ingressClass(object: Obj, parts: Parts): string {
  const given: Obj | undefined = at(object, "spec.parameters");
  return `${line("Name", nameOf(object))}${labelsOf(object, parts)}${line("Controller", at(object, "spec.controller"))}${given === undefined ? "" : `Parameters:\n${given.apiGroup ? `  APIGroup:\t${given.apiGroup}\n` : ""}  Kind:\t${given.kind}\n  Name:\t${given.name}\n`}`;
}

/** Kinds whose description is their object alone. */
const WRITERS: Readonly<Record<string, Writer>> = {
  Job: job,
  CronJob: cronJob,
  HorizontalPodAutoscaler: (object, parts) => describeAutoscaler(object, labelsOf(object, parts)),
  PodDisruptionBudget: budget,
  NetworkPolicy: networkPolicy,
  ResourceQuota: (object) => named(object) + quotaRows(object, "", "----"),
  LimitRange: (object) => named(object) + limitRows([object], ""),
  Endpoints: endpoints,
  EndpointSlice: endpointSlice,
  StorageClass: storageClass,
  PriorityClass: priorityClass,
  PersistentVolume: volume,
  IngressClass: ingressClass,
};
const ASKING: Readonly<Record<string, (kube: Kube, object: Obj, parts: Parts) => Task<string>>> = {
  StatefulSet: statefulSet,
  PersistentVolumeClaim: claim,
  Ingress: ingress,
};

/** Kinds that are described without their events. */
export const NO_EVENTS: ReadonlySet<string> = new Set(["NetworkPolicy", "ResourceQuota", "LimitRange"]);

/** The description of an object of one of these kinds; undefined for others. */
export function* describeMore(kube: Kube, object: Obj, parts: Parts): Task<string | undefined> {
  const asking = ASKING[object.kind];
  return asking === undefined ? WRITERS[object.kind]?.(object, parts) : yield* asking(kube, object, parts);
}
