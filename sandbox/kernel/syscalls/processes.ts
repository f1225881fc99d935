// Processes: their users and groups, children, programs and signals.

import { type Errno, errno, isErrno } from "../errno.ts";
import { becomeExecutable, resolveExecutable, runExecutable } from "../exec.ts";
import { type Process, stateLetter } from "../process.ts";
import type { SignalName } from "../signal.ts";
import type { Data, ExitStatus, IdChange, ProcessInfo, Program, Sys, Task } from "../sys.ts";
import { NEVER } from "../world.ts";
import { SocketCalls } from "./sockets.ts";

export class ProcessCalls extends SocketCalls {
  get ppid(): number {
    return this.caller.ppid;
  }

  get info(): ProcessInfo {
    return this.#describe(this.caller);
  }

  get argv(): readonly string[] {
    return this.caller.argv;
  }

  get env(): Record<string, string> {
    return this.caller.env;
  }

  get kept(): Data {
    return this.caller.kept;
  }

  set kept(data: Data) {
    this.caller.kept = data;
  }

  setIds(ids: IdChange): Errno | undefined {
    const process = this.caller;
    const own = (id: number | undefined): boolean => id === undefined || id === process.uid || id === process.euid;
    if (process.euid !== 0 && (!own(ids.uid) || !own(ids.euid) || ids.groups)) return errno("EPERM");
    if (ids.groups) process.groups = [...ids.groups];
    if (ids.gid !== undefined) {
      process.gid = ids.gid;
      process.egid = ids.gid;
    }
    if (ids.egid !== undefined) process.egid = ids.egid;
    if (ids.uid !== undefined) {
      process.uid = ids.uid;
      process.euid = ids.uid;
    }
    if (ids.euid !== undefined) process.euid = ids.euid;
    return undefined;
  }

  setpgid(pid: number, pgid: number): Errno | undefined {
    const target = pid === 0 ? this.caller : this.kernel.process(pid);
    if (target === undefined) return errno("ESRCH");
    if (target.pid !== this.pid && target.ppid !== this.pid) return errno("ESRCH");
    target.pgid = pgid === 0 ? target.pid : pgid;
    return undefined;
  }

  setsid(): number | Errno {
    const process = this.caller;
    if (process.pgid === process.pid) return errno("EPERM");
    process.sid = process.pid;
    process.pgid = process.pid;
    process.tty = undefined;
    return process.sid;
  }

  *exit(status: number): Task<never> {
    this.kernel.end(this.caller, { kind: "exited", code: status & 0xff });
    for (;;) yield NEVER;
  }

  fork(child: (sys: Sys) => Task<number>, options: { pgid?: number; tty?: "foreground" } = {}): number {
    const kernel = this.kernel;
    const parent = this.caller;
    if (kernel.isFull(parent)) return -1;
    const process = kernel.createProcess(parent);
    if (options.pgid !== undefined) process.pgid = options.pgid === 0 ? process.pid : options.pgid;
    if (options.tty === "foreground" && process.tty !== undefined) {
      const tty = kernel.state.ttys.get(process.tty);
      if (tty) tty.pgrp = process.pgid;
    }
    kernel.world.addThread(kernel, process.pid, child(kernel.sys(process.pid)), false);
    return process.pid;
  }

