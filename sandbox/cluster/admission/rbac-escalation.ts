// Nobody grants by RBAC what they do not hold themselves, unless they may `escalate` the role or `bind` it.

import { type PolicyRule, uncovered } from "../../lib/kube/policy-rules.ts";
import { grantsOf } from "../auth/rbac.ts";
import { NO_ATTRIBUTES } from "../auth/types.ts";
import { at, type KubeObject, listOf, textOf } from "../object.ts";
import { forbidden, notFound } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const GROUP = "rbac.authorization.k8s.io";

const quoted = (list: readonly string[]): string => `[${list.map((each) => JSON.stringify(each)).join(" ")}]`;

/** Rules for one resource each, with their verbs together. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const found = new Map<string, { verbs: string[] } & PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...rest } = rule;
    const key = JSON.stringify(rest);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...rest, verbs: [...verbs] });
    else known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
  }
  return [...found.values()];
}

function describeRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["APIGroups", apiGroups],
    ["Resources", resources],
    ["NonResourceURLs", nonResourceURLs],
    ["ResourceNames", resourceNames],
    ["Verbs", verbs],
  ];
  const given = parts.filter(([, list]) => list !== undefined && list.length > 0);
  return `{${given.map(([name, list]) => `${name}:${quoted(list ?? [])}`).join(", ")}}`;
}

/** The rules a caller holds in a name space; empty: for the whole cluster. */
function ownRules({ user, lookup }: AdmissionRequest, namespace: string): PolicyRule[] {
  const asked = { ...NO_ATTRIBUTES, user, verb: "" };
  return [...grantsOf(lookup, asked, namespace)].flatMap(({ rules }) => [...(rules ?? [])]);
}

function checkHeld(request: AdmissionRequest, rules: readonly PolicyRule[]): void {
  const missing = uncovered(ownRules(request, request.namespace), rules);
  if (missing.length === 0) return;
  const { name, groups } = request.user;
  const list = compact(missing).map(describeRule).sort().join("\n");
  throw forbidden(
    request.resource,
    request.name,
    `user ${JSON.stringify(name)} (groups=${quoted(groups)}) is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}

const unchanged = (old: KubeObject | undefined, object: KubeObject, ...fields: string[]): boolean =>
  old !== undefined && fields.every((field) => JSON.stringify(old[field]) === JSON.stringify(object[field]));

function checkRole(request: AdmissionRequest, object: KubeObject): void {
  const { old, may, resource, name, namespace } = request;
  if (unchanged(old, object, "rules", "aggregationRule")) return;
  if (may("escalate", GROUP, resource.name, name, namespace)) return;
  const everything: PolicyRule[] = [
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["*"], nonResourceURLs: ["*"] },
  ];
  // A role that gathers others may come to hold anything.
  const aggregates = object["aggregationRule"] != null && !unchanged(old, object, "aggregationRule");
  checkHeld(request, aggregates ? everything : listOf<PolicyRule>(object["rules"]));
}

function checkBinding(request: AdmissionRequest, object: KubeObject): void {
  const { old, may, lookup, namespace } = request;
  if (unchanged(old, object, "roleRef", "subjects")) return;
  const kind = textOf(at(object, "roleRef", "kind"));
  const role = textOf(at(object, "roleRef", "name"));
  const plural = kind === "ClusterRole" ? "clusterroles" : "roles";
  if (may("bind", GROUP, plural, role, namespace)) return;
  const found = lookup.get(`${plural}.${GROUP}`, kind === "ClusterRole" ? "" : namespace, role);
  if (found === undefined) throw notFound({ name: plural, group: GROUP }, role);
  checkHeld(request, listOf<PolicyRule>(found["rules"]));
}

/** Not a plugin that can be switched off: the registry of RBAC objects does this itself. */
export const rbacEscalation: Plugin = {
  name: "",
  validate(request) {
    const { resource, operation, object, user } = request;
    if (resource.group !== GROUP || object === undefined || !["CREATE", "UPDATE"].includes(operation)) return;
    if (user.groups.includes("system:masters")) return;
    if (resource.name.endsWith("bindings")) checkBinding(request, object);
    else checkRole(request, object);
  },
};
