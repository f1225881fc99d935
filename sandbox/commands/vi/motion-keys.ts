// Keys that move the cursor, alone or behind an operator.

import type { Task } from "../../kernel/sys.ts";
import { compareSpots, firstNonBlank, type Spot } from "./buffer.ts";
import type { Editor } from "./editor.ts";
import type { Reach } from "./motions.ts";
import * as motions from "./motions.ts";
import { searchFrom, searchMotion, searchWord } from "./search.ts";

export function lineDown(vi: Editor, count: number): Spot {
  return { line: Math.min(vi.buffer.last, vi.cursor.line + count), column: 0 };
}

function vertical(vi: Editor, by: number): Reach {
  const line = vi.cursor.line + by;
  if (vi.cursor.line === (by < 0 ? 0 : vi.buffer.last)) return vi.beep();
  const at = Math.max(0, Math.min(line, vi.buffer.last));
  return {
    to: { line: at, column: Math.min(vi.wish, Math.max(0, vi.buffer.line(at).length - 1)) },
    linewise: true,
    keepsColumn: true,
  };
}

/** A motion; undefined where the key is none. */
export function* motionOf(
  vi: Editor,
  key: string,
  count: number | undefined,
  pending: boolean,
): Task<Reach | undefined> {
  const { buffer, cursor } = vi;
  const times = count ?? 1;
  const length = buffer.line(cursor.line).length;
  const repeat = (step: (from: Spot) => Spot | undefined, otherwise?: Spot): Spot => {
    let spot = cursor;
    for (let i = 0; i < times; i++) {
      const next = step(spot);
      if (next === undefined) {
        if (otherwise !== undefined) return otherwise;
        if (i === 0) vi.beep();
        break;
      }
      spot = next;
    }
    return spot;
  };
  const end: Spot = { line: buffer.last, column: Math.max(0, buffer.line(buffer.last).length - (pending ? 0 : 1)) };
  switch (key) {
    case "h":
    case "<Left>":
    case "\b":
      if (cursor.column === 0) return vi.beep();
      return { to: { line: cursor.line, column: Math.max(0, cursor.column - times) } };
    case "\x7f":
      return {
        to: repeat((from) =>
          from.column > 0
            ? { line: from.line, column: from.column - 1 }
            : from.line > 0
              ? { line: from.line - 1, column: Math.max(0, buffer.line(from.line - 1).length - 1) }
              : undefined,
        ),
      };
    case "l":
    case "<Right>":
      if (cursor.column >= length - (pending ? 0 : 1)) return pending ? { to: cursor } : vi.beep();
      return { to: { line: cursor.line, column: Math.min(length, cursor.column + times) } };
    case " ":
      return {
        to: repeat((from) =>
          from.column < buffer.line(from.line).length - 1 || (pending && from.column < buffer.line(from.line).length)
            ? { line: from.line, column: from.column + 1 }
            : from.line < buffer.last
              ? { line: from.line + 1, column: 0 }
              : undefined,
        ),
      };
    case "j":
    case "<Down>":
    case "\x0e":
    case "\n":
      return vertical(vi, times);
    case "k":
    case "<Up>":
    case "\x10":
      return vertical(vi, -times);
    case "+":
    case "\r":
      return { ...vertical(vi, times), to: motions.lineStart(buffer, cursor.line + times), keepsColumn: false };
    case "-":
      return { ...vertical(vi, -times), to: motions.lineStart(buffer, cursor.line - times), keepsColumn: false };
    case "_":
      return { to: motions.lineStart(buffer, cursor.line + times - 1), linewise: true };
    case "0":
    case "<Home>":
      return { to: { line: cursor.line, column: 0 } };
    case "^":
      return { to: { line: cursor.line, column: firstNonBlank(buffer.line(cursor.line)) } };
    case "$":
    case "<End>": {
      const line = Math.min(buffer.last, cursor.line + times - 1);
      return {
        to: { line, column: Math.max(0, buffer.line(line).length - 1) },
        inclusive: buffer.line(line).length > 0,
      };
    }
    case "|":
      return { to: { line: cursor.line, column: Math.min(times - 1, Math.max(0, length - 1)) } };
    case "w":
    case "W":
      return wordMotion(vi, key === "W", times, pending, end);
    case "b":
    case "B":
      return { to: repeat((from) => motions.previousWord(buffer, from, key === "B")) };
    case "e":
    case "E":
      return { to: repeat((from) => motions.wordEnd(buffer, from, key === "E"), end), inclusive: true };
    case "G":
      return { to: motions.lineStart(buffer, count === undefined ? buffer.last : count - 1), linewise: true };
    case "H":
      return { to: motions.lineStart(buffer, vi.screen.top + times - 1), linewise: true };
    case "L":
      return {
        to: motions.lineStart(buffer, Math.min(buffer.last, vi.screen.top + vi.screen.height - times)),
        linewise: true,
      };
    case "M":
      return {
        to: motions.lineStart(
          buffer,
          Math.floor((vi.screen.top + Math.min(buffer.last, vi.screen.top + vi.screen.height - 1)) / 2),
        ),
        linewise: true,
      };
    case "f":
    case "F":
    case "t":
    case "T": {
      const char = yield* vi.key();
      vi.find = { char, kind: key };
      return findMotion(vi, char, key, times, false);
    }
    case ";":
    case ",": {
      const find = vi.find ?? vi.beep();
      const opposite = { f: "F", F: "f", t: "T", T: "t" } as const;
      return findMotion(vi, find.char, key === ";" ? find.kind : opposite[find.kind], times, true);
    }
    case "{":
    case "}":
      return { to: motions.paragraph(buffer, cursor.line, key === "}", times) };
    case "%": {
      if (count !== undefined)
        return { to: motions.lineStart(buffer, Math.ceil((count * buffer.lines.length) / 100) - 1), linewise: true };
      return { to: motions.matchBracket(buffer, cursor) ?? vi.beep(), inclusive: true };
    }
    case "\x06":
    case "<PageDown>":
    case "\x02":
    case "<PageUp>": {
      const step = (vi.screen.height - 2) * times * (key === "\x06" || key === "<PageDown>" ? 1 : -1);
      vi.screen.top = Math.max(0, Math.min(buffer.last, vi.screen.top + step));
      const low = vi.screen.top;
      const line = step > 0 ? low : Math.min(cursor.line, low + vi.screen.height - 1);
      return { to: motions.lineStart(buffer, line), linewise: true };
    }
    case "\x04":
    case "\x15": {
      const step = Math.floor(vi.screen.height / 2) * (key === "\x04" ? 1 : -1);
      vi.screen.top = Math.max(0, Math.min(Math.max(0, buffer.last - vi.screen.height + 1), vi.screen.top + step));
      return { to: motions.lineStart(buffer, cursor.line + step), linewise: true };
    }
    case "/":
    case "?":
      return yield* searchMotion(vi, key === "/");
    case "n":
    case "N":
      return { to: searchFrom(vi, vi.searchForward === (key === "n"), times) };
    case "*":
    case "#":
      return { to: searchWord(vi, key === "*") };
    case "'":
    case "`": {
      const name = yield* vi.key();
      const mark = vi.buffer.marks.get(name === "`" ? "'" : name);
      if (mark === undefined) {
        vi.error("E20: Mark not set");
        return vi.beep();
      }
      return key === "'" ? { to: motions.lineStart(buffer, mark.line), linewise: true } : { to: mark };
    }
    default:
      return undefined;
  }
}

