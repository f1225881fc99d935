// Lines of text to rows of the screen: tabs, control characters, overstrikes, colours, folding or chopping.

import { charWidth } from "../../lib/width.ts";

/** One piece of a row: what is written, its width, and where in the plain text of the line it stands. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  readonly at: number;
  /** How it stands out by itself: control characters inverse, overstrikes bold or underlined. */
  readonly style: "" | "inverse" | "bold" | "underline";
}

export interface Row {
  readonly cells: readonly Cell[];
  /** The line goes on to the right of the screen. */
  readonly chopped: boolean;
  /** Row is full and the line goes on in the next one. */
  readonly folded: boolean;
}

export interface LayoutOptions {
  readonly columns: number;
  readonly chop: boolean;
  readonly shift: number;
  /** -R: colour sequences pass; -r: everything passes. */
  readonly raw: "" | "R" | "r";
}

const SEQUENCE = /^(?:\x1b\[[0-9;:]*[mK]|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\))/;

/** The text of a line as searches see it. */
export function plainText(line: string, raw: LayoutOptions["raw"]): string {
  let text = line;
  if (raw !== "") text = text.replace(/\x1b\[[0-9;:]*[mK]|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)/g, "");
  return text.includes("\b") ? text.replace(/.\x08/g, "") : text;
}

/** All rows that a line takes. */
export function layoutLine(line: string, options: LayoutOptions): Row[] {
  const cells = toCells(line, options);
  if (options.chop) return [chopCells(cells, options)];
  const rows: Row[] = [];
  let row: Cell[] = [];
  let column = 0;
  for (const cell of cells) {
    if (column + cell.width > options.columns) {
      rows.push({ cells: row, chopped: false, folded: true });
      row = [];
      column = 0;
    }
    row.push(cell);
    column += cell.width;
  }
  rows.push({ cells: row, chopped: false, folded: false });
  return rows;
}

function chopCells(cells: readonly Cell[], options: LayoutOptions): Row {
  const row: Cell[] = [];
  let column = -options.shift;
  let chopped = false;
  const total = cells.reduce((sum, cell) => sum + cell.width, 0) - options.shift;
  for (const cell of cells) {
    // Sequences of no width pass even left of the screen, so that colours hold.
    const limit = total > options.columns ? options.columns - 1 : options.columns;
    if (column >= 0 && column + cell.width > limit && cell.width > 0) {
      chopped = true;
      break;
    }
    if (column >= 0 || cell.width === 0) row.push(cell);
    column += cell.width;
  }
  return { cells: row, chopped, folded: false };
}

function toCells(line: string, options: LayoutOptions): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  let column = 0;
  for (let i = 0; i < line.length; ) {
    if (options.raw !== "" && line[i] === "\x1b") {
      const sequence = SEQUENCE.exec(line.slice(i, i + 400))?.[0] ?? (options.raw === "r" ? "\x1b" : undefined);
      if (sequence !== undefined) {
        cells.push({ text: sequence, width: 0, at, style: "" });
        i += sequence.length;
        continue;
      }
    }
    const code = line.codePointAt(i) ?? 0;
    const char = String.fromCodePoint(code);
    const next = i + char.length;
    if (line[next] === "\b" && next + 1 < line.length) {
      const over = String.fromCodePoint(line.codePointAt(next + 1) ?? 0);
      cells.push({
        text: char === "_" ? over : char,
        width: 1,
        at,
        style: char === "_" && over !== "_" ? "underline" : "bold",
      });
      i = next + 1 + over.length;
      at += over.length;
      column += 1;
      continue;
    }
    const shown = showChar(char, code, column);
    cells.push({ ...shown, at });
    column += shown.width;
    i = next;
    at += char.length;
  }
  return cells;
}

function showChar(char: string, code: number, column: number): Omit<Cell, "at"> {
  if (char === "\t") {
    const width = 8 - (column % 8);
    return { text: " ".repeat(width), width, style: "" };
  }
  if (code < 32 || code === 127) {
    const text = code === 27 ? "ESC" : `^${String.fromCharCode(code ^ 64)}`;
    return { text, width: text.length, style: "inverse" };
  }
  if (code >= 0xdc80 && code <= 0xdcff) {
    const text = `<${(code - 0xdc00).toString(16).toUpperCase()}>`;
    return { text, width: text.length, style: "inverse" };
  }
  return { text: char, width: Math.max(0, charWidth(char)), style: "" };
}
