// How bash writes words so that they can be read back: for `declare -p`, `set -x`, `%q` and `${x@Q}`.

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  "'": "\\'",
};

const UNPRINTABLE = /[\x00-\x1f\x7f\udc80-\udcff]/u;

/** Whether a word has characters that only $'…' can write. */
export function needsAnsi(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** $'…' */
export function ansiQuote(text: string): string {
  let out = "$'";
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    out += SHORT[c] ?? (UNPRINTABLE.test(c) ? `\\${byte.toString(8).padStart(3, "0")}` : c);
  }
  return `${out}'`;
}

/** '…' with \' for single quotes. */
export function singleQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether the shell would read a word as something else than itself. */
export function hasSpecial(text: string): boolean {
  return /[\s'"\\|&;()<>!{}*[\]?^$`]/.test(text) || /^[#~]/.test(text) || /[=:]~/.test(text);
}

/** As `set -x` and `alias` show a word: quoted only where it must be. */
export function quoteIfNeeded(text: string): string {
  if (text === "") return "''";
  return hasSpecial(text) ? singleQuote(text) : needsAnsi(text) ? ansiQuote(text) : text;
}

/** `${x@Q}` */
export function quoteForInput(text: string): string {
  return needsAnsi(text) ? ansiQuote(text) : singleQuote(text);
}

/** `declare -p`: in double quotes. */
export function doubleQuote(text: string): string {
  return needsAnsi(text) ? ansiQuote(text) : `"${text.replace(/["$`\\]/g, "\\$&")}"`;
}

/** printf %q and completion: backslashes. */
export function backslashQuote(text: string): string {
  if (text === "") return "''";
  if (needsAnsi(text)) return ansiQuote(text);
  return text
    .replace(/[\s'"\\|&;()<>!{}*[\]?^$`,]/g, "\\$&")
    .replace(/^[#~]/, "\\$&")
    .replace(/([=:])~/g, "$1\\~");
}
