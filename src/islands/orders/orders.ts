// The orders, live: mark and word, what was seen, the three layers, hints on request. Speaks one sentence per change.

import type { Check, GradeReport, Verdict, VerdictWord } from "#sandbox/grader/check.ts";
import { drawing, find, h, type MarkState, mark, withCode } from "../lab/dom.ts";
import { layerList } from "./layers.ts";

const marks: Record<VerdictWord, MarkState> = { pass: "pass", "not-yet": "wait", unknown: "blind" };
const words: Record<VerdictWord, string> = { pass: "pass", "not-yet": "not yet", unknown: "could not tell" };
const stages = [
  { word: "Nudge", cost: "free" },
  { word: "Pointer", cost: "noted" },
  { word: "Solution", cost: "noted" },
] as const;

export interface OrdersOptions {
  readonly checks: readonly Check[];
  /** Where a solution's commands are typed, unless its check asks a machine of its own. */
  readonly host: string;
  /** Highest hint stage already used, by check. */
  readonly used: Readonly<Record<string, number>>;
  onHint(check: string, stage: number): void;
  /** A command of a solution, to be typed for the learner. */
  onType(machine: string, command: string): void;
  speak(sentence: string): void;
}

/** The orders pane; `show` takes each new set of verdicts. */
export class Orders {
  readonly #lab: HTMLElement;
  readonly #options: OrdersOptions;
  #used: Record<string, number>;
  /** What is believed wrongly just now, by id. */
  #wrongs: ReadonlyMap<string, string> = new Map();
  #last = new Map<string, Verdict>();
  /** The order opened by us; closed again when another one lags. */
  #opened: string | undefined;

  constructor(lab: HTMLElement, options: OrdersOptions) {
    this.#lab = lab;
    this.#options = options;
    this.#used = { ...options.used };
  }

  show({ verdicts, misconceptions }: Pick<GradeReport, "verdicts" | "misconceptions">): void {
    this.#wrongs = new Map(misconceptions.map(({ id, explanation }) => [id, explanation]));
    for (const verdict of verdicts) {
      const before = this.#last.get(verdict.id);
      const task = this.#task(verdict.id);
      if (task === undefined || (before !== undefined && sameVerdict(before, verdict))) continue;
      this.#render(task, verdict, before);
    }
    const first = verdicts.find(({ verdict }) => verdict !== "pass");
    this.#explain(verdicts.find(({ verdict }) => verdict === "not-yet"));
    this.#openFirst(first?.id);
    this.#speakChange(verdicts);
    this.#count(verdicts);
    this.#last = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  }

  /** Closes the hints; that they were used stays noted where that is kept. The next verdicts are drawn as if they were the first. */
  beginAnew(): void {
    this.#used = {};
    this.#last = new Map();
  }

  #task(id: string): HTMLDetailsElement | undefined {
    return [...this.#lab.querySelectorAll<HTMLDetailsElement>("details[data-check]")].find(
      (each) => each.dataset.check === id,
    );
  }

