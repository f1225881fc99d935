// declare, typeset, local, export, readonly, unset.

import type { Task } from "../../kernel/sys.ts";
import { evaluate } from "../arith.ts";
import { type ArrayValue, storeArray, storeValue } from "../assign.ts";
import { formatDeclare, formatItems } from "../declare-format.ts";
import { printFunction } from "../print.ts";
import { quoteIfNeeded } from "../quote.ts";
import { complain, type Shell, type Variable } from "../state.ts";
import {
  declareVariable,
  findVariable,
  isName,
  rawVariable,
  resolveName,
  unsetVariable,
  variableNames,
} from "../vars.ts";
import { type Builtin, badFlags, invalidName, parseFlags, print } from "./define.ts";

interface Argument {
  readonly name: string;
  readonly sub: string | undefined;
  readonly append: boolean;
  readonly value: string | undefined;
}

function parseArgument(text: string): Argument | undefined {
  const match = /^([A-Za-z_]\w*)(?:\[(.*?)\])?(?:(\+?)=([\s\S]*))?$/s.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { name: match[1], sub: match[2], append: match[3] === "+", value: match[4] };
}

/** One line of `declare -f`, with the attributes of the function after it. */
export function functionText(sh: Shell, name: string): string {
  const definition = sh.state.functions.get(name);
  return definition === undefined ? "" : `${printFunction(name, definition.body)}\n`;
}

/** Attributes of a function, as `declare -F` shows them. */
function functionFlags(sh: Shell, name: string): string {
  const has = (kind: string) => sh.state.completions.has(`${kind}-function:${name}`);
  return (has("readonly") ? "r" : "") + (has("traced") ? "t" : "") + (has("exported") ? "x" : "");
}

function sortedFunctions(sh: Shell): string[] {
  return [...sh.state.functions.keys()].sort();
}

/** `name=value` as `set` and `declare` without arguments list it. */
export function formatPlain(name: string, variable: Variable): string | undefined {
  if (variable.list !== undefined || variable.map !== undefined) return `${name}=${formatItems(variable)}`;
  return variable.value === undefined ? undefined : `${name}=${quoteIfNeeded(variable.value).replace(/^''$/, "")}`;
}

interface Plan {
  readonly builtin: Builtin;
  readonly add: string;
  readonly remove: string;
  readonly local: boolean;
  readonly global: boolean;
}

/** Declares one argument; the status. */
function* declareOne(sh: Shell, text: string, array: ArrayValue | undefined, plan: Plan): Task<number> {
  const arg = parseArgument(text);
  if (arg === undefined || (arg.sub !== undefined && arg.value === undefined && arg.sub === ""))
    return yield* invalidName(sh, text);
  const { name } = arg;
  const scope = { ...(plan.local ? { local: true } : {}), ...(plan.global ? { global: true } : {}) };
  const before = plan.local ? sh.state.scopes.at(-1)?.get(name) : rawVariable(sh, name);
  const fixed = before ?? (plan.local ? sh.state.scopes[0]?.get(name) : undefined);
  if (
    fixed?.flags.includes("r") &&
    (arg.value !== undefined || plan.remove.includes("r") || (plan.local && before === undefined))
  ) {
    const { builtin } = sh;
    if (builtin === "readonly" || builtin === "export") sh.builtin = "";
    yield* complain(sh, `${name}: readonly variable`);
    sh.builtin = builtin;
    return 1;
  }
  if (plan.add.includes("n")) {
    if (arg.value !== undefined && !/^[A-Za-z_]\w*(\[.*\])?$/s.test(arg.value)) {
      yield* complain(sh, `\`${arg.value}': invalid variable name for name reference`);
      return 1;
    }
    if (arg.value === name) {
      const inner = sh.frames.some((frame) => frame.kind === "function");
      const why = `${name}: nameref variable self references not allowed`;
      yield* complain(sh, inner ? `warning: ${name}: circular name reference` : why);
      if (!inner) return 1;
    }
    const variable = declareVariable(sh, name, { ...scope, add: "n" });
    if (arg.value !== undefined) variable.value = arg.value;
    return 0;
  }
  if (plan.add.includes("A") && before?.list !== undefined) {
    yield* complain(sh, `${name}: cannot convert indexed to associative array`);
    return 1;
  }
  if (plan.add.includes("a") && before?.map !== undefined) {
    yield* complain(sh, `${name}: cannot convert associative to indexed array`);
    return 1;
  }
  const target = before?.flags.includes("n") && !plan.local ? resolveName(sh, name).name : name;
  const late = plan.add.includes("r") ? "r" : "";
  const wasMap = before?.map !== undefined;
  declareVariable(sh, target, { ...scope, add: plan.add.replace("r", ""), remove: plan.remove });
  if (array !== undefined)
    yield* storeArray(
      sh,
      { ...array, name: target },
      { soft: true, ...scope, ...(plan.add.includes("A") || wasMap ? { assoc: true } : {}) },
    );
  else if (arg.value !== undefined) {
    const literal = arg.sub === undefined ? /^\((.*)\)$/s.exec(arg.value) : null;
    if (literal !== null && /[aA]/.test(plan.add))
      yield* sh.runner.evaluate(sh, `${target}${arg.append ? "+" : ""}=${arg.value}`);
    else yield* storeValue(sh, target, arg.value, { append: arg.append, sub: arg.sub, soft: true });
  }
  if (late !== "") declareVariable(sh, target, { ...scope, add: "r" });
  return 0;
}

