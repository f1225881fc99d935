// Functions of jq whose arguments are values: each gives one value for each of their combinations.

import { gmtime, strftime, strptime } from "./dates.ts";
import { type Env, Halt } from "./env.ts";
import { toText } from "./formats.ts";
import { COMPACT, compareText, formatJson, JsonError, JsonReader } from "./json.ts";
import { matchAll } from "./matching.ts";
import {
  compare,
  deletePaths,
  describe,
  fail,
  getPath,
  indices,
  JqError,
  kindOf,
  list,
  type Path,
  setPath,
  truthy,
} from "./values.ts";

type Plain = (input: unknown, env: Env) => unknown;

type WithArgs = (input: unknown, args: readonly unknown[], env: Env) => unknown;

function number(input: unknown, name = ""): number {
  return typeof input === "number" ? input : fail(`${describe(input)} number required${name}`);
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

export const PLAIN: Readonly<Record<string, Plain>> = {
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
  builtins: (_input, { machine }) => [...machine.builtins.names],
};

function numberFrom(text: string): number {
  const value = parseJson(text);
  return typeof value === "number" ? value : fail(`Cannot be parsed as a number`);
}

export const WITH_ARGS: Readonly<Record<string, WithArgs>> = {
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
