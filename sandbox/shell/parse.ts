// The grammar of bash, from the top: text to a syntax tree, or a complaint, or a wish for more input.

import type { Command, List, Mutable, Redirect, Word } from "./ast.ts";
import { CompoundCommands } from "./compound.ts";
import type { ScanOptions } from "./cursor.ts";
import { type Effect, type Fault, Incomplete, Misplaced } from "./faults.ts";
import { REDIRECTS } from "./redirects.ts";
import { CLOSERS } from "./tokens.ts";

/** One unit of input: a line, or as many as its first command needs. */
export type Unit =
  | {
      readonly kind: "ok";
      readonly list: List | undefined;
      readonly next: number;
      readonly line: number;
      readonly warnings: readonly Fault[];
    }
  | { readonly kind: "incomplete" }
  | { readonly kind: "end" }
  | {
      readonly kind: "error";
      readonly faults: readonly Fault[];
      readonly warnings: readonly Fault[];
      readonly next: number;
      readonly effect: Effect;
    };

const DECLARERS = new Set(["declare", "typeset", "local", "export", "readonly", "alias", "eval", "let"]);

class Parser extends CompoundCommands {
  quoted() {
    return this.readQuoted("", 0, true);
  }

  // --- lists ---

  unit(): List | undefined {
    const first = this.peek(true);
    if (first.t === "newline") {
      this.next();
      return undefined;
    }
    const items: { c: Command; bg?: boolean }[] = [];
    for (;;) {
      const c = this.andOr();
      const token = this.next();
      if (token.t === "newline" || token.t === "eof") {
        items.push({ c });
        return { t: "list", items };
      }
      if (token.t !== "op" || (token.s !== ";" && token.s !== "&")) throw this.unexpected(token);
      items.push(token.s === "&" ? { c, bg: true } : { c });
      const after = this.peek(true);
      if (after.t === "newline" || after.t === "eof") {
        this.next();
        return { t: "list", items };
      }
    }
  }

  protected substitution(): List | undefined {
    const { token, zones, end, pending } = this;
    this.token = undefined;
    this.pending = [];
    try {
      this.skipNewlinesIn();
      const list = this.isOp(")") ? undefined : this.list();
      if (this.peek().t === "eof") {
        throw new Incomplete(this.lineAt(this.end), "unexpected EOF while looking for matching `)'");
      }
      this.expectOp(")");
      return list;
    } catch (fault) {
      if (fault instanceof Incomplete && fault.faults[0]?.text.startsWith("syntax error: unexpected end")) {
        throw new Incomplete(fault.faults[0].line, "unexpected EOF while looking for matching `)'");
      }
      throw fault;
    } finally {
      this.token = token;
      this.zones = zones;
      this.pending = [...pending, ...this.pending];
      if (this.end !== end && end <= this.src.length) this.end = this.end === this.src.length ? this.end : end;
    }
  }

  /** A list that may run over lines, up to a word or operator that ends it. */
  protected list(): List {
    this.skipNewlinesIn();
    const items: { c: Command; bg?: boolean }[] = [];
    for (;;) {
      const c = this.andOr();
      const token = this.peek();
      if (token.t === "newline") items.push({ c });
      else if (token.t === "op" && (token.s === ";" || token.s === "&"))
        items.push(token.s === "&" ? { c, bg: true } : { c });
      else {
        items.push({ c });
        return { t: "list", items };
      }
      this.next();
      this.skipNewlinesIn();
      const after = this.peek(true);
      if (
        after.t === "eof" ||
        (after.t === "op" && after.s !== "(" && !REDIRECTS.has(after.s)) ||
        (after.t === "word" && CLOSERS.has(after.s))
      ) {
        return { t: "list", items };
      }
    }
  }

  private andOr(): Command {
    let left = this.pipeline();
    for (;;) {
      const token = this.peek();
      if (token.t !== "op" || (token.s !== "&&" && token.s !== "||")) return left;
      this.next();
      this.skipNewlinesIn();
      left = { t: token.s === "&&" ? "and" : "or", l: left, r: this.pipeline() };
    }
  }

