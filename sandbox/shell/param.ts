// `${…}`: what a parameter holds, and the operators that cut, replace and reshape it.

import type { Task } from "../kernel/sys.ts";
import { unescapeAnsi } from "./ansi-quote.ts";
import type { Param, Word } from "./ast.ts";
import { formatDeclare } from "./declare-format.ts";
import { compilePattern, matchAt, matchesPattern, matchSuffix, type Pattern } from "./pattern.ts";
import { expandPrompt } from "./prompt.ts";
import { doubleQuote, quoteForInput } from "./quote.ts";
import { complain, Discard, type Shell } from "./state.ts";
import {
  elementsOf,
  findVariable,
  getElement,
  keysOf,
  rawVariable,
  resolveName,
  scalarOf,
  topIndex,
  variableNames,
} from "./vars.ts";

/** What a parameter holds: several values where it is a list. */
export interface Found {
  readonly values: readonly string[] | undefined;
  readonly list: boolean;
  readonly star: boolean;
  /** The parameter as messages name it. */
  readonly label: string;
  readonly keys?: readonly string[];
  readonly name?: string;
}

/** How the words inside `${…}` are expanded. */
export interface Tools {
  string(word: Word): Task<string>;
  pattern(word: Word): Task<string>;
  number(word: Word): Task<number>;
  /** A replacement text in which `&` stands for the match and `\&` for itself. */
  replacement(word: Word): Task<string>;
}

/** `$-` */
export function optionLetters(sh: Shell): string {
  const { options, interactive } = sh.state;
  const letters: readonly (readonly [string, string])[] = [
    ["allexport", "a"],
    ["notify", "b"],
    ["errexit", "e"],
    ["noglob", "f"],
    ["hashall", "h"],
    ["interactive", "i"],
    ["keyword", "k"],
    ["monitor", "m"],
    ["noexec", "n"],
    ["privileged", "p"],
    ["onecmd", "t"],
    ["nounset", "u"],
    ["verbose", "v"],
    ["xtrace", "x"],
    ["braceexpand", "B"],
    ["noclobber", "C"],
    ["errtrace", "E"],
    ["histexpand", "H"],
    ["physical", "P"],
    ["functrace", "T"],
    ["command", "c"],
    ["stdin", "s"],
  ];
  return letters
    .filter(
      ([name]) =>
        options.has(name) || (name === "interactive" && interactive) || (name === "command" && sh.commandString),
    )
    .map(([, letter]) => letter)
    .join("");
}

function special(sh: Shell, name: string): string | undefined {
  const { state } = sh;
  switch (name) {
    case "#":
      return String(state.params.length);
    case "?":
      return String(state.status);
    case "-":
      return optionLetters(sh);
    case "$":
      return String(state.pid);
    case "!":
      return state.lastJob === 0 ? undefined : String(state.lastJob);
    case "0":
      return state.name;
    default:
      return /^\d+$/.test(name) ? state.params[Number(name) - 1] : undefined;
  }
}

function one(value: string | undefined, label: string): Found {
  return { values: value === undefined ? undefined : [value], list: false, star: false, label };
}

/** The text of a subscript: a key, or a number. */
export function* subscriptOf(
  sh: Shell,
  name: string,
  sub: Word,
  tools: Pick<Tools, "string" | "number">,
): Task<string> {
  if (findVariable(sh, name)?.map !== undefined) return yield* tools.string(sub);
  return String(yield* tools.number(sub));
}

/** What the parameter holds, before any operator. */
export function* lookUp(sh: Shell, param: Param, tools: Tools): Task<Found> {
  if (param.prefix !== undefined) {
    const names = variableNames(sh).filter((name) => name.startsWith(param.name));
    return { values: names, list: true, star: param.prefix === "*", label: param.name };
  }
  if (param.ind) return yield* lookUpIndirect(sh, param, tools);
  return yield* lookUpName(sh, param.name, param.sub, tools);
}

function* lookUpName(sh: Shell, name: string, sub: Param["sub"], tools: Tools): Task<Found> {
  if (name === "@" || name === "*") return { values: sh.state.params, list: true, star: name === "*", label: name };
  if (!/^[A-Za-z_]/.test(name)) return one(special(sh, name), /^\d/.test(name) ? `$${name}` : name);
  const target = resolveName(sh, name);
  const variable = findVariable(sh, target.name);
  const place = sub ?? target.sub;
  if (place === "@" || place === "*") {
    const values = variable === undefined ? [] : elementsOf(variable);
    const keys = variable === undefined ? [] : keysOf(variable);
    return { values, list: true, star: place === "*", label: `${name}[${place}]`, keys, name: target.name };
  }
  if (place === undefined)
    return { ...one(variable === undefined ? undefined : scalarOf(variable), name), name: target.name };
  const raw = typeof place === "string" ? place : place.raw;
  const key = typeof place === "string" ? place : yield* subscriptOf(sh, target.name, place, tools);
  const size = variable?.list === undefined ? 0 : topIndex(variable.list) + 1;
  if (variable?.map === undefined && Number(key) < 0 && Number(key) + size < 0) {
    yield* complain(sh, `${name}: bad array subscript`);
  }
  return {
    ...one(variable === undefined ? undefined : getElement(variable, key), `${name}[${raw}]`),
    name: target.name,
  };
}

