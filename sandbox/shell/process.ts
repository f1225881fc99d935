// Child processes of a shell: subshells, pipelines, background jobs and the wait for the foreground.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { concat, decode } from "../kernel/text.ts";
import type { Command, List } from "./ast.ts";
import { addJob, formatJob, jobState, killedLine, notifyJobs, reapChildren, SIGNAL_TEXTS, waitFor } from "./jobs.ts";
import { printCommand } from "./print.ts";
import { run, runList } from "./run.ts";
import { collectSignals, pollSignals, releaseSignals, runNamedTrap, SHELL_SIGNALS } from "./signals.ts";
import { Discard, Exit, forkShell, type Job, LoopJump, messagePrefix, Return, type Shell, statusOf } from "./state.ts";

interface ChildOptions {
  /** With job control: a process group of its own, or the one given. */
  readonly group?: boolean | number;
  readonly background?: boolean;
}

/** Runs the end of a subshell: what its body throws becomes an exit status, and its EXIT trap runs. */
export function* finishShell(sh: Shell, body: Task<number>): Task<number> {
  let status: number;
  try {
    status = yield* body;
  } catch (jump) {
    status = statusOfJump(sh, jump);
  }
  const trap = sh.state.traps.get("EXIT");
  if (trap !== undefined && trap !== "") {
    sh.state.status = status;
    sh.tested = 0;
    try {
      yield* runNamedTrap(sh, "EXIT");
    } catch (jump) {
      status = statusOfJump(sh, jump);
    }
  }
  return status;
}

export function statusOfJump(sh: Shell, jump: unknown): number {
  if (jump instanceof Exit || jump instanceof Return || jump instanceof Discard) return jump.status;
  if (jump instanceof LoopJump) return sh.state.status;
  throw jump;
}

/** Seconds that a shell waits between tries where the system has no room for a child; then it gives up. */
const FORK_PAUSES = [1, 2, 4, 8];

/** A child that is a copy of the shell. Its pid. */
export function* startChild(sh: Shell, options: ChildOptions, body: (child: Shell) => Task<number>): Task<number> {
  const { sys } = sh;
  for (const pause of FORK_PAUSES) {
    const pid = tryChild(sh, options, body);
    if (pid >= 0) return pid;
    yield* reapChildren(sh);
    yield* sys.write(2, `${messagePrefix(sh)}fork: retry: Resource temporarily unavailable\n`);
    yield* sys.waitUntil(() => false, sys.now() + pause * 1000);
    yield* pollSignals(sh);
  }
  const pid = tryChild(sh, options, body);
  if (pid >= 0) return pid;
  yield* sys.write(2, `${messagePrefix(sh)}fork: Resource temporarily unavailable\n`);
  throw new Discard(254, true);
}

/** Forks; -1 where the system has no room. */
function tryChild(sh: Shell, options: ChildOptions, body: (child: Shell) => Task<number>): number {
  const copy = forkShell(sh);
  const background = options.background ?? false;
  const groups = sh.jobControl && options.group !== undefined;
  const pgid = options.group === true || options.group === undefined ? 0 : (options.group as number);
  const main = function* (sys: Sys): Task<number> {
    copy.sys = sys;
    releaseSignals(copy, background && !groups);
    if (background && !groups && sys.openFds().includes(0) && options.group !== undefined) detachInput(sys);
    return yield* finishShell(copy, body(copy));
  };
  // What the shell ignores for itself is back before the child is there: a signal may come before its first step.
  const own = sh.state.interactive && sh.depth === 0 ? SHELL_SIGNALS.filter((name) => !sh.state.traps.has(name)) : [];
  for (const name of own) sh.sys.sigaction(name, "default");
  const pid = sh.sys.fork(main, groups ? { pgid, ...(background ? {} : { tty: "foreground" as const }) } : {});
  for (const name of own) sh.sys.sigaction(name, "ignore");
  return pid;
}

/** A background command without job control reads nothing. */
function detachInput(sys: Sys): void {
  const fd = sys.open("/dev/null", { read: true });
  if (isErrno(fd) || fd === 0) return;
  sys.dup(fd, 0);
  sys.close(fd);
}

