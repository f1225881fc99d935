// Bytes made visible: od, hexdump, xxd and strings.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { concat } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { defineCommand, type Io } from "./define.ts";

/** All inputs as one stretch of bytes, between `skip` and a limit. */
function* readInputs(io: Io, files: readonly string[], skip: number, limit: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const file of files.length > 0 ? files : ["-"]) {
    const fd = io.open(file);
    if (isErrno(fd)) {
      io.warnFile(file, fd);
      continue;
    }
    while (size < skip + limit) {
      const bytes = yield* io.read(fd);
      if (isErrno(bytes)) {
        io.warnFile(file, bytes);
        break;
      }
      if (bytes.length === 0) break;
      parts.push(bytes);
      size += bytes.length;
      if (io.sys.due()) yield* io.sys.rest();
    }
    io.close(fd);
  }
  return concat(parts).subarray(skip, limit === Infinity ? undefined : skip + limit);
}

const ESCAPES: Readonly<Record<number, string>> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};
const NAMES =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
    " ",
  );

interface Format {
  readonly size: number;
  readonly width: number;
  readonly show: (bytes: Uint8Array, at: number) => string;
  readonly text: boolean;
}

function numberAt(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

/** A format of od -t; a text is what is wrong with it. */
function parseFormats(text: string): Format[] | string {
  const formats: Format[] = [];
  for (let rest = text; rest !== ""; ) {
    const found = /^([acdoux])(?:(\d+)|([CSIL]))?(z?)/.exec(rest);
    if (found === null) return `invalid character '${rest[0]}' in type string ${quote(text)}`;
    const [whole, letter = "", digits, name] = found;
    const size =
      digits !== undefined
        ? Number(digits)
        : name !== undefined
          ? ({ C: 1, S: 2, I: 4, L: 8 }[name] ?? 4)
          : letter === "a" || letter === "c"
            ? 1
            : 4;
    if (![1, 2, 4, 8].includes(size))
      return `invalid type string ${quote(text)};\nthis system doesn't provide a ${size}-byte integral type`;
    formats.push(makeFormat(letter, size, found[4] === "z"));
    rest = rest.slice(whole.length);
  }
  return formats;
}

function makeFormat(letter: string, size: number, text: boolean): Format {
  if (letter === "c") {
    const show = (bytes: Uint8Array, at: number): string => {
      const byte = bytes[at] ?? 0;
      return (
        ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0"))
      );
    };
    return { size: 1, width: 3, show, text };
  }
  if (letter === "a") {
    return {
      size: 1,
      width: 3,
      text,
      show: (bytes, at) => {
        const low = (bytes[at] ?? 0) & 127;
        return NAMES[low] ?? (low === 127 ? "del" : String.fromCharCode(low));
      },
    };
  }
  const base = letter === "x" ? 16 : letter === "o" ? 8 : 10;
  const bits = size * 8;
  const width =
    letter === "d"
      ? [4, 6, 11, 20][Math.log2(size)]
      : letter === "u"
        ? [3, 5, 10, 20][Math.log2(size)]
        : base === 16
          ? size * 2
          : [3, 6, 11, 22][Math.log2(size)];
  const show = (bytes: Uint8Array, at: number): string => {
    const value = numberAt(bytes, at, size);
    if (letter === "d") return BigInt.asIntN(bits, value).toString();
    return letter === "u" ? value.toString() : value.toString(base).padStart(width ?? 0, "0");
  };
  return { size, width: width ?? 0, show, text };
}

const OLD: Readonly<Record<string, string>> = {
  a: "a",
  b: "o1",
  c: "c",
  d: "u2",
  i: "dI",
  l: "dL",
  o: "o2",
  s: "d2",
  x: "x2",
};

export const od = defineCommand({
  name: "od",
  summary: "Write an unambiguous representation, octal bytes by default, of FILE to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    A,address-radix=RADIX  output format for file offsets: d, o, x or n
    j,skip-bytes=BYTES  skip BYTES input bytes first
    N,read-bytes=BYTES  limit dump to BYTES input bytes
    t,format=TYPE  select output format or formats
    v,output-duplicates  do not use * to mark line suppression
    w,width=BYTES  output BYTES bytes per output line
    a  same as -t a
    b  same as -t o1
    c  same as -t c
    d  same as -t u2
    i  same as -t dI
    l  same as -t dL
    o  same as -t o2
    s  same as -t d2
    x  same as -t x2`,
  *run(io) {
    const formats: Format[] = [];
    for (const [key, value] of io.options) {
      const type = key === "t" ? (value ?? "") : OLD[key];
      if (type === undefined || (key !== "t" && value !== undefined)) continue;
      const parsed = parseFormats(type);
      if (typeof parsed === "string") return yield* io.die(1, parsed);
      formats.push(...parsed);
    }
    if (formats.length === 0) formats.push(makeFormat("o", 2, false));
    const radix = io.value("A") ?? "o";
    if (!"doxn".includes(radix))
      return yield* io.die(1, `invalid output address radix '${radix}'; it must be one character from [doxn]`);
    const size = (key: string, otherwise: number): number => {
      const parsed = io.value(key) === undefined ? otherwise : parseSize(io.value(key) ?? "");
      return typeof parsed === "number" ? parsed : otherwise;
    };
    const skip = size("j", 0);
    const width = size("w", 16);
    const bytes = yield* readInputs(io, io.operands, skip, size("N", Infinity));
    const address = (at: number): string =>
      radix === "n"
        ? ""
        : at.toString(radix === "d" ? 10 : radix === "o" ? 8 : 16).padStart(radix === "x" ? 6 : 7, "0");
    // Columns of several formats stand under each other.
    const cell = Math.max(...formats.map((format) => (format.width + 1) / format.size));
    let previous = "";
    let starred = false;
    for (let at = 0; at < bytes.length; at += width) {
      const row = bytes.subarray(at, at + width);
      const key = row.join();
      if (key === previous && row.length === width && !io.has("v")) {
        if (!starred) io.print("*\n");
        starred = true;
        continue;
      }
      previous = key;
      starred = false;
      formats.forEach((format, index) => {
        let line = index === 0 ? address(skip + at) : " ".repeat(address(0).length);
        for (let i = 0; i < row.length; i += format.size) line += format.show(row, i).padStart(cell * format.size);
        if (format.text) {
          const used = Math.ceil(row.length / format.size);
          line += `${" ".repeat((width / format.size - used) * cell * format.size)}  >${Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("")}<`;
        }
        io.print(`${line}\n`);
      });
      if (io.full) yield* io.drain();
    }
    const opened = bytes.length > 0 || io.status === 0;
    if (radix !== "n" && opened) io.print(`${address(skip + bytes.length)}\n`);
    return undefined;
  },
});

function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");

export const hexdump = defineCommand({
  name: "hexdump",
  summary: "Display file contents in hexadecimal, decimal, octal, or ascii.",
  usage: ["[options] <file>..."],
  options: `
    C,canonical  canonical hex+ASCII display
    b,one-byte-octal  one-byte octal display
    x,two-bytes-hex  two-byte hexadecimal display
    n,length=LENGTH  interpret only length bytes of input
    s,skip=OFFSET  skip offset bytes from the beginning
    v,no-squeezing  output identical lines
    e,format=FORMAT  format string to be used for displaying data`,
  package: "util-linux",
  *run(io) {
    if (io.has("e")) return yield* io.notModelled("-e", 1);
    const skip = Number(io.value("s") ?? 0);
    const bytes = yield* readInputs(io, io.operands, skip, Number(io.value("n") ?? Infinity));
    if (io.status !== 0 && bytes.length === 0) {
      io.warn("all input file arguments failed");
      return 1;
    }
    const canonical = io.has("C");
    const address = (at: number): string => hex(at, canonical ? 8 : 7);
    let previous = "";
    let starred = false;
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      const key = row.join();
      if (key === previous && row.length === 16 && !io.has("v")) {
        if (!starred) io.print("*\n");
        starred = true;
        continue;
      }
      previous = key;
      starred = false;
      let line = "";
      if (canonical) {
        const cells = Array.from({ length: 16 }, (_, i) => (i < row.length ? hex(row[i] ?? 0, 2) : "  "));
        line = `  ${cells.slice(0, 8).join(" ")}  ${cells.slice(8).join(" ")}  |${printable(row)}|`;
      } else if (io.has("b")) {
        line = Array.from(row, (byte) => ` ${byte.toString(8).padStart(3, "0")}`).join("");
        line += " ".repeat((16 - row.length) * 4);
      } else {
        const wide = io.has("x") ? 8 : 5;
        for (let i = 0; i < 16; i += 2)
          line +=
            i < row.length
              ? hex(Number(numberAt(row, i, Math.min(2, row.length - i))), 4).padStart(wide)
              : " ".repeat(wide);
      }
      io.print(`${address(skip + at)}${line}\n`);
      if (io.full) yield* io.drain();
    }
    if (bytes.length > 0) io.print(`${address(skip + bytes.length)}\n`);
    return undefined;
  },
});

export const xxd = defineCommand({
  name: "xxd",
  summary: "Make a hex dump, or do the reverse.",
  usage: ["[options] [infile [outfile]]"],
  options: `
    b,bits  binary digit dump
    c,cols=COLS  format COLS octets per line
    g,groupsize=BYTES  number of octets per group
    i,include  output in C include file style
    l,len=LEN  stop after LEN octets
    p|P,ps~plain  output in plain hexdump style
    r,revert  reverse operation
    s,seek=SEEK  start at SEEK bytes
    u,uppercase  use upper case hex letters`,
  package: "other",
  prepare: (args) => args.map((word) => (word === "-ps" ? "-p" : word)),
  *run(io) {
    if (io.has("i") || io.has("b")) return yield* io.notModelled(io.has("i") ? "-i" : "-b", 1);
    const [file = "-"] = io.operands;
    const fd = io.open(file);
    if (isErrno(fd)) return yield* io.die(2, `${file}: ${fd.text}`);
    io.close(fd);
    const skip = Number(io.value("s") ?? 0);
    const bytes = yield* readInputs(io, [file], skip, Number(io.value("l") ?? Infinity));
    if (io.has("r")) {
      const text = printable(bytes.map((byte) => (byte === 10 ? 124 : byte))).split("|");
      const digits = text
        .map((line) => (io.has("p") ? line : (line.replace(/^[0-9a-fA-F]+:\s?/, "").split("  ")[0] ?? "")))
        .join("")
        .replace(/[^0-9a-fA-F]/g, "");
      io.print(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
      return 0;
    }
    const paint = (text: string): string => (io.has("u") ? text.toUpperCase() : text);
    const columns = Number(io.value("c") ?? (io.has("p") ? 30 : 16)) || 16;
    const group = Number(io.value("g") ?? 2) || columns;
    for (let at = 0; at < bytes.length; at += columns) {
      const row = bytes.subarray(at, at + columns);
      const cells = Array.from(row, (byte) => paint(hex(byte, 2)));
      if (io.has("p")) io.print(`${cells.join("")}\n`);
      else {
        let line = "";
        for (let i = 0; i < columns; i++) line += (cells[i] ?? "  ") + ((i + 1) % group === 0 ? " " : "");
        if (columns % group !== 0) line += " ";
        io.print(`${hex(skip + at, 8)}: ${line} ${printable(row)}\n`);
      }
      if (io.full) yield* io.drain();
    }
    return 0;
  },
});

export const strings = defineCommand({
  name: "strings",
  summary: "Display printable strings in FILE(s), standard input by default.",
  usage: ["[option(s)] [file(s)]"],
  options: `
    a,all  scan the entire file
    f,print-file-name  print the name of the file before each string
    n,bytes=NUMBER  print any sequence of at least NUMBER characters
    t,radix=RADIX  print the location of the string: o, d or x
    w,include-all-whitespace  include all whitespace as valid string characters`,
  package: "other",
  prepare: (args) => args.map((word) => word.replace(/^-(\d+)$/, "-n$1")),
  *run(io) {
    const minimum = Number(io.value("n") ?? 4);
    const radix = { o: 8, d: 10, x: 16 }[io.value("t") ?? ""];
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const stat = file === "-" ? undefined : io.sys.stat(file);
      if (isErrno(stat)) {
        io.warn(`'${file}': ${stat.code === "ENOENT" ? "No such file" : stat.text}`);
        io.status = 1;
        continue;
      }
      if (stat?.type === "directory") {
        io.warn(`Warning: '${file}' is a directory`);
        io.status = 1;
        continue;
      }
      const bytes = yield* io.readAll(file);
      if (isErrno(bytes)) {
        io.warnFile(file, bytes);
        continue;
      }
      let start = -1;
      for (let at = 0; at <= bytes.length; at++) {
        const byte = bytes[at] ?? 0;
        const shows =
          at < bytes.length && ((byte >= 32 && byte < 127) || byte === 9 || (io.has("w") && byte >= 10 && byte <= 13));
        if (shows) start = start < 0 ? at : start;
        else {
          if (start >= 0 && at - start >= minimum) {
            const where = radix === undefined ? "" : `${start.toString(radix).padStart(7)} `;
            io.print(`${io.has("f") ? `${file}: ` : ""}${where}${String.fromCharCode(...bytes.subarray(start, at))}\n`);
            if (io.full) yield* io.drain();
          }
          start = -1;
        }
      }
    }
    return undefined;
  },
});
