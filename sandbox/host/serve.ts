// Serves one laboratory over any endpoint: messages in, the fleet run in slices, messages out. Knows no lesson and no page.

import { copyState, Fleet, type FleetState, programsOf, type Terminal } from "../fleet.ts";
import type { GradeReport, Grading } from "../grader/check.ts";
import type { ShipFacts } from "../grader/facts.ts";
import { isErrno as failed, isErrno } from "../kernel/errno.ts";
import { ROOT } from "../kernel/fs/inode.ts";
import { decode } from "../kernel/text.ts";
import type { Programs } from "../programs.ts";
import type { Boot, DirItem, FromMachine, OpenTerminal, SeenRequest, ToMachine } from "../protocol.ts";
import type { Scene } from "../scene.ts";
import { joinRest, readFirst } from "./prebuilt.ts";
import { type Lean, Timeline } from "./timeline.ts";

/** Where messages go out. A MessagePort, a worker's scope or a test's array can stand behind it. */
export interface Endpoint {
  post(message: FromMachine): void;
}

/** The host's time and turn, which the sandbox itself must not have. */
export interface HostClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Runs a function in a turn of its own, after messages that have arrived. */
  soon(run: () => void): void;
  later(ms: number, run: () => void): void;
}

/** What judges a fork; loaded after the prompt, for it is not needed before. */
export interface Judge {
  grade(fork: Fleet, grading: Grading, history: readonly string[]): GradeReport;
  observe(fork: Fleet, captain?: string): ShipFacts;
  requests(fleet: Fleet): readonly SeenRequest[];
}

/** How long a slice may hold the thread, how often the clock is looked at, and when a change is judged (ms). */
const SLICE = 8;
const TICK = 50;
const SETTLE = 250;
/** How often a judgement may wait for programs: a script may call one that calls another. */
const LOADINGS = 8;
/** Bytes of output on their way to a paced terminal at any time, and in one message. */
const WINDOW = 65_536;
const MESSAGE = 16_384;
/** Services go on by themselves: how often that alone is judged (ms). */
const BACKGROUND = 2_000;
/** Keys by which a line at the prompt is run or given up: Enter, ^C, ^D, ^O. */
const SUBMITS = /[\r\n\x03\x04\x0f]/;
/** A clock that jumped (a sleeping laptop) does not make the machine live through hours at once. */
const LONGEST_LEAP = 10_000;

export class LabServer {
  readonly #endpoint: Endpoint;
  readonly #clock: HostClock;
  readonly #programs: Programs;
  readonly #loadJudge: () => Promise<Judge>;
  #boot: Boot | undefined;
  #fleet: Fleet | undefined;
  #timeline = new Timeline();
  #lean: Lean | undefined;
  #judge: Judge | undefined;
  #watched: { machine: string; path: string; version: number }[] = [];
  #scheduled = false;
  #ticking = false;
  #paused = false;
  #lastLook = 0;
  /** The state changed since it was judged, or since the last point of the time line. */
  #unjudged = false;
  #judgeAt: number | undefined;
  /** Terminals in which something was typed, and whose prompt has not come back since. */
  readonly #waitedFor = new Set<string>();
  #nextTerminal = 1;
  /** A prebuilt scene whose second part has not come; messages wait for it. */
  #incomplete = false;
  #waiting: Exclude<ToMachine, { type: "boot" | "rest" }>[] = [];
  #rest: string | undefined;
  #onRest: (() => void) | undefined;
  /** Bytes of output sent and not yet shown, by terminal. */
  readonly #flying = new Map<string, number>();
  /** Commands typed so far in each shell, by the length of its history. */
  #counts = new Map<string, number>();

