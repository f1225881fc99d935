// sort: orders lines by keys: text, numbers, human sizes, months, versions, random; checks and merges.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { compareText, compareVersions } from "../lib/compare.ts";
import { quote, quoteFile } from "../lib/quote.ts";
import { MONTHS } from "../lib/strftime.ts";
import { defineCommand, type Io } from "./define.ts";

/** Ordering letters: b d f g h i M n R r V. */
type Letters = ReadonlySet<string>;

interface Key {
  readonly from: readonly [field: number, char: number];
  readonly to: readonly [field: number, char: number] | undefined;
  readonly letters: Letters;
  readonly skipStart: boolean;
  readonly skipEnd: boolean;
}

const ORDERS = "bdfghiMnRrV";

/** Parses `2,3nr`, `1.2,1.4`, `2b`; a string is the message of the error. */
function parseKey(text: string): Key | string {
  const found = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d*)(?:\.(\d+))?([a-zA-Z]*))?(.*)$/.exec(text);
  const bad = (what: string) => `${what}: invalid field specification ${quote(text)}`;
  if (found === null) return `invalid number at field start: invalid count at start of ${quote(text)}`;
  const [, field1, char1, letters1 = "", field2, char2, letters2 = "", rest] = found;
  if (Number(field1) === 0) return bad("field number is zero");
  if (char1 !== undefined && Number(char1) === 0) return bad("character offset is zero");
  const count = (sign: string) =>
    `invalid number after '${sign}': invalid count at start of ${quote(text.slice(text.search(sign === "," ? /,(?!\d)/ : /\.(?!\d)/) + 1))}`;
  if (/,(?!\d)/.test(text)) return count(",");
  if (/\.(?!\d)/.test(text)) return count(".");
  if (field2 !== undefined && Number(field2) === 0) return bad("field number is zero");
  const stray = [...letters1, ...letters2].find((letter) => !ORDERS.includes(letter));
  if (rest !== "" || stray !== undefined) return bad("stray character in field spec");
  return {
    from: [Number(field1), Number(char1 ?? 1)],
    to: field2 === undefined ? undefined : [Number(field2), Number(char2 ?? 0)],
    letters: new Set(letters1 + letters2),
    skipStart: letters1.includes("b"),
    skipEnd: letters2.includes("b"),
  };
}

const BLANK = /[ \t\n]/;

/** Where a field begins and ends, as sort counts fields: without -t the blanks before a word belong to it. */
function fieldStart(line: string, field: number, tab: string | undefined): number {
  let at = 0;
  for (let i = 1; i < field && at < line.length; i++) {
    if (tab !== undefined) {
      const next = line.indexOf(tab, at);
      if (next < 0) return line.length;
      at = next + tab.length;
    } else {
      while (at < line.length && BLANK.test(line[at] ?? "")) at += 1;
      while (at < line.length && !BLANK.test(line[at] ?? "")) at += 1;
    }
  }
  return at;
}

function skipBlanks(line: string, at: number): number {
  let next = at;
  while (next < line.length && BLANK.test(line[next] ?? "")) next += 1;
  return next;
}

function keyText(line: string, key: Key, tab: string | undefined): string {
  let start = fieldStart(line, key.from[0], tab);
  if (key.skipStart) start = skipBlanks(line, start);
  start = Math.min(line.length, start + key.from[1] - 1);
  let end = line.length;
  if (key.to !== undefined) {
    const [field, char] = key.to;
    if (char === 0) {
      end = fieldStart(line, field + 1, tab);
      if (tab !== undefined && end <= line.length && fieldHasEnd(line, field, tab)) end -= tab.length;
    } else {
      end = fieldStart(line, field, tab);
      if (key.skipEnd) end = skipBlanks(line, end);
      end = Math.min(line.length, end + char);
    }
  }
  return start < end ? line.slice(start, end) : "";
}

/** Whether the field is followed by a separator (the last one is not). */
function fieldHasEnd(line: string, field: number, tab: string): boolean {
  return line.split(tab).length > field;
}

