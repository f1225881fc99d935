// jobs, fg, bg, wait, disown, kill, suspend.

import { findSignal, SIGNALS, type SignalName } from "../../kernel/signal.ts";
import type { Task } from "../../kernel/sys.ts";
import {
  currentJobs,
  findJob,
  formatJob,
  jobState,
  jobStatus,
  notifyJobs,
  reapChildren,
  removeJob,
  waitFor,
} from "../jobs.ts";
import { continueForeground } from "../process.ts";
import { pollSignals } from "../signals.ts";
import { complain, type Job, type Shell, statusOf } from "../state.ts";
import { assign } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, print, usage } from "./define.ts";

/** The job an argument means, with a complaint where there is none. */
function* pickJob(sh: Shell, spec: string | undefined): Task<Job | undefined> {
  const found = spec === undefined ? (currentJobs(sh)[0] ?? "none") : findJob(sh, spec);
  if (typeof found !== "string") return found;
  if (found === "ambiguous") yield* complain(sh, `${spec}: ambiguous job spec`);
  else yield* complain(sh, `${spec ?? "current"}: no such job`);
  return undefined;
}

export const jobs: Builtin = {
  usage: "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
  summary: "Display status of jobs.",
  *run(sh, args) {
    const flags = parseFlags(args, "lnprsx");
    if (flags.bad !== undefined) return yield* badFlags(sh, jobs, flags);
    yield* reapChildren(sh);
    let list = [...sh.state.jobs];
    let status = 0;
    if (flags.rest.length > 0) {
      list = [];
      for (const spec of flags.rest) {
        const job = yield* pickJob(sh, spec);
        if (job === undefined) status = 1;
        else list.push(job);
      }
    }
    if (flags.flags.includes("r")) list = list.filter((job) => jobState(job) === "running");
    if (flags.flags.includes("s")) list = list.filter((job) => jobState(job) === "stopped");
    const text = list
      .map((job) => (flags.flags.includes("p") ? `${job.pgid}\n` : formatJob(sh, job, flags.flags.includes("l"))))
      .join("");
    for (const job of list) {
      job.told = true;
      if (jobState(job) === "done") removeJob(sh, job);
    }
    yield* print(sh, text);
    return status;
  },
};

export const fg: Builtin = {
  usage: "fg [job_spec]",
  summary: "Move job to the foreground.",
  *run(sh, args) {
    if (!sh.jobControl) {
      yield* complain(sh, "no job control");
      return 1;
    }
    const job = yield* pickJob(sh, args[0] === "--" ? args[1] : args[0]);
    if (job === undefined) return 1;
    yield* print(sh, `${job.command}\n`);
    return yield* continueForeground(sh, job);
  },
};

export const bg: Builtin = {
  usage: "bg [job_spec ...]",
  summary: "Move jobs to the background.",
  *run(sh, args) {
    if (!sh.jobControl) {
      yield* complain(sh, "no job control");
      return 1;
    }
    let status = 0;
    for (const spec of args.length === 0 ? [undefined] : args) {
      const job = yield* pickJob(sh, spec);
      if (job === undefined) {
        status = 1;
        continue;
      }
      if (jobState(job) === "running") {
        yield* complain(sh, `job ${job.id} already in background`);
        continue;
      }
      for (const proc of job.procs) if (proc.status?.kind === "stopped") delete proc.status;
      job.background = true;
      job.told = true;
      yield* print(sh, `[${job.id}]${job === currentJobs(sh)[0] ? "+" : "-"} ${job.command} &\n`);
      sh.sys.kill(-job.pgid, "SIGCONT");
    }
    return status;
  },
};

export const wait: Builtin = {
  usage: "wait [-fn] [-p var] [id ...]",
  summary: "Wait for job completion and return exit status.",
  *run(sh, args) {
    const flags = parseFlags(args, "fnp:");
    if (flags.bad !== undefined) return yield* badFlags(sh, wait, flags);
    if (flags.flags.includes("n")) return yield* waitNext(sh, flags.rest, flags.values.p);
    if (flags.rest.length === 0) {
      yield* reapChildren(sh);
      for (const job of [...sh.state.jobs]) {
        if (jobState(job) === "stopped") continue;
        const status = yield* waitJob(sh, job);
        if (status > 128 && jobState(job) === "running") return status;
        if (jobState(job) === "done") removeJob(sh, job);
      }
      return 0;
    }
    let status = 0;
    for (const spec of flags.rest) status = yield* waitOne(sh, spec);
    return status;
  },
};

