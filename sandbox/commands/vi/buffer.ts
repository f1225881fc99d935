// The text being edited: lines, undo, marks and registers. It knows nothing of keys or screens.

export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A piece of text taken out: whole lines, or characters within lines. */
export interface Taken {
  readonly lines: readonly string[];
  readonly linewise: boolean;
  /** A rectangle: its pieces stand one below the other. */
  readonly block?: boolean;
}

interface Version {
  readonly lines: readonly string[];
  readonly cursor: Spot;
}

export class Buffer {
  lines: string[] = [""];
  modified = false;
  /** The one empty line stands for no line at all: nothing is written. */
  emptied = true;
  readonly marks = new Map<string, Spot>();
  readonly registers = new Map<string, Taken>();
  #undo: Version[] = [];
  #redo: Version[] = [];
  /** Lines as they were saved, so that undoing back to them counts as unmodified. */
  #saved: readonly string[] = this.lines;

  load(lines: string[]): void {
    this.lines = lines.length > 0 ? lines : [""];
    this.emptied = lines.length === 0;
    this.#undo = [];
    this.#redo = [];
    this.saved();
  }

  saved(): void {
    this.#saved = [...this.lines];
    this.modified = false;
  }

  line(index: number): string {
    return this.lines[index] ?? "";
  }

  get last(): number {
    return this.lines.length - 1;
  }

  /** Notes the text before a change; one note is one undo. */
  note(cursor: Spot): void {
    const before = this.#undo[this.#undo.length - 1];
    if (before !== undefined && sameLines(before.lines, this.lines)) return;
    this.#undo.push({ lines: [...this.lines], cursor });
    if (this.#undo.length > 1000) this.#undo.shift();
    this.#redo = [];
  }

  changed(): void {
    this.modified = true;
    this.emptied = false;
  }

  /** Goes a step back (or forward); where the change was, or undefined at the end of the history. */
  travel(forward: boolean, cursor: Spot): Spot | undefined {
    const [from, to] = forward ? [this.#redo, this.#undo] : [this.#undo, this.#redo];
    const version = from.pop();
    if (version === undefined) return undefined;
    to.push({ lines: [...this.lines], cursor });
    const old = this.lines;
    this.lines = [...version.lines];
    this.modified = !sameLines(this.lines, this.#saved);
    let line = 0;
    while (line < this.lines.length - 1 && line < old.length && this.lines[line] === old[line]) line++;
    return { line, column: firstNonBlank(this.line(line)) };
  }

  /** Drops the last note where nothing came of it. */
  settle(): void {
    const before = this.#undo[this.#undo.length - 1];
    if (before !== undefined && sameLines(before.lines, this.lines)) this.#undo.pop();
  }

  insert(at: Spot, text: string): Spot {
    const parts = text.split("\n");
    const line = this.line(at.line);
    const tail = line.slice(at.column);
    const last = parts[parts.length - 1] ?? "";
    if (parts.length === 1) {
      this.lines[at.line] = line.slice(0, at.column) + text + tail;
      this.changed();
      return { line: at.line, column: at.column + text.length };
    }
    this.lines.splice(at.line, 1, line.slice(0, at.column) + parts[0], ...parts.slice(1, -1), last + tail);
    this.changed();
    return { line: at.line + parts.length - 1, column: last.length };
  }

  /** Text between two places, the second not included. */
  slice(from: Spot, to: Spot): string[] {
    if (from.line === to.line) return [this.line(from.line).slice(from.column, to.column)];
    return [
      this.line(from.line).slice(from.column),
      ...this.lines.slice(from.line + 1, to.line),
      this.line(to.line).slice(0, to.column),
    ];
  }

  remove(from: Spot, to: Spot): void {
    const joined = this.line(from.line).slice(0, from.column) + this.line(to.line).slice(to.column);
    this.lines.splice(from.line, to.line - from.line + 1, joined);
    this.changed();
  }

  removeLines(from: number, to: number): void {
    this.lines.splice(from, to - from + 1);
    this.changed();
    if (this.lines.length > 0) return;
    this.lines.push("");
    this.emptied = true;
  }

  insertLines(at: number, lines: readonly string[]): void {
    this.lines.splice(at, 0, ...lines);
    this.changed();
  }
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

export function firstNonBlank(line: string): number {
  const found = line.search(/[^ \t]/);
  return found < 0 ? Math.max(0, line.length - 1) : found;
}

export function compareSpots(a: Spot, b: Spot): number {
  return a.line - b.line || a.column - b.column;
}
