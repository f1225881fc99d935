// The functions of Go's text/template, and kubectl's own two.

import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { type Any, goValue, q, typeName } from "./values.ts";

export const isMap = (value: Any): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
export const missing = (value: Any): boolean => value === undefined || value === null;

export function truthy(value: Any): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

export interface Helper {
  readonly least: number;
  readonly most: number;
  call(given: readonly Any[]): Any;
}

const helper = (least: number, most: number, call: Helper["call"]): Helper => ({ least, most, call });
const MANY = 99;

function index(value: Any, keys: readonly Any[]): Any {
  let here = value;
  for (const key of keys) {
    if (missing(here)) throw new Error("index of untyped nil");
    if (isMap(here)) {
      if (typeof key !== "string")
        throw new Error(`value has type ${missing(key) ? "nil" : typeName(key).replace("64", "")}; should be string`);
      here = here[key];
      continue;
    }
    if (typeof here !== "string" && !Array.isArray(here)) throw new Error(`can't index item of type ${typeName(here)}`);
    const place = position(key, here.length - 1);
    here = typeof here === "string" ? here.charCodeAt(place) : here[place];
  }
  return here;
}

function position(key: Any, last: number): number {
  if (typeof key !== "number")
    throw new Error(`cannot index slice/array with ${missing(key) ? "nil" : `type ${typeName(key)}`}`);
  if (key < 0 || key > last) throw new Error(`index out of range: ${key}`);
  return key;
}

function cut(value: Any, places: readonly Any[]): Any {
  if (missing(value)) throw new Error("slice of untyped nil");
  if (typeof value !== "string" && !Array.isArray(value))
    throw new Error(`can't slice item of type ${typeName(value)}`);
  const [from = 0, to = value.length] = places.map((place) => position(place, value.length));
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return value.slice(from, to);
}

function equal(first: Any, others: readonly Any[]): boolean {
  if (others.length === 0) throw new Error("missing argument for comparison");
  return others.some((other) => {
    for (const one of [first, other])
      if (!missing(one) && typeof one === "object")
        throw new Error(`non-comparable type ${goValue(one)}: ${typeName(one)}`);
    if (missing(first) || missing(other)) return missing(first) && missing(other);
    if (typeName(first) !== typeName(other)) throw new Error("incompatible types for comparison");
    return first === other;
  });
}

function less(a: Any, b: Any): boolean {
  for (const one of [a, b])
    if (missing(one) || typeof one === "object" || typeof one === "boolean")
      throw new Error("invalid type for comparison");
  if (typeName(a) !== typeName(b)) throw new Error("incompatible types for comparison");
  return a < b;
}

/** fmt.Sprint: a space between two that are no strings. */
const sprint = (given: readonly Any[]): string =>
  given
    .map(
      (value, i) =>
        (i > 0 && ![value, given[i - 1]].some((one) => typeof one === "string") ? " " : "") + goValue(value),
    )
    .join("");

function sprintf([format, ...given]: readonly Any[]): string {
  let used = 0;
  const text = String(format).replace(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?(.?)/gs,
    (_, flags: string, wide: string, point: string, letter: string) => {
      if (letter === "%") return "%";
      if (letter === "") return "%!(NOVERB)";
      if (used >= given.length) return `%!${letter}(MISSING)`;
      const value = given[used++];
      const type = typeName(value);
      const fits = {
        d: "int64",
        x: "int64 string",
        X: "int64 string",
        o: "int64",
        b: "int64",
        c: "int64",
        f: "float64",
        g: "float64",
        e: "float64",
        t: "bool",
        s: "string",
        q: "string int64",
      }[letter];
      let told = goValue(value);
      if (letter === "T") told = type === "nil" ? "<nil>" : type;
      else if (letter !== "v" && typeof value !== "object" && !fits?.includes(type))
        told = `%!${letter}(${type === "nil" ? "<nil>" : `${type}=${told}`})`;
      else if (letter === "q") told = q(told);
      else if (/[xXob]/.test(letter) && typeof value === "number") told = value.toString({ o: 8, b: 2 }[letter] ?? 16);
      else if (letter === "c") told = String.fromCodePoint(value);
      else if (letter === "f") told = value.toFixed(Number(point ?? 6));
      else if (point !== undefined && typeof value === "string") told = told.slice(0, Number(point));
      if (letter === "X") told = told.toUpperCase();
      if (flags.includes("+") && typeof value === "number" && value >= 0) told = `+${told}`;
      const size = Number(wide);
      if (flags.includes("-")) return told.padEnd(size);
      return flags.includes("0") && typeof value === "number" ? told.padStart(size, "0") : told.padStart(size);
    },
  );
  const extra = given.slice(used);
  return extra.length === 0
    ? text
    : `${text}%!(EXTRA ${extra.map((value) => `${typeName(value)}=${goValue(value)}`).join(", ")})`;
}

const HTML: Readonly<Record<string, string>> = { '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export const FUNCTIONS: Readonly<Record<string, Helper>> = {
  and: helper(1, MANY, () => undefined),
  or: helper(1, MANY, () => undefined),
  not: helper(1, 1, ([value]) => !truthy(value)),
  index: helper(1, MANY, ([value, ...keys]) => index(value, keys)),
  slice: helper(1, MANY, ([value, ...places]) => cut(value, places)),
  len: helper(1, 1, ([value]) => {
    if (missing(value)) throw new Error("len of nil pointer");
    if (typeof value !== "object" && typeof value !== "string") throw new Error(`len of type ${typeName(value)}`);
    return isMap(value) ? Object.keys(value).length : value.length;
  }),
  eq: helper(1, MANY, ([first, ...others]) => equal(first, others)),
  ne: helper(2, 2, ([a, b]) => !equal(a, [b])),
  lt: helper(2, 2, ([a, b]) => less(a, b)),
  gt: helper(2, 2, ([a, b]) => less(b, a)),
  le: helper(2, 2, ([a, b]) => !less(b, a)),
  ge: helper(2, 2, ([a, b]) => !less(a, b)),
  print: helper(0, MANY, sprint),
  println: helper(0, MANY, (given) => `${given.map(goValue).join(" ")}\n`),
  printf: helper(1, MANY, sprintf),
  html: helper(0, MANY, (given) => sprint(given).replace(/["'&<>]/g, (char) => HTML[char] as string)),
  js: helper(0, MANY, (given) =>
    sprint(given).replace(/[\\'"]|[<>&=\x00-\x1f]/g, (char) =>
      /[\\'"]/.test(char) ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
    ),
  ),
  urlquery: helper(0, MANY, (given) =>
    encodeURIComponent(sprint(given))
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  // kubectl's own two.
  base64decode: helper(1, 1, ([text]) => {
    const bytes = fromBase64(String(text));
    if (bytes === undefined) {
      const odd = String(text).search(/[^A-Za-z0-9+/\r\n]/);
      throw new Error(
        `base64 decode failed: illegal base64 data at input byte ${odd < 0 ? String(text).length & ~3 : odd}`,
      );
    }
    return decode(bytes);
  }),
  exists: helper(1, MANY, ([value, ...keys]) => {
    try {
      return index(value, keys) !== undefined;
    } catch {
      return false;
    }
  }),
};
