// killall: signals to all processes of a name, asked for, told and waited for as its options say.

import { SIGNALS, type SignalName } from "../kernel/signal.ts";
import type { ProcessInfo, Sys, Task } from "../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../lib/getopt.ts";
import { compile, isRegexError } from "../lib/regex/regex.ts";
import { findUser } from "../lib/users.ts";
import { defineCommand, type Io, Lines, versionLine } from "./define.ts";
import { readSignal, wrapNames } from "./kill.ts";

/** The usage text of psmisc 23.7, which is the answer to every mistake. */
const USAGE = `Usage: killall [OPTION]... [--] NAME...
       killall -l, --list
       killall -V, --version

  -e,--exact          require exact match for very long names
  -I,--ignore-case    case insensitive process name match
  -g,--process-group  kill process group instead of process
  -y,--younger-than   kill processes younger than TIME
  -o,--older-than     kill processes older than TIME
  -i,--interactive    ask for confirmation before killing
  -l,--list           list all known signal names
  -q,--quiet          don't print complaints
  -r,--regexp         interpret NAME as an extended regular expression
  -s,--signal SIGNAL  send this signal instead of SIGTERM
  -u,--user USER      kill only process(es) running as USER
  -v,--verbose        report if the signal was successfully sent
  -V,--version        display version information
  -w,--wait           wait for processes to die
  -n,--ns PID         match processes that belong to the same namespaces
                      as PID
  -Z,--context REGEXP kill only process(es) having context
                      (must precede other arguments)
`;

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  M: 2419200,
  y: 29030400,
};

/** The test that the options other than names are; a string is a complaint. */
function readLimits(io: Io, sys: Sys): ((process: ProcessInfo) => boolean) | string {
  const user = io.value("u");
  const uid = user === undefined ? undefined : findUser(sys, user)?.uid;
  if (user !== undefined && uid === undefined) return `Cannot find user ${user}`;
  const ages: ((age: number) => boolean)[] = [];
  for (const [key, value = ""] of io.options) {
    if (key !== "o" && key !== "y") continue;
    const found = /^(\d+(?:\.\d+)?)([smhdwMy])$/.exec(value);
    if (found === null) return "Invalid time format";
    const limit = Number(found[1]) * (SECONDS[found[2] ?? "s"] ?? 1);
    ages.push((age) => (key === "o" ? age > limit : age < limit));
  }
  return (process) =>
    process.pid !== sys.pid &&
    process.pid > 1 &&
    (uid === undefined || process.uid === uid) &&
    ages.every((test) => test((sys.now() - process.startTime) / 1000));
}

/** Whether a process has a name; a string is a complaint about a regular expression. */
function readName(io: Io, name: string | undefined): ((process: ProcessInfo) => boolean) | string {
  if (name === undefined) return () => true;
  if (io.has("r")) {
    const regex = compile(name, { syntax: "extended", ignoreCase: io.has("I") });
    return isRegexError(regex) ? `Bad regular expression: ${name}` : (process) => regex.test(process.comm);
  }
  if (name.includes("/")) return (process) => process.exe === name;
  const fold = (text: string) => (io.has("I") ? text.toLowerCase() : text);
  return (process) => fold(process.comm) === fold(name.slice(0, 15));
}

const OPTIONS = `
    e,exact  exact match
    I,ignore-case  ignore case
    g,process-group  the process group
    i,interactive  ask
    l,list  list signals
    n,ns=PID  name spaces
    o,older-than=TIME  older ones
    q,quiet  no complaints
    r,regexp  regular expressions
    s,signal=SIGNAL  another signal
    u,user=USER  of a user
    v,verbose  say what was sent
    V,version  version
    w,wait  wait until they are gone
    y,younger-than=TIME  younger ones
    Z,context=REGEXP  of a context`;

/** Sends the signal to each, asking first where -i wants it; the ids of those that got it. */
function* signalThem(io: Io, sys: Sys, found: readonly ProcessInfo[], signal: SignalName | 0): Task<readonly number[]> {
  const sent: number[] = [];
  const answers = new Lines(io, 0);
  for (const { comm, pid, pgid } of found) {
    if (io.has("i")) {
      io.print(
        `${signal === "SIGTERM" ? "Kill" : "Signal"} ${comm}(${pid})${io.has("g") ? ` (pgid ${pgid})` : ""} ? (y/N) `,
      );
      yield* io.flush();
      if (!/^y/i.test((yield* answers.next()) ?? "")) continue;
    }
    const problem = sys.kill(io.has("g") ? -pgid : pid, signal);
    if (problem !== undefined) io.printError(`${comm}(${pid}): ${problem.text}\n`);
    else {
      sent.push(pid);
      const number = signal === 0 ? 0 : SIGNALS[signal];
      if (io.has("v")) io.printError(`Killed ${comm}(${pid}) with signal ${number}\n`);
    }
  }
  return sent;
}

export const killall = defineCommand({
  name: "killall",
  package: "psmisc",
  summary: "Kill processes by name.",
  usage: ["[OPTION]... [--] NAME..."],
  versionText: `killall (PSmisc) %
Copyright (C) 1993-2024 Werner Almesberger and Craig Small

PSmisc comes with ABSOLUTELY NO WARRANTY.
This is free software, and you are welcome to redistribute it under
the terms of the GNU General Public License.
For more information about these matters, see the files named COPYING.`,
  hint: USAGE,
  options: OPTIONS,
  prepare: (args) => {
    const at = args.findIndex((word) => /^-([A-Z0-9]{2,}|\d)$/.test(word));
    const words = at < 0 ? args : args.with(at, `--signal=${(args[at] ?? "").slice(1)}`);
    return parseOptions(words, parseOptionTable(OPTIONS)).error === undefined ? words : "";
  },
  *run(io, sys) {
    if (io.has("V") || io.has("l")) {
      if (io.has("V")) io.printError(`${versionLine(sys, io.command)}\n`);
      else io.print(wrapNames());
      return 0;
    }
    const word = io.value("s") ?? "TERM";
    const signal = readSignal(word);
    if (signal === undefined) {
      io.printError(`${word}: unknown signal; ${io.name} -l lists signals.\n`);
      return 1;
    }
    if (io.operands.length === 0 && !io.has("u")) return yield* io.usageError("");
    const limits = readLimits(io, sys);
    if (typeof limits === "string") {
      io.printError(`${limits}\n`);
      return limits.startsWith("Invalid") ? yield* io.usageError("") : 1;
    }
    const signalled: number[] = [];
    for (const name of io.operands.length > 0 ? io.operands : [undefined]) {
      const same = readName(io, name);
      if (typeof same === "string") return yield* io.die(1, same);
      const found = sys.processes().filter((process) => same(process) && limits(process));
      const sent = yield* signalThem(io, sys, found, signal);
      signalled.push(...sent);
      if (sent.length > 0) continue;
      if (!io.has("q") && found.length === 0) io.printError(`${name ?? io.value("u")}: no process found\n`);
      io.status = 1;
    }
    // What has ended is gone, even where its parent has not asked for its status yet.
    const gone = (pid: number) => (sys.process(pid)?.state ?? "Z") === "Z";
    if (io.has("w")) yield* sys.waitUntil(() => signalled.every(gone));
    return undefined;
  },
});
