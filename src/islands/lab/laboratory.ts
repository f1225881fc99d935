// The laboratory: opens any plan, boots or takes up its machine, connects the panes to it, keeps it on this device, survives a dead worker.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { Boot, TimelineEntry } from "#sandbox/protocol.ts";
import type { LabPlan } from "../../course/plan.ts";
import { type Heard, MachineClient } from "../../machine/client.ts";
import type { EarlyStart } from "../../machine/early.ts";
import type { LabRecord } from "../../state/keeper.ts";
import { createOwnership, type Ownership } from "../../state/ownership.ts";
import type { BoatResults } from "../ship/boats.ts";
import { Terminals } from "../terminal/terminals.ts";
import { Bar } from "./bar.ts";
import { afterPaint, type Brought, bootPrebuilt, bootShared, guessSize, readLink, savedOf, screensOf } from "./boot.ts";
import { find, h } from "./dom.ts";
import type { Drawer } from "./drawer.ts";
import { Keeping, type PageState } from "./keeping.ts";
import type { LatePanes } from "./late-panes.ts";
import { hideNotice, showNotice } from "./notice.ts";
import type { setUpSplits } from "./split.ts";
import type { Began } from "./steps.ts";
import { Watch } from "./watch.ts";

/** How long after a failure the code of late panes is asked for again (ms). */
const AGAIN = 2000;

/** What the page may ask of a laboratory. */
export interface Laboratory {
  typeInto(machine: string, command: string): void;
  openFile(place: string): void;
  /** Puts the machine back to a point of its time line; undo takes that back. */
  putBack(entry: number): void;
  /** Opens another plan on the same panes; what was open is saved and ended. */
  open(plan: LabPlan, use?: LabUse, early?: EarlyStart): Promise<void>;
  /** Saves and ends the machine; the panes stand empty. */
  close(): Promise<void>;
  /** Leaves the machine at rest, or lets it go on; a hidden page does so by itself. */
  pause(on: boolean): void;
  /** The machine as a code that opens elsewhere, on request with the way it took; undefined where none runs, or its scene cannot be fetched. */
  pack(withWay?: boolean): Promise<string | undefined>;
  /** Moves the machine to a point of its time line and shows what its command printed; resolves when it is there. */
  replay(entry: number): Promise<void>;
}

/** What a page adds to a plan, and wants to hear of it. */
export interface LabUse {
  /** Highest hint stage already used, by check. */
  readonly used?: Readonly<Record<string, number>>;
  /** What must be read before the panes that come after the prompt are made. */
  prepare?(): Promise<void>;
  /** Milliseconds that every key takes on its way, where somebody wants a slow line. */
  readonly lag?: number;
  /** New terminals are opened on the plan's own machine alone; the others are reached from there. */
  readonly oneMachine?: boolean;
  /** The terminal does not take the focus when the machine is ready. */
  readonly quiet?: boolean;
  onHint?(check: string, stage: number): void;
  /** Where the steps of a lesson began; kept with its machine. */
  readonly steps?: Began;
  /** Each new set of verdicts, the point of the time line they are about, and all points. */
  onReport?(report: GradeReport, entry: number, entries?: readonly TimelineEntry[]): void;
  /** The machine is ready: taken up again, or at its start. */
  onReady?(resumed: boolean): void;
}

/** Lays the laboratory over the panes of the page; one per page. Panes that the page does not have are left out. */
export function createLaboratory(element: HTMLElement, acts: Readonly<Record<string, () => void>> = {}): Laboratory {
  return new Lab(element, acts);
}

/** What is open now: the plan and all that goes by its name. */
interface Opened {
  readonly plan: LabPlan;
  readonly use: LabUse;
  readonly keeping: Keeping;
  readonly watch: Watch;
  readonly ownership: Ownership;
}

class Lab implements Laboratory {
  readonly #element: HTMLElement;
  readonly #bar: Bar;
  #drawer: Drawer | undefined;
  #splits: ReturnType<typeof setUpSplits> | undefined;
  #opened: Opened | undefined;
  /** What both boats got at the start. */
  #before: BoatResults | undefined;
  #client: MachineClient | undefined;
  /** Worker and scene started ahead of the first boot. */
  #early: EarlyStart | undefined;
  #terminals: Terminals | undefined;
  #late: LatePanes | undefined;
  /** A file asked for before the editor was there. */
  #wanted: string | undefined;
  /** The latest report, which may come before its pane. */
  #report: Heard<"report"> | undefined;
  /** Where the machine is on its time line. */
  #time: Heard<"timeline"> | undefined;
  #starts: Record<string, string> = {};
  #moved = false;
  #takeFocus = true;
  #paused = false;