  #render(task: HTMLDetailsElement, verdict: Verdict, before: Verdict | undefined): void {
    const summary = find(task, "summary");
    summary.replaceChildren(
      mark(marks[verdict.verdict]),
      find(task, ".goal"),
      h("span", { class: `state s-${marks[verdict.verdict]} word` }, words[verdict.verdict]),
    );
    const undone = before?.verdict === "pass" && verdict.verdict !== "pass";
    const body = find(task, ".body");
    body.replaceChildren(
      ...(undone ? [h("p", { class: "undone" }, "This passed before and no longer does.")] : []),
      h("p", {}, ...withCode(verdict.message)),
      // Where layers are shown, the last of them says what was seen.
      ...(verdict.verdict === "pass" || verdict.seen === "" || verdict.layers.length > 0
        ? []
        : [seenAndWanted(verdict)]),
      ...(verdict.layers.length > 0 ? [layerList(verdict.layers)] : []),
      ...(verdict.verdict === "pass" ? [] : [this.#hints(verdict.id)]),
    );
  }

  /** What is believed wrongly, once: beside the first order that is not met. */
  #explain(lagging: Verdict | undefined): void {
    for (const old of this.#lab.querySelectorAll("[data-orders] .because")) old.remove();
    const known = this.#wrongs.get(lagging?.misconceptions[0] ?? "");
    const body = lagging && known ? this.#task(lagging.id)?.querySelector(".body") : null;
    body?.insertBefore(h("p", { class: "because" }, ...withCode(known ?? "")), body.querySelector(".hints"));
  }

  /** Buttons for the stages not yet used, the text of those that are. */
  #hints(id: string): HTMLElement {
    const check = this.#options.checks.find((each) => each.id === id);
    const box = h("div", { class: "hints" });
    if (check === undefined) return box;
    const used = this.#used[id] ?? 0;
    const texts = [check.hints.nudge, check.hints.pointer, check.hints.solution.text];
    stages.forEach(({ word }, index) => {
      const stage = index + 1;
      if (stage <= used) {
        box.append(h("p", { class: "hint" }, h("b", {}, `${word}: `), ...withCode(texts[index] ?? "")));
        if (stage === 3) box.append(this.#solution(check));
      }
    });
    stages.forEach(({ word, cost }, index) => {
      const stage = index + 1;
      if (stage <= used) return;
      const locked = stage > used + 1;
      const why = locked ? `hint-why-${id}` : undefined;
      const button = h(
        "button",
        {
          type: "button",
          class: locked ? "btn bare" : "btn",
          "aria-disabled": locked ? "true" : undefined,
          "aria-describedby": why,
        },
        `${word}, ${cost}`,
      );
      if (!locked) {
        button.addEventListener("click", () => {
          this.#used[id] = stage;
          this.#options.onHint(id, stage);
          const next = this.#hints(id);
          box.replaceWith(next);
          next.querySelector<HTMLElement>("button:not([aria-disabled])")?.focus();
          this.#options.speak(`${word}: ${texts[index]}`);
        });
      }
      box.append(button);
    });
    if (used < 2) box.append(h("span", { class: "sr", id: `hint-why-${id}` }, "Opens after the hint before it."));
    return box;
  }

  #solution(check: Check): HTMLElement {
    const { commands } = check.hints.solution;
    const machine = "on" in check.probe && check.probe.kind !== "command" ? check.probe.on : this.#options.host;
    const block = h(
      "div",
      { class: "cmd" },
      h("div", { class: "host" }, machine),
      h("div", { class: "acts" }),
      h("pre", { tabindex: 0 }, h("code", {}, commands.join("\n"))),
    );
    const type = h("button", { type: "button", class: "btn" }, drawing("i-play"), "Type it");
    type.addEventListener("click", () => this.#options.onType(machine, commands.join("\n")));
    find(block, ".acts").append(type);
    return block;
  }

  #openFirst(id: string | undefined): void {
    if (id === this.#opened) return;
    const old = this.#opened === undefined ? undefined : this.#task(this.#opened);
    if (old !== undefined && !old.contains(document.activeElement)) old.open = false;
    this.#opened = id;
    const task = id === undefined ? undefined : this.#task(id);
    if (task === undefined) return;
    task.open = true;
    // Within the list only; the page stays where it is.
    const list = find(this.#lab, "[data-orders]");
    list.scrollTop += task.getBoundingClientRect().top - list.getBoundingClientRect().top;
  }

  #speakChange(verdicts: readonly Verdict[]): void {
    if (this.#last.size === 0) return;
    const changed = verdicts.filter((verdict) => this.#last.get(verdict.id)?.verdict !== verdict.verdict);
    const one = changed.find(({ verdict }) => verdict !== "pass") ?? changed[0];
    if (one === undefined) return;
    const number = verdicts.indexOf(one) + 1;
    this.#options.speak(`Order ${number}, ${words[one.verdict]}: ${one.message.replaceAll("`", "")}`);
  }

  /** A mark for each order in the bar, which stays in sight when the list is scrolled: it says which are left, and leads there. */
  #showMarks(verdicts: readonly Verdict[]): void {
    const place = find(this.#lab, "[data-order-marks]");
    const at = [...place.children].indexOf(document.activeElement as Element);
    place.replaceChildren(
      ...verdicts.flatMap(({ id, verdict }) => {
        const task = this.#task(id);
        if (task === undefined) return [];
        const label = `${find(task, ".goal").textContent} ${words[verdict]}`;
        const button = h("button", { type: "button", title: label, "aria-label": label }, mark(marks[verdict]));
        button.addEventListener("click", () => goTo(task));
        return [button];
      }),
    );
    (place.children[at] as HTMLElement | undefined)?.focus();
  }

  #count(verdicts: readonly Verdict[]): void {
    const passed = verdicts.filter(({ verdict }) => verdict === "pass").length;
    find(this.#lab, "[data-orders-sum]").textContent =
      passed === verdicts.length ? "all pass" : `${passed} of ${verdicts.length} pass`;
    this.#showMarks(verdicts);
    const left = document.querySelector("[data-orders-left]");
    if (left !== null) {
      left.replaceChildren(String(verdicts.length - passed), h("span", { class: "sr" }, " not passed"));
      left.toggleAttribute("hidden", passed === verdicts.length);
    }
  }
}

/** Opens an order and goes to it, in the list only. */
function goTo(task: HTMLDetailsElement): void {
  task.open = true;
  find(task, "summary").focus({ preventScroll: true });
  task.scrollIntoView({ block: "nearest" });
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function seenAndWanted({ seen, wanted }: Verdict): HTMLElement {
  return h(
    "dl",
    { class: "seen" },
    h("dt", {}, "seen"),
    h("dd", {}, ...withCode(seen)),
    h("dt", {}, "wanted"),
    h("dd", {}, ...withCode(wanted)),
  );
}
