// A watch as plain data: a descriptor with what has arrived of it, so that it goes on through snapshots and forks of the machine.
// TLS records, HTTP chunks and JSON lines are taken off in turn as bytes come in.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { CONTENT } from "../../lib/tls/record.ts";
import { type Caller, openRequest } from "./api.ts";

export interface Watch {
  readonly fd: number;
  readonly secure: boolean;
  /** Bytes that are no whole record yet, of the body that are no whole chunk, and of chunks that are no whole line. */
  raw: Uint8Array;
  body: Uint8Array;
  line: Uint8Array;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Record<string, unknown>;
}

/** Opens a watch; a text is why there is none. */
export function* openWatch(sys: Sys, caller: Caller, path: string): Task<Watch | string> {
  const opened = yield* openRequest(sys, caller, "GET", path);
  if ("error" in opened) return opened.error;
  const { response, fd, secure } = opened;
  if (response.status !== 200 || response.headers.get("transfer-encoding") !== "chunked") {
    sys.close(fd);
    return "the server does not watch";
  }
  sys.watch(fd);
  const none = new Uint8Array(0);
  return { fd, secure, raw: none, body: opened.early(), line: none };
}

/** Events that have arrived; `ended` where the server closed the watch. Never waits. */
export function* readWatch(sys: Sys, watch: Watch): Task<{ readonly events: WatchEvent[]; readonly ended: boolean }> {
  let ended = false;
  while (sys.readable(watch.fd)) {
    const part = yield* sys.read(watch.fd);
    if (isErrno(part) || part.length === 0) {
      ended = true;
      break;
    }
    if (watch.secure) watch.raw = concat([watch.raw, part]);
    else watch.body = concat([watch.body, part]);
  }
  if (watch.secure) ended = takeRecords(watch) || ended;
  ended = takeChunks(watch) || ended;
  return { events: takeLines(watch), ended };
}

/** Whether the other side said goodbye. */
function takeRecords(watch: Watch): boolean {
  const parts: Uint8Array[] = [watch.body];
  let at = 0;
  let over = false;
  for (const { raw } = watch; raw.length - at >= 5; ) {
    const end = at + 5 + (((raw[at + 3] ?? 0) << 8) | (raw[at + 4] ?? 0));
    if (end > raw.length) break;
    if (raw[at] === CONTENT.application) parts.push(raw.slice(at + 5, end));
    else if (raw[at] === CONTENT.alert) over = true;
    at = end;
  }
  watch.raw = watch.raw.slice(at);
  watch.body = concat(parts);
  return over;
}

/** Whether the last chunk has come. */
function takeChunks(watch: Watch): boolean {
  const parts: Uint8Array[] = [watch.line];
  let at = 0;
  let over = false;
  for (const { body } = watch; ; ) {
    const lineEnd = body.indexOf(10, at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(decode(body.subarray(at, lineEnd)), 16);
    if (!(size > 0)) {
      over = true;
      break;
    }
    const end = lineEnd + 1 + size;
    if (end + 2 > body.length) break;
    parts.push(body.slice(lineEnd + 1, end));
    at = end + 2;
  }
  watch.body = watch.body.slice(at);
  watch.line = concat(parts);
  return over;
}

function takeLines(watch: Watch): WatchEvent[] {
  const end = watch.line.lastIndexOf(10) + 1;
  const text = decode(watch.line.subarray(0, end));
  watch.line = watch.line.slice(end);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as WatchEvent);
}
