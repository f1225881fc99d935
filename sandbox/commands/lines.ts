// Small filters that work line by line: fold, expand, unexpand, nl, tac, rev.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { compile, isRegexError, type Regex } from "../lib/regex/regex.ts";

import { defineCommand, type Io, Lines } from "./define.ts";

type Complaint = (io: Io, file: string, problem: Errno) => void;

const plain: Complaint = (io, file, problem) => io.warnFile(file, problem);

/** Hands every line of every input to `work`, with its newline where it has one. */
function* eachLine(io: Io, work: (line: string, last: boolean) => void, complain: Complaint = plain): Task<void> {
  for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
    const fd = io.open(file);
    if (isErrno(fd)) {
      complain(io, file, fd);
      continue;
    }
    const lines = new Lines(io, fd);
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      work(line, !line.endsWith("\n"));
      if (io.full) yield* io.drain();
      if (io.writeError !== undefined) return;
    }
    if (lines.problem !== undefined) complain(io, file, lines.problem);
    io.close(fd);
  }
}

/** Columns behind a character that stands at a column. */
function advance(column: number, char: string, bytes: boolean): number {
  if (bytes) return column + 1;
  if (char === "\t") return column + 8 - (column % 8);
  if (char === "\b") return Math.max(0, column - 1);
  return char === "\r" ? 0 : column + 1;
}

function foldLine(line: string, width: number, spaces: boolean, bytes: boolean): string {
  let result = "";
  let row = "";
  let column = 0;
  for (const char of line) {
    if (char === "\n") {
      result += `${row}\n`;
      row = "";
      column = 0;
      continue;
    }
    let next = advance(column, char, bytes);
    if (next > width && row !== "") {
      const cut = spaces ? Math.max(row.lastIndexOf(" "), row.lastIndexOf("\t")) : -1;
      result += `${cut >= 0 ? row.slice(0, cut + 1) : row}\n`;
      row = cut >= 0 ? row.slice(cut + 1) : "";
      column = 0;
      for (const one of row) column = advance(column, one, bytes);
      next = advance(column, char, bytes);
    }
    row += char;
    column = next;
  }
  return result + row;
}

export const fold = defineCommand({
  name: "fold",
  summary: "Wrap input lines in each FILE, writing to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    b,bytes  count bytes rather than columns
    s,spaces  break at spaces
    w,width=WIDTH  use WIDTH columns instead of 80`,
  prepare: (args) => args.map((word) => word.replace(/^-(\d+)$/, "-w$1")),
  *run(io) {
    const width = io.value("w") ?? "80";
    if (!/^\d+$/.test(width) || Number(width) === 0)
      return yield* io.die(1, `invalid number of columns: ${quote(width)}`);
    yield* eachLine(io, (line) => io.print(foldLine(line, Number(width), io.has("s"), io.has("b"))));
    return undefined;
  },
});

/** Tab stops: one number for every so many columns, or a list. */
function* readStops(io: Io, text: string): Task<(column: number) => number> {
  const bad = /[^\d, ]/.exec(text);
  if (bad !== null) return yield* io.die(1, `tab size contains invalid character(s): ${quote(text.slice(bad.index))}`);
  const stops = text
    .split(/[ ,]+/)
    .filter((stop) => stop !== "")
    .map(Number);
  if (stops.includes(0)) return yield* io.die(1, "tab size cannot be 0");
  if (stops.some((stop, at) => at > 0 && stop <= (stops[at - 1] ?? 0)))
    return yield* io.die(1, "tab sizes must be ascending");
  const [size = 8] = stops;
  if (stops.length <= 1) return (column) => column + size - (column % size);
  return (column) => stops.find((stop) => stop > column) ?? column + 1;
}

export const expand = defineCommand({
  name: "expand",
  summary: "Convert tabs in each FILE to spaces, writing to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    i,initial  do not convert tabs after non blanks
    t,tabs=N  have tabs N characters apart, not 8; or a list of tab positions`,
  prepare: (args) => args.map((word) => word.replace(/^-(\d[\d,]*)$/, "-t$1")),
  *run(io) {
    const stop = yield* readStops(io, io.value("t") ?? "8");
    yield* eachLine(io, (line) => {
      let column = 0;
      let text = "";
      let initial = true;
      for (const char of line) {
        if (char !== " " && char !== "\t") initial = false;
        if (char === "\t" && (initial || !io.has("i"))) {
          const next = stop(column);
          text += " ".repeat(next - column);
          column = next;
        } else {
          text += char;
          column = char === "\b" ? Math.max(0, column - 1) : column + 1;
        }
      }
      io.print(text);
    });
    return undefined;
  },
});

