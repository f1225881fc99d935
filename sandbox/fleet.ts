// A fleet: machines on one network, with the terminals people sit at. A fleet is a value: fork, snapshot, restore.

import { cloneData } from "./kernel/clone.ts";
import { type Errno, errno, isErrno } from "./kernel/errno.ts";
import { addFile, closeFd } from "./kernel/files.ts";
import type { FsState } from "./kernel/fs/fs.ts";
import { ROOT } from "./kernel/fs/inode.ts";
import { Kernel, type MachineState } from "./kernel/kernel.ts";
import type { Process } from "./kernel/process.ts";
import type { SpawnOptions, Sys, Task, WindowSize } from "./kernel/sys.ts";
import { closeTty, openTty, resizeTty, typeKeys } from "./kernel/terminals.ts";
import { concat, decode, encode } from "./kernel/text.ts";
import { cookedModes } from "./kernel/tty.ts";
import { type ProgramTable, type RunState, World, type WorldState } from "./kernel/world.ts";
import { findUser, loginEnvironment } from "./login.ts";

/** A terminal somebody sits at. */
export interface Terminal {
  readonly id: string;
  readonly machine: string;
  readonly user: string;
  readonly tty: number;
  /** Its login shell. */
  readonly pid: number;
}

/** A fleet as plain data: what is saved, shared, compared. */
export interface FleetState {
  readonly world: WorldState;
  readonly machines: readonly MachineState[];
  readonly terminals: readonly Terminal[];
}

/** A process that must die in a copy because its code was in flight. */
interface InFlight {
  readonly machine: string;
  readonly pid: number;
  readonly fd: number | undefined;
}

/** A task that was begun and may have ended. */
export interface RunningTask {
  /** Its exit status; undefined while it runs. */
  status(): number | undefined;
  kill(): void;
}

export interface CopyOptions {
  /** False: only services come along, as for grading. */
  readonly terminals: boolean;
}

export class Fleet {
  readonly world: World;
  readonly terminals: Terminal[];

  constructor(state: FleetState, programs: ProgramTable, options: CopyOptions = { terminals: true }) {
    this.world = new World(state.world, programs);
    this.terminals = [...state.terminals];
    for (const machine of state.machines) new Kernel(machine, this.world);
    for (const kernel of this.world.kernels.values()) this.#takeUp(kernel, options);
  }

