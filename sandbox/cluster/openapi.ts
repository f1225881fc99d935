// /openapi/v3: one document a group and version. It says what kubectl asks it: which fields a kind has, and that a patch
// may be checked field by field. fidelity: descriptions, required fields and the other operations are left out.

import type { Task } from "../kernel/sys.ts";
import { BUILD } from "../lib/kube/build.ts";
import { type FieldType, fieldsBelow, fieldsOfKind } from "../lib/kube/schema.ts";
import type { Fields } from "./object.ts";
import { RESOURCES } from "./registry/resources.ts";
import type { Resource } from "./registry/types.ts";
import type { RequestContext } from "./request.ts";
import { sendJson } from "./rest/codec.ts";

const rootOf = ({ group, version }: Resource): string => (group === "" ? `api/${version}` : `apis/${group}/${version}`);

const text = { type: "string" };
const quantity = reference("Quantity");
/** Schemas by the letters of the table of types. */
const SCALARS: Readonly<Record<string, Fields>> = {
  i: { type: "integer" },
  b: { type: "boolean" },
  f: { type: "number" },
  q: quantity,
  x: reference("IntOrString"),
  o: { type: "object" },
  m: { type: "object", additionalProperties: text },
  mq: { type: "object", additionalProperties: quantity },
  my: { type: "object", additionalProperties: text },
};

function reference(name: string): Fields {
  return { $ref: `#/components/schemas/io.k8s.api.${name}` };
}

function schemaOf(field: FieldType): Fields {
  const one = field.type === undefined ? (SCALARS[field.kind] ?? text) : reference(field.type);
  if (field.list === undefined) return one;
  return field.list === "record" ? { type: "object", additionalProperties: one } : { type: "array", items: one };
}

/** Adds a type and all below it to the schemas. */
function addSchema(schemas: Record<string, Fields>, name: string, fields: readonly FieldType[] | undefined): Fields {
  const schema: Fields = { type: "object" };
  schemas[`io.k8s.api.${name}`] = schema;
  if (fields !== undefined)
    schema.properties = Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]));
  for (const field of fields ?? [])
    if (field.type !== undefined && schemas[`io.k8s.api.${field.type}`] === undefined)
      addSchema(schemas, field.type, fieldsBelow(field));
  return schema;
}

/** What may be done with a resource, as far as clients look it up: its kind, and that patches take `fieldValidation`. */
function addPaths(paths: Record<string, Fields>, resource: Resource): void {
  const { group, version, kind, name, namespaced, verbs } = resource;
  const collection = `/${rootOf(resource)}${namespaced ? "/namespaces/{namespace}" : ""}/${name}`;
  const gvk = { "x-kubernetes-group-version-kind": { group, version, kind } };
  const query = (parameter: string) => ({ name: parameter, in: "query", schema: text });
  paths[collection] = { [verbs.includes("list") ? "get" : "post"]: gvk };
  if (verbs.includes("patch"))
    paths[`${collection}/{name}`] = {
      get: gvk,
      patch: { ...gvk, parameters: ["dryRun", "fieldManager", "fieldValidation", "force"].map(query) },
    };
}

function documentOf(root: string): Fields | undefined {
  const served = RESOURCES.filter((resource) => rootOf(resource) === root);
  if (served.length === 0) return undefined;
  const paths: Record<string, Fields> = {};
  const schemas: Record<string, Fields> = {
    "io.k8s.api.Quantity": { oneOf: [text, { type: "number" }] },
    "io.k8s.api.IntOrString": { oneOf: [{ type: "integer" }, text] },
  };
  for (const resource of served) {
    const { group, version, kind } = resource;
    addPaths(paths, resource);
    addSchema(schemas, kind, fieldsOfKind(kind))["x-kubernetes-group-version-kind"] = [{ group, version, kind }];
  }
  const info = { title: "Kubernetes", version: BUILD.gitVersion };
  return { openapi: "3.0.0", info, paths, components: { schemas } };
}

/** Answers paths below /openapi/v3; false where there is no such document. */
export function* serveOpenApi(context: RequestContext): Task<boolean> {
  const path = context.request.path.replace(/^\/openapi\/v3\/?/, "");
  const roots = [...new Set(RESOURCES.map(rootOf))].sort();
  const answer =
    path === ""
      ? { paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) }
      : documentOf(path);
  if (answer !== undefined) yield* sendJson(context, 200, answer, false);
  return answer !== undefined;
}
