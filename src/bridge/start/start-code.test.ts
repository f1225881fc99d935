import { expect, test } from "vitest";
import { decodeCode, encodeCode } from "../../state/code.ts";
import { readStartCode } from "./start-code.ts";

test("a start comes through its link as it was", async () => {
  const start = { version: 1, lesson: "pirates/hail-the-ship", step: "take", variant: "hand-installed" } as const;
  const decoded = await decodeCode(
    `https://x.example/lessons/pirates/hail-the-ship/#${await encodeCode("start", start)}`,
  );
  expect(decoded.ok && readStartCode(decoded.value)).toEqual(start);
});

test.each([
  [null],
  [{ version: 2, lesson: "a/b" }],
  [{ version: 1, lesson: "../../evil" }],
  [{ version: 1, lesson: "a/b/c" }],
])("%j is no start", (value) => {
  expect(readStartCode(value)).toBeUndefined();
});

test("a step that is no name is left out, not followed", () => {
  expect(readStartCode({ version: 1, lesson: "a/b", step: "<img>" })).toEqual({ version: 1, lesson: "a/b" });
});
