// Objects of request bodies, checked against what their kind has: strict, with warnings, or silently.

import type { Task } from "../../kernel/sys.ts";
import type { Json } from "../../lib/yaml-go/json.ts";
import { toCoreEvent } from "../event-versions.ts";
import type { KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { readObject, toPlain } from "../rest/decode.ts";
import { badRequest, unknownOption } from "../status.ts";
import { DecodeError, normaliseTree } from "./normalise.ts";

/** The object of a body for a resource (or for the kind of a subresource). */
export function* decodeObject(
  context: RequestContext,
  resource: Pick<Resource, "group" | "version" | "kind">,
): Task<KubeObject> {
  const { tree } = yield* readObject(context, { apiVersion: apiVersionOf(resource), kind: resource.kind });
  const object = decodeTree(context, resource, tree);
  context.requestObject = object;
  return object;
}

/** A tree as an object of a kind, with what fieldValidation asks for; `refuse` puts what is wrong into the caller's words. */
export function decodeTree(
  context: RequestContext,
  resource: Pick<Resource, "group" | "version" | "kind">,
  tree: Json,
  refuse = (why: string) =>
    badRequest(`${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`),
): KubeObject {
  const validation = context.query.get("fieldValidation") ?? "Warn";
  if (!["Ignore", "Warn", "Strict", ""].includes(validation))
    throw unknownOption(context.request.method, "fieldValidation", validation, '"", "Ignore", "Strict", "Warn"');
  const { kind } = resource;
  try {
    // events.k8s.io has fields of its own; what is kept is the core kind.
    if (kind === "Event" && resource.group !== "") return toCoreEvent(toPlain(tree) as KubeObject);
    const { object, strict } = normaliseTree(kind, tree);
    if (strict.length > 0 && validation === "Strict") throw refuse(`strict decoding error: ${strict.join(", ")}`);
    if (strict.length > 0 && validation !== "Ignore") context.warnings.push(...strict);
    const { kind: _, apiVersion: __, metadata, ...rest } = object;
    return { kind, apiVersion: apiVersionOf(resource), metadata, ...rest };
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}
