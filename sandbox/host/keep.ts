// What of a laboratory is kept or handed on: the start whole, everything else as what changed. Loaded after the prompt.

import type { FleetState } from "../fleet.ts";
import { hashText } from "../kernel/hash.ts";
import {
  type Boot,
  type PrebuiltScene,
  SAVED_FORMAT,
  type SavedLab,
  type SavedTimeline,
  type SharedFleet,
  type SharedWay,
  type TimelineEntry,
} from "../protocol.ts";
import { applyDelta, type Delta, findDelta } from "./delta.ts";
import { pack, unpack } from "./pack.ts";
import { joinRest, readFirst } from "./prebuilt.ts";
import { Timeline } from "./timeline.ts";

/** Points that are kept on the reader's device with their state. */
const SAVED = 60;

/** A fleet's state and its time line. */
export interface Kept {
  readonly state: FleetState;
  readonly timeline: Timeline;
}

/** A point's state as the change from an older point. */
interface Change {
  readonly entry: number;
  readonly from: number;
  readonly delta: string;
}

/** What was packed once, by the state it is or leads to: a point never changes. */
const found = new WeakMap<FleetState, Change>();
const packed = new WeakMap<FleetState, string>();

/** A state equal to one given, sharing with the start whatever is the same in both. */
export function leanState(start: FleetState, state: FleetState): FleetState {
  return applyDelta(start, findDelta(start, state)) as FleetState;
}

/** A laboratory as it is kept on the reader's device. */
export function saveLab(lab: string, timeline: Timeline, now: FleetState): SavedLab {
  const start = timeline.stateOf(0);
  if (start === undefined) throw new Error("the time line has not begun");
  const whole = packed.get(start) ?? pack(start);
  packed.set(start, whole);
  const points = { ...savePoints(timeline, SAVED), start: whole };
  return { format: SAVED_FORMAT, lab, fleet: pack(findDelta(start, now)), timeline: points };
}

/** The time line with its newest points, so many at most. */
function savePoints(timeline: Timeline, most: number): Omit<SavedTimeline, "start"> {
  const { entries, current } = timeline;
  const known = entries.filter(({ entry }) => entry !== 0 && timeline.stateOf(entry) !== undefined);
  const kept = [0, ...known.slice(Math.max(0, known.length - most)).map(({ entry }) => entry)];
  return { entries, current, points: kept.slice(1).map((entry) => changeTo(timeline, entry, kept)) };
}

/** The change that makes a point's state out of the nearest older point on its way that is kept. */
function changeTo(timeline: Timeline, entry: number, kept: readonly number[]): Change {
  const parentOf = (at: number): number => {
    const { to, parent } = timeline.entries.find((each) => each.entry === at) ?? {};
    return to ?? parent ?? 0;
  };
  let from = parentOf(entry);
  while (!kept.includes(from)) from = parentOf(from);
  const state = timeline.stateOf(entry) as FleetState;
  const before = found.get(state);
  // A reset shares its state with the point that it went back to.
  if (before?.entry === entry && before.from === from) return before;
  const change = { entry, from, delta: pack(findDelta(timeline.stateOf(from), state)) };
  found.set(state, change);
  return change;
}

/**
 * What `saveLab` gave, as a fleet's state and its time line.
 * @throws Error where it does not hang together, belongs to another laboratory or to another version.
 */
export function readLab(saved: unknown, lab: string): Kept {
  const kept = saved as SavedLab;
  if (kept.format !== SAVED_FORMAT || kept.lab !== lab)
    throw new Error("it was written by another version of the course");
  const start = unpack(kept.timeline.start) as FleetState;
  packed.set(start, kept.timeline.start);
  return readPoints(start, kept);
}

function readPoints(start: FleetState, { fleet, timeline: { entries, current, points } }: SharedWay): Kept {
  const states = new Map([[0, start]]);
  for (const { entry, from, delta } of points) {
    const before = states.get(from);
    if (before === undefined) throw new Error("a point of the time line is missing");
    const state = applyDelta(before, unpack(delta) as Delta) as FleetState;
    states.set(entry, state);
    found.set(state, { entry, from, delta });
  }
  return {
    state: applyDelta(start, unpack(fleet) as Delta) as FleetState,
    timeline: Timeline.of(entries, current, states),
  };
}

/** A state for handing on: what changed since its scene was booted at build time. */
export function shareState(scene: PrebuiltScene, state: FleetState): SharedFleet {
  return { base: fingerprint(scene), change: pack(findDelta(bootedState(scene), state)) };
}

/** A laboratory with the way it took, for handing on: the start as any shared state, the rest as changes. */
export function shareWay(
  scene: PrebuiltScene,
  timeline: Timeline,
  now: FleetState,
  most: number,
): { readonly start: SharedFleet; readonly way: SharedWay } {
  const start = timeline.stateOf(0);
  if (start === undefined) throw new Error("the time line has not begun");
  const way = { fleet: pack(findDelta(start, now)), timeline: savePoints(timeline, most) };
  return { start: shareState(scene, start), way };
}

/**
 * The state that somebody shared, with its time line; an empty one where none was shared.
 * @throws Error where it does not belong to this scene as this build boots it, or cannot be read.
 */
export function readShared({ fleet: { base, change }, way, ...scene }: NonNullable<Boot["shared"]>): Kept {
  if (fingerprint(scene) !== base) throw new Error("it was made with another version of the course");
  const state = applyDelta(bootedState(scene), unpack(change) as Delta) as FleetState;
  if (way === undefined) return { state, timeline: new Timeline() };
  const { entries, current, points } = way.timeline;
  if (!Array.isArray(entries) || !Array.isArray(points) || !entries.every(isEntry) || !Number.isInteger(current))
    throw new Error("its time line cannot be read");
  return readPoints(state, way);
}

/** Times that a calendar knows (ms). */
const LATEST = 8.64e15;

/** Whether it is a point as a page shows one: it came from somebody else. */
function isEntry(value: unknown): value is TimelineEntry {
  const { entry, at, kind, machine, label, parent, to } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isInteger(entry) &&
    typeof at === "number" &&
    Math.abs(at) <= LATEST &&
    ["start", "command", "save", "reset"].includes(String(kind)) &&
    typeof machine === "string" &&
    typeof label === "string" &&
    [parent, to].every((point) => point === undefined || Number.isInteger(point))
  );
}

function bootedState({ first, rest }: PrebuiltScene): FleetState {
  const state = readFirst(first);
  joinRest(state, rest);
  return state;
}

/** Which booted scene this is: 64 bits of its text (two runs of FNV-1a), enough to tell two builds apart. */
function fingerprint({ first, rest }: PrebuiltScene): string {
  const run = (seed?: number): string => hashText(rest, hashText(first, seed)).toString(16).padStart(8, "0");
  return run() + run(0x1000193);
}
