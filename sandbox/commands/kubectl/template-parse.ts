// The grammar of Go's text/template: texts, actions, pipelines of commands, blocks and named templates, with Go's words for what is wrong.

import { type Any, codePoint, q } from "./values.ts";

/** What a command is made of; `text` is how messages show it, `at` where it stands. */
export interface Operand {
  readonly kind: "value" | "dot" | "nil" | "variable" | "function" | "pipe";
  readonly text: string;
  readonly at: number;
  /** A literal's value. */
  readonly value?: Any;
  readonly name?: string;
  readonly pipe?: Pipe;
  /** Fields asked of it, one after another. */
  readonly fields: readonly string[];
}

export interface Call {
  readonly words: readonly Operand[];
  readonly text: string;
  readonly at: number;
}

export interface Pipe {
  readonly names: readonly string[];
  /** `=` sets a variable that is there, `:=` makes one. */
  readonly assigns: boolean;
  readonly calls: readonly Call[];
  readonly text: string;
  readonly at: number;
}

export interface Control {
  readonly kind: "if" | "range" | "with";
  readonly pipe: Pipe;
  readonly body: readonly Piece[];
  readonly other: readonly Piece[];
}

export interface NamedPiece {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: Pipe | undefined;
  readonly at: number;
}

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipe: Pipe }
  | Control
  | NamedPiece
  | { readonly kind: "break" | "continue" };

export interface Parsed {
  readonly body: readonly Piece[];
  readonly named: ReadonlyMap<string, readonly Piece[]>;
}

interface Token {
  readonly kind: "field" | "variable" | "word" | "string" | "number" | "mark" | "space" | "end";
  readonly text: string;
  readonly at: number;
}

type Part = { readonly text: string; readonly tokens?: undefined } | { readonly tokens: readonly Token[] };

const KEYWORDS = new Set("block break continue define else end if nil range template with".split(" "));

const TOKENS: readonly (readonly [Token["kind"], RegExp])[] = [
  ["space", /\s+/y],
  ["string", /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'/y],
  ["number", /[-+]?\.?\d[\w.]*/y],
  ["field", /\.[A-Za-z_]\w*/y],
  ["variable", /\$\w*/y],
  ["word", /[A-Za-z_]\w*/y],
  ["mark", /:=|[=.|(),]/y],
];

function readTokens(text: string, start: number): { tokens: Token[]; end: number; trims: boolean } {
  const tokens: Token[] = [];
  let depth = 0;
  for (let i = start; ; ) {
    const closing = /\s-\}\}|\}\}/y;
    closing.lastIndex = i;
    const close = closing.exec(text)?.[0];
    if (close !== undefined) {
      if (depth > 0) throw new Error("unclosed left paren");
      tokens.push({ kind: "end", text: "}}", at: i });
      return { tokens, end: i + close.length, trims: close.length > 2 };
    }
    if (i >= text.length) throw new Error("unclosed action");
    let found: Token | undefined;
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = i;
      const match = pattern.exec(text)?.[0];
      if (match === undefined) continue;
      found = { kind, text: match, at: i };
      break;
    }
    const char = text.charAt(i);
    if (found === undefined) {
      const quoted = { '"': "quoted string", "`": "raw quoted string", "'": "character constant" }[char];
      throw new Error(
        quoted === undefined ? `unrecognized character in action: ${codePoint(char)}` : `unterminated ${quoted}`,
      );
    }
    i += found.text.length;
    // A space before the closing mark belongs to it.
    if (found.kind === "space" && text.startsWith("-}}", i)) i--;
    if (found.kind === "number" && Number.isNaN(Number(found.text)))
      throw new Error(`bad number syntax: ${q(found.text)}`);
    const next = text.charAt(i);
    if (/field|variable|word/.test(found.kind) && !/^[\s.,|:()]?$/.test(next) && !text.startsWith("}}", i))
      throw new Error(`bad character ${codePoint(next)}`);
    if (found.text === "(") depth++;
    if (found.text === ")" && --depth < 0) throw new Error("unexpected right paren");
    tokens.push(found);
  }
}

