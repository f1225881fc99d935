// Arithmetic of `$((…))`, `((…))`, `let` and subscripts: 64-bit integers, evaluated straight from the text.

import type { Shell } from "./state.ts";
import { assign, findVariable, getElement, resolveName, scalarOf } from "./vars.ts";

/** What is wrong with an expression, as bash says it. */
export class ArithError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const OPERATORS = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "^=",
  "|=",
];
const ASSIGN = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="]);
/** Binary operators by precedence, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const MAX_DEPTH = 1024;

const wrap = (value: bigint) => BigInt.asIntN(64, value);

/** A place that can be assigned to. */
interface Place {
  readonly name: string;
  readonly sub: string | undefined;
}

class Evaluator {
  private readonly sh: Shell;
  private readonly text: string;
  private readonly depth: number;
  private pos = 0;
  /** The current token, its kind, and the start of the last one before the end. */
  private token = "";
  private kind: "op" | "num" | "name" | "end" = "end";
  private last = 0;
  private value = 0n;
  private place: Place | undefined;
  private skip = 0;

  constructor(sh: Shell, text: string, depth: number) {
    this.sh = sh;
    this.text = text;
    this.depth = depth;
  }

  fail(message: string, at = this.last): ArithError {
    const shown = this.text.replace(/^\s+/, "");
    return new ArithError(`${shown}: ${message} (error token is "${this.text.slice(at)}")`);
  }

  run(): bigint {
    if (this.depth > MAX_DEPTH) throw this.fail("expression recursion level exceeded", 0);
    this.read();
    if (this.isKind("end")) return 0n;
    const value = this.comma();
    if (!this.isKind("end")) throw this.fail("syntax error in expression");
    return value;
  }

  // --- tokens ---

  private read(): void {
    const { text } = this;
    while (this.pos < text.length && /\s/.test(text[this.pos] as string)) this.pos += 1;
    if (this.pos >= text.length) {
      this.kind = "end";
      this.token = "";
      return;
    }
    this.last = this.pos;
    const c = text[this.pos] as string;
    if (/[A-Za-z_]/.test(c)) this.readName();
    else if (/[0-9]/.test(c)) this.readNumber();
    else if (!"=+-*/%<>&^|!~,?:()".includes(c)) {
      throw this.fail(
        this.kind === "num" || this.kind === "name"
          ? "syntax error: invalid arithmetic operator"
          : "syntax error: operand expected",
      );
    } else {
      this.kind = "op";
      this.token = OPERATORS.find((op) => text.startsWith(op, this.pos)) ?? c;
      // `++` and `--` before anything but a name, and not after one, are two signs.
      if (
        (this.token === "++" || this.token === "--") &&
        !/^\s*[A-Za-z_]/.test(text.slice(this.pos + 2)) &&
        this.place === undefined
      )
        this.token = c;
      this.pos += this.token.length;
    }
  }

  private readName(): void {
    const name = /^\w+/.exec(this.text.slice(this.pos))?.[0] as string;
    this.pos += name.length;
    let sub: string | undefined;
    if (this.text[this.pos] === "[") {
      const from = this.pos + 1;
      let depth = 0;
      for (; this.pos < this.text.length; this.pos++) {
        if (this.text[this.pos] === "[") depth += 1;
        if (this.text[this.pos] === "]" && --depth === 0) break;
      }
      if (depth !== 0) throw this.fail("bad array subscript", from - 1 - name.length);
      sub = this.text.slice(from, this.pos);
      this.pos += 1;
    }
    this.kind = "name";
    this.token = name;
    this.place = { name, sub };
    // The value is only wanted where this is not the target of `=`.
    const after = this.text.slice(this.pos).trimStart();
    if (this.skip === 0 && !(after.startsWith("=") && !after.startsWith("=="))) this.value = this.fetch(this.place);
    else this.value = 0n;
  }

