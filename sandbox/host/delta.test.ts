import fc from "fast-check";
import { expect, it } from "vitest";
import { applyDelta, BadDelta, type Delta, findDelta } from "./delta.ts";
import { pack, unpack } from "./pack.ts";

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array());
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value")),
    fc.array(fc.tuple(fc.constantFrom("k", "l", 3, 4), tie("value"))).map((pairs) => new Map(pairs)),
    fc.array(fc.string()).map((items) => new Set(items)),
  ),
}));

it("makes the second value out of the first, also after a journey as text", () => {
  fc.assert(
    fc.property(value, value, (from, to) => {
      const delta = findDelta(from, to);
      expect(pack(applyDelta(from, delta))).toBe(pack(to));
      expect(pack(applyDelta(from, unpack(pack(delta)) as Delta))).toBe(pack(to));
    }),
    { numRuns: 500 },
  );
});

it("says nothing of what stayed, and little of what grew", () => {
  const from = { log: new Uint8Array(10_000), list: [1, 2, 3], map: new Map([["a", { deep: 1 }]]) };
  const to = { log: new Uint8Array(10_003), list: [1, 2, 3, 4], map: new Map([["a", { deep: 2 }]]) };
  expect(findDelta(from, structuredClone(from))).toEqual(["="]);
  expect(pack(findDelta(from, to)).length).toBeLessThan(200);
});

it("keeps the order of a map", () => {
  const from = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  const to = new Map([
    ["b", 2],
    ["a", 1],
  ]);
  expect([...(applyDelta(from, findDelta(from, to)) as Map<string, number>).keys()]).toEqual(["b", "a"]);
});

it("refuses a change that does not fit, and never touches a prototype", () => {
  const misfits: unknown[] = [
    null,
    ["?"],
    ["b", 1, new Uint8Array(1), 0],
    ["a", [], 5, []],
    ["o", [["__proto__", ["v", {}]]], []],
  ];
  for (const delta of misfits) expect(() => applyDelta({}, delta as Delta)).toThrow(BadDelta);
  expect(() => applyDelta(new Uint8Array(2), ["b", 2, new Uint8Array(0), 1])).toThrow(BadDelta);
});
