// What less remembers, how it takes the terminal and gives it back, and how it speaks on the bottom line.

import { isErrno } from "../../kernel/errno.ts";
import type { Task, Termios } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import type { LessDocument } from "./document.ts";
import { Keyboard, keyName } from "./keys.ts";
import type { LessOptions } from "./options.ts";
import { Screen } from "./screen.ts";
import { type Place, View } from "./view.ts";

export class Less {
  readonly io: Io;
  readonly options: LessOptions;
  readonly files: readonly string[];
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  /** A less of Debian 13. */
  readonly modern: boolean;
  view: View;
  /** Which of the files is shown. */
  file = 0;
  /** The prompt names the file the first time. */
  isNew = true;
  /** The terminal as it was. */
  modes: Termios | undefined;
  started = false;
  /** Rows that d and u move, once they were told. */
  half: number | undefined;
  lastSearch: { pattern: string; backwards: boolean; inverted: boolean } | undefined;
  marks = new Map<string, Place>();
  /** How often the end was shown. */
  endHits = 0;
  lastBell = -1;
  /** Where the last jump came from (''). */
  previous: Place | undefined;
  /** Exit status, once less is to end. */
  status: number | undefined;

  constructor(io: Io, options: LessOptions, files: readonly string[], doc: LessDocument, tty: number) {
    this.io = io;
    this.options = options;
    this.files = files;
    this.keyboard = new Keyboard(io, tty);
    this.screen = new Screen(io);
    this.screen.resets = options.raw === "R";
    this.modern = toolProfile(io.sys).versions.less !== "590";
    this.view = this.makeView(doc);
  }

  makeView(doc: LessDocument): View {
    const view = new View(doc, this.screen, this.options);
    view.clearsRows = this.modern;
    return view;
  }

  measure(): void {
    const size = this.io.sys.windowSize(this.keyboard.fd);
    if (isErrno(size)) return;
    this.screen.rows = size.rows || 24;
    this.screen.columns = size.columns || 80;
  }

  rawMode(): void {
    const modes = this.io.sys.tcgetattr(this.keyboard.fd);
    if (isErrno(modes)) return;
    this.modes = { ...modes };
    this.io.sys.tcsetattr(this.keyboard.fd, { icanon: false, echo: false, icrnl: false });
  }

  /** Enters the other screen and the keypad's application mode. A single screen of -F is shown without either. */
  start(plain = false): void {
    this.started = !plain;
    if (this.started) {
      if (!this.options.noInit)
        this.screen.put(`\x1b[?1049h\x1b[22;0;0t${this.modern ? `\x1b[${this.screen.rows};1H` : ""}`);
      this.screen.put("\x1b[?1h\x1b=");
    }
    this.screen.put("\r");
  }

  stop(): void {
    if (this.started) {
      this.screen.put("\x1b[?1l\x1b>");
      if (!this.options.noInit) this.screen.put("\x1b[?1049l\x1b[23;0;0t");
    }
    this.started = false;
    if (this.modes !== undefined) this.io.sys.tcsetattr(this.keyboard.fd, this.modes);
  }

  /** A message on the bottom line; any key ends it, and all but RETURN and blank are obeyed. */
  *error(text: string): Task<void> {
    this.screen.clearBottom();
    this.screen.put(`\x1b[7m${text}  (press RETURN)\x1b[27m`);
    const event = yield* this.keyboard.next();
    if ("key" in event && !" \r\n".includes(event.key)) this.keyboard.unread(event.key);
    this.screen.lowerLeft();
    this.screen.put("\x1b[K");
    this.view.forwardPrompt = false;
  }

  bell(): void {
    this.screen.put("\x07");
  }

  /** The bell at an end of the text rings once a second at most. */
  endBell(): void {
    const second = Math.floor(this.io.sys.now() / 1000);
    if (second !== this.lastBell) this.bell();
    this.lastBell = second;
  }

  echo(key: string): void {
    const name = keyName(key);
    this.screen.put(`\x1b[K${name}${"\b".repeat(name.length)}${name}`);
  }

  /** A line typed at the bottom; undefined where it was given up. */
  *ask(prompt: string): Task<string | undefined> {
    this.screen.clearBottom();
    this.screen.put(prompt);
    let text = "";
    for (;;) {
      const event = yield* this.keyboard.next();
      if ("signal" in event) return undefined;
      const { key } = event;
      if (key === "\r" || key === "\n") {
        this.screen.clearBottom();
        return text;
      }
      if (key === "\x1b") return undefined;
      if (key === "\x7f" || key === "\b") {
        if (text === "") return undefined;
        const last = [...text].pop() ?? "";
        text = text.slice(0, -last.length);
        this.screen.put(`${"\b".repeat(keyName(last).length)}\x1b[K`);
      } else if (key === "\x15") {
        this.screen.put(`${"\b".repeat(text.length)}\x1b[K`);
        text = "";
      } else {
        text += key;
        this.echo(key);
      }
    }
  }
}