/** Waits for a job; a trapped signal ends the wait. */
function* waitJob(sh: Shell, job: Job): Task<number> {
  for (const proc of job.procs) {
    while (proc.status === undefined) {
      const status = yield* waitFor(sh, proc.pid, { interruptible: true });
      if (status !== undefined) {
        proc.status = status;
        break;
      }
      if (sh.pending.length === 0) return 127;
      const first = sh.pending[0] as SignalName;
      yield* pollSignals(sh);
      return 128 + SIGNALS[first];
    }
  }
  const status = jobStatus(sh, job);
  if (!sh.state.interactive || sh.depth === 0) yield* notifyJobs(sh, false);
  return status === undefined ? 127 : statusOf(status);
}

function* waitOne(sh: Shell, spec: string): Task<number> {
  if (spec.startsWith("%")) {
    const job = yield* pickJob(sh, spec);
    if (job === undefined) return 127;
    const status = yield* waitJob(sh, job);
    if (jobState(job) === "done") removeJob(sh, job);
    return status;
  }
  if (!/^\d+$/.test(spec)) {
    yield* complain(sh, `\`${spec}': not a pid or valid job spec`);
    return 1;
  }
  const pid = Number(spec);
  const known = sh.ended.get(pid);
  const job = sh.state.jobs.find((item) => item.procs.some((proc) => proc.pid === pid));
  if (
    known === undefined &&
    job === undefined &&
    sh.procSubs.every((sub) => sub.pid !== pid) &&
    pid !== sh.state.lastJob
  ) {
    yield* complain(sh, `pid ${pid} is not a child of this shell`);
    return 127;
  }
  if (job !== undefined) {
    const status = yield* waitJob(sh, job);
    const proc = job.procs.find((item) => item.pid === pid);
    if (jobState(job) === "done") removeJob(sh, job);
    return proc?.status === undefined ? status : statusOf(proc.status);
  }
  const status = known ?? (yield* waitFor(sh, pid));
  return status === undefined ? 127 : statusOf(status);
}

/** `wait -n`: the next job to end. */
function* waitNext(sh: Shell, specs: readonly string[], variable: string | undefined): Task<number> {
  const wanted =
    specs.length === 0
      ? sh.state.jobs
      : sh.state.jobs.filter((job) => specs.includes(String(job.procs.at(-1)?.pid)) || specs.includes(`%${job.id}`));
  const list = wanted.filter((job) => jobState(job) !== "stopped");
  if (list.length === 0) return 127;
  for (;;) {
    yield* reapChildren(sh);
    const done = list.find((job) => jobState(job) === "done");
    if (done !== undefined) {
      if (variable !== undefined) assign(sh, variable, String(done.procs.at(-1)?.pid ?? ""));
      const status = jobStatus(sh, done);
      if (!sh.state.interactive || sh.depth === 0) yield* notifyJobs(sh, false);
      removeJob(sh, done);
      return status === undefined ? 127 : statusOf(status);
    }
    if ((yield* waitFor(sh, -1, { interruptible: true })) === undefined) return 127;
  }
}

export const disown: Builtin = {
  usage: "disown [-h] [-ar] [jobspec ... | pid ...]",
  summary: "Remove jobs from current shell.",
  *run(sh, args) {
    const flags = parseFlags(args, "har");
    if (flags.bad !== undefined) return yield* badFlags(sh, disown, flags);
    const all = flags.flags.includes("a") || flags.flags.includes("r");
    let list: Job[] = all
      ? sh.state.jobs.filter((job) => !flags.flags.includes("r") || jobState(job) === "running")
      : [];
    let status = 0;
    if (!all || flags.rest.length > 0) {
      list = [];
      for (const spec of flags.rest.length === 0 ? [undefined] : flags.rest) {
        const byPid =
          spec !== undefined && /^\d+$/.test(spec)
            ? sh.state.jobs.find((job) => job.procs.some((proc) => proc.pid === Number(spec)))
            : undefined;
        const job = byPid ?? (yield* pickJob(sh, spec));
        if (job === undefined) status = 1;
        else list.push(job);
      }
    }
    for (const job of list) {
      if (flags.flags.includes("h")) job.noHup = true;
      else removeJob(sh, job);
    }
    return status;
  },
};

function shortName(name: string): string {
  return name.replace(/^SIG/, "");
}

