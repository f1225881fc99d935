// The operators of awk, from loose to tight.

import { assign, choose, concatenate, increment, logical, matching } from "./expressions.ts";
import { type Expr, lift } from "./nodes.ts";
import { OperandParser } from "./operands.ts";
import { compare, toBoolean, toNumber } from "./values.ts";

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

export abstract class ExpressionParser extends OperandParser {
  protected expression(): Expr {
    return this.ternary(false);
  }

  protected ternary(inPrint: boolean): Expr {
    const test = this.or(inPrint);
    const assigned = this.assignment(test, inPrint);
    if (assigned !== undefined) return assigned;
    if (!this.accept("?")) return test;
    this.skipNewlines();
    const yes = this.ternary(inPrint);
    this.skipNewlines();
    this.expect(":");
    this.skipNewlines();
    return choose(test, yes, this.ternary(inPrint));
  }

  private assignment(target: Expr, inPrint: boolean): Expr | undefined {
    const token = this.peek();
    if (token.kind !== "sign" || !/^[-+*/%^]?=$/.test(token.text) || target.place === undefined) return undefined;
    this.take();
    this.skipNewlines();
    const value = this.ternary(inPrint);
    return assign(target.place, value, token.text === "=" ? undefined : ARITHMETIC[token.text[0] ?? ""]);
  }

  private or(inPrint: boolean): Expr {
    let left = this.and(inPrint);
    while (this.accept("||")) {
      this.skipNewlines();
      left = logical(left, this.and(inPrint), true);
    }
    return left;
  }

  private and(inPrint: boolean): Expr {
    let left = this.membership(inPrint);
    while (this.accept("&&")) {
      this.skipNewlines();
      left = logical(left, this.membership(inPrint), false);
    }
    return left;
  }

  private membership(inPrint: boolean): Expr {
    let left = this.match(inPrint);
    while (this.isWord("in")) {
      this.take();
      const ref = this.arrayRef(this.take());
      left = lift([left], (rt, [key]) => (ref.array(rt).has(rt.text(key)) ? 1 : 0));
    }
    return left;
  }

  private match(inPrint: boolean): Expr {
    let left = this.comparison(inPrint);
    for (;;) {
      const negated = this.is("!") && this.peek(1).text === "~";
      if (!this.is("~") && !negated) return left;
      if (negated) this.take();
      this.take();
      left = matching(left, this.comparison(inPrint), negated);
    }
  }

  private comparison(inPrint: boolean): Expr {
    let left = this.piped(inPrint);
    for (;;) {
      const token = this.peek();
      const holds = token.kind === "sign" ? COMPARISONS[token.text] : undefined;
      if (holds === undefined || (inPrint && token.text === ">")) return left;
      this.take();
      left = lift([left, this.piped(inPrint)], (rt, [a, b]) => (holds(compare(a, b, rt.convfmt)) ? 1 : 0));
    }
  }

  private piped(inPrint: boolean): Expr {
    let left = this.concatenation(inPrint);
    while (this.is("|") && this.peek(1).kind === "keyword" && this.peek(1).text === "getline") {
      this.take();
      this.take();
      left = this.getline(left, "|");
    }
    return left;
  }

  private concatenation(inPrint: boolean): Expr {
    const parts = [this.additive()];
    while (this.startsOperand()) parts.push(this.additive());
    // `a = b` inside a concatenation: the last part takes the assignment.
    const last = parts[parts.length - 1] as Expr;
    const assigned = parts.length > 1 ? this.assignment(last, inPrint) : undefined;
    if (assigned !== undefined) parts[parts.length - 1] = assigned;
    return parts.length === 1 ? last : concatenate(parts);
  }

  private startsOperand(): boolean {
    const token = this.peek();
    if (token.kind === "sign")
      return (
        ["(", "$", "!", "-", "+", "++", "--"].includes(token.text) && !(token.text === "!" && this.peek(1).text === "~")
      );
    if (token.kind === "keyword") return token.text === "getline";
    return token.kind !== "newline" && token.kind !== "end";
  }

  private additive(): Expr {
    let left = this.multiplicative();
    for (;;) {
      const token = this.peek();
      if (!this.is("+") && !this.is("-")) return left;
      this.take();
      left = this.arithmetic(token.text, left, this.multiplicative());
    }
  }

  private multiplicative(): Expr {
    let left = this.unary();
    for (;;) {
      const token = this.peek();
      if (!this.is("*") && !this.is("/") && !this.is("%")) return left;
      this.take();
      left = this.arithmetic(token.text, left, this.unary());
    }
  }

  private arithmetic(sign: string, left: Expr, right: Expr): Expr {
    const work = ARITHMETIC[sign] as (a: number, b: number) => number;
    return lift([left, right], (_rt, [a, b]) => work(toNumber(a), toNumber(b)));
  }

  private unary(): Expr {
    if (this.accept("!")) return lift([this.unary()], (_rt, [value]) => (toBoolean(value) ? 0 : 1));
    if (this.accept("-")) return lift([this.unary()], (_rt, [value]) => -toNumber(value));
    if (this.accept("+")) return lift([this.unary()], (_rt, [value]) => toNumber(value));
    return this.power();
  }

  private power(): Expr {
    const base = this.postfix();
    if (!this.accept("^")) return base;
    const negative = this.accept("-");
    const exponent = negative ? lift([this.power()], (_rt, [value]) => -toNumber(value)) : this.power();
    return this.arithmetic("^", base, exponent);
  }

  private postfix(): Expr {
    const operand = this.primary();
    if (operand.place === undefined) return operand;
    if (this.accept("++")) return increment(operand.place, 1, false);
    if (this.accept("--")) return increment(operand.place, -1, false);
    return operand;
  }

  protected primary(): Expr {
    const token = this.take();
    switch (token.kind) {
      case "number": {
        const { value = 0 } = token;
        return { sync: () => value };
      }
      case "string":
        return { sync: () => token.text };
      case "regex":
        return this.pattern(token);
      case "name":
        return this.variable(token);
      case "call":
        return this.call(token);
      case "builtin":
        return this.builtin(token);
      case "keyword":
        if (token.text === "getline") return this.getline(undefined, "");
        break;
      case "sign":
        if (token.text === "$") return this.field();
        if (token.text === "(") return this.grouping();
        if (token.text === "++" || token.text === "--") {
          const target = this.primary();
          if (target.place !== undefined) return increment(target.place, token.text === "++" ? 1 : -1, true);
        }
        if (token.text === "-" || token.text === "+" || token.text === "!") {
          this.ahead.unshift(token);
          return this.unary();
        }
    }
    this.ahead.unshift(token);
    return this.syntaxError();
  }
}
