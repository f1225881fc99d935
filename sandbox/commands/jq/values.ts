// Kinds, order and arithmetic of JSON values, with jq's error sentences.

import { COMPACT, compareText, formatJson } from "./json.ts";

/** An error of a running program; it can be caught. */
export class JqError {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as Kind;
}

/** `object ({"metadata"...)`: kind and the start of the value. */
export function describe(value: unknown): string {
  const text = formatJson(value, COMPACT);
  return `${kindOf(value)} (${text.length > 14 ? `${text.slice(0, 11)}...` : text})`;
}

export function fail(text: string): never {
  throw new JqError(text);
}

export function truthy(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false;
}

const ORDER: readonly Kind[] = ["null", "boolean", "number", "string", "array", "object"];

export function compare(a: unknown, b: unknown): number {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x !== y) return ORDER.indexOf(x) - ORDER.indexOf(y);
  switch (x) {
    case "null":
      return 0;
    case "boolean":
      return Number(a) - Number(b);
    case "number":
      return (a as number) < (b as number) || Number.isNaN(a) ? -1 : (a as number) > (b as number) ? 1 : 0;
    case "string":
      return compareText(a as string, b as string);
    case "array": {
      const [left, right] = [a as unknown[], b as unknown[]];
      for (let i = 0; i < left.length && i < right.length; i++) {
        const order = compare(left[i], right[i]);
        if (order !== 0) return order;
      }
      return left.length - right.length;
    }
    case "object": {
      const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
      const keys = Object.keys(left).sort(compareText);
      const byKeys = compare(keys, Object.keys(right).sort(compareText));
      if (byKeys !== 0) return byKeys;
      for (const key of keys) {
        const order = compare(left[key], right[key]);
        if (order !== 0) return order;
      }
      return 0;
    }
  }
}

export function arithmetic(sign: string, a: unknown, b: unknown): unknown {
  const [x, y] = [kindOf(a), kindOf(b)];
  const both = (kind: Kind): boolean => x === kind && y === kind;
  switch (sign) {
    case "+":
      if (x === "null") return b;
      if (y === "null") return a;
      if (both("number")) return (a as number) + (b as number);
      if (both("string")) return (a as string) + (b as string);
      if (both("array")) return [...(a as unknown[]), ...(b as unknown[])];
      if (both("object")) return { ...(a as object), ...(b as object) };
      return fail(`${describe(a)} and ${describe(b)} cannot be added`);
    case "-":
      if (both("number")) return (a as number) - (b as number);
      if (both("array"))
        return (a as unknown[]).filter((one) => !(b as unknown[]).some((other) => compare(one, other) === 0));
      return fail(`${describe(a)} and ${describe(b)} cannot be subtracted`);
    case "*":
      if (both("number")) return (a as number) * (b as number);
      if ((x === "string" && y === "number") || (x === "number" && y === "string")) {
        const [text, times] = x === "string" ? [a as string, b as number] : [b as string, a as number];
        return times > 0 ? text.repeat(Math.max(1, Math.ceil(times))) : null;
      }
      if (both("object")) return mergeDeep(a as Record<string, unknown>, b as Record<string, unknown>);
      return fail(`${describe(a)} and ${describe(b)} cannot be multiplied`);
    case "/":
      if (both("number"))
        return b === 0
          ? fail(`${describe(a)} and ${describe(b)} cannot be divided because the divisor is zero`)
          : (a as number) / (b as number);
      if (both("string")) return a === "" ? [] : (a as string).split(b as string);
      return fail(`${describe(a)} and ${describe(b)} cannot be divided`);
    default: {
      if (!both("number")) return fail(`${describe(a)} and ${describe(b)} cannot be divided`);
      const divisor = Math.abs(Math.trunc(b as number));
      if (divisor === 0)
        return fail(`${describe(a)} and ${describe(b)} cannot be divided (remainder) because the divisor is zero`);
      return Math.trunc(a as number) % divisor || 0;
    }
  }
}

function mergeDeep(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = result[key];
    result[key] =
      kindOf(before) === "object" && kindOf(value) === "object"
        ? mergeDeep(before as Record<string, unknown>, value as Record<string, unknown>)
        : value;
  }
  return result;
}

/** `.[key]` on any value. */
export function getIndex(of: unknown, key: unknown): unknown {
  const [x, y] = [kindOf(of), kindOf(key)];
  if (x === "object" && y === "string")
    return Object.hasOwn(of as object, key as string) ? (of as Record<string, unknown>)[key as string] : null;
  if (x === "array" && y === "number") {
    const at = Math.floor(key as number);
    return (of as unknown[])[at < 0 ? at + (of as unknown[]).length : at] ?? null;
  }
  if (x === "array" && y === "object") {
    const { start, end } = key as { start: unknown; end: unknown };
    return getSlice(of, start, end);
  }
  if (x === "array" && y === "array") return indices(of, key);
  if (x === "null" && (y === "string" || y === "number" || y === "null" || y === "object")) return null;
  if (y === "string") return fail(`Cannot index ${x} with ${x === "string" ? "string " : "string "}"${key as string}"`);
  return fail(`Cannot index ${x} with ${y}`);
}

