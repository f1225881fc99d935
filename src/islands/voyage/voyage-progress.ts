// Marks progress on the voyage: chart, scale, card and list. Everything it changes is readable without it.

import { plannedLessons } from "../../course/voyage.ts";
import { findHere } from "../../course/where.ts";
import { readKept } from "../../state/kept.ts";
import { $progress, type LessonProgress, loadProgress, type Progress } from "../../state/progress.ts";
import { dayText } from "../log/words.ts";

type State = "done" | "here" | "todo";
const words: Record<State, string> = { done: "done", here: "you are here", todo: "not started" };

function stateOf(progress: LessonProgress | undefined): "done" | "begun" | "todo" {
  if (progress === undefined) return "todo";
  return progress.doneAt === undefined ? "begun" : "done";
}

/** Drills that are due, by the record of repetitions; undefined where there is none. */
async function countDue(): Promise<number | undefined> {
  const kept = await readKept("reps");
  const cards = kept.ok ? (kept.value as { cards?: unknown } | undefined)?.cards : undefined;
  if (typeof cards !== "object" || cards === null || Object.keys(cards).length === 0) return undefined;
  return Object.values(cards as Record<string, { due?: unknown }>).filter(({ due }) => Number(due) <= Date.now())
    .length;
}

class VoyageProgress extends HTMLElement {
  connectedCallback(): void {
    $progress.watch((progress) => this.show(progress));
    void loadProgress();
  }

  private show(progress: Progress): void {
    const aboard = [...this.querySelectorAll<HTMLElement>("a.les[data-lesson]")].map(
      (link) => link.dataset.lesson as string,
    );
    const here = findHere(progress, aboard);
    const done = new Set(aboard.filter((id) => stateOf(progress.lessons[id]) === "done"));
    const state = (id: string): State => (id === here ? "here" : done.has(id) ? "done" : "todo");
    for (const id of aboard) {
      markWaypoint(id, state(id));
      markListed(id, state(id));
    }
    plannedLessons.forEach(({ id }, index) => {
      document
        .querySelector(`[data-leg="${index + 1}"]`)
        ?.classList.toggle("todo", !(done.has(id) || (id === here && index > 0)));
    });
    this.showScale(done, here);
    void this.showDeck(Object.keys(progress.lessons).length > 0);
    if (aboard.length > 0) this.showCard(progress, here, done.size === aboard.length);
    for (const part of this.querySelectorAll<HTMLElement>("[data-part]")) showPart(part, done);
    const summary = this.querySelector("[data-summary]");
    if (summary !== null && done.size > 0) {
      const minutes = (lessons: typeof plannedLessons) => lessons.reduce((sum, lesson) => sum + lesson.minutes, 0);
      const sailed = minutes(plannedLessons.filter(({ id }) => done.has(id)));
      const all = minutes(plannedLessons.filter(({ id }) => aboard.includes(id)));
      summary.textContent = `${done.size} of ${aboard.length} lessons, ${sailed} of ${all} minutes. Sail in any order.`;
    }
  }

  /** Who has begun is offered practice instead of how it works. */
  private async showDeck(begun: boolean): Promise<void> {
    const offers = [...this.querySelectorAll<HTMLElement>("[data-begun]")];
    if (!begun || offers.length === 0) return;
    for (const panel of offers) panel.hidden = false;
    // As many panels as before: the last ones make room.
    [...this.querySelectorAll<HTMLElement>("[data-new]")].forEach((panel, index) => {
      panel.hidden = index < offers.length;
    });
    const due = await countDue();
    const title = this.querySelector("[data-due]");
    if (title !== null && due !== undefined && due > 0)
      title.textContent = due === 1 ? "1 rep is due" : `${due} reps are due`;
  }

  private showScale(done: ReadonlySet<string>, here: string | undefined): void {
    const scale = this.querySelector<HTMLElement>('[data-scale="voyage"]');
    if (scale === null) return;
    plannedLessons.forEach(({ id }, index) => {
      const segment = scale.children[index] as HTMLElement | undefined;
      if (segment === undefined) return;
      segment.dataset.s = done.has(id) ? "done" : id === here ? "here" : "";
    });
    const lesson = plannedLessons.find(({ id }) => id === here);
    scale.setAttribute(
      "aria-label",
      `${done.size} of ${plannedLessons.length} lessons done${lesson ? `, lesson ${lesson.number} is next` : ""}`,
    );
  }

