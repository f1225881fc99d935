// The lines that sed works on: files one after another, with a look ahead for `$`.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { type Io, Lines } from "../define.ts";

export interface Line {
  readonly text: string;
  /** False for a last line without its newline. */
  readonly ended: boolean;
}

export class Input {
  /** Current file as F and -i see it. */
  file = "-";
  number = 0;
  readonly #io: Io;
  readonly #end: "\n" | "\0";
  readonly #separate: boolean;
  readonly #files: readonly string[];
  /** Called when a file begins or ends, for -i; false skips the file. */
  readonly #edit: { begin(path: string): boolean; end(): void } | undefined;
  #next = 0;
  #lines: Lines | undefined;
  #fd = -1;
  #ahead: { line: Line; file: string } | undefined;

  constructor(
    io: Io,
    files: readonly string[],
    end: "\n" | "\0",
    separate: boolean,
    edit?: { begin(path: string): boolean; end(): void },
  ) {
    this.#io = io;
    this.#files = files;
    this.#end = end;
    this.#separate = separate;
    this.#edit = edit;
  }

  /** The next line, or undefined at the end of everything. */
  *read(): Task<Line | undefined> {
    const found = this.#ahead ?? (yield* this.#fetch(true));
    this.#ahead = undefined;
    if (found === undefined) return undefined;
    this.file = found.file;
    this.number += 1;
    return found.line;
  }

  /** Whether the current line is the last one: of its file with -s and -i, else of all. */
  *isLast(): Task<boolean> {
    if (this.#ahead !== undefined) return false;
    this.#ahead = yield* this.#fetch(!this.#separate);
    return this.#ahead === undefined;
  }

  /** Leaves the current file: with -i it keeps what was written so far. */
  finish(): void {
    this.#ahead = undefined;
    this.#close();
  }

  *#fetch(acrossFiles: boolean): Task<{ line: Line; file: string } | undefined> {
    for (;;) {
      if (this.#lines !== undefined) {
        const text = yield* this.#lines.next();
        if (text !== undefined) {
          const ended = text.endsWith(this.#end);
          return { line: { text: ended ? text.slice(0, -1) : text, ended }, file: this.#files[this.#next - 1] ?? "-" };
        }
        const { problem } = this.#lines;
        if (problem !== undefined) {
          const name = this.#files[this.#next - 1] ?? "-";
          return yield* this.#io.die(4, `read error on ${name === "-" ? "stdin" : name}: ${problem.text}`);
        }
        if (!acrossFiles) return undefined;
        this.#close();
      }
      if (!acrossFiles || !this.#open()) return undefined;
    }
  }

  #close(): void {
    if (this.#lines === undefined) return;
    this.#lines = undefined;
    this.#io.close(this.#fd);
    this.#edit?.end();
  }

  /** Opens the next file that can be read; false where there is none. */
  #open(): boolean {
    while (this.#next < this.#files.length) {
      const path = this.#files[this.#next++] ?? "-";
      if (this.#edit !== undefined && !this.#edit.begin(path)) continue;
      const fd = this.#io.open(path);
      if (isErrno(fd)) {
        this.#io.warn(`can't read ${path}: ${fd.text}`);
        this.#io.status = 2;
        continue;
      }
      this.#fd = fd;
      this.#lines = new Lines(this.#io, fd, this.#end === "\n" ? 10 : 0);
      if (this.#separate) this.number = 0;
      return true;
    }
    return false;
  }
}
