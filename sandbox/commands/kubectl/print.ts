// Printing objects: yaml, json, name, jsonpath, custom-columns, go-template, and the server's tables.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatIndented, formatYaml } from "../../lib/yaml-go/emit.ts";
import { formatKyaml } from "../../lib/yaml-go/kyaml.ts";
import type { Resource } from "./discovery.ts";
import type { Expressions } from "./expressions.ts";
import type { Kube } from "./kube.ts";
import { type Any, Fail, goValue, nameOf, type Obj, q, sortedKeys, splitVersion } from "./values.ts";

export type Printer = (object: Any) => string;

const FORMATS =
  "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml";
/** The formats of commands that print tables, too. */
export const TABLE_FORMATS = `custom-columns,custom-columns-file,${FORMATS.replace(/,yaml/, ",wide,yaml")}`;

/** `pod/web`, `deployment.apps/frontend`. */
export function printedName(object: Obj): string {
  const { group } = splitVersion(object.apiVersion ?? "v1");
  return `${(object.kind ?? "<unknown>").toLowerCase()}${group === "" ? "" : `.${group}`}/${nameOf(object) || "<unknown>"}`;
}

/** The printer an -o asks for, or --template alone; undefined where the table is meant (empty or wide). */
export function printerFor(
  kube: Kube,
  output: string,
  options: { managed?: boolean; sorted?: boolean; formats?: string } = {},
): Printer | undefined {
  const given = kube.flags.text("template");
  const format = output === "" && given !== "" ? "go-template" : output;
  const { formats = FORMATS, sorted = true } = options;
  if (format === "") return undefined;
  const equals = format.indexOf("=");
  // Formats without an argument are known in any case.
  const kind =
    equals >= 0 ? format.slice(0, equals) : /^(?:json|k?yaml|name)$/i.test(format) ? format.toLowerCase() : format;
  if (!formats.split(",").includes(kind))
    throw new Fail(
      `unable to match a printer suitable for the output format ${q(format)}, allowed formats are: ${formats}`,
    );
  if (kind === "wide") return undefined;
  const allowMissing = kube.flags.on("allow-missing-template-keys", true);
  const tidy = (object: Any): Any =>
    options.managed || kube.flags.on("show-managed-fields") ? object : withoutManaged(object);
  const columns = kind.startsWith("custom");
  let rest = equals < 0 ? given : format.slice(equals + 1);
  if (rest === "" && columns) throw new Fail("custom-columns format specified but no custom columns given");
  if (rest === "" && /path|template/.test(kind) && kind !== "jsonpath-as-json")
    throw new Fail("template format specified but no template given");
  if (/file$/.test(kind)) {
    const bytes = kube.sys.readFile(rest);
    if (isErrno(bytes))
      throw new Fail(`error reading ${columns ? "" : "--"}template ${rest}, open ${rest}: ${bytes.text.toLowerCase()}`);
    rest = decode(bytes);
  }
  switch (kind) {
    case "json":
      return (object) => `${formatIndented(tidy(object), "    ", sorted)}\n`;
    case "yaml": {
      let count = 0;
      return (object) => `${count++ > 0 ? "---\n" : ""}${formatYaml(tidy(object))}`;
    }
    case "kyaml":
      return (object) => formatKyaml(tidy(object), sorted);
    case "name":
      return (object) => {
        if (object.kind === "EventList") return "";
        if (/.List$/.test(object.kind))
          throw new Fail(`list types are not supported by name printing: *v1.${object.kind}`);
        return object.kind === "List"
          ? (object.items as Obj[]).map((item) => `${printedName(item)}\n`).join("")
          : `${printedName(object)}\n`;
      };
    default:
      return (kube.expressions as Expressions).printer(kind, rest, allowMissing, kube.flags.on("no-headers"));
  }
}

export function withoutManaged(object: Any): Any {
  if (object?.items !== undefined && Array.isArray(object.items))
    return { ...object, items: object.items.map(withoutManaged) };
  if (object?.metadata?.managedFields === undefined) return object;
  const { managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly namespaces: boolean;
  readonly labels: boolean;
  readonly columns: readonly string[];
  /** Names come as `pod/web`. */
  readonly kind: string | undefined;
}

/** A Table of the server as lines of cells. */
export function tableLines(table: Obj, options: TableOptions): { head: string[]; rows: string[][] } {
  const definitions: Obj[] = table.columnDefinitions ?? [];
  const shown = definitions
    .map((column, i) => ({ column, i }))
    .filter(({ column }) => options.wide || (column.priority ?? 0) === 0);
  const head = shown.map(({ column }) => column.name.toUpperCase());
  if (options.namespaces) head.unshift("NAMESPACE");
  for (const label of options.columns) head.push(label.replace(/^.*\//, "").toUpperCase());
  if (options.labels) head.push("LABELS");
  const rows = (table.rows ?? []).map((row: Obj) => {
    const cells = shown.map(({ column, i }) =>
      cellText(
        column.name.toLowerCase() === "name" && options.kind !== undefined
          ? `${options.kind}/${row.cells[i]}`
          : row.cells[i],
      ),
    );
    const metadata = row.object?.metadata ?? {};
    if (options.namespaces) cells.unshift(metadata.namespace ?? "");
    for (const label of options.columns) cells.push(metadata.labels?.[label] ?? "");
    if (options.labels) cells.push(formatLabels(metadata.labels));
    return cells;
  });
  return { head, rows };
}

function cellText(value: Any): string {
  if (value === null || value === undefined) return "<nil>";
  const text = typeof value === "object" ? goValue(value) : String(value);
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}

export function formatLabels(labels: Obj | undefined): string {
  const keys = sortedKeys(labels);
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${labels?.[key]}`).join(",");
}

/** kind of a resource as names are prefixed with it. */
export function kindPrefix(resource: Resource): string {
  return resource.kind.toLowerCase() + (resource.group === "" ? "" : `.${resource.group}`);
}

/** Prints one changed object: `pod/web created`, or by -o. */
export function* printChange(kube: Kube, object: Obj, done: string, dry = ""): Task {
  const format = kube.flags.text("output");
  const printer = printerFor(kube, format);
  if (printer !== undefined) yield* kube.out(printer(object));
  else
    yield* kube.out(
      `${printedName(object)} ${done}${dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""}\n`,
    );
}

/** --dry-run's value: none, client or server. */
export function dryRun(kube: Kube): "" | "client" | "server" {
  const value = kube.flags.text("dry-run", "none");
  if (value === "none") return "";
  if (value === "client" || value === "server") return value;
  throw new Fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}
