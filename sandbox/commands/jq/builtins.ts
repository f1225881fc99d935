// Functions of jq that need the host: kinds, sorting, text, time, regular expressions, paths.

import { compilePerl } from "../../lib/regex/perl.ts";
import { isRegexError } from "../../lib/regex/regex.ts";
import { formatTime, MONTHS } from "../../lib/strftime.ts";
import { toText } from "./formats.ts";
import { COMPACT, compareText, formatJson, JsonError, JsonReader } from "./json.ts";
import type { Filter } from "./parse.ts";
import { type Env, paths, type Stream, values } from "./run.ts";
import {
  compare,
  deletePaths,
  describe,
  fail,
  getPath,
  indices,
  JqError,
  kindOf,
  type Path,
  setPath,
  truthy,
} from "./values.ts";

type Plain = (input: unknown, env: Env) => unknown;
type WithArgs = (input: unknown, args: readonly unknown[], env: Env) => unknown;

function number(input: unknown, name = ""): number {
  return typeof input === "number" ? input : fail(`${describe(input)} number required${name}`);
}

function list(input: unknown, what: string): unknown[] {
  return Array.isArray(input) ? input : fail(`${describe(input)} ${what}`);
}

function keysOf(input: unknown, sorted: boolean): unknown[] {
  if (Array.isArray(input)) return input.map((_, index) => index);
  if (kindOf(input) !== "object") return fail(`${describe(input)} has no keys`);
  const keys = Object.keys(input as object);
  return sorted ? keys.sort(compareText) : keys;
}

function lengthOf(input: unknown): number {
  switch (kindOf(input)) {
    case "null":
      return 0;
    case "number":
      return Math.abs(input as number);
    case "string":
      return [...(input as string)].length;
    case "array":
      return (input as unknown[]).length;
    case "object":
      return Object.keys(input as object).length;
    default:
      return fail(`${describe(input)} has no length`);
  }
}

function contains(a: unknown, b: unknown): boolean {
  if (kindOf(a) !== kindOf(b)) return fail(`${describe(a)} and ${describe(b)} cannot have their containment checked`);
  if (typeof a === "string") return a.includes(b as string);
  if (Array.isArray(a))
    return (b as unknown[]).every((one) => a.some((other) => kindOf(other) === kindOf(one) && contains(other, one)));
  if (kindOf(a) === "object") {
    return Object.entries(b as object).every(
      ([key, one]) =>
        Object.hasOwn(a as object, key) &&
        kindOf((a as Record<string, unknown>)[key]) === kindOf(one) &&
        contains((a as Record<string, unknown>)[key], one),
    );
  }
  return compare(a, b) === 0;
}

function flatten(input: unknown, depth: number): unknown[] {
  return list(input, "cannot be flattened").flatMap((one) =>
    Array.isArray(one) && depth > 0 ? flatten(one, depth - 1) : [one],
  );
}

function parseJson(text: string): unknown {
  try {
    const reader = new JsonReader(text);
    const found = reader.next();
    if (found === "done") return fail(`No JSON value found`);
    if (reader.next() !== "done") return fail(`Unexpected extra JSON values (while parsing '${text}')`);
    return found.value;
  } catch (problem) {
    if (problem instanceof JsonError) return fail(`${problem.text} (while parsing '${text}')`);
    throw problem;
  }
}

/** Broken-down time, as gmtime makes it: month from 0, weekday, day of the year from 0. */
function gmtime(seconds: number): number[] {
  const date = new Date(Math.floor(seconds) * 1000);
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  const day = Math.floor((date.getTime() - start) / 86_400_000);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + (seconds - Math.floor(seconds)),
    date.getUTCDay(),
    day,
  ];
}

function strftime(input: unknown, format: unknown): string {
  const time = typeof input === "number" ? gmtime(input) : (list(input, "cannot be parsed as a date") as number[]);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = time;
  return formatTime(String(format), Date.UTC(year, month, day, hour, minute, Math.floor(second)));
}

