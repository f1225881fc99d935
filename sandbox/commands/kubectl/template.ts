// Go's text/template, for -o go-template: runs what was parsed, with Go's functions, kubectl's own, and the errors of both.

import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { formatCompact } from "../../lib/yaml-go/emit.ts";
import {
  type Call,
  type Control,
  type NamedPiece,
  type Operand,
  type Parsed,
  type Piece,
  type Pipe,
  parseTemplate,
} from "./template-parse.ts";
import { type Any, Fail, goValue, q, sortedKeys, typeName } from "./values.ts";

/** What ends a turn of a range. */
class Leave {
  readonly kind: "break" | "continue";

  constructor(kind: "break" | "continue") {
    this.kind = kind;
  }
}

export class GoTemplate {
  readonly #parsed: Parsed;
  readonly #text: string;
  readonly #missing: boolean;

  constructor(text: string, allowMissing = true) {
    this.#text = text;
    this.#missing = allowMissing;
    try {
      this.#parsed = parseTemplate(text, (name) => name in FUNCTIONS);
    } catch (error) {
      throw new Fail(`error parsing template ${text}, template: output:1: ${(error as Error).message}`);
    }
  }

  print(root: Any): string {
    const run = new Run(this.#text, this.#parsed, this.#missing);
    try {
      run.list(this.#parsed.body, root, [["$", root]]);
      return run.out;
    } catch (error) {
      const { message } = error as Error;
      const fail = new Fail(`error executing template ${q(this.#text)}: ${message}`);
      fail.shown = `${run.out}Error executing template: ${message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\traw data was:\n\t\t${formatCompact(root)}\n\tobject given to template engine was:\n\t\t${goValue(root)}\n\n`;
      throw fail;
    }
  }
}

type Scope = [name: string, value: Any][];

const isMap = (value: Any): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const missing = (value: Any): boolean => value === undefined || value === null;

function truthy(value: Any): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

const printed = (value: Any): string => (missing(value) ? "<no value>" : goValue(value));

class Run {
  out = "";
  readonly #text: string;
  readonly #parsed: Parsed;
  readonly #missing: boolean;
  #template = "output";
  #depth = 0;

  constructor(text: string, parsed: Parsed, allowMissing: boolean) {
    this.#text = text;
    this.#parsed = parsed;
    this.#missing = allowMissing;
  }

  #fail({ at, text }: { readonly at: number; readonly text: string }, message: string): Error {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - (before.lastIndexOf("\n") + 1);
    return new Error(`template: output:${line}:${column}: executing ${q(this.#template)} at <${text}>: ${message}`);
  }

  list(pieces: readonly Piece[], dot: Any, scope: Scope): void {
    const mark = scope.length;
    for (const piece of pieces) this.#piece(piece, dot, scope);
    scope.length = mark;
  }

  #piece(piece: Piece, dot: Any, scope: Scope): void {
    switch (piece.kind) {
      case "text":
        this.out += piece.text;
        return;
      case "print": {
        const value = this.#pipe(piece.pipe, dot, scope);
        if (piece.pipe.names.length === 0) this.out += printed(value);
        return;
      }
      case "break":
      case "continue":
        throw new Leave(piece.kind);
      case "template":
        this.#named(piece, dot, scope);
        return;
      case "range":
        this.#range(piece, dot, scope);
        return;
      default: {
        const mark = scope.length;
        const value = this.#pipe(piece.pipe, dot, scope);
        if (truthy(value)) this.list(piece.body, piece.kind === "with" ? value : dot, scope);
        else this.list(piece.other, dot, scope);
        scope.length = mark;
      }
    }
  }

  #named({ name, pipe, at }: NamedPiece, dot: Any, scope: Scope): void {
    const body = this.#parsed.named.get(name);
    const here = { at, text: `{{template ${q(name)}${pipe === undefined ? "" : ` ${pipe.text}`}}}` };
    if (body === undefined) throw this.#fail(here, `template ${q(name)} not defined`);
    if (++this.#depth > 1000) throw this.#fail(here, "exceeded maximum template depth (100000)");
    const value = pipe === undefined ? undefined : this.#pipe(pipe, dot, scope);
    const caller = this.#template;
    this.#template = name;
    this.list(body, value, [["$", value]]);
    this.#template = caller;
    this.#depth--;
  }

