// RBAC and the Node authorizer: who may do what, and the words in which the API server says why.

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Role {
  readonly name: string;
  /** Undefined for a ClusterRole. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

export interface Subject {
  readonly kind: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}

export interface Binding {
  readonly name: string;
  readonly namespace?: string;
  readonly role: string;
  readonly roleKind: "Role" | "ClusterRole";
  readonly subjects: readonly Subject[];
}

export interface Rbac {
  roles: Role[];
  bindings: Binding[];
}

export interface Attributes {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** A request for a path, not a resource. */
  readonly path?: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

const serviceAccountName = (subject: Subject): string =>
  `system:serviceaccount:${subject.namespace ?? ""}:${subject.name}`;

export function subjectMatches(subject: Subject, user: string, groups: readonly string[]): boolean {
  if (subject.kind === "User") return subject.name === "*" || subject.name === user;
  if (subject.kind === "Group") return groups.includes(subject.name);
  return serviceAccountName(subject) === user;
}

export function ruleAllows(rule: Rule, wanted: Attributes): boolean {
  const has = (list: readonly string[] | undefined, item: string): boolean =>
    list !== undefined && (list.includes("*") || list.includes(item));
  if (!has(rule.verbs, wanted.verb)) return false;
  if (wanted.path !== undefined)
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === "*" || url === wanted.path || (url.endsWith("*") && wanted.path?.startsWith(url.slice(0, -1))),
    );
  const full = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : (wanted.resource ?? "");
  const resource =
    has(rule.resources, full) ||
    (wanted.subresource !== undefined &&
      wanted.subresource !== "" &&
      (rule.resources ?? []).includes(`*/${wanted.subresource}`));
  if (!has(rule.apiGroups, wanted.group ?? "") || !resource) return false;
  return (
    rule.resourceNames === undefined ||
    rule.resourceNames.length === 0 ||
    rule.resourceNames.includes(wanted.name ?? "")
  );
}

/** RBAC's answer, with the reason as `RBAC: allowed by …` gives it. */
export function authorizeRbac(rbac: Rbac, wanted: Attributes): Decision {
  for (const binding of rbac.bindings) {
    if (binding.namespace !== undefined && binding.namespace !== wanted.namespace) continue;
    const subject = binding.subjects.find((s) => subjectMatches(s, wanted.user, wanted.groups));
    if (subject === undefined) continue;
    const role = rbac.roles.find(
      (r) => r.name === binding.role && r.namespace === (binding.roleKind === "Role" ? binding.namespace : undefined),
    );
    if (role === undefined || !role.rules.some((rule) => ruleAllows(rule, wanted))) continue;
    const kind = binding.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
    const where = binding.namespace === undefined ? binding.name : `${binding.name}/${binding.namespace}`;
    const who = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace}` : subject.name;
    return {
      allowed: true,
      reason: `RBAC: allowed by ${kind} "${where}" of ${binding.roleKind} "${role.name}" to ${subject.kind} "${who}"`,
    };
  }
  return { allowed: false, reason: "" };
}

/** The Node authorizer: what a kubelet may do by its name. fidelity: the graph of pods is not walked for secrets and config maps. */
export function authorizeNode(wanted: Attributes, nodeRole: readonly Rule[]): Decision | undefined {
  const node = /^system:node:(.+)$/.exec(wanted.user)?.[1];
  if (node === undefined || !wanted.groups.includes("system:nodes")) return undefined;
  if (wanted.resource === "nodes" && wanted.subresource !== undefined && !["", "status"].includes(wanted.subresource))
    return undefined;
  return nodeRole.some((rule) => ruleAllows(rule, wanted)) ? { allowed: true, reason: "" } : undefined;
}
