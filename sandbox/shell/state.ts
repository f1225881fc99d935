// What a shell remembers: plain data, so that it survives snapshots, and the running shell around it.

import { isErrno } from "../kernel/errno.ts";
import { SIGNALS, type SignalName } from "../kernel/signal.ts";
import type { Data, ExitStatus, Sys, Task } from "../kernel/sys.ts";
import type { Command, List, Param, Redirect } from "./ast.ts";

/** A variable. One of `value`, `list` and `map`; none while it is only declared. */
export interface Variable {
  value?: string;
  list?: Map<number, string>;
  map?: Map<string, string>;
  /** Attributes as `declare -p` shows them: letters of `aAilnrtux`. */
  flags: string;
}

/** A job of the job table. */
export interface Job {
  id: number;
  pgid: number;
  /** Its processes, in the order of the pipeline. */
  procs: { pid: number; status?: ExitStatus }[];
  command: string;
  /** The user has been told of its present state. */
  told: boolean;
  /** It was sent to, or begun in, the background. */
  background: boolean;
  noHup?: boolean;
  /** It was stopped when a signal was sent to it: told once more as stopped before its end is seen. */
  killed?: boolean;
}

export interface FunctionDef {
  readonly body: Command;
  readonly redirs?: readonly Redirect[];
  readonly line: number;
  readonly source: string;
}

export interface ShellState {
  /** The innermost scope is last; the first is global. */
  scopes: Map<string, Variable>[];
  functions: Map<string, FunctionDef>;
  aliases: Map<string, string>;
  /** `set -o` options that are on, by long name. */
  options: Set<string>;
  shopt: Set<string>;
  params: string[];
  name: string;
  status: number;
  pid: number;
  lastJob: number;
  traps: Map<string, string>;
  history: string[];
  /** Number of the first entry of `history`. */
  historyBase: number;
  /** Entries read from the history file. */
  historyRead: number;
  /** Commands typed at the prompt, whatever the history keeps of them, and the last one. */
  typed: number;
  lastTyped: string;
  dirs: string[];
  jobs: Job[];
  hash: Map<string, { path: string; hits: number }>;
  cwd: string;
  interactive: boolean;
  login: boolean;
  /** Time at which `SECONDS` was 0. */
  started: number;
  random: number;
  completions: Map<string, string>;
}

/** Where a function was called. */
export interface Frame {
  readonly name: string;
  readonly line: number;
  readonly source: string;
  readonly kind: "function" | "source";
}

/** A running shell: its memory and what belongs to the moment. */
export interface Shell {
  sys: Sys;
  /** How commands are run, for the parts that must not know how. */
  readonly runner: Runner;
  readonly state: ShellState;
  /** Line of the command that runs, for messages and LINENO. */
  line: number;
  loops: number;
  /** How many lists of several commands are being run: an interrupted command gives them up. */
  lists: number;
  frames: Frame[];
  /** Above 0 where a failing command is being tested, so that `set -e` looks away. */
  tested: number;
  /** How deep in subshells. */
  depth: number;
  /** How deep in substitutions and evaluated texts: `set -x` shows it. */
  traced: number;
  /** Job control is on: pipelines get process groups of their own. */
  jobControl: boolean;
  /** Status of the last command substitution of the command that is being expanded. */
  substitution: number | undefined;
  pipeStatus: number[];
  lastArg: string;
  /** The command that runs, for BASH_COMMAND. */
  command: Command | undefined;
  /** Traps that are running, so that they do not begin again. */
  inTrap: Set<string>;
  /** Name in front of messages of the builtin that runs. */
  builtin: string;
  /** The shell reads `-c` text. */
  commandString: boolean;
  /** Input of the shell itself, where builtins may have to hand back what they did not use. */
  executing: string;
  procSubs: { fd: number; pid: number }[];
  coproc?: { pid: number; name: string };
  /** Signals that came and have not been acted upon. */
  pending: SignalName[];
  /** How the processes that are gone ended, for `wait`. */
  ended: Map<number, ExitStatus>;
  /** Descriptors put aside by redirections of running builtins and functions. */
  nesting: number;
  /** getopts' place inside a bundle of options. */
  optAt: number;
  /** `exit` was typed while jobs are stopped: the next one means it. */
  warned: boolean;
}

export interface EvalOptions {
  /** Name in front of messages about mistakes in the text. */
  readonly label?: string;
  /** A file is being read: `return` ends it. */
  readonly source?: string;
  readonly line?: number;
}

/** What expansion asks of the part that runs commands. */
export interface Runner {
  /** Output of a command list, as `$(…)` gives it. */
  capture(sh: Shell, list: List | undefined): Task<string>;
  /** The same for the text between backquotes. */
  captureText(sh: Shell, text: string): Task<string>;
  /** Parses and runs a text: `eval`, traps, prompts. */
  evaluate(sh: Shell, text: string, options?: EvalOptions): Task<number>;
  /** Runs a command given as words, functions left aside. */
  command(
    sh: Shell,
    argv: readonly string[],
    options?: { path?: string; noFunctions?: boolean; builtinOnly?: boolean },
  ): Task<number>;
  /** Replaces the process by a program; answers only where it fails. */
  replace(sh: Shell, path: string, argv: readonly string[], env: Record<string, string>): Task<number>;
  /** Assigns to the parameter of `${x:=value}`. */
  store(sh: Shell, param: Param, value: string): Task<void>;
  /** Path of a pipe to or from a command list. */
  connect(sh: Shell, dir: "<" | ">", list: List | undefined): Task<string>;
}

