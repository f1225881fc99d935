// Values of awk: numbers, strings, and input that may be either. Text is bytes as mawk has it: one character a byte.

import { fixed as fixedEven } from "../../lib/printf.ts";

/** Text from outside (fields, getline, -v): a number for comparisons where it looks like one. */
export class Input {
  readonly text: string;
  #number: number | undefined;
  #looked = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Its number where the whole text is one, blanks around it aside. */
  get number(): number | undefined {
    if (!this.#looked) {
      this.#looked = true;
      const found = NUMBER.exec(this.text);
      if (found !== null && found[0].length === this.text.trimEnd().length && found[0].trim() !== "")
        this.#number = parseNumber(found[0]);
    }
    return this.#number;
  }
}

export type Value = number | string | Input | undefined;

const NUMBER = /^[ \t\n\r\f\v]*[+-]?(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)?/i;

function parseNumber(text: string): number {
  const word = text.trim().toLowerCase();
  const sign = word.startsWith("-") ? -1 : 1;
  const bare = word.replace(/^[+-]/, "");
  if (bare.startsWith("inf")) return sign * Infinity;
  if (bare === "nan") return Number.NaN;
  return sign * (bare.startsWith("0x") ? Number.parseInt(bare, 16) : Number.parseFloat(bare) || 0);
}

/** strtod(3): the number at the start of a text, hexadecimal included. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  const text = typeof value === "string" ? value : value.text;
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57 && text.length < 10 && /^\d+$/.test(text)) return +text;
  return parseNumber(NUMBER.exec(text)?.[0] ?? "");
}

const MAX_INT = 0x7fffffff;

/** A number as text: integers that fit an int plainly, others by CONVFMT or OFMT. */
export function formatNumber(value: number, format: string): string {
  if (value >= -MAX_INT && value <= MAX_INT && Number.isInteger(value)) return String(value === 0 ? 0 : value);
  return formatWith(format, [value]).text;
}

export function toText(value: Value, convfmt: string): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  return typeof value === "number" ? formatNumber(value, convfmt) : value.text;
}

export function toBoolean(value: Value): boolean {
  if (typeof value === "number") return value !== 0;
  if (value === undefined) return false;
  if (typeof value === "string") return value !== "";
  const { number } = value;
  return number === undefined ? value.text !== "" : number !== 0;
}

/** -1, 0 or 1: as numbers where both sides are or look numeric, else as bytes. */
export function compare(left: Value, right: Value, convfmt: string): number {
  const a = numeric(left);
  const b = numeric(right);
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  const x = toText(left, convfmt);
  const y = toText(right, convfmt);
  return x < y ? -1 : x > y ? 1 : 0;
}

function numeric(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  return typeof value === "string" ? undefined : value.number;
}

/** What printf made, and what stopped it. */
export interface Formatted {
  readonly text: string;
  readonly problem?: string;
}

/** C's printf on awk values. mawk clamps %d to an int. */
export function formatWith(format: string, args: readonly Value[]): Formatted {
  let text = "";
  let next = 0;
  let conversions = 0;
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf("%", at);
    if (percent < 0) return { text: text + format.slice(at) };
    text += format.slice(at, percent);
    if (format[percent + 1] === "%") {
      text += "%";
      at = percent + 2;
      continue;
    }
    const found = /^%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]*(.?)/s.exec(format.slice(percent));
    if (found === null) break;
    conversions += 1;
    const [whole, flags = "", wide = "", fine, letter = ""] = found;
    const missing = { text, problem: `not enough arguments passed to printf("${format}")` };
    const star = (given: string | undefined): number | undefined => {
      if (given !== "*") return given === undefined ? undefined : Number(given || 0);
      return Math.trunc(toNumber(args[next++]));
    };
    if (next >= args.length) return missing;
    let width = star(wide === "" ? undefined : wide) ?? 0;
    const precision = star(fine);
    if (next >= args.length) return missing;
    if (!"diouxXcseEfFgGaA".includes(letter) || letter === "") {
      return { text, problem: `improper conversion(number ${conversions}) in printf("${format}")` };
    }
    let signs = flags;
    if (width < 0) {
      signs += "-";
      width = -width;
    }
    text += formatOne(letter, signs, width, precision, args[next++]);
    at = percent + whole.length;
  }
  return { text };
}

