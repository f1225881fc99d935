import { expect, test } from "vitest";
import { describeSeen } from "./diagnose.ts";

test("what was seen is what was asked for: the output of a command, else its exit status", () => {
  const observation = { exit: 0, stdout: "403\n", stderr: "" };
  expect(describeSeen(observation, { stdout: { hasLine: "200" } })).toBe("403");
  expect(describeSeen({ ...observation, stdout: "" }, { stdout: { hasLine: "200" } })).toBe("no output");
  expect(describeSeen(observation, { exit: { is: 1 } })).toBe("exit 0");
});
