// One input searched by grep: lines in, selected lines with prefixes, context and colours out.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";
import type { Colors } from "./colors.ts";
import type { LineMatcher } from "./matcher.ts";
import type { Settings } from "./options.ts";

/** What lasts from one file to the next. */
export interface Printer {
  readonly io: Io;
  readonly settings: Settings;
  readonly matcher: LineMatcher;
  readonly colors: Colors;
  /** Whether a group of lines was printed, so that the next needs a separator before it. */
  printed: boolean;
  withName: boolean;
}

/** Counts the selected lines of an open input and prints what the options ask for. */
export function* searchFile(printer: Printer, fd: number, name: string): Task<number | Errno> {
  return yield* new Search(printer, name).run(fd);
}

class Search {
  readonly #printer: Printer;
  readonly #name: string;
  #selected = 0;
  #line = 0;
  #offset = 0;
  #after = 0;
  #held: { text: string; line: number; offset: number }[] = [];
  /** Number of the last line printed, to see where a gap is. */
  #last = -1;
  #silent: boolean;
  #stopAtFirst: boolean;
  #binaryFrom = -1;
  #badOutput = false;
  #done = false;

  constructor(printer: Printer, name: string) {
    this.#printer = printer;
    this.#name = name;
    const { settings } = printer;
    this.#silent = settings.quiet || settings.count || settings.list !== "";
    this.#stopAtFirst = settings.quiet || settings.list !== "";
  }

  *run(fd: number): Task<number | Errno> {
    const { io, settings } = this.#printer;
    let carry: Uint8Array = new Uint8Array(0);
    const end = settings.end === "\n" ? 10 : 0;
    while (!this.#done && !(settings.max === 0)) {
      const bytes = yield* io.read(fd);
      if (isErrno(bytes)) {
        // A folder has no line that fits, all the same.
        if (settings.list === "L") this.#finish();
        return bytes;
      }
      const isLast = bytes.length === 0;
      if (!isLast && !this.#lookForNulls(bytes)) return 0;
      const cut = isLast ? -1 : bytes.lastIndexOf(end);
      if (!isLast && cut < 0) {
        carry = concat([carry, bytes]);
        continue;
      }
      const block = isLast
        ? carry
        : carry.length > 0
          ? concat([carry, bytes.subarray(0, cut + 1)])
          : bytes.subarray(0, cut + 1);
      carry = isLast ? carry : bytes.slice(cut + 1);
      if (block.length > 0) yield* this.#searchBlock(block);
      if (isLast) break;
      if (io.writeError !== undefined) break;
      if (io.sys.due()) yield* io.sys.rest();
    }
    this.#finish();
    return this.#selected;
  }

  /** A zero byte makes the input binary: nothing of it is shown. False where it is skipped altogether. */
  #lookForNulls(bytes: Uint8Array): boolean {
    const { settings } = this.#printer;
    if (settings.end === "\0" || settings.binary === "text" || this.#binaryFrom >= 0 || !bytes.includes(0)) return true;
    if (settings.binary === "without-match") return false;
    if (!settings.count) {
      this.#silent = true;
      this.#stopAtFirst = true;
    }
    this.#binaryFrom = this.#selected;
    return true;
  }

  *#searchBlock(block: Uint8Array): Task<void> {
    const { io, settings } = this.#printer;
    let text = decode(block);
    if (text.endsWith(settings.end)) text = text.slice(0, -1);
    const lines = this.#binaryFrom >= 0 ? text.split(/[\n\0]/) : text.split(settings.end);
    for (let i = 0; i < lines.length && !this.#done; i++) {
      this.#take(lines[i] ?? "");
      if (io.full) yield* io.drain();
      if ((i & 255) === 255 && io.sys.due()) yield* io.sys.rest();
    }
  }