/** Starts the commands of a pipeline, each in a child. */
export function* startPipeline(
  sh: Shell,
  c: Extract<Command, { t: "pipe" }>,
  background = false,
): Task<Job & { input?: number }> {
  const { sys } = sh;
  const job: Job & { input?: number } = { id: 0, pgid: 0, procs: [], command: "", told: true, background };
  const inShell = !background && sh.state.shopt.has("lastpipe") && !sh.jobControl;
  let input = -1;
  for (const [i, command] of c.cmds.entries()) {
    const last = i === c.cmds.length - 1;
    const out = last ? undefined : sys.pipe();
    const from = input;
    if (last && inShell) {
      job.input = input;
      break;
    }
    const both = c.errs?.includes(i) ?? false;
    const pid = yield* startChild(sh, { group: i === 0 ? true : job.pgid, background }, function* (child) {
      if (from >= 0) {
        child.sys.dup(from, 0);
        child.sys.close(from);
      }
      if (out !== undefined) {
        child.sys.dup(out.write, 1);
        if (both) child.sys.dup(1, 2);
        child.sys.close(out.write);
        child.sys.close(out.read);
      }
      // A simple command of a pipeline has no ERR trap of its own; the pipeline has.
      if (command.t === "simple") child.state.traps.delete("ERR");
      return yield* run(child, command, true);
    });
    if (i === 0) job.pgid = pid;
    job.procs.push({ pid });
    if (from >= 0) sys.close(from);
    if (out !== undefined) {
      sys.close(out.write);
      input = out.read;
    }
  }
  job.command = printCommand(c);
  return job;
}

/** A process or pipeline to be waited for. */
type Foreground = Job | { readonly procs: Job["procs"]; readonly pgid: number; readonly command: () => string };

/** Waits for the foreground; answers its status. A job that stops goes to the job table. */
export function* waitForeground(sh: Shell, target: Foreground): Task<number> {
  const { sys } = sh;
  const modes = sh.jobControl ? sys.tcgetattr(0) : undefined;
  let stopped = false;
  for (const proc of target.procs) {
    if (proc.status !== undefined && proc.status.kind !== "stopped") continue;
    const status = yield* waitFor(sh, proc.pid);
    if (status === undefined) continue;
    sh.ended.delete(proc.pid);
    proc.status = status;
    if (status.kind === "stopped") {
      stopped = true;
      break;
    }
  }
  if (sh.jobControl) {
    sys.tcsetpgrp(0, sys.info.pgid);
    const last = target.procs.at(-1)?.status;
    if (modes !== undefined && !isErrno(modes) && (stopped || last?.kind !== "exited")) sys.tcsetattr(0, modes);
  }
  if (stopped) {
    const job =
      "id" in target && target.id > 0
        ? target
        : addJob(sh, {
            pgid: target.pgid,
            procs: target.procs,
            command: typeof target.command === "string" ? target.command : target.command(),
            told: true,
            background: true,
          });
    job.told = true;
    job.background = true;
    yield* sys.write(2, `\n${formatJob(sh, job)}`);
    return statusOf(job.procs.find((proc) => proc.status?.kind === "stopped")?.status ?? { kind: "exited", code: 0 });
  }
  yield* tellEnd(sh, target);
  if ((!sh.state.interactive || sh.depth === 0) && sh.state.jobs.length > 0) yield* notifyJobs(sh, false);
  const last = target.procs.at(-1)?.status;
  return last === undefined ? 127 : statusOf(last);
}

/** A foreground program that was killed is spoken of. */
function* tellEnd(sh: Shell, target: Foreground): Task<void> {
  const { sys, state } = sh;
  const top = state.interactive && sh.depth === 0;
  if (top && target.procs.some(({ status }) => status?.kind === "killed" && status.signal === "SIGINT")) {
    // The rest of the line is given up, as if the shell itself had been interrupted.
    const giveUp = sh.loops > 0 || (sh.lists > 0 && !state.traps.has("SIGINT"));
    yield* sys.write(giveUp ? 2 : 1, "\n");
    if (giveUp) throw new Discard(130);
    return;
  }
  const last = target.procs.at(-1)?.status;
  if (last?.kind !== "killed" || last.signal === "SIGINT") return;
  if (last.signal === "SIGPIPE") return;
  const text = (SIGNAL_TEXTS[last.signal] ?? last.signal) + (last.core ? " (core dumped)" : "");
  if (state.interactive) {
    if (sh.depth === 0) yield* sys.write(2, `${text}\n`);
    return;
  }
  if (last.signal === "SIGTERM") {
    yield* sys.write(2, `${text}\n`);
    return;
  }
  const command = typeof target.command === "string" ? target.command : target.command();
  yield* sys.write(2, killedLine(sh, target.procs, text, command));
}

/** Starts a command in the background; a `!` before it has no effect there. */
export function* startBackground(sh: Shell, given: Command): Task<void> {
  const { state } = sh;
  const c = given.t === "not" && given.c !== undefined ? given.c : given;
  let job: Job;
  if (c.t === "pipe") job = yield* startPipeline(sh, c, true);
  else {
    const pid = yield* startChild(sh, { group: true, background: true }, (child) => run(child, c, true));
    job = { id: 0, pgid: pid, procs: [{ pid }], command: printCommand(c), told: true, background: true };
  }
  yield* announceJob(sh, job);
  state.status = 0;
}

/** Puts a job into the table and tells its number. */
export function* announceJob(sh: Shell, job: Omit<Job, "id">): Task<void> {
  const { state, sys } = sh;
  const pid = job.procs.at(-1)?.pid ?? 0;
  state.lastJob = pid;
  const made = addJob(sh, { pgid: job.pgid, procs: job.procs, command: job.command, told: true, background: true });
  if (state.interactive && sh.depth === 0) yield* sys.write(2, `[${made.id}] ${pid}\n`);
}

