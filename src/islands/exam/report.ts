// The report's page: grades the machines once, shows what they came to, proposes drills, and hands the result on.

import { loadDrill } from "../../course/drills.ts";
import { lessonLink, link } from "../../course/links.ts";
import { findTopic } from "../../course/topics.ts";
import { plannedLessons } from "../../course/voyage.ts";
import {
  type Attempt,
  allowed,
  clockText,
  passMark,
  pausedUntil,
  settleAttempt,
  taskLab,
  timeText,
  used,
} from "../../exam/attempt.ts";
import { proposeDrills } from "../../exam/propose.ts";
import { type ExamResult, gradeTask, sumOf, type TaskResult } from "../../exam/result.ts";
import { type ExamSheet, sheetToCsv, sheetToJson } from "../../exam/table.ts";
import {
  endAttempt,
  type Grades,
  loadAttempt,
  loadExams,
  loadGrades,
  saveAttempt,
  saveGrades,
} from "../../state/attempts.ts";
import { encodeCode } from "../../state/code.ts";
import { loadLab } from "../../state/keeper.ts";
import { changeReps, noteWrongs, propose } from "../../state/reps.ts";
import { drawing, find, h } from "../lab/dom.ts";
import { offerFile } from "../lab/notice.ts";
import { repLink } from "../watch/links.ts";
import { showSolutionDiff } from "./solution-diff.ts";
import { drawTasks } from "./task-rows.ts";

const part = <T extends HTMLElement = HTMLElement>(name: string): T => find<T>(document, `[data-${name}]`);

/** Grades every task, two at a time, from the machines that were kept. */
async function grade(attempt: Attempt): Promise<Grades> {
  part("grading").hidden = false;
  const scale = part("grading-scale");
  scale.replaceChildren(...attempt.tasks.map(() => h("span", {})));
  const line = part("grading-line");
  const tasks: TaskResult[] = [];
  const machines: Grades["machines"][number][] = [];
  let done = 0;
  for (const [index, { address, weight, spent, title, opened }] of attempt.tasks.entries()) {
    line.textContent = `Task ${index + 1} of ${attempt.tasks.length}, ${title}.`;
    const drill = await loadDrill(address);
    if (drill === undefined) throw new Error(`this version of the course has no ${address}`);
    const kept = opened ? await loadLab(taskLab(attempt.id, index)) : undefined;
    const from = kept?.kind === "record" ? { saved: kept.record.saved } : undefined;
    const { task, fleet } = await gradeTask(drill, weight, spent, from);
    // One that was left before its machines were up has nothing to judge; one that cannot be read is told.
    const lost =
      kept?.kind === "bad" ? kept.why : kept?.kind === "fault" ? "this browser does not give it back" : undefined;
    tasks.push({ ...task, opened, ...(lost === undefined ? {} : { trouble: lost }) });
    machines.push(fleet ?? null);
    done += 1;
    [...scale.children].forEach((segment, at) => {
      (segment as HTMLElement).dataset.s = at < done ? "done" : "";
    });
  }
  part("grading").hidden = true;
  return { version: 1, tasks, machines };
}

/** What a graded exam brings to the watch: drills against what went wrong, from tomorrow on. */
async function bringToWatch(tasks: readonly TaskResult[]): Promise<void> {
  const tomorrow = new Date(Date.now() + 86_400_000).setHours(5, 0, 0, 0);
  const drills = await proposeDrills(tasks);
  const wrongs = tasks.flatMap(({ misconceptions }) => misconceptions.map(({ id }) => id));
  await changeReps((reps) =>
    propose(
      noteWrongs(reps, wrongs, Date.now()),
      drills.map(({ id }) => id),
      tomorrow,
    ),
  );
}

function titleOf(score: number, tasks: readonly TaskResult[]): string {
  const short = tasks.filter(({ earned, weight }) => earned < weight).length;
  if (short === 0) return "Passed, with full marks";
  const rest = short === 1 ? "one task to go back to" : `${short} tasks to go back to`;
  return score >= passMark ? `Passed, with ${rest}` : `Not passed yet: ${rest}`;
}

