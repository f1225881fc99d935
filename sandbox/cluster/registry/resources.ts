// The table of resources of kube-apiserver 1.36, in the order of its discovery documents.

import type { Resource, Subresource } from "./types.ts";

/*
 * One line a resource: name, kind, scope (n namespaced, c cluster), verbs (* all eight, or letters of VERBS),
 * then in any order: short names, `@category`, `%prefix` in etcd, `=storage` shared with another, `!` generation counted,
 * and subresources `/name[:Kind[.group/version]][:verbs]`. A line `group version` in brackets begins a group.
 */
const TABLE = `
[ v1]
bindings Binding n c
componentstatuses ComponentStatus c gl cs
configmaps ConfigMap n * cm
endpoints Endpoints n * ep %services/endpoints
events Event n * ev
limitranges LimitRange n * limits
namespaces Namespace c cdglpuw ns /finalize::u /status
nodes Node c * no %minions /proxy:NodeProxyOptions:cdgpu /status
persistentvolumeclaims PersistentVolumeClaim n * pvc /status
persistentvolumes PersistentVolume c * pv /status
pods Pod n * po @all ! /attach:PodAttachOptions:cg /binding:Binding:c /ephemeralcontainers::gpu /eviction:Eviction.policy/v1:c /exec:PodExecOptions:cg /log::g /portforward:PodPortForwardOptions:cg /proxy:PodProxyOptions:cdgpu /resize::gpu /status
podtemplates PodTemplate n *
replicationcontrollers ReplicationController n * rc @all ! %controllers /scale:Scale.autoscaling/v1 /status
resourcequotas ResourceQuota n * quota /status
secrets Secret n *
serviceaccounts ServiceAccount n * sa /token:TokenRequest.authentication.k8s.io/v1:c
services Service n * svc @all %services/specs /proxy:ServiceProxyOptions:cdgpu /status
[apiregistration.k8s.io v1]
apiservices APIService c * @api-extensions %apiregistration.k8s.io/apiservices /status
[apps v1]
controllerrevisions ControllerRevision n *
daemonsets DaemonSet n * ds @all ! /status
deployments Deployment n * deploy @all ! /scale:Scale.autoscaling/v1 /status
replicasets ReplicaSet n * rs @all ! /scale:Scale.autoscaling/v1 /status
statefulsets StatefulSet n * sts @all ! /scale:Scale.autoscaling/v1 /status
[events.k8s.io v1]
events Event n * ev =events
[authentication.k8s.io v1]
selfsubjectreviews SelfSubjectReview c c
tokenreviews TokenReview c c
[authorization.k8s.io v1]
localsubjectaccessreviews LocalSubjectAccessReview n c
selfsubjectaccessreviews SelfSubjectAccessReview c c
selfsubjectrulesreviews SelfSubjectRulesReview c c
subjectaccessreviews SubjectAccessReview c c
[autoscaling v2]
horizontalpodautoscalers HorizontalPodAutoscaler n * hpa @all /status
[autoscaling v1]
horizontalpodautoscalers HorizontalPodAutoscaler n * hpa @all =horizontalpodautoscalers.autoscaling /status
[batch v1]
cronjobs CronJob n * cj @all ! /status
jobs Job n * @all ! /status
[certificates.k8s.io v1]
certificatesigningrequests CertificateSigningRequest c * csr /approval /status
[networking.k8s.io v1]
ingressclasses IngressClass c * !
ingresses Ingress n * ing ! %ingress /status
ipaddresses IPAddress c * ip
networkpolicies NetworkPolicy n * netpol !
servicecidrs ServiceCIDR c * /status
[policy v1]
poddisruptionbudgets PodDisruptionBudget n * pdb ! /status
[rbac.authorization.k8s.io v1]
clusterrolebindings ClusterRoleBinding c *
clusterroles ClusterRole c *
rolebindings RoleBinding n *
roles Role n *
[storage.k8s.io v1]
csidrivers CSIDriver c *
csinodes CSINode c *
csistoragecapacities CSIStorageCapacity n *
storageclasses StorageClass c * sc
volumeattachments VolumeAttachment c * /status
volumeattributesclasses VolumeAttributesClass c * vac
[admissionregistration.k8s.io v1]
mutatingadmissionpolicies MutatingAdmissionPolicy c * @api-extensions !
mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding c * @api-extensions !
mutatingwebhookconfigurations MutatingWebhookConfiguration c * @api-extensions !
validatingadmissionpolicies ValidatingAdmissionPolicy c * @api-extensions ! /status
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding c * @api-extensions !
validatingwebhookconfigurations ValidatingWebhookConfiguration c * @api-extensions !
[apiextensions.k8s.io v1]
customresourcedefinitions CustomResourceDefinition c * crd crds @api-extensions ! %apiextensions.k8s.io/customresourcedefinitions /status
[scheduling.k8s.io v1]
priorityclasses PriorityClass c * pc !
[coordination.k8s.io v1]
leases Lease n *
[node.k8s.io v1]
runtimeclasses RuntimeClass c *
[discovery.k8s.io v1]
endpointslices EndpointSlice n * !
[resource.k8s.io v1]
deviceclasses DeviceClass c * !
resourceclaims ResourceClaim n * /status
resourceclaimtemplates ResourceClaimTemplate n *
resourceslices ResourceSlice c * !
[flowcontrol.apiserver.k8s.io v1]
flowschemas FlowSchema c * ! /status
prioritylevelconfigurations PriorityLevelConfiguration c * ! /status
`;

