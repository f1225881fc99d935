// jq's words and signs, and what it says of one that does not fit.

import { CompileError, locate } from "./compile-error.ts";
import type { Filter } from "./filter.ts";

export interface Token {
  readonly type:
    | "number"
    | "string"
    | "ident"
    | "field"
    | "variable"
    | "format"
    | "keyword"
    | "sign"
    | "end"
    | "bad"
    | "closing";
  readonly text: string;
  readonly parts?: readonly (string | Filter)[];
  readonly at: number;
  /** What is wrong inside of a string: told only where a string may stand. */
  readonly problem?: CompileError;
}

const KEYWORDS = new Set(
  "def if then elif else end and or reduce foreach as try catch label import include __loc__".split(" "),
);

/** What a letter behind a backslash stands for in a string. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  '"': '"',
  "\\": "\\",
  "/": "/",
};

const SIGNS = /^(?:\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%$?])/;

export abstract class TokenReader {
  /** The filter of `\(…)` in a string, and where its parenthesis ends. */
  protected abstract interpolation(from: number): { filter: Filter; end: number };

  protected readonly text: string;
  protected at = 0;
  protected ahead: Token | undefined;
  /** Start of the last word, of the blanks behind it where there are some: where jq says an unexpected end is. */
  private lastAt = 0;
  /** Brackets that are open: one that closes no other is no sign at all. */
  private readonly open: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  protected peek(): Token {
    this.ahead ??= this.read();
    return this.ahead;
  }

  protected take(): Token {
    const token = this.peek();
    if (token.problem !== undefined) throw token.problem;
    this.ahead = undefined;
    return token;
  }

  protected is(type: Token["type"], text: string): boolean {
    const token = this.peek();
    return token.type === type && token.text === text;
  }

  protected accept(text: string, type: Token["type"] = "sign"): boolean {
    if (!this.is(type, text)) return false;
    this.take();
    return true;
  }

  /** Takes a word that must stand here; the error names what could, where the grammar leaves few choices. */
  protected expect(text: string, expecting = "", type: Token["type"] = "sign"): void {
    if (!this.accept(text, type)) this.unexpected(expecting === "" ? "" : `expecting ${expecting}`);
  }

  /** How many brackets are open. */
  protected get depth(): number {
    return this.open.length;
  }

  protected get atEnd(): boolean {
    return this.peek().type === "end";
  }

  protected unexpected(expecting = "", token = this.peek()): never {
    const names: Partial<Record<Token["type"], string>> = {
      end: "$end",
      ident: "IDENT",
      field: "FIELD",
      number: "LITERAL",
      string: "QQSTRING_START",
      format: "FORMAT",
      bad: "INVALID_CHARACTER",
      closing: "QQSTRING_INTERP_END",
    };
    const name =
      names[token.type] ??
      (token.type === "sign" && token.text.length === 1
        ? `'${token.text}'`
        : token.type === "variable"
          ? "'$'"
          : token.text);
    throw new CompileError(
      `syntax error, unexpected ${name}${expecting === "" ? "" : `, ${expecting}`} (Unix shell quoting issues?)${locate(this.text, token.type === "end" ? this.lastAt : token.at)}`,
    );
  }

  private read(): Token {
    for (;;) {
      const skip = /^(?:[ \t\r\n]+|#[^\n]*)/.exec(this.text.slice(this.at));
      if (skip === null) break;
      this.lastAt = this.at;
      this.at += skip[0].length;
    }
    const at = this.at;
    const rest = this.text.slice(at);
    const token = (type: Token["type"], length: number, text = rest.slice(0, length)): Token => {
      this.at += length;
      if (length > 0) this.lastAt = type === "variable" ? at + 1 : at;
      return { type, text, at };
    };
    if (rest === "") return token("end", 0);
    if (rest[0] === '"') {
      try {
        return this.string(at);
      } catch (problem) {
        if (!(problem instanceof CompileError)) throw problem;
        return { type: "string", text: rest, at, problem };
      }
    }
    const number = /^(?!\.{1,2}(?:[^\d.]|$))[\d.]+(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined && !/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(number))
      throw new CompileError(
        `Invalid numeric literal at EOF at line 1, column ${number.length} (while parsing '${number}')${locate(this.text, at)}`,
      );
    if (number !== undefined) return token("number", number.length);
    const field = /^\.([A-Za-z_]\w*)/.exec(rest);
    if (field !== null) return token("field", field[0].length, field[1]);
    const variable = /^\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/.exec(rest);
    if (variable !== null) return token("variable", variable[0].length, variable[1]);
    const format = /^@[A-Za-z0-9_]+/.exec(rest)?.[0];
    if (format !== undefined) return token("format", format.length);
    const word = /^(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/.exec(rest)?.[0];
    if (word !== undefined) return token(KEYWORDS.has(word) ? "keyword" : "ident", word.length);
    const sign = SIGNS.exec(rest)?.[0];
    if (sign === undefined) return token("bad", 1);
    if ("([{".includes(sign)) this.open.push(sign);
    else if (")]}".includes(sign) && this.open.pop() !== { ")": "(", "]": "[", "}": "{" }[sign])
      return this.stray(token, sign);
    return token("sign", sign.length);
  }

  /** A closing bracket without its opening one: the end of an interpolation, or nothing jq knows. */
  protected stray(token: (type: Token["type"], length: number) => Token, _sign: string): Token {
    return token("bad", 1);
  }

  private badEscape(at: number, written: string, what: string): never {
    const column = written.length + 2;
    throw new CompileError(
      `${what} at line 1, column ${column} (while parsing '"${written}"')${locate(this.text, at)}`,
    );
  }

  /** A string with its interpolations, each parsed on its own. */
  private string(start: number): Token {
    const parts: (string | Filter)[] = [];
    let text = "";
    let i = start + 1;
    for (; this.text[i] !== '"'; i++) {
      if (i >= this.text.length) {
        throw new CompileError(
          `syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?)${locate(this.text, start + 1)}`,
        );
      }
      if (this.text[i] !== "\\") {
        text += this.text[i];
        continue;
      }
      const letter = this.text[++i] ?? "";
      if (letter === "(") {
        const { filter, end } = this.interpolation(i + 1);
        parts.push(text, filter);
        text = "";
        i = end - 1;
      } else if (letter === "u") {
        const digits = /^[A-Za-z0-9]{0,4}/.exec(this.text.slice(i + 1))?.[0] ?? "";
        if (!/^[\da-fA-F]{4}$/.test(digits))
          this.badEscape(i - 1, `\\u${digits}`, `Invalid ${digits.length === 4 ? "characters in " : ""}\\uXXXX escape`);
        text += String.fromCharCode(Number.parseInt(digits, 16));
        i += 4;
      } else {
        const meant = ESCAPES[letter];
        if (meant === undefined) this.badEscape(i - 1, `\\${letter}`, "Invalid escape");
        text += meant;
      }
    }
    parts.push(text);
    this.lastAt = i;
    this.at = i + 1;
    return { type: "string", text: this.text.slice(start, this.at), parts, at: start };
  }
}
