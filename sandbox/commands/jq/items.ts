// Items of a stream: a value with its path, parts of one, two made into one. They need no program to be carried out.

import type { Stream } from "./env.ts";
import { arithmetic, compare, fail, kindOf, type Path } from "./values.ts";

/** A value made anew has no path: following one through it is an error, unless it is null. */
export function noPath(path: Path | undefined, value: unknown): Path | undefined {
  return path === undefined || value === null ? path : undefined;
}

export function* plainItems(source: Iterable<unknown>): Stream {
  for (const value of source) yield [value, undefined];
}

export function* each(value: unknown, path: Path | undefined): Stream {
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) yield [value[i], path && [...path, i]];
  else if (kindOf(value) === "object")
    for (const [key, one] of Object.entries(value as object)) yield [one, path && [...path, key]];
  else fail(`Cannot iterate over ${kindOf(value)} (${JSON.stringify(value)})`);
}

export function* recurse(value: unknown, path: Path | undefined): Stream {
  yield [value, path];
  if (value !== null && typeof value === "object") for (const [one, at] of each(value, path)) yield* recurse(one, at);
}

export function operate(sign: string, left: unknown, right: unknown): unknown {
  switch (sign) {
    case "==":
      return compare(left, right) === 0;
    case "!=":
      return compare(left, right) !== 0;
    case "<":
      return compare(left, right) < 0;
    case "<=":
      return compare(left, right) <= 0;
    case ">":
      return compare(left, right) > 0;
    case ">=":
      return compare(left, right) >= 0;
    default:
      return arithmetic(sign, left, right);
  }
}
