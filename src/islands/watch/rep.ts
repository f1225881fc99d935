// The page of one drill: makes it from the address, opens its laboratory, shows when it is done, and lets the reader say how it went.

import type { DrillInstance } from "#lessons/_kit/drill.ts";
import type { GradeReport } from "#sandbox/grader/check.ts";
import { planOfRep, scriptText } from "../../course/drill-plan.ts";
import { drawSeed, loadDrill } from "../../course/drills.ts";
import { link } from "../../course/links.ts";
import type { LabPlan } from "../../course/plan.ts";
import { findTopic } from "../../course/topics.ts";
import { WrongsHeld } from "../../course/wrongs.ts";
import { clockText, taskLab } from "../../exam/attempt.ts";
import { startEarly } from "../../machine/early.ts";
import { loadAttempt, loadGrades } from "../../state/attempts.ts";
import { decodeCode } from "../../state/code.ts";
import { loadLab } from "../../state/keeper.ts";
import { noteDrill, type OpenedDrill, openDrill } from "../../state/recent.ts";
import { $reps, changeReps, loadReps, noteWrongs, previewDue, type Rated, rate, ratings } from "../../state/reps.ts";
import { find, h, withCode } from "../lab/dom.ts";
import { createLaboratory } from "../lab/laboratory.ts";
import { followPanes } from "../lab/panes.ts";
import { taskText } from "../lab/task-text.ts";
import { drawOrders } from "../orders/draw.ts";
import { dueText } from "./due.ts";
import { repLink } from "./links.ts";

const lab = find(document, "kc-lab");
const levels = ["", "easy", "middling", "hard"] as const;

/** The drill that the address names: `?drill=ID&seed=N`, or a code of kind "drill" behind the #. */
async function readAddressBar(): Promise<{ readonly id: string; readonly seed: string } | undefined> {
  const query = new URLSearchParams(location.search);
  if (location.hash.startsWith("#kc1-drill-")) {
    const decoded = await decodeCode(location.hash);
    const { id, seed } = (decoded.ok ? decoded.value : {}) as { id?: unknown; seed?: unknown };
    if (typeof id === "string" && typeof seed === "string") return { id, seed };
  }
  const id = query.get("drill");
  return id === null ? undefined : { id, seed: query.get("seed") ?? drawSeed() };
}

function showMissing(): void {
  find(document, "[data-title]").textContent = "No such drill";
  find(document, "[data-task]").replaceChildren(
    h("p", {}, "The address names no drill of this course. The watch lists them all."),
  );
  find(document, "[data-ways]").hidden = false;
  find(document, "[data-again]").hidden = true;
  lab.hidden = true;
}

function showTask(drill: DrillInstance): void {
  const { template, seed, host, task } = drill;
  document.title = `${template.title}, seed ${seed} · Kubelet Captain`;
  for (const place of ["[data-title]", "[data-crumb]", ".lab-title"])
    find(document, place).textContent = template.title;
  find(document, "[data-crumb-seed]").textContent = `seed ${seed}`;
  find(document, "[data-about]").replaceChildren(
    h("span", {}, findTopic(template.topic)?.title ?? "Drill"),
    h("span", {}, levels[template.level]),
    h("span", {}, `about ${template.minutes} min`),
  );
  find(document, "[data-task]").replaceChildren(...taskText(task));
  const facts = find(document, "[data-facts-line]");
  facts.replaceChildren(
    h("span", {}, "host ", h("b", {}, h("code", {}, host))),
    h("span", {}, "time ", h("b", { "data-spent": true, class: "num" }, "0:00")),
  );
  facts.hidden = false;
  const again = find<HTMLAnchorElement>(document, "[data-again]");
  again.href = repLink(template.id, drawSeed());
  find(document, "[data-ways]").hidden = false;
}

class Rep {
  readonly #drill: DrillInstance;
  #known: OpenedDrill;
  readonly #wrongs = new WrongsHeld();
  readonly #seen = new Set<string>();
  #done = false;
  #since = Date.now();

