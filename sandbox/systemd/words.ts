// Splitting a setting's value into words as PID 1 does: quotes, C escapes, blanks. Knows nothing of units.

import { C_ESCAPES } from "../lib/escapes.ts";

const BLANK = " \t\n\r";

export interface WordRules {
  /** Quotes group and vanish. */
  readonly unquote?: boolean;
  /** `\n`, `\x41`, `\101`, `\u00e4` … become characters. Without it a backslash protects the next character. */
  readonly escapes?: boolean;
  /** An unknown escape stays as it stands instead of being an error. */
  readonly relaxEscapes?: boolean;
  /** An open quote or a last backslash ends with the text instead of being an error. */
  readonly relax?: boolean;
}

/** One word and where the next one begins; "end" where nothing is left, "invalid" for an open quote or a bad escape. */
export type WordResult = { readonly word: string; readonly next: number } | "end" | "invalid";

const SIMPLE: Readonly<Record<string, string>> = { ...C_ESCAPES, '"': '"', "'": "'", s: " " };

/** The escape that begins after a backslash: its text and its length. */
function unescapeOne(text: string, at: number): { text: string; length: number } | undefined {
  const simple = SIMPLE[text[at] ?? ""];
  if (simple !== undefined) return { text: simple, length: 1 };
  const rest = text.slice(at, at + 9);
  const match = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(rest);
  if (match === null) return undefined;
  const byte = match[1] ?? match[4];
  const code =
    match[4] !== undefined ? Number.parseInt(match[4], 8) : Number.parseInt(byte ?? match[2] ?? match[3] ?? "0", 16);
  if (code === 0 || (byte !== undefined ? code > 255 : code > 0x10ffff)) return undefined;
  const char = byte !== undefined && code > 127 ? String.fromCharCode(0xdc00 + code) : String.fromCodePoint(code);
  return { text: char, length: match[0].length };
}

/** The next word of `text` from `start`. Separators are blanks. */
export function extractWord(text: string, start: number, rules: WordRules): WordResult {
  let at = start;
  while (at < text.length && BLANK.includes(text[at] as string)) at += 1;
  if (at >= text.length) return "end";
  let word = "";
  let quote = "";
  for (; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "\\") {
      at += 1;
      const next = text[at];
      if (next === undefined) {
        if (rules.relaxEscapes && quote === "") return { word: `${word}\\`, next: at };
        return rules.relax ? { word, next: at } : "invalid";
      }
      if (!rules.escapes) {
        word += next;
        continue;
      }
      const found = unescapeOne(text, at);
      if (found !== undefined) {
        word += found.text;
        at += found.length - 1;
      } else if (rules.relaxEscapes) word += `\\${next}`;
      else return "invalid";
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (rules.unquote && (char === '"' || char === "'")) quote = char;
    else if (BLANK.includes(char)) {
      while (at < text.length && BLANK.includes(text[at] as string)) at += 1;
      return { word, next: at };
    } else word += char;
  }
  return quote === "" || rules.relax ? { word, next: at } : "invalid";
}

/** All words; undefined where the text is malformed. */
export function splitWords(text: string, rules: WordRules = { unquote: true }): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; ; ) {
    const result = extractWord(text, at, rules);
    if (result === "end") return words;
    if (result === "invalid") return undefined;
    words.push(result.word);
    at = result.next;
  }
}

/** `value`, or `"va lue"` where a shell would need quotes (what `systemctl show` prints in lists). */
export function quoteIfNeeded(word: string): string {
  return /[\s"\\`$*?['()<>|&;!]/.test(word) ? `"${word.replace(/["\\`$]/g, "\\$&")}"` : word;
}
