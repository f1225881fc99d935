// Programs come when they are first run: who drives a fleet loads what it asks for and goes on.

import { type CopyOptions, copyState, Fleet, type FleetState, programsOf } from "../fleet.ts";
import type { Programs } from "../programs.ts";

/** How often a question may wait for programs: a script may call one that calls another. */
const ROUNDS = 8;

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
