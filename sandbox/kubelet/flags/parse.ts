// pflag: the words of a command line to flag values, with its rules for `=`, single dashes and repeats, and its texts.

import { createMemo } from "../../lib/memo.ts";
import { quoteGo } from "../../lib/yaml-go/json.ts";
import { parseInteger } from "../../lib/yaml-go/yaml.ts";
import { formatDuration, parseDuration } from "../config/duration.ts";
import { fieldRows } from "../config/table.ts";
import { type FlagRow, type FlagType, flagRows } from "./table.ts";

export interface FlagValue {
  readonly name: string;
  /** Typed: boolean, number, string, list or record. */
  readonly value: unknown;
  /** The word (or the two words) as typed, and where it stands in argv. */
  readonly word: string;
  readonly index: number;
  /** Path of the configuration field it sets. */
  readonly field: string | undefined;
}

export interface ParsedFlags {
  readonly flags: ReadonlyMap<string, FlagValue>;
  readonly positional: readonly string[];
  /** Lines about deprecated flags, in the order typed. */
  readonly deprecations: readonly string[];
  readonly error: string | undefined;
}

const CONFIG =
  "This parameter should be set via the config file specified by the Kubelet's --config flag. See https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/ for more information.";
const CADVISOR =
  "This is a cadvisor flag that was mistakenly registered with the Kubelet. Due to legacy concerns, it will follow the standard CLI deprecation timeline before being removed.";

const fieldOfFlag: ReadonlyMap<string, string> = new Map(
  fieldRows.flatMap(([path, , , facts]) => (facts?.flag === undefined ? [] : [[facts.flag, path]])),
);

const known = createMemo<ReadonlyMap<string, FlagRow>>(4);

/** The flags of one version by name. */
export const flagsOf = (minor: number): ReadonlyMap<string, FlagRow> =>
  known(
    String(minor),
    () => new Map(flagRows.filter((row) => row[minor >= 36 ? 3 : 4] !== null).map((row) => [row[0], row])),
  );

export function deprecationText(row: FlagRow, minor: number): string {
  const text = (minor >= 36 ? row[3] : row[4]) ?? "";
  return text === "C" ? CONFIG : text === "A" ? CADVISOR : text;
}

const SHORT: Readonly<Record<string, string>> = { h: "help", v: "v" };

class FlagError extends Error {}

export function parseFlags(argv: readonly string[], minor: number): ParsedFlags {
  const parser = new Parser(argv, minor);
  let error: string | undefined;
  try {
    parser.run();
  } catch (thrown) {
    if (!(thrown instanceof FlagError)) throw thrown;
    error = thrown.message;
  }
  return { flags: parser.flags, positional: parser.positional, deprecations: parser.deprecations, error };
}

class Parser {
  readonly flags = new Map<string, FlagValue>();
  readonly positional: string[] = [];
  readonly deprecations: string[] = [];
  readonly #argv: readonly string[];
  readonly #minor: number;
  readonly #known: ReadonlyMap<string, FlagRow>;

  constructor(argv: readonly string[], minor: number) {
    this.#argv = argv;
    this.#minor = minor;
    this.#known = flagsOf(minor);
  }

  run(): void {
    for (let i = 0; i < this.#argv.length; i++) {
      const word = this.#argv[i] as string;
      if (word === "--") {
        this.positional.push(...this.#argv.slice(i + 1));
        return;
      }
      if (word.startsWith("--")) i = this.#long(word, i);
      else if (word.startsWith("-") && word.length > 1) i = this.#short(word, i);
      else this.positional.push(word);
    }
  }

  #long(word: string, index: number): number {
    const text = word.slice(2);
    if (text.startsWith("-") || text.startsWith("=")) throw new FlagError(`bad flag syntax: ${word}`);
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const row = this.#known.get(name.replaceAll("_", "-"));
    if (row === undefined) throw new FlagError(`unknown flag: --${name}`);
    if (equals >= 0) this.#set(row, text.slice(equals + 1), word, index);
    else if (hasImplied(row[1])) this.#set(row, "true", word, index);
    else if (index + 1 < this.#argv.length) {
      this.#set(row, this.#argv[index + 1] as string, `${word} ${this.#argv[index + 1]}`, index);
      return index + 1;
    } else throw new FlagError(`flag needs an argument: ${word}`);
    return index;
  }

  #short(word: string, index: number): number {
    let letters = word.slice(1);
    while (letters !== "") {
      const letter = letters.charAt(0);
      const row = this.#known.get(SHORT[letter] ?? "");
      if (row === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in -${letters}`);
      const rest = letters.slice(1);
      if (rest.length > 1 && rest.startsWith("=")) {
        this.#set(row, rest.slice(1), word, index);
        return index;
      }
      if (hasImplied(row[1])) {
        this.#set(row, "true", word, index);
        letters = rest;
      } else if (rest !== "") {
        this.#set(row, rest, word, index);
        return index;
      } else if (index + 1 < this.#argv.length) {
        this.#set(row, this.#argv[index + 1] as string, `${word} ${this.#argv[index + 1]}`, index);
        return index + 1;
      } else throw new FlagError(`flag needs an argument: '${letter}' in -${letters}`);
    }
    return index;
  }

