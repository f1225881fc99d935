// The kernel of one machine: its processes, open files and terminals. What programs see of it is in syscalls/.

import { cloneData } from "./clone.ts";
import type { Errno } from "./errno.ts";
import { spawnProcess } from "./exec.ts";
import { closeFd, retainFile } from "./files.ts";
import { Fs, type FsState } from "./fs/fs.ts";
import type { Credentials } from "./fs/inode.ts";
import type { VirtualFs } from "./fs/virtual.ts";
import { Network } from "./network.ts";
import type { OpenFile, Process } from "./process.ts";
import type { RandomState } from "./random.ts";
import { Services } from "./services.ts";
import { defaultAction, type SignalName } from "./signal.ts";
import type {
  Data,
  ExitStatus,
  Forwarded,
  InterfaceInfo,
  MachineFacts,
  MountInfo,
  Program,
  RouteInfo,
  SpawnOptions,
  Sys,
} from "./sys.ts";
import { createSys } from "./syscalls/index.ts";
import { hangUp } from "./terminals.ts";
import type { Tty } from "./tty.ts";
import type { World } from "./world.ts";

/** One machine as plain data. */
export interface MachineState {
  readonly name: string;
  hostname: string;
  readonly facts: MachineFacts;
  readonly bootTime: number;
  /** When its setup was over, where it had one: what was done before is somebody else's work. */
  begun?: number;
  random: RandomState;
  fs: FsState;
  processes: Map<number, Process>;
  nextPid: number;
  files: Map<number, OpenFile>;
  nextFile: number;
  ttys: Map<number, Tty>;
  nextTty: number;
  nextSocket: number;
  nextPort: number;
  interfaces: readonly InterfaceInfo[];
  routes?: readonly RouteInfo[];
  /** Interfaces of network namespaces, by name. */
  netns?: Map<string, readonly InterfaceInfo[]>;
  /** Addresses behind which others serve, the first of a round. */
  forwarded?: readonly Forwarded[];
  mounts: MountInfo[];
  netfilter: Data;
  sysctl: Record<string, string>;
  /** What the boot loader gave the kernel; undefined for the usual. */
  commandLine?: string;
  dmesg: { time: number; priority: number; text: string }[];
}

const KERNEL_LOG_LINES = 400;
/** Processes that one control group may hold (pids.max). */
const TASKS_MAX = 1000;

export class Kernel {
  readonly state: MachineState;
  readonly world: World;
  readonly fs: Fs;
  readonly services = new Services(this);
  readonly network = new Network(this);
  readonly #syses = new Map<number, Sys>();

  constructor(state: MachineState, world: World) {
    this.state = state;
    this.world = world;
    this.fs = new Fs(state.fs, () => world.state.now);
    let virtual: VirtualFs | undefined;
    this.fs.proc = () => {
      virtual ??= world.programs.virtual?.(this);
      return virtual;
    };
    this.fs.isOpen = (ino) => {
      for (const file of state.files.values()) if (file.kind === "file" && file.ino === ino) return true;
      return false;
    };
    world.kernels.set(state.name, this);
  }

  /** This machine's state for another world; of the disk both copy what they change from now on. */
  forkState(): MachineState {
    const { fs, ...rest } = this.state;
    return { ...cloneData(rest), fs: this.fs.forkState() };
  }

  // --- processes ---

  process(pid: number): Process | undefined {
    return this.state.processes.get(pid);
  }

  isRunning(pid: number): boolean {
    return this.process(pid)?.state === "running";
  }

  hasCaught(pid: number): boolean {
    const process = this.process(pid);
    return process !== undefined && !process.service && process.pending.length > 0;
  }

  /** The system calls of a process; one object for its whole life. */
  sys(pid: number): Sys {
    let sys = this.#syses.get(pid);
    if (sys === undefined) {
      sys = createSys(this, pid);
      this.#syses.set(pid, sys);
    }
    return sys;
  }

  credentials(process: Process): Credentials {
    return {
      uid: process.euid,
      gid: process.egid,
      groups: process.groups,
      ...(process.root === "/" ? {} : { root: process.root }),
    };
  }

