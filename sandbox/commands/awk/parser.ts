// The grammar of awk as mawk has it, from tokens straight to closures: rules, functions, statements.

import { ExpressionParser } from "./expression-parser.ts";
import { ProgramError, type Token } from "./lexer.ts";
import { type Expr, evaluate, type Signal, type Statement } from "./nodes.ts";
import { block, doLoop, forIn, forLoop, type Program, printTo, type Redirect, type Rule } from "./statements.ts";
import { toBoolean, toNumber } from "./values.ts";

/** Parses a whole program; wrong ones end in a ProgramError. */
export function parseProgram(text: string): Program {
  return new Parser(text).run();
}

class Parser extends ExpressionParser {
  private loops = 0;
  private inBegin = false;

  run(): Program {
    const rules: Rule[] = [];
    this.skipNewlines();
    while (this.peek().kind !== "end") {
      if (this.isWord("function")) this.function();
      else rules.push(this.rule());
      const after = this.peek();
      if (after.text === ";" && after.kind === "sign") {
        this.take();
        this.skipNewlines();
      } else this.skipNewlines();
    }
    for (const { name, count, line } of this.calls) {
      const found = this.functions.get(name);
      if (found?.body === undefined) this.failAt(this.lexer.line, `function ${name} never defined`);
      if (count > found.params) this.failAt(line, `too many arguments in call to ${name}`);
    }
    if (this.lexer.problems.length > 0) throw new ProgramError(this.lexer.problems);
    const slots = new Map([...this.symbols].map(([name, symbol]) => [name, symbol.slot]));
    return { rules, slots };
  }

  private rule(): Rule {
    const token = this.peek();
    if (this.isWord("BEGIN") || this.isWord("END")) {
      this.take();
      if (!this.is("{")) this.syntaxError();
      this.inBegin = true;
      const body = this.block();
      this.inBegin = false;
      return { kind: token.text === "BEGIN" ? "begin" : "end", body };
    }
    if (this.is("{")) return { kind: "main", body: this.block() };
    const pattern = this.expression();
    if (!this.accept(","))
      return { kind: "main", pattern, ...(this.is("{") ? { body: this.block() } : this.endOfPattern()) };
    this.skipNewlines();
    const until = this.expression();
    return { kind: "main", pattern, until, ...(this.is("{") ? { body: this.block() } : this.endOfPattern()) };
  }

  private endOfPattern(): Record<string, never> {
    const { kind } = this.peek();
    if (kind !== "newline" && kind !== "end" && !this.is(";")) this.syntaxError();
    return {};
  }

  private function(): void {
    this.take();
    const name = this.take();
    if (name.kind !== "name" && name.kind !== "call") {
      this.ahead.unshift(name);
      this.syntaxError();
    }
    this.expect("(");
    const params: string[] = [];
    while (!this.is(")")) {
      const param = this.peek();
      if (param.kind !== "name") this.syntaxError();
      params.push(this.take().text);
      if (this.accept(",")) this.skipNewlines();
      else if (!this.is(")")) this.syntaxError();
    }
    this.take();
    this.skipNewlines();
    if (!this.is("{")) this.syntaxError();
    const entry = this.functionEntry(name.text);
    entry.params = params.length;
    this.locals = params;
    entry.body = this.block();
    this.locals = undefined;
  }

  private block(): Statement {
    this.expect("{");
    const statements: Statement[] = [];
    for (;;) {
      while (this.peek().kind === "newline" || this.is(";")) this.take();
      if (this.peek().kind === "end") this.syntaxError();
      if (this.accept("}")) return block(statements);
      statements.push(this.statement());
    }
  }

  /** End of a simple statement: newline, semicolon, or a brace that stays. */
  private terminator(): void {
    const token = this.peek();
    if (token.kind === "newline" || this.is(";")) {
      this.take();
      this.skipNewlines();
    } else if (!this.is("}")) this.syntaxError();
  }

  private body(): Statement {
    this.skipNewlines();
    if (this.accept(";")) return block([]);
    // An if or a loop right before a closing brace has an empty body.
    return this.is("}") ? block([]) : this.statement();
  }

  private loopBody(): Statement {
    this.loops++;
    const body = this.body();
    this.loops--;
    return body;
  }

