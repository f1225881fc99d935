// The running exam: one task in front with its own machines, a clock that goes by the wall, one tab at a time, everything kept as it changes.

import { planOfTask } from "../../course/drill-plan.ts";
import { loadDrill } from "../../course/drills.ts";
import { link } from "../../course/links.ts";
import {
  type Attempt,
  allowed,
  bellBetween,
  clockText,
  handIn,
  isPaused,
  left,
  type SatTask,
  setPaused,
  settleAttempt,
  taskLab,
  timeText,
} from "../../exam/attempt.ts";
import { endAttempt, loadRunning, saveAttempt } from "../../state/attempts.ts";
import { createOwnership } from "../../state/ownership.ts";
import { drawing, find, h } from "../lab/dom.ts";
import { createLaboratory, type Laboratory } from "../lab/laboratory.ts";
import { taskText } from "../lab/task-text.ts";

/** What a slow line takes (ms), and how often the attempt is kept by itself. */
const slowLine = 120;
const keepEvery = 5000;
/** An exam that its room ended is handed in after this time (ms), unless that is taken back. */
const grace = 10_000;
/** A clock that ticked later than this slept: the time was not spent on the task. */
const longestTick = 3000;

const part = <T extends HTMLElement = HTMLElement>(name: string): T => find<T>(document, `[data-${name}]`);

