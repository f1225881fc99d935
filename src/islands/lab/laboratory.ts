// The laboratory of a lesson: boots or takes up its machine, connects the panes to it, keeps it on this device, survives a dead worker.

import type { Check, GradeReport } from "#sandbox/grader/check.ts";
import type { SavedLab } from "#sandbox/protocol.ts";
import { type LessonData, loadLesson } from "../../course/load.ts";
import { MachineClient } from "../../machine/client.ts";
import { forgetLab, type LabRecord, loadLab, packForFile, readAside, saveLab, setAside } from "../../state/keeper.ts";
import { createOwnership, type Ownership } from "../../state/ownership.ts";
import { $progress, loadProgress, noteProgress } from "../../state/progress.ts";
import { EditorPane } from "../editor/editor-pane.ts";
import { Inspector } from "../inspector/inspector.ts";
import { Orders } from "../orders/orders.ts";
import { Boats } from "../ship/boats.ts";
import { showShip } from "../ship/ship.ts";
import { Terminals } from "../terminal/terminals.ts";
import { TimelineView } from "../timeline/timeline.ts";
import { Drawer } from "./drawer.ts";
import { find } from "./dom.ts";
import { offerFile, showNotice } from "./notice.ts";
import { readSettings, saveSettings } from "./settings.ts";
import { setUpSplits } from "./split.ts";
import { Steps } from "./steps.ts";

/** What the page may ask of a running laboratory. */
export interface Laboratory {
  typeInto(machine: string, command: string): void;
  openFile(place: string): void;
}

const quiet = 600;
const heartbeat = 5000;

/** Opens the laboratory of the page; one per page. */
export async function openLaboratory(element: HTMLElement): Promise<Laboratory> {
  const lab = new Lab(element);
  await lab.start();
  return lab;
}

