// JSON as Go's encoding/json reads and writes it: a tree that keeps number literals, key order and source lines, and
// the exact texts of its syntax errors.

export type Json =
  | { readonly kind: "null"; readonly line?: number }
  | { readonly kind: "bool"; readonly value: boolean; readonly line?: number }
  | { readonly kind: "number"; readonly text: string; readonly line?: number }
  | { readonly kind: "string"; readonly value: string; readonly line?: number }
  | { readonly kind: "array"; readonly items: readonly Json[]; readonly line?: number }
  | { readonly kind: "object"; readonly entries: readonly JsonEntry[]; readonly line?: number };

export interface JsonEntry {
  readonly key: string;
  readonly value: Json;
}

/** A syntax error with Go's text, and how many letters were read until it showed. */
export class JsonError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Byte order of UTF-8, which is how Go sorts map keys. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const SHORT: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string as encoding/json writes it; HTML characters are escaped unless told. */
export function quoteJson(text: string, html = true): string {
  const odd = html ? /["\\<>&\u0000-\u001f\u2028\u2029]/g : /["\\\u0000-\u001f\u2028\u2029]/g;
  return `"${text.replace(odd, (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}

/** The tree as json.Marshal would write it, keys in the order given. */
export function formatJson(node: Json): string {
  switch (node.kind) {
    case "null":
      return "null";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return quoteJson(node.value);
    case "array":
      return `[${node.items.map(formatJson).join(",")}]`;
    case "object":
      return `{${node.entries.map((e) => `${quoteJson(e.key)}:${formatJson(e.value)}`).join(",")}}`;
  }
}

const SPACE = " \t\n\r";

/** Parses a whole text. Throws JsonError. */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  const node = reader.value();
  reader.end();
  return node;
}

/** Values one behind the other, as Go's decoder takes them from a stream; what is wrong comes after those before it. */
export function parseJsonStream(text: string): { values: Json[]; wrong?: JsonError } {
  const reader = new Reader(text);
  const values: Json[] = [];
  try {
    while (reader.more()) values.push(reader.value());
    return { values };
  } catch (error) {
    return { values, wrong: error as JsonError };
  }
}

class Reader {
  readonly #text: string;
  #pos = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  #skipSpace(): string {
    while (this.#pos < this.#text.length && SPACE.includes(this.#text.charAt(this.#pos))) {
      if (this.#text.charAt(this.#pos) === "\n") this.#line++;
      this.#pos++;
    }
    return this.#text.charAt(this.#pos);
  }

  #fail(context: string): never {
    const c = this.#text.charAt(this.#pos);
    if (c === "") throw new JsonError("unexpected end of JSON input", this.#pos);
    throw new JsonError(`invalid character ${quoteChar(c)} ${context}`, this.#pos + 1);
  }

  more(): boolean {
    return this.#skipSpace() !== "";
  }

  end(): void {
    if (this.#skipSpace() !== "") this.#fail("after top-level value");
  }

  value(): Json {
    const c = this.#skipSpace();
    const line = this.#line;
    if (c === "{") return { kind: "object", entries: this.#object(), line };
    if (c === "[") return { kind: "array", items: this.#array(), line };
    if (c === '"') return { kind: "string", value: this.#string(), line };
    if (c === "-" || (c >= "0" && c <= "9")) return { kind: "number", text: this.#number(), line };
    if (c === "t") return this.#word("true", { kind: "bool", value: true, line });
    if (c === "f") return this.#word("false", { kind: "bool", value: false, line });
    if (c === "n") return this.#word("null", { kind: "null", line });
    return this.#fail("looking for beginning of value");
  }

  #word(word: string, node: Json): Json {
    for (let i = 0; i < word.length; i++, this.#pos++)
      if (this.#text.charAt(this.#pos) !== word.charAt(i))
        this.#fail(`in literal ${word} (expecting '${word.charAt(i)}')`);
    return node;
  }

  #object(): JsonEntry[] {
    const entries: JsonEntry[] = [];
    this.#pos++;
    if (this.#skipSpace() === "}") {
      this.#pos++;
      return entries;
    }
    for (;;) {
      if (this.#skipSpace() !== '"') this.#fail("looking for beginning of object key string");
      const key = this.#string();
      if (this.#skipSpace() !== ":") this.#fail("after object key");
      this.#pos++;
      entries.push({ key, value: this.value() });
      const c = this.#skipSpace();
      if (c !== "," && c !== "}") this.#fail("after object key:value pair");
      this.#pos++;
      if (c === "}") return entries;
    }
  }

  #array(): Json[] {
    const items: Json[] = [];
    this.#pos++;
    if (this.#skipSpace() === "]") {
      this.#pos++;
      return items;
    }
    for (;;) {
      items.push(this.value());
      const c = this.#skipSpace();
      if (c !== "," && c !== "]") this.#fail("after array element");
      this.#pos++;
      if (c === "]") return items;
    }
  }

  #string(): string {
    let text = "";
    this.#pos++;
    for (;;) {
      const c = this.#text.charAt(this.#pos);
      if (c === "" || c < " ") this.#fail("in string literal");
      this.#pos++;
      if (c === '"') return text;
      text += c === "\\" ? this.#escape() : c;
    }
  }

  #escape(): string {
    const c = this.#text.charAt(this.#pos);
    const plain = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[c];
    if (c !== "u" && plain === undefined) this.#fail("in string escape code");
    this.#pos++;
    if (plain !== undefined) return plain;
    let code = 0;
    for (let i = 0; i < 4; i++, this.#pos++) {
      const digit = this.#text.charAt(this.#pos);
      if (!/^[0-9a-fA-F]$/.test(digit)) this.#fail("in \\u hexadecimal character escape");
      code = code * 16 + Number.parseInt(digit, 16);
    }
    return String.fromCharCode(code);
  }

  #number(): string {
    const start = this.#pos;
    const digits = (): boolean => {
      const from = this.#pos;
      while (/^[0-9]$/.test(this.#text.charAt(this.#pos))) this.#pos++;
      return this.#pos > from;
    };
    if (this.#text.charAt(this.#pos) === "-") this.#pos++;
    if (this.#text.charAt(this.#pos) === "0") this.#pos++;
    else if (!digits()) this.#fail("in numeric literal");
    if (this.#text.charAt(this.#pos) === ".") {
      this.#pos++;
      if (!digits()) this.#fail("after decimal point in numeric literal");
    }
    if (/^[eE]$/.test(this.#text.charAt(this.#pos))) {
      this.#pos++;
      if (/^[+-]$/.test(this.#text.charAt(this.#pos))) this.#pos++;
      if (!digits()) this.#fail("in exponent of numeric literal");
    }
    return this.#text.slice(start, this.#pos);
  }
}

function quoteChar(c: string): string {
  if (c === "'") return `'\\''`;
  if (c === '"') return `'"'`;
  return `'${quoteGo(c).slice(1, -1)}'`;
}

const GO_SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** strconv.Quote. */
export function quoteGo(text: string): string {
  return `"${text.replace(
    /["\\\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029\ufeff]|(?<![\ud800-\udbff])[\udc80-\udcff]/g,
    (c) => {
      const code = c.charCodeAt(0);
      if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
      const hex = code.toString(16);
      return GO_SHORT[c] ?? (code < 0x80 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
    },
  )}"`;
}
