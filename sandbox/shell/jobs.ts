// The job table: what runs in the background or is stopped, and how it is told.

import { isErrno } from "../kernel/errno.ts";
import type { ExitStatus, Task } from "../kernel/sys.ts";
import { collectSignals } from "./signals.ts";
import { type Job, messagePrefix, type Shell, statusOf } from "./state.ts";

/** Texts of strsignal(3). */
export const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGHUP: "Hangup",
  SIGINT: "Interrupt",
  SIGQUIT: "Quit",
  SIGILL: "Illegal instruction",
  SIGTRAP: "Trace/breakpoint trap",
  SIGABRT: "Aborted",
  SIGBUS: "Bus error",
  SIGFPE: "Floating point exception",
  SIGKILL: "Killed",
  SIGUSR1: "User defined signal 1",
  SIGSEGV: "Segmentation fault",
  SIGUSR2: "User defined signal 2",
  SIGPIPE: "Broken pipe",
  SIGALRM: "Alarm clock",
  SIGTERM: "Terminated",
  SIGSTKFLT: "Stack fault",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "File size limit exceeded",
  SIGVTALRM: "Virtual timer expired",
  SIGPROF: "Profiling timer expired",
  SIGIO: "I/O possible",
  SIGPWR: "Power failure",
  SIGSYS: "Bad system call",
};

export type JobState = "running" | "stopped" | "done";

export function jobState(job: Job): JobState {
  if (job.procs.some((proc) => proc.status?.kind === "stopped")) return "stopped";
  return job.procs.some((proc) => proc.status === undefined) ? "running" : "done";
}

/** How a job that is over ended: by its last process. */
export function jobStatus(sh: Shell, job: Job): ExitStatus | undefined {
  if (sh.state.options.has("pipefail")) {
    const failed = job.procs.findLast((proc) => proc.status !== undefined && statusOf(proc.status) !== 0);
    if (failed?.status !== undefined) return failed.status;
  }
  return job.procs.at(-1)?.status;
}

const STOP_TEXTS: Readonly<Record<string, string>> = {
  SIGSTOP: "Stopped (signal)",
  SIGTTIN: "Stopped (tty input)",
  SIGTTOU: "Stopped (tty output)",
};

/** The word for a job's state; the long form names what stopped it. */
function stateText(sh: Shell, job: Job, long: boolean): string {
  const state = jobState(job);
  if (state === "running") return "Running";
  if (state === "stopped") {
    const status = job.procs.findLast((proc) => proc.status?.kind === "stopped")?.status;
    if (status?.kind !== "stopped") return "Stopped";
    if (long) return STOP_TEXTS[status.signal] ?? "Stopped";
    return sh.state.options.has("posix") ? `Stopped(${status.signal})` : "Stopped";
  }
  const status = jobStatus(sh, job);
  if (status === undefined) return "Done";
  if (status.kind === "exited") return status.code === 0 ? "Done" : `Exit ${status.code}`;
  return (
    (SIGNAL_TEXTS[status.signal] ?? status.signal) + (status.kind === "killed" && status.core ? " (core dumped)" : "")
  );
}

/** The current job and the one before it: stopped ones first, then the latest. */
export function currentJobs(sh: Shell): [Job | undefined, Job | undefined] {
  const { jobs } = sh.state;
  const stopped = jobs.filter((job) => jobState(job) === "stopped");
  const ordered = [...jobs.filter((job) => jobState(job) !== "stopped"), ...stopped];
  return [ordered.at(-1), ordered.at(-2)];
}

function mark(sh: Shell, job: Job): string {
  const [current, previous] = currentJobs(sh);
  return job === current ? "+" : job === previous ? "-" : " ";
}

/** A line of `jobs`. */
export function formatJob(sh: Shell, job: Job, long = false): string {
  const head = `[${job.id}]${mark(sh, job)} `;
  const tail = jobState(job) === "running" ? `${job.command} &` : job.command;
  return long
    ? `${head}${String(job.procs[0]?.pid ?? 0).padStart(5)} ${stateText(sh, job, true).padEnd(24)}${tail}\n`
    : `${head} ${stateText(sh, job, false).padEnd(24)}${tail}\n`;
}

export function addJob(sh: Shell, job: Omit<Job, "id">): Job {
  const id = Math.max(0, ...sh.state.jobs.map((item) => item.id)) + 1;
  const made: Job = { ...job, id };
  sh.state.jobs.push(made);
  return made;
}