  /** Processes without a program to take them up end as their terminal would have hung up. */
  #takeUp(kernel: Kernel, options: CopyOptions): void {
    for (const process of [...kernel.state.processes.values()]) {
      if (process.service || process.state === "zombie") continue;
      const program = this.world.programs.get(process.program);
      if (options.terminals && program?.resume && process.kept !== undefined) {
        process.pending = [];
        this.world.addThread(kernel, process.pid, program.resume(kernel.sys(process.pid), process.argv), false);
      } else if (process.cgroup.startsWith("/kubepods")) {
        // fidelity: a program in a container that was copied in mid-flight stays where it stood.
        this.world.addThread(kernel, process.pid, standStill(kernel.sys(process.pid)), false);
      } else {
        kernel.end(process, { kind: "killed", signal: "SIGHUP", core: false });
      }
    }
    for (const tty of kernel.state.ttys.values()) {
      const leader = kernel.process(tty.sid);
      if (leader) tty.pgrp = leader.pgid;
      // Whoever had the terminal in a mode of its own (an editor, readline) is gone.
      if (leader?.program === "bash") tty.modes = cookedModes();
      tty.line = "";
      tty.ready = [];
    }
    if (!options.terminals) this.terminals.length = 0;
  }

  get now(): number {
    return this.world.now;
  }

  machine(name: string): Kernel {
    const kernel = this.world.kernels.get(name);
    if (kernel === undefined) throw new Error(`there is no machine ${name}`);
    return kernel;
  }

  get machines(): readonly Kernel[] {
    return [...this.world.kernels.values()];
  }

  // --- time ---

  /** Runs what is runnable; see World.run. */
  run(stop?: () => boolean): RunState {
    return this.world.run(stop);
  }

  /** Lets so much virtual time pass, to the end. */
  advance(ms: number): RunState {
    this.world.advance(ms);
    return this.world.run();
  }

  // --- copies ---

  /** This fleet as a value; nothing in flight is part of it. The fleet itself goes on undisturbed. */
  snapshot(): FleetState {
    return this.#stateBy(cloneData, (kernel) => kernel.forkState());
  }

  #stateBy(copy: typeof cloneData, copyOf: (kernel: Kernel) => MachineState): FleetState {
    const { world } = this;
    const inFlight: InFlight[] = world.threads
      .filter((thread) => !thread.done && thread.handler && thread.fd !== undefined)
      .map((thread) => ({ machine: thread.kernel.state.name, pid: thread.pid, fd: thread.fd }));
    const state: FleetState = {
      world: { ...world.state, streams: copy(world.state.streams) },
      machines: this.machines.map(copyOf),
      terminals: copy(this.terminals),
    };
    for (const { machine, pid, fd } of inFlight) {
      const process = state.machines.find((each) => each.name === machine)?.processes.get(pid);
      if (process === undefined || fd === undefined) continue;
      if (process.lasting?.has(fd)) process.untended = [...(process.untended ?? []), fd];
      else dropSocket(state, machine, process, fd);
    }
    return state;
  }

  /** A second fleet that begins where this one is. */
  fork(options: CopyOptions = { terminals: false }): Fleet {
    return new Fleet(this.snapshot(), this.world.programs, options);
  }

  /** What `fork` would answer, out of this fleet's own data: it must not be used any more. */
  handOn(options: CopyOptions = { terminals: false }): Fleet {
    const state = this.#stateBy(
      (value) => value,
      (kernel) => kernel.state,
    );
    return new Fleet(state, this.world.programs, options);
  }

  // --- terminals ---

  /** Somebody logs in. The shell starts at the next run. */
  openTerminal(id: string, machine: string, user: string, size: WindowSize): Terminal | Errno {
    const kernel = this.machine(machine);
    const account = findUser(kernel, user);
    if (account === undefined) return errno("ENOENT");
    const tty = openTty(kernel, { kind: "host", terminal: id }, size, { uid: account.uid });
    const pid = this.#spawnOn(kernel, `pts/${tty.id}`, {
      path: account.shell,
      // As the recorded terminals were started: bash speaks of itself as "bash", not "-bash".
      argv: account.shell.endsWith("/bash")
        ? [account.shell, "--login"]
        : [`-${account.shell.slice(account.shell.lastIndexOf("/") + 1)}`],
      env: { ...loginEnvironment(account), TERM: "xterm-256color" },
      cwd: account.home,
      uid: account.uid,
      gid: account.gid,
      groups: account.groups,
      cgroup: `/user.slice/user-${account.uid}.slice/session-${tty.id + 1}.scope`,
    });
    if (isErrno(pid)) return pid;
    const terminal: Terminal = { id, machine, user, tty: tty.id, pid };
    this.terminals.push(terminal);
    return terminal;
  }

  #spawnOn(kernel: Kernel, tty: string, options: SpawnOptions): number | Errno {
    const parent = kernel.process(1);
    const pid = kernel.spawn(parent, { ...options, fds: {}, tty });
    if (isErrno(pid)) return pid;
    const process = kernel.process(pid) as Process;
    const id = addFile(kernel, { kind: "tty", refs: 3, tty: Number(tty.slice(4)), path: `/dev/${tty}` });
    for (const fd of [0, 1, 2]) process.fds.set(fd, id);
    return pid;
  }

  /** Keys typed at a terminal. */
  type(id: string, keys: string | Uint8Array): void {
    const terminal = this.terminals.find((each) => each.id === id);
    if (terminal === undefined) return;
    const kernel = this.machine(terminal.machine);
    const tty = kernel.state.ttys.get(terminal.tty);
    if (tty) typeKeys(kernel, tty, typeof keys === "string" ? encode(keys) : keys);
  }

  resize(id: string, size: WindowSize): void {
    const terminal = this.terminals.find((each) => each.id === id);
    if (terminal === undefined) return;
    const kernel = this.machine(terminal.machine);
    const tty = kernel.state.ttys.get(terminal.tty);
    if (tty) resizeTty(kernel, tty, size);
  }

  closeTerminal(id: string): void {
    const at = this.terminals.findIndex((each) => each.id === id);
    const terminal = this.terminals[at];
    if (terminal === undefined) return;
    this.terminals.splice(at, 1);
    const kernel = this.machine(terminal.machine);
    const tty = kernel.state.ttys.get(terminal.tty);
    if (tty) closeTty(kernel, tty);
  }

  /** Whether a terminal's shell waits for a command: nothing else is in its foreground. */
  atPrompt(id: string): boolean {
    const terminal = this.terminals.find((each) => each.id === id);
    if (terminal === undefined) return true;
    const kernel = this.machine(terminal.machine);
    const tty = kernel.state.ttys.get(terminal.tty);
    return tty === undefined || (!tty.modes.icanon && kernel.process(tty.pgrp)?.program === "bash");
  }

  /** What was written to a terminal since the last call, as text. */
  screen(id: string): string {
    const pending = this.world.output.get(id);
    this.world.output.delete(id);
    return pending === undefined ? "" : decode(concat(pending.chunks));
  }

  // --- direct work on a machine, for editors, scenes and graders ---

  /** Begins a program function as a new process of root (or another), without a terminal; undefined where there is no such user. */
  beginTask(machine: string, task: (sys: Sys) => Task<number>, user = "root"): RunningTask | undefined {
    const kernel = this.machine(machine);
    const account = findUser(kernel, user);
    if (account === undefined) return undefined;
    const process = kernel.createProcess(kernel.process(1));
    for (const fd of [...process.fds.keys()]) closeFd(kernel, process, fd);
    Object.assign(process, {
      sid: process.pid,
      pgid: process.pid,
      tty: undefined,
      uid: account.uid,
      euid: account.uid,
      gid: account.gid,
      egid: account.gid,
      groups: account.groups,
      cwd: account.home,
      env: loginEnvironment(account),
      comm: "probe",
      program: "probe",
      argv: ["probe"],
    });
    for (const fd of [0, 1, 2])
      process.fds.set(fd, addFile(kernel, { kind: "device", refs: 1, name: "null", path: "/dev/null" }));
    const running: { status?: number } = {};
    const run = function* (): Task<number> {
      running.status = yield* task(kernel.sys(process.pid));
      return running.status;
    };
    this.world.addThread(kernel, process.pid, run(), false);
    return {
      status: () => running.status,
      kill: () => kernel.end(process, { kind: "killed", signal: "SIGKILL", core: false }),
    };
  }

  /** Lets the clock go to what is due next; false where nothing is due up to that time. */
  goToNext(end: number): boolean {
    const due = this.world.nextDue();
    if (due === undefined || due > end) return false;
    this.world.goal = Math.max(this.world.goal, due);
    return true;
  }

  /** Runs a program function as a new process of root (or another) and answers its exit status; time may pass up to `patience` ms. */
  runTask(
    machine: string,
    task: (sys: Sys) => Task<number>,
    options: { user?: string; patience?: number } = {},
  ): number | undefined {
    const running = this.beginTask(machine, task, options.user);
    if (running === undefined) return undefined;
    const end = this.now + (options.patience ?? 10_000);
    do {
      if (this.world.run() === "loading") return undefined;
    } while (running.status() === undefined && this.goToNext(end));
    if (running.status() === undefined) running.kill();
    return running.status();
  }

  readFile(machine: string, path: string): Uint8Array | Errno {
    const kernel = this.machine(machine);
    const found = kernel.fs.walk(path, "/", ROOT);
    if (isErrno(found)) return found;
    if (found.inode.type === "directory") return errno("EISDIR");
    if (found.inode.type !== "file") return errno("EINVAL");
    return kernel.fs.read(found.inode, 0, found.inode.size);
  }

  /** Saves as root does: the file keeps its owner and mode. */
  writeFile(machine: string, path: string, data: string | Uint8Array): Errno | undefined {
    const kernel = this.machine(machine);
    const place = kernel.fs.place(path, "/", ROOT, true);
    if (isErrno(place)) return place;
    const inode = place.inode ?? kernel.fs.create(place, "file", 0o644, ROOT);
    if (isErrno(inode)) return inode;
    if (inode.type === "directory") return errno("EISDIR");
    if (inode.type !== "file" || inode.virtual) return errno("EINVAL");
    return kernel.fs.truncate(inode, 0) ?? kernel.fs.write(inode, 0, typeof data === "string" ? encode(data) : data);
  }
}

