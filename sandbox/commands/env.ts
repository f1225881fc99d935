// env and printenv: the environment, changed for a program or shown.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { searchPath } from "../lib/path-search.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

/** Splits the argument of -S as env does: quotes, backslashes and ${VAR}. */
function splitWords(text: string, vars: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let mark = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    const variable = char === "$" && mark !== "'" ? /^\$\{(\w+)\}/.exec(text.slice(i)) : null;
    if (variable !== null) {
      word = (word ?? "") + (vars[variable[1] ?? ""] ?? "");
      i += variable[0].length - 1;
    } else if (mark === "" && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === mark) mark = "";
    else if (mark === "" && (char === "'" || char === '"')) {
      mark = char;
      word ??= "";
    } else if (mark === "" && char === "#" && word === undefined) break;
    else if (char === "\\" && (mark !== "'" || /['\\]/.test(text[i + 1] ?? ""))) {
      i += 1;
      const next = text[i] ?? "";
      if (next === "c") break;
      word = (word ?? "") + ({ n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", _: " " }[next] ?? next);
    } else word = (word ?? "") + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** -S and what follows it become arguments of their own. */
function expandSplit(io: Io, args: readonly string[]): readonly string[] {
  const first = args[0] ?? "";
  const vars = io.sys.env;
  const found = /^(-[vi0]*S|--split-string=)(.*)$/s.exec(first);
  if (found === null) return args;
  const flags = found[1]?.startsWith("--") ? [] : [...(found[1] ?? "").slice(1, -1)].map((flag) => `-${flag}`);
  const own = found[2] !== "";
  const text = own ? (found[2] ?? "") : (args[1] ?? "");
  return [...flags, ...splitWords(text, vars), ...args.slice(own ? 1 : 2)];
}

export const env = defineCommand({
  name: "env",
  summary: "Set each NAME to VALUE in the environment and run COMMAND.",
  usage: ["[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]"],
  posix: true,
  usageStatus: 125,
  options: `
    i,ignore-environment  start with an empty environment
    0,null  end each output line with NUL, not newline
    u,unset=NAME  remove variable from the environment
    C,chdir=DIR  change working directory to DIR
    S,split-string=S  process and split S into separate arguments
    ,block-signal[=SIG]  block delivery of SIG signal(s) to COMMAND
    ,default-signal[=SIG]  reset handling of SIG signal(s) to the default
    ,ignore-signal[=SIG]  set handling of SIG signal(s) to do nothing
    v,debug  print verbose information for each processing step`,
  *run(io, sys) {
    const split = expandSplit(io, io.args);
    if (split !== io.args) return yield* rerun(io, split);
    const vars = sys.env;
    let words = [...io.operands];
    if (io.has("i") || words[0] === "-") for (const name of Object.keys(vars)) delete vars[name];
    if (words[0] === "-") words = words.slice(1);
    for (const [key, value = ""] of io.options) {
      if (key !== "u") continue;
      if (value === "" || value.includes("="))
        return yield* io.die(125, `cannot unset ${quote(value)}: Invalid argument`);
      delete vars[value];
    }
    while (words[0]?.includes("=")) {
      const word = words.shift() ?? "";
      vars[word.slice(0, word.indexOf("="))] = word.slice(word.indexOf("=") + 1);
    }
    const folder = io.value("C");
    if (folder !== undefined && words.length === 0)
      return yield* io.usageError("must specify command with --chdir (-C)");
    if (words.length === 0) {
      for (const [name, value] of Object.entries(vars)) io.print(`${name}=${value}${io.has("0") ? "\0" : "\n"}`);
      return 0;
    }
    if (io.has("0")) return yield* io.usageError("cannot specify --null (-0) with command");
    if (folder !== undefined) {
      const problem = sys.chdir(folder);
      if (isErrno(problem))
        return yield* io.die(125, `cannot change directory to ${quoteAlways(folder)}: ${problem.text}`);
    }
    return yield* execute(io, words);
  },
});

function* rerun(io: Io, args: readonly string[]): Task<number> {
  const problem = yield* io.sys.exec(searchPath(io.sys, "env") ?? "/usr/bin/env", ["env", ...args], io.sys.env);
  return yield* io.die(127, problem.text);
}

function* execute(io: Io, words: readonly string[]): Task<number> {
  const name = words[0] ?? "";
  yield* io.flush();
  const path = searchPath(io.sys, name);
  const problem = path === undefined ? undefined : yield* io.sys.exec(path, words, io.sys.env);
  const text = problem?.text ?? "No such file or directory";
  io.warn(`${quote(name)}: ${text}`);
  if (/\s/.test(name)) io.printError(`${io.name}: use -[v]S to pass options in shebang lines\n`);
  return problem === undefined || problem.code === "ENOENT" ? 127 : 126;
}

export const printenv = defineCommand({
  name: "printenv",
  summary: "Print the values of the specified environment VARIABLE(s), or of all.",
  usage: ["[OPTION]... [VARIABLE]..."],
  posix: true,
  usageStatus: 2,
  options: "0,null  end each output line with NUL, not newline",
  *run(io, sys) {
    const end = io.has("0") ? "\0" : "\n";
    if (io.operands.length === 0) {
      for (const [name, value] of Object.entries(sys.env)) io.print(`${name}=${value}${end}`);
      return 0;
    }
    for (const name of io.operands) {
      const value = name.includes("=") ? undefined : sys.env[name];
      if (value === undefined) io.status = 1;
      else io.print(value + end);
    }
    return undefined;
  },
});