function splitParts(text: string): Part[] {
  const parts: Part[] = [];
  let rest = 0;
  let trims = false;
  const add = (piece: string, cut: boolean): void => {
    const shown = trims ? piece.trimStart() : piece;
    const left = cut ? shown.trimEnd() : shown;
    if (left !== "") parts.push({ text: left });
  };
  for (;;) {
    const open = text.indexOf("{{", rest);
    if (open < 0) break;
    const cut = /^\{\{-\s/.test(text.slice(open, open + 4));
    add(text.slice(rest, open), cut);
    const start = open + (cut ? 3 : 2);
    const comment = /^\s?\/\*/.exec(text.slice(start));
    if (comment !== null) {
      const end = text.indexOf("*/", start);
      if (end < 0) throw new Error("unclosed comment");
      const close = /^(\s-)?\}\}/.exec(text.slice(end + 2));
      if (close === null) throw new Error("comment ends before closing delimiter");
      rest = end + 2 + close[0].length;
      trims = close[0].length > 2;
      continue;
    }
    const action = readTokens(text, start);
    parts.push({ tokens: action.tokens });
    rest = action.end;
    trims = action.trims;
  }
  add(text.slice(rest), false);
  return parts;
}

export function parseTemplate(text: string, isFunction: (name: string) => boolean): Parsed {
  const parts = splitParts(text);
  const named = new Map<string, readonly Piece[]>();
  const variables = ["$"];
  let place = 0;
  let tokens: readonly Token[] = [];
  let i = 0;
  let loops = 0;

  const show = ({ kind, text: word }: Token): string =>
    kind === "end" ? '"}}"' : KEYWORDS.has(word) ? `<${word}>` : q(word);
  const skip = (): Token => {
    while (tokens[i]?.kind === "space") i++;
    return tokens[i] as Token;
  };
  const unexpected = (token: Token, where: string): Error => new Error(`unexpected ${show(token)} in ${where}`);
  const ending = (where: string): void => {
    const token = skip();
    if (token.kind !== "end") throw unexpected(token, where);
  };

  const readString = (word: string): Any => {
    if (word.startsWith("`")) return word.slice(1, -1);
    const inside = word.slice(1, -1).replace(/\\'/g, "'");
    try {
      const value = JSON.parse(`"${word.startsWith("'") ? inside.replace(/^"$/, '\\"') : inside}"`);
      return word.startsWith("'") ? value.codePointAt(0) : value;
    } catch {
      throw new Error("invalid syntax");
    }
  };

  const operand = (where: string): Operand | undefined => {
    const token = tokens[i] as Token;
    const { kind, text: word, at } = token;
    const plain = { text: word, at, fields: [] };
    let found: Operand;
    if (kind === "word" && word === "nil") found = { ...plain, kind: "nil" };
    else if (kind === "word" && (word === "true" || word === "false"))
      found = { ...plain, kind: "value", value: word === "true" };
    else if (kind === "word" && !KEYWORDS.has(word)) {
      if (!isFunction(word)) throw new Error(`function ${q(word)} not defined`);
      found = { ...plain, kind: "function", name: word };
    } else if (kind === "string") found = { ...plain, kind: "value", value: readString(word) };
    else if (kind === "number") found = { ...plain, kind: "value", value: Number(word) };
    else if (kind === "field") found = { ...plain, kind: "dot", fields: [word.slice(1)] };
    else if (kind === "variable") {
      if (!variables.includes(word)) throw new Error(`undefined variable ${q(word)}`);
      found = { ...plain, kind: "variable", name: word };
    } else if (word === ".") found = { ...plain, kind: "dot" };
    else if (word === "(") {
      i++;
      const pipe = pipeline("parenthesized pipeline");
      found = { ...plain, kind: "pipe", pipe, text: `(${pipe.text})` };
    } else return undefined;
    i++;
    const fields = [...found.fields];
    let { text: shown } = found;
    let where1 = at;
    for (let next = tokens[i] as Token; next.kind === "field"; next = tokens[++i] as Token) {
      if (found.kind === "value" || found.kind === "nil") throw new Error(`unexpected . after term ${q(found.text)}`);
      // A chain stands where its second link does.
      if (where1 === at && fields.length === found.fields.length) where1 = next.at;
      fields.push(next.text.slice(1));
      shown += next.text;
    }
    const after = tokens[i] as Token;
    if (!/^(?:space|end)$/.test(after.kind) && !/^[|),]$|^:?=$/.test(after.text))
      throw unexpected(after, where.startsWith("paren") ? where : "operand");
    return { ...found, fields, text: shown, at: where1 };
  };

  const call = (where: string): Call => {
    const words: Operand[] = [];
    const { at } = skip();
    for (;;) {
      skip();
      const word = operand(where);
      if (word === undefined) break;
      words.push(word);
    }
    if (words.length === 0) throw new Error("empty command");
    return { words, at, text: words.map((word) => word.text).join(" ") };
  };

  const pipeline = (where: string): Pipe => {
    const first = skip();
    const names: string[] = [];
    let assigns = false;
    const closes = where.startsWith("paren") ? ")" : "}}";
    // Variables first, if `:=` or `=` follows them.
    const saved = i;
    for (let token = first; token.kind === "variable"; token = skip()) {
      i++;
      const next = skip();
      if (next.text === "," && where === "range" && names.length === 0) {
        names.push(token.text);
        i++;
        continue;
      }
      if (next.text !== ":=" && next.text !== "=") break;
      names.push(token.text);
      assigns = next.text === "=";
      i++;
      break;
    }
    if (!["=", ":="].includes(tokens[i - 1]?.text ?? "")) {
      i = saved;
      names.length = 0;
    }
    const calls: Call[] = [];
    for (;;) {
      const token = skip();
      if (token.text === closes) {
        if (calls.length === 0) throw new Error(`missing value for ${where}`);
        break;
      }
      if (
        token.kind === "end" ||
        (KEYWORDS.has(token.text) && token.text !== "nil") ||
        /^[),=|]$|^:=$/.test(token.text)
      )
        throw unexpected(token, where);
      calls.push(call(where));
      const next = skip();
      if (next.text === "|") {
        i++;
        if (skip().text === closes) throw new Error(`missing value for ${where}`);
      } else if (next.text !== closes) throw unexpected(next, where);
    }
    for (const [stage, { words }] of calls.entries())
      if (stage > 0 && words[0]?.kind === "value")
        throw new Error(`non executable command in pipeline stage ${stage + 1}`);
    if (!assigns) variables.push(...names);
    const shown = calls.map((one) => one.text).join(" | ");
    const head = names.length === 0 ? "" : `${names.join(", ")} ${assigns ? "=" : ":="} `;
    return { names, assigns, calls, text: head + shown, at: first.at };
  };

  /** Pieces up to an end or else, which stays the current action. */
  const list = (inside: boolean): Piece[] => {
    const pieces: Piece[] = [];
    for (; place < parts.length; place++) {
      const part = parts[place] as Part;
      if (part.tokens === undefined) {
        pieces.push({ kind: "text", text: part.text });
        continue;
      }
      ({ tokens } = part);
      i = 0;
      const head = skip();
      const word = head.kind === "word" ? head.text : "";
      if (KEYWORDS.has(word) && word !== "nil") i++;
      if (word === "end" || word === "else") {
        if (!inside) throw new Error(`unexpected {{${word}}}`);
        if (word === "end") ending("end");
        return pieces;
      }
      const piece = action(word, head);
      if (piece !== undefined) pieces.push(piece);
    }
    if (inside) throw new Error("unexpected EOF");
    return pieces;
  };

  const quotedName = (where: string): string => {
    const token = skip();
    if (token.kind !== "string") throw unexpected(token, `${where} clause`);
    i++;
    return readString(token.text);
  };

  const action = (word: string, head: Token): Piece | undefined => {
    switch (word) {
      case "if":
      case "with":
      case "range":
        return control(word);
      case "break":
      case "continue":
        ending(`{{${word}}}`);
        if (loops === 0) throw new Error(`{{${word}}} outside {{range}}`);
        return { kind: word };
      case "define": {
        const name = quotedName("define");
        ending("define clause");
        place++;
        named.set(name, list(true));
        return undefined;
      }
      case "block":
      case "template": {
        const name = quotedName(word);
        const pipe = skip().kind === "end" ? undefined : pipeline(`${word} clause`);
        if (word === "block") {
          place++;
          named.set(name, list(true));
        }
        return { kind: "template", name, pipe, at: head.at };
      }
      default:
        return { kind: "print", pipe: pipeline("command") };
    }
  };

  const control = (kind: "if" | "range" | "with"): Piece => {
    const mark = variables.length;
    const pipe = pipeline(kind);
    const loop = kind === "range" ? 1 : 0;
    loops += loop;
    place++;
    const body = list(true);
    loops -= loop;
    let other: Piece[] = [];
    const stop = tokens[i - 1];
    if (stop?.text === "else") {
      const next = skip();
      if (next.text === kind && kind !== "range") {
        // `else if` shares the end of its `if`.
        i++;
        other = [control(kind)];
      } else {
        ending("else");
        place++;
        other = list(true);
        if (tokens[i - 1]?.text === "else") throw new Error("expected end; found {{else}}");
      }
    }
    variables.length = mark;
    return { kind, pipe, body, other };
  };

  return { body: list(false), named };
}
