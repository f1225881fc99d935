// The automaton that finds matches in linear time: states are made when they are first reached and thrown away when
// there are too many. It knows nothing of groups.

import { contains, isWord } from "./charset.ts";
import type { Instruction, RegexProgram } from "./program.ts";
import type { Assertion } from "./tree.ts";

/** What stands on one side of a place, as far as assertions ask. */
const EDGE = 0;
const NEWLINE = 1;
const WORD = 2;
const OTHER = 3;

const MAX_STATES = 3000;
const END = 0;

interface State {
  /** Instructions to be followed from here, in order, assertions not yet decided. */
  readonly threads: readonly number[];
  readonly before: number;
  readonly floating: boolean;
  readonly isDead: boolean;
  /** By class of the next unit: index of the state after it × 2, plus 1 where a match ends before it. */
  readonly next: number[];
}

export class Automaton {
  private readonly code: readonly Instruction[];
  private readonly multiline: boolean;
  private readonly usesContext: boolean;
  private states: State[] = [];
  private index = new Map<string, number>();
  private starts: number[] = [];
  private readonly ascii = new Int32Array(128);
  private readonly wide = new Map<number, number>();
  private readonly signatures = new Map<string, number>();
  /** A unit of each class, class 0 being the end of the text. */
  private readonly samples: number[] = [-1];
  private readonly sets;

  constructor(program: RegexProgram, multiline: boolean) {
    this.code = program.code;
    this.multiline = multiline;
    this.usesContext = program.hasAsserts;
    this.sets = [...new Set(program.code.flatMap((step) => (step.op === "unit" ? [step.set] : [])))];
  }

  /** Whether a match begins at or after `from`; answers the earliest end of one, or -1. */
  earliestEnd(text: string, from: number): number {
    let state = this.start(text, from, true);
    const length = text.length;
    const { ascii } = this;
    for (let i = from; i <= length; i++) {
      let kind = END;
      if (i < length) {
        const unit = text.charCodeAt(i);
        kind = unit < 128 ? (ascii[unit] ?? 0) || this.classOf(unit) : this.classOf(unit);
      }
      const step = state.next[kind] ?? this.step(state, kind);
      if ((step & 1) === 1) return i;
      state = this.states[step >> 1] as State;
    }
    return -1;
  }

  /** End of the longest match that begins exactly at `from`, or -1. */
  longestEnd(text: string, from: number): number {
    let state = this.start(text, from, false);
    let last = -1;
    const length = text.length;
    for (let i = from; i <= length; i++) {
      const kind = i < length ? this.classOf(text.charCodeAt(i)) : END;
      const step = state.next[kind] ?? this.step(state, kind);
      if ((step & 1) === 1) last = i;
      state = this.states[step >> 1] as State;
      if (state.isDead) break;
    }
    return last;
  }

  private classOf(unit: number): number {
    const known = unit < 128 ? this.ascii[unit] : this.wide.get(unit);
    if (known !== undefined && known > 0) return known;
    let signature = this.usesContext ? String(this.contextOf(unit)) : "";
    for (const set of this.sets) signature += contains(set, unit) ? "1" : "0";
    let found = this.signatures.get(signature);
    if (found === undefined) {
      found = this.samples.length;
      this.samples.push(unit);
      this.signatures.set(signature, found);
    }
    if (unit < 128) this.ascii[unit] = found;
    else this.wide.set(unit, found);
    return found;
  }

  private contextOf(unit: number): number {
    if (unit < 0) return EDGE;
    return unit === 10 ? NEWLINE : isWord(unit) ? WORD : OTHER;
  }

  private start(text: string, from: number, floating: boolean): State {
    const before = this.usesContext && from > 0 ? this.contextOf(text.charCodeAt(from - 1)) : EDGE;
    const slot = before * 2 + (floating ? 1 : 0);
    let index = this.starts[slot];
    if (index === undefined) {
      index = this.intern([0], before, floating);
      this.starts[slot] = index;
    }
    return this.states[index] as State;
  }

  private intern(threads: readonly number[], before: number, floating: boolean): number {
    const kept = this.expand(threads, before, -2);
    const key = `${before}${floating ? "+" : "-"}${kept.join()}`;
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const found = this.states.length;
    this.states.push({ threads: kept, before, floating, isDead: kept.length === 0 && !floating, next: [] });
    this.index.set(key, found);
    return found;
  }

  private step(state: State, kind: number): number {
    if (this.states.length > MAX_STATES) {
      this.states = [];
      this.index = new Map();
      this.starts = [];
      // The old state stays usable by its holder, but its steps point into the table thrown away.
      state.next.length = 0;
    }
    const sample = this.samples[kind] ?? -1;
    const after = this.usesContext ? this.contextOf(sample) : OTHER;
    const live = this.expand(state.threads, state.before, after);
    let accepts = 0;
    const reached: number[] = [];
    for (const at of live) {
      const step = this.code[at];
      if (step?.op === "match") accepts = 1;
      else if (step?.op === "unit" && sample >= 0 && contains(step.set, sample)) reached.push(at + 1);
    }
    if (state.floating && sample >= 0) reached.push(0);
    const next = this.intern(reached, this.usesContext ? after : EDGE, state.floating);
    const answer = next * 2 + accepts;
    state.next[kind] = answer;
    return answer;
  }

  /** Follows jumps and splits, and assertions where the next unit is known (`after` is not -2). */
  private expand(threads: readonly number[], before: number, after: number): number[] {
    const seen = new Set<number>();
    const kept = new Set<number>();
    const stack = [...threads].reverse();
    while (stack.length > 0) {
      const at = stack.pop() as number;
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.code[at] as Instruction;
      if (step.op === "jump") stack.push(step.x);
      else if (step.op === "split") stack.push(step.y, step.x);
      else if (step.op === "save" || step.op === "mark" || step.op === "progress") stack.push(at + 1);
      else if (step.op !== "assert") kept.add(at);
      else if (after === -2) kept.add(at);
      else if (this.holds(step.what, before, after)) stack.push(at + 1);
    }
    return [...kept].sort((a, b) => a - b);
  }

  private holds(what: Assertion, before: number, after: number): boolean {
    switch (what) {
      case "bol":
        return before === EDGE || (this.multiline && before === NEWLINE);
      case "eol":
        return after === EDGE || (this.multiline && after === NEWLINE);
      case "bufStart":
        return before === EDGE;
      case "bufEnd":
        return after === EDGE;
      case "wordEdge":
        return (before === WORD) !== (after === WORD);
      case "notWordEdge":
        return (before === WORD) === (after === WORD);
      case "wordStart":
        return before !== WORD && after === WORD;
      case "wordEnd":
        return before === WORD && after !== WORD;
    }
  }
}
