// Talking: what is typed goes to the server, what it says is printed, until either ends.

import { type Errno, isErrno } from "../../../kernel/errno.ts";
import type { Task } from "../../../kernel/sys.ts";
import type { TlsConnected } from "../../../lib/tls/client.ts";
import type { TlsState } from "../../../lib/tls/stream.ts";
import type { Tool } from "../tool.ts";
import { failure } from "./failure.ts";
import type { Verification } from "./judge.ts";
import { sessionText } from "./session.ts";

/** stdin to the server, the server to stdout, until either ends. */
export function* converse(
  tool: Tool,
  connected: TlsConnected,
  state: TlsState,
  verification: Verification,
  certified: boolean,
  quiet: boolean,
  brief: boolean,
): Task<number> {
  const { sys } = tool;
  const { stream } = connected;
  const ignoreEnd = (quiet && !tool.has("no_ign_eof")) || tool.has("ign_eof");
  let open = true;
  yield* tool.flush();
  // The server's first words (tickets, an alert) arrive before anything typed does, unless it has a certificate to check first.
  if (!certified) yield* sys.waitUntil(() => sys.readable(stream.fd), sys.now() + 1);
  const arrived = () => sys.readable(stream.fd) || (stream.buffered?.() ?? false);
  for (;;) {
    const typedFirst = certified && open && sys.readable(0);
    if (arrived() && !typedFirst) {
      const part = yield* readSome(connected);
      if (part === "ticket") {
        if (!quiet && !brief)
          tool.print(
            `---\nPost-Handshake New Session Ticket arrived:\n${sessionText(tool, state, verification)}---\nread R BLOCK\n`,
          );
        continue;
      }
      if (isErrno(part)) {
        const alert = stream.alert?.();
        if (alert !== undefined) failure(tool, { kind: "alert", number: alert });
        else tool.error(`read:errno=${part.code === "ECONNRESET" ? 104 : 5}`);
        sys.close(stream.fd);
        return 1;
      }
      if (part.length === 0) {
        if (!quiet) tool.print("closed\n");
        yield* stream.close();
        return 0;
      }
      tool.print(part);
      yield* tool.flush();
      continue;
    }
    if (open && sys.readable(0)) {
      const typed = yield* sys.read(0, 8192);
      if (isErrno(typed) || typed.length === 0) {
        open = false;
        if (!ignoreEnd) return yield* finish(tool, connected);
        continue;
      }
      if (typed[0] === 0x51 && !ignoreEnd && sys.isatty(0)) return yield* finish(tool, connected);
      yield* stream.write(typed);
      continue;
    }
    yield* tool.flush();
    yield* sys.waitUntil(() => arrived() || (open && sys.readable(0)));
  }
}

/** What arrived; a ticket is an arrival of its own and is not waited beyond. */
function* readSome({ stream }: TlsConnected): Task<Uint8Array | Errno | "ticket"> {
  return stream.readEvent === undefined ? yield* stream.read() : yield* stream.readEvent();
}

function* finish(tool: Tool, connected: TlsConnected): Task<number> {
  tool.error("DONE");
  yield* tool.flush();
  yield* connected.stream.close();
  return 0;
}
