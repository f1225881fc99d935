// The audit policy: reading its file with the API server's complaints, and finding the level of a request.

import { checkFormat } from "../../lib/kube/names.ts";
import { formatJson } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import type { Attributes } from "../auth/types.ts";
import { at, type Fields, fieldsOf, listOf, textOf } from "../object.ts";

export const LEVELS = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type Level = (typeof LEVELS)[number];

const STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Rule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly string[];
  readonly omitManagedFields?: boolean;
}

export interface AuditPolicy {
  readonly rules: readonly Rule[];
  readonly omitStages?: readonly string[];
  readonly omitManagedFields?: boolean;
}

const SCHEME = "pkg/audit/scheme.go:30";

/** The policy in a file's text, or what the API server says of it. Unknown fields are borne. */
export function parsePolicy(text: string): AuditPolicy | string {
  let document: Fields;
  try {
    const json = formatJson(yamlToJson(text).json);
    document = fieldsOf(JSON.parse(json));
    const [kind, version] = [textOf(document["kind"]), textOf(document["apiVersion"])];
    if (kind === "") return `failed decoding: Object 'Kind' is missing in '${text}'`;
    if (version === "") return `failed decoding: Object 'apiVersion' is missing in '${text}'`;
    if (kind !== "Policy" || version !== "audit.k8s.io/v1")
      return `failed decoding: no kind "${kind}" is registered for version "${version}" in scheme "${SCHEME}"`;
  } catch (error) {
    if (error instanceof YamlError) return `failed decoding: ${error.message}`;
    throw error;
  }
  const rules = listOf(document["rules"]);
  const errors = [...checkStages(document["omitStages"], "omitStages"), ...rules.flatMap(checkRule)];
  if (errors.length > 0) return errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`;
  if (rules.length === 0) return "loaded illegal policy with 0 rules";
  return document as unknown as AuditPolicy;
}

const quoted = (list: readonly string[]): string => list.map((item) => JSON.stringify(item)).join(", ");

function checkStages(given: unknown, path: string): string[] {
  return listOf<string>(given).flatMap((stage, i) =>
    STAGES.includes(stage)
      ? []
      : [`${path}[${i}]: Unsupported value: ${JSON.stringify(stage)}: supported values: ${quoted(STAGES)}`],
  );
}

function checkRule(rule: Fields, i: number): string[] {
  const path = `rules[${i}]`;
  const level = textOf(rule["level"]);
  const errors: string[] = [];
  if (level === "") errors.push(`${path}.level: Required value`);
  else if (!(LEVELS as readonly string[]).includes(level))
    errors.push(`${path}.level: Unsupported value: ${JSON.stringify(level)}: supported values: ${quoted(LEVELS)}`);
  const urls = listOf<string>(rule["nonResourceURLs"]);
  urls.forEach((url, j) => {
    const wrong = (text: string): void =>
      void errors.push(`${path}.nonResourceURLs[${j}]: Invalid value: ${JSON.stringify(url)}: ${text}`);
    if (url === "*") return;
    if (!url.startsWith("/")) wrong("non-resource URL rules must begin with a '/' character");
    if (url.slice(0, -1).includes("*")) wrong("non-resource URL wildcards '*' must be the final character of the rule");
  });
  listOf(rule["resources"]).forEach((each, j) => {
    const group = textOf(each["group"]);
    if (group !== "")
      for (const wrong of checkFormat("subdomain", group))
        errors.push(`${path}.resources[${j}].group: Invalid value: ${JSON.stringify(group)}: ${wrong}`);
    const names = listOf<string>(each["resourceNames"]);
    if (names.length > 0 && listOf(each["resources"]).length === 0)
      errors.push(
        `${path}.resources[${j}].resourceNames: Invalid value: ${JSON.stringify(names)}: using resourceNames requires at least one resource`,
      );
  });
  if (urls.length > 0 && (listOf(rule["resources"]).length > 0 || listOf(rule["namespaces"]).length > 0))
    errors.push(
      `${path}.nonResourceURLs: Invalid value: ${JSON.stringify(urls)}: rules cannot apply to both regular resources and non-resource URLs`,
    );
  return [...errors, ...checkStages(rule["omitStages"], `${path}.omitStages`)];
}

const holds = (list: readonly string[] | undefined, ...values: readonly string[]): boolean =>
  !list?.length || values.some((value) => list.includes(value));

function matchesResource(rule: Rule, { group, resource, subresource, name, namespace }: Attributes): boolean {
  if (rule.namespaces?.length && !rule.namespaces.includes(namespace)) return false;
  if (!rule.resources?.length) return true;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  return rule.resources.some((each) => {
    if ((each.group ?? "") !== group) return false;
    if (!each.resources?.length) return true;
    return each.resources.some(
      (wanted) =>
        holds(each.resourceNames, name) &&
        (wanted === full ||
          wanted === "*" ||
          (subresource !== "" && wanted === `*/${subresource}`) ||
          wanted === `${resource}/*`),
    );
  });
}

function matches(rule: Rule, wanted: Attributes): boolean {
  if (!holds(rule.users, wanted.user.name) || !holds(rule.verbs, wanted.verb)) return false;
  if (!holds(rule.userGroups, ...wanted.user.groups)) return false;
  if (rule.namespaces?.length || rule.resources?.length) return wanted.path === "" && matchesResource(rule, wanted);
  if (!rule.nonResourceURLs?.length) return true;
  return (
    wanted.path !== "" &&
    rule.nonResourceURLs.some(
      (url) => url === "*" || url === wanted.path || (url.endsWith("*") && wanted.path.startsWith(url.slice(0, -1))),
    )
  );
}

export interface Judged {
  readonly level: Level;
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean;
  /** Index of the rule that decided; -1: none. */
  readonly rule: number;
}

/** The first rule that fits decides; without one nothing is logged. */
export function judge(policy: AuditPolicy, wanted: Attributes): Judged {
  const index = policy.rules.findIndex((rule) => matches(rule, wanted));
  const rule = policy.rules[index];
  return {
    level: rule?.level ?? "None",
    omitStages: [...listOf<string>(policy.omitStages), ...listOf<string>(at(rule, "omitStages"))],
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
    rule: index,
  };
}
