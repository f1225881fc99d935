// Variables: scopes, arrays, attributes, and the ones that the shell computes.

import { findUser } from "../lib/users.ts";
import { printCommand, printFunction } from "./print.ts";
import { type Shell, sameFile, type Variable } from "./state.ts";

const VERSION = ["5", "2", "37", "1", "release", "x86_64-pc-linux-gnu"] as const;
export const BASH_VERSION = `${VERSION[0]}.${VERSION[1]}.${VERSION[2]}(${VERSION[3]})-${VERSION[4]}`;

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Values that are computed when they are looked at. */
const DYNAMIC: Readonly<Record<string, (sh: Shell) => string | string[]>> = {
  RANDOM: (sh) => {
    sh.state.random = (Math.imul(sh.state.random, 1103515245) + 12345) >>> 0;
    return String((sh.state.random >>> 16) & 32767);
  },
  SRANDOM: (sh) => String(new DataView(sh.sys.random(4).buffer).getUint32(0)),
  SECONDS: (sh) => String(Math.floor((sh.sys.now() - sh.state.started) / 1000)),
  EPOCHSECONDS: (sh) => String(Math.floor(sh.sys.now() / 1000)),
  EPOCHREALTIME: (sh) => (sh.sys.now() / 1000).toFixed(6),
  LINENO: (sh) => String(sh.line),
  BASHPID: (sh) => String(sh.sys.pid),
  BASH_SUBSHELL: (sh) => String(sh.depth),
  BASH_COMMAND: (sh) => (sh.command === undefined ? "" : printCommand(sh.command)),
  HISTCMD: (sh) => String(sh.state.historyBase + sh.state.history.length),
  FUNCNAME: (sh) => callers(sh).map((frame) => (frame.kind === "source" ? "source" : frame.name)),
  BASH_SOURCE: (sh) => callers(sh).map((frame) => frame.source),
  BASH_LINENO: (sh) => callers(sh).map((frame) => String(frame.line)),
  DIRSTACK: (sh) => [sh.state.cwd, ...sh.state.dirs],
  PIPESTATUS: (sh) => sh.pipeStatus.map(String),
  GROUPS: (sh) => [...new Set([sh.sys.info.gid, ...sh.sys.info.groups])].map(String),
  SHELLOPTS: (sh) =>
    [...sh.state.options]
      .filter((name) => name !== "stdin")
      .sort()
      .join(":"),
  BASHOPTS: (sh) => [...sh.state.shopt].sort().join(":"),
  _: (sh) => sh.lastArg,
  BASH_ARGV0: (sh) => sh.state.name,
};

function callers(sh: Shell) {
  const frames = [...sh.frames].reverse();
  const bare = sh.state.interactive || sh.commandString || sh.state.options.has("stdin");
  if (frames.length === 0)
    return bare ? [] : [{ name: "main", line: 0, source: sh.state.name, kind: "function" as const }];
  return bare ? frames : [...frames, { name: "main", line: 0, source: sh.state.name, kind: "function" as const }];
}

function scopeOf(sh: Shell, name: string): Map<string, Variable> | undefined {
  const { scopes } = sh.state;
  for (let i = scopes.length - 1; i >= 0; i--) if (scopes[i]?.has(name)) return scopes[i];
  return undefined;
}

/** The variable itself, namerefs not followed. */
export function rawVariable(sh: Shell, name: string): Variable | undefined {
  return scopeOf(sh, name)?.get(name);
}

/** Follows namerefs: the name, perhaps with a subscript, that is meant. */
export function resolveName(sh: Shell, name: string): { name: string; sub?: string } {
  let at = name;
  for (let hops = 0; hops < 8; hops++) {
    const variable = rawVariable(sh, at);
    if (variable === undefined || !variable.flags.includes("n") || !variable.value) break;
    const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(variable.value);
    if (match?.[1] === undefined) break;
    at = match[1];
    if (match[2] !== undefined) return { name: at, sub: match[2] };
  }
  return { name: at };
}

