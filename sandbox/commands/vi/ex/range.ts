// The lines that a command of the colon is about.

import type { Editor } from "../editor.ts";
import { setPattern } from "../search.ts";

export interface Range {
  readonly from: number;
  readonly to: number;
  /** How many places were named. */
  readonly given: number;
}

/** The range before a command; undefined where it was wrong and that was told. */
export function readRange(vi: Editor, text: string): { range: Range; rest: string } | undefined {
  let rest = text;
  const { line } = vi.cursor;
  if (rest.startsWith("%")) return { range: { from: 0, to: vi.buffer.last, given: 2 }, rest: rest.slice(1) };
  const places: number[] = [];
  let base = line;
  for (;;) {
    const found = readAddress(vi, rest, base);
    if (found === undefined && !/^\s*[,;]/.test(rest)) break;
    if (found === "wrong") return undefined;
    const at = found?.line ?? line;
    places.push(at);
    rest = (found?.rest ?? rest).trimStart();
    if (!/^[,;]/.test(rest)) break;
    if (rest.startsWith(";")) base = at;
    rest = rest.slice(1).trimStart();
    if (readAddress(vi, rest, base) === undefined) {
      places.push(line);
      break;
    }
  }
  const to = places[places.length - 1] ?? line;
  const from = places.length > 1 ? (places[places.length - 2] ?? to) : to;
  if (Math.max(from, to) > vi.buffer.last || from < -1) {
    vi.error("E16: Invalid range");
    return undefined;
  }
  return { range: { from: Math.max(0, Math.min(from, to)), to: Math.max(from, to), given: places.length }, rest };
}

export function readAddress(
  vi: Editor,
  text: string,
  base: number,
): { line: number; rest: string } | "wrong" | undefined {
  const found = /^\s*(?:(\d+)|(\.)|(\$)|'(.)|\/((?:[^/\\]|\\.)*)\/?|\?((?:[^?\\]|\\.)*)\??)?((?:[+-]\d*)*)/.exec(text);
  if (found === null || found[0].trim() === "") return undefined;
  let line = base;
  if (found[1] !== undefined) line = Number(found[1]) - 1;
  else if (found[3] !== undefined) line = vi.buffer.last;
  else if (found[4] !== undefined) {
    const mark = vi.buffer.marks.get(found[4]);
    if (mark === undefined) {
      vi.error("E20: Mark not set");
      return "wrong";
    }
    line = mark.line;
  } else if (found[5] !== undefined || found[6] !== undefined) {
    const pattern = found[5] ?? found[6] ?? "";
    const regex = pattern === "" ? vi.lastPattern : setPattern(vi, pattern);
    const total = vi.buffer.lines.length;
    const step = found[5] !== undefined ? 1 : total - 1;
    const hit =
      regex === undefined
        ? undefined
        : Array.from({ length: total }, (_, at) => (base + step * (at + 1)) % total).find((at) =>
            regex.test(vi.buffer.line(at)),
          );
    if (hit === undefined) {
      vi.error(`E486: Pattern not found: ${pattern}`);
      return "wrong";
    }
    line = hit;
  }
  for (const offset of (found[7] ?? "").match(/[+-]\d*/g) ?? [])
    line += offset.length === 1 ? (offset === "+" ? 1 : -1) : Number(offset);
  return { line, rest: text.slice(found[0].length) };
}