  private pipeline(): Command {
    const token = this.peek(true);
    if (token.t === "word" && token.s === "!") {
      this.next();
      return { t: "not", c: this.pipelineEnds() ? undefined : this.pipeline() };
    }
    if (token.t === "word" && token.s === "time") {
      this.next();
      let posix = false;
      for (this.peek(true); this.isWord("-p"); this.peek(true)) {
        this.next();
        posix = true;
      }
      if (this.isWord("--")) this.next();
      return { t: "time", posix, c: this.pipelineEnds() ? undefined : this.pipeline() };
    }
    const cmds = [this.command()];
    const errs: number[] = [];
    while (this.isOp("|") || this.isOp("|&")) {
      if (this.next().s === "|&") errs.push(cmds.length - 1);
      this.skipNewlinesIn();
      const after = this.peek(true);
      // `a | ! b` and `a | time b` are pipelines of their own in this place.
      cmds.push(after.t === "word" && (after.s === "!" || after.s === "time") ? this.pipeline() : this.command());
    }
    if (cmds.length === 1) return cmds[0] as Command;
    return errs.length > 0 ? { t: "pipe", cmds, errs } : { t: "pipe", cmds };
  }

  private pipelineEnds(): boolean {
    const token = this.peek(true);
    return token.t === "newline" || token.t === "eof" || (token.t === "op" && (token.s === ";" || token.s === "&"));
  }

  // --- commands ---

  protected command(): Command {
    for (;;) {
      const token = this.peek(true);
      if (token.t === "word" && this.expandAlias(token)) continue;
      break;
    }
    const token = this.peek(true);
    const line = this.lineAt(token.start);
    if (token.t === "op" && token.s === "(") return this.parenthesis(token, line);
    if (token.t === "word") {
      const compound = this.compound(token, line);
      if (compound !== undefined) return this.withRedirects(compound);
      if (CLOSERS.has(token.s)) throw this.unexpected(token);
      if (token.s === "function" || token.s === "coproc")
        return token.s === "coproc" ? this.coproc(line) : this.functionWord(line);
    } else if (token.t !== "op" || !REDIRECTS.has(token.s)) throw this.unexpected(token);
    return this.simple(line);
  }

  private simple(line: number): Command {
    const assigns: Mutable<{ name: string }>[] = [];
    const words: Word[] = [];
    const redirs: Redirect[] = [];
    for (;;) {
      const first = words[0];
      const assignable = first === undefined || (first.plain !== undefined && DECLARERS.has(first.plain));
      const redirect = this.redirect(assignable);
      if (redirect !== undefined) {
        redirs.push(redirect);
        continue;
      }
      const token = this.peek(assignable);
      if (token.t === "op" && token.s === "(" && words.length === 1 && assigns.length === 0 && redirs.length === 0) {
        return this.shortFunction(words[0] as Word, line);
      }
      if (token.t !== "word") {
        if (token.t === "op" && token.s === "(") throw this.unexpected(token);
        break;
      }
      if (words.length > 0 ? this.aliasFollows(token) : assigns.length > 0 && this.expandAlias(token)) continue;
      this.next();
      const word = token.word as Word;
      if (words.length === 0 && word.assign !== undefined) assigns.push(word.assign);
      else words.push(word);
    }
    const rest = redirs.length > 0 ? { redirs, line } : { line };
    return { t: "simple", assigns: assigns as never, words, ...rest };
  }
}

/** A text with the rules of a here-document as a word: prompts, PS4. */
export function parseText(text: string): Word {
  const parser = new Parser(text, { final: true });
  try {
    return { parts: [{ k: "dq", parts: parser.quoted() }], raw: text };
  } catch (fault) {
    if (fault instanceof Incomplete || fault instanceof Misplaced) return { parts: [{ k: "quo", s: text }], raw: text };
    throw fault;
  }
}

/** Parses one unit of `src` from `from` on: a line with all that belongs to it. */
export function parseUnit(src: string, from: number, options: ScanOptions): Unit {
  if (from >= src.length) return { kind: "end" };
  const parser = new Parser(src.endsWith("\n") ? src : `${src}\n`, options);
  const length = parser.src.length;
  const place = (pos: number) => Math.min(src.length, Math.max(from, pos - (parser.src.length - length)));
  parser.pos = from;
  try {
    const list = parser.unit();
    return { kind: "ok", list, next: place(parser.pos), line: parser.lineAt(from), warnings: parser.warnings };
  } catch (fault) {
    const warnings = parser.warnings;
    if (fault instanceof Incomplete) {
      if (!options.final) return { kind: "incomplete" };
      return { kind: "error", faults: fault.faults, warnings, next: src.length, effect: fault.effect };
    }
    if (!(fault instanceof Misplaced)) throw fault;
    const at = parser.src.indexOf("\n", Math.max(parser.pos - 1, 0));
    return {
      kind: "error",
      faults: fault.faults,
      warnings,
      next: at < 0 ? src.length : place(at + 1),
      effect: fault.effect,
    };
  }
}