  constructor(drill: DrillInstance, known: OpenedDrill) {
    this.#drill = drill;
    this.#known = known;
    this.#showTime();
    setInterval(() => this.#tick(), 1000);
    addEventListener("pagehide", () => void noteDrill(this.#known));
  }

  get hints(): Readonly<Record<string, number>> {
    return this.#known.hints;
  }

  /** Time counts while the page is looked at and the drill is not done. */
  #tick(): void {
    const now = Date.now();
    const passed = Math.min(2000, now - this.#since);
    this.#since = now;
    if (document.hidden || this.#done || lab.dataset.status !== "ready") return;
    this.#known = { ...this.#known, spent: this.#known.spent + passed };
    this.#showTime();
  }

  #showTime(): void {
    find(document, "[data-spent]").textContent = clockText(Math.floor(this.#known.spent / 1000) * 1000);
  }

  onHint(check: string, stage: number): void {
    const hints = { ...this.#known.hints, [check]: Math.max(stage, this.#known.hints[check] ?? 0) };
    this.#known = { ...this.#known, hints };
    void noteDrill(this.#known);
    if (stage === 3) this.#offerRating("gave-up");
  }

  onReport({ verdicts, misconceptions }: GradeReport, entry: number): void {
    const ids = misconceptions.map(({ id }) => id);
    for (const id of this.#wrongs.hear(ids, entry, Date.now())) this.#seen.add(id);
    if (verdicts.length === 0 || this.#done || !verdicts.every(({ verdict }) => verdict === "pass")) return;
    this.#done = true;
    void noteDrill(this.#known);
    this.#offerRating("passed");
  }

  /** How it went, from what was needed: the reader may say otherwise. */
  get #guess(): Rated {
    const stage = Math.max(0, ...Object.values(this.#known.hints));
    if (stage === 3 || !this.#done) return 1;
    const share = this.#known.spent / (this.#drill.template.minutes * 60_000);
    if (stage > 0 || share > 2) return 2;
    return share < 0.4 ? 4 : 3;
  }

  #offerRating(why: "passed" | "gave-up"): void {
    const box = find(document, "[data-done]");
    const stage = Math.max(0, ...Object.values(this.#known.hints));
    const help = ["no hint", "one nudge", "a pointer", "the solution"][stage] ?? "";
    const title = why === "passed" ? "All orders pass" : "You looked at the solution";
    const now = Date.now();
    const due = previewDue($reps.get().cards[this.#drill.template.id], now);
    const guess = this.#guess;
    const buttons = ratings.map(({ rated, word }) =>
      h(
        "button",
        {
          type: "button",
          class: rated === guess ? "btn main big" : "btn big",
          click: () => void this.#rate(rated),
          "data-rate": rated,
        },
        h("span", {}, word, h("small", {}, dueText(due.get(rated) ?? now, now))),
      ),
    );
    const said =
      why === "passed"
        ? `In ${clockText(this.#known.spent)} with ${help}.`
        : "Type it yourself and see what changes; then it comes again soon.";
    box.replaceChildren(
      h("h2", { id: "done-h" }, title),
      h("p", {}, said),
      h("p", {}, ...withCode(this.#drill.because)),
      ...(why === "passed" ? [solutionOf(this.#drill)] : []),
      h("p", { id: "rate-h", class: "small ink2" }, "How did it go? The answer decides when it comes again."),
      h("div", { class: "row wrapping rate", role: "group", "aria-labelledby": "rate-h" }, ...buttons),
    );
    box.hidden = false;
    const rated = this.#known.rated as Rated | undefined;
    if (rated !== undefined) this.#showRated(rated);
    else if (why === "passed") find(lab, "[data-spoken]").textContent = `All orders pass. ${said}`;
  }

  async #rate(rated: Rated): Promise<void> {
    if (this.#known.rated !== undefined) return;
    this.#known = { ...this.#known, rated };
    const { id } = this.#drill.template;
    await changeReps((reps) => rate(noteWrongs(reps, [...this.#seen], Date.now()), id, rated, Date.now()));
    await noteDrill(this.#known);
    this.#showRated(rated);
  }

  #showRated(rated: Rated): void {
    const group = find(document, ".rate");
    const word = ratings.find((each) => each.rated === rated)?.word ?? "";
    const due = $reps.get().cards[this.#drill.template.id]?.due ?? Date.now();
    const line = h("p", { class: "rated", tabindex: -1 }, `${word}: it comes again ${dueText(due, Date.now())}.`);
    find(document, "#rate-h").remove();
    group.replaceWith(
      line,
      h("p", { class: "row wrapping" }, h("a", { class: "btn main big", href: link("watch/") }, "On with the watch")),
    );
    line.focus();
  }
}

/** The solution as commands, folded: one's own way is as good. */
function solutionOf({ solution, host }: DrillInstance): HTMLElement {
  return h(
    "details",
    { class: "solution" },
    h("summary", {}, "The solution that was expected; yours is as good"),
    h(
      "div",
      { class: "cmd" },
      h("div", { class: "host" }, host),
      h("pre", { tabindex: 0 }, h("code", {}, scriptText(solution))),
    ),
  );
}

/** A task of an exam that was handed in: its machine as it was left, on a copy, with what was asked of it. */
async function review(exam: string, index: number): Promise<void> {
  const [attempt, grades] = await Promise.all([loadAttempt(exam), loadGrades(exam)]);
  const task = attempt?.handedInAt === undefined ? undefined : attempt.tasks[index];
  const drill = task === undefined ? undefined : await loadDrill(task.address);
  if (task === undefined || drill === undefined) {
    showMissing();
    return;
  }
  showTask(drill);
  find(document, "[data-crumb-seed]").textContent = `task ${index + 1}, as you left it`;
  find(document, "[data-facts-line]").replaceChildren(
    h("span", {}, "host ", h("b", {}, h("code", {}, drill.host))),
    h("span", {}, "your machine as you handed it in, with its time line; what you do here changes no report"),
  );
  const report = h("a", { class: "btn main big", href: `${link("exam/report/")}?exam=${exam}` }, "Back to the report");
  find(document, "[data-ways] a").replaceWith(report);
  const base = planOfRep(drill);
  const kept = await loadLab(taskLab(exam, index));
  const shared = grades?.machines[index];
  const from: LabPlan["from"] =
    kept.kind === "record"
      ? { saved: kept.record.saved, screens: kept.record.screens }
      : shared === null || shared === undefined
        ? undefined
        : { shared };
  const plan: LabPlan = {
    ...base,
    lab: `review/${exam}/${index + 1}`,
    startOn: "quay",
    keep: false,
    ...(from === undefined ? {} : { from }),
  };
  drawOrders(lab, plan.grading?.checks ?? []);
  await createLaboratory(lab).open(plan, { quiet: true });
}

async function start(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const exam = query.get("exam");
  if (exam !== null) {
    await review(exam, Number(query.get("task")) - 1);
    return;
  }
  const named = await readAddressBar();
  const drill = named === undefined ? undefined : await loadDrill(`drill:${named.id}:${named.seed}`);
  if (drill === undefined) {
    showMissing();
    return;
  }
  const hash = location.hash.startsWith("#kc1-machine-") ? location.hash : "";
  history.replaceState(null, "", repLink(drill.template.id, drill.seed) + hash);
  showTask(drill);
  const plan = planOfRep(drill);
  drawOrders(lab, plan.grading?.checks ?? []);
  lab.dataset.status = "starting";
  const [known] = await Promise.all([openDrill(drill.address), loadReps()]);
  const rep = new Rep(drill, known);
  const laboratory = createLaboratory(lab);
  await laboratory.open(
    plan,
    {
      quiet: true,
      get used() {
        return rep.hints;
      },
      onHint: (check, stage) => rep.onHint(check, stage),
      onReport: (report, entry) => rep.onReport(report, entry),
    },
    startEarly(plan.base, true),
  );
}

followPanes();
void start();
