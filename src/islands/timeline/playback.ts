// Plays a time line: one point after the other, in the rhythm in which it was done or faster. Knows no page and no machine.

import type { SharedWay, TimelineEntry } from "#sandbox/protocol.ts";

/** Pauses longer than this are cut (ms, before the speed), and no step is shorter than the other. */
const longestPause = 10_000;
const shortestPause = 600;

export const speeds = [1, 2, 4, 8] as const;

export interface PlaybackState {
  /** Index of the point that is shown, among `points`. */
  readonly at: number;
  readonly playing: boolean;
  /** Between two points. */
  readonly moving: boolean;
}

export interface Playback {
  readonly points: readonly TimelineEntry[];
  readonly state: PlaybackState;
  /** Times as fast as it was. */
  speed: number;
  /** Shows a point; while one is on its way, the last asked for comes next. */
  go(at: number): void;
  /** Plays from here, from the start where here is the end, or stops. */
  toggle(): void;
  stop(): void;
}

export interface PlaybackOptions {
  /** Moves the machine; resolves when it is there. */
  move(entry: number): Promise<void>;
  onChange(state: PlaybackState): void;
}

/** Points whose machine is known, in the order in which they came about. */
export function pointsOf({ timeline: { entries, points } }: SharedWay): TimelineEntry[] {
  const known = new Set([0, ...points.map(({ entry }) => entry)]);
  return entries.filter(({ entry }) => known.has(entry)).sort((a, b) => a.entry - b.entry);
}

export function createPlayback(points: readonly TimelineEntry[], at: number, options: PlaybackOptions): Playback {
  let state: PlaybackState = { at, playing: false, moving: false };
  let wanted: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const change = (part: Partial<PlaybackState>): void => {
    state = { ...state, ...part };
    options.onChange(state);
  };

  async function show(next: number): Promise<void> {
    clearTimeout(timer);
    if (state.moving) {
      wanted = next;
      return;
    }
    change({ at: next, moving: true });
    await options.move(points[next]?.entry ?? 0);
    change({ moving: false });
    const asked = wanted;
    wanted = undefined;
    if (asked !== undefined && asked !== state.at) return show(asked);
    if (state.playing) wait();
  }

  /** As long as it took to the next point. */
  function wait(): void {
    const [here, next] = [points[state.at], points[state.at + 1]];
    if (here === undefined || next === undefined) return change({ playing: false });
    const pause = Math.min(longestPause, Math.max(0, next.at - here.at)) / playback.speed;
    timer = setTimeout(() => void show(state.at + 1), Math.max(shortestPause, pause));
  }

  const playback: Playback = {
    points,
    get state() {
      return state;
    },
    speed: 2,
    go: (next) => void show(Math.max(0, Math.min(points.length - 1, next))),
    toggle() {
      clearTimeout(timer);
      change({ playing: !state.playing });
      if (!state.playing || state.moving) return;
      if (state.at >= points.length - 1) void show(0);
      else wait();
    },
    stop() {
      clearTimeout(timer);
      wanted = undefined;
      if (state.playing) change({ playing: false });
    },
  };
  return playback;
}
