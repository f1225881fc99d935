// sshd: a service on port 22. Keys and passwords are checked for real; sessions are processes of the machine on pseudo-terminals or pipes.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode, encode } from "../kernel/text.ts";
import { toBase64 } from "../lib/crypto/base64.ts";
import { schemeFor, sign } from "../lib/crypto/sign.ts";
import { parsePrivateFile, publicBlob } from "../lib/ssh/keys.ts";
import { type Message, sendMessage, takeFrames, VERSION_LINE } from "../lib/ssh/wire.ts";
import { authenticate } from "./authenticate.ts";
import { readText } from "./config.ts";
import { HOST_KEY } from "./host-keys.ts";
import { childEnded, fromSession, open } from "./session.ts";
import { start } from "./start.ts";
import { close, type Session, stateOf } from "./state.ts";

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function* connection(sys: Sys, fd: number): Task<void> {
  const peer = sys.getpeername(fd);
  const tcp = isErrno(peer) || peer.family === "unix" ? { address: "", port: 0 } : peer;
  stateOf(sys).sessions[fd] = {
    phase: "version",
    pending: new Uint8Array(0),
    session: hex(sys.random(16)),
    user: "",
    tries: 0,
    pid: 0,
    master: -1,
    slave: "",
    input: -1,
    output: -1,
    error: -1,
    peer: tcp.address,
    port: tcp.port,
  };
  sys.watch(fd);
  yield* sys.write(fd, VERSION_LINE);
}

/** Proves to the client that the host has its key. */
function* greet(sys: Sys, fd: number, session: Session): Task<void> {
  const key = parsePrivateFile(readText(sys, HOST_KEY));
  if (key === undefined) {
    close(sys, fd);
    return;
  }
  const blob = toBase64(publicBlob(key));
  const signature = toBase64(sign(key, schemeFor(key), encode(`host:${session.session}`)));
  session.phase = "auth";
  yield* sendMessage(sys, fd, { type: "hostkey", blob, session: session.session, signature });
}

function* take(sys: Sys, fd: number, session: Session, message: Message): Task<void> {
  switch (message.type) {
    case "auth":
      if (session.phase === "auth") yield* authenticate(sys, fd, session, message);
      return;
    case "session":
      if (session.phase === "open" && session.pid === 0) yield* open(sys, fd, session, message);
      return;
    case "resize":
      if (session.master >= 0) sys.setWindowSize(session.master, message);
      return;
    case "eof":
      if (session.input >= 0) sys.close(session.input);
      session.input = -1;
      return;
    default:
      return;
  }
}

function* fromClient(sys: Sys, fd: number, session: Session): Task<void> {
  const bytes = yield* sys.read(fd);
  if (isErrno(bytes) || bytes.length === 0) return close(sys, fd);
  session.pending = concat([session.pending, bytes]);
  if (session.phase === "version") {
    const newline = session.pending.indexOf(10);
    if (newline < 0) return;
    if (!decode(session.pending.subarray(0, 4)).startsWith("SSH-")) {
      yield* sys.write(fd, "Invalid SSH identification string.\r\n");
      return close(sys, fd);
    }
    session.pending = session.pending.slice(newline + 1);
    yield* greet(sys, fd, session);
  }
  const { frames, rest } = takeFrames(session.pending);
  session.pending = rest;
  for (const frame of frames) {
    if (frame.kind === "message") yield* take(sys, fd, session, frame.message);
    else {
      const target = session.master >= 0 ? session.master : session.input;
      if (target >= 0) yield* sys.write(target, frame.bytes);
    }
  }
}

export const sshd: Program = {
  name: "sshd",
  service: {
    start,
    connection,
    *readable(sys, fd) {
      const state = stateOf(sys);
      const session = state.sessions[fd];
      const client = state.outputs[fd];
      if (session !== undefined) yield* fromClient(sys, fd, session);
      else if (client !== undefined) yield* fromSession(sys, fd, client);
      else sys.watch(fd, false);
    },
    child: childEnded,
    signals: ["SIGHUP", "SIGTERM"],
    *signal(sys, signal) {
      if (signal === "SIGTERM") yield* sys.exit(0);
    },
  },
};
