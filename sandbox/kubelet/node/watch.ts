// A watch of the kubelet's: events as they come in, a line each.

import type { Sys, Task } from "../../kernel/sys.ts";
import { followLines, type LineStream, readLines } from "../../lib/kube/line-stream.ts";
import { type Caller, sendApi } from "./api.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Record<string, unknown>;
}

/** Opens a watch; a text is why there is none. */
export function* openWatch(sys: Sys, caller: Caller, path: string): Task<LineStream | string> {
  const opened = yield* sendApi(sys, caller, "GET", path);
  if ("error" in opened) return opened.error;
  const { response, fd } = opened;
  if (response.status === 200 && response.headers.get("transfer-encoding") === "chunked")
    return followLines(sys, opened);
  sys.close(fd);
  return "the server does not watch";
}

/** Events that have arrived; `ended` where the server closed the watch. Never waits. */
export function* readWatch(
  sys: Sys,
  watch: LineStream,
): Task<{ readonly events: WatchEvent[]; readonly ended: boolean }> {
  const { lines, ended } = yield* readLines(sys, watch);
  return { events: lines.map((line) => JSON.parse(line) as WatchEvent), ended };
}
