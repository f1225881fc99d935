// cut: parts of each line, by bytes, characters or fields.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode, encode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand, type Io, Lines } from "./define.ts";

type Range = readonly [from: number, to: number];

/** Parses `1,3-5,7-`; a string is the message of the error. */
function parseList(text: string, fields: boolean): readonly Range[] | string {
  const ranges: Range[] = [];
  for (const part of text.split(/[, \t]/)) {
    if (part === "-") return "invalid range with no endpoint: -";
    const found = /^(\d*)(-?)(\d*)$/.exec(part);
    if (found === null) {
      if (/^\d*-\d*-/.test(part)) return fields ? "invalid field range" : "invalid byte or character range";
      const bad = part.replace(/^\d*-?/, "") || part;
      return fields ? `invalid field value ${quote(bad)}` : `invalid byte/character position ${quote(bad)}`;
    }
    const from = found[1] === "" ? undefined : Number(found[1]);
    const to = found[3] === "" ? undefined : Number(found[3]);
    if (part === "" || from === 0)
      return fields ? "fields are numbered from 1" : `byte/character positions are numbered from 1`;
    if (found[2] === "") ranges.push([from ?? 1, from ?? 1]);
    else if (to !== undefined && to < (from ?? 1)) return "invalid decreasing range";
    else ranges.push([from ?? 1, to ?? Infinity]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  // Overlapping ranges become one, so that an output delimiter stands only between separate ones.
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && range[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], range[1])];
    else merged.push(range);
  }
  return merged;
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  let next = 1;
  for (const [from, to] of ranges) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next < Infinity) result.push([next, Infinity]);
  return result;
}

const within = (ranges: readonly Range[], n: number) => ranges.some(([from, to]) => n >= from && n <= to);

function cutFields(
  line: string,
  ranges: readonly Range[],
  delimiter: string,
  output: string,
  onlyDelimited: boolean,
): string | undefined {
  const fields = line.split(delimiter);
  if (fields.length === 1) return onlyDelimited ? undefined : line;
  return fields.filter((_, i) => within(ranges, i + 1)).join(output);
}

function cutBytes(line: string, ranges: readonly Range[], output: string): string {
  const bytes = encode(line);
  return ranges
    .filter(([from]) => from <= bytes.length)
    .map(([from, to]) => decode(bytes.subarray(from - 1, Math.min(to, bytes.length))))
    .join(output);
}

function* readSettings(io: Io): Task<{ ranges: readonly Range[]; fields: boolean }> {
  const lists = io.options.filter(([key]) => key === "b" || key === "c" || key === "f");
  if (lists.length > 1) return yield* io.usageError("only one list may be specified");
  const [kind, list = ""] = lists[0] ?? [];
  if (kind === undefined) return yield* io.usageError("you must specify a list of bytes, characters, or fields");
  const fields = kind === "f";
  const delimiter = io.value("d");
  if (delimiter !== undefined && [...delimiter].length > 1)
    return yield* io.usageError("the delimiter must be a single character");
  if (!fields && delimiter !== undefined) {
    return yield* io.usageError("an input delimiter may be specified only when operating on fields");
  }
  if (!fields && io.has("s")) {
    return yield* io.usageError("suppressing non-delimited lines makes sense\n\tonly when operating on fields");
  }
  const parsed = parseList(list, fields);
  if (typeof parsed === "string") return yield* io.usageError(parsed);
  return { ranges: io.has("complement") ? complement(parsed) : parsed, fields };
}

export const cut = defineCommand({
  name: "cut",
  summary: "Print selected parts of lines from each FILE to standard output.",
  usage: ["OPTION... [FILE]..."],
  options: `
    b,bytes=LIST  select only these bytes
    c,characters=LIST  select only these characters
    d,delimiter=DELIM  use DELIM instead of TAB for field delimiter
    f,fields=LIST  select only these fields; also print any line without delimiter, unless -s
    n  (ignored)
    ,complement  complement the set of selected bytes, characters or fields
    s,only-delimited  do not print lines not containing delimiters
    ,output-delimiter=STRING  use STRING as the output delimiter
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io) {
    const { ranges, fields } = yield* readSettings(io);
    const delimiter = io.value("d") === "" ? "\0" : (io.value("d") ?? "\t");
    const output = io.value("output-delimiter") ?? (fields ? delimiter : "");
    const end = io.has("z") ? "\0" : "\n";
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const fd = io.open(file);
      if (isErrno(fd)) {
        io.warnFile(file, fd);
        continue;
      }
      const lines = new Lines(io, fd, end.charCodeAt(0));
      for (;;) {
        const raw = yield* lines.next();
        if (raw === undefined) break;
        const line = raw.endsWith(end) ? raw.slice(0, -1) : raw;
        const part = fields ? cutFields(line, ranges, delimiter, output, io.has("s")) : cutBytes(line, ranges, output);
        if (part !== undefined) io.print(part + end);
        if (io.full) yield* io.drain();
      }
      if (lines.problem !== undefined) io.warnFile(file, lines.problem);
      io.close(fd);
    }
    return undefined;
  },
});
