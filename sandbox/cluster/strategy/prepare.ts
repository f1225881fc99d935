// What the registry sets and keeps by itself when objects are created, changed and deleted.

import { at, type KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";

export function prepareForCreate(_context: RequestContext, _resource: Resource, object: KubeObject): KubeObject {
  return object;
}

/** Metadata that no update changes, and the half of the object that the path does not touch. */
export function prepareForUpdate(
  _context: RequestContext,
  resource: Resource,
  subresource: string | undefined,
  object: KubeObject,
  current: KubeObject,
): KubeObject {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation } = current.metadata;
  const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation };
  const metadata = { ...object.metadata, ...kept } as Record<string, unknown>;
  for (const [key, value] of Object.entries(kept)) if (value === undefined) delete metadata[key];
  let next: KubeObject = { ...object, metadata: metadata as KubeObject["metadata"] };
  const hasStatus = resource.subresources.some((each) => each.name === "status");
  if (subresource === "status") next = { ...current, metadata: next.metadata, status: object.status };
  else if (hasStatus && current.status !== undefined) next = { ...next, status: current.status };
  if (
    resource.generation &&
    subresource !== "status" &&
    JSON.stringify(next.spec) !== JSON.stringify(current.spec) &&
    generation !== undefined
  )
    next.metadata.generation = generation + 1;
  return next;
}

/** Seconds that a deletion waits for: pods on a node end gracefully, everything else goes at once. */
export function gracePeriodOf(resource: Resource, object: KubeObject, asked: number | undefined): number {
  if (resource.storage !== "pods") return 0;
  const own = Number(at(object, "spec", "terminationGracePeriodSeconds") ?? 30);
  const ended = ["Succeeded", "Failed"].includes(String(at(object, "status", "phase")));
  if (!at(object, "spec", "nodeName") || ended) return 0;
  const grace = asked ?? own;
  return grace < 0 ? 1 : grace;
}
