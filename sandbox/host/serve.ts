// Serves one laboratory over any endpoint: messages in, the fleet run in slices, messages out. Knows no lesson and no page.
// One class, for a message may come at any moment of a beginning, a slice or a verdict; what each does stands in its own file.

import { copyState, Fleet } from "../fleet.ts";
import type { Grading } from "../grader/check.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Programs } from "../programs.ts";
import type { Boot, FromMachine, ToMachine } from "../protocol.ts";
import { bootAnew, SecondPart, takeUp } from "./beginning.ts";
import { type Judge, Judging } from "./judging.ts";
import { Bringing, runLoaded } from "./loading.ts";
import { listDir, readRunning, readText } from "./look.ts";
import { Output } from "./output.ts";
import { joinRest } from "./prebuilt.ts";
import { describeTerminal, statusesOf, Terminals } from "./terminals.ts";
import { type Lean, Timeline } from "./timeline.ts";
import { WatchedFiles } from "./watched.ts";

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

/** How long a slice may hold the thread, and how often the clock is looked at (ms). */
const SLICE = 8;
const TICK = 50;
/** Keys by which a line at the prompt is run or given up: Enter, ^C, ^D, ^O. */
const SUBMITS = /[\r\n\x03\x04\x0f]/;
/** A clock that jumped (a sleeping laptop) does not make the machine live through hours at once. */
const LONGEST_LEAP = 10_000;

export class LabServer {
  readonly #post: (message: FromMachine) => void;
  readonly #clock: HostClock;
  readonly #programs: Programs;
  readonly #judging: Judging;
  readonly #watched = new WatchedFiles();
  /** What keeps the machine from going on, what its verdicts lack, and what only comes ahead of its need. */
  readonly #needed: Bringing;
  readonly #judged: Bringing;
  readonly #ahead: Bringing;
  readonly #kept: Bringing;
  #boot: Boot | undefined;
  #fleet: Fleet | undefined;
  #output: Output;
  #terminals = new Terminals();
  #timeline = new Timeline();
  #lean: Lean | undefined;
  #scheduled = false;
  #ticking = false;
  #paused = false;
  #lastLook = 0;
  /** Terminals in which something was typed, and whose prompt has not come back since. */
  readonly #waitedFor = new Set<string>();
  /** A prebuilt scene whose second part has not come; messages wait for it. */
  #incomplete = false;
  readonly #rest = new SecondPart();
  #waiting: Exclude<ToMachine, { type: "boot" | "rest" }>[] = [];

