// Finds the place of a hunk in a file and puts it in: at its line, then further and further away, then with fewer lines of context.

import type { Hunk } from "./read.ts";

/** A file as it is being changed. */
export interface Target {
  readonly input: readonly string[];
  /** What is written so far, and how many lines of the input that took. */
  output: string[];
  taken: number;
  /** How far hunks lay from where they said, so far. */
  offset: number;
  /** How many lines the output is longer than the input, so far. */
  growth: number;
}

export function createTarget(text: string): Target {
  const input = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return { input, output: [], taken: 0, offset: 0, growth: 0 };
}

/** Lines of context at the head and at the tail of a hunk. */
export function contextOf(hunk: Hunk): { head: number; tail: number } {
  const same = hunk.lines.map(([kind]) => kind === " ");
  const head = same.indexOf(false);
  const tail = same.length - 1 - same.lastIndexOf(false);
  return { head: head < 0 ? same.length : head, tail: head < 0 ? same.length : tail };
}

/** The line where a hunk fits with so much fuzz; 0 where it fits nowhere. */
export function locate(target: Target, hunk: Hunk, fuzz: number, loose: boolean): number {
  const { input } = target;
  const wanted = hunk.lines.filter(([kind]) => kind !== "+").map(([, text]) => text);
  const guess = hunk.oldStart + target.offset;
  if (wanted.length === 0) return hunk.oldStart === 0 ? 1 : guess;
  const { head, tail } = contextOf(hunk);
  const most = Math.max(head, tail);
  const [cutHead, cutTail] = [fuzz + head - most, fuzz + tail - most];
  const shape = (text: string) => (loose ? text.replace(/\s+/g, " ").trimEnd() : text);
  const fits = (at: number, from: number, to: number): boolean => {
    if (at < 1 || at <= target.taken) return false;
    for (let i = from; i < wanted.length - to; i++) {
      const line = input[at - 1 + i];
      if (line === undefined || shape(line) !== shape(wanted[i] ?? "")) return false;
    }
    return true;
  };
  // Less context in front than behind: the hunk belongs to the head of the file; the reverse: to its end.
  if (cutHead < 0 && hunk.oldStart <= 1) {
    if (cutTail < 0 && wanted.length !== input.length) return 0;
    return fits(1, 0, Math.max(0, cutTail)) ? 1 : 0;
  }
  const from = Math.max(0, cutHead);
  if (cutTail < 0) {
    const at = input.length - wanted.length + 1;
    return fits(at, from, 0) ? at : 0;
  }
  const last = input.length - (wanted.length - cutTail) + 1;
  for (let away = 0; away <= Math.max(last - guess, guess); away++) {
    if (guess + away <= last && fits(guess + away, from, cutTail)) return guess + away;
    if (away > 0 && fits(guess - away, from, cutTail)) return guess - away;
  }
  return 0;
}

/** Puts a hunk in at a line. */
export function apply(target: Target, hunk: Hunk, at: number): void {
  const { input, output } = target;
  output.push(...input.slice(target.taken, at - 1));
  target.taken = at - 1;
  for (const [kind, text] of hunk.lines) {
    if (kind === "+") {
      output.push(text);
      target.growth += 1;
      continue;
    }
    // Context stays as the file has it.
    if (kind === " ") output.push(input[target.taken] ?? "");
    else target.growth -= 1;
    target.taken += 1;
  }
}

/** The whole text after the last hunk. */
export function finish(target: Target): string {
  return [...target.output, ...target.input.slice(target.taken)].join("");
}
