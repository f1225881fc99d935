// Rules of RBAC as data: what one gives, and what of it others do not. Judged as rbac/validation does, by single verbs, groups and resources.

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const covers = (whole: readonly string[] | undefined, part: readonly string[] | undefined): boolean =>
  (part ?? []).every((item) => whole?.includes(item) || whole?.includes("*"));

/** Whether one rule gives all that another gives. */
function ruleCovers(owner: PolicyRule, wanted: PolicyRule): boolean {
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
function breakDown(rule: PolicyRule): PolicyRule[] {
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
