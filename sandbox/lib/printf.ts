// printf(1) formats: escapes, conversions with flags, width and precision, and the arguments reused until used up.

import { encode } from "../kernel/text.ts";
import { expandEscapes, joinBytes } from "./escapes.ts";
import { quoteIfNeeded } from "./quote.ts";

export interface NumberProblem {
  readonly value: number | bigint;
  readonly problem?: string;
}

/** A numeric argument: decimal, 0x, 0, or 'c for the code of a character. */
export function numberArgument(text: string, float: boolean, signed = false): NumberProblem {
  if (/^['"]/.test(text)) {
    const code = text.length > 1 ? (text.codePointAt(1) ?? 0) : 0;
    return { value: float ? code : BigInt(code) };
  }
  if (text === "") return { value: float ? 0 : 0n };
  const trimmed = text.trimStart();
  if (float) {
    const found =
      /^[-+]?(?:0[xX][\da-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(
        trimmed,
      )?.[0];
    if (found === undefined) return { value: 0, problem: "expected a numeric value" };
    const value = /inf/i.test(found)
      ? found.startsWith("-")
        ? -Infinity
        : Infinity
      : /nan/i.test(found)
        ? Number.NaN
        : Number(found);
    return { value, ...(found.length < trimmed.length ? { problem: "value not completely converted" } : {}) };
  }
  const found = /^([-+]?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(trimmed);
  if (found === null) return { value: 0n, problem: "expected a numeric value" };
  const digits = found[2] ?? "0";
  const size = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  let value = found[1] === "-" ? -size : size;
  const most = signed ? 9223372036854775807n : 18446744073709551615n;
  if (value > most || value < -9223372036854775808n) {
    value = value > 0n ? most : -9223372036854775808n;
    return { value, problem: "Numerical result out of range" };
  }
  return { value, ...(found[0].length < trimmed.length ? { problem: "value not completely converted" } : {}) };
}

/** Widths count bytes, as printf(3) does. */
function byteWidth(text: string, width: number): number {
  return /^[\x00-\x7f]*$/.test(text) ? width : width - encode(text).length + text.length;
}

function pad(text: string, wanted: number, flags: string, zero: boolean): string {
  const width = byteWidth(text, wanted);
  if (width <= text.length) return text;
  if (flags.includes("-")) return text.padEnd(width);
  if (!zero) return text.padStart(width);
  const sign = /^(?:[-+ ]?0[xX]|[-+ ]?)/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

/** One integer conversion: d i o u x X. */
export function formatInteger(
  value: bigint,
  letter: string,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const signed = letter === "d" || letter === "i";
  if (signed && value > 9223372036854775807n)
    return formatInteger(9223372036854775807n, letter, flags, width, precision);
  const size = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  let digits = size.toString(letter === "o" ? 8 : letter === "x" || letter === "X" ? 16 : 10);
  if (precision === 0 && size === 0n) digits = "";
  digits = digits.padStart(precision ?? 0, "0");
  if (flags.includes("#") && letter === "o" && !digits.startsWith("0")) digits = `0${digits}`;
  if (flags.includes("#") && letter.toLowerCase() === "x" && size !== 0n) digits = `0x${digits}`;
  if (signed) digits = (value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + digits;
  if (letter === "X") digits = digits.toUpperCase();
  return pad(digits, width, flags, flags.includes("0") && precision === undefined);
}

function general(value: number, precision: number, alternate: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  const exponent =
    value === 0
      ? 0
      : Number(
          Math.abs(value)
            .toExponential(digits - 1)
            .split("e")[1],
        );
  let text =
    exponent < -4 || exponent >= digits
      ? value.toExponential(digits - 1)
      : value.toFixed(Math.max(0, digits - 1 - exponent));
  if (!alternate && text.includes(".")) text = text.replace(/\.?0+(?=e|$)/, "");
  return text;
}

/** toFixed as C has it: a tie goes to the even digit. */
export function fixed(size: number, digits: number): string {
  const text = size.toFixed(digits);
  if (digits > 70) return text;
  const exact = size.toFixed(digits + 30);
  const end = exact.length - 30;
  if (!/^50*$/.test(exact.slice(end))) return text;
  const low = exact.slice(0, end).replace(/\.$/, "");
  return /[02468]$/.test(low) ? low : text;
}

/** A decimal number as a long double keeps it (64 bits of mantissa), with so many digits after the point. */
export function fixedLong(decimal: string, digits: number): string | undefined {
  const match = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d{1,3}))?$/.exec(decimal);
  if (match === null || !/\d/.test(decimal)) return undefined;
  const [, whole = "", part = "", power = "0"] = match;
  const shift = Number(power) - part.length;
  const top = BigInt(whole + part || "0") * 10n ** BigInt(Math.max(0, shift));
  const bottom = 10n ** BigInt(Math.max(0, -shift));
  const even = (a: bigint, b: bigint) => {
    const q = a / b;
    const rest = (a % b) * 2n;
    return rest > b || (rest === b && q % 2n === 1n) ? q + 1n : q;
  };
  let scale = 0n;
  if (top > 0n) {
    const bits = BigInt(top.toString(2).length - bottom.toString(2).length);
    scale = 64n - bits;
    if (even(top << (scale > 0n ? scale : 0n), bottom << (scale < 0n ? -scale : 0n)) >> 64n > 0n) scale -= 1n;
  }
  const up = scale > 0n ? scale : 0n;
  const down = scale < 0n ? -scale : 0n;
  const mantissa = even(top << up, bottom << down);
  const text = even((mantissa * 10n ** BigInt(digits)) << down, 1n << up).toString();
  if (digits === 0) return text;
  const padded = text.padStart(digits + 1, "0");
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** One floating conversion: e f g E F G; `decimal` is the number as it was written, where it is known. */
export function formatFloat(
  value: number,
  letter: string,
  flags: string,
  width: number,
  precision = 6,
  decimal = "",
): string {
  let text: string;
  const kind = letter.toLowerCase();
  const size = Math.abs(value);
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? "nan" : "inf";
  else if (kind === "f")
    text =
      size >= 1e21
        ? BigInt(size).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "")
        : (fixedLong(decimal, Math.min(100, precision)) ?? fixed(size, Math.min(100, precision)));
  else
    text =
      kind === "e"
        ? size.toExponential(Math.min(100, precision))
        : general(size, Math.min(100, precision), flags.includes("#"));
  text = text.replace(/e([-+])(\d)$/, "e$10$2");
  const negative = value < 0 || Object.is(value, -0);
  text = (negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + text;
  if (letter !== kind) text = text.toUpperCase();
  return pad(text, width, flags, flags.includes("0") && Number.isFinite(value));
}

export interface PrintfResult {
  readonly text: string;
  /** Messages, each without the program's name. */
  readonly errors: readonly string[];
  /** True where an error ended the run. */
  readonly fatal: boolean;
}

/** Runs a printf format over its arguments. */
export function runPrintf(format: string, args: readonly string[]): PrintfResult {
  let text = "";
  const errors: string[] = [];
  let at = 0;
  const take = () => args[at++];
  const integer = (word: string | undefined, float: boolean, signed = false): number | bigint => {
    if (word === undefined || (word === "" && args.length < at)) return float ? 0 : 0n;
    const { value, problem } = numberArgument(word, float, signed);
    if (problem !== undefined) errors.push(`${quoteAlwaysWord(word)}: ${problem}`);
    return value;
  };
  for (;;) {
    const start = at;
    const pattern = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:hh?|ll?|[jztL])?(.?)|\\|[^%\\]+/gsu;
    let piece = pattern.exec(format);
    while (piece !== null) {
      const whole = piece[0];
      if (whole === "\\") {
        // One escape at a time, so that \c and errors stop at the right place.
        const rest = format.slice(piece.index);
        const length = escapeLength(rest);
        const expanded = expandEscapes(rest.slice(0, length), "format");
        text += expanded.text;
        if (expanded.bad !== undefined) return { text, errors: [...errors, expanded.bad], fatal: true };
        if (expanded.stop) return { text: joinBytes(text), errors, fatal: false };
        pattern.lastIndex = piece.index + length;
      } else if (!whole.startsWith("%")) text += whole;
      else if (whole === "%%") text += "%";
      else {
        const letter = piece[4] ?? "";
        let flags = piece[1] ?? "";
        let width = piece[2] === "*" ? Number(integer(take(), false)) : Number(piece[2] ?? 0);
        if (width < 0) {
          flags += "-";
          width = -width;
        }
        const hasPoint = /\./.test(whole.slice(0, whole.length - letter.length));
        let precision: number | undefined = !hasPoint
          ? undefined
          : piece[3] === "*"
            ? Number(integer(take(), false))
            : Number(piece[3] ?? 0);
        if (precision !== undefined && precision < 0) precision = undefined;
        if (letter === "b" || letter === "s" || letter === "c" || letter === "q") {
          let word = take() ?? "";
          let stop = false;
          if (letter === "b") ({ text: word, stop } = expandEscapes(word, "b"));
          if (letter === "q") word = quoteIfNeeded(word);
          if (letter === "c") word = word === "" ? "" : String.fromCodePoint(word.codePointAt(0) ?? 0);
          if (precision !== undefined && letter !== "c") word = word.slice(0, precision);
          text += pad(word, width, flags, false);
          if (stop) return { text, errors, fatal: false };
        } else if (letter !== "" && "diouxX".includes(letter))
          text += formatInteger(integer(take(), false, /[di]/.test(letter)) as bigint, letter, flags, width, precision);
        else if (letter !== "" && "eEfFgGaA".includes(letter))
          text += formatFloat(Number(integer(take(), true)), letter, flags, width, precision);
        else {
          errors.push(whole === "%" ? "missing" : `%${whole.slice(1)}: invalid conversion specification`);
          if (whole === "%") errors[errors.length - 1] = "%: invalid conversion specification";
          return { text, errors, fatal: true };
        }
      }
      piece = pattern.exec(format);
    }
    if (at >= args.length || at === start) break;
  }
  return { text: joinBytes(text), errors, fatal: false };
}

function quoteAlwaysWord(word: string): string {
  return `‘${word}’`;
}

function escapeLength(text: string): number {
  return /^\\(?:[0-7]{1,3}|x[\da-fA-F]{0,2}|u[\da-fA-F]{1,4}|U[\da-fA-F]{1,8}|.|$)/s.exec(text)?.[0].length ?? 1;
}
