// Today's watch on its page: what is due and why, days kept, drills by level, and the record as a file.

import { link } from "../../course/links.ts";
import { topics } from "../../course/topics.ts";
import { clockText, left } from "../../exam/attempt.ts";
import { loadExams, loadRunning } from "../../state/attempts.ts";
import { $progress, loadProgress } from "../../state/progress.ts";
import { $reps, type Choice, chooseWatch, dayOf, loadReps, type Reps } from "../../state/reps.ts";
import { find, h } from "../lab/dom.ts";
import { offerFile } from "../lab/notice.ts";
import { dueText } from "./due.ts";
import { repLink } from "./links.ts";

interface Drill extends Choice {
  readonly title: string;
  readonly minutes: number;
  /** Whether it is a short repetition by itself. */
  readonly rep: boolean;
}

const dayLength = 86_400_000;
const shownDays = 28;

const drills = JSON.parse(find(document, "todays-watch").dataset.drills ?? "[]") as readonly Drill[];

/** Topics whose lessons were begun. */
function knownTopics(): Set<string> {
  const begun = $progress.get().lessons;
  return new Set(topics.filter(({ lessons }) => lessons.some((id) => begun[id] !== undefined)).map(({ id }) => id));
}

function whyOf(drill: Drill, reps: Reps, now: number): string {
  const card = reps.cards[drill.id];
  if (card !== undefined) {
    if (card.reps === 0) return "proposed after an exam";
    return card.due < now - dayLength ? "overdue" : "due today";
  }
  const wrong = drill.misconceptions.some((id) => reps.wrongs[id] !== undefined);
  return wrong ? "new, and against a mistake you made of late" : "new";
}

function showWatch(reps: Reps): void {
  const now = Date.now();
  const byId = new Map(drills.map((drill) => [drill.id, drill]));
  const { due, fresh, next } = chooseWatch(
    reps,
    drills.filter(({ rep, id }) => rep || reps.cards[id]),
    knownTopics(),
    now,
  );
  const today = [...due, ...fresh].flatMap((id) => byId.get(id) ?? []);
  find(document, "[data-today]").replaceChildren(
    ...today.map((drill) =>
      h(
        "li",
        {},
        h(
          "a",
          { href: repLink(drill.id) },
          h("span", { class: "ti" }, drill.title),
          h("span", { class: "mi" }, `${drill.minutes} min`),
          h("span", { class: "why" }, whyOf(drill, reps, now)),
        ),
      ),
    ),
  );
  const minutes = today.reduce((sum, drill) => sum + drill.minutes, 0);
  const parts = [due.length > 0 ? `${due.length} due` : "", fresh.length > 0 ? `${fresh.length} new` : ""].filter(
    Boolean,
  );
  find(document, "[data-due-line]").textContent =
    today.length > 0
      ? `${parts.join(", ")}. About ${minutes} minutes in all; one at a time is fine.`
      : next === undefined
        ? "Nothing is due. Pick any drill below."
        : `No drills are due. The next one comes ${dueText(next, now)}.`;
  const begin = find<HTMLAnchorElement>(document, "[data-begin]");
  const first = today[0];
  begin.hidden = first === undefined;
  if (first !== undefined) {
    begin.href = repLink(first.id);
    begin.textContent = `Begin with ${first.title}`;
  }
}

function showDays({ days }: Reps): void {
  const now = Date.now();
  const kept = new Set(days);
  const last = Array.from({ length: shownDays }, (_, index) => dayOf(now - (shownDays - 1 - index) * dayLength));
  const count = last.filter((day) => kept.has(day)).length;
  const line =
    count === 0
      ? "None yet in the last four weeks. A day off costs nothing: what is due waits."
      : `${count} of the last ${shownDays} days. A day off costs nothing: what is due waits.`;
  const box = find(document, "[data-days]");
  box.setAttribute("aria-label", line);
  box.replaceChildren(
    ...last.map((day) => h("span", { "data-kept": kept.has(day), "data-today": day === dayOf(now), title: day })),
  );
  find(document, "[data-days-line]").textContent = line;
}

function showDue(reps: Reps): void {
  const now = Date.now();
  for (const { id, minutes } of drills) {
    const card = reps.cards[id];
    const place = document.querySelector(`[data-drill="${id}"] [data-mi]`);
    if (place !== null)
      place.textContent = card === undefined ? `${minutes} min` : card.due <= now ? "due" : dueText(card.due, now);
  }
}

async function showExam(): Promise<void> {
  const line = find(document, "[data-exam-line]");
  const running = await loadRunning();
  const { past } = await loadExams();
  if (running !== undefined && left(running, Date.now()) > 0) {
    find(document, "[data-exam]").textContent = "Go on with the exam";
    line.textContent = `An exam is running: ${clockText(left(running, Date.now()))} left.`;
    return;
  }
  const last = past.find(({ score }) => score !== undefined);
  if (last !== undefined)
    line.replaceChildren(
      `The last one: ${last.score} of 100. `,
      h("a", { href: `${link("exam/report/")}?exam=${last.id}` }, "Its report"),
    );
}

function filterLevels(): void {
  const level = document.querySelector<HTMLInputElement>("[data-levels] :checked")?.value ?? "0";
  let shown = 0;
  for (const item of document.querySelectorAll<HTMLElement>(".drills li")) {
    item.hidden = level !== "0" && item.dataset.level !== level;
    if (!item.hidden) shown += 1;
  }
  for (const section of document.querySelectorAll<HTMLElement>(".drills section"))
    section.hidden = section.querySelector("li:not([hidden])") === null;
  find(document, "[data-shown]").textContent = shown === 1 ? "1 drill" : `${shown} drills`;
}

async function exportRecord(): Promise<void> {
  const { packRecord } = await import("../../state/record.ts");
  offerFile(`kubelet-captain-${dayOf(Date.now())}.kc`, await packRecord());
  find(document, "[data-record-line]").textContent =
    "Saved. It holds what is due, lessons done and points of exams, and nothing else.";
}

async function importRecord(input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  if (file === undefined) return;
  const { takeRecord } = await import("../../state/record.ts");
  find(document, "[data-record-line]").textContent = await takeRecord(await file.text());
  input.value = "";
}

const show = (): void => {
  const reps = $reps.get();
  showWatch(reps);
  showDays(reps);
  showDue(reps);
};
void Promise.all([loadReps(), loadProgress()]).then(() => {
  $reps.watch(show);
  $progress.watch(show);
});
void showExam();
find(document, "[data-levels]").addEventListener("change", filterLevels);
find(document, "[data-export]").addEventListener("click", () => void exportRecord());
find(document, "[data-import]").addEventListener(
  "change",
  (event) => void importRecord(event.target as HTMLInputElement),
);
const seed = document.querySelector<HTMLInputElement>("[data-incident] [name=seed]");
if (seed !== null && seed.value === "") seed.value = String(1000 + Math.floor(Math.random() * 9000));
