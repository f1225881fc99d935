// Perl-compatible patterns for grep -P and jq: backtracking on a tree of closures, within a budget of steps, so that
// no pattern can hold the machine up. Messages are those of PCRE2.

import { type CharSet, type ClassName, contains, foldSet, isClassName, isWord, single } from "./charset.ts";
import type { Regex } from "./regex.ts";

/** Steps after which a search is given up, as PCRE's own match limit does. */
const BUDGET = 4_000_000;

interface Match {
  readonly text: string;
  slots: number[];
  steps: number;
  /** Where the reported match begins when \K moved it. */
  keep: number;
}

type Next = (at: number) => boolean;
/** Tries to match at a place and hands the place behind to `next`. */
type Matcher = (match: Match, at: number, next: Next) => boolean;

class PerlError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

class Exhausted {}

/** A Perl-compatible pattern to a matcher, or PCRE2's message. */
export function compilePerl(pattern: string, ignoreCase: boolean, multiline: boolean): PerlRegex | { error: string } {
  try {
    const parser = new PerlParser(pattern, ignoreCase, multiline);
    return createRegex(parser.run(), parser.groups, parser.names);
  } catch (problem) {
    if (problem instanceof PerlError) return { error: problem.text };
    throw problem;
  }
}

export interface PerlRegex extends Regex {
  readonly names: ReadonlyMap<string, number>;
}

function createRegex(matcher: Matcher, groups: number, names: ReadonlyMap<string, number>): PerlRegex {
  let exhausted = false;
  const exec = (text: string, from = 0): readonly number[] | undefined => {
    exhausted = false;
    const match: Match = { text, slots: [], steps: 0, keep: -1 };
    try {
      for (let start = from; start <= text.length; start++) {
        match.slots = new Array<number>(groups * 2 + 2).fill(-1);
        match.keep = -1;
        let end = -1;
        const found = matcher(match, start, (at) => {
          end = at;
          return true;
        });
        if (!found) continue;
        match.slots[0] = match.keep >= 0 ? match.keep : start;
        match.slots[1] = end;
        return match.slots;
      }
    } catch (problem) {
      if (!(problem instanceof Exhausted || problem instanceof RangeError)) throw problem;
      exhausted = true;
    }
    return undefined;
  };
  return {
    groups,
    names,
    leading: [],
    get exhausted() {
      return exhausted;
    },
    test: (text, from) => exec(text, from) !== undefined,
    find(text, from) {
      const found = exec(text, from);
      return found === undefined ? undefined : [found[0] ?? 0, found[1] ?? 0];
    },
    exec,
  };
}

interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
  x: boolean;
}

const SETS: Readonly<Record<string, CharSet>> = {
  d: { ranges: [48, 57], classes: [], negated: false },
  w: { ranges: [48, 57, 65, 90, 95, 95, 97, 122], classes: [], negated: false },
  s: { ranges: [9, 13, 32, 32], classes: [], negated: false },
  h: {
    ranges: [9, 9, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000],
    classes: [],
    negated: false,
  },
  v: { ranges: [10, 13, 0x85, 0x85, 0x2028, 0x2029], classes: [], negated: false },
  N: { ranges: [10, 10], classes: [], negated: true },
};

const CONTROLS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, e: 27, a: 7 };

function escapeSet(letter: string): CharSet | undefined {
  const plain = SETS[letter];
  if (plain !== undefined) return plain;
  const opposite = SETS[letter.toLowerCase()];
  return opposite !== undefined && "DWSHV".includes(letter) ? { ...opposite, negated: true } : undefined;
}

class PerlParser {
  groups = 0;
  readonly names = new Map<string, number>();
  private at = 0;
  private flags: Flags;
  private readonly text: string;

  constructor(text: string, ignoreCase: boolean, multiline: boolean) {
    this.text = text;
    this.flags = { i: ignoreCase, m: multiline, s: false, x: false };
  }

  run(): Matcher {
    const matcher = this.alternatives();
    if (this.at < this.text.length) throw new PerlError("unmatched closing parenthesis");
    return matcher;
  }

  private alternatives(): Matcher {
    const outer = { ...this.flags };
    const branches = [this.sequence()];
    while (this.text[this.at] === "|") {
      this.at++;
      branches.push(this.sequence());
    }
    this.flags = outer;
    const [first] = branches;
    if (branches.length === 1 && first !== undefined) return first;
    return (match, at, next) => branches.some((branch) => branch(match, at, next));
  }

