// A lesson page in a room: tells the hub how things go, shows the room's menu, and what comes from the instructor. Loaded only when in a room.

import type { GradeReport } from "#sandbox/grader/check.ts";
import { lessonLink } from "../../course/links.ts";
import type { ActView } from "../../hub/api/index.ts";
import { h } from "../../islands/lab/dom.ts";
import type { Laboratory } from "../../islands/lab/laboratory.ts";
import { $progress, loadProgress } from "../../state/progress.ts";
import { kilo } from "../board/heat-row.ts";
import { askHub } from "../hub/api.ts";
import { type Aboard, noteOf } from "./inbox.ts";
import { createMember, type MemberState } from "./member.ts";
import { forgetMembership, type Membership, readMembership } from "./membership.ts";
import "../../styles/aboard.css";

/** Answers of the page to acts are kept, so that no note comes twice. */
const handledKey = (room: string): string => `kc:room-handled:${room}`;
/** An act older than this when the page opens is listed and not held out (ms). */
const fresh = 15 * 60_000;

/** Joins this page to the room the browser is in. `laboratory` is the one of the page, once it was started. */
export function comeAboard(lab: HTMLElement, laboratory: () => Promise<Laboratory> | undefined): void {
  const membership = readMembership();
  if (membership === undefined) return;
  const member = createMember(membership);
  const lesson = lab.dataset.lesson as string;
  const aboard: Aboard = {
    member,
    membership,
    lesson,
    pack: async (withWay) => (await laboratory())?.pack(withWay),
    type: (machine, lines) => void laboratory()?.then((opened) => opened.typeInto(machine, lines)),
  };
  const menu = new RoomMenu(aboard);
  const notes = new Notes(aboard);
  watchLesson(lab, aboard);
  watchPresence(aboard);
  member.$state.watch((state) => {
    menu.show(state);
    notes.take(state);
    showPace(lab, lesson, state);
  });
  // A lock of its own page is let go when the page goes.
  addEventListener("pagehide", () => member.stop());
}

// --- what is told ---

/** All that the page hears from its laboratory, without saying the same twice. */
function watchLesson(lab: HTMLElement, { member, lesson }: Aboard): void {
  let place = "";
  let verdictsTold = "";
  const tellPlace = (step: number, steps: number): void => {
    if (place === `${step}/${steps}`) return;
    place = `${step}/${steps}`;
    void member.tell({ type: "place", lesson, step, steps });
  };
  const count = Math.max(1, (lab.dataset.steps ?? "").split(" ").filter((id) => id !== "").length);
  // Where the learner was before, until the machine says more.
  void loadProgress().then(() => {
    const step = $progress.get().lessons[lesson]?.step ?? 1;
    if (place === "") tellPlace(step, count);
    showGates(step);
  });
  lab.addEventListener("kc:report", (event) => {
    const { report, step, steps } = (event as CustomEvent<{ report: GradeReport; step: number; steps: number }>).detail;
    showGates(step);
    if (!isOpen(lesson, member.$state.get())) return;
    const verdicts = Object.fromEntries(report.verdicts.map(({ id, verdict }) => [id, verdict]));
    const misconceptions = report.misconceptions.map(({ id }) => id).slice(0, 20);
    const told = JSON.stringify([verdicts, misconceptions]);
    tellPlace(step, steps);
    if (told === verdictsTold) return;
    verdictsTold = told;
    void member.tell({ type: "checks", lesson, verdicts, misconceptions });
  });
  lab.addEventListener("kc:hint", (event) => {
    const { check, stage } = (event as CustomEvent<{ check: string; stage: number }>).detail;
    void member.tell({ type: "hint-used", lesson, check, stage });
  });
  member.$state.watch(({ room }) => {
    document.body.toggleAttribute("data-gates", room?.gates === true);
  });
}

function isOpen(lesson: string, { room }: MemberState): boolean {
  return room === undefined || room.open === "all" || room.open.includes(lesson);
}

/** With gates on, steps after the current one are shut: the style sheet does that. */
function showGates(step: number): void {
  document.querySelectorAll<HTMLElement>("section[data-step]").forEach((section, index) => {
    section.toggleAttribute("data-gated", index + 1 > step);
  });
}

/** Away is who has been on another page for a while; the hub sees by itself who is gone. */
function watchPresence({ member }: Aboard): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "here";
  const tell = (state: "here" | "away"): void => {
    if (state === last) return;
    last = state;
    void member.tell({ type: "presence", state });
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => tell("away"), 20_000);
    else tell("here");
  });
}

/** A lesson that is not open yet can be read; it says so. */
function showPace(lab: HTMLElement, lesson: string, state: MemberState): void {
  const open = isOpen(lesson, state);
  let note = document.querySelector<HTMLElement>("[data-room-shut]");
  if (open) note?.remove();
  else if (note === null) {
    note = h(
      "p",
      { class: "note course", "data-room-shut": true },
      "This lesson is not open yet in your room. You can read it; its orders do not count for now.",
    );
    document.querySelector("article h1")?.after(note);
  }
  lab.toggleAttribute("data-room-shut", !open);
}

