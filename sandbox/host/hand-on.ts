// Hands a fleet on, as it is or with the way it took, plays such a way again, and compares two points of it. Loaded when first wanted.

import type { Fleet, FleetState } from "../fleet.ts";
import type { Programs } from "../programs.ts";
import type { FromMachine, ToMachine } from "../protocol.ts";
import type { Comparing } from "./compare.ts";
import { shareState, shareWay } from "./keep.ts";
import { retell } from "./retell.ts";
import type { Timeline } from "./timeline.ts";

/** What a command printed is found out again for so long at most (ms). */
const RETELLING = 1_500;

/** The laboratory, as far as this needs it. */
export interface Hand {
  readonly fleet: Fleet;
  readonly timeline: Timeline;
  readonly programs: Programs;
  /** The host's time (ms). */
  now(): number;
  post(message: FromMachine): void;
  moveTo(state: FleetState | undefined, front: string | undefined): void;
  /** What judges two points that are compared. */
  comparing(): Promise<Comparing>;
}

/** Carries out one of the messages that are about handing on. */
export async function handOn(
  message: Extract<ToMachine, { type: "share" | "share-way" | "replay" | "compare" }>,
  { fleet, timeline, programs, now, post, moveTo, comparing }: Hand,
): Promise<void> {
  if (message.type === "share") {
    const { id, base, entry } = message;
    const state = entry === undefined ? fleet.snapshot() : timeline.stateOf(entry);
    post({ type: "shared", id, fleet: state && shareState(base, state) });
  } else if (message.type === "compare") {
    const { id, from, to } = message;
    const [one, other] = [from, to].map((at) => (at === undefined ? fleet.snapshot() : timeline.stateOf(at)));
    const { compareStates } = await import("./compare.ts");
    post({ type: "compared", id, comparison: await compareStates(one, other, await comparing()) });
  } else if (message.type === "share-way") {
    const { id, base, most } = message;
    post({ type: "shared-way", id, ...shareWay(base, timeline, fleet.snapshot(), most) });
  } else {
    const end = now() + RETELLING;
    const told = await retell(timeline, message.entry, programs, () => now() > end);
    moveTo(timeline.goTo(message.entry), told?.terminal);
    if (told !== undefined) post({ type: "output", ...told });
  }
}