function strptime(input: unknown, format: unknown): number[] {
  if (typeof input !== "string") return fail(`strptime/1 requires string inputs and arguments`);
  const order: string[] = [];
  const shapes: Readonly<Record<string, string>> = {
    Y: "(\\d{4})",
    m: "(\\d{1,2})",
    d: "(\\d{1,2})",
    H: "(\\d{1,2})",
    M: "(\\d{1,2})",
    S: "(\\d{1,2})",
    Z: "([A-Za-z]+)",
    z: "([+-]\\d{4})",
    b: "([A-Za-z]{3})",
    e: " ?(\\d{1,2})",
    a: "([A-Za-z]{3})",
  };
  const full = String(format).replaceAll("%T", "%H:%M:%S").replaceAll("%F", "%Y-%m-%d");
  const source = full.replace(
    /%(.)|([.*+?^${}()|[\]\\])/g,
    (_whole, letter: string | undefined, sign: string | undefined) => {
      if (letter === undefined) return `\\${sign}`;
      order.push(letter);
      return shapes[letter] ?? "";
    },
  );
  const regex = compilePerl(`^${source}$`, false, false);
  const found = isRegexError(regex) ? undefined : regex.exec(input);
  if (found === undefined) return fail(`date "${input}" does not match format "${format}"`);
  const parts: Record<string, string> = {};
  order.forEach((letter, index) => {
    parts[letter] = input.slice(found[index * 2 + 2], found[index * 2 + 3]);
  });
  const month =
    parts.b === undefined ? Number(parts.m ?? 1) - 1 : MONTHS.findIndex((name) => name.startsWith(parts.b ?? ""));
  const seconds =
    Date.UTC(
      Number(parts.Y ?? 1900),
      month,
      Number(parts.d ?? parts.e ?? 1),
      Number(parts.H ?? 0),
      Number(parts.M ?? 0),
      Number(parts.S ?? 0),
    ) / 1000;
  return gmtime(seconds);
}

const PLAIN: Readonly<Record<string, Plain>> = {
  not: (input) => !truthy(input),
  length: (input) => lengthOf(input),
  utf8bytelength: (input) =>
    typeof input === "string"
      ? new TextEncoder().encode(input).length
      : fail(`${describe(input)} only strings have UTF-8 byte length`),
  keys: (input) => keysOf(input, true),
  keys_unsorted: (input) => keysOf(input, false),
  type: (input) => kindOf(input),
  tostring: (input) => toText(input),
  tonumber: (input) =>
    typeof input === "number"
      ? input
      : typeof input === "string"
        ? numberFrom(input)
        : fail(`${describe(input)} cannot be parsed as a number`),
  tojson: (input) => formatJson(input, COMPACT),
  fromjson: (input) =>
    typeof input === "string" ? parseJson(input) : fail(`${describe(input)} cannot be parsed as JSON`),
  sort: (input) => [...list(input, "cannot be sorted, as it is not an array")].sort(compare),
  unique: (input) =>
    [...list(input, "cannot be sorted, as it is not an array")]
      .sort(compare)
      .filter((one, at, all) => at === 0 || compare(one, all[at - 1]) !== 0),
  reverse: (input) =>
    input === null
      ? []
      : typeof input === "string"
        ? [...input].reverse().join("")
        : [...list(input, "cannot be reversed, as it is not an array")].reverse(),
  min: (input) =>
    list(input, "cannot be iterated over").reduce(
      (best: unknown, one) => (best === null || compare(one, best) < 0 ? one : best),
      null,
    ),
  max: (input) =>
    list(input, "cannot be iterated over").reduce(
      (best: unknown, one) => (best === null || compare(one, best) >= 0 ? one : best),
      null,
    ),
  explode: (input) =>
    typeof input === "string"
      ? Array.from(input, (char) => char.codePointAt(0))
      : fail(`${describe(input)} cannot be exploded`),
  implode: (input) => String.fromCodePoint(...(list(input, "cannot be imploded") as number[])),
  floor: (input) => Math.floor(number(input)),
  ceil: (input) => Math.ceil(number(input)),
  round: (input) => Math.round(number(input)),
  trunc: (input) => Math.trunc(number(input)),
  sqrt: (input) => Math.sqrt(number(input)),
  fabs: (input) => Math.abs(number(input)),
  log: (input) => Math.log(number(input)),
  log2: (input) => Math.log2(number(input)),
  log10: (input) => Math.log10(number(input)),
  exp: (input) => Math.exp(number(input)),
  exp2: (input) => 2 ** number(input),
  exp10: (input) => 10 ** number(input),
  infinite: () => Infinity,
  nan: () => Number.NaN,
  isinfinite: (input) => Math.abs(number(input)) === Infinity,
  isnan: (input) => Number.isNaN(number(input)),
  isnormal: (input) => Number.isFinite(number(input)) && input !== 0,
  now: (_input, env) => env.machine.now() / 1000,
  mktime: (input) => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = list(
      input,
      "mktime requires array of 6 numbers",
    ) as number[];
    return Math.floor(Date.UTC(year, month, day, hour, minute, Math.floor(second)) / 1000);
  },
  gmtime: (input) => gmtime(number(input)),
  localtime: (input) => gmtime(number(input)),
  input_filename: (_input, env) => env.machine.file(),
  input_line_number: () => 0,
  debug: (input, env) => {
    env.machine.debug(["DEBUG:", input]);
    return input;
  },
  stderr: (input, env) => {
    env.machine.debug(input);
    return input;
  },
  builtins: () => [...NAMES],
};