// --- the room's menu ---

/** What there is of the pieces. */
const present = (...pieces: (Node | string | false | undefined)[]): (Node | string)[] =>
  pieces.filter((piece): piece is Node | string => piece !== false && piece !== undefined);

const linkWords: Record<MemberState["link"], string> = {
  connecting: "Connecting.",
  live: "Connected.",
  polling: "Connected.",
  offline: "The room cannot be reached. Your work is kept here and sent when it can be.",
  over: "The room is over. Your work stays on this device.",
};

class RoomMenu {
  readonly #aboard: Aboard;
  readonly #button: HTMLButtonElement;
  readonly #menu: HTMLElement;
  readonly #form: HTMLElement;
  #shown = "";

  constructor(aboard: Aboard) {
    this.#aboard = aboard;
    this.#form = this.#raise();
    this.#menu = h("div", {
      id: "room-menu",
      class: "sheet-menu room-menu",
      popover: "auto",
      role: "region",
      "aria-label": "Room",
    });
    this.#button = h("button", { type: "button", class: "btn bare room-button", popovertarget: "room-menu" });
    const tools = document.getElementById("lab-bar");
    tools?.prepend(this.#button, this.#menu);
    this.#menu.addEventListener("toggle", () => {
      this.#shown = "";
      this.show(aboard.member.$state.get());
    });
    setInterval(() => this.show(aboard.member.$state.get()), 20_000);
  }

  show(state: MemberState): void {
    const { me, waiting, failing, link } = state;
    const up = me?.hand !== undefined;
    const offline = link === "offline" || link === "over" || (failing && waiting > 0);
    const word = up ? "Hand is up" : "Room";
    this.#button.replaceChildren(
      ...present(
        up && kilo("Signal flag Kilo"),
        h("span", { class: "room-word" }, word),
        !up && h("span", { class: "sr" }, ": raise a hand, messages"),
        offline &&
          h(
            "span",
            { class: "room-off" },
            link === "over" ? "over" : `offline${waiting > 0 ? `, ${waiting} wait` : ""}`,
          ),
      ),
    );
    // A form that is being filled in keeps its place, and the focus.
    if (this.#form.matches(":focus-within")) return;
    const now = JSON.stringify([
      state.room,
      me,
      waiting,
      failing,
      link,
      state.inbox.map(({ seq, undone }) => [seq, undone]),
      Math.floor(Date.now() / 20_000),
    ]);
    if (now === this.#shown) return;
    this.#shown = now;
    this.#draw(state);
  }

  #draw(state: MemberState): void {
    const { membership, lesson } = this.#aboard;
    const { room, link, why, waiting } = state;
    const pace = room?.pace;
    const messages = state.inbox.filter(({ act, undone }) => act.type === "message" && !undone).slice(-5);
    this.#menu.replaceChildren(
      ...present(
        h("p", { class: "legend" }, `${membership.title}, as ${state.me?.name ?? membership.name}`),
        h(
          "p",
          { class: "small" },
          why ?? linkWords[state.failing && link !== "over" ? "offline" : link],
          waiting > 0 && link !== "over"
            ? ` ${waiting} ${waiting === 1 ? "thing waits" : "things wait"} to be sent.`
            : "",
        ),
        ...countdownWords(state).map((words) => h("p", { class: "small" }, h("b", {}, words))),
        pace !== undefined &&
          h(
            "p",
            { class: "small" },
            "The room is at ",
            pace.lesson === lesson ? "this lesson" : h("a", { href: lessonLink(pace.lesson) }, "another lesson"),
            `, step ${pace.step ?? 1}.`,
          ),
        link !== "over" && (state.me?.hand === undefined ? this.#form : this.#lower(state)),
        messages.length > 0 && h("p", { class: "legend" }, "Messages"),
        ...messages.map(({ act, by }) =>
          h("p", { class: "small room-said" }, h("b", {}, `${by}: `), act.type === "message" ? act.text : ""),
        ),
        this.#leave(link === "over"),
      ),
    );
  }

  /** Made once: what is filled in stays while the menu is drawn anew. */
  #raise(): HTMLElement {
    const { member, pack, lesson } = this.#aboard;
    const area = h("textarea", { id: "hand-text", class: "field", rows: 3, maxlength: 280 });
    const along = h("input", { type: "checkbox", id: "hand-state" });
    const form = h(
      "form",
      { class: "hand-form" },
      h("label", { for: "hand-text" }, "What is the matter, in one sentence"),
      area,
      h("label", { class: "choice" }, along, "Send a copy of my machine along"),
      h("button", { type: "submit", class: "btn main" }, "Raise a hand"),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const state = along.checked ? await pack() : undefined;
      const step = Number(/step (\d+)/.exec(document.querySelector("[data-step-word]")?.textContent ?? "")?.[1] ?? 1);
      await member.tell({
        type: "hand",
        sentence: area.value.trim(),
        lesson,
        step,
        ...(state === undefined ? {} : { state }),
      });
      area.value = "";
      along.checked = false;
      this.#menu.hidePopover();
    });
    return form;
  }

  #lower({ me }: MemberState): HTMLElement {
    const { member } = this.#aboard;
    const lower = (helped: boolean) => () => void member.tell({ type: "hand-down", helped });
    const coming = me?.hand?.coming;
    return h(
      "div",
      { class: "hand-form" },
      h("p", {}, coming === undefined ? "Your hand is up." : `${coming} is coming.`),
      h(
        "div",
        { class: "row wrapping" },
        h("button", { type: "button", class: "btn main", click: lower(true) }, "I was helped"),
        h("button", { type: "button", class: "btn", click: lower(false) }, "Take it down"),
      ),
    );
  }

  #leave(over: boolean): HTMLElement {
    const button = h("button", { type: "button", class: "act" }, over ? "Close the room here" : "Leave the room");
    button.addEventListener("click", async () => {
      const { membership, member } = this.#aboard;
      if (!over) await askHub(`/rooms/${membership.room}/leave`, {});
      member.stop();
      forgetMembership();
      this.#menu.remove();
      this.#button.remove();
      document.body.removeAttribute("data-gates");
    });
    return button;
  }
}

