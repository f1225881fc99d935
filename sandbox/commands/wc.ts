// wc: counts lines, words, characters and bytes.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { quoteFile } from "../lib/quote.ts";
import { charWidth } from "../lib/width.ts";
import { defineCommand, type Io } from "./define.ts";

interface Counts {
  lines: number;
  words: number;
  chars: number;
  bytes: number;
  longest: number;
}

const SPACE = /[\s\x0b]/;

/** Counts one input as it streams by. */
function* count(io: Io, fd: number, deep: boolean): Task<Counts | Errno> {
  const total: Counts = { lines: 0, words: 0, chars: 0, bytes: 0, longest: 0 };
  let inWord = false;
  let column = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for (;;) {
    const bytes = yield* io.read(fd);
    if (isErrno(bytes)) return bytes;
    total.bytes += bytes.length;
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) total.lines += 1;
    if (deep) {
      // A character may be cut by the end of a block.
      let whole = bytes;
      if (rest.length > 0) {
        whole = new Uint8Array(rest.length + bytes.length);
        whole.set(rest);
        whole.set(bytes, rest.length);
      }
      let end = whole.length;
      if (bytes.length > 0)
        for (let back = 1; back <= 3 && back <= whole.length; back++)
          if ((whole[whole.length - back] ?? 0) >= 0xc0) end = whole.length - back;
      rest = whole.subarray(end);
      for (const char of decode(whole.subarray(0, end))) {
        if (/[\udc80-\udcff]/.test(char)) continue;
        total.chars += 1;
        if (char === "\n" || char === "\r" || char === "\f") {
          total.longest = Math.max(total.longest, column);
          column = 0;
        } else if (char === "\t") column += 8 - (column % 8);
        else column += Math.max(0, charWidth(char));
        const space = SPACE.test(char) && char !== "\u00a0";
        if (!space && !inWord && charWidth(char) >= 0) {
          total.words += 1;
          inWord = true;
        } else if (space) inWord = false;
      }
    }
    if (bytes.length === 0) break;
    if (io.sys.due()) yield* io.sys.rest();
  }
  total.longest = Math.max(total.longest, column);
  return total;
}

function* fileNames(io: Io): Task<readonly (string | undefined)[]> {
  const from = io.value("files0-from");
  if (from === undefined) return io.operands.length > 0 ? io.operands : [undefined];
  if (io.operands.length > 0) {
    io.warn(`extra operand '${io.operands[0]}'`);
    io.printError("file operands cannot be combined with --files0-from\n");
    return yield* io.usageError("");
  }
  const list = yield* io.readAll(from);
  if (isErrno(list)) return yield* io.die(1, `cannot open '${from}' for reading: ${list.text}`);
  return decode(list)
    .split("\0")
    .filter((name) => name !== "");
}

/** Columns are as wide as the largest size of a regular file among the inputs; 7 where an input has no size. */
function numberWidth(io: Io, names: readonly (string | undefined)[], columns: number): number {
  if (names.length === 1 && columns === 1) return 1;
  let width = 1;
  let total = 0;
  for (const name of names) {
    const stat = name === undefined || name === "-" ? io.sys.fstat(0) : io.sys.stat(name);
    if (isErrno(stat)) continue;
    if (stat.type !== "file") width = 7;
    else total += stat.size;
  }
  return Math.max(width, String(total).length);
}

export const wc = defineCommand({
  name: "wc",
  summary: "Print newline, word, and byte counts for each FILE, and a total line if more than one FILE is given.",
  usage: ["[OPTION]... [FILE]...", "[OPTION]... --files0-from=F"],
  options: `
    c,bytes  print the byte counts
    m,chars  print the character counts
    l,lines  print the newline counts
    ,files0-from=F  read the names of input from file F, ended by NUL
    L,max-line-length  print the maximum display width
    w,words  print the word counts
    ,total=WHEN  when to print a line with total counts: auto, always, only, never`,
  *run(io) {
    const wanted = (["l", "w", "m", "c", "L"] as const).filter((key) => io.has(key));
    const columns = wanted.length > 0 ? wanted : (["l", "w", "c"] as const);
    const names = yield* fileNames(io);
    const when = io.value("total") ?? "auto";
    const width = when === "only" ? 1 : numberWidth(io, names, columns.length);
    const deep = columns.some((key) => key === "w" || key === "m" || key === "L");
    const total: Counts = { lines: 0, words: 0, chars: 0, bytes: 0, longest: 0 };
    const print = (counts: Counts, name: string | undefined) => {
      const of = { l: counts.lines, w: counts.words, m: counts.chars, c: counts.bytes, L: counts.longest };
      const text = columns.map((key) => String(of[key]).padStart(width)).join(" ");
      io.print(`${text}${name === undefined ? "" : ` ${name.includes("\n") ? quoteFile(name) : name}`}\n`);
    };
    for (const name of names) {
      const fd = io.open(name ?? "-");
      const counts = isErrno(fd) ? fd : yield* count(io, fd, deep);
      if (isErrno(counts)) {
        io.warnFile(name ?? "standard input", counts);
        if (counts.code === "EISDIR" && when !== "only")
          print({ lines: 0, words: 0, chars: 0, bytes: 0, longest: 0 }, name);
        continue;
      }
      io.close(fd as number);
      total.lines += counts.lines;
      total.words += counts.words;
      total.chars += counts.chars;
      total.bytes += counts.bytes;
      total.longest = Math.max(total.longest, counts.longest);
      if (when !== "only") print(counts, name);
      if (io.full) yield* io.drain();
    }
    if (when === "always" || when === "only" || (when === "auto" && names.length > 1))
      print(total, when === "only" ? undefined : "total");
    return undefined;
  },
});