export const unexpand = defineCommand({
  name: "unexpand",
  summary: "Convert blanks in each FILE to tabs, writing to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    a,all  convert all blanks, instead of just initial blanks
    ,first-only  convert only leading sequences of blanks
    t,tabs=N  have tabs N characters apart instead of 8 (enables -a)`,
  *run(io) {
    const stop = yield* readStops(io, io.value("t") ?? "8");
    const all = (io.has("a") || io.has("t")) && !io.has("first-only");
    yield* eachLine(io, (line) => {
      let text = "";
      let column = 0;
      let pending = "";
      let initial = true;
      for (const char of line) {
        if ((char === " " || char === "\t") && (initial || all)) {
          pending += char;
          const next = stop(column - 0);
          column = char === "\t" ? next : column + 1;
          if (char === "\t" || (column === stop(column - 1) && pending.length > 1)) {
            text += "\t";
            pending = "";
          }
          continue;
        }
        initial = false;
        text += pending + char;
        pending = "";
        column += 1;
      }
      io.print(text + pending);
    });
    return undefined;
  },
});

export const rev = defineCommand({
  name: "rev",
  summary: "Reverse lines characterwise.",
  usage: ["[options] [<file> ...]"],
  options: "",
  package: "util-linux",
  *run(io) {
    yield* eachLine(
      io,
      (line, last) => io.print([...(last ? line : line.slice(0, -1))].reverse().join("") + (last ? "" : "\n")),
      (one, file, problem) => {
        one.warn(`cannot open ${file}: ${problem.text}`);
        one.status = 1;
      },
    );
    return undefined;
  },
});

export const tac = defineCommand({
  name: "tac",
  summary: "Write each FILE to standard output, last line first.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    b,before  attach the separator before instead of after
    r,regex  interpret the separator as a regular expression
    s,separator=STRING  use STRING as the separator instead of newline`,
  *run(io) {
    if (io.has("r")) return yield* io.notModelled("-r", 1);
    const separator = io.value("s") ?? "\n";
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const fd = io.open(file);
      if (isErrno(fd)) {
        io.warn(`failed to open '${file}' for reading: ${fd.text}`);
        io.status = 1;
        continue;
      }
      const lines = new Lines(io, fd);
      let text = "";
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) text += line;
      if (lines.problem !== undefined) {
        io.warn(`${file}: read error: ${lines.problem.text}`);
        io.status = 1;
        continue;
      }
      const parts = text.split(separator);
      if (io.has("b"))
        io.print(
          parts
            .map((part, at) => (at > 0 ? separator + part : part))
            .reverse()
            .join(""),
        );
      else {
        const last = parts.pop() ?? "";
        const pieces = parts.map((part) => part + separator);
        if (last !== "") pieces.push(last);
        io.print(pieces.reverse().join(""));
      }
    }
    return undefined;
  },
});

/** Which lines a section numbers: all, those not empty, none, or those that match. */
function* readStyle(io: Io, style: string, section: string): Task<(line: string) => boolean> {
  if (style === "a") return () => true;
  if (style === "t") return (line) => line !== "";
  if (style === "n") return () => false;
  if (style.startsWith("p")) {
    const regex: Regex | { readonly error: string } = compile(style.slice(1), { syntax: "basic" });
    if (isRegexError(regex)) return yield* io.die(1, regex.error);
    return (line) => regex.test(line);
  }
  io.warn(`invalid ${section} numbering style: ${quote(style)}`);
  return yield* io.usageError("");
}

export const nl = defineCommand({
  name: "nl",
  summary: "Write each FILE to standard output, with line numbers added.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    b,body-numbering=STYLE  use STYLE for numbering body lines
    d,section-delimiter=CC  use CC for logical page delimiters
    f,footer-numbering=STYLE  use STYLE for numbering footer lines
    h,header-numbering=STYLE  use STYLE for numbering header lines
    i,line-increment=NUMBER  line number increment at each line
    l,join-blank-lines=NUMBER  group of NUMBER empty lines counted as one
    n,number-format=FORMAT  insert line numbers according to FORMAT
    p,no-renumber  do not reset line numbers for each section
    s,number-separator=STRING  add STRING after (possible) line number
    v,starting-line-number=NUMBER  first line number for each section
    w,number-width=NUMBER  use NUMBER columns for line numbers`,
  *run(io) {
    const styles = {
      body: yield* readStyle(io, io.value("b") ?? "t", "body"),
      header: yield* readStyle(io, io.value("h") ?? "n", "header"),
      footer: yield* readStyle(io, io.value("f") ?? "n", "footer"),
    };
    const format = io.value("n") ?? "rn";
    if (!["ln", "rn", "rz"].includes(format)) {
      io.warn(`invalid line numbering format: ${quote(format)}`);
      return yield* io.usageError("");
    }
    const width = Number(io.value("w") ?? 6);
    const start = Number(io.value("v") ?? 1);
    const step = Number(io.value("i") ?? 1);
    const separator = io.value("s") ?? "\t";
    const mark = io.value("d") ?? "\\:";
    const delimiter = mark.length === 1 ? `${mark}:` : mark;
    let number = start;
    let section: keyof typeof styles = "body";
    yield* eachLine(io, (raw, last) => {
      const line = last ? raw : raw.slice(0, -1);
      const page = [delimiter.repeat(3), delimiter.repeat(2), delimiter].indexOf(line);
      if (page >= 0 && delimiter !== "") {
        section = (["header", "body", "footer"] as const)[page] ?? "body";
        if (page === 0 && !io.has("p")) number = start;
        io.print("\n");
        return;
      }
      if (!styles[section](line)) {
        io.print(`${" ".repeat(width + separator.length)}${line}\n`);
        return;
      }
      const digits =
        format === "ln" ? String(number).padEnd(width) : String(number).padStart(width, format === "rz" ? "0" : " ");
      io.print(`${digits}${separator}${line}\n`);
      number += step;
    });
    return undefined;
  },
});
