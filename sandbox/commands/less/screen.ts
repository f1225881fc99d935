// The terminal side of less: rows drawn, scrolled and repainted with the sequences of xterm.

import type { Task } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import type { Row } from "./layout.ts";

export class Screen {
  rows = 24;
  columns = 80;
  readonly #io: Io;
  /** -R: every line ends with the attributes off. */
  resets = false;

  constructor(io: Io) {
    this.#io = io;
  }

  put(text: string): void {
    this.#io.print(text);
  }

  *flush(): Task<void> {
    yield* this.#io.flush();
  }

  /** The column of the last row that prompts start from, cleared. */
  clearBottom(): void {
    this.put("\r\x1b[K");
  }

  lowerLeft(): void {
    this.put(`\x1b[${this.rows};1H`);
  }

  clear(): void {
    this.put("\x1b[H\x1b[2J");
  }

  /** Puts a row where the cursor is. A folded one fills the line, so it needs no newline but a nudge past the edge. */
  row(row: Row, hits: readonly (readonly [number, number])[], number: string, backwards: boolean): void {
    this.put(`${number}${drawRow(row, hits, this.resets)}${row.folded ? (backwards ? "" : " \b") : "\n"}`);
  }
}

const ON = { inverse: "\x1b[7m", bold: "\x1b[1m", underline: "\x1b[4m", "": "" } as const;
const OFF = { inverse: "\x1b[27m", bold: "\x1b[0m", underline: "\x1b[24m", "": "" } as const;

/** A row as text: matches and control characters inverse, a mark where the line was chopped. */
export function drawRow(row: Row, hits: readonly (readonly [number, number])[], resets: boolean): string {
  let text = "";
  let style: keyof typeof ON = "";
  for (const cell of row.cells) {
    if (cell.width === 0 && cell.text.startsWith("\x1b")) {
      text += cell.text;
      continue;
    }
    const isHit = hits.some(([from, to]) => cell.at >= from && cell.at < to);
    const wanted = isHit ? "inverse" : cell.style;
    if (wanted !== style) {
      text += OFF[style] + ON[wanted];
      style = wanted;
    }
    text += cell.text;
  }
  text += OFF[style];
  if (resets) text += "\x1b[m";
  // A line that had a link gets the link's end once more.
  if (resets && row.cells.some((cell) => cell.text.startsWith("\x1b]8;"))) text += "\x1b]8;;\x1b\\";
  if (row.chopped) text += "\x1b[7m>\x1b[27m";
  return text;
}
