// Request bodies to objects: the content type, JSON or YAML, the kind that must be meant.

import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Json, JsonError, parseJson } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import { type Fields, fieldsOf, type KubeObject, textOf } from "../object.ts";
import { findKind } from "../registry/resources.ts";
import type { RequestContext } from "../request.ts";
import { badRequest, StatusError } from "../status.ts";

/** A tree of yaml-go as plain data. */
export function toPlain(node: Json): unknown {
  switch (node.kind) {
    case "null":
      return null;
    case "array":
      return node.items.map(toPlain);
    case "object":
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, toPlain(value)]));
    case "number":
      return Number(node.text);
    default:
      return node.value;
  }
}

/** The body's bytes, read once. */
export function* readBody(context: RequestContext): Task<string> {
  context.body ??= yield* context.request.body();
  return decode(context.body);
}

/** The media type without parameters. */
export function mediaType(context: RequestContext): string {
  return (context.request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

const unsupported = (types: readonly string[]): StatusError =>
  new StatusError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${types.join(", ")}`,
  );

export interface Wanted {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The object of a body, as it was written; kind and apiVersion are filled in where they are missing. */
export function* readObject(context: RequestContext, wanted: Wanted): Task<{ object: KubeObject; tree: Json }> {
  const type = mediaType(context);
  const yaml = type === "application/yaml";
  if (type !== "" && type !== "application/json" && !yaml)
    throw unsupported(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]);
  const text = yield* readBody(context);
  const tree = parseTree(text, yaml, wanted.kind);
  const object = toPlain(tree) as KubeObject;
  const apiVersion = textOf(object.apiVersion) || wanted.apiVersion;
  const kind = textOf(object.kind) || wanted.kind;
  if (kind !== wanted.kind || apiVersion !== wanted.apiVersion)
    throw badRequest(
      kind === wanted.kind || apiVersion !== wanted.apiVersion
        ? `the API version in the data (${apiVersion}) does not match the expected API version (${wanted.apiVersion})`
        : `${kind} in version "${lastOf(wanted.apiVersion)}" cannot be handled as a ${wanted.kind}: ${
            findKind(apiVersion, kind) === undefined
              ? `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
              : `converting (${lastOf(apiVersion)}.${kind}) to (${wanted.apiVersion.includes("/") ? wanted.apiVersion.split(/[./]/)[0] : "core"}.${wanted.kind}): unknown conversion`
          }`,
    );
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  return { object: { kind, apiVersion, metadata: { ...fieldsOf(metadata) }, ...rest } as KubeObject, tree };
}

/** The version of an apiVersion. */
const lastOf = (apiVersion: string): string => apiVersion.replace(/.*\//, "");

/** Parses a body, with the codec's words where it cannot. */
export function parseTree(text: string, yaml: boolean, kind: string): Json {
  const refuse = (why: string): StatusError =>
    badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${hexOf(text)})`);
  let tree: Json;
  try {
    tree = yaml ? yamlToJson(text).json : parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw refuse(`couldn't get version/kind; json parse error: ${error.message}`);
    if (error instanceof YamlError) throw badRequest(error.message);
    throw error;
  }
  if (tree.kind !== "object") {
    const go = { array: "array", string: "string", number: "number", bool: "bool", null: "null" }[tree.kind];
    throw refuse(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${go} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  return tree;
}

/** What of a body is shown in its refusal: printable text as it is, cut after 32 bytes. */
function hexOf(text: string): string {
  return text.length > 32 ? `${text.slice(0, 32)} ...` : text;
}

/** Options of a body that has no object of its own kind (DeleteOptions). */
export function* readOptions(context: RequestContext, kind: string): Task<Fields> {
  const text = yield* readBody(context);
  return text.trim() === "" ? {} : fieldsOf(toPlain(parseTree(text, mediaType(context) === "application/yaml", kind)));
}
