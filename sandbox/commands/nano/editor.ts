// What nano remembers: the lines, the cursor and the mark in them, what was cut and what can be undone; and how they change.

import type { Io } from "../define.ts";

interface Spot {
  readonly line: number;
  readonly column: number;
}

interface Version extends Spot {
  readonly lines: readonly string[];
}

export class Nano {
  readonly io: Io;
  readonly fd: number;
  rows = 24;
  columns = 80;
  lines: string[] = [""];
  line = 0;
  column = 0;
  /** The line that is shown at the top. */
  top = 0;
  name: string;
  modified = false;
  /** The message at the bottom. */
  status = "";
  /** Keys that were not obeyed yet. */
  keys: string[] = [];
  cut: string[] = [];
  /** The last key was a cut too: lines are collected. */
  cutting = false;
  undone: Version[] = [];
  redone: Version[] = [];
  /** The last change was a typed character: the next one is undone with it. */
  typing = false;
  /** What was searched for. */
  wanted = "";
  mark: Spot | undefined;
  done = false;
  readonly readonly: boolean;

  constructor(io: Io, fd: number, name: string, readonly: boolean) {
    this.io = io;
    this.fd = fd;
    this.name = name;
    this.readonly = readonly;
  }

  /** Keeps the text as it is now for undo. */
  remember(typing = false): void {
    if (typing && this.typing) return;
    this.undone.push({ lines: [...this.lines], line: this.line, column: this.column });
    this.redone = [];
    this.typing = typing;
  }

  insert(text: string): void {
    const line = this.lines[this.line] ?? "";
    const parts = text.split("\n");
    const tail = line.slice(this.column);
    const last = parts[parts.length - 1] ?? "";
    if (parts.length === 1) {
      this.lines[this.line] = line.slice(0, this.column) + text + tail;
      this.column += text.length;
    } else {
      this.lines.splice(this.line, 1, line.slice(0, this.column) + parts[0], ...parts.slice(1, -1), last + tail);
      this.line += parts.length - 1;
      this.column = last.length;
    }
    this.modified = true;
  }

  travel(from: Version[], to: Version[], what: string): void {
    const version = from.pop();
    if (version === undefined) {
      this.status = `Nothing to ${what === "Undid" ? "undo" : "redo"}`;
      return;
    }
    to.push({ lines: [...this.lines], line: this.line, column: this.column });
    this.lines = [...version.lines];
    [this.line, this.column] = [version.line, version.column];
    this.modified = true;
    this.typing = false;
    this.status = `${what} change`;
  }

  deleteChar(): void {
    const line = this.lines[this.line] ?? "";
    if (this.column < line.length) this.lines[this.line] = line.slice(0, this.column) + line.slice(this.column + 1);
    else if (this.line + 1 < this.lines.length)
      this.lines.splice(this.line, 2, line + (this.lines[this.line + 1] ?? ""));
    else return;
    this.modified = true;
  }

  left(): void {
    if (this.column > 0) this.column -= 1;
    else if (this.line > 0) {
      this.line -= 1;
      this.column = (this.lines[this.line] ?? "").length;
    }
  }

  right(): void {
    if (this.column < (this.lines[this.line] ?? "").length) this.column += 1;
    else if (this.line + 1 < this.lines.length) {
      this.line += 1;
      this.column = 0;
    }
  }

  moveLines(by: number): void {
    this.line = Math.max(0, Math.min(this.lines.length - 1, this.line + by));
    this.column = Math.min(this.column, (this.lines[this.line] ?? "").length);
  }

  /** Both ends of what is marked, in their order. */
  marked(): readonly [Spot, Spot] | undefined {
    const { mark } = this;
    if (mark === undefined) return undefined;
    const here = { line: this.line, column: this.column };
    return mark.line < here.line || (mark.line === here.line && mark.column <= here.column)
      ? [mark, here]
      : [here, mark];
  }

  /** ^K and M-6: the line, or what is between the mark and the cursor. */
  cutText(removes: boolean): void {
    const marked = this.marked();
    if (marked === undefined) {
      const isLast = this.line === this.lines.length - 1;
      const piece = (this.lines[this.line] ?? "") + (isLast ? "" : "\n");
      if (removes && isLast && piece === "") return;
      this.cut = this.cutting ? [(this.cut[0] ?? "") + piece] : [piece];
      this.cutting = true;
      if (removes) {
        if (isLast) this.lines[this.line] = "";
        else this.lines.splice(this.line, 1);
        this.modified = true;
      } else this.moveLines(1);
      this.column = 0;
      return;
    }
    const [from, to] = marked;
    const text = this.lines.slice(from.line, to.line + 1).join("\n");
    const end = text.length - ((this.lines[to.line] ?? "").length - to.column);
    this.cut = [text.slice(from.column, end)];
    this.mark = undefined;
    if (!removes) return;
    this.lines.splice(
      from.line,
      to.line - from.line + 1,
      ...(text.slice(0, from.column) + text.slice(end)).split("\n"),
    );
    [this.line, this.column] = [from.line, from.column];
    this.modified = true;
  }
}
