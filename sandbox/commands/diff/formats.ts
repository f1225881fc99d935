// How diff shows changes: normal, unified, context, side by side, ed and RCS.

import type { Change } from "./lcs.ts";

export interface Side {
  readonly name: string;
  /** Lines without their ends. */
  readonly lines: readonly string[];
  /** The last line has no newline. */
  readonly unended: boolean;
  /** Name and time, or the label, for headers. */
  readonly label: string;
}

const NO_NEWLINE = "\\ No newline at end of file\n";

export type Paint = (kind: "header" | "range" | "old" | "new", text: string) => string;

function line(side: Side, index: number, prefix: string): string {
  const end = side.unended && index === side.lines.length - 1 ? `\n${NO_NEWLINE}` : "\n";
  return prefix + (side.lines[index] ?? "") + end;
}

function range(start: number, end: number): string {
  return end - start <= 1 ? String(start === end ? start : end) : `${start + 1},${end}`;
}

export function formatNormal(a: Side, b: Side, changes: readonly Change[], paint: Paint): string {
  let text = "";
  for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
    const letter = oldStart === oldEnd ? "a" : newStart === newEnd ? "d" : "c";
    text += `${paint("range", `${range(oldStart, oldEnd)}${letter}${range(newStart, newEnd)}`)}\n`;
    for (let i = oldStart; i < oldEnd; i++) text += paintLine(paint, "old", line(a, i, "< "));
    if (letter === "c") text += "---\n";
    for (let i = newStart; i < newEnd; i++) text += paintLine(paint, "new", line(b, i, "> "));
  }
  return text;
}

function paintLine(paint: Paint, kind: "old" | "new", text: string): string {
  const at = text.indexOf("\n");
  return paint(kind, text.slice(0, at)) + text.slice(at);
}

/** Changes that stand near enough to share their context. */
function groups(changes: readonly Change[], context: number): Change[][] {
  const found: Change[][] = [];
  for (const change of changes) {
    const group = found[found.length - 1];
    const last = group?.[group.length - 1];
    if (group !== undefined && last !== undefined && change.oldStart - last.oldEnd <= context * 2) group.push(change);
    else found.push([change]);
  }
  return found;
}

/** The name of the function a hunk is in (-p), or what matches --show-function-line. */
export type Heading = (side: Side, before: number) => string;

export function formatUnified(
  a: Side,
  b: Side,
  changes: readonly Change[],
  context: number,
  paint: Paint,
  heading: Heading,
): string {
  let text = `${paint("header", `--- ${a.label}`)}\n${paint("header", `+++ ${b.label}`)}\n`;
  for (const group of groups(changes, context)) {
    const first = group[0] as Change;
    const last = group[group.length - 1] as Change;
    const [a0, a1] = [Math.max(0, first.oldStart - context), Math.min(a.lines.length, last.oldEnd + context)];
    const [b0, b1] = [Math.max(0, first.newStart - context), Math.min(b.lines.length, last.newEnd + context)];
    text += `${paint("range", `@@ -${unifiedRange(a0, a1)} +${unifiedRange(b0, b1)} @@`)}${heading(a, a0)}\n`;
    let at = a0;
    for (const { oldStart, oldEnd, newStart, newEnd } of group) {
      for (; at < oldStart; at++) text += line(a, at, " ");
      for (; at < oldEnd; at++) text += paintLine(paint, "old", line(a, at, "-"));
      for (let i = newStart; i < newEnd; i++) text += paintLine(paint, "new", line(b, i, "+"));
    }
    for (; at < a1; at++) text += line(a, at, " ");
  }
  return text;
}

function unifiedRange(start: number, end: number): string {
  if (end - start === 1) return String(end);
  return end === start ? `${start},0` : `${start + 1},${end - start}`;
}

export function formatContext(
  a: Side,
  b: Side,
  changes: readonly Change[],
  context: number,
  paint: Paint,
  heading: Heading,
): string {
  let text = `${paint("header", `*** ${a.label}`)}\n${paint("header", `--- ${b.label}`)}\n`;
  for (const group of groups(changes, context)) {
    const first = group[0] as Change;
    const last = group[group.length - 1] as Change;
    const [a0, a1] = [Math.max(0, first.oldStart - context), Math.min(a.lines.length, last.oldEnd + context)];
    const [b0, b1] = [Math.max(0, first.newStart - context), Math.min(b.lines.length, last.newEnd + context)];
    text += `***************${heading(a, a0)}\n${paint("range", `*** ${contextRange(a0, a1)} ****`)}\n`;
    if (group.some((change) => change.oldEnd > change.oldStart)) text += contextSide(a, a0, a1, group, "old", paint);
    text += `${paint("range", `--- ${contextRange(b0, b1)} ----`)}\n`;
    if (group.some((change) => change.newEnd > change.newStart)) text += contextSide(b, b0, b1, group, "new", paint);
  }
  return text;
}

