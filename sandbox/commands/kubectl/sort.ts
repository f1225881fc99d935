// --sort-by: rows and objects in the order of one of their fields.

import { sortLikeGo } from "../../lib/go-sort.ts";
import { parseQuantity } from "../../lib/kube/quantity.ts";
import { klogHeader } from "./client.ts";
import { JsonPath, relaxPath } from "./jsonpath.ts";
import type { Kube } from "./kube.ts";
import { type Any, BareFail, Fail, type Obj, q, typeName } from "./values.ts";

const fieldOf = (kube: Kube): string => relaxPath(kube.flags.text("sort-by"));

export const noField = (kube: Kube): Fail =>
  new Fail(`couldn't find any field with path ${q(fieldOf(kube))} in the list of objects`);

/** Sorts in place by the field that --sort-by names. */
export function sortBy<T>(kube: Kube, list: T[], objectOf: (item: T) => Obj, rows = false): void {
  const field = new JsonPath(fieldOf(kube));
  const keyed = list.map((item) => ({ item, key: field.find(objectOf(item))[0] }));
  const unsortable = (value: Any): Fail =>
    new BareFail(
      `${klogHeader(kube.sys, "F", `sorter.go:${rows ? 375 : 329}`)}Field ${fieldOf(kube)} in ${rows ? "[][][]reflect.Value" : "*unstructured.Unstructured"} is an unsortable type: interface, err: unsortable type: ${typeName(value)}`,
    );
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) throw noField(kube);
  sortLikeGo(keyed, ({ key: a }, { key: b }) => {
    if (a === undefined || b === undefined) return a === undefined;
    if (typeof a === "number") return a < b;
    if (typeof a !== "string") throw unsortable(a);
    const [left, right] = [parseQuantity(a), parseQuantity(String(b))];
    return left !== undefined && right !== undefined ? left.nano < right.nano : a < b;
  });
  list.splice(0, list.length, ...keyed.map(({ item }) => item));
}

/** Sorts a table's rows by their objects' field; none is left where no object has it, or the path is none. */
export function sortRows(kube: Kube, table: Obj): void {
  const rows: Obj[] = table.rows ?? [];
  if (kube.flags.text("sort-by") === "") return;
  try {
    const field = new JsonPath(fieldOf(kube));
    if (rows.some(({ object }) => field.find(object ?? {}).length > 0))
      return sortBy(kube, rows, ({ object }) => object, true);
  } catch (error) {
    if (error instanceof BareFail) throw error;
  }
  table.rows = [];
}
