// Streams into containers: a WebSocket to the API server with numbered channels (v5.channel.k8s.io).

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import type { Stream } from "../../lib/tls/stream.ts";
import { StatusError } from "./client.ts";
import type { Kube } from "./kube.ts";
import { Fail, type Obj } from "./values.ts";

export interface Message {
  readonly channel: number;
  readonly data: Uint8Array;
}

export interface Channels {
  readonly stream: Stream;
  /** Whether a message may be read without waiting. */
  ready(): boolean;
  /** The next message; undefined at the end. */
  read(): Task<Message | undefined>;
  write(channel: number, data: Uint8Array | string): Task;
  /** Tells the other side that a channel has ended. */
  end(channel: number): Task;
}

/** Opens the channels. Where the server refuses, it is asked once more with POST, as kubectl does, and that answer is told. */
export function* openChannels(kube: Kube, path: string, protocol = "v5.channel.k8s.io"): Task<Channels> {
  const client = yield* kube.client();
  const headers: [string, string][] = [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Key", toBase64(kube.sys.random(16))],
    ["Sec-WebSocket-Protocol", protocol],
    ["Sec-WebSocket-Version", "13"],
  ];
  const { response, connection } = yield* client.send({ path, headers, accept: "*/*" }, true);
  if (response.status === 101) return channelsOver(kube, response.upgraded());
  yield* response.body();
  yield* connection.stream.close();
  const again = yield* client.send(
    {
      method: "POST",
      path,
      accept: "*/*",
      headers: [
        ["Connection", "Upgrade"],
        ["Upgrade", "SPDY/3.1"],
        ["X-Stream-Protocol-Version", "v5.channel.k8s.io"],
        ["X-Stream-Protocol-Version", "v4.channel.k8s.io"],
        ["Content-Length", "0"],
      ],
    },
    true,
  );
  const bytes = again.response.status === 101 ? encode("") : yield* again.response.body();
  yield* again.connection.stream.close();
  const text = isErrno(bytes) ? "" : decode(bytes).trim();
  let status: Obj | undefined;
  try {
    status = JSON.parse(text) as Obj;
  } catch {
    status = undefined;
  }
  if (status?.kind === "Status") {
    // Refusals by the API server itself keep their reason; what it says of the node behind it comes as text.
    if (["Forbidden", "NotFound", "Unauthorized", "Conflict"].includes(status.reason)) throw new StatusError(status);
    throw new Fail(`unable to upgrade connection: ${status.message}`);
  }
  throw new Fail(`unable to upgrade connection: ${text}`);
}

function channelsOver(kube: Kube, stream: Stream): Channels {
  let buffer: Uint8Array = new Uint8Array(0);
  let over = false;
  const frame = (opcode: number, payload: Uint8Array): Uint8Array => {
    const mask = kube.sys.random(4);
    const size = payload.length;
    const length =
      size < 126
        ? [0x80 | size]
        : size < 65536
          ? [0x80 | 126, size >> 8, size & 255]
          : [0x80 | 127, 0, 0, 0, 0, (size >>> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255];
    return concat([
      Uint8Array.of(0x80 | opcode, ...length),
      mask,
      payload.map((byte, i) => byte ^ (mask[i & 3] as number)),
    ]);
  };
  /** A whole frame off the buffer: opcode and payload. */
  const take = (): { opcode: number; payload: Uint8Array } | undefined => {
    if (buffer.length < 2) return undefined;
    let size = (buffer[1] as number) & 127;
    let head = 2;
    if (size === 126) {
      if (buffer.length < 4) return undefined;
      size = ((buffer[2] as number) << 8) | (buffer[3] as number);
      head = 4;
    } else if (size === 127) {
      if (buffer.length < 10) return undefined;
      size = new DataView(buffer.buffer, buffer.byteOffset).getUint32(6);
      head = 10;
    }
    if (buffer.length < head + size) return undefined;
    const opcode = (buffer[0] as number) & 15;
    const payload = buffer.subarray(head, head + size);
    buffer = buffer.subarray(head + size);
    return { opcode, payload };
  };
  return {
    stream,
    ready: () => over || buffer.length > 0 || stream.buffered?.() === true || kube.sys.readable(stream.fd),
    *read() {
      while (!over) {
        const got = take();
        if (got !== undefined) {
          if (got.opcode === 8) break;
          if (got.opcode === 9) yield* stream.write(frame(10, got.payload));
          else if (got.payload.length > 0) return { channel: got.payload[0] as number, data: got.payload.subarray(1) };
          continue;
        }
        const part = yield* stream.read();
        if (isErrno(part) || part.length === 0) break;
        buffer = buffer.length === 0 ? part : concat([buffer, part]);
      }
      over = true;
      return undefined;
    },
    *write(channel, data) {
      yield* stream.write(frame(2, concat([Uint8Array.of(channel), typeof data === "string" ? encode(data) : data])));
    },
    *end(channel) {
      yield* stream.write(frame(2, Uint8Array.of(255, channel)));
    },
  };
}

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const ERROR = 3;
const RESIZE = 4;

/** Copies between this terminal and the container until it ends; the exit code, or what the runtime says. */
export function* copyStreams(kube: Kube, channels: Channels, options: { stdin: boolean; tty: boolean }): Task<number> {
  const { sys } = kube;
  let open = options.stdin;
  let size = "";
  if (options.tty)
    sys.tcsetattr(0, { icanon: false, echo: false, isig: false, icrnl: false, opost: false, ixon: false });
  const tellSize = function* (): Task {
    const now = sys.windowSize(0);
    if (isErrno(now)) return;
    const text = JSON.stringify({ Width: now.columns, Height: now.rows });
    if (text !== size) yield* channels.write(RESIZE, text);
    size = text;
  };
  try {
    for (;;) {
      if (options.tty) yield* tellSize();
      yield* sys.waitUntil(() => channels.ready() || (open && sys.readable(0)));
      if (open && sys.readable(0)) {
        const bytes = yield* sys.read(0);
        if (isErrno(bytes) || bytes.length === 0) {
          open = false;
          yield* channels.end(STDIN);
        } else yield* channels.write(STDIN, bytes);
      }
      if (!channels.ready()) continue;
      const message = yield* channels.read();
      if (message === undefined) return 0;
      if (message.channel === STDOUT || message.channel === STDERR) yield* sys.write(message.channel, message.data);
      if (message.channel === ERROR) return yield* finish(kube, message.data);
    }
  } finally {
    if (options.tty) sys.tcsetattr(0, { icanon: true, echo: true, isig: true, icrnl: true, opost: true, ixon: true });
    yield* channels.stream.close();
  }
}

/** What the container runtime says at the end: the command's exit code, or why there was none. */
export function* finish(kube: Kube, data: Uint8Array): Task<number> {
  const status = JSON.parse(decode(data)) as Obj;
  if (status.status === "Success") return 0;
  if (status.reason === "NonZeroExitCode") {
    const code = Number((status.details?.causes ?? []).find((cause: Obj) => cause.reason === "ExitCode")?.message ?? 1);
    yield* kube.err(`command terminated with exit code ${code}\n`);
    return code;
  }
  throw new Fail(status.message ?? "");
}
