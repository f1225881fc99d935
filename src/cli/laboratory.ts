// A laboratory in this process: the worker's server over a queue of messages, with a host clock that is stepped, not waited for.

import { stripVTControlCharacters } from "node:util";
import type { GradeReport, Grading } from "#sandbox/grader/check.ts";
import { judge } from "#sandbox/host/judge.ts";
import type { Judge } from "#sandbox/host/judging.ts";
import { type Prebuilt, splitState } from "#sandbox/host/prebuilt.ts";
import { type HostClock, LabServer } from "#sandbox/host/serve.ts";
import { bootScene } from "#sandbox/images/index.ts";
import type { Programs } from "#sandbox/programs.ts";
import type { FromMachine, OpenTerminal, ToMachine } from "#sandbox/protocol.ts";
import type { Scene, Setup } from "#sandbox/scene.ts";

/** Host milliseconds that a look at the clock takes: so even a busy machine lets its slices end. */
const LOOK = 0.02;
/** How long a line may keep the prompt away before the next one is typed ahead (ms of the machine). */
const PATIENCE = 20_000;
/** Time for services to come up, or to fail, before a verdict. */
const SETTLE = 3_000;

/** What a laboratory begins with: a start point of a lesson, or a drill. */
export interface LabStart {
  /** How people name it. */
  readonly name: string;
  readonly scene: Scene;
  readonly setup?: Setup;
  readonly grading: Grading;
  /** The machine whose terminal is in front. */
  readonly startOn: string;
  /** Time for services to come up, or to fail, before a verdict (ms); 3 s unless told. */
  readonly settle?: number;
  /** Judges instead of the grader. */
  readonly grade?: Judge["grade"];
}

/** Scenes booted in this process: many proofs begin at the same one, as readers begin at the one booted at build time. */
const booted = new WeakMap<Scene, Promise<Prebuilt>>();

function bootOnce(scene: Scene, programs: Programs): Promise<Prebuilt> {
  const known = booted.get(scene) ?? bootScene(scene, programs).then((fleet) => splitState(fleet.snapshot()));
  booted.set(scene, known);
  return known;
}

/** Turns and timers of a host whose time passes only when nothing else is left to do. */
class SteppedClock implements HostClock {
  #time = 0;
  readonly #turns: (() => void)[] = [];
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    this.#time += LOOK;
    return this.#time;
  }

  soon(run: () => void): void {
    this.#turns.push(run);
  }

  later(ms: number, run: () => void): void {
    this.#timers.push({ at: this.#time + ms, run });
  }

  get time(): number {
    return this.#time;
  }

  /** Runs one turn, or jumps to the next timer; false where nothing is left. */
  step(): boolean {
    const turn = this.#turns.shift();
    if (turn !== undefined) {
      turn();
      return true;
    }
    const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#time = Math.max(this.#time, next.at);
    next.run();
    return true;
  }
}

export class Laboratory {
  readonly #clock = new SteppedClock();
  /** Somebody waits for verdicts: what a page would show in between is not worked out. */
  #asked = false;
  readonly #judge: Judge;
  readonly #server: LabServer;
  readonly #screens = new Map<string, Uint8Array[]>();
  readonly #inbox: FromMachine[] = [];
  #terminals: readonly OpenTerminal[] = [];
  #prompts: readonly string[] = [];
  #nextId = 1;

  readonly #settle: number;

  private constructor(programs: Programs, { settle = SETTLE, grade = judge.grade }: LabStart) {
    this.#settle = settle;
    this.#judge = { ...judge, grade, isAsked: () => this.#asked };
    this.#server = new LabServer(
      { post: (message) => this.#take(message) },
      this.#clock,
      programs,
      async () => this.#judge,
    );
  }

  /** Boots a scene, carries out its setup, and waits for its prompts. */
  static async boot(start: LabStart, programs: Programs, columns = 100): Promise<Laboratory> {
    const laboratory = new Laboratory(programs, start);
    const { scene, setup, grading } = start;
    const { first, rest } = await bootOnce(scene, programs);
    const size = { columns, rows: 40 };
    const boot = { lab: "cli", scene, ...(setup ? { setup } : {}), grading, prebuilt: first, size };
    laboratory.#send({ type: "boot", boot });
    laboratory.#send({ type: "rest", text: rest });
    await laboratory.#waitFor((message) => message.type === "ready");
    await laboratory.#pump(() => laboratory.#prompts.length > 0, PATIENCE);
    return laboratory;
  }

