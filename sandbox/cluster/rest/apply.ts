// Server-side apply: what one manager applied is merged in, what it no longer applies goes, what others own is not taken without force.

import type { Task } from "../../kernel/sys.ts";
import { fieldsOfKind } from "../../lib/kube/schema.ts";
import { type KubeObject, thaw } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import { isTrue, type RequestContext } from "../request.ts";
import { decodeTree } from "../schema/decode.ts";
import { applyDefaults } from "../schema/defaults.ts";
import { applyManaged } from "../schema/managed-fields.ts";
import { toTree } from "../schema/normalise.ts";
import { badRequest, invalidOptions } from "../status.ts";
import { readObject } from "../storage.ts";
import { sendJson } from "./codec.ts";
import { createDecoded } from "./create.ts";
import { parseTree, readBody } from "./decode.ts";
import { present, spaceOf } from "./get.ts";
import { changeObject, checkUrl } from "./update.ts";

export function* applyObject(context: RequestContext, resource: Resource, subresource: string | undefined): Task {
  const manager = context.query.get("fieldManager") ?? "";
  if (manager === "")
    throw invalidOptions("PATCH", "fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
  const tree = parseTree(yield* readBody(context), true, resource.kind);
  const applied = decodeTree(context, resource, tree);
  if (applied.apiVersion !== apiVersionOf(resource)) throw badRequest("apiVersion does not match");
  checkUrl(context, applied.metadata.name);
  if (applied.metadata.managedFields !== undefined && applied.metadata.managedFields.length > 0)
    throw badRequest("metadata.managedFields must be nil");
  const raw = bare(applied, fieldsOfKind(resource.kind) === undefined ? {} : tree);
  const { info, state } = context;
  const force = isTrue(context.query.get("force"));
  const there = readObject(state, resource.storage, spaceOf(context, resource), info.name);
  if (there === undefined) {
    const fresh = applyManaged(context, resource, raw, undefined, manager, force, subresource);
    fresh.metadata.name = info.name;
    const stored = yield* createDecoded(context, resource, fresh, false);
    return yield* sendJson(context, 201, present(context, resource, stored));
  }
  const stored = yield* changeObject(
    context,
    resource,
    subresource,
    (current) => {
      const merged = applyManaged(context, resource, raw, current, manager, force, subresource);
      return applyDefaults(resource, decodeTree({ ...context, warnings: [] }, resource, toTree(merged)));
    },
    { managed: false },
  );
  yield* sendJson(context, 200, present(context, resource, stored));
}

/** The configuration as it was given: without the halves that decoding adds. */
function bare(applied: KubeObject, tree: unknown): KubeObject {
  const given = new Set(
    (tree as { entries?: readonly { key: string }[] }).entries?.map((entry) => entry.key) ?? Object.keys(applied),
  );
  const copy = thaw(applied);
  for (const half of ["spec", "status"]) if (!given.has(half)) delete copy[half];
  return copy;
}