  #set(row: FlagRow, text: string, word: string, index: number): void {
    const [name, type] = row;
    const before = this.flags.get(name)?.value;
    const result = readValue(type, text, before, this.#minor);
    if ("error" in result) {
      const shown = name === "v" ? "-v, --v" : name === "help" ? "-h, --help" : `--${name}`;
      throw new FlagError(`invalid argument ${quoteGo(text)} for ${quoteGo(shown)} flag: ${result.error}`);
    }
    this.flags.set(name, { name, value: result.value, word, index, field: row[5] ?? fieldOfFlag.get(name) });
    const deprecated = deprecationText(row, this.#minor);
    if (deprecated !== "") this.deprecations.push(`Flag --${name} has been deprecated, ${deprecated}`);
  }
}

/** Flags that may stand without a value. */
const hasImplied = (type: FlagType): boolean => type === "bool" || type === "version";

type Result = { readonly value: unknown } | { readonly error: string };

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function parseBool(text: string): Result {
  if (TRUE.has(text)) return { value: true };
  if (FALSE.has(text)) return { value: false };
  return { error: `strconv.ParseBool: parsing ${quoteGo(text)}: invalid syntax` };
}

function parseWhole(text: string, bits: number, decimal = false, unsigned = false): Result {
  const clean = /^[-+]?[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*$/.test(text) && !decimal ? text.replaceAll("_", "") : text;
  const value = decimal
    ? /^[-+]?[0-9]+$/.test(text)
      ? BigInt(text.replace(/^\+/, ""))
      : undefined
    : parseInteger(clean);
  const name = unsigned ? "strconv.ParseUint" : "strconv.ParseInt";
  if (value === undefined || (unsigned && /^[-+]/.test(text)))
    return { error: `${name}: parsing ${quoteGo(text)}: invalid syntax` };
  const limit = 1n << BigInt(unsigned ? bits : bits - 1);
  if (value >= limit || value < (unsigned ? 0n : -limit))
    return { error: `${name}: parsing ${quoteGo(text)}: value out of range` };
  return { value: Number(value) };
}

function parsePairs(text: string, before: unknown, separator: string, bool: boolean): Result {
  const map: Record<string, unknown> = { ...(before as Record<string, unknown> | undefined) };
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf(separator);
    if (at < 0) {
      if (bool) return { error: `missing bool value for ${pair.trim()}` };
      return { error: `malformed pair, expect string${separator}string` };
    }
    const key = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    if (!bool) map[key] = value;
    else {
      const parsed = parseBool(value);
      if ("error" in parsed) return { error: `invalid value of ${key}: ${value}, err: ${parsed.error}` };
      map[key] = parsed.value;
    }
  }
  return { value: map };
}

export function isAddress(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return text.split(".").every((p) => Number(p) < 256 && String(Number(p)) === p);
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((h) => (h === "" ? [] : h.split(":")));
  return (
    groups.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8)
  );
}

function readValue(type: FlagType, text: string, before: unknown, minor: number): Result {
  switch (type) {
    case "bool":
      return parseBool(text);
    case "int32":
      return parseWhole(text, 32);
    case "int":
    case "int64":
      return parseWhole(text, 64);
    case "uint":
      return parseWhole(text, 64, false, true);
    case "level":
      return minor >= 23 ? parseWhole(text, 31, true, true) : parseWhole(text, 32, true);
    case "float":
      return /^[-+]?([0-9]*\.)?[0-9]+([eE][-+]?[0-9]+)?$/.test(text)
        ? { value: Number(text) }
        : { error: `strconv.ParseFloat: parsing ${quoteGo(text)}: invalid syntax` };
    case "duration": {
      const value = parseDuration(text);
      return typeof value === "bigint" ? { value: formatDuration(value) } : value;
    }
    case "ip":
      return text === "" || isAddress(text) ? { value: text } : { error: `${quoteGo(text)} is not a valid IP address` };
    case "strings":
      return { value: [...((before as string[] | undefined) ?? []), ...(text === "" ? [] : text.split(","))] };
    case "map":
      return parsePairs(text, before, "=", false);
    case "signals":
      return parsePairs(text, before, "<", false);
    case "gates":
      return parsePairs(text, before, "=", true);
    case "taints":
      return parseTaints(text, before);
    case "version":
      return text === "raw" || (minor >= 29 && text.startsWith("v")) ? { value: text } : parseBool(text);
    default:
      return { value: text };
  }
}

function parseTaints(text: string, before: unknown): Result {
  const taints = [...((before as unknown[] | undefined) ?? [])];
  for (const spec of text === "" ? [] : text.split(",")) {
    const match = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(spec);
    if (match === null) return { error: `invalid taint spec: ${spec}` };
    const effect = match[3] ?? "";
    if (!["NoSchedule", "PreferNoSchedule", "NoExecute"].includes(effect))
      return { error: `invalid taint effect: ${effect}, unsupported taint effect` };
    const key = match[1] as string;
    taints.push(match[2] === undefined ? { key, effect } : { key, value: match[2], effect });
  }
  return { value: taints };
}
