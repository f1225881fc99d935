// The room page of an instructor: opens a room or takes one up again, and keeps the board, the panels and the projector view.

import { link } from "../../course/links.ts";
import type { BoardFeed, Desk, LearnerRow, Report, RoomChanged, RoomOpened, SignedIn } from "../../hub/api/index.ts";
import { drawing, find, h } from "../../islands/lab/dom.ts";
import { offerFile } from "../../islands/lab/notice.ts";
import { askHub, hubAddress } from "../hub/api.ts";
import { followFeed, type Link } from "../hub/stream.ts";
import { readOutline, wordsOfId } from "../lesson-outline.ts";
import { Acting, describeAct } from "./acting.ts";
import { ask } from "./ask.ts";
import { clockOf, HeatTable, stuckWords } from "./heat-table.ts";
import { drawLearner } from "./learner-panel.ts";
import { type Filter, type Order, RoomModel, type Tally } from "./room-model.ts";

const key = "kc:rooms";

/** Rooms that this browser opened, without their keys: the cookie holds those. */
interface KnownRoom {
  readonly id: string;
  readonly title: string;
}

function knownRooms(): KnownRoom[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]") as KnownRoom[];
  } catch {
    return [];
  }
}

function remember(room: KnownRoom): void {
  try {
    localStorage.setItem(key, JSON.stringify([room, ...knownRooms().filter(({ id }) => id !== room.id)].slice(0, 8)));
  } catch {
    // The address of the page holds the room as well.
  }
}

// --- before there is a room ---

const door = find(document, "[data-door]");
const board = find(document, "[data-board]");

async function start(): Promise<void> {
  const id = location.hash.slice(1);
  if (/^[a-z0-9]{8,32}$/.test(id)) return enter(id);
  showDoor();
}

function showDoor(): void {
  door.hidden = false;
  const list = find(door, "[data-known]");
  list.replaceChildren(
    ...knownRooms().map(({ id, title }) => {
      const entry = h("a", { href: `#${id}` }, title);
      entry.addEventListener("click", () => setTimeout(() => location.reload()));
      return h("li", {}, entry);
    }),
  );
  find(door, "[data-known-box]").hidden = list.children.length === 0;
  find<HTMLFormElement>(door, "[data-open-room]").addEventListener("submit", (event) => {
    event.preventDefault();
    void openRoom(new FormData(event.target as HTMLFormElement));
  });
}

async function openRoom(form: FormData): Promise<void> {
  const opening = String(form.get("opening") ?? "");
  const answer = await askHub<RoomOpened>(
    "/rooms",
    {
      title: String(form.get("title")).trim(),
      name: String(form.get("name")).trim(),
      hours: Number(form.get("hours")),
      keepHours: Number(form.get("keepHours")),
      keyIn: "cookie",
    },
    opening === "" ? {} : { "x-opening-key": opening },
  );
  if (!answer.ok) {
    const problem = find(door, "[data-problem]");
    problem.textContent = answer.why;
    problem.hidden = false;
    // A hub may ask for a key of its own before it opens rooms.
    if (answer.word === "unauthorized" || answer.word === "forbidden") find(door, "[data-opening]").hidden = false;
    return;
  }
  const { room, instructorKey, coInstructorKey } = answer.value;
  remember(room);
  history.replaceState(null, "", `#${room.id}`);
  door.hidden = true;
  await enter(room.id);
  await showKeys(room.title, instructorKey, coInstructorKey);
}

async function showKeys(title: string, mine: string, theirs: string): Promise<void> {
  await ask({
    title: "Keep these keys",
    text: "This browser is signed in. With your key you open the room elsewhere; the second is for a co-instructor. They are shown this once.",
    fields: [
      { name: "mine", label: "Your key", kind: "text", value: mine, most: 120, optional: true },
      { name: "theirs", label: "Co-instructor’s key", kind: "text", value: theirs, most: 120, optional: true },
    ],
    submit: "Save them to a file",
    leave: "I have kept them",
  }).then((given) => {
    if (given !== undefined)
      offerFile(`room-keys.txt`, `${title}\n${location.href}\n\nYour key: ${mine}\nCo-instructor’s key: ${theirs}\n`);
  });
}

