import { expect, test } from "vitest";
import { findFlaw, packForFile } from "./keeper.ts";

const good = { version: 1, saved: { format: 1, lab: "a/b" }, at: 1, screens: {}, starts: {} };

test("a record of this lesson has no flaw", () => {
  expect(findFlaw(good, "a/b")).toBeUndefined();
});

test.each([
  ["nonsense", /not a laboratory/],
  [null, /not a laboratory/],
  [{ ...good, version: 2 }, /another version/],
  [{ ...good, saved: undefined }, /machine is missing/],
  [good, /another lesson/],
  [{ ...good, screens: undefined, saved: { lab: "c/d" } }, /terminals are missing/],
])("flaw %#", (record, words) => {
  expect(findFlaw(record, "c/d")).toMatch(words);
});

test("maps, sets, bytes and big integers survive as text in a file", () => {
  const text = packForFile({ map: new Map([["a", 1]]), set: new Set([2]), bytes: new Uint8Array([104, 105]), big: 3n });
  expect(JSON.parse(text)).toEqual({
    map: { $map: [["a", 1]] },
    set: { $set: [2] },
    bytes: { $bytes: "aGk=" },
    big: { $big: "3" },
  });
});
