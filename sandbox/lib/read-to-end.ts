// All that comes over a descriptor until the other side closes it: a pipe of a program that was started, a file.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { concat } from "../kernel/text.ts";

/** Reads to the end, or to the first failure, and closes the descriptor. */
export function* readToEnd(sys: Sys, fd: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    parts.push(part);
  }
  sys.close(fd);
  return concat(parts);
}