function sumText(attempt: Attempt, tasks: readonly TaskResult[]): string {
  const { settings, handedInAt = 0, pauses, byClock, byRoom } = attempt;
  const ended = byClock === true ? "; handed in by the clock" : byRoom === true ? "; ended by the instructor" : "";
  const full = tasks.filter(({ earned, weight }) => earned === weight).length;
  const none = tasks.filter(({ earned }) => earned === 0).length;
  const paused = pausedUntil(pauses, handedInAt);
  const realism = [
    settings.lag ? "slow line" : "",
    settings.small ? "small window" : "",
    settings.noUndo ? "no undo" : "",
  ].filter((each) => each !== "");
  return [
    `${tasks.length} tasks in ${timeText(used(attempt, handedInAt))} of ${timeText(allowed(settings))}${settings.extra === 1 ? "" : `, extra time ×${settings.extra}`}${ended}.`,
    `${full} full, ${tasks.length - full - none} in part, ${none} not.`,
    paused > 0
      ? `Paused for ${clockText(paused)} in ${pauses.length === 1 ? "one pause" : `${pauses.length} pauses`}.`
      : "",
    realism.length > 0 ? `Realism: ${realism.join(", ")}.` : "",
    `Same seed, same exam: ${settings.seed}.`,
  ]
    .filter((each) => each !== "")
    .join(" ");
}

function showBack(tasks: readonly TaskResult[]): void {
  const topics = [...new Set(tasks.filter(({ earned, weight }) => earned < weight).map(({ topic }) => topic))];
  const rows = topics.flatMap((id) => {
    const lesson = plannedLessons.find((each) => each.id === findTopic(id)?.lessons[0]);
    const missed = tasks.filter(({ topic, earned, weight }) => topic === id && earned < weight);
    return lesson === undefined
      ? []
      : h(
          "li",
          {},
          h("a", { href: lessonLink(lesson.id) }, `${lesson.number} ${lesson.title}`),
          h("br"),
          h("span", { class: "small ink2" }, `For ${missed.map(({ title }) => title).join(", ")}.`),
        );
  });
  part("back").hidden = rows.length === 0;
  part("back-list").replaceChildren(...rows);
}

async function showReps(tasks: readonly TaskResult[]): Promise<void> {
  const drills = await proposeDrills(tasks);
  part("reps").hidden = drills.length === 0;
  part("reps-line").replaceChildren(
    `${drills.length === 1 ? "One drill" : `${drills.length} drills`}, from tomorrow on: `,
    ...drills.flatMap(({ id, title }, index) => [index === 0 ? "" : ", ", h("a", { href: repLink(id) }, title)]),
    ".",
  );
}

function show(attempt: Attempt, { tasks, machines }: Grades): void {
  const score = sumOf(tasks);
  const { settings, startedAt, handedInAt = 0, notes } = attempt;
  const date = new Date(startedAt).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
  part("about").textContent = `${settings.title ?? "Practice exam"}, seed ${settings.seed}, ${date}`;
  part("title").textContent = titleOf(score, tasks);
  part("score").textContent = String(score);
  const gauge = part("gauge");
  gauge.setAttribute("aria-label", `${score} of 100, pass mark ${passMark}`);
  gauge.style.setProperty("--to", `${score}%`);
  part("sum").textContent = sumText(attempt, tasks);
  part("tasks").replaceChildren(
    ...drawTasks(tasks, (task, index, drill) => [
      h("div", { "data-diff-place": true }),
      h(
        "p",
        { class: "row wrapping" },
        task.opened && task.trouble === undefined
          ? h(
              "a",
              { class: "btn", href: `${link("watch/rep/")}?exam=${attempt.id}&task=${index + 1}` },
              drawing("i-history"),
              "The machine as you left it",
            )
          : undefined,
        h(
          "button",
          {
            type: "button",
            class: "btn",
            click: (event: Event) => void showSolutionDiff(event.currentTarget as HTMLButtonElement, drill),
          },
          drawing("i-git-compare"),
          "The solution as a diff",
        ),
        h("a", { class: "btn", href: repLink(drill.template.id) }, drawing("i-rotate-ccw"), "Try it again, new seed"),
      ),
    ]),
  );
  const first =
    part("tasks").querySelectorAll<HTMLDetailsElement>("details")[
      tasks.findIndex(({ earned, weight }) => earned < weight)
    ];
  if (first !== undefined) first.open = true;
  showBack(tasks);
  void showReps(tasks);
  part("notes").hidden = notes.trim() === "";
  part("notes-text").textContent = notes;
  part("graded").hidden = false;
  wire(attempt, { version: 1, tasks, machines }, score, handedInAt);
}

