// Blockwise visual mode: what is done to a rectangle of text.

import type { Buffer } from "./buffer.ts";

/** Lines and columns, ends included; `right` is Infinity after `$`. */
export interface Block {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function* linesOf(block: Block): Generator<number> {
  for (let line = block.top; line <= block.bottom; line++) yield line;
}

/** The text of the rectangle, a piece a line. */
export function blockText(buffer: Buffer, block: Block): string[] {
  return [...linesOf(block)].map((line) => buffer.line(line).slice(block.left, block.right + 1));
}

/** Puts what `change` makes of each piece in its place. */
export function changeBlock(buffer: Buffer, block: Block, change: (piece: string) => string): void {
  for (const line of linesOf(block)) {
    const text = buffer.line(line);
    if (text.length <= block.left) continue;
    buffer.lines[line] =
      text.slice(0, block.left) + change(text.slice(block.left, block.right + 1)) + text.slice(block.right + 1);
  }
  buffer.changed();
}

/** Repeats on the other lines what was typed on the first: before the rectangle, or behind it. */
export function repeatTyped(buffer: Buffer, block: Block, typed: string, behind: boolean): void {
  for (let line = block.top + 1; line <= block.bottom; line++) {
    const text = buffer.line(line);
    if (behind) {
      const column = Math.min(block.right + 1, Number.isFinite(block.right) ? Infinity : text.length);
      const padded = Number.isFinite(column) ? text.padEnd(column) : text;
      buffer.lines[line] = padded.slice(0, column) + typed + padded.slice(column);
    } else if (text.length > block.left)
      buffer.lines[line] = text.slice(0, block.left) + typed + text.slice(block.left);
  }
  buffer.changed();
}

/** Puts a rectangle's pieces beside each other's lines, from a column on. */
export function putBlock(buffer: Buffer, line: number, column: number, pieces: readonly string[]): void {
  const width = Math.max(...pieces.map((piece) => piece.length));
  for (const [i, piece] of pieces.entries()) {
    if (line + i > buffer.last) buffer.insertLines(buffer.last + 1, [""]);
    const text = buffer.line(line + i).padEnd(column);
    const rest = text.slice(column);
    buffer.lines[line + i] = text.slice(0, column) + (rest === "" ? piece : piece.padEnd(width)) + rest;
  }
  buffer.changed();
}
