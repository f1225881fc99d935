// Patterns: / ? n N * #, with offsets, and round the end of the file.

import type { Task } from "../../kernel/sys.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import type { Spot } from "./buffer.ts";
import { readLine } from "./command-line.ts";
import type { Editor } from "./editor.ts";
import type { Reach } from "./motions.ts";
import * as motions from "./motions.ts";
import { compileVim } from "./pattern.ts";

export function* searchMotion(vi: Editor, forward: boolean): Task<Reach> {
  const typed = yield* readLine(vi, forward ? "/" : "?");
  if (typed === undefined) return vi.beep();
  const cut = typed.search(forward ? /(?<!\\)\// : /(?<!\\)\?/);
  const pattern = cut >= 0 ? typed.slice(0, cut) : typed;
  if (pattern !== "") setPattern(vi, pattern);
  vi.searchForward = forward;
  return searchOffset(vi, searchFrom(vi, forward, 1), cut >= 0 ? typed.slice(cut + 1) : "");
}

/** What stands behind the pattern: lines below or above it, `e` for the end of the match. */
function searchOffset(vi: Editor, spot: Spot, offset: string): Reach {
  const { buffer } = vi;
  if (/^(?:[-+]\d*|\d+)$/.test(offset)) {
    const by = /^[-+]$/.test(offset) ? Number(`${offset}1`) : Number(offset);
    return { to: motions.lineStart(buffer, Math.min(buffer.last, Math.max(0, spot.line + by))), linewise: true };
  }
  if (!offset.startsWith("e")) return { to: spot };
  const end = vi.lastPattern?.find(buffer.line(spot.line), spot.column)?.[1] ?? spot.column + 1;
  const column = end - 1 + (Number(offset.slice(1).replace(/^[-+]$/, "$&1")) || 0);
  return { to: { line: spot.line, column: Math.max(0, column) }, inclusive: true };
}

export function setPattern(vi: Editor, pattern: string): Regex {
  const regex = compileVim(pattern, vi.settings.ignorecase, vi.settings.smartcase);
  if ("error" in regex) {
    vi.error(regex.error);
    return vi.beep();
  }
  vi.lastPattern = regex;
  vi.lastPatternText = pattern;
  return regex;
}

export function searchWord(vi: Editor, forward: boolean): Spot {
  const line = vi.buffer.line(vi.cursor.line);
  const found = [...line.matchAll(/[\p{L}\p{N}_]+/gu)].find((word) => word.index + word[0].length > vi.cursor.column);
  if (found === undefined) return vi.beep();
  setPattern(vi, `\\<${found[0]}\\>`);
  vi.searchForward = forward;
  vi.cursor = { line: vi.cursor.line, column: found.index };
  return searchFrom(vi, forward, 1);
}

export function searchFrom(vi: Editor, forward: boolean, times: number): Spot {
  const regex = vi.lastPattern;
  if (regex === undefined) {
    vi.error("E35: No previous regular expression");
    return vi.beep();
  }
  let spot = vi.cursor;
  for (let i = 0; i < times; i++) spot = searchOnce(vi, regex, spot, forward);
  return spot;
}

function searchOnce(vi: Editor, regex: Regex, from: Spot, forward: boolean): Spot {
  const { buffer } = vi;
  const total = buffer.lines.length;
  for (let step = 0; step <= total; step++) {
    const raw = from.line + (forward ? step : -step);
    const line = ((raw % total) + total) % total;
    if (raw !== line && !vi.settings.wrapscan) break;
    const places: number[] = [];
    const text = buffer.line(line);
    for (let at = 0; at <= text.length; ) {
      const span = regex.find(text, at);
      if (span === undefined) break;
      places.push(span[0]);
      at = Math.max(span[1], span[0] + 1);
    }
    const fits =
      step === 0
        ? places.filter((place) => (forward ? place > from.column : place < from.column))
        : step === total
          ? places.filter((place) => (forward ? place <= from.column : place >= from.column))
          : places;
    const found = forward ? fits[0] : fits[fits.length - 1];
    if (found === undefined) continue;
    if (raw !== line)
      vi.error(forward ? "search hit BOTTOM, continuing at TOP" : "search hit TOP, continuing at BOTTOM");
    return { line, column: found };
  }
  vi.error(`E486: Pattern not found: ${vi.lastPatternText}`);
  return vi.beep();
}