  #send(message: ToMachine): void {
    // A page's messages are cloned on their way; ours are too, so that what cannot be cloned fails here.
    this.#server.receive(structuredClone(message));
  }

  #take(message: FromMachine): void {
    if (message.type === "fault") throw new Error(`the laboratory failed: ${message.text}`);
    if (message.type === "ready") this.#terminals = message.terminals;
    if (message.type === "terminal-opened" && message.terminal)
      this.#terminals = [...this.#terminals, message.terminal];
    if (message.type === "idle") this.#prompts = message.prompts;
    if (message.type === "output")
      this.#screens.set(message.terminal, [...(this.#screens.get(message.terminal) ?? []), message.data]);
    else this.#inbox.push(message);
  }

  /** Runs the host until a condition holds or so much of its time has passed. */
  async #pump(done: () => boolean, patience: number): Promise<boolean> {
    const end = this.#clock.time + patience;
    while (!done()) {
      if (this.#clock.time > end) return false;
      // Programs and the judge are loaded by promises: they have their turn whenever the queue is empty.
      if (!this.#clock.step()) await new Promise((resolve) => setImmediate(resolve));
      else await Promise.resolve();
    }
    return true;
  }

  async #waitFor<T extends FromMachine>(wanted: (message: FromMachine) => message is T, patience?: number): Promise<T>;
  async #waitFor(wanted: (message: FromMachine) => boolean, patience?: number): Promise<FromMachine>;
  async #waitFor(wanted: (message: FromMachine) => boolean, patience = 60_000): Promise<FromMachine> {
    await this.#pump(() => this.#inbox.some(wanted), patience);
    const at = this.#inbox.findIndex(wanted);
    const found = this.#inbox.splice(0, at + 1).at(-1);
    if (at < 0 || found === undefined) throw new Error("the laboratory did not answer in time");
    return found;
  }

  /** The terminal of a machine; opened for root where there is none. */
  async terminal(machine: string): Promise<string> {
    const open = this.#terminals.find((each) => each.machine === machine);
    if (open !== undefined) return open.terminal;
    const id = this.#nextId++;
    this.#send({ type: "open-terminal", id, machine, user: "root" });
    const opened = await this.#waitFor((message) => message.type === "terminal-opened");
    if (opened.terminal === undefined) throw new Error(opened.error ?? `there is no terminal on ${machine}`);
    await this.#pump(() => this.#prompts.includes(opened.terminal?.terminal ?? ""), PATIENCE);
    return opened.terminal.terminal;
  }

  /** Types a line and Enter, and waits for the prompt; a program that keeps it away gets the next line as its input. */
  async type(terminal: string, line: string): Promise<void> {
    this.#prompts = [];
    this.#send({ type: "input", terminal, data: `${line}\r` });
    await this.#pump(() => this.#prompts.includes(terminal), PATIENCE);
  }

  /** Keys as they come, without waiting. */
  press(terminal: string, keys: string): void {
    this.#send({ type: "input", terminal, data: keys });
  }

  /** Whether a terminal's login shell still runs. */
  isOpen(terminal: string): boolean {
    return !this.#inbox.some((message) => message.type === "terminal-closed" && message.terminal === terminal);
  }

  /** Lets time pass on the machines. */
  async wait(ms: number): Promise<void> {
    await this.#pump(() => false, ms);
  }

  /** What was written to a terminal since the last call. */
  takeBytes(terminal: string): Buffer {
    const parts = this.#screens.get(terminal) ?? [];
    this.#screens.delete(terminal);
    return Buffer.concat(parts);
  }

  /** The same as plain text. */
  takeScreen(terminal: string): string {
    return stripVTControlCharacters(this.takeBytes(terminal).toString()).replace(/\r+\n/g, "\n").replace(/\r/g, "");
  }

  async readFile(machine: string, path: string): Promise<string | undefined> {
    const id = this.#nextId++;
    this.#send({ type: "read-file", id, machine, path });
    const answer = await this.#waitFor((message) => message.type === "file" && message.id === id);
    return answer.type === "file" && answer.error === undefined ? answer.content : undefined;
  }

  /** Verdicts on the state as it is, after services have had time to come up. */
  async grade(): Promise<GradeReport> {
    await this.wait(this.#settle);
    this.#asked = true;
    const id = this.#nextId++;
    this.#send({ type: "grade", id });
    const answer = await this.#waitFor((message) => message.type === "report" && message.id === id);
    this.#asked = false;
    if (answer.type !== "report") throw new Error("the laboratory gave no verdicts");
    return answer.report;
  }
}