/** The variable behind a name; the computed ones are made on the spot. */
export function findVariable(sh: Shell, name: string): Variable | undefined {
  const target = resolveName(sh, name).name;
  const found = rawVariable(sh, target);
  const dynamic = Object.hasOwn(DYNAMIC, target) ? DYNAMIC[target] : undefined;
  if (
    dynamic === undefined ||
    (found !== undefined && (target === "SECONDS" ? false : target === "_" ? false : found.flags.includes("r")))
  )
    return found;
  const value = dynamic(sh);
  if (typeof value === "string")
    return {
      value,
      flags: found?.flags ?? (READ_ONLY.has(target) ? "r" : target === "RANDOM" || target === "SECONDS" ? "i" : ""),
    };
  if (value.length === 0) return undefined;
  return { list: new Map(value.map((item, i) => [i, item])), flags: "a" };
}

/** The value a plain `$name` has; undefined where it is not set. */
export function getValue(sh: Shell, name: string): string | undefined {
  const target = resolveName(sh, name);
  const variable = findVariable(sh, target.name);
  if (variable === undefined) return undefined;
  if (target.sub !== undefined) return getElement(variable, target.sub);
  return scalarOf(variable);
}

export function scalarOf(variable: Variable): string | undefined {
  if (variable.list !== undefined) return variable.list.get(0);
  if (variable.map !== undefined) return variable.map.get("0");
  return variable.value;
}

/** An element by its subscript, which is a number's text or a key. */
export function getElement(variable: Variable, sub: string): string | undefined {
  if (variable.map !== undefined) return variable.map.get(sub);
  let index = Number(sub);
  if (variable.list === undefined) return index === 0 ? variable.value : undefined;
  if (index < 0) index += topIndex(variable.list) + 1;
  return variable.list.get(index);
}

/** The greatest index in use; -1 where there is none. */
export function topIndex(list: ReadonlyMap<number, string>): number {
  let top = -1;
  for (const index of list.keys()) if (index > top) top = index;
  return top;
}

/** Indices in order, or keys in the order in which bash's own hash table gives them. */
export function keysOf(variable: Variable): string[] {
  if (variable.map !== undefined) return hashOrder([...variable.map.keys()]);
  if (variable.list !== undefined) return [...variable.list.keys()].sort((a, b) => a - b).map(String);
  return variable.value === undefined ? [] : ["0"];
}

export function elementsOf(variable: Variable): string[] {
  if (variable.map !== undefined) return keysOf(variable).map((key) => variable.map?.get(key) ?? "");
  const { list } = variable;
  if (list !== undefined) return [...list.keys()].sort((a, b) => a - b).map((index) => list.get(index) ?? "");
  return variable.value === undefined ? [] : [variable.value];
}

/** Order of keys in an associative array: buckets of an FNV-1 hash, newest first within one (bash's assoc tables of 1024 buckets). */
function hashOrder(keys: string[]): string[] {
  const encoder = new TextEncoder();
  const buckets = keys.map((key, i) => {
    let hash = 0x811c9dc5;
    for (const byte of encoder.encode(key)) hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0;
    return { key, bucket: hash & 1023, i };
  });
  return buckets.sort((a, b) => a.bucket - b.bucket || b.i - a.i).map((item) => item.key);
}

/** Turns a value as the attributes of its variable ask (upper and lower case; numbers are done by the caller). */
function shaped(variable: Variable, value: string): string {
  if (variable.flags.includes("l")) return value.toLowerCase();
  if (variable.flags.includes("u")) return value.toUpperCase();
  if (variable.flags.includes("c")) return value.charAt(0).toUpperCase() + value.slice(1).toLowerCase();
  return value;
}

/** The variable to write to, made where there is none. */
function writable(sh: Shell, name: string): Variable {
  const scope = scopeOf(sh, name) ?? (sh.state.scopes[0] as Map<string, Variable>);
  let variable = scope.get(name);
  if (variable === undefined) {
    variable = { flags: sh.state.options.has("allexport") ? "x" : "" };
    scope.set(name, variable);
  }
  return variable;
}

