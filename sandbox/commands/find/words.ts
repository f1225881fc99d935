// The words of an expression as its parser takes them, with what they settle for the whole walk.

import type { Sys } from "../../kernel/sys.ts";
import type { Count } from "./expression.ts";

export class Words {
  readonly sys: Sys;
  readonly all: readonly string[];
  at = 0;
  /** The first mistake. */
  problem: string | undefined;
  maxDepth = Infinity;
  minDepth = 0;
  depthFirst = false;
  oneSystem = false;
  /** Whether any action other than -prune and -quit stands in it. */
  acts = false;
  /** Ages count from midnight. */
  dayStart = false;
  regexType = "findutils-default";
  /** How many -exec and the like there are: each has its number. */
  execs = 0;
  readonly warnings: string[] = [];

  constructor(sys: Sys, all: readonly string[]) {
    this.sys = sys;
    this.all = all;
  }

  get left(): boolean {
    return this.at < this.all.length && this.problem === undefined;
  }

  peek(): string | undefined {
    return this.all[this.at];
  }

  fail(text: string): undefined {
    this.problem ??= text;
  }

  /** The word behind a test. */
  argument(word: string): string | undefined {
    if (this.at >= this.all.length) return this.fail(`missing argument to \`${word}'`);
    return this.all[this.at++];
  }

  /** A number behind a test, with its sign. */
  count(word: string, pattern = /^([-+]?)(\d+)$/): Count | undefined {
    const text = this.argument(word);
    if (text === undefined) return undefined;
    const found = pattern.exec(text);
    if (found === null) return this.fail(`invalid argument \`${text}' to \`${word}'`);
    return { sign: (found[1] ?? "") as Count["sign"], value: Number(found[2]) };
  }
}

/** What a predicate's name stands for: reads its arguments; undefined where it is a mere option, or wrong. */
export type Predicate<T> = (words: Words, name: string, word: string) => T | undefined;
