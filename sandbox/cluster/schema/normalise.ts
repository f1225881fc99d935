// Decoding as Go's structs do it: fields in their order, unknown ones found, wrong types refused, empty ones left out.

import { parseQuantity } from "../../lib/kube/quantity.ts";
import { type FieldType, fieldsBelow, fieldsOfKind, findField } from "../../lib/kube/schema.ts";
import { type Json, type JsonEntry, quoteJson } from "../../lib/yaml-go/json.ts";
import type { KubeObject } from "../object.ts";
import { toPlain } from "../rest/decode.ts";

/** A value of a wrong type; the text is encoding/json's. */
export class DecodeError extends Error {}

interface Walk {
  /** Struct whose fields are read, for messages. */
  readonly struct: string;
  /** Field names from the root, joined by dots. */
  readonly dotted: string;
  /** The same with indexes, as strict errors name a place. */
  readonly place: string;
  readonly strict: string[];
}

/** Fields that are plain values in Go (no pointers): left out where they are false or 0. */
const DROPPED = new Set(
  (
    "hostNetwork hostPID hostIPC readOnly stdin stdinOnce tty unschedulable paused publishNotReadyAddresses globalDefault " +
    "hostPort initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold minReadySeconds nodePort " +
    "healthCheckNodePort count generation observedGeneration updatedReplicas readyReplicas availableReplicas " +
    "unavailableReplicas currentReplicas fullyLabeledReplicas active succeeded failed updatedNumberScheduled numberAvailable " +
    "numberUnavailable signal weight insecureSkipTLSVerify groupPriorityMinimum"
  ).split(" "),
);

/** Text fields that are pointers: kept where they are empty. */
const KEPT_TEXT = new Set(
  "storageClassName type signerName holderIdentity ingressClassName value runtimeClassName".split(" "),
);

const GO_KIND = {
  null: "null",
  bool: "bool",
  number: "number",
  string: "string",
  array: "array",
  object: "object",
} as const;

function goType(field: FieldType): string {
  const base: Readonly<Record<string, string>> = {
    s: "string",
    i: "int32",
    b: "bool",
    f: "float64",
    y: "[]uint8",
    m: "map[string]string",
  };
  const own = field.kind === "object" ? `v1.${field.type}` : (base[field.kind] ?? "string");
  return field.list === undefined || field.list === "record" ? own : `[]${own}`;
}

function wrong(node: Json, field: FieldType, walk: Walk, type = goType(field)): DecodeError {
  const shown =
    node.kind === "number" &&
    (field.kind === "i" || field.kind === "b") &&
    field.list === undefined &&
    !/^-?\d+$/.test(node.text) &&
    field.kind === "i"
      ? `number ${node.text}`
      : GO_KIND[node.kind];
  return new DecodeError(
    `json: cannot unmarshal ${shown} into Go struct field ${walk.struct}.${walk.dotted} of type ${type}`,
  );
}

const INT32 = 2 ** 31;
const WIDE = new Set(
  "terminationGracePeriodSeconds activeDeadlineSeconds runAsUser runAsGroup fsGroup supplementalGroups tolerationSeconds generation observedGeneration sizeBytes expirationSeconds revision seconds".split(
    " ",
  ),
);

