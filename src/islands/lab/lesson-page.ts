// What a lesson page does before the laboratory runs: start on request, type and copy commands, tabs of small screens. Kept small.

import { labName, readStartPoint } from "../../state/start-point.ts";
import type { Laboratory } from "./laboratory.ts";
import { followPanes } from "./panes.ts";

const lab = document.querySelector<HTMLElement>("kc-lab") as HTMLElement;
const lesson = lab.dataset.lesson as string;
const variant = readStartPoint(lesson);
/** The laboratory of this page: its lesson, at the start point chosen. */
const name = labName(lesson, variant);
let starting: Promise<Laboratory> | undefined;

/** Starts the laboratory once; the code arrives with the first call. */
function startLaboratory(byItself = false): Promise<Laboratory> {
  starting ??= load(byItself);
  return starting;
}

async function load(byItself: boolean): Promise<Laboratory> {
  lab.dataset.status = "starting";
  const button = lab.querySelector<HTMLButtonElement>('[data-act="start"]');
  if (button !== null) {
    button.disabled = true;
    button.lastChild?.replaceWith("Starting");
  }
  try {
    // All at once: the worker with its scene, what the lesson asks, and the code that puts them together.
    const [early, data, { openLesson }] = await Promise.all([
      import("../../machine/early.ts").then(({ startEarly }) => startEarly(name, !byItself)),
      import("../../course/load.ts").then(({ loadLesson }) => loadLesson(lesson, variant)),
      import("./lesson-lab.ts"),
    ]);
    return await openLesson(lab, { id: lesson, variant, ...data }, early, byItself);
  } catch (error) {
    starting = undefined;
    lab.dataset.status = "off";
    if (button !== null) {
      button.disabled = false;
      button.lastChild?.replaceWith("Try again");
    }
    const line = lab.querySelector(".start-line");
    if (line !== null)
      line.textContent = "The laboratory could not be loaded. Check the connection; your work on this device is kept.";
    throw error;
  }
}

function fetchCode(): Promise<unknown> {
  return Promise.all([import("../../machine/early.ts"), import("./lesson-lab.ts")]);
}

/** Shows a pane on small screens; on large ones all are visible. */
function showPane(pane: "read" | "term" | "edit" | "task"): void {
  const radio = document.getElementById(`p-${pane}`) as HTMLInputElement | null;
  if (radio !== null && !radio.checked) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function commandOf(block: Element): string {
  return (block.querySelector("pre")?.textContent ?? "").replace(/\n+$/, "");
}

/** Where the last command was typed from: who leaves the terminal by keys goes on reading there, once. */
let typedFrom: HTMLButtonElement | undefined;
lab.addEventListener("kc:leave", (event) => {
  const back = typedFrom;
  typedFrom = undefined;
  if (back === undefined || back.offsetParent === null) return;
  event.preventDefault();
  back.focus();
});

async function typeCommand(button: HTMLButtonElement, block: HTMLElement): Promise<void> {
  showPane("term");
  typedFrom = button;
  const laboratory = await startLaboratory();
  laboratory.typeInto(block.dataset.try as string, commandOf(block));
  flash(button, "Typed");
}

async function copyCommand(button: HTMLButtonElement, block: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(commandOf(block));
  } catch {
    // Without clipboard access, at least mark the text.
    const pre = block.querySelector("pre");
    if (pre !== null) getSelection()?.selectAllChildren(pre);
  }
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, 2000);
}

function flash(button: HTMLButtonElement, word: string): void {
  const old = button.lastChild?.textContent ?? "";
  button.lastChild?.replaceWith(word);
  button.dataset.done = "";
  setTimeout(() => {
    button.lastChild?.replaceWith(old);
    delete button.dataset.done;
  }, 2000);
}

/** Who skips to the terminal wants to type: the way leads into it, or to the button that starts it. */
document.querySelector('.skip[href="#terminal"]')?.addEventListener("click", (event) => {
  const start = lab.querySelector<HTMLElement>('[data-act="start"]');
  if (lab.dataset.status === "ready") lab.dispatchEvent(new CustomEvent("kc:back"));
  else if (start === null) return;
  else start.focus();
  event.preventDefault();
});

/** Only commands that run out of their box need the keyboard for scrolling; the others are no stop on the way. */
function markScrolling(): void {
  for (const pre of document.querySelectorAll<HTMLElement>("pre[tabindex]"))
    pre.tabIndex = pre.scrollWidth > pre.clientWidth ? 0 : -1;
}
addEventListener("resize", markScrolling);
void document.fonts.ready.then(markScrolling);

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("button");
  if (button === null) return;
  const block = button.closest<HTMLElement>("[data-try]");
  if (button.dataset.act === "start") void startLaboratory();
  else if (block !== null && "type" in button.dataset) void typeCommand(button, block);
  else if (block !== null && "copy" in button.dataset) void copyCommand(button, block);
  else if (button.dataset.open !== undefined) {
    const place = button.dataset.open;
    showPane("edit");
    void startLaboratory().then((laboratory) => laboratory.openFile(place));
  }
});

// The code is fetched when the button is pointed at, so that the click finds it there.
lab
  .querySelector('[data-act="start"]')
  ?.addEventListener("pointerenter", () => void fetchCode().catch(() => undefined), { once: true });

// A link that brings a machine opens it, also when it is put into the address of a page that is open.
const bringsMachine = (): boolean => location.hash.startsWith("#kc");
if (location.hash.startsWith("#kc1-start-"))
  void import("../../bridge/start/take-start.ts").then(({ takeStart }) => takeStart(lab, () => startLaboratory(true)));
else if (bringsMachine()) void startLaboratory(true);
else if (location.hash === "#start-over") {
  history.replaceState(null, "", location.pathname + location.search);
  // With the first report the time line is there, which keeps the way back.
  lab.addEventListener("kc:report", () => void starting?.then((laboratory) => laboratory.putBack(0)), { once: true });
  void startLaboratory(true);
}
addEventListener("hashchange", () => bringsMachine() && location.reload());
document.querySelector<HTMLInputElement>("[data-open-code]")?.addEventListener("change", async (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file !== undefined) location.hash = (await file.text()).trim();
});

// A laboratory that was open here before comes back by itself.
void import("../../state/kept.ts").then(async ({ readKept }) => {
  const kept = await readKept(`lab:${name}`);
  if (kept.ok && kept.value !== undefined) void startLaboratory(true);
});

// A browser that is in a room tells it how things go, and hears from it.
function isAboard(): boolean {
  try {
    return localStorage.getItem("kc:room") !== null;
  } catch {
    return false;
  }
}
if (isAboard()) void import("../../bridge/room/aboard.ts").then(({ comeAboard }) => comeAboard(lab, () => starting));

// Built in only where a store for learning records is configured.
const store: string | undefined = import.meta.env.PUBLIC_KC_XAPI;
if (store !== undefined) void import("../../bridge/lms/xapi.ts").then(({ followLesson }) => followLesson(lab, store));

followPanes();
