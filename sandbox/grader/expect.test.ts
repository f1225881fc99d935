import { describe, expect, test } from "vitest";
import { compare, describeWanted, fillSentence } from "./expect.ts";

describe("expectations", () => {
  test.each([
    [{ status: 401 }, { status: { is: 401 } }, "holds"],
    [{ status: 200 }, { status: { is: 401 } }, "differs"],
    [{ status: 200 }, { status: { not: 200 } }, "differs"],
    [{ status: 403 }, { status: { oneOf: [401, 403] } }, "holds"],
    [{ body: "ok\n" }, { body: { has: "ok" } }, "holds"],
    [{ body: "a:1,b:2" }, { body: { hasAll: ["b:2", "a:1"] } }, "holds"],
    [{ body: "a:1,b:3" }, { body: { hasAll: ["b:2", "a:1"] } }, "differs"],
    [{ body: "PodList" }, { body: { lacks: "PodList" } }, "differs"],
    [{ body: "ok, but late" }, { body: { has: "ok", lacks: "late" } }, "differs"],
    [{ body: "ok" }, { body: { has: "ok", lacks: "late" } }, "holds"],
    [{ restarts: 3 }, { restarts: { atMost: 2 } }, "differs"],
    [{ restarts: 3 }, { restarts: { atLeast: 3 } }, "holds"],
    [{ mode: "600" }, { mode: { modeWithin: "644" } }, "holds"],
    [{ mode: "664" }, { mode: { modeWithin: "644" } }, "differs"],
    [{ error: "refused" }, { status: { is: 401 } }, "missing"],
  ] as const)("%o against %o: %s", (seen, wanted, kind) => {
    expect(compare(seen, wanted).kind).toBe(kind);
  });

  test("a difference says what was seen and what is wanted", () => {
    expect(compare({ status: 200 }, { status: { is: 401 } })).toMatchObject({
      sentence: "The status is 200, wanted 401.",
    });
    expect(describeWanted({ status: { is: 200 }, body: { has: "ok" } })).toBe("200, “ok” in it");
    expect(describeWanted({ stdout: { has: "node01\n" } })).toBe("“node01” in it");
  });

  test("a sentence quotes what was seen, and keeps braces it does not know", () => {
    expect(fillSentence("Got {status} for {x}.", { status: 200 })).toBe("Got 200 for {x}.");
  });
});
