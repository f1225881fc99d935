// timeout, nohup, nice, stdbuf and time: programs that run another one.

import { type Errno, isErrno } from "../kernel/errno.ts";
import { SIGNALS } from "../kernel/signal.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { parseDuration } from "../lib/duration.ts";
import { searchPath } from "../lib/path-search.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";
import { readSignal } from "./kill.ts";

/** Starts a program found along PATH; why not, and the status that says so, where it cannot. */
function start(sys: Sys, words: readonly string[]): number | { problem: string; status: number } {
  const path = searchPath(sys, words[0] ?? "");
  const pid: number | Errno | undefined = path === undefined ? undefined : sys.spawn({ path, argv: words });
  if (typeof pid === "number") return pid;
  const missing = pid === undefined || pid.code === "ENOENT";
  return { problem: missing ? "No such file or directory" : (pid?.text ?? ""), status: missing ? 127 : 126 };
}

/** Replaces this program by another. */
function* become(io: Io, words: readonly string[], verb: string, show = quote): Task<number> {
  yield* io.flush();
  const path = searchPath(io.sys, words[0] ?? "");
  const problem = path === undefined ? undefined : yield* io.sys.exec(path, words, io.sys.env);
  const text = problem?.text ?? "No such file or directory";
  io.warn(`${verb}${show(words[0] ?? "")}: ${text}`);
  return problem === undefined || problem.code === "ENOENT" ? 127 : 126;
}

export const timeout = defineCommand({
  name: "timeout",
  summary: "Start COMMAND, and kill it if still running after DURATION.",
  usage: ["[OPTION] DURATION COMMAND [ARG]...", "[OPTION]"],
  posix: true,
  usageStatus: 125,
  options: `
    ,preserve-status  exit with the same status as COMMAND, even when the command times out
    ,foreground  allow COMMAND to read from the TTY and get TTY signals
    k,kill-after=DURATION  also send a KILL signal if COMMAND is still running this long after
    s,signal=SIGNAL  specify the signal to be sent on timeout
    v,verbose  diagnose to stderr any signal sent upon timeout`,
  *run(io, sys) {
    const [word, ...words] = io.operands;
    if (word === undefined || words.length === 0) return yield* io.usageError("");
    const name = io.value("s") ?? "TERM";
    const signal = readSignal(name);
    if (signal === undefined) return yield* io.usageError(`${quote(name)}: invalid signal`);
    for (const text of [io.value("k"), word]) {
      if (text !== undefined && parseDuration(text) === undefined)
        return yield* io.usageError(`invalid time interval ${quote(text)}`);
    }
    const limit = (parseDuration(word) ?? 0) * 1000;
    const killAfter = io.value("k") === undefined ? undefined : (parseDuration(io.value("k") ?? "") ?? 0) * 1000;
    // It leads a group of its own; at the head of a pipeline that is the pipeline's.
    const alone = io.has("foreground");
    if (!alone && sys.info.pgid !== sys.pid) sys.setpgid(0, sys.pid);
    const pid = start(sys, words);
    if (typeof pid !== "number") {
      io.warn(`failed to run command ${quote(words[0] ?? "")}: ${pid.problem}`);
      return pid.status;
    }
    let ended: Ended | undefined;
    const over = yield* waitUntilEnd(sys, pid, limit === 0 ? undefined : sys.now() + limit);
    ended = over;
    let status = 0;
    if (ended === undefined) {
      status = 124;
      const send = (which: NonNullable<ReturnType<typeof readSignal>>) => {
        if (io.has("v"))
          io.warn(`sending signal ${which === 0 ? "EXIT" : which.slice(3)} to command ${quote(words[0] ?? "")}`);
        sys.kill(pid, which);
        if (!alone && which !== 0) {
          if (which !== "SIGKILL") sys.sigaction(which, "ignore");
          sys.kill(0, which);
        }
        if (which !== 0 && which !== "SIGKILL" && which !== "SIGCONT") sys.kill(pid, "SIGCONT");
      };
      send(signal);
      ended = yield* waitUntilEnd(sys, pid, killAfter === undefined ? undefined : sys.now() + killAfter);
      if (ended === undefined) {
        send("SIGKILL");
        ended = yield* waitUntilEnd(sys, pid, undefined);
        status = 137;
      }
      // The whole group got it, itself included.
      if (signal === "SIGKILL") yield* sys.rest();
    }
    if (status !== 0 && !io.has("preserve-status")) return status;
    return ended ?? 125;
  },
});

type Ended = number;

/** Status of a child, or undefined where the time ran out first. */
function* waitUntilEnd(sys: Sys, pid: number, until: number | undefined): Task<Ended | undefined> {
  for (;;) {
    const gone = () => {
      const process = sys.process(pid);
      return process === undefined || process.state === "Z";
    };
    const result = until === undefined ? true : yield* sys.waitUntil(gone, until);
    if (result === false) return undefined;
    const ended = yield* sys.waitpid(pid);
    if (ended === undefined || isErrno(ended)) {
      if (isErrno(ended) && ended.code === "EINTR") continue;
      return 125;
    }
    if (ended.status.kind === "exited") return ended.status.code;
    if (ended.status.kind === "killed") return 128 + SIGNALS[ended.status.signal];
  }
}

