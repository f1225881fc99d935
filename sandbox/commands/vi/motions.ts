// Where the cursor goes: words, characters, paragraphs, brackets, and the text objects around it.

import { type Buffer, firstNonBlank, type Spot } from "./buffer.ts";

/** What a motion reaches, and how an operator takes it. */
export interface Reach {
  readonly to: Spot;
  readonly linewise?: boolean;
  /** The character at the end belongs to it. */
  readonly inclusive?: boolean;
  /** The column wished for when moving up and down. */
  readonly keepsColumn?: boolean;
  /** Where it begins, for text objects. */
  readonly from?: Spot;
}

function kindOf(char: string | undefined, big: boolean): number {
  if (char === undefined || char === " " || char === "\t") return 0;
  if (big) return 1;
  return /[\p{L}\p{N}_]/u.test(char) ? 1 : 2;
}

/** Start of the next word. An empty line is a word. */
export function nextWord(buffer: Buffer, from: Spot, big: boolean): Spot | undefined {
  let { line, column } = from;
  const text = buffer.line(line);
  const kind = kindOf(text[column], big);
  while (column < text.length && kind !== 0 && kindOf(text[column], big) === kind) column++;
  for (;;) {
    const here = buffer.line(line);
    while (column < here.length && kindOf(here[column], big) === 0) column++;
    if (column < here.length) return { line, column };
    if (line >= buffer.last) return undefined;
    line++;
    column = 0;
    if (buffer.line(line) === "") return { line, column };
  }
}

export function previousWord(buffer: Buffer, from: Spot, big: boolean): Spot | undefined {
  let { line, column } = from;
  for (;;) {
    const text = buffer.line(line);
    while (column > 0 && kindOf(text[column - 1], big) === 0) column--;
    if (column > 0) {
      const kind = kindOf(text[column - 1], big);
      while (column > 0 && kindOf(text[column - 1], big) === kind) column--;
      return { line, column };
    }
    if (line === 0) return from.column === 0 ? undefined : { line, column: 0 };
    line--;
    column = buffer.line(line).length;
    if (column === 0) return { line, column };
  }
}

export function wordEnd(buffer: Buffer, from: Spot, big: boolean): Spot | undefined {
  let { line, column } = from;
  column++;
  for (;;) {
    const text = buffer.line(line);
    while (column < text.length && kindOf(text[column], big) === 0) column++;
    if (column < text.length) {
      const kind = kindOf(text[column], big);
      while (column + 1 < text.length && kindOf(text[column + 1], big) === kind) column++;
      return { line, column };
    }
    if (line >= buffer.last) return undefined;
    line++;
    column = 0;
  }
}

export function previousWordEnd(buffer: Buffer, from: Spot, big: boolean): Spot | undefined {
  let { line, column } = from;
  const text = buffer.line(line);
  const kind = kindOf(text[column], big);
  while (column >= 0 && kind !== 0 && kindOf(text[column], big) === kind) column--;
  for (;;) {
    const here = buffer.line(line);
    while (column >= 0 && kindOf(here[column], big) === 0) column--;
    if (column >= 0) return { line, column };
    if (line === 0) return undefined;
    line--;
    column = buffer.line(line).length - 1;
    if (column < 0) return { line, column: 0 };
  }
}

/** f, F, t and T within a line. */
export function findChar(
  buffer: Buffer,
  from: Spot,
  char: string,
  kind: "f" | "F" | "t" | "T",
  count: number,
  again = false,
): Spot | undefined {
  const text = buffer.line(from.line);
  const forward = kind === "f" || kind === "t";
  let column = from.column;
  // A repeated t must get past the character it stands before.
  if (again && kind === "t" && text[column + 1] === char) column++;
  if (again && kind === "T" && text[column - 1] === char) column--;
  for (let left = count; left > 0; left--) {
    column = forward ? text.indexOf(char, column + 1) : column > 0 ? text.lastIndexOf(char, column - 1) : -1;
    if (column < 0) return undefined;
  }
  return { line: from.line, column: kind === "t" ? column - 1 : kind === "T" ? column + 1 : column };
}

export function paragraph(buffer: Buffer, from: number, forward: boolean, count: number): Spot {
  const step = forward ? 1 : -1;
  const edge = forward ? buffer.last : 0;
  let line = from;
  for (let left = count; left > 0 && line !== edge; left--) {
    while (line !== edge && buffer.line(line) === "") line += step;
    while (line !== edge && buffer.line(line) !== "") line += step;
  }
  const atEnd = line === edge && buffer.line(line) !== "";
  return { line, column: atEnd && forward ? Math.max(0, buffer.line(line).length - 1) : 0 };
}

const PAIRS = "()[]{}";

