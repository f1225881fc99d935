// Normal mode: what each key does, after its register and count.

import type { Task } from "../../kernel/sys.ts";
import {
  addNumber,
  deleteBefore,
  deleteChars,
  joinLines,
  repeatChange,
  replaceChars,
  toggleCase,
  travel,
} from "./changes.ts";
import { exLine } from "./command-line.ts";
import type { Editor } from "./editor.ts";
import { fileInfo } from "./ex/files.ts";
import { enterInsert, insertMode, openLine, replaceMode } from "./insert.ts";
import { ESC } from "./keys.ts";
import { VISUAL_MODES } from "./modes.ts";
import { gMotion, lineDown, motionOf } from "./motion-keys.ts";
import { operate, operatorPending } from "./operators.ts";
import { putTaken, readRegister, recordMacro, runMacro } from "./registers.ts";
import { visualCommand } from "./visual.ts";

/** One command of normal mode, with its register and count; or the keys of a selection. */
export function* normalCommand(vi: Editor): Task<void> {
  let count = "";
  let key = yield* vi.key();
  for (;;) {
    if (key === '"') {
      vi.register = yield* vi.key();
      key = yield* vi.key();
    } else if (/^[1-9]$/.test(key) || (key === "0" && count !== "")) {
      count += key;
      key = yield* vi.key();
    } else break;
  }
  const number = count === "" ? undefined : Number(count);
  yield* runCommand(vi, key, number);
  if (vi.mode === "normal" || key !== '"') vi.register = key === '"' ? vi.register : '"';
}

function* runCommand(vi: Editor, key: string, count: number | undefined): Task<void> {
  const visual = vi.isVisual;
  if (visual && (yield* visualCommand(vi, key, count))) return;
  const reach = yield* motionOf(vi, key, count, false);
  if (reach !== undefined) {
    const wish = vi.wish;
    if (Math.abs(reach.to.line - vi.cursor.line) > 1 && !reach.keepsColumn) vi.buffer.marks.set("'", vi.cursor);
    vi.cursor = reach.to;
    vi.clamp();
    vi.wish = reach.keepsColumn ? wish : vi.cursor.column;
    if (key === "$" || key === "<End>") vi.wish = Infinity;
    return;
  }
  const times = count ?? 1;
  switch (key) {
    case "i":
    case "a":
    case "I":
    case "A":
    case "<Insert>":
      return yield* enterInsert(vi, key === "<Insert>" ? "i" : key, times);
    case "o":
    case "O":
      return yield* openLine(vi, key === "o", times);
    case "R":
      return yield* replaceMode(vi);
    case "x":
    case "<Del>":
      return deleteChars(vi, times);
    case "X":
      return deleteBefore(vi, times);
    case "s":
      deleteChars(vi, times);
      return yield* insertMode(vi, 1);
    case "D":
    case "C": {
      const end = { line: Math.min(vi.buffer.last, vi.cursor.line + times - 1), column: 0 };
      const to = { line: end.line, column: vi.buffer.line(end.line).length };
      return yield* operate(vi, key === "D" ? "d" : "c", vi.cursor, { to });
    }
    case "S":
      return yield* operate(vi, "c", vi.cursor, { to: lineDown(vi, times - 1), linewise: true });
    case "Y":
      return yield* operate(vi, "y", vi.cursor, { to: lineDown(vi, times - 1), linewise: true });
    case "d":
    case "c":
    case "y":
    case ">":
    case "<":
    case "=":
      return yield* operatorPending(vi, key, times, count);
    case "p":
    case "P":
      return putTaken(vi, key === "p", times);
    case "J":
      return joinLines(vi, Math.max(2, times), true);
    case "r":
      return yield* replaceChars(vi, times);
    case "~":
      return toggleCase(vi, times);
    case "u":
    case "\x12":
      return travel(vi, key !== "u", times);
    case "U":
      return travel(vi, false, 1);
    case ".":
      return repeatChange(vi, count);
    case "v":
    case "V":
    case "\x16":
      vi.mode = VISUAL_MODES[key] ?? "visual";
      vi.visualStart = vi.cursor;
      return vi.showMode();
    case ":":
      return yield* exLine(vi, count === undefined ? "" : `.,.+${count - 1}`);
    case "g":
      return yield* gCommand(vi, count);
    case "z":
      return yield* scrollCommand(vi);
    case "Z": {
      const next = yield* vi.key();
      if (next === "Z") return yield* vi.ex("x");
      if (next === "Q") return yield* vi.ex("q!");
      return vi.beep();
    }
    case "m":
      vi.buffer.marks.set(yield* vi.key(), vi.cursor);
      return;
    case "q":
      return yield* recordMacro(vi);
    case "@":
      return yield* runMacro(vi, times);
    case "&":
      return yield* vi.ex("s");
    case "\x01":
    case "\x18":
      return addNumber(vi, key === "\x01" ? times : -times);
    case "\x05":
      vi.screen.top = Math.min(vi.buffer.last, vi.screen.top + times);
      if (vi.cursor.line < vi.screen.top) vi.cursor = { ...vi.cursor, line: vi.screen.top };
      return;
    case "\x19": {
      vi.screen.top = Math.max(0, vi.screen.top - times);
      const bottom = vi.screen.top + vi.screen.height - 1;
      if (vi.cursor.line > bottom) vi.cursor = { ...vi.cursor, line: bottom };
      return;
    }
    case "\x07":
      return vi.message(fileInfo(vi));
    case "\x0c":
      return vi.screen.forget();
    case "\x1a":
      return yield* vi.suspend();
    case "<Paste>":
      return yield* enterInsert(vi, "a", 1, true);
    case ESC:
    case "\x03":
      return;
    default:
      return vi.beep();
  }
}

