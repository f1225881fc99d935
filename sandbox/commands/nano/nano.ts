// nano: the editor with its keys on the bottom two lines, driven by bytes and drawn with the sequences of xterm.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { textWidth } from "../../lib/width.ts";
import { type Command, defineCommand, type Io } from "../define.ts";

const REVERSE = "\x1b(B\x1b[0;7m";
const NORMAL = "\x1b(B\x1b[m";

/** Key and label of the bottom lines, in columns of two. */
type Hint = readonly [key: string, label: string];

const MAIN: readonly (readonly [Hint, Hint])[] = [
  [
    ["^G", "Help"],
    ["^X", "Exit"],
  ],
  [
    ["^O", "Write Out"],
    ["^R", "Read File"],
  ],
  [
    ["^F", "Where Is"],
    ["^\\", "Replace"],
  ],
  [
    ["^K", "Cut"],
    ["^U", "Paste"],
  ],
  [
    ["^T", "Execute"],
    ["^J", "Justify"],
  ],
  [
    ["^C", "Location"],
    ["^/", "Go To Line"],
  ],
  [
    ["M-U", "Undo"],
    ["M-E", "Redo"],
  ],
  [
    ["M-A", "Set Mark"],
    ["M-6", "Copy"],
  ],
];

interface Version {
  readonly lines: readonly string[];
  readonly line: number;
  readonly column: number;
}

const SEQUENCES: Readonly<Record<string, string>> = {
  "[A": "up",
  OA: "up",
  "[B": "down",
  OB: "down",
  "[C": "right",
  OC: "right",
  "[D": "left",
  OD: "left",
  "[H": "home",
  OH: "home",
  "[1~": "home",
  "[F": "end",
  OF: "end",
  "[4~": "end",
  "[5~": "pageup",
  "[6~": "pagedown",
  "[3~": "delete",
  "[1;5C": "wordright",
  "[1;5D": "wordleft",
  "[200~": "paste",
  "[201~": "pasteend",
};

class Nano {
  readonly #io: Io;
  readonly #fd: number;
  #rows = 24;
  #columns = 80;
  #lines: string[] = [""];
  #line = 0;
  #column = 0;
  #top = 0;
  #name: string;
  #modified = false;
  #status = "";
  #keys: string[] = [];
  #cut: string[] = [];
  /** The last key was a cut too: lines are collected. */
  #cutting = false;
  #undo: Version[] = [];
  #redo: Version[] = [];
  #typing = false;
  #search = "";
  #mark: { line: number; column: number } | undefined;
  #done = false;
  readonly #readonly: boolean;

  constructor(io: Io, fd: number, name: string, readonly: boolean) {
    this.#io = io;
    this.#fd = fd;
    this.#name = name;
    this.#readonly = readonly;
  }