  private sequence(): Matcher {
    const items: Matcher[] = [];
    while (this.at < this.text.length && this.text[this.at] !== "|" && this.text[this.at] !== ")") {
      const item = this.item();
      if (item !== undefined) items.push(item);
    }
    return items.reduceRight<Matcher>(
      (rest, item) => (match, at, next) => item(match, at, (place) => rest(match, place, next)),
      (_match, at, next) => next(at),
    );
  }

  private item(): Matcher | undefined {
    const { text } = this;
    const char = text[this.at] ?? "";
    if (this.flags.x && /\s/.test(char)) return void this.at++;
    if (this.flags.x && char === "#") {
      while (this.at < text.length && text[this.at] !== "\n") this.at++;
      return undefined;
    }
    if ("*+?".includes(char)) throw new PerlError("quantifier does not follow a repeatable item");
    if (char === "(") return this.parenthesis();
    if (char === "^")
      return this.step(this.flags.m ? (m, at) => at === 0 || m.text[at - 1] === "\n" : (_m, at) => at === 0);
    if (char === "$") {
      const lines = this.flags.m;
      return this.step((m, at) => at === m.text.length || (m.text[at] === "\n" && (lines || at === m.text.length - 1)));
    }
    if (char === "\\") return this.escape();
    if (char === "[") return this.quantified(this.bracket());
    this.at++;
    if (char === ".") return this.quantified({ ranges: this.flags.s ? [] : [10, 10], classes: [], negated: true });
    const code = text.codePointAt(this.at - 1) ?? 0;
    if (code > 0xffff) this.at++;
    return this.quantified(this.char(code));
  }

  private char(code: number): CharSet {
    return this.flags.i ? foldSet(single(code)) : single(code);
  }

  /** A condition that reads nothing. */
  private step(holds: (match: Match, at: number) => boolean): Matcher {
    this.at++;
    return this.quantified((match, at, next) => holds(match, at) && next(at));
  }

  private escape(): Matcher | undefined {
    const { text } = this;
    const letter = text[this.at + 1];
    if (letter === undefined) throw new PerlError("\\ at end of pattern");
    this.at++;
    const word = (m: Match, at: number) => at >= 0 && at < m.text.length && isWord(m.text.charCodeAt(at));
    if (letter === "b") return this.step((m, at) => word(m, at - 1) !== word(m, at));
    if (letter === "B") return this.step((m, at) => word(m, at - 1) === word(m, at));
    if (letter === "A" || letter === "G") return this.step((_m, at) => at === 0);
    if (letter === "z") return this.step((m, at) => at === m.text.length);
    if (letter === "Z")
      return this.step((m, at) => at === m.text.length || (at === m.text.length - 1 && m.text[at] === "\n"));
    if (letter === "K") {
      this.at++;
      return (match, at, next) => {
        const old = match.keep;
        match.keep = at;
        if (next(at)) return true;
        match.keep = old;
        return false;
      };
    }
    if (letter === "Q") {
      const end = text.indexOf("\\E", this.at);
      const literal = text.slice(this.at + 1, end < 0 ? undefined : end);
      this.at = end < 0 ? text.length : end + 2;
      return (match, at, next) => match.text.startsWith(literal, at) && next(at + literal.length);
    }
    if (letter === "E") return void this.at++;
    if (letter === "R") {
      this.at++;
      return this.quantified(
        (m, at, next) =>
          (m.text.startsWith("\r\n", at) && next(at + 2)) || (/[\n-\r]/.test(m.text[at] ?? "") && next(at + 1)),
      );
    }
    const reference = /^(?:([1-9]\d?)|g\{?(-?\d+)\}?|k(?:\{(\w+)\}|<(\w+)>|'(\w+)'))/.exec(text.slice(this.at));
    if (reference !== null) return this.reference(reference);
    const set = escapeSet(letter);
    if (set !== undefined) {
      this.at++;
      return this.quantified(set);
    }
    return this.quantified(this.char(this.escapedCode()));
  }

  private reference(found: RegExpExecArray): Matcher {
    const name = found[3] ?? found[4] ?? found[5];
    const number = Number(found[1] ?? found[2] ?? 0);
    const index = name !== undefined ? this.names.get(name) : number < 0 ? this.groups + 1 + number : number;
    if (index === undefined || index > this.groups) throw new PerlError("reference to non-existent subpattern");
    this.at += found[0].length;
    const fold = this.flags.i;
    return this.quantified((match, at, next) => {
      const [from = -1, to = -1] = [match.slots[index * 2], match.slots[index * 2 + 1]];
      if (from < 0 || to < 0) return false;
      const wanted = match.text.slice(from, to);
      const here = match.text.slice(at, at + wanted.length);
      return (here === wanted || (fold && here.toLowerCase() === wanted.toLowerCase())) && next(at + wanted.length);
    });
  }

