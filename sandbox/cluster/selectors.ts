// Label and field selectors: parsed, matched, and refused with apimachinery's texts.

import { checkFormat } from "../lib/kube/names.ts";
import { at, type KubeObject, textOf } from "./object.ts";
import { badRequest } from "./status.ts";

export interface Requirement {
  readonly key: string;
  readonly operator: "=" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";
  readonly values: readonly string[];
}

const TOKENS = /\s*(,|\(|\)|!=|==|=|!|>|<|[^\s,()!=><]+|$)/y;

/** labels.Parse. Throws BadRequest. */
export function parseLabelSelector(text: string): Requirement[] {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  for (let found = TOKENS.exec(text); found !== null && found[1] !== ""; found = TOKENS.exec(text))
    tokens.push(found[1] as string);
  let at = 0;
  const fail = (what: string): never => {
    throw badRequest(`unable to parse requirement: ${what}`);
  };
  const isWord = (token: string | undefined): token is string =>
    token !== undefined && !/^(,|\(|\)|!=|==|=|!|>|<)$/.test(token);
  const shown = (): string => tokens[at] ?? "";
  const found: Requirement[] = [];
  if (tokens.length === 0) return found;
  for (;;) {
    const negated = tokens[at] === "!";
    if (negated) at++;
    const key = tokens[at];
    if (!isWord(key)) return fail(`found '${shown()}', expected: identifier`);
    at++;
    checkLabelKey(key);
    const operator = tokens[at];
    if (negated || operator === undefined || operator === ",") {
      found.push({ key, operator: negated ? "!" : "exists", values: [] });
    } else if (operator === "in" || operator === "notin") {
      at++;
      found.push({ key, operator, values: parseValues() });
    } else if (["=", "==", "!=", ">", "<"].includes(operator)) {
      at++;
      const value = tokens[at];
      const values = isWord(value) ? [value] : [""];
      if (isWord(value)) at++;
      else if (value !== undefined && value !== ",") fail(`found '${shown()}', expected: identifier`);
      checkLabelValue(key, values[0] as string);
      found.push({ key, operator: operator === "==" ? "=" : (operator as "="), values });
    } else fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    if (at >= tokens.length) return found;
    if (tokens[at] !== ",") fail(`found '${shown()}', expected: ',' or 'end of string'`);
    at++;
    if (at >= tokens.length) fail("found '', expected: identifier after ','");
  }

  function parseValues(): string[] {
    if (tokens[at] !== "(") fail(`found '${shown()}', expected: '('`);
    at++;
    const values: string[] = [];
    while (tokens[at] !== ")") {
      if (isWord(tokens[at])) values.push(tokens[at] as string);
      else if (tokens[at] !== ",") fail(`found '${shown()}', expected: ',', or ')'`);
      at++;
    }
    at++;
    return values;
  }
}

function checkLabelKey(key: string): void {
  const [wrong] = checkFormat("qualified", key.slice(key.indexOf("/") + 1));
  if (wrong !== undefined)
    throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${wrong}`);
}

function checkLabelValue(key: string, value: string): void {
  const [wrong] = checkFormat("value", value);
  if (wrong !== undefined)
    throw badRequest(
      `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`,
    );
}

export function matchesLabels(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: readonly Requirement[],
): boolean {
  return wanted.every(({ key, operator, values }) => {
    const value = labels?.[key];
    switch (operator) {
      case "exists":
        return value !== undefined;
      case "!":
        return value === undefined;
      case "=":
      case "in":
        return value !== undefined && values.includes(value);
      case "!=":
      case "notin":
        return value === undefined || !values.includes(value);
      case ">":
        return value !== undefined && Number(value) > Number(values[0]);
      default:
        return value !== undefined && Number(value) < Number(values[0]);
    }
  });
}

export interface FieldRequirement {
  readonly path: string;
  readonly equal: boolean;
  readonly value: string;
}

/** fields.ParseSelector. Throws BadRequest. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const found = /^([^=!]+)(!=|==|=)(.*)$/.exec(part);
      if (found === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      return { path: found[1] as string, equal: found[2] !== "!=", value: found[3] as string };
    });
}

/** Fields that can be selected by, beyond metadata.name and metadata.namespace, by storage name. */
const SELECTABLE: Readonly<Record<string, string>> = {
  pods: "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork status.phase status.podIP status.podIPs status.nominatedNodeName",
  nodes: "spec.unschedulable",
  events:
    "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type",
  namespaces: "name status.phase",
  secrets: "type",
  services: "spec.clusterIP spec.type",
  replicationcontrollers: "status.replicas",
  "replicasets.apps": "status.replicas",
  "jobs.batch": "status.successful",
  "certificatesigningrequests.certificates.k8s.io": "spec.signerName",
};

/** Refuses fields that the resource cannot be selected by, as the conversion of field labels does. */
export function checkFields(storage: string, kind: string, wanted: readonly FieldRequirement[]): void {
  const known = ["metadata.name", "metadata.namespace", ...(SELECTABLE[storage] ?? "").split(" ")];
  for (const { path } of wanted) {
    if (known.includes(path)) continue;
    const general = SELECTABLE[storage] === undefined;
    throw badRequest(
      general
        ? `${JSON.stringify(path).slice(1, -1)} is not a known field selector: only "metadata.name", "metadata.namespace"`
            .replace(/^/, '"')
            .replace(path, `${path}"`)
        : `field label not supported: ${path}`,
    );
  }
  void kind;
}

function fieldText(object: KubeObject, path: string): string {
  if (path === "name") return object.metadata.name ?? "";
  if (path === "spec.unschedulable" || path === "spec.hostNetwork")
    return String(at(object, ...path.split(".")) ?? false);
  if (path === "source") return textOf(at(object, "source", "component")) || textOf(object.reportingComponent);
  if (path === "status.successful") return String(at(object, "status", "succeeded") ?? 0);
  const value = at(object, ...path.split("."));
  return value === undefined || value === null ? "" : String(value);
}

export function matchesFields(object: KubeObject, wanted: readonly FieldRequirement[]): boolean {
  return wanted.every(({ path, equal, value }) => (fieldText(object, path) === value) === equal);
}

/** metav1.LabelSelector of a spec, against labels; an empty one matches all, a missing one nothing. */
export function matchesSelector(selector: unknown, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector as {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
  };
  const operators: Readonly<Record<string, Requirement["operator"]>> = {
    In: "in",
    NotIn: "notin",
    Exists: "exists",
    DoesNotExist: "!",
  };
  return matchesLabels(labels, [
    ...Object.entries(matchLabels).map(([key, value]): Requirement => ({ key, operator: "=", values: [value] })),
    ...matchExpressions.map(
      ({ key, operator, values }): Requirement => ({
        key,
        operator: operators[operator] ?? "in",
        values: values ?? [],
      }),
    ),
  ]);
}
