// Reads patches: unified, context and normal differences, as hunks of one shape.

/** A hunk: the lines it looks for and the lines it leaves, each with its end of line. */
export interface Hunk {
  /** First line it speaks of, in the old file and in the new one. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly (readonly [kind: " " | "-" | "+", text: string])[];
}

/** The changes to one file. */
export interface FilePatch {
  readonly kind: "unified" | "context" | "normal";
  /** Names as the header gives them, without times; "" where it has none. */
  readonly oldName: string;
  readonly newName: string;
  /** The header's two lines after their marks, for rejects. */
  readonly heads: readonly [string, string];
  /** The time is the epoch: the file is not there on that side. */
  readonly oldGone: boolean;
  readonly newGone: boolean;
  /** Lines in front of the first hunk, and the number of that hunk's line. */
  readonly leading: readonly string[];
  readonly line: number;
  readonly hunks: readonly Hunk[];
}

/** A patch that breaks off or contradicts itself. */
export class Malformed {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const RANGE = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const NORMAL = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/;
const NO_END = "\\ No newline at end of file";

function readName(text: string): { name: string; gone: boolean } {
  const [name = "", time = ""] = text.split("\t");
  return { name: name.trimEnd(), gone: name === "/dev/null" || /^1970-01-01 00:00:00(\.0*)? \+0000/.test(time) };
}

class Reader {
  readonly #lines: readonly string[];
  #at = 0;
  constructor(text: string) {
    this.#lines = text.split("\n");
    if (this.#lines.at(-1) === "") this.#lines = this.#lines.slice(0, -1);
  }

  /** All patches of the text. */
  read(): FilePatch[] {
    const patches: FilePatch[] = [];
    let leading: string[] = [];
    let [oldHead, newHead] = ["", ""];
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? "";
      const next = this.#lines[this.#at + 1] ?? "";
      const context = /^\*\*\* (?!\d)/.test(line) && next.startsWith("--- ");
      if ((line.startsWith("--- ") && next.startsWith("+++ ")) || context) {
        leading.push(line, next);
        [oldHead, newHead] = [line.slice(4), next.slice(4)];
        this.#at += 2;
        continue;
      }
      const kind =
        RANGE.test(line) && oldHead !== ""
          ? ("unified" as const)
          : line.startsWith("***************") && oldHead !== ""
            ? ("context" as const)
            : NORMAL.test(line) && /^[<>]/.test(next)
              ? ("normal" as const)
              : undefined;
      if (kind === undefined) {
        leading.push(line);
        this.#at += 1;
        continue;
      }
      const start = this.#at;
      const hunks: Hunk[] = [];
      for (let hunk = this.#hunk(kind); hunk !== undefined; hunk = this.#hunk(kind)) hunks.push(hunk);
      const [old, made] = [readName(oldHead), readName(newHead)];
      patches.push({
        kind,
        oldName: old.name,
        newName: made.name,
        heads: [oldHead, newHead],
        oldGone: old.gone,
        newGone: made.gone,
        leading,
        line: start + 1,
        hunks,
      });
      leading = [];
      [oldHead, newHead] = ["", ""];
    }
    return patches;
  }

  #hunk(kind: FilePatch["kind"]): Hunk | undefined {
    if (kind === "unified") return this.#unified();
    return kind === "context" ? this.#context() : this.#normal();
  }

  /** Whether the line that was just taken has no newline. */
  #endless(): boolean {
    const yes = this.#lines[this.#at]?.startsWith("\\ ") ?? false;
    if (yes) this.#at += 1;
    return yes;
  }