  constructor(endpoint: Endpoint, clock: HostClock, programs: Programs, loadJudge: () => Promise<Judge>) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#programs = programs;
    this.#loadJudge = loadJudge;
  }

  /** Takes one message. Our own mistakes become a `fault`, never an exception in the host. */
  receive(message: ToMachine): void {
    try {
      if (message.type === "boot") {
        this.#start(message.boot).catch((error: unknown) => this.#fault(error));
        return;
      }
      if (message.type === "rest") this.#complete(message.text);
      else if (this.#incomplete || this.#fleet === undefined) this.#waiting.push(message);
      else this.#act(message, this.#fleet);
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    this.#endpoint.post({
      type: "fault",
      kind: "crash",
      text: error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error),
    });
  }

  // --- beginning ---

  async #start(boot: Boot): Promise<void> {
    this.#boot = boot;
    const { saved, shared, lab } = boot;
    const resumed = saved === undefined ? undefined : await this.#takeUp("saved", ({ readLab }) => readLab(saved, lab));
    const sent = shared && (await this.#takeUp("shared", ({ readShared }) => readShared(shared)));
    const kept = resumed ?? sent;
    if (kept) this.#fleet = kept;
    else {
      const setup = boot.setup ?? [];
      // Services work in a setup, so the whole scene must be there before it.
      if (setup.length > 0 && boot.prebuilt !== undefined) await this.#restArrives();
      this.#incomplete = boot.prebuilt !== undefined && this.#rest === undefined;
      const fleet = await this.#newFleet(boot);
      if (setup.length > 0) await (await import("./setup.ts")).performSetup(fleet, setup, this.#programs);
      this.#fleet = fleet;
      this.#fleet.world.resting = this.#incomplete;
      this.#openSceneTerminals(boot.scene, this.#fleet);
      await this.#runLoaded(this.#fleet);
    }
    this.#lastLook = this.#clock.now();
    this.#endpoint.post({
      type: "ready",
      lab: boot.lab,
      machines: this.#fleet.machines.map((kernel) => ({ name: kernel.state.name, address: kernel.sourceAddress() })),
      terminals: this.#openTerminals(),
      resumed: resumed !== undefined,
    });
    this.#flush(this.#fleet);
    // The first prompt has the processor to itself: what comes later comes with the second part.
    if (this.#incomplete && this.#rest === undefined) return;
    if (this.#incomplete) return this.#complete(this.#rest as string);
    this.#loadAhead(this.#fleet);
    if (!kept || this.#timeline.entries.length === 0) this.#timeline.begin(this.#fleet);
    this.#begin();
  }

  async #newFleet(boot: Boot): Promise<Fleet> {
    // Making a fleet from nothing needs certificates and keys: code that a prebuilt scene does without.
    if (boot.prebuilt === undefined) return (await import("../images/index.ts")).bootScene(boot.scene, this.#programs);
    const state = readFirst(boot.prebuilt);
    if (this.#rest !== undefined) joinRest(state, this.#rest);
    return new Fleet(state, this.#programs);
  }

  /** Resolves when the second part of the prebuilt scene is there. */
  #restArrives(): Promise<void> {
    return this.#rest === undefined ? new Promise((resolve) => (this.#onRest = resolve)) : Promise.resolve();
  }

  /** The second part has come: everything that waited goes on. */
  #complete(text: string): void {
    if (!this.#incomplete || this.#fleet === undefined) {
      this.#rest = text;
      this.#onRest?.();
      return;
    }
    this.#incomplete = false;
    this.#fleet.world.resting = false;
    joinRest(
      { world: this.#fleet.world.state, machines: this.#fleet.machines.map((each) => each.state), terminals: [] },
      text,
    );
    this.#timeline = new Timeline();
    this.#timeline.begin(this.#fleet);
    this.#loadAhead(this.#fleet);
    this.#begin();
  }

  /** From here on time passes and messages act. */
  #begin(): void {
    const fleet = this.#fleet as Fleet;
    this.#lastLook = this.#clock.now();
    this.#rememberCounts();
    this.#postTimeline();
    this.#unjudged = true;
    for (const message of this.#waiting.splice(0)) this.#act(message, fleet);
    this.#wake();
  }

  /** What is wanted soon: the everyday commands first, then what the services need. Nothing waits for it. */
  #loadAhead(fleet: Fleet): void {
    const services = fleet.machines.flatMap((kernel) =>
      [...kernel.state.processes.values()].map((each) => each.program),
    );
    const names = [...new Set(["cat", ...services])].filter((name) => this.#programs.known(name));
    this.#programs
      .loadAll(names)
      .then(async () => {
        this.#lean = (await import("./keep.ts")).leanState;
      })
      .catch((error: unknown) => this.#fault(error));
  }

  #openSceneTerminals(scene: Scene, fleet: Fleet): void {
    const size = this.#boot?.size ?? { columns: 80, rows: 24 };
    for (const { machine, user } of scene.terminals ??
      scene.machines.map((each) => ({ machine: each.name, user: "root" }))) {
      fleet.openTerminal(`t${this.#nextTerminal++}`, machine, user, size);
    }
  }

  /** A fleet with its time line out of what was kept or sent; undefined (and a fault told) where it cannot be read, or belongs to another build. */
  async #takeUp(
    kind: "saved" | "shared",
    read: (keep: typeof import("./keep.ts")) => { readonly state: FleetState; readonly timeline: Timeline },
  ): Promise<Fleet | undefined> {
    try {
      const { state, timeline } = read(await import("./keep.ts"));
      const fleet = await this.#wakeUp(state);
      this.#timeline = timeline;
      return fleet;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text =
        kind === "saved"
          ? `The saved laboratory cannot be read: ${reason}. This one begins anew.`
          : `The shared machine cannot be taken up: ${reason}. This one begins at the start.`;
      this.#endpoint.post({ type: "fault", kind, text });
      return undefined;
    }
  }

  /** A fleet out of a state that came from outside. */
  async #wakeUp(state: FleetState): Promise<Fleet> {
    await this.#programs.loadAll([...programsOf(state)].filter((name) => this.#programs.known(name)));
    const fleet = new Fleet(copyState(state), this.#programs);
    this.#nextTerminal = 1 + Math.max(0, ...fleet.terminals.map((each) => Number(each.id.slice(1)) || 0));
    await this.#runLoaded(fleet);
    return fleet;
  }

  /** Runs until nothing is left to do now, loading what is asked for. */
  async #runLoaded(fleet: Fleet): Promise<void> {
    while (fleet.run() === "loading") await this.#programs.loadAll([...fleet.world.wanted]);
  }

  // --- messages ---

  #act(message: Exclude<ToMachine, { type: "boot" | "rest" }>, fleet: Fleet): void {
    switch (message.type) {
      case "input":
        this.#input(fleet, message.terminal, message.data);
        return;
      case "shown":
        this.#flying.set(message.terminal, Math.max(0, (this.#flying.get(message.terminal) ?? 0) - message.bytes));
        if (fleet.world.output.has(message.terminal)) this.#wake();
        return;
      case "resize":
        fleet.resize(message.terminal, { columns: message.columns, rows: message.rows });
        this.#wake();
        return;
      case "open-terminal":
        this.#openTerminal(message.id, message.machine, message.user, fleet);
        return;
      case "close-terminal":
        fleet.closeTerminal(message.terminal);
        this.#touch();
        return;
      case "list-dir":
        this.#endpoint.post({ type: "dir", id: message.id, ...listDir(fleet, message.machine, message.path) });
        return;
      case "read-file":
        this.#endpoint.post({ type: "file", id: message.id, ...readText(fleet, message.machine, message.path) });
        return;
      case "write-file":
        this.#writeFile(message.id, message.machine, message.path, message.content, fleet);
        return;
      case "read-running":
        this.#endpoint.post({ type: "file", id: message.id, ...this.#readRunning(message.machine, message.path) });
        return;
      case "share":
      case "share-way":
      case "replay":
      case "compare":
        import("./hand-on.ts")
          .then(({ handOn }) =>
            handOn(message, {
              fleet,
              timeline: this.#timeline,
              programs: this.#programs,
              now: () => this.#clock.now(),
              post: (answer) => this.#endpoint.post(answer),
              moveTo: (state, front) => this.#moveTo(state, front),
              comparing: async () => ({
                judge: await this.#withJudge(),
                grading: this.#grading,
                programs: this.#programs,
                ask: (question) => this.#whenLoaded(question),
              }),
            }),
          )
          .catch((error: unknown) => this.#fault(error));
        return;
      case "watch-files":
        this.#watched = message.files.map(({ machine, path }) => ({
          machine,
          path,
          version: versionOf(fleet, machine, path),
        }));
        return;
      case "grade":
        void this.#report(message.id, message.settle);
        return;
      case "undo":
        this.#moveTo(this.#timeline.back());
        return;
      case "redo":
        this.#moveTo(this.#timeline.forward());
        return;
      case "go-to":
        this.#moveTo(this.#timeline.goTo(message.entry));
        return;
      case "reset": {
        const { to = 0 } = message;
        this.#moveTo(this.#timeline.reset(to), undefined, to);
        return;
      }
      case "save":
        this.#save(message.id, fleet).catch((error: unknown) => this.#fault(error));
        return;
      case "requests":
        void this.#withJudge().then((judge) => {
          if (this.#fleet)
            this.#endpoint.post({ type: "requests", id: message.id, requests: judge.requests(this.#fleet) });
        });
        return;
      case "advance":
        fleet.world.advance(message.ms);
        this.#touch();
        return;
      case "pause":
        this.#paused = message.paused;
        this.#lastLook = this.#clock.now();
        this.#wake();
        return;
    }
  }

  /** Keys that only edit the line at a prompt change nothing that is judged or kept: their echo waits for nothing. */
  #input(fleet: Fleet, terminal: string, data: string): void {
    const edits = !SUBMITS.test(data) && fleet.atPrompt(terminal);
    const { changes } = fleet.world;
    fleet.type(terminal, data);
    if (!edits) this.#touch(terminal);
    this.#slice();
    if (!edits) return;
    if (!fleet.atPrompt(terminal)) this.#touch(terminal);
    else if (this.#judgedChanges === changes) this.#judgedChanges = fleet.world.changes;
  }

  #openTerminal(id: number, machine: string, user: string, fleet: Fleet): void {
    const opened = fleet.openTerminal(
      `t${this.#nextTerminal++}`,
      machine,
      user,
      this.#boot?.size ?? { columns: 80, rows: 24 },
    );
    if (isErrno(opened)) {
      this.#endpoint.post({
        type: "terminal-opened",
        id,
        terminal: undefined,
        error: `${user} cannot log in on ${machine}.`,
      });
      return;
    }
    this.#endpoint.post({ type: "terminal-opened", id, terminal: describe(opened) });
    this.#wake();
  }

  #writeFile(id: number, machine: string, path: string, content: string, fleet: Fleet): void {
    const problem = fleet.writeFile(machine, path, content);
    this.#endpoint.post({ type: "written", id, ...(problem ? { error: problem.text } : {}) });
    if (problem) return;
    const watched = this.#watched.find((each) => each.machine === machine && each.path === path);
    if (watched) watched.version = versionOf(fleet, machine, path);
    this.#timeline.add(fleet, "save", machine, path, this.#lean);
    this.#postTimeline();
    this.#touch();
  }

  async #save(id: number, fleet: Fleet): Promise<void> {
    const { saveLab } = await import("./keep.ts");
    this.#endpoint.post({ type: "saved", id, lab: saveLab(this.#boot?.lab ?? "", this.#timeline, fleet.snapshot()) });
  }

  /** The file at the oldest point of this line at which the captain that runs now was running already. */
  #readRunning(machine: string, path: string): { content: string; error?: string } {
    const captain = this.#fleet && captainOf(this.#fleet.snapshot(), machine);
    if (captain === undefined) return { content: "", error: `No kubelet runs on ${machine}.` };
    const states = this.#timeline.path().flatMap((entry) => this.#timeline.stateOf(entry) ?? []);
    const since = states.find((state) => {
      const then = captainOf(state, machine);
      return then?.pid === captain.pid && then.startTime === captain.startTime;
    });
    const then = since === undefined ? this.#fleet : new Fleet(copyState(since), this.#programs);
    return readText(then as Fleet, machine, path);
  }

  // --- time line ---

  /** `front` is the terminal to show, `entry` the point whose state it is. */
  #moveTo(state: ReturnType<Timeline["back"]>, front?: string, entry = this.#timeline.current): void {
    if (state === undefined || this.#fleet === undefined) return;
    const names = this.#fleet.terminals.map((each) => each.id);
    this.#fleet = new Fleet(copyState(state), this.#programs);
    this.#flying.clear();
    for (const { id, machine, user } of this.#missing(names, this.#fleet))
      this.#fleet.openTerminal(id, machine, user, this.#boot?.size ?? { columns: 80, rows: 24 });
    this.#lastLook = this.#clock.now();
    this.#rememberCounts();
    this.#endpoint.post({
      type: "moved",
      entry,
      terminals: this.#openTerminals(),
      ...(front === undefined ? {} : { front }),
    });
    this.#postTimeline();
    for (const watched of this.#watched) watched.version = -1;
    this.#waitedFor.clear();
    this.#touch();
  }

  /** Terminals opened since that point stay open, with a fresh login. */
  #missing(names: readonly string[], fleet: Fleet): Terminal[] {
    const before = this.#boot === undefined ? [] : this.#allTerminals;
    return before.filter((each) => names.includes(each.id) && !fleet.terminals.some((have) => have.id === each.id));
  }

  get #allTerminals(): Terminal[] {
    return this.#fleet?.terminals ?? [];
  }

  #postTimeline(): void {
    const { entries, current, canUndo, canRedo } = this.#timeline;
    this.#endpoint.post({ type: "timeline", entries, current, canUndo, canRedo });
  }

  // --- running ---

  /** Something happened that may change the state. */
  #touch(terminal?: string): void {
    if (terminal !== undefined) this.#waitedFor.add(terminal);
    this.#unjudged = true;
    this.#judgeAt = undefined;
    this.#wake();
  }

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      try {
        this.#slice();
      } catch (error) {
        this.#fault(error);
        this.#wake();
      }
    });
  }

  /** Holds the thread for a few milliseconds of work, then lets messages in. */
  #slice(): void {
    const fleet = this.#fleet;
    if (fleet === undefined || this.#incomplete) return;
    this.#letTimePass(fleet);
    const end = this.#clock.now() + SLICE;
    const state = fleet.run(() => this.#clock.now() >= end);
    const wrote = this.#flush(fleet);
    if (state === "loading") {
      void this.#programs.loadAll([...fleet.world.wanted]).then(
        () => this.#wake(),
        (error: unknown) => this.#fault(error),
      );
      return;
    }
    if (state === "busy" || wrote) this.#wake();
    if (state === "idle" && fleet.world.output.size === 0) this.#settled(fleet);
    this.#tick();
  }

  #letTimePass(fleet: Fleet): void {
    const now = this.#clock.now();
    const passed = Math.min(now - this.#lastLook, LONGEST_LEAP);
    this.#lastLook = now;
    if (!this.#paused && passed > 0) fleet.world.advance(passed);
  }

  /** Looks at the clock again soon: timers of services and sleeping programs are due some time. */
  #tick(): void {
    if (this.#ticking || this.#paused) return;
    this.#ticking = true;
    this.#clock.later(TICK, () => {
      this.#ticking = false;
      this.#wake();
    });
  }

  #flush(fleet: Fleet): boolean {
    const paced = this.#boot?.paced === true;
    let wrote = false;
    for (const terminal of [...fleet.world.output.keys()])
      for (;;) {
        const flying = this.#flying.get(terminal) ?? 0;
        const data = paced && flying >= WINDOW ? undefined : fleet.world.takeOutput(terminal, MESSAGE);
        if (data === undefined) break;
        if (paced) this.#flying.set(terminal, flying + data.length);
        this.#endpoint.post({ type: "output", terminal, data });
        wrote = true;
      }
    for (const terminal of fleet.world.closedTerminals) {
      const at = fleet.terminals.findIndex((each) => each.id === terminal);
      if (at >= 0) fleet.terminals.splice(at, 1);
      this.#flying.delete(terminal);
      this.#endpoint.post({ type: "terminal-closed", terminal });
    }
    fleet.world.closedTerminals.clear();
    return wrote;
  }

  #settled(fleet: Fleet): void {
    const prompts = fleet.terminals.filter((each) => fleet.atPrompt(each.id)).map((each) => each.id);
    const back = prompts.filter((id) => this.#waitedFor.delete(id));
    if (back.length > 0) {
      this.#noteCommands(fleet, back);
      const statuses = Object.fromEntries(fleet.terminals.map((each) => [each.id, shellOf(fleet, each).status]));
      this.#endpoint.post({ type: "idle", prompts, statuses });
      this.#judgeAt = this.#clock.now();
    }
    this.#tellFileChanges(fleet);
    const since = this.#clock.now() - this.#judgedAt;
    if (!this.#unjudged && fleet.world.changes !== this.#judgedChanges && since > BACKGROUND) this.#unjudged = true;
    if (!this.#unjudged) return;
    this.#judgeAt ??= this.#clock.now() + SETTLE;
    if (this.#clock.now() < this.#judgeAt) return;
    this.#unjudged = false;
    this.#judgeAt = undefined;
    void this.#report(undefined);
  }

  #judgedChanges = -1;
  #judgedAt = Number.NEGATIVE_INFINITY;

  /** A point of the time line for each shell that has been given a command since the last look. */
  #noteCommands(fleet: Fleet, ids: readonly string[]): void {
    for (const terminal of fleet.terminals) {
      if (!ids.includes(terminal.id)) continue;
      const { typed, lastTyped } = shellOf(fleet, terminal);
      const before = this.#counts.get(terminal.id) ?? 0;
      this.#counts.set(terminal.id, typed);
      if (typed === before) continue;
      this.#timeline.add(fleet, "command", terminal.machine, lastTyped, this.#lean);
      this.#postTimeline();
    }
  }

  #rememberCounts(): void {
    this.#counts.clear();
    const fleet = this.#fleet;
    for (const terminal of fleet?.terminals ?? [])
      this.#counts.set(terminal.id, shellOf(fleet as Fleet, terminal).typed);
  }

  #tellFileChanges(fleet: Fleet): void {
    for (const watched of this.#watched) {
      const version = versionOf(fleet, watched.machine, watched.path);
      if (version === watched.version) continue;
      watched.version = version;
      const { content, error } = readText(fleet, watched.machine, watched.path);
      this.#endpoint.post({
        type: "file-changed",
        machine: watched.machine,
        path: watched.path,
        content: error === undefined ? content : undefined,
      });
    }
  }

  // --- judging ---

  get #grading(): Grading {
    return this.#boot?.grading ?? { checks: [], boarding: [], pilot: [] };
  }

  async #withJudge(): Promise<Judge> {
    this.#judge ??= await this.#loadJudge();
    return this.#judge;
  }

  async #report(id: number | undefined, settle = 0): Promise<void> {
    try {
      const judge = await this.#withJudge();
      const fleet = this.#fleet;
      if (fleet === undefined) return;
      this.#judgedChanges = fleet.world.changes;
      this.#judgedAt = this.#clock.now();
      const grading = this.#grading;
      const history = fleet.terminals.flatMap((terminal) => shellOf(fleet, terminal).history);
      const judged = settle > 0 ? await this.#later(fleet, settle) : fleet;
      const report = await this.#whenLoaded(() => judge.grade(judged.fork(), grading, history));
      const facts = judge.observe(fleet.fork(), grading.captain);
      this.#endpoint.post({ type: "report", ...(id === undefined ? {} : { id }), report, facts });
    } catch (error) {
      this.#fault(error);
    }
  }

  /** A copy that has lived so many milliseconds more. */
  async #later(fleet: Fleet, ms: number): Promise<Fleet> {
    const copy = fleet.fork();
    copy.world.advance(ms);
    await this.#runLoaded(copy);
    return copy;
  }

  /** Checks run commands that nobody may have typed yet: what they lack is loaded, and they are asked again. */
  async #whenLoaded<T>(ask: () => T): Promise<T> {
    const { missed } = this.#programs;
    for (let rounds = 0; ; rounds++) {
      missed.clear();
      const answer = ask();
      if (missed.size === 0 || rounds === LOADINGS) return answer;
      await this.#programs.loadAll([...missed]);
    }
  }

  #openTerminals(): OpenTerminal[] {
    return (this.#fleet?.terminals ?? []).map(describe);
  }
}