function numeric(text: string): number {
  const found = /^[ \t\n]*(-?(?:\d[\d]*)?(?:\.\d*)?)/.exec(text)?.[1] ?? "";
  return Number(found === "" || found === "-" || found === "." || found === "-." ? 0 : found);
}

function general(text: string): number | undefined {
  const found = /^\s*([-+]?(?:0x[\da-f]+|\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|inf(?:inity)?|nan))/i.exec(
    text,
  )?.[1];
  if (found === undefined) return undefined;
  if (/inf/i.test(found)) return found.startsWith("-") ? -Infinity : Infinity;
  return Number(found);
}

function compareGeneral(a: string, b: string): number {
  const rank = (value: number | undefined) => (value === undefined ? 0 : Number.isNaN(value) ? 1 : 2);
  const [x, y] = [general(a), general(b)];
  return rank(x) - rank(y) || (x ?? 0) - (y ?? 0) || 0;
}

const UNITS = " KMGTPEZYRQ";

function compareHuman(a: string, b: string): number {
  const parse = (text: string) => {
    const found = /^[ \t\n]*(-?)((?:\d+)?(?:\.\d*)?)([kKMGTPEZYRQ]?)/.exec(text);
    const value = Number(found?.[2] === "" || found?.[2] === "." ? 0 : found?.[2]);
    const order = value === 0 ? 0 : UNITS.indexOf((found?.[3] ?? "").toUpperCase() || " ");
    const sign = found?.[1] === "-" && value !== 0 ? -1 : 1;
    return { value: value * sign, order: order * sign };
  };
  const [x, y] = [parse(a), parse(b)];
  return x.order - y.order || x.value - y.value;
}

function month(text: string): number {
  const name = text.trimStart().slice(0, 3).toLowerCase();
  return MONTHS.findIndex((one) => one.slice(0, 3).toLowerCase() === name) + 1;
}

/** A hash for -R: equal keys stay together, the order differs per run. */
function scramble(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 13);
  return hash >>> 0;
}

function compareKey(a: string, b: string, letters: Letters, seed: number): number {
  if (letters.has("n")) return numeric(a) - numeric(b);
  if (letters.has("h")) return compareHuman(a, b);
  if (letters.has("g")) return compareGeneral(a, b);
  if (letters.has("M")) return month(a) - month(b);
  let [x, y] = [a, b];
  if (letters.has("d")) [x, y] = [x.replace(/[^\p{L}\p{N} \t]/gu, ""), y.replace(/[^\p{L}\p{N} \t]/gu, "")];
  else if (letters.has("i")) [x, y] = [x.replace(/[^\x20-\x7e]/g, ""), y.replace(/[^\x20-\x7e]/g, "")];
  if (letters.has("f")) [x, y] = [x.toUpperCase(), y.toUpperCase()];
  if (letters.has("R")) return scramble(x, seed) - scramble(y, seed);
  return letters.has("V") ? compareVersions(x, y) : compareText(x, y);
}

type Compare = (a: string, b: string) => number;

interface Settings {
  readonly keys: readonly Key[];
  readonly globals: Letters;
  readonly tab: string | undefined;
  readonly stable: boolean;
}

/** Compares two lines by all keys. Without `last` equal keys are equal lines. */
function makeCompare(settings: Settings, seed: number, last: boolean): Compare {
  const { keys, globals, tab } = settings;
  const effective = keys.map((key) => {
    // A key without letters of its own inherits the global ones.
    const own = key.letters.size > 0;
    const letters = own ? key.letters : globals;
    const skip = !own && globals.has("b");
    return { ...key, letters, skipStart: key.skipStart || skip, skipEnd: key.skipEnd || skip };
  });
  return (a, b) => {
    if (effective.length === 0) {
      const trim = globals.has("b");
      const order = compareKey(trim ? a.trimStart() : a, trim ? b.trimStart() : b, globals, seed);
      if (order !== 0) return globals.has("r") ? -order : order;
    }
    for (const key of effective) {
      const order = compareKey(keyText(a, key, tab), keyText(b, key, tab), key.letters, seed);
      if (order !== 0) return key.letters.has("r") ? -order : order;
    }
    if (!last || settings.stable) return 0;
    return globals.has("r") ? compareText(b, a) : compareText(a, b);
  };
}

