// The effective configuration: a value for every field, and for each where it came from.

import type { Source } from "../../lib/trace.ts";
import { rowsOf } from "./schema.ts";

export interface Effective {
  readonly version: string;
  readonly mode: "file" | "flags";
  /** Leaf path of KubeletConfiguration → value; a field that is unset is absent. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, Source>>;
  /** Flags that are no configuration fields, by name. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly flagSources: Readonly<Record<string, Source>>;
}

/** One line for people: file and line, flag, or which default. */
export function describeSource(source: Source | undefined): string {
  if (source === undefined) return "default";
  switch (source.kind) {
    case "default":
      return source.mode === "file" ? "default with a config file" : "default without a config file";
    case "flag":
      return `flag ${source.word}`;
    default:
      return source.line === undefined ? source.file : `${source.file}:${source.line}`;
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" && Object.keys(value as object).length === 0);

/** Structs that are printed even when nothing in them is set. */
const ALWAYS = [
  "authentication.x509",
  "authentication.webhook",
  "authentication.anonymous",
  "authorization.webhook",
  "memorySwap",
  "logging.options.text",
  "logging.options.json",
  "crashLoopBackOff",
];

/** The configuration as the kubelet marshals it: Go's field order and its rules for leaving out what is empty. */
export function toJsonObject(values: Readonly<Record<string, unknown>>, minor: number): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const place = (path: string): Record<string, unknown> => {
    let node = root;
    for (const part of path === "" ? [] : path.split(".")) {
      node[part] ??= {};
      node = node[part] as Record<string, unknown>;
    }
    return node;
  };
  for (const [path, type] of rowsOf(minor)) {
    if (path.includes("[]")) continue;
    const cut = path.lastIndexOf(".");
    const parent = cut < 0 ? "" : path.slice(0, cut);
    if (ALWAYS.includes(parent)) place(parent);
    const value = values[path];
    const shown =
      type === "duration" ||
      type === "timeOrNanos" ||
      type === "quantity" ||
      path === "logging.verbosity" ||
      (type.endsWith("?") && value !== undefined && value !== null);
    if (!shown && isEmpty(value)) continue;
    const zero = type === "quantity" ? "0" : path === "logging.verbosity" ? 0 : "0s";
    place(parent)[path.slice(cut + 1)] = sortMaps(value ?? zero);
  }
  return root;
}

function sortMaps(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