function wire(attempt: Attempt, { tasks, machines }: Grades, score: number, handedInAt: number): void {
  const { settings, startedAt, pauses } = attempt;
  const name = part<HTMLInputElement>("name");
  name.value = attempt.name ?? "";
  const file = `kubelet-captain-exam-${settings.seed}-${new Date(startedAt).toISOString().slice(0, 10)}`;
  const times = {
    startedAt,
    handedInAt,
    used: used(attempt, handedInAt),
    paused: pausedUntil(pauses, handedInAt),
  };
  const sheet = (): ExamSheet => ({ name: name.value.trim(), settings, ...times, score, tasks });
  const code = (): Promise<string> =>
    encodeCode("result", {
      version: 1,
      what: "exam",
      name: name.value.trim(),
      settings,
      ...times,
      claimed: score,
      machines,
      spent: tasks.map(({ spent }) => spent),
    } satisfies ExamResult);
  void tellRoom(attempt, tasks, score, times.used, code);
  part("print").addEventListener("click", () => print());
  part("json").addEventListener("click", () => offerFile(`${file}.json`, sheetToJson(sheet())));
  part("csv").addEventListener("click", () => offerFile(`${file}.csv`, sheetToCsv(sheet())));
  name.addEventListener("change", () => void saveAttempt({ ...attempt, name: name.value.trim() }));
  part("send").addEventListener("click", async () => {
    offerFile(`${file}.kc`, await code());
    part("send-line").textContent = "Saved. Send the file to whoever set the exam.";
  });
  part("copy-code").addEventListener("click", async () => {
    const text = await code();
    try {
      await navigator.clipboard.writeText(text);
      part("send-line").textContent = `Copied: ${Math.ceil(text.length / 1000)} thousand letters.`;
    } catch {
      part("send-line").textContent = "The clipboard is closed to this page. The file carries the same.";
    }
  });
}

/** A class exam that a room began: its result goes there, once. */
async function tellRoom(
  { settings }: Attempt,
  tasks: readonly TaskResult[],
  score: number,
  spent: number,
  code: () => Promise<string>,
): Promise<void> {
  const { examOfRoom, sendExamResult } = await import("../../bridge/room/exam-result.ts");
  if (examOfRoom()?.seed !== settings.seed) return;
  const sent = await sendExamResult({
    seed: settings.seed,
    score,
    of: 100,
    passed: score >= passMark,
    seconds: Math.round(spent / 1000),
    tasks: tasks.map(({ address, earned, weight }) => ({ id: address, score: earned, of: weight })),
    code: await code(),
  });
  if (sent) part("send-line").textContent = "Your room has the result.";
}

async function start(): Promise<void> {
  const wanted = new URLSearchParams(location.search).get("exam") ?? (await loadExams()).past[0]?.id;
  const found = wanted === undefined ? undefined : await loadAttempt(wanted);
  if (found === undefined) {
    part("none").hidden = false;
    return;
  }
  const attempt = settleAttempt(found, Date.now());
  if (attempt.handedInAt === undefined) {
    location.replace(link("exam/sit/"));
    return;
  }
  if (found.handedInAt === undefined) await endAttempt(attempt);
  const known = await loadGrades(attempt.id);
  if (known !== undefined) {
    show(attempt, known);
    return;
  }
  try {
    const grades = await grade(attempt);
    await saveGrades(attempt.id, grades, sumOf(grades.tasks));
    await bringToWatch(grades.tasks);
    show(attempt, grades);
  } catch (error) {
    part("grading-line").textContent =
      `The exam could not be graded: ${error instanceof Error ? error.message : String(error)}. What you did is kept; open this page again to try once more.`;
  }
}

void start();
