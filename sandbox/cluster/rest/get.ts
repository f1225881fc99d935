// GET of one object, and how objects are shown: whole, as a Table, or their metadata alone.

import type { Task } from "../../kernel/sys.ts";
import { componentStatuses } from "../component-status.ts";
import { toNewEvent } from "../event-versions.ts";
import type { Fields, KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { notFound } from "../status.ts";
import { readObject } from "../storage.ts";
import { tableOf } from "../table/table.ts";
import { negotiate, notAcceptable, sendJson } from "./codec.ts";

/** Kinds that are on their way out, with what is said of them at each request. */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: "v1 ComponentStatus is deprecated in v1.19+",
  endpoints: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
};

export function warnDeprecated(context: RequestContext, resource: Resource): void {
  const text = resource.group === "" ? DEPRECATED[resource.name] : undefined;
  if (text !== undefined) context.warnings.push(text);
}

/** The namespace under which an object of the request is kept. */
export function spaceOf(context: RequestContext, resource: Resource): string | undefined {
  return resource.namespaced ? context.info.namespace : undefined;
}

/** The object that the request names. Throws 404. */
export function requireObject(context: RequestContext, resource: Resource): KubeObject {
  const found = readObject(context.state, resource.storage, spaceOf(context, resource), context.info.name);
  if (found === undefined) throw notFound(resource, context.info.name);
  return found;
}

/** An object in the version that was asked for. */
export function inVersion(object: KubeObject, resource: Resource): KubeObject {
  if (resource.name === "events" && resource.group !== "") return toNewEvent(object);
  return object.kind === resource.kind && object.apiVersion === apiVersionOf(resource)
    ? object
    : { ...object, kind: resource.kind, apiVersion: apiVersionOf(resource) };
}

/** An object as the client accepts it. Throws 406. */
export function present(context: RequestContext, resource: Resource, object: KubeObject): Fields {
  const accepted = negotiate(context.request.headers.get("accept"));
  if (accepted === undefined) throw notAcceptable();
  if (accepted.as === "Table")
    return tableOf(context, resource, [object], { resourceVersion: object.metadata.resourceVersion });
  if (accepted.as === "PartialObjectMetadata") return metadataOnly(object);
  return inVersion(object, resource);
}

export function metadataOnly(object: KubeObject): Fields {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}

export function* getObject(context: RequestContext, resource: Resource): Task {
  warnDeprecated(context, resource);
  if (resource.name === "componentstatuses") {
    const found = (yield* componentStatuses(context)).find((each) => each.metadata.name === context.info.name);
    if (found === undefined) throw notFound(resource, context.info.name);
    return yield* sendJson(context, 200, present(context, resource, found));
  }
  yield* sendJson(context, 200, present(context, resource, requireObject(context, resource)));
}
