// The page that sets an exam: takes a class's link, starts the clock, hands out links, lists what was sat.

import { drawSeed } from "../../course/drills.ts";
import { link } from "../../course/links.ts";
import {
  type Attempt,
  clockText,
  type ExamSettings,
  isPaused,
  left,
  passMark,
  readSettings,
  settleAttempt,
} from "../../exam/attempt.ts";
import { composeExam } from "../../exam/compose.ts";
import { beginAttempt, endAttempt, forgetExam, loadExams, loadRunning, type PastExam } from "../../state/attempts.ts";
import { decodeCode, encodeCode } from "../../state/code.ts";
import { find, h } from "../lab/dom.ts";
import { drawTrend } from "./trend.ts";

const form = find<HTMLFormElement>(document, "[data-form]");
const field = (name: string): HTMLInputElement => find<HTMLInputElement>(form, `[name="${name}"]`);

function tell(text: string): void {
  const place = find(document, "[data-trouble]");
  place.textContent = text;
  place.hidden = text === "";
}

/** What the form says; undefined where it cannot be used. */
function settingsOf({ title, issued }: Partial<ExamSettings>): ExamSettings | undefined {
  const data = new FormData(form);
  return readSettings({
    seed: String(data.get("seed") ?? "").trim(),
    minutes: Number(data.get("minutes")),
    extra: Number(data.get("extra")),
    lag: data.has("lag"),
    small: data.has("small"),
    noUndo: data.has("noUndo"),
    title,
    issued,
  });
}

/** An exam that a link sets: everything but extra time is its setter's. */
let issued: ExamSettings | undefined;

async function takeLink(): Promise<void> {
  if (!location.hash.startsWith("#kc")) return;
  const decoded = await decodeCode(location.hash);
  if (decoded.ok && decoded.kind === "result") {
    location.replace(link("exam/results/") + location.hash);
    return;
  }
  history.replaceState(null, "", location.pathname);
  const settings = decoded.ok && decoded.kind === "exam" ? readSettings(decoded.value) : undefined;
  if (settings === undefined) {
    tell(`The link cannot be used: ${decoded.ok ? "it sets no exam" : decoded.why}.`);
    return;
  }
  issued = settings;
  find(document, "[data-set-title]").textContent = settings.title ?? "An exam was set for you";
  field("seed").value = settings.seed;
  field("seed").readOnly = true;
  for (const name of ["minutes", "extra"] as const)
    for (const input of form.querySelectorAll<HTMLInputElement>(`[name="${name}"]`)) {
      input.checked = Number(input.value) === settings[name];
      input.disabled = name === "minutes" && !input.checked;
    }
  for (const name of ["lag", "small", "noUndo"] as const) field(name).checked = settings[name];
  find<HTMLDetailsElement>(form, ".realism").open = settings.lag || settings.small || settings.noUndo;
}

async function begin(): Promise<void> {
  const settings = settingsOf(issued ?? {});
  if (settings === undefined) {
    tell("A seed has up to 16 small letters and digits.");
    return;
  }
  const button = find<HTMLButtonElement>(form, "[data-start]");
  button.disabled = true;
  try {
    const tasks = await composeExam(settings);
    const now = Date.now();
    const attempt: Attempt = {
      version: 1,
      id: now.toString(36),
      settings,
      startedAt: now,
      pauses: [],
      tasks: tasks.map(({ id, title, host, weight, minutes }) => ({
        address: id,
        title,
        host,
        weight,
        minutes,
        opened: false,
        flagged: false,
        spent: 0,
      })),
      current: 0,
      notes: "",
    };
    const fault = await beginAttempt(attempt);
    if (fault !== undefined) {
      tell(
        "This browser does not let the page keep data, as in a private window. An exam could not survive a reload, so it does not begin.",
      );
      return;
    }
    location.assign(link("exam/sit/"));
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  } finally {
    button.disabled = false;
  }
}

async function copyLink(): Promise<void> {
  const line = find(document, "[data-class-line]");
  const settings = settingsOf({ title: find<HTMLInputElement>(document, "[data-class-title]").value.trim() });
  if (settings === undefined) {
    line.textContent = "The exam needs a seed first.";
    return;
  }
  const address = `${new URL(link("exam/"), location.href).href}#${await encodeCode("exam", settings)}`;
  try {
    await navigator.clipboard.writeText(address);
    line.textContent = "Copied. It sets length, seed, extra time and realism; extra time can still be chosen by each.";
  } catch {
    const text = h("input", { class: "field", readonly: true, value: address, "aria-label": "The link" });
    line.replaceChildren(text);
    text.select();
  }
}

function row(exam: PastExam): HTMLElement {
  const forget = h("button", { type: "button", class: "btn bare" }, "Forget");
  const when = new Date(exam.startedAt).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
  forget.setAttribute("aria-label", `Forget the exam of ${when}, seed ${exam.seed}`);
  const line = h(
    "tr",
    {},
    h("th", { scope: "row" }, when),
    h("td", {}, `${exam.title ?? "Practice exam"}, seed ${exam.seed}, ${exam.minutes} min`),
    h(
      "td",
      { class: "num" },
      exam.score === undefined ? "not graded" : `${exam.score}${exam.score >= passMark ? ", passed" : ""}`,
    ),
    h(
      "td",
      { class: "acts" },
      h("a", { class: "btn", href: `${link("exam/report/")}?exam=${exam.id}` }, "Report"),
      forget,
    ),
  );
  forget.addEventListener("click", async () => {
    if (forget.dataset.sure === undefined) {
      forget.dataset.sure = "";
      forget.textContent = "Forget for good";
      return;
    }
    await forgetExam(exam.id);
    await showPast();
  });
  return line;
}

async function showPast(): Promise<void> {
  const running = await loadRunning();
  const past = (await loadExams()).past.filter(({ id }) => id !== running?.id);
  find(document, "[data-past]").hidden = past.length === 0;
  find(document, "[data-no-past]").hidden = past.length > 0;
  find(document, "[data-past-rows]").replaceChildren(...past.map(row));
  find(document, "[data-trend]").replaceChildren(...drawTrend(past));
}

async function showRunning(): Promise<void> {
  const attempt = await loadRunning();
  if (attempt === undefined) return;
  const now = Date.now();
  const settled = settleAttempt(attempt, now);
  if (settled.handedInAt !== undefined) {
    await endAttempt(settled);
    await showPast();
    return;
  }
  find(document, "[data-running]").hidden = false;
  form.hidden = true;
  const { seed, minutes } = attempt.settings;
  find(document, "[data-running-line]").textContent =
    `Seed ${seed}, ${minutes} minutes: ${clockText(left(attempt, now))} left${isPaused(attempt) ? ", paused" : ""}.`;
}

field("seed").value = drawSeed();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void begin();
});
find(document, "[data-class-link]").addEventListener("click", () => void copyLink());
void takeLink();
void showPast().then(showRunning);
