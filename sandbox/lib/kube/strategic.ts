// Strategic merge patches (k8s.io/apimachinery/pkg/util/strategicpatch): lists of objects merge by their key, with the directives
// $patch, $deleteFromPrimitiveList, $setElementOrder and $retainKeys.

import { type FieldType, fieldsBelow, findField } from "./schema.ts";

type Fields = { [key: string]: unknown };
type Types = readonly FieldType[] | undefined;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A patch that cannot be applied; the text is the real one's. */
export class PatchError extends Error {}

/** The target with the patch applied; both stay as they are. `types` are the fields of the target's type, where they are known. */
export function applyStrategic(target: unknown, patch: Fields, types: Types): unknown {
  const directive = patch.$patch;
  if (directive === "replace") {
    const { $patch: _, ...rest } = patch;
    return rest;
  }
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge")
    throw new PatchError(`invalid patch type: ${String(directive)}`);
  const result: Fields = isObject(target) ? { ...target } : {};
  retainKeys(result, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key === "$patch" || key === "$retainKeys" || key.startsWith("$setElementOrder/")) continue;
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const name = key.slice(25);
      const gone = Array.isArray(value) ? value : [];
      if (Array.isArray(result[name]))
        result[name] = (result[name] as unknown[]).filter((each) => !gone.includes(each));
      continue;
    }
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = findField(types, key);
    if (Array.isArray(value)) result[key] = applyList(result[key], value, field, patch[`$setElementOrder/${key}`]);
    else if (isObject(value)) {
      result[key] = applyStrategic(result[key], value, field?.list === "record" ? undefined : fieldsBelow(field));
    } else result[key] = value;
  }
  reorder(result, patch, types);
  return result;
}

function retainKeys(result: Fields, patch: Fields): void {
  const kept = patch.$retainKeys;
  if (!Array.isArray(kept)) return;
  for (const key of Object.keys(result)) if (!kept.includes(key)) delete result[key];
}

function applyList(
  target: unknown,
  patch: readonly unknown[],
  field: FieldType | undefined,
  order: unknown,
): unknown[] {
  const current = Array.isArray(target) ? (target as unknown[]) : [];
  if (field?.list === "set") return orderSet([...current, ...patch.filter((each) => !current.includes(each))], order);
  const key = field?.mergeKey;
  if (key === undefined || field === undefined) return withoutDirectives(patch);
  let result = [...current];
  if (patch.some((each) => isObject(each) && each.$patch === "replace" && each[key] === undefined))
    return withoutDirectives(patch);
  for (const item of patch) {
    if (!isObject(item)) throw new PatchError(`expected a map in list of ${field.name}`);
    const id = item[key];
    if (id === undefined)
      throw new PatchError(
        `map: map[${Object.entries(item)
          .map(([name, value]) => `${name}:${String(value)}`)
          .join(" ")}] does not contain declared merge key: ${key}`,
      );
    const at = result.findIndex((each) => isObject(each) && each[key] === id);
    if (item.$patch === "delete") result = result.filter((each) => !(isObject(each) && each[key] === id));
    else if (at >= 0)
      result[at] = applyStrategic(item.$patch === "replace" ? {} : result[at], item, fieldsBelow(field));
    else result.push(applyStrategic({}, item, fieldsBelow(field)));
  }
  return result;
}

function withoutDirectives(list: readonly unknown[]): unknown[] {
  return list
    .filter((each) => !(isObject(each) && each.$patch !== undefined))
    .map((each) => (isObject(each) ? applyStrategic({}, each, undefined) : each));
}

function orderSet(list: unknown[], order: unknown): unknown[] {
  if (!Array.isArray(order)) return list;
  const known = order.filter((each) => list.includes(each));
  return [...known, ...list.filter((each) => !known.includes(each))];
}

/** Brings lists into the order that `$setElementOrder` asks for; what it does not name keeps its place behind its neighbour. */
function reorder(result: Fields, patch: Fields, types: Types): void {
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith("$setElementOrder/") || !Array.isArray(order)) continue;
    const name = directive.slice(17);
    const list = result[name];
    const field = findField(types, name);
    if (!Array.isArray(list)) continue;
    const key = field?.mergeKey;
    const idOf = (each: unknown): unknown => (key === undefined ? each : isObject(each) ? each[key] : undefined);
    const wanted = order.map(idOf);
    const ordered = wanted.flatMap((id) => list.filter((each) => idOf(each) === id));
    // Server-only items go where they stood before the next named one.
    const merged: unknown[] = [];
    let next = 0;
    for (const each of list) {
      if (wanted.includes(idOf(each))) merged.push(ordered[next++]);
      else merged.push(each);
    }
    result[name] = merged;
  }
}
