// What is said over /run/containerd/containerd.sock: one JSON object a line, one answer for each. fidelity: the real CRI is gRPC.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

export type RuntimeRequest =
  | { readonly method: "Version" }
  | {
      readonly method: "RunPodSandbox";
      readonly name: string;
      readonly namespace: string;
      readonly uid: string;
      readonly hostNetwork: boolean;
    }
  | { readonly method: "StopPodSandbox"; readonly sandbox: string }
  | {
      readonly method: "RunContainer";
      readonly sandbox: string;
      readonly container: ContainerSpec;
      readonly logPath: string;
    }
  | { readonly method: "ListContainers" }
  /** A shim tells how a container's process ended. */
  | { readonly method: "TaskExit"; readonly container: string; readonly exitCode: number }
  | { readonly method: "ExecSync"; readonly container: string; readonly command: readonly string[] };

export interface RuntimeContainer {
  readonly id: string;
  readonly sandbox: string;
  readonly name: string;
  readonly pod: string;
  readonly namespace: string;
  readonly uid: string;
  readonly ip: string;
  readonly image: string;
  /** What every process of the container finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly startedAt: number;
  readonly running: boolean;
  readonly exitCode: number;
}

export type RuntimeReply =
  | { readonly error: string }
  | { readonly runtime: string; readonly version: string }
  | { readonly sandbox: string; readonly ip: string; readonly pid: number }
  | { readonly container: RuntimeContainer }
  | { readonly containers: readonly RuntimeContainer[] }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly stopped: true };

// --- containerd and its shims ---

export const SHIM = "/usr/bin/containerd-shim-runc-v2";
export const shimSocket = (sandbox: string): string => `/run/containerd/s/${sandbox}`;

/** What to start: everything is looked up already. */
export interface TaskSpec {
  readonly path: string;
  readonly argv: readonly string[];
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

export type ShimRequest =
  | (TaskSpec & {
      readonly method: "Create";
      readonly container: string;
      readonly cgroup: string;
      readonly log?: string;
    })
  | (TaskSpec & { readonly method: "Exec" })
  | { readonly method: "Shutdown" };

export type ShimReply =
  | { readonly pid: number }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly done: true }
  | { readonly errno: string; readonly text: string };

/** Answers each line of a connection, then closes it. */
export function* lines(sys: Sys, fd: number, answer: (line: string) => Task<object>): Task {
  let text = "";
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    text += decode(part);
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      const reply = yield* answer(line);
      if (isErrno(yield* sys.write(fd, `${JSON.stringify(reply)}\n`))) break;
    }
  }
  sys.close(fd);
}

/** One question on a connection of its own; undefined where nobody answers. */
export function* exchange(sys: Sys, path: string, request: object): Task<unknown> {
  const fd = yield* sys.connect({ family: "unix", path });
  if (isErrno(fd)) return undefined;
  yield* sys.write(fd, `${JSON.stringify(request)}\n`);
  let text = "";
  while (!text.includes("\n")) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    text += decode(part);
  }
  sys.close(fd);
  return text.includes("\n") ? JSON.parse(text) : undefined;
}