  /** The character that an escape stands for; the place moves behind it. */
  private escapedCode(): number {
    const rest = this.text.slice(this.at);
    const hex = /^x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/.exec(rest);
    if (hex !== null) {
      this.at += hex[0].length;
      return Number.parseInt(hex[1] ?? (hex[2] || "0"), 16);
    }
    const octal = /^0[0-7]{0,2}/.exec(rest);
    if (octal !== null) {
      this.at += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const code = this.text.codePointAt(this.at) ?? 0;
    this.at += code > 0xffff ? 2 : 1;
    const letter = String.fromCodePoint(code);
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    if (/[A-Za-z]/.test(letter)) throw new PerlError("unrecognized character follows \\");
    return code;
  }

  private bracket(): CharSet {
    const { text } = this;
    let i = this.at + 1;
    const negated = text[i] === "^";
    if (negated) i++;
    const ranges: number[] = [];
    const classes: ClassName[] = [];
    const readOne = (): number | undefined => {
      const named = /^\[:(\^?)(\w+):\]/.exec(text.slice(i));
      if (named !== null) {
        if (!isClassName(named[2] ?? "")) throw new PerlError("unknown POSIX class name");
        i += named[0].length;
        classes.push(named[2] as ClassName);
        return undefined;
      }
      if (text[i] === "\\") {
        const letter = text[i + 1] ?? "";
        const set = escapeSet(letter);
        if (set !== undefined) {
          i += 2;
          ranges.push(...(set.negated ? complement(set.ranges) : set.ranges));
          return undefined;
        }
        if (letter === "b") {
          i += 2;
          return 8;
        }
        this.at = i + 1;
        const code = this.escapedCode();
        i = this.at;
        return code;
      }
      const code = text.codePointAt(i) ?? 0;
      i += code > 0xffff ? 2 : 1;
      return code;
    };
    for (let first = true; first || text[i] !== "]"; first = false) {
      if (i >= text.length) throw new PerlError("missing terminating ] for character class");
      const low = readOne();
      if (low === undefined) continue;
      if (text[i] !== "-" || text[i + 1] === "]" || i + 1 >= text.length) {
        ranges.push(low, low);
        continue;
      }
      i++;
      const high = readOne();
      if (high === undefined) ranges.push(low, low, 45, 45);
      else if (high < low) throw new PerlError("range out of order in character class");
      else ranges.push(low, high);
    }
    this.at = i + 1;
    const set: CharSet = { ranges, classes, negated };
    return this.flags.i ? foldSet(set) : set;
  }

  private parenthesis(): Matcher | undefined {
    const rest = this.text.slice(this.at, this.at + 80);
    if (rest.startsWith("(?#")) {
      const end = this.text.indexOf(")", this.at);
      if (end < 0) throw new PerlError("missing ) after (?# comment");
      this.at = end + 1;
      return undefined;
    }
    const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'(\w+)')/.exec(rest);
    const kind = named?.[0] ?? /^\((?:\?(?:<?[=!]|[:>|]))?/.exec(rest)?.[0] ?? "(";
    const flags = /^\(\?([imsx]*)(?:-([imsx]*))?([:)])/.exec(rest);
    if (flags !== null && kind === "(") return this.inlineFlags(flags);
    if (kind === "(" && rest.startsWith("(?")) throw new PerlError("unrecognized character after (? or (?-");
    this.at += kind.length;
    const isGroup = kind === "(" || named !== null;
    const index = isGroup ? ++this.groups : 0;
    if (named !== null) this.names.set(named[1] ?? named[2] ?? "", index);
    const body = this.alternatives();
    if (this.text[this.at] !== ")") throw new PerlError("missing closing parenthesis");
    this.at++;
    return this.quantified(isGroup ? capture(body, index) : special(kind, body));
  }

  private inlineFlags(found: RegExpExecArray): Matcher | undefined {
    const outer = { ...this.flags };
    for (const flag of found[1] ?? "") this.flags[flag as keyof Flags] = true;
    for (const flag of found[2] ?? "") this.flags[flag as keyof Flags] = false;
    this.at += found[0].length;
    if (found[3] === ")") return undefined;
    const body = this.alternatives();
    this.flags = outer;
    if (this.text[this.at] !== ")") throw new PerlError("missing closing parenthesis");
    this.at++;
    return this.quantified(body);
  }

  private quantified(item: CharSet | Matcher): Matcher {
    const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})([?+]?)/.exec(this.text.slice(this.at, this.at + 24));
    const matcher = typeof item === "function" ? item : readSet(item);
    if (found === null) return matcher;
    this.at += found[0].length;
    const [, sign, low, comma, high, mood] = found;
    const min = sign === undefined ? Number(low) : sign === "+" ? 1 : 0;
    const max =
      sign === undefined ? (comma === "" ? min : high === "" ? Infinity : Number(high)) : sign === "?" ? 1 : Infinity;
    if (min > max) throw new PerlError("numbers out of order in {} quantifier");
    const loop =
      typeof item === "function" ? loopAny(matcher, min, max, mood === "?") : loopSet(item, min, max, mood === "?");
    return this.quantifiedAgain(mood === "+" ? special("(?>", loop) : loop);
  }

  private quantifiedAgain(loop: Matcher): Matcher {
    if ("*+?".includes(this.text[this.at] ?? " ")) throw new PerlError("quantifier does not follow a repeatable item");
    return loop;
  }
}

