// Tokens as a parser takes them: looked at ahead, asked for, complained of.

import { Lexer, type Token } from "./lexer.ts";

export abstract class TokenStream {
  protected readonly lexer: Lexer;
  protected readonly ahead: Token[] = [];

  constructor(text: string) {
    this.lexer = new Lexer(text);
  }

  protected peek(ahead = 0): Token {
    while (this.ahead.length <= ahead) this.ahead.push(this.lexer.next());
    return this.ahead[ahead] as Token;
  }

  protected take(): Token {
    const token = this.peek();
    this.ahead.shift();
    return token;
  }

  protected is(sign: string): boolean {
    const token = this.peek();
    return token.kind === "sign" && token.text === sign;
  }

  protected isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "keyword" && token.text === word;
  }

  protected accept(sign: string): boolean {
    if (!this.is(sign)) return false;
    this.take();
    return true;
  }

  protected expect(sign: string): void {
    if (!this.accept(sign)) this.syntaxError();
  }

  protected skipNewlines(): void {
    while (this.peek().kind === "newline") this.take();
  }

  protected failAt(line: number, text: string): never {
    this.lexer.line = line;
    return this.lexer.fail(text);
  }

  protected syntaxError(): never {
    const token = this.peek();
    if (token.kind === "end" && this.lexer.openBraces > 0) return this.failAt(token.line, "missing } near end of file");
    const name =
      token.kind === "newline" || token.kind === "end"
        ? "end of line"
        : token.kind === "regex"
          ? `/${token.text}/`
          : token.text === "~"
            ? ""
            : token.text;
    return this.failAt(token.line, `syntax error at or near ${name}`);
  }
}
