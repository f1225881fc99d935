// Two connections joined: what comes from one goes to the other until either ends.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { Stream } from "../../lib/tls/stream.ts";

const hasData = (sys: Sys, stream: Stream): boolean => stream.buffered?.() === true || sys.readable(stream.fd);

/** Moves what is there; false at the end. */
function* move(from: Stream, to: Stream): Task<boolean> {
  const part = yield* from.read();
  if (isErrno(part) || part.length === 0) return false;
  return !isErrno(yield* to.write(part));
}

/** Copies both ways until one side ends, then closes both. */
export function* joinStreams(sys: Sys, one: Stream, other: Stream): Task {
  for (;;) {
    yield* sys.waitUntil(() => hasData(sys, one) || hasData(sys, other));
    if (hasData(sys, other) && !(yield* move(other, one))) break;
    if (hasData(sys, one) && !(yield* move(one, other))) break;
  }
  yield* other.close();
  yield* one.close();
}
