// A place in the text of a script: where it stands, in which line, and what is passed over.

import { type Effect, Incomplete, Misplaced } from "./faults.ts";

export interface ScanOptions {
  readonly extglob?: boolean | undefined;
  readonly posix?: boolean | undefined;
  readonly aliases?: ReadonlyMap<string, string> | undefined;
  /** No more input will come: its end is the end of the last word. */
  readonly final?: boolean | undefined;
  readonly line?: number | undefined;
}

/** The lowest layer of the parser; each of the next knows one thing more. */
export class Cursor {
  src: string;
  pos = 0;
  end: number;
  readonly options: ScanOptions;
  protected lineBase: number;
  protected linePos = 0;

  constructor(src: string, options: ScanOptions) {
    this.src = src;
    this.end = src.length;
    this.options = options;
    this.lineBase = options.line ?? 1;
  }

  lineAt(pos: number): number {
    if (pos < this.linePos) {
      this.linePos = 0;
      this.lineBase = this.options.line ?? 1;
    }
    for (let at = this.src.indexOf("\n", this.linePos); at >= 0 && at < pos; at = this.src.indexOf("\n", at + 1)) {
      this.lineBase += 1;
      this.linePos = at + 1;
    }
    return this.lineBase;
  }

  protected atEnd(): boolean {
    return this.pos >= this.end;
  }

  protected lookingAt(text: string): boolean {
    return this.src.startsWith(text, this.pos) && this.pos + text.length <= this.end;
  }

  protected unmatched(start: number, closer: string, effect?: Effect): Incomplete {
    return new Incomplete(this.lineAt(start), `unexpected EOF while looking for matching \`${closer}'`, effect);
  }

  /** `syntax error near unexpected token` with the offending line. */
  near(token: string, at: number, effect: Effect = "syntax"): Misplaced {
    const from = this.src.lastIndexOf("\n", at - 1) + 1;
    const to = this.src.indexOf("\n", at);
    const line = this.lineAt(at);
    const text = this.src.slice(from, to < 0 ? this.src.length : to);
    return new Misplaced(
      [
        { line, text: `syntax error near unexpected token \`${token}'` },
        { line, text: `\`${text}'` },
      ],
      effect,
    );
  }

  /** Blanks, line joins and, where newlines are allowed, comments and lines. */
  protected skipBlank(newlines: boolean): void {
    for (; !this.atEnd(); ) {
      const c = this.src[this.pos];
      if (c === " " || c === "\t" || (newlines && c === "\n")) this.pos += 1;
      else if (c === "\\" && this.src[this.pos + 1] === "\n") {
        this.pos += 2;
        this.continued();
      } else if (newlines && c === "#") this.skipComment();
      else return;
    }
  }

  /** After a backslash at the end of a line: the next line belongs to it. */
  protected continued(): void {
    if (this.pos >= this.src.length && !this.options.final) throw new Incomplete(this.lineAt(this.pos), "");
  }

  protected skipComment(): void {
    const at = this.src.indexOf("\n", this.pos);
    this.pos = at < 0 ? this.end : Math.min(at, this.end);
  }

  /** Runs `read` on a stretch of the text; undefined where the stretch ends inside a quote. */
  protected within<T>(from: number, to: number, read: () => T): T | undefined {
    const { end, pos } = this;
    this.pos = from;
    this.end = to;
    try {
      return read();
    } catch (fault) {
      if (fault instanceof Incomplete || fault instanceof Misplaced) return undefined;
      throw fault;
    } finally {
      this.end = end;
      this.pos = pos;
    }
  }
}