  private statement(): Statement {
    const token = this.peek();
    if (this.is("{")) {
      const body = this.block();
      this.skipNewlines();
      return body;
    }
    if (token.kind !== "keyword" || token.text === "getline") {
      const expr = this.expression();
      this.terminator();
      const { sync } = expr;
      if (sync !== undefined) {
        return function* (rt) {
          sync(rt);
          return undefined;
        };
      }
      return function* (rt) {
        yield* evaluate(expr, rt);
        return undefined;
      };
    }
    switch (token.text) {
      case "if":
        return this.if();
      case "while": {
        this.take();
        const test = this.parenthesized();
        return forLoop(undefined, test, undefined, this.loopBody());
      }
      case "do":
        return this.do();
      case "for":
        return this.for();
      case "print":
      case "printf":
        return this.print();
      case "delete":
        return this.delete();
      case "break":
      case "continue":
        this.take();
        if (this.loops === 0) this.failAt(token.line, `${token.text} statement outside of loop`);
        return this.signal(token.text);
      case "next":
      case "nextfile":
        this.take();
        if (this.inBegin || this.locals !== undefined) this.failAt(token.line, `improper use of ${token.text}`);
        return this.signal(token.text);
      case "exit":
      case "return": {
        this.take();
        if (token.text === "return" && this.locals === undefined)
          this.failAt(token.line, "return outside function body");
        const bare = this.peek().kind === "newline" || this.is(";") || this.is("}");
        const value = bare ? undefined : this.expression();
        this.terminator();
        const isExit = token.text === "exit";
        return function* (rt) {
          const result = value === undefined ? undefined : yield* evaluate(value, rt);
          if (!isExit) rt.returned = result;
          else if (value !== undefined) rt.status = Math.trunc(toNumber(result)) & 255;
          return isExit ? "exit" : "return";
        };
      }
      default:
        return this.syntaxError();
    }
  }

  private signal(signal: Signal): Statement {
    this.terminator();
    return function* () {
      return signal;
    };
  }

  private parenthesized(): Expr {
    this.expect("(");
    const test = this.expression();
    this.expect(")");
    return test;
  }

  private if(): Statement {
    this.take();
    const test = this.parenthesized();
    const yes = this.body();
    this.skipNewlines();
    if (this.is(";") && this.peek(1).kind === "keyword" && this.peek(1).text === "else") this.take();
    let no: Statement | undefined;
    if (this.isWord("else")) {
      this.take();
      no = this.body();
    }
    return function* (rt) {
      if (toBoolean(yield* evaluate(test, rt))) return yield* yes(rt);
      return no === undefined ? undefined : yield* no(rt);
    };
  }

  private do(): Statement {
    this.take();
    const body = this.loopBody();
    this.skipNewlines();
    if (!this.isWord("while")) this.syntaxError();
    this.take();
    const test = this.parenthesized();
    this.terminator();
    return doLoop(body, test);
  }

  private for(): Statement {
    this.take();
    this.expect("(");
    const [name, word, array, close] = [this.peek(0), this.peek(1), this.peek(2), this.peek(3)];
    if (
      name.kind === "name" &&
      word.kind === "keyword" &&
      word.text === "in" &&
      array.kind === "name" &&
      close.text === ")"
    ) {
      const place = this.variable(this.take()).place;
      this.take();
      const ref = this.arrayRef(this.take());
      this.take();
      return forIn(place, ref, this.loopBody());
    }
    const start = this.is(";") ? undefined : this.expression();
    this.expect(";");
    this.skipNewlines();
    const test = this.is(";") ? undefined : this.expression();
    this.expect(";");
    this.skipNewlines();
    const step = this.is(")") ? undefined : this.expression();
    this.expect(")");
    return forLoop(start, test, step, this.loopBody());
  }

  private delete(): Statement {
    this.take();
    const name = this.take();
    const ref = this.arrayRef(name);
    const subscript = this.accept("[") ? this.subscript() : undefined;
    this.terminator();
    return function* (rt) {
      if (subscript === undefined) ref.array(rt).clear();
      else ref.array(rt).delete(rt.text(yield* evaluate(subscript, rt)));
      return undefined;
    };
  }

  private print(): Statement {
    const { text: word, line } = this.take();
    const args = this.printArguments();
    if (word === "printf" && args.length === 0) this.failAt(line, "no arguments in call to printf");
    let redirect: Redirect | undefined;
    for (const kind of [">", ">>", "|"] as const) {
      if (redirect === undefined && this.accept(kind)) redirect = { kind, target: this.ternary(true) };
    }
    this.terminator();
    return printTo(word === "printf", args, redirect);
  }

  /** Arguments of print: a list in parentheses only where nothing but the end or a redirection follows them. */
  private printArguments(): Expr[] {
    if (this.endsPrint(this.peek())) return [];
    if (this.is("(")) {
      let depth = 0;
      let at = 0;
      for (; this.peek(at).kind !== "end"; at++) {
        const token = this.peek(at);
        if (token.kind === "sign" && token.text === "(") depth++;
        else if (token.kind === "sign" && token.text === ")" && --depth === 0) break;
      }
      if (this.endsPrint(this.peek(at + 1))) {
        this.take();
        const list = this.is(")") ? [] : this.list(false);
        this.expect(")");
        return list;
      }
    }
    return this.list(true);
  }

  private endsPrint(token: Token): boolean {
    return (
      token.kind === "newline" ||
      token.kind === "end" ||
      (token.kind === "sign" && [";", "}", ">", ">>", "|"].includes(token.text))
    );
  }
}
