// Wildcards as fnmatch(3) takes them: *, ?, [...], and backslash. The text is matched whole.

import { parseBracket } from "./regex/bracket.ts";
import { contains, foldSet } from "./regex/charset.ts";

export interface GlobOptions {
  /** FNM_PATHNAME: wildcards do not match a slash. */
  readonly pathname?: boolean;
  readonly ignoreCase?: boolean;
  /** FNM_PERIOD: a leading dot needs a dot. */
  readonly period?: boolean;
}

/** Whether the pattern matches the whole text. Linear but for `*`, which is retried at its last place only. */
export function matchGlob(pattern: string, text: string, options: GlobOptions = {}): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  const fold = (char: string): string => (options.ignoreCase === true ? char.toLowerCase() : char);
  const isHidden = (at: number): boolean =>
    options.period === true && text[at] === "." && (at === 0 || (options.pathname === true && text[at - 1] === "/"));
  while (t < text.length || p < pattern.length) {
    const sign = pattern[p];
    if (sign === "*") {
      if (isHidden(t)) return false;
      star = p++;
      mark = t;
      continue;
    }
    const width = t < text.length ? matchOne() : 0;
    if (width > 0) {
      p += width;
      t += (text.codePointAt(t) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    // Back to the last star, which takes one character more.
    if (star < 0 || mark >= text.length || (options.pathname === true && text[mark] === "/")) return false;
    mark += 1;
    t = mark;
    p = star + 1;
  }
  return true;

  /** Length of the piece of pattern that matches the character at `t`, or 0. */
  function matchOne(): number {
    const sign = pattern[p];
    const isSlash = options.pathname === true && text[t] === "/";
    if (sign === undefined) return 0;
    if (sign === "?") return isSlash || isHidden(t) ? 0 : 1;
    if (sign === "[") {
      const inverted = pattern[p + 1] === "!" ? `${pattern.slice(0, p + 1)}^${pattern.slice(p + 2)}` : pattern;
      const found = parseBracket(inverted, p, true);
      if (!("error" in found)) {
        if (isSlash || isHidden(t)) return 0;
        const set = options.ignoreCase === true ? foldSet(found.set) : found.set;
        return contains(set, text.codePointAt(t) ?? 0) ? found.next - p : 0;
      }
    }
    const escaped = sign === "\\" && p + 1 < pattern.length;
    const at = escaped ? p + 1 : p;
    const wanted = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    const here = String.fromCodePoint(text.codePointAt(t) ?? 0);
    return fold(wanted) === fold(here) ? wanted.length + (escaped ? 1 : 0) : 0;
  }
}
