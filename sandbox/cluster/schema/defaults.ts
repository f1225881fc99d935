// Defaults of fields that were left out (k8s.io/kubernetes/pkg/apis/*/v1/defaults.go).

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import type { Resource } from "../registry/types.ts";

/** Sets what is missing. */
function fill(object: Fields, values: Fields): void {
  for (const [key, value] of Object.entries(values)) object[key] ??= value;
}

const spec = (object: Fields): Fields => {
  object.spec ??= {};
  return object.spec as Fields;
};

function defaultProbe(probe: unknown): void {
  if (typeof probe !== "object" || probe === null) return;
  const fields = probe as Fields;
  fill(fields, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  defaultHttp(fields.httpGet);
  const grpc = fields.grpc;
  if (typeof grpc === "object" && grpc !== null) fill(grpc as Fields, { service: "" });
}

function defaultHttp(action: unknown): void {
  if (typeof action === "object" && action !== null) fill(action as Fields, { path: "/", scheme: "HTTP" });
}

/** Always for images without a tag or with `latest`, else IfNotPresent. */
function pullPolicy(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  if (image.includes("@")) return "IfNotPresent";
  const tag = last.includes(":") ? last.slice(last.lastIndexOf(":") + 1) : "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultContainer(container: Fields): void {
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(textOf(container.image)),
    resources: {},
  });
  for (const port of listOf(container.ports)) fill(port, { protocol: "TCP" });
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) defaultProbe(container[probe]);
  for (const hook of ["postStart", "preStop"]) defaultHttp(at(container, "lifecycle", hook, "httpGet"));
  for (const variable of listOf(container.env)) {
    const ref = at(variable, "valueFrom", "fieldRef") as Fields | undefined;
    if (ref !== undefined) fill(ref, { apiVersion: "v1" });
    const resource = at(variable, "valueFrom", "resourceFieldRef") as Fields | undefined;
    if (resource !== undefined) fill(resource, { divisor: "0" });
  }
  if (at(container, "securityContext", "procMount") === "") delete (container.securityContext as Fields).procMount;
}

/** Requests that were left out are as large as their limits. */
function defaultRequests(container: Fields): void {
  const resources = fieldsOf(container.resources);
  const limits = fieldsOf(resources.limits);
  if (Object.keys(limits).length === 0) return;
  const requests = { ...limits, ...fieldsOf(resources.requests) };
  resources.requests = Object.fromEntries(Object.entries(requests).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function defaultItems(source: Fields): void {
  for (const item of listOf(source.items)) {
    const ref = item.fieldRef as Fields | undefined;
    if (ref !== undefined) fill(ref, { apiVersion: "v1" });
  }
}

function defaultVolume(volume: Fields): void {
  if (Object.keys(volume).every((key) => key === "name")) volume.emptyDir = {};
  for (const kind of ["secret", "configMap", "downwardAPI", "projected"]) {
    const source = volume[kind] as Fields | undefined;
    if (source === undefined) continue;
    fill(source, { defaultMode: 420 });
    defaultItems(source);
  }
  const host = volume.hostPath as Fields | undefined;
  if (host !== undefined) fill(host, { type: "" });
  for (const source of listOf(at(volume, "projected", "sources"))) {
    const token = source.serviceAccountToken as Fields | undefined;
    if (token !== undefined) fill(token, { expirationSeconds: 3600 });
    const api = source.downwardAPI as Fields | undefined;
    if (api !== undefined) defaultItems(api);
  }
  const claim = at(volume, "ephemeral", "volumeClaimTemplate", "spec") as Fields | undefined;
  if (claim !== undefined) fill(claim, { volumeMode: "Filesystem" });
}

/** A pod's spec, its own or in a template. */
function defaultPodSpec(pod: Fields, template: boolean): void {
  const lists = ["initContainers", "containers", "ephemeralContainers"];
  const containers = lists.flatMap((key) => listOf(pod[key]));
  containers.forEach(defaultContainer);
  if (!template) containers.forEach(defaultRequests);
  listOf(pod.volumes).forEach(defaultVolume);
  fill(pod, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    ...(pod.serviceAccount === undefined || pod.serviceAccountName !== undefined
      ? {}
      : { serviceAccountName: pod.serviceAccount }),
    ...(pod.serviceAccountName === undefined ? {} : { serviceAccount: pod.serviceAccountName }),
    securityContext: {},
    schedulerName: "default-scheduler",
    ...(template ? {} : { enableServiceLinks: true }),
  });
  if (pod.hostNetwork === true)
    for (const container of containers)
      for (const port of listOf(container.ports)) fill(port, { hostPort: port.containerPort });
}

function defaultTemplate(object: Fields): void {
  const template = spec(object).template as Fields | undefined;
  const pod = template?.spec as Fields | undefined;
  if (pod !== undefined) defaultPodSpec(pod, true);
}

function rolling(strategy: Fields, values: Fields): void {
  fill(strategy, { type: "RollingUpdate" });
  if (strategy.type !== "RollingUpdate") return;
  strategy.rollingUpdate ??= {};
  fill(strategy.rollingUpdate as Fields, values);
}

/** Strategy objects that may be missing altogether. */
const strategyOf = (object: Fields, name: string): Fields => {
  spec(object)[name] ??= {};
  return spec(object)[name] as Fields;
};

/** A workload's labels default to its template's. */
function labelsFromTemplate(object: KubeObject): void {
  const labels = at(object, "spec", "template", "metadata", "labels") as Record<string, string> | undefined;
  if (labels !== undefined && Object.keys(object.metadata.labels ?? {}).length === 0) object.metadata.labels = labels;
}

function defaultService(object: Fields): void {
  const own = spec(object);
  fill(own, { sessionAffinity: "None", type: "ClusterIP" });
  for (const port of listOf(own.ports)) fill(port, { protocol: "TCP", targetPort: port.port });
  if (own.sessionAffinity === "ClientIP") fill(own, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } });
  if (own.type === "NodePort" || own.type === "LoadBalancer") fill(own, { externalTrafficPolicy: "Cluster" });
  if (own.type === "LoadBalancer") fill(own, { allocateLoadBalancerNodePorts: true });
  if (own.type !== "ExternalName") fill(own, { internalTrafficPolicy: "Cluster" });
}

