// What follows from each report of a lesson: which step one is at, what is noted as progress, what others on the page hear. Needed with the first report, not for a prompt.

import type { Check, GradeReport } from "#sandbox/grader/check.ts";
import type { TimelineEntry } from "#sandbox/protocol.ts";
import { WrongsHeld } from "../../course/wrongs.ts";
import { $progress, loadProgress, noteHint, notePassed, noteWrongs } from "../../state/progress.ts";
import { type Began, Steps } from "./steps.ts";

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

export class Following {
  readonly #element: HTMLElement;
  readonly #lesson: string;
  readonly #checks: readonly Check[];
  readonly #steps: Steps;
  readonly #wrongs = new WrongsHeld();
  /** What the reader has done so far, read once. */
  readonly #read = loadProgress();

  /** `steps` are ids in the order of the prose. */
  constructor(element: HTMLElement, lesson: string, checks: readonly Check[], steps: readonly string[], began: Began) {
    this.#element = element;
    this.#lesson = lesson;
    this.#checks = checks;
    this.#steps = new Steps(steps, began);
  }

  /** Point of the time line at which the current step began. */
  get startOfStep(): number {
    return this.#steps.startOfCurrent;
  }

  /** Highest hint stage used so far, by check. */
  async usedHints(): Promise<Readonly<Record<string, number>>> {
    await this.#read;
    return $progress.get().lessons[this.#lesson]?.hints ?? {};
  }

  async hint(check: string, stage: number): Promise<void> {
    tellPage(this.#element, "kc:hint", { check, stage });
    await this.#read;
    await noteHint(this.#lesson, check, stage);
  }

  hear(report: GradeReport, entry: number, entries?: readonly TimelineEntry[]): void {
    const { count } = this.#steps;
    const passed = report.verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
    const step = this.#steps.show(this.#checks, new Set(passed), entry, entries);
    const ids = report.misconceptions.map(({ id }) => id);
    void this.#read.then(async () => {
      if (this.#checks.length > 0) await notePassed(this.#lesson, passed, this.#checks.length, step, count);
      await noteWrongs(this.#lesson, ids, entry > 0);
    });
    noteHeld(this.#wrongs.hear(ids, entry, Date.now()));
    tellPage(this.#element, "kc:report", { report, step, steps: count });
  }
}
