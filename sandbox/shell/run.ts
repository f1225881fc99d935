// Runs commands: lists, pipelines, compound commands, functions, builtins and programs. One file, for each of them runs the others.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { evaluate } from "./arith.ts";
import { deeper, MAX_NESTING, type Temporary, withRedirects, withTemporary } from "./around.ts";
import { type ArrayValue, storeValue } from "./assign.ts";
import type { Command, List, Redirect, Word } from "./ast.ts";
import type { Builtin } from "./builtins/define.ts";
import { findBuiltin } from "./builtins/index.ts";
import { runCondition } from "./cond.ts";
import { arithProblem, expandPattern, expandString, expandWords } from "./expand.ts";
import { jobState } from "./jobs.ts";
import { loadMore } from "./load.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import { printCommand } from "./print.ts";
import { startBackground, startChild, startPipeline, waitForeground } from "./process.ts";
import { findProgram, runProgram } from "./program.ts";
import { quoteForInput, quoteIfNeeded } from "./quote.ts";
import { applyRedirects } from "./redirect.ts";
import { pollSignals, runNamedTrap } from "./signals.ts";
import { closeConnections, expandCommand, expandTemporary, runAssignments } from "./simple.ts";
import { complain, Exit, type Job, LoopJump, Return, type Shell, statusOf, type Variable } from "./state.ts";
import { trace } from "./trace.ts";
import { getValue } from "./vars.ts";

/** Runs a list; the status is that of its last command. */
export function* runList(sh: Shell, list: List | undefined): Task<number> {
  if (list === undefined) return sh.state.status;
  const several = list.items.length > 1 ? 1 : 0;
  sh.lists += several;
  for (const item of list.items) {
    if (item.bg) yield* startBackground(sh, item.c);
    else yield* run(sh, item.c);
  }
  sh.lists -= several;
  return sh.state.status;
}

/** Runs one command and sets `$?`. */
export function* run(sh: Shell, c: Command, tail = false): Task<number> {
  const status = yield* dispatch(sh, c, tail);
  sh.state.status = status;
  const checked = c.t === "simple" || c.t === "pipe" || c.t === "sub" || c.t === "arith" || c.t === "cond";
  if (checked) {
    if (c.t !== "pipe") sh.pipeStatus = [status];
    if (status !== 0 && sh.tested === 0) yield* failed(sh, status);
  }
  return status;
}

/** What happens after a command failed and nobody asked: the ERR trap, and the end under `set -e`. */
function* failed(sh: Shell, status: number): Task<void> {
  if (sh.state.traps.has("ERR") && (sh.frames.length === 0 || sh.state.options.has("errtrace")))
    yield* runNamedTrap(sh, "ERR");
  if (sh.state.options.has("errexit")) throw new Exit(status);
}

function* tested<T>(sh: Shell, task: Task<T>): Task<T> {
  sh.tested += 1;
  try {
    return yield* task;
  } finally {
    sh.tested -= 1;
  }
}

function* dispatch(sh: Shell, c: Command, tail: boolean): Task<number> {
  switch (c.t) {
    case "simple":
      return yield* runSimple(sh, c, tail);
    case "pipe":
      return yield* runPipeline(sh, c);
    case "not":
      return (c.c === undefined ? 0 : yield* tested(sh, run(sh, c.c))) === 0 ? 1 : 0;
    case "time":
      return yield* (yield* loadMore(sh)).runTimed(sh, c);
    case "and":
    case "or": {
      sh.lists += 1;
      const left = yield* tested(sh, run(sh, c.l));
      const status = (left === 0) === (c.t === "and") ? yield* run(sh, c.r) : left;
      sh.lists -= 1;
      return status;
    }
    case "func":
      return yield* defineFunction(sh, c);
    case "sub":
      return yield* runSubshell(sh, c);
    case "coproc":
      return yield* (yield* loadMore(sh)).runCoproc(sh, c);
    default:
      return yield* withRedirects(sh, c.redirs, runCompound(sh, c));
  }
}

type Compound = Extract<
  Command,
  { t: "if" | "while" | "until" | "for" | "select" | "cfor" | "case" | "group" | "arith" | "cond" }
>;

function* runCompound(sh: Shell, c: Compound): Task<number> {
  sh.line = c.line;
  switch (c.t) {
    case "group":
      return yield* runList(sh, c.body);
    case "if":
      if ((yield* tested(sh, runList(sh, c.test))) === 0) return yield* runList(sh, c.then);
      if (c.else === undefined) return 0;
      return c.else.t === "list" ? yield* runList(sh, c.else) : yield* run(sh, c.else);
    case "while":
    case "until":
      return yield* loop(sh, {
        *test() {
          return ((yield* tested(sh, runList(sh, c.test))) === 0) === (c.t === "while");
        },
        body: c.body,
      });
    case "for":
      return yield* runFor(sh, c);
    case "select":
      return yield* (yield* loadMore(sh)).runSelect(sh, c);
    case "cfor":
      return yield* runArithFor(sh, c);
    case "case":
      return yield* runCase(sh, c);
    case "arith":
      return yield* runArith(sh, c.expr);
    case "cond":
      return yield* runCondition(sh, c.expr, c.line);
  }
}

