import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeCode, encodeCode } from "./code.ts";

it("brings any value through a link", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const code = await encodeCode("machine", value);
      expect(code).toMatch(/^kc1-machine-[\w-]+-[0-9a-f]{8}$/);
      const back = await decodeCode(`https://example.org/lessons/x/#${code}`);
      expect(back).toEqual({ ok: true, kind: "machine", value: JSON.parse(JSON.stringify(value)) });
    }),
    { numRuns: 60 },
  );
});

it("notices every letter that changed on the way", async () => {
  const code = await encodeCode("progress", { lessons: ["first-watch"] });
  for (let at = 0; at < code.length; at++) {
    const other = code[at] === "a" ? "b" : "a";
    expect((await decodeCode(code.slice(0, at) + other + code.slice(at + 1))).ok, `letter ${at}`).toBe(false);
  }
});

it("says what is wrong", async () => {
  const code = await encodeCode("start", {});
  const why = async (text: string): Promise<string> => {
    const decoded = await decodeCode(text);
    return decoded.ok ? "" : decoded.why;
  };
  expect(await why(code.slice(0, -9))).toContain("cut off");
  expect(await why("hello")).toContain("not a code");
  expect(await why(code.replace("kc1", "kc7"))).toContain("newer");
  expect(await decodeCode(`${code.slice(0, 8)}\n ${code.slice(8)}`)).toMatchObject({ ok: true });
});