function numberFrom(text: string): number {
  const value = parseJson(text);
  return typeof value === "number" ? value : fail(`Cannot be parsed as a number`);
}

function matchAll(input: unknown, args: readonly unknown[]): unknown[] {
  const [pattern, mods] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof input !== "string") return fail(`${describe(input)} cannot be matched, as it is not a string`);
  if (typeof pattern !== "string") return fail(`${describe(pattern)} cannot be matched, as it is not a string`);
  const flags = typeof mods === "string" ? mods : "";
  const bad = [...flags].find((flag) => !"gimnpslx".includes(flag));
  if (bad !== undefined) return fail(`${flags} is not a valid modifier string`);
  const regex = compilePerl(
    `${flags.includes("x") ? "(?x)" : ""}${flags.includes("s") || flags.includes("p") ? "(?s)" : ""}${pattern}`,
    flags.includes("i"),
    true,
  );
  if (isRegexError(regex)) return fail(`${pattern} (at offset 0) is not a valid regex: ${regex.error}`);
  const names = [...(regex.names ?? [])];
  const found: unknown[] = [];
  const offset = (at: number): number => [...input.slice(0, at)].length;
  for (let from = 0; from <= input.length; ) {
    const places = regex.exec(input, from);
    if (places === undefined) break;
    const [start = 0, end = 0] = places;
    const captures = Array.from({ length: regex.groups }, (_, index) => {
      const [low = -1, high = -1] = [places[index * 2 + 2], places[index * 2 + 3]];
      const text = low < 0 ? null : input.slice(low, high);
      return {
        offset: low < 0 ? -1 : offset(low),
        length: text === null ? 0 : [...text].length,
        string: text,
        name: names.find(([, group]) => group === index + 1)?.[0] ?? null,
      };
    });
    if (!(flags.includes("n") && start === end))
      found.push({
        offset: offset(start),
        length: [...input.slice(start, end)].length,
        string: input.slice(start, end),
        captures,
      });
    if (!flags.includes("g")) break;
    from = end > start ? end : end + 1;
  }
  return found;
}

