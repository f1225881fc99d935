// The line editor: keys in, edited line out, in the way of readline's emacs mode.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { historyWords } from "../history.ts";
import { loadMore } from "../load.ts";
import { collectSignals, runTrap } from "../signals.ts";
import { Discard, type Shell } from "../state.ts";
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

type Outcome = "go" | "accept" | "end" | "interrupt";

/** One line being edited. */
class Session {
  readonly editor: Editor;
  readonly sh: Shell;
  text = "";
  point = 0;
  prompt: string;
  private readonly screen: Screen;
  /** Lines of the history, with what was changed in them; the last is the new line. */
  private readonly lines: string[];
  private at: number;
  private undo: { text: string; point: number }[] = [];
  private lastKind = "";
  private thisKind = "";
  private mark = 0;
  private lit: readonly [number, number] | undefined;
  /** In place of the prompt: a search. */
  private message: string | undefined;
  private argument: number | undefined;
  private overwrite = false;
  private yankAt = 0;
  private yankLength = 0;
  private lastArg = { index: 0, length: 0 };
  private completed = false;

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

  // --- keys ---

  /** One byte; undefined at the end of the input, "interrupt" after Ctrl-C. */
  private *byte(): Task<number | undefined | "interrupt"> {
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

  /** Keys that were read ahead. */
  private readonly queue: (string | undefined | "interrupt")[] = [];

  /** One key: a character, or an escape sequence as a whole. */
  private *key(): Task<string | undefined | "interrupt"> {
    if (this.queue.length > 0) return this.queue.shift();
    const first = yield* this.byte();
    if (first === undefined || first === "interrupt") return first;
    if (first === 0x1b) {
      const next = yield* this.key();
      if (next === undefined || next === "interrupt") return next;
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

  *run(): Task<Outcome> {
    for (;;) {
      const key = yield* this.key();
      if (key === undefined) return "end";
      if (key === "interrupt") return "interrupt";
      const outcome = yield* this.press(key);
      if (this.interrupted) return "interrupt";
      if (outcome !== "go") return outcome;
      if (this.argument === undefined || this.thisKind !== "argument") yield* this.show();
    }
  }

  private *press(key: string): Task<Outcome> {
    this.thisKind = "";
    if (this.lit !== undefined && this.message === undefined) {
      this.lit = undefined;
      if (key === "\r" || key === "\n") yield* this.show();
    }
    const digit =
      /^\x1b([0-9-])$/.exec(key)?.[1] ?? (this.lastKind === "argument" && /^[0-9]$/.test(key) ? key : undefined);
    if (digit !== undefined) {
      this.argument = digit === "-" ? -1 : (this.argument ?? 0) * 10 + Number(digit);
      this.thisKind = "argument";
      this.lastKind = "argument";
      return "go";
    }
    const count = this.argument ?? 1;
    const outcome = yield* this.command(key, count);
    this.argument = undefined;
    this.lastKind = this.thisKind;
    if (this.thisKind !== "complete") this.completed = false;
    return outcome;
  }

  private *command(key: string, count: number): Task<Outcome> {
    const repeat = (step: () => void) => {
      for (let i = 0; i < Math.min(Math.abs(count), 10_000); i++) step();
    };
    switch (key) {
      case "\r":
      case "\n":
        return "accept";
      case "\x0f":
        this.editor.nextAt = this.at + 1 < this.lines.length ? this.at + 1 : undefined;
        return "accept";
      case "\x04":
        if (this.text === "") return "end";
        if (this.point >= this.text.length) yield* this.bell();
        else this.erase(this.point, this.right(this.point));
        return "go";
      case "\x1b[3~":
        if (this.point >= this.text.length) yield* this.bell();
        else this.erase(this.point, this.right(this.point));
        return "go";
      case "\x01":
      case "\x1b[H":
      case "\x1bOH":
      case "\x1b[1~":
      case "\x1b[7~":
        this.point = 0;
        return "go";
      case "\x05":
      case "\x1b[F":
      case "\x1bOF":
      case "\x1b[4~":
      case "\x1b[8~":
        this.point = this.text.length;
        return "go";
      case "\x02":
      case "\x1b[D":
      case "\x1bOD":
        if (this.point === 0) yield* this.bell();
        repeat(() => {
          this.point = this.left(this.point);
        });
        return "go";
      case "\x06":
      case "\x1b[C":
      case "\x1bOC":
        if (this.point === this.text.length) yield* this.bell();
        repeat(() => {
          this.point = this.right(this.point);
        });
        return "go";
      case "\x1bb":
      case "\x1b[1;5D":
      case "\x1b[1;3D":
      case "\x1b\x1b[D":
        repeat(() => {
          this.point = this.wordBack(this.point);
        });
        return "go";
      case "\x1bf":
      case "\x1b[1;5C":
      case "\x1b[1;3C":
      case "\x1b\x1b[C":
        repeat(() => {
          this.point = this.wordForward(this.point);
        });
        return "go";
      case "\x7f":
      case "\b":
        if (this.point === 0) yield* this.bell();
        else repeat(() => this.erase(this.left(this.point), this.point));
        return "go";
      case "\x0b":
        this.kill(this.point, this.text.length, false);
        return "go";
      case "\x15":
        if (this.point === 0) yield* this.bell();
        else this.kill(0, this.point, true);
        return "go";
      case "\x17": {
        const head = this.text.slice(0, this.point);
        if (head === "") yield* this.bell();
        else this.kill(head.replace(/\S*\s*$/, "").length, this.point, true);
        return "go";
      }
      case "\x1bd":
        this.kill(this.point, this.wordForward(this.point), false);
        return "go";
      case "\x1b\x7f":
      case "\x1b\b":
        this.kill(this.wordBack(this.point), this.point, true);
        return "go";
      case "\x19":
        yield* this.yank();
        return "go";
      case "\x1by":
        yield* this.yankPop();
        return "go";
      case "\x14":
        yield* this.transpose();
        return "go";
      case "\x1bu":
      case "\x1bl":
      case "\x1bc":
        this.changeCase(key[1] as string);
        return "go";
      case "\x0c":
        yield* this.clear();
        return "go";
      case "\x10":
      case "\x1b[A":
      case "\x1bOA":
        yield* this.move(-count);
        return "go";
      case "\x0e":
      case "\x1b[B":
      case "\x1bOB":
        yield* this.move(count);
        return "go";
      case "\x1b<":
        yield* this.goTo(0);
        return "go";
      case "\x1b>":
        yield* this.goTo(this.lines.length - 1);
        return "go";
      case "\x12":
        return yield* this.search(-1);
      case "\x13":
        return yield* this.search(1);
      case "\x1b.":
      case "\x1b_":
        yield* this.yankLastArg();
        return "go";
      case "\x1f":
      case "\x18":
        return yield* this.control(key);
      case "\x1br":
        this.revert();
        return "go";
      case "\x1b#":
        this.change(`#${this.text}`, 0);
        return "accept";
      case "\x1b\\": {
        const before = this.text.slice(0, this.point).replace(/[ \t]+$/, "");
        this.change(before + this.text.slice(this.point).replace(/^[ \t]+/, ""), before.length);
        return "go";
      }
      case "\x16":
      case "\x11": {
        const next = yield* this.key();
        if (next !== undefined && next !== "interrupt") this.insert(next);
        return "go";
      }
      case "\x1d": {
        const next = yield* this.key();
        const found = next === undefined ? -1 : this.text.indexOf(next, this.point + 1);
        if (found < 0) yield* this.bell();
        else this.point = found;
        return "go";
      }
      case "\x00":
        this.mark = this.point;
        return "go";
      case "\t":
        return yield* this.complete();
      case "\x1b?":
      case "\x1b=":
        yield* this.list();
        return "go";
      case "\x1b*":
        yield* this.insertAll();
        return "go";
      case "\x1b[200~":
        yield* this.paste();
        return "go";
      case "\x1b[2~":
        this.overwrite = !this.overwrite;
        return "go";
      case "\x07":
        yield* this.bell();
        return "go";
      default:
        if (key.startsWith("\x1b") || key.charCodeAt(0) < 32) {
          if (!/^\x1b[[O]/.test(key)) yield* this.bell();
          return "go";
        }
        yield* this.typed(key, count);
        return "go";
    }
  }

  /** Characters that wait already are put in together, as readline does. */
  private *typed(key: string, count: number): Task<void> {
    let text = key.repeat(Math.max(1, Math.min(count, 1000)));
    while (count === 1 && this.queue.length === 0 && this.sh.sys.readable(0) && text.length < 512) {
      const next = yield* this.key();
      if (
        next !== undefined &&
        next !== "interrupt" &&
        !next.startsWith("\x1b") &&
        next.charCodeAt(0) >= 32 &&
        next !== "\x7f"
      )
        text += next;
      else this.queue.push(next);
    }
    this.insert(text);
  }

  *bell(): Task<void> {
    yield* this.write("\x07");
  }

  // --- text ---

  private left(at: number): number {
    if (at <= 0) return 0;
    const low = this.text.charCodeAt(at - 1);
    return low >= 0xdc00 && low < 0xe000 && at > 1 && /[\ud800-\udbff]/.test(this.text[at - 2] as string)
      ? at - 2
      : at - 1;
  }

  private right(at: number): number {
    const code = this.text.codePointAt(at);
    return code === undefined ? at : at + (code > 0xffff ? 2 : 1);
  }

  private wordBack(at: number): number {
    return this.text.slice(0, at).replace(/[\p{L}\p{N}]*[^\p{L}\p{N}]*$/u, "").length;
  }

  private wordForward(at: number): number {
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

  private erase(from: number, to: number): void {
    this.change(this.text.slice(0, from) + this.text.slice(to), from);
  }

  /** Cuts into the kill ring; cuts in a row go together. */
  private kill(from: number, to: number, backward: boolean): void {
    const cut = this.text.slice(from, to);
    const { kills } = this.editor;
    if (cut !== "") {
      if (this.lastKind === "kill" && kills.length > 0) kills[0] = backward ? cut + kills[0] : kills[0] + cut;
      else kills.unshift(cut);
      kills.length = Math.min(kills.length, 60);
      this.erase(from, to);
    }
    this.thisKind = "kill";
  }

  private *yank(): Task<void> {
    const text = this.editor.kills[0];
    if (text === undefined) {
      yield* this.bell();
      return;
    }
    this.yankAt = 0;
    this.yankLength = text.length;
    this.change(this.text.slice(0, this.point) + text + this.text.slice(this.point), this.point + text.length);
    this.thisKind = "yank";
  }

  private *yankPop(): Task<void> {
    const { kills } = this.editor;
    if (this.lastKind !== "yank" || kills.length === 0) {
      yield* this.bell();
      return;
    }
    this.yankAt = (this.yankAt + 1) % kills.length;
    const text = kills[this.yankAt] as string;
    const from = this.point - this.yankLength;
    this.change(this.text.slice(0, from) + text + this.text.slice(this.point), from + text.length);
    this.yankLength = text.length;
    this.thisKind = "yank";
  }

  private *yankLastArg(): Task<void> {
    const { history } = this.sh.state;
    const again = this.lastKind === "last-arg";
    const index = again ? this.lastArg.index + 1 : 1;
    const entry = history[history.length - index];
    const word =
      entry === undefined
        ? undefined
        : this.argument === undefined
          ? historyWords(entry).at(-1)
          : historyWords(entry)[this.argument];
    if (word === undefined) {
      if (again) this.erase(this.point - this.lastArg.length, this.point);
      yield* this.bell();
      return;
    }
    const from = again ? this.point - this.lastArg.length : this.point;
    this.change(this.text.slice(0, from) + word + this.text.slice(this.point), from + word.length);
    this.lastArg = { index, length: word.length };
    this.thisKind = "last-arg";
  }

  private *transpose(): Task<void> {
    const at = this.point === this.text.length ? this.left(this.point) : this.point;
    const from = this.left(at);
    if (at === 0 || this.text.length < 2) {
      yield* this.bell();
      return;
    }
    const to = this.right(at);
    this.change(
      this.text.slice(0, from) + this.text.slice(at, to) + this.text.slice(from, at) + this.text.slice(to),
      to,
    );
  }

  private changeCase(kind: string): void {
    const end = this.wordForward(this.point);
    const word = this.text.slice(this.point, end);
    const first = word.search(/[\p{L}\p{N}]/u);
    const changed =
      kind === "u"
        ? word.toUpperCase()
        : kind === "l"
          ? word.toLowerCase()
          : word.slice(0, first) + word.charAt(first).toUpperCase() + word.slice(first + 1).toLowerCase();
    this.change(this.text.slice(0, this.point) + changed + this.text.slice(end), end);
  }

  private *undoOne(): Task<void> {
    const last = this.undo.pop();
    if (last === undefined) yield* this.bell();
    else {
      this.text = last.text;
      this.point = last.point;
      this.lines[this.at] = last.text;
    }
  }

  private revert(): void {
    const first = this.undo[0];
    if (first === undefined) return;
    this.undo = [];
    this.text = first.text;
    this.point = first.point;
  }

  /** Ctrl-_ and the Ctrl-X keys. */
  private *control(key: string): Task<Outcome> {
    if (key === "\x1f") {
      yield* this.undoOne();
      return "go";
    }
    const next = yield* this.key();
    if (next === "\x15") yield* this.undoOne();
    else if (next === "\x18") [this.point, this.mark] = [Math.min(this.mark, this.text.length), this.point];
    else if (next === "\x7f") this.kill(0, this.point, true);
    else if (next === "\x05") return yield* this.editOutside();
    else yield* this.bell();
    return "go";
  }

  /** Ctrl-X Ctrl-E: the line in an editor; what comes back is run. */
  private *editOutside(): Task<Outcome> {
    this.editor.kills = [...this.editor.kills];
    const line = this.text;
    this.change(`fc -e "\${VISUAL:-\${EDITOR:-vi}}"`, 0);
    this.sh.state.history.push(line);
    return "accept";
  }

  private *clear(): Task<void> {
    yield* this.write("\x1b[H\x1b[2J");
    yield* this.fresh();
  }

  private *paste(): Task<void> {
    let text = "";
    while (!text.endsWith("\x1b[201~")) {
      const got = yield* this.byte();
      if (got === undefined || got === "interrupt") return;
      text += String.fromCharCode(got);
    }
    const bytes = Uint8Array.from(text.slice(0, -6), (c) => c.charCodeAt(0));
    const from = this.point;
    this.insert(decode(bytes).replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
    this.thisKind = "paste";
    // What was pasted is shown inverse until the next key.
    if (this.point > from) this.lit = [from, this.point];
  }

  // --- history ---

  private *goTo(index: number): Task<void> {
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

  private *move(step: number): Task<void> {
    yield* this.goTo(this.at + step);
  }

  /** Begins where Ctrl-O left off. */
  *startAt(index: number): Task<void> {
    yield* this.goTo(index);
  }

  /** Incremental search. */
  private *search(direction: 1 | -1): Task<Outcome> {
    const start = { text: this.text, point: this.point, at: this.at };
    let step = direction;
    let wanted = "";
    let failed = false;
    const place = { at: this.at, from: this.point };
    this.lines[this.at] = this.text;
    const name = () => `(${failed ? "failed " : ""}${step < 0 ? "reverse-" : ""}i-search)\`${wanted}': `;
    const find = (at: number, from: number): boolean => {
      for (let i = at, first = true; i >= 0 && i < this.lines.length; i += step, first = false) {
        const line = this.lines[i] as string;
        const found =
          step < 0
            ? first
              ? line.lastIndexOf(wanted, from)
              : line.lastIndexOf(wanted)
            : first
              ? line.indexOf(wanted, from)
              : line.indexOf(wanted);
        if (found < 0 || (first && step < 0 && from < 0)) continue;
        if (i !== this.at && line === this.text && i !== at) continue;
        Object.assign(place, { at: i, from: found });
        this.at = i;
        this.text = line;
        this.point = found;
        this.lit = [found, found + wanted.length];
        return true;
      }
      return false;
    };
    const leave = () => {
      this.message = undefined;
      this.lit = undefined;
      if (wanted !== "") this.editor.lastSearch = wanted;
    };
    for (;;) {
      this.message = name();
      yield* this.show();
      const key = yield* this.key();
      if (key === undefined || key === "interrupt") {
        leave();
        return key === undefined ? "end" : "interrupt";
      }
      if (key === "\x07") {
        leave();
        Object.assign(this, start);
        return "go";
      }
      if (key === "\x12" || key === "\x13") {
        step = key === "\x12" ? -1 : 1;
        if (wanted === "") wanted = this.editor.lastSearch;
        if (wanted === "") continue;
        failed = !find(place.at, place.from + (this.lit === undefined ? 0 : step));
        if (failed) yield* this.bell();
      } else if (key === "\x7f" || key === "\b") {
        if (wanted === "") {
          yield* this.bell();
          continue;
        }
        wanted = wanted.slice(0, -1);
        Object.assign(place, { at: start.at, from: start.point });
        this.text = start.text;
        this.at = start.at;
        this.point = start.point;
        this.lit = undefined;
        failed = wanted !== "" && !find(start.at, start.text.length);
      } else if (key.length <= 2 && key.charCodeAt(0) >= 32) {
        wanted += key;
        failed = !find(place.at, place.from);
        if (failed) yield* this.bell();
      } else {
        leave();
        if (key === "\x1b" || key === "\n") return key === "\n" ? "accept" : "go";
        if (key === "\r") {
          yield* this.show();
          return "accept";
        }
        yield* this.show();
        return yield* this.command(key, 1);
      }
    }
  }

  // --- completion ---

  private *complete(): Task<Outcome> {
    const again = this.lastKind === "complete" && !this.completed;
    this.thisKind = "complete";
    if (again) {
      yield* this.list();
      this.thisKind = "complete";
      return "go";
    }
    const found = yield* (yield* loadMore(this.sh)).findCompletions(this.sh, this.text, this.point);
    this.completed = false;
    if (found === undefined || found.matches.length === 0) {
      yield* this.bell();
      return "go";
    }
    const before = this.text;
    if (found.insert !== this.text.slice(found.start, this.point) && found.insert !== "") {
      const rest = this.text.slice(this.point);
      // A closing quote or slash that stands there already is not put in twice.
      const extra = found.matches.length === 1 ? found.append : "";
      const skip = extra !== "" && rest.startsWith(extra) ? extra.length : 0;
      this.change(
        this.text.slice(0, found.start) + found.insert + extra + rest.slice(skip),
        found.start + found.insert.length + extra.length,
      );
    } else if (found.matches.length === 1 && found.append !== "") {
      this.change(
        this.text.slice(0, this.point) + found.append + this.text.slice(this.point),
        this.point + found.append.length,
      );
    }
    this.completed = this.text !== before;
    this.thisKind = "complete";
    if (found.matches.length > 1) yield* this.bell();
    return "go";
  }

  private *list(): Task<void> {
    const found = yield* (yield* loadMore(this.sh)).findCompletions(this.sh, this.text, this.point);
    if (found === undefined || found.matches.length === 0) {
      yield* this.bell();
      return;
    }
    yield* this.write(moveToEnd(this.screen));
    const { listMatches } = yield* loadMore(this.sh);
    const shown = yield* listMatches(found, this.screen.columns, this.windowRows(), {
      write: (text) => this.write(text),
      key: () => this.key(),
    });
    if (shown === "interrupt") this.interrupted = true;
    yield* this.fresh();
  }

  interrupted = false;

  private windowRows(): number {
    const size = this.sh.sys.windowSize(0);
    return isErrno(size) ? 24 : size.rows;
  }

  private *insertAll(): Task<void> {
    const found = yield* (yield* loadMore(this.sh)).findCompletions(this.sh, this.text, this.point);
    if (found === undefined || found.matches.length === 0) {
      yield* this.bell();
      return;
    }
    const all = `${found.matches.map((match) => match.insert).join(" ")} `;
    this.change(this.text.slice(0, found.start) + all + this.text.slice(this.point), found.start + all.length);
  }

  /** Leaves the line: the cursor goes below it. */
  *leave(): Task<void> {
    yield* this.write(moveToEnd(this.screen));
  }

  get row(): number {
    return this.screen.row;
  }
}

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l\r";

/** Reads one line with editing: its text with a newline, or undefined at the end of the input. Ctrl-C gives up the command. */
export function* editLine(editor: Editor, prompt: string): Task<string | undefined> {
  const { sh } = editor;
  const { sys } = sh;
  const modes = sys.tcgetattr(0);
  sys.tcsetattr(0, { icanon: false, echo: false, icrnl: false, ixon: false });
  const session = new Session(editor, prompt);
  const restore = () => {
    if (!isErrno(modes)) sys.tcsetattr(0, modes);
  };
  yield* session.write(PASTE_ON);
  if (editor.nextAt !== undefined && editor.nextAt < sh.state.history.length) yield* session.startAt(editor.nextAt);
  editor.nextAt = undefined;
  yield* session.fresh();
  let outcome: Outcome;
  try {
    outcome = yield* session.run();
  } catch (jump) {
    restore();
    throw jump;
  }
  if (outcome === "interrupt") {
    yield* session.write(`^C${PASTE_OFF}${PASTE_ON}${PASTE_OFF}`);
    restore();
    const trap = sh.state.traps.get("SIGINT");
    if (trap !== undefined && trap !== "") yield* runTrap(sh, "SIGINT", trap);
    yield* session.write("\n");
    throw new Discard(130);
  }
  if (outcome === "accept") {
    yield* session.leave();
    yield* session.write("\n");
  }
  yield* session.write(PASTE_OFF);
  restore();
  if (outcome === "end") {
    yield* session.write("\n");
    return undefined;
  }
  return `${session.text}\n`;
}
