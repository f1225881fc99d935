// kubectl explain: kind, version and fields with their types. fidelity: descriptions are not in the sandbox.

import type { Task } from "../../kernel/sys.ts";
import { type FieldType, fieldsBelow, fieldsOfKind, findField } from "../../lib/kube/schema.ts";
import { groupVersion } from "./discovery.ts";
import type { Kube } from "./kube.ts";
import { BareFail, Fail, q } from "./values.ts";

export const EXPLAIN_FLAGS = "api-version= output:o=plaintext recursive:R!";

const NAMES: Readonly<Record<string, string>> = {
  s: "string",
  i: "integer",
  b: "boolean",
  f: "number",
  q: "Quantity",
  t: "string",
  d: "string",
  x: "IntOrString",
  o: "Object",
  y: "string",
  m: "map[string]string",
  mq: "map[string]Quantity",
  my: "map[string]string",
};

/** `<[]Container>`, `<map[string]string>`. */
function typeName(field: FieldType): string {
  const one = field.kind === "object" ? (field.type ?? "Object") : (NAMES[field.kind] ?? "Object");
  if (field.list === undefined) return one;
  return field.list === "record" ? `map[string]${one}` : `[]${one}`;
}

function fieldLines(fields: readonly FieldType[], depth: number, recursive: boolean, seen: readonly string[]): string {
  return [...fields]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => {
      const line = `${"  ".repeat(depth)}${field.name}\t<${typeName(field)}>\n`;
      if (!recursive) return `${line}    <no description>\n\n`;
      const below = field.type !== undefined && seen.includes(field.type) ? undefined : fieldsBelow(field);
      return line + (below === undefined ? "" : fieldLines(below, depth + 1, true, [...seen, field.type ?? ""]));
    })
    .join("");
}

export function* explain(kube: Kube): Task<number> {
  const { args, flags } = kube;
  if (args.length === 0)
    throw new Fail(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  if (args.length > 1) throw new Fail("We accept only this format: explain RESOURCE");
  const output = flags.text("output", "plaintext");
  if (!/^plaintext(?:-openapiv2)?$/.test(output)) throw new Fail(`unrecognized format: ${output}`);
  if ((args[0] as string).startsWith(".")) throw new Fail("invalid jsonpath syntax, first node must be field node");
  const [type = "", ...path] = (args[0] as string).replace(/\.$/, "").split(".");
  const discovery = yield* kube.discovery();
  const resource = yield* discovery.lookUp(type, 2);
  if (resource === undefined) throw new BareFail(`the server doesn't have a resource type ${q(type)}`);
  const version = flags.text("api-version");
  if (version !== "" && version !== groupVersion(resource)) {
    const served = (yield* discovery.resources(2)).some((one) => groupVersion(one) === version);
    const wanted = `${version.includes("/") ? "" : "/"}${version}, Resource=${resource.name}`;
    throw new Fail(served ? `GVR (${wanted}) not found in OpenAPI schema` : `couldn't find resource for "${wanted}"`);
  }
  let fields = fieldsOfKind(resource.kind);
  if (fields === undefined) throw new Fail(`explain of ${resource.kind} is not modelled in this sandbox`, 2);
  let field: FieldType | undefined;
  let text = `${resource.group === "" ? "" : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  for (const name of path) {
    field = findField(fields, name);
    if (field === undefined) {
      yield* kube.out(text);
      throw new Fail(`field ${q(path.at(-1) ?? "")} does not exist`);
    }
    fields = fieldsBelow(field);
  }
  if (field !== undefined) text += `FIELD: ${field.name} <${typeName(field)}>\n\n\n`;
  text += "DESCRIPTION:\n    <empty>\n";
  text += fields === undefined ? "\n" : `FIELDS:\n${fieldLines(fields, 1, flags.on("recursive"), [])}\n`;
  yield* kube.out(text);
  return 0;
}
