import { expect, test } from "vitest";
import { diffLines } from "./lines.ts";

test("one changed line is one taken and one added", () => {
  expect(diffLines("a\nb: true\nc", "a\nb: false\nc")).toEqual([
    [" ", "a"],
    ["-", "b: true"],
    ["+", "b: false"],
    [" ", "c"],
  ]);
});

test("texts without a common line are all taken, then all added", () => {
  expect(diffLines("a", "b")).toEqual([
    ["-", "a"],
    ["+", "b"],
  ]);
});

test("equal texts show no change", () => {
  expect(diffLines("a\nb", "a\nb").every(([sign]) => sign === " ")).toBe(true);
});
