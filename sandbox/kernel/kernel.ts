// The kernel of one machine: its processes, open files and terminals. What programs see of it is in syscalls/.

import { cloneData } from "./clone.ts";
import { type Errno, errno, isErrno } from "./errno.ts";
import { programOf } from "./fs/executable.ts";
import { Fs, type FsState } from "./fs/fs.ts";
import { type Credentials, permits, ROOT } from "./fs/inode.ts";
import type { VirtualFs } from "./fs/virtual.ts";
import { Network } from "./network.ts";
import type { OpenFile, Process } from "./process.ts";
import type { RandomState } from "./random.ts";
import { Services } from "./services.ts";
import { defaultAction, type SignalName } from "./signal.ts";
import type {
  Data,
  ExitStatus,
  InterfaceInfo,
  MachineFacts,
  MountInfo,
  Program,
  RouteInfo,
  SpawnOptions,
  Sys,
  Task,
  WindowSize,
} from "./sys.ts";
import { createSys } from "./syscalls/index.ts";
import { decode } from "./text.ts";
import { createTty, processOutput, type Tty, typeInto } from "./tty.ts";
import { PARK, type World } from "./world.ts";

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
  mounts: MountInfo[];
  netfilter: Data;
  sysctl: Record<string, string>;
  /** What the boot loader gave the kernel; undefined for the usual. */
  commandLine?: string;
  dmesg: { time: number; priority: number; text: string }[];
}

/** What runs when a path is executed: the program, and the words it is given. */
export interface Executable {
  readonly program: string;
  readonly path: string;
  readonly argv: readonly string[];
  /** Name of the process: of the file as it was called, a script's own. */
  readonly comm: string;
  readonly setuid: number | undefined;
  readonly setgid: number | undefined;
}

