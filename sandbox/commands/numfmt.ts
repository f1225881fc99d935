// numfmt and factor: numbers to and from human form, and their prime factors.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand, type Io } from "./define.ts";

const LETTERS = "KMGTPEZYRQ";
const SCALES = ["none", "auto", "si", "iec", "iec-i"];

/** A number with a suffix; a string is the message of an error. */
function readNumber(text: string, from: string): number | string {
  const found = /^(-?\d+(?:\.\d+)?)([A-Za-z]?)(i?)(.*)$/.exec(text);
  if (found === null) return `invalid number: ${quote(text)}`;
  const [, digits = "", letter = "", i = "", rest = ""] = found;
  if (letter === "" && rest === "") return Number(digits);
  if (from === "none")
    return LETTERS.includes(letter.toUpperCase()) && letter !== ""
      ? `rejecting suffix in input: ${quote(text)} (consider using --from)`
      : `invalid suffix in input: ${quote(text)}`;
  const power = LETTERS.indexOf(letter === "k" ? "K" : letter) + 1;
  if (power === 0 || rest !== "") return `invalid suffix in input: ${quote(text)}`;
  if (from === "iec-i" && i === "") return `missing 'i' suffix in input: ${quote(text)} (e.g Ki/Mi/Gi)`;
  return Number(digits) * (from === "si" || (from === "auto" && i === "") ? 1000 : 1024) ** power;
}

function writeNumber(value: number, to: string, round: (value: number) => number): string {
  if (to === "none") return String(value);
  const base = to === "si" ? 1000 : 1024;
  let power = 0;
  let scaled = Math.abs(value);
  while (scaled >= base && power < LETTERS.length) {
    scaled /= base;
    power += 1;
  }
  let text = power > 0 && scaled < 10 ? (round(scaled * 10) / 10).toFixed(1) : String(round(scaled));
  if (Number(text) >= base && power < LETTERS.length) {
    power += 1;
    text = "1.0";
  } else if (text === "10.0") text = "10";
  return (value < 0 ? "-" : "") + text + (power > 0 ? (LETTERS[power - 1] ?? "") + (to === "iec-i" ? "i" : "") : "");
}

const ROUNDS: Readonly<Record<string, (value: number) => number>> = {
  up: (value) => Math.ceil(value - 1e-9),
  down: Math.floor,
  "from-zero": (value) => Math.ceil(value - 1e-9),
  "towards-zero": Math.floor,
  nearest: Math.round,
};

