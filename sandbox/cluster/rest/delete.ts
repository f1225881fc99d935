// DELETE: preconditions, grace, finalizers, propagation; one object or a whole selection.

import type { Task } from "../../kernel/sys.ts";
import { type Fields, formatTime, type KubeObject, textOf } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { orderObject } from "../schema/order.ts";
import { badRequest, conflict, notFound, unknownOption } from "../status.ts";
import { readObject, readObjects, removeObject, writeObject } from "../storage.ts";
import { gracePeriodOf } from "../strategy/prepare.ts";
import { admissionOf, isDryRun, mutate, validateAdmission } from "./admit.ts";
import { sendJson } from "./codec.ts";
import { readOptions } from "./decode.ts";
import { inVersion, present, spaceOf } from "./get.ts";
import { isSelected, selectionOf } from "./list.ts";

interface DeleteOptions {
  readonly grace: number | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly propagation: string;
  readonly raw: Fields;
}

function* optionsOf(context: RequestContext): Task<DeleteOptions> {
  const raw = yield* readOptions(context, "DeleteOptions");
  const { query } = context;
  const grace = raw.gracePeriodSeconds ?? query.get("gracePeriodSeconds");
  const preconditions = (raw.preconditions ?? {}) as Record<string, string>;
  const propagation = textOf(raw.propagationPolicy) || (query.get("propagationPolicy") ?? "");
  if (!["", "Orphan", "Background", "Foreground"].includes(propagation))
    throw unknownOption("DELETE", "propagationPolicy", propagation, '"Background", "Foreground", "Orphan", "nil"');
  if (!/^[-+]?\d+$/.test(String(grace ?? 0)))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  return {
    grace: grace === undefined ? undefined : Number(grace),
    uid: preconditions.uid,
    resourceVersion: preconditions.resourceVersion,
    propagation,
    raw,
  };
}

export function* deleteObject(context: RequestContext, resource: Resource): Task {
  const options = yield* optionsOf(context);
  const { object, gone } = yield* deleteOne(context, resource, context.info.name, options);
  // Kinds that hand the object back do so in any case; others only where it is still there.
  const whole = !gone || RETURNED.has(resource.storage);
  yield* sendJson(context, 200, whole ? present(context, resource, object) : goneStatus(resource, object));
}

/** Kinds whose deletion answers with the object (ReturnDeletedObject). */
const RETURNED = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "podtemplates",
  "persistentvolumes",
  "persistentvolumeclaims",
  "resourcequotas",
]);

function goneStatus(resource: Resource, object: KubeObject): Fields {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: object.metadata.name,
      ...(resource.group === "" ? {} : { group: resource.group }),
      kind: resource.name,
      uid: object.metadata.uid,
    },
  };
}

/** Deletes by name: at once, or by marking it for its kubelet, its finalizers or the garbage collector. */
function* deleteOne(
  context: RequestContext,
  resource: Resource,
  name: string,
  options: DeleteOptions,
): Task<{ object: KubeObject; gone: boolean }> {
  const { sys, state } = context;
  for (;;) {
    const space = context.info.namespace === "" ? undefined : spaceOf(context, resource);
    const current = readObject(state, resource.storage, space, name);
    if (current === undefined) throw notFound(resource, name);
    checkPreconditions(resource, name, current, options);
    const admission = admissionOf(context, resource, "DELETE", {
      object: undefined,
      old: current,
      options: options.raw,
      name,
    });
    yield* mutate(admission);
    yield* validateAdmission(admission);
    const grace = gracePeriodOf(resource, current, options.grace);
    const finalizers = finalizersFor(resource, current, options.propagation);
    const waits = grace > 0 || finalizers.length > 0;
    if (isDryRun(context, options.raw)) return { object: current, gone: !waits };
    if (!waits) {
      const gone = yield* removeObject(sys, state, resource.storage, current, current.metadata.resourceVersion);
      if (gone !== "conflict") return { object: gone, gone: true };
      continue;
    }
    const marked = markDeleted(current, sys.now(), grace, finalizers, resource);
    if (marked === undefined) return { object: current, gone: false };
    const written = yield* writeObject(
      sys,
      state,
      resource.storage,
      orderObject(resource.kind, marked),
      current.metadata.resourceVersion,
    );
    if (written !== "conflict") return { object: written, gone: false };
  }
}

function checkPreconditions(resource: Resource, name: string, current: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = current.metadata;
  if (options.uid !== undefined && options.uid !== uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`,
    );
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion)
    throw conflict(
      resource,
      name,
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    );
}

/** Finalizers after a deletion with this propagation. */
function finalizersFor(resource: Resource, current: KubeObject, propagation: string): string[] {
  const own = (current.metadata.finalizers ?? []).filter((each) => !["orphan", "foregroundDeletion"].includes(each));
  if (propagation === "Orphan") own.push("orphan");
  if (propagation === "Foreground") own.push("foregroundDeletion");
  // A namespace goes when what is in it is gone: its controller finalizes it.
  if (resource.name === "namespaces" && Array.isArray((current.spec as Fields | undefined)?.finalizers)) {
    const waiting = (current.spec as { finalizers: string[] }).finalizers;
    if (waiting.length > 0 && own.length === 0) return [" spec"];
  }
  return own;
}

/** The object marked for deletion; undefined where it is so marked already and nothing changes. */
function markDeleted(
  current: KubeObject,
  now: number,
  grace: number,
  finalizers: string[],
  resource: Resource,
): KubeObject | undefined {
  const before = current.metadata.deletionGracePeriodSeconds;
  const listed = finalizers.filter((each) => !each.startsWith(" "));
  const sameFinalizers = JSON.stringify(listed) === JSON.stringify(current.metadata.finalizers ?? []);
  if (current.metadata.deletionTimestamp !== undefined && before !== undefined && grace >= before && sameFinalizers)
    return undefined;
  const { finalizers: _, ...metadata } = current.metadata;
  const generation =
    resource.generation && current.metadata.deletionTimestamp === undefined
      ? { generation: (metadata.generation ?? 0) + 1 }
      : {};
  return {
    ...current,
    metadata: {
      ...metadata,
      ...generation,
      deletionTimestamp: formatTime(now + grace * 1000),
      deletionGracePeriodSeconds: grace,
      ...(listed.length === 0 ? {} : { finalizers: listed }),
    },
    ...(resource.name === "namespaces" ? { status: { ...(current.status as Fields), phase: "Terminating" } } : {}),
  };
}

export function* deleteCollection(context: RequestContext, resource: Resource): Task {
  const options = yield* optionsOf(context);
  const selection = selectionOf(context, resource);
  const chosen = readObjects(context.state, resource.storage, selection.namespace).filter((each) =>
    isSelected(each, selection),
  );
  const items: Fields[] = [];
  for (const object of chosen) {
    const done = yield* deleteOne(context, resource, object.metadata.name ?? "", options);
    items.push(inVersion(done.object, resource));
  }
  yield* sendJson(context, 200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(context.state.revision) },
    items: items.map(({ kind: _, apiVersion: __, ...item }) => item),
  });
}

/** Deletion asked for by another part of the server, such as an eviction. */
export function* evictObject(context: RequestContext, resource: Resource, raw: Fields): Task<void> {
  const preconditions = (raw.preconditions ?? {}) as Record<string, string>;
  yield* deleteOne(context, resource, context.info.name, {
    grace: raw.gracePeriodSeconds === undefined ? undefined : Number(raw.gracePeriodSeconds),
    uid: preconditions.uid,
    resourceVersion: preconditions.resourceVersion,
    propagation: textOf(raw.propagationPolicy),
    raw,
  });
}
