// The laboratory of a lesson: boots or takes up its machine, connects the panes to it, keeps it on this device, survives a dead worker.

import type { Check, GradeReport } from "#sandbox/grader/check.ts";
import type { Boot, PrebuiltScene, SharedFleet } from "#sandbox/protocol.ts";
import { type LessonData, loadLesson } from "../../course/load.ts";
import { MachineClient } from "../../machine/client.ts";
import type { EarlyStart } from "../../machine/early.ts";
import { fetchPrebuilt } from "../../machine/prebuilt.ts";
import type { LabRecord } from "../../state/keeper.ts";
import { createOwnership, type Ownership } from "../../state/ownership.ts";
import { $progress, loadProgress, noteHint, notePassed } from "../../state/progress.ts";
import { labName, readStartPoint } from "../../state/start-point.ts";
import type { EditorPane } from "../editor/editor-pane.ts";
import type { Inspector } from "../inspector/inspector.ts";
import { Orders } from "../orders/orders.ts";
import { Boats } from "../ship/boats.ts";
import { showShip } from "../ship/ship.ts";
import { Terminals } from "../terminal/terminals.ts";
import { TimelineView } from "../timeline/timeline.ts";
import { Bar } from "./bar.ts";
import { find, h } from "./dom.ts";
import { Drawer } from "./drawer.ts";
import { Keeping, type PageState } from "./keeping.ts";
import { hideNotice, showNotice } from "./notice.ts";
import { setUpSplits } from "./split.ts";
import { offerStartPoints } from "./start-points.ts";
import { Steps } from "./steps.ts";
import { Watch } from "./watch.ts";

/** What the page may ask of a running laboratory. */
export interface Laboratory {
  typeInto(machine: string, command: string): void;
  openFile(place: string): void;
}

/** Opens the laboratory of the page; one per page. One that comes back by itself does not take the focus. */
export async function openLaboratory(element: HTMLElement, early: EarlyStart, byItself: boolean): Promise<Laboratory> {
  const lab = new Lab(element, early);
  await lab.start(!byItself);
  return lab;
}

/** A machine that came with a link, and the scene it grew from. */
type Brought = PrebuiltScene & { readonly fleet: SharedFleet };

/** Resolves when what was just drawn is on the screen. */
function afterPaint(): Promise<void> {
  // A page in the background draws nothing.
  if (document.hidden) return Promise.resolve();
  // xterm.js draws in the frame after the one in which it was written to.
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
}

class Lab implements Laboratory {
  readonly #element: HTMLElement;
  readonly #lessonId: string;
  readonly #variant: string | undefined;
  /** Name of the laboratory: the lesson, with the start point if it is not the lesson's own. */
  readonly #id: string;
  readonly #bar: Bar;
  readonly #keeping: Keeping;
  readonly #watch: Watch;
  readonly #ownership: Ownership;
  readonly #steps: Steps;
  readonly #boats: Boats;
  readonly #drawer: Drawer;
  #client: MachineClient | undefined;
  /** Worker and scene started ahead of the first boot. */
  #early: EarlyStart | undefined;
  #lesson: LessonData | undefined;
  #terminals: Terminals | undefined;
  #editor: EditorPane | undefined;
  /** A file asked for before the editor was there. */
  #wanted: string | undefined;
  #orders: Orders | undefined;
  #timeline: TimelineView | undefined;
  #inspector: Inspector | undefined;
  #starts: Record<string, string> = {};
  #moved = false;
  #takeFocus = true;

