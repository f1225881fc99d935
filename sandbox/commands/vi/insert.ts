// Insert and replace mode, pastes and arrows in them.

import type { Task } from "../../kernel/sys.ts";
import { firstNonBlank, type Spot } from "./buffer.ts";
import type { Editor } from "./editor.ts";
import { indentOf, reindent, reindentAfter, shiftLine, softTab } from "./indent.ts";
import { ESC } from "./keys.ts";
import * as motions from "./motions.ts";
import { readRegister } from "./registers.ts";

export function* enterInsert(vi: Editor, key: string, times: number, pasting = false): Task<void> {
  const { length } = vi.buffer.line(vi.cursor.line);
  vi.buffer.note(vi.cursor);
  let { column } = vi.cursor;
  if (key === "a") column = Math.min(length, column + 1);
  if (key === "A") column = length;
  if (key === "I")
    column = vi.buffer.line(vi.cursor.line).trim() === "" ? length : firstNonBlank(vi.buffer.line(vi.cursor.line));
  vi.cursor = { line: vi.cursor.line, column };
  if (pasting) {
    yield* pasteText(vi);
    vi.cursor = { line: vi.cursor.line, column: Math.max(0, vi.cursor.column - 1) };
    return;
  }
  yield* insertMode(vi, times);
}

export function* openLine(vi: Editor, below: boolean, times: number): Task<void> {
  vi.buffer.note(vi.cursor);
  const line = vi.cursor.line + (below ? 1 : 0);
  const kept = indentOf(vi, vi.cursor.line);
  vi.buffer.insertLines(line, [kept]);
  const indent = reindent(vi, line, kept);
  vi.cursor = { line, column: indent.length };
  yield* insertMode(vi, times, true);
}

export function* insertMode(vi: Editor, times: number, opened = false): Task<void> {
  vi.changes = true;
  vi.mode = "insert";
  vi.showMode();
  let typed = "";
  const start = vi.cursor;
  for (;;) {
    const key = yield* vi.key();
    if (key === ESC || key === "\x03") break;
    typed = yield* insertKey(vi, key, typed, start);
  }
  for (let i = 1; i < times; i++) {
    if (opened) {
      const line = vi.cursor.line + 1;
      const kept = indentOf(vi, vi.cursor.line);
      vi.buffer.insertLines(line, [kept]);
      vi.cursor = { line, column: reindent(vi, line, kept).length };
    }
    vi.cursor = vi.buffer.insert(vi.cursor, typed);
  }
  // A line with nothing but the indent it was given is left empty.
  if (vi.settings.autoindent && typed.endsWith("\n") && vi.buffer.line(vi.cursor.line).trim() === "")
    vi.buffer.lines[vi.cursor.line] = "";
  leaveInsert(vi);
}

function leaveInsert(vi: Editor): void {
  vi.buffer.marks.set("^", vi.cursor);
  vi.mode = "normal";
  vi.showMode();
  vi.cursor = { line: vi.cursor.line, column: Math.max(0, vi.cursor.column - 1) };
  vi.clamp();
  vi.wish = vi.cursor.column;
}

