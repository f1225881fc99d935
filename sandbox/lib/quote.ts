// Quoting of names in messages and listings, after gnulib's quotearg in a UTF-8 locale.

import { encode } from "../kernel/text.ts";

/** ‘name’: how coreutils quote words that are not file names. Control characters are escaped as in C. */
export function quote(text: string): string {
  return `‘${escapeC(text, "’")}’`;
}

const C_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\udc80-\udcff]/u;

function octal(char: string): string {
  let text = "";
  for (const byte of encode(char)) text += `\\${byte.toString(8).padStart(3, "0")}`;
  return text;
}

/** Backslash escapes as in C for what cannot be printed, the backslash and the characters of `also`. */
export function escapeC(text: string, also = ""): string {
  let result = "";
  for (const char of text) {
    if (also !== "" && also.includes(char)) result += `\\${char}`;
    else result += C_ESCAPES[char] ?? (UNPRINTABLE.test(char) ? octal(char) : char);
  }
  return result;
}

/** Whether the shell would read the word as something else than itself. */
function needsShellQuotes(text: string, colon: boolean): boolean {
  if (text === "" || text === "{" || text === "}" || /^[#~]/.test(text)) return true;
  return /[\s!"$&()*;<=>[\\^`|'?]/.test(text) || UNPRINTABLE.test(text) || (colon && text.includes(":"));
}

/** 'name', with $'…' pieces where characters cannot be printed: shell-escape-always. */
export function quoteAlways(text: string): string {
  // Only quotes and harmless characters: double quotes are prettier, and that is what gnulib prefers.
  if (text.includes("'") && !UNPRINTABLE.test(text) && !/[!"$&()*;<=>[\\^`|?@]/.test(text)) return `"${text}"`;
  let result = "'";
  let dollar = false;
  for (const char of text) {
    if (UNPRINTABLE.test(char)) {
      if (!dollar) result += "'$'";
      dollar = true;
      result += C_ESCAPES[char] ?? octal(char);
      continue;
    }
    if (dollar) result += "''";
    dollar = false;
    result += char === "'" ? "'\\''" : char;
  }
  return `${result}'`;
}

/** The name as it is where the shell would take it so, else quoted: shell-escape, as `ls` does on a terminal. */
export function quoteIfNeeded(text: string, colon = false): string {
  return needsShellQuotes(text, colon) ? quoteAlways(text) : text;
}

/** How a name stands before a colon in a message (`cat: NAME: No such file`). */
export function quoteFile(text: string): string {
  return quoteIfNeeded(text, true);
}
