// Plays scripts straight into forks of a fleet, without a page's server between: thousands of proofs begin at one booted base.

import { createHash } from "node:crypto";
import { bootScene, copyState, Fleet, type FleetState, type Scene, type Setup } from "#sandbox";
import type { GradeReport, Grading } from "#sandbox/grader/check.ts";
import { judge } from "#sandbox/host/judge.ts";
import { performSetup } from "#sandbox/host/setup.ts";
import type { Programs } from "#sandbox/programs.ts";
import type { ScriptLine } from "./lessons.ts";

/** How long a line may keep the prompt away before the next one is typed ahead (ms of the machine). */
const PATIENCE = 20_000;
const SIZE = { columns: 100, rows: 40 };

/** A fleet after its script. */
export interface PlayedFleet {
  /** Types more lines. */
  type(lines: readonly ScriptLine[]): void;
  /** Lets so much more time pass (ms), and judges a copy. */
  grade(grading: Grading, settle: number): GradeReport;
  /** The same for the last time: the fleet itself is judged, which saves the copy. */
  gradeLast(grading: Grading, settle: number): GradeReport;
}

/** What JSON does not know, as values that it knows. */
function spellOut(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [value.constructor.name, ...value];
  if (value instanceof Uint8Array) return ["Uint8Array", Buffer.from(value).toString("latin1")];
  return typeof value === "bigint" ? ["bigint", String(value)] : value;
}

export class QuickPlayer {
  readonly #programs: Programs;
  readonly #booted = new Map<Scene, Promise<FleetState>>();

  /** All programs must be loaded. */
  constructor(programs: Programs) {
    this.#programs = programs;
  }

  #boot(scene: Scene): Promise<FleetState> {
    const known = this.#booted.get(scene) ?? bootScene(scene, this.#programs).then((fleet) => fleet.snapshot());
    this.#booted.set(scene, known);
    return known;
  }

  /** A scene as it is when somebody sits down at it, at a terminal of the host where one is told. */
  async begin(scene: Scene, setup: Setup, host?: string): Promise<FleetState> {
    const fleet = new Fleet(copyState(await this.#boot(scene)), this.#programs);
    await performSetup(fleet, setup, this.#programs);
    if (host !== undefined) sitDown(fleet, host);
    return fleet.snapshot();
  }

  /** A hash of a scene as it was booted, which all plays share: whatever happens on copies, it stays the same. */
  async readShared(scene: Scene): Promise<string> {
    const { machines, ...rest } = await this.#boot(scene);
    // The epoch counts the copies that were made.
    const still = machines.map(({ fs, ...machine }) => ({ ...machine, fs: { ...fs, epoch: 0 } }));
    return createHash("sha256")
      .update(JSON.stringify([rest, still], spellOut))
      .digest("hex");
  }

  /** Types the lines on a copy of the start. */
  play(start: FleetState, host: string, lines: readonly ScriptLine[]): PlayedFleet {
    const fleet = new Fleet(copyState(start), this.#programs);
    let terminal = sitDown(fleet, host);
    const type = (more: readonly ScriptLine[]): void => {
      for (const line of more) {
        if (line.kind === "wait") fleet.advance(line.seconds * 1000);
        else if (line.kind === "host") terminal = sitDown(fleet, line.machine);
        else typeLine(fleet, terminal, line.text);
      }
    };
    const grade = (grading: Grading, settle: number, fork: () => Fleet): GradeReport => {
      fleet.advance(settle);
      const history = historyOf(fleet);
      return judge.grade(fork(), grading, history);
    };
    type(lines);
    return {
      type,
      grade: (grading, settle) => grade(grading, settle, () => fleet.fork()),
      gradeLast: (grading, settle) => grade(grading, settle, () => fleet.handOn()),
    };
  }
}

function historyOf(fleet: Fleet): readonly string[] {
  return fleet.terminals.flatMap(({ machine, pid }) => {
    const kept = fleet.machine(machine).process(pid)?.kept as { readonly history?: readonly string[] } | undefined;
    return kept?.history ?? [];
  });
}

/** The terminal of a machine: the pirate's on the outsider, else root's; opened where there is none. */
function sitDown(fleet: Fleet, machine: string): string {
  const open = fleet.terminals.find((each) => each.machine === machine);
  if (open !== undefined) return open.id;
  const id = `t${fleet.terminals.length + 1}`;
  fleet.openTerminal(id, machine, "root", SIZE);
  untilPrompt(fleet, id);
  return id;
}

function typeLine(fleet: Fleet, terminal: string, line: string): void {
  fleet.type(terminal, `${line}\r`);
  untilPrompt(fleet, terminal);
}

function untilPrompt(fleet: Fleet, terminal: string): void {
  const end = fleet.now + PATIENCE;
  do {
    if (fleet.run() === "loading") throw new Error(`not loaded: ${[...fleet.world.wanted].join(", ")}`);
    fleet.world.output.clear();
  } while (!fleet.atPrompt(terminal) && fleet.goToNext(end));
}