function wordMotion(vi: Editor, big: boolean, times: number, pending: boolean, end: Spot): Reach {
  const { buffer } = vi;
  let spot = vi.cursor;
  for (let i = 0; i < times; i++) {
    const next = motions.nextWord(buffer, spot, big);
    if (next === undefined) {
      if (!pending && compareSpots(spot, end) === 0) vi.beep();
      return { to: end, inclusive: false };
    }
    // With an operator the last word ends with its line.
    if (pending && i === times - 1 && next.line > spot.line) {
      const { length } = buffer.line(spot.line);
      if (buffer.line(spot.line).slice(spot.column).trim() !== "" || length === 0)
        return { to: { line: spot.line, column: length } };
    }
    spot = next;
  }
  return { to: spot };
}

function findMotion(vi: Editor, char: string, kind: "f" | "F" | "t" | "T", times: number, again: boolean): Reach {
  const to = motions.findChar(vi.buffer, vi.cursor, char, kind, times, again) ?? vi.beep();
  return { to, inclusive: kind === "f" || kind === "t" };
}

export function gMotion(vi: Editor, key: string, count: number | undefined): Reach | undefined {
  if (key === "g") return { to: motions.lineStart(vi.buffer, (count ?? 1) - 1), linewise: true };
  if (key === "e" || key === "E") {
    let spot: Spot | undefined = vi.cursor;
    for (let i = 0; i < (count ?? 1) && spot !== undefined; i++)
      spot = motions.previousWordEnd(vi.buffer, spot, key === "E");
    return { to: spot ?? { line: 0, column: 0 }, inclusive: true };
  }
  if (key === "_")
    return {
      to: { line: vi.cursor.line, column: Math.max(0, vi.buffer.line(vi.cursor.line).trimEnd().length - 1) },
      inclusive: true,
    };
  if (key === "j" || key === "k") return vertical(vi, key === "j" ? (count ?? 1) : -(count ?? 1));
  if (key === "0" || key === "^") return { to: { line: vi.cursor.line, column: 0 } };
  return undefined;
}