interface Loop {
  test(): Task<boolean>;
  readonly body: List;
  next?(): Task<void>;
}

/** A loop with `break` and `continue`. */
export function* loop(sh: Shell, { test, body, next }: Loop): Task<number> {
  let status = 0;
  sh.loops += 1;
  try {
    for (;;) {
      yield* pollSignals(sh);
      if (!(yield* test())) return status;
      try {
        status = yield* runList(sh, body);
      } catch (jump) {
        if (!(jump instanceof LoopJump)) throw jump;
        if (jump.count > 1 && sh.loops > 1) {
          jump.count -= 1;
          throw jump;
        }
        status = sh.state.status;
        if (jump.kind === "break") return status;
      }
      if (next !== undefined) yield* next();
    }
  } finally {
    sh.loops -= 1;
  }
}

function* runFor(sh: Shell, c: Extract<Command, { t: "for" | "select" }>): Task<number> {
  if (!/^[A-Za-z_]\w*$/.test(c.name)) {
    yield* complain(sh, `\`${c.name}': not a valid identifier`);
    return 1;
  }
  const values = c.words === undefined ? [...sh.state.params] : yield* expandWords(sh, c.words);
  let index = 0;
  return yield* loop(sh, {
    *test() {
      const value = values[index++];
      if (value === undefined) return false;
      sh.line = c.line;
      if (sh.state.options.has("xtrace"))
        yield* trace(
          sh,
          `for ${c.name} in ${c.words === undefined ? '"$@"' : c.words.map((word) => word.raw).join(" ")}`,
        );
      yield* storeValue(sh, c.name, value);
      return true;
    },
    body: c.body,
  });
}

function* runArithFor(sh: Shell, c: Extract<Command, { t: "cfor" }>): Task<number> {
  const step = function* (word: Word): Task<bigint | undefined> {
    if (word.raw.trim() === "") return 1n;
    sh.line = c.line;
    if (sh.state.options.has("xtrace")) yield* trace(sh, `(( ${word.raw.trim()} ))`);
    return yield* arith(sh, word, "((");
  };
  let bad = (yield* step(c.init)) === undefined;
  const status = bad
    ? 1
    : yield* loop(sh, {
        *test() {
          const value = bad ? undefined : yield* step(c.test);
          if (value === undefined) bad = true;
          return value !== undefined && value !== 0n;
        },
        body: c.body,
        *next() {
          if ((yield* step(c.step)) === undefined) bad = true;
        },
      });
  return bad ? 1 : status;
}

/** Value of an arithmetic text; undefined after a complaint. */
function* arith(sh: Shell, word: Word, name: string): Task<bigint | undefined> {
  const text = yield* expandString(sh, word);
  const before = sh.builtin;
  sh.builtin = name;
  try {
    return evaluate(sh, text);
  } catch (problem) {
    yield* arithProblem(sh, problem);
    return undefined;
  } finally {
    sh.builtin = before;
  }
}

function* runArith(sh: Shell, expr: Word): Task<number> {
  yield* pollSignals(sh);
  if (sh.state.options.has("xtrace")) yield* trace(sh, `(( ${expr.raw} ))`);
  const value = yield* arith(sh, expr, "((");
  return value === undefined || value === 0n ? 1 : 0;
}

function* runCase(sh: Shell, c: Extract<Command, { t: "case" }>): Task<number> {
  if (sh.state.options.has("xtrace")) yield* trace(sh, `case ${c.word.raw} in`);
  const value = yield* expandString(sh, c.word);
  const options = { extglob: sh.state.shopt.has("extglob"), fold: sh.state.shopt.has("nocasematch") };
  let status = 0;
  let through = false;
  for (const arm of c.arms) {
    let hit = through;
    for (const pattern of arm.patterns) {
      if (hit) break;
      hit = matchesPattern(compilePattern(yield* expandPattern(sh, pattern), options), value);
    }
    if (!hit) continue;
    if (arm.body !== undefined) status = yield* runList(sh, arm.body);
    else status = 0;
    if (arm.end === ";;") return status;
    through = arm.end === ";&";
  }
  return status;
}

// --- processes ---

