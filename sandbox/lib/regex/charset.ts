// Sets of characters, as the parser makes them. A set knows nothing of the automaton; it only answers "is this in?".

/** A set of code points: ranges, Unicode-aware named classes, or the complement of both. */
export interface CharSet {
  /** Inclusive pairs: low, high, low, high, … */
  readonly ranges: readonly number[];
  readonly classes: readonly ClassName[];
  readonly negated: boolean;
}

const CLASSES = {
  alpha: /\p{Alphabetic}/u,
  digit: /[0-9]/,
  alnum: /[\p{Alphabetic}\p{Nd}]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /[\t-\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/,
  blank: /[\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/,
  punct: /[!-/:-@[-`{-~]|[^\p{Alphabetic}\p{Nd}\p{Z}\p{C}\0-\x7f]/u,
  print: /[^\p{Cc}\p{Cn}\p{Cs}\u2028\u2029]/u,
  graph: /[^\p{Cc}\p{Cn}\p{Cs}\p{Zs}\u2028\u2029]/u,
  cntrl: /[\p{Cc}\u2028\u2029]/u,
  xdigit: /[0-9A-Fa-f]/,
  word: /[\p{Alphabetic}\p{Nd}_]/u,
} as const;

export type ClassName = keyof typeof CLASSES;

export function isClassName(name: string): name is ClassName {
  return name !== "word" && Object.hasOwn(CLASSES, name);
}

/** Whether a code point belongs to a named class of the C.UTF-8 locale. */
export function inClass(name: ClassName, code: number): boolean {
  return CLASSES[name].test(String.fromCodePoint(code));
}

export function isWord(code: number): boolean {
  if (code < 128)
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
  return inClass("word", code);
}

/** Halves of pairs, and the lone halves that stand for bytes which are not UTF-8, are no characters. */
function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Whether the set holds the code point. */
export function contains(set: CharSet, code: number): boolean {
  let inside = false;
  for (let i = 0; i < set.ranges.length && !inside; i += 2) {
    inside = code >= (set.ranges[i] ?? 0) && code <= (set.ranges[i + 1] ?? 0);
  }
  if (isSurrogate(code)) return inside && !set.negated;
  for (const name of set.classes) inside ||= inClass(name, code);
  return inside !== set.negated;
}

/** Both cases of a code point, itself first. */
export function cases(code: number): number[] {
  if (isSurrogate(code)) return [code];
  const text = String.fromCodePoint(code);
  const found = [code];
  for (const other of [text.toLowerCase(), text.toUpperCase()]) {
    const point = other.codePointAt(0) ?? code;
    if (other.length === String.fromCodePoint(point).length && !found.includes(point)) found.push(point);
  }
  return found;
}

/** The set with every case of its members. */
export function foldSet(set: CharSet): CharSet {
  const ranges = [...set.ranges];
  for (let i = 0; i < set.ranges.length; i += 2) {
    const low = set.ranges[i] ?? 0;
    const high = Math.min(set.ranges[i + 1] ?? 0, low + 0x800);
    for (let code = low; code <= high; code++)
      for (const other of cases(code)) if (other < low || other > high) ranges.push(other, other);
  }
  const classes = set.classes.flatMap((name): ClassName[] =>
    name === "upper" || name === "lower" ? ["upper", "lower"] : [name],
  );
  return { ranges, classes, negated: set.negated };
}

export const ANY: CharSet = { ranges: [], classes: [], negated: true };

export function single(code: number): CharSet {
  return { ranges: [code, code], classes: [], negated: false };
}
