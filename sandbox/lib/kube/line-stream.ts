// An answer that goes on (a watch), as plain data: a descriptor with what has arrived of it, so that it lives on through snapshots
// and forks of the machine. TLS records, HTTP chunks and lines are taken off in turn as bytes come in.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { CONTENT } from "../tls/record.ts";
import type { OpenRequest } from "./daemon-client.ts";

export interface LineStream {
  readonly fd: number;
  readonly secure: boolean;
  /** Bytes that are no whole record yet, of the body that are no whole chunk, and of chunks that are no whole line. */
  raw: Uint8Array;
  body: Uint8Array;
  line: Uint8Array;
}

/** The lines of an answer whose head has come; its descriptor wakes the daemon from now on. */
export function followLines(sys: Sys, { fd, secure, early }: OpenRequest): LineStream {
  sys.watch(fd);
  const none = new Uint8Array(0);
  return { fd, secure, raw: none, body: early(), line: none };
}

/** Whole lines that have arrived; `ended` where the server closed. Never waits. */
export function* readLines(sys: Sys, stream: LineStream): Task<{ readonly lines: string[]; readonly ended: boolean }> {
  let ended = false;
  const parts: Uint8Array[] = [];
  while (sys.readable(stream.fd)) {
    const part = yield* sys.read(stream.fd);
    if (isErrno(part) || part.length === 0) {
      ended = true;
      break;
    }
    parts.push(part);
  }
  if (stream.secure) {
    stream.raw = concat([stream.raw, ...parts]);
    ended = takeRecords(stream) || ended;
  } else stream.body = concat([stream.body, ...parts]);
  ended = takeChunks(stream) || ended;
  return { lines: takeLines(stream), ended };
}

/** Takes whole TLS records off; true where one says goodbye. */
function takeRecords(stream: LineStream): boolean {
  const { raw } = stream;
  const parts = [stream.body];
  let at = 0;
  let over = false;
  while (raw.length - at >= 5) {
    const end = at + 5 + (((raw[at + 3] ?? 0) << 8) | (raw[at + 4] ?? 0));
    if (end > raw.length) break;
    if (raw[at] === CONTENT.application) parts.push(raw.subarray(at + 5, end));
    else if (raw[at] === CONTENT.alert) over = true;
    at = end;
  }
  stream.raw = raw.slice(at);
  stream.body = concat(parts);
  return over;
}

/** Takes whole HTTP chunks off; true after the last. */
function takeChunks(stream: LineStream): boolean {
  const { body } = stream;
  const parts = [stream.line];
  let at = 0;
  let over = false;
  for (;;) {
    const lineEnd = body.indexOf(10, at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(decode(body.subarray(at, lineEnd)), 16);
    if (!(size > 0)) {
      over = true;
      break;
    }
    const end = lineEnd + 1 + size;
    if (end + 2 > body.length) break;
    parts.push(body.subarray(lineEnd + 1, end));
    at = end + 2;
  }
  stream.body = body.slice(at);
  stream.line = concat(parts);
  return over;
}

function takeLines(stream: LineStream): string[] {
  const end = stream.line.lastIndexOf(10) + 1;
  const text = decode(stream.line.subarray(0, end));
  stream.line = stream.line.slice(end);
  return text.split("\n").filter((line) => line.trim() !== "");
}