function formatOne(letter: string, flags: string, width: number, precision: number | undefined, value: Value): string {
  if (letter === "s" || letter === "c") {
    const full = letter === "s" ? toText(value, "%.6g") : characterOf(value);
    return pad(
      precision === undefined || letter === "c" ? full : full.slice(0, precision),
      flags.replace("0", ""),
      width,
      "",
    );
  }
  const number = toNumber(value);
  if ("diouxX".includes(letter)) return formatInt(letter, flags, width, precision, number);
  return formatFloating(letter, flags, width, precision ?? 6, number);
}

function characterOf(value: Value): string {
  if (typeof value === "number") return String.fromCharCode(Math.trunc(value) & 255);
  return toText(value, "%.6g").slice(0, 1) || "\0";
}

function pad(body: string, flags: string, width: number, sign: string): string {
  const length = sign.length + body.length;
  if (length >= width) return sign + body;
  if (flags.includes("-")) return (sign + body).padEnd(width);
  return flags.includes("0") ? sign + body.padStart(width - sign.length, "0") : (sign + body).padStart(width);
}

function signOf(negative: boolean, flags: string): string {
  return negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function formatInt(
  letter: string,
  flags: string,
  width: number,
  precision: number | undefined,
  number: number,
): string {
  const whole = Number.isNaN(number) ? -MAX_INT - 1 : Math.max(-MAX_INT - 1, Math.min(MAX_INT, Math.trunc(number)));
  const signed = letter === "d" || letter === "i";
  const size = signed ? Math.abs(whole) : Math.max(0, Math.min(Math.trunc(number) || 0, 0xffffffff));
  let digits = size.toString(letter === "o" ? 8 : letter === "x" || letter === "X" ? 16 : 10);
  if (letter === "X") digits = digits.toUpperCase();
  if (precision !== undefined) digits = precision === 0 && size === 0 ? "" : digits.padStart(precision, "0");
  const prefix =
    flags.includes("#") && size !== 0
      ? letter === "o"
        ? "0"
        : letter === "x" || letter === "X"
          ? `0${letter}`
          : ""
      : "";
  return pad(
    digits,
    precision === undefined ? flags : flags.replace("0", ""),
    width,
    (signed ? signOf(whole < 0, flags) : "") + prefix,
  );
}

function formatFloating(letter: string, flags: string, width: number, precision: number, number: number): string {
  const kind = letter.toLowerCase();
  const negative = number < 0 || Object.is(number, -0) || Number.isNaN(number);
  const size = Math.abs(number);
  if (!Number.isFinite(size))
    return pad(Number.isNaN(number) ? "nan" : "inf", flags.replace("0", ""), width, signOf(negative, flags));
  let body: string;
  if (kind === "f") body = fixed(size, precision);
  else if (kind === "e") body = exponent(size.toExponential(Math.min(precision, 100)));
  else {
    const digits = Math.max(precision, 1);
    const scientific = size.toExponential(Math.min(digits - 1, 100));
    const power = Number(scientific.split("e")[1]);
    body = power < -4 || power >= digits ? scientific : fixed(size, digits - 1 - power);
    if (!flags.includes("#") && body.includes(".")) body = body.replace(/0+(?=e|$)/, "").replace(/\.(?=e|$)/, "");
    if (body.includes("e")) body = exponent(body);
  }
  return pad(letter === kind ? body : body.toUpperCase(), flags, width, signOf(negative, flags));
}

function fixed(size: number, precision: number): string {
  if (size < 1e21) return fixedEven(size, Math.min(precision, 100));
  return BigInt(size).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
}

/** C writes at least two digits of exponent. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}