/** Sets a plain variable or, with a subscript, an element. "readonly" where it must not be. */
export function assign(sh: Shell, given: string, value: string, sub?: string): "readonly" | "subscript" | undefined {
  const target = resolveName(sh, given);
  const name = target.name;
  const at = sub ?? target.sub;
  const before = rawVariable(sh, name);
  if (before?.flags.includes("r") || READ_ONLY.has(name)) return "readonly";
  if (name === "SECONDS") sh.state.started = sh.sys.now() - Number(value) * 1000;
  if (name === "RANDOM") sh.state.random = Number(value) >>> 0;
  if (name === "BASH_ARGV0") sh.state.name = value;
  if (name === "PATH") sh.state.hash.clear();
  const variable = writable(sh, name);
  const text = shaped(variable, value);
  if (variable.map !== undefined) variable.map.set(at ?? "0", text);
  else if (variable.list !== undefined || at !== undefined || variable.flags.includes("a")) {
    const list = variable.list ?? new Map(variable.value === undefined ? [] : [[0, variable.value]]);
    variable.list = list;
    delete variable.value;
    if (!variable.flags.includes("a")) variable.flags = sortFlags(`a${variable.flags}`);
    let index = Number(at ?? 0);
    if (index < 0) index += topIndex(list) + 1;
    if (index < 0) return "subscript";
    list.set(index, text);
  } else variable.value = text;
  afterChange(sh, name);
  return undefined;
}

const READ_ONLY = new Set(["BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"]);

/** What the shell does when one of its own variables changes. */
function afterChange(sh: Shell, name: string): void {
  if (name === "HISTSIZE") trimHistory(sh);
  if (name === "IGNOREEOF") sh.state.options.add("ignoreeof");
}

/** Drops the oldest entries where HISTSIZE asks for it. */
export function trimHistory(sh: Shell): void {
  const size = getValue(sh, "HISTSIZE");
  if (size === undefined || !/^\d+$/.test(size)) return;
  const extra = sh.state.history.length - Number(size);
  if (extra > 0) {
    sh.state.history.splice(0, extra);
    sh.state.historyBase += extra;
  }
}

export function sortFlags(flags: string): string {
  return "acAilnrtux"
    .split("")
    .filter((flag) => flags.includes(flag))
    .join("");
}

export interface DeclareOptions {
  readonly add?: string;
  readonly remove?: string;
  /** Make it in the innermost function's scope. */
  readonly local?: boolean;
  readonly global?: boolean;
}

/** Declares a variable with attributes; its value is left alone. */
export function declareVariable(sh: Shell, name: string, options: DeclareOptions): Variable {
  const { scopes } = sh.state;
  const scope = options.global ? scopes[0] : options.local ? scopes.at(-1) : (scopeOf(sh, name) ?? scopes[0]);
  const home = scope as Map<string, Variable>;
  let variable = home.get(name);
  if (variable === undefined) {
    variable = { flags: "" };
    // A local inherits the export mark, so that children see the new value.
    if (options.local && rawVariable(sh, name)?.flags.includes("x")) variable.flags = "x";
    home.set(name, variable);
  }
  for (const flag of options.add ?? "") {
    if (flag === "l") variable.flags = variable.flags.replace(/[uc]/g, "");
    if (flag === "u") variable.flags = variable.flags.replace(/[lc]/g, "");
    if (!variable.flags.includes(flag)) variable.flags = sortFlags(variable.flags + flag);
  }
  for (const flag of options.remove ?? "") variable.flags = variable.flags.replace(flag, "");
  if (options.add?.includes("A") && variable.map === undefined) {
    variable.map = new Map(variable.value === undefined ? [] : [["0", variable.value]]);
    delete variable.value;
  }
  if (options.add?.includes("a") && variable.list === undefined && variable.value !== undefined) {
    variable.list = new Map([[0, variable.value]]);
    delete variable.value;
  }
  return variable;
}

/** Replaces the whole value by an array. */
export function setList(sh: Shell, given: string, items: readonly string[]): "readonly" | undefined {
  const { name } = resolveName(sh, given);
  const before = rawVariable(sh, name);
  if (before?.flags.includes("r")) return "readonly";
  const variable = writable(sh, name);
  delete variable.value;
  delete variable.map;
  variable.flags = sortFlags(`a${variable.flags.replace("A", "")}`);
  variable.list = new Map(items.map((item, i) => [i, shaped(variable, item)]));
  return undefined;
}

