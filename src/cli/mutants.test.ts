// The judge of mutants itself: it notices what proofs notice, and names an expectation that says nothing.

import { expect, test } from "vitest";
import type { Check, Observation, Verdict } from "#sandbox/grader/check.ts";
import type { Lesson } from "./lessons.ts";
import { type Answered, judgeMutants } from "./mutants.ts";

const check = (id: string, wanted: Check["expect"], after?: "restart"): Check => ({
  id,
  step: "one",
  goal: id,
  probe: { kind: "http", from: "outsider", url: "https://node01:10250/pods" },
  expect: wanted,
  ...(after === undefined ? {} : { after }),
  passed: "yes",
  hints: { nudge: "", pointer: "", solution: { text: "", commands: [] } },
});

const word = (verdicts: readonly Verdict[], id: string) => verdicts.find((each) => each.id === id)?.verdict;
const isRight = (verdicts: readonly Verdict[]) => (verdicts.every(({ verdict }) => verdict === "pass") ? "" : "fails");
const fails = (id: string) => (verdicts: readonly Verdict[]) => (word(verdicts, id) === "not-yet" ? "" : "passes");

function answered(
  prove: Answered["prove"],
  answers: Record<string, Observation>,
  now: Record<string, Observation> = {},
): Answered {
  const inquiry = { machine: undefined, captain: undefined, changed: [], answers: new Map(Object.entries(answers)) };
  return { prove, mayFail: prove !== isRight, inquiry, now: new Map(Object.entries(now)), history: [] };
}

const judge = (checks: readonly Check[], scripts: readonly Answered[]) =>
  judgeMutants({ grading: { checks, boarding: [], pilot: [] } } as unknown as Lesson, scripts).survivors;

test("every mutant of a check with a right way and a wrong way that names it is noticed", () => {
  const scripts = [answered(isRight, { shut: { status: 401 } }), answered(fails("shut"), { shut: { status: 200 } })];
  expect(judge([check("shut", { status: { is: 401 } })], scripts)).toEqual([]);
});

test("a check that no wrong way names may be removed unnoticed", () => {
  const wrong = answered(() => "", { shut: { status: 200 } });
  const scripts = [answered(isRight, { shut: { status: 401 } }), wrong];
  expect(judge([check("shut", { status: { is: 401 } })], scripts)).toEqual(["shut: removed"]);
});

test("an expectation that another one covers is named", () => {
  const scripts = [
    answered(isRight, { pods: { status: 200, body: "PodList" } }),
    answered(fails("pods"), { pods: { status: 401, body: "Unauthorized" } }),
  ];
  const survivors = judge([check("pods", { status: { is: 200 }, body: { has: "PodList" } })], scripts);
  expect(survivors).toEqual(["pods: status is dropped", "pods: body has dropped"]);
});

test("a piece of a list that no way needs is named", () => {
  const scripts = [answered(isRight, { out: { error: "refused" } }), answered(fails("out"), { out: { error: "tls" } })];
  const survivors = judge([check("out", { error: { oneOf: ["refused", "timeout"] } })], scripts);
  expect(survivors).toEqual(["out: error oneOf without timeout"]);
});

test("a check about the next start has to differ from one about now", () => {
  const lasting = check("holds", { status: { is: 401 } }, "restart");
  const right = answered(isRight, { holds: { status: 401 } }, { holds: { status: 401 } });
  const same = answered(fails("holds"), { holds: { status: 200 } }, { holds: { status: 200 } });
  const opens = answered(fails("holds"), { holds: { status: 200 } }, { holds: { status: 401 } });
  expect(judge([lasting], [right, same])).toEqual(["holds: asked before the restart"]);
  expect(judge([lasting], [right, same, opens])).toEqual([]);
});
