// `:s///c`: every match is shown, and y, n, a, q or l decides.

import type { Task } from "../../kernel/sys.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import { type Piece, substitute } from "../../lib/regex/replace.ts";
import type { Editor } from "./editor.ts";

interface Order {
  readonly regex: Regex;
  readonly pieces: readonly Piece[];
  readonly global: boolean;
  /** The replacement as it was typed, for the question. */
  readonly shown: string;
}

/** Substitutes on lines `from` to `to` as the user answers; how many, on how many lines, and where the last one was. */
export function* confirmSubstitutions(
  editor: Editor,
  order: Order,
  from: number,
  to: number,
): Task<{ found: boolean; count: number; lines: number; last: number }> {
  const { buffer } = editor;
  const sum = { found: false, count: 0, lines: 0, last: -1 };
  let all = false;
  let over = false;
  let end = to;
  for (let line = from; line <= end && !over; line++) {
    const before = sum.count;
    for (let at = 0; at <= buffer.line(line).length && !over; ) {
      const text = buffer.line(line);
      const span = order.regex.find(text, at);
      if (span === undefined) break;
      sum.found = true;
      const nth = countBefore(order.regex, text, span[0]) + 1;
      let answer = "y";
      if (!all) {
        editor.cursor = { line, column: span[0] };
        editor.message(
          `\x1b[32mreplace with ${order.shown}? (y)es/(n)o/(a)ll/(q)uit/(l)ast/scroll up(^E)/down(^Y)\x1b[m`,
        );
        do answer = yield* editor.key();
        while (!/^[ynalq\x1b\x03]$/.test(answer));
        editor.message("");
      }
      all ||= answer === "a";
      over = /^[lq\x1b\x03]$/.test(answer);
      const step = span[1] > span[0] ? span[1] : span[0] + 1;
      at = step;
      if (/^[yal]$/.test(answer)) {
        const changed = substitute(text, order.regex, { pieces: order.pieces, global: false, nth }) ?? text;
        const parts = changed.split("\n");
        buffer.lines.splice(line, 1, ...parts);
        buffer.changed();
        sum.count += 1;
        // What follows the match is what follows it still.
        line += parts.length - 1;
        end += parts.length - 1;
        at = (parts.at(-1) ?? "").length - (text.length - step);
        sum.last = line;
      }
      if (!order.global) break;
    }
    if (sum.count > before) sum.lines += 1;
  }
  return sum;
}

function countBefore(regex: Regex, text: string, place: number): number {
  let count = 0;
  for (let at = 0; at <= text.length; ) {
    const span = regex.find(text, at);
    if (span === undefined || span[0] >= place) break;
    count += 1;
    at = span[1] > span[0] ? span[1] : span[0] + 1;
  }
  return count;
}