class Lab implements Laboratory {
  readonly #element: HTMLElement;
  readonly #id: string;
  readonly #settings = readSettings();
  readonly #ownership: Ownership;
  readonly #steps: Steps;
  readonly #boats: Boats;
  readonly #drawer: Drawer;
  #client: MachineClient | undefined;
  #lesson: LessonData | undefined;
  #terminals: Terminals | undefined;
  #editor: EditorPane | undefined;
  #orders: Orders | undefined;
  #timeline: TimelineView | undefined;
  #inspector: Inspector | undefined;
  #starts: Record<string, string> = {};
  /** The last record that was saved or read: what a restarted worker begins with. */
  #record: LabRecord | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #faults: number[] = [];
  #toldFull = false;
  #moved = false;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#id = element.dataset["lesson"] as string;
    this.#ownership = createOwnership(this.#id, async () => this.#letGo());
    this.#drawer = new Drawer(element);
    this.#boats = new Boats(element);
    this.#steps = new Steps((element.dataset["steps"] ?? "").split(" ").filter((id) => id !== ""));
    const splits = setUpSplits(element);
    this.#wireBar(splits);
  }

  async start(): Promise<void> {
    const [lesson] = await Promise.all([loadLesson(this.#id), loadProgress()]);
    this.#lesson = lesson;
    if (await this.#ownership.claim()) await this.#begin();
    else this.#showElsewhere();
  }

  // --- beginning and ending ---

  async #begin(): Promise<void> {
    const loaded = await loadLab(this.#id);
    if (loaded.kind === "bad") this.#tellBad(loaded.why);
    if (loaded.kind === "fault") {
      showNotice(
        this.#element,
        "Nothing is kept here",
        "This browser does not let the page keep data, as in a private window. The laboratory works; it ends with this page.",
      );
    }
    this.#record = loaded.kind === "record" ? loaded.record : undefined;
    await this.#boot(this.#record);
  }

  /** Starts a worker and connects the panes; resolves when the machine is ready. */
  #boot(record: LabRecord | undefined): Promise<void> {
    const lesson = this.#lesson as LessonData;
    const client = new MachineClient();
    this.#client = client;
    client.onDeath = (reason) => this.#revive(reason);
    this.#connect(client);
    const ready = new Promise<void>((resolve) => {
      client.on("ready", ({ machines, terminals, resumed }) => {
        this.#element.dataset["status"] = "ready";
        this.#terminals?.adopt(
          machines,
          terminals,
          this.#element.dataset["startOn"] ?? "",
          resumed ? (record?.screens ?? {}) : {},
        );
        this.#starts = resumed ? (record?.starts ?? {}) : {};
        if (!resumed) void this.#readStarts(client);
        this.#editor ??= this.#makeEditor(client, machines);
        this.#enable(true);
        this.#terminals?.focus();
        this.#keepSoon();
        resolve();
      });
    });
    client.boot({
      lab: this.#id,
      scene: lesson.scene,
      ...(lesson.grading === undefined ? {} : { grading: lesson.grading }),
      ...(record === undefined ? {} : { saved: record.saved }),
      size: this.#terminals?.size ?? this.#guessSize(),
    });
    this.#startHeartbeat(client);
    return ready;
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
      asText: this.#settings.asText,
      onAsText: (on) => this.#setSetting("asText", on),
      onTyped: () => undefined,
      speak,
    });
    this.#terminals.setAsText(this.#settings.asText);
    this.#timeline = new TimelineView(client, this.#drawer);
    this.#inspector = new Inspector(this.#element, client, this.#drawer);
    this.#orders = new Orders(this.#element, {
      checks: this.#lesson?.grading?.checks ?? [],
      used: $progress.get().lessons[this.#id]?.hints ?? {},
      onHint: (check, stage) => void this.#noteHint(check, stage),
      onType: (machine, command) => this.typeInto(machine, command),
      speak,
    });
    client.on("report", ({ report, facts }) => {
      this.#orders?.show(report.verdicts);
      this.#boats.show(report);
      showShip(this.#element, facts);
      find(this.#element, "[data-facts-title]").textContent = this.#moved
        ? "After your last change"
        : "As you found it";
      this.#inspector?.refresh();
      void this.#noteReport(report);
    });
    client.on("idle", () => this.#keepSoon());
    client.on("timeline", ({ current }) => {
      this.#moved = current !== 0;
      this.#keepSoon();
    });
    client.on("moved", ({ terminals, entry }) => {
      this.#terminals?.clear();
      this.#terminals?.adopt(this.#machines, terminals, this.#element.dataset["startOn"] ?? "");
      this.#speak(entry === 0 ? "Back at the start." : "The ship is at another point of the time line.");
      this.#keepSoon();
    });
    client.on("ready", ({ machines }) => {
      this.#machines = machines;
    });
    client.on("fault", ({ kind, text }) => this.#hearFault(kind, text));
  }

  #machines: Parameters<Terminals["adopt"]>[0] = [];

  #makeEditor(client: MachineClient, machines: Parameters<Terminals["adopt"]>[0]): EditorPane {
    return new EditorPane(this.#element, client, {
      machines,
      first: (this.#element.dataset["files"] ?? "").split("\n").filter((place) => place !== ""),
      plain: this.#settings.plainEditor,
      vim: this.#settings.vimKeys,
      startOf: (place) => this.#starts[place],
      onFirstRead: (place, text) => {
        if (!this.#moved) this.#starts[place] ??= text;
      },
      onSaved: () => this.#keepSoon(),
      speak: (sentence) => this.#speak(sentence),
    });
  }

  /** The lesson's own files as they are at the start, for differences later. */
  async #readStarts(client: MachineClient): Promise<void> {
    for (const place of (this.#element.dataset["files"] ?? "").split("\n")) {
      const cut = place.indexOf(":");
      if (cut < 1) continue;
      const text = await client.readFile(place.slice(0, cut), place.slice(cut + 1)).catch(() => "");
      this.#starts[place] ??= text;
    }
  }

  #startHeartbeat(client: MachineClient): void {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => {
      if (document.hidden || this.#element.dataset["status"] !== "ready") return;
      const machine = this.#machines[0]?.name;
      if (machine === undefined) return;
      client.listDir(machine, "/").catch((error: unknown) => {
        if (this.#client === client && error instanceof Error && error.message.includes("does not answer"))
          client.die("it no longer answers");
      });
    }, heartbeat);
  }

  /** The worker died: start another from the last save. */
  #revive(reason: string): void {
    console.error("the machine's worker stopped:", reason);
    this.#faults.push(Date.now());
    this.#enable(false);
    const often = this.#faults.filter((at) => Date.now() - at < 30_000).length >= 3;
    const at = this.#record === undefined ? "the start" : new Date(this.#record.at).toLocaleTimeString();
    const again = (record: LabRecord | undefined): void => {
      this.#dropPanes();
      void this.#boot(record);
    };
    if (often) {
      this.#element.dataset["status"] = "broken";
      showNotice(
        this.#element,
        "The machine stops again and again",
        "Your last save may be what stops it. It is kept aside if you begin anew.",
        [
          { label: "Begin anew", main: true, run: () => void this.#beginAnew() },
          { label: "Try once more", run: () => again(this.#record) },
          { label: "Save a copy to a file", run: () => this.#offerRecord(this.#record) },
        ],
      );
      return;
    }
    again(this.#record);
    showNotice(
      this.#element,
      "The machine stopped and was started again",
      `It is as it was saved at ${at}. A command that ran just then is lost; nothing else is.`,
    );
  }

  #dropPanes(): void {
    clearInterval(this.#beat);
    this.#terminals?.dispose();
    this.#editor?.dispose();
    this.#editor = undefined;
    this.#drawer.close();
  }

  async #beginAnew(): Promise<void> {
    if (this.#record !== undefined) await setAside(this.#id, this.#record);
    this.#record = undefined;
    this.#client?.end();
    this.#dropPanes();
    await this.#boot(undefined);
  }

  // --- one tab at a time ---

  #showElsewhere(): void {
    this.#element.dataset["status"] = "elsewhere";
    showNotice(
      this.#element,
      "This laboratory is open in another tab",
      "Only one tab works on a ship at a time. Taking over saves it there and goes on here.",
      [{ label: "Take over", main: true, run: () => void this.#ownership.takeOver().then(() => this.#begin()) }],
    );
  }

  /** Another tab takes over: save, stop, say so. */
  async #letGo(): Promise<void> {
    await this.#keep();
    this.#client?.end();
    this.#dropPanes();
    this.#enable(false);
    this.#showElsewhere();
  }

  // --- keeping ---

  #keepSoon(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => void this.#keep(), quiet);
  }

  async #keep(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#element.dataset["status"] !== "ready") return;
    const saved: SavedLab | undefined = await client.save().catch(() => undefined);
    if (saved === undefined) return;
    const record: LabRecord = {
      version: 1,
      saved,
      at: Date.now(),
      screens: this.#terminals?.screens ?? {},
      starts: this.#starts,
    };
    this.#record = record;
    const fault = await saveLab(this.#id, record);
    if (fault === undefined) this.#toldFull = false;
    else if (!this.#toldFull) {
      this.#toldFull = true;
      if (fault === "full") {
        showNotice(
          this.#element,
          "No room left on this device",
          "The laboratory goes on, but what you do from here is lost when the page closes.",
          [
            { label: "Save it to a file", main: true, run: () => this.#offerRecord(this.#record) },
            { label: "Forget this lesson’s old save", run: () => void forgetLab(this.#id).then(() => this.#keep()) },
          ],
        );
      } else {
        showNotice(
          this.#element,
          "Could not keep the laboratory",
          "This browser refused to store it. The laboratory goes on and ends with this page.",
          [{ label: "Save it to a file", run: () => this.#offerRecord(this.#record) }],
        );
      }
    }
  }

  #offerRecord(record: unknown): void {
    offerFile(`kubelet-captain-${this.#id.replaceAll("/", "-")}.json`, packForFile(record));
  }

  #tellBad(why: string): void {
    showNotice(
      this.#element,
      "The saved laboratory could not be read",
      `${capital(why)}. It was set aside, and this one begins anew. Your progress is kept.`,
      [
        {
          label: "Save the old copy to a file",
          run: () => void readAside(this.#id).then((copy) => this.#offerRecord(copy)),
        },
      ],
    );
  }

  #hearFault(kind: "crash" | "saved" | "scene", text: string): void {
    console.error("fault:", kind, text);
    if (kind === "saved") {
      if (this.#record !== undefined) void setAside(this.#id, this.#record);
      this.#record = undefined;
      this.#tellBad(
        text.replace(/^The saved laboratory cannot be read: /, "").replace(/\. This one begins anew\.$/, ""),
      );
      return;
    }
    this.#faults.push(Date.now());
    if (kind === "crash" && this.#faults.filter((at) => Date.now() - at < 2000).length > 4) {
      this.#client?.die("it failed again and again");
      return;
    }
    const first = text.split("\n")[0] ?? text;
    showNotice(
      this.#element,
      kind === "scene" ? "This lesson’s scene could not be built" : "Something in the machine failed",
      `${first}. This is a fault of the course, not yours.`,
      [
        { label: "Begin anew", run: () => void this.#beginAnew() },
        { label: "Save the laboratory to a file", run: () => this.#offerRecord(this.#record) },
      ],
    );
  }

  // --- progress ---

  async #noteReport({ verdicts }: GradeReport): Promise<void> {
    const checks: readonly Check[] = this.#lesson?.grading?.checks ?? [];
    const passed = verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
    const step = this.#steps.show(checks, new Set(passed), this.#timeline?.current ?? 0);
    if (checks.length === 0) return;
    const now = Date.now();
    await noteProgress(this.#id, (old) => {
      const doneAt = old?.doneAt ?? (passed.length === checks.length ? now : undefined);
      return {
        passed,
        total: checks.length,
        step,
        steps: this.#steps.count,
        hints: old?.hints ?? {},
        begunAt: old?.begunAt ?? now,
        seenAt: now,
        ...(doneAt === undefined ? {} : { doneAt }),
      };
    });
  }

  async #noteHint(check: string, stage: number): Promise<void> {
    await noteProgress(this.#id, (old) => {
      const now = Date.now();
      const base = old ?? {
        passed: [],
        total: 0,
        step: 1,
        steps: this.#steps.count,
        hints: {},
        begunAt: now,
        seenAt: now,
      };
      return { ...base, hints: { ...base.hints, [check]: Math.max(stage, base.hints[check] ?? 0) } };
    });
  }

  // --- the bar ---

  #enable(on: boolean): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>(
      '[data-act="timeline"], [data-act="reset-step"], [data-act="reset-lesson"], [data-act="export"], [data-act="requests"], [data-act="as-text"]',
    )) {
      button.disabled = !on;
    }
  }

  #wireBar(splits: { change(name: string, by: number): void }): void {
    const acts: Readonly<Record<string, () => void>> = {
      undo: () => this.#client?.send({ type: "undo" }),
      redo: () => this.#client?.send({ type: "redo" }),
      timeline: () => this.#timeline?.open(),
      "reset-lesson": () => this.#client?.send({ type: "reset" }),
      "reset-step": () => this.#client?.send({ type: "go-to", entry: this.#steps.startOfCurrent }),
      requests: () => void this.#inspector?.open(),
      compare: () => this.#compare(),
      export: () => void this.#keep().then(() => this.#offerRecord(this.#record)),
      "as-text": () => {
        this.#terminals?.setAsText(!this.#terminals.asText);
        this.#terminals?.focus();
      },
      taller: () => splits.change("terminal", 10),
      shorter: () => splits.change("terminal", -10),
      wider: () => splits.change("orders", 10),
      narrower: () => splits.change("orders", -10),
      fold: () => this.#element.toggleAttribute("data-fold"),
    };
    document.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>("button");
      if (button === null) return;
      const { act, fill } = button.dataset;
      if (fill !== undefined) this.#fill(button, fill);
      const run = act === undefined ? undefined : acts[act];
      if (run === undefined) return;
      button.closest<HTMLElement>("[popover]")?.hidePopover();
      run();
    });
    for (const input of document.querySelectorAll<HTMLInputElement>("[data-setting]")) {
      const name = input.dataset["setting"] as "plainEditor" | "vimKeys" | "asText";
      input.checked = this.#settings[name];
      input.addEventListener("change", () => {
        this.#setSetting(name, input.checked);
        if (name === "plainEditor") this.#editor?.setPlain(input.checked);
        else if (name === "vimKeys") this.#editor?.setVim(input.checked);
        else this.#terminals?.setAsText(input.checked);
      });
    }
    addEventListener("pagehide", () => void this.#keep());
    document.addEventListener("visibilitychange", () => {
      this.#client?.send({ type: "pause", paused: document.hidden });
      if (document.hidden) void this.#keep();
    });
  }

  #setSetting(name: "plainEditor" | "vimKeys" | "asText", on: boolean): void {
    if (this.#settings[name] === on) return;
    this.#settings[name] = on;
    saveSettings(this.#settings);
    const input = document.querySelector<HTMLInputElement>(`[data-setting="${name}"]`);
    if (input !== null) input.checked = on;
  }

  #fill(button: HTMLButtonElement, pane: string): void {
    const on = this.#element.dataset["fill"] !== pane;
    if (on) this.#element.dataset["fill"] = pane;
    else delete this.#element.dataset["fill"];
    for (const each of this.#element.querySelectorAll("[data-fill]")) {
      if (each instanceof HTMLButtonElement) each.setAttribute("aria-pressed", String(on && each === button));
    }
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
    void this.#editor?.open(place);
    find(this.#element, "#editor").scrollIntoView({ block: "nearest" });
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
