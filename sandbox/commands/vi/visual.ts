// Selections: what keys do on characters, lines and rectangles.

import type { Task } from "../../kernel/sys.ts";
import { type Block, blockText, changeBlock, repeatTyped } from "./block.ts";
import { compareSpots } from "./buffer.ts";
import { joinLines } from "./changes.ts";
import { exLine } from "./command-line.ts";
import type { Editor } from "./editor.ts";
import { shiftLine } from "./indent.ts";
import { insertMode } from "./insert.ts";
import { ESC } from "./keys.ts";
import { VISUAL_MODES } from "./modes.ts";
import * as motions from "./motions.ts";
import { lowered, type Operator, operate, raised, swapped } from "./operators.ts";
import { putTaken, readRegister, storeTaken } from "./registers.ts";
import type { Selection } from "./screen.ts";

/** The rectangle between the two corners. */
function blockOf(vi: Editor): Block {
  const [a, b] = [vi.visualStart, vi.cursor];
  return {
    top: Math.min(a.line, b.line),
    bottom: Math.max(a.line, b.line),
    left: Math.min(a.column, b.column),
    right: vi.wish === Infinity ? Infinity : Math.max(a.column, b.column),
  };
}

/** Keys on a rectangle; false where it is treated as any selection. */
function* blockCommand(vi: Editor, key: string): Task<boolean> {
  const { buffer } = vi;
  const block = blockOf(vi);
  const corner = { line: block.top, column: block.left };
  const begin = (): void => {
    buffer.note(vi.cursor);
    vi.changes = true;
    vi.mode = "normal";
    vi.showMode();
    vi.cursor = corner;
  };
  switch (key) {
    case "d":
    case "x":
    case "<Del>":
    case "y":
    case "c":
    case "s": {
      begin();
      storeTaken(vi, { lines: blockText(buffer, block), linewise: false, block: true }, key !== "y");
      if (key !== "y") changeBlock(buffer, block, () => "");
      if (key === "c" || key === "s") yield* typeBlock(vi, block, block.left, false);
      else vi.moveTo(corner);
      return true;
    }
    case "I":
      begin();
      yield* typeBlock(vi, block, block.left, false);
      return true;
    case "A": {
      begin();
      const { length } = buffer.line(block.top);
      const column = Math.min(block.right + 1, Number.isFinite(block.right) ? Infinity : length);
      if (column > length) buffer.lines[block.top] = buffer.line(block.top).padEnd(column);
      yield* typeBlock(vi, block, column, true);
      return true;
    }
    case "r": {
      const char = yield* vi.key();
      begin();
      changeBlock(buffer, block, (piece) => char.repeat(piece.length));
      return true;
    }
    case "u":
    case "U":
    case "~": {
      begin();
      const change = key === "u" ? lowered : key === "U" ? raised : swapped;
      changeBlock(buffer, block, change);
      return true;
    }
    case "O": {
      const { column } = vi.visualStart;
      vi.visualStart = { line: vi.visualStart.line, column: vi.cursor.column };
      vi.cursor = { line: vi.cursor.line, column };
      return true;
    }
    default:
      return false;
  }
}

/** Insert mode on the first line of a rectangle; what was typed is repeated on the others. */
function* typeBlock(vi: Editor, block: Block, column: number, behind: boolean): Task<void> {
  const { buffer } = vi;
  const [before, height] = [buffer.line(block.top), buffer.lines.length];
  vi.cursor = { line: block.top, column };
  yield* insertMode(vi, 1);
  const grown = buffer.line(block.top).length - before.length;
  if (buffer.lines.length !== height || grown <= 0) return;
  repeatTyped(buffer, block, buffer.line(block.top).slice(column, column + grown), behind);
  vi.moveTo({ line: block.top, column: block.left });
}

export function selectionOf(vi: Editor): Selection {
  if (vi.mode === "block") {
    const { top, bottom, left, right } = blockOf(vi);
    return [{ line: top, column: left }, { line: bottom, column: right }, true];
  }
  const [from, to] =
    compareSpots(vi.visualStart, vi.cursor) <= 0 ? [vi.visualStart, vi.cursor] : [vi.cursor, vi.visualStart];
  return vi.mode === "lines"
    ? [
        { line: from.line, column: 0 },
        { line: to.line, column: Infinity },
      ]
    : [from, to];
}

