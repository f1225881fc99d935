// Watches: the changes after a resourceVersion, one JSON object a line, for as long as the client listens.

import type { Sys, Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { encodeChunk } from "../../lib/http/reader.ts";
import { CONTENT, createRecordLayer } from "../../lib/tls/record.ts";
import type { Fields, KubeObject } from "../object.ts";
import { RESOURCES } from "../registry/resources.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import { isTrue, type RequestContext } from "../request.ts";
import type { ServerState, WatchEvent } from "../state.ts";
import { StatusError } from "../status.ts";
import { readObjects } from "../storage.ts";
import { tableOf } from "../table/table.ts";
import { formatBody, negotiate, notAcceptable, setWarnings } from "./codec.ts";
import { inVersion, metadataOnly } from "./get.ts";
import { checkVersion, isSelected, type Selection, selectionOf } from "./list.ts";

/** What a change looks like to one watcher: entering and leaving a selector are additions and deletions. */
function seenAs(event: WatchEvent, selection: Selection): WatchEvent["type"] | undefined {
  const now = event.type !== "DELETED" && isSelected(event.object, selection);
  const before = event.before !== undefined && isSelected(event.before, selection);
  if (event.type === "DELETED") return before ? "DELETED" : undefined;
  if (now) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}

export function* watchObjects(context: RequestContext, resource: Resource): Task {
  const { sys, state, query, response } = context;
  const accepted = negotiate(context.request.headers.get("accept"));
  if (accepted === undefined) throw notAcceptable();
  const selection = selectionOf(context, resource);
  checkVersion(context, true);
  const asked = query.get("resourceVersion") ?? "";
  let sent = Number(asked || state.revision);
  const initial = asked === "" || asked === "0" || isTrue(query.get("sendInitialEvents"));
  const tooOld = !initial && sent < state.since;
  const seconds = Number(query.get("timeoutSeconds") ?? 0) || 1800 + (context.received % 1800);
  const until = sys.now() + seconds * 1000;
  let header = true;
  const shape = (object: KubeObject): Fields => {
    if (accepted.as === "Table") {
      const table = tableOf(context, resource, [object], { resourceVersion: object.metadata.resourceVersion }, header);
      header = false;
      return table;
    }
    return accepted.as === "PartialObjectMetadata" ? metadataOnly(object) : inVersion(object, resource);
  };
  function* send(type: string, object: Fields): Task<boolean> {
    yield* response.write(formatBody({ type, object }, false));
    return yield* response.flush();
  }
  setWarnings(context);
  response.set("Cache-Control", "no-cache, private");
  response.set("Content-Type", "application/json");
  response.writeHead(200);
  if (tooOld) {
    const gone = new StatusError(410, "Expired", `too old resource version: ${sent} (${state.since})`);
    yield* send("ERROR", gone.toStatus());
    return;
  }
  if (!(yield* response.flush())) return;
  if (initial) {
    sent = state.revision;
    for (const object of readObjects(state, resource.storage, selection.namespace))
      if (isSelected(object, selection) && !(yield* send("ADDED", shape(object)))) return;
    if (isTrue(query.get("sendInitialEvents"))) yield* send("BOOKMARK", bookmark(resource, sent, true));
  }
  const bookmarks = isTrue(query.get("allowWatchBookmarks"));
  const watch: Watch = { fd: context.fd, resource: RESOURCES.indexOf(resource), selection, sent, until, bookmarks };
  // A table belongs to a person at a terminal, who stays behind with it; others go on in copies.
  const lasts =
    accepted.as === undefined && context.request.tls !== undefined && context.request.version === "HTTP/1.1";
  yield* follow(sys, state, watch, lasts, (type, object) => send(type, shape(object)), send);
}

/** A watch that has told what there was: plain data, so that it goes on in copies of the machine. */
interface Watch {
  readonly fd: number;
  /** Where it stands in the table. */
  readonly resource: number;
  readonly selection: Selection;
  sent: number;
  readonly until: number;
  readonly bookmarks: boolean;
}

function watchesOf({ gates }: ServerState): Record<number, Watch> {
  gates["watches"] ??= {};
  return gates["watches"] as unknown as Record<number, Watch>;
}

/** Tells changes as they come, until the time is over or the client leaves. */
function* follow(
  sys: Sys,
  state: ServerState,
  watch: Watch,
  lasts: boolean,
  tell: (type: string, object: KubeObject) => Task<boolean>,
  send: (type: string, object: Fields) => Task<boolean>,
): Task {
  const { fd, selection, until } = watch;
  const resource = RESOURCES[watch.resource] as Resource;
  const latest = (): number => state.events[state.events.length - 1]?.revision ?? 0;
  for (;;) {
    const fresh = state.events.filter((event) => event.revision > watch.sent);
    for (const event of fresh) {
      watch.sent = event.revision;
      if (event.storage !== resource.storage) continue;
      const type = seenAs(event, selection);
      const object = type === "DELETED" && event.type !== "DELETED" && event.before ? event.before : event.object;
      if (type !== undefined && !(yield* tell(type, object))) return;
    }
    if (lasts) {
      watchesOf(state)[fd] = watch;
      sys.keep(fd);
    }
    const more = yield* sys.waitUntil(() => latest() > watch.sent || sys.readable(fd), until);
    if (lasts) {
      sys.keep(fd, false);
      delete watchesOf(state)[fd];
    }
    if (more !== true || latest() <= watch.sent) break;
  }
  if (watch.bookmarks) yield* send("BOOKMARK", bookmark(resource, watch.sent, false));
}

/** Goes on with the watch of a connection that a copy of the machine brought along; false where there is none. */
export function* resumeWatch(sys: Sys, state: ServerState, fd: number): Task<boolean> {
  const watch = watchesOf(state)[fd];
  if (watch === undefined) return false;
  const resource = RESOURCES[watch.resource] as Resource;
  const layer = createRecordLayer(sys, fd, 0x303);
  const write = (bytes: Uint8Array) => layer.write(CONTENT.application, bytes);
  function* send(type: string, object: Fields): Task<boolean> {
    return (yield* write(encodeChunk(encode(formatBody({ type, object }, false))))) === undefined;
  }
  yield* follow(sys, state, watch, true, (type, object) => send(type, inVersion(object, resource)), send);
  yield* write(encode("0\r\n\r\n"));
  sys.close(fd);
  return true;
}

function bookmark(resource: Resource, revision: number, end: boolean): Fields {
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(end ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
    },
  };
}