function* showVariables(sh: Shell, names: readonly string[], wanted: string): Task<number> {
  let text = "";
  for (const name of names) {
    const variable = rawVariable(sh, name) ?? findVariable(sh, name);
    if (variable === undefined || ![...wanted].every((flag) => variable.flags.includes(flag))) continue;
    text += `${formatDeclare(name, variable)}\n`;
  }
  return yield* print(sh, text);
}

function* declareFunctions(sh: Shell, names: readonly string[], flags: string): Task<number> {
  if (names.length === 0) {
    const text = sortedFunctions(sh).map((name) =>
      flags.includes("F") ? `declare -f${functionFlags(sh, name)} ${name}\n` : functionText(sh, name),
    );
    return yield* print(sh, text.join(""));
  }
  let status = 0;
  for (const name of names) {
    if (!sh.state.functions.has(name)) status = 1;
    else if (flags.includes("r")) sh.state.completions.set(`readonly-function:${name}`, "");
    else if (/[tx]/.test(flags))
      sh.state.completions.set(`${flags.includes("t") ? "traced" : "exported"}-function:${name}`, "");
    else yield* print(sh, flags.includes("F") ? `${name}\n` : functionText(sh, name));
  }
  return status;
}

function* declareAll(
  sh: Shell,
  self: Builtin,
  args: readonly string[],
  arrays: ReadonlyMap<number, ArrayValue>,
  isLocal: boolean,
): Task<number> {
  const flags = parseFlags(args, isLocal ? "aAcilnrtuxpgI" : "aAcfFgilnprtuxI", true);
  if (flags.bad !== undefined) return yield* badFlags(sh, self, flags);
  const removed = [...flags.flags.matchAll(/\+(.)/g)].map((match) => match[1]).join("");
  const on = flags.flags.replace(/\+./g, "");
  const add = [...on].filter((flag) => "aAcilnrtux".includes(flag)).join("");
  if (/[fF]/.test(on)) return yield* declareFunctions(sh, flags.rest, on);
  if (flags.rest.length === 0) {
    const names = isLocal ? [...(sh.state.scopes.at(-1)?.keys() ?? [])].sort() : variableNames(sh);
    if (on.includes("p") || add !== "" || isLocal) return yield* showVariables(sh, names, add);
    const lines = names
      .map((name) => formatPlain(name, rawVariable(sh, name) ?? (findVariable(sh, name) as Variable)))
      .filter((line) => line !== undefined);
    return yield* print(
      sh,
      `${lines.join("\n")}\n${sortedFunctions(sh)
        .map((name) => functionText(sh, name))
        .join("")}`,
    );
  }
  if (on.includes("p")) {
    let status = 0;
    for (const name of flags.rest) {
      const variable = rawVariable(sh, name) ?? findVariable(sh, name);
      if (variable === undefined) {
        yield* complain(sh, `${name}: not found`);
        status = 1;
      } else yield* print(sh, `${formatDeclare(name, variable)}\n`);
    }
    return status;
  }
  let status = 0;
  const inFunction = sh.frames.some((frame) => frame.kind === "function");
  const plan: Plan = {
    builtin: self,
    add,
    remove: removed,
    local: inFunction && !on.includes("g"),
    global: on.includes("g"),
  };
  for (const [i, arg] of flags.rest.entries()) {
    const failed = yield* declareOne(sh, arg, arrays.get(i + flags.used + 1), plan);
    status ||= failed;
  }
  return status;
}

export const declare: Builtin = {
  usage: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
  summary: "Set variable values and attributes.",
  run: (sh, args, arrays) => declareAll(sh, declare, args, arrays, false),
};

export const typeset: Builtin = {
  usage: "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
  summary: "Set variable values and attributes.",
  run: (sh, args, arrays) => declareAll(sh, typeset, args, arrays, false),
};

