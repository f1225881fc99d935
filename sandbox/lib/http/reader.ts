// Reading HTTP off a stream: lines, header blocks, and bodies by length, by chunks or to the end.

import { type Errno, errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import type { Stream } from "../tls/stream.ts";
import { createHeaders, type Headers } from "./message.ts";

/** A stream with a buffer in front. */
export interface Reader {
  /** A line without its end; undefined at the end of the stream. With `start` a TLS hello is not waited for to end in a newline. */
  line(start?: boolean): Task<string | Errno | undefined>;
  /** Up to `max` bytes; empty at the end. */
  some(max: number): Task<Uint8Array | Errno>;
  /** Whether something was read from the stream and not taken. */
  buffered(): boolean;
  /** What was read from the stream but not taken. */
  takeBuffered(): Uint8Array;
}

export function createReader(stream: Stream): Reader {
  let buffer: Uint8Array = new Uint8Array(0);
  const reader: Reader = {
    *line(start = false) {
      for (let searched = 0; ; ) {
        if (start && buffer[0] === 0x16) return errno("EINVAL");
        const at = buffer.indexOf(10, searched);
        if (at >= 0) {
          const text = decode(buffer.subarray(0, at > 0 && buffer[at - 1] === 13 ? at - 1 : at));
          buffer = buffer.subarray(at + 1);
          return text;
        }
        if (buffer.length > 1 << 20) return errno("EFBIG");
        searched = buffer.length;
        const more = yield* stream.read();
        if (isErrno(more)) return more;
        if (more.length === 0) {
          if (buffer.length === 0) return undefined;
          const text = decode(buffer);
          buffer = new Uint8Array(0);
          return text;
        }
        buffer = buffer.length === 0 ? more : concat([buffer, more]);
      }
    },
    *some(max) {
      if (buffer.length === 0) return yield* stream.read(max);
      const part = buffer.subarray(0, max);
      buffer = buffer.subarray(part.length);
      return part;
    },
    buffered: () => buffer.length > 0,
    takeBuffered() {
      const rest = buffer;
      buffer = new Uint8Array(0);
      return rest;
    },
  };
  return reader;
}

/** Header lines up to the empty one; undefined where one is malformed or the stream breaks. */
export function* readHeaders(reader: Reader): Task<Headers | undefined> {
  const list: [string, string][] = [];
  for (;;) {
    const line = yield* reader.line();
    if (line === undefined || isErrno(line)) return undefined;
    if (line === "") return createHeaders(list);
    const at = line.indexOf(":");
    if (at <= 0) return undefined;
    list.push([line.slice(0, at), line.slice(at + 1).trim()]);
  }
}

/** How a body ends. */
export type Framing =
  | { readonly kind: "length"; readonly size: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" }
  | { readonly kind: "none" };

/** Reads a body piece by piece; an empty array is the end, EIO a body cut short. */
export function createBody(reader: Reader, framing: Framing): { read(): Task<Uint8Array | Errno>; left(): number } {
  let left = framing.kind === "length" ? framing.size : 0;
  let done = framing.kind === "none";
  return {
    left: () => left,
    *read() {
      if (done) return new Uint8Array(0);
      if (framing.kind === "chunked" && left === 0) {
        const size = yield* readChunkSize(reader);
        if (isErrno(size)) return size;
        left = size;
        if (size === 0) done = true;
      }
      if (framing.kind === "length" && left === 0) done = true;
      if (done) return new Uint8Array(0);
      const part = yield* reader.some(framing.kind === "close" ? 65536 : left);
      if (isErrno(part)) return part;
      if (part.length === 0) {
        done = true;
        return framing.kind === "close" ? part : errno("EIO");
      }
      if (framing.kind !== "close") left -= part.length;
      if (framing.kind === "chunked" && left === 0) yield* reader.line();
      return part;
    },
  };
}

function* readChunkSize(reader: Reader): Task<number | Errno> {
  const line = yield* reader.line();
  if (line === undefined) return errno("EIO");
  if (isErrno(line)) return line;
  const size = Number.parseInt(line, 16);
  if (Number.isNaN(size)) return errno("EINVAL");
  for (let trailer = size === 0 ? yield* reader.line() : ""; trailer !== "" && typeof trailer === "string"; )
    trailer = yield* reader.line();
  return size;
}

/** One chunk on the wire. */
export function encodeChunk(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return concat([ascii(`${bytes.length.toString(16)}\r\n`), bytes, ascii("\r\n")]);
}

/** The stream behind a reader, once another protocol goes on there: what was already read comes first. */
export function behindReader(stream: Stream, reader: Reader): Stream {
  let early = reader.takeBuffered();
  return {
    ...stream,
    buffered: () => early.length > 0 || stream.buffered?.() === true,
    *read(max = 65536) {
      if (early.length === 0) return yield* stream.read(max);
      const part = early.subarray(0, max);
      early = early.subarray(part.length);
      return part;
    },
  };
}
