// What part of a document is on the screen, and how it moves: the jumps and scrolls of less, with its redrawing.

import type { Task } from "../../kernel/sys.ts";
import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";
import type { LessDocument } from "./document.ts";
import { layoutLine, plainText, type Row } from "./layout.ts";
import type { LessOptions } from "./options.ts";
import type { Screen } from "./screen.ts";

/** A row of the document: its line, and which of the line's rows. */
export interface Place {
  readonly line: number;
  readonly row: number;
}

const NUMBER_WIDTH = 7;

export class View {
  doc: LessDocument;
  readonly screen: Screen;
  readonly options: LessOptions;
  shift = 0;
  /** Rows on the screen; undefined are the empty ones behind the end. */
  table: (Place | undefined)[] = [];
  /** The row after the last one shown; undefined at the end. */
  next: Place | undefined = { line: 0, row: 0 };
  /** The last action went forward, so the cursor stands where the prompt goes. */
  forwardPrompt = false;
  squished = false;
  firstTime = true;
  pattern: Regex | undefined;
  filter: Regex | undefined;
  hilite = true;
  /** Repainted rows are cleared first, as less 6xx does. */
  clearsRows = false;
  readonly #layouts = new Map<number, Row[]>();

  constructor(doc: LessDocument, screen: Screen, options: LessOptions) {
    this.doc = doc;
    this.screen = screen;
    this.options = options;
  }

  get height(): number {
    return this.screen.rows - 1;
  }

  get top(): Place | undefined {
    return this.table[0];
  }

  /** Forgets how lines are laid out, after a change of width or options. */
  relayout(): void {
    this.#layouts.clear();
  }

