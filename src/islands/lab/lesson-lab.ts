// The laboratory of a lesson: its plan at the start point chosen, and whoever follows how it goes.

import type { LessonData } from "../../course/load.ts";
import type { LabPlan } from "../../course/plan.ts";
import type { EarlyStart } from "../../machine/early.ts";
import { labName } from "../../state/start-point.ts";
import type { Following } from "./follow.ts";
import { createLaboratory, type Laboratory, type LabUse } from "./laboratory.ts";
import type { Began } from "./steps.ts";

const listOf = (text: string | undefined, separator: string): string[] =>
  (text ?? "").split(separator).filter((item) => item !== "");

/** A lesson at one of its start points; undefined is its own. */
export interface OpenedLesson extends LessonData {
  readonly id: string;
  readonly variant: string | undefined;
}

/** Opens the lesson that the page is about. One that comes back by itself does not take the focus. */
export async function openLesson(
  element: HTMLElement,
  { id: lesson, variant, scene, grading, variants }: OpenedLesson,
  early: EarlyStart,
  byItself: boolean,
): Promise<Laboratory> {
  const steps: Began = { began: [[1, 0]] };
  let following: Promise<Following> | undefined;
  const follow = (): Promise<Following> => {
    const ids = listOf(element.dataset.steps, " ");
    following ??= import("./follow.ts").then(
      ({ Following }) => new Following(element, lesson, grading?.checks ?? [], ids, steps),
      (error) => {
        // Asked for again by whoever needs it next.
        following = undefined;
        throw error;
      },
    );
    return following;
  };
  const laboratory = createLaboratory(element, {
    "reset-step": () => void follow().then(({ startOfStep }) => laboratory.putBack(startOfStep)),
  });
  void import("./start-points.ts").then(({ offerStartPoints }) => offerStartPoints(lesson, variants, variant));
  const lab = labName(lesson, variant);
  const plan: LabPlan = {
    lab,
    noun: "lesson",
    base: lab,
    scene,
    ...(grading === undefined ? {} : { grading }),
    startOn: element.dataset.startOn ?? "",
    files: listOf(element.dataset.files, "\n"),
  };
  let used: Readonly<Record<string, number>> = {};
  const use: LabUse = {
    get used() {
      return used;
    },
    async prepare() {
      used = await (await follow()).usedHints();
    },
    quiet: byItself,
    steps,
    onHint: (check, stage) => void follow().then((each) => each.hint(check, stage)),
    onReport: (...heard) => void follow().then((each) => each.hear(...heard)),
  };
  if (import.meta.env.DEV) await (await import("./authoring.ts")).forgetIfChanged(plan);
  await laboratory.open(plan, use, early);
  return laboratory;
}