export const local: Builtin = {
  usage: "local [option] name[=value] ...",
  summary: "Define local variables.",
  *run(sh, args, arrays) {
    if (sh.frames.some((frame) => frame.kind === "function")) {
      if (args[0] === "-") return 0;
      return yield* declareAll(sh, local, args, arrays, true);
    }
    yield* complain(sh, "can only be used in a function");
    return 1;
  },
};

/** export and readonly: one attribute, listed as `declare` lists it. */
function marker(attribute: "x" | "r", self: () => Builtin): Builtin["run"] {
  return function* (sh, args, arrays) {
    const flags = parseFlags(args, attribute === "x" ? "fnp" : "aAfp");
    if (flags.bad !== undefined) return yield* badFlags(sh, self(), flags);
    if (flags.rest.length === 0) {
      if (flags.flags.includes("f")) return 0;
      return yield* showVariables(sh, variableNames(sh), attribute);
    }
    let status = 0;
    for (const [i, arg] of flags.rest.entries()) {
      if (flags.flags.includes("f")) {
        if (!sh.state.functions.has(arg)) {
          yield* complain(sh, `${arg}: not a function`);
          status = 1;
        } else if (flags.flags.includes("n")) sh.state.completions.delete(`exported-function:${arg}`);
        else sh.state.completions.set(`${attribute === "r" ? "readonly" : "exported"}-function:${arg}`, "");
        continue;
      }
      const parsed = parseArgument(arg);
      if (parsed === undefined || (parsed.sub !== undefined && attribute === "x")) {
        status = yield* invalidName(sh, arg);
        continue;
      }
      const remove = flags.flags.includes("n");
      const add = (remove ? "" : attribute) + [...flags.flags].filter((flag) => flag === "a" || flag === "A").join("");
      const plan: Plan = { builtin: self(), add, remove: remove ? attribute : "", local: false, global: false };
      const failed = yield* declareOne(sh, arg, arrays.get(i + flags.used + 1), plan);
      status ||= failed;
    }
    return status;
  };
}

export const exportBuiltin: Builtin = {
  usage: "export [-fn] [name[=value] ...] or export -p",
  summary: "Set export attribute for shell variables.",
  run: marker("x", () => exportBuiltin),
};

export const readonly: Builtin = {
  usage: "readonly [-aAf] [name[=value] ...] or readonly -p",
  summary: "Mark shell variables as unchangeable.",
  run: marker("r", () => readonly),
};

export const unset: Builtin = {
  usage: "unset [-f] [-v] [-n] [name ...]",
  summary: "Unset values and attributes of shell variables and functions.",
  *run(sh, args) {
    const flags = parseFlags(args, "fvn");
    if (flags.bad !== undefined) return yield* badFlags(sh, unset, flags);
    if (flags.flags.includes("f") && flags.flags.includes("v")) {
      yield* complain(sh, "cannot simultaneously unset a function and a variable");
      return 1;
    }
    let status = 0;
    for (const name of flags.rest) {
      const failed = yield* unsetOne(sh, name, flags.flags);
      status ||= failed;
    }
    return status;
  },
};

function* unsetOne(sh: Shell, text: string, flags: string): Task<number> {
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(text);
  if (flags.includes("f") || (!flags.includes("v") && element === null && !isName(text))) {
    sh.state.functions.delete(text);
    return 0;
  }
  if (element === null && !isName(text)) return yield* invalidName(sh, text);
  const name = element?.[1] ?? text;
  const target = flags.includes("n") ? { name } : resolveName(sh, name);
  const variable = rawVariable(sh, target.name);
  if (variable?.flags.includes("r")) {
    yield* complain(sh, `${name}: cannot unset: readonly variable`);
    return 1;
  }
  const sub = element?.[2] ?? target.sub;
  if (sub !== undefined) return yield* unsetElement(sh, target.name, variable, sub);
  if (variable === undefined && !flags.includes("v") && sh.state.functions.delete(name)) return 0;
  unsetVariable(sh, target.name);
  return 0;
}

function* unsetElement(sh: Shell, name: string, variable: Variable | undefined, sub: string): Task<number> {
  if (variable === undefined) return 0;
  if (variable.map !== undefined) variable.map.delete(sub.replace(/^(["'])(.*)\1$/s, "$2"));
  else if (sub === "@" || sub === "*") unsetVariable(sh, name);
  else if (variable.list !== undefined) {
    let index = Number(evaluate(sh, sub));
    if (index < 0) index += Math.max(-1, ...variable.list.keys()) + 1;
    variable.list.delete(index);
  } else if (sub === "0") unsetVariable(sh, name);
  else {
    yield* complain(sh, `${name}: not an array variable`);
    return 1;
  }
  return 0;
}
