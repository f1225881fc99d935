// A question over a socket, on a connection of its own, and the line that answers it: both an object of JSON.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { ConnectOptions, SocketAddress, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

/** `place` is the path of a unix socket or an address. Undefined where the other side hung up before its answer was whole. */
export function* askLine<Answer>(
  sys: Sys,
  place: string | SocketAddress,
  question: object,
  options?: ConnectOptions,
): Task<Answer | Errno | undefined> {
  const fd = yield* sys.connect(typeof place === "string" ? { family: "unix", path: place } : place, options);
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
