// POST on a collection: decode, default, admit, prepare, validate, store.

import type { Task } from "../../kernel/sys.ts";
import { klog } from "../log.ts";
import { fieldsOf, formatTime, formatUid, type KubeObject, nameSuffix } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeObject } from "../schema/decode.ts";
import { applyDefaults } from "../schema/defaults.ts";
import { recordManager } from "../schema/managed-fields.ts";
import { orderObject } from "../schema/order.ts";
import { alreadyExists, badRequest, invalid } from "../status.ts";
import { writeObject } from "../storage.ts";
import { foldedSecret, prepareForCreate } from "../strategy/prepare.ts";
import { validateCreate } from "../strategy/validate.ts";
import { admissionOf, isDryRun, mutate, validateAdmission } from "./admit.ts";
import { sendJson } from "./codec.ts";
import { present } from "./get.ts";

export function* createObject(context: RequestContext, resource: Resource): Task {
  const object = yield* decodeObject(context, resource);
  const stored = yield* createDecoded(context, resource, object);
  yield* sendJson(context, 201, present(context, resource, stored));
}

/** The steps behind a decoded object; also the create half of server-side apply. */
export function* createDecoded(
  context: RequestContext,
  resource: Resource,
  decoded: KubeObject,
  managed = true,
): Task<KubeObject> {
  const { sys, state, info } = context;
  let object = applyDefaults(resource, decoded);
  const { metadata } = object;
  if (resource.namespaced) {
    if (metadata.namespace && metadata.namespace !== info.namespace)
      throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
    metadata.namespace = info.namespace;
  } else if (metadata.namespace) throw badRequest("namespace may not be set for this kind of object");
  if (metadata.resourceVersion) throw badRequest("resourceVersion should not be set on objects to be created");
  if (!metadata.name && metadata.generateName)
    metadata.name = `${metadata.generateName.slice(0, 58)}${nameSuffix(sys.random(5))}`;
  // What admission and the registry add is nobody's: the writer owns what it sent, and its defaults.
  const sent = resource.storage === "secrets" ? foldedSecret(object) : object;
  const owned = managed ? recordManager(context, resource, sent, undefined).metadata.managedFields : undefined;
  const admission = admissionOf(context, resource, "CREATE", { object, name: metadata.name ?? "" });
  yield* mutate(admission);
  object = admission.object ?? object;
  object = prepareForCreate(context, resource, withSystemFields(context, resource, object));
  const causes = validateCreate(context, resource, object);
  if (causes.length > 0) throw invalid(resource, object.metadata.name ?? "", causes);
  admission.object = object;
  yield* validateAdmission(admission);
  object = orderObject(resource.kind, object);
  if (owned !== undefined) object = { ...object, metadata: { ...object.metadata, managedFields: owned } };
  const name = object.metadata.name ?? "";
  const there = state.cache.get(resource.storage)?.has(resource.namespaced ? `${info.namespace}/${name}` : name);
  if (there) throw alreadyExists(resource, name);
  if (isDryRun(context)) return object;
  const written = yield* writeObject(sys, state, resource.storage, object, "0");
  if (written === "conflict") throw alreadyExists(resource, name);
  yield* logCreation(context, resource, written);
  return written;
}

/** Metadata as the server sets it on creation, in the order of ObjectMeta. */
export function withSystemFields({ sys }: RequestContext, resource: Resource, object: KubeObject): KubeObject {
  const {
    name,
    generateName,
    namespace,
    uid: _,
    creationTimestamp: __,
    deletionTimestamp: ___,
    deletionGracePeriodSeconds: ____,
    generation: _____,
    selfLink: ______,
    ...rest
  } = object.metadata as Record<string, unknown>;
  return {
    ...object,
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(generateName === undefined || generateName === "" ? {} : { generateName }),
      ...(namespace === undefined || namespace === "" ? {} : { namespace }),
      uid: formatUid(sys.random(16)),
      ...(resource.generation ? { generation: 1 } : {}),
      creationTimestamp: formatTime(sys.now()),
      ...rest,
    } as KubeObject["metadata"],
  };
}

/** Resources that quota admission has evaluators for from the start. */
const QUOTA_KNOWN = new Set(["pods", "services", "persistentvolumeclaims", "resourceclaims.resource.k8s.io"]);

/** What the server's log tells of new objects: addresses given to services, and each resource's first object. */
function* logCreation({ sys, state }: RequestContext, resource: Resource, { metadata, spec }: KubeObject): Task {
  const address = fieldsOf(spec)["clusterIP"];
  if (resource.storage === "services" && typeof address === "string" && address !== "None")
    yield* klog(
      sys,
      "I",
      "alloc.go:330",
      `"allocated clusterIPs" service="${metadata.namespace}/${metadata.name}" clusterIPs={"IPv4":"${address}"}`,
    );
  const { storage } = resource;
  if (!resource.namespaced || storage === "events" || QUOTA_KNOWN.has(storage) || state.evaluated.includes(storage))
    return;
  state.evaluated.push(storage);
  yield* klog(sys, "I", "controller.go:667", `quota admission added evaluator for: ${storage}`);
}
