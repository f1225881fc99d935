// seq: numbers from first to last.

import { formatFloat, formatInteger } from "../lib/printf.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

/** Digits after the point, as seq takes them from how a number is written. */
function decimals(text: string): number {
  if (/^[-+]?0[xX]/.test(text)) return 0;
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const point = mantissa.indexOf(".");
  return Math.max(0, (point < 0 ? 0 : mantissa.length - point - 1) - Number(exponent));
}

export const seq = defineCommand({
  name: "seq",
  summary: "Print numbers from FIRST to LAST, in steps of INCREMENT.",
  usage: ["[OPTION]... LAST", "[OPTION]... FIRST LAST", "[OPTION]... FIRST INCREMENT LAST"],
  posix: true,
  options: `
    f,format=FORMAT  use printf style floating-point FORMAT
    s,separator=STRING  use STRING to separate numbers (default: \\n)
    w,equal-width  equalize width by padding with leading zeroes`,
  // A negative number is an operand, not an option.
  prepare: (args) => {
    const at = args.findIndex((word, i) => /^-[.\d]/.test(word) && !/^-[fs]$/.test(args[i - 1] ?? ""));
    const firstOperand = args.findIndex(
      (word, i) => !word.startsWith("-") && !/^-[fs]$|^--(format|separator)$/.test(args[i - 1] ?? ""),
    );
    if (at < 0 || (firstOperand >= 0 && firstOperand < at) || args.includes("--")) return args;
    return [...args.slice(0, at), "--", ...args.slice(at)];
  },
  *run(io, sys) {
    const words = io.operands;
    if (words.length === 0) return yield* io.usageError("missing operand");
    if (words.length > 3) return yield* io.usageError(`extra operand ${quote(words[3] ?? "")}`);
    for (const word of words) {
      if (/^[-+]?nan$/i.test(word))
        return yield* io.usageError(`invalid ${quote("not-a-number")} argument: ${quote(word)}`);
      if (!/^\s*[-+]?(\d+\.?\d*(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|0x[\da-f]+|inf(inity)?)$/i.test(word))
        return yield* io.usageError(`invalid floating point argument: ${quote(word)}`);
    }
    const number = (word: string) =>
      /inf/i.test(word)
        ? word.includes("-")
          ? -Infinity
          : Infinity
        : /^-/.test(word)
          ? -Number(word.slice(1))
          : Number(word);
    const firstWord = words.length > 1 ? (words[0] ?? "1") : "1";
    const stepWord = words.length > 2 ? (words[1] ?? "1") : "1";
    const lastWord = words.at(-1) ?? "1";
    const [first, step, last] = [number(firstWord), number(stepWord), number(lastWord)];
    if (step === 0) return yield* io.usageError(`invalid Zero increment value: ${quote(stepWord)}`);
    const digits = Math.max(decimals(firstWord), decimals(stepWord));
    const format = io.value("f");
    const spec =
      format === undefined
        ? undefined
        : /^((?:[^%]|%%)*)%([-+ #0']*)(\d*)(?:\.(\d*))?([aefgAEFG])((?:[^%]|%%)*)$/.exec(format);
    if (format !== undefined && io.has("w"))
      return yield* io.usageError("format string may not be specified when printing equal width strings");
    if (spec === null) {
      if (!/%[^%]/.test((format ?? "").replaceAll("%%", "")))
        return yield* io.die(1, `format ${quote(format ?? "")} has no % directive`);
      const bad = /%[-+ #0']*\d*(?:\.\d*)?(.)/.exec((format ?? "").replaceAll("%%", ""))?.[1] ?? "";
      return yield* io.die(
        1,
        "efgaEFGA".includes(bad)
          ? `format ${quote(format ?? "")} has too many % directives`
          : `format ${quote(format ?? "")} has unknown %${bad} directive`,
      );
    }
    const plain = (value: number) =>
      digits === 0 && Number.isSafeInteger(value)
        ? formatInteger(BigInt(value), "d", "", 0, undefined)
        : formatFloat(value, "f", "", 0, digits);
    const count = Math.floor((last - first) / step + 1e-9);
    const width = io.has("w")
      ? Math.max(
          plain(first).length,
          plain(Number.isFinite(count) ? first + step * Math.max(0, count) : last).length,
          widthOf(lastWord, digits),
        )
      : 0;
    const show = (value: number) => {
      if (spec !== undefined)
        return (
          spec[1]?.replaceAll("%%", "%") +
          formatFloat(
            value,
            spec[5] ?? "f",
            spec[2] ?? "",
            Number(spec[3]),
            spec[4] === undefined ? 6 : Number(spec[4]),
          ) +
          spec[6]?.replaceAll("%%", "%")
        );
      const text = plain(value);
      return text.startsWith("-") ? `-${text.slice(1).padStart(width - 1, "0")}` : text.padStart(width, "0");
    };
    const separator = io.value("s") ?? "\n";
    for (let i = 0; i <= count; i++) {
      io.print((i === 0 ? "" : separator) + show(first + step * i));
      if (io.full) yield* io.drain();
      if (io.writeError !== undefined) break;
      if (sys.due()) yield* sys.rest();
    }
    if (count >= 0) io.print("\n");
    return 0;
  },
});

/** Width that the last number would have with the digits of the others. */
function widthOf(word: string, digits: number): number {
  const whole = word.replace(/^\+/, "").split(/[.e]/i)[0] ?? "";
  return whole.length + (digits > 0 ? digits + 1 : 0);
}
