import { expect, test } from "vitest";
import type { LearnerEvent } from "./api/learner-events.ts";
import { applyEvent, createLearnerState, type LearnerState } from "./learner-state.ts";

/** The state after a learner's page told of its checks, one verdict for each. */
function tell(state: LearnerState, ...told: readonly ("pass" | "not-yet" | "unknown")[]): LearnerState {
  const verdicts = Object.fromEntries(told.map((verdict, index) => [`c${index + 1}`, verdict]));
  const event: LearnerEvent = { type: "checks", id: "e1", at: 0, lesson: "a/one", verdicts, misconceptions: [] };
  return applyEvent(state, { event, at: 1, state: undefined });
}
const lostOf = (state: LearnerState): readonly string[] | undefined => state.lessons["a/one"]?.lost;

test("a check that passed and no longer does is lost until it passes again", () => {
  let state = tell(createLearnerState(0), "pass", "not-yet");
  expect(lostOf(state)).toBeUndefined();
  state = tell(state, "not-yet", "not-yet");
  expect(lostOf(state)).toEqual(["c1"]);
  state = tell(tell(state, "unknown", "not-yet"), "not-yet", "pass");
  expect(lostOf(state)).toEqual(["c1"]);
  state = tell(state, "pass", "pass");
  expect(lostOf(state)).toBeUndefined();
});
