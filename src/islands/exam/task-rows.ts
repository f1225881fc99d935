// Task by task: points, each check with what was asked and what it answered, what lay behind it, and the solution.

import { type DrillInstance, gradingOf } from "#lessons/_kit/drill.ts";
import type { Check, Verdict } from "#sandbox/grader/check.ts";
import { scriptText } from "../../course/drill-plan.ts";
import { loadDrill } from "../../course/drills.ts";
import { clockText } from "../../exam/attempt.ts";
import { describeAsked } from "../../exam/probe-words.ts";
import type { TaskResult } from "../../exam/result.ts";
import type { CheckScore } from "../../exam/score.ts";
import { drawing, h, type MarkState, mark, withCode } from "../lab/dom.ts";
import { taskText } from "../lab/task-text.ts";
import { layerList } from "../orders/layers.ts";

/** What stands under a task besides its evidence: links and buttons of the page it is on. */
export type TaskActs = (task: TaskResult, index: number, drill: DrillInstance) => readonly HTMLElement[];

function outcome({ earned, weight, checks, trouble }: TaskResult): {
  readonly state: MarkState;
  readonly word: string;
} {
  if (trouble !== undefined) return { state: "blind", word: "could not be graded" };
  if (earned === 0) return { state: "end", word: "none" };
  if (earned < weight) return { state: "wait", word: "in part" };
  return checks.some(({ verdict }) => verdict === "unknown")
    ? { state: "blind", word: "full; a check that could not be told counts for you" }
    : { state: "pass", word: "full" };
}

/** The rows of a report. */
export function drawTasks(tasks: readonly TaskResult[], acts: TaskActs): HTMLElement[] {
  return tasks.map((task, index) => {
    const { state, word } = outcome(task);
    const body = h("div", { class: "body stack" });
    const row = h(
      "details",
      { class: "rep", "data-row": index },
      h(
        "summary",
        {},
        mark(state, word),
        h("span", { class: "r hide" }, String(index + 1)),
        h("span", { class: "ti" }, task.title),
        h("span", { class: "r" }, `${task.earned} of ${task.weight}`),
        h("span", { class: "r hide" }, task.opened ? clockText(task.spent) : "–"),
        drawing("i-chevron-down", "icon hide"),
      ),
      body,
    );
    void fillRow(body, task, index, acts);
    return row;
  });
}

async function fillRow(body: HTMLElement, task: TaskResult, index: number, acts: TaskActs): Promise<void> {
  const drill = await loadDrill(task.address);
  if (drill === undefined) {
    body.replaceChildren(h("p", {}, "This task was made by another version of the course."));
    return;
  }
  const { checks } = gradingOf(drill);
  body.replaceChildren(
    ...taskText(drill.task),
    h(
      "p",
      { class: "ink2" },
      "host ",
      h("code", {}, task.host),
      `, ${task.opened ? `${clockText(task.spent)} in front` : "not opened"}`,
    ),
    ...(task.trouble === undefined
      ? []
      : [h("p", { class: "note peril" }, `The machine could not be graded: ${task.trouble}.`)]),
    evidence(task, checks),
    ...task.misconceptions.map(({ title, explanation }) =>
      h("p", {}, h("b", {}, `${title}: `), ...withCode(explanation)),
    ),
    h("p", {}, h("b", {}, "What was the matter: "), ...withCode(drill.because)),
    h(
      "div",
      { class: "cmd" },
      h("div", { class: "host" }, drill.host),
      h("pre", { tabindex: 0 }, h("code", {}, scriptText(drill.solution))),
    ),
    ...acts(task, index, drill),
  );
}

function evidence(task: TaskResult, checks: readonly Check[]): HTMLElement {
  return h(
    "ul",
    { class: "layers checks" },
    ...checks.map((check) => {
      const score = task.checks.find(({ id }) => id === check.id);
      const verdict = task.verdicts.find(({ id }) => id === check.id);
      return checkRow(check, score, verdict);
    }),
  );
}

function checkRow(check: Check, score: CheckScore | undefined, verdict: Verdict | undefined): HTMLElement {
  if (score === undefined || verdict === undefined)
    return h("li", {}, mark("none", "not asked"), h("b", {}, "–"), h("span", {}, ...withCode(check.goal)));
  const passed = verdict.verdict === "pass";
  const state: MarkState = passed ? "pass" : verdict.verdict === "unknown" ? "blind" : "wait";
  const word = passed ? "pass" : verdict.verdict === "unknown" ? "could not tell" : "not yet";
  const nothing = passed && score.earned < score.points;
  return h(
    "li",
    { class: verdict.verdict === "not-yet" ? "lag" : undefined },
    mark(state, word),
    h("b", { class: "num" }, `${score.earned} of ${score.points}`),
    h(
      "span",
      {},
      ...withCode(check.goal),
      h("small", {}, "asked: ", ...withCode(describeAsked(check))),
      h(
        "small",
        {},
        "answered: ",
        ...withCode(verdict.seen),
        ...(passed ? [] : ["; wanted: ", ...withCode(verdict.wanted)]),
      ),
      ...(passed ? [] : [h("small", { class: "said" }, ...withCode(verdict.message))]),
      ...(nothing ? [h("small", {}, "It held from the start; it counts once something is mended.")] : []),
      ...(passed || verdict.layers.length === 0 ? [] : [layerList(verdict.layers)]),
    ),
  );
}
