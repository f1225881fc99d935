// What sshd remembers: its connections, and to which of them a terminal or pipe belongs.

import type { Sys } from "../kernel/sys.ts";

/** One connection. */
export interface Session {
  phase: "version" | "auth" | "open" | "ended";
  pending: Uint8Array;
  session: string;
  user: string;
  tries: number;
  pid: number;
  /** Pseudo-terminal, or -1. */
  master: number;
  slave: string;
  input: number;
  output: number;
  error: number;
  peer: string;
  port: number;
}

interface SshdState {
  sessions: Record<number, Session>;
  /** Descriptor of a terminal or pipe → connection it belongs to. */
  outputs: Record<number, number>;
  nextSession: number;
  lastLogin: Record<string, string>;
}

export const stateOf = (sys: Sys): SshdState => sys.kept as unknown as SshdState;

/** Ends a connection, and with it what runs in it. */
export function close(sys: Sys, fd: number): void {
  const state = stateOf(sys);
  const session = state.sessions[fd];
  if (session === undefined) return;
  for (const own of [session.master, session.input, session.output, session.error]) {
    if (own < 0) continue;
    delete state.outputs[own];
    sys.watch(own, false);
    sys.close(own);
  }
  if (session.pid > 0) sys.kill(session.pid, "SIGHUP");
  delete state.sessions[fd];
  sys.watch(fd, false);
  sys.close(fd);
}