/** `break` and `continue`. */
export class LoopJump {
  readonly kind: "break" | "continue";
  count: number;
  constructor(kind: "break" | "continue", count: number) {
    this.kind = kind;
    this.count = count;
  }
}

/** `return` from a function or sourced file. */
export class Return {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** The shell ends. */
export class Exit {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** The rest of the line is given up: an error in an expansion, an interrupt. `fatal`: a shell that is not interactive ends. */
export class Discard {
  readonly status: number;
  readonly fatal: boolean;
  constructor(status: number, fatal = false) {
    this.status = status;
    this.fatal = fatal;
  }
}

/** A fresh state with bash's defaults. */
export function createState(sys: Sys, name: string): ShellState {
  return {
    scopes: [new Map()],
    functions: new Map(),
    aliases: new Map(),
    options: new Set(["braceexpand", "hashall", "interactive-comments"]),
    shopt: new Set([
      "checkwinsize",
      "cmdhist",
      "complete_fullquote",
      "extquote",
      "force_fignore",
      "globasciiranges",
      "globskipdots",
      "hostcomplete",
      "interactive_comments",
      "patsub_replacement",
      "progcomp",
      "promptvars",
      "sourcepath",
    ]),
    params: [],
    name,
    status: 0,
    pid: sys.pid,
    lastJob: 0,
    traps: new Map(),
    history: [],
    historyBase: 1,
    historyRead: 0,
    typed: 0,
    lastTyped: "",
    dirs: [],
    jobs: [],
    hash: new Map(),
    cwd: sys.getcwd(),
    interactive: false,
    login: false,
    started: sys.now(),
    random: new DataView(sys.random(4).buffer).getUint32(0),
    completions: new Map(),
  };
}

/** A shell around a state. */
export function createShell(sys: Sys, state: ShellState, runner: Runner): Shell {
  return {
    sys,
    state,
    runner,
    line: 1,
    loops: 0,
    lists: 0,
    frames: [],
    tested: 0,
    depth: 0,
    traced: 0,
    jobControl: false,
    substitution: undefined,
    pipeStatus: [0],
    lastArg: "",
    command: undefined,
    inTrap: new Set(),
    builtin: "",
    commandString: false,
    executing: "",
    procSubs: [],
    pending: [],
    ended: new Map(),
    nesting: 0,
    optAt: 1,
    warned: false,
  };
}

/** The shell of a child process: it has copies of everything and no children. Its `sys` is set when it begins. */
export function forkShell(sh: Shell): Shell {
  const { state } = sh;
  const copy: ShellState = {
    ...state,
    scopes: state.scopes.map(copyScope),
    functions: new Map(state.functions),
    aliases: new Map(state.aliases),
    options: new Set(state.options),
    shopt: new Set(state.shopt),
    params: [...state.params],
    traps: new Map(state.traps),
    history: [...state.history],
    dirs: [...state.dirs],
    jobs: state.jobs.map((job) => ({ ...job, procs: job.procs.map((proc) => ({ ...proc })) })),
    hash: new Map(state.hash),
    completions: state.completions,
  };
  return {
    ...sh,
    state: copy,
    depth: sh.depth + 1,
    jobControl: false,
    frames: [...sh.frames],
    inTrap: new Set(),
    procSubs: [],
    pipeStatus: [...sh.pipeStatus],
    pending: [],
    ended: new Map(),
  };
}

function copyScope(scope: ReadonlyMap<string, Variable>): Map<string, Variable> {
  const copy = new Map<string, Variable>();
  for (const [name, variable] of scope) {
    const twin: Variable = { ...variable };
    if (variable.list !== undefined) twin.list = new Map(variable.list);
    if (variable.map !== undefined) twin.map = new Map(variable.map);
    copy.set(name, twin);
  }
  return copy;
}

/** The state as the kernel keeps it. */
export function keepState(sys: Sys, state: ShellState): void {
  sys.kept = state as unknown as Data;
}

/** What stands in front of the shell's messages: `bash: ` at a prompt, `bash: line 3: ` in a script. */
export function messagePrefix(sh: Shell): string {
  const { state } = sh;
  if (state.interactive) return `${state.name.slice(state.name.lastIndexOf("/") + 1)}: `;
  const frame = sh.frames.findLast((item) => item.source !== "");
  return `${frame?.source ?? state.name}: line ${sh.line}: `;
}

/** A message of the shell on standard error; with `sh.builtin` set, under its name. */
export function* complain(sh: Shell, text: string): Task<void> {
  const name = sh.builtin === "" ? "" : `${sh.builtin}: `;
  yield* sh.sys.write(2, `${messagePrefix(sh)}${name}${text}\n`);
}

/** The exit status as `$?` has it. */
export function statusOf(status: ExitStatus): number {
  if (status.kind === "exited") return status.code;
  return 128 + SIGNALS[status.signal as SignalName];
}

/** Whether two paths are the same file. */
export function sameFile(sys: Sys, a: string, b: string): boolean {
  const [one, two] = [sys.stat(a), sys.stat(b)];
  return !isErrno(one) && !isErrno(two) && one.ino === two.ino && one.dev === two.dev;
}
