// Go's text/template, as far as -o go-template is used: fields, variables, if, range, with, and the common functions.

import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { goValue } from "./print.ts";
import { type Any, Fail, q, sortedKeys } from "./values.ts";

type Piece =
  | { readonly text: string }
  | { readonly action: string; readonly words: readonly string[]; readonly body: Piece[]; readonly other: Piece[] };

export class GoTemplate {
  readonly #pieces: Piece[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    try {
      this.#pieces = parse(text);
    } catch (error) {
      throw new Fail(`error parsing template ${text}, template: output:1: ${(error as Error).message}`);
    }
  }

  print(root: Any): string {
    try {
      return run(this.#pieces, root, new Map([["$", root]]));
    } catch (error) {
      throw new Fail(`error executing template ${q(this.#text)}: template: output:1: ${(error as Error).message}`);
    }
  }
}

/** Words that are no functions. */
const KNOWN = /^(?:if|range|with|end|else|true|false|nil)$/;
const BLOCKS = new Set(["if", "range", "with"]);

function parse(text: string): Piece[] {
  const tokens = text.split(/(\{\{-?[\s\S]*?-?\}\})/);
  let i = 0;
  const read = (inside: boolean): { list: Piece[]; end: string; words: string[] } => {
    const list: Piece[] = [];
    for (; i < tokens.length; i++) {
      const token = tokens[i] as string;
      const match = /^\{\{(-?)([\s\S]*?)(-?)\}\}$/.exec(token);
      if (match === null) {
        if (token.includes("{{")) throw new Error("unclosed action");
        const before = /^\{\{[\s\S]*-\}\}$/.test(tokens[i - 1] ?? "");
        const after = /^\{\{-/.test(tokens[i + 1] ?? "");
        const shown = (before ? token.trimStart() : token).slice();
        const cut = after ? shown.trimEnd() : shown;
        if (cut !== "") list.push({ text: cut });
        continue;
      }
      const words = splitWords((match[2] as string).trim());
      const head = words[0] ?? "";
      if (head.startsWith("/*")) continue;
      const strange = words.find((word) => /^[a-z]\w*$/i.test(word) && !KNOWN.test(word) && !(word in FUNCTIONS));
      if (strange !== undefined) throw new Error(`function ${q(strange)} not defined`);
      if (head === "end" || head === "else") {
        if (!inside) throw new Error(`unexpected {{${head}}}`);
        return { list, end: head, words: words.slice(1) };
      }
      if (!BLOCKS.has(head)) {
        list.push({ action: "print", words, body: [], other: [] });
        continue;
      }
      i++;
      const body = read(true);
      let other: Piece[] = [];
      if (body.end === "else") {
        i++;
        if (body.words[0] === "if") {
          const rest = read(true);
          other = [{ action: "if", words: body.words.slice(1), body: rest.list, other: [] }];
          if (rest.end === "else") {
            i++;
            other = [{ action: "if", words: body.words.slice(1), body: rest.list, other: read(true).list }];
          }
        } else other = read(true).list;
      }
      list.push({ action: head, words: words.slice(1), body: body.list, other });
    }
    if (inside) throw new Error("unexpected EOF");
    return { list, end: "", words: [] };
  };
  return read(false).list;
}

function splitWords(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|:=|[()|,]|[^\s()|,]+/g) ?? [];
}

const truthy = (value: Any): boolean =>
  !(
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0)
  );

