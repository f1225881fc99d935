// Scripts of the grammar, cut off anywhere: our parser asks for more where the bash of this computer (`bash -n`) misses the end, and nowhere else.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseUnit } from "#sandbox/shell/parse.ts";
import { truncatedScript } from "./grammar.ts";

const BASH = "/bin/bash";
const COUNT = process.env.KC_LONG === "1" ? 10_000 : 300;

/** What `bash -n` says to each text: one bash reads them all. */
function askBash(texts: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "bash-n-"));
  try {
    for (const [at, text] of texts.entries()) writeFileSync(join(folder, String(at)), text);
    const script = `cd "$1"; for ((i = 0; i < $2; i++)); do ${BASH} -n $i 2>$i.err; done`;
    spawnSync(BASH, ["--norc", "-c", script, "bash", folder, String(texts.length)], {
      env: { LC_ALL: "C.UTF-8", PATH: process.env.PATH },
    });
    return texts.map((_, at) => readFileSync(join(folder, `${at}.err`), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The end was missed, and nothing was wrong before: what bash says first decides. */
function misses(stderr: string): boolean {
  return /^\S+ line \d+: (unexpected EOF while looking|syntax error: unexpected end of file|unexpected token `EOF'|warning: here-document at line \d+ delimited by end-of-file)/.test(
    stderr,
  );
}

function asksForMore(source: string): boolean {
  for (let at = 0; ; ) {
    const unit = parseUnit(source, at, { final: false });
    if (unit.kind !== "ok") return unit.kind === "incomplete";
    at = unit.next;
  }
}

it.runIf(existsSync(BASH))(`is unfinished where bash says so, ${COUNT} times`, { timeout: 900_000 }, () => {
  const texts = Array.from({ length: COUNT }, (_, seed) => `${truncatedScript(seed).replace(/\\+$/, "")}\n`);
  const said = askBash(texts);
  const open = said.filter(misses).length;
  expect(open).toBeGreaterThan(COUNT / 10);
  const wrong = texts.flatMap((text, at) =>
    // fidelity: after `$(time` bash 5.2 does not know reserved words; ours does.
    text.includes("$(time") || asksForMore(text) === misses(said[at] as string)
      ? []
      : [{ text, bash: said[at], asks: asksForMore(text) }],
  );
  expect(wrong.slice(0, 20), `${wrong.length} of ${texts.length}`).toEqual([]);
});
