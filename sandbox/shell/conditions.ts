// The expressions of [[ … ]].

import type { Command, Cond, Word } from "./ast.ts";
import { type Fault, Incomplete, Misplaced } from "./faults.ts";
import { Redirects } from "./redirects.ts";
import type { Token } from "./tokens.ts";
import { makeWord } from "./word-parts.ts";

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const BINARY = new Set([
  "=",
  "==",
  "!=",
  "=~",
  "<",
  ">",
  "-eq",
  "-ne",
  "-lt",
  "-le",
  "-gt",
  "-ge",
  "-nt",
  "-ot",
  "-ef",
]);

export abstract class Conditions extends Redirects {
  protected condition(line: number): Command {
    const extglob = this.extglob;
    try {
      const expr = this.condOr();
      this.skipNewlines();
      const token = this.next();
      if (token.t === "word" && token.s === "]]") return { t: "cond", expr, line };
      if (token.t === "eof")
        throw new Incomplete(this.lineAt(token.start) - 1, "unexpected EOF while looking for `]]'");
      throw this.condFault(
        token,
        `syntax error in conditional expression${token.t === "op" ? `: unexpected token \`${token.s}'` : ""}`,
      );
    } finally {
      this.extglob = extglob;
    }
  }

  private condFault(token: Token, text: string): Misplaced | Incomplete {
    const line = this.lineAt(token.start);
    return token.t === "eof" ? new Incomplete(line, text) : new Misplaced([{ line, text }], "cond");
  }

  private condOr(): Cond {
    const l = this.condAnd();
    if (!this.isOp("||")) return l;
    this.next();
    return { t: "or", l, r: this.condOr() };
  }

  private condAnd(): Cond {
    const l = this.condTerm();
    this.condSkip();
    if (!this.isOp("&&")) return l;
    this.next();
    return { t: "and", l, r: this.condAnd() };
  }

  private condSkip(): void {
    while (this.peek().t === "newline") this.next();
  }

  private condTerm(): Cond {
    this.condSkip();
    const token = this.next();
    if (token.t === "op" && token.s === "(") {
      const c = this.condInner();
      this.condSkip();
      const close = this.next();
      if (close.t === "eof") throw new Incomplete(this.lineAt(close.start) - 1, "unexpected token `EOF', expected `)'");
      if (close.t !== "op" || close.s !== ")")
        throw this.condFault(close, `unexpected token \`${close.s}', expected \`)'`);
      return { t: "paren", c };
    }
    if (token.t === "word" && token.s === "!") return { t: "not", c: this.condTerm() };
    if (token.t !== "word")
      throw this.condFault(token, `unexpected token \`${token.t === "eof" ? "EOF" : token.s}' in conditional command`);
    if (token.s === "]]") throw this.condFault(token, "");
    return UNARY.test(token.s) && !this.isOp(")") ? this.condUnary(token) : this.condBinary(token);
  }

  /** What stands in parentheses; a mistake at the end of the input is told twice. */
  private condInner(): Cond {
    try {
      return this.condOr();
    } catch (fault) {
      if ((fault instanceof Incomplete || fault instanceof Misplaced) && this.atEnd()) {
        const all = [...fault.faults, { line: this.lineAt(this.end) - 1, text: "expected `)'" }];
        if (fault instanceof Misplaced) throw new Misplaced(all, fault.effect);
        fault.faults.push(all.at(-1) as Fault);
      }
      throw fault;
    }
  }

  private condUnary(token: Token): Cond {
    const arg = this.next();
    if (arg.t === "word" && arg.s !== "]]") return { t: "unary", op: token.s, arg: arg.word as Word };
    throw this.condFault(arg, `unexpected argument \`${arg.s}' to conditional unary operator`);
  }

  private condBinary(left: Token): Cond {
    const w = left.word as Word;
    const token = this.peek();
    const ends =
      (token.t === "op" && (token.s === "&&" || token.s === "||" || token.s === ")")) ||
      (token.t === "word" && token.s === "]]");
    if (ends) return { t: "word", w };
    const op = token.s;
    if (!(token.t === "word" && BINARY.has(op)) && !(token.t === "op" && (op === "<" || op === ">"))) {
      const what = "conditional binary operator expected";
      throw this.condFault(token, token.t === "word" ? what : `unexpected token \`${op}', ${what}`);
    }
    this.next();
    return { t: "binary", op, l: w, r: this.condRight(op) };
  }

  private regexParts() {
    try {
      return this.readParts(" \t\n;&<>)", true);
    } catch (fault) {
      if (fault instanceof Incomplete)
        fault.faults.push({ line: this.lineAt(this.end), text: "unexpected argument to conditional binary operator" });
      throw fault;
    }
  }

  private condRight(op: string): Word {
    const extglob = this.extglob;
    if (op === "=~") {
      this.skipBlank(false);
      const start = this.pos;
      const parts = this.regexParts();
      if (this.pos > start && this.src.slice(start, this.pos) !== "]]")
        return makeWord(parts, this.src.slice(start, this.pos));
      this.pos = start;
    } else if (op === "==" || op === "=" || op === "!=") this.extglob = true;
    const token = this.next();
    this.extglob = extglob;
    if (token.t === "word" && token.s !== "]]") return token.word as Word;
    throw this.condFault(token, `unexpected argument \`${token.s}' to conditional binary operator`);
  }
}
