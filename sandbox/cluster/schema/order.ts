// Fields in the order of their structs: what defaults and patches added goes to its place.

import { type FieldType, fieldsBelow, fieldsOfKind } from "../../lib/kube/schema.ts";
import type { KubeObject } from "../object.ts";

function orderStruct(value: unknown, fields: readonly FieldType[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const from = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const item = from[field.name];
    if (item === undefined) continue;
    const below = field.list === "record" ? undefined : fieldsBelow(field);
    if (below === undefined) result[field.name] = item;
    else
      result[field.name] = Array.isArray(item)
        ? item.map((each) => orderStruct(each, below))
        : orderStruct(item, below);
  }
  for (const [key, item] of Object.entries(from)) if (!(key in result) && item !== undefined) result[key] = item;
  return result;
}

/** An object with its fields in order; unknown kinds stay as they are. */
export function orderObject(kind: string, object: KubeObject): KubeObject {
  const fields = fieldsOfKind(kind);
  return fields === undefined ? object : (orderStruct(object, fields) as KubeObject);
}
