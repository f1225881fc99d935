// What the registry sets and keeps by itself when objects are created, changed and deleted (the PrepareFor… of its strategies).

import { encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import { parseQuantity } from "../../lib/kube/quantity.ts";
import { at, type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { sameValue, sortKeys } from "../rest/sort.ts";
import { readObjects } from "../storage.ts";

const RESOURCES = ["cpu", "memory"];

/** A pod's quality of service by the requests and limits of its containers. */
export function qosOf(pod: Fields): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...listOf(at(pod, "spec", "containers")), ...listOf(at(pod, "spec", "initContainers"))];
  const amount = (container: Fields, kind: string, resource: string): bigint =>
    parseQuantity(String(at(container, "resources", kind, resource) ?? "0"))?.nano ?? 0n;
  const any = containers.some((each) =>
    RESOURCES.some((name) => amount(each, "requests", name) > 0n || amount(each, "limits", name) > 0n),
  );
  if (!any) return "BestEffort";
  const full = containers.every((each) =>
    RESOURCES.every(
      (name) => amount(each, "limits", name) > 0n && amount(each, "limits", name) === amount(each, "requests", name),
    ),
  );
  return full ? "Guaranteed" : "Burstable";
}

/** A free address of --service-cluster-ip-range. */
function allocateAddress({ sys, state }: RequestContext): string {
  const [, base = "10.96.0.0", bits = "12"] =
    /^([\d.]+)\/(\d+)/.exec(state.flags["service-cluster-ip-range"] ?? "10.96.0.0/12") ?? [];
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const taken = new Set(readObjects(state, "services").map((each) => at(each, "spec", "clusterIP")));
  for (;;) {
    const bytes = sys.random(4);
    const offset = (((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)) % (size - 2);
    const value = start + 1 + Math.max(offset, 256);
    const address = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
    if (!taken.has(address)) return address;
  }
}

/** A free port of --service-node-port-range. */
function allocatePort({ sys, state }: RequestContext): number {
  const [low = 30000, high = 32767] = (state.flags["service-node-port-range"] ?? "30000-32767").split("-").map(Number);
  const taken = new Set(
    readObjects(state, "services").flatMap((each) => listOf(at(each, "spec", "ports")).map((port) => port.nodePort)),
  );
  for (;;) {
    const bytes = sys.random(2);
    const port = low + ((((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % (high - low + 1));
    if (!taken.has(port)) return port;
  }
}

/** Addresses, families and node ports that a service is given. */
function allocateService(context: RequestContext, service: KubeObject): void {
  const spec = fieldsOf(service.spec);
  if (spec.type !== "ExternalName") {
    const asked = textOf(spec.clusterIP);
    spec.clusterIP = asked || (listOf<string>(spec.clusterIPs)[0] ?? allocateAddress(context));
    spec.clusterIPs = [spec.clusterIP];
    spec.ipFamilies ??= ["IPv4"];
    spec.ipFamilyPolicy ??= "SingleStack";
  }
  if (spec.type === "NodePort" || spec.type === "LoadBalancer")
    for (const port of listOf(spec.ports)) port.nodePort ??= allocatePort(context);
  service.status = { loadBalancer: {} };
}

/** stringData becomes data. */
function foldStrings(secret: KubeObject): void {
  const given = Object.entries(fieldsOf(secret.stringData));
  if (given.length > 0)
    secret.data = sortKeys({
      ...fieldsOf(secret.data),
      ...Object.fromEntries(given.map(([key, value]) => [key, toBase64(encode(String(value)))])),
    });
  delete secret.stringData;
}

/** A CSR carries who asked; what the request says of it does not count. */
function stampRequest({ caller }: RequestContext, csr: KubeObject): void {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = fieldsOf(csr.spec);
  csr.spec = {
    ...spec,
    username: caller.user,
    ...(caller.uid ? { uid: caller.uid } : {}),
    groups: caller.groups,
    ...(caller.extra && Object.keys(caller.extra).length > 0 ? { extra: caller.extra } : {}),
  };
  csr.status = {};
}

/** A secret as its decoder leaves it. */
export function foldedSecret(secret: KubeObject): KubeObject {
  const folded = { ...secret };
  foldStrings(folded);
  return folded;
}

/** A job's pods are found by its uid. */
function selectByUid(job: KubeObject): void {
  const spec = fieldsOf(job.spec);
  if (spec.manualSelector === true || spec.selector !== undefined) return;
  const uid = job.metadata.uid ?? "";
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": job.metadata.name ?? "",
    "controller-uid": uid,
    "job-name": job.metadata.name ?? "",
  };
  spec.selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  const template = fieldsOf(spec.template);
  const metadata = fieldsOf(template.metadata);
  template.metadata = { ...metadata, labels: { ...fieldsOf(metadata.labels), ...labels } };
  spec.template = template;
}

const TEMPLATES = "deprecated.daemonset.template.generation";

/** A DaemonSet's own count of its templates stands among its annotations. */
const countTemplates = ({ metadata }: KubeObject, count: number): void => {
  metadata.annotations = { ...metadata.annotations, [TEMPLATES]: String(count) };
};

const PREPARE: Readonly<Record<string, (context: RequestContext, object: KubeObject) => void>> = {
  pods: (_context, pod) => {
    pod.status = { phase: "Pending", qosClass: qosOf(pod) };
  },
  services: allocateService,
  secrets: (_context, secret) => foldStrings(secret),
  namespaces: (_context, space) => {
    const spec = fieldsOf(space.spec);
    const finalizers = listOf<string>(spec.finalizers);
    space.spec = {
      ...spec,
      finalizers: finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"],
    };
    space.status = { phase: "Active" };
  },
  "certificatesigningrequests.certificates.k8s.io": stampRequest,
  "daemonsets.apps": (_context, set) => {
    set.status = { ...EMPTY_STATUS["daemonsets.apps"] };
    countTemplates(set, 1);
  },
  "jobs.batch": (_context, job) => {
    selectByUid(job);
    job.status = {};
  },
  persistentvolumes: (_context, volume) => {
    volume.status = { phase: "Pending" };
  },
  persistentvolumeclaims: (_context, claim) => {
    claim.status = { phase: "Pending" };
  },
  // A kubelet registers with its status.
  nodes: () => {},
};

/** Statuses that nothing has filled in yet, as their structs are written. */
const EMPTY_STATUS: Readonly<Record<string, Fields>> = {
  "replicasets.apps": { replicas: 0 },
  replicationcontrollers: { replicas: 0 },
  "statefulsets.apps": { replicas: 0, availableReplicas: 0 },
  "daemonsets.apps": { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  "poddisruptionbudgets.policy": { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
};

/** A new object as the registry makes it; changes the given one. */
export function prepareForCreate(context: RequestContext, resource: Resource, object: KubeObject): KubeObject {
  const prepare = PREPARE[resource.storage];
  if (prepare !== undefined) prepare(context, object);
  else if (resource.subresources.some((each) => each.name === "status"))
    object.status = { ...EMPTY_STATUS[resource.storage] };
  return object;
}

/** Storages whose objects carry a status that only its subresource changes. */
const hasStatus = (resource: Resource): boolean => resource.subresources.some((each) => each.name === "status");

/** Metadata that no update changes, and the half of the object that the path does not touch. */
export function prepareForUpdate(
  context: RequestContext,
  resource: Resource,
  subresource: string | undefined,
  object: KubeObject,
  current: KubeObject,
): KubeObject {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation } = current.metadata;
  const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation };
  const metadata = { ...object.metadata, ...kept } as Record<string, unknown>;
  for (const [key, value] of Object.entries(kept)) if (value === undefined) delete metadata[key];
  let next: KubeObject = { ...object, metadata: metadata as KubeObject["metadata"] };
  switch (subresource) {
    case "status":
      next = { ...current, metadata: next.metadata, status: object.status };
      break;
    case "approval":
      next = {
        ...current,
        metadata: next.metadata,
        status: { ...fieldsOf(current.status), conditions: approvedConditions(context, object) },
      };
      break;
    case "ephemeralcontainers":
      next = {
        ...current,
        spec: { ...fieldsOf(current.spec), ephemeralContainers: at(object, "spec", "ephemeralContainers") },
      };
      break;
    case "finalize":
      next = { ...current, spec: { finalizers: at(object, "spec", "finalizers") } };
      break;
    default:
      if (hasStatus(resource) && resource.storage !== "serviceaccounts") {
        if (current.status === undefined) delete next.status;
        else next.status = current.status;
      }
      keepFields(context, resource, next, current);
  }
  if (resource.generation && subresource !== "status" && generation !== undefined && changed(next, current))
    next.metadata.generation = generation + 1;
  return next;
}

/** Times of conditions that an approver left out. */
function approvedConditions({ sys }: RequestContext, object: KubeObject): Fields[] {
  const now = formatTime(sys.now());
  return listOf(at(object, "status", "conditions")).map((each) => ({
    ...each,
    lastUpdateTime: each.lastUpdateTime ?? now,
    lastTransitionTime: each.lastTransitionTime ?? now,
  }));
}

/** What a kind keeps of its own when it is written over. */
function keepFields(context: RequestContext, resource: Resource, next: KubeObject, current: KubeObject): void {
  if (resource.storage === "daemonsets.apps") {
    const same = sameValue(at(next, "spec", "template"), at(current, "spec", "template"));
    countTemplates(next, Number(current.metadata.annotations?.[TEMPLATES] ?? 1) + (same ? 0 : 1));
  }
  if (resource.storage === "secrets") {
    foldStrings(next);
    if (!next.type) next.type = current.type;
  }
  if (resource.storage === "services") {
    const spec = fieldsOf(next.spec);
    const old = fieldsOf(current.spec);
    for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
      if (spec[key] === undefined && old[key] !== undefined && spec.type !== "ExternalName") spec[key] = old[key];
    if (spec.type === "NodePort" || spec.type === "LoadBalancer")
      for (const port of listOf(spec.ports))
        port.nodePort ??= listOf(old.ports).find((each) => each.port === port.port)?.nodePort ?? allocatePort(context);
  }
  if (resource.storage === "certificatesigningrequests.certificates.k8s.io") next.spec = current.spec;
  if (resource.storage === "namespaces") (next as Fields).spec = current.spec;
}

/** Whether what generation counts is different: the spec, or of kinds without one all but the metadata. */
function changed(next: KubeObject, current: KubeObject): boolean {
  const part = (object: KubeObject): unknown => {
    if (object.spec !== undefined) return object.spec;
    const { metadata: _, status: __, kind: ___, apiVersion: ____, ...rest } = object;
    return rest;
  };
  return !sameValue(part(next), part(current));
}

/** Seconds that a deletion waits for: pods on a node end gracefully, everything else goes at once. */
export function gracePeriodOf(resource: Resource, object: KubeObject, asked: number | undefined): number {
  if (resource.storage !== "pods") return 0;
  const own = Number(at(object, "spec", "terminationGracePeriodSeconds") ?? 30);
  const ended = ["Succeeded", "Failed"].includes(String(at(object, "status", "phase")));
  if (!at(object, "spec", "nodeName") || ended) return 0;
  const grace = asked ?? own;
  return grace < 0 ? 1 : grace;
}
