// The serving side of a WebSocket with Kubernetes' numbered channels: exec, attach and port-forward travel in it.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import { hash } from "../../lib/crypto/hash.ts";
import type { Stream } from "../../lib/tls/stream.ts";
import type { Call } from "../routes/route.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A frame of the server: no mask. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const size = payload.length;
  const head =
    size < 126
      ? [0x80 | opcode, size]
      : size < 65_536
        ? [0x80 | opcode, 126, size >> 8, size & 255]
        : [0x80 | opcode, 127, 0, 0, 0, 0, (size >>> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  return concat([Uint8Array.from(head), payload]);
}

/** What came on a channel; a closed channel (v5) has no data. */
export interface ChannelMessage {
  readonly channel: number;
  readonly data: Uint8Array | undefined;
}

export interface Socket {
  readonly stream: Stream;
  /** Whether something can be read without waiting. */
  ready(): boolean;
  /** Messages that arrived; undefined at the end. May be empty. */
  read(): Task<ChannelMessage[] | undefined>;
  send(channel: number, data: Uint8Array | string): Task;
  close(): Task;
}

/** Takes the connection over with a 101; 403 and undefined where the client wants other protocols than these channels. */
export function* acceptSocket({ sys, request, response }: Call): Task<Socket | undefined> {
  const key = request.headers.get("sec-websocket-key") ?? "";
  const wanted = request.headers.get("sec-websocket-protocol") ?? "";
  const protocol = wanted
    .split(",")
    .map((p) => p.trim())
    .find((p) => /channel\.k8s\.io$/.test(p));
  const stream = response.hijack();
  if (wanted !== "" && protocol === undefined) {
    yield* stream.write("HTTP/1.1 403 Forbidden\r\n\r\n");
    yield* stream.close();
    return undefined;
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${toBase64(hash("sha1", encode(key + GUID)))}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  yield* stream.write(`${lines.join("\r\n")}\r\n\r\n`);
  let buffer: Uint8Array = new Uint8Array(0);
  let over = false;
  return {
    stream,
    ready: () => buffer.length > 0 || stream.buffered?.() === true || sys.readable(stream.fd),
    *read() {
      if (over) return undefined;
      const part = yield* stream.read();
      if (isErrno(part) || part.length === 0) return undefined;
      buffer = concat([buffer, part]);
      const messages: ChannelMessage[] = [];
      for (let next = takeFrame(buffer); next !== undefined; next = takeFrame(buffer)) {
        buffer = buffer.slice(next.size);
        if (next.opcode === 8) over = true;
        if (next.opcode === 9) yield* stream.write(frame(10, next.payload));
        if (next.opcode > 2 || next.payload.length === 0) continue;
        const [channel = 0, closed = 0] = next.payload;
        messages.push(
          channel === 255 ? { channel: closed, data: undefined } : { channel, data: next.payload.slice(1) },
        );
      }
      return over && messages.length === 0 ? undefined : messages;
    },
    *send(channel, data) {
      const bytes = typeof data === "string" ? encode(data) : data;
      yield* stream.write(frame(2, concat([Uint8Array.of(channel), bytes])));
    },
    *close() {
      yield* stream.write(frame(8, Uint8Array.of(0x03, 0xe8)));
      yield* stream.close();
    },
  };
}

/** The first whole frame, unmasked. */
function takeFrame(bytes: Uint8Array): { opcode: number; payload: Uint8Array; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 127;
  const masked = ((bytes[1] ?? 0) & 128) !== 0;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + wide) return undefined;
  let length = short;
  if (wide > 0) {
    length = 0;
    for (let i = 2; i < 2 + wide; i++) length = length * 256 + (bytes[i] ?? 0);
  }
  const start = 2 + wide + (masked ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.slice(start, start + length);
  if (masked) for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return { opcode: (bytes[0] ?? 0) & 15, payload, size: start + length };
}
