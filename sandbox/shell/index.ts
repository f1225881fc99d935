// bash: the program. Reads its options, sets up a shell, runs what it is given, and takes up an interactive shell again after undo.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { storeValue } from "./assign.ts";
import { SHOPT_NAMES, setLetters, setOption } from "./builtins/set.ts";
import { readHistory, saveHistory } from "./history.ts";
import { interact } from "./interact.ts";
import { waitFor } from "./jobs.ts";
import { loadMore } from "./load.ts";
import { parseUnit } from "./parse.ts";
import { capture, connect, finishShell } from "./process.ts";
import { cannotRun } from "./program.ts";
import { descriptorLines, evaluateText, readAndRun, reportFaults, runScript } from "./reader.ts";
import { runArgv } from "./run.ts";
import { guardShell } from "./signals.ts";
import {
  createShell,
  createState,
  Discard,
  Exit,
  keepState,
  messagePrefix,
  Return,
  type Runner,
  type Shell,
  type ShellState,
} from "./state.ts";
import { getValue, importEnvironment, rawVariable } from "./vars.ts";

const runner: Runner = {
  capture,
  *captureText(sh, text) {
    const unit = parseUnit(text, 0, { final: true, extglob: sh.state.shopt.has("extglob"), line: sh.line });
    if (unit.kind === "ok" && unit.next >= text.trimEnd().length) return yield* capture(sh, unit.list);
    if (unit.kind === "error") {
      yield* reportFaults(sh, unit.faults, "command substitution");
      sh.substitution = 2;
      return "";
    }
    // Several lines: the child reads them one by one.
    const word = { parts: [], raw: "eval", plain: "eval" };
    const argument = { parts: [{ k: "quo" as const, s: text }], raw: text };
    return yield* capture(sh, {
      t: "list",
      items: [{ c: { t: "simple", assigns: [], words: [word, argument], line: sh.line } }],
    });
  },
  connect,
  evaluate: evaluateText,
  command: runArgv,
  *store(sh, param, value) {
    if (/^[^A-Za-z_]/.test(param.name)) {
      yield* sh.sys.write(2, `${messagePrefix(sh)}$${param.name}: cannot assign in this way\n`);
      throw new Discard(1);
    }
    const sub = param.sub === "@" || param.sub === "*" ? undefined : param.sub;
    yield* storeValue(sh, param.name, value, { sub });
  },
  *replace(sh, path, argv, env) {
    const failed = yield* sh.sys.exec(path, argv, env);
    if (failed.code !== "ENOEXEC") return yield* cannotRun(sh, path, failed.code, failed.text);
    const bytes = sh.sys.readFile(path);
    if (isErrno(bytes)) return yield* cannotRun(sh, path, bytes.code, bytes.text);
    if (bytes.subarray(0, 80).includes(0) || decode(bytes.subarray(0, 4)) === "\x7fELF") {
      sh.builtin = "";
      yield* sh.sys.write(2, `${messagePrefix(sh)}${path}: cannot execute binary file: Exec format error\n`);
      return 126;
    }
    for (const name of Object.keys(sh.sys.env)) delete sh.sys.env[name];
    Object.assign(sh.sys.env, env);
    sh.sys.setComm(path.slice(path.lastIndexOf("/") + 1));
    return yield* main(sh.sys, ["bash", path, ...argv.slice(1)]);
  },
};

interface Options {
  command?: string;
  stdin: boolean;
  interactive: boolean;
  login: boolean;
  norc: boolean;
  noprofile: boolean;
  noediting: boolean;
  rcfile?: string;
  posix: boolean;
  dump: boolean;
  readonly letters: string[];
  readonly long: [string, boolean][];
  readonly shopts: [string, boolean][];
  rest: readonly string[];
}

