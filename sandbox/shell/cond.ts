// `[[ … ]]`: conditional expressions with patterns, regular expressions and arithmetic.

import type { Task } from "../kernel/sys.ts";
import { compile, isRegexError } from "../lib/regex/regex.ts";
import { evaluate } from "./arith.ts";
import type { Cond, Word } from "./ast.ts";
import { arithProblem, expandPattern, expandRegex, expandString } from "./expand.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import { pollSignals } from "./signals.ts";
import type { Shell } from "./state.ts";
import { testFiles, testNumbers, testUnary } from "./test-expr.ts";
import { trace } from "./trace.ts";
import { setList } from "./vars.ts";

/** Thrown where an operand cannot be understood: status 1 or 2 of the whole. */
class Stop {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** Status of a conditional command. */
export function* runCondition(sh: Shell, expr: Cond, line: number): Task<number> {
  yield* pollSignals(sh);
  sh.line = line;
  try {
    return (yield* decide(sh, expr)) ? 0 : 1;
  } catch (stop) {
    if (stop instanceof Stop) return stop.status;
    throw stop;
  }
}

/** A value as the trace of a condition shows it: without quotes, unless it is empty. */
const traced = (value: string) => value || "''";

/** `not` stands before a traced test where `!` does. */
function* decide(sh: Shell, expr: Cond, not = ""): Task<boolean> {
  switch (expr.t) {
    case "and":
      return (yield* decide(sh, expr.l)) && (yield* decide(sh, expr.r));
    case "or":
      return (yield* decide(sh, expr.l)) || (yield* decide(sh, expr.r));
    case "not":
      return !(yield* decide(sh, expr.c, "! "));
    case "paren":
      return yield* decide(sh, expr.c);
    case "word":
      return yield* unary(sh, "-n", expr.w, not);
    case "unary":
      return yield* unary(sh, expr.op, expr.arg, not);
    case "binary":
      return yield* binary(sh, expr.op, expr.l, expr.r, not);
  }
}

function* unary(sh: Shell, op: string, word: Word, not: string): Task<boolean> {
  const value = yield* expandString(sh, word);
  if (sh.state.options.has("xtrace")) yield* trace(sh, `[[ ${not}${op} ${traced(value)} ]]`);
  return testUnary(sh, op, value);
}

function* binary(sh: Shell, op: string, l: Word, r: Word, not: string): Task<boolean> {
  const left = yield* expandString(sh, l);
  const fold = sh.state.shopt.has("nocasematch");
  const tracing = sh.state.options.has("xtrace");
  if (op === "=~") {
    const text = yield* expandRegex(sh, r);
    if (tracing) yield* trace(sh, `[[ ${not}${traced(left)} =~ ${traced(text)} ]]`);
    return matchRegex(sh, left, text, fold);
  }
  if (op === "==" || op === "=" || op === "!=") {
    const text = yield* expandPattern(sh, r);
    if (tracing) {
      // What is quoted is shown with a backslash before each character.
      const quoted = r.parts.every((part) => part.k === "dq" || part.k === "quo");
      const shown = quoted && r.plain === undefined ? text.replaceAll(/\\?([\s\S])/g, "\\$1") : text;
      yield* trace(sh, `[[ ${not}${traced(left)} ${op} ${traced(shown)} ]]`);
    }
    return matchesPattern(compilePattern(text, { extglob: true, fold }), left) === (op !== "!=");
  }
  const right = yield* expandString(sh, r);
  if (tracing) yield* trace(sh, `[[ ${not}${traced(left)} ${op} ${traced(right)} ]]`);
  if (op === "<") return left < right;
  if (op === ">") return left > right;
  const files = testFiles(sh, op, left, right);
  if (files !== undefined) return files;
  return testNumbers(op, yield* number(sh, left), yield* number(sh, right)) ?? false;
}

function* number(sh: Shell, text: string): Task<bigint> {
  const { builtin } = sh;
  sh.builtin = "[[";
  try {
    return evaluate(sh, text);
  } catch (problem) {
    yield* arithProblem(sh, problem);
    throw new Stop(1);
  } finally {
    sh.builtin = builtin;
  }
}

function matchRegex(sh: Shell, text: string, pattern: string, ignoreCase: boolean): boolean {
  const regex = compile(pattern, { syntax: "extended", ignoreCase });
  if (isRegexError(regex)) throw new Stop(2);
  const found = regex.exec(text);
  if (found === undefined) {
    setList(sh, "BASH_REMATCH", []);
    return false;
  }
  const groups: string[] = [];
  for (let i = 0; i < found.length; i += 2) groups.push((found[i] ?? -1) < 0 ? "" : text.slice(found[i], found[i + 1]));
  setList(sh, "BASH_REMATCH", groups);
  return true;
}
