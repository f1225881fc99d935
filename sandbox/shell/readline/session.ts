// One line being edited: its text, the cursor in it, the keys that come and how it is shown. Knows not what a key does.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { collectSignals } from "../signals.ts";
import type { Shell } from "../state.ts";
import { createScreen, moveToEnd, promptCells, redraw, type Screen, textCells } from "./display.ts";

/** What the editor remembers from line to line. */
export interface Editor {
  readonly sh: Shell;
  kills: string[];
  /** Last search text of Ctrl-R. */
  lastSearch: string;
  /** Position in the history to go on from after Ctrl-O. */
  nextAt: number | undefined;
}

export function createEditor(sh: Shell): Editor {
  return { sh, kills: [], lastSearch: "", nextAt: undefined };
}

export type Outcome = "go" | "accept" | "end" | "interrupt";

/** One line being edited. */
export class Session {
  readonly editor: Editor;
  readonly sh: Shell;
  text = "";
  point = 0;
  prompt: string;
  readonly screen: Screen;
  /** Lines of the history, with what was changed in them; the last is the new line. */
  readonly lines: string[];
  /** Which of them is shown. */
  at: number;
  undo: { text: string; point: number }[] = [];
  /** What the last key and this one do, where it matters: kills in a row go together, a second Tab lists. */
  lastKind = "";
  thisKind = "";
  mark = 0;
  lit: readonly [number, number] | undefined;
  /** In place of the prompt: a search. */
  message: string | undefined;
  argument: number | undefined;
  overwrite = false;
  yankAt = 0;
  yankLength = 0;
  lastArg = { index: 0, length: 0 };
  completed = false;
  interrupted = false;
  /** Keys that were read ahead. */
  readonly queue: (string | undefined | "interrupt")[] = [];

  constructor(editor: Editor, prompt: string) {
    this.editor = editor;
    this.sh = editor.sh;
    this.prompt = prompt;
    this.screen = createScreen(this.columns());
    this.lines = [...this.sh.state.history, ""];
    this.at = this.lines.length - 1;
  }

  private columns(): number {
    const size = this.sh.sys.windowSize(0);
    return isErrno(size) ? 80 : Math.max(2, size.columns);
  }

  *write(text: string): Task<void> {
    if (text !== "") yield* this.sh.sys.write(2, text);
  }

  /** The part of the prompt on the line itself. */
  private lastPrompt(): string {
    return this.prompt.slice(this.prompt.lastIndexOf("\n") + 1);
  }

  *show(): Task<void> {
    const { cells, tail, fixed } = promptCells(this.message ?? this.lastPrompt());
    this.screen.fixed = fixed;
    const width = cells.reduce((sum, cell) => sum + cell.w, 0);
    const line = textCells(this.text, width, this.lit);
    yield* this.write(
      redraw(
        this.screen,
        [...cells, ...line.cells],
        cells.length + (line.ends[this.point] ?? line.cells.length),
        this.screen.rows.length === 0 ? tail : "",
      ),
    );
  }

  /** Shows everything anew, on a line that is empty. */
  *fresh(): Task<void> {
    this.screen.rows = [];
    this.screen.row = 0;
    this.screen.col = 0;
    this.screen.columns = this.columns();
    const before = this.prompt.lastIndexOf("\n");
    if (before >= 0 && this.message === undefined)
      yield* this.write(this.prompt.slice(0, before + 1).replace(/[\x01\x02]/g, ""));
    yield* this.show();
  }

  /** One byte; undefined at the end of the input, "interrupt" after Ctrl-C. */
  *byte(): Task<number | undefined | "interrupt"> {
    for (;;) {
      const got = yield* this.sh.sys.read(0, 1);
      if (!isErrno(got)) return got[0];
      if (got.code !== "EINTR") return undefined;
      collectSignals(this.sh);
      if (this.sh.pending.includes("SIGINT")) {
        this.sh.pending = this.sh.pending.filter((name) => name !== "SIGINT");
        return "interrupt";
      }
      if (this.sh.pending.includes("SIGWINCH")) yield* this.resized();
    }
  }