/** Reads the command line; a number is the status to end with. */
function* readOptions(sys: Sys, argv: readonly string[]): Task<Options | number> {
  const name = (argv[0] ?? "bash").replace(/^-/, "").split("/").at(-1) ?? "bash";
  const options: Options = {
    stdin: false,
    interactive: false,
    login: argv[0]?.startsWith("-") ?? false,
    norc: false,
    noprofile: false,
    noediting: false,
    posix: name === "sh",
    dump: false,
    letters: [],
    long: [],
    shopts: [],
    rest: [],
  };
  let wantsCommand = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const arg = argv[at] as string;
    if (arg === "--" || arg === "-") {
      at += 1;
      break;
    }
    if (arg.startsWith("--")) {
      const status = yield* longOption(sys, arg.slice(2), argv, at, options, name);
      if (typeof status === "number") return status;
      if (status === "next") at += 1;
      continue;
    }
    if (!/^[-+]./.test(arg)) break;
    for (const letter of arg.slice(1)) {
      const sign = arg[0] === "-";
      if (letter === "c") wantsCommand = true;
      else if (letter === "s") options.stdin = true;
      else if (letter === "i") options.interactive = true;
      else if (letter === "l") options.login = true;
      else if (letter === "o" || letter === "O") {
        const value = argv[at + 1];
        if (value !== undefined) (letter === "o" ? options.long : options.shopts).push([value, sign]);
        at += 1;
      } else if ("abefhkmnptuvxBCEHPTrD".includes(letter)) options.letters.push(`${arg[0]}${letter}`);
      else {
        yield* sys.write(
          2,
          `${argv[0]}: ${arg[0]}${letter}: invalid option\n${(yield* loadMore({ sys })).optionText("usage", argv[0] ?? "bash")}`,
        );
        return 2;
      }
    }
  }
  if (wantsCommand) {
    const text = argv[at];
    if (text === undefined) {
      yield* sys.write(2, `${argv[0]}: -c: option requires an argument\n`);
      return 2;
    }
    options.command = text;
    at += 1;
  }
  options.rest = argv.slice(at);
  return options;
}

function* longOption(
  sys: Sys,
  option: string,
  argv: readonly string[],
  at: number,
  options: Options,
  name: string,
): Task<number | "next" | undefined> {
  switch (option) {
    case "login":
      options.login = true;
      return undefined;
    case "norc":
      options.norc = true;
      return undefined;
    case "noprofile":
      options.noprofile = true;
      return undefined;
    case "noediting":
      options.noediting = true;
      return undefined;
    case "posix":
      options.posix = true;
      return undefined;
    case "verbose":
      options.letters.push("-v");
      return undefined;
    case "debug":
    case "debugger":
    case "restricted":
    case "pretty-print":
      return undefined;
    case "rcfile":
    case "init-file":
      options.rcfile = argv[at + 1] ?? "";
      return "next";
    case "version":
      yield* sys.write(1, (yield* loadMore({ sys })).optionText("version", name));
      return 0;
    case "help":
      yield* sys.write(1, (yield* loadMore({ sys })).optionText("help", name));
      return 0;
    default:
      yield* sys.write(
        2,
        `${argv[0]}: --${option}: invalid option\n${(yield* loadMore({ sys })).optionText("usage", argv[0] ?? "bash")}`,
      );
      return 2;
  }
}

/** Reads a start-up file where there is one. */
function* readStartFile(sh: Shell, path: string): Task<void> {
  const bytes = sh.sys.readFile(path);
  if (isErrno(bytes)) return;
  try {
    yield* evaluateText(sh, decode(bytes), { source: path, line: 1 });
  } catch (jump) {
    if (!(jump instanceof Discard)) throw jump;
  }
}