function run(pieces: readonly Piece[], dot: Any, names: Map<string, Any>): string {
  let out = "";
  for (const piece of pieces) {
    if ("text" in piece) {
      out += piece.text;
      continue;
    }
    const scope = new Map(names);
    if (piece.action === "range") {
      const [first, second] = piece.words.includes(":=")
        ? [piece.words[0] as string, piece.words[1] === "," ? piece.words[2] : undefined]
        : [];
      const value = evaluate(
        piece.words.includes(":=") ? piece.words.slice(piece.words.indexOf(":=") + 1) : piece.words,
        dot,
        names,
      );
      const pairs: [Any, Any][] = Array.isArray(value)
        ? value.map((item, i) => [i, item])
        : value !== null && typeof value === "object"
          ? sortedKeys(value).map((key) => [key, value[key]])
          : [];
      if (pairs.length === 0) out += run(piece.other, dot, names);
      for (const [key, item] of pairs) {
        if (second !== undefined) scope.set(first as string, key).set(second, item);
        else if (first !== undefined) scope.set(first, item);
        out += run(piece.body, item, scope);
      }
      continue;
    }
    if (piece.words[1] === ":=") {
      names.set(piece.words[0] as string, evaluate(piece.words.slice(2), dot, names));
      continue;
    }
    const value = evaluate(piece.words, dot, names);
    if (piece.action === "print") out += value === undefined || value === null ? "<no value>" : goValue(value);
    else if (truthy(value)) out += run(piece.body, piece.action === "with" ? value : dot, scope);
    else out += run(piece.other, dot, scope);
  }
  return out;
}

function evaluate(words: readonly string[], dot: Any, names: Map<string, Any>): Any {
  let i = 0;
  const pipeline = (): Any => {
    let value = command(undefined);
    while (words[i] === "|") {
      i++;
      value = command({ value });
    }
    return value;
  };
  const operand = (): Any => {
    const word = words[i++] as string;
    if (word === "(") {
      const value = pipeline();
      i++;
      return value;
    }
    return resolve(word, dot, names);
  };
  const command = (last: { value: Any } | undefined): Any => {
    const word = words[i];
    const call = FUNCTIONS[word ?? ""];
    if (call === undefined) return operand();
    i++;
    const given: Any[] = [];
    while (i < words.length && words[i] !== "|" && words[i] !== ")") given.push(operand());
    if (last !== undefined) given.push(last.value);
    return call(given);
  };
  return pipeline();
}

function resolve(word: string, dot: Any, names: Map<string, Any>): Any {
  if (word.startsWith('"')) return JSON.parse(word.replace(/\\'/g, "'"));
  if (word.startsWith("`")) return word.slice(1, -1);
  if (/^-?\d/.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  if (word === "nil") return null;
  const [start, ...rest] = word.split(".");
  let value = word.startsWith("$") ? names.get(start as string) : dot;
  for (const key of rest) if (key !== "") value = value === null || value === undefined ? undefined : value[key];
  return value;
}

const FUNCTIONS: Readonly<Record<string, (given: Any[]) => Any>> = {
  index: ([value, ...keys]) => keys.reduce((here, key) => here?.[key], value),
  len: ([value]) =>
    value === undefined || value === null
      ? 0
      : typeof value === "object" && !Array.isArray(value)
        ? Object.keys(value).length
        : value.length,
  not: ([value]) => !truthy(value),
  and: (given) => given.find((value) => !truthy(value)) ?? given.at(-1),
  or: (given) => given.find(truthy) ?? given.at(-1),
  eq: ([first, ...rest]) => rest.some((value) => value === first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => a < b,
  gt: ([a, b]) => a > b,
  le: ([a, b]) => a <= b,
  ge: ([a, b]) => a >= b,
  print: (given) => given.map(goValue).join(""),
  println: (given) => `${given.map(goValue).join(" ")}\n`,
  printf: ([format, ...given]) => {
    let i = 0;
    return String(format).replace(/%(-?\d*)([vsdq%])/g, (_, wide: string, letter: string) => {
      if (letter === "%") return "%";
      const text = letter === "q" ? q(String(given[i++])) : goValue(given[i++]);
      const size = Number(wide);
      return size < 0 ? text.padEnd(-size) : text.padStart(size);
    });
  },
  base64decode: ([text]) => decode(fromBase64(String(text)) ?? new Uint8Array()),
  exists: ([value, ...keys]) => keys.reduce((here, key) => here?.[key], value) !== undefined,
  js: ([text]) => String(text),
  html: ([text]) => String(text),
  urlquery: ([text]) => encodeURIComponent(String(text)),
};