  #range({ pipe, body, other }: Control, dot: Any, scope: Scope): void {
    const mark = scope.length;
    const value = this.#pipe({ ...pipe, names: [] }, dot, scope);
    const pairs: [Any, Any][] = isMap(value)
      ? sortedKeys(value).map((key) => [key, value[key]])
      : [...(Number.isInteger(value) ? Array(value).keys() : Array.isArray(value) ? value : [])].map((item, i) => [
          i,
          item,
        ]);
    if (!missing(value) && typeof value !== "object" && !Number.isInteger(value))
      throw this.#fail(pipe, `range can't iterate over ${goValue(value)}`);
    if (pairs.length === 0) this.list(other, dot, scope);
    for (const [key, item] of pairs) {
      const [first, second] = pipe.names;
      if (second !== undefined)
        this.#set(pipe.assigns, scope, [
          [first as string, key],
          [second, item],
        ]);
      else if (first !== undefined) this.#set(pipe.assigns, scope, [[first, item]]);
      try {
        this.list(body, item, scope);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.kind === "break") break;
      } finally {
        scope.length = mark;
      }
    }
  }

  #set(assigns: boolean, scope: Scope, values: Scope): void {
    for (const [name, value] of values) {
      const known = assigns ? scope.findLast(([one]) => one === name) : undefined;
      if (known === undefined) scope.push([name, value]);
      else known[1] = value;
    }
  }

  #pipe(pipe: Pipe, dot: Any, scope: Scope): Any {
    let given: readonly Any[] = [];
    for (const call of pipe.calls) given = [this.#call(call, dot, scope, given)];
    if (pipe.names.length > 0) this.#set(pipe.assigns, scope, [[pipe.names[0] as string, given[0]]]);
    return given[0];
  }

  #call(call: Call, dot: Any, scope: Scope, last: readonly Any[]): Any {
    const [head, ...words] = call.words as [Operand, ...Operand[]];
    if (head.kind !== "function" || head.fields.length > 0) {
      if (words.length + last.length > 0)
        throw this.#fail(
          head,
          head.fields.length > 0
            ? `${head.fields.at(-1)} is not a method but has arguments`
            : `can't give argument to non-function ${head.text}`,
        );
      if (head.kind === "nil") throw this.#fail(head, "nil is not a command");
      return this.#operand(head, dot, scope);
    }
    const name = head.name as string;
    const { call: run, least, most } = FUNCTIONS[name] as Helper;
    // What decides early leaves the rest unread.
    if (name === "and" || name === "or") {
      let value: Any;
      for (const word of words) {
        value = this.#operand(word, dot, scope);
        if (truthy(value) === (name === "or")) return value;
      }
      return last.length > 0 ? last[0] : value;
    }
    const given = [...words.map((word) => this.#operand(word, dot, scope)), ...last];
    if (given.length < least || given.length > most)
      throw this.#fail(
        head,
        `wrong number of args for ${name}: want ${most > 9 ? "at least " : ""}${least} got ${given.length}`,
      );
    try {
      return run(given);
    } catch (error) {
      throw this.#fail(call, `error calling ${name}: ${(error as Error).message}`);
    }
  }

  #operand(word: Operand, dot: Any, scope: Scope): Any {
    let value: Any;
    if (word.kind === "value") value = word.value;
    else if (word.kind === "dot") value = dot;
    else if (word.kind === "variable") value = scope.findLast(([name]) => name === word.name)?.[1];
    else if (word.kind === "pipe") value = this.#pipe(word.pipe as Pipe, dot, scope);
    else if (word.kind === "function")
      value = this.#call({ ...word, words: [{ ...word, fields: [] }] }, dot, scope, []);
    for (const field of word.fields) {
      if (!missing(value) && !isMap(value))
        throw this.#fail(word, `can't evaluate field ${field} in type interface {}`);
      if (!this.#missing && !(isMap(value) && field in value))
        throw this.#fail(
          word,
          missing(value) ? `nil data; no entry for key ${q(field)}` : `map has no entry for key ${q(field)}`,
        );
      value = value?.[field];
    }
    return value;
  }
}

interface Helper {
  readonly least: number;
  readonly most: number;
  call(given: readonly Any[]): Any;
}

const helper = (least: number, most: number, call: Helper["call"]): Helper => ({ least, most, call });
const MANY = 99;

function index(value: Any, keys: readonly Any[]): Any {
  let here = value;
  for (const key of keys) {
    if (missing(here)) throw new Error("index of untyped nil");
    if (isMap(here)) {
      if (typeof key !== "string")
        throw new Error(`value has type ${missing(key) ? "nil" : typeName(key).replace("64", "")}; should be string`);
      here = here[key];
      continue;
    }
    if (typeof here !== "string" && !Array.isArray(here)) throw new Error(`can't index item of type ${typeName(here)}`);
    const place = position(key, here.length - 1);
    here = typeof here === "string" ? here.charCodeAt(place) : here[place];
  }
  return here;
}

function position(key: Any, last: number): number {
  if (typeof key !== "number")
    throw new Error(`cannot index slice/array with ${missing(key) ? "nil" : `type ${typeName(key)}`}`);
  if (key < 0 || key > last) throw new Error(`index out of range: ${key}`);
  return key;
}

function cut(value: Any, places: readonly Any[]): Any {
  if (missing(value)) throw new Error("slice of untyped nil");
  if (typeof value !== "string" && !Array.isArray(value))
    throw new Error(`can't slice item of type ${typeName(value)}`);
  const [from = 0, to = value.length] = places.map((place) => position(place, value.length));
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return value.slice(from, to);
}

function equal(first: Any, others: readonly Any[]): boolean {
  if (others.length === 0) throw new Error("missing argument for comparison");
  return others.some((other) => {
    for (const one of [first, other])
      if (!missing(one) && typeof one === "object")
        throw new Error(`non-comparable type ${goValue(one)}: ${typeName(one)}`);
    if (missing(first) || missing(other)) return missing(first) && missing(other);
    if (typeName(first) !== typeName(other)) throw new Error("incompatible types for comparison");
    return first === other;
  });
}

