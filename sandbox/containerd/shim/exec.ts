// Commands in a running container: everything kept until the end, or as a conversation.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { execFrame, readFrames } from "../../lib/cri.ts";
import { readToEnd } from "../../lib/read-to-end.ts";
import type { ShimReply, ShimRequest } from "../protocol.ts";
import { takeAttached } from "./attach.ts";
import { noInput, openPipes, openTerminal, processOf } from "./processes.ts";
import type { Session, State } from "./state.ts";

export function* exec(sys: Sys, state: State, request: ShimRequest & { method: "Exec" }): Task<ShimReply> {
  const out = sys.pipe();
  const err = sys.pipe();
  const nothing = noInput(sys);
  const pid = sys.spawn({ ...processOf(request), fds: { 0: nothing, 1: out.write, 2: err.write } });
  sys.close(nothing);
  sys.close(out.write);
  sys.close(err.write);
  if (isErrno(pid)) {
    sys.close(out.read);
    sys.close(err.read);
    return { errno: pid.code, text: pid.text };
  }
  const stdout = decode(yield* readToEnd(sys, out.read));
  const stderr = decode(yield* readToEnd(sys, err.read));
  yield* sys.waitUntil(() => state.exits.has(pid));
  const code = state.exits.get(pid) ?? 0;
  state.exits.delete(pid);
  return { stdout, stderr, exitCode: code };
}

export function startSession(
  sys: Sys,
  state: State,
  request: ShimRequest & { method: "ExecStream" },
  fd: number,
): ShimReply {
  const common = processOf(request);
  const session = request.tty ? openTerminal(sys, common, request.env) : openPipes(sys, common, request.stdin);
  if (isErrno(session)) return { errno: session.code, text: session.text };
  state.sessions.set(fd, { ...session, fd, pending: new Uint8Array(0), exit: undefined });
  for (const output of Object.keys(session.outputs)) sys.watch(Number(output));
  return { streaming: true };
}

export function* serveSession(sys: Sys, state: State, fd: number): Task {
  const visitor = state.attached?.get(fd);
  if (visitor !== undefined) return yield* takeAttached(sys, state, fd, visitor);
  const asked = state.sessions.get(fd);
  if (asked !== undefined) return yield* takeFrames(sys, state, asked);
  const session = [...state.sessions.values()].find((each) => fd in each.outputs);
  if (session === undefined) {
    sys.watch(fd, false);
    return;
  }
  const part = yield* sys.read(fd);
  if (isErrno(part) || part.length === 0) {
    sys.watch(fd, false);
    delete session.outputs[fd];
    if (fd === session.input) session.input = -1;
    sys.close(fd);
    return yield* closeSession(sys, state, session);
  }
  yield* sys.write(session.fd, execFrame(session.outputs[fd] ?? 1, part));
}

/** Input, its end, or a new window size from the other side; a closed connection hangs the command up. */
function* takeFrames(sys: Sys, state: State, session: Session): Task {
  const part = yield* sys.read(session.fd);
  if (isErrno(part) || part.length === 0) {
    sys.kill(session.pid, "SIGHUP");
    return dropSession(sys, state, session);
  }
  const { frames, rest } = readFrames(concat([session.pending, part]));
  session.pending = rest;
  for (const { channel, payload } of frames) {
    if (channel === 4) {
      const size = JSON.parse(decode(payload)) as { Width: number; Height: number };
      if (session.tty && session.input >= 0)
        sys.setWindowSize(session.input, { columns: size.Width, rows: size.Height });
    } else if (session.input >= 0) {
      if (payload.length > 0) yield* sys.write(session.input, payload);
      else if (!session.tty) {
        sys.close(session.input);
        session.input = -1;
      } else yield* sys.write(session.input, encode("\x04"));
    }
  }
}

/** Tells the exit status once the command has ended and all of its output is out. */
export function* closeSession(sys: Sys, state: State, session: Session): Task {
  if (session.exit === undefined) return;
  for (const [fd, channel] of Object.entries(session.outputs)) {
    while (sys.readable(Number(fd))) {
      const part = yield* sys.read(Number(fd));
      if (isErrno(part) || part.length === 0) break;
      yield* sys.write(session.fd, execFrame(channel, part));
    }
  }
  if (!state.sessions.has(session.fd)) return;
  state.sessions.delete(session.fd);
  yield* sys.write(session.fd, execFrame(3, encode(String(session.exit))));
  dropSession(sys, state, session);
}

function dropSession(sys: Sys, state: State, session: Session): void {
  state.sessions.delete(session.fd);
  for (const fd of Object.keys(session.outputs).map(Number)) {
    sys.watch(fd, false);
    sys.close(fd);
  }
  if (session.input >= 0 && !(session.input in session.outputs)) sys.close(session.input);
  sys.watch(session.fd, false);
  sys.close(session.fd);
}
