// The open files of one machine: what descriptors stand for, shared as fork and dup share them, let go with the last.

import { type Errno, errno } from "./errno.ts";
import type { Kernel } from "./kernel.ts";
import type { OpenFile, Process } from "./process.ts";
import { masterClosed } from "./terminals.ts";

export function addFile(kernel: Kernel, file: OpenFile): number {
  const { state } = kernel;
  const id = state.nextFile++;
  state.files.set(id, file);
  return id;
}

export function retainFile(kernel: Kernel, id: number): void {
  const file = kernel.state.files.get(id);
  if (file) file.refs += 1;
}

/** The lowest free descriptor, from `least` on, now standing for an open file. */
export function giveFd(process: Process, id: number, least = 0): number {
  let fd = least;
  while (process.fds.has(fd)) fd += 1;
  process.fds.set(fd, id);
  return fd;
}

/** What a descriptor stands for. */
export function fileOf(kernel: Kernel, process: Process, fd: number): OpenFile | undefined {
  const id = process.fds.get(fd);
  return id === undefined ? undefined : kernel.state.files.get(id);
}

export function closeFd(kernel: Kernel, process: Process, fd: number): Errno | undefined {
  const id = process.fds.get(fd);
  if (id === undefined) return errno("EBADF");
  process.fds.delete(fd);
  process.cloexec.delete(fd);
  if (process.watched.has(fd)) kernel.services.watch(process, fd, false);
  process.lasting?.delete(fd);
  releaseFile(kernel, id);
  return undefined;
}

/** One descriptor fewer stands for a file; what was behind it is told when it was the last. */
export function releaseFile(kernel: Kernel, id: number): void {
  const { state, fs } = kernel;
  const file = state.files.get(id);
  if (file === undefined) return;
  file.refs -= 1;
  if (file.refs > 0) return;
  state.files.delete(id);
  switch (file.kind) {
    case "file":
      fs.release(file.ino);
      return;
    case "pipe":
      dropEnd(kernel, file.stream, file.end);
      return;
    case "socket":
      resetPeer(kernel, file.input, file.output);
      dropEnd(kernel, file.input, "read");
      if (!file.shut) dropEnd(kernel, file.output, "write");
      return;
    case "listener":
      for (const pending of file.backlog) releaseFile(kernel, pending);
      return;
    case "master":
      dropEnd(kernel, file.stream, "read");
      masterClosed(kernel, file.tty);
      return;
    default:
      return;
  }
}

/** Closing a socket with data unread resets the connection instead of ending it. */
function resetPeer(kernel: Kernel, input: number, output: number): void {
  const { world } = kernel;
  const toPeer = world.stream(output);
  if (toPeer && (world.stream(input)?.size ?? 0) > 0) toPeer.reset = true;
}

function dropEnd(kernel: Kernel, id: number, end: "read" | "write"): void {
  const { world } = kernel;
  const stream = world.stream(id);
  if (stream === undefined) return;
  if (end === "read") stream.readers -= 1;
  else stream.writers -= 1;
  world.releaseStream(stream);
}

/** Whether a read on the descriptor would answer at once (data, or the end). */
export function canRead(kernel: Kernel, process: Process, fd: number): boolean {
  const file = fileOf(kernel, process, fd);
  if (file === undefined) return true;
  const { state, world } = kernel;
  switch (file.kind) {
    case "pipe": {
      const stream = world.stream(file.stream);
      return (
        stream === undefined || stream.size > 0 || (stream.writers <= 0 && (stream.opened || file.path === undefined))
      );
    }
    case "socket":
    case "master": {
      const stream = world.stream(file.kind === "socket" ? file.input : file.stream);
      return stream === undefined || stream.size > 0 || stream.writers <= 0;
    }
    case "listener":
      return file.backlog.length > 0;
    case "tty": {
      const tty = state.ttys.get(file.tty);
      return tty === undefined || tty.hungUp || tty.ready.length > 0;
    }
    default:
      return true;
  }
}
