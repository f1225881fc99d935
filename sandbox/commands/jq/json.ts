// JSON as jq reads and writes it: several values in one text, its messages, its numbers, its colours.

export class JsonError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Reads values one after another. */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** Newlines read so far, as error messages count them. */
  get line(): number {
    return this.#text.slice(0, this.#at).split("\n").length - 1;
  }

  /** The next value; `done` at the end. */
  next(): { value: unknown } | "done" {
    this.#blanks();
    if (this.#at >= this.#text.length) return "done";
    const value = this.#value();
    // A newline right behind belongs to what was read.
    if (this.#text[this.#at] === "\n") this.#at++;
    return { value };
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #fail(text: string, at = this.#at): never {
    const before = this.#text.slice(0, at + 1).split("\n");
    const column = (before[before.length - 1] ?? "").length;
    throw new JsonError(
      at >= this.#text.length
        ? `${text} at EOF at line ${before.length}, column ${column}`
        : `${text} at line ${before.length}, column ${column}`,
    );
  }

  #value(): unknown {
    const char = this.#text[this.#at];
    if (char === "{") return this.#object();
    if (char === "[") return this.#array();
    if (char === '"') return this.#string();
    if (char === undefined) throw new JsonError(`Unfinished JSON term${this.#end()}`);
    if (char === "}" || char === "]") return this.#fail(`Unmatched '${char}'`);
    if (char === ":") return this.#fail("':' not as part of an object");
    if (char === ",") return this.#fail("Expected value before ','");
    const word = /^[^\s[\]{}:,"]+/.exec(this.#text.slice(this.#at, this.#at + 400))?.[0] ?? "";
    const names: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, nan: Number.NaN };
    if (word in names || /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(word)) {
      this.#at += word.length;
      return word in names ? names[word] : Number(word);
    }
    const at = this.#at + word.length;
    return this.#fail(/^[tfn]/.test(word) ? "Invalid literal" : "Invalid numeric literal", at);
  }

  #end(): string {
    const lines = this.#text.split("\n");
    return ` at EOF at line ${lines.length}, column ${(lines[lines.length - 1] ?? "").length}`;
  }

  #object(): unknown {
    const result: Record<string, unknown> = {};
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return result;
    }
    for (;;) {
      this.#blanks();
      if (this.#at >= this.#text.length) throw new JsonError(`Unfinished JSON term${this.#end()}`);
      if (this.#text[this.#at] === "}") return this.#fail("Expected another key-value pair");
      if (this.#text[this.#at] !== '"') {
        this.#value();
        return this.#fail("Object keys must be strings");
      }
      const key = this.#string();
      this.#blanks();
      if (this.#at >= this.#text.length) throw new JsonError(`Unfinished JSON term${this.#end()}`);
      if (this.#text[this.#at] !== ":") return this.#fail("Objects must consist of key:value pairs");
      this.#at++;
      this.#blanks();
      Object.defineProperty(result, key, {
        value: this.#value(),
        enumerable: true,
        writable: true,
        configurable: true,
      });
      this.#blanks();
      const char = this.#text[this.#at++];
      if (char === "}") return result;
      if (char === undefined) throw new JsonError(`Unfinished JSON term${this.#end()}`);
      if (char !== ",") return this.#fail("Expected separator between values", this.#at - 1);
    }
  }

  #array(): unknown {
    const result: unknown[] = [];
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return result;
    }
    for (;;) {
      this.#blanks();
      if (this.#text[this.#at] === "]") return this.#fail("Expected another array element");
      result.push(this.#value());
      this.#blanks();
      const char = this.#text[this.#at++];
      if (char === "]") return result;
      if (char === undefined) throw new JsonError(`Unfinished JSON term${this.#end()}`);
      if (char !== ",") return this.#fail("Expected separator between values", this.#at - 1);
    }
  }

  #string(): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    if (end >= this.#text.length) throw new JsonError(`Unfinished string${this.#end()}`);
    const raw = this.#text.slice(this.#at, end + 1);
    try {
      const value = JSON.parse(
        raw.replace(/[\x00-\x1f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
      ) as string;
      this.#at = end + 1;
      return value;
    } catch {
      return this.#fail("Invalid escape");
    }
  }
}

export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (!Number.isFinite(value)) return value > 0 ? "1.7976931348623157e+308" : "-1.7976931348623157e+308";
  if (Object.is(value, -0)) return "-0";
  if (value === 0) return "0";
  // As jvp_dtoa_fmt: an exponent where the point lies far outside the digits.
  const [digits = "", power = "0"] = Math.abs(value).toExponential().split("e");
  const point = Number(power) + 1;
  if (point > -4 && point <= digits.replace(".", "").length + 15)
    return Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

export function formatString(text: string, ascii = false): string {
  let result = JSON.stringify(text.toWellFormed()).replaceAll("\x7f", "\\u007f");
  if (ascii)
    result = result.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return result;
}

export interface Style {
  readonly indent: string | undefined;
  readonly sorted: boolean;
  readonly ascii: boolean;
  readonly color: boolean;
}

export const COMPACT: Style = { indent: undefined, sorted: false, ascii: false, color: false };

const COLORS = {
  null: "1;30",
  false: "0;39",
  true: "0;39",
  number: "0;39",
  string: "0;32",
  array: "1;39",
  object: "1;39",
} as const;

/** A value as text. */
export function formatJson(value: unknown, style: Style, depth = 0): string {
  const paint = (kind: keyof typeof COLORS, text: string): string =>
    style.color ? `\x1b[${COLORS[kind]}m${text}\x1b[0m` : text;
  if (value === null || value === undefined) return paint("null", "null");
  if (typeof value === "boolean") return paint(value ? "true" : "false", String(value));
  if (typeof value === "number") return paint("number", formatNumber(value));
  if (typeof value === "string") return paint("string", formatString(value, style.ascii));
  const isArray = Array.isArray(value);
  const keys = isArray ? [] : Object.keys(value as object);
  if (style.sorted) keys.sort(compareText);
  const count = isArray ? value.length : keys.length;
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"];
  if (count === 0) return paint(isArray ? "array" : "object", open + close);
  const { indent } = style;
  const newline = indent === undefined ? "" : `\n${indent.repeat(depth + 1)}`;
  const ending = indent === undefined ? "" : `\n${indent.repeat(depth)}`;
  const items = isArray
    ? value.map((item) => formatJson(item, style, depth + 1))
    : keys.map((key) => entry(key, (value as Record<string, unknown>)[key], style, depth));
  if (!style.color) return `${open}${newline}${items.join(`,${newline}`)}${ending}${close}`;
  return colored(items, open, close, newline, ending, COLORS[isArray ? "array" : "object"]);
}

function entry(key: string, value: unknown, style: Style, depth: number): string {
  const name = formatString(key, style.ascii);
  const gap = style.indent === undefined ? "" : " ";
  if (!style.color) return `${name}:${gap}${formatJson(value, style, depth + 1)}`;
  return `\x1b[0m\x1b[34;1m${name}\x1b[0m\x1b[1;39m:${gap}\x1b[0m${formatJson(value, style, depth + 1)}`;
}

/** Brackets and commas have the colour of the container. */
function colored(
  items: readonly string[],
  open: string,
  close: string,
  newline: string,
  ending: string,
  code: string,
): string {
  const start = `\x1b[${code}m`;
  let text = `${start}${open}`;
  items.forEach((item, index) => {
    text += index === 0 ? `${newline}${item}` : `${start},${newline}${item}`;
  });
  return `${text}${start}${ending}\x1b[${code}m${close}\x1b[0m`;
}

/** By code point, as jq sorts keys and strings. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