function* gCommand(vi: Editor, count: number | undefined): Task<void> {
  const key = yield* vi.key();
  const reach = gMotion(vi, key, count);
  if (reach !== undefined) {
    vi.buffer.marks.set("'", vi.cursor);
    return vi.moveTo(reach.to);
  }
  if (key === "J") return joinLines(vi, Math.max(2, count ?? 2), false);
  if (key === "p" || key === "P") {
    const before = vi.cursor.line;
    const height = vi.buffer.lines.length;
    const linewise = readRegister(vi, vi.register)?.linewise === true;
    putTaken(vi, key === "p", count ?? 1);
    // The cursor goes behind what was put.
    if (linewise) {
      const below = before + (key === "p" ? 1 : 0) + vi.buffer.lines.length - height;
      vi.moveTo({ line: Math.min(vi.buffer.last, below), column: 0 });
    } else vi.cursor = { line: vi.cursor.line, column: vi.cursor.column + 1 };
    return;
  }
  if (key === "&") return yield* vi.ex("%&&");
  if (key === "~" || key === "u" || key === "U") return yield* operatorPending(vi, `g${key}`, count ?? 1, count);
  if (key === "v") {
    vi.visualStart = vi.buffer.marks.get("<") ?? vi.cursor;
    vi.cursor = vi.buffer.marks.get(">") ?? vi.cursor;
    if (vi.lastVisual === undefined) return vi.beep();
    vi.mode = vi.lastVisual;
    return vi.showMode();
  }
  if (key === "i") {
    vi.cursor = vi.buffer.marks.get("^") ?? vi.cursor;
    return yield* insertMode(vi, 1);
  }
  vi.beep();
}

function* scrollCommand(vi: Editor): Task<void> {
  const key = yield* vi.key();
  const { line } = vi.cursor;
  if (key === "t" || key === "\r") vi.screen.top = line;
  else if (key === "z" || key === ".") vi.screen.top = Math.max(0, line - Math.floor(vi.screen.height / 2));
  else if (key === "b" || key === "-") vi.screen.top = Math.max(0, line - vi.screen.height + 1);
  else vi.beep();
}
