// The terminals of one machine: made, typed at, written to, hung up. What a key does to a line is in tty.ts.

import { isErrno } from "./errno.ts";
import { ROOT } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import type { WindowSize } from "./sys.ts";
import { encode } from "./text.ts";
import { createTty, processOutput, type Tty, typeInto } from "./tty.ts";

/** Bytes that a terminal may be behind before writers wait. */
const TERMINAL_BACKLOG = 131_072;

/** A new terminal: of the host by its name, or with a master side (returned as a stream). */
export function openTty(kernel: Kernel, out: Tty["out"], size: WindowSize, owner: { uid: number }): Tty {
  const { state, fs } = kernel;
  const tty = createTty(state.nextTty++, out, size);
  state.ttys.set(tty.id, tty);
  fs.install(`/dev/pts/${tty.id}`, { type: "char", mode: 0o620, uid: owner.uid, gid: 5, rdev: [136, tty.id] });
  return tty;
}

/** Keys arrive at a terminal. */
export function typeKeys(kernel: Kernel, tty: Tty, bytes: Uint8Array): void {
  const { echo, signals } = typeInto(tty, bytes);
  // A key that sends a signal throws away what a slow terminal has not drawn (n_tty's isig), so that whoever waits to write is woken.
  if (signals.length > 0 && tty.out.kind === "host" && !ttyHasRoom(kernel, tty))
    kernel.world.output.delete(tty.out.terminal);
  if (echo !== "") writeTty(kernel, tty, encode(echo));
  for (const signal of signals) kernel.signalGroup(tty.pgrp, signal);
}

/** Whether a terminal takes more output now. */
export function ttyHasRoom(kernel: Kernel, tty: Tty): boolean {
  const { world } = kernel;
  if (tty.out.kind === "host") return (world.output.get(tty.out.terminal)?.size ?? 0) < TERMINAL_BACKLOG;
  const stream = world.stream(tty.out.stream);
  return stream === undefined || stream.size < stream.capacity;
}

export function writeTty(kernel: Kernel, tty: Tty, bytes: Uint8Array): void {
  const { world } = kernel;
  const processed = processOutput(tty, bytes);
  const out = processed === bytes ? bytes.slice() : processed;
  if (tty.out.kind === "host") {
    world.write(tty.out.terminal, out);
    return;
  }
  const stream = world.stream(tty.out.stream);
  if (stream) {
    stream.chunks.push(out);
    stream.size += out.length;
  }
}

export function resizeTty(kernel: Kernel, tty: Tty, size: WindowSize): void {
  if (tty.size.columns === size.columns && tty.size.rows === size.rows) return;
  tty.size = size;
  kernel.signalGroup(tty.pgrp, "SIGWINCH");
}

/** Whoever held the master side of a terminal is gone. */
export function masterClosed(kernel: Kernel, id: number): void {
  const tty = kernel.state.ttys.get(id);
  if (tty) closeTty(kernel, tty);
}

/** A terminal goes: its session is told, and nobody is at it any more. */
export function closeTty(kernel: Kernel, tty: Tty): void {
  for (const process of [...kernel.state.processes.values()])
    if (process.sid === tty.sid) kernel.signal(process, "SIGHUP");
  hangUp(kernel, tty);
}

/** Nobody is at this terminal any more. */
export function hangUp(kernel: Kernel, tty: Tty): void {
  if (tty.hungUp) return;
  tty.hungUp = true;
  const { world, fs, state } = kernel;
  if (tty.out.kind === "host") world.closedTerminals.add(tty.out.terminal);
  else {
    const stream = world.stream(tty.out.stream);
    if (stream) {
      stream.writers = 0;
      world.releaseStream(stream);
    }
  }
  const place = fs.place(`/dev/pts/${tty.id}`, "/", ROOT);
  if (!isErrno(place) && place.inode) fs.unlink(place, ROOT);
  state.ttys.delete(tty.id);
}