function contextRange(start: number, end: number): string {
  return end - start <= 1 ? String(end) : `${start + 1},${end}`;
}

function contextSide(
  side: Side,
  start: number,
  end: number,
  group: readonly Change[],
  which: "old" | "new",
  paint: Paint,
): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const change = group.find((one) =>
      which === "old" ? i >= one.oldStart && i < one.oldEnd : i >= one.newStart && i < one.newEnd,
    );
    const both = change !== undefined && change.oldEnd > change.oldStart && change.newEnd > change.newStart;
    if (change === undefined) text += line(side, i, "  ");
    else text += paintLine(paint, which, line(side, i, both ? "! " : which === "old" ? "- " : "+ "));
  }
  return text;
}

/** An ed script, from the end to the start. */
export function formatEd(b: Side, changes: readonly Change[]): string {
  let text = "";
  for (const { oldStart, oldEnd, newStart, newEnd } of [...changes].reverse()) {
    const letter = oldStart === oldEnd ? "a" : newStart === newEnd ? "d" : "c";
    text += `${range(oldStart, oldEnd)}${letter}\n`;
    if (letter === "d") continue;
    for (let i = newStart; i < newEnd; i++) text += b.lines[i] === "." ? "..\n.\ns/.//\na\n" : `${b.lines[i]}\n`;
    text += ".\n";
  }
  return text;
}

export function formatRcs(b: Side, changes: readonly Change[]): string {
  let text = "";
  for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
    if (oldEnd > oldStart) text += `d${oldStart + 1} ${oldEnd - oldStart}\n`;
    if (newEnd > newStart) {
      text += `a${oldEnd} ${newEnd - newStart}\n`;
      for (let i = newStart; i < newEnd; i++)
        text += b.unended && i === b.lines.length - 1 ? (b.lines[i] ?? "") : `${b.lines[i]}\n`;
    }
  }
  return text;
}

export interface SideBySide {
  readonly width: number;
  readonly leftOnly: boolean;
  readonly suppressCommon: boolean;
  readonly expandTabs: boolean;
}

/** Two columns with a mark between: `|` changed, `<` only left, `>` only right. */
export function formatSideBySide(a: Side, b: Side, changes: readonly Change[], options: SideBySide): string {
  const tab = options.expandTabs ? 1 : 8;
  const offset = Math.floor((options.width + tab + 3) / (2 * tab)) * tab;
  const half = Math.max(0, Math.min(offset - 3, options.width - offset));
  const second = half > 0 ? offset : options.width;
  let text = "";
  const put = (left: string | undefined, sign: string, right: string | undefined): void => {
    const [shown, column] = cut(left ?? "", half, 0);
    let row = left === undefined ? "" : shown;
    let at = left === undefined ? 0 : column;
    if (sign !== " ") {
      const place = Math.floor((half + second - 1) / 2);
      row += moveTo(at, place, tab) + sign;
      at = place + 1;
    }
    if (right !== undefined && right !== "") {
      row += moveTo(at, second, tab);
      row += cut(right, half, second)[0];
    }
    text += `${row}\n`;
  };
  let [i, j] = [0, 0];
  const common = (to: number): void => {
    for (; i < to; i++, j++)
      if (!options.suppressCommon)
        put(a.lines[i], options.leftOnly ? "(" : " ", options.leftOnly ? undefined : b.lines[j]);
  };
  for (const { oldStart, oldEnd, newStart, newEnd } of changes) {
    common(oldStart);
    for (i = oldStart, j = newStart; i < oldEnd && j < newEnd; i++, j++) put(a.lines[i], "|", b.lines[j]);
    for (; j < newEnd; j++) put(undefined, ">", b.lines[j]);
    for (; i < oldEnd; i++) put(a.lines[i], "<", undefined);
  }
  common(a.lines.length);
  return text;
}

/** Blanks, as tabs where they fit, from a column to another. */
function moveTo(from: number, to: number, tab: number): string {
  let text = "";
  let at = from;
  if (tab > 1) {
    for (let stop = at - (at % tab) + tab; stop <= to; stop += tab) {
      text += "\t";
      at = stop;
    }
  }
  return text + " ".repeat(Math.max(0, to - at));
}

/** As much of a line as fits; tabs reach to the next stop of the whole row. */
function cut(line: string, width: number, start: number): [string, number] {
  let text = "";
  let column = 0;
  for (const char of line) {
    const size = char === "\t" ? 8 - (column % 8) : 1;
    if (column + size > width) break;
    text += char === "\t" && start > 0 ? " ".repeat(size) : char;
    column += size;
  }
  return [text, column];
}