  rowsOf(line: number): Row[] {
    let rows = this.#layouts.get(line);
    if (rows === undefined) {
      const { options } = this;
      const columns = this.screen.columns - (options.numbers ? NUMBER_WIDTH + 1 : 0);
      rows = layoutLine(this.doc.lines[line] ?? "", {
        columns,
        chop: options.chop || this.shift > 0,
        shift: this.shift,
        raw: options.raw,
      });
      if (this.#layouts.size > 5000) this.#layouts.clear();
      this.#layouts.set(line, rows);
    }
    return rows;
  }

  isShown(line: number): boolean {
    const text = this.doc.lines[line] ?? "";
    if (this.filter !== undefined && !this.filter.test(plainText(text, this.options.raw))) return false;
    return !(this.options.squeeze && text === "" && line > 0 && this.doc.lines[line - 1] === "");
  }

  /** The place itself if there is such a line, else undefined; reads on where it must. */
  *at(line: number): Task<Place | undefined> {
    for (let found = line; ; found++) {
      yield* this.doc.need(found + 1);
      if (found >= this.doc.lines.length) return undefined;
      if (this.isShown(found)) return { line: found, row: 0 };
    }
  }

  *after(place: Place): Task<Place | undefined> {
    if (place.row + 1 < this.rowsOf(place.line).length) return { line: place.line, row: place.row + 1 };
    return yield* this.at(place.line + 1);
  }

  before(place: Place): Place | undefined {
    if (place.row > 0) return { line: place.line, row: place.row - 1 };
    for (let line = place.line - 1; line >= 0; line--) {
      if (this.isShown(line)) return { line, row: this.rowsOf(line).length - 1 };
    }
    return undefined;
  }

  hits(line: number): (readonly [number, number])[] {
    const { pattern } = this;
    if (pattern === undefined || !this.hilite || this.options.noHighlight) return [];
    const text = plainText(this.doc.lines[line] ?? "", this.options.raw);
    const found: (readonly [number, number])[] = [];
    for (let from = 0; from <= text.length; ) {
      const span = pattern.find(text, from);
      if (span === undefined) break;
      if (span[1] > span[0]) found.push(span);
      from = span[1] > span[0] ? span[1] : span[1] + 1;
    }
    return found;
  }

  /** Draws one row where the cursor is. Folded rows fill the line and need no newline. */
  put(place: Place | undefined, backwards = false): void {
    if (place === undefined) {
      this.screen.put("\x1b[1m~\x1b[0m\n");
      return;
    }
    const row = this.rowsOf(place.line)[place.row];
    if (row === undefined) return;
    const number = this.options.numbers
      ? place.row === 0
        ? `${String(place.line + 1).padStart(NUMBER_WIDTH)} `
        : " ".repeat(NUMBER_WIDTH + 1)
      : "";
    this.screen.row(row, this.hits(place.line), number, backwards);
  }

  /** Shows `count` rows from a place on (forw). The number of rows shown. */
  *forward(count: number, from: Place | undefined, force: boolean): Task<number> {
    const contiguous = this.table.length > 0 && samePlace(from, this.next);
    if (!contiguous) {
      if (this.table.length > 0) this.screen.put("...skipping...\n");
      this.table = [];
      force = true;
    }
    let place = from;
    let shown = 0;
    for (let i = 0; i < count; i++) {
      if (place === undefined) {
        if (!force && this.top !== undefined) break;
        // The last line never goes higher than the top.
        if (this.table[0] !== undefined && this.table[1] === undefined && this.table.length > 1) break;
      }
      this.table.push(place);
      if (this.table.length > this.height) this.table.shift();
      shown += 1;
      if (this.firstTime && place === undefined) {
        this.squished = true;
        continue;
      }
      this.put(place);
      this.forwardPrompt = true;
      place = place === undefined ? undefined : yield* this.after(place);
    }
    this.next = place;
    this.firstTime = false;
    return shown;
  }

  /** Scrolls back `count` rows before a place (back). */
  backward(count: number, from: Place | undefined, fresh = false): number {
    if (fresh) this.table = [];
    let place = from;
    let shown = 0;
    for (let i = 0; i < count; i++) {
      place = place === undefined ? undefined : this.before(place);
      if (place === undefined) break;
      this.table.unshift(place);
      if (this.table.length > this.height) this.next = this.table.pop() ?? this.next;
      this.screen.put("\x1b[H\x1bM");
      this.put(place, true);
      shown += 1;
    }
    if (shown > 0) this.screen.lowerLeft();
    return shown;
  }

  /** Puts a place at the top of the screen (jump_loc). */
  *jump(place: Place): Task<void> {
    const on = this.table.findIndex((one) => samePlace(one, place));
    if (on >= 0) {
      if (on > 0) yield* this.forward(on, this.next, true);
      return;
    }
    const { top } = this;
    if (top === undefined || comparePlaces(place, top) > 0) {
      yield* this.forward(this.height, place, true);
      return;
    }
    // Near enough to scroll back to it?
    let distance = 0;
    for (let at: Place | undefined = top; at !== undefined && distance < this.height; distance++) {
      if (samePlace(at, place)) {
        this.backward(distance, top);
        return;
      }
      at = this.before(at);
    }
    this.screen.clear();
    let end: Place = place;
    const rows = [place];
    for (let i = 1; i < this.height; i++) {
      const following: Place | undefined = yield* this.after(end);
      if (following === undefined) break;
      end = following;
      rows.push(end);
    }
    this.next = yield* this.after(end);
    this.table = [];
    for (let i = rows.length - 1; i >= 0; i--) {
      this.screen.put("\x1b[H\x1bM");
      this.put(rows[i], true);
    }
    this.table = rows;
    this.screen.lowerLeft();
  }

  /** Shows the end of the document (jump_end). */
  *jumpToEnd(): Task<void> {
    yield* this.doc.need(Infinity);
    let place: Place | undefined = yield* this.lastPlace();
    if (place === undefined) return;
    // less forgets what is on the screen here, so the end is always shown afresh.
    let count = 1;
    for (; count < this.height; count++) {
      const previous = this.before(place);
      if (previous === undefined) break;
      place = previous;
    }
    this.next = undefined;
    const blanks = Math.max(0, this.height - count);
    if (this.table.length > 0) this.screen.put("...skipping...\n");
    for (let i = 0; i < blanks; i++) this.put(undefined);
    this.table = [];
    yield* this.forward(this.height - blanks, place, true);
  }

  /** Draws the screen anew below what is there (the r command). */
  *redraw(): Task<void> {
    const { top } = this;
    this.next = undefined;
    this.squished = false;
    this.firstTime = false;
    yield* this.forward(this.height, top, true);
  }

  /** Bytes before the row that comes next. */
  get nextOffset(): number {
    const { doc, next } = this;
    if (next === undefined) return doc.offsets[doc.lines.length] ?? 0;
    return (doc.offsets[next.line] ?? 0) + (this.rowsOf(next.line)[next.row]?.cells[0]?.at ?? 0);
  }

  *lastPlace(): Task<Place | undefined> {
    for (let line = this.doc.lines.length - 1; line >= 0; line--) {
      if (this.isShown(line)) return { line, row: this.rowsOf(line).length - 1 };
    }
    return undefined;
  }

  /** Draws the whole screen anew from a place. */
  *repaint(from = this.top): Task<void> {
    this.squished = false;
    this.screen.clear();
    this.screen.put("\x1b[H");
    this.table = [];
    this.firstTime = false;
    const start = from ?? (yield* this.at(0));
    this.next = start;
    let place = start;
    for (let i = 0; i < this.height; i++) {
      this.table.push(place);
      this.put(place);
      place = place === undefined ? undefined : yield* this.after(place);
    }
    this.next = place;
    this.forwardPrompt = true;
  }

  /** Rows on the screen drawn again in place, with or without marks (repaint_hilite). */
  *rehilite(on: boolean): Task<void> {
    if (this.squished) yield* this.repaint();
    const before = this.hilite;
    this.hilite = on;
    this.table.forEach((place, index) => {
      if (place === undefined) return;
      this.screen.put(`\x1b[${index + 1};1H${this.clearsRows ? "\x1b[K" : ""}`);
      this.put(place);
    });
    this.screen.lowerLeft();
    this.forwardPrompt = false;
    this.hilite = before;
  }

  get atEnd(): boolean {
    return this.next === undefined && this.doc.ended;
  }

  /** The next line that matches, from a line on. */
  *search(regex: Regex, from: number, backwards: boolean, count: number, inverted: boolean): Task<number | undefined> {
    let left = count;
    const step = backwards ? -1 : 1;
    for (let line = from; line >= 0; line += step) {
      yield* this.doc.need(line + 1);
      if (line >= this.doc.lines.length) return undefined;
      if (
        this.isShown(line) &&
        regex.test(plainText(this.doc.lines[line] ?? "", this.options.raw)) !== inverted &&
        --left === 0
      )
        return line;
    }
    return undefined;
  }

  compile(pattern: string): Regex | undefined {
    const { ignoreCase } = this.options;
    const regex = compile(pattern, {
      syntax: "extended",
      ignoreCase: ignoreCase === 2 || (ignoreCase === 1 && !/[A-Z]/.test(pattern)),
    });
    return isRegexError(regex) ? undefined : regex;
  }
}

export function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.line === b?.line && a?.row === b?.row;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.line - b.line || a.row - b.row;
}
