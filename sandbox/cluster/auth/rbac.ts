// RBAC: which rule of which role, bound to whom, allows a request; and the words the API server has for it.

import type { PolicyRule } from "../../lib/kube/policy-rules.ts";
import { fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { type Attributes, accountOf, type DecisionStep, type Lookup } from "./types.ts";

const GROUP = "rbac.authorization.k8s.io";

const has = (list: readonly string[] | undefined, item: string): boolean =>
  list !== undefined && (list.includes("*") || list.includes(item));

/** Whether one rule covers a request (rbac.RuleAllows). */
export function ruleAllows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false;
  const { path } = wanted;
  if (path !== "")
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.replace(/\*+$/, ""))),
    );
  return (
    has(rule.apiGroups, wanted.group) &&
    resourceMatches(rule.resources ?? [], wanted.resource, wanted.subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(wanted.name))
  );
}

function resourceMatches(listed: readonly string[], resource: string, subresource: string): boolean {
  if (has(listed, subresource === "" ? resource : `${resource}/${subresource}`)) return true;
  return subresource !== "" && listed.includes(`*/${subresource}`);
}

function subjectMatches(subject: Record<string, unknown>, wanted: Attributes, namespace: string): boolean {
  const name = textOf(subject["name"]);
  if (subject["kind"] === "User") return name === wanted.user.name;
  if (subject["kind"] === "Group") return wanted.user.groups.includes(name);
  if (subject["kind"] !== "ServiceAccount") return false;
  const account = accountOf(wanted.user.name);
  return account?.name === name && account.namespace === (textOf(subject["namespace"]) || namespace);
}

/** A binding that holds for somebody, with its role's rules. */
export interface Grant {
  readonly binding: KubeObject;
  readonly subject: Record<string, unknown>;
  readonly role: string;
  readonly roleKind: string;
  /** Undefined where the role does not exist. */
  readonly rules: readonly PolicyRule[] | undefined;
}

/** Every grant a caller has, for the whole cluster first, then of the name space. */
export function* grantsOf(store: Lookup, wanted: Attributes, namespace: string): Generator<Grant> {
  yield* grantsFrom(store, store.list(`clusterrolebindings.${GROUP}`), wanted, "");
  if (namespace !== "") yield* grantsFrom(store, store.list(`rolebindings.${GROUP}`, namespace), wanted, namespace);
}

function* grantsFrom(
  store: Lookup,
  bindings: readonly KubeObject[],
  wanted: Attributes,
  namespace: string,
): Generator<Grant> {
  for (const binding of bindings) {
    const subject = listOf(binding["subjects"]).find((each) => subjectMatches(each, wanted, namespace));
    if (subject === undefined) continue;
    const reference = fieldsOf(binding["roleRef"]);
    const [role, roleKind] = [textOf(reference["name"]), textOf(reference["kind"])];
    yield { binding, subject, role, roleKind, rules: rulesOf(store, roleKind, namespace, role) };
  }
}

function rulesOf(store: Lookup, kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined {
  const found =
    kind === "ClusterRole"
      ? store.get(`clusterroles.${GROUP}`, "", name)
      : store.get(`roles.${GROUP}`, namespace, name);
  return found && listOf<PolicyRule>(found["rules"]);
}

const describeBinding = ({ metadata, kind }: KubeObject): string =>
  `${kind} ${JSON.stringify(metadata.namespace ? `${metadata.name}/${metadata.namespace}` : metadata.name)}`;

const describeSubject = (subject: Record<string, unknown>): string =>
  `${textOf(subject["kind"])} ${JSON.stringify(
    subject["kind"] === "ServiceAccount"
      ? `${textOf(subject["name"])}/${textOf(subject["namespace"])}`
      : subject["name"],
  )}`;

/** RBAC's answer: the first rule that allows, or no opinion and the roles that were missing. */
export function authorizeRbac(store: Lookup, wanted: Attributes): DecisionStep {
  const missing: string[] = [];
  for (const { binding, subject, role, roleKind, rules } of grantsOf(store, wanted, wanted.namespace)) {
    if (rules === undefined) missing.push(`${roleKind.toLowerCase()}.${GROUP} "${role}" not found`);
    const rule = rules?.find((each) => ruleAllows(each, wanted));
    if (rule === undefined) continue;
    const who = describeSubject(subject);
    const by = describeBinding(binding);
    return {
      authorizer: "RBAC",
      outcome: "allow",
      reason: `RBAC: allowed by ${by} of ${roleKind} "${role}" to ${who}`,
      binding: by,
      role: `${roleKind} ${JSON.stringify(role)}`,
      subject: who,
      rule,
    };
  }
  const texts = [...new Set(missing)];
  const reason = texts.length === 0 ? "" : `RBAC: ${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`}`;
  return { authorizer: "RBAC", outcome: "no opinion", reason };
}
