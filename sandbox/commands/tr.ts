// tr: translates, squeezes and deletes bytes.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode, encode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[0-9A-Za-z]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[\t-\r ]/,
  blank: /[\t ]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[^ -~]/,
  xdigit: /[0-9A-Fa-f]/,
};

interface Set {
  readonly bytes: number[];
  /** Where classes that matter for case begin. */
  readonly classes: { readonly name: string; readonly at: number }[];
  /** Place and byte of `[c*]`, which fills up to the other set's length. */
  readonly fill?: { readonly at: number; readonly byte: number };
}

function classBytes(name: string): number[] {
  const found = CLASSES[name];
  const bytes: number[] = [];
  for (let byte = 0; byte < 128; byte++) if (found?.test(String.fromCharCode(byte))) bytes.push(byte);
  return bytes;
}

/** A set with ranges, classes, escapes and repeats written out; a text is what is wrong with it. */
function parseSet(text: string, second: boolean): Set | string {
  const source = encode(text);
  const units: { byte: number; plain: boolean }[] = [];
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    if (byte !== 92 || i + 1 >= source.length) {
      units.push({ byte, plain: byte !== 92 });
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(decode(source.subarray(i + 1, i + 4)))?.[0];
    if (octal !== undefined) {
      const digits = Number.parseInt(octal, 8) > 255 ? octal.slice(0, 2) : octal;
      units.push({ byte: Number.parseInt(digits, 8), plain: false });
      i += digits.length;
      continue;
    }
    const next = source[++i] ?? 0;
    units.push({ byte: ESCAPES[String.fromCharCode(next)] ?? next, plain: false });
  }
  const bytes: number[] = [];
  const classes: { name: string; at: number }[] = [];
  let fill: { at: number; byte: number } | undefined;
  const charAt = (at: number): string => (units[at]?.plain ? String.fromCharCode(units[at]?.byte ?? 0) : "");
  const plainText = (from: number, to: number): string =>
    units
      .slice(from, to)
      .map((_, k) => charAt(from + k))
      .join("");
  for (let i = 0; i < units.length; ) {
    if (charAt(i) === "[") {
      const kind = charAt(i + 1);
      let close = -1;
      if (kind === ":" || kind === "=")
        for (let k = i + 3; k < units.length && close < 0; k++)
          if (charAt(k) === "]" && charAt(k - 1) === kind) close = k;
      if (close > 0) {
        const name = plainText(i + 2, close - 1);
        if (kind === "=") {
          if (close - i !== 4)
            return `${decode(Uint8Array.from(units.slice(i + 2, close - 1), (unit) => unit.byte))}: equivalence class operand must be a single character`;
          bytes.push(units[i + 2]?.byte ?? 0);
        } else {
          if (!(name in CLASSES))
            return name === "" ? "missing character class name '[::]'" : `invalid character class ${quote(name)}`;
          classes.push({ name, at: bytes.length });
          bytes.push(...classBytes(name));
        }
        i = close + 1;
        continue;
      }
      if (charAt(i + 2) === "*") {
        let end = i + 3;
        while (/[0-9]/.test(charAt(end))) end++;
        if (charAt(end) === "]") {
          const digits = plainText(i + 3, end);
          const count = digits === "" ? 0 : Number.parseInt(digits, digits.startsWith("0") ? 8 : 10);
          if (!second && count === 0) return "the [c*] repeat construct may not appear in string1";
          const byte = units[i + 1]?.byte ?? 0;
          if (count === 0) fill = { at: bytes.length, byte };
          else for (let k = 0; k < count; k++) bytes.push(byte);
          i = end + 1;
          continue;
        }
      }
    }
    const low = units[i]?.byte ?? 0;
    if (charAt(i + 1) === "-" && i + 2 < units.length) {
      const high = units[i + 2]?.byte ?? 0;
      if (high < low)
        return `range-endpoints of '${showByte(low)}-${showByte(high)}' are in reverse collating sequence order`;
      for (let byte = low; byte <= high; byte++) bytes.push(byte);
      i += 3;
      continue;
    }
    bytes.push(low);
    i += 1;
  }
  return { bytes, classes, ...(fill && { fill }) };
}

function showByte(byte: number): string {
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
}

function complement(bytes: readonly number[]): number[] {
  const present = new Set(bytes);
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !present.has(byte));
}

