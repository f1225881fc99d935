// fmt, tsort and whereis: paragraphs, orders and places.

import { isErrno } from "../kernel/errno.ts";
import { decode } from "../kernel/text.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { textWidth } from "../lib/width.ts";
import { defineCommand } from "./define.ts";

/** A word with the gap behind it, and whether it ends a sentence. */
interface Word {
  readonly text: string;
  gap: number;
  readonly period: boolean;
  final: boolean;
}

/** Costs, as the real fmt weighs them: raggedness, the ends of sentences, widows and orphans. */
const SHORT = (gap: number) => (gap * 10) ** 2;
const LINE = 70 ** 2;
const NO_BREAK = 600 ** 2;

function startCost(words: readonly Word[], i: number): number {
  const [word, before, earlier] = [words[i], words[i - 1], words[i - 2]];
  let cost = LINE;
  if (before !== undefined) {
    if (before.period) cost += before.final ? -(50 ** 2) : NO_BREAK;
    else if (/[!-/:-@[-`{-~]$/.test(before.text)) cost -= 40 ** 2;
    else if (earlier?.final) cost += 200 ** 2 / (textWidth(before.text) + 2);
  }
  if (/^[('`"[]/.test(word?.text ?? "")) cost -= 40 ** 2;
  else if (word?.final) cost += 150 ** 2 / (textWidth(word.text) + 2);
  return cost;
}

/** Breaks words into lines so that the lines are about equally long. */
function breakLines(words: readonly Word[], width: number, goal: number, margin: number): string[] {
  const count = words.length;
  const size = words.map(({ text }) => textWidth(text));
  const best: number[] = new Array(count + 1).fill(0);
  const next: number[] = new Array(count + 1).fill(count);
  const lengths: number[] = new Array(count + 1).fill(0);
  for (let i = count - 1; i >= 0; i--) {
    let length = margin + (size[i] ?? 0);
    let least = Number.POSITIVE_INFINITY;
    for (let end = i + 1; ; end++) {
      let cost = best[end] ?? 0;
      if (end < count) {
        cost += SHORT(goal - length);
        if ((next[end] ?? count) < count) cost += SHORT(length - (lengths[end] ?? 0)) / 2;
      }
      if (cost < least) {
        least = cost;
        next[i] = end;
        lengths[i] = length;
      }
      if (end >= count) break;
      length += (words[end - 1]?.gap ?? 1) + (size[end] ?? 0);
      if (length >= width) break;
    }
    best[i] = least + startCost(words, i);
  }
  const lines: string[] = [];
  for (let i = 0; i < count; i = next[i] as number) {
    const line = words.slice(i, next[i]);
    lines.push(line.map(({ text, gap }, at) => text + (at < line.length - 1 ? " ".repeat(gap) : "")).join(""));
  }
  return lines;
}

/** The words of a line. The last one's gap is a blank, or two where a sentence ends. */
function readWords(line: string, uniform: boolean): Word[] {
  return [...line.matchAll(/([^ \t]+)([ \t]*)/g)].map(([, text = "", blank = ""]) => {
    const period = /[.?!][)\]'"]*$/.test(text);
    const final = period && blank.length !== 1;
    return { text, period, final, gap: blank === "" || uniform ? (final ? 2 : 1) : blank.length };
  });
}

export const fmt = defineCommand({
  name: "fmt",
  summary: "Reformat each paragraph in the FILE(s), writing to standard output.",
  usage: ["[-WIDTH] [OPTION]... [FILE]..."],
  prepare: (args) => args.map((word, i) => (i === 0 && /^-\d+$/.test(word) ? `-w${word.slice(1)}` : word)),
  options: `
    c,crown-margin  preserve indentation of first two lines
    p,prefix=STRING  reformat only lines beginning with STRING
    s,split-only  split long lines, but do not refill
    t,tagged-paragraph  indentation of first line different from second
    u,uniform-spacing  one space between words, two after sentences
    w,width=WIDTH  maximum line width (default of 75 columns)
    g,goal=WIDTH  goal width (default of 93% of width)`,
  *run(io) {
    for (const key of ["c", "p", "t"]) if (io.has(key)) return yield* io.notModelled(`-${key}`, 1);
    const text = io.value("w") ?? "75";
    if (!/^\d+$/.test(text) || Number(text) > 2500) return yield* io.die(1, `invalid width: ${quote(text)}`);
    const width = Number(text);
    const goal = io.value("g") === undefined ? Math.floor((width * 187) / 200) : Number(io.value("g"));
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const bytes = yield* io.readAll(file);
      if (isErrno(bytes)) {
        io.warn(`cannot open ${quoteAlways(file)} for reading: ${bytes.text}`);
        io.status = 1;
        continue;
      }
      let words: Word[] = [];
      let indent = "";
      const flush = () => {
        // A paragraph's last word ends a sentence, whatever it ends in.
        const last = words.pop();
        if (last !== undefined) words.push({ ...last, period: true, final: true });
        for (const line of breakLines(words, width, goal, textWidth(indent))) io.print(`${indent}${line}\n`);
        words = [];
      };
      const lines = decode(bytes).split("\n");
      if (lines.at(-1) === "") lines.pop();
      for (const line of lines) {
        const lead = /^[ \t]*/.exec(line)?.[0] ?? "";
        if (line.trim() === "") {
          flush();
          io.print("\n");
          continue;
        }
        if (words.length > 0 && (lead !== indent || io.has("s"))) flush();
        indent = lead;
        words.push(...readWords(line.trim(), io.has("u")));
      }
      flush();
      if (io.full) yield* io.drain();
    }
    return undefined;
  },
});

export const tsort = defineCommand({
  name: "tsort",
  summary: "Write totally ordered list consistent with the partial ordering in FILE.",
  usage: ["[OPTION] [FILE]"],
  options: "",
  *run(io) {
    const [file = "-", extra] = io.operands;
    if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
    const bytes = yield* io.readAll(file);
    if (isErrno(bytes)) return yield* io.die(1, `${file}: ${bytes.text}`);
    const words = decode(bytes)
      .split(/[ \t\n]+/)
      .filter((word) => word !== "");
    if (words.length % 2 === 1) return yield* io.die(1, `${file}: input contains an odd number of tokens`);
    const before = new Map<string, number>();
    const after = new Map<string, string[]>();
    for (const word of [...words].sort()) before.set(word, 0);
    for (let i = 0; i < words.length; i += 2) {
      const [a = "", b = ""] = [words[i], words[i + 1]];
      if (a === b) continue;
      before.set(b, (before.get(b) ?? 0) + 1);
      after.set(a, [b, ...(after.get(a) ?? [])]);
    }
    const queue = [...before].filter(([, count]) => count === 0).map(([word]) => word);
    for (let word = queue.shift(); before.size > 0; word = queue.shift()) {
      if (word === undefined) {
        io.warn(`${file}: input contains a loop:`);
        for (const one of before.keys()) io.warn(one);
        io.status = 1;
        const [first = ""] = before.keys();
        word = first;
      }
      io.print(`${word}\n`);
      before.delete(word);
      for (const next of after.get(word) ?? []) {
        if (!before.has(next)) continue;
        const left = (before.get(next) ?? 1) - 1;
        before.set(next, left);
        if (left === 0) queue.push(next);
      }
    }
    return undefined;
  },
});

const PLACES: Readonly<Record<string, readonly string[]>> = {
  b: ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib", "/etc", "/usr/local/bin", "/usr/local/sbin", "/opt"],
  m: ["/usr/share/man/man1", "/usr/share/man/man5", "/usr/share/man/man8"],
  s: ["/usr/src"],
};

export const whereis = defineCommand({
  name: "whereis",
  package: "util-linux",
  summary: "Locate the binary, source, and manual-page files for a command.",
  usage: ["[options] [-BMS <dir>... -f] <name>"],
  options:
    "b  search only for binaries\nm  search only for manuals and infos\ns  search only for sources\nl  output effective lookup paths\nu  search for unusual entries",
  *run(io, sys) {
    if (io.has("l") || io.has("u")) return yield* io.notModelled(io.has("l") ? "-l" : "-u", 1);
    if (io.operands.length === 0) return yield* io.usageError("not enough arguments");
    const kinds = ["b", "m", "s"].filter((kind) => io.has(kind));
    const folders = (kinds.length > 0 ? kinds : ["b", "m", "s"]).flatMap((kind) => PLACES[kind] ?? []);
    for (const name of io.operands) {
      const found = new Map<number, string>();
      for (const folder of folders) {
        const entries = sys.readdir(folder);
        for (const entry of isErrno(entries) ? [] : entries) {
          if (entry.name.replace(/\.(gz|\d|so.*|conf|d)$/, "").replace(/\.\d$/, "") !== name) continue;
          const stat = sys.stat(`${folder}/${entry.name}`);
          if (!isErrno(stat) && !found.has(stat.ino)) found.set(stat.ino, `${folder}/${entry.name}`);
        }
      }
      io.print(`${[`${name}:`, ...found.values()].join(" ")}\n`);
    }
    return undefined;
  },
});
