// One stream of all changes for the controllers, in place of an informer's watch each. fidelity: the real ones open a watch
// for every resource; here one connection tells everything, and each resource is left out that its caller may not watch.

import type { Sys, Task } from "../kernel/sys.ts";
import { concat, encode } from "../kernel/text.ts";
import { encodeChunk } from "../lib/http/reader.ts";
import { CONTENT, createRecordLayer } from "../lib/tls/record.ts";
import { resourceOf } from "./registry/resources.ts";
import type { Resource } from "./registry/types.ts";
import type { RequestContext } from "./request.ts";
import type { ServerState } from "./state.ts";
import { readObjects } from "./storage.ts";

export const FEED = "/sandbox/feed";

/** Who may ask at all: the two programs that are made for it. */
const CALLERS = ["system:kube-controller-manager", "system:kube-scheduler"];

export const mayFeed = (user: string): boolean => CALLERS.includes(user);

/** A listener: its connection, what it wants, and up to where it has been told. Plain data, so that it survives a copy. */
interface Listener {
  readonly fd: number;
  readonly wanted: readonly string[];
  sent: number;
}

const listenersOf = ({ gates }: ServerState): Listener[] => {
  if (gates["feeds"] === undefined) gates["feeds"] = [];
  return gates["feeds"] as unknown as Listener[];
};

const latestOf = ({ events }: ServerState): number => events[events.length - 1]?.revision ?? 0;

const formatLine = (type: string, storage: string, object: unknown): string =>
  `${JSON.stringify({ type, storage, object })}\n`;

const formatChunk = (text: string): Uint8Array => encodeChunk(encode(text));

/** Begins a feed: `all` lists storages told from the beginning, `changes` those whose changes alone are told. */
export function* serveFeed(
  { state, query, response, fd }: RequestContext,
  mayWatch: (resource: Resource) => boolean,
): Task {
  const named = (key: string): string[] =>
    (query.get(key) ?? "").split(",").filter((storage) => storage !== "" && mayWatch(resourceOf(storage)));
  const all = named("all");
  const listener = { fd, wanted: [...all, ...named("changes")], sent: latestOf(state) };
  const first = all.flatMap((storage) =>
    readObjects(state, storage).map((object) => formatLine("ADDED", storage, object)),
  );
  const stream = response.hijack();
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  yield* stream.write(concat([encode(head), formatChunk(`${first.join("")}${JSON.stringify({ type: "SYNCED" })}\n`)]));
  listenersOf(state).push(listener);
}

/** Tells all listeners what has changed; called when a request has ended. */
export function* pushFeeds(sys: Sys, state: ServerState): Task {
  const listeners = listenersOf(state);
  for (const listener of [...listeners]) {
    const fresh = state.events.filter(({ revision }) => revision > listener.sent);
    listener.sent = latestOf(state);
    const lines = fresh
      .filter(({ storage }) => listener.wanted.includes(storage))
      .map(({ type, storage, object }) => formatLine(type, storage, object));
    if (lines.length === 0) continue;
    sys.sigaction("SIGPIPE", "ignore");
    const layer = createRecordLayer(sys, listener.fd, 0x0303);
    const failed = yield* layer.write(CONTENT.application, formatChunk(lines.join("")));
    if (failed === undefined) continue;
    // Several requests may have waited for the same listener, and find that it is gone.
    const at = listeners.indexOf(listener);
    if (at < 0) continue;
    sys.close(listener.fd);
    listeners.splice(at, 1);
  }
}
