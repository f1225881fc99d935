// A question over a unix socket, on a connection of its own, and the line that answers it: both an object of JSON.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

/** Undefined where the other side hung up before its answer was whole. */
export function* askLine<Answer>(sys: Sys, path: string, question: object): Task<Answer | Errno | undefined> {
  const fd = yield* sys.connect({ family: "unix", path });
  if (isErrno(fd)) return fd;
  yield* sys.write(fd, `${JSON.stringify(question)}\n`);
  let text = "";
  while (!text.includes("\n")) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    text += decode(part);
  }
  sys.close(fd);
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