  #unified(): Hunk | undefined {
    const found = RANGE.exec(this.#lines[this.#at] ?? "");
    if (found === null) return undefined;
    this.#at += 1;
    let old = Number(found[2] ?? 1);
    let made = Number(found[4] ?? 1);
    const lines: [" " | "-" | "+", string][] = [];
    while (old > 0 || made > 0) {
      const line = this.#lines[this.#at];
      if (line === undefined) throw new Malformed("unexpected end of file in patch");
      const kind = line === "" ? " " : line[0];
      if (kind !== " " && kind !== "-" && kind !== "+")
        throw new Malformed(`malformed patch at line ${this.#at + 1}: ${line}\n`);
      this.#at += 1;
      if (kind !== "+") old -= 1;
      if (kind !== "-") made -= 1;
      if (old < 0 || made < 0) throw new Malformed(`malformed patch at line ${this.#at}: ${line}\n`);
      lines.push([kind, line.slice(1) + (this.#endless() ? "" : "\n")]);
    }
    return { oldStart: Number(found[1]), newStart: Number(found[3]), lines };
  }

  #context(): Hunk | undefined {
    if (!this.#lines[this.#at]?.startsWith("***************")) return undefined;
    const old = this.#side(this.#at + 1, /^\*\*\* (\d+)(?:,(\d+))? \*\*\*\*$/);
    const made = this.#side(this.#at, /^--- (\d+)(?:,(\d+))? ----$/);
    const lines: [" " | "-" | "+", string][] = [];
    // A side without changes is left out: it is the other's context.
    const plain = (side: readonly string[]) => side.filter((line) => line.startsWith("  "));
    const left = old.lines.length > 0 ? old.lines : plain(made.lines);
    const right = made.lines.length > 0 ? made.lines : plain(old.lines);
    for (let i = 0, j = 0; i < left.length || j < right.length; ) {
      const [a, b] = [left[i], right[j]];
      if (a !== undefined && /^[-!]/.test(a)) lines.push(["-", a.slice(2)]);
      else if (b !== undefined && /^[+!]/.test(b)) {
        lines.push(["+", b.slice(2)]);
        j += 1;
        continue;
      } else {
        lines.push([" ", (a ?? b ?? "").slice(2)]);
        j += 1;
      }
      i += 1;
    }
    return { oldStart: old.start, newStart: made.start, lines };
  }

  #side(at: number, shape: RegExp): { start: number; lines: string[] } {
    const found = shape.exec(this.#lines[at] ?? "");
    if (found === null) throw new Malformed(`malformed patch at line ${at + 1}: ${this.#lines[at] ?? ""}\n`);
    this.#at = at + 1;
    const lines: string[] = [];
    while (/^[-+! ] /.test(this.#lines[this.#at] ?? "") && !/^--- \d+(,\d+)? ----$/.test(this.#lines[this.#at] ?? "")) {
      const line = this.#lines[this.#at++] ?? "";
      lines.push(line + (this.#endless() ? "" : "\n"));
    }
    return { start: Number(found[1]), lines };
  }

  #normal(): Hunk | undefined {
    const found = NORMAL.exec(this.#lines[this.#at] ?? "");
    if (found === null) return undefined;
    this.#at += 1;
    const lines: [" " | "-" | "+", string][] = [];
    while (this.#lines[this.#at]?.startsWith("< "))
      lines.push(["-", (this.#lines[this.#at++] ?? "").slice(2) + (this.#endless() ? "" : "\n")]);
    if (this.#lines[this.#at] === "---") this.#at += 1;
    while (this.#lines[this.#at]?.startsWith("> "))
      lines.push(["+", (this.#lines[this.#at++] ?? "").slice(2) + (this.#endless() ? "" : "\n")]);
    const [old, made] = [Number(found[1]), Number(found[4])];
    return { oldStart: found[3] === "a" ? old + 1 : old, newStart: found[3] === "d" ? made + 1 : made, lines };
  }
}

/** The patches of a text; Malformed where one of them is broken. */
export function readPatches(text: string): FilePatch[] | Malformed {
  try {
    return new Reader(text).read();
  } catch (problem) {
    if (problem instanceof Malformed) return problem;
    throw problem;
  }
}

/** A hunk the other way round. */
export function reverseHunk(hunk: Hunk): Hunk {
  const lines = hunk.lines.map(([kind, text]) => [kind === "-" ? "+" : kind === "+" ? "-" : " ", text] as const);
  return { oldStart: hunk.newStart, newStart: hunk.oldStart, lines };
}

/** A hunk as a reject file shows it. */
export function printHunk(hunk: Hunk): string {
  const count = (kind: "-" | "+") => hunk.lines.filter(([one]) => one === " " || one === kind).length;
  const range = (start: number, size: number) => (size === 1 ? String(start) : `${start},${size}`);
  const body = hunk.lines.map(([kind, text]) => kind + (text.endsWith("\n") ? text : `${text}\n${NO_END}\n`)).join("");
  return `@@ -${range(hunk.oldStart, count("-"))} +${range(hunk.newStart, count("+"))} @@\n${body}`;
}