  *run(start: number): Task<number> {
    this.#measure();
    this.#put(
      `\x1b[?2004h\x1b[?1049h\x1b[22;0;0t\x1b[1;${this.#rows}r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[39;49m\x1b[?1h\x1b=\x1b[?1h\x1b=\x1b[?25l\x1b[39;49m\x1b(B\x1b[m\x1b[H\x1b[2J`,
    );
    yield* this.#load();
    if (start > 0) this.#line = Math.min(start - 1, this.#lines.length - 1);
    while (!this.#done) yield* this.#command(yield* this.#key());
    this.#put(
      `\x1b[${this.#rows - 1};1H\x1b[J\x1b[${this.#rows};1H\x1b[?12l\x1b[?25h\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>\x1b[?2004l`,
    );
    return 0;
  }

  #put(text: string): void {
    this.#io.print(text);
  }

  #measure(): void {
    const size = this.#io.sys.windowSize(this.#fd);
    if (isErrno(size) || size.rows === 0) return;
    this.#rows = size.rows;
    this.#columns = size.columns;
  }

  *#load(): Task<void> {
    if (this.#name === "") return;
    const { sys } = this.#io;
    const stat = sys.stat(this.#name);
    if (isErrno(stat)) {
      const folder = this.#name.includes("/") ? this.#name.slice(0, this.#name.lastIndexOf("/")) || "/" : ".";
      this.#status = isErrno(sys.stat(folder)) ? `Directory '${folder}' does not exist` : "New File";
      return;
    }
    if (stat.type === "directory") {
      this.#status = `"${this.#name}" is a directory`;
      this.#name = "";
      return;
    }
    const bytes = yield* this.#io.readAll(this.#name);
    if (isErrno(bytes)) {
      this.#status = `Error reading ${this.#name}: ${bytes.text}`;
      return;
    }
    const text = decode(bytes);
    this.#lines = text.split("\n");
    const count = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
    const unwritable = sys.access(this.#name, "w") !== undefined;
    this.#status = `Read ${count} line${count === 1 ? "" : "s"}${unwritable ? " -- no write permission" : ""}`;
  }

  // --- keys ---

  *#key(): Task<string> {
    while (this.#keys.length === 0) {
      this.#draw();
      yield* this.#io.flush();
      const bytes = yield* this.#io.sys.read(this.#fd);
      if (this.#io.sys.takeSignal() === "SIGWINCH") {
        this.#measure();
        this.#put("\x1b[2J");
      } else if (!isErrno(bytes) && bytes.length > 0) this.#keys.push(...splitKeys(decode(bytes)));
      else if (!isErrno(bytes) || bytes.code !== "EINTR") {
        this.#done = true;
        return "";
      }
    }
    return this.#keys.shift() ?? "";
  }

  // --- the screen ---

  get #height(): number {
    return this.#rows - 4;
  }

  #draw(prompt?: { text: string; hints: readonly (readonly [Hint, Hint])[]; cursor: number }): void {
    if (this.#line < this.#top) this.#top = Math.max(0, this.#line - Math.floor(this.#height / 2));
    if (this.#line >= this.#top + this.#height) this.#top = Math.max(0, this.#line - Math.floor(this.#height / 2));
    let text = `\x1b[?25l\x1b[H${REVERSE}${this.#title()}${NORMAL}`;
    const shown = this.#expand(this.#line, this.#column).length;
    const shift = shown >= this.#columns - 1 ? shown - (shown % (this.#columns - 8)) : 0;
    for (let row = 0; row < this.#height; row++) {
      const index = this.#top + row;
      const line = index < this.#lines.length ? this.#expand(index) : "";
      const from = index === this.#line ? shift : 0;
      text += `\x1b[${row + 2};1H${this.#selected(index, line.slice(from, from + this.#columns))}\x1b[K`;
    }
    text += `\x1b[${this.#rows - 2};1H\x1b[K`;
    if (prompt !== undefined) text += `${REVERSE}${prompt.text.padEnd(this.#columns)}${NORMAL}`;
    else if (this.#status !== "") {
      const message = `[ ${this.#status} ]`;
      text += `\x1b[${this.#rows - 2};${Math.max(1, Math.floor((this.#columns - message.length) / 2) + 1)}H${REVERSE}${message}${NORMAL}`;
    }
    text += this.#hintLines(prompt?.hints ?? MAIN);
    text +=
      prompt === undefined
        ? `\x1b[${this.#line - this.#top + 2};${shown - shift + 1}H`
        : `\x1b[${this.#rows - 2};${prompt.cursor + 1}H`;
    this.#put(`${text}\x1b[?12l\x1b[?25h`);
  }

  #expand(index: number, until?: number): string {
    let text = "";
    for (const char of (this.#lines[index] ?? "").slice(0, until))
      text +=
        char === "\t"
          ? " ".repeat(8 - (text.length % 8))
          : char < " "
            ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}`
            : char;
    return text;
  }

  #selected(index: number, text: string): string {
    const mark = this.#mark;
    if (mark === undefined) return text;
    const here = { line: this.#line, column: this.#column };
    const [from, to] =
      mark.line < here.line || (mark.line === here.line && mark.column <= here.column) ? [mark, here] : [here, mark];
    if (index < from.line || index > to.line) return text;
    const [start, end] = [index === from.line ? from.column : 0, index === to.line ? to.column : text.length];
    return `${text.slice(0, start)}${REVERSE}${text.slice(start, end)}${NORMAL}${text.slice(end)}`;
  }

  /** Version left, name in the middle, `Modified` right. */
  #title(): string {
    const left = "  GNU nano 8.4";
    const name = this.#name === "" ? "New Buffer" : this.#name;
    const right = this.#modified ? "Modified " : this.#readonly ? "View " : "";
    const at = Math.max(left.length + 2, Math.floor((this.#columns - textWidth(name)) / 2));
    return (left.padEnd(at) + name).padEnd(this.#columns - right.length).slice(0, this.#columns - right.length) + right;
  }

  #hintLines(hints: readonly (readonly [Hint, Hint])[]): string {
    const count = Math.min(hints.length, Math.max(1, Math.floor(this.#columns / 13)));
    const width = Math.floor(this.#columns / Math.max(count, 1));
    let text = "";
    for (const row of [0, 1] as const) {
      text += `\x1b[${this.#rows - 1 + row};1H\x1b[K`;
      for (let i = 0; i < count; i++) {
        const [key = "", label = ""] = hints[i]?.[row] ?? [];
        if (key !== "")
          text += `\x1b[${this.#rows - 1 + row};${i * width + 1}H${REVERSE}${key}${NORMAL} ${label.slice(0, Math.max(0, width - key.length - 1))}`;
      }
    }
    return text;
  }

  /** A question on the line of messages; undefined where it was cancelled. */
  *#ask(
    question: string,
    start: string,
    hints: readonly (readonly [Hint, Hint])[] = [
      [
        ["^G", "Help"],
        ["^C", "Cancel"],
      ],
    ],
  ): Task<string | undefined> {
    let text = start;
    this.#status = "";
    for (;;) {
      while (this.#keys.length === 0) {
        this.#draw({ text: `${question}: ${text}`, hints, cursor: question.length + 2 + textWidth(text) });
        yield* this.#io.flush();
        const bytes = yield* this.#io.sys.read(this.#fd);
        if (isErrno(bytes) || bytes.length === 0) return undefined;
        this.#keys.push(...splitKeys(decode(bytes)));
      }
      const key = this.#keys.shift() ?? "";
      if (key === "\r" || key === "\n") return text;
      if (key === "\x03" || key === "\x1b") {
        this.#status = "Cancelled";
        return undefined;
      }
      if (key === "\x7f" || key === "\b") text = text.slice(0, -1);
      else if (key === "\x0b" || key === "\x15") text = "";
      else if (key.length === 1 && key >= " ") text += key;
    }
  }

  // --- changes ---

  #note(typing = false): void {
    if (typing && this.#typing) return;
    this.#undo.push({ lines: [...this.#lines], line: this.#line, column: this.#column });
    this.#redo = [];
    this.#typing = typing;
  }

  #change(): void {
    this.#modified = true;
  }

  #insert(text: string): void {
    const line = this.#lines[this.#line] ?? "";
    const parts = text.split("\n");
    const tail = line.slice(this.#column);
    const last = parts[parts.length - 1] ?? "";
    if (parts.length === 1) {
      this.#lines[this.#line] = line.slice(0, this.#column) + text + tail;
      this.#column += text.length;
    } else {
      this.#lines.splice(this.#line, 1, line.slice(0, this.#column) + parts[0], ...parts.slice(1, -1), last + tail);
      this.#line += parts.length - 1;
      this.#column = last.length;
    }
    this.#change();
  }

  #travel(from: Version[], to: Version[], what: string): void {
    const version = from.pop();
    if (version === undefined) {
      this.#status = `Nothing to ${what === "Undid" ? "undo" : "redo"}`;
      return;
    }
    to.push({ lines: [...this.#lines], line: this.#line, column: this.#column });
    this.#lines = [...version.lines];
    [this.#line, this.#column] = [version.line, version.column];
    this.#modified = true;
    this.#typing = false;
    this.#status = `${what} change`;
  }

  #delete(): void {
    const line = this.#lines[this.#line] ?? "";
    if (this.#column < line.length)
      this.#lines[this.#line] = line.slice(0, this.#column) + line.slice(this.#column + 1);
    else if (this.#line + 1 < this.#lines.length)
      this.#lines.splice(this.#line, 2, line + (this.#lines[this.#line + 1] ?? ""));
    else return;
    this.#change();
  }

  #left(): void {
    if (this.#column > 0) this.#column -= 1;
    else if (this.#line > 0) {
      this.#line -= 1;
      this.#column = (this.#lines[this.#line] ?? "").length;
    }
  }

  #right(): void {
    if (this.#column < (this.#lines[this.#line] ?? "").length) this.#column += 1;
    else if (this.#line + 1 < this.#lines.length) {
      this.#line += 1;
      this.#column = 0;
    }
  }

  #moveLines(by: number): void {
    this.#line = Math.max(0, Math.min(this.#lines.length - 1, this.#line + by));
    this.#column = Math.min(this.#column, (this.#lines[this.#line] ?? "").length);
  }

  /** ^K and M-6: the line, or what is between the mark and the cursor. */
  #take(removes: boolean): void {
    const mark = this.#mark;
    if (mark === undefined) {
      const isLast = this.#line === this.#lines.length - 1;
      const piece = (this.#lines[this.#line] ?? "") + (isLast ? "" : "\n");
      if (removes && isLast && piece === "") return;
      this.#cut = this.#cutting ? [(this.#cut[0] ?? "") + piece] : [piece];
      this.#cutting = true;
      if (removes) {
        if (isLast) this.#lines[this.#line] = "";
        else this.#lines.splice(this.#line, 1);
        this.#change();
      } else this.#moveLines(1);
      this.#column = 0;
      return;
    }
    const here = { line: this.#line, column: this.#column };
    const [from, to] =
      mark.line < here.line || (mark.line === here.line && mark.column <= here.column) ? [mark, here] : [here, mark];
    const text = this.#lines.slice(from.line, to.line + 1).join("\n");
    const end = text.length - ((this.#lines[to.line] ?? "").length - to.column);
    this.#cut = [text.slice(from.column, end)];
    this.#mark = undefined;
    if (!removes) return;
    this.#lines.splice(
      from.line,
      to.line - from.line + 1,
      ...(text.slice(0, from.column) + text.slice(end)).split("\n"),
    );
    [this.#line, this.#column] = [from.line, from.column];
    this.#change();
  }

  // --- commands ---

  *#command(key: string): Task<void> {
    const wasCutting = this.#cutting;
    if (key !== "\x0b") this.#cutting = false;
    this.#status = "";
    if (key.length === 1 && (key >= " " || key === "\t") && key !== "\x7f") {
      if (this.#readonly) return this.#refuse();
      this.#note(true);
      this.#insert(key);
      return;
    }
    this.#typing = false;
    switch (key) {
      case "up":
      case "\x10":
        return this.#moveLines(-1);
      case "down":
      case "\x0e":
        return this.#moveLines(1);
      case "left":
      case "\x02":
        return this.#left();
      case "right":
      case "\x06":
        return key === "right" ? this.#right() : yield* this.#whereIs();
      case "home":
      case "\x01":
        this.#column = 0;
        return;
      case "end":
      case "\x05":
        this.#column = (this.#lines[this.#line] ?? "").length;
        return;
      case "pageup":
      case "\x19":
        return this.#moveLines(-(this.#height - 2));
      case "pagedown":
      case "\x16":
        return this.#moveLines(this.#height - 2);
      case "wordright":
      case "wordleft": {
        const step = key === "wordright" ? () => this.#right() : () => this.#left();
        step();
        while (
          this.#column > 0 &&
          this.#column < (this.#lines[this.#line] ?? "").length &&
          !/^\s\S|^.\b/.test((this.#lines[this.#line] ?? "").slice(this.#column - 1, this.#column + 1))
        )
          step();
        return;
      }
      case "M-\\":
        [this.#line, this.#column] = [0, 0];
        return;
      case "M-/":
        this.#moveLines(this.#lines.length);
        this.#column = (this.#lines[this.#line] ?? "").length;
        return;
      case "\x17":
        return yield* this.#whereIs();
      case "M-w":
        return this.#find(this.#search);
      case "\x1f":
      case "M-g":
        return yield* this.#goToLine();
      case "\x03":
        return this.#location();
      case "\x0f":
      case "\x13":
        yield* this.#write(key === "\x13");
        return;
      case "\x18":
        return yield* this.#exit();
      case "\x07":
        this.#status = "^O writes, ^X leaves, ^W or ^F searches, ^K cuts, ^U pastes";
        return;
      case "M-u":
        return this.#travel(this.#undo, this.#redo, "Undid");
      case "M-e":
        return this.#travel(this.#redo, this.#undo, "Redid");
      case "M-a":
      case "\x1e":
        this.#mark = this.#mark === undefined ? { line: this.#line, column: this.#column } : undefined;
        this.#status = this.#mark === undefined ? "Mark Unset" : "Mark Set";
        return;
      case "M-6":
        this.#cutting = wasCutting;
        return this.#take(false);
    }
    if (this.#readonly) return this.#refuse();
    switch (key) {
      case "\r":
      case "\n":
        this.#note();
        return this.#insert("\n");
      case "\x7f":
      case "\b":
        if (this.#line === 0 && this.#column === 0) return;
        this.#note();
        this.#left();
        return this.#delete();
      case "delete":
      case "\x04":
        this.#note();
        return this.#delete();
      case "\x0b":
        this.#note();
        return this.#take(true);
      case "\x15":
        this.#note();
        return this.#insert(this.#cut.join(""));
      case "\x12":
        return yield* this.#readFile();
      case "\x1c":
        return yield* this.#replace();
      case "paste": {
        this.#note();
        let text = "";
        for (let next = yield* this.#key(); next !== "pasteend" && !this.#done; next = yield* this.#key())
          text += next === "\r" ? "\n" : next;
        return this.#insert(text);
      }
      default:
        if (key !== "") this.#status = "Unbound key";
    }
  }

  #refuse(): void {
    this.#status = "Key is invalid in view mode";
  }

  #location(): void {
    const total = this.#lines.length;
    const width = (this.#lines[this.#line] ?? "").length + 1;
    const chars = this.#lines.join("\n").length;
    const before = this.#lines.slice(0, this.#line).reduce((sum, line) => sum + line.length + 1, 0) + this.#column;
    const percent = (part: number, whole: number): number => Math.floor((100 * part) / Math.max(whole, 1));
    this.#status = `line ${this.#line + 1}/${total} (${percent(this.#line + 1, total)}%), col ${this.#column + 1}/${width} (${percent(this.#column + 1, width)}%), char ${before}/${chars} (${percent(before, chars)}%)`;
  }

  *#whereIs(): Task<void> {
    const typed = yield* this.#ask(this.#search === "" ? "Search" : `Search [${this.#search}]`, "");
    if (typed === undefined) return;
    if (typed !== "") this.#search = typed;
    if (this.#search === "") this.#status = "Cancelled";
    else this.#find(this.#search);
  }

  #find(wanted: string): void {
    const low = wanted.toLowerCase();
    const total = this.#lines.length;
    for (let step = 0; step <= total; step++) {
      const index = (this.#line + step) % total;
      const at = (this.#lines[index] ?? "").toLowerCase().indexOf(low, step === 0 ? this.#column + 1 : 0);
      if (at < 0 || (step === total && at > this.#column)) continue;
      if (index < this.#line || step === total)
        this.#status = step === total && at === this.#column ? "This is the only occurrence" : "Search Wrapped";
      [this.#line, this.#column] = [index, at];
      return;
    }
    this.#status = `"${wanted}" not found`;
  }

  *#replace(): Task<void> {
    const wanted = yield* this.#ask("Search (to replace)", this.#search);
    if (wanted === undefined || wanted === "") return;
    this.#search = wanted;
    const by = yield* this.#ask("Replace with", "");
    if (by === undefined) return;
    let count = 0;
    let all = false;
    this.#note();
    for (let line = 0; line < this.#lines.length; line++) {
      for (
        let at = (this.#lines[line] ?? "").indexOf(wanted);
        at >= 0;
        at = (this.#lines[line] ?? "").indexOf(wanted, at)
      ) {
        [this.#line, this.#column] = [line, at];
        const answer: string | undefined = all ? "y" : yield* this.#choose("Replace this instance?", "yna");
        if (answer === undefined) {
          this.#status = `Replaced ${count} occurrence${count === 1 ? "" : "s"}`;
          return;
        }
        all ||= answer === "a";
        const text = this.#lines[line] ?? "";
        if (answer === "n") at += wanted.length;
        else {
          this.#lines[line] = text.slice(0, at) + by + text.slice(at + wanted.length);
          at += by.length;
          count += 1;
          this.#change();
        }
      }
    }
    this.#status = count === 0 ? `"${wanted}" not found` : `Replaced ${count} occurrence${count === 1 ? "" : "s"}`;
  }

  /** One letter of a few; undefined for ^C. */
  *#choose(question: string, letters: string): Task<string | undefined> {
    const hints: readonly (readonly [Hint, Hint])[] = letters.includes("a")
      ? [
          [
            [" Y", "Yes"],
            [" N", "No"],
          ],
          [
            [" A", "All"],
            ["^C", "Cancel"],
          ],
        ]
      : [
          [
            [" Y", "Yes"],
            ["", ""],
          ],
          [
            [" N", "No"],
            ["^C", "Cancel"],
          ],
        ];
    for (;;) {
      while (this.#keys.length === 0) {
        this.#draw({ text: question, hints, cursor: question.length + 1 });
        yield* this.#io.flush();
        const bytes = yield* this.#io.sys.read(this.#fd);
        if (isErrno(bytes) || bytes.length === 0) return undefined;
        this.#keys.push(...splitKeys(decode(bytes)));
      }
      const key = (this.#keys.shift() ?? "").toLowerCase();
      if (key === "\x03" || key === "\x1b") {
        this.#status = "Cancelled";
        return undefined;
      }
      if (key !== "" && letters.includes(key)) return key;
    }
  }

  *#goToLine(): Task<void> {
    const typed = yield* this.#ask("Enter line number, column number", "");
    if (typed === undefined) return;
    const [line, column] = typed.split(/[ ,]+/).map(Number);
    if (line === undefined || Number.isNaN(line)) {
      this.#status = "Invalid line or column number";
      return;
    }
    this.#line = Math.max(0, Math.min(this.#lines.length - 1, (line < 0 ? this.#lines.length + line + 1 : line) - 1));
    this.#column = Math.max(0, Math.min((this.#lines[this.#line] ?? "").length, (column ?? 1) - 1));
  }

  *#readFile(): Task<void> {
    const name = yield* this.#ask("File to insert [from ./]", "");
    if (name === undefined || name === "") return;
    const bytes = this.#io.sys.readFile(name);
    if (isErrno(bytes)) {
      this.#status = `File "${name}" not found`;
      return;
    }
    this.#note();
    const text = decode(bytes);
    this.#insert(text);
    this.#status = `Read ${text.replace(/\n$/, "").split("\n").length} lines`;
  }

  /** Writes the text; false where it was not written. */
  *#write(quietly: boolean): Task<boolean> {
    let name = this.#name;
    if (!quietly || name === "") {
      const hints: readonly (readonly [Hint, Hint])[] = [
        [
          ["^G", "Help"],
          ["^C", "Cancel"],
        ],
        [
          ["M-D", "DOS Format"],
          ["M-M", "Mac Format"],
        ],
        [
          ["M-A", "Append"],
          ["M-P", "Prepend"],
        ],
        [
          ["M-B", "Backup File"],
          ["^T", "Browse"],
        ],
      ];
      const typed = yield* this.#ask("File Name to Write", name, hints);
      if (typed === undefined) return false;
      if (typed === "") {
        this.#status = "Cancelled";
        return false;
      }
      if (
        typed !== name &&
        !isErrno(this.#io.sys.stat(typed)) &&
        (yield* this.#choose(`File "${typed}" exists; OVERWRITE? `, "yn")) !== "y"
      )
        return false;
      name = typed;
    }
    // A text that does not end in a newline gets one.
    if (this.#lines[this.#lines.length - 1] !== "") this.#lines.push("");
    const failed = this.#io.sys.writeFile(name, this.#lines.join("\n"));
    if (failed !== undefined) {
      this.#status = `Error writing ${name}: ${failed.text}`;
      return false;
    }
    this.#name = name;
    this.#modified = false;
    const count = this.#lines.length - 1;
    this.#status = `Wrote ${count} line${count === 1 ? "" : "s"}`;
    return true;
  }

  *#exit(): Task<void> {
    if (!this.#modified) {
      this.#done = true;
      return;
    }
    const answer = yield* this.#choose("Save modified buffer? ", "yn");
    if (answer === undefined) return;
    if (answer === "n" || (yield* this.#write(false))) this.#done = true;
  }
}

/** Bytes from the terminal as keys: sequences by name, `M-x` for ESC x. */
function splitKeys(text: string): string[] {
  const keys: string[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === "\x1b" && i + 1 < text.length) {
      const sequence = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(text.slice(i + 1))?.[0];
      if (sequence !== undefined) {
        keys.push(SEQUENCES[sequence] ?? "");
        i += 1 + sequence.length;
      } else {
        keys.push(`M-${(text[i + 1] ?? "").toLowerCase()}`);
        i += 2;
      }
      continue;
    }
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    keys.push(char);
    i += char.length;
  }
  return keys;
}

const COMMAND: Command = {
  name: "nano",
  summary: "Edit text files.",
  usage: ["[options] [[+line[,column]] file]..."],
  package: "other",
  *run(io, sys) {
    const words = io.args.filter((word) => !word.startsWith("-") && !word.startsWith("+"));
    const start = Number(/^\+(\d+)/.exec(io.args.find((word) => word.startsWith("+")) ?? "")?.[1] ?? 0);
    if (io.args.some((word) => word === "--version" || word === "-V")) {
      io.print(" GNU nano, version 8.4\n");
      return 0;
    }
    if (!sys.isatty(0) || !sys.isatty(1)) {
      io.printError("Standard input is not a terminal\n");
      return 1;
    }
    const modes = sys.tcgetattr(0);
    sys.tcsetattr(0, { icanon: false, echo: false, isig: false, icrnl: false, ixon: false });
    sys.sigaction("SIGWINCH", "catch");
    const nano = new Nano(io, 0, words[0] ?? "", io.args.includes("-v") || io.args.includes("--view"));
    const status = yield* nano.run(start);
    yield* io.flush();
    if (!isErrno(modes)) sys.tcsetattr(0, modes);
    return status;
  },
};

export const nano = defineCommand(COMMAND);
export const pico: Program = { ...nano, name: "pico" };
