// expr: integer arithmetic, comparisons and string matches of its arguments.

import { compareText } from "../lib/compare.ts";
import { quote } from "../lib/quote.ts";
import { compile, isRegexError } from "../lib/regex/regex.ts";
import { defineCommand } from "./define.ts";

class Wrong extends Error {}

const isNumber = (text: string) => /^-?\d+$/.test(text);

class Evaluator {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  run(): string {
    const value = this.#or();
    const rest = this.#words[this.#at];
    if (rest !== undefined) throw new Wrong(`syntax error: unexpected argument ${quote(rest)}`);
    return value;
  }

  #take(...words: readonly string[]): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined || !words.includes(word)) return undefined;
    this.#at += 1;
    return word;
  }

  #or(): string {
    let left = this.#and();
    while (this.#take("|") !== undefined) {
      const right = this.#and();
      if (isNull(left)) left = isNull(right) ? "0" : right;
    }
    return left;
  }

  #and(): string {
    let left = this.#compare();
    while (this.#take("&") !== undefined) {
      const right = this.#compare();
      if (isNull(left) || isNull(right)) left = "0";
    }
    return left;
  }

  #compare(): string {
    let left = this.#sum();
    for (;;) {
      const operator = this.#take("<", "<=", "=", "==", "!=", ">=", ">");
      if (operator === undefined) return left;
      const right = this.#sum();
      const order =
        isNumber(left) && isNumber(right)
          ? Number(BigInt(left) > BigInt(right)) - Number(BigInt(left) < BigInt(right))
          : compareText(left, right);
      const truth = {
        "<": order < 0,
        "<=": order <= 0,
        "=": order === 0,
        "==": order === 0,
        "!=": order !== 0,
        ">=": order >= 0,
        ">": order > 0,
      }[operator];
      left = truth ? "1" : "0";
    }
  }

  #numbers(left: string, right: string): [bigint, bigint] {
    if (!isNumber(left) || !isNumber(right)) throw new Wrong("non-integer argument");
    return [BigInt(left), BigInt(right)];
  }

  #sum(): string {
    let left = this.#product();
    for (;;) {
      const operator = this.#take("+", "-");
      if (operator === undefined) return left;
      const [a, b] = this.#numbers(left, this.#product());
      left = String(operator === "+" ? a + b : a - b);
    }
  }

  #product(): string {
    let left = this.#match();
    for (;;) {
      const operator = this.#take("*", "/", "%");
      if (operator === undefined) return left;
      const [a, b] = this.#numbers(left, this.#match());
      if (operator !== "*" && b === 0n) throw new Wrong("division by zero");
      left = String(operator === "*" ? a * b : operator === "/" ? a / b : a % b);
    }
  }

  #match(): string {
    let left = this.#function();
    while (this.#take(":") !== undefined) left = matchText(left, this.#function());
    return left;
  }

  #function(): string {
    const word = this.#words[this.#at];
    const more = this.#words.length - this.#at;
    if (this.#take("+") !== undefined) return this.#word();
    if (more > 1 && this.#take("length") !== undefined) return String([...this.#function()].length);
    if (more > 2 && this.#take("match") !== undefined) return matchText(this.#function(), this.#function());
    if (more > 2 && this.#take("index") !== undefined) {
      const text = [...this.#function()];
      const set = this.#function();
      return String(text.findIndex((char) => set.includes(char)) + 1);
    }
    if (more > 3 && this.#take("substr") !== undefined) {
      const text = [...this.#function()];
      const [from, length] = [Number(this.#function()), Number(this.#function())];
      return from > 0 && length > 0 ? text.slice(from - 1, from - 1 + length).join("") : "";
    }
    if (word === "(") {
      this.#at += 1;
      const inner = this.#or();
      if (this.#words[this.#at] === undefined)
        throw new Wrong(`syntax error: expecting ')' after ${quote(this.#words[this.#at - 1] ?? "")}`);
      if (this.#take(")") === undefined)
        throw new Wrong(`syntax error: expecting ')' instead of ${quote(this.#words[this.#at] ?? "")}`);
      return inner;
    }
    return this.#word();
  }

  #word(): string {
    const word = this.#words[this.#at];
    if (word === undefined)
      throw new Wrong(`syntax error: missing argument after ${quote(this.#words[this.#at - 1] ?? "")}`);
    if (word === ")") throw new Wrong("syntax error: unexpected ')'");
    this.#at += 1;
    return word;
  }
}

const isNull = (text: string) => text === "" || /^-?0+$/.test(text);

function matchText(text: string, pattern: string): string {
  const regex = compile(pattern.startsWith("^") ? pattern : `^${pattern}`, { syntax: "basic" });
  if (isRegexError(regex)) throw new Wrong(regex.error);
  const found = regex.exec(text);
  if (regex.groups > 0) return found === undefined ? "" : text.slice(found[2] ?? 0, Math.max(0, found[3] ?? 0));
  return found === undefined ? "0" : String([...text.slice(found[0], found[1])].length);
}

export const expr = defineCommand({
  name: "expr",
  summary: "Print the value of EXPRESSION to standard output.",
  usage: ["EXPRESSION", "OPTION"],
  usageStatus: 2,
  *run(io) {
    const words = io.args[0] === "--" ? io.args.slice(1) : io.args;
    if (words.length === 0) return yield* io.usageError("missing operand");
    let value: string;
    try {
      value = new Evaluator(words).run();
    } catch (problem) {
      if (!(problem instanceof Wrong)) throw problem;
      return yield* io.die(2, problem.message);
    }
    io.print(`${value}\n`);
    return isNull(value) ? 1 : 0;
  },
});
