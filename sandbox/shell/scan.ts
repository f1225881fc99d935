// From characters to words: quoting, `$` forms and here-documents. Knows no grammar of commands.

import { byteText, C_ESCAPES, joinBytes } from "../lib/escapes.ts";
import type { ArrayItem, Assign, List, Param, Part, Redirect, Word } from "./ast.ts";

export interface Fault {
  readonly line: number;
  readonly text: string;
}

/** More input is needed, or, where there is none, a mistake. Never leaves the parser. */
export class Incomplete {
  readonly faults: Fault[];
  /** What it does to the shell where no more input comes: see Unit. */
  readonly effect: Effect;
  constructor(line: number, text: string, effect: Effect = "syntax") {
    this.faults = [{ line, text }];
    this.effect = effect;
  }
}

/** A mistake in the grammar. Never leaves the parser. */
export class Misplaced {
  readonly faults: readonly Fault[];
  /** What it does to the shell: see Unit. */
  readonly effect: Effect;
  constructor(faults: readonly Fault[], effect: Effect = "syntax") {
    this.faults = faults;
    this.effect = effect;
  }
}

/**
 * `syntax`: status 2, a script ends. `cond`: a mistake in `[[ ]]`, which bash 5.2 takes for the end of the input.
 * `array`: a mistake in an array or a function's name: status 1, the script goes on.
 */
export type Effect = "syntax" | "cond" | "array";

export interface ScanOptions {
  readonly extglob?: boolean | undefined;
  readonly posix?: boolean | undefined;
  readonly aliases?: ReadonlyMap<string, string> | undefined;
  /** No more input will come: its end is the end of the last word. */
  readonly final?: boolean | undefined;
  readonly line?: number | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DECLARE = /[A-Za-z_][A-Za-z0-9_]*(?=\[|\+?=)/y;
const META = " \t\n|&;()<>";
const PLAIN = /^[^*?[\]{}~\\]*$/;

/** Appends text to a list of parts, joining neighbours of the same kind. */
function addText(parts: Part[], k: "lit" | "quo", s: string): void {
  const last = parts.at(-1);
  if (last !== undefined && last.k === k) parts[parts.length - 1] = { k, s: last.s + s };
  else parts.push({ k, s });
}

/** A word out of parts. */
export function makeWord(parts: readonly Part[], raw: string): Word {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.k === "lit" && PLAIN.test(only.s)) return { parts, raw, plain: only.s };
  return { parts, raw };
}

export interface PendingDoc {
  readonly redirect: Mutable<Redirect>;
  readonly delimiter: string;
  readonly strip: boolean;
}

export abstract class Scanner {
  src: string;
  pos = 0;
  end: number;
  readonly options: ScanOptions;
  extglob: boolean;
  pending: PendingDoc[] = [];
  warnings: Fault[] = [];
  private lineBase: number;
  private linePos = 0;
  private subs = new Map<number, { list: List | undefined; next: number }>();

  constructor(src: string, options: ScanOptions) {
    this.src = src;
    this.end = src.length;
    this.options = options;
    this.extglob = options.extglob ?? false;
    this.lineBase = options.line ?? 1;
  }

  /** The list up to the closing parenthesis of a substitution. */
  protected abstract substitution(): List | undefined;

