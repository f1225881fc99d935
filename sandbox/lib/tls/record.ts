// Records and handshake messages on the wire: real headers (type, version, length), handshake bodies in a simple
// field encoding of ours, no encryption.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import type { Wire } from "./stream.ts";

export const CONTENT = { changeCipher: 20, alert: 21, handshake: 22, application: 23 } as const;

export const MESSAGE = {
  clientHello: 1,
  serverHello: 2,
  sessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** A handshake message: fields by a letter each, with all values in order. */
export interface Message {
  readonly type: number;
  readonly fields: ReadonlyMap<string, readonly Uint8Array[]>;
}

export interface Record {
  readonly type: number;
  readonly version: number;
  readonly body: Uint8Array;
}

export type Fields = Readonly<{ [letter: string]: readonly (string | Uint8Array)[] }>;

/** One handshake message with its four-byte header. */
export function encodeMessage(type: number, fields: Fields): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const [letter, values] of Object.entries(fields)) {
    for (const value of values) {
      const bytes = typeof value === "string" ? encode(value) : value;
      parts.push(
        Uint8Array.of(letter.charCodeAt(0), bytes.length >> 16, (bytes.length >> 8) & 255, bytes.length & 255),
        bytes,
      );
    }
  }
  const body = concat(parts);
  return concat([Uint8Array.of(type, body.length >> 16, (body.length >> 8) & 255, body.length & 255), body]);
}

function encodeRecord(type: number, version: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([Uint8Array.of(type, version >> 8, version & 255, body.length >> 8, body.length & 255), body]);
}

function decodeFields(body: Uint8Array): Map<string, Uint8Array[]> {
  const fields = new Map<string, Uint8Array[]>();
  for (let at = 0; at + 4 <= body.length; ) {
    const letter = String.fromCharCode(body[at] ?? 0);
    const length = ((body[at + 1] ?? 0) << 16) | ((body[at + 2] ?? 0) << 8) | (body[at + 3] ?? 0);
    fields.set(letter, [...(fields.get(letter) ?? []), body.subarray(at + 4, at + 4 + length)]);
    at += 4 + length;
  }
  return fields;
}

export const textField = (message: Message, letter: string): string | undefined => {
  const value = message.fields.get(letter)?.[0];
  return value === undefined ? undefined : decode(value);
};

export const textFields = (message: Message, letter: string): string[] =>
  (message.fields.get(letter) ?? []).map(decode);

/** Why no record came: the end, an error of the socket, or bytes that are no TLS (given, as far as they were read). */
export type NoRecord =
  | { readonly kind: "end" }
  | { readonly kind: "errno"; readonly errno: Errno }
  | { readonly kind: "garbage"; readonly bytes: Uint8Array };

/** Reads and writes records over a descriptor, keeping what arrived too early. */
export interface RecordLayer {
  read(): Task<Record | NoRecord>;
  /** The next handshake message, or a record of another type. */
  readMessage(): Task<Message | Record | NoRecord>;
  write(type: number, body: Uint8Array): Task<Errno | undefined>;
  writeMessages(messages: readonly Uint8Array[]): Task<Errno | undefined>;
  /** Whether records wait in memory. */
  buffered(): boolean;
  /** Version written into records. */
  version: number;
  /** Bytes so far, as s_client reports them. */
  readonly counts: { read: number; written: number };
}

export const isRecord = (value: Record | Message | NoRecord): value is Record => "body" in value;
export const isMessage = (value: Record | Message | NoRecord): value is Message => "fields" in value;

export function createRecordLayer(sys: Wire, fd: number, version: number): RecordLayer {
  let buffer: Uint8Array = new Uint8Array(0);
  let pending: Uint8Array = new Uint8Array(0);
  const counts = { read: 0, written: 0 };

  function* fill(size: number): Task<NoRecord | undefined> {
    while (buffer.length < size) {
      const more = yield* sys.read(fd);
      if (isErrno(more)) return { kind: "errno", errno: more };
      if (more.length === 0)
        return buffer.length > 0 && looksForeign(buffer) ? { kind: "garbage", bytes: buffer } : { kind: "end" };
      buffer = buffer.length === 0 ? more : concat([buffer, more]);
      counts.read += more.length;
    }
    return undefined;
  }

  function* read(): Task<Record | NoRecord> {
    const missing = yield* fill(5);
    if (missing !== undefined) return missing;
    if (looksForeign(buffer)) return { kind: "garbage", bytes: buffer };
    const length = ((buffer[3] ?? 0) << 8) | (buffer[4] ?? 0);
    const short = yield* fill(5 + length);
    if (short !== undefined) return short;
    const record = {
      type: buffer[0] ?? 0,
      version: ((buffer[1] ?? 0) << 8) | (buffer[2] ?? 0),
      body: buffer.slice(5, 5 + length),
    };
    buffer = buffer.subarray(5 + length);
    return record;
  }

  const layer: RecordLayer = {
    version,
    counts,
    read,
    buffered: () => buffer.length > 0 || pending.length > 0,
    *readMessage() {
      for (;;) {
        const size = 4 + (((pending[1] ?? 0) << 16) | ((pending[2] ?? 0) << 8) | (pending[3] ?? 0));
        if (pending.length >= 4 && pending.length >= size) {
          const message = { type: pending[0] ?? 0, fields: decodeFields(pending.subarray(4, size)) };
          pending = pending.subarray(size);
          return message;
        }
        const record = yield* read();
        if (!isRecord(record) || record.type !== CONTENT.handshake) return record;
        pending = concat([pending, record.body]);
      }
    },
    *write(type, body) {
      for (let at = 0; at === 0 || at < body.length; at += 16384) {
        const bytes = encodeRecord(type, layer.version, body.subarray(at, at + 16384));
        counts.written += bytes.length;
        const done = yield* sys.write(fd, bytes);
        if (isErrno(done)) return done;
      }
      return undefined;
    },
    writeMessages: (messages) => layer.write(CONTENT.handshake, concat(messages)),
  };
  return layer;
}

/** Whether these first bytes cannot be a TLS record. */
function looksForeign(bytes: Uint8Array): boolean {
  const type = bytes[0] ?? 0;
  return type < 20 || type > 23 || (bytes.length > 1 && bytes[1] !== 3);
}
