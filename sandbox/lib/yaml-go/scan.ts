// The scanner of libyaml as go-yaml carries it: characters to tokens, with its indentation and simple-key rules and its
// exact problem texts. It knows nothing of nodes or values.

export type TokenType =
  | "stream-end"
  | "directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "["
  | "]"
  | "{"
  | "}"
  | ","
  | "-"
  | "?"
  | ":"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export interface Token {
  readonly type: TokenType;
  readonly start: Mark;
  /** Text of a scalar, name of an anchor, whole tag. */
  readonly value: string;
  /** True for a scalar without quotes. */
  readonly plain: boolean;
}

/** A text that is not YAML; `message` is go-yaml's, line included. */
export class YamlError extends Error {}

interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  mark: Mark;
}

const BREAK = /[\n\r\u0085\u2028\u2029]/;
const isBreak = (c: string): boolean => c !== "" && BREAK.test(c);
const isBlank = (c: string): boolean => c === " " || c === "\t";
const isBlankz = (c: string): boolean => c === "" || isBlank(c) || isBreak(c);

/** go-yaml's wording: a problem at line 0 borrows the line of its context, and scanner lines count from one. */
export function yamlError(problem: string, mark: Mark, context: Mark | undefined, scanner: boolean): YamlError {
  let line = 0;
  if (mark.line !== 0) line = mark.line + (scanner ? 1 : 0);
  else if (context !== undefined) line = context.line;
  return new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
}

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

export class Scanner {
  readonly #text: string;
  #pos = 0;
  #line = 0;
  #column = 0;
  #flow = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  readonly #keys: SimpleKey[] = [];
  readonly #tokens: Token[] = [];
  #parsed = 0;
  #ended = false;

  constructor(text: string) {
    this.#text = text.startsWith("\ufeff") ? text.slice(1) : text;
    checkReadable(this.#text);
    this.#keys.push({ possible: false, required: false, tokenNumber: 0, mark: this.#mark() });
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

  #mark(): Mark {
    return { index: this.#pos, line: this.#line, column: this.#column };
  }

  #at(offset = 0): string {
    return this.#text.charAt(this.#pos + offset);
  }

  #skip(count = 1): void {
    this.#pos += count;
    this.#column += count;
  }

