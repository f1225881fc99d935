// The compound commands of bash: groups, loops, choices, functions, coprocesses. Lists and simple commands are above them.

import type { CaseArm, Command, List, Redirect, Word } from "./ast.ts";
import { Conditions } from "./conditions.ts";
import { Misplaced } from "./faults.ts";
import { RESERVED, type Token } from "./tokens.ts";

export abstract class CompoundCommands extends Conditions {
  /** A list that may run over lines, up to a word or operator that ends it. */
  protected abstract list(): List;
  protected abstract command(): Command;

  protected skipNewlinesIn(): void {
    while (this.peek(true).t === "newline") this.next();
  }

  protected withRedirects(command: Command): Command {
    const redirs: Redirect[] = [];
    for (let redirect = this.redirect(); redirect !== undefined; redirect = this.redirect()) redirs.push(redirect);
    return redirs.length > 0 ? ({ ...command, redirs } as Command) : command;
  }

  protected compound(token: Token, line: number): Command | undefined {
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
  protected parenthesis(token: Token, line: number): Command {
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
    for (let last = false; !last; ) {
      this.skipNewlines();
      if (this.isWord("esac")) break;
      last = this.caseArm(arms);
    }
    this.expectWord("esac");
    return { t: "case", word: token.word as Word, arms, line };
  }

  /** Adds an arm; whether it ends without an operator, so that none follows. */
  private caseArm(arms: CaseArm[]): boolean {
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
      arms.push({ patterns, body, end: end.s });
      return false;
    }
    if (end.t !== "word" || end.s !== "esac") throw this.unexpected(end);
    arms.push({ patterns, body, end: ";;" });
    return true;
  }

  protected functionWord(line: number): Command {
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

  protected coproc(line: number): Command {
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

  /** `name () body` */
  protected shortFunction(name: Word, line: number): Command {
    this.next();
    const token = this.next();
    if (token.t !== "op" || token.s !== ")") throw this.unexpected(token);
    if (!/^[^$`'"\\]*$/.test(name.raw))
      throw new Misplaced([{ line, text: `\`${name.raw}': not a valid identifier` }], "array");
    return this.functionBody(name.raw, line);
  }
}
