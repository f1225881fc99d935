// PUT, and the common end of every change to an object that is there: admit, prepare, validate, compare, store.

import type { Task } from "../../kernel/sys.ts";
import { type KubeObject, thaw } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeObject } from "../schema/decode.ts";
import { applyDefaults } from "../schema/defaults.ts";
import { recordManager } from "../schema/managed-fields.ts";
import { orderObject } from "../schema/order.ts";
import { badRequest, conflict, invalid, notFound, STALE } from "../status.ts";
import { readObject, removeObject, writeObject } from "../storage.ts";
import { prepareForUpdate } from "../strategy/prepare.ts";
import { validateUpdate } from "../strategy/validate.ts";
import { admissionOf, isDryRun, mutate, validateAdmission } from "./admit.ts";
import { sendJson } from "./codec.ts";
import { present, requireObject, spaceOf } from "./get.ts";
import { sameValue } from "./sort.ts";

/** The object and the path must name the same. */
export function checkUrl({ info }: RequestContext, name: string | undefined): void {
  if (name && name !== info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
}

export function* updateObject(context: RequestContext, resource: Resource, subresource: string | undefined): Task {
  const given = yield* decodeObject(context, resource);
  const { info } = context;
  checkUrl(context, given.metadata.name);
  if (resource.namespaced && given.metadata.namespace && given.metadata.namespace !== info.namespace)
    throw badRequest(
      `the namespace of the object (${given.metadata.namespace}) does not match the namespace on the URL (${info.namespace})`,
    );
  requireObject(context, resource);
  const stored = yield* changeObject(context, resource, subresource, () => applyDefaults(resource, thaw(given)));
  yield* sendJson(context, 200, present(context, resource, stored));
}

/** How often a change that names no resourceVersion is tried on the newest object. */
const ATTEMPTS = 5;

export interface ChangeOptions {
  /** Server-side apply keeps its own account of managers. */
  readonly managed?: boolean;
}

/**
 * The stored object changed by `change`, which is asked again where another write came first. A resourceVersion in its
 * answer must be the stored one. What did not change is not written.
 */
export function* changeObject(
  context: RequestContext,
  resource: Resource,
  subresource: string | undefined,
  change: (current: KubeObject) => KubeObject,
  { managed = true }: ChangeOptions = {},
): Task<KubeObject> {
  const { sys, state, info } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = readObject(state, resource.storage, spaceOf(context, resource), info.name);
    if (current === undefined) throw notFound(resource, info.name);
    // A change makes a new object: what is stored is shared with copies of the machine.
    let object: KubeObject = { ...change(current) };
    const wanted = object.metadata.resourceVersion;
    if (wanted !== undefined && wanted !== "" && wanted !== current.metadata.resourceVersion)
      throw conflict(resource, info.name, STALE);
    if (object.metadata.uid && object.metadata.uid !== current.metadata.uid)
      throw conflict(
        resource,
        info.name,
        `Precondition failed: UID in precondition: ${object.metadata.uid}, UID in object meta: ${current.metadata.uid}`,
      );
    object.metadata = {
      ...object.metadata,
      name: info.name,
      ...(resource.namespaced ? { namespace: info.namespace } : {}),
    };
    const admission = admissionOf(context, resource, "UPDATE", { object, old: current });
    yield* mutate(admission);
    object = prepareForUpdate(context, resource, subresource, admission.object ?? object, current);
    const causes = validateUpdate(context, resource, subresource, object, current);
    if (causes.length > 0) throw invalid(resource, info.name, causes);
    admission.object = object;
    yield* validateAdmission(admission);
    if (sameBut(object, current)) return current;
    if (managed) object = recordManager(context, resource, object, current, subresource);
    object = orderObject(resource.kind, object);
    if (isDryRun(context)) return object;
    // An object that only waited for its finalizers goes with the last of them.
    const gone = object.metadata.deletionTimestamp !== undefined && mayGo(object, current);
    const written = gone
      ? yield* removeObject(sys, state, resource.storage, object, current.metadata.resourceVersion)
      : yield* writeObject(sys, state, resource.storage, object, current.metadata.resourceVersion);
    if (written !== "conflict") return written;
  }
  throw conflict(resource, info.name, STALE);
}

function mayGo(object: KubeObject, current: KubeObject): boolean {
  return (
    (object.metadata.finalizers ?? []).length === 0 &&
    (current.metadata.finalizers ?? []).length > 0 &&
    (object.metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}

/** Whether two states differ only in who manages them and when they were written. */
function sameBut(one: KubeObject, other: KubeObject): boolean {
  const bare = ({ managedFields: _, resourceVersion: __, ...metadata }: KubeObject["metadata"]): object => metadata;
  return sameValue({ ...one, metadata: bare(one.metadata) }, { ...other, metadata: bare(other.metadata) });
}
