// kubectl get: tables as the server makes them, whole objects in any format, watching, and raw paths.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { humanDuration } from "../../lib/kube/age.ts";
import { ANY_TYPE, type Ask, type Client, statusError } from "./client.ts";
import { fullName, groupVersion, pathOf } from "./discovery.ts";
import { throwAll } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { kindPrefix, type Printer, printerFor, TABLE_FORMATS, type TableOptions, tableLines } from "./print.ts";
import { checkName, type Item, listCollection, missing, type Selection, selectAny } from "./resources.ts";
import { alignTabs } from "./tabs.ts";
import { type Any, at, Fail, type Obj } from "./values.ts";

export const GET_FLAGS =
  "all-namespaces:A! allow-missing-template-keys! chunk-size#500 field-selector= filename:f* ignore-not-found! kustomize:k= label-columns:L* no-headers! output:o= output-watch-events! raw= recursive:R! selector:l= server-print! show-kind! show-labels! show-managed-fields! sort-by= subresource= template= watch:w! watch-only!";

const TABLE =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

export function* get(kube: Kube): Task<number> {
  const { flags } = kube;
  if (flags.text("raw") !== "") {
    if (kube.args.length > 0) throw new Fail("arguments may not be passed when --raw is specified");
    if (flags.text("output") !== "") throw new Fail("--raw and --output are mutually exclusive");
    return yield* raw(kube, "GET");
  }
  const format = flags.text("output");
  const watched = flags.on("watch") || flags.on("watch-only");
  if (flags.on("output-watch-events") && !watched)
    throw new Fail("--output-watch-events option can only be used with --watch or --watch-only");
  const allNamespaces = flags.on("all-namespaces");
  if (kube.args.length === 0 && flags.list("filename").length === 0) {
    yield* kube.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw kube.usage(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  const printer = printerFor(kube, format, { formats: TABLE_FORMATS });
  const selection = yield* selectAny(kube, {
    all: true,
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces,
  });
  if (flags.has("subresource") && selection.items.some(({ name }) => name === ""))
    throw new Fail("subresource cannot be used when bulk resources are specified");
  if (watched) return yield* watch(kube, selection, printer);
  if (printer !== undefined && !(flags.has("sort-by") && format === "wide"))
    return yield* printObjects(kube, selection, printer);
  return yield* printTables(kube, selection);
}

// --- tables ---

function tableOptions(kube: Kube, kind: string | undefined): TableOptions {
  const { flags } = kube;
  return {
    wide: flags.text("output") === "wide",
    headers: !flags.on("no-headers"),
    namespaces: false,
    labels: flags.on("show-labels"),
    columns: flags.list("label-columns"),
    kind,
  };
}

function* fetchTable(kube: Kube, item: Item): Task<Obj> {
  const client = yield* kube.client();
  const { flags } = kube;
  const sub = flags.text("subresource");
  const accept = flags.on("server-print", true) ? TABLE : "application/json";
  const whole = flags.has("sort-by") ? "includeObject=Object" : "";
  if (item.name === "")
    return yield* listCollection(client, item, {
      selector: flags.text("selector"),
      fieldSelector: flags.text("field-selector"),
      accept,
      extra: whole,
    });
  const path = pathOf(item.resource, item.namespace, item.name, sub) + (whole === "" ? "" : `?${whole}`);
  try {
    return (yield* client.call({ path, accept, resource: fullName(item.resource), name: item.name })).body;
  } catch (error) {
    throw yield* missing(kube, error, item.namespace);
  }
}

/** A table of any answer: what is no Table gets a name and an age. */
function asTable(body: Obj, item: Item, now: number): Obj {
  if (body.kind === "Table") return body;
  const objects: Obj[] = body.items ?? [body];
  const columns = ["Name", "Age"].map((name) => ({ name, type: "string", priority: 0 }));
  return {
    kind: "Table",
    columnDefinitions: columns,
    rows: objects.map((object) => ({
      cells: [
        at(object, "metadata.name") ?? item.name,
        humanDuration(now - Date.parse(at(object, "metadata.creationTimestamp") ?? "")),
      ],
      object,
    })),
  };
}

interface Section {
  readonly item: Item;
  readonly head: readonly string[];
  readonly rows: string[][];
}

function* printTables(kube: Kube, selection: Selection): Task<number> {
  const { flags } = kube;
  const errors: unknown[] = [];
  const tables: { readonly item: Item; readonly table: Obj }[] = [];
  for (const item of selection.items) {
    try {
      checkName(item);
      tables.push({ item, table: asTable(yield* fetchTable(kube, item), item, kube.sys.now()) });
    } catch (error) {
      if (flags.on("ignore-not-found") && isReason(error, "NotFound")) continue;
      errors.push(error);
      if (selection.items.length === 1) break;
    }
  }
  // Kinds are told where several were answered.
  const resources = new Set(tables.map(({ item }) => item.resource));
  // Of several tables kubectl sees no objects.
  if (flags.text("sort-by") && tables.length > 1 && tables.some(({ table }) => table.rows?.length > 0))
    throw kube.expressions?.noField(kube);
  const sections: Section[] = [];
  let namespaced = !flags.on("all-namespaces");
  for (const { item, table } of tables) {
    namespaced &&= item.resource.namespaced;
    const kind = resources.size > 1 || flags.on("show-kind") ? kindPrefix(item.resource) : undefined;
    kube.expressions?.sortRows(kube, table);
    const { head, rows } = tableLines(table, {
      ...tableOptions(kube, kind),
      namespaces: flags.on("all-namespaces") && item.resource.namespaced,
    });
    const last = sections.at(-1);
    if (last !== undefined && last.item.resource === item.resource && last.head.length === head.length)
      last.rows.push(...rows);
    else sections.push({ item, head, rows });
  }
  const shown = sections.filter((section) => section.rows.length > 0);
  for (const [i, { head, rows }] of shown.entries()) {
    const lines = flags.on("no-headers") ? rows : [head, ...rows];
    yield* kube.out((i > 0 ? "\n" : "") + alignTabs(`${lines.map((line) => line.join("\t")).join("\n")}\n`));
  }
  if (shown.length === 0 && errors.length === 0 && !flags.on("ignore-not-found"))
    yield* kube.err(namespaced ? `No resources found in ${kube.namespace} namespace.\n` : "No resources found\n");
  throwAll([...errors, ...(selection.errors ?? [])]);
  return 0;
}

// --- whole objects ---

function* printObjects(kube: Kube, selection: Selection, printer: Printer): Task<number> {
  const { flags } = kube;
  const client = yield* kube.client();
  const found: Obj[] = [];
  const errors: unknown[] = [];
  const sub = flags.text("subresource");
  for (const item of selection.items) {
    try {
      checkName(item);
      if (item.name !== "") {
        const path = pathOf(item.resource, item.namespace, item.name, sub);
        found.push((yield* client.call({ path, resource: fullName(item.resource), name: item.name })).body);
        continue;
      }
      const list = yield* listCollection(client, item, {
        selector: flags.text("selector"),
        fieldSelector: flags.text("field-selector"),
      });
      for (const object of list.items ?? [])
        found.push({ apiVersion: groupVersion(item.resource), kind: item.resource.kind, ...object });
    } catch (error) {
      if (flags.on("ignore-not-found") && isReason(error, "NotFound")) continue;
      errors.push(error);
      if (selection.items.length === 1) break;
    }
  }
  if (flags.text("sort-by")) kube.expressions?.sortBy(kube, found, (object) => object);
  const nothing = found.length === 0 && (errors.length > 0 || (selection.single && flags.on("ignore-not-found")));
  if (!nothing) {
    if (selection.single && found.length === 1) yield* kube.out(printer(found[0]));
    else yield* kube.out(printer({ apiVersion: "v1", items: found, kind: "List", metadata: { resourceVersion: "" } }));
  }
  throwAll([...errors, ...(selection.errors ?? [])]);
  return 0;
}

// --- watching ---

/** Lines of JSON from a watch, each event as it comes. */
export function* watchEvents(client: Client, ask: Ask): Task<() => Task<Obj | undefined>> {
  const { response } = yield* client.send(ask, true);
  if (response.status !== 200) {
    const bytes = yield* response.body();
    const text = isErrno(bytes) ? "" : decode(bytes);
    let body: Any;
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
    throw statusError({ status: response.status, type: response.headers.get("content-type") ?? "", text, body }, ask);
  }
  let rest = new Uint8Array(0) as Uint8Array;
  return function* () {
    for (;;) {
      const end = rest.indexOf(10);
      if (end >= 0) {
        const line = decode(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        if (line.trim() !== "") return JSON.parse(line) as Obj;
        continue;
      }
      const part = yield* response.read();
      if (isErrno(part) || part.length === 0) return undefined;
      rest = rest.length === 0 ? part : concat([rest, part]);
    }
  };
}

function* watch(kube: Kube, selection: Selection, printer: Printer | undefined): Task<number> {
  const { flags } = kube;
  const [item, other] = selection.items;
  if (item === undefined || (other !== undefined && item.resource !== other.resource))
    throw new Fail("you may only specify a single resource type");
  if (other !== undefined) {
    yield* printTables(kube, selection);
    throw new Fail("you may only watch a single resource or type of resource at a time");
  }
  if (flags.has("sort-by"))
    yield* kube.err("warning: --watch requested, --sort-by will be ignored for watch events received\n");
  const client = yield* kube.client();
  const accept = printer === undefined ? TABLE : undefined;
  const named = item.name === "" ? "" : `metadata.name=${item.name}`;
  const fields = [flags.text("field-selector"), named].filter((part) => part !== "").join(",");
  const told = flags.on("output-watch-events");
  const show = function* (body: Obj, first: boolean, type = "ADDED"): Task {
    if (printer !== undefined) {
      for (const object of body.items ?? [body]) yield* kube.out(printer(told ? { object, type } : object));
      return;
    }
    const options = {
      ...tableOptions(kube, flags.on("show-kind") ? kindPrefix(item.resource) : undefined),
      namespaces: flags.on("all-namespaces") && item.resource.namespaced,
    };
    const table = asTable(body, item, kube.sys.now());
    // Only the first table of a watch names its columns.
    definitions = table.columnDefinitions ?? definitions;
    if (first) kube.expressions?.sortRows(kube, table);
    const { head, rows } = tableLines({ ...table, columnDefinitions: definitions }, options);
    if (told) {
      head.unshift("EVENT   ");
      for (const row of rows) row.unshift(type.padEnd(8));
    }
    const lines = first && !flags.on("no-headers") && rows.length > 0 ? [head, ...rows] : rows;
    if (lines.length === 0) return;
    // The writer remembers the widths of what it has printed.
    const all = alignTabs(`${[...remembered, ...lines].map((line) => line.join("\t")).join("\n")}\n`).split("\n");
    yield* kube.out(all.slice(remembered.length).join("\n"));
    remembered = [widest([...remembered, ...lines])];
  };
  let remembered: string[][] = [];
  let definitions: Obj[] = [];
  let version = "";
  {
    const list: Obj =
      item.name === ""
        ? yield* listCollection(client, item, {
            selector: flags.text("selector"),
            fieldSelector: fields,
            ...(accept === undefined ? {} : { accept }),
          })
        : (yield* client.call({
            path: pathOf(item.resource, item.namespace, item.name),
            ...(accept === undefined ? {} : { accept }),
          })).body;
    // Of one object the watch begins with what is there now, which was shown already.
    version = item.name === "" ? (at(list, "metadata.resourceVersion") ?? "") : "0";
    if (!flags.on("watch-only")) yield* show(list, true);
  }
  const query = [
    ...(fields === "" ? [] : [`fieldSelector=${encodeURIComponent(fields)}`]),
    ...(flags.has("selector") ? [`labelSelector=${encodeURIComponent(flags.text("selector"))}`] : []),
    ...(version === "" ? [] : [`resourceVersion=${version}`]),
    "watch=true",
  ].join("&");
  const next = yield* watchEvents(client, {
    path: `${pathOf(item.resource, item.namespace)}?${query}`,
    ...(accept === undefined ? {} : { accept }),
  });
  for (let first = flags.on("watch-only"), known = item.name !== ""; ; ) {
    const event = yield* next();
    if (event === undefined) return 0;
    if (known) {
      known = false;
      continue;
    }
    if (event.type === "BOOKMARK") continue;
    if (event.type === "ERROR") throw new Fail(event.object?.message ?? "watch failed");
    yield* show(event.object, first, event.type);
    first = false;
  }
}

function widest(lines: readonly (readonly string[])[]): string[] {
  const count = Math.max(...lines.map((line) => line.length));
  return Array.from({ length: count }, (_, i) =>
    " ".repeat(Math.max(0, ...lines.map((line) => [...(line[i] ?? "")].length))),
  );
}

// --- raw ---

/** The same with the one file of -f as its body. */
export function* rawFile(kube: Kube, method: string): Task<number> {
  const [file = "", ...more] = kube.flags.list("filename");
  if (file === "" || more.length > 0) throw new Fail("--raw can only use a single local file or stdin");
  const bytes = file === "-" ? undefined : kube.sys.readFile(file);
  return yield* raw(kube, method, bytes === undefined ? yield* kube.stdin() : isErrno(bytes) ? "" : decode(bytes));
}

/** One request to a path, its body to stdout as it comes. */
export function* raw(kube: Kube, method: string, body?: string): Task<number> {
  const client = yield* kube.client();
  const path = kube.flags.text("raw");
  if (!path.startsWith("/"))
    throw new Fail(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  const ask: Ask = {
    method,
    path: path.replaceAll(" ", "%20"),
    accept: ANY_TYPE,
    ...(body === undefined ? {} : { raw: body, type: "application/json" }),
  };
  const { response } = yield* client.send(ask, true);
  if (response.status < 200 || response.status > 206) {
    const bytes = yield* response.body();
    const text = isErrno(bytes) ? "" : decode(bytes);
    let value: Any;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    throw statusError(
      { status: response.status, type: response.headers.get("content-type") ?? "", text, body: value },
      ask,
    );
  }
  for (;;) {
    const part = yield* response.read();
    if (isErrno(part) || part.length === 0) return 0;
    yield* kube.sys.write(1, part);
  }
}
