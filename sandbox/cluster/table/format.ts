// Small texts of printed tables: durations, selectors, lists of containers.

import { humanDuration } from "../../lib/kube/age.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

/** How long ago a time was; `<unknown>` where there is none. */
export function ageOf(now: number, time: unknown): string {
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? "<unknown>" : humanDuration(now - at);
}

export const created = (object: KubeObject): unknown => object.metadata.creationTimestamp;

export const orNone = (text: string): string => (text === "" ? "<none>" : text);

export function formatLabels(labels: unknown): string {
  const pairs = Object.entries(fieldsOf(labels)).sort(([one], [other]) => (one < other ? -1 : 1));
  return pairs.map(([key, value]) => `${key}=${String(value)}`).join(",");
}

/** metav1.FormatLabelSelector. */
export function formatSelector(selector: unknown): string {
  if (selector === undefined || selector === null) return "<none>";
  const words = Object.entries(fieldsOf(fieldsOf(selector).matchLabels)).map(([key, value]) => [
    key,
    `${key}=${String(value)}`,
  ]);
  for (const each of listOf(fieldsOf(selector).matchExpressions)) {
    const key = textOf(each.key);
    const values = [...listOf<string>(each.values)].sort().join(",");
    const text = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    words.push([key, text[textOf(each.operator) as keyof typeof text] ?? key]);
  }
  return orNone(
    words
      .sort((one, other) => ((one[0] as string) < (other[0] as string) ? -1 : 1))
      .map(([, text]) => text)
      .join(","),
  );
}

/** Names and images of a pod template's containers. */
export function containersOf(object: KubeObject): [names: string, images: string] {
  const list = listOf(at(object, "spec", "template", "spec", "containers"));
  return [list.map((each) => textOf(each.name)).join(","), list.map((each) => textOf(each.image)).join(",")];
}

/** A number of a field, 0 where there is none. */
export const count = (object: unknown, ...path: string[]): number => Number(at(object, ...path) ?? 0);

/** The condition of a type. */
export function conditionOf(object: KubeObject, type: string): Fields | undefined {
  return listOf(at(object, "status", "conditions")).find((each) => each.type === type);
}
