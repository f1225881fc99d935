// mawk's own regular expressions: extended, without intervals, escapes in brackets, and messages of their own.

import { ANY, type CharSet, single } from "../../lib/regex/charset.ts";
import { fromTree, type Regex } from "../../lib/regex/regex.ts";
import { EMPTY, type Node } from "../../lib/regex/tree.ts";

const CLASSES: Readonly<Record<string, readonly number[]>> = {
  alpha: [65, 90, 97, 122],
  digit: [48, 57],
  alnum: [48, 57, 65, 90, 97, 122],
  upper: [65, 90],
  lower: [97, 122],
  space: [9, 13, 32, 32],
  blank: [9, 9, 32, 32],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  print: [32, 126],
  graph: [33, 126],
  cntrl: [0, 31, 127, 127],
  xdigit: [48, 57, 65, 70, 97, 102],
};

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '"': 34, "/": 47 };

class RegexProblem {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A pattern to a matcher, or what mawk says about it. */
export function compileAwk(pattern: string): Regex | { readonly error: string } {
  try {
    const reader = new Reader(pattern);
    const tree = reader.run();
    return fromTree({ tree, groups: 0, hasRefs: false, leading: [] }, {});
  } catch (problem) {
    if (problem instanceof RegexProblem) return { error: problem.text };
    throw problem;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Node {
    if (this.#text === "") return EMPTY;
    return this.#alternatives(0);
  }

  #alternatives(depth: number): Node {
    const items = [this.#branch(depth)];
    while (this.#text[this.#at] === "|") {
      this.#at++;
      items.push(this.#branch(depth));
    }
    return items.length === 1 ? (items[0] ?? EMPTY) : { kind: "alt", items };
  }

  #branch(depth: number): Node {
    const items: Node[] = [];
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === "|" || (char === ")" && depth > 0)) break;
      const item = this.#atom(char, items.length === 0, depth);
      items.push(item.kind === "assert" ? item : this.#repeated(item));
    }
    if (items.length === 0) throw new RegexProblem("missing operand");
    return items.length === 1 ? (items[0] ?? EMPTY) : { kind: "cat", items };
  }

  #repeated(item: Node): Node {
    let node = item;
    for (;;) {
      const sign = this.#text[this.#at];
      if (sign === "*") node = { kind: "repeat", item: node, min: 0, max: Infinity };
      else if (sign === "+") node = { kind: "repeat", item: node, min: 1, max: Infinity };
      else if (sign === "?") node = { kind: "repeat", item: node, min: 0, max: 1 };
      else return node;
      this.#at++;
    }
  }

  #atom(char: string, first: boolean, depth: number): Node {
    this.#at++;
    switch (char) {
      case "(": {
        if (this.#at >= this.#text.length) throw new RegexProblem("missing ')'");
        const item = this.#alternatives(depth + 1);
        if (this.#text[this.#at] !== ")") throw new RegexProblem("missing ')'");
        this.#at++;
        return { kind: "group", item, index: 0 };
      }
      case "*":
      case "+":
      case "?":
        throw new RegexProblem("missing operand");
      case ".":
        return { kind: "set", set: ANY };
      case "[":
        return { kind: "set", set: this.#bracket() };
      case "^":
        return first ? { kind: "assert", what: "bol" } : this.#char(94);
      case "$": {
        const next = this.#text[this.#at];
        return next === undefined || next === "|" || (next === ")" && depth > 0)
          ? { kind: "assert", what: "eol" }
          : this.#char(36);
      }
      case "\\":
        return this.#char(this.#escaped());
      default:
        return this.#char(char.charCodeAt(0));
    }
  }

  #char(code: number): Node {
    return { kind: "set", set: single(code) };
  }

  #escaped(): number {
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at))?.[0];
    if (octal !== undefined) {
      this.#at += octal.length;
      return Number.parseInt(octal, 8) & 255;
    }
    const char = this.#text[this.#at];
    if (char === undefined) return 92;
    this.#at++;
    return ESCAPES[char] ?? char.charCodeAt(0);
  }

  #bracket(): CharSet {
    const text = this.#text;
    const negated = text[this.#at] === "^";
    if (negated) this.#at++;
    const ranges: number[] = [];
    const fail = (): never => {
      throw new RegexProblem("bad class -- [], [^] or [");
    };
    for (let first = true; first || text[this.#at] !== "]"; first = false) {
      if (this.#at >= text.length) return fail();
      const named = /^\[:(\w+):\]/.exec(text.slice(this.#at));
      if (named !== null) {
        const members = CLASSES[named[1] ?? ""] ?? fail();
        this.#at += named[0].length;
        ranges.push(...members);
        continue;
      }
      const low = this.#bracketChar();
      const dash = text[this.#at] === "-" && this.#at + 1 < text.length && text[this.#at + 1] !== "]";
      if (!dash) {
        ranges.push(low, low);
        continue;
      }
      this.#at++;
      const high = this.#bracketChar();
      if (low <= high) ranges.push(low, high);
    }
    this.#at++;
    return { ranges, classes: [], negated };
  }

  #bracketChar(): number {
    const char = this.#text[this.#at++] ?? "";
    return char === "\\" ? this.#escaped() : char.charCodeAt(0);
  }
}
