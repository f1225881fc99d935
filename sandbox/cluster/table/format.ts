// Small texts of printed tables: durations, selectors, lists of containers.

import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

/** duration.HumanDuration: two units at most, fewer the longer it is. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  const pair = (big: number, small: number, units: string): string =>
    small === 0 ? `${big}${units[0]}` : `${big}${units[0]}${small}${units[1]}`;
  if (minutes < 10) return pair(minutes, seconds % 60, "ms");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(hours, minutes % 60, "hm");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return pair(days, hours % 24, "dh");
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? pair(years, days % 365, "yd") : `${years}y`;
}

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
