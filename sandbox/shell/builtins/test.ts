// test and [: the expression is read by the number of its arguments, as POSIX and bash do.

import type { Task } from "../../kernel/sys.ts";
import { complain, type Shell } from "../state.ts";
import { testFiles, testNumbers, testUnary, UNARY } from "../test-expr.ts";
import type { Builtin } from "./define.ts";

class Mistake {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const BINARY = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

class Expression {
  private readonly sh: Shell;
  private readonly args: readonly string[];
  private at = 0;

  constructor(sh: Shell, args: readonly string[]) {
    this.sh = sh;
    this.args = args;
  }

  run(): boolean {
    const { args } = this;
    if (args.length <= 4) {
      const short = this.byCount(0, args.length);
      if (short !== undefined) return short;
    }
    const value = this.or();
    if (this.at < args.length) {
      const next = args[this.at] as string;
      throw new Mistake(
        /^-/.test(next) && !BINARY.has(next) && !UNARY.test(next)
          ? `syntax error: \`${next}' unexpected`
          : "too many arguments",
      );
    }
    return value;
  }

  /** The rules for up to four arguments; undefined where the general grammar decides. */
  private byCount(from: number, count: number): boolean | undefined {
    const [a = "", b = "", c = ""] = this.args.slice(from, from + count);
    if (count === 0) return false;
    if (count === 1) return a !== "";
    if (count === 2) {
      if (a === "!") return b === "";
      if (UNARY.test(a)) return this.unary(a, b);
      throw new Mistake(`${a}: unary operator expected`);
    }
    if (count === 3) {
      if (BINARY.has(b)) return this.binary(a, b, c);
      if (b === "-a") return a !== "" && c !== "";
      if (b === "-o") return a !== "" || c !== "";
      if (a === "!") return !this.byCount(from + 1, 2);
      if (a === "(" && c === ")") return b !== "";
      throw new Mistake(`${b}: binary operator expected`);
    }
    if (a === "!") return !this.byCount(from + 1, 3);
    if (a === "(" && this.args[from + 3] === ")") return this.byCount(from + 1, 2);
    return undefined;
  }

  private or(): boolean {
    let value = this.and();
    while (this.args[this.at] === "-o") {
      this.at += 1;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): boolean {
    let value = this.term();
    while (this.args[this.at] === "-a") {
      this.at += 1;
      const right = this.term();
      value = value && right;
    }
    return value;
  }

  private next(): string {
    const word = this.args[this.at];
    if (word === undefined) throw new Mistake("argument expected");
    this.at += 1;
    return word;
  }

  private term(): boolean {
    const word = this.next();
    const after = this.args[this.at];
    if (word === "!") return !this.term();
    if (word === "(") {
      const value = this.or();
      if (this.args[this.at] !== ")")
        throw new Mistake(this.at >= this.args.length ? "`)' expected" : `\`)' expected, found ${this.args[this.at]}`);
      this.at += 1;
      return value;
    }
    if (after !== undefined && BINARY.has(after) && this.at + 1 < this.args.length) {
      this.at += 2;
      return this.binary(word, after, this.args[this.at - 1] as string);
    }
    if (UNARY.test(word) && after !== undefined && after !== "-a" && after !== "-o") {
      this.at += 1;
      return this.unary(word, after);
    }
    if (/^-[a-zA-Z]$/.test(word) && after !== undefined && !UNARY.test(word))
      throw new Mistake(`${word}: unary operator expected`);
    return word !== "";
  }

  private unary(op: string, arg: string): boolean {
    return testUnary(this.sh, op, arg);
  }

  private binary(left: string, op: string, right: string): boolean {
    if (op === "=" || op === "==") return left === right;
    if (op === "!=") return left !== right;
    if (op === "<") return left < right;
    if (op === ">") return left > right;
    return testFiles(this.sh, op, left, right) ?? testNumbers(op, integer(left), integer(right)) ?? false;
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Mistake(`${text}: integer expression expected`);
  return BigInt(text.trim().replace("+", ""));
}

function* decide(sh: Shell, args: readonly string[]): Task<number> {
  try {
    return new Expression(sh, args).run() ? 0 : 1;
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake;
    yield* complain(sh, mistake.text);
    return 2;
  }
}

export const test: Builtin = {
  usage: "test [expr]",
  summary: "Evaluate conditional expression.",
  run: decide,
};

export const bracket: Builtin = {
  usage: "[ arg... ]",
  summary: "Evaluate conditional expression.",
  *run(sh, args) {
    if (args.at(-1) === "]") return yield* decide(sh, args.slice(0, -1));
    yield* complain(sh, "missing `]'");
    return 2;
  },
};
