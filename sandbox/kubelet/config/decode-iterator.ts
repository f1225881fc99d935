// json-iterator 1.1.10, with which kubelets up to 1.22 decoded: a reader that goes on after an error, so that later
// fields put their names in front of it, and whose errors quote the bytes around them.

import { formatDuration, parseDuration } from "./duration.ts";
import type { Shape } from "./schema.ts";

/** Decodes JSON text; `strict` refuses unknown fields. The error is undefined where all went well. */
export function decodeIterator(
  text: string,
  shape: Shape,
  strict: boolean,
): { values: Map<string, unknown>; error: string | undefined } {
  const iterator = new Iterator(text, strict);
  iterator.struct(shape, []);
  return { values: iterator.values, error: iterator.finish() };
}

const EOF = "";
const BAD = "\udcff";

class Iterator {
  readonly values = new Map<string, unknown>();
  readonly #text: string;
  readonly #strict: boolean;
  #head = 0;
  /** undefined: none yet; EOF: the text is over. */
  #error: string | undefined;

  constructor(text: string, strict: boolean) {
    this.#text = text;
    this.#strict = strict;
  }

  get #failed(): boolean {
    return this.#error !== undefined && this.#error !== EOF;
  }

  finish(): string | undefined {
    if (this.#next() !== "") this.#report("Unmarshal", "there are bytes left after unmarshal");
    return this.#failed ? this.#error : undefined;
  }

  #report(operation: string, message: string): void {
    if (this.#failed) return;
    const near = (size: number): string => this.#text.slice(Math.max(0, this.#head - size), this.#head + size);
    const at = this.#head - Math.max(0, this.#head - 10);
    this.#error = `${operation}: ${message}, error found in #${at} byte of ...|${near(10)}|..., bigger context ...|${near(50)}|...`;
  }

  #wrap(prefix: string): void {
    if (this.#failed) this.#error = prefix + this.#error;
  }

  #next(): string {
    while (" \n\t\r".includes(this.#text.charAt(this.#head)) && this.#head < this.#text.length) this.#head++;
    return this.#byte();
  }

  #byte(): string {
    if (this.#head >= this.#text.length) {
      this.#error ??= EOF;
      return "";
    }
    return this.#text.charAt(this.#head++);
  }

  /** Does nothing once an error is set, which is why later errors look as they do. */
  #unread(): void {
    if (this.#error === undefined) this.#head--;
  }

  #literal(rest: string): void {
    for (const c of rest)
      if (this.#byte() !== c) {
        this.#report(`skip${rest.length === 3 ? "Three" : "Four"}Bytes`, `expect ${JSON.stringify(rest)}`);
        return;
      }
  }

  #readNil(): boolean {
    if (this.#next() === "n") {
      this.#literal("ull");
      return true;
    }
    this.#unread();
    return false;
  }

  #string(): string {
    const c = this.#next();
    if (c === '"') return this.#restOfString();
    if (c === "n") this.#literal("ull");
    else this.#report("ReadString", `expects " or n, but found ${c}`);
    return "";
  }

  #restOfString(): string {
    const start = this.#head;
    while (this.#head < this.#text.length) {
      const c = this.#text.charAt(this.#head++);
      if (c === "\\") this.#head++;
      else if (c === '"') {
        const raw = this.#text.slice(start, this.#head - 1);
        return raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
      }
    }
    this.#report("readStringSlowPath", "unexpected end of input");
    return "";
  }

  // --- structs ---

  struct(shape: Shape, path: readonly string[]): void {
    if (shape.kind !== "struct") return;
    const c = this.#next();
    if (c === "n") {
      this.#literal("ull");
      return;
    }
    if (c !== "{") {
      this.#report("readObjectStart", `expect { or n, but found ${c}`);
      return;
    }
    const first = this.#next();
    if (first === "}") return;
    if (first !== '"') {
      this.#report("readObjectStart", `expect " after {, but found ${first}`);
      return;
    }
    this.#unread();
    if (this.#strict || shape.fields.size > 10) this.#fieldsByName(shape, path);
    else this.#fieldsByHash(shape, path);
  }

  #fieldsByName(shape: Shape & { kind: "struct" }, path: readonly string[]): void {
    let c = ",";
    for (; c === ","; c = this.#next()) {
      const key = this.#string();
      const known = shape.fields.has(key);
      if (!known && this.#strict) this.#report("ReadObject", `found unknown field: ${key}`);
      const colon = this.#next();
      if (colon !== ":") this.#report("ReadObject", `expect : after object field, but found ${colon}`);
      if (known) this.#field(shape, key, path);
      else this.#skip();
    }
    this.#wrap(`${shape.name}.`);
    if (c !== "}") this.#report("struct Decode", `expect }, but found ${c}`);
  }

  #fieldsByHash(shape: Shape & { kind: "struct" }, path: readonly string[]): void {
    for (;;) {
      const key = this.#key();
      if (key !== undefined && shape.fields.has(key)) this.#field(shape, key, path);
      else this.#skip();
      const c = this.#next();
      if (c === ",") continue;
      if (c !== "}") this.#report("isObjectEnd", `object ended prematurely, unexpected char ${c}`);
      break;
    }
    this.#wrap(`${shape.name}.`);
  }

  #key(): string | undefined {
    const c = this.#next();
    if (c !== '"') {
      this.#report("readFieldHash", `expect ", but found ${c}`);
      return undefined;
    }
    const key = this.#restOfString();
    const colon = this.#next();
    if (colon === ":") return key;
    this.#report("readFieldHash", `expect :, but found ${colon}`);
    return undefined;
  }

  #field(shape: Shape & { kind: "struct" }, key: string, path: readonly string[]): void {
    const field = shape.fields.get(key);
    if (field === undefined) return;
    const below = [...path, key];
    if (field.shape.kind === "struct") this.struct(field.shape, below);
    else {
      const value = this.#value(field.shape);
      if (value !== undefined && !this.#failed) this.values.set(below.join("."), value);
    }
    if (path.length === 0 && (key === "kind" || key === "apiVersion"))
      this.#wrap(`TypeMeta: ${field.goName === "ApiVersion" ? "APIVersion" : "Kind"}: `);
    else this.#wrap(`${field.goName}: `);
  }

  // --- values ---

  #value(shape: Shape): unknown {
    if (shape.kind === "struct") {
      const below = new Iterator(this.#text, this.#strict);
      below.#head = this.#head;
      below.#error = this.#error;
      below.struct(shape, []);
      this.#head = below.#head;
      this.#error = below.#error;
      return Object.fromEntries(below.values);
    }
    if (shape.pointer && this.#readNil()) return undefined;
    switch (shape.kind) {
      case "bool":
        return this.#readNil() ? undefined : this.#bool();
      case "int":
        return this.#readNil() ? undefined : this.#integer(shape.type === "int64" ? 64 : 32);
      case "string":
        return this.#string();
      case "list":
        return this.#list(shape);
      case "map":
        return this.#map(shape);
      default:
        return this.#unmarshaler();
    }
  }

  #bool(): boolean | undefined {
    const c = this.#next();
    if (c === "t") {
      this.#literal("rue");
      return true;
    }
    if (c === "f") {
      this.#literal("alse");
      return false;
    }
    this.#report("ReadBool", `expect t or f, but found ${c}`);
    return undefined;
  }

  #integer(bits: 32 | 64): number | undefined {
    const c = this.#next();
    const value = this.#unsigned(c === "-" ? this.#byte() : c, bits);
    if (value === undefined) return undefined;
    const limit = (1n << BigInt(bits - 1)) - (c === "-" ? 0n : 1n);
    if (value > limit) {
      this.#report(`ReadInt${bits}`, `overflow: ${value}`);
      return undefined;
    }
    return Number(c === "-" ? -value : value);
  }

  #unsigned(c: string, bits: 32 | 64): bigint | undefined {
    const name = `readUint${bits}`;
    if (c === "0") {
      this.#assertInteger();
      return 0n;
    }
    if (!/^[0-9]$/.test(c)) {
      this.#report(name, `unexpected character: ${BAD}`);
      return undefined;
    }
    const start = this.#head - 1;
    let end = this.#head;
    while (/^[0-9]$/.test(this.#text.charAt(end))) end++;
    const value = BigInt(this.#text.slice(start, end));
    // Eight digits are read at a stretch where enough text is left; the error then points behind them.
    const fast = this.#text.length - this.#head > 10 && end - start >= 8;
    if (value >= 1n << BigInt(bits)) {
      if (fast) this.#head = start + 8;
      this.#report(name, "overflow");
      return undefined;
    }
    this.#head = end;
    this.#assertInteger();
    return value;
  }

  #assertInteger(): void {
    if (this.#text.charAt(this.#head) === ".") this.#report("assertInteger", "can not decode float as int");
  }

  #unmarshaler(): string | undefined {
    this.#next();
    this.#unread();
    const start = this.#head;
    this.#skip();
    const text = this.#text.slice(start, this.#head);
    const word = /^["n]/.test(text)
      ? undefined
      : /^[tf]/.test(text)
        ? "bool"
        : text.startsWith("[")
          ? "array"
          : text.startsWith("{")
            ? "object"
            : "number";
    if (word !== undefined) {
      this.#report("unmarshalerDecoder", `json: cannot unmarshal ${word} into Go value of type string`);
      return undefined;
    }
    const value = parseDuration(text.startsWith('"') ? text.slice(1, -1) : "");
    if (typeof value === "bigint") return formatDuration(value);
    this.#report("unmarshalerDecoder", value.error);
    return undefined;
  }

  #list(shape: Shape & { kind: "list" }): unknown[] | undefined {
    const items = this.#items(shape);
    this.#wrap(`${shape.type}: `);
    return items;
  }

  #items(shape: Shape & { kind: "list" }): unknown[] | undefined {
    const c = this.#next();
    if (c === "n") {
      this.#literal("ull");
      return undefined;
    }
    if (c !== "[") {
      this.#report("decode slice", `expect [ or n, but found ${c}`);
      return undefined;
    }
    if (this.#next() === "]") return [];
    this.#unread();
    const items: unknown[] = [];
    let after = ",";
    while (after === ",") {
      items.push(this.#value(shape.item));
      after = this.#next();
    }
    if (after !== "]") this.#report("decode slice", `expect ], but found ${after}`);
    return items;
  }

  #map(shape: Shape & { kind: "map" }): Record<string, unknown> | undefined {
    const c = this.#next();
    if (c === "n") {
      this.#literal("ull");
      return undefined;
    }
    if (c !== "{") {
      this.#report("ReadMapCB", `expect { or n, but found ${c}`);
      return undefined;
    }
    const map: Record<string, unknown> = {};
    if (this.#next() === "}") return map;
    this.#unread();
    let after = ",";
    while (after === ",") {
      const key = this.#string();
      const colon = this.#next();
      if (colon !== ":") {
        this.#report("ReadMapCB", `expect : after object field, but found ${colon}`);
        return map;
      }
      map[key] = this.#value(shape.item) ?? (shape.item.kind === "bool" ? false : "");
      after = this.#next();
    }
    if (after !== "}") this.#report("ReadMapCB", `expect }, but found ${after}`);
    return map;
  }

  // --- skipping ---

  #skip(): void {
    const c = this.#next();
    if (c === '"') this.#restOfString();
    else if (c === "n" || c === "t") this.#literal(c === "n" ? "ull" : "rue");
    else if (c === "f") this.#literal("alse");
    else if (/^[-0-9]$/.test(c)) {
      // A zero is given back and read as a float; after an error giving back does nothing, so the next byte is lost.
      if (c === "0") {
        this.#unread();
        this.#next();
      }
      while (/^[-+.0-9eE]$/.test(this.#text.charAt(this.#head))) this.#head++;
    } else if (c === "[") this.#skipArray();
    else if (c === "{") this.#skipObject();
    else this.#report("Skip", `do not know how to skip: ${c.charCodeAt(0) || 0}`);
  }

  #skipArray(): void {
    this.#unread();
    const c = this.#next();
    if (c === "n") {
      this.#literal("ull");
      return;
    }
    if (c !== "[") {
      this.#report("ReadArrayCB", `expect [ or n, but found ${c}`);
      return;
    }
    if (this.#next() === "]") return;
    this.#unread();
    let after = ",";
    while (after === ",") {
      this.#skip();
      after = this.#next();
    }
    if (after !== "]") this.#report("ReadArrayCB", `expect ] in the end, but found ${after}`);
  }

  #skipObject(): void {
    this.#unread();
    const c = this.#next();
    if (c === "n") {
      this.#literal("ull");
      return;
    }
    if (c !== "{") {
      this.#report("ReadObjectCB", `expect { or n, but found ${c}`);
      return;
    }
    const first = this.#next();
    if (first === "}") return;
    if (first !== '"') {
      this.#report("ReadObjectCB", `expect " after {, but found ${first}`);
      return;
    }
    this.#unread();
    let after = ",";
    while (after === ",") {
      this.#string();
      const colon = this.#next();
      if (colon !== ":") this.#report("ReadObject", `expect : after object field, but found ${colon}`);
      this.#skip();
      after = this.#next();
    }
    if (after !== "}") this.#report("ReadObjectCB", "object not ended with }");
  }
}
