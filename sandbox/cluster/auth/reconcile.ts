// At each start the API server puts back what its own roles and bindings have lost; what was added to them stays.

import { type KubeObject, listOf } from "../object.ts";
import { defaultRbacObjects } from "./default-roles.ts";
import type { PolicyRule } from "./types.ts";

const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

const covers = (whole: readonly string[] | undefined, part: readonly string[] | undefined): boolean =>
  (part ?? []).every((item) => whole?.includes(item) || whole?.includes("*"));

/** Whether one rule gives all that another gives. */
export function ruleCovers(owner: PolicyRule, wanted: PolicyRule): boolean {
  const named = owner.resourceNames?.length ? covers(owner.resourceNames, wanted.resourceNames) : true;
  return (
    covers(owner.verbs, wanted.verbs) &&
    covers(owner.apiGroups, wanted.apiGroups) &&
    (wanted.resources ?? []).every((resource) => ownsResource(owner.resources ?? [], resource)) &&
    (owner.resourceNames?.length ? (wanted.resourceNames?.length ?? 0) > 0 && named : true) &&
    (wanted.nonResourceURLs ?? []).every((path) => ownsPath(owner.nonResourceURLs ?? [], path))
  );
}

function ownsResource(owned: readonly string[], resource: string): boolean {
  const slash = resource.indexOf("/");
  return owned.includes("*") || owned.includes(resource) || (slash >= 0 && owned.includes(`*${resource.slice(slash)}`));
}

function ownsPath(owned: readonly string[], path: string): boolean {
  return owned.some((each) => each === path || (each.endsWith("*") && path.startsWith(each.slice(0, -1))));
}

/** A rule split to one verb, group, resource and name each, as coverage is judged. */
export function breakDown(rule: PolicyRule): PolicyRule[] {
  const names = rule.resourceNames?.length ? rule.resourceNames.map((name) => [name]) : [undefined];
  const parts: PolicyRule[] = [];
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? [])
        for (const name of names)
          parts.push({
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...(name === undefined ? {} : { resourceNames: name }),
          });
    for (const path of rule.nonResourceURLs ?? []) parts.push({ verbs: [verb], nonResourceURLs: [path] });
  }
  return parts;
}

/** The single rules of `wanted` that nothing in `owned` covers. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => ruleCovers(rule, part)));
}

const subjectKey = (subject: Record<string, unknown>): string =>
  JSON.stringify([subject["kind"], subject["namespace"] ?? "", subject["name"]]);

/** What a stored default object must become; undefined where it is as it should be, or its owner said hands off. */
export function reconcile(stored: KubeObject, wanted: KubeObject): KubeObject | undefined {
  if (stored.metadata.annotations?.[AUTOUPDATE] === "false") return undefined;
  if (wanted["roleRef"] !== undefined) {
    const have = listOf(stored["subjects"]);
    const known = new Set(have.map(subjectKey));
    const missing = listOf(wanted["subjects"]).filter((subject) => !known.has(subjectKey(subject)));
    return missing.length === 0 ? undefined : { ...stored, subjects: [...have, ...missing] };
  }
  if (wanted["aggregationRule"] !== undefined) return undefined;
  const rules = listOf<PolicyRule>(stored["rules"]);
  const missing = listOf<PolicyRule>(wanted["rules"]).filter((rule) => uncovered(rules, [rule]).length > 0);
  return missing.length === 0 ? undefined : { ...stored, rules: [...rules, ...missing] };
}

/** Default objects by place: those missing as they are, those that lost something as they must become. */
export function reconcileAll(find: (wanted: KubeObject) => KubeObject | undefined): KubeObject[] {
  return defaultRbacObjects().flatMap((wanted) => {
    const stored = find(wanted);
    return stored === undefined ? [wanted] : (reconcile(stored, wanted) ?? []);
  });
}