const SORT_WORDS: Readonly<Record<string, string>> = {
  "general-numeric": "g",
  "human-numeric": "h",
  month: "M",
  numeric: "n",
  random: "R",
  version: "V",
};

function* readSettings(io: Io): Task<Settings> {
  const globals = new Set<string>();
  const keys: Key[] = [];
  let tab: string | undefined;
  for (const [name, value = ""] of io.options) {
    if (name.length === 1 && ORDERS.includes(name)) globals.add(name);
    else if (name === "sort") {
      const word = Object.keys(SORT_WORDS).find((one) => one.startsWith(value));
      if (word === undefined) {
        return yield* io.badWord(
          value,
          "--sort",
          Object.keys(SORT_WORDS).map((one) => [one]),
        );
      }
      globals.add(SORT_WORDS[word] ?? "n");
    } else if (name === "k") {
      const key = parseKey(value);
      if (typeof key === "string") return yield* io.die(2, key);
      keys.push(key);
    } else if (name === "t") {
      const mark = value === "\\0" ? "\0" : value;
      if (mark === "") return yield* io.die(2, "empty tab");
      if ([...mark].length > 1) return yield* io.die(2, `multi-character tab ${quote(value)}`);
      if (tab !== undefined && tab !== mark) return yield* io.die(2, "incompatible tabs");
      tab = mark;
    }
  }
  for (const letters of [...keys.map((key) => key.letters), globals]) {
    const rivals = [...letters].filter((letter) => "ghMnRV".includes(letter)).sort();
    const ignore = letters.has("d") ? "d" : letters.has("i") ? "i" : "";
    const clash =
      rivals.length > 1
        ? rivals
        : rivals.length === 1 && ignore !== "" && !"RV".includes(rivals[0] ?? "")
          ? [ignore, ...rivals]
          : [];
    if (clash.length > 0)
      return yield* io.die(
        2,
        `options '-${[...ORDERS].filter((letter) => clash.includes(letter)).join("")}' are incompatible`,
      );
  }
  return { keys, globals, tab, stable: io.has("s") || io.has("u") };
}