  /** The window has another size: the line wraps at its new edge from now on. */
  private *resized(): Task<void> {
    this.sh.pending = this.sh.pending.filter((name) => name !== "SIGWINCH");
    const { row, rows } = this.screen;
    this.screen.columns = this.columns();
    if (rows.length <= 1) return;
    yield* this.write(`\r${row > 0 ? `\x1b[${row}A` : ""}\x1b[J`);
    yield* this.fresh();
  }

  /** One key: a character, or an escape sequence as a whole. */
  *key(): Task<string | undefined | "interrupt"> {
    if (this.queue.length > 0) return this.queue.shift();
    const first = yield* this.byte();
    if (first === undefined || first === "interrupt") return first;
    if (first === 0x1b) {
      const next = yield* this.key();
      if (next === undefined || next === "interrupt") return next;
      // Escape twice is a key; longer ones begin with it, so the third is waited for and stands for itself.
      if (/^\x1b[^[O]$/.test(next)) {
        this.queue.unshift(next.slice(1));
        return "\x1b\x1b";
      }
      if (next !== "[" && next !== "O") return `\x1b${next}`;
      let text = `\x1b${next}`;
      for (;;) {
        const more = yield* this.byte();
        if (more === undefined || more === "interrupt") return more;
        text += String.fromCharCode(more);
        if ((more >= 0x40 && more <= 0x7e) || text.length > 16) return text;
      }
    }
    const need = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    const bytes = [Uint8Array.of(first)];
    for (let i = 0; i < need; i++) {
      const more = yield* this.byte();
      if (typeof more === "number") bytes.push(Uint8Array.of(more));
    }
    return decode(concat(bytes));
  }

  *bell(): Task<void> {
    yield* this.write("\x07");
  }

  left(at: number): number {
    if (at <= 0) return 0;
    const low = this.text.charCodeAt(at - 1);
    return low >= 0xdc00 && low < 0xe000 && at > 1 && /[\ud800-\udbff]/.test(this.text[at - 2] as string)
      ? at - 2
      : at - 1;
  }

  right(at: number): number {
    const code = this.text.codePointAt(at);
    return code === undefined ? at : at + (code > 0xffff ? 2 : 1);
  }

  wordBack(at: number): number {
    return this.text.slice(0, at).replace(/[\p{L}\p{N}]*[^\p{L}\p{N}]*$/u, "").length;
  }

  wordForward(at: number): number {
    return at + (/^[^\p{L}\p{N}]*[\p{L}\p{N}]*/u.exec(this.text.slice(at))?.[0].length ?? 0);
  }

  /** Replaces the line; it can be undone. */
  change(text: string, point: number, kind = "change"): void {
    if (kind !== "insert" || this.lastKind !== "insert") this.undo.push({ text: this.text, point: this.point });
    this.thisKind = kind;
    this.text = text;
    this.point = point;
    this.lines[this.at] = text;
  }

  insert(text: string): void {
    const to = this.overwrite ? Math.min(this.text.length, this.point + text.length) : this.point;
    this.change(this.text.slice(0, this.point) + text + this.text.slice(to), this.point + text.length, "insert");
  }

  erase(from: number, to: number): void {
    this.change(this.text.slice(0, from) + this.text.slice(to), from);
  }

  /** Another line of the history. */
  *goTo(index: number): Task<void> {
    if (index < 0 || index >= this.lines.length || index === this.at) {
      if (index !== this.at) yield* this.bell();
      return;
    }
    this.lines[this.at] = this.text;
    this.at = index;
    this.text = this.lines[index] as string;
    this.point = this.text.length;
    this.undo = [];
  }

  /** Leaves the line: the cursor goes below it. */
  *leave(): Task<void> {
    yield* this.write(moveToEnd(this.screen));
  }
}