/** The partner of the bracket at or behind the cursor. */
export function matchBracket(buffer: Buffer, from: Spot): Spot | undefined {
  const text = buffer.line(from.line);
  let { column } = from;
  while (column < text.length && !PAIRS.includes(text[column] ?? " ")) column++;
  const char = text[column];
  if (char === undefined) return undefined;
  const index = PAIRS.indexOf(char);
  const forward = index % 2 === 0;
  return scan(buffer, { line: from.line, column }, char, PAIRS[forward ? index + 1 : index - 1] ?? "", forward);
}

function scan(buffer: Buffer, from: Spot, open: string, close: string, forward: boolean): Spot | undefined {
  let depth = 0;
  let { line, column } = from;
  for (;;) {
    const char = buffer.line(line)[column];
    if (char === open) depth++;
    else if (char === close && --depth === 0) return { line, column };
    column += forward ? 1 : -1;
    while (column < 0 || column >= buffer.line(line).length) {
      line += forward ? 1 : -1;
      if (line < 0 || line > buffer.last) return undefined;
      column = forward ? 0 : buffer.line(line).length - 1;
      if (buffer.line(line).length > 0) break;
    }
  }
}

/** Text objects: iw aw iW aW, quotes, brackets, paragraphs. */
export function textObject(buffer: Buffer, from: Spot, around: boolean, kind: string): Reach | undefined {
  if (kind === "w" || kind === "W") return wordObject(buffer, from, around, kind === "W");
  if (`"'\``.includes(kind)) return quoteObject(buffer, from, around, kind);
  if (kind === "p") return paragraphObject(buffer, from, around);
  const pair =
    kind === "b" || kind === "(" || kind === ")"
      ? "()"
      : kind === "B" || kind === "{" || kind === "}"
        ? "{}"
        : kind === "[" || kind === "]"
          ? "[]"
          : kind === "<" || kind === ">"
            ? "<>"
            : undefined;
  return pair === undefined ? undefined : bracketObject(buffer, from, around, pair[0] ?? "", pair[1] ?? "");
}

function wordObject(buffer: Buffer, from: Spot, around: boolean, big: boolean): Reach {
  const text = buffer.line(from.line);
  let start = from.column;
  let end = from.column;
  const kind = kindOf(text[start], big);
  while (start > 0 && kindOf(text[start - 1], big) === kind) start--;
  while (end + 1 < text.length && kindOf(text[end + 1], big) === kind) end++;
  if (around) {
    const before = end;
    while (end + 1 < text.length && kindOf(text[end + 1], big) === 0) end++;
    if (end === before && kind !== 0) while (start > 0 && kindOf(text[start - 1], big) === 0) start--;
  }
  return { from: { line: from.line, column: start }, to: { line: from.line, column: end }, inclusive: true };
}

function quoteObject(buffer: Buffer, from: Spot, around: boolean, quote: string): Reach | undefined {
  const text = buffer.line(from.line);
  const places = [...text].flatMap((char, at) => (char === quote && text[at - 1] !== "\\" ? [at] : []));
  for (let i = 0; i + 1 < places.length; i += 2) {
    const [open = 0, close = 0] = [places[i], places[i + 1]];
    if (from.column > close) continue;
    const [start, end] = around ? [open, close] : [open + 1, close - 1];
    return { from: { line: from.line, column: start }, to: { line: from.line, column: end }, inclusive: true };
  }
  return undefined;
}

function bracketObject(buffer: Buffer, from: Spot, around: boolean, open: string, close: string): Reach | undefined {
  let depth = 0;
  let { line, column } = from;
  if (buffer.line(line)[column] === close) column--;
  for (;;) {
    const char = column >= 0 ? buffer.line(line)[column] : undefined;
    if (char === close) depth++;
    else if (char === open && depth-- === 0) break;
    column--;
    while (column < 0) {
      line--;
      if (line < 0) {
        // Not inside a pair: the next one on the line will do.
        const next = buffer.line(from.line).indexOf(open, from.column);
        return next < 0 ? undefined : bracketObject(buffer, { line: from.line, column: next + 1 }, around, open, close);
      }
      column = buffer.line(line).length - 1;
      if (column >= 0) break;
    }
  }
  const start = { line, column };
  const end = scan(buffer, start, open, close, true);
  if (end === undefined) return undefined;
  if (around) return { from: start, to: end, inclusive: true };
  return { from: { line: start.line, column: start.column + 1 }, to: end };
}

function paragraphObject(buffer: Buffer, from: Spot, around: boolean): Reach {
  const blank = (line: number): boolean => buffer.line(line).trim() === "";
  const kind = blank(from.line);
  let start = from.line;
  let end = from.line;
  while (start > 0 && blank(start - 1) === kind) start--;
  while (end < buffer.last && blank(end + 1) === kind) end++;
  if (around) while (end < buffer.last && blank(end + 1) !== kind) end++;
  return { from: { line: start, column: 0 }, to: { line: end, column: 0 }, linewise: true };
}

export function lineStart(buffer: Buffer, line: number): Spot {
  const at = Math.max(0, Math.min(line, buffer.last));
  return { line: at, column: firstNonBlank(buffer.line(at)) };
}
