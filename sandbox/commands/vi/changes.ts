// Changes without a motion: x X J r ~ ^A, undo and redo, and the dot.

import type { Task } from "../../kernel/sys.ts";
import type { Editor } from "./editor.ts";
import { ESC } from "./keys.ts";
import { changeCase } from "./operators.ts";
import { storeTaken } from "./registers.ts";

export function deleteChars(vi: Editor, times: number): void {
  const { length } = vi.buffer.line(vi.cursor.line);
  if (length === 0) return vi.beep();
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  const to = { line: vi.cursor.line, column: Math.min(length, vi.cursor.column + times) };
  storeTaken(vi, { lines: vi.buffer.slice(vi.cursor, to), linewise: false }, true);
  vi.buffer.remove(vi.cursor, to);
}

export function deleteBefore(vi: Editor, times: number): void {
  if (vi.cursor.column === 0) return vi.beep();
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  const from = { line: vi.cursor.line, column: Math.max(0, vi.cursor.column - times) };
  storeTaken(vi, { lines: vi.buffer.slice(from, vi.cursor), linewise: false }, true);
  vi.buffer.remove(from, vi.cursor);
  vi.moveTo(from);
}

export function joinLines(vi: Editor, count: number, spaced: boolean): void {
  const { buffer, cursor } = vi;
  if (cursor.line === buffer.last) return vi.beep();
  buffer.note(cursor);
  vi.changes = true;
  let { column } = cursor;
  for (let i = 1; i < count && cursor.line < buffer.last; i++) {
    const left = buffer.line(cursor.line);
    const raw = buffer.line(cursor.line + 1);
    const right = spaced ? raw.replace(/^[ \t]+/, "") : raw;
    const glue = !spaced || right === "" || right.startsWith(")") || /[ \t]$/.test(left) || left === "" ? "" : " ";
    column = left.length - (glue === "" && left !== "" && right !== "" && /[ \t]$/.test(left) ? 1 : 0);
    buffer.lines.splice(cursor.line, 2, left + glue + right);
  }
  buffer.changed();
  vi.moveTo({ line: cursor.line, column });
}

export function* replaceChars(vi: Editor, times: number): Task<void> {
  const char = yield* vi.key();
  const { line, column } = vi.cursor;
  const text = vi.buffer.line(line);
  if (char === ESC) return;
  if (column + times > text.length) return vi.beep();
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  if (char === "\r" || char === "\n") {
    vi.buffer.remove(vi.cursor, { line, column: column + times });
    vi.moveTo(vi.buffer.insert(vi.cursor, "\n"));
    return;
  }
  vi.buffer.lines[line] = text.slice(0, column) + char.repeat(times) + text.slice(column + times);
  vi.buffer.changed();
  vi.moveTo({ line, column: column + times - 1 });
}

export function toggleCase(vi: Editor, times: number): void {
  const { line, column } = vi.cursor;
  const { length } = vi.buffer.line(line);
  if (length === 0) return vi.beep();
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  const to = { line, column: Math.min(length, column + times) };
  changeCase(vi, "g~", vi.cursor, to);
  vi.moveTo(to);
}

export function addNumber(vi: Editor, by: number): void {
  const { line } = vi.cursor;
  const text = vi.buffer.line(line);
  const found = [...text.matchAll(/-?\d+/g)].find((number) => number.index + number[0].length > vi.cursor.column);
  if (found === undefined) return vi.beep();
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  const next = String(Number(found[0]) + by);
  vi.buffer.lines[line] = text.slice(0, found.index) + next + text.slice(found.index + found[0].length);
  vi.buffer.changed();
  vi.moveTo({ line, column: found.index + next.length - 1 });
}

export function travel(vi: Editor, forward: boolean, times: number): void {
  for (let i = 0; i < times; i++) {
    const before = vi.buffer.lines.length;
    const spot = vi.buffer.travel(forward, vi.cursor);
    if (spot === undefined) {
      vi.message(forward ? "Already at newest change" : "Already at oldest change");
      return;
    }
    const by = vi.buffer.lines.length - before;
    const what =
      by === 0
        ? "1 change"
        : Math.abs(by) === 1
          ? by > 0
            ? "1 more line"
            : "1 line less"
          : by > 0
            ? `${by} more lines`
            : `${-by} fewer lines`;
    vi.message(what);
    vi.moveTo(spot);
  }
}

export function repeatChange(vi: Editor, count: number | undefined): void {
  if (vi.keys.dot.length === 0) return vi.beep();
  const keys = [...vi.keys.dot];
  if (count !== undefined) {
    while (/^[0-9]$/.test(keys[0] ?? "")) keys.shift();
    keys.unshift(...String(count));
  }
  vi.keys.replay.unshift(...keys);
  vi.keys.replaying = true;
}
