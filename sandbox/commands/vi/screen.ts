// What vi draws: the lines of the window, the line of messages, and only what changed since the last time.

import { charWidth } from "../../lib/width.ts";
import type { Buffer, Spot } from "./buffer.ts";

export interface ViewOptions {
  readonly number: boolean;
  readonly relative: boolean;
  readonly list: boolean;
  readonly tabstop: number;
  readonly wrap: boolean;
}

/** Cells of a line: what each character shows as. */
function showChar(char: string, column: number, options: ViewOptions): string {
  if (char === "\t") return options.list ? "^I" : " ".repeat(options.tabstop - (column % options.tabstop));
  const code = char.charCodeAt(0);
  if (code < 32 || code === 127) return `^${String.fromCharCode(code ^ 64)}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `<${(code - 0xdc00).toString(16)}>`;
  return char;
}

/** First and last character of a selection; of a rectangle its corners. */
export type Selection = readonly [from: Spot, to: Spot, block?: boolean];

export class Screen {
  rows = 24;
  columns = 80;
  top = 0;
  /** Message on the last line, with its colours. */
  message = "";
  readonly #put: (text: string) => void;
  #shown: string[] = [];
  #hidden = false;
  #cursor: readonly [number, number] = [0, 0];

  constructor(put: (text: string) => void) {
    this.#put = put;
  }

  get height(): number {
    return this.rows - 1;
  }

  put(text: string): void {
    this.#put(text);
  }

  start(): void {
    this.put("\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h");
    this.put(
      `\x1b[1;${this.rows}r\x1b[?12h\x1b[?12l\x1b[22;2t\x1b[22;1t\x1b[27m\x1b[23m\x1b[29m\x1b[m\x1b[H\x1b[2J\x1b[?25l`,
    );
    this.#shown = new Array<string>(this.rows).fill("");
    this.#hidden = true;
  }

  /** Leaves the other screen; after a message (`:wq`) the cursor is already behind it. */
  stop(afterMessage: boolean): void {
    if (afterMessage) this.put("\r\x1b[23;2t\x1b[23;1t\r\r\n".replace("\r\r\n", "\r\n"));
    else this.put(`\x1b[?2004l\x1b[>4;m\x1b[23;2t\x1b[23;1t\x1b[${this.rows};1H\x1b[K\x1b[${this.rows};1H`);
    this.put("\x1b[?2004l\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t\x1b[?25h\x1b[>4;m");
  }

  /** Everything must be drawn anew. */
  forget(): void {
    this.put("\x1b[m\x1b[H\x1b[2J");
    this.#shown = new Array<string>(this.rows).fill("");
  }

  /** All rows were written over; the next drawing repaints them. */
  invalidate(): void {
    this.#shown = new Array<string>(this.rows).fill("\x00");
  }

  restoreCursor(): void {
    this.goTo(this.#cursor[0], this.#cursor[1]);
  }

  /** The last line was written by others. */
  forgetMessage(): void {
    this.#shown[this.rows - 1] = "\x00";
  }

  goTo(row: number, column: number): void {
    this.put(`\x1b[${row + 1};${column + 1}H`);
  }

  /** Rows that a line takes, as text with colours. */
  layout(
    buffer: Buffer,
    index: number,
    options: ViewOptions,
    cursor: Spot,
    selection: Selection | undefined,
  ): { rows: string[]; at: readonly [number, number] } {
    const gutter = options.number || options.relative ? 4 : 0;
    const line = buffer.line(index);
    const label = options.relative && index !== cursor.line ? Math.abs(index - cursor.line) : index + 1;
    const rows: string[] = [];
    let row = gutter > 0 ? `\x1b[33m${String(label).padStart(3)} \x1b[m` : "";
    let used = gutter;
    let column = 0;
    let at: readonly [number, number] = [0, gutter];
    let inverse = false;
    const select = (position: number): boolean => {
      if (selection === undefined) return false;
      const [from, to, block = false] = selection;
      if (block) return index >= from.line && index <= to.line && position >= from.column && position <= to.column;
      const after = index > from.line || (index === from.line && position >= from.column);
      return after && (index < to.line || (index === to.line && position <= to.column));
    };
    const chars = [...line];
    let position = 0;
    for (const char of [...chars, ""]) {
      const shown = char === "" ? "" : showChar(char, column, options);
      const width = shown.length > 1 ? shown.length : Math.max(0, char === "" ? 0 : charWidth(shown));
      if (position === cursor.column && index === cursor.line) {
        const end = char === "\t" && !options.list && used + width <= this.columns ? used + width - 1 : used;
        at = used >= this.columns ? [rows.length + 1, 0] : [rows.length, position === line.length ? used : end];
      }
      if (char === "") break;
      if (used + width > this.columns) {
        if (!options.wrap) break;
        rows.push(inverse ? `${row}\x1b[m` : row);
        row = gutter > 0 ? "    " : "";
        if (inverse) row += "\x1b[7m";
        used = gutter;
        if (position === cursor.column && index === cursor.line) at = [rows.length, used];
      }
      if (select(position) !== inverse) {
        inverse = !inverse;
        row += inverse ? "\x1b[7m" : "\x1b[m";
      }
      row += shown;
      used += width;
      column += width;
      position += char.length;
    }
    if (line === "" && select(0)) row += "\x1b[7m \x1b[m";
    if (options.list) row += "\x1b[94m$\x1b[m";
    rows.push(inverse ? `${row}\x1b[m` : row);
    return { rows, at };
  }

  /** Scrolls so that the cursor's line is on the screen. */
  follow(buffer: Buffer, cursor: Spot, options: ViewOptions): void {
    const height = (line: number): number => this.layout(buffer, line, options, cursor, undefined).rows.length;
    if (cursor.line < this.top) {
      this.top =
        this.top - cursor.line > this.height / 2 ? Math.max(0, cursor.line - Math.floor(this.height / 2)) : cursor.line;
      return;
    }
    let rows = 0;
    for (let line = cursor.line; line >= this.top; line--) {
      rows += height(line);
      if (rows > this.height) {
        this.top =
          cursor.line - this.top >= this.height * 1.5
            ? Math.max(0, cursor.line - Math.floor(this.height / 2))
            : line + 1;
        break;
      }
    }
  }

  draw(buffer: Buffer, cursor: Spot, options: ViewOptions, selection?: Selection, commandColumn?: number): void {
    this.follow(buffer, cursor, options);
    const wanted: string[] = [];
    let place: readonly [number, number] = [0, 0];
    let line = this.top;
    while (wanted.length < this.height && line <= buffer.last) {
      const { rows, at } = this.layout(buffer, line, options, cursor, selection);
      if (wanted.length + rows.length > this.height && wanted.length > 0) {
        while (wanted.length < this.height) wanted.push(`\x1b[94m@${" ".repeat(this.columns - 1)}`);
        break;
      }
      if (line === cursor.line) place = [wanted.length + at[0], at[1]];
      wanted.push(...rows);
      line++;
    }
    wanted.length = Math.min(wanted.length, this.height);
    while (wanted.length < this.height) wanted.push(`\x1b[94m~${" ".repeat(this.columns - 1)}`);
    wanted.push(this.message);
    if (commandColumn !== undefined) place = [this.rows - 1, commandColumn];
    this.#update(wanted, place);
  }

  #update(wanted: readonly string[], place: readonly [number, number]): void {
    let hidden = this.#hidden;
    this.#hidden = false;
    const hide = (): void => {
      if (!hidden) this.put("\x1b[?25l");
      hidden = true;
    };
    let [row, column] = this.#cursor;
    // The message comes first where the screen is new.
    const order = wanted.map((_, index) => index);
    if (this.#shown[0] === "" && this.#shown[1] === "") order.unshift(order.pop() ?? 0);
    let plain = false;
    for (const index of order) {
      const text = wanted[index] ?? "";
      const before = this.#shown[index] ?? "";
      if (text === before) continue;
      hide();
      let same = 0;
      const isPlain =
        !text.includes("\x1b") &&
        !before.includes("\x1b") &&
        /^[\x20-\x7e]*$/.test(text) &&
        /^[\x20-\x7e]*$/.test(before);
      if (isPlain) while (same < text.length && same < before.length && text[same] === before[same]) same++;
      if (isPlain && index < this.rows - 1 && !plain) {
        this.put("\x1b[m");
        plain = true;
      }
      if (row !== index || column !== same) this.goTo(index, same);
      // Filler lines are coloured once; text behind them switches back.
      const isFiller = /^\x1b\[94m[~@] /.test(text);
      const follows =
        isFiller && /^\x1b\[94m[~@] /.test(wanted[index - 1] ?? "") && plain === false && row === index - 1;
      this.put(follows ? text.slice(5) : text.slice(same));
      const needsClear =
        !isFiller && before !== "" && (before.includes("\x1b") || before === "\x00" || before.length > text.length);
      if (needsClear) this.put("\x1b[K");
      if (isFiller) plain = false;
      row = index;
      column = isPlain ? text.length : -1;
      this.#shown[index] = text;
    }
    if (hidden && row === place[0] && column >= 0 && column - place[1] === 1) this.put("\b");
    else if (row !== place[0] || column !== place[1]) this.goTo(place[0], place[1]);
    if (hidden) this.put("\x1b[?25h\x1b[?4m");
    this.#cursor = place;
  }
}