async function enter(id: string): Promise<void> {
  const desk = await askHub<Desk>(`/rooms/${id}`);
  if (desk.ok) {
    remember(desk.value.room);
    runBoard(id, desk.value);
    return;
  }
  if (desk.word === undefined) {
    showDoor();
    find(door, "[data-problem]").textContent = desk.why;
    find(door, "[data-problem]").hidden = false;
    return;
  }
  const given = await ask({
    title: "Sign in to this room",
    text: "This browser holds no key for it.",
    fields: [{ name: "key", label: "Instructor’s key", kind: "text", most: 120 }],
    submit: "Sign in",
  });
  if (given === undefined) return showDoor();
  const signed = await askHub<SignedIn>(`/rooms/${id}/sign-in`, {
    key: String(given.get("key")).trim(),
    keyIn: "cookie",
  });
  if (signed.ok) return enter(id);
  showDoor();
  find(door, "[data-problem]").textContent = signed.why;
  find(door, "[data-problem]").hidden = false;
}

// --- the board ---

const linkWords: Record<Link, string> = {
  connecting: "Connecting",
  live: "Live",
  polling: "Live, asked for every few seconds",
  offline: "The hub does not answer. This is the last that was heard",
  over: "Over",
};

function runBoard(id: string, desk: Desk): void {
  board.hidden = false;
  const model = new RoomModel(readOutline());
  model.room = desk.room;
  let filter: Filter = { order: "stuck", only: "all", belief: undefined, name: "" };
  let choice = "here";
  let selected: string | undefined;
  let projecting = false;
  let dueAt = 0;
  const spoken = find(board, "[data-spoken]");
  const acting = new Acting(id, model, tell);
  const table = new HeatTable({ onSelect: select });
  find(board, "[data-heat]").append(table.element);

  const feed = followFeed<BoardFeed>({
    path: `/rooms/${id}/board`,
    onFeed(news) {
      const raised = model.take(news);
      const one = raised.find(({ hand }) => hand !== undefined);
      if (one?.hand !== undefined && dueAt > 0)
        spoken.textContent = `${projecting ? `No. ${one.number}` : one.name} raised a hand.`;
      soon();
    },
    onLink(state, why) {
      const place = find(board, "[data-link]");
      place.textContent = why ?? `${linkWords[state]}.`;
      place.dataset.link = state;
    },
  });
  addEventListener("pagehide", () => feed.stop());
  setInterval(draw, 10_000);

  /** At most four times a second, whatever the room does; with the frame, so that it is laid out once. */
  function soon(): void {
    if (dueAt > performance.now()) return;
    dueAt = performance.now() + 250;
    setTimeout(() => requestAnimationFrame(draw), 250);
  }

  function draw(): void {
    const columns = model.columns(choice);
    const tally = model.tally(columns);
    table.show(model, filter, columns, tally, { selected, nameless: projecting });
    drawHead(tally);
    drawSide();
    drawBeliefs(tally);
    drawRoom(tally);
  }

  function select(learner: string, focus: boolean): void {
    selected = learner;
    draw();
    const heading = board.querySelector<HTMLElement>("[data-learner] h2");
    // On a small screen the panel is below the board: who presses a row wants to see it.
    if (focus || matchMedia("(max-width: 63.99rem)").matches) heading?.focus();
    else spoken.textContent = `${model.rows.get(learner)?.name ?? ""}: shown beside the board.`;
  }

  function tell(sentence: string, undo?: string): void {
    const toast = find(board, "[data-toast]");
    const ways =
      undo === undefined
        ? []
        : [h("button", { type: "button", class: "btn bare", click: () => void acting.undo(undo).then(draw) }, "Undo")];
    toast.replaceChildren(h("span", {}, sentence), ...ways);
    toast.hidden = false;
    clearTimeout(Number(toast.dataset.timer));
    toast.dataset.timer = String(
      setTimeout(() => {
        if (!toast.matches(":hover, :focus-within")) toast.hidden = true;
      }, 8000),
    );
    draw();
  }

  // --- what is drawn besides the table ---

  function drawHead({ present, gone }: Tally): void {
    const { room } = model;
    if (room === undefined) return;
    board.toggleAttribute("data-ended", room.ended !== undefined);
    say("h1", room.title);
    say(
      "[data-since]",
      room.ended === undefined ? `Room, open since ${clockOf(room.openedAt)}` : `Room, ended at ${clockOf(room.ended)}`,
    );
    say("[data-join-at]", `Join at ${location.host}${link("bridge/join")}`);
    say("[data-code]", desk.code);
    say("[data-count]", `${present} joined${gone > 0 ? `, ${gone} gone` : ""}.`);
    const left = (room.countdown ?? room.exam)?.endsAt;
    say(
      "[data-countdown]",
      left === undefined || left < model.now
        ? ""
        : `${room.countdown?.label ?? "Exam"}: ${Math.ceil((left - model.now) / 60_000)} min left`,
    );
  }

  /** Text that is the same stays untouched: to write it would be a change to lay out, and to read out. */
  function say(selector: string, text: string): void {
    const place = find(board, selector);
    if (place.textContent !== text) place.textContent = text;
  }

  /** Whether what a place shows has changed since it was drawn. */
  function isNews(place: HTMLElement, of: unknown): boolean {
    const now = JSON.stringify(of);
    if (place.dataset.of === now) return false;
    place.dataset.of = now;
    return true;
  }

  function drawSide(): void {
    const place = find(board, "[data-learner]");
    const row = model.rows.get(selected ?? "");
    // What the reader is about to press does not move for nothing.
    if (!isNews(place, [row?.id, row?.seq, row && stuckWords(row, model)])) return;
    const focused = place.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
    place.replaceChildren(...drawLearner(row, model, acting, lookAt));
    if (focused !== undefined)
      [...place.querySelectorAll<HTMLElement>("button, h2")]
        .find(({ textContent }) => textContent === focused)
        ?.focus();
  }

  function drawBeliefs({ present, beliefs }: Tally): void {
    const place = find(board, "[data-beliefs]");
    if (!isNews(place, [beliefs.slice(0, 5), present, filter.belief])) return;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.belief;
    place.replaceChildren(
      ...beliefs.slice(0, 5).map(({ id: belief, count }) => {
        const chip = h(
          "button",
          { type: "button", class: "btn", "data-belief": belief, "aria-pressed": String(filter.belief === belief) },
          `${count} of ${present}: ${wordsOfId(belief)}`,
        );
        chip.addEventListener("click", () => {
          filter = { ...filter, belief: filter.belief === belief ? undefined : belief };
          draw();
        });
        return h("li", {}, chip);
      }),
    );
    if (focused !== undefined) place.querySelector<HTMLElement>(`[data-belief="${CSS.escape(focused)}"]`)?.focus();
    find(board, "[data-no-beliefs]").hidden = place.children.length > 0;
  }

  function drawRoom(tally: Tally): void {
    const { room } = model;
    if (room === undefined) return;
    const pace = model.lessonOf(room.pace?.lesson);
    const open =
      room.open === "all"
        ? "All lessons are open"
        : `Open: ${room.open.map((each) => model.lessonOf(each)?.number ?? each).join(", ") || "none"}`;
    const at = room.pace === undefined ? "no pace line" : behindWords(room.pace.lesson, room.pace.step ?? 1);
    say(
      "[data-pace]",
      `${open}. ${pace === undefined ? "" : `Pace: lesson ${pace.number}, step ${room.pace?.step ?? 1}. `}${at === "no pace line" ? "" : at}`,
    );
    find(board, '[data-do="gates"]').setAttribute("aria-pressed", String(room.gates));
    find(board, '[data-do="lock"]').setAttribute("aria-pressed", String(room.locked));
    name(
      "countdown",
      room.countdown === undefined || room.countdown.endsAt < model.now ? "Countdown" : "Stop the countdown",
    );
    name("exam", room.exam === undefined ? "Class exam" : "End the exam");
    say("[data-line]", roomLine(tally));
    const acts = find(board, "[data-acts]");
    const last = [...model.acts.values()].sort((a, b) => b.seq - a.seq).slice(0, 8);
    if (
      acts.matches(":focus-within") ||
      !isNews(
        acts,
        last.map((view) => [view.seq, describeAct(view, model)]),
      )
    )
      return;
    acts.replaceChildren(
      ...last.map((view) => {
        const words = h("span", { class: view.undone ? "undone-act" : "" }, describeAct(view, model));
        const undo = h(
          "button",
          { type: "button", class: "btn bare", "aria-label": `Undo: ${describeAct(view, model)}` },
          "Undo",
        );
        undo.addEventListener("click", () => void acting.undo(view.act.id).then(draw));
        return h(
          "li",
          {},
          h("span", { class: "num muted" }, clockOf(view.at)),
          words,
          view.undone ? h("small", { class: "muted" }, "undone") : view.undoable && undo,
        );
      }),
    );
  }

  /** How many are at or past the pace line. */
  function behindWords(lesson: string, step: number): string {
    const line = model.lessonOf(lesson)?.number ?? 0;
    const rows = [...model.rows.values()].filter(({ removed, lesson: at }) => !removed && at !== undefined);
    const there = rows.filter((row) => {
      const number = model.lessonOf(row.lesson)?.number ?? 0;
      return number > line || (number === line && (row.lessons[row.lesson ?? ""]?.step ?? 1) >= step);
    });
    return rows.length === 0 ? "" : `${there.length} of ${rows.length} are there.`;
  }

  /** Another word on a button; its icon stays. */
  function name(act: string, word: string): void {
    const text = find(board, `[data-do="${act}"]`).lastChild;
    if (text !== null && text.textContent !== word) text.replaceWith(word);
  }

  function roomLine({ present, danger, hands, waiting, exams }: Tally): string {
    if (present === 0) return "Nobody has joined yet.";
    const { handedIn, passed } = exams;
    if (model.examRuns || handedIn > 0) {
      const exam = `Exam: ${handedIn} of ${present} handed in, ${passed} passed.`;
      if (model.examRuns) return exam;
      return `${exam} ${hands === 0 ? "No hands are up" : hands === 1 ? "One hand is up" : `${hands} hands are up`}.`;
    }
    const where = waiting === undefined ? "" : ` Most wait at “${wordsOfId(waiting.check)}”: ${waiting.count}.`;
    return `${hands === 0 ? "No hands are up" : hands === 1 ? "One hand is up" : `${hands} hands are up`}. ${danger === 0 ? "" : `${danger} of ${present} lost an order that passed before. `}${where}`;
  }

  function lookAt(row: LearnerRow, state: string): void {
    window.open(`${link("bridge/look/")}#${id}/${row.id}/${state}`, "_blank");
  }

  // --- bar and panels ---

  const acts: Record<string, () => unknown> = {
    "show-code": () => showCode(),
    projector: () => project(!projecting),
    message: () => acting.message("all"),
    release: () => acting.release(),
    pace: () => acting.pace(),
    lessons: () => acting.lessons(),
    gates: () => acting.gates(),
    lock: () => acting.lock(),
    countdown: () => acting.countdown(),
    push: () => acting.push("all"),
    exam: () => acting.exam(),
    csv: () => {
      location.href = hubAddress(`/rooms/${id}/report.csv`);
    },
    json: () => void downloadReport(),
    end: () => void endRoom(),
  };
  board.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (pressed !== null) acts[pressed.dataset.do as string]?.();
    const sort = (event.target as Element).closest<HTMLElement>("[data-order]");
    if (sort !== null) {
      filter = { ...filter, order: sort.dataset.order as Order };
      for (const each of board.querySelectorAll("[data-order]"))
        each.setAttribute("aria-pressed", String(each === sort));
      draw();
    }
  });
  const only = find<HTMLSelectElement>(board, "[data-only]");
  only.addEventListener("change", () => {
    filter = { ...filter, only: only.value as Filter["only"] };
    draw();
  });
  const names = find<HTMLInputElement>(board, "[data-name]");
  names.addEventListener("input", () => {
    filter = { ...filter, name: names.value };
    draw();
  });
  const lessons = find<HTMLSelectElement>(board, "[data-lessons]");
  lessons.addEventListener("change", () => {
    choice = lessons.value;
    draw();
  });
  board.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (projecting) project(false);
    else if ((event.target as Element).closest("[data-learner]") !== null) table.focus(selected);
  });

  function project(on: boolean): void {
    projecting = on;
    document.body.classList.toggle("projecting", on);
    find(board, '[data-do="projector"]').setAttribute("aria-pressed", String(on));
    draw();
  }

  async function showCode(): Promise<void> {
    const { drawQr } = await import("./qr.ts");
    const address = new URL(`${link("bridge/join/")}#${desk.code}`, location.href).href;
    const close = h("button", { type: "button", class: "btn" }, "Close");
    const dialog = h(
      "dialog",
      { class: "panel show-code", "aria-labelledby": "code-h" },
      h("h2", { id: "code-h" }, desk.code),
      drawQr(address, `QR code of ${address}`),
      h("p", { class: "join-link" }, address),
      close,
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async function downloadReport(): Promise<void> {
    const report = await askHub<Report>(`/rooms/${id}/report`);
    if (report.ok)
      offerFile(
        `${report.value.room.title.replaceAll(/\W+/g, "-").toLowerCase() || "room"}.json`,
        JSON.stringify(report.value, null, 2),
      );
    else tell(report.why);
  }

  async function endRoom(): Promise<void> {
    const given = await ask({
      title: "End the room",
      text: "Learners keep their work on their devices. Names, sentences and states are erased here after the time you choose. Download the report first.",
      fields: [
        { name: "keepHours", label: "Hours until names are erased", kind: "number", value: 24, least: 0, most: 2160 },
      ],
      submit: "End the room",
      danger: true,
    });
    if (given === undefined) return;
    const answer = await askHub<RoomChanged>(`/rooms/${id}/end`, { keepHours: Number(given.get("keepHours")) });
    if (answer.ok) model.room = answer.value.room;
    tell(answer.ok ? "The room has ended. The report can still be downloaded until names are erased." : answer.why);
  }

  find(board, "[data-code-icon]").replaceChildren(drawing("i-qr-code"));
  draw();
}

void start();
