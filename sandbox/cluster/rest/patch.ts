// PATCH: JSON patch, merge patch, strategic merge patch, server-side apply.

import type { Task } from "../../kernel/sys.ts";
import { mergePatch } from "../../lib/kube/merge-patch.ts";
import { fieldsOfKind } from "../../lib/kube/schema.ts";
import { applyStrategic, PatchError } from "../../lib/kube/strategic.ts";
import { JsonError, parseJson } from "../../lib/yaml-go/json.ts";
import { YamlError } from "../../lib/yaml-go/yaml.ts";
import { type Fields, fieldsOf, type KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeTree } from "../schema/decode.ts";
import { applyDefaults } from "../schema/defaults.ts";
import { toTree } from "../schema/normalise.ts";
import { badRequest, StatusError } from "../status.ts";
import { applyObject } from "./apply.ts";
import { sendJson } from "./codec.ts";
import { mediaType, readBody, toPlain } from "./decode.ts";
import { present, requireObject } from "./get.ts";
import { applyJsonPatch, JsonPatchError } from "./json-patch.ts";
import { changeObject } from "./update.ts";

const TYPES = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/apply-patch+yaml",
  "application/apply-patch+cbor",
  "application/strategic-merge-patch+json",
];

export function* patchObject(context: RequestContext, resource: Resource, subresource: string | undefined): Task {
  const type = mediaType(context);
  const builtIn =
    fieldsOfKind(resource.kind) !== undefined || !resource.group.includes(".") || resource.group.endsWith(".k8s.io");
  if (!TYPES.includes(type) || type.endsWith("+cbor") || (type.startsWith("application/strategic") && !builtIn)) {
    const accepted = TYPES.filter(
      (each) => !each.endsWith("+cbor") && (builtIn || !each.startsWith("application/strategic")),
    );
    throw new StatusError(
      415,
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
    );
  }
  if (type === "application/apply-patch+yaml") return yield* applyObject(context, resource, subresource);
  const text = yield* readBody(context);
  requireObject(context, resource);
  const apply = patcherOf(type, text, resource);
  const stored = yield* changeObject(context, resource, subresource, (current) =>
    finish(context, resource, apply(current)),
  );
  yield* sendJson(context, 200, present(context, resource, stored));
}

/** Reads a patch of a type. */
function patcherOf(type: string, text: string, resource: Resource): (current: KubeObject) => unknown {
  const patch = parsePatch(text);
  if (type === "application/json-patch+json") {
    if (!Array.isArray(patch))
      throw badRequest(`json: cannot unmarshal ${goKind(patch)} into Go value of type jsonpatch.Patch`);
    if (patch.length > 10000)
      throw new StatusError(
        413,
        "RequestEntityTooLarge",
        `The allowed maximum operations in a JSON patch is 10000, got ${patch.length}`,
      );
    return (current) => {
      try {
        return applyJsonPatch(current, patch as Fields[]);
      } catch (error) {
        if (error instanceof JsonPatchError)
          throw new StatusError(422, "Invalid", `the server rejected our request due to an error in our request`, {});
        throw error;
      }
    };
  }
  if (typeof patch !== "object" || patch === null || Array.isArray(patch))
    throw badRequest(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  if (type === "application/merge-patch+json") return (current) => mergePatch(current, patch);
  return (current) => {
    try {
      return applyStrategic(current, patch as Fields, fieldsOfKind(resource.kind));
    } catch (error) {
      if (error instanceof PatchError) throw badRequest(error.message);
      throw error;
    }
  };
}

function parsePatch(text: string): unknown {
  try {
    return toPlain(parseJson(text));
  } catch (error) {
    if (error instanceof JsonError || error instanceof YamlError)
      throw badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

function goKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** What a patch made, decoded as an object of its kind again, with defaults. */
function finish(context: RequestContext, resource: Resource, patched: unknown): KubeObject {
  const fields = fieldsOf(patched);
  if (fields.kind !== resource.kind || fields.apiVersion !== apiVersionOf(resource)) {
    fields.kind ??= resource.kind;
    fields.apiVersion ??= apiVersionOf(resource);
  }
  return applyDefaults(resource, decodeTree(context, resource, toTree(fields)));
}
