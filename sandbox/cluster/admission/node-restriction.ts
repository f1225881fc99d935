// NodeRestriction: what a kubelet's rights leave open, this closes: only its own node, its own pods, no labels of rank.

import { isMirror, MIRROR, referencesOf } from "../auth/pod-references.ts";
import { nodeNameOf, nodeOf } from "../auth/types.ts";
import { parseRequest } from "../csr/parse.ts";
import { at, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { forbidden, notFound } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const RESTRICTED = "node-restriction.kubernetes.io";

/** Labels of kubernetes.io that a kubelet may set. */
const OWN_LABELS = (
  "kubernetes.io/hostname topology.kubernetes.io/zone topology.kubernetes.io/region failure-domain.beta.kubernetes.io/zone " +
  "failure-domain.beta.kubernetes.io/region beta.kubernetes.io/instance-type node.kubernetes.io/instance-type " +
  "beta.kubernetes.io/os kubernetes.io/os beta.kubernetes.io/arch kubernetes.io/arch"
).split(" ");

const isWithin = (namespace: string, ...domains: readonly string[]): boolean =>
  domains.some((domain) => namespace === domain || namespace.endsWith(`.${domain}`));

function isForbiddenLabel(label: string): boolean {
  const slash = label.indexOf("/");
  const namespace = slash < 0 ? "" : label.slice(0, slash);
  if (isWithin(namespace, RESTRICTED)) return true;
  if (!isWithin(namespace, "kubernetes.io", "k8s.io")) return false;
  return !OWN_LABELS.includes(label) && !isWithin(namespace, "kubelet.kubernetes.io", "node.kubernetes.io");
}

type Labels = Readonly<Record<string, string>>;

/** Labels that were added, removed or changed and that a kubelet may not touch. */
function forbiddenLabels(now: Labels = {}, before: Labels = {}): string[] {
  const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
  return changed.filter(isForbiddenLabel).sort();
}

type Refuse = (why: string) => never;

function checkPodCreate(node: string, { object, lookup }: AdmissionRequest, refuse: Refuse): void {
  if (object === undefined) return;
  if (!isMirror(object)) refuse(`pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`);
  if (nodeNameOf(object) !== node) refuse(`node "${node}" can only create pods with spec.nodeName set to itself`);
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length > 1) refuse(`node "${node}" can only create pods with a single owner reference set to itself`);
  const [owner] = owners;
  if (owner === undefined || owner.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node)
    return refuse(`node "${node}" can only create pods with an owner reference set to itself`);
  if (owner.controller !== true)
    refuse(`node "${node}" can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true) refuse(`node "${node}" must not set blockOwnerDeletion on an owner reference`);
  const own = lookup.get("nodes", "", node);
  if (own === undefined) throw notFound({ name: "nodes", group: "" }, node);
  if (owner.uid !== own.metadata.uid)
    refuse(`node ${node} UID mismatch: expected ${owner.uid} got ${own.metadata.uid}`);
  const spec = fieldsOf(object["spec"]);
  const { secrets, configMaps } = referencesOf(object);
  const volumes = listOf(spec["volumes"]);
  const named = (what: string): never => refuse(`node "${node}" can not create pods that reference ${what}`);
  if (textOf(spec["serviceAccountName"]) !== "") named("a service account");
  if (secrets.size > 0) named("secrets");
  if (configMaps.size > 0) named("configmaps");
  const projects = (what: string): boolean =>
    volumes.some((volume) => listOf(at(volume, "projected", "sources")).some((source) => source[what] != null));
  if (projects("clusterTrustBundle")) named("clustertrustbundles");
  if (volumes.some((volume) => volume["persistentVolumeClaim"] != null)) named("persistentvolumeclaims");
  if (listOf(spec["resourceClaims"]).length > 0) named("resourceclaims");
}

function existingPod({ lookup, namespace }: AdmissionRequest, name: string): KubeObject {
  const pod = lookup.get("pods", namespace, name);
  if (pod === undefined) throw notFound({ name: "pods", group: "" }, name);
  return pod;
}

function checkPod(node: string, request: AdmissionRequest, refuse: Refuse): void {
  const { operation, subresource, object, old, name } = request;
  if (subresource === "status") {
    if (operation !== "UPDATE") refuse(`unexpected operation "${operation}"`);
    if (old !== undefined && nodeNameOf(old) !== node)
      refuse(`node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
    if (JSON.stringify(old?.metadata.labels ?? {}) !== JSON.stringify(object?.metadata.labels ?? {}))
      refuse(`node "${node}" cannot update labels through pod status`);
  } else if (subresource === "eviction") {
    if (operation !== "CREATE") refuse(`unexpected operation ${operation}`);
    if (nodeNameOf(existingPod(request, name)) !== node)
      refuse(`node ${node} can only evict pods with spec.nodeName set to itself`);
  } else if (subresource !== "")
    refuse(`unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`);
  else if (operation === "CREATE") checkPodCreate(node, request, refuse);
  else if (operation !== "DELETE")
    refuse(`unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`);
  else if (nodeNameOf(old ?? existingPod(request, name)) !== node)
    refuse(`node "${node}" can only delete pods with spec.nodeName set to itself`);
}

