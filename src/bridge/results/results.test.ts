import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";
import { readLessonResult } from "./lesson-result.ts";

test("a table goes through a spreadsheet unharmed", () => {
  expect(
    toCsv([
      ["name", "n"],
      ['=HYPERLINK("x")', -3],
      ["a,b\nc", 1],
    ]),
  ).toBe('name,n\r\n"\'=HYPERLINK(""x"")",-3\r\n"a,b\nc",1\r\n');
});

const good = {
  version: 1,
  what: "lesson",
  name: "Mei",
  lab: "a/b@c",
  at: 5,
  machine: { base: "x", change: "y" },
  hints: { one: 2 },
  begunAt: 1,
};

test("a result is read field by field, and nothing else of it", () => {
  expect(readLessonResult({ ...good, passed: ["all"], hints: { one: 2, two: "3" } })).toEqual(good);
});

test.each([
  [{ ...good, what: "exam" }],
  [{ ...good, lab: "../b" }],
  [{ ...good, machine: { base: 1 } }],
  ["text"],
  [null],
])("%j is no lesson's result", (value) => {
  expect(readLessonResult(value)).toBeUndefined();
});
