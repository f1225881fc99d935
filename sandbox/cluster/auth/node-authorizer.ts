// The Node authorizer: a kubelet reads what the pods bound to its node need, and no more; its reasons word for word.

import { at, textOf } from "../object.ts";
import { NODE_RULES } from "./default-roles.ts";
import { isMirror, referencesOf } from "./pod-references.ts";
import { ruleAllows } from "./rbac.ts";
import { type Attributes, type DecisionStep, type Lookup, nodeNameOf, nodeOf } from "./types.ts";

/** True: allowed. Text: no opinion, and why; empty where there is no reason. */
type Answer = true | string;

/** What stands between a node and an object of this kind: pods bound to it that name it. */
type Related = "secrets" | "configmaps" | "persistentvolumeclaims" | "persistentvolumes" | "pods" | "serviceaccounts";

const among = (verb: string, allowed: string): boolean => allowed.split(" ").includes(verb);

/** Whether a path of pods (and claims) leads from an object to a node. */
function isRelated(store: Lookup, node: string, kind: Related, namespace: string, name: string): boolean {
  const claimed =
    kind === "persistentvolumes" ? at(store.get("persistentvolumes", "", name), "spec", "claimRef") : undefined;
  for (const pod of store.list("pods")) {
    if (nodeNameOf(pod) !== node) continue;
    const own = pod.metadata.namespace === namespace;
    if (kind === "pods") {
      if (own && pod.metadata.name === name) return true;
      continue;
    }
    if (isMirror(pod)) continue;
    if (kind === "serviceaccounts") {
      if (own && textOf(at(pod, "spec", "serviceAccountName")) === name) return true;
      continue;
    }
    const { secrets, configMaps, claims } = referencesOf(pod);
    if (kind === "persistentvolumes") {
      if (pod.metadata.namespace === at(claimed, "namespace") && claims.has(textOf(at(claimed, "name")))) return true;
    } else if (own && { secrets, configmaps: configMaps, persistentvolumeclaims: claims }[kind].has(name)) return true;
  }
  return false;
}

function ifRelated(store: Lookup, node: string, kind: Related, wanted: Attributes): Answer {
  if (!wanted.name) return "No Object name found";
  return (
    (store.get("nodes", "", node) !== undefined && isRelated(store, node, kind, wanted.namespace, wanted.name)) ||
    `no relationship found between node '${node}' and this object`
  );
}

function readNamespaced(store: Lookup, node: string, kind: Related, wanted: Attributes): Answer {
  if (!among(wanted.verb, "get list watch")) return "can only read resources of this type";
  if (wanted.subresource) return "cannot read subresource";
  if (!wanted.namespace) return "can only read namespaced object of this type";
  return ifRelated(store, node, kind, wanted);
}

function getOne(store: Lookup, node: string, kind: Related, wanted: Attributes): Answer {
  if (wanted.verb !== "get") return "can only get individual resources of this type";
  if (wanted.subresource) return "cannot get subresource";
  return ifRelated(store, node, kind, wanted);
}

function claimStatus(store: Lookup, node: string, wanted: Attributes): Answer {
  if (!among(wanted.verb, "update patch")) return "can only get/update/patch this type";
  return ifRelated(store, node, "persistentvolumeclaims", wanted);
}

function serviceAccount(store: Lookup, node: string, wanted: Attributes): Answer {
  if (wanted.verb === "get" && !wanted.subresource) return readNamespaced(store, node, "serviceaccounts", wanted);
  if (wanted.verb !== "create" || !wanted.name) return "can only create tokens for individual service accounts";
  if (wanted.subresource !== "token") return "can only create token subresource of serviceaccount";
  return ifRelated(store, node, "serviceaccounts", wanted);
}

function lease(node: string, wanted: Attributes): Answer {
  if (!among(wanted.verb, "get create update patch delete"))
    return "can only get, create, update, patch, or delete a node lease";
  if (wanted.namespace !== "kube-node-lease") return 'can only access leases in the "kube-node-lease" system namespace';
  return (
    wanted.verb === "create" ||
    wanted.name === node ||
    "can only access node lease with the same name as the requesting node"
  );
}