  private showCard(progress: Progress, here: string | undefined, allDone: boolean): void {
    const lesson = plannedLessons.find(({ id }) => id === here);
    const begun = here === undefined ? undefined : progress.lessons[here];
    const set = (part: string, text: string): void => {
      const element = this.querySelector(`[data-${part}]`);
      if (element !== null) element.textContent = text;
    };
    if (allDone) {
      set("kick", "All aboard are done");
      set("about", "Every lesson that is aboard is done. Look around in any of them.");
      set("continue", "Open again");
    } else if (lesson !== undefined) {
      const link = document.querySelector<HTMLAnchorElement>(`a.les[data-lesson="${lesson.id}"]`);
      const go = this.querySelector<HTMLAnchorElement>("[data-continue]");
      const step = begun === undefined ? undefined : findStep(link, begun.step);
      if (link !== null && go !== null) go.href = link.href + (step === undefined ? "" : `#step-${step.id}`);
      const over = this.querySelector<HTMLAnchorElement>("[data-over]");
      if (link !== null && over !== null) {
        over.href = `${link.href}#start-over`;
        over.hidden = begun === undefined;
      }
      set("title", `${lesson.number} ${lesson.title}`);
      set(
        "kick",
        begun === undefined ? (Object.keys(progress.lessons).length === 0 ? "Begin here" : "Next") : "You are here",
      );
      set(
        "about",
        begun === undefined
          ? `About ${lesson.minutes} minutes, with a node of your own beside the text.`
          : describe(begun, step?.title),
      );
      set("continue", begun === undefined ? "Start the lesson" : "Continue");
    }
  }
}

/** The step of a number, as the list has it beside the lesson. */
function findStep(link: HTMLElement | null, number: number): { id: string; title: string } | undefined {
  const [, id, title] = /^([^:]+):(.*)$/.exec((link?.dataset.steps ?? "").split("\n")[number - 1] ?? "") ?? [];
  return id === undefined || title === undefined ? undefined : { id, title };
}

function describe({ step, steps, passed, total, seenAt }: LessonProgress, title: string | undefined): string {
  const left = total - passed.length;
  const named = title === undefined ? "" : `: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
  const orders = left === 0 ? "" : left === 1 ? ", one order to go" : `, ${left} orders to go`;
  return `Step ${step} of ${steps}${named}. Left open ${dayText(seenAt, Date.now())}${orders}.`;
}

function markWaypoint(id: string, state: State): void {
  const point = document.querySelector<SVGAElement>(`a.wp[data-lesson="${id}"]`);
  if (point === null) return;
  point.classList.remove("done", "here", "todo");
  point.classList.add(state);
  const said = point.querySelector("[data-said]");
  if (said !== null) said.textContent = `minutes, ${words[state]}`;
}

function markListed(id: string, state: State): void {
  const link = document.querySelector<HTMLElement>(`a.les[data-lesson="${id}"]`);
  if (link === null) return;
  link.classList.toggle("here", state === "here");
  if (state === "here") link.setAttribute("aria-current", "step");
  else link.removeAttribute("aria-current");
  const dot = link.querySelector(".dot");
  dot?.setAttribute("aria-label", state === "here" ? "You are here" : state === "done" ? "Done" : "Not started");
  dot?.querySelector("use")?.setAttribute("href", `#d-${state}`);
}

function showPart(part: HTMLElement, done: ReadonlySet<string>): void {
  const count = part.querySelector("[data-part-count]");
  const lessons = plannedLessons.filter(({ id }) => id.startsWith(`${part.dataset.part}/`));
  const finished = lessons.filter(({ id }) => done.has(id)).length;
  if (count !== null && finished > 0) count.textContent = `${finished} of ${lessons.length}`;
}

customElements.define("voyage-progress", VoyageProgress);
