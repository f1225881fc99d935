// sigs.k8s.io/json: a JSON tree into the fields of KubeletConfiguration, with Go's type errors, and the list of what
// strict decoding would refuse. Kubelets since 1.23 decode with it.

import { formatJson, type Json, quoteGo } from "../../lib/yaml-go/json.ts";
import { parseInteger } from "../../lib/yaml-go/yaml.ts";
import { formatDuration, parseDuration, parseQuantity } from "./duration.ts";
import type { Shape, ShapeField } from "./schema.ts";

export interface Decoded {
  /** Leaf path → value, only for what the text sets. */
  readonly values: Map<string, unknown>;
  /** Leaf path → line in the text, where known. */
  readonly lines: Map<string, number>;
  readonly error: string | undefined;
  readonly strict: readonly string[];
}

/** The record below a name, made where it is missing. */
function inner(into: Record<string, unknown>, name: string): Record<string, unknown> {
  into[name] ??= {};
  return into[name] as Record<string, unknown>;
}

/** An error of an UnmarshalJSON method: it ends decoding at once. */
class HardError extends Error {}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(1n << 31n), (1n << 31n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  uint32: [0n, (1n << 32n) - 1n],
  "v1.VerbosityLevel": [0n, (1n << 32n) - 1n],
};

export function decodeJson(json: Json, shape: Shape, options: { caseSensitive: boolean }): Decoded {
  const decoder = new Decoder(options.caseSensitive);
  try {
    decoder.struct(json, shape, [], "");
  } catch (error) {
    if (!(error instanceof HardError)) throw error;
    return { values: decoder.values, lines: decoder.lines, error: error.message, strict: decoder.strict };
  }
  return { values: decoder.values, lines: decoder.lines, error: decoder.saved, strict: decoder.strict };
}

class Decoder {
  readonly values = new Map<string, unknown>();
  readonly lines = new Map<string, number>();
  readonly strict: string[] = [];
  saved: string | undefined;
  readonly #caseSensitive: boolean;
  #struct = "";

  constructor(caseSensitive: boolean) {
    this.#caseSensitive = caseSensitive;
  }

  #field(fields: ReadonlyMap<string, ShapeField>, key: string): [string, ShapeField] | undefined {
    const exact = fields.get(key);
    if (exact !== undefined) return [key, exact];
    if (this.#caseSensitive) return undefined;
    for (const [name, field] of fields) if (name.toLowerCase() === key.toLowerCase()) return [name, field];
    return undefined;
  }

  /** Decodes an object into leaves below `path`; with `into` into that record instead (items of lists). */
  struct(json: Json, shape: Shape, path: readonly string[], at: string, into?: Record<string, unknown>): void {
    if (shape.kind !== "struct") return;
    if (json.kind === "null") return;
    if (json.kind !== "object") {
      this.#mismatch(json, shape.name, path);
      return;
    }
    const seen = new Set<string>();
    for (const { key, value } of json.entries) {
      const found = this.#field(shape.fields, key);
      const shown = at === "" ? key : `${at}.${key}`;
      if (seen.has(found?.[0] ?? key)) this.strict.push(`duplicate field ${quoteGo(shown)}`);
      else if (found === undefined) this.strict.push(`unknown field ${quoteGo(shown)}`);
      seen.add(found?.[0] ?? key);
      if (found === undefined) continue;
      const [name, field] = found;
      const below = [...path, name];
      const outer = this.#struct;
      this.#struct = shape.name;
      if (field.shape.kind === "struct")
        this.struct(value, field.shape, below, shown, into === undefined ? undefined : inner(into, name));
      else this.#leaf(value, field.shape, below, shown, name, into);
      this.#struct = outer;
    }
  }