function* readLines(io: Io, file: string, end: string): Task<string[]> {
  const bytes = yield* io.readAll(file);
  if (isErrno(bytes)) {
    const what = bytes.code === "EISDIR" ? "read failed" : "cannot read";
    return yield* io.die(2, `${what}: ${quoteFile(file)}: ${bytes.text}`);
  }
  const lines = decode(bytes).split(end);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** -c and -C: tells the first line out of order. */
function* check(io: Io, file: string, settings: Settings, end: string): Task<number> {
  const lines = yield* readLines(io, file, end);
  const unique = io.has("u");
  const compare = makeCompare(settings, 0, !unique);
  for (let i = 1; i < lines.length; i++) {
    const order = compare(lines[i - 1] ?? "", lines[i] ?? "");
    if (order < 0 || (order === 0 && !unique)) continue;
    const quiet =
      io.has("C") || io.options.some(([key, value]) => key === "check" && value !== undefined && /^(s|q)/.test(value));
    if (!quiet) io.warn(`${file}:${i + 1}: disorder: ${lines[i]}`);
    return 1;
  }
  return 0;
}

/** A merge sort that lets others run. */
function* sortLines(sys: Sys, lines: string[], compare: Compare): Task<string[]> {
  if (lines.length < 2000) return lines.sort(compare);
  const middle = lines.length >> 1;
  const left = yield* sortLines(sys, lines.slice(0, middle), compare);
  const right = yield* sortLines(sys, lines.slice(middle), compare);
  return yield* mergeLines(sys, left, right, compare);
}

function* mergeLines(sys: Sys, left: readonly string[], right: readonly string[], compare: Compare): Task<string[]> {
  if (sys.due()) yield* sys.rest();
  const merged: string[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const a = left[i];
    const b = right[j];
    if (b === undefined || (a !== undefined && compare(a, b) <= 0)) {
      merged.push(a as string);
      i += 1;
    } else {
      merged.push(b);
      j += 1;
    }
  }
  return merged;
}

export const sort = defineCommand({
  name: "sort",
  summary: "Write sorted concatenation of all FILE(s) to standard output.",
  usage: ["[OPTION]... [FILE]...", "[OPTION]... --files0-from=F"],
  usageStatus: 2,
  options: `
    b,ignore-leading-blanks  ignore leading blanks
    d,dictionary-order  consider only blanks and alphanumeric characters
    f,ignore-case  fold lower case to upper case characters
    g,general-numeric-sort  compare according to general numerical value
    i,ignore-nonprinting  consider only printable characters
    M,month-sort  compare (unknown) < 'JAN' < ... < 'DEC'
    h,human-numeric-sort  compare human readable numbers (e.g., 2K 1G)
    n,numeric-sort  compare according to string numerical value
    R,random-sort  shuffle, but group identical keys
    ,random-source=FILE  get random bytes from FILE
    r,reverse  reverse the result of comparisons
    ,sort=WORD  sort according to WORD: general-numeric, human-numeric, month, numeric, random, version
    V,version-sort  natural sort of (version) numbers within text
    ,batch-size=NMERGE  merge at most NMERGE inputs at once
    c  check for sorted input; do not sort
    ,check[=HOW]  like -c, or, with quiet, like -C
    C  like -c, but do not report the first bad line
    ,compress-program=PROG  compress temporaries with PROG
    ,debug  annotate the part of the line used to sort
    ,files0-from=F  read input from the files named in F, ended by NUL
    k,key=KEYDEF  sort via a key; KEYDEF gives location and type
    m,merge  merge already sorted files; do not sort
    o,output=FILE  write result to FILE instead of standard output
    s,stable  stabilize sort by disabling last-resort comparison
    S,buffer-size=SIZE  use SIZE for main memory buffer
    t,field-separator=SEP  use SEP instead of non-blank to blank transition
    T,temporary-directory=DIR  use DIR for temporaries
    ,parallel=N  change the number of sorts run concurrently to N
    u,unique  output only the first of an equal run
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io, sys) {
    const settings = yield* readSettings(io);
    if (io.has("debug")) return yield* io.notModelled("--debug");
    let files = io.operands.length > 0 ? io.operands : ["-"];
    const from = io.value("files0-from");
    if (from !== undefined) files = (yield* readLines(io, from, "\0")) as string[];
    const end = io.has("z") ? "\0" : "\n";
    const how = io.value("check");
    if (how !== undefined && !["quiet", "silent", "diagnose-first"].some((word) => word.startsWith(how)))
      return yield* io.badWord(how, "--check", [["quiet", "silent"], ["diagnose-first"]]);
    if (io.has("c") || io.has("check") || io.has("C")) {
      if (files.length > 1) return yield* io.die(2, `extra operand '${files[1]}' not allowed with -c`);
      return yield* check(io, files[0] ?? "-", settings, end);
    }
    for (const file of files) {
      const problem = file === "-" ? undefined : sys.access(file, "r");
      if (isErrno(problem)) return yield* io.die(2, `cannot read: ${quoteFile(file)}: ${problem.text}`);
    }
    let lines: string[] = [];
    const seed = sys.random(4).reduce((sum, byte) => sum * 256 + byte, 0) | 0;
    const compare = makeCompare(settings, seed, !io.has("u"));
    for (const file of files) {
      const more = yield* readLines(io, file, end);
      lines = io.has("m") ? yield* mergeLines(sys, lines, more, compare) : lines.concat(more);
    }
    if (!io.has("m")) lines = yield* sortLines(sys, lines, compare);
    if (io.has("u")) {
      const same = makeCompare(settings, seed, false);
      lines = lines.filter((line, i) => i === 0 || same(lines[i - 1] ?? "", line) !== 0);
    }
    const output = io.value("o");
    const text = lines.length > 0 ? lines.join(end) + end : "";
    if (output === undefined) io.print(text);
    else {
      const fd = sys.open(output, { write: true, create: true, truncate: true });
      if (isErrno(fd)) return yield* io.die(2, `open failed: ${quoteFile(output)}: ${fd.text}`);
      yield* sys.write(fd, text);
      sys.close(fd);
    }
    return undefined;
  },
});
