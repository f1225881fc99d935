// Which part of a line grep's patterns match, whole words and whole lines included.

import { isBareClass } from "../../lib/regex/bracket.ts";
import { isWord } from "../../lib/regex/charset.ts";
import { compilePerl } from "../../lib/regex/perl.ts";
import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";
import type { Settings } from "./options.ts";

type Span = readonly [number, number];

export interface LineMatcher {
  test(line: string): boolean;
  /** The first match at or after `from`: leftmost, then longest. */
  find(line: string, from: number): Span | undefined;
  /** Messages to give before searching. */
  readonly warnings: readonly string[];
  /** True when a pattern was given up as too costly. */
  exhausted(): boolean;
}

/** One matcher of all patterns, or the message of the first that is wrong. */
export function createMatcher(settings: Settings): LineMatcher | { readonly error: string } {
  const regexes: Regex[] = [];
  const warnings: string[] = [];
  for (const pattern of settings.patterns) {
    if (settings.syntax !== "fixed" && settings.syntax !== "perl" && isBareClass(pattern)) {
      return { error: "character class syntax is [[:space:]], not [:space:]" };
    }
    const syntax = settings.syntax === "extended" ? "egrep" : "basic";
    const text = settings.syntax === "fixed" ? pattern.replace(/[[\]*.^$\\]/g, "\\$&") : pattern;
    const { ignoreCase } = settings;
    const multiline = settings.end === "\0";
    const regex =
      settings.syntax === "perl"
        ? compilePerl(text, ignoreCase, multiline)
        : compile(text, { syntax, ignoreCase, multiline });
    if (isRegexError(regex)) return regex;
    for (const sign of regex.leading) warnings.push(`warning: ${sign} at start of expression`);
    regexes.push(regex);
  }
  const isPlain = !settings.words && !settings.lines;
  const only = regexes[0];
  const find = (line: string, from: number): Span | undefined => {
    if (regexes.length === 1 && only !== undefined && isPlain) return only.find(line, from);
    let best: Span | undefined;
    for (const regex of regexes) {
      const span = settings.lines
        ? wholeLine(regex, line)
        : settings.words
          ? wholeWord(regex, line, from)
          : regex.find(line, from);
      if (span === undefined) continue;
      if (best === undefined || span[0] < best[0] || (span[0] === best[0] && span[1] > best[1])) best = span;
    }
    return best;
  };
  return {
    find,
    test: isPlain ? (line) => regexes.some((regex) => regex.test(line)) : (line) => find(line, 0) !== undefined,
    warnings,
    exhausted: () => regexes.some((regex) => regex.exhausted),
  };
}

function wholeLine(regex: Regex, line: string): Span | undefined {
  const span = regex.find(line, 0);
  return span !== undefined && span[0] === 0 && span[1] === line.length ? span : undefined;
}

/** As grep searches with -w: shorter matches at the same place are tried before the next place. */
function wholeWord(regex: Regex, line: string, from: number): Span | undefined {
  for (let start = from; start <= line.length; ) {
    const span = regex.find(line, start);
    if (span === undefined) return undefined;
    const [low] = span;
    let [, high] = span;
    const free = low === 0 || !isWord(line.charCodeAt(low - 1));
    while (free) {
      if (high === line.length || !isWord(line.charCodeAt(high))) return [low, high];
      const shorter = high > low ? regex.find(line.slice(0, high - 1), low) : undefined;
      if (shorter === undefined || shorter[0] !== low) break;
      high = shorter[1];
    }
    start = low + 1;
  }
  return undefined;
}