function countdownWords({ room, ahead }: MemberState): string[] {
  const now = Date.now() + ahead;
  const left = (endsAt: number): string => `${Math.max(1, Math.ceil((endsAt - now) / 60_000))} min left`;
  return [
    ...(room?.countdown !== undefined && room.countdown.endsAt > now
      ? [`${room.countdown.label}: ${left(room.countdown.endsAt)}`]
      : []),
    ...(room?.exam !== undefined && room.exam.endsAt > now ? [`Exam: ${left(room.exam.endsAt)}`] : []),
  ];
}

// --- notes ---

/** The exam that runs stands in the room itself; it is held out like an act. */
function examOf({ room, ahead }: MemberState): ActView[] {
  const exam = room?.exam;
  if (exam === undefined || exam.endsAt < Date.now() + ahead) return [];
  const { act: id, seed, minutes, note, startedAt: at } = exam;
  return [
    {
      seq: 0,
      at,
      by: "your instructor",
      undone: false,
      undoable: false,
      act: { id, type: "exam", seed, minutes, note },
    },
  ];
}

/** Holds out what came, one after another; a withdrawn one goes away. */
class Notes {
  readonly #aboard: Aboard;
  readonly #place: HTMLElement;
  readonly #handled: Set<string>;
  #showing: string | undefined;
  #busy = false;

  constructor(aboard: Aboard) {
    this.#aboard = aboard;
    this.#handled = readHandled(aboard.membership);
    this.#place = h("div", { class: "room-notes", role: "status", "aria-live": "polite" });
    document.body.append(this.#place);
  }

  take(state: MemberState): void {
    const views = [...state.inbox, ...examOf(state)];
    const showing = views.find(({ act }) => act.id === this.#showing);
    const gone = this.#showing !== undefined && (showing === undefined || showing.undone);
    if (gone) this.#close(this.#showing as string, false);
    if (this.#showing !== undefined || this.#busy) return;
    const now = Date.now() + state.ahead;
    const next = views.find((view) => this.#wanted(view, now));
    if (next === undefined) return;
    this.#busy = true;
    void this.#show(next).finally(() => {
      this.#busy = false;
    });
  }

  #wanted({ act, undone, at }: ActView, now: number): boolean {
    const { joinedAt } = this.#aboard.membership;
    if (undone || this.#handled.has(act.id)) return false;
    // An exam that runs is for those who come late, too.
    return act.type === "exam" || (now - at < fresh && at > joinedAt - 60_000);
  }

  async #show(view: ActView): Promise<void> {
    const note = await noteOf(view, this.#aboard);
    const { id } = view.act;
    if (note === undefined) {
      this.#mark(id);
      return;
    }
    this.#showing = id;
    const close = h("button", { type: "button", class: "btn bare" }, "Later");
    close.addEventListener("click", () => this.#close(id, true));
    this.#place.replaceChildren(
      h(
        "div",
        { class: "room-note" },
        h("p", {}, h("b", {}, note.title)),
        h("div", { class: "room-note-body" }, ...note.body),
        h(
          "div",
          { class: "row wrapping" },
          ...note.ways.map(({ label, main, run }) => {
            const button = h("button", { type: "button", class: main === true ? "btn main" : "btn" }, label);
            button.addEventListener("click", async () => {
              button.disabled = true;
              this.#mark(id);
              await run();
              this.#close(id, true);
            });
            return button;
          }),
          close,
        ),
      ),
    );
  }

  #close(id: string, handled: boolean): void {
    if (handled) this.#mark(id);
    if (this.#showing === id) {
      this.#showing = undefined;
      this.#place.replaceChildren();
    }
    this.take(this.#aboard.member.$state.get());
  }

  #mark(id: string): void {
    this.#handled.add(id);
    try {
      localStorage.setItem(handledKey(this.#aboard.membership.room), JSON.stringify([...this.#handled].slice(-200)));
    } catch {
      // Held out again on the next page.
    }
  }
}

function readHandled({ room }: Membership): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(handledKey(room)) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}
