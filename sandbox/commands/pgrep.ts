// pgrep, pkill, pidof and killall: processes by name, found or signalled.

import type { SignalName } from "../kernel/signal.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { compile, isRegexError, type Regex } from "../lib/regex/regex.ts";
import { findGroup, findUser } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";
import { readSignal } from "./kill.ts";

const OPTIONS = `
    c,count  count of matching processes
    d,delimiter=string  specify output delimiter
    e,echo  display what is killed
    l,list-name  list PID and process name
    a,list-full  list PID and full command line
    v,inverse  negates the matching
    w,lightweight  list all TID
    f,full  use full process name to match
    g,pgroup=PGID,...  match listed process group IDs
    G,group=GID,...  match real group IDs
    H,require-handler  match only if signal handler is present
    i,ignore-case  match case insensitively
    n,newest  select most recently started
    o,oldest  select least recently started
    O,older=seconds  select where older than seconds
    P,parent=PPID,...  match only child processes of the given parent
    s,session=SID,...  match session IDs
    ,signal=sig  signal to send (either number or name)
    t,terminal=tty,...  match by controlling terminal
    u,euid=ID,...  match by effective IDs
    U,uid=ID,...  match by real IDs
    x,exact  match exactly with the command name
    F,pidfile=file  read PIDs from file
    L,logpidfile  fail if PID file is not locked
    r,runstates=state  match runstates [D,S,Z,...]
    ,ns=PID  match the processes that belong to the same namespace
    A,ignore-ancestors  exclude our ancestors from results
    q,queue=value  integer value to be sent with the signal
    h,help  display this help and exit
    V,version  output version information and exit`;

function ids(sys: Sys, text: string, kind: "user" | "group"): number[] | string {
  const result: number[] = [];
  for (const word of text.split(",")) {
    const id = /^\d+$/.test(word)
      ? Number(word)
      : kind === "user"
        ? findUser(sys, word)?.uid
        : findGroup(sys, word)?.gid;
    if (id === undefined) return word;
    result.push(id);
  }
  return result;
}

/** All tests of the options as one; the program ends where one is wrong. */
function* readTests(io: Io, sys: Sys): Task<(process: ProcessInfo) => boolean> {
  const tests: ((process: ProcessInfo) => boolean)[] = [];
  for (const [key, value = ""] of io.options) {
    if (key === "u" || key === "U" || key === "G") {
      const list = ids(sys, value, key === "G" ? "group" : "user");
      if (typeof list === "string") return yield* io.die(2, `invalid ${key === "G" ? "group" : "user"} name: ${list}`);
      tests.push((process) => list.includes(key === "u" ? process.euid : key === "U" ? process.uid : process.gid));
    }
    if (key === "P" || key === "g" || key === "s") {
      const list = value.split(",").map(Number);
      if (list.some(Number.isNaN)) return yield* io.die(2, `not a number: ${value}`);
      const me = sys.info;
      const own = list.map((one) => (one !== 0 || key === "P" ? one : key === "g" ? me.pgid : me.sid));
      tests.push((process) => own.includes(key === "P" ? process.ppid : key === "g" ? process.pgid : process.sid));
    }
    if (key === "t") tests.push((process) => value.split(",").includes(process.tty ?? "-"));
    if (key === "r") tests.push((process) => value.includes(process.state));
    if (key === "O") tests.push((process) => (sys.now() - process.startTime) / 1000 >= Number(value));
  }
  return (process) => tests.every((test) => test(process));
}

