// Regular expressions as the tools of a Linux machine know them: leftmost-longest, in time linear in the text.
// The door of this folder, but for Perl's dialect.

import { Automaton } from "./dfa.ts";
import { Walker } from "./groups.ts";
import { BASIC, type Dialect, EGREP, EXTENDED, type Parsed, parse, SED } from "./parse.ts";
import { buildProgram } from "./program.ts";
import { literalOf, type Node, widenRefs } from "./tree.ts";

export interface RegexOptions {
  /** basic (sed, grep), extended (sed -E, bash), egrep (grep -E, which forgives more). Perl's (grep -P) has its own door, perl.ts. */
  readonly syntax: "basic" | "extended" | "egrep" | "sed";
  readonly ignoreCase?: boolean;
  /** ^ and $ also match at newlines inside the text. */
  readonly multiline?: boolean;
}

export interface Regex {
  /** Number of groups in the pattern. */
  readonly groups: number;
  /** Repetition signs that stand where nothing can be repeated (grep -E ignores them with a warning). */
  readonly leading: readonly string[];
  /** True after a search that was given up because it would have taken too long. */
  readonly exhausted: boolean;
  test(text: string, from?: number): boolean;
  /** Start and end of the first match at or after `from`. */
  find(text: string, from?: number): readonly [number, number] | undefined;
  /** As `find`, with the places of all groups: pairs, -1 where a group took no part. */
  exec(text: string, from?: number): readonly number[] | undefined;
}

const DIALECTS: Readonly<Record<"basic" | "extended" | "egrep" | "sed", Dialect>> = {
  basic: BASIC,
  sed: SED,
  extended: EXTENDED,
  egrep: EGREP,
};

/** A pattern to a matcher, or the message that regerror(3) gives. */
export function compile(pattern: string, options: RegexOptions): Regex | { readonly error: string } {
  const parsed = parse(pattern, DIALECTS[options.syntax], options.ignoreCase);
  return "error" in parsed ? parsed : fromTree(parsed, options);
}

/** Whether `compile` failed. */
export function isRegexError(value: Regex | { readonly error: string }): value is { readonly error: string } {
  return "error" in value;
}

/** A matcher for a tree made elsewhere (awk has a parser of its own). */
export function fromTree(
  parsed: Parsed,
  options: { ignoreCase?: boolean; multiline?: boolean },
): Regex | { readonly error: string } {
  const { tree, groups, leading } = parsed;
  const literal = literalOf(tree);
  if (literal !== undefined && literal !== "") return literalRegex(literal, leading);
  const program = buildProgram(tree, groups, parsed.hasRefs);
  if (program === undefined) return { error: "Regular expression too big" };
  const multiline = options.multiline ?? false;
  const walker = new Walker(program, multiline, options.ignoreCase ?? false);
  if (parsed.hasRefs) {
    const wide = buildProgram(widenRefs(tree), groups, false);
    return wide === undefined
      ? { error: "Regular expression too big" }
      : walkingRegex(walker, new Automaton(wide, multiline), groups, leading);
  }
  const automaton = new Automaton(program, multiline);
  const isAnchored = !multiline && startsAtEdge(tree);
  const find = (text: string, from = 0): readonly [number, number] | undefined => {
    if (isAnchored && from > 0) return undefined;
    const first = automaton.earliestEnd(text, from);
    if (first < 0) return undefined;
    for (let start = from; start <= first; start++) {
      const end = automaton.longestEnd(text, start);
      if (end >= 0) return [start, end];
    }
    return undefined;
  };
  return {
    groups,
    leading,
    exhausted: false,
    test: (text, from = 0) => automaton.earliestEnd(text, from) >= 0,
    find,
    exec(text, from = 0) {
      const found = find(text, from);
      if (found === undefined || groups === 0) return found;
      return walker.groups(text, found[0], found[1]) ?? found;
    },
  };
}

function startsAtEdge(node: Node): boolean {
  if (node.kind === "assert") return node.what === "bol" || node.what === "bufStart";
  if (node.kind === "cat") return node.items[0] !== undefined && startsAtEdge(node.items[0]);
  if (node.kind === "group") return startsAtEdge(node.item);
  return node.kind === "alt" && node.items.every(startsAtEdge);
}

function literalRegex(literal: string, leading: readonly string[]): Regex {
  const find = (text: string, from = 0): readonly [number, number] | undefined => {
    const at = text.indexOf(literal, from);
    return at < 0 ? undefined : [at, at + literal.length];
  };
  return {
    groups: 0,
    leading,
    exhausted: false,
    test: (text, from = 0) => text.includes(literal, from),
    find,
    exec: find,
  };
}

/** Back-references: the automaton of the widened pattern tells which texts cannot match; the walker decides. */
function walkingRegex(walker: Walker, filter: Automaton, groups: number, leading: readonly string[]): Regex {
  const exec = (text: string, from = 0): readonly number[] | undefined => {
    walker.begin();
    if (filter.earliestEnd(text, from) < 0) return undefined;
    for (let start = from; start <= text.length; start++) {
      if (filter.longestEnd(text, start) < 0) continue;
      const found = walker.longest(text, start);
      if (walker.exhausted) return undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    groups,
    leading,
    get exhausted() {
      return walker.exhausted;
    },
    test: (text, from) => exec(text, from) !== undefined,
    find(text, from) {
      const found = exec(text, from);
      return found === undefined ? undefined : [found[0] ?? 0, found[1] ?? 0];
    },
    exec,
  };
}
