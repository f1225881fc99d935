// Backslash escapes as echo -e, printf and their like read them. Apart from printf's formats, for echo comes with the prompt.

import { decode, encode } from "../kernel/text.ts";

/** The escapes of C by the letter behind the backslash. */
export const C_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

const SIMPLE: Readonly<Record<string, string>> = { ...C_ESCAPES, e: "\x1b" };

/** A byte as text: ASCII as it is, others as the surrogate that stands for them. */
export function byteText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Bytes that were written one by one may form characters: joins them. */
export function joinBytes(text: string): string {
  if (!/[\udc80-\udcff]/.test(text) || text.isWellFormed()) return text;
  return decode(encode(text));
}

/**
 * Backslash escapes. Style "echo" wants \0nnn for octal, "format" takes \nnn and \", and "b" (the %b argument) takes both.
 * `stop` tells that \c ended the output.
 */
export function expandEscapes(
  text: string,
  style: "echo" | "format" | "b",
): { text: string; stop: boolean; bad?: string } {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char !== "\\" || i + 1 >= text.length) {
      result += char;
      continue;
    }
    i += 1;
    const next = text[i] ?? "";
    const simple = SIMPLE[next];
    if (simple !== undefined) result += simple;
    else if (next === "c" && style !== "format") return { text: result, stop: true };
    else if (next === "c") return { text: result, stop: true };
    else if (next === '"' && style !== "echo") result += '"';
    else {
      const octal = (
        next === "0" && style !== "format" ? /^0[0-7]{0,3}/ : style === "echo" ? /^$/ : /^[0-7]{1,3}/
      ).exec(text.slice(i))?.[0];
      const hex = next === "x" ? /^x[\da-fA-F]{1,2}/.exec(text.slice(i))?.[0] : undefined;
      const unicode = (next === "u" ? /^u[\da-fA-F]{1,4}/ : next === "U" ? /^U[\da-fA-F]{1,8}/ : /^$/).exec(
        text.slice(i),
      )?.[0];
      if (octal !== undefined && octal !== "") {
        result += byteText(Number.parseInt(octal, 8) & 255);
        i += octal.length - 1;
      } else if (hex !== undefined) {
        result += byteText(Number.parseInt(hex.slice(1), 16) & 255);
        i += hex.length - 1;
      } else if (next === "x" && style !== "echo")
        return { text: result, stop: false, bad: "missing hexadecimal number in escape" };
      else if (unicode !== undefined && unicode !== "") {
        const code = Number.parseInt(unicode.slice(1), 16);
        result += code < 0x110000 ? String.fromCodePoint(code) : "";
        i += unicode.length - 1;
      } else result += `\\${next}`;
    }
  }
  return { text: joinBytes(result), stop: false };
}