function defaultPolicy(object: Fields): void {
  const own = spec(object);
  for (const rule of [...listOf(own.ingress), ...listOf(own.egress)])
    for (const port of listOf(rule.ports)) fill(port, { protocol: "TCP" });
  fill(own, { policyTypes: own.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"] });
}

const RBAC_GROUP = "rbac.authorization.k8s.io";

function defaultBinding(object: Fields): void {
  const ref = object.roleRef as Fields | undefined;
  if (ref !== undefined && !ref.apiGroup) ref.apiGroup = RBAC_GROUP;
  for (const subject of listOf(object.subjects))
    if (!subject.apiGroup && subject.kind !== "ServiceAccount") subject.apiGroup = RBAC_GROUP;
}

const DEFAULTS: Readonly<Record<string, (object: KubeObject) => void>> = {
  pods: (object) => defaultPodSpec(spec(object), false),
  podtemplates: (object) => {
    const pod = at(object, "template", "spec") as Fields | undefined;
    if (pod !== undefined) defaultPodSpec(pod, true);
  },
  "deployments.apps": (object) => {
    defaultTemplate(object);
    fill(spec(object), { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    rolling(strategyOf(object, "strategy"), { maxUnavailable: "25%", maxSurge: "25%" });
  },
  "replicasets.apps": (object) => {
    defaultTemplate(object);
    labelsFromTemplate(object);
    fill(spec(object), { replicas: 1 });
  },
  replicationcontrollers: (object) => {
    defaultTemplate(object);
    labelsFromTemplate(object);
    const labels = at(object, "spec", "template", "metadata", "labels");
    fill(spec(object), { replicas: 1, ...(labels === undefined ? {} : { selector: labels }) });
  },
  "daemonsets.apps": (object) => {
    defaultTemplate(object);
    fill(spec(object), { revisionHistoryLimit: 10 });
    rolling(strategyOf(object, "updateStrategy"), { maxUnavailable: 1, maxSurge: 0 });
  },
  "statefulsets.apps": (object) => {
    defaultTemplate(object);
    fill(spec(object), {
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
    rolling(strategyOf(object, "updateStrategy"), { partition: 0 });
  },
  "jobs.batch": (object) => {
    defaultTemplate(object);
    defaultJob(spec(object));
    labelsFromTemplate(object);
  },
  "cronjobs.batch": (object) => {
    const job = at(object, "spec", "jobTemplate", "spec") as Fields | undefined;
    const pod = at(job, "template", "spec") as Fields | undefined;
    if (pod !== undefined) defaultPodSpec(pod, true);
    fill(spec(object), {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
  },
  services: defaultService,
  secrets: (object) => fill(object, { type: "Opaque" }),
  endpoints: (object) => {
    for (const subset of listOf(object.subsets))
      for (const port of listOf(subset.ports)) fill(port, { protocol: "TCP" });
  },
  namespaces: (object) => {
    object.metadata.labels = {
      ...object.metadata.labels,
      ...(object.metadata.name ? { "kubernetes.io/metadata.name": object.metadata.name } : {}),
    };
  },
  persistentvolumeclaims: (object) => fill(spec(object), { volumeMode: "Filesystem" }),
  persistentvolumes: (object) =>
    fill(spec(object), { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" }),
  "networkpolicies.networking.k8s.io": defaultPolicy,
  "rolebindings.rbac.authorization.k8s.io": defaultBinding,
  "clusterrolebindings.rbac.authorization.k8s.io": defaultBinding,
  "certificatesigningrequests.certificates.k8s.io": (object) =>
    fill(spec(object), { usages: ["digital signature", "key encipherment"] }),
  "priorityclasses.scheduling.k8s.io": (object) => fill(object, { preemptionPolicy: "PreemptLowerPriority" }),
  "storageclasses.storage.k8s.io": (object) =>
    fill(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  limitranges: (object) => {
    for (const item of listOf(spec(object).limits))
      if (item.type === "Container" && item.max !== undefined)
        item.default = { ...fieldsOf(item.max), ...fieldsOf(item.default) };
  },
};

function defaultJob(job: Fields): void {
  if (job.completions === undefined && job.parallelism === undefined) fill(job, { completions: 1, parallelism: 1 });
  fill(job, {
    parallelism: 1,
    backoffLimit: job.backoffLimitPerIndex === undefined ? 6 : 2147483647,
    completionMode: "NonIndexed",
    suspend: false,
    podReplacementPolicy: job.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed",
  });
}

/** The object with its defaults; changes the given one, which must be the caller's own copy. */
export function applyDefaults(resource: Resource, object: KubeObject): KubeObject {
  DEFAULTS[resource.storage]?.(object);
  return object;
}