function* readStartFiles(sh: Shell, options: Options): Task<void> {
  const home = getValue(sh, "HOME") ?? "";
  const { interactive } = sh.state;
  if (options.login && !options.noprofile) {
    yield* readStartFile(sh, "/etc/profile");
    const own = options.posix ? [".profile"] : [".bash_profile", ".bash_login", ".profile"];
    const first = own.map((name) => `${home}/${name}`).find((path) => sh.sys.access(path, "r") === undefined);
    if (first !== undefined) yield* readStartFile(sh, first);
  } else if (interactive && !options.norc && !options.posix) {
    if (options.rcfile !== undefined) yield* readStartFile(sh, options.rcfile);
    else {
      yield* readStartFile(sh, "/etc/bash.bashrc");
      yield* readStartFile(sh, `${home}/.bashrc`);
    }
  } else if (!interactive) {
    const path = getValue(sh, options.posix ? "" : "BASH_ENV");
    if (path !== undefined && path !== "") yield* readStartFile(sh, path);
  }
  sh.state.status = 0;
}

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  const options = yield* readOptions(sys, argv);
  if (typeof options === "number") return options;
  const script = options.command === undefined && !options.stdin ? options.rest[0] : undefined;
  const name = options.command !== undefined ? (options.rest[0] ?? argv[0] ?? "bash") : (script ?? argv[0] ?? "bash");
  const state = createState(sys, name);
  const sh = createShell(sys, state, runner);
  state.params = options.command !== undefined || script !== undefined ? options.rest.slice(1) : [...options.rest];
  state.login = options.login;
  state.interactive =
    options.interactive || (options.command === undefined && script === undefined && sys.isatty(0) && sys.isatty(2));
  sh.commandString = options.command !== undefined;
  if (!sh.commandString && script === undefined) state.options.add("stdin");
  importEnvironment(sh);
  for (const [key, text] of Object.entries(sys.env)) {
    const found = /^BASH_FUNC_(.+)%%$/.exec(key)?.[1];
    if (found === undefined || !text.startsWith("() {")) continue;
    yield* evaluateText(sh, `${found} ${text}`);
    state.completions.set(`exported-function:${found}`, "");
  }
  if (options.posix) state.options.add("posix");
  if (options.login) state.shopt.add("login_shell");
  for (const text of options.letters) setLetters(sh, text);
  for (const [option, on] of options.long) {
    if (setOption(sh, option, on)) continue;
    yield* sys.write(2, `${argv[0]}: line 0: ${argv[0]}: ${option}: invalid option name\n`);
    return 2;
  }
  for (const [option, on] of options.shopts) {
    if (!(SHOPT_NAMES as readonly string[]).includes(option)) {
      yield* sys.write(2, `${argv[0]}: ${option}: invalid shell option name\n`);
      return 2;
    }
    if (on) state.shopt.add(option);
    else state.shopt.delete(option);
  }
  sh.lastArg = sys.env._ ?? argv[0] ?? "";
  if (state.interactive && options.command === undefined) return yield* runInteractive(sh, options);
  // `bash -ic` has a person's start files, aliases and job control, and no prompt.
  if (state.interactive) {
    for (const option of ["histexpand", "history", "monitor"]) state.options.add(option);
    state.shopt.add("expand_aliases");
    takeTerminal(sh);
  }
  return yield* endShell(sh, runPlain(sh, options, script));
}

/** Runs a shell's work to its end, with the EXIT trap. */
function* endShell(sh: Shell, body: Task<number>): Task<number> {
  return (yield* finishShell(sh, body)) & 255;
}

function* runPlain(sh: Shell, options: Options, script: string | undefined): Task<number> {
  const { sys } = sh;
  yield* readStartFiles(sh, options);
  if (options.command !== undefined) return yield* runScript(sh, options.command, "-c", true);
  if (script === undefined) {
    const at = { line: 1 };
    const source = descriptorLines(sh, 0);
    while ((yield* readAndRun(sh, source, at)) === "done") {}
    return sh.state.status;
  }
  const bytes = sys.readFile(script);
  const stat = sys.stat(script);
  const shell = options.login ? "bash" : (sys.argv[0] ?? "bash");
  const plainName = shell.split("/").at(-1) ?? "bash";
  if (!isErrno(stat) && stat.type === "directory") {
    yield* sys.write(2, `${script}: ${script}: Is a directory\n`);
    return 126;
  }
  if (isErrno(bytes)) {
    const piped = bytes.code === "EINVAL" ? sys.open(script, { read: true }) : bytes;
    if (isErrno(piped)) {
      yield* sys.write(2, `${plainName}: ${script}: ${bytes.text}\n`);
      return bytes.code === "ENOENT" ? 127 : 126;
    }
    const source = descriptorLines(sh, piped);
    const at = { line: 1 };
    while ((yield* readAndRun(sh, source, at)) === "done") {}
    return sh.state.status;
  }
  const text = decode(bytes);
  if (text.slice(0, 80).includes("\0")) {
    yield* sys.write(2, `${script}: ${script}: cannot execute binary file\n`);
    return 126;
  }
  return yield* runScript(sh, text, undefined, false);
}

