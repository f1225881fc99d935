// Commands of the colon that change whole lines.

import type { Editor } from "../editor.ts";
import { shiftLine } from "../indent.ts";
import { lineStart } from "../motions.ts";
import { readRegister } from "../registers.ts";
import { type Range, readAddress } from "./range.ts";

/** `:d` and `:y`: lines go to a register. */
export function cutLines(vi: Editor, argument: string, given: Range, removes: boolean): void {
  const { buffer } = vi;
  const register = /^\s*([a-zA-Z"])/.exec(argument)?.[1] ?? '"';
  // A count behind it begins at the last line of the range.
  const amount = /(\d+)\s*$/.exec(argument)?.[1];
  const { from, to } =
    amount === undefined ? given : { from: given.to, to: Math.min(buffer.last, given.to + Number(amount) - 1) };
  const lines = buffer.lines.slice(from, to + 1);
  buffer.registers.set(register, { lines, linewise: true });
  buffer.registers.set('"', { lines, linewise: true });
  if (!removes) return;
  buffer.note(vi.cursor);
  buffer.removeLines(from, to);
  vi.moveTo(lineStart(buffer, from));
}

export function putLines(vi: Editor, argument: string, before: boolean, range: Range): void {
  const { buffer } = vi;
  const taken = readRegister(vi, argument.trim() || '"');
  if (taken === undefined) return;
  buffer.note(vi.cursor);
  buffer.insertLines(before ? range.to : range.to + 1, taken.lines);
  vi.moveTo(lineStart(buffer, range.to + taken.lines.length));
}

/** `:j`; with a bang as they are, without a blank between them. */
export function joinLines(vi: Editor, bang: boolean, range: Range): void {
  const { buffer } = vi;
  const to = range.given > 1 ? range.to : Math.min(buffer.last, range.to + 1);
  buffer.note(vi.cursor);
  const joined = buffer.lines
    .slice(range.from, to + 1)
    .map((line, at) => (at === 0 ? line : bang ? line : line.trimStart()));
  buffer.lines.splice(range.from, to - range.from + 1, joined.join(bang ? "" : " "));
  buffer.changed();
  vi.moveTo(lineStart(buffer, range.from));
}

/** `:>` and `:<`, once for each sign. */
export function shiftLines(vi: Editor, argument: string, range: Range, right: boolean): void {
  const { buffer } = vi;
  buffer.note(vi.cursor);
  for (let line = range.from; line <= range.to; line++)
    for (let i = 0; i <= (/^[<>]*/.exec(argument)?.[0].length ?? 0); i++) shiftLine(vi, line, right);
  vi.moveTo(lineStart(buffer, range.to));
}

export function retab(vi: Editor, range: Range): void {
  const { buffer } = vi;
  buffer.note(vi.cursor);
  const { tabstop, expandtab } = vi.settings;
  const [from, to] = range.given > 0 ? [range.from, range.to] : [0, buffer.last];
  if (expandtab)
    for (let line = from; line <= to; line++)
      buffer.lines[line] = buffer.line(line).replace(/\t/g, (_tab, at: number) => " ".repeat(tabstop - (at % tabstop)));
  buffer.changed();
}

/** `:m`, `:co` and `:t`. */
export function moveLines(vi: Editor, argument: string, range: Range, moves: boolean): void {
  const { buffer } = vi;
  const target = argument.trim() === "0" ? { line: -1, rest: "" } : readAddress(vi, argument.trim(), vi.cursor.line);
  if (target === undefined || target === "wrong") return vi.error("E14: Invalid address");
  const lines = buffer.lines.slice(range.from, range.to + 1);
  buffer.note(vi.cursor);
  let at = target.line + 1;
  if (moves) {
    if (at > range.from && at <= range.to) return vi.error("E134: Cannot move a range of lines into itself");
    buffer.lines.splice(range.from, lines.length);
    if (at > range.to) at -= lines.length;
  }
  buffer.insertLines(at, lines);
  vi.moveTo(lineStart(buffer, at + lines.length - 1));
}

export function sortLines(vi: Editor, argument: string, bang: boolean, range: Range): void {
  const { buffer, cursor } = vi;
  const [from, to] = range.given > 0 ? [range.from, range.to] : [0, buffer.last];
  buffer.note(cursor);
  let lines = buffer.lines.slice(from, to + 1);
  const numberOf = (line: string): number => Number(/-?\d+/.exec(line)?.[0] ?? -Infinity);
  lines.sort((a, b) => (argument.includes("n") ? numberOf(a) - numberOf(b) : a < b ? -1 : a > b ? 1 : 0));
  if (bang) lines.reverse();
  if (argument.includes("u")) lines = lines.filter((line, at) => at === 0 || line !== lines[at - 1]);
  buffer.lines.splice(from, to - from + 1, ...lines);
  buffer.changed();
}