/** Keys that mean something else on a selection; true where one was taken. */
export function* visualCommand(vi: Editor, key: string, count: number | undefined): Task<boolean> {
  if (vi.mode === "block" && (yield* blockCommand(vi, key))) return true;
  const linewise = vi.mode === "lines";
  const [from, to] = selectionOf(vi);
  const leave = (): void => {
    vi.lastVisual = linewise ? "lines" : vi.mode === "block" ? "block" : "visual";
    vi.buffer.marks.set("<", from);
    vi.buffer.marks.set(">", { line: to.line, column: Math.min(to.column, vi.buffer.line(to.line).length) });
    vi.mode = "normal";
    vi.showMode();
  };
  const apply = function* (operator: Operator, lines = linewise): Task<void> {
    leave();
    vi.cursor = { line: from.line, column: from.column };
    // v$ takes the end of the line too.
    if (!lines && vi.wish === Infinity && to.line < vi.buffer.last && operator !== "y") {
      yield* operate(vi, operator, from, { to: { line: to.line + 1, column: 0 } });
      return;
    }
    yield* operate(vi, operator, from, {
      to: { line: to.line, column: Math.min(to.column, Math.max(0, vi.buffer.line(to.line).length - 1)) },
      linewise: lines,
      inclusive: vi.buffer.line(to.line) !== "",
    });
  };
  switch (key) {
    case ESC:
    case "\x03":
      leave();
      return true;
    case "v":
    case "V":
    case "\x16": {
      const mode = VISUAL_MODES[key] ?? "visual";
      if (mode === vi.mode) leave();
      else {
        vi.mode = mode;
        vi.showMode();
      }
      return true;
    }
    case "o":
    case "O":
      [vi.visualStart, vi.cursor] = [vi.cursor, vi.visualStart];
      return true;
    case "d":
    case "x":
    case "<Del>":
      yield* apply("d");
      return true;
    case "D":
    case "X":
      yield* apply("d", true);
      return true;
    case "y":
      yield* apply("y");
      return true;
    case "Y":
      yield* apply("y", true);
      return true;
    case "c":
    case "s":
      yield* apply("c");
      return true;
    case "C":
    case "S":
    case "R":
      yield* apply("c", true);
      return true;
    case ">":
    case "<":
      for (let i = 1; i < (count ?? 1); i++)
        for (let line = from.line; line <= to.line; line++) shiftLine(vi, line, key === ">");
      yield* apply(key, true);
      return true;
    case "~":
      yield* apply("g~");
      return true;
    case "u":
    case "U":
      yield* apply(key === "u" ? "gu" : "gU");
      return true;
    case "J":
      leave();
      vi.cursor = from;
      joinLines(vi, Math.max(2, to.line - from.line + 1), true);
      return true;
    case "p":
    case "P": {
      const taken = readRegister(vi, vi.register);
      yield* apply("d");
      const kept = vi.buffer.registers.get('"');
      if (taken !== undefined) vi.buffer.registers.set('"', taken);
      vi.register = '"';
      const atEnd = vi.cursor.column < from.column || (linewise && vi.cursor.line < from.line);
      if (taken !== undefined && !linewise && taken.linewise) vi.buffer.insert(from, "\n");
      putTaken(vi, atEnd, 1);
      if (kept !== undefined) vi.buffer.registers.set('"', kept);
      return true;
    }
    case "r": {
      const char = yield* vi.key();
      leave();
      vi.buffer.note(vi.cursor);
      for (let line = from.line; line <= to.line; line++) {
        const text = vi.buffer.line(line);
        const [start, end] = [
          line === from.line ? from.column : 0,
          line === to.line ? Math.min(text.length, to.column + 1) : text.length,
        ];
        vi.buffer.lines[line] = text.slice(0, start) + char.repeat(Math.max(0, end - start)) + text.slice(end);
      }
      vi.buffer.changed();
      vi.moveTo(from);
      return true;
    }
    case "i":
    case "a": {
      const reach = motions.textObject(vi.buffer, vi.cursor, key === "a", yield* vi.key());
      if (reach === undefined) return vi.beep();
      vi.visualStart = reach.from ?? vi.cursor;
      vi.cursor =
        reach.inclusive || reach.linewise
          ? reach.to
          : { line: reach.to.line, column: Math.max(0, reach.to.column - 1) };
      if (reach.linewise) vi.mode = "lines";
      return true;
    }
    case ":":
      leave();
      yield* exLine(vi, "'<,'>");
      return true;
    default:
      return false;
  }
}
