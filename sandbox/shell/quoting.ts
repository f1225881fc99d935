// Quotes and `$` forms in words: which characters stand for themselves. What is inside of `${…}` is another layer's.

import { unescapeAnsi } from "./ansi-quote.ts";
import type { List, Part, Word } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import { Incomplete } from "./faults.ts";
import { addText } from "./word-parts.ts";

/** The name of a variable. */
export const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/** What ends a word. */
export const META = " \t\n|&;()<>";

export abstract class Quoting extends Cursor {
  extglob = this.options.extglob ?? false;
  /** Lists of substitutions by where they begin. */
  protected subs = new Map<number, { list: List | undefined; next: number }>();

  /** The list up to the closing parenthesis of a substitution. */
  protected abstract substitution(): List | undefined;

  /** `${…}` at the cursor. */
  protected abstract readBraced(quoted: boolean): Part;

  /** Forgets what was remembered by position. */
  protected moved(): void {
    this.subs.clear();
  }

  /** Parts up to one of the `stops` characters, with the quoting of plain text. `regex`: as after `=~`. */
  protected readParts(stops: string, regex?: boolean, command?: boolean): Part[] {
    const parts: Part[] = [];
    while (!this.atEnd()) {
      const c = this.src[this.pos] as string;
      if (regex && (c === "(" || c === "|")) {
        if (c === "(") this.readGroup(parts);
        else {
          addText(parts, "lit", c);
          this.pos += 1;
        }
        continue;
      }
      if (stops.includes(c)) {
        if ((c === "<" || c === ">") && this.src[this.pos + 1] === "(" && stops === META) {
          parts.push(this.readProcess(c));
          continue;
        }
        break;
      }
      if (c === "[" && command && parts.length === 1 && parts[0]?.k === "lit" && /^[A-Za-z_]\w*$/.test(parts[0].s)) {
        const from = this.pos;
        this.skipPair("[", "]");
        addText(parts, "lit", this.src.slice(from, this.pos));
        continue;
      }
      if (this.extglob && "?*+@!".includes(c) && this.src[this.pos + 1] === "(" && !regex) {
        addText(parts, "lit", c);
        this.pos += 1;
        this.readGroup(parts);
        continue;
      }
      this.readPart(c, parts, stops);
    }
    return parts;
  }

  /** A parenthesised group of a pattern or regular expression, with blanks and all. */
  private readGroup(parts: Part[]): void {
    const open = this.pos;
    addText(parts, "lit", "(");
    this.pos += 1;
    for (let depth = 1; depth > 0; ) {
      if (this.atEnd()) throw this.unmatched(open, ")");
      const c = this.src[this.pos] as string;
      if (c === "(" || c === ")") {
        depth += c === "(" ? 1 : -1;
        addText(parts, "lit", c);
        this.pos += 1;
      } else this.readPart(c, parts, "");
    }
  }

  /** One part with the quoting of plain text. */
  private readPart(c: string, parts: Part[], stops: string): void {
    switch (c) {
      case "\\": {
        const next = this.src[this.pos + 1];
        if (this.pos + 1 >= this.end || next === undefined) {
          if (this.end === this.src.length && !this.options.final) throw new Incomplete(this.lineAt(this.pos), "");
          addText(parts, "lit", "\\");
          this.pos = this.end;
        } else {
          if (next !== "\n") parts.push({ k: "quo", s: next });
          this.pos += 2;
          if (next === "\n") this.continued();
          // A character beyond the BMP is one character.
          if (/[\ud800-\udbff]/.test(next) && parts.length > 0) {
            parts[parts.length - 1] = { k: "quo", s: next + (this.src[this.pos] ?? "") };
            this.pos += 1;
          }
        }
        return;
      }
      case "'": {
        const close = this.src.indexOf("'", this.pos + 1);
        if (close < 0 || close >= this.end) throw this.unmatched(this.pos, "'");
        parts.push({ k: "quo", s: this.src.slice(this.pos + 1, close) });
        this.pos = close + 1;
        return;
      }
      case '"':
        parts.push(this.readDouble());
        return;
      case "`":
        parts.push(this.readTick(false));
        return;
      case "$": {
        if (this.src[this.pos + 1] === "'") {
          parts.push({ k: "quo", s: this.readAnsi() });
          return;
        }
        if (this.src[this.pos + 1] === '"') {
          this.pos += 1;
          parts.push(this.readDouble());
          return;
        }
        const part = this.readDollar(false);
        if (part !== undefined) parts.push(part);
        else {
          addText(parts, "lit", "$");
          this.pos += 1;
        }
        return;
      }
      default: {
        let to = this.pos + 1;
        while (
          to < this.end &&
          !"\\'\"`$[?*+@!()|".includes(this.src[to] as string) &&
          !stops.includes(this.src[to] as string)
        )
          to += 1;
        addText(parts, "lit", this.src.slice(this.pos, to));
        this.pos = to;
      }
    }
  }

  protected readDouble(): Part {
    const open = this.pos;
    this.pos += 1;
    const parts = this.readQuoted('"', open);
    return { k: "dq", parts };
  }