  private readNumber(): void {
    const word = /^[0-9][\w#@]*/.exec(this.text.slice(this.pos))?.[0] as string;
    this.pos += word.length;
    this.kind = "num";
    this.token = word;
    this.place = undefined;
    this.value = this.parseNumber(word);
  }

  private parseNumber(word: string): bigint {
    const hash = word.indexOf("#");
    let base = 10;
    let digits = word;
    if (hash >= 0) {
      base = Number(word.slice(0, hash));
      digits = word.slice(hash + 1);
      if (!(base >= 2 && base <= 64)) throw this.fail("invalid arithmetic base");
      if (digits === "") throw this.fail("invalid integer constant");
    } else if (/^0[xX]/.test(word)) {
      base = 16;
      digits = word.slice(2);
    } else if (/^0./.test(word)) {
      base = 8;
      digits = word.slice(1);
    }
    let value = 0n;
    for (const c of digits) {
      const digit = digitValue(c, base);
      if (digit === undefined || c === "#") throw this.fail(c === "#" ? "invalid number" : "value too great for base");
      if (digit >= base) throw this.fail("value too great for base");
      value = wrap(value * BigInt(base) + BigInt(digit));
    }
    return value;
  }

  private isKind(kind: Evaluator["kind"]): boolean {
    return this.kind === kind;
  }

  private isOp(op: string): boolean {
    return this.kind === "op" && this.token === op;
  }

  // --- variables ---

  private subscript(place: Place): string | undefined {
    if (place.sub === undefined) return undefined;
    const variable = findVariable(this.sh, place.name);
    if (variable?.map !== undefined) return place.sub.replace(/^(["'])(.*)\1$/s, "$2");
    return evaluate(this.sh, place.sub, this.depth + 1).toString();
  }

  private fetch(place: Place): bigint {
    const variable = findVariable(this.sh, place.name);
    const sub = this.subscript(place);
    const text =
      variable === undefined ? undefined : sub === undefined ? scalarOf(variable) : getElement(variable, sub);
    if (text === undefined) {
      if (this.sh.state.options.has("nounset") && (variable === undefined || sub !== undefined))
        throw new Unbound(place.sub === undefined ? place.name : `${place.name}[${place.sub}]`);
      return 0n;
    }
    if (/^\d{1,15}$/.test(text) && !text.startsWith("0")) return BigInt(text);
    return evaluate(this.sh, text, this.depth + 1);
  }

  private store(place: Place, value: bigint): void {
    if (this.skip > 0) return;
    const { name, sub } = resolveName(this.sh, place.name);
    const problem = assign(this.sh, name, value.toString(), this.subscript(place) ?? sub);
    if (problem === "readonly") throw new ArithError(`${name}: readonly variable`);
  }

  // --- grammar ---

  private comma(): bigint {
    let value = this.assignment();
    while (this.isOp(",")) {
      this.read();
      value = this.assignment();
    }
    return value;
  }

  private assignment(): bigint {
    const value = this.ternary();
    if (this.kind !== "op" || !ASSIGN.has(this.token)) return value;
    const place = this.place;
    if (place === undefined) throw this.fail("attempted assignment to non-variable");
    const op = this.token;
    const at = this.pos;
    this.place = undefined;
    this.read();
    if (this.isKind("end")) throw this.fail("syntax error: operand expected");
    const right = this.assignment();
    const result = op === "=" ? right : this.apply(op.slice(0, -1), value, right, at);
    this.store(place, result);
    this.place = undefined;
    return result;
  }

  private ternary(): bigint {
    const test = this.binary(0);
    if (!this.isOp("?")) return test;
    this.read();
    if (this.isKind("end") || this.isOp(":")) throw this.fail("expression expected");
    if (test === 0n) this.skip += 1;
    const yes = this.comma();
    if (test === 0n) this.skip -= 1;
    if (!this.isOp(":")) throw this.fail("`:' expected for conditional expression");
    this.read();
    if (this.isKind("end")) throw this.fail("expression expected");
    if (test !== 0n) this.skip += 1;
    const no = this.ternary();
    if (test !== 0n) this.skip -= 1;
    this.place = undefined;
    return test !== 0n ? yes : no;
  }

  private binary(level: number): bigint {
    const ops = LEVELS[level];
    if (ops === undefined) return this.power();
    let left = this.binary(level + 1);
    while (this.kind === "op" && ops.includes(this.token)) {
      const op = this.token;
      this.place = undefined;
      const lazy = (op === "||" && left !== 0n) || (op === "&&" && left === 0n);
      if (lazy) this.skip += 1;
      const at = this.pos;
      this.read();
      const right = this.binary(level + 1);
      if (lazy) this.skip -= 1;
      left = this.apply(op, left, right, at);
      this.place = undefined;
    }
    return left;
  }

  private apply(op: string, a: bigint, b: bigint, at: number): bigint {
    switch (op) {
      case "||":
        return a !== 0n || b !== 0n ? 1n : 0n;
      case "&&":
        return a !== 0n && b !== 0n ? 1n : 0n;
      case "|":
        return a | b;
      case "^":
        return a ^ b;
      case "&":
        return a & b;
      case "==":
        return a === b ? 1n : 0n;
      case "!=":
        return a !== b ? 1n : 0n;
      case "<":
        return a < b ? 1n : 0n;
      case ">":
        return a > b ? 1n : 0n;
      case "<=":
        return a <= b ? 1n : 0n;
      case ">=":
        return a >= b ? 1n : 0n;
      case "<<":
        return wrap(a << (b & 63n));
      case ">>":
        return wrap(a >> (b & 63n));
      case "+":
        return wrap(a + b);
      case "-":
        return wrap(a - b);
      case "*":
        return wrap(a * b);
      default:
        if (b === 0n) {
          if (this.skip > 0) return 0n;
          const from = at + (/^\s*/.exec(this.text.slice(at))?.[0].length ?? 0);
          throw this.fail("division by 0", from);
        }
        return wrap(op === "/" ? a / b : a % b);
    }
  }

  private power(): bigint {
    const base = this.unary();
    if (!this.isOp("**")) return base;
    this.place = undefined;
    this.read();
    const exponent = this.power();
    this.place = undefined;
    if (exponent < 0n) throw this.fail("exponent less than 0");
    let result = 1n;
    let square = base;
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = wrap(result * square);
      square = wrap(square * square);
    }
    return result;
  }

  private unary(): bigint {
    if (this.kind === "op" && "!~+-".includes(this.token)) {
      const op = this.token;
      this.place = undefined;
      this.read();
      const value = this.unary();
      this.place = undefined;
      return op === "!" ? (value === 0n ? 1n : 0n) : op === "~" ? ~value : op === "-" ? wrap(-value) : value;
    }
    return this.primary();
  }

  private primary(): bigint {
    if (this.isOp("++") || this.isOp("--")) {
      const step = this.token === "++" ? 1n : -1n;
      this.read();
      if (this.kind !== "name" || this.place === undefined)
        throw this.fail("identifier expected after pre-increment or pre-decrement");
      const place = this.place;
      const value = wrap(this.value + step);
      this.store(place, value);
      this.place = undefined;
      this.read();
      return value;
    }
    if (this.isOp("(")) {
      this.read();
      const value = this.comma();
      if (!this.isOp(")")) throw this.fail("missing `)'");
      this.place = undefined;
      this.read();
      this.place = undefined;
      return value;
    }
    if (this.kind === "num") {
      const { value } = this;
      this.read();
      this.place = undefined;
      return value;
    }
    if (this.kind === "name") {
      const place = this.place as Place;
      const { value } = this;
      this.read();
      if (this.isOp("++") || this.isOp("--")) {
        this.store(place, wrap(value + (this.token === "++" ? 1n : -1n)));
        this.place = undefined;
        this.read();
        this.place = undefined;
      } else if (this.isKind("op")) this.place = place;
      return value;
    }
    throw this.fail("syntax error: operand expected");
  }
}

/** A variable without a value under `set -u`. */
export class Unbound {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function digitValue(c: string, base: number): number | undefined {
  if (c >= "0" && c <= "9") return Number(c);
  if (c >= "a" && c <= "z") return c.charCodeAt(0) - 87;
  if (c >= "A" && c <= "Z") return base <= 36 ? c.charCodeAt(0) - 55 : c.charCodeAt(0) - 29;
  if (c === "@") return 62;
  if (c === "_") return 63;
  return undefined;
}

/** Value of an expression; throws ArithError or Unbound. */
export function evaluate(sh: Shell, text: string, depth = 0): bigint {
  if (/^\s*\d{1,15}\s*$/.test(text) && !/^\s*0\d/.test(text)) return BigInt(text.trim());
  return new Evaluator(sh, text, depth).run();
}