  constructor(element: HTMLElement, early: EarlyStart) {
    this.#element = element;
    this.#early = early;
    this.#lessonId = element.dataset.lesson as string;
    this.#variant = readStartPoint(this.#lessonId);
    this.#id = labName(this.#lessonId, this.#variant);
    this.#keeping = new Keeping(element, this.#id, () => this.#toKeep());
    this.#watch = new Watch(element, {
      keeping: this.#keeping,
      restart: (record) => {
        this.#bar.enable(false);
        this.#dropPanes();
        void this.#boot(record);
      },
    });
    this.#ownership = createOwnership(this.#id, async () => this.#letGo());
    this.#drawer = new Drawer(element);
    this.#boats = new Boats(element);
    this.#steps = new Steps((element.dataset.steps ?? "").split(" ").filter((id) => id !== ""));
    this.#bar = this.#makeBar(setUpSplits(element));
    this.#watchPage();
    element.addEventListener("kc:back", () => this.#terminals?.focus());
  }

  async start(takeFocus: boolean): Promise<void> {
    this.#takeFocus = takeFocus;
    const [lesson, mine] = await Promise.all([
      loadLesson(this.#lessonId, this.#variant),
      this.#ownership.claim(),
      loadProgress(),
    ]);
    this.#lesson = lesson;
    offerStartPoints(this.#lessonId, lesson.variants, this.#variant);
    if (mine) await this.#begin();
    else this.#showElsewhere();
  }

  // --- beginning and ending ---

  async #begin(): Promise<void> {
    const kept = await this.#keeping.load();
    const brought = await this.#readLink();
    await this.#boot(brought === undefined ? kept : undefined, brought);
    if (brought === undefined || kept === undefined) return;
    await this.#keeping.putAside(kept);
    const text = "It came with the link. Your own work on this lesson is kept beside it.";
    const back = (): void => {
      this.#client?.end();
      this.#dropPanes();
      void this.#boot(kept);
    };
    showNotice(this.#element, "This is a shared machine", text, [{ label: "Back to my own", run: back }]);
  }

  /** The machine that the page's address brings; a reload later goes on with what became of it. */
  async #readLink(): Promise<Brought | undefined> {
    if (!location.hash.startsWith("#kc")) return undefined;
    const { fetchScene, readSharedLink } = await import("./sharing.ts");
    const [fleet, scene] = await Promise.all([
      readSharedLink(location.hash, this.#id),
      fetchScene(this.#id).catch(
        () => "The scene of this lesson could not be fetched. Check the connection and open the link again.",
      ),
    ]);
    const problem = typeof fleet === "string" ? fleet : typeof scene === "string" ? scene : undefined;
    if (problem === undefined || typeof fleet === "string")
      history.replaceState(null, "", location.pathname + location.search);
    if (problem === undefined) return { ...(scene as PrebuiltScene), fleet: fleet as SharedFleet };
    showNotice(this.#element, "The shared machine cannot be opened", problem);
    return undefined;
  }

  /** Starts a worker and connects the panes; resolves when the machine is ready. */
  #boot(record: LabRecord | undefined, brought?: Brought): Promise<void> {
    const lesson = this.#lesson as LessonData;
    const early = this.#early;
    this.#early = undefined;
    const client = early?.client ?? new MachineClient();
    this.#client = client;
    this.#watch.over(client);
    this.#connect(client);
    this.#terminals?.prepare(this.#takeFocus);
    const ready = new Promise<void>((resolve) => {
      client.on("ready", ({ machines, terminals, resumed }) => {
        this.#element.dataset.status = "ready";
        this.#terminals?.adopt(
          machines,
          terminals,
          this.#element.dataset.startOn ?? "",
          resumed ? (record?.screens ?? {}) : {},
        );
        this.#starts = resumed ? (record?.starts ?? {}) : {};
        this.#boats.before = resumed ? record?.before : undefined;
        if (!resumed) void this.#readStarts(client);
        void afterPaint().then(() => this.#addLatePanes(client, machines));
        this.#bar.enable(true);
        if (this.#takeFocus) this.#terminals?.focus();
        this.#takeFocus = true;
        this.#keeping.soon();
        resolve();
      });
    });
    const size = this.#terminals?.size ?? this.#guessSize();
    const boot = {
      lab: this.#id,
      scene: lesson.scene,
      ...(lesson.grading === undefined ? {} : { grading: lesson.grading }),
      paced: true,
      size,
    };
    if (brought !== undefined) client.boot({ ...boot, shared: brought });
    else if (record === undefined) void this.#bootPrebuilt(client, boot, early);
    else client.boot({ ...boot, saved: record.saved });
    return ready;
  }

  /** A scene booted at build time needs only its first part for a prompt; the rest follows. */
  async #bootPrebuilt(client: MachineClient, boot: Boot, early: EarlyStart | undefined): Promise<void> {
    const prebuilt = await (early?.prebuilt ?? fetchPrebuilt(this.#id));
    if (prebuilt === undefined) {
      client.boot(boot);
      return;
    }
    const ready = new Promise<void>((resolve) => client.on("ready", () => resolve()));
    client.boot({ ...boot, prebuilt: prebuilt.first });
    await ready;
    await afterPaint();
    try {
      client.send({ type: "rest", text: await prebuilt.loadRest() });
    } catch {
      client.boot(boot);
    }
  }

  /** Columns and rows before any screen exists: 13 px mono in the terminal pane. */
  #guessSize(): { columns: number; rows: number } {
    const body = find(this.#element, "[data-term-body]");
    return {
      columns: Math.max(40, Math.floor((body.clientWidth - 32) / 7.8)),
      rows: Math.max(10, Math.floor(body.clientHeight / 21)),
    };
  }

  #connect(client: MachineClient): void {
    const speak = (sentence: string): void => this.#speak(sentence);
    this.#terminals = new Terminals(this.#element, client, {
      asText: this.#bar.settings.asText,
      onAsText: (on) => this.#bar.set("asText", on),
      speak,
    });
    this.#terminals.setAsText(this.#bar.settings.asText);
    this.#timeline = new TimelineView(client, this.#drawer);
    this.#orders = new Orders(this.#element, {
      checks: this.#lesson?.grading?.checks ?? [],
      used: $progress.get().lessons[this.#lessonId]?.hints ?? {},
      onHint: (check, stage) => void noteHint(this.#lessonId, check, stage),
      onType: (machine, command) => this.typeInto(machine, command),
      speak,
    });
    client.on("report", ({ report, facts }) => {
      this.#orders?.show(report);
      this.#boats.show(report);
      showShip(this.#element, facts);
      find(this.#element, "[data-facts-title]").textContent = this.#moved
        ? "After your last change"
        : "As you found it";
      this.#inspector?.refresh();
      void this.#noteReport(report);
    });
    client.on("idle", () => this.#keeping.soon());
    client.on("timeline", ({ current }) => {
      this.#moved = current !== 0;
      this.#keeping.soon();
    });
    client.on("moved", ({ terminals, entry }) => {
      this.#terminals?.clear();
      this.#terminals?.adopt(this.#machines, terminals, this.#element.dataset.startOn ?? "");
      this.#speak(entry === 0 ? "Back at the start." : "The ship is at another point of the time line.");
      this.#keeping.soon();
    });
    client.on("ready", ({ machines }) => {
      this.#machines = machines;
    });
  }

  #machines: Parameters<Terminals["adopt"]>[0] = [];

  /** Editor and inspector come after the prompt. */
  async #addLatePanes(client: MachineClient, machines: Parameters<Terminals["adopt"]>[0]): Promise<void> {
    const { EditorPane, Inspector } = await import("./late-panes.ts");
    if (this.#client !== client) return;
    this.#inspector = new Inspector(this.#element, client, machines, this.#drawer);
    this.#inspector.refresh();
    this.#editor = new EditorPane(this.#element, client, {
      machines,
      first: (this.#element.dataset.files ?? "").split("\n").filter((place) => place !== ""),
      plain: this.#bar.settings.plainEditor,
      vim: this.#bar.settings.vimKeys,
      startOf: (place) => this.#starts[place],
      onFirstRead: (place, text) => {
        if (!this.#moved) this.#starts[place] ??= text;
      },
      onSaved: () => this.#keeping.soon(),
      speak: (sentence) => this.#speak(sentence),
    });
    if (this.#wanted !== undefined) this.openFile(this.#wanted);
    this.#wanted = undefined;
  }

  /** The lesson's own files as they are at the start, for differences later. */
  async #readStarts(client: MachineClient): Promise<void> {
    for (const place of (this.#element.dataset.files ?? "").split("\n")) {
      const cut = place.indexOf(":");
      if (cut < 1) continue;
      const text = await client.readFile(place.slice(0, cut), place.slice(cut + 1)).catch(() => "");
      this.#starts[place] ??= text;
    }
  }

  #toKeep(): { client: MachineClient; page: PageState } | undefined {
    const client = this.#client;
    if (client === undefined || this.#element.dataset.status !== "ready") return undefined;
    return {
      client,
      page: { screens: this.#terminals?.screens ?? {}, starts: this.#starts, before: this.#boats.before },
    };
  }

  #dropPanes(): void {
    this.#terminals?.dispose();
    this.#editor?.dispose();
    this.#editor = undefined;
    this.#drawer.close();
  }

  // --- one tab at a time ---

  #showElsewhere(): void {
    this.#element.dataset.status = "elsewhere";
    const place = find(this.#element, "[data-start]");
    const button = h("button", { type: "button", class: "btn main big" }, "Take over");
    const takeOver = (): void => {
      button.disabled = true;
      hideNotice(this.#element);
      void this.#ownership.takeOver().then(() => this.#begin());
    };
    button.addEventListener("click", takeOver);
    place.replaceChildren(h("p", { class: "start-line" }, "This laboratory is open in another tab."), button);
    place.hidden = false;
    // Where the terminal pane is not in sight, as on small screens, it is said here.
    if (place.offsetParent !== null) return;
    showNotice(
      this.#element,
      "This laboratory is open in another tab",
      "Only one tab works on a ship at a time. Taking over saves it there and goes on here.",
      [{ label: "Take over", main: true, run: takeOver }],
    );
  }

  /** Another tab takes over: save, stop, say so. */
  async #letGo(): Promise<void> {
    await this.#keeping.save();
    this.#watch.end();
    this.#client?.end();
    this.#dropPanes();
    this.#bar.enable(false);
    this.#showElsewhere();
  }

  // --- progress ---

  async #noteReport({ verdicts }: GradeReport): Promise<void> {
    const checks: readonly Check[] = this.#lesson?.grading?.checks ?? [];
    const passed = verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
    const step = this.#steps.show(checks, new Set(passed), this.#timeline?.current ?? 0);
    if (checks.length > 0) await notePassed(this.#lessonId, passed, checks.length, step, this.#steps.count);
  }

  // --- the bar ---

  #makeBar(splits: ReturnType<typeof setUpSplits>): Bar {
    return new Bar(this.#element, {
      acts: {
        undo: () => this.#client?.send({ type: "undo" }),
        redo: () => this.#client?.send({ type: "redo" }),
        timeline: () => this.#timeline?.open(),
        "reset-lesson": () => this.#client?.send({ type: "reset" }),
        "reset-step": () => this.#client?.send({ type: "go-to", entry: this.#steps.startOfCurrent }),
        requests: () => void this.#inspector?.open(),
        compare: () => this.#compare(),
        share: () => void this.#share("link"),
        export: () => void this.#share("file"),
        "as-text": () => {
          this.#terminals?.setAsText(!this.#terminals.asText);
          this.#terminals?.focus();
        },
        taller: () => splits.change("terminal", 10),
        shorter: () => splits.change("terminal", -10),
        wider: () => splits.change("orders", 10),
        narrower: () => splits.change("orders", -10),
        fold: () => this.#element.toggleAttribute("data-fold"),
      },
      onSetting: (name, on) => {
        if (name === "plainEditor") this.#editor?.setPlain(on);
        else if (name === "vimKeys") this.#editor?.setVim(on);
        else this.#terminals?.setAsText(on);
      },
    });
  }

  /** A page that is left or hidden keeps its state; a hidden one stops its clock. */
  #watchPage(): void {
    addEventListener("pagehide", () => void this.#keeping.save());
    document.addEventListener("visibilitychange", () => {
      this.#client?.send({ type: "pause", paused: document.hidden });
      if (document.hidden) void this.#keeping.save();
    });
  }

  async #share(way: "link" | "file"): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const { openSharing, saveToFile } = await import("./sharing.ts");
    if (way === "link") await openSharing(this.#drawer, client, this.#id);
    else if (!(await saveToFile(client, this.#id))) await this.#keeping.save().then(() => this.#keeping.offer());
  }

  #compare(): void {
    const table = document.querySelector<HTMLElement>("[data-boats]");
    const read = document.getElementById("p-read") as HTMLInputElement | null;
    if (table === null) return;
    if (read !== null) read.checked = true;
    table.scrollIntoView({
      block: "center",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
    });
  }

  #speak(sentence: string): void {
    find(this.#element, "[data-spoken]").textContent = sentence;
  }

  // --- what the page asks ---

  typeInto(machine: string, command: string): void {
    const radio = document.getElementById("p-term") as HTMLInputElement | null;
    if (radio !== null) radio.checked = true;
    void this.#terminals?.typeInto(machine, command);
  }

  openFile(place: string): void {
    if (this.#editor === undefined) this.#wanted = place;
    else void this.#editor.open(place);
    find(this.#element, "#editor").scrollIntoView({ block: "nearest" });
  }
}