function less(a: Any, b: Any): boolean {
  for (const one of [a, b])
    if (missing(one) || typeof one === "object" || typeof one === "boolean")
      throw new Error("invalid type for comparison");
  if (typeName(a) !== typeName(b)) throw new Error("incompatible types for comparison");
  return a < b;
}

/** fmt.Sprint: a space between two that are no strings. */
const sprint = (given: readonly Any[]): string =>
  given
    .map(
      (value, i) =>
        (i > 0 && ![value, given[i - 1]].some((one) => typeof one === "string") ? " " : "") + goValue(value),
    )
    .join("");

function sprintf([format, ...given]: readonly Any[]): string {
  let used = 0;
  const text = String(format).replace(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?(.?)/gs,
    (_, flags: string, wide: string, point: string, letter: string) => {
      if (letter === "%") return "%";
      if (letter === "") return "%!(NOVERB)";
      if (used >= given.length) return `%!${letter}(MISSING)`;
      const value = given[used++];
      const type = typeName(value);
      const fits = {
        d: "int64",
        x: "int64 string",
        X: "int64 string",
        o: "int64",
        b: "int64",
        c: "int64",
        f: "float64",
        g: "float64",
        e: "float64",
        t: "bool",
        s: "string",
        q: "string int64",
      }[letter];
      let told = goValue(value);
      if (letter === "T") told = type === "nil" ? "<nil>" : type;
      else if (letter !== "v" && typeof value !== "object" && !fits?.includes(type))
        told = `%!${letter}(${type === "nil" ? "<nil>" : `${type}=${told}`})`;
      else if (letter === "q") told = q(told);
      else if (/[xXob]/.test(letter) && typeof value === "number") told = value.toString({ o: 8, b: 2 }[letter] ?? 16);
      else if (letter === "c") told = String.fromCodePoint(value);
      else if (letter === "f") told = value.toFixed(Number(point ?? 6));
      else if (point !== undefined && typeof value === "string") told = told.slice(0, Number(point));
      if (letter === "X") told = told.toUpperCase();
      if (flags.includes("+") && typeof value === "number" && value >= 0) told = `+${told}`;
      const size = Number(wide);
      if (flags.includes("-")) return told.padEnd(size);
      return flags.includes("0") && typeof value === "number" ? told.padStart(size, "0") : told.padStart(size);
    },
  );
  const extra = given.slice(used);
  return extra.length === 0
    ? text
    : `${text}%!(EXTRA ${extra.map((value) => `${typeName(value)}=${goValue(value)}`).join(", ")})`;
}

const HTML: Readonly<Record<string, string>> = { '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const FUNCTIONS: Readonly<Record<string, Helper>> = {
  and: helper(1, MANY, () => undefined),
  or: helper(1, MANY, () => undefined),
  not: helper(1, 1, ([value]) => !truthy(value)),
  index: helper(1, MANY, ([value, ...keys]) => index(value, keys)),
  slice: helper(1, MANY, ([value, ...places]) => cut(value, places)),
  len: helper(1, 1, ([value]) => {
    if (missing(value)) throw new Error("len of nil pointer");
    if (typeof value !== "object" && typeof value !== "string") throw new Error(`len of type ${typeName(value)}`);
    return isMap(value) ? Object.keys(value).length : value.length;
  }),
  eq: helper(1, MANY, ([first, ...others]) => equal(first, others)),
  ne: helper(2, 2, ([a, b]) => !equal(a, [b])),
  lt: helper(2, 2, ([a, b]) => less(a, b)),
  gt: helper(2, 2, ([a, b]) => less(b, a)),
  le: helper(2, 2, ([a, b]) => !less(b, a)),
  ge: helper(2, 2, ([a, b]) => !less(a, b)),
  print: helper(0, MANY, sprint),
  println: helper(0, MANY, (given) => `${given.map(goValue).join(" ")}\n`),
  printf: helper(1, MANY, sprintf),
  html: helper(0, MANY, (given) => sprint(given).replace(/["'&<>]/g, (char) => HTML[char] as string)),
  js: helper(0, MANY, (given) =>
    sprint(given).replace(/[\\'"]|[<>&=\x00-\x1f]/g, (char) =>
      /[\\'"]/.test(char) ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
    ),
  ),
  urlquery: helper(0, MANY, (given) =>
    encodeURIComponent(sprint(given))
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  // kubectl's own two.
  base64decode: helper(1, 1, ([text]) => {
    const bytes = fromBase64(String(text));
    if (bytes === undefined) {
      const odd = String(text).search(/[^A-Za-z0-9+/\r\n]/);
      throw new Error(
        `base64 decode failed: illegal base64 data at input byte ${odd < 0 ? String(text).length & ~3 : odd}`,
      );
    }
    return decode(bytes);
  }),
  exists: helper(1, MANY, ([value, ...keys]) => {
    try {
      return index(value, keys) !== undefined;
    } catch {
      return false;
    }
  }),
};
