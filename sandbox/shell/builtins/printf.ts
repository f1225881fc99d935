// printf, with bash's own conversions and messages.

import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { expandEscapes, joinBytes } from "../../lib/escapes.ts";
import { formatFloat, formatInteger, numberArgument } from "../../lib/printf.ts";
import { formatTime, readZone } from "../../lib/strftime.ts";
import { storeValue } from "../assign.ts";
import { backslashQuote } from "../quote.ts";
import { complain, type Shell } from "../state.ts";
import { getValue } from "../vars.ts";
import { type Builtin, badFlags, invalidName, parseFlags, print, usage } from "./define.ts";

const CONVERSION = /^%([-+ #0']*)(\*|\d+)?(?:(\.)(\*|-?\d+)?)?(?:\(([^)]*)\))?(?:hh?|ll?|[jztL])?([A-Za-z%])?/;

class Formatter {
  private readonly sh: Shell;
  private readonly args: readonly string[];
  private at = 0;
  /** The last number as it was written. */
  private decimal = "";
  out = "";
  status = 0;
  stopped = false;

  constructor(sh: Shell, args: readonly string[]) {
    this.sh = sh;
    this.args = args;
  }

  *run(format: string): Task<void> {
    do {
      const before = this.at;
      yield* this.pass(format);
      if (this.at === before) return;
    } while (this.at < this.args.length && !this.stopped);
  }

  private *pass(format: string): Task<void> {
    for (let i = 0; i < format.length && !this.stopped; ) {
      const c = format[i] as string;
      if (c === "\\") i = yield* this.escape(format, i);
      else if (c !== "%") {
        this.out += c;
        i += 1;
      } else if (format[i + 1] === "%") {
        this.out += "%";
        i += 2;
      } else i = yield* this.conversion(format, i);
    }
  }

  private *escape(format: string, at: number): Task<number> {
    const rest = format.slice(at);
    const piece =
      /^\\(?:[0-7]{1,3}|x[\da-fA-F]{1,2}|u[\da-fA-F]{1,4}|U[\da-fA-F]{1,8}|[\s\S]|$)/.exec(rest)?.[0] ?? "\\";
    if (/^\\[xuU]$/.test(piece)) {
      yield* complain(this.sh, `missing ${piece === "\\x" ? "hex" : "unicode"} digit for ${piece}`);
      this.out += piece;
    } else if (piece === "\\c") this.out += piece;
    else {
      const result = expandEscapes(piece, "format");
      if (result.stop) this.stopped = true;
      this.out += result.text;
    }
    return at + piece.length;
  }

  private take(): string | undefined {
    const value = this.args[this.at];
    this.at += 1;
    return value;
  }

  private *number(float: boolean, signed = false): Task<number | bigint> {
    const text = this.take();
    this.decimal = "";
    if (text === undefined || text === "") {
      if (text === "" && this.args.length > 0) return float ? 0 : 0n;
      return float ? 0 : 0n;
    }
    const { value, problem } = numberArgument(text, float, signed);
    this.decimal = text;
    if (problem !== undefined) {
      const kind = float ? "" : /^[-+]?0\d*[89]/.test(text) ? "octal " : /^[-+]?0[xX]/.test(text) ? "hex " : "";
      yield* complain(
        this.sh,
        problem.startsWith("Numerical") ? `warning: ${text}: ${problem}` : `${text}: invalid ${kind}number`,
      );
      if (!problem.startsWith("Numerical")) this.status = 1;
    }
    return value;
  }

  private *conversion(format: string, at: number): Task<number> {
    const match = CONVERSION.exec(format.slice(at));
    const [whole = "%", baseFlags = "", widthText, point, precisionText, time, letter] = match ?? [];
    let flags = baseFlags;
    let width = widthText === "*" ? Number(yield* this.number(false)) : Number(widthText ?? 0);
    if (width < 0) {
      flags += "-";
      width = -width;
    }
    let precision =
      point === undefined
        ? undefined
        : precisionText === "*"
          ? Number(yield* this.number(false))
          : Number(precisionText ?? 0);
    if (precision !== undefined && precision < 0) precision = undefined;
    const next = at + whole.length;
    if (letter === undefined) {
      const bad = format[next];
      yield* complain(
        this.sh,
        bad === undefined ? `\`${whole}': missing format character` : `\`${bad}': invalid format character`,
      );
      this.status = 1;
      this.stopped = true;
      return next;
    }
    yield* this.put(letter, { flags, width, precision, time });
    return next;
  }

  private *put(
    letter: string,
    spec: { flags: string; width: number; precision: number | undefined; time: string | undefined },
  ): Task<void> {
    const { flags, width, precision } = spec;
    if (letter === "T" && spec.time !== undefined) {
      const text = this.take();
      let seconds = this.sh.sys.now();
      if (text !== undefined && text !== "-1") {
        this.at -= 1;
        seconds = text === "-2" ? this.sh.state.started : Number(yield* this.number(false)) * 1000;
        if (text === "-2") this.at += 1;
      }
      this.text(
        formatTime(spec.time === "" ? "%X" : spec.time, seconds, readZone(getValue(this.sh, "TZ"))),
        flags,
        width,
        precision,
      );
    } else if (letter === "s" || letter === "b" || letter === "q" || letter === "Q" || letter === "c") {
      let text = this.take() ?? "";
      if (letter === "b") {
        const result = expandEscapes(text, "b");
        text = result.text;
        if (result.stop) this.stopped = true;
      } else if (letter === "q" || letter === "Q")
        text = backslashQuote(letter === "Q" && precision !== undefined ? text.slice(0, precision) : text);
      else if (letter === "c") text = [...text][0] ?? "\0";
      this.text(text, flags, width, letter === "c" || letter === "Q" ? undefined : precision);
    } else if ("diouxX".includes(letter))
      this.out += formatInteger(
        (yield* this.number(false, /[di]/.test(letter))) as bigint,
        letter,
        flags,
        width,
        precision,
      );
    else if ("eEfFgGaA".includes(letter))
      this.out += formatFloat(Number(yield* this.number(true)), letter, flags, width, precision ?? 6, this.decimal);
    else if (letter === "n") this.take();
    else {
      yield* complain(this.sh, `\`${letter}': invalid format character`);
      this.status = 1;
      this.stopped = true;
    }
  }

  private text(text: string, flags: string, width: number, precision: number | undefined): void {
    const cut = precision === undefined ? text : [...text].slice(0, precision).join("");
    // Widths count bytes, as in bash.
    const fill = " ".repeat(Math.max(0, width - encode(cut).length));
    this.out += flags.includes("-") ? cut + fill : fill + cut;
  }
}

export const printf: Builtin = {
  usage: "printf [-v var] format [arguments]",
  summary: "Formats and prints ARGUMENTS under control of the FORMAT.",
  *run(sh, args) {
    const flags = parseFlags(args, "v:");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, printf, flags);
    const target = flags.values.v;
    const match = target === undefined ? null : /^([A-Za-z_]\w*)(?:\[(.+)\])?$/s.exec(target);
    if (target !== undefined && match === null) {
      yield* invalidName(sh, target);
      return 2;
    }
    const [format, ...rest] = flags.rest;
    if (format === undefined) return yield* usage(sh, printf);
    const formatter = new Formatter(sh, rest);
    yield* formatter.run(format);
    const text = joinBytes(formatter.out);
    if (match?.[1] !== undefined) {
      yield* storeValue(sh, match[1], text, { sub: match[2], soft: true });
      return formatter.status;
    }
    const written = yield* print(sh, text);
    return written || formatter.status;
  },
};
