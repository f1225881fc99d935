// test and [: the programs (bash has its own): conditions as exit status.

import { isErrno } from "../kernel/errno.ts";
import type { Stat, Sys } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

class Wrong {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const UNARY = "bcdefgGhkLNOprsStuwxnz";
const BINARY = new Set(["=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

function unary(sys: Sys, letter: string, word: string): boolean | Wrong {
  if (letter === "n") return word !== "";
  if (letter === "z") return word === "";
  if (letter === "t")
    return /^\d+$/.test(word) ? sys.isatty(Number(word)) : new Wrong(`invalid integer ${quote(word)}`);
  if (letter === "r" || letter === "w" || letter === "x") return !isErrno(sys.access(word, letter));
  const stat = letter === "h" || letter === "L" ? sys.lstat(word) : sys.stat(word);
  if (isErrno(stat)) return false;
  const tests: Readonly<Record<string, (stat: Stat) => boolean>> = {
    b: (one) => one.type === "block",
    c: (one) => one.type === "char",
    d: (one) => one.type === "directory",
    e: () => true,
    f: (one) => one.type === "file",
    g: (one) => (one.mode & 0o2000) !== 0,
    G: (one) => one.gid === sys.info.egid,
    h: (one) => one.type === "symlink",
    k: (one) => (one.mode & 0o1000) !== 0,
    L: (one) => one.type === "symlink",
    N: (one) => one.mtime > one.atime,
    O: (one) => one.uid === sys.info.euid,
    p: (one) => one.type === "fifo",
    s: (one) => one.size > 0,
    S: (one) => one.type === "socket",
    u: (one) => (one.mode & 0o4000) !== 0,
  };
  return tests[letter]?.(stat) ?? false;
}

function binary(sys: Sys, left: string, operator: string, right: string): boolean | Wrong {
  if (operator === "=" || operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (operator === "-nt" || operator === "-ot" || operator === "-ef") {
    const [a, b] = [sys.stat(left), sys.stat(right)];
    if (operator === "-ef") return !isErrno(a) && !isErrno(b) && a.ino === b.ino && a.dev === b.dev;
    const [x, y] = [isErrno(a) ? -Infinity : a.mtime, isErrno(b) ? -Infinity : b.mtime];
    return operator === "-nt" ? x > y : x < y;
  }
  for (const word of [left, right])
    if (!/^\s*[-+]?\d+\s*$/.test(word)) return new Wrong(`invalid integer ${quote(word)}`);
  const [x, y] = [BigInt(left.trim().replace(/^\+/, "")), BigInt(right.trim().replace(/^\+/, ""))];
  return (
    { "-eq": x === y, "-ne": x !== y, "-lt": x < y, "-le": x <= y, "-gt": x > y, "-ge": x >= y }[operator] ?? false
  );
}

/** The conditions of POSIX by number of words, then the grammar with -a, -o, ! and brackets. */
function evaluate(sys: Sys, words: readonly string[]): boolean | Wrong {
  const [a = "", b = "", c = "", d = ""] = words;
  const isUnary = (word: string) => word.length === 2 && word[0] === "-" && UNARY.includes(word[1] ?? " ");
  const not = (value: boolean | Wrong) => (value instanceof Wrong ? value : !value);
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return a !== "";
    case 2:
      if (a === "!") return b === "";
      if (isUnary(a)) return unary(sys, a[1] ?? "", b);
      return a.startsWith("-") && a.length === 2
        ? new Wrong(`${quote(a)}: unary operator expected`)
        : new Wrong(`missing argument after ${quote(b)}`);
    case 3:
      if (BINARY.has(b)) return binary(sys, a, b, c);
      if (b === "-a") return a !== "" && c !== "";
      if (b === "-o") return a !== "" || c !== "";
      if (a === "!") return not(evaluate(sys, words.slice(1)));
      if (a === "(" && c === ")") return b !== "";
      return new Wrong(`${quote(b)}: binary operator expected`);
    case 4:
      if (a === "!") return not(evaluate(sys, words.slice(1)));
      if (a === "(" && d === ")") return evaluate(sys, [b, c]);
  }
  let at = 0;
  let wrong: Wrong | undefined;
  const value = (result: boolean | Wrong) => {
    if (result instanceof Wrong) wrong ??= result;
    return result === true;
  };
  const or = (): boolean => {
    let left = and();
    while (words[at] === "-o") {
      at += 1;
      left = and() || left;
    }
    return left;
  };
  const and = (): boolean => {
    let left = term();
    while (words[at] === "-a") {
      at += 1;
      left = term() && left;
    }
    return left;
  };
  const term = (): boolean => {
    const word = words[at];
    if (word === undefined) return value(new Wrong(`missing argument after ${quote(words.at(-1) ?? "")}`));
    if (word === "!") {
      at += 1;
      return !term();
    }
    const operator = words[at + 1];
    if (operator !== undefined && BINARY.has(operator) && words[at + 2] !== undefined) {
      at += 3;
      return value(binary(sys, word, operator, words[at - 1] ?? ""));
    }
    if (word === "(") {
      at += 1;
      const inner = or();
      if (words[at] !== ")")
        return value(new Wrong(words[at] === undefined ? `')' expected` : `')' expected, found ${words[at]}`));
      at += 1;
      return inner;
    }
    if (isUnary(word) && words[at + 1] !== undefined) {
      at += 2;
      return value(unary(sys, word[1] ?? "", words[at - 1] ?? ""));
    }
    at += 1;
    return word !== "";
  };
  const result = or();
  if (wrong === undefined && at < words.length) wrong = new Wrong(`extra argument ${quote(words[at] ?? "")}`);
  return wrong ?? result;
}

function* run(io: Io, sys: Sys, words: readonly string[]) {
  const result = evaluate(sys, words);
  if (result instanceof Wrong) return yield* io.die(2, result.text);
  return result ? 0 : 1;
}

export const test = defineCommand({
  name: "test",
  summary: "Exit with the status determined by EXPRESSION.",
  usage: ["EXPRESSION", ""],
  *run(io, sys) {
    return yield* run(io, sys, io.args);
  },
});

export const bracket = defineCommand({
  name: "[",
  summary: "Exit with the status determined by EXPRESSION.",
  usage: ["EXPRESSION ]", " ]"],
  *run(io, sys) {
    if (io.args.at(-1) !== "]") return yield* io.die(2, "missing ‘]’");
    return yield* run(io, sys, io.args.slice(0, -1));
  },
});
