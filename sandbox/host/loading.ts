// Programs come when they are first run: who drives a fleet loads what it asks for and goes on.

import { type CopyOptions, copyState, Fleet, type FleetState, programsOf } from "../fleet.ts";
import type { Programs } from "../programs.ts";

/** How often a question may wait for programs: a script may call one that calls another. */
const ROUNDS = 8;

/** How long after a failure code is asked for again (ms). */
const AGAIN = 2_000;

/** Brings code that something waits for. Where it does not come, that is told once, and it is asked for until it does. */
export class Bringing {
  readonly #later: (ms: number, run: () => void) => void;
  readonly #tell: (why: string | undefined) => void;
  #asked = false;
  #failed = false;
  #done: (() => void)[] = [];

  /** `tell` hears why it does not come, and undefined when it has come after all. */
  constructor(later: (ms: number, run: () => void) => void, tell: (why: string | undefined) => void) {
    this.#later = later;
    this.#tell = tell;
  }

  /** Calls `done` when it is there. What is asked for meanwhile is the same. */
  bring(load: () => Promise<unknown>, done: () => void): void {
    this.#done.push(done);
    if (this.#asked) return;
    this.#asked = true;
    this.#ask(load);
  }

  #ask(load: () => Promise<unknown>): void {
    load().then(
      () => {
        this.#asked = false;
        if (this.#failed) this.#tell(undefined);
        this.#failed = false;
        for (const done of this.#done.splice(0)) done();
      },
      (error: unknown) => {
        if (!this.#failed) this.#tell(error instanceof Error ? error.message : String(error));
        this.#failed = true;
        this.#later(AGAIN, () => this.#ask(load));
      },
    );
  }
}

/** Runs until nothing is left to do now. */
export async function runLoaded(fleet: Fleet, programs: Programs): Promise<void> {
  while (fleet.run() === "loading") await programs.loadAll([...fleet.world.wanted]);
}

/** A fleet of its own out of a state, with the programs of its processes. */
export async function wakeUp(state: FleetState, programs: Programs, options?: CopyOptions): Promise<Fleet> {
  await programs.loadAll([...programsOf(state)].filter((name) => programs.known(name)));
  return new Fleet(copyState(state), programs, options);
}

/** Asks a question that runs commands; what they lack is loaded, and it is asked again. */
export async function askLoaded<T>(programs: Programs, ask: () => T): Promise<T> {
  const { missed } = programs;
  for (let round = 0; ; round++) {
    missed.clear();
    const answer = ask();
    if (missed.size === 0 || round === ROUNDS) return answer;
    await programs.loadAll([...missed]);
  }
}
