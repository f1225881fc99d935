// The process table's rows and what descriptors stand for, as plain data.

import type { SignalName } from "./signal.ts";
import type { Data, ExitStatus, SocketAddress } from "./sys.ts";

/** An open file description: shared by dup and fork, counted by `refs`. */
export type OpenFile = { refs: number } & (
  | { kind: "file"; ino: number; path: string; position: number; read: boolean; write: boolean; append: boolean }
  | { kind: "text"; path: string; content: Uint8Array; position: number }
  | { kind: "device"; name: DeviceName; path: string; read?: boolean; write?: boolean }
  | { kind: "tty"; tty: number; path: string }
  | { kind: "master"; tty: number; stream: number }
  | { kind: "pipe"; stream: number; end: "read" | "write"; path?: string }
  | {
      kind: "socket";
      ino: number;
      input: number;
      output: number;
      local: SocketAddress;
      peer: SocketAddress;
      peerProcess: PeerProcess;
      shut: boolean;
      uid: number;
      netns?: string;
    }
  | { kind: "listener"; ino: number; address: SocketAddress; backlog: number[]; uid: number; netns?: string }
);

export interface PeerProcess {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export type DeviceName = "null" | "zero" | "full" | "random" | "kmsg";

export interface Process {
  readonly pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  uid: number;
  euid: number;
  gid: number;
  egid: number;
  groups: readonly number[];
  umask: number;
  cwd: string;
  root: string;
  /** Host name of a UTS namespace of its own (containers); the machine's where there is none. */
  hostname?: string;
  /** Network namespace (pods); the machine's own where there is none. */
  netns?: string;
  env: Record<string, string>;
  argv: readonly string[];
  exe: string;
  comm: string;
  /** Name in the exec table. */
  program: string;
  /** Descriptor → id of an open file. */
  fds: Map<number, number>;
  /** Descriptors that exec closes. */
  cloexec: Set<number>;
  tty: number | undefined;
  state: "running" | "stopped" | "zombie";
  status: ExitStatus | undefined;
  /** A stop or continue that the parent has not been told of yet. */
  unreported: SignalName | undefined;
  readonly startTime: number;
  nice: number;
  ignored: Set<SignalName>;
  caught: Set<SignalName>;
  pending: SignalName[];
  kept: Data;
  /** Its program is a service: it lives on without threads and survives snapshots. */
  service: boolean;
  timers: Map<string, number>;
  watched: Set<number>;
  /** Descriptors of handlers that a copy can do without, and those that nobody has taken up in this copy yet. */
  lasting?: Set<number>;
  untended?: number[];
  cgroup: string;
  vsz: number;
  rss: number;
  threads: number;
  cpuTime: number;
}

/** The state letter of ps: only the process that asks right now is running. */
export function stateLetter(process: Process, running = false): "R" | "S" | "T" | "Z" {
  if (process.state === "zombie") return "Z";
  if (process.state === "stopped") return "T";
  return running ? "R" : "S";
}
