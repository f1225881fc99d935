// Where the groups of a match lie: the program walked with preferences (first alternative, most repetitions), held to
// the end that the automaton found. With back-references it also finds the match, within a budget of steps.

import { contains, isWord } from "./charset.ts";
import type { Instruction, RegexProgram } from "./program.ts";
import type { Assertion } from "./tree.ts";

/** Steps after which a search with back-references is given up. */
const BUDGET = 3_000_000;

export class Walker {
  private readonly program: RegexProgram;
  private readonly multiline: boolean;
  private readonly ignoreCase: boolean;
  /** True after a search was given up for want of steps. */
  exhausted = false;
  private steps = 0;

  constructor(program: RegexProgram, multiline: boolean, ignoreCase: boolean) {
    this.program = program;
    this.multiline = multiline;
    this.ignoreCase = ignoreCase;
  }

  begin(): void {
    this.steps = 0;
    this.exhausted = false;
  }

  /** Places of all groups of the match from `start` to `end`, pairs, -1 where a group took no part. */
  groups(text: string, start: number, end: number): number[] | undefined {
    const width = end - start + 1;
    const seen = new Uint8Array((this.program.code.length * width + 7) >> 3);
    return this.walk(
      text,
      start,
      (at) => at === end,
      (pc, at) => {
        if (at > end) return true;
        const bit = pc * width + (at - start);
        const mask = 1 << (bit & 7);
        if (((seen[bit >> 3] ?? 0) & mask) !== 0) return true;
        seen[bit >> 3] = (seen[bit >> 3] ?? 0) | mask;
        return false;
      },
    );
  }

  /** Longest match that begins at `start`, by trying every way (back-references leave no other). */
  longest(text: string, start: number): number[] | undefined {
    let best: number[] | undefined;
    let bestEnd = -1;
    this.walk(
      text,
      start,
      (at, slots) => {
        if (at > bestEnd) {
          bestEnd = at;
          best = [...slots];
        }
        return at === text.length;
      },
      () => {
        this.steps += 1;
        if (this.steps > BUDGET) this.exhausted = true;
        return this.exhausted;
      },
    );
    if (best !== undefined) [best[0], best[1]] = [start, bestEnd];
    return best;
  }

  private walk(
    text: string,
    start: number,
    accept: (at: number, slots: number[]) => boolean,
    refuse: (pc: number, at: number) => boolean,
  ): number[] | undefined {
    const { code } = this.program;
    const slots = new Array<number>(this.program.slots).fill(-1);
    // Pairs to come back to: (pc, place), or (-1 - slot, old value) that restores a slot.
    const stack: number[] = [0, start];
    while (stack.length > 0) {
      let at = stack.pop() as number;
      let pc = stack.pop() as number;
      if (pc < 0) {
        slots[-1 - pc] = at;
        continue;
      }
      for (;;) {
        if (refuse(pc, at)) break;
        const step = code[pc] as Instruction;
        if (step.op === "match") {
          if (!accept(at, slots)) break;
          slots[0] = start;
          slots[1] = at;
          return slots;
        }
        if (step.op === "unit") {
          if (at >= text.length || !contains(step.set, text.charCodeAt(at))) break;
          at += 1;
          pc += 1;
        } else if (step.op === "jump") pc = step.x;
        else if (step.op === "split") {
          stack.push(step.y, at);
          pc = step.x;
        } else if (step.op === "progress") {
          if (slots[step.slot] === at) break;
          pc += 1;
        } else if (step.op === "save" || step.op === "mark") {
          stack.push(-1 - step.slot, slots[step.slot] ?? -1);
          slots[step.slot] = at;
          pc += 1;
        } else if (step.op === "assert") {
          if (!this.holds(step.what, text, at)) break;
          pc += 1;
        } else if (step.op === "ref") {
          const length = this.sameAgain(text, at, slots[step.index * 2] ?? -1, slots[step.index * 2 + 1] ?? -1);
          if (length < 0) break;
          at += length;
          pc += 1;
        }
      }
    }
    return undefined;
  }

  private sameAgain(text: string, at: number, from: number, to: number): number {
    if (from < 0 || to < 0) return -1;
    const wanted = text.slice(from, to);
    const found = text.slice(at, at + wanted.length);
    const same = found === wanted || (this.ignoreCase && found.toLowerCase() === wanted.toLowerCase());
    return same ? wanted.length : -1;
  }

  private holds(what: Assertion, text: string, at: number): boolean {
    const before = at > 0 && isWord(text.charCodeAt(at - 1));
    const after = at < text.length && isWord(text.charCodeAt(at));
    switch (what) {
      case "bol":
        return at === 0 || (this.multiline && text.charCodeAt(at - 1) === 10);
      case "eol":
        return at === text.length || (this.multiline && text.charCodeAt(at) === 10);
      case "bufStart":
        return at === 0;
      case "bufEnd":
        return at === text.length;
      case "wordEdge":
        return before !== after;
      case "notWordEdge":
        return before === after;
      case "wordStart":
        return !before && after;
      case "wordEnd":
        return before && !after;
    }
  }
}