function scalar(node: Json, field: FieldType, walk: Walk): unknown {
  if (node.kind === "null") return undefined;
  switch (field.kind) {
    case "s":
      if (node.kind !== "string") throw wrong(node, field, walk, "string");
      return node.value;
    case "i": {
      const type = WIDE.has(field.name) ? "int64" : "int32";
      if (node.kind !== "number") throw wrong(node, field, walk, type);
      const value = Number(node.text);
      if (!/^-?\d+$/.test(node.text) || (type === "int32" && Math.abs(value) > INT32))
        throw new DecodeError(
          `json: cannot unmarshal number ${node.text} into Go struct field ${walk.struct}.${walk.dotted} of type ${type}`,
        );
      return value;
    }
    case "b":
      if (node.kind !== "bool") throw wrong(node, field, walk, "bool");
      return node.value;
    case "q":
      return quantity(node);
    case "x":
      if (node.kind === "string") return node.value;
      if (node.kind !== "number")
        throw new DecodeError(`json: cannot unmarshal ${GO_KIND[node.kind]} into Go value of type int32`);
      return Number(node.text);
    case "t":
    case "d":
      return time(node, field);
    case "y":
      if (node.kind !== "string") throw wrong(node, field, walk, "[]uint8");
      if (!/^[A-Za-z0-9+/\r\n]*={0,2}$/.test(node.value) || node.value.replace(/[\r\n]/g, "").length % 4 !== 0)
        throw new DecodeError(`illegal base64 data at input byte ${illegalAt(node.value)}`);
      return node.value;
    case "m":
    case "mq":
    case "my":
      return textMap(node, field, walk);
    default:
      return toPlain(node);
  }
}

/** Where base64 decoding stops: the first odd byte, or the end of what is whole. */
function illegalAt(text: string): number {
  const odd = text.search(/[^A-Za-z0-9+/]/);
  return odd >= 0 ? odd : text.length - (text.length % 4);
}

const QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function quantity(node: Json): string {
  const text = node.kind === "string" ? node.value : node.kind === "number" ? node.text : undefined;
  const found = text === undefined ? undefined : parseQuantity(text);
  if (found === undefined) throw new DecodeError(QUANTITY);
  return found.text;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function time(node: Json, field: FieldType): unknown {
  if (node.kind !== "string")
    throw new DecodeError(`json: cannot unmarshal ${GO_KIND[node.kind]} into Go value of type string`);
  if (!TIME.test(node.value)) {
    const layout = field.kind === "d" ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
    throw new DecodeError(
      `parsing time ${quoteJson(node.value)} as ${quoteJson(layout)}: cannot parse ${quoteJson(node.value)} as "2006"`,
    );
  }
  const at = new Date(node.value);
  if (Number.isNaN(at.getTime())) {
    const [, month, day, hour, minute] = (node.value.match(/\d\d(?=\D)/g) ?? []).map(Number) as number[];
    const wrong =
      !month || month > 12
        ? "month"
        : !day || day > 31
          ? "day"
          : Number(hour) > 23
            ? "hour"
            : Number(minute) > 59
              ? "minute"
              : "second";
    throw new DecodeError(`parsing time ${quoteJson(node.value)}: ${wrong} out of range`);
  }
  return field.kind === "d" ? node.value : `${at.toISOString().slice(0, 19)}Z`;
}

function textMap(node: Json, field: FieldType, walk: Walk): unknown {
  if (node.kind !== "object")
    throw wrong(node, field, walk, field.kind === "my" ? "map[string][]uint8" : "map[string]string");
  const found: [string, unknown][] = [];
  for (const { key, value } of node.entries) {
    if (field.kind === "mq") found.push([key, quantity(value)]);
    else if (value.kind === "null") found.push([key, ""]);
    else if (value.kind !== "string") throw wrong(value, field, walk, field.kind === "my" ? "[]uint8" : "string");
    else found.push([key, field.kind === "my" ? scalar(value, { ...field, kind: "y" }, walk) : value.value]);
  }
  found.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(found);
}

function fieldValue(node: Json, field: FieldType, walk: Walk): unknown {
  if (node.kind === "null") return undefined;
  if (field.list === undefined)
    return field.kind === "object" ? objectValue(node, field, walk) : scalar(node, field, walk);
  if (field.list === "record") {
    if (node.kind !== "object") throw wrong(node, field, walk, "map");
    return toPlain(node);
  }
  if (node.kind !== "array") throw wrong(node, field, walk);
  return node.items.map((item, i) => {
    const inner = { ...walk, place: `${walk.place}[${i}]` };
    if (field.kind === "object") return objectValue(item, field, inner) ?? {};
    return scalar(item, field, inner);
  });
}

function objectValue(node: Json, field: FieldType, walk: Walk): unknown {
  if (node.kind === "null") return undefined;
  if (node.kind !== "object") throw wrong(node, { ...field, list: undefined }, walk);
  const fields = fieldsBelow(field);
  return fields === undefined
    ? toPlain(node)
    : structValue(node.entries, fields, { ...walk, struct: field.type ?? "" });
}

const isEmpty = (value: unknown, field: FieldType): boolean => {
  if (value === undefined) return true;
  if (value === "") return !KEPT_TEXT.has(field.name) || field.name === "value";
  if (value === 0 || value === false) return DROPPED.has(field.name);
  if (Array.isArray(value)) return value.length === 0;
  return field.kind.startsWith("m") && Object.keys(value as object).length === 0;
};

function structValue(entries: readonly JsonEntry[], fields: readonly FieldType[], walk: Walk): Record<string, unknown> {
  const found = new Map<string, unknown>();
  const below = (name: string, separator = "."): string =>
    walk.place === "" ? name : `${walk.place}${separator}${name}`;
  const seen = new Set<string>();
  for (const { key, value } of entries) {
    const field = findField(fields, key);
    if (seen.has(key)) walk.strict.push(`duplicate field "${below(key)}"`);
    seen.add(key);
    if (field === undefined) {
      walk.strict.push(`unknown field "${below(key)}"`);
      continue;
    }
    const dotted = walk.dotted === "" ? key : `${walk.dotted}.${key}`;
    found.set(key, fieldValue(value, field, { ...walk, dotted, place: below(key) }));
  }
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const value = found.get(field.name);
    if (!isEmpty(value, field)) result[field.name] = value;
    else if (field.always) result[field.name] = emptyOf(field, value);
  }
  return result;
}

