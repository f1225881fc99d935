// The laboratory of a lesson: its plan at the start point chosen, its steps, and what of it is noted as progress.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { LessonData } from "../../course/load.ts";
import type { LabPlan } from "../../course/plan.ts";
import { WrongsHeld } from "../../course/wrongs.ts";
import type { EarlyStart } from "../../machine/early.ts";
import { labName } from "../../state/start-point.ts";
import { createLaboratory, type Laboratory } from "./laboratory.ts";
import { Steps } from "./steps.ts";

const listOf = (text: string | undefined, separator: string): string[] =>
  (text ?? "").split(separator).filter((item) => item !== "");

/** What others on the page may want to hear: a room this browser is in, a learning platform around it. */
function tellPage(element: HTMLElement, name: "kc:report" | "kc:hint", detail: unknown): void {
  element.dispatchEvent(new CustomEvent(name, { detail }));
}

/** What was believed wrongly decides which drills come up: noted with the code that chooses them. */
function noteHeld(ids: readonly string[]): void {
  if (ids.length === 0) return;
  void import("../../state/reps.ts").then(({ changeReps, noteWrongs }) =>
    changeReps((reps) => noteWrongs(reps, ids, Date.now())),
  );
}

/** What the reader has done so far, read once; nothing of it is needed for a prompt. */
let reading: Promise<typeof import("../../state/progress.ts")> | undefined;
function progress(): Promise<typeof import("../../state/progress.ts")> {
  reading ??= import("../../state/progress.ts").then(async (module) => {
    await module.loadProgress();
    return module;
  });
  return reading;
}

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
  const steps = new Steps(listOf(element.dataset.steps, " "));
  const laboratory = createLaboratory(element, { "reset-step": () => laboratory.goTo(steps.startOfCurrent) });
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
  const checks = grading?.checks ?? [];
  const wrongs = new WrongsHeld();
  let used: Readonly<Record<string, number>> = {};
  const use = {
    get used() {
      return used;
    },
    async prepare() {
      const { $progress } = await progress();
      used = $progress.get().lessons[lesson]?.hints ?? {};
    },
    quiet: byItself,
    onHint: (check: string, stage: number) => {
      // The panes that give hints come after `prepare`, so that progress has been read.
      void import("../../state/progress.ts").then(({ noteHint }) => noteHint(lesson, check, stage));
      tellPage(element, "kc:hint", { check, stage });
    },
    onReport: (report: GradeReport, entry: number) => {
      const { verdicts } = report;
      const passed = verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
      const step = steps.show(checks, new Set(passed), entry);
      const ids = report.misconceptions.map(({ id }) => id);
      void progress().then(async ({ notePassed, noteWrongs }) => {
        if (checks.length > 0) await notePassed(lesson, passed, checks.length, step, steps.count);
        await noteWrongs(lesson, ids, entry > 0);
      });
      noteHeld(wrongs.hear(ids, entry, Date.now()));
      tellPage(element, "kc:report", { report, step, steps: steps.count });
    },
  };
  if (import.meta.env.DEV) await (await import("./authoring.ts")).forgetIfChanged(plan);
  await laboratory.open(plan, use, early);
  return laboratory;
}
