// csplit: cuts a file at line numbers and at lines that match.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode, encode } from "../kernel/text.ts";
import { formatInteger } from "../lib/printf.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { compile, isRegexError, type Regex } from "../lib/regex/regex.ts";
import { defineCommand, type Io } from "./define.ts";

/** Where to cut: at a line, or at one that matches; `%…%` throws away what stands before it. */
interface Cut {
  readonly text: string;
  readonly line: number;
  readonly regex: Regex | undefined;
  readonly offset: number;
  readonly skip: boolean;
  /** How often more. */
  readonly repeat: number;
}

function* parseCuts(io: Io, words: readonly string[]): Task<Cut[]> {
  const cuts: Cut[] = [];
  for (const [at, text] of words.entries()) {
    if (/^\{(?:\d+|\*)\}$/.test(text) && at > 0) continue;
    const next = /^\{(\d+|\*)\}$/.exec(words[at + 1] ?? "")?.[1] ?? "0";
    const repeat = next === "*" ? Infinity : Number(next);
    const mark = text[0] ?? "";
    if (mark !== "/" && mark !== "%") {
      if (!/^\d+$/.test(text)) yield* io.die(1, `${quote(text)}: invalid pattern`);
      const line = Number(text);
      if (line === 0) yield* io.die(1, `${text}: line number must be greater than zero`);
      const before = cuts.at(-1)?.line ?? 0;
      if (line < before)
        yield* io.die(1, `line number ${quote(text)} is smaller than preceding line number, ${before}`);
      if (line === before) io.warn(`warning: line number ${quote(text)} is the same as preceding line number`);
      cuts.push({ text, line, regex: undefined, offset: 0, skip: false, repeat });
      continue;
    }
    const end = text.lastIndexOf(mark);
    if (end === 0) yield* io.die(1, `${text}: closing delimiter ${quote(mark)} missing`);
    const tail = text.slice(end + 1);
    if (!/^(?:[-+]?\d+)?$/.test(tail)) yield* io.die(1, `${text}: integer expected after delimiter`);
    const regex = compile(text.slice(1, end), { syntax: "basic" });
    if (isRegexError(regex)) return yield* io.die(1, `${text}: invalid regular expression: ${regex.error}`);
    cuts.push({ text, line: 0, regex, offset: Number(tail), skip: mark === "%", repeat });
  }
  return cuts;
}

class Splitter {
  readonly #io: Io;
  readonly #lines: readonly string[];
  /** First line that no piece holds yet, counted from 0. */
  #at = 0;
  readonly #names: string[] = [];

  constructor(io: Io, lines: readonly string[]) {
    this.#io = io;
    this.#lines = lines;
  }

  #write(to: number): void {
    const io = this.#io;
    const text = this.#lines.slice(this.#at, to).join("");
    this.#at = Math.max(this.#at, to);
    if (text === "" && io.has("z")) return;
    const index = BigInt(this.#names.length);
    const form = /^(.*?)%([-0 #]*)(\d*)([diuoxX])(.*)$/.exec(io.value("b") ?? "");
    const number =
      form === null
        ? index.toString().padStart(Number(io.value("n") ?? 2), "0")
        : `${form[1]}${formatInteger(index, form[4] ?? "d", form[2] ?? "", Number(form[3]), undefined)}${form[5]}`;
    const name = (io.value("f") ?? "xx") + number;
    const failed = io.sys.writeFile(name, text);
    if (failed !== undefined) {
      io.warn(`${name}: ${failed.text}`);
      io.status = 1;
      return;
    }
    this.#names.push(name);
    if (!io.has("s")) io.print(`${encode(text).length}\n`);
  }

  /** Ends with a message; the pieces go unless they are to be kept. */
  *#fail(text: string): Task<void> {
    if (!this.#io.has("k")) for (const name of this.#names) this.#io.sys.unlink(name);
    yield* this.#io.die(1, text);
  }

  *run(cuts: readonly Cut[]): Task<void> {
    for (const cut of cuts) {
      for (let round = 0; round <= cut.repeat; round++) {
        const again = round === 0 ? "" : ` on repetition ${round}`;
        const done =
          cut.regex === undefined ? yield* this.#atLine(cut, round, again) : yield* this.#atMatch(cut, again);
        if (done) break;
      }
    }
    this.#write(this.#lines.length);
  }

  /** Whether a cut that repeats without end has come to the end of the file. */
  *#atLine(cut: Cut, round: number, again: string): Task<boolean> {
    const to = cut.line * (round + 1) - 1;
    if (to <= this.#lines.length - (cut.repeat === Infinity ? 1 : 0)) {
      this.#write(to);
      return false;
    }
    if (cut.repeat === Infinity) return true;
    this.#write(this.#lines.length);
    yield* this.#fail(`${quote(String(cut.line))}: line number out of range${again}`);
    return true;
  }

  *#atMatch(cut: Cut, again: string): Task<boolean> {
    // The line where the last piece begins is not looked at again.
    const from = this.#at === 0 && this.#names.length === 0 && again === "" ? 0 : this.#at + 1;
    let found = this.#lines.findIndex((line, i) => i >= from && cut.regex?.test(line.replace(/\n$/, "")));
    if (found < 0) {
      if (cut.repeat === Infinity) return true;
      if (!cut.skip) this.#write(this.#lines.length);
      yield* this.#fail(`${quote(cut.text)}: match not found${again}`);
    }
    found += cut.offset;
    if (found < this.#at || found > this.#lines.length)
      yield* this.#fail(`${quote(cut.text)}: line number out of range`);
    if (cut.skip) this.#at = found;
    else this.#write(found);
    return false;
  }
}

export const csplit = defineCommand({
  name: "csplit",
  summary: "Output pieces of FILE separated by PATTERN(s) to files 'xx00', 'xx01', ..., and byte counts of each piece.",
  usage: ["[OPTION]... FILE PATTERN..."],
  options: `
    b,suffix-format=FORMAT  use sprintf FORMAT instead of %02d
    f,prefix=PREFIX  use PREFIX instead of 'xx'
    k,keep-files  do not remove output files on errors
    n,digits=DIGITS  use specified number of digits instead of 2
    s,quiet~silent  do not print counts of output file sizes
    z,elide-empty-files  remove empty output files`,
  *run(io) {
    const [file, ...words] = io.operands;
    if (file === undefined) return yield* io.usageError("missing operand");
    if (words.length === 0) return yield* io.usageError(`missing operand after ${quote(file)}`);
    const cuts = yield* parseCuts(io, words);
    const bytes = yield* io.readAll(file);
    if (isErrno(bytes)) return yield* io.die(1, `cannot open ${quoteAlways(file)} for reading: ${bytes.text}`);
    const lines = decode(bytes).split(/(?<=\n)/);
    yield* new Splitter(io, lines[0] === "" ? [] : lines).run(cuts);
    return undefined;
  },
});
