// shuf and split: lines in random order, and files cut into pieces.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { defineCommand, type Io } from "./define.ts";

/** A number below `bound` from the machine's own random source. */
function randomBelow(io: Io, bound: number): number {
  const bytes = io.sys.random(6);
  return Number(bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n) % BigInt(bound));
}

function* readItems(io: Io): Task<string[]> {
  if (io.has("e")) return [...io.operands];
  const range = io.value("i");
  if (range !== undefined) {
    const found = /^(\d+)-(\d+)$/.exec(range);
    const [low, high] = [Number(found?.[1]), Number(found?.[2])];
    if (found === null || low > high + 1) return yield* io.die(1, `invalid input range: ${quote(range)}`);
    return Array.from({ length: high - low + 1 }, (_, at) => String(low + at));
  }
  const [file = "-", extra] = io.operands;
  if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
  const bytes = yield* io.readAll(file);
  if (isErrno(bytes)) return yield* io.die(1, `${file}: ${bytes.text}`);
  const end = io.has("z") ? "\0" : "\n";
  const text = decode(bytes);
  return text === "" ? [] : (text.endsWith(end) ? text.slice(0, -1) : text).split(end);
}

export const shuf = defineCommand({
  name: "shuf",
  summary: "Write a random permutation of the input lines to standard output.",
  usage: ["[OPTION]... [FILE]", "-e [OPTION]... [ARG]...", "-i LO-HI [OPTION]..."],
  options: `
    e,echo  treat each ARG as an input line
    i,input-range=LO-HI  treat each number LO through HI as an input line
    n,head-count=COUNT  output at most COUNT lines
    o,output=FILE  write result to FILE instead of standard output
    ,random-source=FILE  get random bytes from FILE
    r,repeat  output lines can be repeated
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io) {
    const items = yield* readItems(io);
    const count = io.value("n");
    if (count !== undefined && !/^\d+$/.test(count)) return yield* io.die(1, `invalid line count: ${quote(count)}`);
    const end = io.has("z") ? "\0" : "\n";
    const wanted = count === undefined ? Infinity : Number(count);
    let text = "";
    if (io.has("r")) {
      if (items.length === 0) return yield* io.die(1, "no lines to repeat");
      for (let i = 0; i < wanted && io.writeError === undefined; i++) {
        io.print((items[randomBelow(io, items.length)] ?? "") + end);
        if (io.full) yield* io.drain();
        if (io.sys.due()) yield* io.sys.rest();
      }
      return 0;
    }
    for (let i = 0; i < items.length && i < wanted; i++) {
      const other = i + randomBelow(io, items.length - i);
      [items[i], items[other]] = [items[other] ?? "", items[i] ?? ""];
      text += items[i] + end;
    }
    const target = io.value("o");
    if (target === undefined) io.print(text);
    else {
      const failed = io.sys.writeFile(target, text);
      if (failed !== undefined) return yield* io.die(1, `${target}: ${failed.text}`);
    }
    return 0;
  },
});

/** xaa, xab, … or numbers. */
function suffix(index: number, length: number, digits: "" | "d" | "x"): string {
  const base = digits === "d" ? 10 : digits === "x" ? 16 : 26;
  let text = "";
  for (let rest = index; text.length < length; rest = Math.floor(rest / base)) {
    const digit = rest % base;
    text = (digits === "" ? String.fromCharCode(97 + digit) : digit.toString(16)) + text;
  }
  return text;
}

/** The pieces of the input as the options cut it. */
function* cutPieces(io: Io, bytes: Uint8Array): Task<Uint8Array[]> {
  const amount = io.value("b") ?? io.value("n") ?? io.value("l") ?? "1000";
  const size = parseSize(amount);
  const kind = io.has("b") ? "bytes" : io.has("n") ? "chunks" : "lines";
  if (typeof size !== "number" || size === 0) return yield* io.die(1, `invalid number of ${kind}: ${quote(amount)}`);
  const pieces: Uint8Array[] = [];
  if (kind === "lines") {
    let start = 0;
    let lines = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
      lines += 1;
      if (lines % size !== 0) continue;
      pieces.push(bytes.subarray(start, at + 1));
      start = at + 1;
    }
    if (start < bytes.length) pieces.push(bytes.subarray(start));
    return pieces;
  }
  if (kind === "bytes") for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  else {
    const each = Math.floor(bytes.length / size);
    const more = bytes.length % size;
    for (let k = 0, at = 0; k < size; k++) {
      const length = each + (k < more ? 1 : 0);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return pieces;
}

export const split = defineCommand({
  name: "split",
  summary: "Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is 'x'.",
  usage: ["[OPTION]... [FILE [PREFIX]]"],
  options: `
    a,suffix-length=N  generate suffixes of length N (default 2)
    ,additional-suffix=SUFFIX  append an additional SUFFIX to file names
    b,bytes=SIZE  put SIZE bytes per output file
    d  use numeric suffixes starting at 0, not alphabetic
    ,numeric-suffixes[=FROM]  same as -d, but allow setting the start value
    x  use hex suffixes starting at 0, not alphabetic
    l,lines=NUMBER  put NUMBER lines per output file
    n,number=CHUNKS  generate CHUNKS output files
    ,verbose  print a diagnostic just before each output file is opened`,
  prepare: (args) => args.map((word) => word.replace(/^-(\d+)$/, "-l$1")),
  *run(io) {
    const [file = "-", prefix = "x", extra] = io.operands;
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const bytes = yield* io.readAll(file);
    if (isErrno(bytes)) return yield* io.die(1, `cannot open '${file}' for reading: ${bytes.text}`);
    const digits = io.has("d") || io.has("numeric-suffixes") ? "d" : io.has("x") ? "x" : "";
    const first = Number(io.value("numeric-suffixes") ?? 0);
    const pieces = yield* cutPieces(io, bytes);
    for (const [index, piece] of pieces.entries()) {
      const name =
        prefix + suffix(first + index, Number(io.value("a") ?? 2), digits) + (io.value("additional-suffix") ?? "");
      if (io.has("verbose")) io.print(`creating file '${name}'\n`);
      const failed = io.sys.writeFile(name, piece);
      if (failed !== undefined) return yield* io.die(1, `${name}: ${failed.text}`);
    }
    return 0;
  },
});