function* checkOperands(io: Io): Task<void> {
  const [one, two, extra] = io.operands;
  const deletes = io.has("d");
  const squeezes = io.has("s");
  const max = deletes && !squeezes ? 1 : 2;
  const min = deletes === squeezes ? 2 : 1;
  const missing =
    one === undefined
      ? "missing operand"
      : two === undefined && min === 2
        ? `missing operand after ${quote(one)}`
        : undefined;
  if (missing !== undefined) {
    io.warn(missing);
    if (one !== undefined)
      io.printError(
        deletes
          ? "Two strings must be given when both deleting and squeezing repeats.\n"
          : "Two strings must be given when translating.\n",
      );
    yield* io.usageError("");
  }
  const tooMany = max === 1 ? two : extra;
  if (tooMany !== undefined) {
    io.warn(`extra operand ${quote(tooMany)}`);
    if (max === 1 && io.operands.length === 2)
      io.printError("Only one string may be given when deleting without squeezing repeats.\n");
    yield* io.usageError("");
  }
}

/** The map of bytes to bytes for translation. */
function* buildMap(io: Io, first: Set, second: Set): Task<Uint8Array> {
  const complemented = io.has("c");
  const from = complemented ? complement(first.bytes) : first.bytes;
  const to = [...second.bytes];
  const isCase = (name: string): boolean => name === "upper" || name === "lower";
  if (second.classes.some(({ name }) => !isCase(name))) {
    return yield* io.die(
      1,
      "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'",
    );
  }
  for (const { at } of second.classes) {
    if (!first.classes.some((one) => one.at === at && isCase(one.name)))
      return yield* io.die(1, "misaligned [:upper:] and/or [:lower:] construct");
  }
  const { fill } = second;
  if (fill !== undefined)
    to.splice(fill.at, 0, ...new Array<number>(Math.max(0, from.length - to.length)).fill(fill.byte));
  if (to.length === 0 && !io.has("t")) return yield* io.die(1, "when not truncating set1, string2 must be non-empty");
  if (complemented && first.classes.length > 0 && new Set(to).size > 1) {
    return yield* io.die(
      1,
      "when translating with complemented character classes,\nstring2 must map all characters in the domain to one",
    );
  }
  const map = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const last = to[to.length - 1] ?? 0;
  from.forEach((byte, index) => {
    if (index < to.length) map[byte] = to[index] ?? 0;
    else if (!io.has("t")) map[byte] = last;
  });
  return map;
}

export const tr = defineCommand({
  name: "tr",
  summary: "Translate, squeeze, and/or delete characters from standard input, writing to standard output.",
  usage: ["[OPTION]... STRING1 [STRING2]"],
  options: `
    c|C,complement  use the complement of STRING1
    d,delete  delete characters in STRING1, do not translate
    s,squeeze-repeats  replace each sequence of a repeated character of the last STRING by one
    t,truncate-set1  first truncate STRING1 to length of STRING2`,
  posix: true,
  *run(io) {
    yield* checkOperands(io);
    const sets: Set[] = [];
    for (const [index, text] of io.operands.entries()) {
      const set = parseSet(text, index === 1);
      if (typeof set === "string") return yield* io.die(1, set);
      sets.push(set);
    }
    const [first, second] = sets as [Set, Set | undefined];
    const wanted = new Uint8Array(256);
    for (const byte of io.has("c") ? complement(first.bytes) : first.bytes) wanted[byte] = 1;
    const deletes = io.has("d");
    const map = deletes || second === undefined ? undefined : yield* buildMap(io, first, second);
    const squeeze = new Uint8Array(256);
    if (io.has("s")) {
      if (second === undefined) squeeze.set(wanted);
      else
        for (const byte of second.fill === undefined ? second.bytes : [...second.bytes, second.fill.byte])
          squeeze[byte] = 1;
    }
    let previous = -1;
    for (;;) {
      const bytes = yield* io.read(0);
      if (isErrno(bytes)) return yield* io.die(1, `read error: ${bytes.text}`);
      if (bytes.length === 0) return 0;
      const out = new Uint8Array(bytes.length);
      let size = 0;
      for (const byte of bytes) {
        if (deletes && wanted[byte] === 1) continue;
        const made = map === undefined ? byte : (map[byte] ?? 0);
        if (made === previous && squeeze[made] === 1) continue;
        previous = made;
        out[size++] = made;
      }
      io.print(out.subarray(0, size));
      if (io.full) yield* io.drain();
      if (io.writeError !== undefined) return 1;
      if (io.sys.due()) yield* io.sys.rest();
    }
  },
});
