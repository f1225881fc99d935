// The parser against 10,000 answers of a real `bash -n` to texts cut off anywhere (test/oracle/README.md).

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseUnit } from "#sandbox/shell/parse.ts";
import { readLines } from "../../src/cli/oracle/recordings.ts";

interface Recorded {
  readonly source: string;
  readonly stderr: string;
}

const recorded = readLines<Recorded>(join(import.meta.dirname, "../oracle/bash-n-cases.jsonl.gz"));
const sample = process.env.KC_LONG === "1" ? recorded : recorded.filter((_, i) => i % 10 === 0);

/** What our parser would print for a script. */
function complaints(source: string): string {
  const lines: string[] = [];
  for (let at = 0; ; ) {
    const unit = parseUnit(source, at, { final: true });
    if (unit.kind === "end" || unit.kind === "incomplete") break;
    for (const { line, text } of unit.warnings) lines.push(`script: line ${line}: ${text}`);
    at = unit.next;
    if (unit.kind !== "error") continue;
    for (const { line, text } of unit.faults) if (text !== "") lines.push(`script: line ${line}: ${text}`);
    if (unit.effect !== "array") break;
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether bash found the end of the file where more had to come. */
function isUnfinished(stderr: string): boolean {
  return /unexpected EOF|unexpected end of file|here-document|`EOF'|token `newline'|argument `newline'/.test(stderr);
}

function asksForMore(source: string): boolean {
  for (let at = 0; ; ) {
    const unit = parseUnit(source, at, { final: false });
    if (unit.kind !== "ok") return unit.kind === "incomplete";
    at = unit.next;
  }
}

describe("unfinished input", () => {
  it("complains in bash's words", () => {
    const wrong = sample.filter(({ source, stderr }) => complaints(source) !== stderr).map(({ source }) => source);
    expect(wrong.length / sample.length, wrong.slice(0, 5).join("\n---\n")).toBeLessThan(0.005);
  });

  it("asks for more nowhere but where bash misses the end", () => {
    // A text that ends in a backslash joins the next line at a prompt; `bash -n` takes the backslash as it is.
    const wrong = sample.filter(
      ({ source, stderr }) => asksForMore(source) && !isUnfinished(stderr) && !/\\\n?$/.test(source),
    );
    expect(wrong.map(({ source }) => source)).toEqual([]);
  });

  it("asks for more wherever a quote, a bracket or a command is open", () => {
    const open = sample.filter(
      ({ stderr }) =>
        /unexpected EOF|unexpected end of file|here-document/.test(stderr) && !/near|binary operator/.test(stderr),
    );
    expect(open.length).toBeGreaterThan(100);
    const wrong = open.filter(({ source }) => !asksForMore(source));
    expect(wrong.map(({ source }) => source)).toEqual([]);
  });
});
