// The modes of vi: normal with operators and motions, insert, visual, and the command line.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import type { Io } from "../define.ts";
import { type Block, blockText, changeBlock, putBlock, repeatTyped } from "./block.ts";
import { Buffer, compareSpots, firstNonBlank, type Spot, type Taken } from "./buffer.ts";
import { ExCommands } from "./ex.ts";
import type { Reach } from "./motions.ts";
import * as motions from "./motions.ts";
import { compileVim } from "./pattern.ts";
import type { Screen, Selection } from "./screen.ts";
import { yamlIndent } from "./yaml-indent.ts";

export interface Settings {
  number: boolean;
  relative: boolean;
  list: boolean;
  wrap: boolean;
  tabstop: number;
  shiftwidth: number;
  expandtab: boolean;
  autoindent: boolean;
  paste: boolean;
  ignorecase: boolean;
  smartcase: boolean;
  wrapscan: boolean;
  readonly: boolean;
  showmode: boolean;
  /** Lines are indented by the rules of YAML. */
  yaml: boolean;
}

/** Keys that come as sequences. */
const SEQUENCES: Readonly<Record<string, string>> = {
  "[A": "<Up>",
  OA: "<Up>",
  "[B": "<Down>",
  OB: "<Down>",
  "[C": "<Right>",
  OC: "<Right>",
  "[D": "<Left>",
  OD: "<Left>",
  "[H": "<Home>",
  OH: "<Home>",
  "[1~": "<Home>",
  "[F": "<End>",
  OF: "<End>",
  "[4~": "<End>",
  "[5~": "<PageUp>",
  "[6~": "<PageDown>",
  "[3~": "<Del>",
  "[2~": "<Insert>",
  "[200~": "<Paste>",
  "[201~": "<PasteEnd>",
};

const ESC = "\x1b";

/** An operator waits for a motion: d, y, c and their kin. */
type Operator = "d" | "y" | "c" | ">" | "<" | "g~" | "gu" | "gU" | "=" | "!";

/** The kinds of selection by the keys that begin them. */
const VISUAL_MODES: Readonly<Record<string, "visual" | "lines" | "block">> = {
  v: "visual",
  V: "lines",
  "\x16": "block",
};

/** Thrown where a command cannot be carried out: what was typed ahead of it is void. */
class Beep {}

const lowered = (text: string): string => text.toLowerCase();
const raised = (text: string): string => text.toUpperCase();
const swapped = (text: string): string =>
  [...text].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join("");

export class Editor {
  readonly io: Io;
  readonly buffer = new Buffer();
  readonly screen: Screen;
  readonly settings: Settings;
  cursor: Spot = { line: 0, column: 0 };
  /** Whether the names of files choose settings, as vim's defaults have it. */
  filetypes = false;
  /** Exit status once the editor is to end. */
  done: number | undefined;
  /** The command line ended with a message still to be seen. */
  leftMessage = false;
  file: string | undefined;
  lastPattern: Regex | undefined;
  lastPatternText = "";
  readonly ex: ExCommands;
  readonly #fd: number;
  #wish = 0;
  #mode: "normal" | "insert" | "replace" | "visual" | "lines" | "block" = "normal";
  #visualStart: Spot = { line: 0, column: 0 };
  /** How the last selection was made, for `gv`. */
  #lastVisual: "visual" | "lines" | "block" | undefined;
  #typed: string[] = [];
  #replay: string[] = [];
  #record: string[] = [];
  #dot: string[] = [];
  #changes = false;
  #replaying = false;
  #macro: { name: string; keys: string[] } | undefined;
  #find: { char: string; kind: "f" | "F" | "t" | "T" } | undefined;
  #searchForward = true;
  #register = '"';
  #commandLine: string | undefined;
  #started = false;
  readonly #history: string[] = [];

  constructor(io: Io, screen: Screen, settings: Settings, fd: number) {
    this.io = io;
    this.screen = screen;
    this.settings = settings;
    this.#fd = fd;
    this.ex = new ExCommands(this);
  }

