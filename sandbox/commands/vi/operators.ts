// Operators: d y c > < = and their kin, and what they do to the text of a motion.

import type { Task } from "../../kernel/sys.ts";
import { compareSpots, type Spot, type Taken } from "./buffer.ts";
import type { Editor } from "./editor.ts";
import { shiftLine } from "./indent.ts";
import { insertMode } from "./insert.ts";
import { ESC } from "./keys.ts";
import { gMotion, lineDown, motionOf } from "./motion-keys.ts";
import type { Reach } from "./motions.ts";
import * as motions from "./motions.ts";
import { storeTaken } from "./registers.ts";

/** An operator waits for a motion: d, y, c and their kin. */
export type Operator = "d" | "y" | "c" | ">" | "<" | "g~" | "gu" | "gU" | "=" | "!";

export const lowered = (text: string): string => text.toLowerCase();
export const raised = (text: string): string => text.toUpperCase();
export const swapped = (text: string): string =>
  [...text].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join("");

export function* operatorPending(vi: Editor, operator: Operator, times: number, count: number | undefined): Task<void> {
  let key = yield* vi.key();
  let inner = "";
  while (/^[1-9]$/.test(key) || (key === "0" && inner !== "")) {
    inner += key;
    key = yield* vi.key();
  }
  const total = inner === "" ? count : Number(inner) * times;
  if (key === ESC) return;
  const own = operator.length === 2 ? operator[1] : operator;
  if (key === own || (operator.length === 2 && key === "g")) {
    if (operator.length === 2 && key === "g") yield* vi.key();
    return yield* operate(vi, operator, vi.cursor, { to: lineDown(vi, (total ?? 1) - 1), linewise: true });
  }
  if (key === "i" || key === "a") {
    const reach = motions.textObject(vi.buffer, vi.cursor, key === "a", yield* vi.key());
    if (reach === undefined) return vi.beep();
    return yield* operate(vi, operator, reach.from ?? vi.cursor, reach);
  }
  // cw is ce where the cursor is on a word.
  const onWord = /[^ \t]/.test(vi.buffer.line(vi.cursor.line)[vi.cursor.column] ?? " ");
  if (operator === "c" && (key === "w" || key === "W") && onWord) {
    let spot = { ...vi.cursor, column: vi.cursor.column - 1 };
    for (let i = 0; i < (total ?? 1); i++) spot = motions.wordEnd(vi.buffer, spot, key === "W") ?? spot;
    return yield* operate(vi, operator, vi.cursor, { to: spot, inclusive: true });
  }
  const reach = key === "g" ? gMotion(vi, yield* vi.key(), total) : yield* motionOf(vi, key, total, true);
  if (reach === undefined) return vi.beep();
  yield* operate(vi, operator, vi.cursor, reach);
}

export function* operate(vi: Editor, operator: Operator, start: Spot, reach: Reach): Task<void> {
  const { buffer } = vi;
  const [from, end] = compareSpots(start, reach.to) <= 0 ? [start, reach.to] : [reach.to, start];
  let to = end;
  const { linewise = false } = reach;
  if (!linewise && reach.inclusive && compareSpots(start, reach.to) <= 0) to = { line: to.line, column: to.column + 1 };
  const taken: Taken = linewise
    ? { lines: buffer.lines.slice(from.line, to.line + 1), linewise }
    : { lines: buffer.slice(from, to), linewise };
  if (operator !== "y") {
    buffer.note(vi.cursor);
    vi.changes = true;
  }
  switch (operator) {
    case "y":
      storeTaken(vi, taken, false);
      vi.moveTo(
        linewise ? { line: from.line, column: start.line === from.line ? vi.cursor.column : vi.cursor.column } : from,
      );
      if (taken.lines.length > 2 && linewise) vi.message(`${taken.lines.length} lines yanked`);
      return;
    case "d":
      storeTaken(vi, taken, true);
      if (!linewise) {
        buffer.remove(from, to);
        vi.moveTo(from);
        return;
      }
      buffer.removeLines(from.line, to.line);
      vi.moveTo(motions.lineStart(buffer, from.line));
      if (taken.lines.length > 2) vi.message(`${taken.lines.length} fewer lines`);
      return;
    case "c":
      storeTaken(vi, taken, true);
      if (linewise) {
        const indent = vi.settings.autoindent ? (/^[ \t]*/.exec(buffer.line(from.line))?.[0] ?? "") : "";
        buffer.lines.splice(from.line, to.line - from.line + 1, indent);
        buffer.changed();
        vi.cursor = { line: from.line, column: indent.length };
      } else {
        buffer.remove(from, to);
        vi.cursor = from;
      }
      return yield* insertMode(vi, 1);
    case ">":
    case "<":
      for (let line = from.line; line <= to.line; line++) shiftLine(vi, line, operator === ">");
      vi.moveTo(motions.lineStart(buffer, from.line));
      return;
    case "g~":
    case "gu":
    case "gU":
      changeCase(
        vi,
        operator,
        linewise ? { line: from.line, column: 0 } : from,
        linewise ? { line: to.line, column: buffer.line(to.line).length } : to,
      );
      vi.moveTo(linewise ? { line: from.line, column: vi.cursor.column } : from);
      return;
    default: {
      // Without rules for a language every line takes the indent of the one before.
      for (let line = from.line; line <= to.line; line++) {
        const indent = line === 0 ? "" : (/^[ \t]*/.exec(buffer.line(line - 1))?.[0] ?? "");
        const text = buffer.line(line).trimStart();
        buffer.lines[line] = text === "" ? "" : indent + text;
      }
      buffer.changed();
      vi.moveTo(motions.lineStart(buffer, from.line));
    }
  }
}

export function changeCase(vi: Editor, operator: "g~" | "gu" | "gU", from: Spot, to: Spot): void {
  const change = operator === "gu" ? lowered : operator === "gU" ? raised : swapped;
  const parts = vi.buffer.slice(from, to).map(change);
  vi.buffer.remove(from, to);
  vi.buffer.insert(from, parts.join("\n"));
}