function* runInteractive(sh: Shell, options: Options): Task<number> {
  const { state, sys } = sh;
  for (const option of ["histexpand", "history", "monitor"]) state.options.add(option);
  if (!options.noediting && sys.isatty(0)) state.options.add("emacs");
  state.shopt.add("expand_aliases");
  const scope = state.scopes[0];
  const fallback = (name: string, value: string) =>
    scope?.get(name)?.value === undefined && scope?.set(name, { value, flags: scope.get(name)?.flags ?? "" });
  fallback("PS1", "\\s-\\v\\$ ");
  fallback("PS2", "> ");
  takeTerminal(sh);
  keepState(sys, state);
  return yield* endShell(sh, interactiveBody(sh, options));
}

/** Process group, terminal and signals of an interactive shell. */
function takeTerminal(sh: Shell): void {
  const { sys } = sh;
  guardShell(sh);
  if (!sys.isatty(0)) return;
  if (sys.info.pgid !== sys.pid) sys.setpgid(0, sys.pid);
  sys.tcsetpgrp(0, sys.info.pgid);
  sh.jobControl = sh.state.options.has("monitor");
}

function* interactiveBody(sh: Shell, options: Options): Task<number> {
  const { state } = sh;
  try {
    yield* readStartFiles(sh, options);
  } catch (jump) {
    if (jump instanceof Exit) return jump.status;
    if (!(jump instanceof Return)) throw jump;
  }
  const home = getValue(sh, "HOME") ?? "";
  const fallback = (name: string, value: string) =>
    rawVariable(sh, name)?.value === undefined && state.scopes[0]?.set(name, { value, flags: "" });
  fallback("HISTFILE", `${home}/.bash_history`);
  fallback("HISTSIZE", "500");
  fallback("HISTFILESIZE", getValue(sh, "HISTSIZE") ?? "500");
  readHistory(sh, getValue(sh, "HISTFILE") ?? "");
  return yield* converse(sh);
}

/** The life of an interactive shell from its first prompt on. */
function* converse(sh: Shell): Task<number> {
  try {
    return yield* interact(sh);
  } catch (jump) {
    if (jump instanceof Exit) return jump.status;
    throw jump;
  } finally {
    saveHistory(sh);
  }
}

/** Takes up an interactive shell from what it kept; others end as if the terminal had gone. */
function* resume(sys: Sys): Task<number> {
  const state = sys.kept as unknown as ShellState | undefined;
  if (state === undefined || !state.interactive) {
    sys.kill(sys.pid, "SIGHUP");
    yield* sys.rest();
    return 129;
  }
  state.scopes.length = 1;
  const sh = createShell(sys, state, runner);
  // Children in flight did not survive.
  state.jobs = state.jobs.filter((job) => job.procs.some((proc) => sys.process(proc.pid)?.ppid === sys.pid));
  // A shell within this one has survived, too, and is in front; one whose starter (sudo, su) did not survive goes with it.
  const inner = sys
    .processes()
    .find((each) => each.ppid === sys.pid && /^(ba)?sh$/.test(each.comm) && each.state !== "Z");
  if (inner !== undefined && !state.jobs.some((job) => job.procs.some((proc) => proc.pid === inner.pid)))
    yield* waitFor(sh, inner.pid);
  else if (sys.info.ppid === 1 && sys.info.sid !== sys.pid && sys.info.tty !== undefined) {
    sys.kill(sys.pid, "SIGKILL");
    yield* sys.rest();
  }
  takeTerminal(sh);
  // What was on the line belongs to what did not survive.
  if (sys.isatty(0)) yield* sys.write(2, "\r\x1b[K");
  return yield* endShell(sh, converse(sh));
}

export const bash: Program = { name: "bash", main, resume };
