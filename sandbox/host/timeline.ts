// The points a laboratory can go back to: one after each command and each save, as a tree.

import type { Fleet, FleetState } from "../fleet.ts";
import type { TimelineEntry } from "../protocol.ts";

/** Points kept with their state; older ones are forgotten, the start never. */
const KEPT = 200;

export type Lean = (start: FleetState, state: FleetState) => FleetState;

export class Timeline {
  #entries: TimelineEntry[] = [];
  readonly #states = new Map<number, FleetState>();
  #current = 0;
  #next = 0;
  /** Points undone, nearest last: what redo goes to. */
  #undone: number[] = [];

  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  /** The points as they are told: those without their state say so. */
  get told(): readonly TimelineEntry[] {
    return this.#entries.map((each) => (this.#states.has(each.entry) ? each : { ...each, gone: true }));
  }

  get current(): number {
    return this.#current;
  }

  get canUndo(): boolean {
    return this.#parentWithState() !== undefined;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** The first point: the fleet as it was booted. */
  begin(fleet: Fleet): void {
    const machine = fleet.terminals[0]?.machine ?? fleet.machines[0]?.state.name ?? "";
    this.#entries = [{ entry: 0, at: fleet.now, kind: "start", machine, label: "", parent: undefined }];
    this.#states.set(0, fleet.snapshot());
    this.#current = 0;
    this.#next = 1;
  }

  /** A time line out of points that were kept. */
  static of(entries: readonly TimelineEntry[], current: number, states: ReadonlyMap<number, FleetState>): Timeline {
    const timeline = new Timeline();
    timeline.#entries = [...entries];
    for (const [entry, state] of states) timeline.#states.set(entry, state);
    timeline.#current = current;
    timeline.#next = 1 + Math.max(0, ...entries.map(({ entry }) => entry));
    return timeline;
  }

  /** The state of a point, if it is still known. */
  stateOf(entry: number): FleetState | undefined {
    return this.#states.get(entry);
  }

  /** The points that led to the current one, oldest first, itself included. */
  path(): number[] {
    const path: number[] = [];
    let at: number | undefined = this.#current;
    while (at !== undefined && !path.includes(at)) {
      path.unshift(at);
      const here: number = at;
      at = this.#entries.find(({ entry }) => entry === here)?.parent;
    }
    return path;
  }

  /** `lean` gives an equal state that shares with the start whatever did not change since: points are many, changes are few. */
  add(fleet: Fleet, kind: "command" | "save", machine: string, label: string, lean?: Lean): void {
    const start = this.#states.get(0);
    const state = fleet.snapshot();
    this.#push(
      { at: fleet.now, kind, machine, label },
      lean === undefined || start === undefined ? state : lean(start, state),
    );
  }

  #push(point: Omit<TimelineEntry, "entry" | "parent">, state: FleetState): void {
    const entry = this.#next++;
    this.#entries = [...this.#entries, { ...point, entry, parent: this.#current }];
    this.#states.set(entry, state);
    this.#current = entry;
    this.#undone = [];
    this.#forget();
  }

  /** Back to the state of an older point, as a point of its own: undo leads to where one was. */
  reset(to: number): FleetState | undefined {
    const state = this.#states.get(to);
    const there = this.#entries.find(({ entry }) => entry === to);
    if (state === undefined || there === undefined) return undefined;
    const { at, machine } = there;
    if (this.#current !== to) this.#push({ at, kind: "reset", machine, label: "", to: there.to ?? to }, state);
    return state;
  }

  #forget(): void {
    for (const { entry } of this.#entries) {
      if (this.#states.size <= KEPT) return;
      if (entry !== 0 && entry !== this.#current) this.#states.delete(entry);
    }
  }

  #parentWithState(): number | undefined {
    const parent = this.#entries.find((each) => each.entry === this.#current)?.parent;
    return parent !== undefined && this.#states.has(parent) ? parent : undefined;
  }

  /** One step back; the state to go to, or undefined at the start. */
  back(): FleetState | undefined {
    const parent = this.#parentWithState();
    if (parent === undefined) return undefined;
    this.#undone.push(this.#current);
    this.#current = parent;
    return this.#states.get(parent);
  }

  /** One step forward again. */
  forward(): FleetState | undefined {
    const entry = this.#undone.pop();
    if (entry === undefined) return undefined;
    this.#current = entry;
    return this.#states.get(entry);
  }

  /** Any point that is still known. */
  goTo(entry: number): FleetState | undefined {
    const state = this.#states.get(entry);
    if (state === undefined) return undefined;
    this.#undone = [];
    this.#current = entry;
    return state;
  }
}