/** Bytes that a terminal may be behind before writers wait. */
const TERMINAL_BACKLOG = 131_072;
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

  /** This machine's state for another world; with `terminals: false` only services come along. */
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
    for (const id of process.fds.values()) this.retain(id);
    state.processes.set(pid, process);
    return process;
  }

  /** Starts a program in a new process; the parent's answer is the pid or why it cannot run. */
  spawn(parent: Process | undefined, options: SpawnOptions): number | Errno {
    if (parent !== undefined && this.isFull(parent)) return errno("EAGAIN");
    const who = parent ? { ...this.credentials(parent) } : { uid: 0, gid: 0, groups: [0] };
    const asked = {
      uid: options.uid ?? who.uid,
      gid: options.gid ?? who.gid,
      groups: options.groups ?? who.groups,
      ...(options.root ? { root: options.root } : who.root ? { root: who.root } : {}),
    };
    const cwd = options.cwd ?? parent?.cwd ?? "/";
    const found = this.resolveExecutable(options.path, options.argv, cwd, asked);
    if (isErrno(found)) return found;
    const process = this.createProcess(parent);
    if (options.uid !== undefined) {
      process.uid = options.uid;
      process.euid = options.uid;
    }
    if (options.gid !== undefined) {
      process.gid = options.gid;
      process.egid = options.gid;
    }
    if (options.groups) process.groups = options.groups;
    if (options.env) process.env = { ...options.env };
    if (options.umask !== undefined) process.umask = options.umask;
    if (options.root) process.root = options.root;
    if (options.hostname !== undefined) process.hostname = options.hostname;
    if (options.cgroup) process.cgroup = options.cgroup;
    if (options.nice !== undefined) process.nice = options.nice;
    process.cwd = cwd;
    this.#giveDescriptors(process, parent, options.fds);
    if (options.session) {
      process.sid = process.pid;
      process.pgid = process.pid;
      process.tty = undefined;
    } else if (options.pgid !== undefined) {
      process.pgid = options.pgid === 0 ? process.pid : options.pgid;
    }
    if (options.tty) this.#takeTerminal(process, options.tty);
    this.becomeExecutable(process, found);
    this.world.addThread(this, process.pid, this.runExecutable(process, found), false);
    return process.pid;
  }

  #giveDescriptors(
    process: Process,
    parent: Process | undefined,
    wanted: Readonly<Record<number, number>> | undefined,
  ): void {
    const given = new Map<number, number>();
    if (wanted) {
      for (const [child, own] of Object.entries(wanted)) {
        const id = parent?.fds.get(own);
        if (id !== undefined) given.set(Number(child), id);
      }
    } else {
      for (const fd of [0, 1, 2]) {
        const id = parent?.fds.get(fd);
        if (id !== undefined) given.set(fd, id);
      }
    }
    for (const id of given.values()) this.retain(id);
    for (const id of process.fds.values()) this.releaseFile(id);
    process.fds = given;
    process.cloexec = new Set();
  }

  #takeTerminal(process: Process, name: string): void {
    const id = Number(name.replace(/^pts\//, ""));
    const tty = this.state.ttys.get(id);
    if (tty === undefined) return;
    process.sid = process.pid;
    process.pgid = process.pid;
    process.tty = id;
    tty.sid = process.pid;
    tty.pgrp = process.pid;
  }

  /** What executing a path would run: ELF files name their program, #! lines their interpreter. */
  resolveExecutable(
    path: string,
    argv: readonly string[],
    cwd: string,
    who: Credentials,
    depth = 0,
  ): Executable | Errno {
    const found = this.fs.walk(path, cwd, who);
    if (isErrno(found)) return found;
    const { inode } = found;
    if (inode.type !== "file") return errno("EACCES");
    if (!permits(inode, who, "x")) return errno("EACCES");
    const head = (inode.data ?? new Uint8Array()).subarray(0, Math.min(inode.size, 256));
    const program = programOf(head);
    if (program !== undefined) {
      if (!this.world.programs.known(program)) return errno("ENOEXEC");
      return {
        program,
        path: found.path,
        argv,
        comm: path.slice(path.lastIndexOf("/") + 1).slice(0, 15),
        setuid: (inode.mode & 0o4000) !== 0 ? inode.uid : undefined,
        setgid: (inode.mode & 0o2000) !== 0 ? inode.gid : undefined,
      };
    }
    if (head[0] !== 0x23 || head[1] !== 0x21) return errno("ENOEXEC");
    if (depth > 4) return errno("ELOOP");
    const line = decode(head).slice(2).split("\n")[0]?.trim() ?? "";
    const space = line.search(/[ \t]/);
    const interpreter = space < 0 ? line : line.slice(0, space);
    if (interpreter === "") return errno("ENOEXEC");
    const argument = space < 0 ? [] : [line.slice(space).trim()];
    const words = [interpreter, ...argument, path, ...argv.slice(1)];
    const run = this.resolveExecutable(interpreter, words, cwd, who, depth + 1);
    return isErrno(run) ? run : { ...run, comm: path.slice(path.lastIndexOf("/") + 1).slice(0, 15) };
  }

  /** The part of exec that changes the process itself. */
  becomeExecutable(process: Process, executable: Executable): void {
    process.argv = executable.argv;
    process.exe = executable.path;
    process.comm = executable.comm;
    process.program = executable.program;
    process.caught = new Set();
    process.pending = [];
    process.kept = undefined;
    process.vsz = 8_224;
    process.rss = 4_180;
    process.threads = 1;
    if (executable.setuid !== undefined) process.euid = executable.setuid;
    if (executable.setgid !== undefined) process.egid = executable.setgid;
    for (const fd of process.cloexec) {
      const id = process.fds.get(fd);
      process.fds.delete(fd);
      if (id !== undefined) this.releaseFile(id);
    }
    process.cloexec = new Set();
  }

  /** Runs a program in a process to its end. A service stays on after its start. */
  *runExecutable(process: Process, executable: Executable): Task<number> {
    let program = this.world.programs.get(executable.program);
    while (program === undefined) {
      this.world.wanted.add(executable.program);
      yield { ready: () => this.world.programs.get(executable.program) !== undefined };
      program = this.world.programs.get(executable.program);
    }
    const sys = this.sys(process.pid);
    if (program.service) {
      process.service = true;
      // What came before its program was loaded waits for it.
      this.services.tell(process);
      const status = yield* program.service.start(sys, process.argv);
      if (status !== undefined) {
        process.service = false;
        return status;
      }
      yield PARK;
    }
    return program.main ? yield* program.main(sys, process.argv) : 0;
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
    for (const [fd] of [...process.fds]) this.closeFd(process, fd);
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
    this.hangUp(tty);
  }

  /** Nobody is at this terminal any more. */
  hangUp(tty: Tty): void {
    if (tty.hungUp) return;
    tty.hungUp = true;
    if (tty.out.kind === "host") this.world.closedTerminals.add(tty.out.terminal);
    else {
      const stream = this.world.stream(tty.out.stream);
      if (stream) {
        stream.writers = 0;
        this.world.releaseStream(stream);
      }
    }
    const place = this.fs.place(`/dev/pts/${tty.id}`, "/", ROOT);
    if (!isErrno(place) && place.inode) this.fs.unlink(place, ROOT);
    this.state.ttys.delete(tty.id);
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

  // --- open files ---

  addFile(file: OpenFile): number {
    const id = this.state.nextFile++;
    this.state.files.set(id, file);
    return id;
  }

  retain(id: number): void {
    const file = this.state.files.get(id);
    if (file) file.refs += 1;
  }

  /** The lowest free descriptor, from `least` on, now standing for an open file. */
  giveFd(process: Process, id: number, least = 0): number {
    let fd = least;
    while (process.fds.has(fd)) fd += 1;
    process.fds.set(fd, id);
    return fd;
  }

  file(process: Process, fd: number): OpenFile | undefined {
    const id = process.fds.get(fd);
    return id === undefined ? undefined : this.state.files.get(id);
  }

  closeFd(process: Process, fd: number): Errno | undefined {
    const id = process.fds.get(fd);
    if (id === undefined) return errno("EBADF");
    process.fds.delete(fd);
    process.cloexec.delete(fd);
    if (process.watched.has(fd)) this.services.watch(process, fd, false);
    process.lasting?.delete(fd);
    this.releaseFile(id);
    return undefined;
  }

  releaseFile(id: number): void {
    const file = this.state.files.get(id);
    if (file === undefined) return;
    file.refs -= 1;
    if (file.refs > 0) return;
    this.state.files.delete(id);
    switch (file.kind) {
      case "file":
        this.fs.release(file.ino);
        return;
      case "pipe":
        this.#dropEnd(file.stream, file.end);
        return;
      case "socket":
        this.#resetPeer(file.input, file.output);
        this.#dropEnd(file.input, "read");
        if (!file.shut) this.#dropEnd(file.output, "write");
        return;
      case "listener":
        for (const pending of file.backlog) this.releaseFile(pending);
        return;
      case "master": {
        this.#dropEnd(file.stream, "read");
        const tty = this.state.ttys.get(file.tty);
        if (tty) this.#masterClosed(tty);
        return;
      }
      default:
        return;
    }
  }

  #masterClosed(tty: Tty): void {
    for (const process of [...this.state.processes.values()])
      if (process.sid === tty.sid) this.signal(process, "SIGHUP");
    this.hangUp(tty);
  }

  /** Closing a socket with data unread resets the connection instead of ending it. */
  #resetPeer(input: number, output: number): void {
    const toPeer = this.world.stream(output);
    if (toPeer && (this.world.stream(input)?.size ?? 0) > 0) toPeer.reset = true;
  }

  #dropEnd(id: number, end: "read" | "write"): void {
    const stream = this.world.stream(id);
    if (stream === undefined) return;
    if (end === "read") stream.readers -= 1;
    else stream.writers -= 1;
    this.world.releaseStream(stream);
  }

  // --- terminals ---

  /** A new terminal: of the host by its name, or with a master side (returned as a stream). */
  createTty(out: Tty["out"], size: WindowSize, owner: { uid: number }): Tty {
    const tty = createTty(this.state.nextTty++, out, size);
    this.state.ttys.set(tty.id, tty);
    this.fs.install(`/dev/pts/${tty.id}`, { type: "char", mode: 0o620, uid: owner.uid, gid: 5, rdev: [136, tty.id] });
    return tty;
  }

  /** Keys arrive at a terminal. */
  type(tty: Tty, bytes: Uint8Array): void {
    const { echo, signals } = typeInto(tty, bytes);
    // A key that sends a signal throws away what a slow terminal has not drawn (n_tty's isig), so that whoever waits to write is woken.
    if (signals.length > 0 && tty.out.kind === "host" && !this.ttyHasRoom(tty))
      this.world.output.delete(tty.out.terminal);
    if (echo !== "") this.ttyWrite(tty, new TextEncoder().encode(echo));
    for (const signal of signals) this.signalGroup(tty.pgrp, signal);
  }

  /** Whether a terminal takes more output now. */
  ttyHasRoom(tty: Tty): boolean {
    if (tty.out.kind === "host") return (this.world.output.get(tty.out.terminal)?.size ?? 0) < TERMINAL_BACKLOG;
    const stream = this.world.stream(tty.out.stream);
    return stream === undefined || stream.size < stream.capacity;
  }

  ttyWrite(tty: Tty, bytes: Uint8Array): void {
    const out = processOutput(tty, bytes);
    if (tty.out.kind === "host") {
      this.world.write(tty.out.terminal, out === bytes ? bytes.slice() : out);
      return;
    }
    const stream = this.world.stream(tty.out.stream);
    if (stream) {
      stream.chunks.push(out === bytes ? bytes.slice() : out);
      stream.size += out.length;
    }
  }

  resizeTty(tty: Tty, size: WindowSize): void {
    if (tty.size.columns === size.columns && tty.size.rows === size.rows) return;
    tty.size = size;
    this.signalGroup(tty.pgrp, "SIGWINCH");
  }

  /** Whether a read on the descriptor would answer at once (data, or the end). */
  canRead(process: Process, fd: number): boolean {
    const file = this.file(process, fd);
    if (file === undefined) return true;
    switch (file.kind) {
      case "pipe": {
        const stream = this.world.stream(file.stream);
        return (
          stream === undefined || stream.size > 0 || (stream.writers <= 0 && (stream.opened || file.path === undefined))
        );
      }
      case "socket": {
        const stream = this.world.stream(file.input);
        return stream === undefined || stream.size > 0 || stream.writers <= 0;
      }
      case "master": {
        const stream = this.world.stream(file.stream);
        return stream === undefined || stream.size > 0 || stream.writers <= 0;
      }
      case "listener":
        return file.backlog.length > 0;
      case "tty": {
        const tty = this.state.ttys.get(file.tty);
        return tty === undefined || tty.hungUp || tty.ready.length > 0;
      }
      default:
        return true;
    }
  }

  printk(priority: number, text: string): void {
    const { dmesg } = this.state;
    dmesg.push({ time: this.world.now, priority, text });
    if (dmesg.length > KERNEL_LOG_LINES) dmesg.splice(0, dmesg.length - KERNEL_LOG_LINES);
  }
}
