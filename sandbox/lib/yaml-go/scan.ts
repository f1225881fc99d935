// The scanner of libyaml as go-yaml carries it: characters to tokens, with its indentation and simple-key rules and its
// exact problem texts. It knows nothing of nodes or values; a scalar's text is read in scalars.ts.

import { isBlank, isBlankz, isBreak } from "./reader.ts";
import { Scalars } from "./scalars.ts";
import type { Mark, Token, TokenType } from "./token.ts";

interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  mark: Mark;
}

export class Scanner extends Scalars {
  #flow = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  readonly #keys: SimpleKey[] = [];
  readonly #tokens: Token[] = [];
  #parsed = 0;
  #ended = false;

  constructor(text: string) {
    super(text);
    this.#keys.push({ possible: false, required: false, tokenNumber: 0, mark: this.mark() });
  }

  peek(): Token {
    this.#fetchMore();
    return this.#tokens[0] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.#tokens.shift();
    this.#parsed++;
    return token;
  }

  #add(type: TokenType, start: Mark, value = "", plain = false): void {
    this.#tokens.push({ type, start, value, plain });
  }

  #fetchMore(): void {
    for (;;) {
      if (this.#tokens.length > 0) {
        const key = this.#keys.find((k) => k.possible && k.tokenNumber === this.#parsed);
        if (key === undefined || !this.#keyValid(key)) return;
      }
      if (this.#ended) return;
      this.#fetch();
    }
  }

  #keyValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line < this.line || key.mark.index + 1024 < this.pos) {
      if (key.required) this.fail("could not find expected ':'", key.mark);
      key.possible = false;
      return false;
    }
    return true;
  }

  #fetch(): void {
    this.#toNextToken();
    this.#unroll(this.column);
    const c = this.at();
    const after = this.at(1);
    if (c === "") this.#fetchEnd();
    else if (this.column === 0 && c === "%") this.#fetchDirective();
    else if (this.atDocumentMarker()) this.#fetchIndicator();
    else if (c === "[" || c === "{") this.#fetchFlowStart(c);
    else if (c === "]" || c === "}") this.#fetchFlowEnd(c);
    else if (c === ",") this.#fetchFlowEntry();
    else if (c === "-" && isBlankz(after)) this.#fetchBlockEntry();
    else if (c === "?" && (this.#flow > 0 || isBlankz(after))) this.#fetchKey();
    else if (c === ":" && (this.#flow > 0 || isBlankz(after))) this.#fetchValue();
    else if (c === "*" || c === "&") this.#fetchAnchor(c);
    else if (c === "!") this.#fetchTag();
    else if ((c === "|" || c === ">") && this.#flow === 0) this.#fetchBlockScalar(c);
    else if (c === "'" || c === '"') this.#fetchQuoted(c);
    else if (this.#startsPlain(c, after)) this.#fetchPlain();
    else this.fail("found character that cannot start any token");
  }

  /** Whether a plain scalar may begin with this character, before that. */
  #startsPlain(c: string, after: string): boolean {
    return (
      (!isBlankz(c) && !"-?:,[]{}#&*!|>'\"%@`".includes(c)) ||
      (c === "-" && !isBlank(after)) ||
      (this.#flow === 0 && (c === "?" || c === ":") && !isBlankz(after))
    );
  }

  #toNextToken(): void {
    for (;;) {
      if (this.column === 0 && this.at() === "\ufeff") this.skip();
      while (this.at() === " " || ((this.#flow > 0 || !this.#keyAllowed) && this.at() === "\t")) this.skip();
      if (this.at() === "#") while (this.at() !== "" && !isBreak(this.at())) this.skip();
      if (!isBreak(this.at())) return;
      this.readBreak();
      if (this.#flow === 0) this.#keyAllowed = true;
    }
  }

  // --- indentation and simple keys ---

  #roll(column: number, number: number, type: TokenType, mark: Mark): void {
    if (this.#flow > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    const token: Token = { type, start: mark, value: "", plain: false };
    if (number < 0) this.#tokens.push(token);
    else this.#tokens.splice(number - this.#parsed, 0, token);
  }

  #unroll(column: number): void {
    if (this.#flow > 0) return;
    while (this.#indent > column) {
      this.#add("block-end", this.mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #topKey(): SimpleKey {
    return this.#keys[this.#keys.length - 1] as SimpleKey;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flow === 0 && this.#indent === this.column;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {
      possible: true,
      required,
      tokenNumber: this.#parsed + this.#tokens.length,
      mark: this.mark(),
    };
  }

  #removeKey(): void {
    const key = this.#topKey();
    if (key.possible && key.required) this.fail("could not find expected ':'", key.mark);
    key.possible = false;
  }

  // --- one method per kind of token ---

  #fetchEnd(): void {
    if (this.column !== 0) {
      this.column = 0;
      this.line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#add("stream-end", this.mark());
    this.#ended = true;
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.mark();
    let text = "";
    while (this.at() !== "" && !isBreak(this.at())) {
      text += this.at();
      this.skip();
    }
    const name = /^%([\w-]*)/.exec(text)?.[1] ?? "";
    if (name === "") this.fail("could not find expected directive name", start);
    if (name !== "YAML" && name !== "TAG") this.fail("found unknown directive name", start);
    this.#add("directive", start, text);
  }

  #fetchIndicator(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.mark();
    const type = this.at() === "-" ? "document-start" : "document-end";
    this.skip(3);
    this.#add(type, start);
  }

  #fetchFlowStart(c: "[" | "{"): void {
    this.#saveKey();
    this.#keys.push({ possible: false, required: false, tokenNumber: 0, mark: this.mark() });
    this.#flow++;
    this.#keyAllowed = true;
    this.#simple(c);
  }

  #fetchFlowEnd(c: "]" | "}"): void {
    this.#removeKey();
    if (this.#flow > 0) {
      this.#flow--;
      this.#keys.pop();
    }
    this.#keyAllowed = false;
    this.#simple(c);
  }

  #fetchFlowEntry(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    this.#simple(",");
  }

  #fetchBlockEntry(): void {
    if (this.#flow === 0) {
      if (!this.#keyAllowed) this.fail("block sequence entries are not allowed in this context");
      this.#roll(this.column, -1, "block-sequence-start", this.mark());
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#simple("-");
  }

  #fetchKey(): void {
    if (this.#flow === 0) {
      if (!this.#keyAllowed) this.fail("mapping keys are not allowed in this context");
      this.#roll(this.column, -1, "block-mapping-start", this.mark());
    }
    this.#removeKey();
    this.#keyAllowed = this.#flow === 0;
    this.#simple("?");
  }

  #fetchValue(): void {
    const key = this.#topKey();
    if (this.#keyValid(key)) {
      const token: Token = { type: "?", start: key.mark, value: "", plain: false };
      this.#tokens.splice(key.tokenNumber - this.#parsed, 0, token);
      this.#roll(key.mark.column, key.tokenNumber, "block-mapping-start", key.mark);
      key.possible = false;
      this.#keyAllowed = false;
    } else {
      if (this.#flow === 0) {
        if (!this.#keyAllowed) this.fail("mapping values are not allowed in this context");
        this.#roll(this.column, -1, "block-mapping-start", this.mark());
      }
      this.#keyAllowed = this.#flow === 0;
    }
    this.#simple(":");
  }

  #simple(type: TokenType): void {
    const start = this.mark();
    this.skip();
    this.#add(type, start);
  }

  #fetchAnchor(c: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.mark();
    this.skip();
    let name = "";
    while (/[\w-]/.test(this.at())) {
      name += this.at();
      this.skip();
    }
    const end = this.at();
    if (name === "" || !(isBlankz(end) || "?:,]}%@`".includes(end)))
      this.fail("did not find expected alphabetic or numeric character", start);
    this.#add(c === "*" ? "alias" : "anchor", start, name);
  }

  #fetchTag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.mark();
    let tag = "";
    while (!isBlankz(this.at()) && !(this.#flow > 0 && this.at() === ",")) {
      tag += this.at();
      this.skip();
    }
    if (tag.startsWith("!<") && !tag.endsWith(">")) this.fail("did not find the expected '>'", start);
    if (/^![\w-]*!$/.test(tag)) this.fail("did not find expected tag URI", start);
    this.#add("tag", start, tag);
  }

  #fetchBlockScalar(style: "|" | ">"): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const start = this.mark();
    this.#add("scalar", start, this.readBlockScalar(style, this.#indent));
  }

  #fetchQuoted(quote: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.mark();
    this.#add("scalar", start, this.readQuoted(quote));
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.mark();
    const { text, broke } = this.readPlain(this.#indent + 1, this.#flow > 0);
    this.#add("scalar", start, text, true);
    if (broke) this.#keyAllowed = true;
  }
}
