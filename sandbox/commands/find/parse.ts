// The expression of find: from words to a tree of tests and actions.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { ACTIONS } from "./actions.ts";
import type { Action, Expression, Node, Test } from "./expression.ts";
import { OPTIONS } from "./options.ts";
import { findTest } from "./tests.ts";
import { Words } from "./words.ts";

const TRUE: Node = { op: "leaf", leaf: { kind: "true" } };

/** Parses the words after the starting points. The string is the message of the error. */
export function parseExpression(sys: Sys, given: readonly string[]): Expression | { error: string } {
  const words = new Words(sys, given);
  const tree = given.length === 0 ? undefined : new Parser(words).list();
  if (words.left)
    words.fail(words.peek() === ")" ? "you have too many ')'" : `paths must precede expression: \`${words.peek()}'`);
  if (words.problem !== undefined) return { error: words.problem };
  const { maxDepth, minDepth, depthFirst, oneSystem, acts, warnings } = words;
  return { tree, maxDepth, minDepth, depthFirst, oneSystem, acts, warnings };
}

class Parser {
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  #fail(text: string): Node {
    this.#words.fail(text);
    return TRUE;
  }

  list(): Node {
    let left = this.#or();
    while (this.#words.left && this.#words.peek() === ",") {
      this.#words.at += 1;
      left = { op: "list", left, right: this.#or() };
    }
    return left;
  }

  #or(): Node {
    let left = this.#and();
    while (this.#words.left && (this.#words.peek() === "-o" || this.#words.peek() === "-or")) {
      const word = this.#words.peek() ?? "";
      this.#words.at += 1;
      if (!this.#words.left || this.#words.peek() === ")") return this.#fail(`expected an expression after '${word}'`);
      left = { op: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Node {
    let left = this.#not();
    for (;;) {
      const word = this.#words.peek();
      if (!this.#words.left || word === ")" || word === "-o" || word === "-or" || word === ",") return left;
      if (word === "-a" || word === "-and") {
        this.#words.at += 1;
        if (!this.#words.left || this.#words.peek() === ")")
          return this.#fail(`expected an expression after '${word}'`);
      }
      left = { op: "and", left, right: this.#not() };
    }
  }

  #not(): Node {
    const word = this.#words.peek();
    if (word === "!" || word === "-not") {
      this.#words.at += 1;
      if (!this.#words.left) return this.#fail(`expected an expression after '${word}'`);
      return { op: "not", of: this.#not() };
    }
    if (word === "(") {
      this.#words.at += 1;
      if (this.#words.peek() === ")") return this.#fail("invalid expression; empty parentheses are not allowed.");
      if (!this.#words.left)
        return this.#fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      const inner = this.list();
      if (this.#words.problem !== undefined) return TRUE;
      if (this.#words.peek() !== ")")
        return this.#fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      this.#words.at += 1;
      return inner;
    }
    return this.#primary();
  }

  #primary(): Node {
    const word = this.#words.peek() ?? "";
    if (word === ")") return this.#fail("invalid expression; you have too many ')'");
    if (word === "-o" || word === "-or" || word === "-a" || word === "-and" || word === ",") {
      return this.#fail(`invalid expression; you have used a binary operator '${word}' with nothing before it.`);
    }
    if (!word.startsWith("-") || word === "-") {
      const before = this.#words.all.slice(0, this.#words.at).findLast((one) => /^-[a-z]|^[(!]$/.test(one));
      const hint =
        before !== undefined && !isErrno(this.#words.sys.lstat(word))
          ? `\nfind: possible unquoted pattern after predicate \`${before}'?`
          : "";
      return this.#fail(`paths must precede expression: \`${word}'${hint}`);
    }
    this.#words.at += 1;
    const leaf = this.#leaf(word.startsWith("--") ? word.slice(1) : word, word);
    return leaf === undefined ? TRUE : { op: "leaf", leaf };
  }

  /** One test or action; undefined where it is a mere option. */
  #leaf(name: string, word: string): Test | Action | undefined {
    const predicate = findTest(name) ?? ACTIONS[name] ?? OPTIONS[name];
    if (predicate !== undefined) return predicate(this.#words, name, word);
    if (["-fstype", "-context", "-used", "-files0-from"].includes(name))
      return this.#words.fail(`${word} is not modelled in this sandbox`);
    return this.#words.fail(`unknown predicate \`${word}'`);
  }
}