  *run(): Task<number> {
    while (this.done === undefined) {
      this.#record = [];
      this.#changes = false;
      try {
        yield* this.#normal();
      } catch (problem) {
        if (!(problem instanceof Beep)) throw problem;
        this.#replay = [];
        if (!this.#isVisual && this.#mode !== "normal") this.#mode = "normal";
      }
      this.buffer.settle();
      if (this.#replay.length === 0) this.#replaying = false;
      if (this.#changes && !this.#replaying) this.#dot = this.#record;
      this.clamp();
    }
    return this.done;
  }

  // --- keys and drawing ---

  redraw(): void {
    const selection = this.#isVisual ? this.#selection() : undefined;
    if (this.#commandLine !== undefined) return;
    this.screen.draw(this.buffer, this.cursor, this.settings, selection);
  }

  /** Whether keys are waiting, so that nothing needs to be drawn yet. */
  get hasKeys(): boolean {
    return this.#replay.length > 0 || this.#typed.length > 0;
  }

  *key(): Task<string> {
    const again = this.#replay.shift();
    if (again !== undefined) {
      this.#record.push(again);
      return again;
    }
    while (this.#typed.length === 0) yield* this.#readKeys();
    const key = this.#typed.shift() ?? ESC;
    this.#record.push(key);
    this.#macro?.keys.push(key);
    return key;
  }

  *#readKeys(): Task<void> {
    this.redraw();
    yield* this.io.flush();
    const bytes = yield* this.io.sys.read(this.#fd);
    const signal = this.io.sys.takeSignal();
    if (signal === "SIGWINCH") {
      this.resize();
      return;
    }
    if (isErrno(bytes) && bytes.code === "EINTR") return;
    if (isErrno(bytes) || bytes.length === 0) {
      this.done = 1;
      this.#typed.push(ESC);
      throw new Beep();
    }
    if (!this.#started) this.screen.put("\x1b[?2004l\x1b[>4;m\x1b[?2004h\x1b[>4;2m");
    this.#started = true;
    this.#typed.push(...splitKeys(decode(bytes)));
  }

  resize(): void {
    const size = this.io.sys.windowSize(this.#fd);
    if (!isErrno(size) && size.rows > 0) {
      this.screen.rows = size.rows;
      this.screen.columns = size.columns;
    }
    this.screen.forget();
  }

  message(text: string): void {
    this.screen.message = text.slice(0, this.screen.columns * 2);
  }

  error(text: string): void {
    this.message(`\x1b[97m\x1b[41m${text}\x1b[m`);
    this.#replay = [];
  }

  beep(): never {
    throw new Beep();
  }

  clamp(): void {
    const line = Math.max(0, Math.min(this.cursor.line, this.buffer.last));
    const { length } = this.buffer.line(line);
    const max =
      this.#mode === "insert" || this.#mode === "replace" ? length : this.#mode === "visual" ? length : length - 1;
    this.cursor = { line, column: Math.max(0, Math.min(this.cursor.column, max)) };
  }

  moveTo(spot: Spot): void {
    this.cursor = spot;
    this.clamp();
    this.#wish = this.cursor.column;
  }

  // --- normal mode ---

  *#normal(): Task<void> {
    let count = "";
    let key = yield* this.key();
    for (;;) {
      if (key === '"') {
        this.#register = yield* this.key();
        key = yield* this.key();
      } else if (/^[1-9]$/.test(key) || (key === "0" && count !== "")) {
        count += key;
        key = yield* this.key();
      } else break;
    }
    const number = count === "" ? undefined : Number(count);
    yield* this.#command(key, number);
    if (this.#mode === "normal" || key !== '"') this.#register = key === '"' ? this.#register : '"';
  }

  *#command(key: string, count: number | undefined): Task<void> {
    const visual = this.#isVisual;
    if (visual && (yield* this.#visualCommand(key, count))) return;
    const reach = yield* this.#motion(key, count, false);
    if (reach !== undefined) {
      const wish = this.#wish;
      if (Math.abs(reach.to.line - this.cursor.line) > 1 && !reach.keepsColumn) this.buffer.marks.set("'", this.cursor);
      this.cursor = reach.to;
      this.clamp();
      this.#wish = reach.keepsColumn ? wish : this.cursor.column;
      if (key === "$" || key === "<End>") this.#wish = Infinity;
      return;
    }
    const times = count ?? 1;
    switch (key) {
      case "i":
      case "a":
      case "I":
      case "A":
      case "<Insert>":
        return yield* this.#enterInsert(key === "<Insert>" ? "i" : key, times);
      case "o":
      case "O":
        return yield* this.#openLine(key === "o", times);
      case "R":
        return yield* this.#replaceMode();
      case "x":
      case "<Del>":
        return this.#deleteChars(times);
      case "X":
        return this.#deleteBefore(times);
      case "s":
        this.#deleteChars(times);
        return yield* this.#insertMode(1);
      case "D":
      case "C": {
        const end = { line: Math.min(this.buffer.last, this.cursor.line + times - 1), column: 0 };
        const to = { line: end.line, column: this.buffer.line(end.line).length };
        return yield* this.#operate(key === "D" ? "d" : "c", this.cursor, { to });
      }
      case "S":
        return yield* this.#operate("c", this.cursor, { to: this.#lineDown(times - 1), linewise: true });
      case "Y":
        return yield* this.#operate("y", this.cursor, { to: this.#lineDown(times - 1), linewise: true });
      case "d":
      case "c":
      case "y":
      case ">":
      case "<":
      case "=":
        return yield* this.#operatorPending(key, times, count);
      case "p":
      case "P":
        return this.#put(key === "p", times);
      case "J":
        return this.#join(Math.max(2, times), true);
      case "r":
        return yield* this.#replaceChars(times);
      case "~":
        return this.#toggleCase(times);
      case "u":
      case "\x12":
        return this.#travel(key !== "u", times);
      case "U":
        return this.#travel(false, 1);
      case ".":
        return this.#repeat(count);
      case "v":
      case "V":
      case "\x16":
        this.#mode = VISUAL_MODES[key] ?? "visual";
        this.#visualStart = this.cursor;
        return this.#showMode();
      case ":":
        return yield* this.#exLine(count === undefined ? "" : `.,.+${count - 1}`);
      case "g":
        return yield* this.#gCommand(count);
      case "z":
        return yield* this.#scrollCommand();
      case "Z": {
        const next = yield* this.key();
        if (next === "Z") return yield* this.ex.run("x");
        if (next === "Q") return yield* this.ex.run("q!");
        return this.beep();
      }
      case "m":
        this.buffer.marks.set(yield* this.key(), this.cursor);
        return;
      case "q":
        return yield* this.#recordMacro();
      case "@":
        return yield* this.#runMacro(times);
      case "&":
        return yield* this.ex.run("s");
      case "\x01":
      case "\x18":
        return this.#addNumber(key === "\x01" ? times : -times);
      case "\x05":
        this.screen.top = Math.min(this.buffer.last, this.screen.top + times);
        if (this.cursor.line < this.screen.top) this.cursor = { ...this.cursor, line: this.screen.top };
        return;
      case "\x19": {
        this.screen.top = Math.max(0, this.screen.top - times);
        const bottom = this.screen.top + this.screen.height - 1;
        if (this.cursor.line > bottom) this.cursor = { ...this.cursor, line: bottom };
        return;
      }
      case "\x07":
        return this.message(this.ex.fileInfo());
      case "\x0c":
        return this.screen.forget();
      case "\x1a":
        return yield* this.suspend();
      case "<Paste>":
        return yield* this.#enterInsert("a", 1, true);
      case ESC:
      case "\x03":
        return;
      default:
        return this.beep();
    }
  }

  #lineDown(count: number): Spot {
    return { line: Math.min(this.buffer.last, this.cursor.line + count), column: 0 };
  }

  #vertical(by: number): Reach {
    const line = this.cursor.line + by;
    if (this.cursor.line === (by < 0 ? 0 : this.buffer.last)) return this.beep();
    const at = Math.max(0, Math.min(line, this.buffer.last));
    return {
      to: { line: at, column: Math.min(this.#wish, Math.max(0, this.buffer.line(at).length - 1)) },
      linewise: true,
      keepsColumn: true,
    };
  }

  /** A motion; undefined where the key is none. */
  *#motion(key: string, count: number | undefined, pending: boolean): Task<Reach | undefined> {
    const { buffer, cursor } = this;
    const times = count ?? 1;
    const length = buffer.line(cursor.line).length;
    const repeat = (step: (from: Spot) => Spot | undefined, otherwise?: Spot): Spot => {
      let spot = cursor;
      for (let i = 0; i < times; i++) {
        const next = step(spot);
        if (next === undefined) {
          if (otherwise !== undefined) return otherwise;
          if (i === 0) this.beep();
          break;
        }
        spot = next;
      }
      return spot;
    };
    const end: Spot = { line: buffer.last, column: Math.max(0, buffer.line(buffer.last).length - (pending ? 0 : 1)) };
    switch (key) {
      case "h":
      case "<Left>":
      case "\b":
        if (cursor.column === 0) return this.beep();
        return { to: { line: cursor.line, column: Math.max(0, cursor.column - times) } };
      case "\x7f":
        return {
          to: repeat((from) =>
            from.column > 0
              ? { line: from.line, column: from.column - 1 }
              : from.line > 0
                ? { line: from.line - 1, column: Math.max(0, buffer.line(from.line - 1).length - 1) }
                : undefined,
          ),
        };
      case "l":
      case "<Right>":
        if (cursor.column >= length - (pending ? 0 : 1)) return pending ? { to: cursor } : this.beep();
        return { to: { line: cursor.line, column: Math.min(length, cursor.column + times) } };
      case " ":
        return {
          to: repeat((from) =>
            from.column < buffer.line(from.line).length - 1 || (pending && from.column < buffer.line(from.line).length)
              ? { line: from.line, column: from.column + 1 }
              : from.line < buffer.last
                ? { line: from.line + 1, column: 0 }
                : undefined,
          ),
        };
      case "j":
      case "<Down>":
      case "\x0e":
      case "\n":
        return this.#vertical(times);
      case "k":
      case "<Up>":
      case "\x10":
        return this.#vertical(-times);
      case "+":
      case "\r":
        return { ...this.#vertical(times), to: motions.lineStart(buffer, cursor.line + times), keepsColumn: false };
      case "-":
        return { ...this.#vertical(-times), to: motions.lineStart(buffer, cursor.line - times), keepsColumn: false };
      case "_":
        return { to: motions.lineStart(buffer, cursor.line + times - 1), linewise: true };
      case "0":
      case "<Home>":
        return { to: { line: cursor.line, column: 0 } };
      case "^":
        return { to: { line: cursor.line, column: firstNonBlank(buffer.line(cursor.line)) } };
      case "$":
      case "<End>": {
        const line = Math.min(buffer.last, cursor.line + times - 1);
        return {
          to: { line, column: Math.max(0, buffer.line(line).length - 1) },
          inclusive: buffer.line(line).length > 0,
        };
      }
      case "|":
        return { to: { line: cursor.line, column: Math.min(times - 1, Math.max(0, length - 1)) } };
      case "w":
      case "W":
        return this.#wordMotion(key === "W", times, pending, end);
      case "b":
      case "B":
        return { to: repeat((from) => motions.previousWord(buffer, from, key === "B")) };
      case "e":
      case "E":
        return { to: repeat((from) => motions.wordEnd(buffer, from, key === "E"), end), inclusive: true };
      case "G":
        return { to: motions.lineStart(buffer, count === undefined ? buffer.last : count - 1), linewise: true };
      case "H":
        return { to: motions.lineStart(buffer, this.screen.top + times - 1), linewise: true };
      case "L":
        return {
          to: motions.lineStart(buffer, Math.min(buffer.last, this.screen.top + this.screen.height - times)),
          linewise: true,
        };
      case "M":
        return {
          to: motions.lineStart(
            buffer,
            Math.floor((this.screen.top + Math.min(buffer.last, this.screen.top + this.screen.height - 1)) / 2),
          ),
          linewise: true,
        };
      case "f":
      case "F":
      case "t":
      case "T": {
        const char = yield* this.key();
        this.#find = { char, kind: key };
        return this.#findMotion(char, key, times, false);
      }
      case ";":
      case ",": {
        const find = this.#find ?? this.beep();
        const opposite = { f: "F", F: "f", t: "T", T: "t" } as const;
        return this.#findMotion(find.char, key === ";" ? find.kind : opposite[find.kind], times, true);
      }
      case "{":
      case "}":
        return { to: motions.paragraph(buffer, cursor.line, key === "}", times) };
      case "%": {
        if (count !== undefined)
          return { to: motions.lineStart(buffer, Math.ceil((count * buffer.lines.length) / 100) - 1), linewise: true };
        return { to: motions.matchBracket(buffer, cursor) ?? this.beep(), inclusive: true };
      }
      case "\x06":
      case "<PageDown>":
      case "\x02":
      case "<PageUp>": {
        const step = (this.screen.height - 2) * times * (key === "\x06" || key === "<PageDown>" ? 1 : -1);
        this.screen.top = Math.max(0, Math.min(buffer.last, this.screen.top + step));
        const low = this.screen.top;
        const line = step > 0 ? low : Math.min(cursor.line, low + this.screen.height - 1);
        return { to: motions.lineStart(buffer, line), linewise: true };
      }
      case "\x04":
      case "\x15": {
        const step = Math.floor(this.screen.height / 2) * (key === "\x04" ? 1 : -1);
        this.screen.top = Math.max(
          0,
          Math.min(Math.max(0, buffer.last - this.screen.height + 1), this.screen.top + step),
        );
        return { to: motions.lineStart(buffer, cursor.line + step), linewise: true };
      }
      case "/":
      case "?":
        return yield* this.#searchMotion(key === "/");
      case "n":
      case "N":
        return { to: this.#searchFrom(this.#searchForward === (key === "n"), times) };
      case "*":
      case "#":
        return { to: this.#searchWord(key === "*") };
      case "'":
      case "`": {
        const name = yield* this.key();
        const mark = this.buffer.marks.get(name === "`" ? "'" : name);
        if (mark === undefined) {
          this.error("E20: Mark not set");
          return this.beep();
        }
        return key === "'" ? { to: motions.lineStart(buffer, mark.line), linewise: true } : { to: mark };
      }
      default:
        return undefined;
    }
  }

  #wordMotion(big: boolean, times: number, pending: boolean, end: Spot): Reach {
    const { buffer } = this;
    let spot = this.cursor;
    for (let i = 0; i < times; i++) {
      const next = motions.nextWord(buffer, spot, big);
      if (next === undefined) {
        if (!pending && compareSpots(spot, end) === 0) this.beep();
        return { to: end, inclusive: false };
      }
      // With an operator the last word ends with its line.
      if (pending && i === times - 1 && next.line > spot.line) {
        const { length } = buffer.line(spot.line);
        if (buffer.line(spot.line).slice(spot.column).trim() !== "" || length === 0)
          return { to: { line: spot.line, column: length } };
      }
      spot = next;
    }
    return { to: spot };
  }

  #findMotion(char: string, kind: "f" | "F" | "t" | "T", times: number, again: boolean): Reach {
    const to = motions.findChar(this.buffer, this.cursor, char, kind, times, again) ?? this.beep();
    return { to, inclusive: kind === "f" || kind === "t" };
  }

  // --- searching ---

  *#searchMotion(forward: boolean): Task<Reach> {
    const typed = yield* this.readLine(forward ? "/" : "?");
    if (typed === undefined) return this.beep();
    const cut = typed.search(forward ? /(?<!\\)\// : /(?<!\\)\?/);
    const pattern = cut >= 0 ? typed.slice(0, cut) : typed;
    if (pattern !== "") this.setPattern(pattern);
    this.#searchForward = forward;
    return this.#searchOffset(this.#searchFrom(forward, 1), cut >= 0 ? typed.slice(cut + 1) : "");
  }

  /** What stands behind the pattern: lines below or above it, `e` for the end of the match. */
  #searchOffset(spot: Spot, offset: string): Reach {
    const { buffer } = this;
    if (/^(?:[-+]\d*|\d+)$/.test(offset)) {
      const by = /^[-+]$/.test(offset) ? Number(`${offset}1`) : Number(offset);
      return { to: motions.lineStart(buffer, Math.min(buffer.last, Math.max(0, spot.line + by))), linewise: true };
    }
    if (!offset.startsWith("e")) return { to: spot };
    const end = this.lastPattern?.find(buffer.line(spot.line), spot.column)?.[1] ?? spot.column + 1;
    const column = end - 1 + (Number(offset.slice(1).replace(/^[-+]$/, "$&1")) || 0);
    return { to: { line: spot.line, column: Math.max(0, column) }, inclusive: true };
  }

  setPattern(pattern: string): Regex {
    const regex = compileVim(pattern, this.settings.ignorecase, this.settings.smartcase);
    if ("error" in regex) {
      this.error(regex.error);
      return this.beep();
    }
    this.lastPattern = regex;
    this.lastPatternText = pattern;
    return regex;
  }

  #searchWord(forward: boolean): Spot {
    const line = this.buffer.line(this.cursor.line);
    const found = [...line.matchAll(/[\p{L}\p{N}_]+/gu)].find(
      (word) => word.index + word[0].length > this.cursor.column,
    );
    if (found === undefined) return this.beep();
    this.setPattern(`\\<${found[0]}\\>`);
    this.#searchForward = forward;
    this.cursor = { line: this.cursor.line, column: found.index };
    return this.#searchFrom(forward, 1);
  }

  #searchFrom(forward: boolean, times: number): Spot {
    const regex = this.lastPattern;
    if (regex === undefined) {
      this.error("E35: No previous regular expression");
      return this.beep();
    }
    let spot = this.cursor;
    for (let i = 0; i < times; i++) spot = this.#searchOnce(regex, spot, forward);
    return spot;
  }

  #searchOnce(regex: Regex, from: Spot, forward: boolean): Spot {
    const { buffer } = this;
    const total = buffer.lines.length;
    for (let step = 0; step <= total; step++) {
      const raw = from.line + (forward ? step : -step);
      const line = ((raw % total) + total) % total;
      if (raw !== line && !this.settings.wrapscan) break;
      const places: number[] = [];
      const text = buffer.line(line);
      for (let at = 0; at <= text.length; ) {
        const span = regex.find(text, at);
        if (span === undefined) break;
        places.push(span[0]);
        at = Math.max(span[1], span[0] + 1);
      }
      const fits =
        step === 0
          ? places.filter((place) => (forward ? place > from.column : place < from.column))
          : step === total
            ? places.filter((place) => (forward ? place <= from.column : place >= from.column))
            : places;
      const found = forward ? fits[0] : fits[fits.length - 1];
      if (found === undefined) continue;
      if (raw !== line)
        this.error(forward ? "search hit BOTTOM, continuing at TOP" : "search hit TOP, continuing at BOTTOM");
      return { line, column: found };
    }
    this.error(`E486: Pattern not found: ${this.lastPatternText}`);
    return this.beep();
  }

  // --- operators ---

  *#operatorPending(operator: Operator, times: number, count: number | undefined): Task<void> {
    let key = yield* this.key();
    let inner = "";
    while (/^[1-9]$/.test(key) || (key === "0" && inner !== "")) {
      inner += key;
      key = yield* this.key();
    }
    const total = inner === "" ? count : Number(inner) * times;
    if (key === ESC) return;
    const own = operator.length === 2 ? operator[1] : operator;
    if (key === own || (operator.length === 2 && key === "g")) {
      if (operator.length === 2 && key === "g") yield* this.key();
      return yield* this.#operate(operator, this.cursor, { to: this.#lineDown((total ?? 1) - 1), linewise: true });
    }
    if (key === "i" || key === "a") {
      const reach = motions.textObject(this.buffer, this.cursor, key === "a", yield* this.key());
      if (reach === undefined) return this.beep();
      return yield* this.#operate(operator, reach.from ?? this.cursor, reach);
    }
    // cw is ce where the cursor is on a word.
    const onWord = /[^ \t]/.test(this.buffer.line(this.cursor.line)[this.cursor.column] ?? " ");
    if (operator === "c" && (key === "w" || key === "W") && onWord) {
      let spot = { ...this.cursor, column: this.cursor.column - 1 };
      for (let i = 0; i < (total ?? 1); i++) spot = motions.wordEnd(this.buffer, spot, key === "W") ?? spot;
      return yield* this.#operate(operator, this.cursor, { to: spot, inclusive: true });
    }
    const reach = key === "g" ? this.#gMotion(yield* this.key(), total) : yield* this.#motion(key, total, true);
    if (reach === undefined) return this.beep();
    yield* this.#operate(operator, this.cursor, reach);
  }

  *#operate(operator: Operator, start: Spot, reach: Reach): Task<void> {
    const { buffer } = this;
    const [from, end] = compareSpots(start, reach.to) <= 0 ? [start, reach.to] : [reach.to, start];
    let to = end;
    const { linewise = false } = reach;
    if (!linewise && reach.inclusive && compareSpots(start, reach.to) <= 0)
      to = { line: to.line, column: to.column + 1 };
    const taken: Taken = linewise
      ? { lines: buffer.lines.slice(from.line, to.line + 1), linewise }
      : { lines: buffer.slice(from, to), linewise };
    if (operator !== "y") {
      buffer.note(this.cursor);
      this.#changes = true;
    }
    switch (operator) {
      case "y":
        this.#store(taken, false);
        this.moveTo(
          linewise
            ? { line: from.line, column: start.line === from.line ? this.cursor.column : this.cursor.column }
            : from,
        );
        if (taken.lines.length > 2 && linewise) this.message(`${taken.lines.length} lines yanked`);
        return;
      case "d":
        this.#store(taken, true);
        if (!linewise) {
          buffer.remove(from, to);
          this.moveTo(from);
          return;
        }
        buffer.removeLines(from.line, to.line);
        this.moveTo(motions.lineStart(buffer, from.line));
        if (taken.lines.length > 2) this.message(`${taken.lines.length} fewer lines`);
        return;
      case "c":
        this.#store(taken, true);
        if (linewise) {
          const indent = this.settings.autoindent ? (/^[ \t]*/.exec(buffer.line(from.line))?.[0] ?? "") : "";
          buffer.lines.splice(from.line, to.line - from.line + 1, indent);
          buffer.changed();
          this.cursor = { line: from.line, column: indent.length };
        } else {
          buffer.remove(from, to);
          this.cursor = from;
        }
        return yield* this.#insertMode(1);
      case ">":
      case "<":
        for (let line = from.line; line <= to.line; line++) this.shift(line, operator === ">");
        this.moveTo(motions.lineStart(buffer, from.line));
        return;
      case "g~":
      case "gu":
      case "gU":
        this.#changeCase(
          operator,
          linewise ? { line: from.line, column: 0 } : from,
          linewise ? { line: to.line, column: buffer.line(to.line).length } : to,
        );
        this.moveTo(linewise ? { line: from.line, column: this.cursor.column } : from);
        return;
      default: {
        // Without rules for a language every line takes the indent of the one before.
        for (let line = from.line; line <= to.line; line++) {
          const indent = line === 0 ? "" : (/^[ \t]*/.exec(buffer.line(line - 1))?.[0] ?? "");
          const text = buffer.line(line).trimStart();
          buffer.lines[line] = text === "" ? "" : indent + text;
        }
        buffer.changed();
        this.moveTo(motions.lineStart(buffer, from.line));
      }
    }
  }

  /** Runs keys as if typed in normal mode (:normal); what they leave unfinished is given up. */
  *normal(keys: string): Task<void> {
    const waiting = this.#replay;
    this.#replay = [...splitKeys(keys), ESC];
    try {
      while (this.#replay.length > 0) yield* this.#normal();
    } catch (problem) {
      if (!(problem instanceof Beep)) throw problem;
    }
    this.#mode = "normal";
    this.#replay = waiting;
    this.clamp();
  }

  shift(line: number, right: boolean): void {
    const { shiftwidth, tabstop, expandtab } = this.settings;
    const text = this.buffer.line(line);
    if (text === "" && right) return;
    const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
    let width = 0;
    for (const char of indent) width += char === "\t" ? tabstop - (width % tabstop) : 1;
    width = Math.max(0, width + (right ? shiftwidth : -shiftwidth));
    const fresh = expandtab
      ? " ".repeat(width)
      : "\t".repeat(Math.floor(width / tabstop)) + " ".repeat(width % tabstop);
    this.buffer.lines[line] = fresh + text.slice(indent.length);
    this.buffer.changed();
  }

  #changeCase(operator: "g~" | "gu" | "gU", from: Spot, to: Spot): void {
    const change = operator === "gu" ? lowered : operator === "gU" ? raised : swapped;
    const parts = this.buffer.slice(from, to).map(change);
    this.buffer.remove(from, to);
    this.buffer.insert(from, parts.join("\n"));
  }

  /** Puts what was taken into registers: the named one, the unnamed, and the numbered. */
  #store(taken: Taken, deleted: boolean): void {
    const { registers } = this.buffer;
    const name = this.#register;
    if (name === "_") return;
    if (/^[A-Z]$/.test(name)) {
      const lower = name.toLowerCase();
      const before = registers.get(lower);
      const linewise = taken.linewise || before?.linewise === true;
      registers.set(lower, before === undefined ? taken : { lines: [...before.lines, ...taken.lines], linewise });
    } else if (name !== '"') registers.set(name, taken);
    else if (!deleted) registers.set("0", taken);
    else if (taken.linewise || taken.lines.length > 1) {
      for (let i = 9; i > 1; i--) {
        const older = registers.get(String(i - 1));
        if (older !== undefined) registers.set(String(i), older);
      }
      registers.set("1", taken);
    } else registers.set("-", taken);
    registers.set('"', taken);
  }

  fetch(name: string): Taken | undefined {
    if (name === "%") return this.file === undefined ? undefined : { lines: [this.file], linewise: false };
    if (name === "/") return { lines: [this.lastPatternText], linewise: false };
    return this.buffer.registers.get(name.toLowerCase());
  }

  #put(after: boolean, times: number): void {
    const taken = this.fetch(this.#register);
    if (taken === undefined) return this.beep();
    const { buffer } = this;
    buffer.note(this.cursor);
    this.#changes = true;
    if (taken.linewise) {
      const at = this.cursor.line + (after ? 1 : 0);
      const lines = Array.from({ length: times }, () => taken.lines).flat();
      buffer.insertLines(at, lines);
      this.moveTo(motions.lineStart(buffer, at));
      if (lines.length > 2) this.message(`${lines.length} more lines`);
      return;
    }
    if (taken.block) {
      const column = after && buffer.line(this.cursor.line) !== "" ? this.cursor.column + 1 : this.cursor.column;
      putBlock(
        buffer,
        this.cursor.line,
        column,
        taken.lines.map((piece) => piece.repeat(times)),
      );
      this.moveTo({ line: this.cursor.line, column });
      return;
    }
    const text = taken.lines.join("\n").repeat(times);
    const column = after && buffer.line(this.cursor.line) !== "" ? this.cursor.column + 1 : this.cursor.column;
    const start = { line: this.cursor.line, column };
    const end = buffer.insert(start, text);
    this.moveTo(taken.lines.length > 1 ? start : { line: end.line, column: end.column - 1 });
  }

  // --- simple changes ---

  #deleteChars(times: number): void {
    const { length } = this.buffer.line(this.cursor.line);
    if (length === 0) return this.beep();
    this.buffer.note(this.cursor);
    this.#changes = true;
    const to = { line: this.cursor.line, column: Math.min(length, this.cursor.column + times) };
    this.#store({ lines: this.buffer.slice(this.cursor, to), linewise: false }, true);
    this.buffer.remove(this.cursor, to);
  }