export function removeJob(sh: Shell, job: Job): void {
  sh.state.jobs = sh.state.jobs.filter((item) => item !== job);
}

/** Writes down how a process ended or stopped. */
export function noteStatus(sh: Shell, pid: number, status: ExitStatus): void {
  for (const job of sh.state.jobs) {
    for (const proc of job.procs) {
      if (proc.pid !== pid) continue;
      proc.status = status;
      job.told = false;
    }
  }
  if (status.kind !== "stopped") sh.ended.set(pid, status);
}

/** Takes note of children that ended or stopped, without waiting. */
export function* reapChildren(sh: Shell): Task<void> {
  // What was stopped and has been continued, by whomever, runs.
  for (const job of sh.state.jobs)
    for (const proc of job.procs)
      if (proc.status?.kind === "stopped" && sh.sys.process(proc.pid)?.state !== "T") delete proc.status;
  for (;;) {
    const got = yield* sh.sys.waitpid(-1, { noHang: true, untraced: true });
    if (got === undefined || isErrno(got)) return;
    noteStatus(sh, got.pid, got.status);
  }
}

/** Waits until a process has ended or stopped; undefined where there is no such child. */
export function* waitFor(
  sh: Shell,
  pid: number,
  options: { interruptible?: boolean } = {},
): Task<ExitStatus | undefined> {
  for (;;) {
    const known = sh.ended.get(pid);
    if (known !== undefined) return known;
    const got = yield* sh.sys.waitpid(pid, { untraced: true });
    if (isErrno(got)) {
      if (got.code !== "EINTR") return undefined;
      collectSignals(sh);
      if (options.interruptible && sh.pending.length > 0) return undefined;
      continue;
    }
    if (got === undefined) return undefined;
    noteStatus(sh, got.pid, got.status);
    return got.status;
  }
}

/** A script hears of background jobs that a signal ended, but for the signals that usually do. */
function* tellKilled(sh: Shell): Task<void> {
  yield* reapChildren(sh);
  for (const job of sh.state.jobs) {
    const status = jobState(job) === "done" ? jobStatus(sh, job) : undefined;
    if (job.told || status?.kind !== "killed" || /INT|TERM|PIPE/.test(status.signal)) continue;
    yield* sh.sys.write(2, killedLine(sh, job.procs, stateText(sh, job, false), job.command));
    removeJob(sh, job);
  }
}

/** What a script says of a command that was killed. */
export function killedLine(sh: Shell, procs: readonly { pid: number }[], text: string, command: string): string {
  return `${messagePrefix(sh)}${String(procs.at(-1)?.pid ?? 0).padStart(5)} ${text.padEnd(24)}${command}\n`;
}

/** Tells of jobs whose state changed, as before every prompt and after every wait, and forgets those that are over. */
export function* notifyJobs(sh: Shell, prompt = true): Task<void> {
  if (!sh.state.interactive) return yield* tellKilled(sh);
  for (const job of sh.state.jobs) {
    if (!prompt || !job.killed || !sh.state.interactive) continue;
    delete job.killed;
    yield* sh.sys.write(2, `\n${formatJob(sh, job)}`);
    return;
  }
  yield* reapChildren(sh);
  for (const job of [...sh.state.jobs]) {
    const state = jobState(job);
    if (!job.told && state !== "running" && sh.state.interactive && sh.depth === 0) {
      const status = jobStatus(sh, job);
      const silent = status?.kind === "killed" && status.signal === "SIGINT" && !job.background;
      if (!silent) yield* sh.sys.write(2, (state === "stopped" ? "\n" : "") + formatJob(sh, job));
    }
    if (state !== "running") job.told = true;
    if (state === "done") removeJob(sh, job);
  }
}

/** The job a `%…` means; a number of matches where it is not one. */
export function findJob(sh: Shell, spec: string): Job | "none" | "ambiguous" {
  const { jobs } = sh.state;
  const [current, previous] = currentJobs(sh);
  const word = spec.replace(/^%/, "");
  if (word === "" || word === "%" || word === "+") return current ?? "none";
  if (word === "-") return previous ?? current ?? "none";
  if (/^\d+$/.test(word)) return jobs.find((job) => job.id === Number(word)) ?? "none";
  const found = jobs.filter((job) =>
    word.startsWith("?") ? job.command.includes(word.slice(1)) : job.command.startsWith(word),
  );
  return found.length > 1 ? "ambiguous" : (found[0] ?? "none");
}