  /** Forgets what was remembered by position. */
  protected moved(): void {
    this.subs.clear();
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

  // --- words ---

  /** The word at the cursor. `assignable`: `name[…]=` and `name=(…)` count. */
  protected readWord(assignable: boolean): Word {
    const start = this.pos;
    const assign = this.readAssign(assignable);
    if (assign !== undefined) {
      const raw = this.src.slice(start, this.pos);
      const prefix = raw.slice(0, raw.length - assign.value.raw.length);
      const parts: Part[] = [];
      if (assign.sub !== undefined) {
        addText(parts, "lit", `${assign.name}[`);
        parts.push(...assign.sub.parts);
        addText(parts, "lit", assign.append ? "]+=" : "]=");
      } else addText(parts, "lit", prefix);
      for (const part of assign.value.parts) part.k === "lit" ? addText(parts, "lit", part.s) : parts.push(part);
      return { parts, raw, assign };
    }
    const parts = this.readParts(META, undefined, assignable);
    return makeWord(parts, this.src.slice(start, this.pos));
  }

  private readAssign(assignable: boolean): Assign | undefined {
    DECLARE.lastIndex = this.pos;
    const name = DECLARE.exec(this.src)?.[0];
    if (name === undefined) return undefined;
    const start = this.pos;
    this.pos += name.length;
    let sub: Word | undefined;
    if (this.src[this.pos] === "[") {
      if (!assignable) {
        this.pos = start;
        return undefined;
      }
      sub = this.readSubscript();
    }
    const append = this.lookingAt("+=");
    if (!append && !this.lookingAt("=")) {
      this.pos = start;
      return undefined;
    }
    this.pos += append ? 2 : 1;
    const rest = sub === undefined ? { name, append } : { name, sub, append };
    if (assignable && this.src[this.pos] === "(") {
      const from = this.pos;
      const items = this.readArray();
      return { ...rest, value: { parts: [], raw: this.src.slice(from, this.pos) }, items };
    }
    const from = this.pos;
    const value = makeWord(this.readParts(META), this.src.slice(from, this.pos));
    return { ...rest, value };
  }

  /** `[…]` at the cursor. */
  private readSubscript(): Word {
    const open = this.pos;
    this.skipPair("[", "]");
    const close = this.pos - 1;
    const word = this.within(open + 1, close, () => this.readParts(""));
    this.pos = close + 1;
    return makeWord(word ?? [], this.src.slice(open + 1, close));
  }

  /** `( … )` of an array assignment. */
  private readArray(): ArrayItem[] {
    const items: ArrayItem[] = [];
    this.pos += 1;
    for (;;) {
      this.skipBlank(true);
      if (this.atEnd()) throw this.unmatched(this.end - 1, ")", "array");
      const c = this.src[this.pos] as string;
      if (c === ")") break;
      if (META.includes(c) && !(this.lookingAt("<(") || this.lookingAt(">("))) {
        const two = this.src.slice(this.pos, this.pos + 2);
        throw this.near(
          ["&&", "||", ";;", "<<", ">>", "<&", ">&", "&>", "<>"].includes(two) ? two : c,
          this.pos,
          "array",
        );
      }
      try {
        items.push(this.readItem());
      } catch (fault) {
        if (fault instanceof Incomplete)
          fault.faults.push({ line: this.lineAt(this.src.length), text: "syntax error: unexpected end of file" });
        throw fault;
      }
    }
    this.pos += 1;
    return items;
  }

  private readItem(): ArrayItem {
    const start = this.pos;
    if (this.src[this.pos] === "[") {
      const sub = this.readSubscript();
      const append = this.lookingAt("+=");
      if (append || this.lookingAt("=")) {
        this.pos += append ? 2 : 1;
        const from = this.pos;
        return { sub, append, value: makeWord(this.readParts(META), this.src.slice(from, this.pos)) };
      }
      this.pos = start;
    }
    return { value: makeWord(this.readParts(META), this.src.slice(start, this.pos)) };
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
  private continued(): void {
    if (this.pos >= this.src.length && !this.options.final) throw new Incomplete(this.lineAt(this.pos), "");
  }

  protected skipComment(): void {
    const at = this.src.indexOf("\n", this.pos);
    this.pos = at < 0 ? this.end : Math.min(at, this.end);
  }

  /** Runs `read` on a stretch of the text; undefined where the stretch ends inside a quote. */
  private within<T>(from: number, to: number, read: () => T): T | undefined {
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

  private readDouble(): Part {
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
  private skipOne(c: string, quoted: boolean): void {
    if (c === "\\") this.pos += 2;
    else if (c === "'" && !quoted) this.readPart(c, [], "");
    else if (c === '"') this.readDouble();
    else if (c === "`") this.readTick(false);
    else if (c === "$" && (this.src[this.pos + 1] === "(" || this.src[this.pos + 1] === "{")) this.readDollar(quoted);
    else if (c === "$" && this.src[this.pos + 1] === "'" && !quoted) this.readAnsi();
    else this.pos += 1;
    if (this.pos > this.end) this.pos = this.end;
  }

  // --- ${…} ---

  private readBraced(quoted: boolean): Part {
    const start = this.pos;
    const from = start + 2;
    this.pos = from;
    const head = /^[!#]?(?:\w+|[@*#?$!-])?(?:\[[^\]]*\])?/.exec(this.src.slice(from, from + 200))?.[0] ?? "";
    const pattern = "#%/^,".includes(this.src[from + head.length] ?? " ");
    while (this.src[this.pos] !== "}" || this.atEnd()) {
      if (this.atEnd()) throw this.unmatched(start, "}");
      this.skipOne(this.src[this.pos] as string, quoted && !pattern);
    }
    const to = this.pos;
    this.pos = to + 1;
    const text = this.src.slice(start, to + 1);
    return this.within(from, to, () => this.readParam(to, text, quoted)) ?? { k: "bad", text };
  }

  private readParam(to: number, text: string, quoted: boolean): Part | undefined {
    const param: Mutable<Param> = { k: "par", name: "", text };
    const first = this.src[this.pos];
    const rest = this.src.slice(this.pos + 1, to);
    if (first === "#" && /^(?:[A-Za-z_]\w*(?:\[.*\])?|\d+|[@*?$!#-])$/s.test(rest)) {
      param.len = true;
      this.pos += 1;
    } else if (first === "!" && /^(?:[A-Za-z_0-9]|[@*#?$!-]$)/.test(rest)) {
      param.ind = true;
      this.pos += 1;
    }
    NAME.lastIndex = this.pos;
    const c = this.src[this.pos] ?? "";
    const name =
      NAME.exec(this.src)?.[0] ?? /^\d+/.exec(this.src.slice(this.pos, to))?.[0] ?? ("@*#?-$!".includes(c) ? c : "");
    if (name === "" || this.atEnd()) return undefined;
    param.name = name;
    this.pos += name.length;
    if (this.src[this.pos] === "[" && this.pos < to && /^[A-Za-z_]/.test(name)) {
      const sub = this.readSubscript();
      if (sub.raw === "") return undefined;
      param.sub = sub.raw === "@" || sub.raw === "*" ? sub.raw : sub;
    }
    if (this.atEnd()) return param;
    if (param.len) return undefined;
    if (param.ind && this.pos === to - 1 && (this.src[this.pos] === "*" || this.src[this.pos] === "@")) {
      delete param.ind;
      param.prefix = this.src[this.pos] as "@" | "*";
      return param;
    }
    return this.readOperator(param, to, quoted) ? param : undefined;
  }

  private readOperator(param: Mutable<Param>, to: number, quoted: boolean): boolean {
    const rest = this.src.slice(this.pos, to);
    const op = /^(?::?[-=?+]|##?|%%?|\/[/#%]?|\^\^?|,,?|~~?|@[QEPAaKkUuL]$|:)/.exec(rest)?.[0];
    if (op === undefined) return false;
    // `//` and the like need a pattern; an empty one after `/#` is the character itself.
    param.op = op;
    this.pos += op.length;
    const from = this.pos;
    if (op.startsWith("@")) return true;
    if (op === ":") {
      const colon = this.findColon(to);
      param.arg = this.arithWord(from, colon);
      if (colon < to) param.arg2 = this.arithWord(colon + 1, to);
      return true;
    }
    if (op.startsWith("/")) {
      const saved = this.pos;
      // The slash of `${x///…}` belongs to the pattern where it comes first.
      const parts = this.src[saved] === "/" && op !== "//" ? [] : this.patternParts();
      param.arg = makeWord(parts, this.src.slice(from, this.pos));
      if (!this.atEnd()) {
        const at = this.pos + 1;
        this.pos = at;
        const extglob = this.extglob;
        this.extglob = false;
        param.arg2 = makeWord(this.readParts(""), this.src.slice(at, to));
        this.extglob = extglob;
      }
      return true;
    }
    const parts = "#%^,~".includes(op[0] as string)
      ? this.readParts("")
      : quoted
        ? this.readInner()
        : this.readParts("");
    param.arg = makeWord(parts, this.src.slice(from, to));
    return true;
  }

  /** The pattern of `${x/pattern/…}`: up to a slash that is not quoted. */
  private patternParts(): Part[] {
    const parts: Part[] = [];
    if (this.src[this.pos] === "/" && !this.atEnd()) {
      addText(parts, "lit", "/");
      this.pos += 1;
    }
    return [...parts, ...this.readParts("/")];
  }

  /** The word of `"${x:-word}"`: double-quote rules, but inner double quotes group. */
  private readInner(): Part[] {
    const parts: Part[] = [];
    while (!this.atEnd()) {
      const c = this.src[this.pos] as string;
      if (c === '"') parts.push(this.readDouble());
      else {
        const end = this.end;
        let to = this.pos;
        const stop = this.pos;
        while (to < end && this.src[to] !== '"') {
          const saved = this.pos;
          this.pos = to;
          this.skipOne(this.src[to] as string, true);
          to = this.pos;
          this.pos = saved;
        }
        this.end = to;
        this.pos = stop;
        try {
          parts.push({ k: "dq", parts: this.readBraceText() });
        } finally {
          this.end = end;
        }
        this.pos = to;
      }
    }
    return parts;
  }

  private readBraceText(): Part[] {
    const parts = this.readQuoted("", this.pos);
    // A backslash before } is dropped here, unlike in plain double quotes.
    return parts.map((part) => (part.k === "quo" ? { k: "quo", s: part.s.replace(/\\}/g, "}") } : part));
  }

  private findColon(to: number): number {
    const saved = this.pos;
    let found = to;
    let ternary = 0;
    let depth = 0;
    while (this.pos < to) {
      const c = this.src[this.pos] as string;
      if (c === "(") depth += 1;
      if (c === ")") depth -= 1;
      if (c === "?") ternary += 1;
      if (c === ":" && depth === 0) {
        if (ternary === 0) {
          found = this.pos;
          break;
        }
        ternary -= 1;
      }
      this.skipOne(c, false);
    }
    this.pos = saved;
    return found;
  }

  // --- here-documents ---

  /** Reads the bodies that are due; the cursor stands after a newline. */
  protected readDocuments(): void {
    const due = this.pending;
    this.pending = [];
    for (const doc of due) this.readDocument(doc);
  }

  private readDocument(doc: PendingDoc): void {
    const lines: string[] = [];
    const start = this.pos;
    const first = this.lineAt(start) - 1;
    for (;;) {
      if (this.atEnd()) {
        if (!this.options.final) throw new Incomplete(first, "");
        const text = `warning: here-document at line ${first} delimited by end-of-file (wanted \`${doc.delimiter}')`;
        this.warnings.push({ line: this.lineAt(this.pos) - 1, text });
        break;
      }
      const at = this.src.indexOf("\n", this.pos);
      const stop = at < 0 || at > this.end ? this.end : at;
      let line = this.src.slice(this.pos, stop);
      this.pos = at < 0 || at >= this.end ? this.end : at + 1;
      if (doc.strip) line = line.replace(/^\t+/, "");
      // An unquoted body joins lines at a backslash before it looks for the delimiter.
      while (!doc.redirect.quoted && /(?:^|[^\\])(?:\\\\)*\\$/.test(line) && !this.atEnd()) {
        const next = this.src.indexOf("\n", this.pos);
        const to = next < 0 || next > this.end ? this.end : next;
        line = line.slice(0, -1) + this.src.slice(this.pos, to);
        this.pos = next < 0 ? this.end : next + 1;
      }
      if (line === doc.delimiter) break;
      lines.push(`${line}\n`);
    }
    const raw = lines.join("");
    doc.redirect.body = doc.redirect.quoted
      ? { parts: [{ k: "quo", s: raw }], raw }
      : { parts: [{ k: "dq", parts: this.bodyParts(raw) }], raw };
  }

  /** Parts of an unquoted body, scanned apart because tabs and joined lines are gone from it. */
  private bodyParts(raw: string): Part[] {
    const { src, pos, end, subs } = this;
    this.src = raw;
    this.pos = 0;
    this.end = raw.length;
    this.subs = new Map();
    try {
      return this.readQuoted("", 0, true);
    } catch (fault) {
      if (!(fault instanceof Incomplete || fault instanceof Misplaced)) throw fault;
      return [{ k: "bad", text: raw.trimEnd() }];
    } finally {
      this.src = src;
      this.pos = pos;
      this.end = end;
      this.subs = subs;
      this.linePos = 0;
      this.lineBase = this.options.line ?? 1;
    }
  }
}

const ANSI: Readonly<Record<string, string>> = {
  ...C_ESCAPES,
  e: "\x1b",
  E: "\x1b",
  "'": "'",
  '"': '"',
  "?": "?",
};

/** What $'…' stands for. */
export function unescapeAnsi(text: string): string {
  const out = text.replace(
    /\\(?:([abeEfnrtv\\'"?])|([0-7]{1,3})|x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c([\s\S]))/g,
    (_, plain?: string, octal?: string, wide?: string, hex?: string, u?: string, big?: string, control?: string) => {
      if (plain !== undefined) return ANSI[plain] ?? plain;
      if (octal !== undefined) return byteText(Number.parseInt(octal, 8) & 255);
      const byte = wide ?? hex;
      if (byte !== undefined) return byteText(Number.parseInt(byte, 16) & 255);
      if (control !== undefined)
        return String.fromCharCode(control === "?" ? 127 : control.toUpperCase().charCodeAt(0) & 31);
      const point = Number.parseInt(u ?? big ?? "0", 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "";
    },
  );
  const nul = out.indexOf("\0");
  return joinBytes(nul < 0 ? out : out.slice(0, nul));
}