export const numfmt = defineCommand({
  name: "numfmt",
  summary: "Reformat NUMBER(s), or the numbers from standard input if none are specified.",
  usage: ["[OPTION]... [NUMBER]..."],
  options: `
    ,debug  print warnings about invalid input
    d,delimiter=X  use X instead of whitespace for field delimiter
    ,field=FIELDS  replace the numbers in these input fields
    ,format=FORMAT  use printf style floating-point FORMAT
    ,from=UNIT  auto-scale input numbers to UNITs: none, auto, si, iec, iec-i
    ,from-unit=N  specify the input unit size
    ,grouping  use locale-defined grouping of digits
    ,header[=N]  print the first N header lines as they are
    ,invalid=MODE  failure mode for invalid numbers: abort, fail, warn, ignore
    ,padding=N  pad the output to N characters
    ,round=METHOD  up, down, from-zero (default), towards-zero, nearest
    ,suffix=SUFFIX  add SUFFIX to output numbers
    ,to=UNIT  auto-scale output numbers to UNITs
    ,to-unit=N  the output unit size
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io) {
    const unit = (name: string) => io.value(name) ?? "none";
    for (const name of ["from", "to"]) {
      if (!SCALES.includes(unit(name)) || (name === "to" && unit(name) === "auto"))
        return yield* io.badWord(
          unit(name),
          `--${name}`,
          SCALES.filter((one) => name === "from" || one !== "auto").map((one) => [one]),
        );
    }
    if (io.has("format")) return yield* io.notModelled("--format", 1);
    const round = ROUNDS[io.value("round") ?? "from-zero"] ?? ROUNDS["from-zero"] ?? Math.ceil;
    const fields = new Set(
      (io.value("field") ?? "1").split(",").flatMap((part) => {
        const [from = 1, to = from] = part.split("-").map((word) => Number(word || 1));
        return Array.from({ length: Math.max(1, to - from + 1) }, (_, i) => from + i);
      }),
    );
    const invalid = io.value("invalid") ?? "abort";
    const convert = function* (text: string): Task<string> {
      const suffix = io.value("suffix") ?? "";
      const bare = suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
      const value = readNumber(bare, unit("from"));
      if (typeof value === "string") {
        if (invalid === "abort") return yield* io.die(2, value);
        if (invalid !== "ignore") io.warn(value);
        if (invalid === "fail") io.status = 2;
        return text;
      }
      const scaled = (value * Number(io.value("from-unit") ?? 1)) / Number(io.value("to-unit") ?? 1);
      const shown = writeNumber(unit("to") === "none" ? round(scaled) : scaled, unit("to"), round) + suffix;
      const padding = Number(io.value("padding") ?? 0);
      return padding < 0 ? shown.padEnd(-padding) : shown.padStart(padding);
    };
    if (io.operands.length > 0) {
      for (const word of io.operands) io.print(`${yield* convert(word)}\n`);
      return undefined;
    }
    const bytes = yield* io.readFd(0);
    if (isErrno(bytes)) return yield* io.die(1, `error reading input: ${bytes.text}`);
    const lines = decode(bytes).split("\n");
    if (lines.at(-1) === "") lines.pop();
    let header = io.has("header") ? Number(io.value("header") ?? 1) : 0;
    for (const line of lines) {
      if (header-- > 0) {
        io.print(`${line}\n`);
        continue;
      }
      yield* convertLine(io, line, fields, convert);
    }
    return undefined;
  },
});

function* convertLine(
  io: Io,
  line: string,
  fields: ReadonlySet<number>,
  convert: (text: string) => Task<string>,
): Task<void> {
  const delimiter = io.value("d");
  const parts = delimiter === undefined ? (line.match(/\s*\S+/g) ?? [line]) : line.split(delimiter);
  const done: string[] = [];
  for (const [i, part] of parts.entries()) {
    const blank = delimiter === undefined ? (/^\s*/.exec(part)?.[0] ?? "") : "";
    if (!fields.has(i + 1)) {
      done.push(part);
      continue;
    }
    const text = yield* convert(part.slice(blank.length));
    done.push(delimiter === undefined && blank.length > 1 ? text.padStart(part.length) : blank + text);
  }
  io.print(`${done.join(delimiter ?? "")}\n`);
}

export const factor = defineCommand({
  name: "factor",
  summary: "Print the prime factors of each specified integer NUMBER.",
  usage: ["[OPTION] [NUMBER]...", "OPTION"],
  options: "h,exponents  print repeated factors in form p^e unless e is 1",
  *run(io, sys) {
    let words = io.operands;
    if (words.length === 0) {
      const bytes = yield* io.readFd(0);
      words = isErrno(bytes)
        ? []
        : decode(bytes)
            .split(/\s+/)
            .filter((word) => word !== "");
    }
    for (const word of words) {
      if (!/^\s*\+?\d+$/.test(word)) {
        io.warn(`${quote(word)} is not a valid positive integer`);
        io.status = 1;
        continue;
      }
      let rest = BigInt(word.trim().replace("+", ""));
      const factors: bigint[] = [];
      for (let prime = 2n; prime * prime <= rest; prime += prime === 2n ? 1n : 2n) {
        while (rest % prime === 0n) {
          factors.push(prime);
          rest /= prime;
        }
        if (sys.due()) yield* sys.rest();
      }
      if (rest > 1n) factors.push(rest);
      io.print(`${BigInt(word.trim().replace("+", ""))}:${factors.map((one) => ` ${one}`).join("")}\n`);
    }
    return undefined;
  },
});
