import fc from "fast-check";
import { expect, it } from "vitest";
import { pack, unpack } from "./pack.ts";

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array(), fc.bigInt());
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value")),
    fc.dictionary(
      fc.string().filter((key) => key !== "$" && key !== "__proto__"),
      tie("value"),
    ),
    fc.array(fc.tuple(fc.string(), tie("value"))).map((pairs) => new Map(pairs)),
    fc.array(fc.string()).map((items) => new Set(items)),
  ),
})).value;

it("gives back what was packed, maps, sets and bytes included", () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(unpack(pack(value))).toEqual(value);
    }),
  );
});

it("refuses what it did not write", () => {
  expect(() => unpack('{"$":"?","v":1}')).toThrow("not a packed value");
  expect(() => unpack('{"$":"b","v":"*"}')).toThrow("not base64");
});
