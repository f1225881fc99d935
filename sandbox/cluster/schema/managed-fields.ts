// metadata.managedFields: who set which field last (structured-merge-diff, as far as single managers and apply need it).

import { type FieldType, fieldsBelow, fieldsOfKind, findField } from "../../lib/kube/schema.ts";
import { type Fields, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { sameValue, sortKeys } from "../rest/sort.ts";
import { StatusError } from "../status.ts";

/** A set of fields in the FieldsV1 form: `f:name`, `k:{"key":…}`, `v:"value"`, `.` for the thing itself. */
type FieldSet = { [key: string]: FieldSet };

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Metadata that the system sets itself. */
const SYSTEM = new Set(
  "name namespace uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds managedFields selfLink".split(
    " ",
  ),
);

const equal = sameValue;

/** Keys that have a default where an item leaves them out. */
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: "TCP" };

function keyOf(item: Fields, field: FieldType): string {
  const pairs = [...field.keys].sort().map((key) => [key, item[key] ?? KEY_DEFAULTS[key]] as const);
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`;
}

/** Lists that an object without them has, too (no omitempty): they are never set themselves. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(["containers"]);

/** Structs that are owned as a whole (structType=atomic). */
const ATOMIC: ReadonlySet<string> = new Set(
  "OwnerReference KeySelector ObjectFieldSelector ResourceFieldSelector NodeSelector LabelSelector LocalObjectReference ObjectReference".split(
    " ",
  ),
);

/** Fields of a value; those that are the same in `before` are left out. */
function setOf(value: unknown, before: unknown, field: FieldType | undefined): FieldSet | undefined {
  if (before !== undefined && equal(value, before)) return undefined;
  if (Array.isArray(value)) {
    if (field?.list === "map" && field.name !== "hostIPs") {
      const set: FieldSet = before === undefined && !ALWAYS_THERE.has(field.name) ? { ".": {} } : {};
      const old = listOf(before);
      for (const item of value as Fields[]) {
        const key = keyOf(item, field);
        const inner = ATOMIC.has(field.type ?? "")
          ? {}
          : structSet(
              item,
              old.find((each) => keyOf(each, field) === key),
              fieldsBelow(field),
              true,
            );
        if (inner !== undefined) set[key] = inner;
      }
      return set;
    }
    if (field?.list === "set") {
      const set: FieldSet = before === undefined ? { ".": {} } : {};
      const old = Array.isArray(before) ? before : [];
      for (const item of value) if (!old.includes(item)) set[`v:${JSON.stringify(item)}`] = {};
      return set;
    }
    return {};
  }
  if (!isObject(value)) return {};
  if (ATOMIC.has(field?.type ?? "")) return {};
  if (field?.kind === "object") return structSet(value, before, fieldsBelow(field), false);
  if (field?.kind.startsWith("m")) return mapSet(value, before);
  return field === undefined || field.kind === "o" ? (mapSet(value, before) ?? {}) : {};
}

function mapSet(value: Fields, before: unknown): FieldSet {
  const set: FieldSet = before === undefined ? { ".": {} } : {};
  for (const [key, item] of Object.entries(value))
    if (!isObject(before) || !equal(before[key], item)) set[`f:${key}`] = {};
  return set;
}

/** Fields of a struct. One that came whole is named itself (`.`) where it is a pointer or a list's item. */
function structSet(
  value: Fields,
  before: unknown,
  fields: readonly FieldType[] | undefined,
  item: boolean,
): FieldSet | undefined {
  if (before !== undefined && equal(value, before)) return undefined;
  const set: FieldSet = {};
  const old = fieldsOf(before);
  for (const [key, inner] of Object.entries(value)) {
    const found = setOf(inner, old[key], findField(fields, key));
    if (found !== undefined) set[`f:${key}`] = found;
  }
  const whole = before === undefined && (item || Object.keys(value).length > 0);
  return whole ? { ".": {}, ...set } : Object.keys(set).length === 0 && before === undefined ? {} : set;
}

/** What an object sets, as far as it differs from the one before. */
function fieldsSet(
  resource: Resource,
  object: KubeObject,
  before: KubeObject | undefined,
  half: string | undefined,
): FieldSet {
  const types = fieldsOfKind(resource.kind);
  const set: FieldSet = {};
  for (const [key, value] of Object.entries(object)) {
    if (key === "kind" || key === "apiVersion" || value === undefined) continue;
    if (half === "status" ? key !== "status" && key !== "metadata" : key === "status" && half !== "approval") continue;
    const old = before?.[key];
    if (key === "metadata") {
      const found = metadataSet(value as Fields, old as Fields | undefined);
      if (Object.keys(found).length > 0) set["f:metadata"] = found;
      continue;
    }
    const field = findField(types, key);
    const found = setOf(value, old, field);
    // Top-level structs are there in any case: they are not named themselves.
    if (found !== undefined && field?.kind === "object") delete found["."];
    if (found !== undefined && (Object.keys(found).length > 0 || !isObject(value))) set[`f:${key}`] = found;
  }
  return set;
}

function metadataSet(metadata: Fields, before: Fields | undefined): FieldSet {
  const types = fieldsOfKind("Pod")?.find((each) => each.name === "metadata");
  const set: FieldSet = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (SYSTEM.has(key) || value === undefined) continue;
    const found = setOf(value, before?.[key], findField(fieldsBelow(types), key));
    if (found !== undefined) set[`f:${key}`] = found;
  }
  return set;
}

const union = (one: FieldSet, other: FieldSet): FieldSet => {
  const result = { ...one };
  for (const [key, value] of Object.entries(other))
    result[key] = key in result ? union(result[key] as FieldSet, value) : value;
  return result;
};

const isLeaf = (set: FieldSet): boolean => Object.keys(set).every((key) => key === ".");

/** What is left of a set without another's fields; undefined where nothing is. */
function without(set: FieldSet, other: FieldSet): FieldSet | undefined {
  const result: FieldSet = {};
  for (const [key, value] of Object.entries(set)) {
    const taken = other[key];
    if (taken === undefined) result[key] = value;
    else if (key !== "." && !(isLeaf(value) && isLeaf(taken))) {
      const left = without(value, taken);
      if (left !== undefined) result[key] = left;
    }
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function entryOf(
  manager: string,
  operation: string,
  resource: Resource,
  time: string,
  set: FieldSet,
  subresource?: string,
): Fields {
  return {
    manager,
    operation,
    apiVersion: apiVersionOf(resource),
    time,
    fieldsType: "FieldsV1",
    fieldsV1: sortKeys(set),
    ...(subresource === undefined ||
    !["status", "approval", "scale", "resize", "ephemeralcontainers"].includes(subresource)
      ? {}
      : { subresource }),
  };
}

/** The manager of a request: what it says, or the first word of its user agent. */
function managerOf({ query, request }: RequestContext): string {
  const given = query.get("fieldManager") ?? "";
  return given || (request.headers.get("user-agent") ?? "unknown").split("/")[0] || "unknown";
}

/** The object with its writer's share of the fields written down. */
export function recordManager(
  context: RequestContext,
  resource: Resource,
  object: KubeObject,
  before: KubeObject | undefined,
  subresource?: string,
): KubeObject {
  const set = fieldsSet(resource, object, before, subresource);
  const manager = managerOf(context);
  const time = formatTime(context.sys.now());
  const kept = (before?.metadata.managedFields ?? []) as Fields[];
  if (Object.keys(set).length === 0) return object;
  const sub = subresource ?? "";
  const mine = kept.find(
    (each) => each.manager === manager && each.operation === "Update" && textOf(each.subresource) === sub,
  );
  const others = kept.flatMap((each) => {
    if (each === mine) return [];
    const left = without(each.fieldsV1 as FieldSet, set);
    return left === undefined ? [] : [left === each.fieldsV1 ? each : { ...each, fieldsV1: left }];
  });
  const own = entryOf(manager, "Update", resource, time, union((mine?.fieldsV1 as FieldSet) ?? {}, set), subresource);
  return { ...object, metadata: { ...object.metadata, managedFields: sortEntries([...others, own]) } };
}

/** Applied ones first, then by time and manager. */
function sortEntries(entries: Fields[]): Fields[] {
  const rank = (each: Fields): string =>
    `${each.operation === "Apply" ? 0 : 1} ${textOf(each.time)} ${textOf(each.manager)}`;
  return entries.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** An applied configuration over what is stored. Throws a conflict where another manager owns a field that differs. */
export function applyManaged(
  context: RequestContext,
  resource: Resource,
  applied: KubeObject,
  current: KubeObject | undefined,
  manager: string,
  force: boolean,
  subresource: string | undefined,
): KubeObject {
  const set = fieldsSet(resource, applied, undefined, subresource === "status" ? "status" : "approval");
  const time = formatTime(context.sys.now());
  const { managedFields: _, ...metadata } = applied.metadata;
  const kept = (current?.metadata.managedFields ?? []) as Fields[];
  const mine = kept.find((each) => each.manager === manager && each.operation === "Apply");
  const merged =
    current === undefined ? { ...applied, metadata } : mergeApplied(current, { ...applied, metadata }, resource);
  const rest: Fields[] = [];
  const conflicts: string[][] = [];
  for (const each of kept) {
    if (each === mine) continue;
    const owned = each.fieldsV1 as FieldSet;
    const clash = current === undefined ? [] : differing(owned, set, current, merged, fieldsOfKind(resource.kind), "");
    if (clash.length > 0 && !force) conflicts.push([describeManager(each), ...clash]);
    const left = clash.length > 0 ? without(owned, setFromPaths(clash, set, owned)) : owned;
    if (left !== undefined) rest.push({ ...each, fieldsV1: left });
  }
  if (conflicts.length > 0) throw conflictError(conflicts);
  const own = entryOf(manager, "Apply", resource, time, set, subresource);
  const unchanged = mine !== undefined && equal(mine.fieldsV1, own.fieldsV1);
  const entry = unchanged ? { ...own, time: mine.time } : own;
  const pruned = mine === undefined ? merged : prune(merged, mine.fieldsV1 as FieldSet, set, rest, resource);
  return { ...pruned, metadata: { ...pruned.metadata, managedFields: sortEntries([...rest, entry]) } };
}

/** Applied values over the stored ones: lists with keys by key, other lists whole. */
function mergeApplied(current: KubeObject, applied: KubeObject, resource: Resource): KubeObject {
  return mergeStruct(current, applied, fieldsOfKind(resource.kind)) as KubeObject;
}

function mergeStruct(current: unknown, applied: Fields, fields: readonly FieldType[] | undefined): Fields {
  const result: Fields = { ...fieldsOf(current) };
  for (const [key, value] of Object.entries(applied))
    result[key] = mergeValue(result[key], value, findField(fields, key));
  return result;
}

function mergeValue(current: unknown, applied: unknown, field: FieldType | undefined): unknown {
  if (Array.isArray(applied)) {
    const old = Array.isArray(current) ? (current as unknown[]) : [];
    if (field?.list === "set") return [...old, ...applied.filter((each) => !old.includes(each))];
    if (field?.list !== "map") return applied;
    const items = old.map((each) => {
      const mine = (applied as Fields[]).find((item) => keyOf(item, field) === keyOf(each as Fields, field));
      return mine === undefined ? each : mergeStruct(each, mine, fieldsBelow(field));
    });
    const fresh = (applied as Fields[]).filter(
      (item) => !old.some((each) => keyOf(each as Fields, field) === keyOf(item, field)),
    );
    return [...items, ...fresh];
  }
  return isObject(applied) ? mergeStruct(current, applied, fieldsBelow(field)) : applied;
}

const label = (key: string): string => (key.startsWith("k:") ? `[${describeKey(key)}]` : `.${key.slice(2)}`);

function describeKey(key: string): string {
  return Object.entries(JSON.parse(key.slice(2)) as Fields)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
}

function childOf(value: unknown, key: string, field: FieldType | undefined): unknown {
  if (key.startsWith("f:")) return fieldsOf(value)[key.slice(2)];
  if (key.startsWith("k:") && field !== undefined) return listOf(value).find((each) => keyOf(each, field) === key);
  return undefined;
}

/** Paths that both sets name and where the values differ. */
function differing(
  owned: FieldSet,
  set: FieldSet,
  before: unknown,
  after: unknown,
  fields: readonly FieldType[] | undefined,
  path: string,
  list?: FieldType,
): string[] {
  const found: string[] = [];
  for (const [key, inner] of Object.entries(set)) {
    const theirs = owned[key];
    if (theirs === undefined || key === "." || key.startsWith("v:")) continue;
    const field = key.startsWith("f:") ? findField(fields, key.slice(2)) : list;
    const [old, now] = [childOf(before, key, list), childOf(after, key, list)];
    if (isLeaf(inner) && isLeaf(theirs)) {
      if (!equal(old, now)) found.push(path + label(key));
    } else
      found.push(
        ...differing(
          theirs,
          inner,
          old,
          now,
          fieldsBelow(field),
          path + label(key),
          field?.list === "map" ? field : undefined,
        ),
      );
  }
  return found;
}

/** The part of a set that the given paths name. */
function setFromPaths(paths: readonly string[], set: FieldSet, owned: FieldSet, path = ""): FieldSet {
  const result: FieldSet = {};
  for (const [key, inner] of Object.entries(set)) {
    const theirs = owned[key];
    if (theirs === undefined || key === "." || key.startsWith("v:")) continue;
    const here = path + label(key);
    if (paths.includes(here)) result[key] = inner;
    else if (paths.some((each) => each.startsWith(here))) result[key] = setFromPaths(paths, inner, theirs, here);
  }
  return result;
}

/** What this manager applied before and does not any more goes, unless another owns it. */
function prune(
  object: KubeObject,
  before: FieldSet,
  now: FieldSet,
  others: readonly Fields[],
  resource: Resource,
): KubeObject {
  const gone = without(before, now);
  if (gone === undefined) return object;
  let left: FieldSet | undefined = gone;
  for (const each of others) left = left === undefined ? undefined : without(left, each.fieldsV1 as FieldSet);
  return left === undefined ? object : (removeSet(object, left, fieldsOfKind(resource.kind)) as KubeObject);
}

function removeSet(value: unknown, set: FieldSet, fields: readonly FieldType[] | undefined, list?: FieldType): unknown {
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((item) => {
      const key = list?.list === "map" ? keyOf(item as Fields, list) : `v:${JSON.stringify(item)}`;
      const inner = set[key];
      if (inner === undefined) return [item];
      return inner["."] !== undefined || isLeaf(inner) ? [] : [removeSet(item, inner, fieldsBelow(list))];
    });
  }
  if (!isObject(value)) return value;
  const result = { ...value };
  for (const [key, inner] of Object.entries(set)) {
    const name = key.slice(2);
    if (!key.startsWith("f:") || !(name in result)) continue;
    const field = findField(fields, name);
    if (isLeaf(inner)) delete result[name];
    else {
      const next = removeSet(result[name], inner, fieldsBelow(field), field);
      if (isEmptyValue(next)) delete result[name];
      else result[name] = next;
    }
  }
  return result;
}

const isEmptyValue = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;

function describeManager(entry: Fields): string {
  const sub = textOf(entry.subresource);
  const name = JSON.stringify(entry.manager);
  if (entry.operation === "Apply") return name;
  return `${name}${sub === "" ? "" : ` with subresource ${JSON.stringify(sub)}`} using ${textOf(entry.apiVersion)}`;
}

function conflictError(conflicts: readonly string[][]): StatusError {
  const total = conflicts.reduce((sum, [, ...paths]) => sum + paths.length, 0);
  const lines = conflicts.map(([who, ...paths]) =>
    paths.length === 1
      ? `conflict with ${who}: ${paths[0]}`
      : `conflicts with ${who}:\n${paths.map((path) => `- ${path}`).join("\n")}`,
  );
  const text =
    total === 1
      ? `Apply failed with 1 conflict: ${lines[0]}`
      : `Apply failed with ${total} conflicts: ${lines.join("\n")}`;
  return new StatusError(409, "Conflict", text, {
    causes: conflicts.flatMap(([who, ...paths]) =>
      paths.map((path) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field: path })),
    ),
  });
}
