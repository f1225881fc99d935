// The three forms of a scalar: block, quoted, plain; with their folding, chomping and escapes.

import { isBlank, isBlankz, isBreak, Reader } from "./reader.ts";
import type { Mark } from "./token.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  "/": "/",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

export class Scalars extends Reader {
  #broke = false;

  /** The text of a block scalar whose parent is indented so far. */
  protected readBlockScalar(style: "|" | ">", parent: number): string {
    const start = this.mark();
    this.skip();
    const { chomp, increment } = this.#blockHeader(start);
    let indent = increment > 0 ? Math.max(parent, 0) + increment : 0;
    let text = "";
    let leadingBreak = "";
    let trailing = "";
    let leadingBlank = false;
    [indent, trailing] = this.#blockBreaks(indent, parent, trailing, start);
    while (this.column === indent && this.at() !== "") {
      const trailingBlank = isBlank(this.at());
      if (style === ">" && leadingBreak.startsWith("\n") && !leadingBlank && !trailingBlank) {
        if (trailing === "") text += " ";
      } else text += leadingBreak;
      leadingBreak = "";
      text += trailing;
      trailing = "";
      leadingBlank = isBlank(this.at());
      while (this.at() !== "" && !isBreak(this.at())) {
        text += this.at();
        this.skip();
      }
      if (this.at() === "") break;
      leadingBreak = this.readBreak();
      [indent, trailing] = this.#blockBreaks(indent, parent, trailing, start);
    }
    if (chomp !== -1) text += leadingBreak;
    if (chomp === 1) text += trailing;
    return text;
  }

  #blockHeader(start: Mark): { chomp: number; increment: number } {
    let chomp = 0;
    let increment = 0;
    for (let i = 0; i < 2; i++) {
      const c = this.at();
      if (chomp === 0 && (c === "+" || c === "-")) chomp = c === "+" ? 1 : -1;
      else if (increment === 0 && /[0-9]/.test(c)) {
        if (c === "0") this.fail("found an indentation indicator equal to 0", start);
        increment = Number(c);
      } else break;
      this.skip();
    }
    while (isBlank(this.at())) this.skip();
    if (this.at() === "#") while (this.at() !== "" && !isBreak(this.at())) this.skip();
    if (this.at() !== "" && !isBreak(this.at())) this.fail("did not find expected comment or line break", start);
    if (isBreak(this.at())) this.readBreak();
    return { chomp, increment };
  }

  #blockBreaks(given: number, parent: number, before: string, start: Mark): [number, string] {
    let indent = given;
    let breaks = before;
    let max = 0;
    for (;;) {
      while ((indent === 0 || this.column < indent) && this.at() === " ") this.skip();
      if (this.column > max) max = this.column;
      if ((indent === 0 || this.column < indent) && this.at() === "\t")
        this.fail("found a tab character where an indentation space is expected", start);
      if (!isBreak(this.at())) break;
      breaks += this.readBreak();
    }
    if (indent === 0) indent = Math.max(max, parent + 1, 1);
    return [indent, breaks];
  }

  protected readQuoted(quote: string): string {
    const start = this.mark();
    this.skip();
    let text = "";
    for (;;) {
      if (this.atDocumentMarker()) this.fail("found unexpected document indicator", start);
      if (this.at() === "") this.fail("found unexpected end of stream", start);
      let leadingBlanks = false;
      while (!isBlankz(this.at())) {
        const c = this.at();
        if (quote === "'" && c === "'" && this.at(1) === "'") {
          text += "'";
          this.skip(2);
        } else if (c === quote) break;
        else if (quote === '"' && c === "\\" && isBreak(this.at(1))) {
          this.skip();
          this.readBreak();
          leadingBlanks = true;
          break;
        } else if (quote === '"' && c === "\\") text += this.#escape(start);
        else {
          text += c;
          this.skip();
        }
      }
      if (this.at() === quote) break;
      text += this.#fold(leadingBlanks, undefined);
    }
    this.skip();
    return text;
  }

  #escape(start: Mark): string {
    const c = this.at(1);
    const plain = ESCAPES[c];
    const length = HEX_LENGTH[c];
    if (plain !== undefined && c !== "") {
      this.skip(2);
      return plain;
    }
    if (length === undefined) return this.fail("found unknown escape character", start);
    this.skip(2);
    const hex = this.text.slice(this.pos, this.pos + length);
    if (hex.length < length || !/^[0-9A-Fa-f]+$/.test(hex)) this.fail("did not find expected hexdecimal number", start);
    const code = Number.parseInt(hex, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
      this.fail("found invalid Unicode character escape code", start);
    this.skip(length);
    return String.fromCodePoint(code);
  }

  /** Blanks and breaks between words: one break becomes a space, more become breaks. */
  #fold(after: boolean, plain: { indent: number; start: Mark } | undefined): string {
    let leadingBlanks = after;
    let spaces = "";
    let leadingBreak = "";
    let trailing = "";
    while (isBlank(this.at()) || isBreak(this.at())) {
      if (isBlank(this.at())) {
        if (plain !== undefined && leadingBlanks && this.column < plain.indent && this.at() === "\t")
          this.fail("found a tab character that violates indentation", plain.start);
        if (!leadingBlanks) spaces += this.at();
        this.skip();
      } else if (!leadingBlanks) {
        spaces = "";
        leadingBreak = this.readBreak();
        leadingBlanks = true;
      } else trailing += this.readBreak();
    }
    this.#broke = leadingBlanks;
    if (!leadingBlanks) return spaces;
    if (leadingBreak.startsWith("\n")) return trailing === "" ? " " : trailing;
    return leadingBreak + trailing;
  }

  /** A scalar without quotes, and whether it ended after a line break. */
  protected readPlain(indent: number, inFlow: boolean): { text: string; broke: boolean } {
    const start = this.mark();
    let text = "";
    let between = "";
    this.#broke = false;
    for (;;) {
      if (this.atDocumentMarker() || this.at() === "#") break;
      while (!isBlankz(this.at())) {
        const c = this.at();
        if (c === ":" && isBlankz(this.at(1))) break;
        if (inFlow && ",?[]{}".includes(c)) break;
        text += between + c;
        between = "";
        this.#broke = false;
        this.skip();
      }
      if (!isBlank(this.at()) && !isBreak(this.at())) break;
      between = this.#fold(false, { indent, start });
      if (!inFlow && this.column < indent) break;
    }
    return { text, broke: this.#broke };
  }
}
