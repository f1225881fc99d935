// Keeps the line on the screen: finds what changed and sends as few bytes as readline does on an xterm.
// The order of its decisions (common head, common tail, insert, delete, overwrite) is what makes recordings agree.

import { charWidth } from "../../lib/width.ts";

/** One character on the screen. `pre` is sent before it and takes no room (colours of a prompt). */
export interface Cell {
  readonly s: string;
  readonly w: number;
  readonly lit: boolean;
  readonly pre: string;
}

export interface Screen {
  columns: number;
  /** Column up to which characters are never inserted: readline's index of the prompt's last invisible character. */
  fixed: number;
  rows: Cell[][];
  row: number;
  col: number;
}

export function createScreen(columns: number): Screen {
  return { columns, fixed: 0, rows: [], row: 0, col: 0 };
}

/** How a character of the line is shown. */
function shownAs(c: string): string {
  const code = c.codePointAt(0) as number;
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  if (code === 127) return "^?";
  if (code >= 0xdc80 && code <= 0xdcff) return `\\${(code - 0xdc00).toString(8)}`;
  return c;
}

/** Cells of a prompt's last line; text between \x01 and \x02 is sent but takes no room. */
export function promptCells(prompt: string): { cells: Cell[]; tail: string; fixed: number } {
  const cells: Cell[] = [];
  let index = 0;
  let fixed = 0;
  let pre = "";
  let hidden = false;
  for (const c of prompt) {
    if (c === "\x01") hidden = true;
    else if (c === "\x02") hidden = false;
    else if (hidden) {
      pre += c;
      fixed = index++;
    } else {
      index += 1;
      cells.push({ s: c, w: Math.max(0, charWidth(c)), lit: false, pre });
      pre = "";
    }
  }
  return { cells, tail: pre, fixed };
}

/** Cells of the text; `lit` marks a stretch to be shown inverse. */
export function textCells(
  text: string,
  from: number,
  lit?: readonly [number, number],
): { cells: Cell[]; ends: number[] } {
  const cells: Cell[] = [];
  /** Number of cells before each index of the text. */
  const ends: number[] = [];
  let width = from;
  let at = 0;
  for (const c of text) {
    for (let i = 0; i < c.length; i++) ends.push(cells.length);
    const on = lit !== undefined && at >= lit[0] && at < lit[1];
    const shown = c === "\n" ? c : c === "\t" ? " ".repeat(8 - (width % 8)) : shownAs(c);
    for (const s of shown) {
      const w = Math.max(0, charWidth(s));
      cells.push({ s, w, lit: on, pre: "" });
      width = s === "\n" ? 0 : width + w;
    }
    at += c.length;
  }
  ends.push(cells.length);
  return { cells, ends };
}

/** Breaks cells into rows as wide as the window, and finds the cursor. */
function layOut(cells: readonly Cell[], cursor: number, columns: number): { rows: Cell[][]; row: number; col: number } {
  const rows: Cell[][] = [[]];
  let col = 0;
  let place = { row: 0, col: 0 };
  for (const [i, cell] of cells.entries()) {
    if (col + cell.w > columns) {
      rows.push([]);
      col = 0;
    }
    if (i === cursor) place = { row: rows.length - 1, col };
    if (cell.s === "\n") {
      rows.push([]);
      col = 0;
      continue;
    }
    (rows.at(-1) as Cell[]).push(cell);
    col += cell.w;
    if (col >= columns) {
      rows.push([]);
      col = 0;
    }
  }
  if (cursor >= cells.length) place = { row: rows.length - 1, col };
  return { rows, ...place };
}

const same = (a: Cell | undefined, b: Cell | undefined) =>
  a !== undefined && b !== undefined && a.s === b.s && a.lit === b.lit;
const widthOf = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + cell.w, 0);

/** Text of cells with their colours. */
function paint(cells: readonly Cell[]): string {
  let out = "";
  let lit = false;
  for (const cell of cells) {
    if (cell.lit !== lit) out += cell.lit ? "\x1b[7m" : "\x1b[27m";
    lit = cell.lit;
    out += cell.pre + cell.s;
  }
  return lit ? `${out}\x1b[27m` : out;
}