  #take(text: string): void {
    const { settings, matcher } = this.#printer;
    this.#line += 1;
    const here = { text, line: this.#line, offset: this.#offset };
    if (this.#needsOffset()) this.#offset += encode(text).length + 1;
    const isSelected = this.#selected < settings.max && matcher.test(text) !== settings.invert;
    if (isSelected) {
      this.#selected += 1;
      this.#select(here);
      if (this.#stopAtFirst) this.#done = true;
      if (this.#selected >= settings.max && settings.after === 0) this.#done = true;
      this.#after = settings.after;
      return;
    }
    if (this.#after > 0) {
      this.#after -= 1;
      if (!this.#silent) this.#print(here, "-");
      if (this.#after === 0 && this.#selected >= settings.max) this.#done = true;
      return;
    }
    if (settings.before > 0 && !this.#silent) {
      this.#held.push(here);
      if (this.#held.length > settings.before) this.#held.shift();
    }
  }

  #needsOffset(): boolean {
    return this.#printer.io.has("b");
  }

  #select(here: { text: string; line: number; offset: number }): void {
    if (this.#silent) return;
    const { settings, io, colors } = this.#printer;
    const first = this.#held[0]?.line ?? here.line;
    if (settings.separator !== undefined && (this.#printer.printed || this.#last >= 0) && this.#last !== first - 1) {
      io.print(`${colors.separator(settings.separator)}\n`);
    }
    for (const held of this.#held) this.#print(held, "-");
    this.#held = [];
    this.#print(here, ":");
  }

  #print(here: { text: string; line: number; offset: number }, sign: ":" | "-"): void {
    const { settings, io, colors, matcher } = this.#printer;
    this.#last = here.line;
    this.#printer.printed = true;
    const isMatch = sign === ":";
    const wantsParts = isMatch !== settings.invert;
    if (settings.only) {
      if (settings.invert || !isMatch) return;
      for (let from = 0; ; ) {
        const span = matcher.find(here.text, from);
        if (span === undefined) return;
        if (span[1] > span[0]) {
          const part = here.text.slice(span[0], span[1]);
          if (this.#isBad(part)) return;
          const offset = io.has("b") ? here.offset + encode(here.text.slice(0, span[0])).length : 0;
          io.print(`${this.#head(here.line, offset, sign)}${colors.match(part, true)}${settings.end}`);
        }
        from = span[1] > span[0] ? span[1] : span[0] + 1;
        if (from > here.text.length) return;
      }
    }
    if (this.#isBad(here.text)) return;
    const text = settings.color ? colors.line(here.text, wantsParts ? matcher : undefined, isMatch) : here.text;
    io.print(`${this.#head(here.line, here.offset, sign)}${text}${settings.end}`);
  }

  /** A line that is not UTF-8 makes the input binary where it would be shown. */
  #isBad(text: string): boolean {
    if (this.#printer.settings.binary === "text" || text.isWellFormed()) return false;
    this.#badOutput = true;
    return true;
  }

  /** Name, line number and offset before a line. */
  #head(line: number, offset: number, sign: ":" | "-"): string {
    const { io, colors } = this.#printer;
    const aligned = io.has("T");
    let head = "";
    if (this.#printer.withName) head += colors.name(this.#name) + (io.has("Z") ? "\0" : colors.sign(sign));
    const number = (value: number, width: number) => String(value).padStart(aligned ? width : 0);
    if (io.has("n")) head += colors.number(number(line, 4)) + colors.sign(sign);
    if (io.has("b")) head += colors.number(number(offset, 4)) + colors.sign(sign);
    // The tab comes before the last sign, so that what follows starts at a tab stop.
    if (aligned && head !== "") head = `${head.slice(0, head.length - colors.sign(sign).length)}${colors.sign(sign)}\t`;
    return head;
  }

  #finish(): void {
    const { settings, io, colors } = this.#printer;
    const ending = io.has("Z") ? "\0" : "\n";
    if (settings.count && !settings.quiet && settings.list === "") {
      if (this.#printer.withName) io.print(colors.name(this.#name) + (io.has("Z") ? "\0" : colors.sign(":")));
      io.print(`${this.#selected}\n`);
    }
    const isBinary = this.#badOutput || (this.#binaryFrom >= 0 && this.#binaryFrom < this.#selected);
    const wantsNotice = settings.binary === "binary" && !settings.quiet && !settings.count && settings.list === "";
    if (isBinary && wantsNotice && !settings.silentErrors) io.warn(`${this.#name}: binary file matches`);
    if (settings.list !== "" && !settings.quiet && (settings.list === "l") === this.#selected > 0) {
      io.print(colors.name(this.#name) + ending);
    }
  }
}
