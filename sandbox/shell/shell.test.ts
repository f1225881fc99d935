// The parts of the shell that can be asked alone: arithmetic, patterns, braces, history and the editor's drawing.

import { describe, expect, it } from "vitest";
import type { Word } from "./ast.ts";
import { expandBraces } from "./brace.ts";
import { historyWords } from "./history.ts";
import { parseUnit } from "./parse.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import { printFunction } from "./print.ts";
import { createScreen, redraw, textCells } from "./readline/display.ts";

function firstWords(source: string): readonly Word[] {
  const unit = parseUnit(source, 0, { final: true });
  const c = unit.kind === "ok" ? unit.list?.items[0]?.c : undefined;
  return c?.t === "simple" ? c.words : [];
}

describe("patterns", () => {
  it("match as globs and extended globs do", () => {
    const hit = (pattern: string, text: string) => matchesPattern(compilePattern(pattern, { extglob: true }), text);
    expect([
      hit("*.yaml", "a.yaml"),
      hit("a?c", "abc"),
      hit("[!a-c]*", "dx"),
      hit("[[:digit:]]+(x)", "1xx"),
      hit("!(*.yaml|*.conf)", "a.log"),
    ]).toEqual([true, true, true, true, true]);
    expect([hit("*.yaml", "a.yml"), hit("\\*", "a"), hit("@(a|b)c", "cc"), hit("!(*.log)", "a.log")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("take time in proportion, however many stars there are", () => {
    const pattern = compilePattern(`${"*a".repeat(30)}b`);
    const start = performance.now();
    expect(matchesPattern(pattern, "a".repeat(2000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("braces", () => {
  it("expand before anything else", () => {
    const all = (source: string) =>
      firstWords(source)
        .flatMap((word) => expandBraces(word))
        .map((word) => word.parts.map((part) => ("s" in part ? part.s : "?")).join(""));
    expect(all("pre{x,y{1,2}}post {01..3} {a} {c..a..2}")).toEqual([
      "prexpost",
      "prey1post",
      "prey2post",
      "01",
      "02",
      "03",
      "{a}",
      "c",
      "a",
    ]);
  });
});

describe("functions", () => {
  it("are printed as bash lays them out", () => {
    const unit = parseUnit("f() { if true; then echo a; fi; case $1 in x|y) ls;; esac; }", 0, { final: true });
    const c = unit.kind === "ok" ? unit.list?.items[0]?.c : undefined;
    expect(c?.t === "func" ? printFunction(c.name, c.body) : "").toBe(
      "f () \n{ \n    if true; then\n        echo a;\n    fi;\n    case $1 in \n        x | y)\n            ls\n        ;;\n    esac\n}",
    );
  });
});

describe("history", () => {
  it("takes a line apart as the shell would", () => {
    expect(historyWords("echo 'a b'|grep -v \"x y\" >out && ls")).toEqual([
      "echo",
      "'a b'",
      "|",
      "grep",
      "-v",
      '"x y"',
      ">",
      "out",
      "&&",
      "ls",
    ]);
  });
});

describe("the screen of the editor", () => {
  it("is changed with the bytes readline sends", () => {
    const screen = createScreen(80);
    const show = (text: string, point: number) => redraw(screen, textCells(`$ ${text}`, 0).cells, point + 2);
    expect(show("echo abc", 8)).toBe("$ echo abc");
    expect(show("echo abc", 0)).toBe("\r\x1b[C\x1b[C");
    expect(show("#echo abc", 1)).toBe("\x1b[1@#");
    expect(show("#echo first", 11)).toBe("\x1b[C\x1b[C\x1b[C\x1b[C\x1b[Cfirst");
    expect(show("#echo ", 6)).toBe("\b\b\b\b\b\x1b[K");
  });

  it("wraps at the window's width", () => {
    const screen = createScreen(10);
    const show = (text: string, point: number) => redraw(screen, textCells(text, 0).cells, point);
    expect(show("0123456789abc", 13)).toBe("0123456789abc");
    expect(show("0123456789abc", 9)).toBe("\x1b[A\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C");
  });
});
