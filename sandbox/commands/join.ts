// join and column: lines of two files with equal fields, and tables out of lists.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { textWidth } from "../lib/width.ts";
import { defineCommand, type Io } from "./define.ts";

function* readLines(io: Io, file: string): Task<string[]> {
  const bytes = yield* io.readAll(file);
  if (isErrno(bytes)) return yield* io.die(1, `${file}: ${bytes.text}`);
  const text = decode(bytes);
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

export const join = defineCommand({
  name: "join",
  summary: "For each pair of input lines with identical join fields, write a line to standard output.",
  usage: ["[OPTION]... FILE1 FILE2"],
  options: `
    a=FILENUM  also print unpairable lines from file FILENUM
    e=STRING  replace missing fields with STRING
    i,ignore-case  ignore differences in case when comparing fields
    j=FIELD  equivalent to -1 FIELD -2 FIELD
    o=FORMAT  obey FORMAT while constructing output line
    t=CHAR  use CHAR as input and output field separator
    v=FILENUM  like -a FILENUM, but suppress joined output lines
    1=FIELD  join on this FIELD of file 1
    2=FIELD  join on this FIELD of file 2
    ,check-order  check that the input is correctly sorted
    ,nocheck-order  do not check that the input is correctly sorted
    ,header  treat the first line in each file as field headers`,
  *run(io) {
    const [a, b, extra] = io.operands;
    if (a === undefined) return yield* io.usageError("missing operand");
    if (b === undefined) return yield* io.usageError(`missing operand after ${quote(a)}`);
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const separator = io.value("t");
    const split = (line: string): string[] =>
      separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator);
    const fields = [Number(io.value("1") ?? io.value("j") ?? 1) - 1, Number(io.value("2") ?? io.value("j") ?? 1) - 1];
    const fold = (text: string): string => (io.has("i") ? text.toLowerCase() : text);
    const rows = [(yield* readLines(io, a)).map(split), (yield* readLines(io, b)).map(split)];
    const key = (side: number, row: readonly string[]): string => fold(row[fields[side] ?? 0] ?? "");
    const unpaired = new Set(
      io.options.filter(([name]) => name === "a" || name === "v").map(([, value]) => Number(value)),
    );
    for (const [name, value] of io.options)
      if ((name === "a" || name === "v") && !/^[12]$/.test(value ?? ""))
        return yield* io.die(1, `invalid field number: ‘${value}’`);
    const onlyUnpaired = io.has("v");
    const glue = separator ?? " ";
    const empty = io.value("e") ?? "";
    const order = io.value("o")?.split(/[ ,]+/);
    const put = (left: readonly string[] | undefined, right: readonly string[] | undefined): void => {
      const joined = left === undefined ? right?.[fields[1] ?? 0] : left[fields[0] ?? 0];
      if (order !== undefined && order[0] !== "auto") {
        const cell = (spec: string): string => {
          if (spec === "0") return joined ?? empty;
          const [side, field] = spec.split(".").map(Number);
          return (side === 1 ? left : right)?.[(field ?? 1) - 1] || empty;
        };
        io.print(`${order.map(cell).join(glue)}\n`);
        return;
      }
      const rest = (side: number, row: readonly string[] | undefined): readonly string[] =>
        row?.filter((_, at) => at !== fields[side]) ?? [];
      io.print(`${[joined ?? "", ...rest(0, left), ...rest(1, right)].join(glue)}\n`);
    };
    const [left, right] = rows as [string[][], string[][]];
    let [i, j] = [0, 0];
    if (io.has("header")) put(left[i++], right[j++]);
    while (i < left.length || j < right.length) {
      const [x, y] = [left[i], right[j]];
      const order =
        x === undefined ? 1 : y === undefined ? -1 : key(0, x) < key(1, y) ? -1 : key(0, x) > key(1, y) ? 1 : 0;
      if (order < 0) {
        if (unpaired.has(1)) put(x, undefined);
        i++;
      } else if (order > 0) {
        if (unpaired.has(2)) put(undefined, y);
        j++;
      } else {
        const value = key(0, x ?? []);
        let end = j;
        while (end < right.length && key(1, right[end] ?? []) === value) end++;
        for (; i < left.length && key(0, left[i] ?? []) === value; i++) {
          if (!onlyUnpaired) for (let k = j; k < end; k++) put(left[i], right[k]);
        }
        j = end;
      }
      if (io.full) yield* io.drain();
    }
    return 0;
  },
});