function* runGrep(io: Io, sys: Sys, signal: SignalName | 0 | undefined): Task<number> {
  const pattern = io.operands[0];
  const help = `Try \`${io.name} --help' for more information.`;
  const filters = io.options.some(([key]) => "gGPstuUrOF".includes(key) || key === "ns");
  if (io.operands.length > 1) {
    io.warn("only one pattern can be provided");
    io.printError(`${help}\n`);
    return 2;
  }
  if (pattern === undefined && !filters) {
    io.warn("no matching criteria specified");
    io.printError(`${help}\n`);
    return 2;
  }
  const accepts = yield* readTests(io, sys);
  let regex: Regex | undefined;
  if (pattern !== undefined) {
    const compiled = compile(io.has("x") ? `^(${pattern})$` : pattern, { syntax: "extended", ignoreCase: io.has("i") });
    if (isRegexError(compiled)) return yield* io.die(2, compiled.error);
    regex = compiled;
  }
  if (pattern !== undefined && pattern.length > 15 && !io.has("f") && signal === undefined) {
    io.warn("pattern that searches for process name longer than 15 characters will result in zero matches");
    io.printError(`Try \`${io.name} -f' option to match against the complete command line.\n`);
  }
  const full = (process: ProcessInfo) => (process.argv.length > 0 ? process.argv.join(" ") : process.comm);
  let found = sys.processes().filter((process) => {
    if (process.pid === sys.pid || process.pid === undefined) return false;
    const matches = accepts(process) && (regex === undefined || regex.test(io.has("f") ? full(process) : process.comm));
    return matches !== io.has("v");
  });
  found = found.sort((a, b) => a.pid - b.pid);
  if (io.has("n") || io.has("o")) {
    const sorted = [...found].sort((a, b) => a.startTime - b.startTime || a.pid - b.pid);
    const one = io.has("n") ? sorted.at(-1) : sorted[0];
    found = one === undefined ? [] : [one];
  }
  if (signal !== undefined) return yield* signalAll(io, sys, found, signal);
  if (io.has("c")) io.print(`${found.length}\n`);
  else if (found.length > 0) {
    const lines = found.map(
      (process) => `${process.pid}${io.has("a") ? ` ${full(process)}` : io.has("l") ? ` ${process.comm}` : ""}`,
    );
    io.print(`${lines.join(io.value("d") ?? "\n")}\n`);
  }
  return found.length > 0 ? 0 : 1;
}

function* signalAll(io: Io, sys: Sys, found: readonly ProcessInfo[], signal: SignalName | 0): Task<number> {
  let done = 0;
  for (const process of found) {
    const problem = sys.kill(process.pid, signal);
    if (problem === undefined) {
      done += 1;
      if (io.has("e")) io.print(`${process.comm} killed (pid ${process.pid})\n`);
    } else if (problem.code !== "ESRCH") io.warn(`killing pid ${process.pid} failed: ${problem.text}`);
  }
  if (io.has("c")) io.print(`${found.length}\n`);
  return done > 0 ? 0 : 1;
}

const COMMON = {
  package: "procps",
  usageStatus: 2,
  usage: ["[options] <pattern>"],
} as const;

export const pgrep = defineCommand({
  ...COMMON,
  name: "pgrep",
  summary: "Look up processes based on name and other attributes.",
  options: OPTIONS,
  hint: "Try `pgrep --help' for more information.",
  run: (io, sys) => runGrep(io, sys, undefined),
});

export const pkill = defineCommand({
  ...COMMON,
  name: "pkill",
  summary: "Signal processes based on name and other attributes.",
  options: OPTIONS,
  hint: "Try `pkill --help' for more information.",
  // A signal stands before all else: -HUP, -9.
  prepare: (args) => {
    const at = args.findIndex((word) => /^-[A-Z0-9]/.test(word) && readSignal(word.slice(1)) !== undefined);
    return at < 0 ? args : [`--signal=${(args[at] ?? "").slice(1)}`, ...args.slice(0, at), ...args.slice(at + 1)];
  },
  *run(io, sys) {
    const word = io.value("signal") ?? "TERM";
    const signal = readSignal(word);
    if (signal === undefined) {
      io.warn(`Unknown signal "${word}".`);
      return yield* io.usageError("");
    }
    return yield* runGrep(io, sys, signal);
  },
});

export const pidof = defineCommand({
  name: "pidof",
  package: "procps",
  summary: "Find the process ID of a running program.",
  usage: ["[options] [program [...]]"],
  options: `
    s,single-shot  return one PID only
    c,check-root  omit processes with different root
    q  quiet mode, only set the exit code
    w,with-workers  show kernel workers too
    x  also find shells running the named scripts
    o,omit-pid=PID,...  omit processes with PID
    t,lightweight  list threads too
    S,separator=SEP  use SEP as separator put between PIDs
    h,help  display this help and exit
    V,version  output version information and exit`,
  *run(io, sys) {
    const omit = new Set((io.value("o") ?? "").split(",").map((word) => (word === "%PPID" ? sys.ppid : Number(word))));
    const found: number[] = [];
    for (const name of io.operands) {
      const base = name.slice(name.lastIndexOf("/") + 1);
      for (const process of sys.processes()) {
        const first = (process.argv[0] ?? "").replace(/^-/, "");
        const own = name.includes("/")
          ? first === name || process.exe === name
          : first.slice(first.lastIndexOf("/") + 1) === base ||
            process.exe.slice(process.exe.lastIndexOf("/") + 1) === base;
        const worker = io.has("w") && process.argv.length === 0 && process.comm === name;
        const script = io.has("x") && (process.argv[1] ?? "").endsWith(base) && process.argv.length > 1;
        if ((own || worker || script) && process.pid !== sys.pid && !omit.has(process.pid)) found.push(process.pid);
      }
    }
    found.sort((a, b) => b - a);
    const shown = io.has("s") ? found.slice(0, 1) : found;
    if (shown.length > 0 && !io.has("q")) io.print(`${shown.join(io.value("S") ?? " ")}\n`);
    return shown.length > 0 ? 0 : 1;
  },
});