/** `${!name}`: the parameter named by the value, or the keys of an array. */
function* lookUpIndirect(sh: Shell, param: Param, tools: Tools): Task<Found> {
  if (param.sub === "@" || param.sub === "*") {
    const variable = findVariable(sh, param.name);
    return {
      values: variable === undefined ? [] : keysOf(variable),
      list: true,
      star: param.sub === "*",
      label: param.name,
    };
  }
  const reference = rawVariable(sh, param.name);
  if (reference?.flags.includes("n")) return one(reference.value, param.name);
  const { values } = yield* lookUpName(sh, param.name, param.sub, tools);
  const target = values?.[0];
  if (target === undefined) {
    if (param.op !== undefined && /^:?[-+=]$/.test(param.op)) return one(undefined, param.name);
    yield* complain(sh, `${param.name}: invalid indirect expansion`);
    throw new Discard(1);
  }
  const match = /^([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(.*)\])?$/s.exec(target);
  if (match?.[1] === undefined) {
    yield* complain(sh, `${target}: invalid variable name`);
    throw new Discard(1);
  }
  const sub = match[2];
  const word =
    sub === undefined || sub === "@" || sub === "*" ? sub : { parts: [{ k: "quo" as const, s: sub }], raw: sub };
  return yield* lookUpName(sh, match[1], word, tools);
}

/** Applies length, case, pattern and substring operators. */
export function* transform(sh: Shell, param: Param, found: Found, tools: Tools): Task<Found> {
  const { op } = param;
  const values = found.values ?? [];
  if (param.len) return one(String(found.list ? values.length : [...(values[0] ?? "")].length), found.label);
  if (op === undefined) return found;
  const map = (change: (value: string) => string): Found => ({ ...found, values: found.values?.map(change) });
  const first = op[0] as string;
  if (first === "#" || first === "%") {
    const pattern = compile(sh, yield* tools.pattern(param.arg as Word));
    return map((value) => strip(value, pattern, first, op.length === 2));
  }
  if (first === "/") return yield* replace(sh, param, found, tools);
  if (first === "^" || first === "," || first === "~") {
    const text = yield* tools.pattern(param.arg as Word);
    const pattern = text === "" ? undefined : compile(sh, text);
    return map((value) => changeCase(value, first, op.length === 2, pattern));
  }
  if (op === ":") return yield* substring(sh, param, found, tools);
  return transformAt(sh, found, op[1] as string);
}

function compile(sh: Shell, text: string): Pattern {
  // Inside ${…} extended patterns work only with the option, as everywhere but in [[ ]].
  return compilePattern(text, { extglob: sh.state.shopt.has("extglob"), fold: sh.state.shopt.has("nocasematch") });
}

function strip(value: string, pattern: Pattern, side: string, longest: boolean): string {
  if (side === "#") {
    const end = matchAt(pattern, value, 0, longest);
    return end < 0 ? value : value.slice(end);
  }
  const start = matchSuffix(pattern, value, longest);
  return start < 0 ? value : value.slice(0, start);
}

function* replace(sh: Shell, param: Param, found: Found, tools: Tools): Task<Found> {
  const op = param.op as string;
  const text = yield* tools.pattern(param.arg as Word);
  const raw = param.arg2 === undefined ? "" : yield* tools.replacement(param.arg2);
  if (text === "" && op !== "/#" && op !== "/%") return found;
  const pattern = compile(sh, text);
  const amp = sh.state.shopt.has("patsub_replacement");
  const put = (match: string) => raw.replace(/\\([\\&])|&/g, (all, escaped?: string) => escaped ?? (amp ? match : all));
  if (text === "")
    return { ...found, values: found.values?.map((value) => (op === "/#" ? put("") + value : value + put(""))) };
  return { ...found, values: found.values?.map((value) => replaceIn(value, pattern, op, put)) };
}