/** Takes a variable away; "readonly" where that is not allowed. */
export function unsetVariable(sh: Shell, name: string): "readonly" | undefined {
  const scope = scopeOf(sh, name);
  const variable = scope?.get(name);
  if (variable === undefined || scope === undefined) return undefined;
  if (variable.flags.includes("r")) return "readonly";
  if (name === "PATH") sh.state.hash.clear();
  // A local that is unset stays as a hole in its own scope, so that the outer one does not shine through.
  if (scope === sh.state.scopes.at(-1) && sh.state.scopes.length > 1) scope.set(name, { flags: "" });
  else scope.delete(name);
  return undefined;
}

/** Whether a variable has a value of any kind. */
export function isSet(variable: Variable | undefined): boolean {
  return (
    variable !== undefined && (variable.value !== undefined || (variable.list?.size ?? variable.map?.size ?? 0) > 0)
  );
}

/** Names of all variables that are visible, sorted. */
export function variableNames(sh: Shell): string[] {
  const names = new Set<string>();
  for (const scope of sh.state.scopes) for (const name of scope.keys()) names.add(name);
  for (const name of Object.keys(DYNAMIC)) if (findVariable(sh, name) !== undefined) names.add(name);
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The environment of a child: exported variables with a value. */
export function exportedEnv(sh: Shell): Record<string, string> {
  const env: Record<string, string> = {};
  for (const scope of sh.state.scopes) {
    for (const [name, variable] of scope) {
      if (variable.flags.includes("x") && variable.value !== undefined) env[name] = variable.value;
      else delete env[name];
    }
  }
  for (const [name, { body }] of sh.state.functions)
    if (sh.state.completions.has(`exported-function:${name}`))
      env[`BASH_FUNC_${name}%%`] = printFunction("", body)
        .replace(/\n +/g, "\n ")
        .replace(/^ \(\) \n ?\{ \n/, "() { ");
  delete env._;
  if (sh.lastArg !== "") env._ = sh.lastArg;
  return env;
}

/** Takes over the environment and sets what every shell has. */
export function importEnvironment(sh: Shell): void {
  const { sys, state } = sh;
  const scope = state.scopes[0] as Map<string, Variable>;
  for (const [name, value] of Object.entries(sys.env)) if (isName(name)) scope.set(name, { value, flags: "x" });
  const set = (name: string, value: string, flags = "") => scope.set(name, { value, flags });
  const fallback = (name: string, value: string, flags = "") => scope.has(name) || set(name, value, flags);
  const shown = sys.env.PWD;
  if (shown?.startsWith("/") && sameFile(sys, shown, ".")) state.cwd = shown;
  set("PWD", state.cwd, "x");
  if (!scope.has("OLDPWD")) scope.set("OLDPWD", { flags: "x" });
  const level = Number(sys.env.SHLVL);
  set("SHLVL", String(Number.isInteger(level) ? Math.max(level + 1, 0) : 1), "x");
  fallback("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  fallback("TERM", "dumb");
  set("IFS", " \t\n");
  set("OPTIND", "1");
  set("OPTERR", "1");
  set("PS4", scope.get("PS4")?.value ?? "+ ", scope.get("PS4")?.flags ?? "");
  set("PPID", String(sys.ppid), "ir");
  set("UID", String(sys.info.uid), "ir");
  set("EUID", String(sys.info.euid), "ir");
  set("HOSTNAME", sys.hostname);
  set("HOSTTYPE", "x86_64");
  set("OSTYPE", "linux-gnu");
  set("MACHTYPE", VERSION[5]);
  set("BASH", state.name.startsWith("/") ? state.name : "/bin/bash");
  set("BASH_VERSION", BASH_VERSION);
  scope.set("BASH_VERSINFO", { list: new Map(VERSION.map((item, i) => [i, item])), flags: "ar" });
  set(
    "BASH_LOADABLES_PATH",
    "/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.",
  );
}

/** The user's home, as tilde means it. */
export function homeFolder(sh: Shell): string {
  return getValue(sh, "HOME") ?? homeOf(sh, sh.sys.info.uid) ?? "/";
}

/** Home of a user from /etc/passwd. */
export function homeOf(sh: Shell, user: string | number): string | undefined {
  return findUser(sh.sys, user)?.home;
}
