// What each key does.

import type { Task } from "../../kernel/sys.ts";
import type { Nano } from "./editor.ts";
import { insertFile, leave, writeOut } from "./files.ts";
import { ask, readKey } from "./prompt.ts";
import { height } from "./screen.ts";
import { findNext, replaceAll, whereIs } from "./search.ts";

export function* obey(nano: Nano, key: string): Task<void> {
  const wasCutting = nano.cutting;
  if (key !== "\x0b") nano.cutting = false;
  nano.status = "";
  if (key.length === 1 && (key >= " " || key === "\t") && key !== "\x7f") {
    if (nano.readonly) return refuse(nano);
    nano.remember(true);
    nano.insert(key);
    return;
  }
  nano.typing = false;
  switch (key) {
    case "up":
    case "\x10":
      return nano.moveLines(-1);
    case "down":
    case "\x0e":
      return nano.moveLines(1);
    case "left":
    case "\x02":
      return nano.left();
    case "right":
    case "\x06":
      return key === "right" ? nano.right() : yield* whereIs(nano);
    case "home":
    case "\x01":
      nano.column = 0;
      return;
    case "end":
    case "\x05":
      nano.column = (nano.lines[nano.line] ?? "").length;
      return;
    case "pageup":
    case "\x19":
      return nano.moveLines(-(height(nano) - 2));
    case "pagedown":
    case "\x16":
      return nano.moveLines(height(nano) - 2);
    case "wordright":
    case "wordleft": {
      const step = key === "wordright" ? () => nano.right() : () => nano.left();
      step();
      while (
        nano.column > 0 &&
        nano.column < (nano.lines[nano.line] ?? "").length &&
        !/^\s\S|^.\b/.test((nano.lines[nano.line] ?? "").slice(nano.column - 1, nano.column + 1))
      )
        step();
      return;
    }
    case "M-\\":
      [nano.line, nano.column] = [0, 0];
      return;
    case "M-/":
      nano.moveLines(nano.lines.length);
      nano.column = (nano.lines[nano.line] ?? "").length;
      return;
    case "\x17":
      return yield* whereIs(nano);
    case "M-w":
      return findNext(nano, nano.wanted);
    case "\x1f":
    case "M-g":
      return yield* goToLine(nano);
    case "\x03":
      return tellLocation(nano);
    case "\x0f":
    case "\x13":
      yield* writeOut(nano, key === "\x13");
      return;
    case "\x18":
      return yield* leave(nano);
    case "\x07":
      nano.status = "^O writes, ^X leaves, ^W or ^F searches, ^K cuts, ^U pastes";
      return;
    case "M-u":
      return nano.travel(nano.undone, nano.redone, "Undid");
    case "M-e":
      return nano.travel(nano.redone, nano.undone, "Redid");
    case "M-a":
    case "\x1e":
      nano.mark = nano.mark === undefined ? { line: nano.line, column: nano.column } : undefined;
      nano.status = nano.mark === undefined ? "Mark Unset" : "Mark Set";
      return;
    case "M-6":
      nano.cutting = wasCutting;
      return nano.cutText(false);
  }
  if (nano.readonly) return refuse(nano);
  yield* changeText(nano, key);
}

/** The keys that change the text. */
function* changeText(nano: Nano, key: string): Task<void> {
  switch (key) {
    case "\r":
    case "\n":
      nano.remember();
      return nano.insert("\n");
    case "\x7f":
    case "\b":
      if (nano.line === 0 && nano.column === 0) return;
      nano.remember();
      nano.left();
      return nano.deleteChar();
    case "delete":
    case "\x04":
      nano.remember();
      return nano.deleteChar();
    case "\x0b":
      nano.remember();
      return nano.cutText(true);
    case "\x15":
      nano.remember();
      return nano.insert(nano.cut.join(""));
    case "\x12":
      return yield* insertFile(nano);
    case "\x1c":
      return yield* replaceAll(nano);
    case "paste": {
      nano.remember();
      let text = "";
      for (let next = yield* readKey(nano); next !== "pasteend" && !nano.done; next = yield* readKey(nano))
        text += next === "\r" ? "\n" : next;
      return nano.insert(text);
    }
    default:
      if (key !== "") nano.status = "Unbound key";
  }
}

function refuse(nano: Nano): void {
  nano.status = "Key is invalid in view mode";
}

function tellLocation(nano: Nano): void {
  const total = nano.lines.length;
  const width = (nano.lines[nano.line] ?? "").length + 1;
  const chars = nano.lines.join("\n").length;
  const before = nano.lines.slice(0, nano.line).reduce((sum, line) => sum + line.length + 1, 0) + nano.column;
  const percent = (part: number, whole: number): number => Math.floor((100 * part) / Math.max(whole, 1));
  nano.status = `line ${nano.line + 1}/${total} (${percent(nano.line + 1, total)}%), col ${nano.column + 1}/${width} (${percent(nano.column + 1, width)}%), char ${before}/${chars} (${percent(before, chars)}%)`;
}

function* goToLine(nano: Nano): Task<void> {
  const typed = yield* ask(nano, "Enter line number, column number", "");
  if (typed === undefined) return;
  const [line, column] = typed.split(/[ ,]+/).map(Number);
  if (line === undefined || Number.isNaN(line)) {
    nano.status = "Invalid line or column number";
    return;
  }
  nano.line = Math.max(0, Math.min(nano.lines.length - 1, (line < 0 ? nano.lines.length + line + 1 : line) - 1));
  nano.column = Math.max(0, Math.min((nano.lines[nano.line] ?? "").length, (column ?? 1) - 1));
}
