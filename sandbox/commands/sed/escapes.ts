// Backslash escapes that sed itself resolves: control characters, and characters by number.

const CONTROLS: Readonly<Record<string, string>> = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

const NUMBERS: Readonly<Record<string, readonly [RegExp, number]>> = {
  d: [/^\d{1,3}/, 10],
  o: [/^[0-7]{1,3}/, 8],
  x: [/^[0-9A-Fa-f]{1,2}/, 16],
};

/** The character that the escape at `at` (on the backslash) makes, and its length; undefined where it is no such escape. */
export function readEscape(text: string, at: number): { char: string; length: number } | undefined {
  const letter = text[at + 1] ?? "";
  const control = CONTROLS[letter];
  if (control !== undefined) return { char: control, length: 2 };
  if (letter === "c" && at + 2 < text.length) {
    return { char: String.fromCharCode((text[at + 2] ?? "").toUpperCase().charCodeAt(0) ^ 0x40), length: 3 };
  }
  const number = NUMBERS[letter];
  const digits = number?.[0].exec(text.slice(at + 2))?.[0];
  if (number === undefined || digits === undefined) return undefined;
  const code = Number.parseInt(digits, number[1]) & 255;
  return { char: String.fromCharCode(code < 128 ? code : 0xdc00 + code), length: 2 + digits.length };
}

/** Escapes resolved; `other` says what becomes of any other backslash and the character behind it. */
function resolve(text: string, other: (pair: string) => string): string {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      result += text[i];
      continue;
    }
    const seen = readEscape(text, i);
    result += seen?.char ?? other(text.slice(i, i + 2));
    i += (seen?.length ?? 2) - 1;
  }
  return result;
}

/** A pattern with sed's own escapes resolved; all other backslashes stay for the regex compiler. */
export function resolveInPattern(pattern: string): string {
  return resolve(pattern, (pair) => pair);
}

/** Text of a, i and c: escapes resolved, other backslashes dropped. */
export function resolveInText(text: string): string {
  return resolve(text, (pair) => pair.slice(1));
}

/** A list of y: escapes resolved, two backslashes are one. */
export function resolveInList(text: string): string {
  return resolve(text, (pair) => (pair === "\\\\" ? "\\" : pair));
}
