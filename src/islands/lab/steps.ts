// Where in the lesson am I: the first step whose orders do not all pass. Remembers the point of the time line at which each step began.

import type { Check } from "#sandbox/grader/check.ts";
import type { TimelineEntry } from "#sandbox/protocol.ts";
import { h } from "./dom.ts";

/** A step, from 1, and a point at which it began; each branch of the time line has its own. Kept with the laboratory. */
export interface Began {
  began: readonly (readonly [step: number, entry: number])[];
}

export class Steps {
  /** Ids of the steps in the order of the prose. */
  readonly #ids: readonly string[];
  readonly #kept: Began;
  #current = 1;
  #line: ReadonlySet<number> = new Set([0]);

  constructor(ids: readonly string[], kept: Began) {
    this.#ids = ids;
    this.#kept = kept;
  }

  get count(): number {
    return Math.max(1, this.#ids.length);
  }

  /** Entry of the time line at which the current step began. */
  get startOfCurrent(): number {
    return this.#beginning(this.#current) ?? 0;
  }

  #beginning(step: number): number | undefined {
    return this.#kept.began.find(([each, entry]) => each === step && this.#line.has(entry))?.[1];
  }

  /** Takes up which checks pass at a point; returns the current step, from 1. */
  show(
    checks: readonly Check[],
    passed: ReadonlySet<string>,
    entry: number,
    entries: readonly TimelineEntry[] = [],
  ): number {
    this.#line = lineOf(entries, entry);
    const open = new Set(checks.filter(({ id }) => !passed.has(id)).map(({ step }) => this.#ids.indexOf(step) + 1));
    const done = open.size === 0 && checks.length > 0;
    const step = done ? this.count : Math.max(1, Math.min(this.count, ...open));
    if (this.#beginning(step) === undefined) this.#kept.began = [...this.#kept.began, [step, entry]];
    this.#current = step;
    this.#draw(step, done, open);
    return step;
  }

  #draw(step: number, done: boolean, open: ReadonlySet<number>): void {
    const words = document.querySelector("[data-step-word]");
    const text = done ? "all steps done" : `step ${step} of ${this.count}`;
    if (words !== null) words.textContent = text;
    const scale = document.querySelector<HTMLElement>('[data-scale="steps"]');
    scale?.setAttribute("aria-label", text);
    const passed = (number: number): boolean => !open.has(number) && (done || number < step);
    [...(scale?.children ?? [])].forEach((segment, index) => {
      (segment as HTMLElement).dataset.s = passed(index + 1) ? "done" : index + 1 === step ? "here" : "";
    });
    document.querySelectorAll<HTMLElement>("[data-step]").forEach((section, index) => {
      section.querySelector(".step-state")?.remove();
      if (passed(index + 1)) section.querySelector("h2")?.append(h("span", { class: "step-state" }, "done"));
    });
  }
}

/** The points whose work is in the machine at one of them: a reset leaves out what it took back. */
function lineOf(entries: readonly TimelineEntry[], entry: number): Set<number> {
  const line = new Set<number>();
  let at: number | undefined = entry;
  while (at !== undefined && !line.has(at)) {
    line.add(at);
    const here: number = at;
    const point = entries.find((each) => each.entry === here);
    at = point?.to ?? point?.parent;
  }
  return line;
}
