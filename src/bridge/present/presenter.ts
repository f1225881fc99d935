// The presenter view: one slide at a time, notes and clock for the presenter, a second window for the room, the laboratory beside it.

import { drawing, find, h } from "../../islands/lab/dom.ts";
import type { LessonOutline } from "../lesson-outline.ts";
import type { Meter } from "../room/meter.ts";
import { clockWords, createClock } from "./clock.ts";
import { drawSlide, makeSlides, type Slide } from "./slides.ts";

/** From the presenter's window to the audience's. */
interface Cue {
  readonly page: string;
  readonly slide: number;
  readonly blank: boolean;
}

const main = find(document, "main.pres");
const stage = find(main, "[data-slide]");
const lab = find(document, "kc-lab");
const audience = location.search === "?audience";
const next = main.dataset.next;
const minutes = Number(main.dataset.minutes);
const orders = JSON.parse(main.dataset.orders ?? "[]") as LessonOutline["checks"];
const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("kc:present");
const source = find(document, "[data-source]");
const slides = makeSlides(source, main.dataset.title ?? "");
const drawn = slides.map(drawSlide);
source.remove();

let at = Math.min(Math.max(0, Number(location.hash.slice(2)) - 1 || 0), slides.length - 1);
let blank = false;
let letters = readLetters();
let meter: Meter | undefined;
const clock = createClock("voyage", showClock);

document.body.classList.toggle("audience", audience);
main.hidden = false;
show(false);
if (audience) follow();
else {
  lead();
  if (runsRoom()) void followHere();
}

function runsRoom(): boolean {
  try {
    return localStorage.getItem("kc:rooms") !== null;
  } catch {
    return false;
  }
}

async function followHere(): Promise<void> {
  const { followRoom } = await import("../room/meter.ts");
  const steps = [...new Set(orders.map(({ step }) => step))].map((id) => ({ id, title: id }));
  const lesson: LessonOutline = { id: lab.dataset.lesson ?? "", number: 0, title: "", minutes, steps, checks: orders };
  meter = await followRoom(lesson, find(main, "[data-room-now]"), find(main, "[data-room-meter]"));
  meter?.show(slides[at]?.step);
}

function show(focus: boolean): void {
  const slide = slides[at] as Slide;
  stage.replaceChildren(drawn[at] as HTMLElement);
  stage.scrollTop = 0;
  stage.toggleAttribute("data-blank", blank);
  find(document, "[data-where]").textContent = `slide ${at + 1} of ${slides.length}`;
  find(main, "[data-next-word]").textContent = at < slides.length - 1 || next === undefined ? "Next" : "Next lesson";
  find<HTMLButtonElement>(main, '[data-do="back"]').disabled = at === 0;
  find<HTMLButtonElement>(main, '[data-do="next"]').disabled = at === slides.length - 1 && next === undefined;
  history.replaceState(null, "", `${location.pathname}${location.search}#s${at + 1}`);
  showNotes(slide);
  meter?.show(slide.step);
  if (focus) find(stage, "h1").focus({ preventScroll: true });
  tell();
}

function showNotes(slide: Slide): void {
  const notes = find(main, "[data-notes]");
  const goals = slide.opens && slide.step !== undefined ? orders.filter(({ step }) => step === slide.step) : [];
  notes.replaceChildren(
    ...(slide.notes.length > 0 ? slide.notes : [h("p", { class: "muted" }, "No notes: let the slide speak.")]),
    ...(goals.length > 0
      ? [
          h("h3", {}, "Orders of this step"),
          h("ul", { class: "goals" }, ...goals.map(({ goal }) => h("li", {}, goal.replaceAll("`", "")))),
        ]
      : []),
  );
  const coming = slides[at + 1];
  const words = coming === undefined ? "The end of this lesson." : wordsOf(coming);
  find(main, "[data-coming]").textContent = words;
}

/** What a slide is about, for "next": its place, and its title where that says more. */
function wordsOf({ kick, title }: Slide): string {
  const text = title.map((piece) => (typeof piece === "string" ? piece : piece.textContent)).join("");
  return kick.endsWith(text) || kick === "" ? kick || text : `${kick}: ${text}`;
}

function showClock(): void {
  const { seconds, running } = clock;
  const face = find(document, "[data-clock]");
  face.firstChild?.replaceWith(clockWords(seconds));
  const over = seconds > minutes * 60;
  face.toggleAttribute("data-over", over);
  find(face, "small").textContent = over ? `${clockWords(seconds - minutes * 60)} over` : `of ${minutes}:00`;
  // A title, not a label: the time itself stays the button's name.
  find(document, '[data-do="clock"]').title = running ? "Hold the clock" : "Start the clock";
}

// --- moving ---

