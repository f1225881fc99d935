// Where in the lesson am I: the first step whose orders do not all pass. Remembers the point of the time line at which each step began.

import type { Check } from "#sandbox/grader/check.ts";
import { h } from "./dom.ts";

export class Steps {
  /** Ids of the steps in the order of the prose. */
  readonly #ids: readonly string[];
  readonly #beganAt = new Map<number, number>([[1, 0]]);
  #current = 1;

  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  get count(): number {
    return Math.max(1, this.#ids.length);
  }

  /** Entry of the time line at which the current step began. */
  get startOfCurrent(): number {
    return this.#beganAt.get(this.#current) ?? 0;
  }

  /** Takes up which checks pass; returns the current step, from 1. */
  show(checks: readonly Check[], passed: ReadonlySet<string>, entry: number): number {
    const open = new Set(checks.filter(({ id }) => !passed.has(id)).map(({ step }) => this.#ids.indexOf(step) + 1));
    const done = open.size === 0 && checks.length > 0;
    const step = done ? this.count : Math.max(1, Math.min(this.count, ...open));
    if (!this.#beganAt.has(step)) this.#beganAt.set(step, entry);
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
