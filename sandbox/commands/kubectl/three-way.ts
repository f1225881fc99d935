// Patches between an object as it was applied, as it is wanted and as it is: kubectl's three-way strategic merge.
// How a list merges is told by the types of the API; lists of kinds that are not known are replaced.

import { type FieldType, fieldsBelow, fieldsOfKind, findField } from "../../lib/kube/schema.ts";
import { type Any, type Obj, same } from "./values.ts";

const isMap = (value: Any): value is Obj => typeof value === "object" && value !== null && !Array.isArray(value);

/** What turns `current` into `modified`, and takes away what `original` had and `modified` has not. Undefined: nothing. */
export function threeWay(
  original: Any,
  modified: Obj,
  current: Obj,
  types: readonly FieldType[] = fieldsOfKind(modified.kind) ?? [],
): Obj | undefined {
  const patch: Obj = {};
  for (const [key, value] of Object.entries(modified)) {
    const now = current[key];
    const field = findField(types, key);
    if (value === null) {
      if (now !== undefined) patch[key] = null;
      continue;
    }
    if (isMap(value) && isMap(now)) {
      const inner = threeWay(isMap(original?.[key]) ? original[key] : undefined, value, now, fieldsBelow(field));
      if (inner !== undefined) patch[key] = inner;
    } else if (Array.isArray(value) && Array.isArray(now)) {
      const merged = mergeLists(field, original?.[key], value, now);
      if (merged.list !== undefined) patch[key] = merged.list;
      if (merged.order !== undefined) patch[`$setElementOrder/${key}`] = merged.order;
    } else if (!same(value, now) && !(now === undefined && isEmpty(value))) patch[key] = value;
  }
  if (isMap(original))
    for (const key of Object.keys(original)) if (!(key in modified) && key in current) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** An empty map or list where there is none is no change to the server. */
const isEmpty = (value: Any): boolean => typeof value === "object" && value !== null && Object.keys(value).length === 0;

interface MergedList {
  readonly list?: Any[];
  /** Keys in the wanted order, where the lists are not in step. */
  readonly order?: Any[];
}

function mergeLists(
  field: FieldType | undefined,
  original: Any,
  modified: readonly Any[],
  current: readonly Any[],
): MergedList {
  const key = field?.mergeKey;
  if (key === undefined || !modified.every((item) => isMap(item) && item[key] !== undefined))
    return same(modified, current) ? {} : { list: [...modified] };
  const patch: Any[] = [];
  for (const item of modified) {
    const now = current.find((one) => one[key] === item[key]);
    if (now === undefined) {
      patch.push(item);
      continue;
    }
    const before = Array.isArray(original) ? original.find((one) => one[key] === item[key]) : undefined;
    const inner = threeWay(before, item, now, fieldsBelow(field) ?? []);
    if (inner !== undefined) patch.push({ ...inner, [key]: item[key] });
  }
  if (Array.isArray(original))
    for (const item of original) {
      const gone = !modified.some((one) => one[key] === item[key]) && current.some((one) => one[key] === item[key]);
      if (gone) patch.push({ $patch: "delete", [key]: item[key] });
    }
  const inStep = modified.length === current.length && modified.every((item, i) => item[key] === current[i]?.[key]);
  return {
    ...(patch.length > 0 ? { list: patch } : {}),
    ...(patch.length > 0 || !inStep ? { order: modified.map((item) => ({ [key]: item[key] })) } : {}),
  };
}
