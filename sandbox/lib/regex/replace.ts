// Replacement of matches in a text, as the s command of sed and vi does it.

import type { Regex } from "./regex.ts";

/** A piece of a replacement: text, a group (0 is the whole match), or a change of case for what follows. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "group"; readonly index: number }
  | { readonly kind: "case"; readonly change: "L" | "U" | "l" | "u" | "E" };

/** What to put for which matches: the `nth` only, or with `global` all from it on. */
export interface Replacement {
  readonly pieces: readonly Piece[];
  readonly global: boolean;
  readonly nth: number;
}

/** The text after the substitution, or undefined where nothing was replaced. */
export function substitute(text: string, regex: Regex, order: Replacement): string | undefined {
  const needsGroups = order.pieces.some((piece) => piece.kind === "group" && piece.index > 0);
  let result = "";
  let from = 0;
  let count = 0;
  let previousEnd = -1;
  let replaced = false;
  while (from <= text.length) {
    const found = needsGroups ? regex.exec(text, from) : regex.find(text, from);
    if (found === undefined) break;
    const start = found[0] ?? 0;
    const end = found[1] ?? 0;
    result += text.slice(from, start);
    from = end;
    // Nothing at the very end of the match before is no match of its own.
    const isRepeat = start === end && start === previousEnd;
    if (!isRepeat) {
      count += 1;
      if (count < order.nth) result += text.slice(start, end);
      else {
        result += expand(order.pieces, text, found);
        replaced = true;
        if (!order.global) break;
      }
    }
    previousEnd = end;
    if (start === end) {
      const width = (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
      result += text.slice(end, end + width);
      from = end + width;
    }
  }
  return replaced ? result + text.slice(from) : undefined;
}

/** The replacement with groups put in and changes of case carried out. */
function expand(pieces: readonly Piece[], text: string, found: readonly number[]): string {
  let result = "";
  let lasting: "L" | "U" | "" = "";
  let once: "l" | "u" | "" = "";
  for (const piece of pieces) {
    if (piece.kind === "case") {
      if (piece.change === "l" || piece.change === "u") once = piece.change;
      else {
        lasting = piece.change === "E" ? "" : piece.change;
        once = "";
      }
      continue;
    }
    let part = piece.kind === "text" ? piece.text : groupText(text, found, piece.index);
    if (part === "") continue;
    if (lasting !== "") part = lasting === "U" ? part.toUpperCase() : part.toLowerCase();
    if (once !== "") {
      const [first = ""] = part;
      part = (once === "u" ? first.toUpperCase() : first.toLowerCase()) + part.slice(first.length);
      once = "";
    }
    result += part;
  }
  return result;
}

function groupText(text: string, found: readonly number[], index: number): string {
  const start = found[index * 2] ?? -1;
  return start < 0 ? "" : text.slice(start, found[index * 2 + 1]);
}