function csiNode(node: string, wanted: Attributes): Answer {
  if (!among(wanted.verb, "get create update patch delete"))
    return "can only get, create, update, patch, or delete a CSINode";
  if (wanted.subresource) return "cannot authorize CSINode subresources";
  return (
    wanted.verb === "create" ||
    wanted.name === node ||
    "can only access CSINode with the same name as the requesting node"
  );
}

function resourceSlice(node: string, wanted: Attributes): Answer {
  if (wanted.subresource) return "cannot authorize ResourceSlice subresources";
  if (wanted.verb === "create") return true;
  if (among(wanted.verb, "get update patch delete"))
    return `no relationship found between node '${node}' and this object`;
  if (!among(wanted.verb, "watch list deletecollection"))
    return "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection";
  return (
    selects(wanted.fieldSelector, "nodeName", node) ||
    "can only list/watch/deletecollection resourceslices with nodeName field selector"
  );
}

function ownNode(node: string, wanted: Attributes): Answer {
  if (wanted.subresource === "status") return among(wanted.verb, "update patch") || "";
  if (wanted.subresource) return "";
  if (among(wanted.verb, "create update patch")) return true;
  if (!among(wanted.verb, "get list watch")) return "";
  if (wanted.name === node) return true;
  return `node '${node}' cannot read ${wanted.name ? `'${wanted.name}'` : "all nodes"}, only its own Node object`;
}

function pod(store: Lookup, node: string, wanted: Attributes): Answer {
  const { verb } = wanted;
  if (wanted.subresource === "status") return among(verb, "update patch") || "";
  if (wanted.subresource === "eviction") return verb === "create" || "";
  if (wanted.subresource) return "";
  if (verb === "get") return getOne(store, node, "pods", wanted);
  if (!among(verb, "list watch")) return among(verb, "create delete") || "";
  if (selects(wanted.fieldSelector, "spec.nodeName", node)) return true;
  if (wanted.name) return ifRelated(store, node, "pods", wanted);
  return "can only list/watch pods with spec.nodeName field selector";
}

const selects = (selector: string, field: string, value: string): boolean =>
  selector.split(",").some((part) => part === `${field}=${value}` || part === `${field}==${value}`);

function answer(store: Lookup, node: string, wanted: Attributes): Answer {
  const { group, resource } = wanted;
  switch (wanted.path === "" ? (group === "" ? resource : `${resource}.${group}`) : "") {
    case "secrets":
    case "configmaps":
      return readNamespaced(store, node, resource as Related, wanted);
    case "persistentvolumeclaims":
      if (wanted.subresource === "status") return claimStatus(store, node, wanted);
      return getOne(store, node, resource as Related, wanted);
    case "persistentvolumes":
      return getOne(store, node, "persistentvolumes", wanted);
    case "resourceclaims.resource.k8s.io":
    case "volumeattachments.storage.k8s.io":
      // fidelity: claims and attachments are not followed; nothing in the sandbox makes them.
      if (wanted.verb !== "get") return "can only get individual resources of this type";
      return wanted.name ? `no relationship found between node '${node}' and this object` : "No Object name found";
    case "serviceaccounts":
      return serviceAccount(store, node, wanted);
    case "leases.coordination.k8s.io":
      return lease(node, wanted);
    case "csinodes.storage.k8s.io":
      return csiNode(node, wanted);
    case "resourceslices.resource.k8s.io":
      return resourceSlice(node, wanted);
    case "nodes":
      return ownNode(node, wanted);
    case "pods":
      return pod(store, node, wanted);
    default:
      return NODE_RULES.some((rule) => ruleAllows(rule, wanted)) || "";
  }
}

/** The Node authorizer's step. */
export function authorizeNode(store: Lookup, wanted: Attributes): DecisionStep {
  const node = nodeOf(wanted.user);
  const found =
    node === undefined ? "" : node === "" ? `unknown node for user "${wanted.user.name}"` : answer(store, node, wanted);
  return found === true
    ? { authorizer: "Node", outcome: "allow", reason: "" }
    : { authorizer: "Node", outcome: "no opinion", reason: found };
}