/** The kubelet's process in a state. */
function captainOf(state: FleetState, machine: string): { pid: number; startTime: number } | undefined {
  const processes = state.machines.find(({ name }) => name === machine)?.processes.values() ?? [];
  for (const { pid, program, startTime } of processes) if (program.startsWith("kubelet")) return { pid, startTime };
  return undefined;
}

function describe(terminal: Terminal): OpenTerminal {
  return { terminal: terminal.id, machine: terminal.machine, user: terminal.user };
}

/** What a terminal's login shell shows of itself: commands typed so far, the last of them, and its history. */
function shellOf(
  fleet: Fleet,
  terminal: Terminal,
): { typed: number; lastTyped: string; history: readonly string[]; status: number } {
  const kept = fleet.machine(terminal.machine).process(terminal.pid)?.kept;
  const state = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  return {
    typed: typeof state["typed"] === "number" ? state["typed"] : 0,
    lastTyped: typeof state["lastTyped"] === "string" ? state["lastTyped"] : "",
    history: Array.isArray(state["history"]) ? state["history"].map(String) : [],
    status: typeof state["status"] === "number" ? state["status"] : 0,
  };
}

function listDir(fleet: Fleet, machine: string, path: string): { items: DirItem[]; error?: string } {
  const { fs } = fleet.machine(machine);
  const found = fs.walk(path, "/", ROOT);
  if (failed(found)) return { items: [], error: found.text };
  if (found.inode.type !== "directory" || found.inode.virtual) return { items: [], error: "Not a directory" };
  const items: DirItem[] = [];
  for (const [name, ino] of found.inode.entries ?? []) {
    const { type } = fs.get(ino);
    items.push({ name, type: type === "file" || type === "directory" || type === "symlink" ? type : "other" });
  }
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function readText(fleet: Fleet, machine: string, path: string): { content: string; error?: string } {
  const bytes = fleet.readFile(machine, path);
  return isErrno(bytes) ? { content: "", error: bytes.text } : { content: decode(bytes) };
}

function versionOf(fleet: Fleet, machine: string, path: string): number {
  const found = fleet.machine(machine).fs.walk(path, "/", ROOT);
  return isErrno(found) ? 0 : found.inode.ino * 1_000_000 + found.inode.version;
}