  /** Takes a line break and gives it back as a program sees it. */
  #readBreak(): string {
    const c = this.#at();
    this.#pos += c === "\r" && this.#at(1) === "\n" ? 2 : 1;
    this.#line++;
    this.#column = 0;
    return c === "\u2028" || c === "\u2029" ? c : "\n";
  }

  #fail(problem: string, context: Mark = this.#mark()): never {
    throw yamlError(problem, this.#mark(), context, true);
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
    if (key.mark.line < this.#line || key.mark.index + 1024 < this.#pos) {
      if (key.required) this.#fail("could not find expected ':'", key.mark);
      key.possible = false;
      return false;
    }
    return true;
  }

  #fetch(): void {
    this.#toNextToken();
    this.#unroll(this.#column);
    const c = this.#at();
    const after = this.#at(1);
    const three = this.#column === 0 ? this.#text.slice(this.#pos, this.#pos + 3) : "";
    if (c === "") this.#fetchEnd();
    else if (this.#column === 0 && c === "%") this.#fetchDirective();
    else if ((three === "---" || three === "...") && isBlankz(this.#at(3))) this.#fetchIndicator(three);
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
    else this.#fetchPlain(c, after);
  }

  #fetchPlain(c: string, after: string): void {
    const plain =
      (!isBlankz(c) && !"-?:,[]{}#&*!|>'\"%@`".includes(c)) ||
      (c === "-" && !isBlank(after)) ||
      (this.#flow === 0 && (c === "?" || c === ":") && !isBlankz(after));
    if (!plain) this.#fail("found character that cannot start any token");
    this.#saveKey();
    this.#keyAllowed = false;
    this.#scanPlain();
  }

  #toNextToken(): void {
    for (;;) {
      if (this.#column === 0 && this.#at() === "\ufeff") this.#skip();
      while (this.#at() === " " || ((this.#flow > 0 || !this.#keyAllowed) && this.#at() === "\t")) this.#skip();
      if (this.#at() === "#") while (this.#at() !== "" && !isBreak(this.#at())) this.#skip();
      if (!isBreak(this.#at())) return;
      this.#readBreak();
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
      this.#add("block-end", this.#mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #topKey(): SimpleKey {
    return this.#keys[this.#keys.length - 1] as SimpleKey;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flow === 0 && this.#indent === this.#column;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {
      possible: true,
      required,
      tokenNumber: this.#parsed + this.#tokens.length,
      mark: this.#mark(),
    };
  }

  #removeKey(): void {
    const key = this.#topKey();
    if (key.possible && key.required) this.#fail("could not find expected ':'", key.mark);
    key.possible = false;
  }

  // --- one method per kind of token ---

  #fetchEnd(): void {
    if (this.#column !== 0) {
      this.#column = 0;
      this.#line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#add("stream-end", this.#mark());
    this.#ended = true;
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    let text = "";
    while (this.#at() !== "" && !isBreak(this.#at())) {
      text += this.#at();
      this.#skip();
    }
    const name = /^%([\w-]*)/.exec(text)?.[1] ?? "";
    if (name === "") this.#fail("could not find expected directive name", start);
    if (name !== "YAML" && name !== "TAG") this.#fail("found unknown directive name", start);
    this.#add("directive", start, text);
  }

  #fetchIndicator(three: string): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    this.#skip(3);
    this.#add(three === "---" ? "document-start" : "document-end", start);
  }

  #fetchFlowStart(c: "[" | "{"): void {
    this.#saveKey();
    this.#keys.push({ possible: false, required: false, tokenNumber: 0, mark: this.#mark() });
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
      if (!this.#keyAllowed) this.#fail("block sequence entries are not allowed in this context");
      this.#roll(this.#column, -1, "block-sequence-start", this.#mark());
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#simple("-");
  }

  #fetchKey(): void {
    if (this.#flow === 0) {
      if (!this.#keyAllowed) this.#fail("mapping keys are not allowed in this context");
      this.#roll(this.#column, -1, "block-mapping-start", this.#mark());
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
        if (!this.#keyAllowed) this.#fail("mapping values are not allowed in this context");
        this.#roll(this.#column, -1, "block-mapping-start", this.#mark());
      }
      this.#keyAllowed = this.#flow === 0;
    }
    this.#simple(":");
  }

  #simple(type: TokenType): void {
    const start = this.#mark();
    this.#skip();
    this.#add(type, start);
  }

  #fetchAnchor(c: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    this.#skip();
    let name = "";
    while (/[\w-]/.test(this.#at())) {
      name += this.#at();
      this.#skip();
    }
    const end = this.#at();
    if (name === "" || !(isBlankz(end) || "?:,]}%@`".includes(end)))
      this.#fail("did not find expected alphabetic or numeric character", start);
    this.#add(c === "*" ? "alias" : "anchor", start, name);
  }

  #fetchTag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    let tag = "";
    while (!isBlankz(this.#at()) && !(this.#flow > 0 && this.#at() === ",")) {
      tag += this.#at();
      this.#skip();
    }
    if (tag.startsWith("!<") && !tag.endsWith(">")) this.#fail("did not find the expected '>'", start);
    if (/^![\w-]*!$/.test(tag)) this.#fail("did not find expected tag URI", start);
    this.#add("tag", start, tag);
  }

  #fetchBlockScalar(c: string): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const start = this.#mark();
    this.#skip();
    const { chomp, increment } = this.#blockHeader(start);
    let indent = increment > 0 ? (this.#indent >= 0 ? this.#indent + increment : increment) : 0;
    let text = "";
    let leadingBreak = "";
    let trailing = "";
    let leadingBlank = false;
    [indent, trailing] = this.#blockBreaks(indent, trailing, start);
    while (this.#column === indent && this.#at() !== "") {
      const trailingBlank = isBlank(this.#at());
      if (c === ">" && leadingBreak.startsWith("\n") && !leadingBlank && !trailingBlank) {
        if (trailing === "") text += " ";
      } else text += leadingBreak;
      leadingBreak = "";
      text += trailing;
      trailing = "";
      leadingBlank = isBlank(this.#at());
      while (this.#at() !== "" && !isBreak(this.#at())) {
        text += this.#at();
        this.#skip();
      }
      if (this.#at() === "") break;
      leadingBreak = this.#readBreak();
      [indent, trailing] = this.#blockBreaks(indent, trailing, start);
    }
    if (chomp !== -1) text += leadingBreak;
    if (chomp === 1) text += trailing;
    this.#add("scalar", start, text);
  }

  #blockHeader(start: Mark): { chomp: number; increment: number } {
    let chomp = 0;
    let increment = 0;
    for (let i = 0; i < 2; i++) {
      const c = this.#at();
      if (chomp === 0 && (c === "+" || c === "-")) chomp = c === "+" ? 1 : -1;
      else if (increment === 0 && /[0-9]/.test(c)) {
        if (c === "0") this.#fail("found an indentation indicator equal to 0", start);
        increment = Number(c);
      } else break;
      this.#skip();
    }
    while (isBlank(this.#at())) this.#skip();
    if (this.#at() === "#") while (this.#at() !== "" && !isBreak(this.#at())) this.#skip();
    if (this.#at() !== "" && !isBreak(this.#at())) this.#fail("did not find expected comment or line break", start);
    if (isBreak(this.#at())) this.#readBreak();
    return { chomp, increment };
  }

  #blockBreaks(given: number, before: string, start: Mark): [number, string] {
    let indent = given;
    let breaks = before;
    let max = 0;
    for (;;) {
      while ((indent === 0 || this.#column < indent) && this.#at() === " ") this.#skip();
      if (this.#column > max) max = this.#column;
      if ((indent === 0 || this.#column < indent) && this.#at() === "\t")
        this.#fail("found a tab character where an indentation space is expected", start);
      if (!isBreak(this.#at())) break;
      breaks += this.#readBreak();
    }
    if (indent === 0) indent = Math.max(max, this.#indent + 1, 1);
    return [indent, breaks];
  }

  #fetchQuoted(quote: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    this.#skip();
    let text = "";
    for (;;) {
      const three = this.#text.slice(this.#pos, this.#pos + 3);
      if (this.#column === 0 && (three === "---" || three === "...") && isBlankz(this.#at(3)))
        this.#fail("found unexpected document indicator", start);
      if (this.#at() === "") this.#fail("found unexpected end of stream", start);
      let leadingBlanks = false;
      while (!isBlankz(this.#at())) {
        const c = this.#at();
        if (quote === "'" && c === "'" && this.#at(1) === "'") {
          text += "'";
          this.#skip(2);
        } else if (c === quote) break;
        else if (quote === '"' && c === "\\" && isBreak(this.#at(1))) {
          this.#skip();
          this.#readBreak();
          leadingBlanks = true;
          break;
        } else if (quote === '"' && c === "\\") text += this.#escape(start);
        else {
          text += c;
          this.#skip();
        }
      }
      if (this.#at() === quote) break;
      text += this.#fold(leadingBlanks, undefined);
    }
    this.#skip();
    this.#add("scalar", start, text);
  }

  #escape(start: Mark): string {
    const c = this.#at(1);
    const plain = ESCAPES[c];
    const length = HEX_LENGTH[c];
    if (plain !== undefined && c !== "") {
      this.#skip(2);
      return plain;
    }
    if (length === undefined) return this.#fail("found unknown escape character", start);
    this.#skip(2);
    const hex = this.#text.slice(this.#pos, this.#pos + length);
    if (hex.length < length || !/^[0-9A-Fa-f]+$/.test(hex))
      this.#fail("did not find expected hexdecimal number", start);
    const code = Number.parseInt(hex, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
      this.#fail("found invalid Unicode character escape code", start);
    this.#skip(length);
    return String.fromCodePoint(code);
  }

  /** Blanks and breaks between words: one break becomes a space, more become breaks. */
  #fold(after: boolean, plain: { indent: number; start: Mark } | undefined): string {
    let leadingBlanks = after;
    let spaces = "";
    let leadingBreak = "";
    let trailing = "";
    while (isBlank(this.#at()) || isBreak(this.#at())) {
      if (isBlank(this.#at())) {
        if (plain !== undefined && leadingBlanks && this.#column < plain.indent && this.#at() === "\t")
          this.#fail("found a tab character that violates indentation", plain.start);
        if (!leadingBlanks) spaces += this.#at();
        this.#skip();
      } else if (!leadingBlanks) {
        spaces = "";
        leadingBreak = this.#readBreak();
        leadingBlanks = true;
      } else trailing += this.#readBreak();
    }
    this.#broke = leadingBlanks;
    if (!leadingBlanks) return spaces;
    if (leadingBreak.startsWith("\n")) return trailing === "" ? " " : trailing;
    return leadingBreak + trailing;
  }
  #broke = false;

  #scanPlain(): void {
    const start = this.#mark();
    const indent = this.#indent + 1;
    let text = "";
    let between = "";
    this.#broke = false;
    for (;;) {
      const three = this.#text.slice(this.#pos, this.#pos + 3);
      if (this.#column === 0 && (three === "---" || three === "...") && isBlankz(this.#at(3))) break;
      if (this.#at() === "#") break;
      while (!isBlankz(this.#at())) {
        const c = this.#at();
        if (c === ":" && isBlankz(this.#at(1))) break;
        if (this.#flow > 0 && ",?[]{}".includes(c)) break;
        text += between + c;
        between = "";
        this.#broke = false;
        this.#skip();
      }
      if (!isBlank(this.#at()) && !isBreak(this.#at())) break;
      between = this.#fold(false, { indent, start });
      if (this.#flow === 0 && this.#column < indent) break;
    }
    this.#add("scalar", start, text, true);
    if (this.#broke) this.#keyAllowed = true;
  }
}

/** libyaml's reader refuses control characters and broken UTF-8 before anything is scanned. */
function checkReadable(text: string): void {
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) throw new YamlError(badOctet(code - 0xdc00));
    const fine =
      code === 0x09 ||
      code === 0x0a ||
      code === 0x0d ||
      (code >= 0x20 && code <= 0x7e) ||
      code === 0x85 ||
      (code >= 0xa0 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    if (!fine) throw new YamlError("yaml: control characters are not allowed");
  }
}

function badOctet(byte: number): string {
  return byte >= 0xc2 && byte < 0xf5 ? "yaml: invalid trailing UTF-8 octet" : "yaml: invalid leading UTF-8 octet";
}
