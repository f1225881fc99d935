// vim's patterns, put into the extended syntax of the regex library.

import { compile, isRegexError, type Regex } from "../../lib/regex/regex.ts";

const CLASSES: Readonly<Record<string, string>> = {
  d: "[0-9]",
  D: "[^0-9]",
  x: "[0-9A-Fa-f]",
  X: "[^0-9A-Fa-f]",
  o: "[0-7]",
  a: "[A-Za-z]",
  A: "[^A-Za-z]",
  l: "[a-z]",
  L: "[^a-z]",
  u: "[A-Z]",
  U: "[^A-Z]",
  h: "[A-Za-z_]",
  H: "[^A-Za-z_]",
  s: "[ \t]",
  S: "[^ \t]",
  w: "[0-9A-Za-z_]",
  W: "[^0-9A-Za-z_]",
  i: "[0-9A-Za-z_@]",
  k: "[0-9A-Za-z_]",
  f: "[0-9A-Za-z_/.,+$%~=-]",
  e: "\x1b",
  t: "\t",
  r: "\r",
  n: "\n",
};

/** A pattern to a matcher, or an error sentence. */
export function compileVim(
  pattern: string,
  ignoreCase: boolean,
  smartCase: boolean,
): Regex | { readonly error: string } {
  let fold = ignoreCase && !(smartCase && /[A-Z]/.test(pattern.replace(/\\./g, "")));
  let magic: "v" | "m" | "V" = "m";
  let result = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    if (char === "[" && magic !== "V") {
      const set = /^\[\^?\]?(?:\[:\w+:\]|\\.|[^\]])*\]/.exec(pattern.slice(i))?.[0];
      if (set !== undefined) {
        result += set
          .replace(/\\t/g, "\t")
          .replace(/\\([\]\\^-])/g, (_whole, one: string) => (one === "]" ? "[.].]" : one));
        i += set.length - 1;
        continue;
      }
      result += "\\[";
      continue;
    }
    if (char !== "\\") {
      result += plainChar(char, magic, i === 0, i === pattern.length - 1, pattern.slice(i + 1));
      continue;
    }
    const next = pattern[++i] ?? "";
    if (next === "c" || next === "C") fold = next === "c";
    else if (next === "v" || next === "m" || next === "V") magic = next;
    else if (next === "M") magic = "V";
    else if (/[<>]/.test(next)) result += `\\${next}`;
    else if (/[1-9]/.test(next)) result += `\\${next}`;
    else if (CLASSES[next] !== undefined) result += CLASSES[next];
    else if (magic === "v") result += /[.*^$[\](){}+?|\\]/.test(next) ? `\\${next}` : next;
    else if (next === "=") result += "?";
    else if ("+?|(){".includes(next)) {
      const interval = next === "{" ? /^-?(\d*,?\d*)\\?\}/.exec(pattern.slice(i + 1)) : null;
      if (interval !== null) {
        const bounds = interval[1] === "" || interval[1] === "," ? "0," : interval[1];
        result += `{${bounds}}`;
        i += interval[0].length;
      } else result += next;
    } else if (next === "%" && pattern[i + 1] === "(") {
      result += "(";
      i++;
    } else if (magic === "V" && /[.*[\]^$]/.test(next)) result += next;
    else result += /[.*^$[\]{}()+?|\\]/.test(next) ? `\\${next}` : next;
  }
  const regex = compile(result, { syntax: "extended", ignoreCase: fold });
  return isRegexError(regex) ? { error: `E383: Invalid search string: ${pattern}` } : regex;
}

function plainChar(char: string, magic: "v" | "m" | "V", first: boolean, last: boolean, rest: string): string {
  if (magic === "v") return char === "<" || char === ">" ? `\\${char}` : char === "=" ? "?" : char;
  if ("+?|(){}".includes(char)) return `\\${char}`;
  if (char === "^") return first ? "^" : "\\^";
  if (char === "$") return last || rest.startsWith("\\|") || rest.startsWith("\\)") ? "$" : "\\$";
  if (magic === "V" && (char === "." || char === "*")) return `\\${char}`;
  return char === "*" && first ? "\\*" : char;
}
