// How a program comes to run in a process: what a path stands for, what a new process is given, the run to its end.

import { type Errno, errno, isErrno } from "./errno.ts";
import { releaseFile, retainFile } from "./files.ts";
import { programOf } from "./fs/executable.ts";
import { type Credentials, permits } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import type { Process } from "./process.ts";
import type { SpawnOptions, Task } from "./sys.ts";
import { decode } from "./text.ts";
import { PARK } from "./world.ts";

/** What runs when a path is executed: the program, and the words it is given. */
interface Executable {
  readonly program: string;
  readonly path: string;
  readonly argv: readonly string[];
  /** Name of the process: of the file as it was called, a script's own. */
  readonly comm: string;
  readonly setuid: number | undefined;
  readonly setgid: number | undefined;
}

/** Interpreters of interpreters that are followed. */
const MAX_INTERPRETERS = 4;

/** Starts a program in a new process; the parent's answer is the pid or why it cannot run. */
export function spawnProcess(kernel: Kernel, parent: Process | undefined, options: SpawnOptions): number | Errno {
  if (parent !== undefined && kernel.isFull(parent)) return errno("EAGAIN");
  const who = parent ? { ...kernel.credentials(parent) } : { uid: 0, gid: 0, groups: [0] };
  const root = options.root || who.root;
  const asked = {
    uid: options.uid ?? who.uid,
    gid: options.gid ?? who.gid,
    groups: options.groups ?? who.groups,
    ...(root ? { root } : {}),
  };
  const cwd = options.cwd ?? parent?.cwd ?? "/";
  const found = resolveExecutable(kernel, options.path, options.argv, cwd, asked);
  if (isErrno(found)) return found;
  const process = kernel.createProcess(parent);
  applyOptions(process, options);
  process.cwd = cwd;
  giveDescriptors(kernel, process, parent, options.fds);
  if (options.session) {
    process.sid = process.pid;
    process.pgid = process.pid;
    process.tty = undefined;
  } else if (options.pgid !== undefined) {
    process.pgid = options.pgid === 0 ? process.pid : options.pgid;
  }
  if (options.tty) takeTerminal(kernel, process, options.tty);
  becomeExecutable(kernel, process, found);
  kernel.world.addThread(kernel, process.pid, runExecutable(kernel, process, found), false);
  return process.pid;
}

function applyOptions(process: Process, options: SpawnOptions): void {
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
  if (options.netns !== undefined) process.netns = options.netns;
  if (options.cgroup) process.cgroup = options.cgroup;
  if (options.nice !== undefined) process.nice = options.nice;
}

function giveDescriptors(
  kernel: Kernel,
  process: Process,
  parent: Process | undefined,
  wanted: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 2 },
): void {
  const given = new Map<number, number>();
  for (const [child, own] of Object.entries(wanted)) {
    const id = parent?.fds.get(own);
    if (id !== undefined) given.set(Number(child), id);
  }
  for (const id of given.values()) retainFile(kernel, id);
  for (const id of process.fds.values()) releaseFile(kernel, id);
  process.fds = given;
  process.cloexec = new Set();
}

function takeTerminal(kernel: Kernel, process: Process, name: string): void {
  const id = Number(name.replace(/^pts\//, ""));
  const tty = kernel.state.ttys.get(id);
  if (tty === undefined) return;
  process.sid = process.pid;
  process.pgid = process.pid;
  process.tty = id;
  tty.sid = process.pid;
  tty.pgrp = process.pid;
}

/** What executing a path would run: ELF files name their program, #! lines their interpreter. */
export function resolveExecutable(
  kernel: Kernel,
  path: string,
  argv: readonly string[],
  cwd: string,
  who: Credentials,
  depth = 0,
): Executable | Errno {
  const found = kernel.fs.walk(path, cwd, who);
  if (isErrno(found)) return found;
  const { inode } = found;
  if (inode.type !== "file") return errno("EACCES");
  if (!permits(inode, who, "x")) return errno("EACCES");
  const comm = path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
  const head = (inode.data ?? new Uint8Array()).subarray(0, Math.min(inode.size, 256));
  const program = programOf(head);
  if (program !== undefined) {
    if (!kernel.world.programs.known(program)) return errno("ENOEXEC");
    return {
      program,
      path: found.path,
      argv,
      comm,
      setuid: (inode.mode & 0o4000) !== 0 ? inode.uid : undefined,
      setgid: (inode.mode & 0o2000) !== 0 ? inode.gid : undefined,
    };
  }
  if (head[0] !== 0x23 || head[1] !== 0x21) return errno("ENOEXEC");
  if (depth > MAX_INTERPRETERS) return errno("ELOOP");
  const line = decode(head).slice(2).split("\n")[0]?.trim() ?? "";
  const space = line.search(/[ \t]/);
  const interpreter = space < 0 ? line : line.slice(0, space);
  if (interpreter === "") return errno("ENOEXEC");
  const argument = space < 0 ? [] : [line.slice(space).trim()];
  const words = [interpreter, ...argument, path, ...argv.slice(1)];
  const run = resolveExecutable(kernel, interpreter, words, cwd, who, depth + 1);
  return isErrno(run) ? run : { ...run, comm };
}

/** The part of exec that changes the process itself. */
export function becomeExecutable(kernel: Kernel, process: Process, executable: Executable): void {
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
    if (id !== undefined) releaseFile(kernel, id);
  }
  process.cloexec = new Set();
}

/** Runs a program in a process to its end. A service stays on after its start. */
export function* runExecutable(kernel: Kernel, process: Process, executable: Executable): Task<number> {
  const { programs, wanted } = kernel.world;
  let program = programs.get(executable.program);
  while (program === undefined) {
    wanted.add(executable.program);
    yield { ready: () => programs.get(executable.program) !== undefined };
    program = programs.get(executable.program);
  }
  const sys = kernel.sys(process.pid);
  if (program.service) {
    process.service = true;
    // What came before its program was loaded waits for it.
    kernel.services.tell(process);
    const status = yield* program.service.start(sys, process.argv);
    if (status !== undefined) {
      process.service = false;
      return status;
    }
    yield PARK;
  }
  return program.main ? yield* program.main(sys, process.argv) : 0;
}
