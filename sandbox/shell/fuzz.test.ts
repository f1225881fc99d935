// Random command lines: the parser neither throws nor loops, and what is unfinished is an error once no more comes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUnit } from "./parse.ts";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: shell text
const TOKENS = [
  "echo",
  "a",
  "$x",
  "${x",
  "}",
  "${x:-",
  '"',
  "'",
  "`",
  "$(",
  ")",
  "((",
  "))",
  "$((",
  "(",
  "{",
  ";",
  ";;",
  "&",
  "&&",
  "|",
  "||",
  "<",
  ">",
  ">>",
  "<<EOF",
  "<<-'E'",
  "EOF",
  "<<<",
  "<(",
  "\n",
  " ",
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "for",
  "in",
  "do",
  "done",
  "while",
  "case",
  "esac",
  "select",
  "function",
  "f()",
  "[[",
  "]]",
  "==",
  "=~",
  "-f",
  "!",
  "time",
  "coproc",
  "a=(",
  "a[1]=",
  "#",
  "\\",
  "*",
  "?(",
  "2>&1",
  "{fd}>",
  "${#a[@]}",
  "${!x}",
  "${x//",
  "$'",
  '$"',
  "é",
  "~",
  "[",
  "]",
  "$",
  "@(",
  "\t",
  "ll ",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: shell text
const line = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...TOKENS) },
      { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
const numRuns = process.env.KC_LONG === "1" ? 100_000 : 3000;
const aliases = new Map([
  ["ll", "ls -l "],
  ["a", "echo a;"],
  ["echo", "echo echo"],
]);

/** Kinds of the units of a text. */
function units(text: string, final: boolean, extglob: boolean): string[] {
  const kinds: string[] = [];
  for (let at = 0; ; ) {
    const unit = parseUnit(text, at, { final, extglob, aliases });
    kinds.push(unit.kind);
    if (unit.kind === "end" || unit.kind === "incomplete") return kinds;
    if (unit.next <= at) throw new Error(`no progress at ${at}`);
    at = unit.next;
  }
}

describe("random command lines", () => {
  it("are parsed to their end, whatever they are", () => {
    fc.assert(
      fc.property(line, fc.boolean(), (text, extglob) => {
        expect(units(text, true, extglob).at(-1)).toBe("end");
      }),
      { numRuns },
    );
  });

  it("are unfinished only where more input could change them", () => {
    fc.assert(
      fc.property(line, (text) => {
        const last = units(text, false, false).at(-1);
        const whole = units(text, true, false);
        // What needs no more is judged the same with and without an end in sight.
        if (last === "end") expect(whole).toEqual(units(text, false, false));
      }),
      { numRuns },
    );
  });
});