const VERBS: Readonly<Record<string, string>> = {
  c: "create",
  d: "delete",
  D: "deletecollection",
  g: "get",
  l: "list",
  p: "patch",
  u: "update",
  w: "watch",
};

const verbsOf = (letters: string): string[] =>
  [...(letters === "*" ? "cdDglpuw" : letters)].map((letter) => VERBS[letter] ?? letter);

function parseSubresource(word: string, kind: string): Subresource {
  const [name = "", full = "", letters = "gpu"] = word.slice(1).split(":");
  const [, own, group, version] = /^([A-Z]\w*)(?:\.([\w.]+)\/(\w+))?$/.exec(full) ?? [];
  return {
    name,
    kind: own ?? kind,
    verbs: verbsOf(letters || "gpu"),
    ...(group === undefined ? {} : { group, version: version ?? "v1" }),
  };
}

function singularOf(kind: string): string {
  return kind.toLowerCase();
}

function parseLine(line: string, group: string, version: string): Resource {
  const [name = "", kind = "", scope, verbs = "*", ...more] = line.split(" ");
  const marked = (mark: string) => more.filter((word) => word.startsWith(mark)).map((word) => word.slice(1));
  return {
    group,
    version,
    name,
    singular: singularOf(kind),
    kind,
    namespaced: scope === "n",
    verbs: verbsOf(verbs),
    shortNames: more.filter((word) => /^[a-z]/.test(word)),
    categories: marked("@"),
    subresources: more.filter((word) => word.startsWith("/")).map((word) => parseSubresource(word, kind)),
    storage: marked("=")[0] ?? (group === "" ? name : `${name}.${group}`),
    prefix: `/registry/${marked("%")[0] ?? name}`,
    generation: more.includes("!"),
    ...(group === "autoscaling" && version === "v1" ? { secondary: true } : {}),
  };
}

function parseTable(): readonly Resource[] {
  const found: Resource[] = [];
  let group = "";
  let version = "v1";
  for (const line of TABLE.trim().split("\n")) {
    const head = /^\[(\S*) (\S+)\]$/.exec(line);
    if (head === null) found.push(Object.freeze(parseLine(line, group, version)));
    else [, group = "", version = "v1"] = head;
  }
  return Object.freeze(found);
}

/** Every built-in resource. */
export const RESOURCES: readonly Resource[] = parseTable();

/** A built-in resource by its storage name, such as `pods` or `clusterroles.rbac.authorization.k8s.io`. */
export function resourceOf(storage: string): Resource {
  const found = RESOURCES.find((each) => each.storage === storage && each.secondary !== true);
  if (found === undefined) throw new Error(`there is no resource ${storage}`);
  return found;
}

/** A built-in resource by apiVersion and kind. */
export function findKind(apiVersion: string, kind: string): Resource | undefined {
  return RESOURCES.find(
    (each) => each.kind === kind && (each.group === "" ? each.version : `${each.group}/${each.version}`) === apiVersion,
  );
}
