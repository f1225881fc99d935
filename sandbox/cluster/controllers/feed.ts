// The controllers' end of the feed, as plain data: bytes that have come and are no whole line yet.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { CONTENT } from "../../lib/tls/record.ts";
import type { KubeObject } from "../object.ts";
import { type ApiClient, openRequest } from "./client.ts";

export interface Feed {
  readonly fd: number;
  raw: Uint8Array;
  body: Uint8Array;
  line: Uint8Array;
}

export interface FeedEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "SYNCED";
  readonly storage: string;
  readonly object: KubeObject;
}

/** Opens the feed; a text is why there is none. */
export function* openFeed(sys: Sys, client: ApiClient, query: string): Task<Feed | string> {
  const opened = yield* openRequest(sys, client, "GET", `/sandbox/feed?${query}`);
  if (typeof opened === "string") return opened;
  if (opened.response.status !== 200) {
    sys.close(opened.fd);
    return `the server answered ${opened.response.status}`;
  }
  sys.watch(opened.fd);
  const none = new Uint8Array(0);
  return { fd: opened.fd, raw: none, body: opened.early(), line: none };
}

/** What has arrived; undefined where the server closed the feed. Never waits. */
export function* readFeed(
  sys: Sys,
  feed: Feed,
): Task<{ readonly events: readonly FeedEvent[]; readonly ended: boolean }> {
  let ended = false;
  const parts = [feed.raw];
  while (sys.readable(feed.fd)) {
    const part = yield* sys.read(feed.fd);
    if (isErrno(part) || part.length === 0) {
      ended = true;
      break;
    }
    parts.push(part);
  }
  feed.raw = concat(parts);
  ended = takeRecords(feed) || ended;
  ended = takeChunks(feed) || ended;
  try {
    return { events: takeLines(feed), ended };
  } catch (error) {
    // A feed that has lost its place, as after a copy in mid-flight, is opened anew.
    if (!(error instanceof SyntaxError)) throw error;
    return { events: [], ended: true };
  }
}

/** Takes whole TLS records off; true where one says goodbye. */
function takeRecords(feed: Feed): boolean {
  const { raw } = feed;
  const parts = [feed.body];
  let start = 0;
  let over = false;
  while (raw.length - start >= 5) {
    const end = start + 5 + (((raw[start + 3] ?? 0) << 8) | (raw[start + 4] ?? 0));
    if (end > raw.length) break;
    if (raw[start] === CONTENT.application) parts.push(raw.subarray(start + 5, end));
    else if (raw[start] === CONTENT.alert) over = true;
    start = end;
  }
  feed.raw = raw.slice(start);
  feed.body = concat(parts);
  return over;
}

/** Takes whole HTTP chunks off; true after the last. */
function takeChunks(feed: Feed): boolean {
  const { body } = feed;
  const parts = [feed.line];
  let start = 0;
  let over = false;
  for (;;) {
    const lineEnd = body.indexOf(10, start);
    if (lineEnd < 0) break;
    const size = Number.parseInt(decode(body.subarray(start, lineEnd)), 16);
    if (!(size > 0)) {
      over = true;
      break;
    }
    const end = lineEnd + 1 + size;
    if (end + 2 > body.length) break;
    parts.push(body.subarray(lineEnd + 1, end));
    start = end + 2;
  }
  feed.body = body.slice(start);
  feed.line = concat(parts);
  return over;
}

function takeLines(feed: Feed): FeedEvent[] {
  const end = feed.line.lastIndexOf(10) + 1;
  const text = decode(feed.line.subarray(0, end));
  feed.line = feed.line.slice(end);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as FeedEvent);
}
