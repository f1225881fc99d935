// The shape of KubeletConfiguration for one version, built from the field table: Go's struct and field names included,
// because decoding errors speak of them.

import { createMemo } from "../../lib/memo.ts";
import { type FieldRow, fieldRows } from "./table.ts";

export type Shape =
  | { readonly kind: "struct"; readonly name: string; readonly fields: ReadonlyMap<string, ShapeField> }
  | { readonly kind: "list"; readonly type: string; readonly item: Shape; readonly pointer: boolean }
  | { readonly kind: "map"; readonly type: string; readonly item: Shape; readonly pointer: boolean }
  | { readonly kind: Scalar; readonly type: string; readonly pointer: boolean };

export type Scalar = "bool" | "string" | "int" | "float" | "duration" | "quantity" | "timeOrNanos";

export interface ShapeField {
  readonly goName: string;
  readonly shape: Shape;
}

const STRUCTS: Readonly<Record<string, string>> = {
  "": "v1beta1.KubeletConfiguration",
  authentication: "v1beta1.KubeletAuthentication",
  "authentication.x509": "v1beta1.KubeletX509Authentication",
  "authentication.webhook": "v1beta1.KubeletWebhookAuthentication",
  "authentication.anonymous": "v1beta1.KubeletAnonymousAuthentication",
  authorization: "v1beta1.KubeletAuthorization",
  "authorization.webhook": "v1beta1.KubeletWebhookAuthorization",
  memorySwap: "v1beta1.MemorySwapConfiguration",
  crashLoopBackOff: "v1beta1.CrashLoopBackOffConfig",
  userNamespaces: "v1beta1.UserNamespaces",
  logging: "v1.LoggingConfiguration",
  "logging.options": "v1.FormatOptions",
  "logging.options.text": "v1.TextOptions",
  "logging.options.json": "v1.JSONOptions",
  tracing: "v1.TracingConfiguration",
};

/** Named string and number types, by field. */
const TYPES: Readonly<Record<string, string>> = {
  "authorization.mode": "v1beta1.KubeletAuthorizationMode",
  configMapAndSecretChangeDetectionStrategy: "v1beta1.ResourceChangeDetectionStrategy",
  imagePullCredentialsVerificationPolicy: "v1beta1.ImagePullCredentialsVerificationPolicy",
  memoryReservationPolicy: "v1beta1.MemoryReservationPolicy",
  "logging.verbosity": "v1.VerbosityLevel",
};

const INITIALS: Readonly<Record<string, string>> = {
  tls: "TLS",
  cpu: "CPU",
  qos: "QOS",
  oom: "OOM",
  ids: "IDs",
  cni: "CNI",
};

/** readOnlyPort → ReadOnlyPort, tlsCertFile → TLSCertFile, iptablesDropBit → IPTablesDropBit. */
export function goName(name: string): string {
  if (name.startsWith("iptables")) return `IPTables${name.slice(8)}`;
  const first = /^[a-z]+/.exec(name)?.[0] ?? "";
  const short = INITIALS[first];
  return short === undefined ? name.charAt(0).toUpperCase() + name.slice(1) : short + name.slice(first.length);
}

const rows = createMemo<readonly FieldRow[]>(4);
const shapes = createMemo<Shape>(4);

/** Rows that a version has. */
export const rowsOf = (minor: number): readonly FieldRow[] =>
  rows(String(minor), () =>
    fieldRows.filter(([, , , facts]) => (facts?.since ?? 0) <= minor && (facts?.until ?? 99) >= minor),
  );

interface Node {
  row?: FieldRow;
  readonly children: Map<string, Node>;
}

/** The shape of one version. */
export const shapeFor = (minor: number): Shape => shapes(String(minor), () => buildShape(minor));

function buildShape(minor: number): Shape {
  const root: Node = { children: new Map() };
  const text: Node = { children: new Map() };
  root.children.set("kind", { ...text, row: ["kind", "string", ""] });
  root.children.set("apiVersion", { ...text, row: ["apiVersion", "string", ""] });
  for (const row of rowsOf(minor)) {
    let node = root;
    for (const part of row[0].split(".")) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.row = row;
  }
  const whole = shapeOf("", root, root);
  return minor < 23 ? renameLogging(whole) : whole;
}

/** The logging package was v1alpha1 at first. */
function renameLogging(shape: Shape): Shape {
  const logging = shape.kind === "struct" ? shape.fields.get("logging") : undefined;
  if (shape.kind !== "struct" || logging?.shape.kind !== "struct") return shape;
  const renamed = { ...logging, shape: { ...logging.shape, name: "v1alpha1.LoggingConfiguration" } };
  return { ...shape, fields: new Map([...shape.fields, ["logging", renamed]]) };
}

function structOf(path: string, node: Node, root: Node, name: string): Shape {
  const fields = new Map<string, ShapeField>();
  for (const [key, child] of node.children) {
    if (key.endsWith("[]")) continue;
    const below = path === "" ? key : `${path}.${key}`;
    fields.set(key, { goName: goName(key), shape: shapeOf(below, child, node === root ? root : node) });
  }
  return { kind: "struct", name, fields };
}

function shapeOf(path: string, node: Node, parent: Node): Shape {
  if (node.row === undefined) return structOf(path, node, parent, STRUCTS[path] ?? "v1beta1.Unknown");
  const pointer = node.row[1].endsWith("?");
  const type = pointer ? node.row[1].slice(0, -1) : node.row[1];
  const items = parent.children.get(`${path}[]`);
  if (items !== undefined) {
    const name = `v1beta1.${type.slice(2)}`;
    return { kind: "list", type: `[]${name}`, item: structOf(`${path}[]`, items, parent, name), pointer };
  }
  return typed(type, TYPES[path], pointer);
}

const plain = (kind: Scalar, type: string): Shape => ({ kind, type, pointer: false });

function record(name: string, fields: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(fields).map(([key, shape]) => [key, { goName: goName(key), shape }] as const);
  return { kind: "struct", name, fields: new Map(entries) };
}

function typed(type: string, named: string | undefined, pointer: boolean): Shape {
  if (type === "[]taint") {
    const text = plain("string", "string");
    const item = record("v1.Taint", {
      key: text,
      value: text,
      effect: plain("string", "v1.TaintEffect"),
      timeAdded: text,
    });
    return { kind: "list", type: "[]v1.Taint", item, pointer };
  }
  if (type === "[]vmodule") {
    const item = record("v1.VModuleItem", {
      filePattern: plain("string", "string"),
      verbosity: plain("int", "v1.VerbosityLevel"),
    });
    return { kind: "list", type: "v1.VModuleConfiguration", item, pointer };
  }
  const map = /^map\[string\](.*)$/.exec(type)?.[1];
  if (map === "quantity")
    return { kind: "map", type: "v1.ResourceList", item: plain("quantity", "resource.Quantity"), pointer };
  if (map !== undefined) return { kind: "map", type, item: typed(map, undefined, false), pointer };
  if (type.startsWith("[]")) return { kind: "list", type, item: typed(type.slice(2), undefined, false), pointer };
  const kind: Scalar =
    type === "int32" || type === "int64" || type === "uint32" ? "int" : type === "float64" ? "float" : (type as Scalar);
  return { kind, type: named ?? (kind === "duration" ? "v1.Duration" : type), pointer };
}