function* runPipeline(sh: Shell, c: Extract<Command, { t: "pipe" }>): Task<number> {
  yield* pollSignals(sh);
  const inShell = sh.state.shopt.has("lastpipe") && !sh.jobControl;
  const job = yield* startPipeline(sh, c);
  if (inShell) return yield* finishInShell(sh, c, job);
  yield* waitForeground(sh, job);
  sh.pipeStatus = job.procs.map((proc) => (proc.status === undefined ? 0 : statusOf(proc.status)));
  if (jobState(job) === "stopped") return sh.pipeStatus.at(-1) ?? 0;
  if (sh.state.options.has("pipefail")) return sh.pipeStatus.findLast((status) => status !== 0) ?? 0;
  return sh.pipeStatus.at(-1) ?? 0;
}

/** `lastpipe`: the last command of a pipeline runs in the shell itself. */
function* finishInShell(sh: Shell, c: Extract<Command, { t: "pipe" }>, job: Job & { input?: number }): Task<number> {
  const { sys } = sh;
  const input = job.input ?? -1;
  const saved = sys.dupAside(0, 10);
  sys.dup(input, 0);
  sys.close(input);
  let status: number;
  try {
    status = yield* run(sh, c.cmds.at(-1) as Command);
  } finally {
    if (isErrno(saved)) sys.close(0);
    else {
      sys.dup(saved, 0);
      sys.close(saved);
    }
  }
  yield* waitForeground(sh, job);
  sh.pipeStatus = [...job.procs.map((proc) => (proc.status === undefined ? 0 : statusOf(proc.status))), status];
  return sh.state.options.has("pipefail") ? (sh.pipeStatus.findLast((item) => item !== 0) ?? 0) : status;
}

function* runSubshell(sh: Shell, c: Extract<Command, { t: "sub" }>): Task<number> {
  yield* pollSignals(sh);
  const pid = yield* startChild(sh, { group: true }, function* (child) {
    if (!(yield* applyRedirects(child, c.redirs))) return 1;
    return yield* runList(child, c.body);
  });
  return yield* waitForeground(sh, { procs: [{ pid }], pgid: pid, command: () => printCommand(c) });
}

// --- simple commands ---

function* runSimple(sh: Shell, c: Extract<Command, { t: "simple" }>, tail: boolean): Task<number> {
  yield* pollSignals(sh);
  sh.line = c.line;
  sh.substitution = undefined;
  if (sh.inTrap.size === 0) sh.command = c;
  if (sh.state.traps.has("DEBUG") && (sh.frames.length === 0 || sh.state.options.has("functrace"))) {
    yield* runNamedTrap(sh, "DEBUG");
    sh.line = c.line;
  }
  const { argv, arrays } = yield* expandCommand(sh, c);
  try {
    if (argv.length === 0) return yield* runAssignments(sh, c);
    return yield* runWords(sh, c, argv, arrays, tail);
  } finally {
    closeConnections(sh);
  }
}

function* runWords(
  sh: Shell,
  c: Extract<Command, { t: "simple" }>,
  argv: string[],
  arrays: Map<number, ArrayValue>,
  tail: boolean,
): Task<number> {
  const temporary = yield* expandTemporary(sh, c.assigns);
  if (sh.state.options.has("xtrace")) yield* trace(sh, argv.map(quoteIfNeeded).join(" "));
  const name = argv[0] as string;
  const status = yield* runNamed(sh, name, argv, { arrays, temporary, redirs: c.redirs, tail, command: c });
  sh.lastArg = argv.at(-1) ?? "";
  return status;
}

interface Call {
  readonly arrays: Map<number, ArrayValue>;
  readonly temporary: Temporary;
  readonly redirs: readonly Redirect[] | undefined;
  readonly tail: boolean;
  readonly command?: Command;
  readonly noFunctions?: boolean;
  readonly builtinOnly?: boolean;
  readonly path?: string | undefined;
}

const NO_CALL: Call = { arrays: new Map(), temporary: [], redirs: undefined, tail: false };

/** Finds what a name means and runs it: a function, a builtin, a program. */
function* runNamed(sh: Shell, name: string, argv: string[], call: Call): Task<number> {
  const definition = call.noFunctions ? undefined : sh.state.functions.get(name);
  if (definition !== undefined && !call.builtinOnly) {
    return yield* withRedirects(
      sh,
      call.redirs,
      withTemporary(sh, call.temporary, () => callFunction(sh, name, argv)),
    );
  }
  const builtin = yield* findBuiltin(sh, name);
  if (builtin !== undefined) {
    if (name === "exec") return yield* runExec(sh, builtin, argv, call);
    return yield* withRedirects(
      sh,
      call.redirs,
      withTemporary(sh, call.temporary, () => runBuiltin(sh, builtin, argv, call.arrays)),
    );
  }
  return yield* runExternal(sh, name, argv, call);
}

