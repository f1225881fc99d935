// kubectl events, and the events that descriptions end with.

import type { Task } from "../../kernel/sys.ts";
import { humanDuration } from "../../lib/kube/age.ts";
import { groupVersion } from "./discovery.ts";
import { watchEvents } from "./get.ts";
import type { Kube } from "./kube.ts";
import { printerFor } from "./print.ts";
import { alignTabs } from "./tabs.ts";
import { at, Fail, nameOf, namespaceOf, type Obj } from "./values.ts";

export const EVENTS_FLAGS =
  "all-namespaces:A! allow-missing-template-keys! chunk-size#500 for= no-headers! output:o= show-managed-fields! template= types* watch:w!";

/** Time of an event: its series', else the last, the first, its own. */
export const lastSeen = (event: Obj): number =>
  Date.parse(
    at(event, "series.lastObservedTime") ??
      event.lastTimestamp ??
      event.eventTime ??
      at(event, "metadata.creationTimestamp") ??
      0,
  );
const firstSeen = (event: Obj): number =>
  Date.parse(event.firstTimestamp ?? event.eventTime ?? at(event, "metadata.creationTimestamp") ?? 0);

/** `5s`, or `5s (x3 over 2m)`. */
export function intervalText(event: Obj, now: number): string {
  const times: number = at(event, "series.count") ?? event.count ?? 1;
  const last = humanDuration(now - lastSeen(event));
  return times > 1
    ? `${last} (x${times} over ${humanDuration(now - firstSeen(event))})`
    : humanDuration(now - firstSeen(event));
}

export function* events(kube: Kube): Task<number> {
  const { flags, sys } = kube;
  const client = yield* kube.client();
  const everywhere = flags.on("all-namespaces");
  const base = everywhere ? "/api/v1/events" : `/api/v1/namespaces/${kube.namespace}/events`;
  const query = ["limit=500"];
  if (flags.has("for")) {
    const [type = "", name = ""] = flags.text("for").split("/");
    if (name === "") throw new Fail("--for must be in resource/name form");
    const resource = yield* (yield* kube.discovery()).find(type);
    query.push(
      `fieldSelector=${encodeURIComponent(`involvedObject.kind=${resource.kind},involvedObject.apiVersion=${groupVersion(resource)},involvedObject.name=${name.replaceAll(",", "\\,")}`)}`,
    );
  }
  const wanted = flags.list("types").map((type) => type.toLowerCase());
  for (const type of wanted)
    if (type !== "normal" && type !== "warning") throw new Fail(`valid --types are Normal or Warning`);
  const fits = (event: Obj): boolean => wanted.length === 0 || wanted.includes((event.type ?? "").toLowerCase());
  const list: Obj = yield* client.get(`${base}?${query.join("&")}`);
  const found: Obj[] = (list.items ?? [])
    .filter(fits)
    .map((event: Obj) => ({ apiVersion: "v1", kind: "Event", ...event }));
  found.sort((a, b) => lastSeen(a) - lastSeen(b));
  const printer = printerFor(kube, flags.text("output"));
  const line = (event: Obj): string =>
    [
      ...(everywhere ? [namespaceOf(event)] : []),
      intervalText(event, sys.now()),
      event.type,
      event.reason,
      `${at(event, "involvedObject.kind")}/${at(event, "involvedObject.name")}`,
      (event.message ?? "").trim(),
    ].join("\t");
  if (printer !== undefined) yield* kube.out(printer({ ...list, items: found, kind: "EventList" }));
  else if (found.length === 0 && !flags.on("watch")) {
    yield* kube.err(everywhere ? "No events found.\n" : `No events found in ${kube.namespace} namespace.\n`);
    return 0;
  } else {
    const head = flags.on("no-headers")
      ? []
      : [`${everywhere ? "NAMESPACE\t" : ""}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE`];
    yield* kube.out(alignTabs(`${[...head, ...found.map(line)].join("\n")}\n`));
  }
  if (!flags.on("watch")) return 0;
  const next = yield* watchEvents(client, {
    path: `${base}?${query.slice(1).join("&")}${query.length > 1 ? "&" : ""}resourceVersion=${at(list, "metadata.resourceVersion") ?? ""}&watch=true`,
  });
  for (;;) {
    const event = yield* next();
    if (event === undefined) return 0;
    if (event.type === "DELETED" || event.type === "BOOKMARK" || !fits(event.object)) continue;
    yield* kube.out(printer === undefined ? alignTabs(`${line(event.object)}\n`) : printer(event.object));
  }
}

/** Events about an object, oldest first. */
export function* eventsOf(kube: Kube, object: Obj, kind: string): Task<Obj[]> {
  const client = yield* kube.client();
  const { uid } = object.metadata;
  const namespace = namespaceOf(object);
  // A mirror pod's events are about the static pod, whose id is the hash of its manifest.
  const mirror = at(object, "metadata.annotations")?.["kubernetes.io/config.mirror"];
  const id = mirror ?? uid;
  const fields = [
    `involvedObject.name=${nameOf(object)}`,
    ...(namespace === "" ? [] : [`involvedObject.namespace=${namespace}`]),
    `involvedObject.kind=${kind}`,
    `involvedObject.uid=${id}`,
  ];
  const base = namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${namespace}/events`;
  const answer = yield* client.ask({ path: `${base}?fieldSelector=${encodeURIComponent(fields.join(","))}&limit=500` });
  const found: Obj[] = answer.status === 200 ? (answer.body.items ?? []) : [];
  // Descriptions sort by lastTimestamp alone: the scheduler's events, which have none, come first.
  const last = (event: Obj): number => Date.parse(event.lastTimestamp ?? 0) || 0;
  return found.sort((a, b) => last(a) - last(b));
}