function* standStill(sys: Sys): Task<number> {
  for (;;) yield* sys.sleep(2 ** 40);
}

/** Takes a connection out of a copied state: whoever worked on it is not part of the copy. */
function dropSocket(state: FleetState, machine: string, process: Process, fd: number): void {
  const files = state.machines.find((each) => each.name === machine)?.files;
  const id = process.fds.get(fd);
  const file = id === undefined ? undefined : files?.get(id);
  if (id === undefined || file?.kind !== "socket") return;
  process.fds.delete(fd);
  process.watched.delete(fd);
  file.refs -= 1;
  if (file.refs > 0) return;
  files?.delete(id);
  const input = state.world.streams.get(file.input);
  if (input) input.readers -= 1;
  const output = state.world.streams.get(file.output);
  if (output && !file.shut) output.writers -= 1;
}

/** A state of its own: changing the copy leaves the original as it is. */
export function copyState(state: FleetState): FleetState {
  return {
    world: cloneData(state.world),
    machines: state.machines.map((machine) => {
      const { fs, ...rest } = machine;
      return { ...cloneData(rest), fs: copyFs(fs) };
    }),
    terminals: cloneData(state.terminals),
  };
}

function copyFs(fs: FsState): FsState {
  fs.epoch += 1;
  return { ...fs, inodes: new Map(fs.inodes) };
}

/** Names of the programs that processes of a state run: they must be loaded before it is taken up. */
export function programsOf(state: FleetState): ReadonlySet<string> {
  const names = new Set<string>();
  for (const machine of state.machines) for (const process of machine.processes.values()) names.add(process.program);
  return names;
}