function replaceIn(value: string, pattern: Pattern, op: string, put: (match: string) => string): string {
  if (op === "/#") {
    const end = matchAt(pattern, value, 0, true);
    return end < 0 ? value : put(value.slice(0, end)) + value.slice(end);
  }
  if (op === "/%") {
    const start = matchSuffix(pattern, value, true);
    return start < 0 ? value : value.slice(0, start) + put(value.slice(start));
  }
  let out = "";
  for (let at = 0; at <= value.length; ) {
    const literal = pattern.literal;
    const from = literal === undefined ? at : value.indexOf(literal, at);
    if (from < 0) return out + value.slice(at);
    const end = matchAt(pattern, value, from, true);
    if (end > from) {
      out += value.slice(at, from) + put(value.slice(from, end));
      at = end;
      if (op === "/") return out + value.slice(at);
    } else {
      if (end === from && from === 0 && value === "") return put("");
      out += value.slice(at, from + 1);
      at = from + 1;
    }
  }
  return out;
}

function changeCase(value: string, kind: string, all: boolean, pattern: Pattern | undefined): string {
  const chars = [...value];
  return chars
    .map((c, i) => {
      if ((!all && i > 0) || (pattern !== undefined && !matchesPattern(pattern, c))) return c;
      if (kind === "^") return c.toUpperCase();
      if (kind === ",") return c.toLowerCase();
      return c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase();
    })
    .join("");
}

function* substring(sh: Shell, param: Param, found: Found, tools: Tools): Task<Found> {
  const offset = yield* tools.number(param.arg as Word);
  const length = param.arg2 === undefined ? undefined : yield* tools.number(param.arg2);
  const tooShort = function* (): Task<never> {
    yield* complain(sh, `${param.arg2?.raw ?? ""}: substring expression < 0`);
    throw new Discard(1);
  };
  if (!found.list) {
    const chars = [...(found.values?.[0] ?? "")];
    const from = offset < 0 ? chars.length + offset : offset;
    if (from < 0 || from > chars.length) return { ...found, values: [""] };
    const to = length === undefined ? chars.length : length < 0 ? chars.length + length : from + length;
    if (to < from) return yield* tooShort();
    return { ...found, values: [chars.slice(from, to).join("")] };
  }
  if (length !== undefined && length < 0) return yield* tooShort();
  const values = found.values ?? [];
  if (found.keys === undefined) {
    // Positional parameters count from 1, with $0 before them.
    const all = [sh.state.name, ...values];
    const from = offset < 0 ? all.length + offset : offset;
    return { ...found, values: from < 0 ? [] : all.slice(from, length === undefined ? undefined : from + length) };
  }
  const numeric = findVariable(sh, found.name ?? "")?.map === undefined;
  const top = numeric ? Number(found.keys.at(-1) ?? -1) : found.keys.length - 1;
  const from = offset < 0 ? top + 1 + offset : offset;
  if (from < 0) return { ...found, values: [] };
  const start = numeric ? found.keys.findIndex((key) => Number(key) >= from) : Math.max(from - 1, 0);
  if (start < 0) return { ...found, values: [] };
  return { ...found, values: values.slice(start, length === undefined ? undefined : start + length) };
}

/** `${x@Q}` and its kin. */
function transformAt(sh: Shell, found: Found, letter: string): Found {
  const map = (change: (value: string) => string): Found => ({ ...found, values: found.values?.map(change) });
  const variable = found.name === undefined ? undefined : findVariable(sh, found.name);
  switch (letter) {
    case "Q":
      return map(quoteForInput);
    case "E":
      return map(unescapeAnsi);
    case "P":
      return map((value) => expandPrompt(sh, value));
    case "U":
      return map((value) => value.toUpperCase());
    case "u":
      return map((value) => changeCase(value, "^", false, undefined));
    case "L":
      return map((value) => value.toLowerCase());
    case "a":
      return found.list && found.keys !== undefined
        ? map(() => variable?.flags ?? "")
        : { ...one(variable?.flags ?? "", found.label) };
    case "A": {
      if (found.name === undefined || variable === undefined)
        return found.list
          ? { ...one(`set -- ${(found.values ?? []).map(quoteForInput).join(" ")}`, found.label) }
          : one("", found.label);
      if (found.list) return one(formatDeclare(found.name, variable), found.label);
      const text = `${found.name}=${quoteForInput(found.values?.[0] ?? "")}`;
      return one(variable.flags === "" ? text : `declare -${variable.flags} ${text}`, found.label);
    }
    default: {
      if (!found.list || found.keys === undefined) return map(quoteForInput);
      const keys = found.keys;
      if (letter === "k")
        return { ...found, values: (found.values ?? []).flatMap((value, i) => [keys[i] ?? "", value]) };
      const key = (text: string) => (variable?.map !== undefined && /[^\w]/.test(text) ? doubleQuote(text) : text);
      return one(
        (found.values ?? []).map((value, i) => `${key(keys[i] ?? "")} ${doubleQuote(value)}`).join(" ") +
          (variable?.map !== undefined ? " " : ""),
        found.label,
      );
    }
  }
}
