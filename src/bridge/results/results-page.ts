// Merges results that learners sent, grades each machine again in a worker, and shows a board and a CSV. Nothing leaves this device.

import type { VerdictWord } from "#sandbox/grader/check.ts";
import { loadLesson } from "../../course/load.ts";
import type { LabPlan } from "../../course/plan.ts";
import { find, h, type MarkState, mark } from "../../islands/lab/dom.ts";
import { gradeMachine } from "../../machine/grade.ts";
import { decodeCode } from "../../state/code.ts";
import { type LessonOutline, readOutline, wordsOfId } from "../lesson-outline.ts";
import { toCsv } from "./csv.ts";
import { describeIssuer } from "./issued.ts";
import { type LessonResult, lessonOfLab, readLessonResult } from "./lesson-result.ts";

type ExamResult = import("../../exam/result.ts").ExamResult;

interface Entry {
  readonly name: string;
  /** What it is about: a lesson's laboratory, or an exam by its seed. */
  readonly about: string;
  readonly at: number;
  readonly result: LessonResult | ExamResult;
  state: "waiting" | "grading" | "graded" | "failed";
  why?: string;
  verdicts: Readonly<Record<string, VerdictWord>>;
  misconceptions: readonly string[];
  /** Points of an exam, and who set it. */
  score?: number;
  issuer?: string;
}

const marks: Record<VerdictWord, MarkState> = { pass: "pass", "not-yet": "wait", unknown: "blind" };
const words: Record<VerdictWord, string> = { pass: "pass", "not-yet": "not yet", unknown: "could not tell" };
/** A machine lives on for so long before it is judged (ms of its own time). */
const settle = 2000;

const outline = readOutline();
const entries = new Map<string, Entry>();
const place = find(document, "[data-results]");
const spoken = find(document, "[data-said]");
let grading = Promise.resolve();

const lessonOf = (about: string): LessonOutline | undefined =>
  outline.find(({ id }) => id === lessonOfLab(about).lesson);

/** Takes every code in a text; answers how many were taken, and why others were not. */
async function takeText(text: string): Promise<{ taken: number; why: string[] }> {
  const codes = text.match(/kc\d+-[a-z]+-[\w-]+/g) ?? [];
  const why: string[] = codes.length === 0 ? ["there is no code in it"] : [];
  let taken = 0;
  for (const code of codes) {
    const decoded = await decodeCode(code);
    if (!decoded.ok) why.push(decoded.why);
    else if (decoded.kind !== "result") why.push(`it is a code of kind ${decoded.kind}, not a result`);
    else {
      const entry = await readEntry(decoded.value);
      if (entry === undefined) why.push("what is inside is no result");
      else {
        taken++;
        add(entry);
      }
    }
  }
  return { taken, why };
}

async function readEntry(value: unknown): Promise<Entry | undefined> {
  const fresh = { state: "waiting", verdicts: {}, misconceptions: [] } as const;
  const lesson = readLessonResult(value);
  if (lesson !== undefined) return { ...fresh, name: lesson.name, about: lesson.lab, at: lesson.at, result: lesson };
  const { readResult } = await import("../../exam/result.ts");
  const exam = readResult(value);
  return exam && { ...fresh, name: exam.name, about: `exam ${exam.settings.seed}`, at: exam.handedInAt, result: exam };
}

/** One result for each name and subject: the latest counts. */
function add(entry: Entry): void {
  const key = JSON.stringify([entry.name.toLowerCase(), entry.about]);
  const last = entries.get(key);
  if (last !== undefined && last.at >= entry.at) return;
  entries.set(key, entry);
  grading = grading.then(() => grade(entry)).catch(() => undefined);
  draw();
}

async function grade(entry: Entry): Promise<void> {
  entry.state = "grading";
  draw();
  try {
    if (entry.result.what === "exam") {
      const { regradeResult } = await import("../../exam/result.ts");
      const { score, tasks } = await regradeResult(entry.result);
      entry.score = score;
      entry.issuer = await describeIssuer(entry.result.settings);
      entry.misconceptions = [...new Set(tasks.flatMap(({ misconceptions }) => misconceptions.map(({ id }) => id)))];
    } else await gradeLesson(entry, entry.result);
    entry.state = "graded";
  } catch (error) {
    entry.state = "failed";
    entry.why = error instanceof Error ? error.message : String(error);
  }
  draw();
}

async function gradeLesson(entry: Entry, { lab, machine }: LessonResult): Promise<void> {
  const { lesson, variant } = lessonOfLab(lab);
  const { scene, grading: checks } = await loadLesson(lesson, variant);
  if (checks === undefined) throw new Error("this lesson has nothing to grade");
  const plan: LabPlan = {
    lab,
    noun: "lesson",
    base: lab,
    scene,
    grading: checks,
    startOn: "",
    files: [],
    from: { shared: machine },
    keep: false,
  };
  const { report } = await gradeMachine(plan, settle);
  entry.verdicts = Object.fromEntries(report.verdicts.map(({ id, verdict }) => [id, verdict]));
  entry.misconceptions = report.misconceptions.map(({ id }) => id);
}

// --- what is shown ---

function draw(): void {
  const all = [...entries.values()];
  const subjects = [...new Set(all.map(({ about }) => about))].sort(
    (a, b) => (lessonOf(a)?.number ?? 99) - (lessonOf(b)?.number ?? 99),
  );
  place.replaceChildren(
    ...subjects.map((about) =>
      drawSubject(
        about,
        all.filter((entry) => entry.about === about),
      ),
    ),
  );
  find<HTMLButtonElement>(document, "[data-csv]").disabled = all.length === 0;
  const waiting = all.filter(({ state }) => state === "waiting" || state === "grading").length;
  find(document, "[data-count]").textContent =
    all.length === 0
      ? "No results yet."
      : `${all.length} ${all.length === 1 ? "result" : "results"}${waiting > 0 ? `, ${waiting} still to be graded` : ", all graded here"}.`;
}