/** The table of `kill -l` and `trap -l`: five signals a line. */
export function signalTable(): string {
  const all: [number, string][] = Object.entries(SIGNALS).map(([name, number]) => [number, name]);
  for (let i = 34; i <= 64; i++)
    all.push([
      i,
      i === 34 ? "SIGRTMIN" : i === 64 ? "SIGRTMAX" : i <= 49 ? `SIGRTMIN+${i - 34}` : `SIGRTMAX-${64 - i}`,
    ]);
  let out = "";
  for (const [i, [number, name]] of all.entries()) {
    out += `${String(number).padStart(2)}) ${name}${i % 5 === 4 ? "\n" : "\t"}`;
  }
  return `${out}\n`;
}

function* listSignals(sh: Shell, args: readonly string[]): Task<number> {
  if (args.length === 0) return yield* print(sh, signalTable());
  let status = 0;
  for (const arg of args) {
    const number = /^\d+$/.test(arg) ? Number(arg) : undefined;
    const found = findSignal(number !== undefined && number > 128 ? String(number - 128) : arg);
    if (number === 0) yield* print(sh, "EXIT\n");
    else if (found === undefined) {
      yield* complain(sh, `${arg}: invalid signal specification`);
      status = 1;
    } else yield* print(sh, `${number === undefined ? SIGNALS[found] : shortName(found)}\n`);
  }
  return status;
}

export const kill: Builtin = {
  usage: "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
  summary: "Send a signal to a job.",
  *run(sh, args) {
    let signal: SignalName | 0 = "SIGTERM";
    let at = 0;
    const first = args[0];
    if (first === undefined) return yield* usage(sh, kill);
    if (first === "-l" || first === "-L") return yield* listSignals(sh, args.slice(1));
    if (first !== "--" && /^-./.test(first)) {
      const separate = first === "-s" || first === "-n";
      const word = separate
        ? args[1]
        : first.slice(first.startsWith("-s") || (first.startsWith("-n") && /^-n\d/.test(first)) ? 2 : 1);
      if (word === undefined) {
        yield* complain(sh, `${first}: option requires an argument`);
        return 1;
      }
      const found = word === "0" || word === "EXIT" ? 0 : findSignal(word);
      if (found === undefined) {
        yield* complain(sh, `${word}: invalid signal specification`);
        return 1;
      }
      signal = found;
      at = separate ? 2 : 1;
    }
    if (args[at] === "--") at += 1;
    if (at >= args.length) return yield* usage(sh, kill);
    let status = 1;
    for (const target of args.slice(at)) {
      const ok = yield* killOne(sh, target, signal);
      if (ok) status = 0;
    }
    return status;
  },
};

function* killOne(sh: Shell, target: string, signal: SignalName | 0): Task<boolean> {
  if (target.startsWith("%")) {
    const job = yield* pickJob(sh, target);
    if (job === undefined) return false;
    const failed = sh.sys.kill(sh.jobControl || sh.state.interactive ? -job.pgid : (job.procs[0]?.pid ?? 0), signal);
    if (jobState(job) === "stopped" && (signal === "SIGTERM" || signal === "SIGHUP")) {
      sh.sys.kill(-job.pgid, "SIGCONT");
      job.killed = true;
    }
    if (failed === undefined) return true;
    yield* complain(sh, `(${job.pgid}) - ${failed.text}`);
    return false;
  }
  if (!/^[-+]?\d+$/.test(target)) {
    yield* complain(
      sh,
      target === "" ? "`': not a pid or valid job spec" : `${target}: arguments must be process or job IDs`,
    );
    return false;
  }
  const { pid, pgid } = sh.sys.info;
  const failed = sh.sys.kill(Number(target), signal);
  if (failed === undefined) {
    // A signal to the shell itself takes effect before the next command.
    if (signal !== 0 && [pid, 0, -1, -pgid].includes(Number(target))) yield* sh.sys.rest();
    yield* pollSignals(sh);
    return true;
  }
  yield* complain(sh, `(${target}) - ${failed.text}`);
  return false;
}

export const suspend: Builtin = {
  usage: "suspend [-f]",
  summary: "Suspend shell execution.",
  *run(sh, args) {
    if (sh.state.login && !args.includes("-f")) {
      yield* complain(sh, "cannot suspend a login shell");
      return 1;
    }
    if (!sh.jobControl && !args.includes("-f")) {
      yield* complain(sh, "cannot suspend: no job control");
      return 1;
    }
    sh.sys.kill(sh.sys.pid, "SIGSTOP");
    yield* sh.sys.rest();
    return 0;
  },
};