/** Moves within a row. */
function moveTo(screen: Screen, col: number): string {
  let out = "";
  let from = screen.col;
  if (from === col) return "";
  if (col === 0 || col + 1 < from - col) {
    out = "\r";
    from = 0;
  }
  screen.col = col;
  return out + (from < col ? "\x1b[C".repeat(col - from) : "\b".repeat(from - col));
}

/** Moves to another row; downwards the cursor comes to its start. */
function moveRow(screen: Screen, row: number): string {
  const delta = row - screen.row;
  screen.row = row;
  if (delta > 0) {
    screen.col = 0;
    return `${"\n".repeat(delta)}\r`;
  }
  return "\x1b[A".repeat(-delta);
}

/** Brings one row from what it shows to what it should show. */
function updateRow(screen: Screen, index: number, next: readonly Cell[], tail: string, last: number): string {
  let old = screen.rows[index] ?? [];
  let out = "";
  // A full row above leaves the cursor at the margin: one character makes the terminal wrap.
  if (screen.col === screen.columns && screen.row === index - 1) {
    const first = next[0];
    out += first === undefined ? " " : paint([first]);
    screen.row = index;
    screen.col = first?.w ?? 1;
    if (first !== undefined) old = [first, ...old.slice(1)];
  }
  let head = 0;
  while (head < old.length && head < next.length && same(old[head], next[head])) head += 1;
  if (head === old.length && head === next.length) return out;
  let oldEnd = old.length;
  let newEnd = next.length;
  let back = 0;
  let space = false;
  while (
    old.length - 1 - back > head &&
    next.length - 1 - back > head &&
    same(old[old.length - 1 - back], next[next.length - 1 - back])
  ) {
    if (old[old.length - 1 - back]?.s === " ") space = true;
    back += 1;
  }
  // A tail is worth keeping only where it holds a blank: readline's rule for multibyte text.
  if (space) {
    const [o, n] = [old.length - 1 - back, next.length - 1 - back];
    const more = same(old[o], next[n]);
    oldEnd = more ? o : o + 1;
    newEnd = more ? n : n + 1;
  }
  const middle = next.slice(head, newEnd);
  const rest = next.slice(head);
  const grow = widthOf(middle) - widthOf(old.slice(head, oldEnd));
  if (screen.row !== index) out += moveRow(screen, index);
  out += moveTo(screen, widthOf(old.slice(0, head)));
  const growsRows = index >= screen.rows.length - 1 && last > screen.rows.length - 1;
  const finish = (cells: readonly Cell[], atEnd: boolean) => {
    screen.col += widthOf(cells);
    return paint(cells) + (atEnd ? tail : "");
  };
  if (grow > 0) {
    if (oldEnd < old.length && !growsRows && screen.col > (index === 0 ? screen.fixed : 0))
      return `${out}\x1b[${grow}@${finish(middle, false)}`;
    return out + finish(rest, true);
  }
  if (widthOf(rest) * 2 >= -grow && grow < 0) return `${out}\x1b[${-grow}P${finish(middle, newEnd === next.length)}`;
  if (grow === 0) return out + finish(middle, newEnd === next.length);
  out += finish(rest, true);
  return `${out}\x1b[K`;
}

/** Bytes that bring the screen up to date. `tail`: colours after the prompt's last character. */
export function redraw(screen: Screen, cells: readonly Cell[], cursor: number, tail = ""): string {
  const { rows, row, col } = layOut(cells, cursor, screen.columns);
  let out = "";
  for (const [i, next] of rows.entries()) out += updateRow(screen, i, next, i === 0 ? tail : "", rows.length - 1);
  for (let i = rows.length; i < screen.rows.length; i++) {
    if ((screen.rows[i]?.length ?? 0) === 0) continue;
    out += moveRow(screen, i) + moveTo(screen, 0);
    out += "\x1b[K";
  }
  screen.rows = rows;
  if (screen.row !== row) out += moveRow(screen, row);
  return out + moveTo(screen, col);
}

/** Moves to the last row, before the line is left. */
export function moveToEnd(screen: Screen): string {
  const last = Math.max(0, screen.rows.length - 1);
  return screen.row === last ? "" : moveRow(screen, last);
}
