// The functions that awk brings along.

import type { Task } from "../../kernel/sys.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import { formatTime } from "../../lib/strftime.ts";
import { type Expr, lift, liftTask } from "./nodes.ts";
import type { Runtime } from "./runtime.ts";
import { FS, RLENGTH, RSTART } from "./specials.ts";
import { Input, toNumber, type Value } from "./values.ts";

type Plain = (rt: Runtime, values: readonly Value[]) => Value;

const MATHS: Readonly<Record<string, (x: number, y: number) => number>> = {
  atan2: Math.atan2,
  cos: Math.cos,
  exp: Math.exp,
  int: Math.trunc,
  log: Math.log,
  sin: Math.sin,
  sqrt: Math.sqrt,
};

const PLAIN: Readonly<Record<string, Plain>> = {
  index: (rt, [text, wanted]) => rt.text(text).indexOf(rt.text(wanted)) + 1,
  length: (rt, values) => (values.length === 0 ? rt.record() : rt.text(values[0])).length,
  rand: (rt) => rt.rand(),
  srand: (rt, [seed]) => rt.srand(seed),
  strftime: (rt, [format, time]) =>
    formatTime(
      format === undefined ? "%c" : rt.text(format),
      time === undefined ? rt.io.sys.now() : Math.trunc(toNumber(time)) * 1000,
    ),
  substr: (rt, [text, from, count]) =>
    substring(rt.text(text), toNumber(from), count === undefined ? Infinity : toNumber(count)),
  systime: (rt) => Math.floor(rt.io.sys.now() / 1000),
  mktime: (rt, [text]) => parseTime(rt.text(text)),
  tolower: (rt, [text]) => rt.text(text).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  toupper: (rt, [text]) => rt.text(text).replace(/[a-z]+/g, (part) => part.toUpperCase()),
};

/** mktime("YYYY MM DD HH MM SS") in UTC, as the machines are; -1 where it cannot be read. */
function parseTime(text: string): number {
  const parts = text.trim().split(/\s+/).map(Number);
  if (parts.length < 6 || parts.some(Number.isNaN)) return -1;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}

/** mawk 1.3.4-20200120 drops fractions, and a start before the text makes the piece longer. */
function substring(text: string, from: number, count: number): string {
  let start = Math.trunc(from);
  let length = Math.trunc(count);
  if (Number.isNaN(start) || Number.isNaN(length)) return "";
  if (start < 1) {
    length -= start;
    start = 1;
  }
  return length <= 0 ? "" : text.slice(start - 1, start - 1 + length);
}

/** The call of a built-in function with as many arguments as it allows. */
export function builtinCall(name: string, args: readonly Expr[]): Expr {
  const [first, second, third] = args as [Expr, Expr, Expr | undefined];
  const maths = MATHS[name];
  if (maths !== undefined) return lift(args, (_rt, values) => maths(toNumber(values[0]), toNumber(values[1])));
  if (name === "length" && first?.pattern === "length") return first;
  const plain = PLAIN[name];
  if (plain !== undefined) return lift(args, plain);
  switch (name) {
    case "match":
      return withPattern(second, [first], (rt, regex, [text]) => {
        const found = regex.find(rt.text(text));
        rt.setGlobal(RSTART, found === undefined ? 0 : found[0] + 1);
        rt.setGlobal(RLENGTH, found === undefined ? -1 : found[1] - found[0]);
        return found === undefined ? 0 : found[0] + 1;
      });
    case "split":
      return split(first, second, third);
    case "sub":
    case "gsub":
      return substitution(first, second, third, name === "gsub");
    case "sprintf":
      return liftTask(args, function* (rt, [format, ...rest]): Task<Value> {
        const { text, problem } = rt.format(rt.text(format), rest);
        return problem === undefined
          ? text
          : yield* rt.fail(problem.replace("to printf(", "to sprintf(").replace("in printf(", "in sprintf("));
      });
    case "system":
      return liftTask(args, (rt, [command]) => rt.system(rt.text(command)));
    case "close":
      return liftTask(args, (rt, [stream]) => rt.close(rt.text(stream)));
    default:
      return liftTask(args, (rt) => rt.flushAll());
  }
}

/** A function whose pattern is a constant or made at run time. */
function withPattern(
  pattern: Expr,
  others: readonly Expr[],
  work: (rt: Runtime, regex: Regex, values: readonly Value[]) => Value,
): Expr {
  const { pattern: constant } = pattern;
  if (constant !== undefined) return lift(others, (rt, values) => work(rt, rt.regex(constant), values));
  return lift([...others, pattern], (rt, values) => work(rt, rt.regex(rt.text(values[others.length])), values));
}

function split(text: Expr, into: Expr, separator: Expr | undefined): Expr {
  const fill = (rt: Runtime, parts: readonly string[]): number => {
    const array = into.name?.array(rt);
    array?.clear();
    for (const [index, part] of parts.entries()) array?.set(String(index + 1), true, new Input(part));
    return parts.length;
  };
  const constant = separator?.pattern;
  if (constant !== undefined)
    return lift([text], (rt, [value]) => fill(rt, rt.splitBy(rt.text(value), constant, true)));
  return lift(separator === undefined ? [text] : [text, separator], (rt, [value, given]) =>
    fill(rt, rt.splitBy(rt.text(value), separator === undefined ? rt.variable(FS) : rt.text(given), false)),
  );
}

function substitution(pattern: Expr, replacement: Expr, target: Expr | undefined, global: boolean): Expr {
  const place = target === undefined ? undefined : target.place;
  const operands = place?.operands ?? [];
  const work = (rt: Runtime, regex: Regex, values: readonly Value[]): Value => {
    const given = rt.text(values[0]);
    const rest = values.slice(1);
    const text = target === undefined ? rt.record() : place === undefined ? "" : rt.text(place.get(rt, rest));
    const { result, count } = replaceIn(text, regex, given, global);
    if (count === 0) return 0;
    if (target === undefined) rt.setField(0, result);
    else place?.set(rt, rest, result);
    return count;
  };
  return withPattern(pattern, [replacement, ...operands], work);
}

/** `&` is the match, `\&` an ampersand, `\\&` a backslash and the match. */
function expand(replacement: string, match: string): string {
  return replacement.replace(/\\\\&|\\&|&/g, (sign) => (sign === "&" ? match : sign === "\\&" ? "&" : `\\${match}`));
}

function replaceIn(
  text: string,
  regex: Regex,
  replacement: string,
  global: boolean,
): { result: string; count: number } {
  let result = "";
  let count = 0;
  let from = 0;
  let previousEnd = -1;
  const isPlain = !/[&\\]/.test(replacement);
  while (from <= text.length) {
    const found = regex.find(text, from);
    if (found === undefined) break;
    const [start, end] = found;
    result += text.slice(from, start);
    if (start !== end || start !== previousEnd) {
      result += isPlain ? replacement : expand(replacement, text.slice(start, end));
      count += 1;
    }
    previousEnd = end;
    from = end;
    if (start === end) {
      result += text.slice(end, end + 1);
      from = end + 1;
    }
    if (!global) break;
  }
  return { result: result + text.slice(from), count };
}