const WITH_ARGS: Readonly<Record<string, WithArgs>> = {
  "has/1": (input, [key]) => {
    if (kindOf(input) === "object" && typeof key === "string") return Object.hasOwn(input as object, key);
    if (Array.isArray(input) && typeof key === "number") return key >= 0 && key < input.length;
    return fail(
      `Cannot check whether ${kindOf(input)} has a ${kindOf(key) === "string" ? "string key" : `${kindOf(key)} key`}`,
    );
  },
  "contains/1": (input, [wanted]) => contains(input, wanted),
  "split/1": (input, [by]) =>
    typeof input === "string" && typeof by === "string"
      ? input === ""
        ? []
        : by === ""
          ? [...input]
          : input.split(by)
      : fail("split input and separator must be strings"),
  "ltrimstr/1": (input, [part]) =>
    typeof input === "string" && typeof part === "string" && input.startsWith(part) ? input.slice(part.length) : input,
  "rtrimstr/1": (input, [part]) =>
    typeof input === "string" && typeof part === "string" && part !== "" && input.endsWith(part)
      ? input.slice(0, -part.length)
      : input,
  "startswith/1": (input, [part]) =>
    typeof input === "string" && typeof part === "string"
      ? input.startsWith(part)
      : fail("startswith() requires string inputs"),
  "endswith/1": (input, [part]) =>
    typeof input === "string" && typeof part === "string"
      ? input.endsWith(part)
      : fail("endswith() requires string inputs"),
  "indices/1": (input, [wanted]) => indices(input, wanted),
  "index/1": (input, [wanted]) => (indices(input, wanted) as unknown[] | null)?.[0] ?? null,
  "rindex/1": (input, [wanted]) => (indices(input, wanted) as unknown[] | null)?.at(-1) ?? null,
  "flatten/1": (input, [depth]) =>
    (depth as number) < 0 ? fail("flatten depth must not be negative") : flatten(input, depth as number),
  "getpath/1": (input, [path]) => getPath(input, list(path, "Path must be specified as an array")),
  "setpath/2": (input, [path, value]) => setPath(input, list(path, "Path must be specified as an array"), value),
  "delpaths/1": (input, [all]) => deletePaths(input, list(all, "Paths must be specified as an array") as Path[]),
  "tojson/0": (input) => formatJson(input, COMPACT),
  "strftime/1": (input, [format]) => strftime(input, format),
  "strflocaltime/1": (input, [format]) => strftime(input, format),
  "strptime/1": (input, [format]) => strptime(input, format),
  "pow/2": (_input, [base, power]) => number(base) ** number(power),
  "atan2/2": (_input, [y, x]) => Math.atan2(number(y), number(x)),
  "fmin/2": (_input, [a, b]) => Math.min(number(a), number(b)),
  "fmax/2": (_input, [a, b]) => Math.max(number(a), number(b)),
  "test/2": (input, args) => matchAll(input, args).length > 0,
  "error/1": (_input, [value]) => {
    throw new JqError(value);
  },
  "halt_error/1": (input, [status]) => {
    throw new Halt(Number(status), input);
  },
};

/** The program asked to end. */
export class Halt {
  readonly status: number;
  readonly value: unknown;
  constructor(status: number, value: unknown) {
    this.status = status;
    this.value = value;
  }
}

const SPECIAL = new Set([
  "empty/0",
  "error/0",
  "path/1",
  "range/2",
  "range/3",
  "sort_by/1",
  "group_by/1",
  "unique_by/1",
  "max_by/1",
  "input/0",
  "inputs/0",
  "match/2",
  "sub/3",
  "getpath/1",
  "halt/0",
  "splits/0",
  "ltrimstr/1",
  "input_line_number/0",
]);
const NAMES: ReadonlySet<string> = new Set(
  [...Object.keys(PLAIN).map((name) => `${name}/0`), ...Object.keys(WITH_ARGS), ...SPECIAL].filter(
    (name) => name !== "splits/0",
  ),
);

export function isBuiltin(name: string): boolean {
  return NAMES.has(name);
}

/** Arguments in all combinations of their values, the last one changing slowest. */
function* product(args: readonly Filter[], env: Env, input: unknown): Generator<unknown[], void, void> {
  if (args.length === 0) {
    yield [];
    return;
  }
  const last = args[args.length - 1] as Filter;
  for (const value of values(last, env, input))
    for (const rest of product(args.slice(0, -1), env, input)) yield [...rest, value];
}

