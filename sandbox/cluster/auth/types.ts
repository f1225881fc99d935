// What the gates of the API server share: who asks, what is asked, and what was decided by which rule.

import type { PolicyRule } from "../../lib/kube/policy-rules.ts";
import { at, type KubeObject, textOf } from "../object.ts";
import type { Caller } from "../request.ts";

/** A caller as authentication found it. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A request as authorizers see it. Either `resource` is set or `path` is. */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** `spec.nodeName=node01`, as in the query. */
  readonly fieldSelector: string;
  readonly labelSelector: string;
  /** Of a request that is for no resource; empty otherwise. */
  readonly path: string;
}

/** What one authorizer said, for the decision trace. */
export interface DecisionStep {
  readonly authorizer: "SystemMasters" | "AlwaysAllow" | "AlwaysDeny" | "Node" | "RBAC";
  readonly outcome: "allow" | "deny" | "no opinion";
  readonly reason: string;
  /** The binding, role and rule that allowed. */
  readonly binding?: string;
  readonly role?: string;
  readonly subject?: string;
  readonly rule?: PolicyRule;
}

export interface Decision {
  readonly outcome: "allow" | "deny" | "no opinion";
  readonly reason: string;
  /** Every authorizer that was asked, in order; never empty. */
  readonly steps: readonly DecisionStep[];
}

/** How the gates read the store: by storage name (`pods`, `clusterroles.rbac.authorization.k8s.io`). */
export interface Lookup {
  get(storage: string, namespace: string, name: string): KubeObject | undefined;
  /** All objects, of one name space where it is given. */
  list(storage: string, namespace?: string): readonly KubeObject[];
}

export const NO_ATTRIBUTES: Omit<Attributes, "user" | "verb"> = Object.freeze({
  group: "",
  version: "",
  resource: "",
  subresource: "",
  namespace: "",
  name: "",
  fieldSelector: "",
  labelSelector: "",
  path: "",
});

/** A caller with nothing but a name and groups. */
export function userOf(name: string, groups: readonly string[] = [], uid = "", extra: User["extra"] = {}): User {
  return { name, uid, groups, extra };
}

/** A caller as the server keeps it, with nothing missing. */
export const fromCaller = ({ user, groups, uid = "", extra = {} }: Caller): User => ({
  name: user,
  uid,
  groups,
  extra,
});

/** And back, without what is empty. */
export const toCaller = ({ name, uid, groups, extra }: User): Caller => ({
  user: name,
  groups,
  ...(uid === "" ? {} : { uid }),
  ...(Object.keys(extra).length === 0 ? {} : { extra }),
});

/** A node's name where the caller is one: `system:node:` in the group `system:nodes`. */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith("system:node:") && groups.includes("system:nodes") ? name.slice(12) : undefined;
}

/** Name space and name of a ServiceAccount's user name. */
export function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** The groups every ServiceAccount is in. */
export const accountGroups = (namespace: string): readonly string[] => [
  "system:serviceaccounts",
  `system:serviceaccounts:${namespace}`,
];

export const nodeNameOf = (pod: KubeObject): string => textOf(at(pod, "spec", "nodeName"));
