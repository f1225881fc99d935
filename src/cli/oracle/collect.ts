// What a recorded command left behind, collected from its replay: both streams and how it ended.

import { isErrno } from "../../../sandbox/kernel/errno.ts";
import { SIGNALS } from "../../../sandbox/kernel/signal.ts";
import type { Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { concat, decode } from "../../../sandbox/kernel/text.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As bash tells it; null where it did not end. */
  readonly exitCode: number | null;
}

/** Reads two descriptors until the process has ended, or virtual time `until` (ms): what it left running may hold them open. */
export function* collectOutput(
  sys: Sys,
  pid: number,
  { stdout, stderr }: { readonly stdout: number; readonly stderr: number },
  until: number,
): Task<Outcome> {
  const parts = new Map<number, Uint8Array[]>([
    [stdout, []],
    [stderr, []],
  ]);
  const open = new Set(parts.keys());
  const ended = () => {
    const process = sys.process(pid);
    return process === undefined || process.state === "Z";
  };
  do {
    yield* sys.waitUntil(() => [...open].some((fd) => sys.readable(fd)) || ended(), until);
    for (const fd of [...open]) {
      while (sys.readable(fd)) {
        const bytes = yield* sys.read(fd);
        if (isErrno(bytes) || bytes.length === 0) {
          open.delete(fd);
          break;
        }
        parts.get(fd)?.push(bytes);
      }
    }
  } while (!ended() && sys.now() < until);
  const done = yield* sys.waitpid(pid, { noHang: true });
  const status = done === undefined || isErrno(done) ? undefined : done.status;
  return {
    stdout: decode(concat(parts.get(stdout) ?? [])),
    stderr: decode(concat(parts.get(stderr) ?? [])),
    exitCode: status === undefined ? null : status.kind === "exited" ? status.code : 128 + SIGNALS[status.signal],
  };
}
