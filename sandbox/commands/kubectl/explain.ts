// kubectl explain: kind, version and fields with their types. fidelity: descriptions are not in the sandbox.

import type { Task } from "../../kernel/sys.ts";
import { type FieldType, fieldsBelow, fieldsOfKind, findField } from "../../lib/kube/schema.ts";
import type { Kube } from "./kube.ts";
import { Fail, q } from "./values.ts";

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
  if (args.length > 1) throw kube.usage("We accept only this format: explain RESOURCE");
  const [type = "", ...path] = (args[0] as string).split(".");
  const resource = yield* (yield* kube.discovery()).find(type, 2);
  let fields = fieldsOfKind(resource.kind);
  if (fields === undefined) throw new Fail(`explain of ${resource.kind} is not modelled in this sandbox`, 2);
  let field: FieldType | undefined;
  let text = `${resource.group === "" ? "" : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  for (const name of path) {
    field = findField(fields, name);
    if (field === undefined) {
      yield* kube.out(text);
      throw new Fail(`field ${q(name)} does not exist`);
    }
    fields = fieldsBelow(field);
  }
  if (field !== undefined) text += `FIELD: ${field.name} <${typeName(field)}>\n\n\n`;
  text += "DESCRIPTION:\n    <empty>\n";
  text += fields === undefined ? "\n" : `FIELDS:\n${fieldLines(fields, 1, flags.on("recursive"), [])}\n`;
  yield* kube.out(text);
  return 0;
}