  constructor(element: HTMLElement, acts: Readonly<Record<string, () => void>>) {
    this.#element = element;
    this.#bar = this.#makeBar(acts);
    this.#watchPage();
    element.addEventListener("kc:back", () => this.#terminals?.focus());
  }

  async open(plan: LabPlan, use: LabUse = {}, early?: EarlyStart): Promise<void> {
    await this.close();
    this.#early = early;
    this.#takeFocus = use.quiet !== true;
    this.#before = undefined;
    const keeping = new Keeping(this.#element, plan, () => this.#toKeep());
    const restart = (record: LabRecord | undefined): void => {
      this.#bar.enable(false);
      this.#dropPanes();
      void this.#boot(record);
    };
    const watch = new Watch(this.#element, { noun: plan.noun, keeping, restart });
    const ownership = createOwnership(plan.lab, async () => this.#letGo());
    const opened = { plan, use, keeping, watch, ownership };
    this.#opened = opened;
    const mine = plan.keep === false || (await ownership.claim());
    if (this.#opened !== opened) return;
    if (mine) await this.#begin(opened);
    else this.#showElsewhere(opened);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    await opened.keeping.save();
    this.#end(opened);
    opened.ownership.release();
    this.#opened = undefined;
    this.#element.dataset.status = "off";
  }

  /** Ends the machine of a plan; the panes stand empty. */
  #end({ keeping, watch }: Opened): void {
    keeping.stop();
    watch.end();
    this.#client?.end();
    this.#client = undefined;
    this.#dropPanes();
    this.#bar.enable(false);
  }

  // --- beginning and ending ---

  async #begin(opened: Opened): Promise<void> {
    const { plan, keeping } = opened;
    const kept = await keeping.load();
    const brought = await readLink(this.#element, plan);
    if (this.#opened !== opened) return;
    await this.#boot(brought === undefined ? kept : undefined, brought);
    if (brought === undefined || kept === undefined) return;
    await keeping.putAside(kept);
    const text = `It came with the link. Your own work on this ${plan.noun} is kept beside it.`;
    const back = (): void => {
      this.#client?.end();
      this.#dropPanes();
      void this.#boot(kept);
    };
    showNotice(this.#element, "This is a shared machine", text, [{ label: "Back to my own", run: back }]);
  }

  /** Starts a worker and connects the panes; resolves when the machine is ready. */
  #boot(record: LabRecord | undefined, brought?: Brought): Promise<void> {
    const opened = this.#opened as Opened;
    const { plan, use, keeping, watch } = opened;
    const early = this.#early;
    this.#early = undefined;
    const client = early?.client ?? new MachineClient();
    this.#client = client;
    watch.over(client);
    this.#connect(client, opened);
    const focus = this.#takeFocus;
    // A screen is dear to make: the worker is told first what to boot, and does so meanwhile.
    setTimeout(() => {
      if (this.#client === client) this.#terminals?.prepare(focus);
    });
    const ready = new Promise<void>((resolve) => {
      client.on("ready", ({ machines, terminals, resumed }) => {
        this.#element.dataset.status = "ready";
        this.#terminals?.adopt(
          this.#machines,
          terminals,
          plan.startOn,
          resumed ? (record?.screens ?? screensOf(plan)) : {},
        );
        this.#starts = resumed ? (record?.starts ?? {}) : {};
        this.#before = resumed ? record?.before : undefined;
        if (use.steps !== undefined && resumed) use.steps.began = record?.began ?? [[1, 0]];
        if (!resumed) void this.#readStarts(client, plan.files);
        void afterPaint().then(() => this.#addLatePanes(client, machines));
        this.#bar.enable(true);
        if (this.#takeFocus) this.#terminals?.focus();
        this.#takeFocus = true;
        if (this.#paused) client.send({ type: "pause", paused: true });
        keeping.soon();
        use.onReady?.(resumed);
        resolve();
      });
    });
    const size = this.#terminals?.size ?? guessSize(this.#element);
    const { lab, scene, setup, grading } = plan;
    const boot: Boot = {
      lab,
      scene,
      ...(setup === undefined ? {} : { setup }),
      ...(grading === undefined ? {} : { grading }),
      paced: true,
      size,
    };
    const saved = record?.saved ?? savedOf(plan);
    if (brought !== undefined) client.boot({ ...boot, shared: brought });
    else if (saved !== undefined) client.boot({ ...boot, saved });
    else if (plan.from !== undefined && "shared" in plan.from)
      void bootShared(this.#element, client, boot, plan.base, plan.from);
    else void bootPrebuilt(client, boot, plan.base, early);
    return ready;
  }

  #connect(client: MachineClient, { plan, use, keeping }: Opened): void {
    const speak = (sentence: string): void => this.#speak(sentence);
    this.#terminals = new Terminals(this.#element, client, {
      asText: this.#bar.settings.asText,
      onAsText: (on) => this.#bar.set("asText", on),
      lag: use.lag ?? 0,
      speak,
    });
    this.#terminals.setAsText(this.#bar.settings.asText);
    client.on("report", (message) => {
      this.#report = message;
      this.#showReport();
      this.#late?.inspector?.refresh();
      use.onReport?.(message.report, placeOf(this.#time), this.#time?.entries);
    });
    client.on("idle", () => keeping.soon());
    client.on("timeline", (time) => {
      this.#time = time;
      this.#moved = placeOf(time) !== 0;
      keeping.soon();
    });
    client.on("moved", ({ terminals, entry, front }) => {
      this.#terminals?.clear();
      this.#terminals?.adopt(this.#machines, terminals, plan.startOn);
      if (front !== undefined) this.#terminals?.show(front);
      this.#speak(entry === 0 ? "Back at the start." : "The ship is at another point of the time line.");
      keeping.soon();
    });
    client.on("ready", ({ machines }) => {
      this.#machines = use.oneMachine === true ? machines.filter(({ name }) => name === plan.startOn) : machines;
    });
  }

  #machines: Parameters<Terminals["adopt"]>[0] = [];

  /** Code of the panes that are not needed for a prompt, and the drawer that some of them use. */
  async #panes(): Promise<{ panes: typeof import("./late-panes.ts"); drawer: Drawer }> {
    const panes = await import("./late-panes.ts");
    this.#drawer ??= new panes.Drawer(this.#element);
    this.#splits ??= panes.setUpSplits(this.#element);
    return { panes, drawer: this.#drawer };
  }

  /** Orders, ship, time line, editor and inspector come after the prompt. */
  async #addLatePanes(client: MachineClient, machines: Parameters<Terminals["adopt"]>[0]): Promise<void> {
    const [arrived] = await Promise.all([this.#panes(), this.#opened?.use.prepare?.()]).catch(() => []);
    if (arrived === undefined) {
      // The network is gone since the prompt: asked for again until they come.
      if (this.#client === client) setTimeout(() => void this.#addLatePanes(client, machines), AGAIN);
      return;
    }
    const { panes, drawer } = arrived;
    const opened = this.#opened;
    if (this.#client !== client || opened === undefined) return;
    this.#late = new panes.LatePanes(this.#element, client, opened.plan, opened.use, {
      drawer,
      machines,
      time: this.#time,
      settings: this.#bar.settings,
      starts: this.#starts,
      hasMoved: () => this.#moved,
      onSaved: () => opened.keeping.soon(),
      share: (entry) => void this.#share("link", entry),
      typeInto: (machine, command) => this.typeInto(machine, command),
      speak: (sentence) => this.#speak(sentence),
    });
    this.#showReport();
    if (this.#wanted !== undefined) this.openFile(this.#wanted);
    this.#wanted = undefined;
  }

  #showReport(): void {
    if (this.#report === undefined) return;
    const { boarding, pilot } = this.#report.report;
    this.#before ??= { boarding, pilot };
    this.#late?.showReport(this.#report, this.#before, this.#moved);
  }

  /** The plan's own files as they are at the start, for differences later. */
  async #readStarts(client: MachineClient, files: readonly string[]): Promise<void> {
    for (const place of files) {
      const cut = place.indexOf(":");
      if (cut < 1) continue;
      const text = await client.readFile(place.slice(0, cut), place.slice(cut + 1)).catch(() => "");
      this.#starts[place] ??= text;
    }
  }

  #toKeep(): { client: MachineClient; page: PageState } | undefined {
    const client = this.#client;
    if (client === undefined || this.#element.dataset.status !== "ready") return undefined;
    const began = this.#opened?.use.steps?.began;
    return {
      client,
      page: { screens: this.#terminals?.screens ?? {}, starts: this.#starts, before: this.#before, began },
    };
  }

  #dropPanes(): void {
    this.#terminals?.dispose();
    this.#late?.editor?.dispose();
    this.#late = undefined;
    this.#report = undefined;
    this.#time = undefined;
    this.#drawer?.close();
  }

  // --- one tab at a time ---

  #showElsewhere(opened: Opened): void {
    this.#element.dataset.status = "elsewhere";
    const place = find(this.#element, "[data-start]");
    const button = h("button", { type: "button", class: "btn main big" }, "Take over");
    const takeOver = (): void => {
      button.disabled = true;
      hideNotice(this.#element);
      void opened.ownership.takeOver().then(() => this.#begin(opened));
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
    const opened = this.#opened;
    if (opened === undefined) return;
    await opened.keeping.save();
    this.#end(opened);
    this.#showElsewhere(opened);
  }

  // --- the bar ---

  #makeBar(acts: Readonly<Record<string, () => void>>): Bar {
    return new Bar(this.#element, {
      acts: {
        // Where the points before are no longer kept, the time line says so.
        undo: () => (this.#time?.canUndo ? this.#client?.send({ type: "undo" }) : this.#late?.timeline.open()),
        redo: () => this.#client?.send({ type: "redo" }),
        timeline: () => this.#late?.timeline.open(),
        "reset-lesson": () => this.putBack(0),
        requests: () => void this.#late?.inspector?.open(),
        compare: () => this.#compare(),
        share: () => void this.#share("link"),
        export: () => void this.#share("file"),
        "as-text": () => {
          this.#terminals?.setAsText(!this.#terminals.asText);
          this.#terminals?.focus();
        },
        taller: () => this.#splits?.change("terminal", 10),
        shorter: () => this.#splits?.change("terminal", -10),
        wider: () => this.#splits?.change("orders", 10),
        narrower: () => this.#splits?.change("orders", -10),
        fold: () => this.#element.toggleAttribute("data-fold"),
        ...acts,
      },
      onSetting: (name, on) => {
        if (name === "plainEditor") this.#late?.editor?.setPlain(on);
        else if (name === "vimKeys") this.#late?.editor?.setVim(on);
        else this.#terminals?.setAsText(on);
      },
    });
  }

  /** A page that is left or hidden keeps its state; a hidden one stops its clock. */
  #watchPage(): void {
    addEventListener("pagehide", () => void this.#opened?.keeping.save());
    document.addEventListener("visibilitychange", () => {
      this.#client?.send({ type: "pause", paused: document.hidden || this.#paused });
      if (document.hidden) void this.#opened?.keeping.save();
    });
  }

  pause(on: boolean): void {
    this.#paused = on;
    this.#client?.send({ type: "pause", paused: on || document.hidden });
  }

  /** `entry` is a point of the time line; without it the machine goes as it is. */
  async #share(way: "link" | "file", entry?: number): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#opened === undefined) return;
    const { plan, keeping } = this.#opened;
    const { openSharing, saveToFile } = await import("./sharing.ts");
    if (way === "link") await openSharing((await this.#panes()).drawer, client, plan, entry, this.#time?.entries);
    else if (!(await saveToFile(client, plan))) await keeping.save().then(() => keeping.offer());
  }

  async pack(withWay = false): Promise<string | undefined> {
    const client = this.#client;
    const plan = this.#opened?.plan;
    if (client === undefined || plan === undefined || this.#element.dataset.status !== "ready") return undefined;
    const { packMachine, packSession } = await import("./sharing.ts");
    return (withWay ? packSession : packMachine)(client, plan).catch(() => undefined);
  }

  #compare(): void {
    const table = document.querySelector<HTMLElement>("[data-boats]");
    if (table === null) return;
    // On small screens it lies in one of the panes.
    const pane = table.closest<HTMLElement>("[data-pane]")?.dataset.pane ?? "read";
    const read = document.getElementById(`p-${pane}`) as HTMLInputElement | null;
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

  putBack(to: number): void {
    const client = this.#client;
    const noun = this.#opened?.plan.noun;
    if (client === undefined || noun === undefined) return;
    if (to === 0) this.#late?.reports.beginAnew();
    void this.#panes().then(({ panes }) =>
      panes.putBack(this.#element, client, { to, from: this.#time?.current ?? 0, noun }),
    );
  }

  async replay(entry: number): Promise<void> {
    await this.#client?.replay(entry);
  }

  typeInto(machine: string, command: string): void {
    const radio = document.getElementById("p-term") as HTMLInputElement | null;
    if (radio !== null) radio.checked = true;
    void this.#terminals?.typeInto(machine, command);
  }

  openFile(place: string): void {
    if (this.#late === undefined) this.#wanted = place;
    else void this.#late.editor?.open(place);
    find(this.#element, "#editor").scrollIntoView({ block: "nearest" });
  }
}

/** The point whose state the machine is at: after a reset the one that was gone back to. */
function placeOf(time: Heard<"timeline"> | undefined): number {
  return time?.entries.find(({ entry }) => entry === time.current)?.to ?? time?.current ?? 0;
}
