import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TimelineEntry } from "#sandbox/protocol.ts";
import { createPlayback, pointsOf } from "./playback.ts";

const point = (entry: number, at: number, parent?: number): TimelineEntry => ({
  entry,
  at,
  kind: entry === 0 ? "start" : "command",
  machine: "node01",
  label: `command ${entry}`,
  parent,
});
const points = [point(0, 0), point(1, 3_000, 0), point(2, 90_000, 1), point(3, 90_100, 1)];

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch(at = 0) {
  const moves: number[] = [];
  const playback = createPlayback(points, at, {
    move: async (entry) => void moves.push(entry),
    onChange: () => undefined,
  });
  return { playback, moves };
}

test("it plays in the learner's rhythm, faster on request, with long pauses cut, and stops at the end", async () => {
  const { playback, moves } = watch();
  playback.speed = 2;
  playback.toggle();
  await vi.advanceTimersByTimeAsync(1_499);
  expect(moves).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  expect(moves).toEqual([1]);
  // 87 seconds of thought are ten, and twice as fast five.
  await vi.advanceTimersByTimeAsync(4_990);
  expect(moves).toEqual([1]);
  await vi.advanceTimersByTimeAsync(20);
  expect(moves).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(700);
  expect(moves).toEqual([1, 2, 3]);
  expect(playback.state).toEqual({ at: 3, playing: false, moving: false });
  playback.toggle();
  await vi.advanceTimersByTimeAsync(0);
  expect(moves.at(-1)).toBe(0);
});

test("while one point is on its way, only the last one asked for comes after it", async () => {
  const moves: number[] = [];
  const arrivals: (() => void)[] = [];
  const playback = createPlayback(points, 0, {
    move: (entry) =>
      new Promise((resolve) => {
        moves.push(entry);
        arrivals.push(resolve);
      }),
    onChange: () => undefined,
  });
  playback.go(1);
  playback.go(2);
  playback.go(99);
  expect(moves).toEqual([1]);
  arrivals[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(moves).toEqual([1, 3]);
});

test("stopping keeps the point that is shown", async () => {
  const { playback, moves } = watch();
  playback.toggle();
  playback.toggle();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([moves, playback.state.playing]).toEqual([[], false]);
});

test("points without a machine are left out, those of other branches are not", () => {
  const way = {
    fleet: "",
    timeline: {
      entries: [...points].reverse(),
      current: 3,
      points: [1, 3].map((entry) => ({ entry, from: 0, delta: "" })),
    },
  };
  expect(pointsOf(way).map(({ entry }) => entry)).toEqual([0, 1, 3]);
});