  program(process: Process): Program | undefined {
    return this.world.programs.get(process.program);
  }

  /** Whether the control group of a process holds as many processes as it may: the next fork fails with EAGAIN. */
  isFull(parent: Process): boolean {
    const { processes } = this.state;
    if (processes.size < TASKS_MAX) return false;
    let count = 0;
    for (const each of processes.values()) if (each.cgroup === parent.cgroup) count += 1;
    return count >= TASKS_MAX;
  }

  /** A new row of the process table, a copy of its parent's; descriptors are shared as fork does. */
  createProcess(parent: Process | undefined): Process {
    const { state } = this;
    const pid = state.nextPid++;
    const process: Process = {
      pid,
      ppid: parent?.pid ?? 0,
      pgid: parent?.pgid ?? pid,
      sid: parent?.sid ?? pid,
      uid: parent?.uid ?? 0,
      euid: parent?.euid ?? 0,
      gid: parent?.gid ?? 0,
      egid: parent?.egid ?? 0,
      groups: parent?.groups ?? [0],
      umask: parent?.umask ?? 0o022,
      cwd: parent?.cwd ?? "/",
      root: parent?.root ?? "/",
      ...(parent?.hostname === undefined ? {} : { hostname: parent.hostname }),
      ...(parent?.netns === undefined ? {} : { netns: parent.netns }),
      env: { ...parent?.env },
      argv: parent?.argv ?? [],
      exe: parent?.exe ?? "",
      comm: parent?.comm ?? "",
      program: parent?.program ?? "",
      fds: new Map(parent?.fds),
      cloexec: new Set(parent?.cloexec),
      tty: parent?.tty,
      state: "running",
      status: undefined,
      unreported: undefined,
      startTime: this.world.now,
      nice: parent?.nice ?? 0,
      ignored: new Set(parent?.ignored),
      caught: new Set(),
      pending: [],
      kept: undefined,
      service: false,
      timers: new Map(),
      watched: new Set(),
      cgroup: parent?.cgroup ?? "/init.scope",
      vsz: parent?.vsz ?? 8_200,
      rss: parent?.rss ?? 3_100,
      threads: 1,
      cpuTime: 0,
    };
    for (const id of process.fds.values()) retainFile(this, id);
    state.processes.set(pid, process);
    return process;
  }

  /** Starts a program in a new process; the parent's answer is the pid or why it cannot run. */
  spawn(parent: Process | undefined, options: SpawnOptions): number | Errno {
    return spawnProcess(this, parent, options);
  }

  /** The main thread of a process came to its end. */
  threadReturned(pid: number, result: unknown): void {
    const process = this.process(pid);
    if (process && process.state !== "zombie")
      this.end(process, { kind: "exited", code: typeof result === "number" ? result & 0xff : 0 });
  }

  /** A program of ours threw: the process dies as of a fault, and the world reports the error. */
  crash(pid: number): void {
    const process = this.process(pid);
    if (process && process.state !== "zombie") this.end(process, { kind: "killed", signal: "SIGSEGV", core: true });
  }

  /** A process ends: descriptors closed, children to init, parent told. */
  end(process: Process, status: ExitStatus): void {
    this.world.dropThreads(this, process.pid);
    for (const [fd] of [...process.fds]) closeFd(this, process, fd);
    process.state = "zombie";
    process.status = status;
    process.service = false;
    process.timers.clear();
    process.watched.clear();
    this.services.forget();
    this.#syses.delete(process.pid);
    // Who could continue a stopped group is a parent in another group of the session: these may have lost theirs.
    const groups = new Set<number>();
    if (this.process(process.ppid)?.pgid !== process.pgid) groups.add(process.pgid);
    for (const child of this.state.processes.values()) {
      if (child.ppid !== process.pid) continue;
      child.ppid = 1;
      if (child.pgid !== process.pgid && child.sid === process.sid) groups.add(child.pgid);
      if (child.state === "zombie") this.#reportEnd(child);
    }
    for (const pgid of groups) this.#wakeOrphans(pgid);
    if (process.sid === process.pid && process.tty !== undefined) this.#sessionEnded(process);
    this.#reportEnd(process);
  }

