// PATCH: JSON patch, merge patch, strategic merge patch, server-side apply.

import type { Task } from "../../kernel/sys.ts";
import { type Fields, fieldsOf, type KubeObject } from "../object.ts";
import type { Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { badRequest, StatusError } from "../status.ts";
import { sendJson } from "./codec.ts";
import { mediaType, parseTree, readBody, toPlain } from "./decode.ts";
import { present, requireObject } from "./get.ts";
import { changeObject } from "./update.ts";

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Fields = { ...fieldsOf(target) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

export function* patchObject(context: RequestContext, resource: Resource, subresource: string | undefined): Task {
  const type = mediaType(context);
  if (
    !["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"].includes(
      type,
    )
  )
    throw new StatusError(
      415,
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/strategic-merge-patch+json",
    );
  const text = yield* readBody(context);
  requireObject(context, resource);
  const patch = toPlain(parseTree(text, false, resource.kind));
  if (typeof patch !== "object") throw badRequest("error decoding patch");
  const stored = yield* changeObject(
    context,
    resource,
    subresource,
    (current) => mergePatch(current, patch) as KubeObject,
  );
  yield* sendJson(context, 200, present(context, resource, stored));
}
