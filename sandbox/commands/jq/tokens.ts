// jq's words and signs, and what it says of one that does not fit.

import { CompileError, locate } from "./compile-error.ts";
import type { Filter } from "./filter.ts";

export interface Token {
  readonly type: "number" | "string" | "ident" | "field" | "variable" | "format" | "keyword" | "sign" | "end" | "bad";
  readonly text: string;
  readonly parts?: readonly (string | Filter)[];
  readonly at: number;
}

const KEYWORDS = new Set(
  "def if then elif else end and or reduce foreach as try catch label import include __loc__".split(" "),
);

const SIGNS = /^(?:\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%$?])/;

export abstract class TokenReader {
  /** The filter of `\(…)` in a string, and where its parenthesis ends. */
  protected abstract interpolation(from: number): { filter: Filter; end: number };

  protected readonly text: string;
  protected at = 0;
  protected ahead: Token | undefined;
  /** Start of the last token: where jq says an unexpected end is. */
  private lastAt = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected peek(): Token {
    this.ahead ??= this.read();
    return this.ahead;
  }

  protected take(): Token {
    const token = this.peek();
    this.ahead = undefined;
    this.lastAt = token.at;
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

  protected expect(text: string, type: Token["type"] = "sign"): void {
    if (!this.accept(text, type)) this.unexpected(type === "sign" && text.length === 1 ? `expecting '${text}'` : "");
  }

  protected unexpected(expecting = ""): never {
    const token = this.peek();
    const names: Partial<Record<Token["type"], string>> = {
      end: "$end",
      ident: "IDENT",
      field: "FIELD",
      number: "LITERAL",
      string: "QQSTRING_START",
      format: "FORMAT",
      bad: "INVALID_CHARACTER",
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
    const skip = /^(?:[ \t\r\n]+|#[^\n]*)+/.exec(this.text.slice(this.at));
    this.at += skip?.[0].length ?? 0;
    const at = this.at;
    const rest = this.text.slice(at);
    const token = (type: Token["type"], length: number, text = rest.slice(0, length)): Token => {
      this.at += length;
      return { type, text, at };
    };
    if (rest === "") return token("end", 0);
    if (rest[0] === '"') return this.string(at);
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
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
    return sign === undefined ? token("bad", 1) : token("sign", sign.length);
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
        text += String.fromCharCode(Number.parseInt(this.text.slice(i + 1, i + 5), 16));
        i += 4;
      } else text += ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" } as Record<string, string>)[letter] ?? letter;
    }
    parts.push(text);
    this.at = i + 1;
    return { type: "string", text: this.text.slice(start, this.at), parts, at: start };
  }
}
