// uniq: drops, counts or picks repeated neighbouring lines.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { quote, quoteFile } from "../lib/quote.ts";
import { defineCommand, type Io, Lines } from "./define.ts";

interface Keys {
  readonly fields: number;
  readonly chars: number;
  readonly width: number;
  readonly fold: boolean;
}

/** The part of a line that is compared. */
function keyOf(line: string, keys: Keys): string {
  let rest = line;
  for (let i = 0; i < keys.fields; i++) rest = rest.replace(/^[ \t]*[^ \t]*/, "");
  if (keys.chars > 0 || keys.width < Infinity) rest = [...rest].slice(keys.chars, keys.chars + keys.width).join("");
  return keys.fold ? rest.toLowerCase() : rest;
}

function* number(io: Io, key: string, what: string, otherwise: number): Task<number> {
  const value = io.value(key);
  if (value === undefined) return otherwise;
  if (!/^\+?\d+$/.test(value)) return yield* io.die(1, `${value}: invalid number of ${what}`);
  return Number(value);
}

export const uniq = defineCommand({
  name: "uniq",
  summary: "Filter adjacent matching lines from INPUT (or standard input), writing to OUTPUT (or standard output).",
  usage: ["[OPTION]... [INPUT [OUTPUT]]"],
  options: `
    c,count  prefix lines by the number of occurrences
    d,repeated  only print duplicate lines, one for each group
    D  print all duplicate lines
    ,all-repeated[=METHOD]  like -D, separating groups: none, prepend, separate
    f,skip-fields=N  avoid comparing the first N fields
    ,group[=METHOD]  show all items, separating groups: separate, prepend, append, both
    i,ignore-case  ignore differences in case when comparing
    s,skip-chars=N  avoid comparing the first N characters
    u,unique  only print unique lines
    z,zero-terminated  line delimiter is NUL, not newline
    w,check-chars=N  compare no more than N characters in lines`,
  prepare: (args) => args.map((word) => (/^-\d+$/.test(word) ? `-f${word.slice(1)}` : word)),
  *run(io, sys) {
    const [input = "-", output = "-", extra] = io.operands;
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const keys: Keys = {
      fields: yield* number(io, "f", "fields to skip", 0),
      chars: yield* number(io, "s", "bytes to skip", 0),
      width: yield* number(io, "w", "bytes to compare", Infinity),
      fold: io.has("i"),
    };
    const all = io.has("D") || io.has("all-repeated");
    const method = io.has("group")
      ? (io.value("group") ?? "separate")
      : all
        ? (io.value("all-repeated") ?? "none")
        : "none";
    const words = io.has("group") ? ["prepend", "append", "separate", "both"] : ["none", "prepend", "separate"];
    if (!words.some((word) => word.startsWith(method))) {
      return yield* io.badWord(
        method,
        io.has("group") ? "--group" : "--all-repeated",
        words.map((word) => [word]),
      );
    }
    if (io.has("group") && (io.has("c") || io.has("d") || all || io.has("u"))) {
      return yield* io.usageError("--group is mutually exclusive with -c/-d/-D/-u");
    }
    if (all && io.has("c"))
      return yield* io.usageError("printing all duplicated lines and repeat counts is meaningless");
    const fd = io.open(input);
    if (isErrno(fd)) return yield* io.die(1, `${quoteFile(input)}: ${fd.text}`);
    if (output !== "-") {
      const out = sys.open(output, { write: true, create: true, truncate: true });
      if (isErrno(out)) return yield* io.die(1, `${quoteFile(output)}: ${out.text}`);
      sys.dup(out, 1);
    }
    const end = io.has("z") ? "\0" : "\n";
    const lines = new Lines(io, fd, end.charCodeAt(0));
    let group: string[] = [];
    let count = 0;
    let key: string | undefined;
    let groups = 0;
    const put = (line: string) => io.print(line + end);
    const finish = () => {
      const first = group[0];
      if (first === undefined) return;
      const shown = io.has("group") || (all ? count > 1 : (!io.has("d") || count > 1) && (!io.has("u") || count === 1));
      if (!shown || (all && io.has("u"))) return;
      if (method === "prepend" || method === "both" || (method === "separate" && groups > 0))
        if (method !== "both" || groups === 0) io.print(end);
      groups += 1;
      if (io.has("group") || all) for (const line of group) put(line);
      else put(io.has("c") ? `${String(count).padStart(7)} ${first}` : first);
      if (method === "append" || method === "both") io.print(end);
    };
    for (;;) {
      const raw = yield* lines.next();
      if (raw === undefined) break;
      const line = raw.endsWith(end) ? raw.slice(0, -1) : raw;
      const mine = keyOf(line, keys);
      if (mine !== key) {
        finish();
        group = [];
        count = 0;
        key = mine;
      }
      count += 1;
      if (group.length === 0 || all || io.has("group")) group.push(line);
      if (io.full) yield* io.drain();
    }
    finish();
    if (lines.problem !== undefined) return yield* io.die(1, `error reading ${quote(input)}: ${lines.problem.text}`);
    return undefined;
  },
});