function* runBuiltin(sh: Shell, builtin: Builtin, argv: string[], arrays: Map<number, ArrayValue>): Task<number> {
  const before = sh.builtin;
  sh.builtin = argv[0] as string;
  try {
    return yield* builtin.run(sh, argv.slice(1), arrays);
  } finally {
    sh.builtin = before;
  }
}

/** `exec`: redirections stay; with words, the shell becomes the program. */
function* runExec(sh: Shell, builtin: Builtin, argv: string[], call: Call): Task<number> {
  if (!(yield* applyRedirects(sh, call.redirs))) return 1;
  sh.procSubs = [];
  return yield* withTemporary(sh, call.temporary, () => runBuiltin(sh, builtin, argv, call.arrays));
}

function* runExternal(sh: Shell, name: string, argv: string[], call: Call): Task<number> {
  const found = findProgram(sh, name, call.temporary.findLast(([key]) => key === "PATH")?.[1] ?? call.path);
  if (found === undefined) {
    const handler = sh.state.functions.has("command_not_found_handle");
    return yield* withRedirects(
      sh,
      call.redirs,
      handler
        ? callFunction(sh, "command_not_found_handle", ["command_not_found_handle", ...argv])
        : notFound(sh, name),
    );
  }
  const env = () => Object.fromEntries([...call.temporary].reverse());
  if (call.tail) {
    if (!(yield* applyRedirects(sh, call.redirs))) return 1;
    return yield* runProgram(sh, found, argv, env());
  }
  const pid = yield* startChild(sh, { group: true }, function* (child) {
    if (!(yield* applyRedirects(child, call.redirs))) return 1;
    return yield* runProgram(child, found, argv, env());
  });
  const command = call.command;
  return yield* waitForeground(sh, {
    procs: [{ pid }],
    pgid: pid,
    command: () => (command === undefined ? argv.join(" ") : printCommand(command)),
  });
}

function* notFound(sh: Shell, name: string): Task<number> {
  sh.builtin = "";
  yield* complain(sh, `${/[\0-\x1f\x7f]/.test(name) ? quoteForInput(name) : name}: command not found`);
  return 127;
}

// --- functions ---

function* defineFunction(sh: Shell, c: Extract<Command, { t: "func" }>): Task<number> {
  const known = sh.state.functions.get(c.name);
  if (known !== undefined && sh.state.completions.has(`readonly-function:${c.name}`)) {
    yield* complain(sh, `${c.name}: readonly function`);
    return 1;
  }
  const source =
    sh.frames.findLast((frame) => frame.source !== "")?.source ??
    (sh.commandString ? "environment" : sh.state.options.has("stdin") ? "main" : sh.state.name);
  sh.state.functions.set(c.name, Object.freeze({ body: c.body, line: c.line, source }));
  return 0;
}

/** Calls a function with its own parameters and scope. */
export function* callFunction(sh: Shell, name: string, argv: readonly string[]): Task<number> {
  const definition = sh.state.functions.get(name);
  if (definition === undefined) return 127;
  const limit = Number(getValue(sh, "FUNCNEST") ?? 0);
  yield* deeper(sh, `${name}: maximum function nesting level exceeded`, limit > 0 ? limit : MAX_NESTING);
  const { params } = sh.state;
  const { loops, line, builtin } = sh;
  const scope = new Map<string, Variable>();
  sh.state.scopes.push(scope);
  sh.state.params = argv.slice(1);
  sh.frames.push({ name, line, source: definition.source, kind: "function" });
  // A RETURN trap is a function's own unless `set -T` hands it down.
  const { traps } = sh.state;
  const traced = sh.state.options.has("functrace") || sh.state.completions.has(`traced-function:${name}`);
  const outer = traced ? undefined : traps.get("RETURN");
  if (outer !== undefined) traps.delete("RETURN");
  sh.loops = 0;
  sh.builtin = "";
  try {
    if (traced && traps.has("DEBUG")) yield* runNamedTrap(sh, "DEBUG");
    return yield* run(sh, definition.body);
  } catch (jump) {
    if (!(jump instanceof Return)) throw jump;
    return jump.status;
  } finally {
    sh.nesting -= 1;
    sh.frames.pop();
    sh.state.scopes = sh.state.scopes.slice(0, sh.state.scopes.indexOf(scope));
    sh.state.params = params;
    Object.assign(sh, { loops, line, builtin });
    if (traps.has("RETURN")) yield* runNamedTrap(sh, "RETURN");
    if (outer !== undefined) traps.set("RETURN", outer);
  }
}

/** Runs words as a command, for `command`, `builtin`, `select` and the like. */
export function* runArgv(
  sh: Shell,
  argv: readonly string[],
  options: { path?: string; noFunctions?: boolean; builtinOnly?: boolean } = {},
): Task<number> {
  const name = argv[0];
  if (name === undefined) return 0;
  return yield* runNamed(sh, name, [...argv], { ...NO_CALL, ...options });
}