/** What an empty field that is always written looks like. */
function emptyOf(field: FieldType, value: unknown): unknown {
  if (value !== undefined && !(Array.isArray(value) && field.name === "rules")) return value;
  if (field.kind === "object" && field.list === undefined)
    return structValue([], fieldsBelow(field) ?? [], { struct: "", dotted: "", place: "", strict: [] });
  if (field.kind === "o") return {};
  if (field.kind === "i") return 0;
  return field.kind === "s" && field.list === undefined ? "" : Array.isArray(value) ? [] : null;
}

export interface Normalised {
  readonly object: KubeObject;
  /** Complaints of strict decoding, in the order of their texts. */
  readonly strict: readonly string[];
}

/** The object of a tree as its kind's struct holds it; as it is where the kind's fields are not known. */
export function normaliseTree(kind: string, tree: Json): Normalised {
  const fields = fieldsOfKind(kind);
  if (fields === undefined || tree.kind !== "object") return { object: toPlain(tree) as KubeObject, strict: [] };
  const strict: string[] = [];
  const object = structValue(tree.entries, fields, { struct: kind, dotted: "", place: "", strict });
  object.metadata ??= {};
  // Spec and status are structs, not pointers: there in any case.
  for (const half of ["spec", "status"]) {
    const field = findField(fields, half);
    if (field !== undefined && field.kind === "object") object[half] ??= emptyOf({ ...field, always: true }, undefined);
  }
  return { object: object as unknown as KubeObject, strict: [...new Set(strict)].sort() };
}

/** Plain data as a tree. */
export function toTree(value: unknown): Json {
  if (value === null || value === undefined) return { kind: "null" };
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "number") return { kind: "number", text: String(value) };
  if (typeof value === "string") return { kind: "string", value };
  if (Array.isArray(value)) return { kind: "array", items: value.map(toTree) };
  return {
    kind: "object",
    entries: Object.entries(value as object)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => ({ key, value: toTree(item) })),
  };
}

/** Plain data as its kind's struct holds it. Throws DecodeError. */
export function normalise(kind: string, object: KubeObject): Normalised {
  return normaliseTree(kind, toTree(object));
}
