// Watches: the changes after a resourceVersion, one JSON object a line, for as long as the client listens.

import type { Task } from "../../kernel/sys.ts";
import type { Fields, KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import { isTrue, type RequestContext } from "../request.ts";
import type { WatchEvent } from "../state.ts";
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
  checkVersion(context);
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
  for (;;) {
    const fresh = state.events.filter((event) => event.revision > sent);
    for (const event of fresh) {
      sent = event.revision;
      if (event.storage !== resource.storage) continue;
      const type = seenAs(event, selection);
      const object = type === "DELETED" && event.type !== "DELETED" && event.before ? event.before : event.object;
      if (type !== undefined && !(yield* send(type, shape(object)))) return;
    }
    const latest = (): number => state.events[state.events.length - 1]?.revision ?? 0;
    const ended = (): boolean => sys.readable(context.fd);
    const more = yield* sys.waitUntil(() => latest() > sent || ended(), until);
    if (more !== true || latest() <= sent) break;
  }
  if (isTrue(query.get("allowWatchBookmarks"))) yield* send("BOOKMARK", bookmark(resource, sent, false));
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
