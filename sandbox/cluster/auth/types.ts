// What the gates of the API server share: who asks, what is asked, and what was decided by which rule.

import type { KubeObject } from "../object.ts";

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

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What one authorizer said, for the decision trace. */
export interface DecisionStep {
  readonly authorizer: "SystemMasters" | "AlwaysAllow" | "AlwaysDeny" | "Node" | "RBAC" | "AlwaysAllowPaths";
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