function complement(ranges: readonly number[]): number[] {
  const found: number[] = [];
  let from = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if ((ranges[i] ?? 0) > from) found.push(from, (ranges[i] ?? 0) - 1);
    from = (ranges[i + 1] ?? 0) + 1;
  }
  return [...found, from, 0x10ffff];
}

function spend(match: Match): void {
  if (++match.steps > BUDGET) throw new Exhausted();
}

/** Length of the character at a place if the set holds it, or 0. */
function fits(set: CharSet, text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.codePointAt(at) ?? 0;
  return contains(set, code) ? (code > 0xffff ? 2 : 1) : 0;
}

function readSet(set: CharSet): Matcher {
  return (match, at, next) => {
    spend(match);
    const length = fits(set, match.text, at);
    return length > 0 && next(at + length);
  };
}

function loopSet(set: CharSet, min: number, max: number, lazy: boolean): Matcher {
  return (match, at, next) => {
    const places = [at];
    const advance = (): boolean => {
      spend(match);
      const here = places[places.length - 1] ?? at;
      const length = fits(set, match.text, here);
      if (length > 0) places.push(here + length);
      return length > 0;
    };
    while (places.length <= min) if (!advance()) return false;
    if (lazy) {
      for (;;) {
        if (next(places[places.length - 1] ?? at)) return true;
        if (places.length > max || !advance()) return false;
      }
    }
    while (places.length <= max && advance());
    for (let count = places.length - 1; count >= min; count--) if (next(places[count] ?? at)) return true;
    return false;
  };
}

function loopAny(item: Matcher, min: number, max: number, lazy: boolean): Matcher {
  return (match, start, next) => {
    const round = (at: number, count: number): boolean => {
      spend(match);
      const more = (): boolean =>
        count < max && item(match, at, (place) => (place === at && count >= min ? false : round(place, count + 1)));
      if (count < min) return more();
      return lazy ? next(at) || more() : more() || next(at);
    };
    return round(start, 0);
  };
}

function capture(body: Matcher, index: number): Matcher {
  return (match, at, next) => {
    const [from = -1, to = -1] = [match.slots[index * 2], match.slots[index * 2 + 1]];
    const found = body(match, at, (end) => {
      const [innerFrom = -1, innerTo = -1] = [match.slots[index * 2], match.slots[index * 2 + 1]];
      match.slots[index * 2] = at;
      match.slots[index * 2 + 1] = end;
      if (next(end)) return true;
      match.slots[index * 2] = innerFrom;
      match.slots[index * 2 + 1] = innerTo;
      return false;
    });
    if (!found) [match.slots[index * 2], match.slots[index * 2 + 1]] = [from, to];
    return found;
  };
}

/** Groups that do not capture: plain, atomic, looking ahead or behind. */
function special(kind: string, body: Matcher): Matcher {
  const stop = (): boolean => true;
  if (kind === "(?=") return (match, at, next) => body(match, at, stop) && next(at);
  if (kind === "(?!") return (match, at, next) => !body(match, at, stop) && next(at);
  if (kind === "(?<=" || kind === "(?<!") {
    const wanted = kind === "(?<=";
    return (match, at, next) => {
      let found = false;
      for (let from = at; from >= 0 && !found; from--) found = body(match, from, (end) => end === at);
      return found === wanted && next(at);
    };
  }
  if (kind === "(?>") {
    return (match, at, next) => {
      let end = -1;
      const found = body(match, at, (place) => {
        end = place;
        return true;
      });
      return found && next(end);
    };
  }
  return body;
}