function go(to: number): void {
  if (to >= slides.length) {
    if (next !== undefined) location.href = next;
    return;
  }
  if (to < 0) return;
  at = to;
  blank = false;
  clock.start();
  show(true);
}

function lead(): void {
  showClock();
  document.addEventListener("keydown", pressKey);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-do]");
    if (button !== null) act(button.dataset.do as string);
  });
  // An audience window that opens later asks where we are.
  channel?.addEventListener("message", ({ data }) => data === "where" && tell());
  const box = find<HTMLInputElement>(document, "[data-letters]");
  box.checked = letters;
  box.addEventListener("change", () => {
    letters = box.checked;
    try {
      localStorage.setItem("kc:present-letters", String(letters));
    } catch {
      // Holds for this page.
    }
  });
}

function act(what: string): void {
  if (what === "next") go(at + 1);
  else if (what === "back") go(at - 1);
  else if (what === "blank") setBlank(!blank);
  else if (what === "lab") showLab(!main.hasAttribute("data-lab"));
  else if (what === "notes") main.toggleAttribute("data-bare");
  else if (what === "clock") clock.running ? clock.hold() : clock.start();
  else if (what === "clock-reset") clock.reset();
  else if (what === "audience") openAudience();
  else if (what === "full") void toggleFull();
}

const keys: Readonly<Record<string, string>> = {
  ArrowRight: "next",
  ArrowDown: "next",
  PageDown: "next",
  " ": "next",
  ArrowLeft: "back",
  ArrowUp: "back",
  PageUp: "back",
};
/** Single letters can be switched off: speech input types them by accident. */
const letterKeys: Readonly<Record<string, string>> = {
  b: "blank",
  ".": "blank",
  l: "lab",
  n: "notes",
  t: "clock",
  a: "audience",
  f: "full",
};

function pressKey(event: KeyboardEvent): void {
  const target = event.target as Element;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, kc-lab") !== null)
    return;
  if (event.key === " " && target.closest("button, a, summary, label") !== null) return;
  const scrolls = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (scrolls && target.closest("[data-notes], .shows pre") !== null) return;
  const what = keys[event.key] ?? (letters ? letterKeys[event.key.toLowerCase()] : undefined);
  if (event.key === "Home") go(0);
  else if (event.key === "End") go(slides.length - 1);
  else if (what !== undefined) act(what);
  else return;
  event.preventDefault();
}

function readLetters(): boolean {
  try {
    return localStorage.getItem("kc:present-letters") !== "false";
  } catch {
    return true;
  }
}

function setBlank(on: boolean): void {
  blank = on;
  stage.toggleAttribute("data-blank", on);
  find(document, "[data-spoken-here]").textContent = on ? "The room sees a blank slide." : "The slide is shown.";
  tell();
}

function showLab(on: boolean): void {
  main.toggleAttribute("data-lab", on);
  find(main, '[data-do="lab"]').setAttribute("aria-pressed", String(on));
  dispatchEvent(new Event("resize"));
  if (on && lab.dataset.status === "off") find<HTMLButtonElement>(lab, '[data-act="start"]').focus();
}

// A command typed for the presenter is typed in sight of the room.
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-type], [data-open]") !== null) showLab(true);
});

async function toggleFull(): Promise<void> {
  if (document.fullscreenElement === null) await document.documentElement.requestFullscreen().catch(() => undefined);
  else await document.exitFullscreen();
}

// --- the window for the room ---

function tell(): void {
  if (!audience) channel?.postMessage({ page: location.pathname, slide: at, blank } satisfies Cue);
}

function openAudience(): void {
  const opened = window.open(`${location.pathname}?audience#s${at + 1}`, "kc-audience", "popup,width=1280,height=760");
  const said =
    opened === null
      ? "The browser did not open a window. Allow pop-ups for this page."
      : "The audience window is open.";
  const place = find(document, "[data-spoken-here]");
  place.textContent = said;
  place.classList.toggle("sr", opened !== null);
}

function follow(): void {
  channel?.addEventListener("message", ({ data }: MessageEvent<Cue | "where">) => {
    if (data === "where") return;
    if (data.page !== location.pathname) location.href = `${data.page}?audience#s${data.slide + 1}`;
    at = Math.min(data.slide, slides.length - 1);
    blank = data.blank;
    show(false);
  });
  channel?.postMessage("where");
  document.addEventListener("dblclick", () => void toggleFull());
}

// The contents: every slide by name.
const list = document.querySelector("[data-contents]");
slides.forEach((slide, index) => {
  if (!slide.opens && index > 0) return;
  const button = h(
    "button",
    { type: "button", class: "act" },
    slide.opens && slide.kick !== "" ? wordsOf(slide) : (main.dataset.title ?? ""),
  );
  button.addEventListener("click", () => {
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    go(index);
  });
  list?.append(button);
});
find(document, "[data-contents-button]").prepend(drawing("i-list-checks"));
