// Those attached to a container's own process: they get the output that goes to the log, and the input waits for them.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { execFrame, readFrames } from "../../lib/cri.ts";
import type { Attached, State } from "./state.ts";

export function* takeAttached(sys: Sys, state: State, fd: number, attached: Attached): Task {
  const part = yield* sys.read(fd);
  if (isErrno(part) || part.length === 0) return leaveAttached(sys, state, fd, attached.container);
  const { frames, rest } = readFrames(concat([attached.pending, part]));
  attached.pending = rest;
  const input = state.inputs?.get(attached.container);
  for (const { channel, payload } of frames) {
    if (input === undefined) continue;
    if (channel === 4) {
      const size = JSON.parse(decode(payload)) as { Width: number; Height: number };
      if (input.tty) sys.setWindowSize(input.fd, { columns: size.Width, rows: size.Height });
    } else if (channel === 0 && payload.length > 0) yield* sys.write(input.fd, payload);
    else if (channel === 0) endInput(sys, state, attached.container);
  }
}

/** Closes the input where it was for one visitor only; a terminal stays. */
function endInput(sys: Sys, state: State, container: string): void {
  const input = state.inputs?.get(container);
  if (input === undefined || input.tty || !input.once) return;
  state.inputs?.delete(container);
  sys.close(input.fd);
}

function leaveAttached(sys: Sys, state: State, fd: number, container: string): void {
  state.attached?.delete(fd);
  sys.watch(fd, false);
  sys.close(fd);
  endInput(sys, state, container);
}

/** The process has ended: who was attached hears how. */
export function* endAttached(sys: Sys, state: State, container: string, code: number): Task {
  for (const [fd, each] of [...(state.attached ?? [])]) {
    if (each.container !== container) continue;
    yield* sys.write(fd, execFrame(3, encode(String(code))));
    state.attached?.delete(fd);
    sys.watch(fd, false);
    sys.close(fd);
  }
  const input = state.inputs?.get(container);
  state.inputs?.delete(container);
  if (input !== undefined && !input.tty) sys.close(input.fd);
}
