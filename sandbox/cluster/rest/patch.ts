// PATCH: JSON patch, merge patch, strategic merge patch, server-side apply.

import type { Task } from "../../kernel/sys.ts";
import { mergePatch } from "../../lib/kube/merge-patch.ts";
import { fieldsOfKind } from "../../lib/kube/schema.ts";
import { applyStrategic, PatchError } from "../../lib/kube/strategic.ts";
import { formatCompact } from "../../lib/yaml-go/emit.ts";
import { JsonError, parseJson } from "../../lib/yaml-go/json.ts";
import { YamlError } from "../../lib/yaml-go/yaml.ts";
import { type Fields, fieldsOf, type KubeObject } from "../object.ts";
import { apiVersionOf, type Resource } from "../registry/types.ts";
import type { RequestContext } from "../request.ts";
import { decodeTree } from "../schema/decode.ts";
import { applyDefaults } from "../schema/defaults.ts";
import { toTree } from "../schema/normalise.ts";
import { badRequest, invalid, StatusError } from "../status.ts";
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
  const { apply, refuse } = patcherOf(type, text, resource);
  const stored = yield* changeObject(context, resource, subresource, (current) =>
    finish(context, resource, apply(current), refuse),
  );
  yield* sendJson(context, 200, present(context, resource, stored));
}

/** A patch that was read. */
interface Patcher {
  apply(current: KubeObject): unknown;
  /** What the client is told where the patched object is none of its kind. */
  refuse(patched: unknown, why: string): StatusError;
}

/** Reads a patch of a type. */
function patcherOf(type: string, text: string, resource: Resource): Patcher {
  if (type === "application/strategic-merge-patch+json") {
    const patch = readPatch(text, "");
    return {
      apply(current) {
        try {
          return applyStrategic(current, patch, fieldsOfKind(resource.kind));
        } catch (error) {
          if (error instanceof PatchError) throw badRequest(error.message);
          throw error;
        }
      },
      refuse: (_, why) => badPatch(formatGo(patch), inConverterWords(why)),
    };
  }
  const refuse = (patched: unknown, why: string) => badPatch(formatCompact(patched, false), why);
  if (type === "application/merge-patch+json") {
    const patch = readPatch(text, "error decoding patch: ");
    return { apply: (current) => mergePatch(current, patch), refuse };
  }
  const operations = readOperations(text);
  return {
    apply(current) {
      try {
        return applyJsonPatch(current, operations);
      } catch (error) {
        if (error instanceof JsonPatchError)
          throw new StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {});
        throw error;
      }
    },
    refuse,
  };
}

/** The kindless refusal of a patch: its own text, or the object it made, is the value that is wrong. */
const badPatch = (value: string, why: string): StatusError =>
  invalid({ group: "", kind: "" }, "", [
    { type: "FieldValueInvalid", field: "patch", message: `Invalid value: ${JSON.stringify(value)}: ${why}` },
  ]);

/** A strategic patch is decoded by the converter of unstructured objects, which has words of its own. */
function inConverterWords(why: string): string {
  const [, from = "", to = ""] =
    /cannot unmarshal (\w+) into Go (?:value|struct field \S+) of type (\S+)/.exec(why) ?? [];
  if (from === "") return why;
  const kind = FROM[from] ?? from;
  if (to.startsWith("[]")) return `cannot restore slice from ${kind}`;
  if (to.startsWith("map[")) return `cannot restore map from ${kind}`;
  if (/[.A-Z]/.test(to)) return `cannot restore struct from: ${kind}`;
  return to === "string" && from === "number" ? `cannot convert ${kind} to string` : `unrecognized type: ${to}`;
}

const FROM: Readonly<Record<string, string>> = { number: "int64", object: "map", array: "slice" };

/** fmt's %+v. */
function formatGo(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatGo).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  return `map[${Object.entries(value as Fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${key}:${formatGo(inner)}`)
    .join(" ")}]`;
}

function parsePatch(text: string, head: string): unknown {
  try {
    return toPlain(parseJson(text));
  } catch (error) {
    if (error instanceof JsonError || error instanceof YamlError) throw badRequest(head + error.message);
    throw error;
  }
}

function readPatch(text: string, head: string): Fields {
  const patch = parsePatch(text, head);
  if (typeof patch !== "object" || patch === null || Array.isArray(patch))
    throw badRequest(`${head}json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  return patch as Fields;
}

const MOST_OPERATIONS = 10_000;

function readOperations(text: string): Fields[] {
  const head = "error decoding patch: ";
  const patch = parsePatch(text, head);
  if (!Array.isArray(patch))
    throw badRequest(`${head}json: cannot unmarshal ${goKind(patch)} into Go value of type []handlers.jsonPatchOp`);
  if (patch.length > MOST_OPERATIONS)
    throw new StatusError(
      413,
      "RequestEntityTooLarge",
      `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`,
    );
  return patch as Fields[];
}

function goKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** What a patch made, decoded as an object of its kind again, with defaults. */
function finish(context: RequestContext, resource: Resource, patched: unknown, refuse: Patcher["refuse"]): KubeObject {
  const fields = fieldsOf(patched);
  if (fields.kind !== resource.kind || fields.apiVersion !== apiVersionOf(resource)) {
    fields.kind ??= resource.kind;
    fields.apiVersion ??= apiVersionOf(resource);
  }
  return applyDefaults(
    resource,
    decodeTree(context, resource, toTree(fields), (why) => refuse(patched, why)),
  );
}