/** Continues a job in the foreground. */
export function* continueForeground(sh: Shell, job: Job): Task<number> {
  const { sys } = sh;
  for (const proc of job.procs) if (proc.status?.kind === "stopped") delete proc.status;
  sys.tcsetpgrp(0, job.pgid);
  sys.kill(-job.pgid, "SIGCONT");
  job.background = false;
  const status = yield* waitForeground(sh, job);
  if (jobState(job) === "done") sh.state.jobs = sh.state.jobs.filter((item) => item !== job);
  return status;
}

/** Output of a list without its last newlines. */
export function* capture(sh: Shell, list: List | undefined): Task<string> {
  const { sys } = sh;
  if (list === undefined) {
    sh.substitution = 0;
    return "";
  }
  const quick = yield* readWhole(sh, list);
  if (quick !== undefined) return quick;
  const pipe = sys.pipe();
  const pid = yield* startChild(sh, {}, function* (child) {
    child.sys.dup(pipe.write, 1);
    if (pipe.write !== 1) child.sys.close(pipe.write);
    child.sys.close(pipe.read);
    child.tested = sh.state.options.has("posix") ? sh.tested : 0;
    if (!sh.state.shopt.has("inherit_errexit")) child.state.options.delete("errexit");
    child.loops = 0;
    child.traced += 1;
    const [only] = list.items;
    const tail = list.items.length === 1 && only !== undefined && !only.bg && child.state.traps.size === 0;
    return tail ? yield* run(child, only.c, true) : yield* runList(child, list);
  });
  sys.close(pipe.write);
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = yield* sys.read(pipe.read);
    if (isErrno(chunk)) {
      if (chunk.code !== "EINTR") break;
      collectSignals(sh);
      if (sh.pending.includes("SIGINT") && sh.state.interactive) break;
      continue;
    }
    if (chunk.length === 0) break;
    chunks.push(chunk);
  }
  sys.close(pipe.read);
  const status = yield* waitFor(sh, pid);
  sh.ended.delete(pid);
  if (status?.kind === "killed" && status.signal === "SIGINT" && sh.state.interactive && sh.depth === 0) {
    yield* sys.write(2, "\n");
    throw new Discard(130);
  }
  sh.substitution = status === undefined ? 0 : statusOf(status);
  sh.state.status = sh.substitution;
  let text = decode(concat(chunks));
  if (text.includes("\0")) {
    yield* sys.write(2, `${messagePrefix(sh)}warning: command substitution: ignored null byte in input\n`);
    text = text.replaceAll("\0", "");
  }
  return text.replace(/\n+$/, "");
}

/** `$(< file)` reads the file without a child. */
function* readWhole(sh: Shell, list: List): Task<string | undefined> {
  const only = list.items.length === 1 ? list.items[0] : undefined;
  const c = only?.c;
  const redirect =
    c?.t === "simple" && c.words.length === 0 && c.assigns.length === 0 && c.redirs?.length === 1
      ? c.redirs[0]
      : undefined;
  if (only === undefined || only.bg || redirect === undefined || redirect.op !== "<" || redirect.fd !== undefined)
    return undefined;
  const copy: List = {
    t: "list",
    items: [
      {
        c: { t: "simple", assigns: [], words: [{ parts: [], raw: "cat", plain: "cat" }], redirs: [redirect], line: 0 },
      },
    ],
  };
  const bytes = redirect.target.plain === undefined ? undefined : sh.sys.readFile(redirect.target.plain);
  if (bytes === undefined || isErrno(bytes)) return bytes === undefined ? yield* capture(sh, copy) : undefined;
  sh.substitution = 0;
  return decode(bytes).replaceAll("\0", "").replace(/\n+$/, "");
}

/** `<(…)` and `>(…)`: a path that leads to the other process. */
export function* connect(sh: Shell, dir: "<" | ">", list: List | undefined): Task<string> {
  const { sys } = sh;
  const pipe = sys.pipe();
  const [ours, theirs] = dir === "<" ? [pipe.read, pipe.write] : [pipe.write, pipe.read];
  const pid = yield* startChild(sh, {}, function* (child) {
    child.sys.dup(theirs, dir === "<" ? 1 : 0);
    child.sys.close(pipe.read);
    child.sys.close(pipe.write);
    return list === undefined ? 0 : yield* runList(child, list);
  });
  sys.close(theirs);
  let fd = 63;
  while (!isErrno(sys.fdTarget(fd))) fd -= 1;
  sys.dup(ours, fd);
  sys.close(ours);
  sh.procSubs.push({ fd, pid });
  sh.state.lastJob = pid;
  return `/dev/fd/${fd}`;
}
