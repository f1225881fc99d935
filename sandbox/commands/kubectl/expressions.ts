// What few lines ask for: JSONPath, columns of one's own, Go templates, and sorting by a field. It comes when it is asked for.

import type { Program } from "../../kernel/sys.ts";
import { formatIndented } from "../../lib/yaml-go/emit.ts";
import { JsonPath, relaxPath } from "./jsonpath.ts";
import { noField, sortBy, sortRows } from "./sort.ts";
import { alignTabs } from "./tabs.ts";
import { GoTemplate } from "./template.ts";
import { type Any, Fail, goValue } from "./values.ts";

/** An entry of the exec table that is never run. */
export interface Expressions extends Program {
  readonly JsonPath: typeof JsonPath;
  readonly relaxPath: typeof relaxPath;
  readonly noField: typeof noField;
  readonly sortBy: typeof sortBy;
  readonly sortRows: typeof sortRows;
  readonly printer: typeof printer;
}

function fileColumns(text: string): string {
  const [names = "", paths = ""] = text.split("\n");
  const [heads, specs] = [names, paths].map((line) => line.trim().split(/\s+/)) as [string[], string[]];
  if (heads.length !== specs.length)
    throw new Fail(`number of headers (${heads.length}) and field specifications (${specs.length}) don't match`);
  return heads.map((name, i) => `${name}:${specs[i]}`).join(",");
}

function columnsPrinter(spec: string, bare: boolean): (object: Any) => string {
  const columns = spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) throw new Fail(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { name: part.slice(0, colon), path: new JsonPath(relaxPath(part.slice(colon + 1))) };
  });
  return (object) => {
    const items: Any[] = object.items !== undefined && Array.isArray(object.items) ? object.items : [object];
    const rows = items.map((item) =>
      columns
        .map(({ path }) => {
          const found = path.find(item);
          return found.length === 0 ? "<none>" : found.map(goValue).join(",");
        })
        .join("\t"),
    );
    const head = bare ? [] : [columns.map((column) => column.name).join("\t")];
    return alignTabs(`${[...head, ...rows].join("\n")}\n`);
  };
}

/** The printer of a format that takes an expression. */
function printer(kind: string, text: string, allowMissing: boolean, bare: boolean): (object: Any) => string {
  if (kind.startsWith("custom")) return columnsPrinter(kind.endsWith("file") ? fileColumns(text) : text, bare);
  if (!kind.startsWith("jsonpath")) {
    const template = new GoTemplate(text, allowMissing);
    return (object) => template.print(object);
  }
  const path = new JsonPath(text, allowMissing);
  return kind.endsWith("json") ? (object) => `${formatIndented(path.find(object))}\n` : (object) => path.print(object);
}

export const kubectlExpressions: Expressions = {
  name: "kubectl-expressions",
  JsonPath,
  relaxPath,
  noField,
  sortBy,
  sortRows,
  printer,
};