export function getSlice(of: unknown, from: unknown, to: unknown): unknown {
  const kind = kindOf(of);
  if (kind === "null") return null;
  if (kind !== "array" && kind !== "string") return fail(`Cannot index ${kind} with object`);
  if (![from, to].every((bound) => bound === null || bound === undefined || typeof bound === "number"))
    return fail("Start and end indices of an array slice must be numbers");
  const start = from === null || from === undefined ? 0 : Math.floor(from as number);
  const end = to === null || to === undefined ? undefined : Math.ceil(to as number);
  return kind === "string" ? [...(of as string)].slice(start, end).join("") : (of as unknown[]).slice(start, end);
}

export function indices(of: unknown, wanted: unknown): unknown {
  if (of === null) return null;
  const found: number[] = [];
  if (typeof of === "string" && typeof wanted === "string") {
    for (let at = of.indexOf(wanted); at >= 0 && wanted !== ""; at = of.indexOf(wanted, at + 1)) found.push(at);
    return found;
  }
  const list = of as unknown[];
  if (Array.isArray(wanted)) {
    for (let i = 0; wanted.length > 0 && i + wanted.length <= list.length; i++)
      if (wanted.every((one, at) => compare(list[i + at], one) === 0)) found.push(i);
    return found;
  }
  list.forEach((one, at) => {
    if (compare(one, wanted) === 0) found.push(at);
  });
  return found;
}

export type Path = readonly unknown[];

export function getPath(of: unknown, path: Path): unknown {
  let value = of;
  for (const key of path) {
    if (value === null || value === undefined) return null;
    value = getIndex(value, key);
  }
  return value ?? null;
}

export function setPath(of: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (path.length === 0) return value;
  return setIndex(of, key, setPath(of === null ? null : getIndex(of, key), rest, value));
}

function setIndex(of: unknown, key: unknown, value: unknown): unknown {
  const [x, y] = [kindOf(of), kindOf(key)];
  if (y === "string" && (x === "object" || x === "null")) return { ...(of as object | null), [key as string]: value };
  if (y === "number" && (x === "array" || x === "null")) {
    const list = [...((of as unknown[] | null) ?? [])];
    let at = Math.floor(key as number);
    if (at < 0) at += list.length;
    if (at < 0) return fail("Out of bounds negative array index");
    while (list.length < at) list.push(null);
    list[at] = value;
    return list;
  }
  if (y === "object" && (x === "array" || x === "null")) {
    if (!Array.isArray(value)) return fail("A slice of an array can only be assigned another array");
    const list = [...((of as unknown[] | null) ?? [])];
    const { start, end } = key as { start: number | null; end: number | null };
    const from = start === null ? 0 : start < 0 ? Math.max(0, list.length + start) : start;
    const to = end === null ? list.length : end < 0 ? list.length + end : end;
    list.splice(from, Math.max(0, to - from), ...value);
    return list;
  }
  if (y === "string") return fail(`Cannot index ${x} with "${key as string}"`);
  return fail(`Cannot index ${x} with ${y}`);
}

export function deletePaths(of: unknown, paths: readonly Path[]): unknown {
  let value = of;
  for (const path of [...paths].sort((a, b) => compare(b, a))) value = deletePath(value, path);
  return value;
}

function deletePath(of: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (path.length === 0) return null;
  if (of === null || of === undefined) return null;
  if (rest.length > 0) {
    const inner = getIndex(of, key);
    return inner === null ? of : setIndex(of, key, deletePath(inner, rest));
  }
  if (Array.isArray(of)) {
    if (kindOf(key) === "object") {
      const { start, end } = key as { start: number | null; end: number | null };
      return [...of.slice(0, start ?? 0), ...of.slice(end ?? of.length)];
    }
    if (typeof key !== "number") return fail(`Cannot delete field at ${kindOf(key)} index of array`);
    const at = key < 0 ? key + of.length : key;
    return of.filter((_, index) => index !== at);
  }
  if (kindOf(of) !== "object" || typeof key !== "string")
    return fail(`Cannot delete field at ${kindOf(key) === "string" ? "object" : "array"} index of ${kindOf(of)}`);
  return Object.fromEntries(Object.entries(of as object).filter(([name]) => name !== key));
}

/** An array, or the error that says what for one is needed. */
export function list(input: unknown, what: string): unknown[] {
  return Array.isArray(input) ? input : fail(`${describe(input)} ${what}`);
}