  *exec(path: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Task<Errno> {
    const kernel = this.kernel;
    const process = this.caller;
    const found = resolveExecutable(kernel, path, argv, process.cwd, this.who);
    if (isErrno(found)) return found;
    if (env) process.env = { ...env };
    becomeExecutable(kernel, process, found);
    const status = yield* runExecutable(kernel, process, found);
    return yield* this.exit(status);
  }

  *load(name: string): Task<Program | undefined> {
    const { programs, wanted } = this.world;
    if (programs.get(name) === undefined && programs.known(name)) {
      wanted.add(name);
      yield { ready: () => programs.get(name) !== undefined };
    }
    return programs.get(name);
  }

  spawn(options: Parameters<Sys["spawn"]>[0]): number | Errno {
    return this.kernel.spawn(this.caller, options);
  }

  *waitpid(
    pid: number,
    options: { noHang?: boolean; untraced?: boolean } = {},
  ): Task<{ pid: number; status: ExitStatus } | undefined | Errno> {
    const kernel = this.kernel;
    const wanted = (each: Process): boolean =>
      each.ppid === this.pid &&
      (pid > 0 ? each.pid === pid : pid === -1 ? true : each.pgid === (pid === 0 ? this.caller.pgid : -pid));
    const look = (): { pid: number; status: ExitStatus } | "none" | undefined => {
      let any = false;
      for (const each of kernel.state.processes.values()) {
        if (!wanted(each)) continue;
        any = true;
        if (each.state === "zombie") return { pid: each.pid, status: each.status as ExitStatus };
        if (options.untraced && each.state === "stopped" && each.unreported) {
          return { pid: each.pid, status: { kind: "stopped", signal: each.unreported } };
        }
      }
      return any ? undefined : "none";
    };
    for (;;) {
      const seen = look();
      if (seen === "none") return errno("ECHILD");
      if (seen) {
        const child = kernel.process(seen.pid);
        if (seen.status.kind === "stopped") {
          if (child) child.unreported = undefined;
        } else {
          this.caller.cpuTime += child?.cpuTime ?? 0;
          kernel.state.processes.delete(seen.pid);
          this.caller.pending = this.caller.pending.filter((signal) => signal !== "SIGCHLD");
        }
        return seen;
      }
      if (options.noHang) return undefined;
      if (this.interrupted()) return errno("EINTR");
      yield { ready: () => look() !== undefined, interruptible: true };
    }
  }

  kill(pid: number, signal: SignalName | 0): Errno | undefined {
    const kernel = this.kernel;
    const { euid, uid, sid } = this.caller;
    const targets = [...kernel.state.processes.values()].filter((each) =>
      pid > 0
        ? each.pid === pid
        : pid === -1
          ? each.pid !== 1 && each.pid !== this.pid
          : each.pgid === (pid === 0 ? this.caller.pgid : -pid),
    );
    if (targets.length === 0) return errno("ESRCH");
    const allowed = targets.filter(
      (each) => euid === 0 || euid === each.uid || uid === each.uid || (signal === "SIGCONT" && each.sid === sid),
    );
    if (allowed.length === 0) return errno("EPERM");
    if (signal !== 0) for (const target of allowed) kernel.signal(target, signal);
    return undefined;
  }

  sigaction(signal: SignalName, action: "default" | "ignore" | "catch"): void {
    const process = this.caller;
    process.ignored.delete(signal);
    process.caught.delete(signal);
    if (action === "ignore") process.ignored.add(signal);
    if (action === "catch") process.caught.add(signal);
    if (action !== "catch") process.pending = process.pending.filter((each) => each !== signal);
  }

  takeSignal(): SignalName | undefined {
    return this.caller.pending.shift();
  }

  processes(): readonly ProcessInfo[] {
    return [...this.kernel.state.processes.values()].sort((a, b) => a.pid - b.pid).map((each) => this.#describe(each));
  }

  process(pid: number): ProcessInfo | undefined {
    const found = this.kernel.process(pid);
    return found && this.#describe(found);
  }

  #describe(process: Process): ProcessInfo {
    const tty = process.tty === undefined ? undefined : this.kernel.state.ttys.get(process.tty);
    return {
      pid: process.pid,
      ppid: process.ppid,
      pgid: process.pgid,
      sid: process.sid,
      uid: process.uid,
      euid: process.euid,
      gid: process.gid,
      egid: process.egid,
      groups: process.groups,
      comm: process.comm,
      exe: process.exe,
      argv: process.state === "zombie" ? [] : process.argv,
      cwd: process.cwd,
      root: process.root,
      umask: process.umask,
      tty: process.tty === undefined ? undefined : `pts/${process.tty}`,
      tpgid: tty?.pgrp ?? -1,
      state: stateLetter(process, this.world.current?.pid === process.pid && this.world.current.kernel === this.kernel),
      startTime: process.startTime,
      nice: process.nice,
      threads: process.threads,
      cpuTime: process.cpuTime,
      vsz: process.vsz,
      rss: process.rss,
      cgroup: process.cgroup,
    };
  }

  setNice(pid: number, nice: number): Errno | undefined {
    const target = pid === 0 ? this.caller : this.kernel.process(pid);
    if (target === undefined) return errno("ESRCH");
    if (this.caller.euid !== 0 && (target.uid !== this.caller.euid || nice < target.nice)) return errno("EACCES");
    target.nice = Math.max(-20, Math.min(19, nice));
    return undefined;
  }

  setComm(name: string): void {
    this.caller.comm = name.slice(0, 15);
  }

  setTitle(title: string): void {
    this.caller.argv = [title];
  }

  setCgroup(pid: number, path: string): void {
    const target = this.kernel.process(pid);
    if (target) target.cgroup = path;
  }

  setMemory(vsz: number, rss: number, threads = 1): void {
    this.caller.threads = threads;
    this.caller.vsz = vsz;
    this.caller.rss = rss;
  }
}