class Sitting {
  #attempt: Attempt;
  readonly #laboratory: Laboratory;
  readonly #ownership = createOwnership("exam", async () => this.#letGo());
  #ticking: ReturnType<typeof setInterval> | undefined;
  #lastTick = Date.now();
  #lastKept = 0;
  #lastLeft: number;
  #over = false;
  /** The room has ended the exam; what stands is handed in when this runs out. */
  #ended = false;
  #ending: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes of the task in front: a slow one must not end up over a later one. */
  #turn = 0;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
    this.#lastLeft = left(attempt, Date.now());
    this.#laboratory = createLaboratory(find(document, "kc-lab"));
    this.#wire();
  }

  async begin(): Promise<void> {
    this.#showFrame();
    this.#tick();
    void this.#follow();
    if (await this.#ownership.claim()) await this.#goOn();
    else this.#showElsewhere();
  }

  /** This tab sits the exam. */
  async #goOn(): Promise<void> {
    // Another tab may have worked on it meanwhile.
    this.#attempt = (await loadRunning()) ?? this.#attempt;
    part<HTMLDialogElement>("away-dialog").close();
    this.#over = false;
    this.#lastTick = Date.now();
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), 500);
    part<HTMLButtonElement>("pause").disabled = false;
    part<HTMLButtonElement>("hand-in").disabled = false;
    part<HTMLTextAreaElement>("notes").value = this.#attempt.notes;
    if (isPaused(this.#attempt)) this.#showPause();
    if (this.#ended) this.#takeEnd(true);
    await this.#openTask(this.#attempt.current, false);
  }

  // --- keeping ---

  #change(change: Partial<Attempt>): void {
    this.#attempt = { ...this.#attempt, ...change };
    void this.#keep();
  }

  #changeTask(index: number, change: Partial<SatTask>): void {
    const tasks = this.#attempt.tasks.map((task, at) => (at === index ? { ...task, ...change } : task));
    this.#change({ tasks });
  }

  async #keep(): Promise<void> {
    this.#lastKept = Date.now();
    if (this.#over) return;
    const fault = await saveAttempt(this.#attempt);
    if (fault !== undefined) this.#say("The exam cannot be kept on this device just now. It goes on in this tab.");
  }

  // --- the clock ---

  #tick(): void {
    const now = Date.now();
    const passed = now - this.#lastTick;
    this.#lastTick = now;
    const rest = left(this.#attempt, now);
    part("clock").textContent = clockText(rest);
    if (this.#over || this.#ticking === undefined) return;
    const bell = bellBetween(this.#lastLeft, rest);
    this.#lastLeft = rest;
    if (bell !== undefined) this.#ring(bell);
    const { current, tasks } = this.#attempt;
    const task = tasks[current];
    if (!isPaused(this.#attempt) && passed < longestTick && !document.hidden && task !== undefined) {
      const spent = task.spent + passed;
      this.#attempt = {
        ...this.#attempt,
        tasks: tasks.map((each, at) => (at === current ? { ...each, spent } : each)),
      };
    }
    if (now - this.#lastKept > keepEvery) void this.#keep();
    const settled = settleAttempt(this.#attempt, now);
    if (settled.handedInAt !== undefined) void this.#finish(settled);
  }

  #ring(minutes: number): void {
    const text = `${minutes} minutes left.`;
    this.#say(text);
    const bell = part("bell");
    bell.textContent = text;
    bell.hidden = false;
    setTimeout(() => {
      bell.hidden = true;
    }, 12_000);
  }

  #say(text: string): void {
    part("said").textContent = text;
  }

  async #finish(attempt: Attempt): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#ticking);
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    find(document, "[data-exam]").inert = true;
    this.#say(attempt.byClock === true ? "Time is up. What stands is handed in." : "Handed in.");
    clearTimeout(this.#ending);
    await this.#laboratory.close();
    await endAttempt(attempt);
    this.#ownership.release();
    location.replace(`${link("exam/report/")}?exam=${attempt.id}`);
  }

  // --- the room ---

  /** A class exam goes on until the room ends it. */
  async #follow(): Promise<void> {
    const { issued } = this.#attempt.settings;
    if (issued === undefined) return;
    const { followExam } = await import("../../bridge/room/exam-end.ts");
    followExam(issued, (ended) => this.#takeEnd(ended));
  }

  /** What stands when the room ends the exam is handed in, in the tab that sits it, after a moment in which it may be taken back. */
  #takeEnd(ended: boolean): void {
    this.#ended = ended;
    clearTimeout(this.#ending);
    const dialog = part<HTMLDialogElement>("ended-dialog");
    if (!ended) {
      dialog.close();
      return;
    }
    if (this.#over || this.#ticking === undefined) return;
    if (!dialog.open) dialog.showModal();
    this.#ending = setTimeout(() => {
      if (this.#ticking !== undefined) void this.#finish({ ...handIn(this.#attempt, Date.now()), byRoom: true });
    }, grace);
  }

  // --- pauses, other tabs ---

  #pause(on: boolean): void {
    this.#attempt = setPaused(this.#attempt, on, Date.now());
    this.#lastTick = Date.now();
    void this.#keep();
    this.#laboratory.pause(on);
    if (on) this.#showPause();
    else part<HTMLDialogElement>("pause-dialog").close();
  }

  #showPause(): void {
    this.#laboratory.pause(true);
    const dialog = part<HTMLDialogElement>("pause-dialog");
    if (!dialog.open) dialog.showModal();
  }

  #showElsewhere(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    part("away-title").textContent = "This exam is open in another tab";
    part("away-line").textContent = "One tab sits it at a time. Taking over saves it there and goes on here.";
    part("take-over").hidden = false;
    part<HTMLDialogElement>("away-dialog").showModal();
  }

  async #letGo(): Promise<void> {
    await this.#laboratory.close();
    await this.#keep();
    this.#over = true;
    this.#showElsewhere();
  }

  // --- tasks ---

  #showFrame(): void {
    const { settings } = this.#attempt;
    part("exam-title").textContent = settings.title ?? "Practice exam";
    part("exam-seed").textContent = `seed ${settings.seed}`;
    const extra = settings.extra === 1 ? "" : `, extra time ×${settings.extra}`;
    part("of").textContent = `of ${timeText(allowed(settings))}${extra}`;
    find(document, "kc-lab").toggleAttribute("data-small", settings.small);
    for (const act of ["undo", "redo"]) find(document, `[data-act="${act}"]`).hidden = settings.noUndo;
    this.#showList();
  }

  #showList(): void {
    const { tasks, current } = this.#attempt;
    const opened = tasks.filter((task) => task.opened).length;
    const flagged = tasks.filter((task) => task.flagged).length;
    part("count").textContent = `${opened} of ${tasks.length} opened, ${flagged} flagged`;
    const list = part("tasks");
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(
      ...tasks.map((task, index) => {
        const state = task.flagged ? "flagged" : task.opened ? "opened" : "";
        const icon = task.flagged ? "i-flag-triangle-right" : "i-pencil";
        const button = h(
          "button",
          { type: "button", "aria-current": index === current ? "true" : undefined, "data-task-at": index },
          h("span", { class: "num" }, String(index + 1)),
          h("span", { class: "name" }, task.title),
          h("span", { class: "pts num" }, String(task.weight), h("span", { class: "sr" }, " points")),
          state === "" ? h("span", {}) : drawing(icon, `icon ${state}`, state),
        );
        return h("li", {}, button);
      }),
    );
    if (hadFocus) find(list, "[aria-current]").focus();
    find(document, '[data-go="-1"]').hidden = current === 0;
    find(document, '[data-go="-1"] span').textContent = `Task ${current}`;
    find(document, '[data-go="1"]').hidden = current === tasks.length - 1;
    const flag = part("flag");
    const isFlagged = tasks[current]?.flagged === true;
    flag.setAttribute("aria-pressed", String(isFlagged));
    find(flag, "span").textContent = isFlagged ? "Flagged" : "Flag";
  }

  async #openTask(index: number, takeFocus: boolean): Promise<void> {
    const task = this.#attempt.tasks[index];
    if (task === undefined || this.#over) return;
    const turn = ++this.#turn;
    this.#change({ current: index });
    this.#showList();
    const drill = await loadDrill(task.address);
    if (turn !== this.#turn) return;
    if (drill === undefined) {
      part("task").replaceChildren(
        h("p", {}, "This task was made by another version of the course and cannot be opened."),
      );
      return;
    }
    const { tasks } = this.#attempt;
    part("facts-line").replaceChildren(
      h("span", {}, "Task ", h("b", {}, String(index + 1)), ` of ${tasks.length}`),
      h("span", {}, h("b", {}, String(task.weight)), " of 100 points"),
      h("span", {}, "host ", h("b", {}, h("code", {}, task.host))),
      h("span", {}, `about ${task.minutes} minutes`),
    );
    part("title").textContent = task.title;
    part("task").replaceChildren(...taskText(drill.task));
    part("ssh").textContent = `ssh ${task.host}`;
    part("ssh-box").hidden = false;
    if (takeFocus) part("title").focus({ preventScroll: true });
    const lab = find(document, "kc-lab");
    lab.inert = true;
    await this.#laboratory.close();
    if (turn !== this.#turn) return;
    lab.inert = false;
    lab.dataset.task = String(index);
    if (!task.opened) this.#changeTask(index, { opened: true });
    this.#showList();
    const { lag, id } = { lag: this.#attempt.settings.lag ? slowLine : 0, id: this.#attempt.id };
    await this.#laboratory.open(planOfTask(drill, taskLab(id, index)), { quiet: true, oneMachine: true, lag });
  }

  // --- what is pressed ---

  #wire(): void {
    part("tasks").addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-task-at]");
      if (button !== null) void this.#openTask(Number(button.dataset.taskAt), true);
    });
    for (const button of document.querySelectorAll<HTMLElement>("[data-go]"))
      button.addEventListener("click", () => {
        void this.#openTask(this.#attempt.current + Number(button.dataset.go), true);
      });
    part("flag").addEventListener("click", () => {
      const { current, tasks } = this.#attempt;
      this.#changeTask(current, { flagged: tasks[current]?.flagged !== true });
      this.#showList();
    });
    part("notes").addEventListener("input", (event) =>
      this.#change({ notes: (event.target as HTMLTextAreaElement).value.slice(0, 20_000) }),
    );
    part("copy-ssh").addEventListener("click", () => void this.#copySsh());
    part("pause").addEventListener("click", () => this.#pause(true));
    part("go-on").addEventListener("click", () => this.#pause(false));
    part("pause-dialog").addEventListener("cancel", () => this.#pause(false));
    for (const name of ["away-dialog", "ended-dialog"])
      part(name).addEventListener("cancel", (event) => event.preventDefault());
    part("hand-in").addEventListener("click", () => this.#askToHandIn());
    part("hand-yes").addEventListener("click", () => void this.#finish(handIn(this.#attempt, Date.now())));
    part("hand-no").addEventListener("click", () => part<HTMLDialogElement>("hand-dialog").close());
    part("take-over").addEventListener("click", () => void this.#ownership.takeOver().then(() => this.#goOn()));
    addEventListener("pagehide", () => void this.#keep());
    document.addEventListener("visibilitychange", () => void this.#keep());
  }

  async #copySsh(): Promise<void> {
    const text = part("ssh").textContent ?? "";
    const word = part("copy-word");
    try {
      await navigator.clipboard.writeText(text);
      word.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(part("ssh"));
      word.textContent = "Press Ctrl C";
    }
    setTimeout(() => {
      word.textContent = "Copy";
    }, 2000);
  }

  #askToHandIn(): void {
    const { tasks } = this.#attempt;
    const closed = tasks.filter(({ opened }) => !opened).length;
    const flagged = tasks.filter((task) => task.flagged).length;
    const parts = [
      closed === 0 ? "" : `${closed} not opened`,
      flagged === 0 ? "" : `${flagged} flagged`,
      `${clockText(left(this.#attempt, Date.now()))} left`,
    ];
    part("hand-line").textContent =
      `${parts.filter((each) => each !== "").join(", ")}. Afterwards nothing can be changed.`;
    part<HTMLDialogElement>("hand-dialog").showModal();
  }
}

async function start(): Promise<void> {
  const running = await loadRunning();
  if (running === undefined) {
    part<HTMLDialogElement>("away-dialog").showModal();
    return;
  }
  const settled = settleAttempt(running, Date.now());
  if (settled.handedInAt !== undefined) {
    await endAttempt(settled);
    location.replace(`${link("exam/report/")}?exam=${settled.id}`);
    return;
  }
  await new Sitting(running).begin();
}

void start();