function drawSubject(about: string, rows: Entry[]): HTMLElement {
  const lesson = lessonOf(about);
  const checks = lesson?.checks ?? [];
  const title = lesson === undefined ? about : `${lesson.number} ${lesson.title}`;
  rows.sort((a, b) => a.name.localeCompare(b.name));
  const total = h(
    "tfoot",
    {},
    h(
      "tr",
      {},
      h("th", { scope: "row", colspan: 3 }, `of ${rows.length} pass`),
      ...checks.map(({ id }) =>
        h("td", { class: "cell" }, String(rows.filter(({ verdicts }) => verdicts[id] === "pass").length)),
      ),
    ),
  );
  return h(
    "section",
    { class: "result-subject", "aria-label": title },
    h(
      "h2",
      {},
      title,
      lessonOfLab(about).variant === undefined ? "" : `, ${wordsOfId(lessonOfLab(about).variant ?? "")}`,
    ),
    h(
      "div",
      { class: "scroll-x", tabindex: 0, role: "region", "aria-label": `Results of ${title}` },
      h(
        "table",
        { class: "heat results" },
        h("caption", { class: "sr" }, `${rows.length} results, ${checks.length} checks`),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["Name", ...(lesson === undefined ? ["Points", "Set"] : ["Passed"]), "Looks like"].map((word) =>
              h("th", { scope: "col", class: "lead" }, word),
            ),
            ...checks.map(({ id, goal }, index) =>
              h(
                "th",
                { scope: "col", class: index === 0 ? "cell first" : "cell", title: goal.replaceAll("`", "") },
                h("span", {}, wordsOfId(id)),
              ),
            ),
          ),
        ),
        h("tbody", {}, ...rows.map((entry) => drawRow(entry, checks))),
        checks.length > 0 && total,
      ),
    ),
  );
}

function drawRow(entry: Entry, checks: LessonOutline["checks"]): HTMLElement {
  const passed = checks.filter(({ id }) => entry.verdicts[id] === "pass").length;
  const figure =
    entry.state === "failed"
      ? `could not be graded: ${entry.why}`
      : entry.state !== "graded"
        ? "being graded"
        : entry.result.what === "exam"
          ? `${entry.score} of 100`
          : `${passed} of ${checks.length}`;
  return h(
    "tr",
    {},
    h("th", { scope: "row", title: entry.name }, entry.name),
    h("td", { class: "lead num" }, figure),
    entry.result.what === "exam" && h("td", { class: "lead" }, entry.issuer ?? ""),
    h("td", { class: "lead like" }, entry.misconceptions.slice(0, 1).map(wordsOfId).join("")),
    ...checks.map(({ id }, index) => {
      const verdict = entry.verdicts[id];
      const wash = verdict === "pass" ? "p" : verdict === "not-yet" ? "w" : verdict === "unknown" ? "b" : "z";
      return h(
        "td",
        { class: `cell ${wash}${index === 0 ? " first" : ""}` },
        verdict === undefined ? mark("none", "not graded yet") : mark(marks[verdict], words[verdict]),
      );
    }),
  );
}

function makeCsv(): string {
  const rows: (string | number)[][] = [
    [
      "name",
      "about",
      "sent_at",
      "state",
      "check",
      "verdict",
      "hint_stage",
      "points",
      "minutes",
      "misconceptions",
      "set",
    ],
  ];
  for (const { name, about, at, state, verdicts, misconceptions, score, issuer, result } of entries.values()) {
    const sent = new Date(at).toISOString();
    const beliefs = misconceptions.join(" ");
    if (result.what === "exam")
      rows.push([
        ...[name, about, sent, state, "", "", "", score ?? "", Math.round(result.used / 60_000), beliefs],
        issuer ?? "",
      ]);
    else
      for (const { id } of lessonOf(about)?.checks ?? [])
        rows.push([
          name,
          about,
          sent,
          state,
          id,
          verdicts[id] ?? "",
          result.hints[id] ?? 0,
          "",
          Math.max(0, Math.round(((result.doneAt ?? at) - result.begunAt) / 60_000)),
          beliefs,
          "",
        ]);
  }
  return toCsv(rows);
}

// --- what comes in ---

async function takeAll(texts: readonly { readonly from: string; readonly text: string }[]): Promise<void> {
  const said: string[] = [];
  let taken = 0;
  for (const { from, text } of texts) {
    const { taken: more, why } = await takeText(text);
    taken += more;
    for (const each of why) said.push(`${from}: ${each}.`);
  }
  spoken.replaceChildren(h("p", {}, `${taken} taken.`), ...said.map((line) => h("p", { class: "s-peril" }, line)));
}

async function takeFiles(files: Iterable<File>): Promise<void> {
  await takeAll(await Promise.all([...files].map(async (file) => ({ from: file.name, text: await file.text() }))));
}

const input = find<HTMLInputElement>(document, "[data-files]");
input.addEventListener("change", () => void takeFiles(input.files ?? []));
const drop = find(document, "[data-drop]");
drop.addEventListener("dragover", (event) => event.preventDefault());
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  void takeFiles((event as DragEvent).dataTransfer?.files ?? []);
});
const paste = find<HTMLTextAreaElement>(document, "[data-paste]");
find(document, "[data-take]").addEventListener("click", async () => {
  await takeAll([{ from: "The text", text: paste.value }]);
  paste.value = "";
});
find(document, "[data-csv]").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([makeCsv()], { type: "text/csv" }));
  h("a", { href: url, download: "results.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
});
draw();