  constructor(endpoint: Endpoint, clock: HostClock, programs: Programs, loadJudge: () => Promise<Judge>) {
    this.#post = (message) => endpoint.post(message);
    this.#clock = clock;
    this.#programs = programs;
    this.#judging = new Judging(programs, loadJudge, () => clock.now());
    this.#output = new Output(this.#post, false);
    const later = (ms: number, run: () => void): void => clock.later(ms, run);
    const tell = (what: "machine" | "verdicts") => (why: string | undefined) =>
      this.#post({ type: "waits", what: why === undefined ? undefined : what, why: why ?? "" });
    this.#needed = new Bringing(later, tell("machine"));
    this.#judged = new Bringing(later, tell("verdicts"));
    this.#ahead = new Bringing(later, () => undefined);
    this.#kept = new Bringing(later, () => undefined);
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
    this.#post({
      type: "fault",
      kind: "crash",
      text: error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error),
    });
  }

  // --- beginning ---

  async #start(boot: Boot): Promise<void> {
    this.#boot = boot;
    this.#output = new Output(this.#post, boot.paced === true);
    this.#terminals = new Terminals(boot.size);
    const kept = await takeUp(boot, this.#programs, this.#post);
    if (kept) {
      this.#timeline = kept.timeline;
      this.#terminals.continueAfter(kept.fleet);
    }
    const fleet = kept?.fleet ?? (await this.#bootAnew(boot));
    this.#fleet = fleet;
    this.#lastLook = this.#clock.now();
    this.#post({
      type: "ready",
      lab: boot.lab,
      machines: fleet.machines.map((kernel) => ({ name: kernel.state.name, address: kernel.network.sourceAddress() })),
      terminals: fleet.terminals.map(describeTerminal),
      resumed: kept?.resumed === true,
    });
    this.#output.flush(fleet);
    // The first prompt has the processor to itself: what comes later comes with the second part.
    if (this.#incomplete) {
      if (this.#rest.text !== undefined) this.#complete(this.#rest.text);
      return;
    }
    this.#loadAhead(fleet);
    if (!kept || this.#timeline.entries.length === 0) this.#timeline.begin(fleet);
    this.#begin();
  }

  /** The fleet at its start with a shell in each terminal, which may come before the second part of the scene. */
  async #bootAnew(boot: Boot): Promise<Fleet> {
    const fleet = await bootAnew(boot, this.#programs, this.#rest);
    this.#incomplete = boot.prebuilt !== undefined && this.#rest.text === undefined;
    fleet.world.resting = this.#incomplete;
    this.#terminals.openScene(fleet, boot.scene);
    await runLoaded(fleet, this.#programs);
    return fleet;
  }

  /** The second part has come: everything that waited goes on. */
  #complete(text: string): void {
    if (!this.#incomplete || this.#fleet === undefined) {
      this.#rest.bring(text);
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
    this.#terminals.remember(fleet);
    this.#postTimeline();
    this.#judging.touch();
    for (const message of this.#waiting.splice(0)) this.#act(message, this.#fleet as Fleet);
    this.#wake();
  }

  /** What is wanted soon: the everyday commands first, then what the services need. Nothing waits for it. */
  #loadAhead(fleet: Fleet): void {
    const services = fleet.machines.flatMap((kernel) =>
      [...kernel.state.processes.values()].map((each) => each.program),
    );
    const names = [...new Set(["cat", ...services])].filter((name) => this.#programs.known(name));
    this.#ahead.bring(
      async () => {
        await this.#programs.loadAll(names);
        this.#lean = (await import("./keep.ts")).leanState;
      },
      () => undefined,
    );
  }

  // --- messages ---

  #act(message: Exclude<ToMachine, { type: "boot" | "rest" }>, fleet: Fleet): void {
    switch (message.type) {
      case "input":
        this.#input(fleet, message.terminal, message.data);
        return;
      case "shown":
        this.#output.shown(message.terminal, message.bytes);
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
        this.#post({ type: "dir", id: message.id, ...listDir(fleet, message.machine, message.path) });
        return;
      case "read-file":
        this.#post({ type: "file", id: message.id, ...readText(fleet, message.machine, message.path) });
        return;
      case "write-file":
        this.#writeFile(message.id, message.machine, message.path, message.content, fleet);
        return;
      case "read-running":
        this.#post({
          type: "file",
          id: message.id,
          ...readRunning(this.#timeline, fleet, message.machine, message.path),
        });
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
              post: this.#post,
              moveTo: (state, front) => this.#moveTo(state, front),
              comparing: async () => ({
                judge: await this.#judging.judge(),
                grading: this.#grading,
                programs: this.#programs,
                ask: (question) => this.#judging.ask(question),
              }),
            }),
          )
          .catch((error: unknown) => this.#fault(error));
        return;
      case "watch-files":
        this.#watched.watch(fleet, message.files);
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
        this.#tellRequests(message.id).catch((error: unknown) => this.#fault(error));
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
    else this.#judging.overlook(fleet, changes);
  }

  #openTerminal(id: number, machine: string, user: string, fleet: Fleet): void {
    const opened = this.#terminals.open(fleet, machine, user);
    if (isErrno(opened)) {
      const error = `${user} cannot log in on ${machine}.`;
      this.#post({ type: "terminal-opened", id, terminal: undefined, error });
      return;
    }
    this.#post({ type: "terminal-opened", id, terminal: describeTerminal(opened) });
    this.#wake();
  }

  #writeFile(id: number, machine: string, path: string, content: string, fleet: Fleet): void {
    const problem = fleet.writeFile(machine, path, content);
    this.#post({ type: "written", id, ...(problem ? { error: problem.text } : {}) });
    if (problem) return;
    this.#watched.acknowledge(fleet, machine, path);
    this.#timeline.add(fleet, "save", machine, path, this.#lean);
    this.#postTimeline();
    this.#touch();
  }

  async #tellRequests(id: number): Promise<void> {
    const judge = await this.#judging.judge();
    if (this.#fleet) this.#post({ type: "requests", id, requests: judge.requests(this.#fleet) });
  }

  async #save(id: number, fleet: Fleet): Promise<void> {
    // Saving goes by itself: where its code is not there yet, the next save has it.
    await new Promise<void>((resolve) => this.#kept.bring(() => import("./keep.ts"), resolve));
    const { saveLab } = await import("./keep.ts");
    this.#post({ type: "saved", id, lab: saveLab(this.#boot?.lab ?? "", this.#timeline, fleet.snapshot()) });
  }

  // --- time line ---

  /** `front` is the terminal to show, `entry` the point whose state it is. */
  #moveTo(state: ReturnType<Timeline["back"]>, front?: string, entry = this.#timeline.current): void {
    const before = this.#fleet;
    if (state === undefined || before === undefined) return;
    const fleet = new Fleet(copyState(state), this.#programs);
    this.#fleet = fleet;
    this.#output.clear();
    this.#terminals.carryOver(before, fleet);
    this.#lastLook = this.#clock.now();
    this.#terminals.remember(fleet);
    this.#post({
      type: "moved",
      entry,
      terminals: fleet.terminals.map(describeTerminal),
      ...(front === undefined ? {} : { front }),
    });
    this.#postTimeline();
    this.#watched.doubt();
    this.#waitedFor.clear();
    this.#touch();
  }

  #postTimeline(): void {
    const { told: entries, current, canUndo, canRedo } = this.#timeline;
    this.#post({ type: "timeline", entries, current, canUndo, canRedo });
  }

  // --- running ---

  /** Something happened that may change the state. */
  #touch(terminal?: string): void {
    if (terminal !== undefined) this.#waitedFor.add(terminal);
    this.#judging.touch();
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
    const wrote = this.#output.flush(fleet);
    if (state === "loading") {
      this.#needed.bring(
        () => this.#programs.loadAll(fleet.world.wanted),
        () => this.#wake(),
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

  /** Nothing is left to do now: prompts that are back are told, commands become points of the time line, changes are judged. */
  #settled(fleet: Fleet): void {
    const prompts = fleet.terminals.filter((each) => fleet.atPrompt(each.id)).map((each) => each.id);
    const back = prompts.filter((id) => this.#waitedFor.delete(id));
    if (back.length > 0) {
      for (const { machine, line } of this.#terminals.takeCommands(fleet, back)) {
        this.#timeline.add(fleet, "command", machine, line, this.#lean);
        this.#postTimeline();
      }
      this.#post({ type: "idle", prompts, statuses: statusesOf(fleet) });
      this.#judging.hurry();
    }
    this.#watched.tellChanges(fleet, this.#post);
    if (this.#judging.isDue(fleet)) void this.#report(undefined);
  }

  // --- judging ---

  get #grading(): Grading {
    return this.#boot?.grading ?? { checks: [], boarding: [], pilot: [] };
  }

  async #report(id: number | undefined, settle = 0): Promise<void> {
    try {
      // The judge's code may still be on its way: what is judged is the fleet as it is then.
      await new Promise<void>((resolve) => this.#judged.bring(() => this.#judging.judge(), resolve));
      if (this.#fleet === undefined) return;
      const told = await this.#judging.report(this.#fleet, this.#grading, settle);
      if (told !== undefined) this.#post({ type: "report", ...(id === undefined ? {} : { id }), ...told });
    } catch (error) {
      this.#fault(error);
    }
  }
}
