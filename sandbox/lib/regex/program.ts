// Trees to programs: a flat list of instructions for a non-deterministic automaton over UTF-16 units.

import { type CharSet, contains } from "./charset.ts";
import { type Assertion, isNullable, type Node } from "./tree.ts";

/** `unit` reads one UTF-16 unit; `split` tries `x` before `y`; `save` notes a place for a group. */
export type Instruction =
  | { readonly op: "unit"; readonly set: CharSet }
  | { readonly op: "split"; x: number; y: number }
  | { readonly op: "jump"; x: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "assert"; readonly what: Assertion }
  | { readonly op: "ref"; readonly index: number }
  /** `mark` notes where a round of a loop begins; `progress` fails where the round read nothing. */
  | { readonly op: "mark" | "progress"; readonly slot: number }
  | { readonly op: "match" };

export interface RegexProgram {
  readonly code: readonly Instruction[];
  readonly groups: number;
  /** Places a walker notes: two for each group and the whole, and one for each guarded loop. */
  readonly slots: number;
  readonly hasAsserts: boolean;
}

/** Programs longer than this are refused, as regcomp refuses them for want of memory. */
const MAX_LENGTH = 60_000;

/** A tree to its program; undefined where it would be too big. Loops are guarded where a walker without memory runs it. */
export function buildProgram(tree: Node, groups: number, guarded: boolean): RegexProgram | undefined {
  const code: Instruction[] = [];
  let hasAsserts = false;
  let marks = groups * 2 + 2;
  emit(tree);
  code.push({ op: "match" });
  return code.length > MAX_LENGTH ? undefined : { code, groups, slots: marks, hasAsserts };

  function emit(node: Node): void {
    if (code.length > MAX_LENGTH) return;
    switch (node.kind) {
      case "empty":
        return;
      case "set":
        emitSet(node.set);
        return;
      case "cat":
        for (const item of node.items) emit(item);
        return;
      case "alt":
        emitChoice(node.items.map((item) => () => emit(item)));
        return;
      case "group":
        code.push({ op: "save", slot: node.index * 2 });
        emit(node.item);
        code.push({ op: "save", slot: node.index * 2 + 1 });
        return;
      case "assert":
        hasAsserts = true;
        code.push({ op: "assert", what: node.what });
        return;
      case "ref":
        code.push({ op: "ref", index: node.index });
        return;
      case "repeat":
        emitRepeat(node.item, node.min, node.max);
        return;
    }
  }

  function emitChoice(branches: readonly (() => void)[]): void {
    const ends: { op: "jump"; x: number }[] = [];
    branches.forEach((branch, index) => {
      if (index === branches.length - 1) {
        branch();
        return;
      }
      const split = { op: "split" as const, x: code.length + 1, y: 0 };
      code.push(split);
      branch();
      const end = { op: "jump" as const, x: 0 };
      code.push(end);
      ends.push(end);
      split.y = code.length;
    });
    for (const end of ends) end.x = code.length;
  }

  function emitRepeat(item: Node, min: number, max: number): void {
    if (max === Infinity) {
      // A body that can be empty runs at least once, so that its groups are set as glibc sets them.
      for (let i = 1; i < min; i++) emit(item);
      if (min > 0) emitPlus(item);
      else if (isNullable(item)) emitOptional(() => emitPlus(item));
      else emitStar(item);
      return;
    }
    for (let i = 0; i < min; i++) emit(item);
    emitUpTo(item, max - min);
  }

  function emitUpTo(item: Node, count: number): void {
    const splits: { op: "split"; x: number; y: number }[] = [];
    for (let i = 0; i < count && code.length <= MAX_LENGTH; i++) {
      const split = { op: "split" as const, x: code.length + 1, y: 0 };
      splits.push(split);
      code.push(split);
      emit(item);
    }
    for (const split of splits) split.y = code.length;
  }

  function emitOptional(body: () => void): void {
    const split = { op: "split" as const, x: code.length + 1, y: 0 };
    code.push(split);
    body();
    split.y = code.length;
  }

  function emitPlus(item: Node): void {
    const start = code.length;
    if (!guarded || !isNullable(item)) {
      emit(item);
      code.push({ op: "split", x: start, y: code.length + 1 });
      return;
    }
    const slot = marks++;
    code.push({ op: "mark", slot });
    emit(item);
    code.push(
      { op: "split", x: code.length + 1, y: code.length + 3 },
      { op: "progress", slot },
      { op: "jump", x: start },
    );
  }

  function emitStar(item: Node): void {
    const split = { op: "split" as const, x: code.length + 1, y: 0 };
    const start = code.length;
    code.push(split);
    emit(item);
    code.push({ op: "jump", x: start });
    split.y = code.length;
  }

  /** Characters beyond U+FFFF are two units; a set that may hold some gets a second branch for them. */
  function emitSet(set: CharSet): void {
    const wide = wideRanges(set);
    if (wide.length === 0) return void code.push({ op: "unit", set });
    const branches = wide.map(([high, low]) => () => {
      code.push({ op: "unit", set: units(high) }, { op: "unit", set: units(low) });
    });
    if (set.negated || set.classes.length > 0 || hasNarrow(set))
      branches.unshift(() => void code.push({ op: "unit", set }));
    emitChoice(branches);
  }
}

function hasNarrow(set: CharSet): boolean {
  return set.ranges.some((code, index) => index % 2 === 0 && code <= 0xffff);
}

function units([low, high]: readonly [number, number]): CharSet {
  return { ranges: [low, high], classes: [], negated: false };
}

type UnitRange = readonly [number, number];

/** The pairs of high and low halves of the set's characters beyond U+FFFF. */
function wideRanges(set: CharSet): (readonly [UnitRange, UnitRange])[] {
  if (set.negated || set.classes.length > 0) {
    // The complement and the named classes take every wide character whose representative emoji or letter fits.
    const sample = contains(set, 0x1f600) || contains(set, 0x20000);
    return sample
      ? [
          [
            [0xd800, 0xdbff],
            [0xdc00, 0xdfff],
          ],
        ]
      : [];
  }
  const found: (readonly [UnitRange, UnitRange])[] = [];
  for (let i = 0; i < set.ranges.length; i += 2) {
    let low = Math.max(set.ranges[i] ?? 0, 0x10000);
    const high = set.ranges[i + 1] ?? 0;
    while (low <= high) {
      const lead = 0xd800 + ((low - 0x10000) >> 10);
      const blockEnd = Math.min(high, low | 0x3ff);
      found.push([
        [lead, lead],
        [0xdc00 + (low & 0x3ff), 0xdc00 + (blockEnd & 0x3ff)],
      ]);
      low = blockEnd + 1;
    }
  }
  return found;
}
