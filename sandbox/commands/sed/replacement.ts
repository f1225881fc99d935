// The right side of sed's `s` command, with groups, changes of case and escapes.

import type { Piece } from "../../lib/regex/replace.ts";
import { readEscape } from "./escapes.ts";

/** The right side of `s` as pieces. */
export function parseReplacement(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  const push = (piece: Piece): void => {
    if (plain !== "") pieces.push({ kind: "text", text: plain });
    plain = "";
    pieces.push(piece);
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "&") push({ kind: "group", index: 0 });
    else if (char !== "\\") plain += char;
    else {
      const letter = text[i + 1] ?? "";
      const seen = readEscape(text, i);
      if (/[0-9]/.test(letter)) push({ kind: "group", index: Number(letter) });
      else if (/[LUluE]/.test(letter)) push({ kind: "case", change: letter as "L" });
      else plain += seen?.char ?? letter;
      i += (seen?.length ?? 2) - 1;
    }
  }
  if (plain !== "") pieces.push({ kind: "text", text: plain });
  return pieces;
}
