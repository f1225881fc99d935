// The grammar of awk as mawk has it, from tokens straight to closures.

import type { Task } from "../../kernel/sys.ts";
import { isRegexError } from "../../lib/regex/regex.ts";
import { builtinCall } from "./builtins.ts";
import { assign, callFunction, choose, concatenate, increment, logical, matching } from "./expressions.ts";
import { BUILTINS, Lexer, ProgramError, type Token } from "./lexer.ts";
import { type ArrayRef, type Expr, evaluate, lift, liftTask, type Signal, type Statement } from "./nodes.ts";
import { compileAwk } from "./regex.ts";
import { NF, type Runtime, SPECIALS, SUBSEP } from "./runtime.ts";
import {
  block,
  doLoop,
  type FunctionBody,
  forIn,
  forLoop,
  type Program,
  printTo,
  type Redirect,
  type Rule,
} from "./statements.ts";
import { compare, toBoolean, toNumber, type Value } from "./values.ts";

interface Symbol {
  readonly slot: number;
  kind: "unknown" | "scalar" | "array";
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "^": (a, b) => a ** b,
};

/** Parses a whole program; wrong ones end in a ProgramError. */
export function parseProgram(text: string): Program {
  return new Parser(text).run();
}

class Parser {
  readonly #lexer: Lexer;
  readonly #ahead: Token[] = [];
  readonly #symbols = new Map<string, Symbol>(SPECIALS.map((name, slot) => [name, { slot, kind: "scalar" }]));
  readonly #functions = new Map<string, FunctionBody>();
  readonly #calls: { name: string; count: number; line: number }[] = [];
  #locals: readonly string[] | undefined;
  #loops = 0;
  #inBegin = false;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    for (const name of ["ENVIRON", "ARGV"]) this.#symbols.set(name, { slot: this.#symbols.size, kind: "array" });
  }

  run(): Program {
    const rules: Rule[] = [];
    this.#skipNewlines();
    while (this.#peek().kind !== "end") {
      if (this.#isWord("function")) this.#function();
      else rules.push(this.#rule());
      const after = this.#peek();
      if (after.text === ";" && after.kind === "sign") {
        this.#take();
        this.#skipNewlines();
      } else this.#skipNewlines();
    }
    for (const { name, count, line } of this.#calls) {
      const found = this.#functions.get(name);
      if (found?.body === undefined) this.#failAt(this.#lexer.line, `function ${name} never defined`);
      if (count > found.params) this.#failAt(line, `too many arguments in call to ${name}`);
    }
    if (this.#lexer.problems.length > 0) throw new ProgramError(this.#lexer.problems);
    const slots = new Map([...this.#symbols].map(([name, symbol]) => [name, symbol.slot]));
    return { rules, slots };
  }

  // --- tokens ---

  #peek(ahead = 0): Token {
    while (this.#ahead.length <= ahead) this.#ahead.push(this.#lexer.next());
    return this.#ahead[ahead] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#ahead.shift();
    return token;
  }

  #is(sign: string): boolean {
    const token = this.#peek();
    return token.kind === "sign" && token.text === sign;
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === "keyword" && token.text === word;
  }

  #accept(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#take();
    return true;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) this.#syntaxError();
  }

  #skipNewlines(): void {
    while (this.#peek().kind === "newline") this.#take();
  }

  #failAt(line: number, text: string): never {
    this.#lexer.line = line;
    return this.#lexer.fail(text);
  }

  #syntaxError(): never {
    const token = this.#peek();
    if (token.kind === "end" && this.#lexer.openBraces > 0)
      return this.#failAt(token.line, "missing } near end of file");
    const name =
      token.kind === "newline" || token.kind === "end"
        ? "end of line"
        : token.kind === "regex"
          ? `/${token.text}/`
          : token.text === "~"
            ? ""
            : token.text;
    return this.#failAt(token.line, `syntax error at or near ${name}`);
  }

  // --- rules and statements ---

  #rule(): Rule {
    const token = this.#peek();
    if (this.#isWord("BEGIN") || this.#isWord("END")) {
      this.#take();
      if (!this.#is("{")) this.#syntaxError();
      this.#inBegin = true;
      const body = this.#block();
      this.#inBegin = false;
      return { kind: token.text === "BEGIN" ? "begin" : "end", body };
    }
    if (this.#is("{")) return { kind: "main", body: this.#block() };
    const pattern = this.#asCondition(this.#expression());
    if (!this.#accept(","))
      return { kind: "main", pattern, ...(this.#is("{") ? { body: this.#block() } : this.#endOfPattern()) };
    this.#skipNewlines();
    const until = this.#asCondition(this.#expression());
    return { kind: "main", pattern, until, ...(this.#is("{") ? { body: this.#block() } : this.#endOfPattern()) };
  }

  #endOfPattern(): Record<string, never> {
    const { kind } = this.#peek();
    if (kind !== "newline" && kind !== "end" && !this.#is(";")) this.#syntaxError();
    return {};
  }

  #function(): void {
    this.#take();
    const name = this.#take();
    if (name.kind !== "name" && name.kind !== "call") {
      this.#ahead.unshift(name);
      this.#syntaxError();
    }
    this.#expect("(");
    const params: string[] = [];
    while (!this.#is(")")) {
      const param = this.#peek();
      if (param.kind !== "name") this.#syntaxError();
      params.push(this.#take().text);
      if (this.#accept(",")) this.#skipNewlines();
      else if (!this.#is(")")) this.#syntaxError();
    }
    this.#take();
    this.#skipNewlines();
    if (!this.#is("{")) this.#syntaxError();
    const entry = this.#functionEntry(name.text);
    entry.params = params.length;
    this.#locals = params;
    entry.body = this.#block();
    this.#locals = undefined;
  }

  #functionEntry(name: string): FunctionBody {
    let entry = this.#functions.get(name);
    if (entry === undefined) {
      entry = { params: 0, body: undefined };
      this.#functions.set(name, entry);
    }
    return entry;
  }

  #block(): Statement {
    this.#expect("{");
    const statements: Statement[] = [];
    for (;;) {
      while (this.#peek().kind === "newline" || this.#is(";")) this.#take();
      if (this.#peek().kind === "end") this.#syntaxError();
      if (this.#accept("}")) return block(statements);
      statements.push(this.#statement());
    }
  }

  /** End of a simple statement: newline, semicolon, or a brace that stays. */
  #terminator(): void {
    const token = this.#peek();
    if (token.kind === "newline" || this.#is(";")) {
      this.#take();
      this.#skipNewlines();
    } else if (!this.#is("}")) this.#syntaxError();
  }

  #body(): Statement {
    this.#skipNewlines();
    if (this.#accept(";")) return block([]);
    // An if or a loop right before a closing brace has an empty body.
    return this.#is("}") ? block([]) : this.#statement();
  }

  #loopBody(): Statement {
    this.#loops++;
    const body = this.#body();
    this.#loops--;
    return body;
  }

  #statement(): Statement {
    const token = this.#peek();
    if (this.#is("{")) {
      const body = this.#block();
      this.#skipNewlines();
      return body;
    }
    if (token.kind !== "keyword" || token.text === "getline") {
      const expr = this.#expression();
      this.#terminator();
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
        return this.#if();
      case "while": {
        this.#take();
        const test = this.#parenthesized();
        return forLoop(undefined, test, undefined, this.#loopBody());
      }
      case "do":
        return this.#do();
      case "for":
        return this.#for();
      case "print":
      case "printf":
        return this.#print();
      case "delete":
        return this.#delete();
      case "break":
      case "continue":
        this.#take();
        if (this.#loops === 0) this.#failAt(token.line, `${token.text} statement outside of loop`);
        return this.#signal(token.text);
      case "next":
      case "nextfile":
        this.#take();
        if (this.#inBegin || this.#locals !== undefined) this.#failAt(token.line, `improper use of ${token.text}`);
        return this.#signal(token.text);
      case "exit":
      case "return": {
        this.#take();
        if (token.text === "return" && this.#locals === undefined)
          this.#failAt(token.line, "return outside function body");
        const bare = this.#peek().kind === "newline" || this.#is(";") || this.#is("}");
        const value = bare ? undefined : this.#expression();
        this.#terminator();
        const isExit = token.text === "exit";
        return function* (rt) {
          const result = value === undefined ? undefined : yield* evaluate(value, rt);
          if (!isExit) rt.returned = result;
          else if (value !== undefined) rt.status = Math.trunc(toNumber(result)) & 255;
          return isExit ? "exit" : "return";
        };
      }
      default:
        return this.#syntaxError();
    }
  }

  #signal(signal: Signal): Statement {
    this.#terminator();
    return function* () {
      return signal;
    };
  }

  #parenthesized(): Expr {
    this.#expect("(");
    const test = this.#asCondition(this.#expression());
    this.#expect(")");
    return test;
  }

  #if(): Statement {
    this.#take();
    const test = this.#parenthesized();
    const yes = this.#body();
    this.#skipNewlines();
    if (this.#is(";") && this.#peek(1).kind === "keyword" && this.#peek(1).text === "else") this.#take();
    let no: Statement | undefined;
    if (this.#isWord("else")) {
      this.#take();
      no = this.#body();
    }
    return function* (rt) {
      if (toBoolean(yield* evaluate(test, rt))) return yield* yes(rt);
      return no === undefined ? undefined : yield* no(rt);
    };
  }

  #do(): Statement {
    this.#take();
    const body = this.#loopBody();
    this.#skipNewlines();
    if (!this.#isWord("while")) this.#syntaxError();
    this.#take();
    const test = this.#parenthesized();
    this.#terminator();
    return doLoop(body, test);
  }

  #for(): Statement {
    this.#take();
    this.#expect("(");
    const [name, word, array, close] = [this.#peek(0), this.#peek(1), this.#peek(2), this.#peek(3)];
    if (
      name.kind === "name" &&
      word.kind === "keyword" &&
      word.text === "in" &&
      array.kind === "name" &&
      close.text === ")"
    ) {
      const place = this.#variable(this.#take()).place;
      this.#take();
      const ref = this.#arrayRef(this.#take());
      this.#take();
      return forIn(place, ref, this.#loopBody());
    }
    const start = this.#is(";") ? undefined : this.#expression();
    this.#expect(";");
    this.#skipNewlines();
    const test = this.#is(";") ? undefined : this.#asCondition(this.#expression());
    this.#expect(";");
    this.#skipNewlines();
    const step = this.#is(")") ? undefined : this.#expression();
    this.#expect(")");
    return forLoop(start, test, step, this.#loopBody());
  }

  #delete(): Statement {
    this.#take();
    const name = this.#take();
    const ref = this.#arrayRef(name);
    const subscript = this.#accept("[") ? this.#subscript() : undefined;
    this.#terminator();
    return function* (rt) {
      if (subscript === undefined) ref.array(rt).clear();
      else ref.array(rt).delete(rt.text(yield* evaluate(subscript, rt)));
      return undefined;
    };
  }

  #print(): Statement {
    const { text: word, line } = this.#take();
    const args = this.#printArguments();
    if (word === "printf" && args.length === 0) this.#failAt(line, "no arguments in call to printf");
    let redirect: Redirect | undefined;
    for (const kind of [">", ">>", "|"] as const) {
      if (redirect === undefined && this.#accept(kind)) redirect = { kind, target: this.#ternary(true) };
    }
    this.#terminator();
    return printTo(word === "printf", args, redirect);
  }

  /** Arguments of print: a list in parentheses only where nothing but the end or a redirection follows them. */
  #printArguments(): Expr[] {
    if (this.#endsPrint(this.#peek())) return [];
    if (this.#is("(")) {
      let depth = 0;
      let at = 0;
      for (; this.#peek(at).kind !== "end"; at++) {
        const token = this.#peek(at);
        if (token.kind === "sign" && token.text === "(") depth++;
        else if (token.kind === "sign" && token.text === ")" && --depth === 0) break;
      }
      if (this.#endsPrint(this.#peek(at + 1))) {
        this.#take();
        const list = this.#is(")") ? [] : this.#list(false);
        this.#expect(")");
        return list;
      }
    }
    return this.#list(true);
  }

  #endsPrint(token: Token): boolean {
    return (
      token.kind === "newline" ||
      token.kind === "end" ||
      (token.kind === "sign" && [";", "}", ">", ">>", "|"].includes(token.text))
    );
  }

  #list(inPrint: boolean): Expr[] {
    const items = [this.#ternary(inPrint)];
    while (this.#accept(",")) {
      this.#skipNewlines();
      items.push(this.#ternary(inPrint));
    }
    return items;
  }

  // --- expressions, from loose to tight ---

  #expression(): Expr {
    return this.#ternary(false);
  }

  /** A pattern constant alone means: does $0 match? */
  #asCondition(expr: Expr): Expr {
    return expr;
  }

  #ternary(inPrint: boolean): Expr {
    const test = this.#or(inPrint);
    const assigned = this.#assignment(test, inPrint);
    if (assigned !== undefined) return assigned;
    if (!this.#accept("?")) return test;
    this.#skipNewlines();
    const yes = this.#ternary(inPrint);
    this.#skipNewlines();
    this.#expect(":");
    this.#skipNewlines();
    return choose(test, yes, this.#ternary(inPrint));
  }

  #assignment(target: Expr, inPrint: boolean): Expr | undefined {
    const token = this.#peek();
    if (token.kind !== "sign" || !/^[-+*/%^]?=$/.test(token.text) || target.place === undefined) return undefined;
    this.#take();
    this.#skipNewlines();
    const value = this.#ternary(inPrint);
    return assign(target.place, value, token.text === "=" ? undefined : ARITHMETIC[token.text[0] ?? ""]);
  }

  #or(inPrint: boolean): Expr {
    let left = this.#and(inPrint);
    while (this.#accept("||")) {
      this.#skipNewlines();
      left = logical(left, this.#and(inPrint), true);
    }
    return left;
  }

  #and(inPrint: boolean): Expr {
    let left = this.#membership(inPrint);
    while (this.#accept("&&")) {
      this.#skipNewlines();
      left = logical(left, this.#membership(inPrint), false);
    }
    return left;
  }

  #membership(inPrint: boolean): Expr {
    let left = this.#match(inPrint);
    while (this.#isWord("in")) {
      this.#take();
      const ref = this.#arrayRef(this.#take());
      left = lift([left], (rt, [key]) => (ref.array(rt).has(rt.text(key)) ? 1 : 0));
    }
    return left;
  }

  #match(inPrint: boolean): Expr {
    let left = this.#comparison(inPrint);
    for (;;) {
      const negated = this.#is("!") && this.#peek(1).text === "~";
      if (!this.#is("~") && !negated) return left;
      if (negated) this.#take();
      this.#take();
      left = matching(left, this.#comparison(inPrint), negated);
    }
  }

  #comparison(inPrint: boolean): Expr {
    let left = this.#piped(inPrint);
    for (;;) {
      const token = this.#peek();
      const holds = token.kind === "sign" ? COMPARISONS[token.text] : undefined;
      if (holds === undefined || (inPrint && token.text === ">")) return left;
      this.#take();
      left = lift([left, this.#piped(inPrint)], (rt, [a, b]) => (holds(compare(a, b, rt.convfmt)) ? 1 : 0));
    }
  }

  #piped(inPrint: boolean): Expr {
    let left = this.#concatenation(inPrint);
    while (this.#is("|") && this.#peek(1).kind === "keyword" && this.#peek(1).text === "getline") {
      this.#take();
      this.#take();
      left = this.#getline(left, "|");
    }
    return left;
  }

  #concatenation(inPrint: boolean): Expr {
    const parts = [this.#additive()];
    while (this.#startsOperand()) parts.push(this.#additive());
    // `a = b` inside a concatenation: the last part takes the assignment.
    const last = parts[parts.length - 1] as Expr;
    const assigned = parts.length > 1 ? this.#assignment(last, inPrint) : undefined;
    if (assigned !== undefined) parts[parts.length - 1] = assigned;
    return parts.length === 1 ? last : concatenate(parts);
  }

  #startsOperand(): boolean {
    const token = this.#peek();
    if (token.kind === "sign")
      return (
        ["(", "$", "!", "-", "+", "++", "--"].includes(token.text) &&
        !(token.text === "!" && this.#peek(1).text === "~")
      );
    if (token.kind === "keyword") return token.text === "getline";
    return token.kind !== "newline" && token.kind !== "end";
  }

  #additive(): Expr {
    let left = this.#multiplicative();
    for (;;) {
      const token = this.#peek();
      if (!this.#is("+") && !this.#is("-")) return left;
      this.#take();
      left = this.#arithmetic(token.text, left, this.#multiplicative());
    }
  }

  #multiplicative(): Expr {
    let left = this.#unary();
    for (;;) {
      const token = this.#peek();
      if (!this.#is("*") && !this.#is("/") && !this.#is("%")) return left;
      this.#take();
      left = this.#arithmetic(token.text, left, this.#unary());
    }
  }

  #arithmetic(sign: string, left: Expr, right: Expr): Expr {
    const work = ARITHMETIC[sign] as (a: number, b: number) => number;
    return lift([left, right], (_rt, [a, b]) => work(toNumber(a), toNumber(b)));
  }

  #unary(): Expr {
    if (this.#accept("!")) return lift([this.#unary()], (_rt, [value]) => (toBoolean(value) ? 0 : 1));
    if (this.#accept("-")) return lift([this.#unary()], (_rt, [value]) => -toNumber(value));
    if (this.#accept("+")) return lift([this.#unary()], (_rt, [value]) => toNumber(value));
    return this.#power();
  }

  #power(): Expr {
    const base = this.#postfix();
    if (!this.#accept("^")) return base;
    const negative = this.#accept("-");
    const exponent = negative ? lift([this.#power()], (_rt, [value]) => -toNumber(value)) : this.#power();
    return this.#arithmetic("^", base, exponent);
  }

  #postfix(): Expr {
    const operand = this.#primary();
    if (operand.place === undefined) return operand;
    if (this.#accept("++")) return increment(operand.place, 1, false);
    if (this.#accept("--")) return increment(operand.place, -1, false);
    return operand;
  }

  #primary(): Expr {
    const token = this.#take();
    switch (token.kind) {
      case "number": {
        const { value = 0 } = token;
        return { sync: () => value };
      }
      case "string":
        return { sync: () => token.text };
      case "regex":
        return this.#pattern(token);
      case "name":
        return this.#variable(token);
      case "call":
        return this.#call(token);
      case "builtin":
        return this.#builtin(token);
      case "keyword":
        if (token.text === "getline") return this.#getline(undefined, "");
        break;
      case "sign":
        if (token.text === "$") return this.#field();
        if (token.text === "(") return this.#grouping();
        if (token.text === "++" || token.text === "--") {
          const target = this.#primary();
          if (target.place !== undefined) return increment(target.place, token.text === "++" ? 1 : -1, true);
        }
        if (token.text === "-" || token.text === "+" || token.text === "!") {
          this.#ahead.unshift(token);
          return this.#unary();
        }
    }
    this.#ahead.unshift(token);
    return this.#syntaxError();
  }

  #pattern(token: Token): Expr {
    const regex = compileAwk(token.text);
    if (isRegexError(regex))
      this.#failAt(token.line, `regular expression compile failed (${regex.error})\n${token.text}`);
    return { pattern: token.text, sync: (rt) => (regex.test(rt.record()) ? 1 : 0) };
  }

  #field(): Expr {
    if (this.#accept("++")) return this.#fieldOf(increment(this.#primary().place as never, 1, true));
    if (this.#accept("--")) return this.#fieldOf(increment(this.#primary().place as never, -1, true));
    if (this.#accept("-")) return this.#fieldOf(lift([this.#primary()], (_rt, [value]) => -toNumber(value)));
    return this.#fieldOf(this.#primary());
  }

  #fieldOf(index: Expr): Expr {
    const place = {
      operands: [index],
      get: (rt: Runtime, [at]: readonly Value[]) => rt.field(toNumber(at)),
      set: (rt: Runtime, [at]: readonly Value[], value: Value) => rt.setField(toNumber(at), value),
    };
    return { ...lift([index], (rt, [at]) => rt.field(toNumber(at))), place };
  }

  #grouping(): Expr {
    const items = this.#list(false);
    this.#expect(")");
    if (items.length === 1 && items[0] !== undefined) {
      const [{ sync, wait }] = items as [Expr];
      return sync === undefined ? { ...(wait && { wait }) } : { sync };
    }
    if (!this.#isWord("in")) this.#syntaxError();
    return this.#joined(items);
  }

  #joined(items: readonly Expr[]): Expr {
    return items.length === 1 && items[0] !== undefined
      ? items[0]
      : lift(items, (rt, values) => values.map((value) => rt.text(value)).join(rt.variable(SUBSEP)));
  }

  #subscript(): Expr {
    const items = this.#list(false);
    this.#expect("]");
    return this.#joined(items);
  }

  #symbol(name: string): Symbol {
    let symbol = this.#symbols.get(name);
    if (symbol === undefined) {
      symbol = { slot: this.#symbols.size, kind: "unknown" };
      this.#symbols.set(name, symbol);
    }
    return symbol;
  }

  #variable(token: Token): Expr & { place: NonNullable<Expr["place"]> } {
    if (this.#accept("[")) return this.#element(this.#arrayRef(token), this.#subscript());
    const local = this.#locals?.indexOf(token.text) ?? -1;
    if (local >= 0) {
      const place = {
        operands: [],
        get: (rt: Runtime) => rt.local(local),
        set: (rt: Runtime, _none: readonly Value[], value: Value) => rt.setLocal(local, value),
      };
      return {
        sync: (rt) => rt.local(local),
        place,
        name: { array: (rt) => rt.localArray(local), raw: (rt) => rt.rawLocal(local) },
      };
    }
    const symbol = this.#symbol(token.text);
    const next = this.#peek();
    const isArgument = next.kind === "sign" && (next.text === "," || next.text === ")");
    if (symbol.kind === "array" && !isArgument) this.#failAt(token.line, `illegal reference to array ${token.text}`);
    if (symbol.kind === "unknown" && !isArgument) symbol.kind = "scalar";
    const { slot } = symbol;
    const get = slot === NF ? (rt: Runtime) => rt.fieldCount() : (rt: Runtime) => rt.global(slot);
    const place = {
      operands: [],
      get,
      set: (rt: Runtime, _none: readonly Value[], value: Value) => rt.setGlobal(slot, value),
    };
    return { sync: get, place, name: { array: (rt) => rt.globalArray(slot), raw: (rt) => rt.rawGlobal(slot) } };
  }

  #element(ref: ArrayRef, key: Expr): Expr & { place: NonNullable<Expr["place"]> } {
    const place = {
      operands: [key],
      get: (rt: Runtime, [at]: readonly Value[]) => ref.array(rt).get(rt.text(at), isIndex(at)),
      set: (rt: Runtime, [at]: readonly Value[], value: Value) => ref.array(rt).set(rt.text(at), isIndex(at), value),
    };
    return { ...lift([key], (rt, [at]) => ref.array(rt).get(rt.text(at), isIndex(at))), place };
  }

  #arrayRef(token: Token): ArrayRef {
    if (token.kind !== "name") {
      this.#ahead.unshift(token);
      this.#syntaxError();
    }
    const local = this.#locals?.indexOf(token.text) ?? -1;
    if (local >= 0) return { array: (rt) => rt.localArray(local), raw: (rt) => rt.rawLocal(local) };
    const symbol = this.#symbol(token.text);
    if (symbol.kind === "scalar") this.#failAt(token.line, `illegal reference to variable ${token.text}`);
    symbol.kind = "array";
    return { array: (rt) => rt.globalArray(symbol.slot), raw: (rt) => rt.rawGlobal(symbol.slot) };
  }

  #call(token: Token): Expr {
    this.#expect("(");
    const args = this.#is(")") ? [] : this.#list(false);
    this.#expect(")");
    this.#calls.push({ name: token.text, count: args.length, line: token.line });
    return callFunction(this.#functionEntry(token.text), args);
  }

  #builtin(token: Token): Expr {
    const [min, max] = BUILTINS[token.text] ?? [0, 0];
    if (!this.#is("(")) {
      if (token.text !== "length") this.#syntaxError();
      return builtinCall("length", []);
    }
    this.#take();
    if (this.#is(")") && ["split", "match", "sub", "gsub"].includes(token.text)) this.#syntaxError();
    const args = this.#is(")") ? [] : this.#builtinArguments(token.text);
    this.#expect(")");
    if (args.length < min || args.length > max)
      this.#failAt(token.line, `wrong number of arguments in call to ${token.text}`);
    return builtinCall(token.text, args);
  }

  #builtinArguments(name: string): Expr[] {
    if (name === "length" && this.#peek().kind === "name" && this.#peek(1).text === ")") {
      const token = this.#take();
      const local = this.#locals?.includes(token.text) ?? false;
      const symbol = local ? undefined : this.#symbol(token.text);
      if (symbol !== undefined && symbol.kind !== "array") {
        symbol.kind = "scalar";
        return [this.#variable(token)];
      }
      const { name: ref } = local ? this.#variable(token) : { name: this.#arrayRef(token) };
      return [{ sync: (rt) => rt.lengthOf(ref as ArrayRef), name: ref as ArrayRef, pattern: "length" }];
    }
    if (name !== "split") return this.#list(false);
    const text = this.#ternary(false);
    this.#expect(",");
    const ref = this.#arrayRef(this.#take());
    const args: Expr[] = [text, { sync: () => undefined, name: ref }];
    if (this.#accept(",")) args.push(this.#ternary(false));
    return args;
  }

  /** getline in its forms: from the input, a file, or a command. */
  #getline(source: Expr | undefined, kind: "" | "|"): Expr {
    let target: Expr | undefined;
    const token = this.#peek();
    if (token.kind === "name" || this.#is("$")) target = this.#primary();
    let from = source;
    let way: "" | "|" | "<" = kind;
    if (kind === "" && this.#accept("<")) {
      from = this.#primary();
      way = "<";
    }
    const operands = target?.place?.operands ?? [];
    const { place } = target ?? {};
    return liftTask([...(from === undefined ? [] : [from]), ...operands], function* (rt: Runtime, values): Task<Value> {
      const name = from === undefined ? "" : rt.text(values[0]);
      const rest = from === undefined ? values : values.slice(1);
      return yield* rt.getline(way, name, place === undefined ? undefined : (value) => place.set(rt, rest, value));
    });
  }
}

/** Whether a subscript is an integer, which mawk keeps apart from text. */
function isIndex(value: Value): boolean {
  return typeof value === "number" && Number.isInteger(value);
}
