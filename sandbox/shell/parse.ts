// The grammar of bash: text to a syntax tree, or a complaint, or a wish for more input.

import type { CaseArm, Command, List, Mutable, Redirect, Word } from "./ast.ts";
import { Conditions } from "./conditions.ts";
import type { ScanOptions } from "./cursor.ts";
import { type Effect, type Fault, Incomplete, Misplaced } from "./faults.ts";
import { REDIRECTS } from "./redirects.ts";
import { CLOSERS, RESERVED, type Token } from "./tokens.ts";

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

class Parser extends Conditions {
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

  private skipNewlinesIn(): void {
    while (this.peek(true).t === "newline") this.next();
  }

  /** A list that may run over lines, up to a word or operator that ends it. */
  private list(): List {
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

  private command(): Command {
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

  private withRedirects(command: Command): Command {
    const redirs: Redirect[] = [];
    for (let redirect = this.redirect(); redirect !== undefined; redirect = this.redirect()) redirs.push(redirect);
    return redirs.length > 0 ? ({ ...command, redirs } as Command) : command;
  }

  private compound(token: Token, line: number): Command | undefined {
    switch (token.s) {
      case "{": {
        this.next();
        const body = this.list();
        this.expectWord("}");
        return { t: "group", body, line };
      }
      case "if":
        this.next();
        return this.ifClause(line);
      case "while":
      case "until": {
        this.next();
        const test = this.list();
        return { t: token.s, test, body: this.doGroup(), line };
      }
      case "for":
      case "select":
        this.next();
        return this.forClause(token.s, line);
      case "case":
        this.next();
        return this.caseClause(line);
      case "[[":
        this.next();
        return this.condition(line);
      default:
        return undefined;
    }
  }

  /** `(…)` or `((…))`. */
  private parenthesis(token: Token, line: number): Command {
    if (this.src[token.start + 1] === "(") {
      const expr = this.doubleParen(token.start);
      if (expr !== undefined) return this.withRedirects({ t: "arith", expr, line });
    }
    this.token = undefined;
    this.pos = token.start + 1;
    const body = this.list();
    this.expectOp(")");
    return this.withRedirects({ t: "sub", body, line });
  }

  /** The text of `((…))` at a position; undefined where these are two subshells. */
  private doubleParen(start: number): Word | undefined {
    this.token = undefined;
    this.pos = start + 1;
    this.skipPair("(", ")");
    if (this.src[this.pos] !== ")" || this.atEnd()) {
      this.pos = start;
      return undefined;
    }
    const to = this.pos - 1;
    this.pos += 1;
    return this.arithWord(start + 2, to);
  }

  private ifClause(line: number): Command {
    const test = this.list();
    this.expectWord("then");
    const then = this.list();
    const token = this.next();
    if (token.s === "fi") return { t: "if", test, then, line };
    if (token.s === "elif") return { t: "if", test, then, else: this.ifClause(this.lineAt(token.start)), line };
    if (token.s !== "else" || token.t !== "word") throw this.unexpected(token);
    const last = this.list();
    this.expectWord("fi");
    return { t: "if", test, then, else: last, line };
  }

  private doGroup(): List {
    this.expectWord("do");
    const body = this.list();
    this.expectWord("done");
    return body;
  }

  /** `do … done` or `{ … }` after a for header. */
  private loopBody(): List {
    if (this.isWord("{")) {
      this.next();
      const body = this.list();
      this.expectWord("}");
      return body;
    }
    return this.doGroup();
  }

  private forClause(t: "for" | "select", line: number): Command {
    const token = this.next();
    if (t === "for" && token.t === "op" && token.s === "(" && this.src[token.start + 1] === "(")
      return this.arithFor(token, line);
    if (token.t !== "word") {
      throw this.unexpected(token);
    }
    const name = token.s;
    if (this.isOp(";")) {
      this.next();
      this.skipNewlines();
      return { t, name, body: this.loopBody(), line };
    }
    this.skipNewlines();
    if (!this.isWord("in")) return { t, name, body: this.loopBody(), line };
    this.next();
    const words: Word[] = [];
    while (this.peek().t === "word") words.push(this.next().word as Word);
    const end = this.next();
    if (end.t !== "newline" && !(end.t === "op" && end.s === ";")) throw this.unexpected(end);
    this.skipNewlines();
    return { t, name, words, body: this.loopBody(), line };
  }

  private arithFor(token: Token, line: number): Command {
    const whole = this.doubleParen(token.start);
    if (whole === undefined) throw this.unexpected(token);
    const to = this.pos - 2;
    const cuts = [token.start + 1];
    for (let at = token.start + 2, depth = 0; at < to; at++) {
      const c = this.src[at] as string;
      if (c === "(") depth += 1;
      else if (c === ")") depth -= 1;
      else if (c === ";" && depth === 0) cuts.push(at);
    }
    if (cuts.length !== 3) {
      const text = cuts.length < 3 ? "syntax error: arithmetic expression required" : "syntax error: `;' unexpected";
      throw new Misplaced([
        { line, text },
        { line, text: `syntax error: \`((${whole.raw}))'` },
      ]);
    }
    const part = (at: number) => this.arithWord((cuts[at] as number) + 1, cuts[at + 1] ?? to);
    const [init, test, step] = [part(0), part(1), part(2)];
    if (this.isOp(";")) this.next();
    this.skipNewlines();
    return { t: "cfor", init, test, step, body: this.loopBody(), line };
  }

  private caseClause(line: number): Command {
    const token = this.next();
    if (token.t !== "word") {
      throw this.unexpected(token);
    }
    this.skipNewlines();
    this.expectWord("in");
    const arms: CaseArm[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.isWord("esac")) break;
      arms.push(this.caseArm());
      if ((arms.at(-1) as { last?: boolean }).last) {
        delete (arms.at(-1) as { last?: boolean }).last;
        break;
      }
    }
    this.expectWord("esac");
    return { t: "case", word: token.word as Word, arms, line };
  }

  private caseArm(): CaseArm {
    if (this.isOp("(")) this.next();
    const patterns: Word[] = [];
    for (;;) {
      const token = this.next();
      if (token.t !== "word") throw this.unexpected(token);
      patterns.push(token.word as Word);
      const after = this.next();
      if (after.t === "op" && after.s === ")") break;
      if (after.t !== "op" || after.s !== "|") throw this.unexpected(after);
    }
    this.skipNewlinesIn();
    const token = this.peek(true);
    const empty =
      (token.t === "op" && token.s.startsWith(";") && token.s !== ";") || (token.t === "word" && token.s === "esac");
    const body = empty ? undefined : this.list();
    const end = this.peek();
    if (end.t === "op" && (end.s === ";;" || end.s === ";&" || end.s === ";;&")) {
      this.next();
      return { patterns, body, end: end.s };
    }
    if (end.t === "word" && end.s === "esac") return { patterns, body, end: ";;", last: true } as CaseArm;
    throw this.unexpected(end);
  }

  private functionWord(line: number): Command {
    this.next();
    const token = this.next();
    if (token.t !== "word") {
      throw this.unexpected(token);
    }
    if (this.isOp("(") && this.src[this.peek().start + 1] !== "(") {
      this.next();
      if (this.isOp(")")) this.next();
      else {
        // `function f ( list )`: the parenthesis was the body.
        const body = this.list();
        this.expectOp(")");
        return { t: "func", name: token.s, body: this.withRedirects({ t: "sub", body, line }), line };
      }
    }
    return this.functionBody(token.s, line);
  }

  private functionBody(name: string, line: number): Command {
    this.skipNewlinesIn();
    const token = this.peek(true);
    const at = this.lineAt(token.start);
    if (token.t === "op" && token.s === "(") return { t: "func", name, body: this.parenthesis(token, at), line };
    const body = token.t === "word" ? this.compound(token, at) : undefined;
    if (body === undefined) throw this.unexpected(token);
    return { t: "func", name, body: this.withRedirects(body), line };
  }

  private coproc(line: number): Command {
    this.next();
    const first = this.peek(true);
    if (first.t === "newline") throw this.unexpected(first);
    const start = first.start;
    if (first.t === "word" && /^[A-Za-z_]\w*$/.test(first.s) && !RESERVED.has(first.s)) {
      this.next();
      const second = this.peek(true);
      if (
        (second.t === "word" && ["{", "if", "while", "until", "for", "case", "select", "[["].includes(second.s)) ||
        (second.t === "op" && second.s === "(")
      ) {
        return { t: "coproc", name: first.s, body: this.command(), line };
      }
      // After a name bash knows reserved words again, and none but those above may stand there.
      if (second.t === "word" && second.s !== "time" && RESERVED.has(second.s)) throw this.unexpected(second);
      this.token = undefined;
      this.pos = start;
    }
    return { t: "coproc", name: "COPROC", body: this.command(), line };
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
        if (token.t === "op" && (token.s === "(" || token.s === ")") && token.s === "(") throw this.unexpected(token);
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

  /** `name () body` */
  private shortFunction(name: Word, line: number): Command {
    this.next();
    const token = this.next();
    if (token.t !== "op" || token.s !== ")") throw this.unexpected(token);
    if (!/^[^$`'"\\]*$/.test(name.raw))
      throw new Misplaced([{ line, text: `\`${name.raw}': not a valid identifier` }], "array");
    return this.functionBody(name.raw, line);
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
