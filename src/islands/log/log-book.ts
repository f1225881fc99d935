// Writes the log book from what this device keeps; saves it as a file, takes one up, erases it.

import { lessonLink } from "../../course/links.ts";
import { plannedLessons } from "../../course/voyage.ts";
import { findHere } from "../../course/where.ts";
import { clearKept, readKept } from "../../state/kept.ts";
import { $progress, type LessonProgress, loadProgress, type Progress, type Wrong } from "../../state/progress.ts";
import { find } from "../lab/dom.ts";
import { dayText, durationText } from "./words.ts";

/** What was believed wrongly in lessons and drills together. */
async function collectWrongs(progress: Progress): Promise<Map<string, Wrong>> {
  const kept = await readKept("reps");
  const reps = kept.ok ? (kept.value as { wrongs?: unknown } | undefined)?.wrongs : undefined;
  const drills = typeof reps === "object" && reps !== null ? (reps as Record<string, Wrong>) : {};
  const all = new Map<string, Wrong>();
  for (const wrongs of [...Object.values(progress.lessons).map((lesson) => lesson.wrongs ?? {}), drills]) {
    for (const [id, { times, at }] of Object.entries(wrongs)) {
      const known = all.get(id);
      all.set(id, { times: times + (known?.times ?? 0), at: Math.max(at, known?.at ?? 0) });
    }
  }
  return all;
}

class LogBook extends HTMLElement {
  connectedCallback(): void {
    $progress.watch((progress) => void this.show(progress));
    void loadProgress();
    this.listen();
  }

  private async show(progress: Progress): Promise<void> {
    const rows = [...this.querySelectorAll<HTMLElement>("tr[data-lesson]")];
    const ids = rows.map((row) => row.dataset.lesson as string);
    const here = Object.keys(progress.lessons).length === 0 ? undefined : findHere(progress, ids);
    for (const row of rows) showLesson(row, progress.lessons[row.dataset.lesson as string], here);
    this.showSum(progress, ids, here);
    await this.showWrongs(progress);
  }

  private showSum(progress: Progress, ids: readonly string[], here: string | undefined): void {
    const done = new Set(ids.filter((id) => progress.lessons[id]?.doneAt !== undefined));
    const scale = find(this, '[data-scale="log"]');
    plannedLessons.forEach(({ id }, index) => {
      const segment = scale.children[index] as HTMLElement | undefined;
      if (segment !== undefined) segment.dataset.s = done.has(id) ? "done" : id === here ? "here" : "";
    });
    scale.setAttribute("aria-label", `${done.size} of ${plannedLessons.length} lessons done`);
    const spent = Object.values(progress.lessons).reduce((sum, lesson) => sum + (lesson.spent ?? 0), 0);
    if (Object.keys(progress.lessons).length === 0) return;
    const lesson = plannedLessons.find(({ id }) => id === here);
    const step = here === undefined ? undefined : progress.lessons[here];
    find(this, "[data-where]").textContent =
      lesson === undefined
        ? "Every lesson is done"
        : `${lesson.number} ${lesson.title}${step === undefined ? "" : `, step ${step.step} of ${step.steps}`}`;
    const time = spent > 0 ? `, ${durationText(spent)} in the laboratory` : "";
    find(this, "[data-sum]").textContent = `${done.size} of ${ids.length} lessons done${time}.`;
    const go = find<HTMLAnchorElement>(this, "[data-go]");
    go.textContent = lesson === undefined ? "To the first lesson" : "Continue";
    go.href = lessonLink(lesson?.id ?? ids[0] ?? "");
  }

  private async showWrongs(progress: Progress): Promise<void> {
    const wrongs = await collectWrongs(progress);
    const items = [...this.querySelectorAll<HTMLElement>("[data-wrong]")];
    for (const item of items) {
      const wrong = wrongs.get(item.dataset.wrong as string);
      item.hidden = wrong === undefined;
      if (wrong === undefined) continue;
      const times = wrong.times === 1 ? "Once" : `${wrong.times} times`;
      find(item, "[data-when]").textContent = `${times}, last ${dayText(wrong.at, Date.now())}. `;
    }
    // Newest first.
    const at = (item: HTMLElement): number => wrongs.get(item.dataset.wrong as string)?.at ?? 0;
    const shown = items.filter((item) => !item.hidden).sort((a, b) => at(b) - at(a));
    shown[0]?.parentElement?.prepend(...shown);
    find(this, "[data-no-wrongs]").hidden = shown.length > 0;
  }

  private listen(): void {
    const line = find(this, "[data-record-line]");
    const dialog = find<HTMLDialogElement>(this, "dialog");
    const press = (selector: string, act: () => Promise<void> | void): void =>
      find(this, selector).addEventListener("click", () => void act());
    const take = async (text: string): Promise<void> => {
      const { takeRecord } = await import("../../state/record.ts");
      line.textContent = await takeRecord(text);
    };
    press("[data-export]", async () => {
      const { packRecord } = await import("../../state/record.ts");
      const url = URL.createObjectURL(new Blob([await packRecord()], { type: "text/plain" }));
      const link = Object.assign(document.createElement("a"), { href: url, download: "log-book.kc" });
      link.click();
      URL.revokeObjectURL(url);
      line.textContent = "Saved as log-book.kc.";
    });
    press("[data-copy]", async () => {
      const { packRecord } = await import("../../state/record.ts");
      const code = await packRecord();
      const field = find<HTMLTextAreaElement>(this, "#record-text");
      field.value = code;
      field.select();
      const copied = await navigator.clipboard?.writeText(code).then(
        () => true,
        () => false,
      );
      line.textContent = copied === true ? "Copied." : "Here it is; copy it from the field.";
    });
    find(this, "[data-import]").addEventListener("change", async (event) => {
      const file = (event.target as HTMLInputElement).files?.[0];
      if (file !== undefined) await take(await file.text());
    });
    find(this, "#record-text").addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text") ?? "";
      if (text !== "") void take(text);
    });
    press("[data-erase]", () => dialog.showModal());
    press("[data-keep]", () => dialog.close());
    press("[data-erase-now]", async () => {
      const { checked } = find<HTMLInputElement>(this, "[data-labs]");
      await clearKept((key) => !checked && key.startsWith("lab"));
      location.reload();
    });
  }
}

function showLesson(row: HTMLElement, lesson: LessonProgress | undefined, here: string | undefined): void {
  const isHere = row.dataset.lesson === here;
  row.toggleAttribute("data-here", isHere);
  const set = (cell: string, text: string): void => {
    find(row, `[data-cell="${cell}"]`).textContent = text;
  };
  const state = lesson?.doneAt !== undefined ? "done" : isHere ? "here" : "todo";
  find(row, ".dot use").setAttribute("href", `#d-${state}`);
  const begun = lesson === undefined ? "not started" : "begun";
  find(row, "[data-word]").textContent =
    lesson?.doneAt !== undefined ? `done ${dayText(lesson.doneAt, Date.now())}` : isHere ? "you are here" : begun;
  if (lesson === undefined) return;
  set("step", `${lesson.step} of ${lesson.steps}`);
  set("orders", `${lesson.passed.length} of ${lesson.total}`);
  const hints = Object.values(lesson.hints);
  set("hints", hints.length === 0 ? "none" : `${hints.length}${hints.includes(3) ? ", a solution" : ""}`);
  set("time", lesson.spent === undefined || lesson.spent < 30_000 ? "" : durationText(lesson.spent));
  set("seen", dayText(lesson.seenAt, Date.now()));
}

customElements.define("kc-log", LogBook);