function checkNode(node: string, { operation, object, old, name }: AdmissionRequest, refuse: Refuse): void {
  if (name !== node) refuse(`node "${node}" is not allowed to modify node "${name}"`);
  if (object === undefined) return;
  const source = at(object, "spec", "configSource");
  if (operation === "CREATE") {
    if (source != null) refuse(`node "${node}" is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenLabels(object.metadata.labels);
    if (labels.length > 0) refuse(`node "${node}" is not allowed to set the following labels: ${labels.join(", ")}`);
  } else if (operation === "UPDATE") {
    if (source != null && JSON.stringify(source) !== JSON.stringify(at(old, "spec", "configSource")))
      refuse(`node "${node}" is not allowed to update configSource to a new non-nil configSource`);
    // By their fields: what is stored and what was decoded may differ in the order of keys.
    const fields = ["key", "value", "effect", "timeAdded"];
    const taints = (of: KubeObject | undefined): string =>
      JSON.stringify(listOf(at(of, "spec", "taints")).map((taint) => fields.map((field) => at(taint, field) ?? "")));
    if (taints(object) !== taints(old)) refuse(`node "${node}" is not allowed to modify taints`);
    const labels = forbiddenLabels(object.metadata.labels, old?.metadata.labels);
    if (labels.length > 0) refuse(`is not allowed to modify labels: ${labels.join(", ")}`);
  }
}

function checkToken(node: string, request: AdmissionRequest, refuse: Refuse): void {
  if (request.operation !== "CREATE" || request.subresource !== "token") return;
  const reference = fieldsOf(at(request.object, "spec", "boundObjectRef"));
  const [name, uid] = [textOf(reference["name"]), textOf(reference["uid"])];
  if (reference["apiVersion"] !== "v1" || reference["kind"] !== "Pod" || name === "")
    refuse("node requested token not bound to a pod");
  if (uid === "") refuse("node requested token with a pod binding without a uid");
  const pod = existingPod(request, name);
  if (uid !== pod.metadata.uid)
    refuse(
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (nodeNameOf(pod) !== node) refuse("node requested token bound to a pod scheduled on a different node");
}

const SIGNERS = ["kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet"];

function checkCertificateRequest({ operation, object, user }: AdmissionRequest, refuse: Refuse): void {
  if (operation !== "CREATE" || !SIGNERS.includes(textOf(at(object, "spec", "signerName")))) return;
  const parsed = parseRequest(textOf(at(object, "spec", "request")));
  if (typeof parsed === "string") return refuse(`unable to parse csr: ${parsed}`);
  if (parsed.commonName !== user.name) refuse(`can only create a node CSR with CN=${user.name}`);
}

export const nodeRestriction: Plugin = {
  name: "NodeRestriction",
  mutate(request) {
    const node = nodeOf(request.user);
    const { operation, resource, name, object, namespace } = request;
    if (node === undefined || operation === "CONNECT") return;
    const refuse: Refuse = (why) => {
      throw forbidden(resource, name, why);
    };
    if (node === "") refuse(`could not determine node from user ${JSON.stringify(request.user.name)}`);
    const own = (what: string): void => {
      if ((operation === "CREATE" ? object?.metadata.name : name) !== node)
        refuse(`can only access ${what} with the same name as the requesting node`);
    };
    switch (resource.storage) {
      case "pods":
        return checkPod(node, request, refuse);
      case "nodes":
        return checkNode(node, request, refuse);
      case "persistentvolumeclaims":
        return request.subresource === "status" ? undefined : refuse("may only update PVC status");
      case "serviceaccounts":
        return checkToken(node, request, refuse);
      case "certificatesigningrequests.certificates.k8s.io":
        return checkCertificateRequest(request, refuse);
      case "leases.coordination.k8s.io":
        if (namespace !== "kube-node-lease") refuse('can only access leases in the "kube-node-lease" system namespace');
        return own("node lease");
      case "csinodes.storage.k8s.io":
        return own("CSINode");
      default:
    }
  },
};
