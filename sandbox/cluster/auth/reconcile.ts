// At each start the API server puts back what its own roles and bindings have lost; what was added to them stays.

import { type PolicyRule, uncovered } from "../../lib/kube/policy-rules.ts";
import { type KubeObject, listOf } from "../object.ts";
import { defaultRbacObjects } from "./default-roles.ts";

const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

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
