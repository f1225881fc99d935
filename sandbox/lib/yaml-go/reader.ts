// The characters of a text and the position among them, as libyaml's reader and scanner see them.

import { type Mark, YamlError, yamlError } from "./token.ts";

const BREAK = /[\n\r\u0085\u2028\u2029]/;
export const isBreak = (c: string): boolean => c !== "" && BREAK.test(c);
export const isBlank = (c: string): boolean => c === " " || c === "\t";
export const isBlankz = (c: string): boolean => c === "" || isBlank(c) || isBreak(c);

/** A text and how far it was read. */
export class Reader {
  protected readonly text: string;
  protected pos = 0;
  protected line = 0;
  protected column = 0;

  constructor(text: string) {
    this.text = text.startsWith("\ufeff") ? text.slice(1) : text;
    checkReadable(this.text);
  }

  protected mark(): Mark {
    return { index: this.pos, line: this.line, column: this.column };
  }

  protected at(offset = 0): string {
    return this.text.charAt(this.pos + offset);
  }

  protected skip(count = 1): void {
    this.pos += count;
    this.column += count;
  }

  /** Takes a line break and gives it back as a program sees it. */
  protected readBreak(): string {
    const c = this.at();
    this.pos += c === "\r" && this.at(1) === "\n" ? 2 : 1;
    this.line++;
    this.column = 0;
    return c === "\u2028" || c === "\u2029" ? c : "\n";
  }

  protected fail(problem: string, context: Mark = this.mark()): never {
    throw yamlError(problem, this.mark(), context, true);
  }

  /** Whether `---` or `...` stands here at the beginning of a line. */
  protected atDocumentMarker(): boolean {
    if (this.column !== 0) return false;
    const three = this.text.slice(this.pos, this.pos + 3);
    return (three === "---" || three === "...") && isBlankz(this.at(3));
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
