// The room as its acts make it: a fold over the acts that were not undone, so that an undo needs no memory of what was before.

import type { KeptAct } from "./api/acts.ts";
import type { RoomView } from "./api/views.ts";

/** The part of a room that acts decide. */
export type RoomState = Pick<RoomView, "locked" | "gates" | "open" | "pace" | "countdown" | "exam">;

/** An act with the time it was done at. */
export interface Done {
  readonly at: number;
  readonly act: KeptAct;
}

export const emptyRoomState: RoomState = { locked: false, gates: false, open: "all" };

/** Acts that change the room for everyone in it. */
export const roomActs: readonly KeptAct["type"][] = [
  "lessons",
  "gates",
  "pace",
  "countdown",
  "countdown-stop",
  "exam",
  "exam-stop",
  "lock",
];

/** Acts that a learner may receive. */
export const inboxActs: readonly KeptAct["type"][] = ["message", "release", "push", "look", "send-state"];

/** Whether an act is for this learner. */
export function isFor(act: KeptAct, learner: string): boolean {
  switch (act.type) {
    case "message":
    case "release":
    case "push":
      return act.to === "all" || act.to.includes(learner);
    case "look":
    case "send-state":
      return act.learner === learner;
    default:
      return false;
  }
}

function apply(state: RoomState, { at, act }: Done): RoomState {
  switch (act.type) {
    case "lessons":
      return { ...state, open: act.open };
    case "gates":
      return { ...state, gates: act.on };
    case "lock":
      return { ...state, locked: act.on };
    case "pace":
      return {
        ...state,
        pace: act.step === undefined ? { lesson: act.lesson } : { lesson: act.lesson, step: act.step },
      };
    case "countdown":
      return { ...state, countdown: { act: act.id, label: act.label, endsAt: at + act.seconds * 1000 } };
    case "countdown-stop": {
      const { countdown: _, ...rest } = state;
      return rest;
    }
    case "exam": {
      const { id, seed, minutes, note } = act;
      return { ...state, exam: { act: id, seed, minutes, note, startedAt: at, endsAt: at + minutes * 60_000 } };
    }
    case "exam-stop": {
      const { exam: _, ...rest } = state;
      return rest;
    }
    default:
      return state;
  }
}

export const foldRoom = (done: readonly Done[]): RoomState => done.reduce(apply, emptyRoomState);