  #deleteBefore(times: number): void {
    if (this.cursor.column === 0) return this.beep();
    this.buffer.note(this.cursor);
    this.#changes = true;
    const from = { line: this.cursor.line, column: Math.max(0, this.cursor.column - times) };
    this.#store({ lines: this.buffer.slice(from, this.cursor), linewise: false }, true);
    this.buffer.remove(from, this.cursor);
    this.moveTo(from);
  }

  #join(count: number, spaced: boolean): void {
    const { buffer, cursor } = this;
    if (cursor.line === buffer.last) return this.beep();
    buffer.note(cursor);
    this.#changes = true;
    let { column } = cursor;
    for (let i = 1; i < count && cursor.line < buffer.last; i++) {
      const left = buffer.line(cursor.line);
      const raw = buffer.line(cursor.line + 1);
      const right = spaced ? raw.replace(/^[ \t]+/, "") : raw;
      const glue = !spaced || right === "" || right.startsWith(")") || /[ \t]$/.test(left) || left === "" ? "" : " ";
      column = left.length - (glue === "" && left !== "" && right !== "" && /[ \t]$/.test(left) ? 1 : 0);
      buffer.lines.splice(cursor.line, 2, left + glue + right);
    }
    buffer.changed();
    this.moveTo({ line: cursor.line, column });
  }

  *#replaceChars(times: number): Task<void> {
    const char = yield* this.key();
    const { line, column } = this.cursor;
    const text = this.buffer.line(line);
    if (char === ESC) return;
    if (column + times > text.length) return this.beep();
    this.buffer.note(this.cursor);
    this.#changes = true;
    if (char === "\r" || char === "\n") {
      this.buffer.remove(this.cursor, { line, column: column + times });
      this.moveTo(this.buffer.insert(this.cursor, "\n"));
      return;
    }
    this.buffer.lines[line] = text.slice(0, column) + char.repeat(times) + text.slice(column + times);
    this.buffer.changed();
    this.moveTo({ line, column: column + times - 1 });
  }

  #toggleCase(times: number): void {
    const { line, column } = this.cursor;
    const { length } = this.buffer.line(line);
    if (length === 0) return this.beep();
    this.buffer.note(this.cursor);
    this.#changes = true;
    const to = { line, column: Math.min(length, column + times) };
    this.#changeCase("g~", this.cursor, to);
    this.moveTo(to);
  }

  #addNumber(by: number): void {
    const { line } = this.cursor;
    const text = this.buffer.line(line);
    const found = [...text.matchAll(/-?\d+/g)].find((number) => number.index + number[0].length > this.cursor.column);
    if (found === undefined) return this.beep();
    this.buffer.note(this.cursor);
    this.#changes = true;
    const next = String(Number(found[0]) + by);
    this.buffer.lines[line] = text.slice(0, found.index) + next + text.slice(found.index + found[0].length);
    this.buffer.changed();
    this.moveTo({ line, column: found.index + next.length - 1 });
  }

  #travel(forward: boolean, times: number): void {
    for (let i = 0; i < times; i++) {
      const before = this.buffer.lines.length;
      const spot = this.buffer.travel(forward, this.cursor);
      if (spot === undefined) {
        this.message(forward ? "Already at newest change" : "Already at oldest change");
        return;
      }
      const by = this.buffer.lines.length - before;
      const what =
        by === 0
          ? "1 change"
          : Math.abs(by) === 1
            ? by > 0
              ? "1 more line"
              : "1 line less"
            : by > 0
              ? `${by} more lines`
              : `${-by} fewer lines`;
      this.message(what);
      this.moveTo(spot);
    }
  }

  #repeat(count: number | undefined): void {
    if (this.#dot.length === 0) return this.beep();
    const keys = [...this.#dot];
    if (count !== undefined) {
      while (/^[0-9]$/.test(keys[0] ?? "")) keys.shift();
      keys.unshift(...String(count));
    }
    this.#replay.unshift(...keys);
    this.#replaying = true;
  }

  // --- insert mode ---

  *#enterInsert(key: string, times: number, pasting = false): Task<void> {
    const { length } = this.buffer.line(this.cursor.line);
    this.buffer.note(this.cursor);
    let { column } = this.cursor;
    if (key === "a") column = Math.min(length, column + 1);
    if (key === "A") column = length;
    if (key === "I")
      column =
        this.buffer.line(this.cursor.line).trim() === "" ? length : firstNonBlank(this.buffer.line(this.cursor.line));
    this.cursor = { line: this.cursor.line, column };
    if (pasting) {
      yield* this.#pasteText();
      this.cursor = { line: this.cursor.line, column: Math.max(0, this.cursor.column - 1) };
      return;
    }
    yield* this.#insertMode(times);
  }

  *#openLine(below: boolean, times: number): Task<void> {
    this.buffer.note(this.cursor);
    const line = this.cursor.line + (below ? 1 : 0);
    const kept = this.#indentOf(this.cursor.line);
    this.buffer.insertLines(line, [kept]);
    const indent = this.#reindent(line, kept);
    this.cursor = { line, column: indent.length };
    yield* this.#insertMode(times, true);
  }

  #indentOf(line: number): string {
    return this.settings.autoindent && !this.settings.paste ? (/^[ \t]*/.exec(this.buffer.line(line))?.[0] ?? "") : "";
  }

  /** Gives a line the indent that YAML's rules want, where they are in force; answers its indent. */
  #reindent(line: number, otherwise: string): string {
    const { yaml, paste, shiftwidth } = this.settings;
    if (!yaml || paste) return otherwise;
    const indent = " ".repeat(yamlIndent(this.buffer.lines, line, shiftwidth));
    this.buffer.lines[line] = indent + this.buffer.line(line).trimStart();
    this.buffer.changed();
    return indent;
  }

  /** The keys `:`, `-`, `}` and `]` show what a line of YAML is, and so where it belongs. */
  #reindentAfter(key: string): void {
    const { line, column } = this.cursor;
    const text = this.buffer.line(line);
    const decides =
      key === ":" ? /^\s*[^\s#].*:$/.test(text.slice(0, column)) : text.trim() === key && /[-}\]]/.test(key);
    if (!decides) return;
    const before = text.length;
    this.#reindent(line, "");
    if (!this.settings.yaml || this.settings.paste) return;
    this.cursor = { line, column: Math.max(0, column + this.buffer.line(line).length - before) };
  }

  #showMode(): void {
    if (!this.settings.showmode) return;
    const names = {
      insert: "INSERT",
      replace: "REPLACE",
      visual: "VISUAL",
      lines: "VISUAL LINE",
      block: "VISUAL BLOCK",
      normal: "",
    } as const;
    const name = names[this.#mode];
    const paste = this.settings.paste && (this.#mode === "insert" || this.#mode === "replace") ? "(paste) " : "";
    this.message(name === "" ? "" : `\x1b[1m-- ${paste === "" ? name : `${name} ${paste.trim()}`} --\x1b[m`);
  }

  *#insertMode(times: number, opened = false): Task<void> {
    this.#changes = true;
    this.#mode = "insert";
    this.#showMode();
    let typed = "";
    const start = this.cursor;
    for (;;) {
      const key = yield* this.key();
      if (key === ESC || key === "\x03") break;
      typed = yield* this.#insertKey(key, typed, start);
    }
    for (let i = 1; i < times; i++) {
      if (opened) {
        const line = this.cursor.line + 1;
        const kept = this.#indentOf(this.cursor.line);
        this.buffer.insertLines(line, [kept]);
        this.cursor = { line, column: this.#reindent(line, kept).length };
      }
      this.cursor = this.buffer.insert(this.cursor, typed);
    }
    // A line with nothing but the indent it was given is left empty.
    if (this.settings.autoindent && typed.endsWith("\n") && this.buffer.line(this.cursor.line).trim() === "")
      this.buffer.lines[this.cursor.line] = "";
    this.#leaveInsert();
  }

  #leaveInsert(): void {
    this.buffer.marks.set("^", this.cursor);
    this.#mode = "normal";
    this.#showMode();
    this.cursor = { line: this.cursor.line, column: Math.max(0, this.cursor.column - 1) };
    this.clamp();
    this.#wish = this.cursor.column;
  }

  *#insertKey(key: string, typed: string, start: Spot): Task<string> {
    const { buffer } = this;
    const { line, column } = this.cursor;
    const text = buffer.line(line);
    switch (key) {
      case "\r":
      case "\n": {
        const indent = this.#indentOf(line);
        if (indent !== "" && text.trim() === "") buffer.lines[line] = "";
        const at = { line, column: Math.min(column, buffer.line(line).length) };
        this.cursor = buffer.insert(at, `\n${indent}`);
        this.cursor = { line: line + 1, column: this.#reindent(line + 1, indent).length };
        return `${typed}\n`;
      }
      case "\x7f":
      case "\b":
        if (column > 0) {
          const width = this.#softTab(text, column);
          buffer.remove({ line, column: column - width }, this.cursor);
          this.cursor = { line, column: column - width };
        } else if (line > 0) {
          const end = { line: line - 1, column: buffer.line(line - 1).length };
          buffer.remove(end, this.cursor);
          this.cursor = end;
        }
        return typed.slice(0, -1);
      case "\x17":
      case "\x15": {
        const word = motions.previousWord(buffer, this.cursor, false);
        const to =
          key === "\x15" || word === undefined || word.line < line
            ? { line, column: start.line === line && key === "\x15" && start.column < column ? start.column : 0 }
            : word;
        buffer.remove(to, this.cursor);
        this.cursor = to;
        return "";
      }
      case "\t": {
        const { expandtab, tabstop, paste } = this.settings;
        const width = this.settings.yaml ? this.settings.shiftwidth : tabstop;
        const size = expandtab && !paste ? " ".repeat(width - (column % width)) : "\t";
        this.cursor = buffer.insert(this.cursor, size);
        return typed + size;
      }
      case "\x14":
      case "\x04":
        this.shift(line, key === "\x14");
        this.cursor = { line, column: Math.max(0, column + buffer.line(line).length - text.length) };
        return typed;
      case "\x12": {
        const taken = this.fetch(yield* this.key());
        const piece = taken === undefined ? "" : taken.lines.join("\n") + (taken.linewise ? "\n" : "");
        this.cursor = buffer.insert(this.cursor, piece);
        return typed + piece;
      }
      case "\x16": {
        const literal = yield* this.key();
        this.cursor = buffer.insert(this.cursor, literal);
        return typed + literal;
      }
      case "\x0f": {
        this.#mode = "normal";
        yield* this.#normal();
        this.#mode = "insert";
        this.#showMode();
        return "";
      }
      case "<Paste>":
        return typed + (yield* this.#pasteText());
      case "<Del>":
        if (column < text.length) buffer.remove(this.cursor, { line, column: column + 1 });
        return typed;
      default:
        if (key.startsWith("<") && key.length > 1) {
          this.#insertArrow(key);
          return "";
        }
        if (key < " ") return typed;
        this.cursor = buffer.insert(this.cursor, key);
        if (/[-:}\]]/.test(key)) this.#reindentAfter(key);
        return typed + key;
    }
  }

  #softTab(text: string, column: number): number {
    const { expandtab, shiftwidth } = this.settings;
    const before = text.slice(0, column);
    if (
      !expandtab ||
      shiftwidth < 2 ||
      before.trim() !== "" ||
      column % shiftwidth !== 0 ||
      !before.endsWith(" ".repeat(shiftwidth))
    )
      return 1;
    return shiftwidth;
  }

  #insertArrow(key: string): void {
    const { line, column } = this.cursor;
    const { length } = this.buffer.line(line);
    const to: Readonly<Record<string, Spot>> = {
      "<Left>": { line, column: column - 1 },
      "<Right>": { line, column: Math.min(length, column + 1) },
      "<Up>": { line: line - 1, column },
      "<Down>": { line: line + 1, column },
      "<Home>": { line, column: 0 },
      "<End>": { line, column: length },
      "<PageUp>": { line: line - this.screen.height, column },
      "<PageDown>": { line: line + this.screen.height, column },
    };
    const spot = to[key];
    if (spot === undefined) return;
    this.cursor = spot;
    this.clamp();
  }

  /** Text between the marks of a bracketed paste goes in as it is. */
  *#pasteText(): Task<string> {
    let text = "";
    for (let key = yield* this.key(); key !== "<PasteEnd>"; key = yield* this.key()) text += key === "\r" ? "\n" : key;
    this.cursor = this.buffer.insert(this.cursor, text);
    return text;
  }

  *#replaceMode(): Task<void> {
    this.buffer.note(this.cursor);
    this.#changes = true;
    this.#mode = "replace";
    this.#showMode();
    const old = this.buffer.line(this.cursor.line);
    for (;;) {
      const key = yield* this.key();
      if (key === ESC || key === "\x03") break;
      const { line, column } = this.cursor;
      const text = this.buffer.line(line);
      if (key === "\x7f" || key === "\b") {
        if (column === 0) continue;
        this.buffer.lines[line] = text.slice(0, column - 1) + (old[column - 1] ?? "") + text.slice(column);
        this.cursor = { line, column: column - 1 };
      } else if (key === "\r" || key === "\n") this.cursor = this.buffer.insert(this.cursor, "\n");
      else if (key.length === 1 || !key.startsWith("<")) {
        this.buffer.lines[line] = text.slice(0, column) + key + text.slice(column + 1);
        this.buffer.changed();
        this.cursor = { line, column: column + key.length };
      }
    }
    this.#leaveInsert();
  }

  // --- visual mode ---

  get #isVisual(): boolean {
    return this.#mode === "visual" || this.#mode === "lines" || this.#mode === "block";
  }

  /** The rectangle between the two corners. */
  #block(): Block {
    const [a, b] = [this.#visualStart, this.cursor];
    return {
      top: Math.min(a.line, b.line),
      bottom: Math.max(a.line, b.line),
      left: Math.min(a.column, b.column),
      right: this.#wish === Infinity ? Infinity : Math.max(a.column, b.column),
    };
  }

  /** Keys on a rectangle; false where it is treated as any selection. */
  *#blockCommand(key: string): Task<boolean> {
    const { buffer } = this;
    const block = this.#block();
    const corner = { line: block.top, column: block.left };
    const begin = (): void => {
      buffer.note(this.cursor);
      this.#changes = true;
      this.#mode = "normal";
      this.#showMode();
      this.cursor = corner;
    };
    switch (key) {
      case "d":
      case "x":
      case "<Del>":
      case "y":
      case "c":
      case "s": {
        begin();
        this.#store({ lines: blockText(buffer, block), linewise: false, block: true }, key !== "y");
        if (key !== "y") changeBlock(buffer, block, () => "");
        if (key === "c" || key === "s") yield* this.#typeBlock(block, block.left, false);
        else this.moveTo(corner);
        return true;
      }
      case "I":
        begin();
        yield* this.#typeBlock(block, block.left, false);
        return true;
      case "A": {
        begin();
        const { length } = buffer.line(block.top);
        const column = Math.min(block.right + 1, Number.isFinite(block.right) ? Infinity : length);
        if (column > length) buffer.lines[block.top] = buffer.line(block.top).padEnd(column);
        yield* this.#typeBlock(block, column, true);
        return true;
      }
      case "r": {
        const char = yield* this.key();
        begin();
        changeBlock(buffer, block, (piece) => char.repeat(piece.length));
        return true;
      }
      case "u":
      case "U":
      case "~": {
        begin();
        const change = key === "u" ? lowered : key === "U" ? raised : swapped;
        changeBlock(buffer, block, change);
        return true;
      }
      case "O": {
        const { column } = this.#visualStart;
        this.#visualStart = { line: this.#visualStart.line, column: this.cursor.column };
        this.cursor = { line: this.cursor.line, column };
        return true;
      }
      default:
        return false;
    }
  }

  /** Insert mode on the first line of a rectangle; what was typed is repeated on the others. */
  *#typeBlock(block: Block, column: number, behind: boolean): Task<void> {
    const { buffer } = this;
    const [before, height] = [buffer.line(block.top), buffer.lines.length];
    this.cursor = { line: block.top, column };
    yield* this.#insertMode(1);
    const grown = buffer.line(block.top).length - before.length;
    if (buffer.lines.length !== height || grown <= 0) return;
    repeatTyped(buffer, block, buffer.line(block.top).slice(column, column + grown), behind);
    this.moveTo({ line: block.top, column: block.left });
  }

  #selection(): Selection {
    if (this.#mode === "block") {
      const { top, bottom, left, right } = this.#block();
      return [{ line: top, column: left }, { line: bottom, column: right }, true];
    }
    const [from, to] =
      compareSpots(this.#visualStart, this.cursor) <= 0
        ? [this.#visualStart, this.cursor]
        : [this.cursor, this.#visualStart];
    return this.#mode === "lines"
      ? [
          { line: from.line, column: 0 },
          { line: to.line, column: Infinity },
        ]
      : [from, to];
  }

  /** Keys that mean something else on a selection; true where one was taken. */
  *#visualCommand(key: string, count: number | undefined): Task<boolean> {
    if (this.#mode === "block" && (yield* this.#blockCommand(key))) return true;
    const linewise = this.#mode === "lines";
    const [from, to] = this.#selection();
    const leave = (): void => {
      this.#lastVisual = linewise ? "lines" : this.#mode === "block" ? "block" : "visual";
      this.buffer.marks.set("<", from);
      this.buffer.marks.set(">", { line: to.line, column: Math.min(to.column, this.buffer.line(to.line).length) });
      this.#mode = "normal";
      this.#showMode();
    };
    const apply = function* (this: Editor, operator: Operator, lines = linewise): Task<void> {
      leave();
      this.cursor = { line: from.line, column: from.column };
      // v$ takes the end of the line too.
      if (!lines && this.#wish === Infinity && to.line < this.buffer.last && operator !== "y") {
        yield* this.#operate(operator, from, { to: { line: to.line + 1, column: 0 } });
        return;
      }
      yield* this.#operate(operator, from, {
        to: { line: to.line, column: Math.min(to.column, Math.max(0, this.buffer.line(to.line).length - 1)) },
        linewise: lines,
        inclusive: this.buffer.line(to.line) !== "",
      });
    }.bind(this);
    switch (key) {
      case ESC:
      case "\x03":
        leave();
        return true;
      case "v":
      case "V":
      case "\x16": {
        const mode = VISUAL_MODES[key] ?? "visual";
        if (mode === this.#mode) leave();
        else {
          this.#mode = mode;
          this.#showMode();
        }
        return true;
      }
      case "o":
      case "O":
        [this.#visualStart, this.cursor] = [this.cursor, this.#visualStart];
        return true;
      case "d":
      case "x":
      case "<Del>":
        yield* apply("d");
        return true;
      case "D":
      case "X":
        yield* apply("d", true);
        return true;
      case "y":
        yield* apply("y");
        return true;
      case "Y":
        yield* apply("y", true);
        return true;
      case "c":
      case "s":
        yield* apply("c");
        return true;
      case "C":
      case "S":
      case "R":
        yield* apply("c", true);
        return true;
      case ">":
      case "<":
        for (let i = 1; i < (count ?? 1); i++)
          for (let line = from.line; line <= to.line; line++) this.shift(line, key === ">");
        yield* apply(key, true);
        return true;
      case "~":
        yield* apply("g~");
        return true;
      case "u":
      case "U":
        yield* apply(key === "u" ? "gu" : "gU");
        return true;
      case "J":
        leave();
        this.cursor = from;
        this.#join(Math.max(2, to.line - from.line + 1), true);
        return true;
      case "p":
      case "P": {
        const taken = this.fetch(this.#register);
        yield* apply("d");
        const kept = this.buffer.registers.get('"');
        if (taken !== undefined) this.buffer.registers.set('"', taken);
        this.#register = '"';
        const atEnd = this.cursor.column < from.column || (linewise && this.cursor.line < from.line);
        if (taken !== undefined && !linewise && taken.linewise) this.buffer.insert(from, "\n");
        this.#put(atEnd, 1);
        if (kept !== undefined) this.buffer.registers.set('"', kept);
        return true;
      }
      case "r": {
        const char = yield* this.key();
        leave();
        this.buffer.note(this.cursor);
        for (let line = from.line; line <= to.line; line++) {
          const text = this.buffer.line(line);
          const [start, end] = [
            line === from.line ? from.column : 0,
            line === to.line ? Math.min(text.length, to.column + 1) : text.length,
          ];
          this.buffer.lines[line] = text.slice(0, start) + char.repeat(Math.max(0, end - start)) + text.slice(end);
        }
        this.buffer.changed();
        this.moveTo(from);
        return true;
      }
      case "i":
      case "a": {
        const reach = motions.textObject(this.buffer, this.cursor, key === "a", yield* this.key());
        if (reach === undefined) return this.beep();
        this.#visualStart = reach.from ?? this.cursor;
        this.cursor =
          reach.inclusive || reach.linewise
            ? reach.to
            : { line: reach.to.line, column: Math.max(0, reach.to.column - 1) };
        if (reach.linewise) this.#mode = "lines";
        return true;
      }
      case ":":
        leave();
        yield* this.#exLine("'<,'>");
        return true;
      default:
        return false;
    }
  }

  // --- g, z, macros ---

  #gMotion(key: string, count: number | undefined): Reach | undefined {
    if (key === "g") return { to: motions.lineStart(this.buffer, (count ?? 1) - 1), linewise: true };
    if (key === "e" || key === "E") {
      let spot: Spot | undefined = this.cursor;
      for (let i = 0; i < (count ?? 1) && spot !== undefined; i++)
        spot = motions.previousWordEnd(this.buffer, spot, key === "E");
      return { to: spot ?? { line: 0, column: 0 }, inclusive: true };
    }
    if (key === "_")
      return {
        to: { line: this.cursor.line, column: Math.max(0, this.buffer.line(this.cursor.line).trimEnd().length - 1) },
        inclusive: true,
      };
    if (key === "j" || key === "k") return this.#vertical(key === "j" ? (count ?? 1) : -(count ?? 1));
    if (key === "0" || key === "^") return { to: { line: this.cursor.line, column: 0 } };
    return undefined;
  }

  *#gCommand(count: number | undefined): Task<void> {
    const key = yield* this.key();
    const reach = this.#gMotion(key, count);
    if (reach !== undefined) {
      this.buffer.marks.set("'", this.cursor);
      return this.moveTo(reach.to);
    }
    if (key === "J") return this.#join(Math.max(2, count ?? 2), false);
    if (key === "p" || key === "P") {
      const before = this.cursor.line;
      const height = this.buffer.lines.length;
      const linewise = this.fetch(this.#register)?.linewise === true;
      this.#put(key === "p", count ?? 1);
      // The cursor goes behind what was put.
      if (linewise) {
        const below = before + (key === "p" ? 1 : 0) + this.buffer.lines.length - height;
        this.moveTo({ line: Math.min(this.buffer.last, below), column: 0 });
      } else this.cursor = { line: this.cursor.line, column: this.cursor.column + 1 };
      return;
    }
    if (key === "&") return yield* this.ex.run("%&&");
    if (key === "~" || key === "u" || key === "U") return yield* this.#operatorPending(`g${key}`, count ?? 1, count);
    if (key === "v") {
      this.#visualStart = this.buffer.marks.get("<") ?? this.cursor;
      this.cursor = this.buffer.marks.get(">") ?? this.cursor;
      if (this.#lastVisual === undefined) return this.beep();
      this.#mode = this.#lastVisual;
      return this.#showMode();
    }
    if (key === "i") {
      this.cursor = this.buffer.marks.get("^") ?? this.cursor;
      return yield* this.#insertMode(1);
    }
    this.beep();
  }

  *#scrollCommand(): Task<void> {
    const key = yield* this.key();
    const { line } = this.cursor;
    if (key === "t" || key === "\r") this.screen.top = line;
    else if (key === "z" || key === ".") this.screen.top = Math.max(0, line - Math.floor(this.screen.height / 2));
    else if (key === "b" || key === "-") this.screen.top = Math.max(0, line - this.screen.height + 1);
    else this.beep();
  }

  *#recordMacro(): Task<void> {
    if (this.#macro !== undefined) {
      const { name, keys } = this.#macro;
      this.buffer.registers.set(name, { lines: [keys.slice(0, -1).join("")], linewise: false });
      this.#macro = undefined;
      return;
    }
    const name = yield* this.key();
    this.#macro = { name, keys: [] };
    this.message(`recording @${name}`);
  }

  *#runMacro(times: number): Task<void> {
    const name = yield* this.key();
    const taken = this.fetch(name === "@" ? "@" : name);
    if (taken === undefined) return this.beep();
    this.buffer.registers.set("@", taken);
    const keys = splitKeys(taken.lines.join("\n") + (taken.linewise ? "\n" : ""));
    for (let i = 0; i < times; i++) this.#replay.unshift(...keys);
  }

  // --- the command line ---

  *#exLine(start: string): Task<void> {
    const line = yield* this.readLine(":", start);
    if (line === undefined || line.trim() === "") return;
    yield* this.ex.run(line);
  }

  /** A line typed at the bottom; undefined where it was given up. */
  *readLine(prompt: string, start = "", hides = true): Task<string | undefined> {
    let text = start;
    let place = text.length;
    let at = this.#history.length;
    this.message("");
    const { screen } = this;
    screen.put(`${hides ? "\x1b[?25l" : ""}\x1b[${screen.rows};1H\x1b[K\x1b[${screen.rows};1H${prompt}${text}`);
    this.#commandLine = "";
    const show = (): void => {
      screen.put(`\x1b[${screen.rows};1H\x1b[K${prompt}${text}`);
      if (place < text.length) screen.goTo(screen.rows - 1, place + prompt.length);
    };
    try {
      for (;;) {
        if (!this.hasKeys) screen.put("\x1b[?25h");
        const key = yield* this.key();
        if (key === "\r" || key === "\n") {
          screen.put("\r");
          if (text !== "") this.#history.push(text);
          return text;
        }
        if (key === ESC || key === "\x03") return undefined;
        if (key === "\x7f" || key === "\b") {
          if (text === "") return undefined;
          if (place > 0) {
            text = text.slice(0, place - 1) + text.slice(place);
            place--;
          }
          show();
        } else if (key === "\x15") {
          text = text.slice(place);
          place = 0;
          show();
        } else if (key === "\x17") {
          const kept = text.slice(0, place).replace(/[^\s]*\s*$/, "");
          text = kept + text.slice(place);
          place = kept.length;
          show();
        } else if (
          key === "<Left>" ||
          key === "<Right>" ||
          key === "<Home>" ||
          key === "<End>" ||
          key === "\x02" ||
          key === "\x05"
        ) {
          place =
            key === "<Left>"
              ? Math.max(0, place - 1)
              : key === "<Right>"
                ? Math.min(text.length, place + 1)
                : key === "<End>" || key === "\x05"
                  ? text.length
                  : 0;
          show();
        } else if (key === "<Up>" || key === "<Down>") {
          at = Math.max(0, Math.min(this.#history.length, at + (key === "<Up>" ? -1 : 1)));
          text = this.#history[at] ?? "";
          place = text.length;
          show();
        } else if (key === "\x12") {
          const taken = this.fetch(yield* this.key());
          const piece = taken?.lines.join("\r") ?? "";
          text = text.slice(0, place) + piece + text.slice(place);
          place += piece.length;
          show();
        } else if (key === "<Paste>") {
          for (let one = yield* this.key(); one !== "<PasteEnd>"; one = yield* this.key()) {
            text = text.slice(0, place) + one + text.slice(place);
            place += one.length;
          }
          show();
        } else if (!key.startsWith("<") || key.length === 1) {
          text = text.slice(0, place) + key + text.slice(place);
          place += key.length;
          if (place === text.length) screen.put(key);
          else show();
        }
      }
    } finally {
      this.#commandLine = undefined;
      screen.forgetMessage();
    }
  }

  /** Waits for a key after output that filled the screen. */
  *hitEnter(): Task<void> {
    this.screen.put("\x1b[32mPress ENTER or type command to continue\x1b[?25h");
    this.screen.restoreCursor();
    this.#commandLine = "";
    const key = yield* this.key();
    this.#commandLine = undefined;
    this.screen.put("\x1b[?25l\x1b[m");
    if (key === ":") {
      this.screen.invalidate();
      const line = yield* this.readLine(":", "", false);
      if (line !== undefined && line.trim() !== "") yield* this.ex.run(line);
    } else this.screen.forget();
  }

  *suspend(): Task<void> {
    const { sys } = this.io;
    this.screen.stop(false);
    yield* this.io.flush();
    sys.kill(sys.pid, "SIGSTOP");
    yield* sys.rest();
    sys.tcsetattr(this.#fd, { icanon: false, echo: false, isig: false, icrnl: false, ixon: false });
    this.screen.start();
    this.screen.forget();
  }
}

/** Bytes from the terminal as keys: sequences have names, an escape alone is itself. */
export function splitKeys(text: string): string[] {
  const keys: string[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === ESC) {
      const sequence = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(text.slice(i + 1))?.[0];
      const name =
        sequence === undefined ? undefined : (SEQUENCES[sequence] ?? SEQUENCES[sequence.replace(/\d+;\d+/, "")]);
      if (name !== undefined && sequence !== undefined) {
        keys.push(name);
        i += 1 + sequence.length;
        continue;
      }
    }
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    keys.push(char);
    i += char.length;
  }
  return keys;
}
