// Application data after the handshake: the stream that HTTP uses, for both sides.

import { type Errno, errno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { CONTENT, isMessage, isRecord, type Message, type RecordLayer } from "./record.ts";
import type { Stream, TlsState, Wire } from "./stream.ts";

/** Called for what is not application data: session tickets and alerts. */
type OnOther = (what: { message: Message } | { alert: number }) => void;

/** A stream over a finished handshake. */
export function applicationStream(
  sys: Wire,
  fd: number,
  layer: RecordLayer,
  state: TlsState,
  onOther?: OnOther,
): Stream {
  let rest: Uint8Array = new Uint8Array(0);
  let ended = false;
  let alert: number | undefined;

  function* fetch(): Task<Uint8Array | Errno | "ticket"> {
    for (;;) {
      const got = yield* layer.readMessage();
      if (isMessage(got)) {
        onOther?.({ message: got });
        return "ticket";
      }
      if (!isRecord(got)) {
        ended = true;
        return got.kind === "errno" ? got.errno : new Uint8Array(0);
      }
      if (got.type === CONTENT.application) return got.body;
      if (got.type !== CONTENT.alert) continue;
      ended = true;
      const number = got.body[1] ?? 0;
      onOther?.({ alert: number });
      if (number === 0) return new Uint8Array(0);
      alert = number;
      return errno("EIO");
    }
  }

  return {
    fd,
    tls: state,
    alert: () => alert,
    buffered: () => rest.length > 0 || layer.buffered(),
    *readEvent() {
      const waiting = rest;
      rest = new Uint8Array(0);
      if (waiting.length > 0) return waiting;
      return ended ? new Uint8Array(0) : yield* fetch();
    },
    *read(max = 65536) {
      while (rest.length === 0) {
        if (ended) return new Uint8Array(0);
        const got = yield* fetch();
        if (got === "ticket") continue;
        if (!(got instanceof Uint8Array)) return got;
        if (ended) return got;
        rest = got;
      }
      const part = rest.subarray(0, max);
      rest = rest.subarray(part.length);
      return part;
    },
    *write(data) {
      const bytes = typeof data === "string" ? encode(data) : data;
      if (bytes.length === 0) return 0;
      return (yield* layer.write(CONTENT.application, bytes)) ?? bytes.length;
    },
    *close() {
      if (!ended) yield* layer.write(CONTENT.alert, Uint8Array.of(1, 0));
      sys.close(fd);
    },
  };
}
