// When a check that passed is said to pass no more.

import { expect, it } from "vitest";
import type { Fleet } from "../fleet.ts";
import type { GradeReport, VerdictWord } from "../grader/check.ts";
import { bootScene } from "../images/index.ts";
import { Programs } from "../programs.ts";
import { Judging } from "./judging.ts";

const grading = { checks: [], boarding: [], pilot: [] };

/** A judge whose one check answers by the time on the machine. */
function judgingWith(programs: Programs, answer: (now: number) => VerdictWord): Judging {
  const grade = (fork: Fleet) =>
    ({ verdicts: [{ id: "served", verdict: answer(fork.world.now) }] }) as unknown as GradeReport;
  const judge = { grade, observe: () => ({}) as never, requests: () => [] };
  return new Judging(
    programs,
    async () => judge,
    () => 0,
  );
}

it("gives a service that was just started a moment before what passed is said to pass no more", async () => {
  const programs = new Programs();
  const scene = { seed: "judging", machines: [{ name: "outsider", image: "outsider" as const }], terminals: [] };
  const fleet = await bootScene(scene, programs);
  const start = fleet.world.now;
  const word = async (by: Judging) => (await by.report(fleet, grading, 0))?.report.verdicts[0]?.verdict;

  let down = false;
  const slow = judgingWith(programs, (now) => (down && now < start + 200 ? "not-yet" : "pass"));
  expect(await word(slow)).toBe("pass");
  down = true;
  expect(await word(slow)).toBe("pass");

  let gone = false;
  const ended = judgingWith(programs, () => (gone ? "not-yet" : "pass"));
  expect(await word(ended)).toBe("pass");
  gone = true;
  expect(await word(ended)).toBe("not-yet");

  const never = judgingWith(programs, (now) => (now < start + 200 ? "not-yet" : "pass"));
  expect(await word(never)).toBe("not-yet");
});