export const stdbuf = defineCommand({
  name: "stdbuf",
  summary: "Run COMMAND, with modified buffering operations for its standard streams.",
  usage: ["OPTION... COMMAND"],
  posix: true,
  usageStatus: 125,
  options: `
    i,input=MODE  adjust standard input stream buffering
    o,output=MODE  adjust standard output stream buffering
    e,error=MODE  adjust standard error stream buffering`,
  *run(io) {
    const modes = ["i", "o", "e"].map((key) => io.value(key));
    for (const mode of modes)
      if (mode !== undefined && !/^(?:L|\d+[kKMG]?B?)$/.test(mode))
        return yield* io.die(125, `invalid mode ${quote(mode)}`);
    if (modes[0] === "L") return yield* io.usageError("line buffering stdin is meaningless");
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    if (modes.every((mode) => mode === undefined))
      return yield* io.usageError("you must specify a buffering mode option");
    return yield* become(io, io.operands, "failed to run command ");
  },
});

export const nohup = defineCommand({
  name: "nohup",
  summary: "Run COMMAND, ignoring hangup signals.",
  usage: ["COMMAND [ARG]...", "OPTION"],
  posix: true,
  usageStatus: 125,
  options: "",
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    const ignoring = sys.isatty(0);
    if (ignoring) {
      const fd = sys.open("/dev/null", { write: true });
      if (!isErrno(fd)) sys.dup(fd, 0);
    }
    const flags = { write: true, append: true, create: true, mode: 0o600 };
    if (sys.isatty(1)) {
      let name = "nohup.out";
      let fd = sys.open(name, flags);
      if (isErrno(fd)) {
        name = `${sys.env.HOME ?? ""}/nohup.out`;
        fd = sys.open(name, flags);
      }
      if (isErrno(fd)) return yield* io.die(125, `failed to open ${quoteAlways(name)}: ${fd.text}`);
      const toErr = sys.isatty(2);
      io.warn(`${ignoring ? "ignoring input and appending" : "appending"} output to ${quoteAlways(name)}`);
      yield* io.flush();
      sys.dup(fd, 1);
      if (toErr) sys.dup(fd, 2);
    } else {
      if (ignoring) io.warn(sys.isatty(2) ? "ignoring input and redirecting stderr to stdout" : "ignoring input");
      else if (sys.isatty(2)) io.warn("redirecting stderr to stdout");
      yield* io.flush();
      if (sys.isatty(2)) sys.dup(1, 2);
    }
    sys.sigaction("SIGHUP", "ignore");
    return yield* become(io, io.operands, "failed to run command ", quoteAlways);
  },
});

export const nice = defineCommand({
  name: "nice",
  summary: "Run COMMAND with an adjusted niceness.",
  usage: ["[OPTION] [COMMAND [ARG]...]"],
  posix: true,
  usageStatus: 125,
  options: "n,adjustment=N  add integer N to the niceness (default 10)",
  prepare: (args) => args.map((word, i) => (i === 0 && /^-[-+]?\d+$/.test(word) ? `-n${word.slice(1)}` : word)),
  *run(io, sys) {
    const text = io.value("n");
    if (text !== undefined && !/^[-+]?\d+$/.test(text)) return yield* io.die(125, `invalid adjustment ${quote(text)}`);
    if (io.operands.length === 0) {
      if (text !== undefined) return yield* io.usageError("a command must be given with an adjustment");
      io.print(`${sys.info.nice}\n`);
      return 0;
    }
    const problem = sys.setNice(sys.pid, Math.max(-20, Math.min(19, sys.info.nice + Number(text ?? 10))));
    if (problem !== undefined) io.warn(`cannot set niceness: ${problem.text}`);
    return yield* become(io, io.operands, "");
  },
});

export const renice = defineCommand({
  name: "renice",
  package: "util-linux",
  summary: "Alter the priority of running processes.",
  usage: ["[-n|--priority|--relative] <priority> [-p|--pid] <pid>..."],
  *run(io, sys) {
    const words = io.args.filter((word) => word !== "-n" && word !== "-p" && word !== "--priority" && word !== "--pid");
    const [text = "", ...pids] = words;
    if (!/^[-+]?\d+$/.test(text)) return yield* io.die(1, `invalid priority '${text}'`);
    for (const word of pids) {
      const process = sys.process(Number(word));
      const problem = process === undefined ? "No such process" : sys.setNice(Number(word), Number(text))?.text;
      if (problem === undefined)
        io.print(`${word} (process ID) old priority ${process?.nice}, new priority ${Number(text)}\n`);
      else {
        io.warn(`failed to ${process === undefined ? "get" : "set"} priority for ${word} (process ID): ${problem}`);
        io.status = 1;
      }
    }
    return undefined;
  },
});

export const time = defineCommand({
  name: "time",
  package: "other",
  summary: "Run a program and tell how long it took.",
  usage: ["[-apvV] [-f format] [-o file] COMMAND [ARG...]"],
  posix: true,
  options: `
    a,append
    f,format=FORMAT
    o,output=FILE
    p,portability
    q,quiet
    v,verbose`,
  *run(io, sys) {
    if (io.has("v") || io.has("f") || io.has("o"))
      return yield* io.notModelled(`-${io.options.find(([key]) => "vfo".includes(key))?.[0]}`);
    if (io.operands.length === 0) return yield* io.usageError("missing program to run", 125);
    const begin = sys.now();
    const pid = start(sys, io.operands);
    if (typeof pid !== "number") {
      io.warn(`cannot run ${io.operands[0]}: ${pid.problem}`);
      return pid.status;
    }
    const status = (yield* waitUntilEnd(sys, pid, undefined)) ?? 0;
    const seconds = (sys.now() - begin) / 1000;
    if (status !== 0) io.printError(`Command exited with non-zero status ${status}\n`);
    if (io.has("p")) io.printError(`real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`);
    else {
      const clock = `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
      io.printError(
        `0.00user 0.00system ${clock}elapsed 0%CPU (0avgtext+0avgdata 2048maxresident)k\n0inputs+0outputs (0major+100minor)pagefaults 0swaps\n`,
      );
    }
    return status;
  },
});
