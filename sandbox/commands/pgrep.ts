// pgrep and pkill: processes by name, found or signalled.

import type { SignalName } from "../kernel/signal.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { compile, isRegexError, type Regex } from "../lib/regex/regex.ts";
import { findGroup, findUser } from "../lib/users.ts";
import type { Io } from "./define.ts";
import { readSignal } from "./kill.ts";
import { defineProcps } from "./procps.ts";

/** Lines of options that both have, as their usage tells them. */
const LIST = ` -c, --count               count of matching processes
 -f, --full                use full process name to match
 -g, --pgroup <PGID,...>   match listed process group IDs
 -G, --group <GID,...>     match real group IDs
 -i, --ignore-case         match case insensitively
 -n, --newest              select most recently started
 -o, --oldest              select least recently started
 -O, --older <seconds>     select where older than seconds
 -P, --parent <PPID,...>   match only child processes of the given parent
 -s, --session <SID,...>   match session IDs
     --signal <sig>        signal to send (either number or name)
 -t, --terminal <tty,...>  match by controlling terminal
 -u, --euid <ID,...>       match by effective IDs
 -U, --uid <ID,...>        match by real IDs
 -x, --exact               match exactly with the command name
 -F, --pidfile <file>      read PIDs from file
 -L, --logpidfile          fail if PID file is not locked
 -r, --runstates <state>   match runstates [D,S,Z,...]
 -A, --ignore-ancestors    exclude our ancestors from results
 --cgroup <grp,...>        match by cgroup v2 names
 --ns <PID>                match the processes that belong to the same
                           namespace as <pid>
 --nslist <ns,...>         list which namespaces will be considered for
                           the --ns option.
                           Available namespaces: ipc, mnt, net, pid, user, uts`;

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
      const odd = value.split(",").find((word) => !/^\d+$/.test(word));
      const what = { P: "not a number", g: "invalid process group", s: "invalid session id" }[key];
      if (odd !== undefined) return yield* io.die(2, `${what}: ${odd}`);
      const list = value.split(",").map(Number);
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
  const filters = io.options.some(([key]) => "gGPstuUrOFno".includes(key) || key === "ns");
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
  if (io.has("n") && io.has("o")) return yield* io.usageError("");
  const accepts = yield* readTests(io, sys);
  let regex: Regex | undefined;
  if (pattern !== undefined) {
    const compiled = compile(io.has("x") ? `^(${pattern})$` : pattern, { syntax: "extended", ignoreCase: io.has("i") });
    if (isRegexError(compiled)) return yield* io.die(2, `regex error: ${compiled.error}`);
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

const COMMON = { usageStatus: 2, form: "[options] <pattern>" } as const;

export const pgrep = defineProcps({
  ...COMMON,
  name: "pgrep",
  summary: "Look up processes based on name and other attributes.",
  list: ` -d, --delimiter <string>  specify output delimiter
 -l, --list-name           list PID and process name
 -a, --list-full           list PID and full command line
 -v, --inverse             negates the matching
 -w, --lightweight         list all TID
${LIST}`,
  run: (io, sys) => runGrep(io, sys, undefined),
});

export const pkill = defineProcps({
  ...COMMON,
  name: "pkill",
  manual: "pgrep(1)",
  summary: "Signal processes based on name and other attributes.",
  list: ` -<sig>                    signal to send (either number or name)
 -H, --require-handler     match only if signal handler is present
 -q, --queue <value>       integer value to be sent with the signal
 -e, --echo                display what is killed
${LIST}`,
  // A signal stands before all else: -HUP, -9.
  prepare: (args) => {
    const at = args.findIndex((word) => /^-[A-Z0-9]/.test(word) && readSignal(word.slice(1)) !== undefined);
    return at < 0 ? args : [`--signal=${(args[at] ?? "").slice(1)}`, ...args.slice(0, at), ...args.slice(at + 1)];
  },
  *run(io, sys) {
    const word = io.value("signal") ?? "TERM";
    const signal = readSignal(word);
    if (signal === undefined) {
      io.printError(`Unknown signal "${word}".`);
      return yield* io.usageError("");
    }
    return yield* runGrep(io, sys, signal);
  },
});