  /** A group that nobody can continue any more is told so, if it stands still: SIGHUP, SIGCONT. */
  #wakeOrphans(pgid: number): void {
    const members = this.#membersOf(pgid);
    if (!members.some(({ state }) => state === "stopped") || !this.isOrphaned(pgid)) return;
    for (const each of members) {
      this.signal(each, "SIGHUP");
      this.signal(each, "SIGCONT");
    }
  }

  /** No member has a parent in another group of its session: if it were stopped, no shell would continue it. */
  isOrphaned(pgid: number): boolean {
    return !this.#membersOf(pgid).some(({ ppid, sid }) => {
      const parent = this.process(ppid);
      return parent !== undefined && parent.pgid !== pgid && parent.sid === sid && parent.state !== "zombie";
    });
  }

  #membersOf(pgid: number): Process[] {
    return [...this.state.processes.values()].filter((each) => each.pgid === pgid && each.state !== "zombie");
  }

  #sessionEnded(leader: Process): void {
    const tty = this.state.ttys.get(leader.tty as number);
    if (tty === undefined) return;
    for (const process of [...this.state.processes.values()]) {
      if (process.sid === leader.pid && process.pid !== leader.pid && process.pgid === tty.pgrp)
        this.signal(process, "SIGHUP");
    }
    hangUp(this, tty);
  }

  #reportEnd(process: Process): void {
    const parent = this.process(process.ppid);
    if (parent === undefined || parent.state === "zombie") {
      this.state.processes.delete(process.pid);
      return;
    }
    if (parent.service) this.services.tell(parent);
    else if (parent.pid === 1) this.state.processes.delete(process.pid);
    else this.signal(parent, "SIGCHLD");
  }

  // --- signals ---

  signal(process: Process, signal: SignalName): void {
    if (process.state === "zombie") return;
    if (signal === "SIGCONT" || signal === "SIGKILL") this.#resume(process, signal);
    if (signal !== "SIGKILL" && signal !== "SIGSTOP") {
      if (process.ignored.has(signal)) return;
      if (process.service && this.services.of(process)?.signals?.includes(signal)) {
        process.pending.push(signal);
        this.services.tell(process);
        return;
      }
      if (process.caught.has(signal)) {
        if (!process.pending.includes(signal)) process.pending.push(signal);
        return;
      }
    }
    if (process.pid === 1) return;
    switch (defaultAction(signal)) {
      case "ignore":
      case "continue":
        return;
      case "stop":
        if (process.state === "running") {
          process.state = "stopped";
          process.unreported = signal;
          this.#tellParent(process);
        }
        return;
      case "core":
        this.end(process, { kind: "killed", signal, core: true });
        return;
      case "terminate":
        this.end(process, { kind: "killed", signal, core: false });
        return;
    }
  }

  #resume(process: Process, signal: SignalName): void {
    if (process.state !== "stopped") return;
    process.state = "running";
    process.unreported = undefined;
    if (signal === "SIGCONT") this.#tellParent(process);
  }

  #tellParent(process: Process): void {
    const parent = this.process(process.ppid);
    if (parent && parent.pid !== 1 && !parent.service) this.signal(parent, "SIGCHLD");
  }

  /** Sends to every process of a group; whether there was one. */
  signalGroup(pgid: number, signal: SignalName): boolean {
    let any = false;
    for (const process of [...this.state.processes.values()]) {
      if (process.pgid !== pgid || process.state === "zombie") continue;
      any = true;
      this.signal(process, signal);
    }
    return any;
  }

  printk(priority: number, text: string): void {
    const { dmesg } = this.state;
    dmesg.push({ time: this.world.now, priority, text });
    if (dmesg.length > KERNEL_LOG_LINES) dmesg.splice(0, dmesg.length - KERNEL_LOG_LINES);
  }
}
