// Bracket expressions: [abc], [^a-z], [[:alpha:]], [[.x.]], [[=x=]], as glibc's regcomp reads them.

import { type CharSet, type ClassName, isClassName } from "./charset.ts";

export const BRACKET_OPEN = "Unmatched [, [^, [:, [., or [=";

type Element = { readonly code: number } | { readonly name: ClassName } | { readonly error: string };

/** A bracket expression that begins at `at` (on the `[`): the set and the place after `]`, or regcomp's error. */
export function parseBracket(
  text: string,
  at: number,
  escapes = false,
): { set: CharSet; next: number } | { error: string } {
  let i = at + 1;
  const negated = text[i] === "^";
  if (negated) i++;
  // A pattern that ends right after the opening is REG_BADPAT in glibc, not REG_EBRACK.
  if (i >= text.length) return { error: negated ? BRACKET_OPEN : "Invalid regular expression" };
  const ranges: number[] = [];
  const classes: ClassName[] = [];
  for (let first = true; first || text[i] !== "]"; first = false) {
    const low = readElement();
    if ("error" in low) return low;
    const isRange = text[i] === "-" && i + 1 < text.length && text[i + 1] !== "]";
    if (!isRange) {
      if (i >= text.length) return { error: BRACKET_OPEN };
      if ("name" in low) classes.push(low.name);
      else ranges.push(low.code, low.code);
      continue;
    }
    i++;
    const high = readElement();
    if ("error" in high) return high;
    if ("name" in low || "name" in high || low.code > high.code) return { error: "Invalid range end" };
    if (i >= text.length) return { error: BRACKET_OPEN };
    ranges.push(low.code, high.code);
  }
  return { set: { ranges, classes, negated }, next: i + 1 };

  function readElement(): Element {
    if (i >= text.length) return { error: BRACKET_OPEN };
    const kind = text[i + 1];
    if (text[i] === "[" && (kind === ":" || kind === "." || kind === "=")) {
      const end = text.indexOf(`${kind}]`, i + 2);
      if (end < 0) return { error: BRACKET_OPEN };
      const name = text.slice(i + 2, end);
      i = end + 2;
      if (kind === ":") return isClassName(name) ? { name } : { error: "Invalid character class name" };
      const code = name.codePointAt(0);
      if (code === undefined || name.length > String.fromCodePoint(code).length)
        return { error: "Invalid collation character" };
      return { code };
    }
    if (escapes && text[i] === "\\" && i + 1 < text.length) i++;
    const code = text.codePointAt(i) ?? 0;
    i += code > 0xffff ? 2 : 1;
    return { code };
  }
}

/** `[:space:]` as a whole bracket: a mistake that grep and sed refuse. */
export function isBareClass(pattern: string): boolean {
  return /(?:^|[^\\[])\[:[a-z]*:\]/.test(pattern) && !/\[[^\]]*\[:[a-z]*:\]/.test(pattern);
}