function* insertKey(vi: Editor, key: string, typed: string, start: Spot): Task<string> {
  const { buffer } = vi;
  const { line, column } = vi.cursor;
  const text = buffer.line(line);
  switch (key) {
    case "\r":
    case "\n": {
      const indent = indentOf(vi, line);
      if (indent !== "" && text.trim() === "") buffer.lines[line] = "";
      const at = { line, column: Math.min(column, buffer.line(line).length) };
      vi.cursor = buffer.insert(at, `\n${indent}`);
      vi.cursor = { line: line + 1, column: reindent(vi, line + 1, indent).length };
      return `${typed}\n`;
    }
    case "\x7f":
    case "\b":
      if (column > 0) {
        const width = softTab(vi, text, column);
        buffer.remove({ line, column: column - width }, vi.cursor);
        vi.cursor = { line, column: column - width };
      } else if (line > 0) {
        const end = { line: line - 1, column: buffer.line(line - 1).length };
        buffer.remove(end, vi.cursor);
        vi.cursor = end;
      }
      return typed.slice(0, -1);
    case "\x17":
    case "\x15": {
      const word = motions.previousWord(buffer, vi.cursor, false);
      const to =
        key === "\x15" || word === undefined || word.line < line
          ? { line, column: start.line === line && key === "\x15" && start.column < column ? start.column : 0 }
          : word;
      buffer.remove(to, vi.cursor);
      vi.cursor = to;
      return "";
    }
    case "\t": {
      const { expandtab, tabstop, paste } = vi.settings;
      const width = vi.settings.yaml ? vi.settings.shiftwidth : tabstop;
      const size = expandtab && !paste ? " ".repeat(width - (column % width)) : "\t";
      vi.cursor = buffer.insert(vi.cursor, size);
      return typed + size;
    }
    case "\x14":
    case "\x04":
      shiftLine(vi, line, key === "\x14");
      vi.cursor = { line, column: Math.max(0, column + buffer.line(line).length - text.length) };
      return typed;
    case "\x12": {
      const taken = readRegister(vi, yield* vi.key());
      const piece = taken === undefined ? "" : taken.lines.join("\n") + (taken.linewise ? "\n" : "");
      vi.cursor = buffer.insert(vi.cursor, piece);
      return typed + piece;
    }
    case "\x16": {
      const literal = yield* vi.key();
      vi.cursor = buffer.insert(vi.cursor, literal);
      return typed + literal;
    }
    case "\x0f": {
      vi.mode = "normal";
      yield* vi.normalCommand();
      vi.mode = "insert";
      vi.showMode();
      return "";
    }
    case "<Paste>":
      return typed + (yield* pasteText(vi));
    case "<Del>":
      if (column < text.length) buffer.remove(vi.cursor, { line, column: column + 1 });
      return typed;
    default:
      if (key.startsWith("<") && key.length > 1) {
        insertArrow(vi, key);
        return "";
      }
      if (key < " ") return typed;
      vi.cursor = buffer.insert(vi.cursor, key);
      if (/[-:}\]]/.test(key)) reindentAfter(vi, key);
      return typed + key;
  }
}

function insertArrow(vi: Editor, key: string): void {
  const { line, column } = vi.cursor;
  const { length } = vi.buffer.line(line);
  const to: Readonly<Record<string, Spot>> = {
    "<Left>": { line, column: column - 1 },
    "<Right>": { line, column: Math.min(length, column + 1) },
    "<Up>": { line: line - 1, column },
    "<Down>": { line: line + 1, column },
    "<Home>": { line, column: 0 },
    "<End>": { line, column: length },
    "<PageUp>": { line: line - vi.screen.height, column },
    "<PageDown>": { line: line + vi.screen.height, column },
  };
  const spot = to[key];
  if (spot === undefined) return;
  vi.cursor = spot;
  vi.clamp();
}

/** Text between the marks of a bracketed paste goes in as it is. */
function* pasteText(vi: Editor): Task<string> {
  let text = "";
  for (let key = yield* vi.key(); key !== "<PasteEnd>"; key = yield* vi.key()) text += key === "\r" ? "\n" : key;
  vi.cursor = vi.buffer.insert(vi.cursor, text);
  return text;
}

export function* replaceMode(vi: Editor): Task<void> {
  vi.buffer.note(vi.cursor);
  vi.changes = true;
  vi.mode = "replace";
  vi.showMode();
  const old = vi.buffer.line(vi.cursor.line);
  for (;;) {
    const key = yield* vi.key();
    if (key === ESC || key === "\x03") break;
    const { line, column } = vi.cursor;
    const text = vi.buffer.line(line);
    if (key === "\x7f" || key === "\b") {
      if (column === 0) continue;
      vi.buffer.lines[line] = text.slice(0, column - 1) + (old[column - 1] ?? "") + text.slice(column);
      vi.cursor = { line, column: column - 1 };
    } else if (key === "\r" || key === "\n") vi.cursor = vi.buffer.insert(vi.cursor, "\n");
    else if (key.length === 1 || !key.startsWith("<")) {
      vi.buffer.lines[line] = text.slice(0, column) + key + text.slice(column + 1);
      vi.buffer.changed();
      vi.cursor = { line, column: column + key.length };
    }
  }
  leaveInsert(vi);
}