export const killall = defineCommand({
  name: "killall",
  package: "psmisc",
  summary: "Kill processes by name.",
  usage: ["[OPTION]... [--] NAME..."],
  options: `
    e,exact  require exact match for very long names
    I,ignore-case  case insensitive process name match
    g,process-group  kill process group instead of process
    i,interactive  ask for confirmation before killing
    l,list  list all known signal names
    n,ns=PID  match processes that belong to the same namespaces
    o,older-than=TIME  kill processes older than TIME
    q,quiet  don't print complaints
    r,regexp  interpret NAME as an extended regular expression
    s,signal=SIGNAL  send this signal instead of SIGTERM
    u,user=USER  kill only processes running as USER
    v,verbose  report if the signal was successfully sent
    V,version  display version information
    w,wait  wait for processes to die
    y,younger-than=TIME  kill processes younger than TIME
    Z,context=REGEXP  kill only processes having context`,
  prepare: (args) => {
    const at = args.findIndex((word) => /^-[A-Z0-9]{2,}$|^-\d+$/.test(word) && readSignal(word.slice(1)) !== undefined);
    return at < 0 ? args : args.with(at, `--signal=${(args[at] ?? "").slice(1)}`);
  },
  *run(io, sys) {
    const word = io.value("s") ?? "TERM";
    const signal = readSignal(word);
    if (signal === undefined) {
      io.printError(`${word}: unknown signal; ${io.name} -l lists signals.\n`);
      return 1;
    }
    if (io.operands.length === 0 && !io.has("u")) {
      io.printError(
        "Usage: killall [OPTION]... [--] NAME...\n       killall -l, --list\n       killall -V, --version\n",
      );
      return 1;
    }
    const uid = io.has("u") ? findUser(sys, io.value("u") ?? "")?.uid : undefined;
    if (io.has("u") && uid === undefined) return yield* io.die(1, `Cannot find user ${io.value("u")}`);
    const wanted: number[] = [];
    for (const name of io.operands.length > 0 ? io.operands : [undefined]) {
      const regex =
        io.has("r") && name !== undefined ? compile(name, { syntax: "extended", ignoreCase: io.has("I") }) : undefined;
      const same = (process: ProcessInfo) => {
        if (name === undefined) return true;
        if (regex !== undefined && !isRegexError(regex)) return regex.test(process.comm);
        if (name.includes("/")) return process.exe === name;
        const [a, b] = io.has("I") ? [process.comm.toLowerCase(), name.toLowerCase()] : [process.comm, name];
        return a === b.slice(0, 15);
      };
      const found = sys
        .processes()
        .filter(
          (process) =>
            same(process) && process.pid !== sys.pid && process.pid > 1 && (uid === undefined || process.uid === uid),
        );
      let sent = 0;
      for (const process of found) {
        const problem = sys.kill(process.pid, signal);
        if (problem === undefined) {
          sent += 1;
          wanted.push(process.pid);
          if (io.has("v"))
            io.printError(`Killed ${process.comm}(${process.pid}) with signal ${signal === 0 ? 0 : word}\n`);
        } else io.printError(`${process.comm}(${process.pid}): ${problem.text}\n`);
      }
      if (sent > 0) continue;
      if (!io.has("q")) io.printError(`${name ?? io.value("u")}: no process found\n`);
      io.status = 1;
    }
    if (io.has("w")) yield* sys.waitUntil(() => wanted.every((pid) => sys.process(pid) === undefined));
    return undefined;
  },
});
