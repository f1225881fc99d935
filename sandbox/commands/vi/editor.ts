// vi: what is being edited, where the cursor stands, in which mode, and the loop of its commands.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import type { Io } from "../define.ts";
import { Buffer, type Spot } from "./buffer.ts";
import { runEx } from "./ex/ex.ts";
import type { Substitution } from "./ex/substitute.ts";
import { ESC, Keys, splitKeys } from "./keys.ts";
import { MODE_NAMES, type Mode } from "./modes.ts";
import { normalCommand } from "./normal.ts";
import type { Screen } from "./screen.ts";
import { selectionOf } from "./visual.ts";

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

/** Thrown where a command cannot be carried out: what was typed ahead of it is void. */
class Beep {}

export class Editor {
  readonly io: Io;
  readonly buffer = new Buffer();
  readonly screen: Screen;
  readonly settings: Settings;
  readonly keys = new Keys();
  /** The terminal. */
  readonly fd: number;
  cursor: Spot = { line: 0, column: 0 };
  /** The column that moves up and down want. */
  wish = 0;
  mode: Mode = "normal";
  visualStart: Spot = { line: 0, column: 0 };
  /** How the last selection was made, for `gv`. */
  lastVisual: "visual" | "lines" | "block" | undefined;
  /** The command changes the text: the dot will repeat it. */
  changes = false;
  /** What `;` and `,` look for. */
  find: { char: string; kind: "f" | "F" | "t" | "T" } | undefined;
  searchForward = true;
  /** The register that the command names. */
  register = '"';
  /** A line is being typed at the bottom. */
  commandLine: string | undefined;
  /** Lines that were typed there. */
  readonly history: string[] = [];
  /** Whether the names of files choose settings, as vim's defaults have it. */
  filetypes = false;
  /** Exit status once the editor is to end. */
  done: number | undefined;
  /** The command line ended with a message still to be seen. */
  leftMessage = false;
  file: string | undefined;
  lastPattern: Regex | undefined;
  lastPatternText = "";
  /** What `&` does again. */
  lastSubstitution: Substitution | undefined;
  #started = false;

  constructor(io: Io, screen: Screen, settings: Settings, fd: number) {
    this.io = io;
    this.screen = screen;
    this.settings = settings;
    this.fd = fd;
  }

  *run(): Task<number> {
    while (this.done === undefined) {
      this.keys.record = [];
      this.changes = false;
      try {
        yield* this.normalCommand();
      } catch (problem) {
        if (!(problem instanceof Beep)) throw problem;
        this.keys.replay = [];
        if (!this.isVisual && this.mode !== "normal") this.mode = "normal";
      }
      this.buffer.settle();
      if (this.keys.replay.length === 0) this.keys.replaying = false;
      if (this.changes && !this.keys.replaying) this.keys.dot = this.keys.record;
      this.clamp();
    }
    return this.done;
  }

  normalCommand(): Task<void> {
    return normalCommand(this);
  }

  /** Runs a line as if typed behind a colon. */
  ex(line: string): Task<void> {
    return runEx(this, line);
  }

  /** Runs keys as if typed in normal mode (:normal); what they leave unfinished is given up. */
  *normal(keys: string): Task<void> {
    const waiting = this.keys.replay;
    this.keys.replay = [...splitKeys(keys), ESC];
    try {
      while (this.keys.replay.length > 0) yield* this.normalCommand();
    } catch (problem) {
      if (!(problem instanceof Beep)) throw problem;
    }
    this.mode = "normal";
    this.keys.replay = waiting;
    this.clamp();
  }

  redraw(): void {
    const selection = this.isVisual ? selectionOf(this) : undefined;
    if (this.commandLine !== undefined) return;
    this.screen.draw(this.buffer, this.cursor, this.settings, selection);
  }

  /** Whether keys are waiting, so that nothing needs to be drawn yet. */
  get hasKeys(): boolean {
    return this.keys.waiting;
  }

  *key(): Task<string> {
    for (;;) {
      const key = this.keys.take();
      if (key !== undefined) return key;
      yield* this.#readKeys();
    }
  }

  *#readKeys(): Task<void> {
    this.redraw();
    yield* this.io.flush();
    const bytes = yield* this.io.sys.read(this.fd);
    const signal = this.io.sys.takeSignal();
    if (signal === "SIGWINCH") {
      this.resize();
      return;
    }
    if (isErrno(bytes) && bytes.code === "EINTR") return;
    if (isErrno(bytes) || bytes.length === 0) {
      this.done = 1;
      this.keys.type(ESC);
      throw new Beep();
    }
    if (!this.#started) this.screen.put("\x1b[?2004l\x1b[>4;m\x1b[?2004h\x1b[>4;2m");
    this.#started = true;
    this.keys.type(decode(bytes));
  }

  resize(): void {
    const size = this.io.sys.windowSize(this.fd);
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
    this.keys.replay = [];
  }

  beep(): never {
    throw new Beep();
  }

  clamp(): void {
    const line = Math.max(0, Math.min(this.cursor.line, this.buffer.last));
    const { length } = this.buffer.line(line);
    const max =
      this.mode === "insert" || this.mode === "replace" ? length : this.mode === "visual" ? length : length - 1;
    this.cursor = { line, column: Math.max(0, Math.min(this.cursor.column, max)) };
  }

  moveTo(spot: Spot): void {
    this.cursor = spot;
    this.clamp();
    this.wish = this.cursor.column;
  }

  get isVisual(): boolean {
    return this.mode === "visual" || this.mode === "lines" || this.mode === "block";
  }

  showMode(): void {
    if (!this.settings.showmode) return;
    const name = MODE_NAMES[this.mode];
    const paste = this.settings.paste && (this.mode === "insert" || this.mode === "replace") ? "(paste) " : "";
    this.message(name === "" ? "" : `\x1b[1m-- ${paste === "" ? name : `${name} ${paste.trim()}`} --\x1b[m`);
  }

  *suspend(): Task<void> {
    const { sys } = this.io;
    this.screen.stop(false);
    yield* this.io.flush();
    sys.kill(sys.pid, "SIGSTOP");
    yield* sys.rest();
    sys.tcsetattr(this.fd, { icanon: false, echo: false, isig: false, icrnl: false, ixon: false });
    this.screen.start();
    this.screen.forget();
  }
}