  #leaf(
    json: Json,
    shape: Shape,
    path: readonly string[],
    at: string,
    name: string,
    into?: Record<string, unknown>,
  ): void {
    const value = this.#value(json, shape, path, at);
    if (into !== undefined) {
      if (value !== undefined) into[name] = value;
      return;
    }
    const leaf = path.join(".");
    if (value !== undefined) this.values.set(leaf, value);
    else if (
      json.kind === "null" &&
      shape.kind !== "struct" &&
      (shape.pointer || shape.kind === "list" || shape.kind === "map")
    )
      this.values.delete(leaf);
    if (json.line !== undefined) this.lines.set(leaf, json.line);
  }

  /** The value for one shape; undefined where nothing is set. */
  #value(json: Json, shape: Shape, path: readonly string[], at: string): unknown {
    if (shape.kind === "struct") {
      const record: Record<string, unknown> = {};
      const outer = this.#struct;
      this.struct(json, shape, path, at, record);
      this.#struct = outer;
      return record;
    }
    if (json.kind === "null" && (shape.pointer || !["duration", "timeOrNanos"].includes(shape.kind))) return undefined;
    switch (shape.kind) {
      case "bool":
        return json.kind === "bool" ? json.value : this.#mismatch(json, shape.type, path);
      case "string":
        return json.kind === "string" ? json.value : this.#mismatch(json, shape.type, path);
      case "int":
        return this.#integer(json, shape.type, path);
      case "float":
        return json.kind === "number" ? Number(json.text) : this.#mismatch(json, shape.type, path);
      case "duration":
        return this.#duration(json, path);
      case "timeOrNanos":
        return json.kind === "number" ? formatDuration(parseInteger(json.text) ?? 0n) : this.#duration(json, path);
      case "quantity":
        return quantity(json);
      case "list":
        if (json.kind !== "array") return this.#mismatch(json, shape.type, path);
        return json.items.map((item, i) => this.#value(item, shape.item, path, `${at}[${i}]`));
      case "map":
        return this.#map(json, shape, path, at);
    }
  }

  #map(json: Json, shape: Shape & { kind: "map" }, path: readonly string[], at: string): unknown {
    if (json.kind !== "object") return this.#mismatch(json, shape.type, path);
    const map: Record<string, unknown> = {};
    for (const { key, value } of json.entries) {
      const item = this.#value(value, shape.item, path, `${at}.${key}`);
      map[key] = item ?? (shape.item.kind === "bool" ? false : "");
    }
    return map;
  }

  #integer(json: Json, type: string, path: readonly string[]): number | undefined {
    if (json.kind !== "number") return this.#mismatch(json, type, path);
    const value = /^-?[0-9]+$/.test(json.text) ? BigInt(json.text) : undefined;
    const [low, high] = RANGES[type] ?? [0n, 0n];
    if (value !== undefined && value >= low && value <= high) return Number(value);
    return this.#save(`number ${json.text}`, type, path);
  }

  #duration(json: Json, path: readonly string[]): string | undefined {
    if (json.kind !== "string" && json.kind !== "null") {
      const word = json.kind === "number" ? "number" : json.kind;
      throw new HardError(this.#text(word, "string", path));
    }
    const value = parseDuration(json.kind === "string" ? json.value : "");
    if (typeof value === "object") throw new HardError(value.error);
    return formatDuration(value);
  }

  #mismatch(json: Json, type: string, path: readonly string[]): undefined {
    return this.#save(json.kind, type, path);
  }

  #save(word: string, type: string, path: readonly string[]): undefined {
    this.saved ??= this.#text(word, type, path);
    return undefined;
  }

  #text(word: string, type: string, path: readonly string[]): string {
    const struct = this.#struct.replace(/^.*\./, "");
    return `json: cannot unmarshal ${word} into Go struct field ${struct}.${path.join(".")} of type ${type}`;
  }
}

function quantity(json: Json): string {
  const text = json.kind === "string" ? json.value : formatJson(json);
  const value = parseQuantity(text);
  if (typeof value === "object") throw new HardError(value.error);
  return text;
}