  /** Text with the rules of double quotes up to `close`, or to the end where there is none. */
  protected readQuoted(close: string, open: number, heredoc = false): Part[] {
    const parts: Part[] = [];
    for (;;) {
      if (this.atEnd()) {
        if (close === "") return parts;
        throw this.unmatched(open, close);
      }
      const c = this.src[this.pos] as string;
      if (c === close) {
        this.pos += 1;
        return parts;
      }
      if (c === "\\") {
        const next = this.src[this.pos + 1];
        if (next !== undefined && (next === "$" || next === "`" || next === "\\" || (next === '"' && !heredoc)))
          addText(parts, "quo", next);
        else if (next !== "\n") addText(parts, "quo", this.pos + 1 < this.end ? `\\${next}` : "\\");
        this.pos += 2;
        if (this.pos > this.end) this.pos = this.end;
      } else if (c === "`") parts.push(this.readTick(true));
      else if (c === "$") {
        const part = this.readDollar(true);
        if (part !== undefined) parts.push(part);
        else {
          addText(parts, "quo", "$");
          this.pos += 1;
        }
      } else {
        let to = this.pos + 1;
        while (to < this.end && !'\\"`$'.includes(this.src[to] as string)) to += 1;
        addText(parts, "quo", this.src.slice(this.pos, to));
        this.pos = to;
      }
    }
  }

  private readTick(inDouble: boolean): Part {
    const open = this.pos;
    let text = "";
    for (this.pos += 1; ; this.pos += 1) {
      if (this.atEnd()) throw this.unmatched(open, "`");
      const c = this.src[this.pos] as string;
      if (c === "`") break;
      if (c === "\\") {
        const next = this.src[this.pos + 1] ?? "";
        this.pos += 1;
        if (this.atEnd()) throw this.unmatched(open, "`");
        text += "$`\\".includes(next) || (inDouble && next === '"') ? next : c + next;
      } else text += c;
    }
    this.pos += 1;
    return { k: "tick", s: text };
  }

  private readProcess(dir: "<" | ">"): Part {
    this.pos += 2;
    return { k: "proc", dir, list: this.readSub() };
  }

  /** A command list up to `)`, remembered so that looking twice costs nothing. */
  private readSub(): List | undefined {
    const from = this.pos;
    const known = this.subs.get(from);
    if (known !== undefined) {
      this.pos = known.next;
      return known.list;
    }
    const list = this.substitution();
    this.subs.set(from, { list, next: this.pos });
    return list;
  }

  private readAnsi(): string {
    const open = this.pos;
    let close = this.pos + 2;
    while (close < this.end && this.src[close] !== "'") close += this.src[close] === "\\" ? 2 : 1;
    if (close >= this.end) throw this.unmatched(open + 1, "'");
    this.pos = close + 1;
    return unescapeAnsi(this.src.slice(open + 2, close));
  }

  /** A `$` form at the cursor; undefined where the `$` is only a character. */
  private readDollar(quoted: boolean): Part | undefined {
    const start = this.pos;
    const next = this.pos + 1 < this.end ? this.src[this.pos + 1] : undefined;
    if (next === undefined) return undefined;
    if (next === "(") {
      if (this.src[this.pos + 2] === "(") {
        const arith = this.readArith();
        if (arith !== undefined) return arith;
      }
      this.pos = start + 2;
      const list = this.readSub();
      return { k: "cmd", list, text: this.src.slice(start + 2, this.pos - 1) };
    }
    if (next === "{") return this.readBraced(quoted);
    if (next === "[") {
      this.pos += 1;
      this.skipPair("[", "]");
      return this.arithPart(start + 2, this.pos - 1);
    }
    NAME.lastIndex = this.pos + 1;
    const name = NAME.exec(this.src)?.[0] ?? ("@*#?-$!0123456789".includes(next) ? next : undefined);
    if (name === undefined) return undefined;
    this.pos += 1 + name.length;
    return { k: "par", name, text: `$${name}`, bare: true };
  }

  /** `$((…))`; undefined where it turns out to be `$( (…) … )`. */
  private readArith(): Part | undefined {
    const start = this.pos;
    this.pos += 1;
    this.skipPair("(", ")");
    const after = this.pos;
    this.pos = start + 2;
    this.skipPair("(", ")");
    if (this.pos + 1 === after && this.src[after - 1] === ")") {
      this.pos = after;
      return this.arithPart(start + 3, after - 2);
    }
    return undefined;
  }

  private arithPart(from: number, to: number): Part {
    const parts = this.within(from, to, () => this.readQuoted("", from));
    return { k: "arith", parts: parts ?? [{ k: "quo", s: this.src.slice(from, to) }], text: this.src.slice(from, to) };
  }

  /** An arithmetic text (of `((…))`, a `for` header, a subscript) as a word. */
  protected arithWord(from: number, to: number): Word {
    const parts = this.within(from, to, () => this.readQuoted("", from));
    const raw = this.src.slice(from, to);
    return { parts: [{ k: "dq", parts: parts ?? [{ k: "quo", s: raw }] }], raw };
  }

  /** Moves past a bracketed pair at the cursor, minding quotes and nested forms. */
  protected skipPair(open: string, close: string): void {
    const start = this.pos;
    this.pos += 1;
    for (let depth = 1; depth > 0; ) {
      if (this.atEnd()) throw this.unmatched(start, close);
      const c = this.src[this.pos] as string;
      if (c === open) depth += 1;
      else if (c === close) depth -= 1;
      if (c === open || c === close) this.pos += 1;
      else this.skipOne(c, false);
    }
  }

  /** Moves past one character or one quoted or nested form. */
  protected skipOne(c: string, quoted: boolean): void {
    if (c === "\\") this.pos += 2;
    else if (c === "'" && !quoted) this.readPart(c, [], "");
    else if (c === '"') this.readDouble();
    else if (c === "`") this.readTick(false);
    else if (c === "$" && (this.src[this.pos + 1] === "(" || this.src[this.pos + 1] === "{")) this.readDollar(quoted);
    else if (c === "$" && this.src[this.pos + 1] === "'" && !quoted) this.readAnsi();
    else this.pos += 1;
    if (this.pos > this.end) this.pos = this.end;
  }
}
