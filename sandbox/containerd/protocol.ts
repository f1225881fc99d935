// What containerd and its shims say to each other; what clients say stands in lib/cri.ts.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

export { CONTAINERD_SOCKET } from "../lib/cri.ts";

// --- containerd and its shims ---

export const SHIM = "/usr/bin/containerd-shim-runc-v2";
export const shimSocket = (sandbox: string): string => `/run/containerd/s/${sandbox}`;

/** What to start: everything is looked up already. */
export interface TaskSpec {
  readonly path: string;
  readonly argv: readonly string[];
  readonly root: string;
  readonly cwd?: string;
  readonly uid?: number;
  /** The pod's host name and network namespace; none where it shares the machine's. */
  readonly hostname?: string;
  readonly netns?: string;
  readonly env: Readonly<Record<string, string>>;
}

export type ShimRequest =
  | (TaskSpec & {
      readonly method: "Create";
      readonly container: string;
      readonly cgroup: string;
      readonly log?: string;
      readonly tty?: boolean;
      readonly stdin?: boolean;
      readonly stdinOnce?: boolean;
    })
  | (TaskSpec & { readonly method: "Exec" })
  /** The connection carries frames after the answer; see EXEC_FRAME in lib/cri.ts. */
  | (TaskSpec & { readonly method: "ExecStream"; readonly stdin: boolean; readonly tty: boolean })
  /** As ExecStream, for the process of a container. */
  | { readonly method: "Attach"; readonly container: string }
  | { readonly method: "Kill"; readonly container: string; readonly signal: "SIGTERM" | "SIGKILL" }
  | { readonly method: "Shutdown" };

export type ShimReply =
  | { readonly pid: number }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly streaming: true }
  | { readonly done: true }
  | { readonly errno: string; readonly text: string };

/** Answers each line of a connection, then closes it; after `{ streaming: true }` it stays open and its data goes to `readable`. */
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
      if ("streaming" in reply) {
        sys.watch(fd);
        return;
      }
    }
  }
  sys.close(fd);
}