export function* builtin(
  name: string,
  args: readonly Filter[],
  env: Env,
  input: unknown,
  path: Path | undefined,
): Stream {
  const key = `${name}/${args.length}`;
  const [first, second, third] = args as [Filter, Filter, Filter];
  switch (key) {
    case "empty/0":
      return;
    case "error/0":
      throw new JqError(input);
    case "halt/0":
      throw new Halt(0, undefined);
    case "path/1":
      for (const found of paths(first, env, input)) yield [found, undefined];
      return;
    case "getpath/1":
      for (const where of values(first, env, input))
        yield [getPath(input, where as Path), path && [...path, ...(where as Path)]];
      return;
    case "range/2":
    case "range/3":
      for (const [from, to, by = 1] of product(args, env, input)) {
        if (typeof from !== "number" || typeof to !== "number" || typeof by !== "number")
          return fail("Range bounds must be numeric");
        if (by > 0) for (let i = from; i < to; i += by) yield [i, undefined];
        else if (by < 0) for (let i = from; i > to; i += by) yield [i, undefined];
      }
      return;
    case "sort_by/1":
    case "group_by/1":
    case "unique_by/1":
    case "max_by/1": {
      const what =
        name === "group_by"
          ? "cannot be grouped, as it is not an array"
          : name === "sort_by"
            ? "cannot be sorted, as it is not an array"
            : "cannot be grouped, as it is not an array";
      const keyed = list(input, what).map((value) => ({ value, by: [...values(first, env, value)] }));
      keyed.sort((a, b) => compare(a.by, b.by));
      if (name === "sort_by") yield [keyed.map((one) => one.value), undefined];
      else if (name === "max_by") yield [keyed[keyed.length - 1]?.value ?? null, undefined];
      else {
        const groups: unknown[][] = [];
        keyed.forEach((one, at) => {
          const before = keyed[at - 1];
          if (before !== undefined && compare(before.by, one.by) === 0) groups[groups.length - 1]?.push(one.value);
          else groups.push([one.value]);
        });
        yield [name === "group_by" ? groups : groups.map((group) => group[0]), undefined];
      }
      return;
    }
    case "input/0": {
      const next = env.machine.input();
      if (next === undefined) throw new JqError("No more inputs");
      yield [next.value, undefined];
      return;
    }
    case "inputs/0":
      for (let next = env.machine.input(); next !== undefined; next = env.machine.input())
        yield [next.value, undefined];
      return;
    case "match/2":
      for (const given of product(args, env, input))
        for (const found of matchAll(input, given)) yield [found, undefined];
      return;
    case "sub/3":
      for (const mods of values(third, env, input))
        for (const pattern of values(first, env, input))
          yield [substitute(input, pattern, mods, second, env), undefined];
      return;
  }
  const plain = args.length === 0 && Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) {
    yield [plain(input, env), undefined];
    return;
  }
  const work = WITH_ARGS[key];
  if (work === undefined) fail(`${key} is not defined`);
  else for (const given of product(args, env, input)) yield [work(input, given, env), undefined];
}

interface Found {
  readonly offset: number;
  readonly length: number;
  readonly captures: readonly { readonly name: string | null; readonly string: string | null }[];
}

function substitute(input: unknown, pattern: unknown, mods: unknown, replacement: Filter, env: Env): string {
  const chars = typeof input === "string" ? [...input] : [];
  let text = "";
  let from = 0;
  for (const found of matchAll(input, [pattern, mods]) as Found[]) {
    const named = Object.fromEntries(
      found.captures.flatMap(({ name, string }) => (name === null ? [] : [[name, string]])),
    );
    const [made] = values(replacement, env, named);
    if (typeof made !== "string") return fail(`${describe(named)} cannot be added to a string`);
    text += chars.slice(from, found.offset).join("") + made;
    from = found.offset + found.length;
  }
  return text + chars.slice(from).join("");
}
