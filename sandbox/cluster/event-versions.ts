// Events in their two groups: kept as core/v1, shown as events.k8s.io/v1 where that is asked for, and back.

import { type Fields, fieldsOf, type KubeObject } from "./object.ts";

/** events.k8s.io/v1 of a core event. */
export function toNewEvent(event: KubeObject): KubeObject {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, eventTime, ...rest } = event;
  return {
    ...rest,
    kind: "Event",
    apiVersion: "events.k8s.io/v1",
    eventTime: eventTime ?? null,
    regarding: involvedObject,
    note: message,
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count === undefined ? {} : { deprecatedCount: count }),
  };
}

/** The core event of an events.k8s.io/v1 one. */
export function toCoreEvent(event: KubeObject): KubeObject {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...rest
  } = event as Fields;
  return {
    ...rest,
    kind: "Event",
    apiVersion: "v1",
    metadata: event.metadata,
    involvedObject: fieldsOf(regarding),
    message: note,
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    ...(deprecatedCount === undefined ? {} : { count: deprecatedCount }),
  };
}