export const column = defineCommand({
  name: "column",
  summary: "Columnate lists.",
  usage: ["[options] [<file>...]"],
  options: `
    t,table  create a table
    s,separator=STRING  possible table delimiters
    o,output-separator=STRING  columns separator for table output
    c,output-width=WIDTH  width of output in number of characters
    x,fillrows  fill rows before columns
    N,table-columns=NAMES  comma separated columns names
    R,table-right=COLUMNS  right align text in these columns
    L,keep-empty-lines  do not ignore empty lines
    n,table-name=NAME  table name
    J,json  use JSON output format for table`,
  package: "util-linux",
  *run(io) {
    if (io.has("J")) return yield* io.notModelled("-J", 1);
    const lines: string[] = [];
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const bytes = yield* io.readAll(file);
      if (isErrno(bytes)) io.warnFile(file, bytes);
      else lines.push(...decode(bytes).split("\n"));
    }
    const shown = lines.filter((line) => line.trim() !== "");
    if (io.has("t")) io.print(table(io, shown));
    else
      io.print(
        grid(
          shown.map((line) => line.trimEnd()),
          Number(io.value("c") ?? io.sys.env.COLUMNS ?? 80),
          io.has("x"),
        ),
      );
    return undefined;
  },
});

function table(io: Io, lines: readonly string[]): string {
  const separators = io.value("s");
  const cut = (line: string): string[] =>
    separators === undefined ? line.trim().split(/[ \t]+/) : splitAt(line, separators);
  const rows = lines.map(cut);
  const names = io.value("N")?.split(",");
  if (names !== undefined) rows.unshift(names);
  const count = Math.max(0, ...rows.map((row) => row.length));
  const right = new Set(
    (io.value("R") ?? "")
      .split(",")
      .map((name) => (/^\d+$/.test(name) ? Number(name) - 1 : (names?.indexOf(name) ?? -1))),
  );
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => textWidth(row[at] ?? ""))));
  const glue = io.value("o") ?? "  ";
  let text = "";
  for (const row of rows) {
    const cells = widths.map((width, at) => {
      const value = row[at] ?? "";
      const blank = " ".repeat(Math.max(0, width - textWidth(value)));
      if (right.has(at)) return blank + value;
      return at === count - 1 ? value : value + blank;
    });
    text += `${cells.join(glue)}\n`;
  }
  return text;
}

/** Cuts at any of the separators; several together count as one only where they are blanks. */
function splitAt(line: string, separators: string): string[] {
  const parts: string[] = [""];
  for (const char of line) {
    if (separators.includes(char)) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function grid(items: readonly string[], width: number, rowsFirst: boolean): string {
  const longest = Math.max(0, ...items.map(textWidth));
  const step = (Math.floor(longest / 8) + 1) * 8;
  const columns = Math.max(1, Math.floor(width / step));
  const rows = Math.ceil(items.length / columns);
  let text = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let at = 0; at < columns; at++) {
      const item = items[rowsFirst ? row * columns + at : at * rows + row];
      if (item === undefined) continue;
      const next = items[rowsFirst ? row * columns + at + 1 : (at + 1) * rows + row];
      const last = at === columns - 1 || next === undefined;
      line += last ? item : item + "\t".repeat(Math.ceil((step - textWidth(item)) / 8));
    }
    text += `${line}\n`;
  }
  return text;
}
