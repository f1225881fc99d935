// The controllers' end of the feed: objects as they come in, a line each.

import type { Sys, Task } from "../../kernel/sys.ts";
import { type ApiCaller, openRequest } from "../../lib/kube/daemon-client.ts";
import { followLines, type LineStream, readLines } from "../../lib/kube/line-stream.ts";
import type { KubeObject } from "../object.ts";

export interface FeedEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "SYNCED";
  readonly storage: string;
  readonly object: KubeObject;
}

/** Opens the feed; a text is why there is none. */
export function* openFeed(sys: Sys, caller: ApiCaller, query: string): Task<LineStream | string> {
  const opened = yield* openRequest(sys, caller, "GET", `/sandbox/feed?${query}`);
  if ("error" in opened) return opened.error;
  if (opened.response.status === 200) return followLines(sys, opened);
  sys.close(opened.fd);
  return `the server answered ${opened.response.status}`;
}

/** What has arrived; `ended` where the server closed the feed. Never waits. */
export function* readFeed(
  sys: Sys,
  feed: LineStream,
): Task<{ readonly events: readonly FeedEvent[]; readonly ended: boolean }> {
  const { lines, ended } = yield* readLines(sys, feed);
  try {
    return { events: lines.map((line) => JSON.parse(line) as FeedEvent), ended };
  } catch (error) {
    // A feed that has lost its place, as after a copy in mid-flight, is opened anew.
    if (!(error instanceof SyntaxError)) throw error;
    return { events: [], ended: true };
  }
}
