// Progress without a store: what counts as time, as a misconception of one's own, and what becomes of two devices' records.

import { afterEach, expect, test, vi } from "vitest";
import { $progress, isProgress, mergeProgress, notePassed, noteWrongs } from "./progress.ts";

afterEach(() => {
  vi.useRealTimers();
  $progress.set({ version: 1, lessons: {} });
});

const lesson = (id: string) => $progress.get().lessons[id];

test("time counts while reports come, and stands still where nobody was there", async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ["Date"] });
  await notePassed("a/time", [], 2, 1, 2);
  for (const [at, passed] of [
    [1_060_000, ["x"]],
    [9_000_000, ["x"]],
    [9_030_000, ["x", "y"]],
  ] as const) {
    vi.setSystemTime(at);
    await notePassed("a/time", passed, 2, 1, 2);
  }
  expect(lesson("a/time")?.spent).toBe(90_000);
  expect(lesson("a/time")?.doneAt).toBe(9_030_000);
});

test("a misconception counts when it appears after the learner did something, and anew after it was gone", async () => {
  await noteWrongs("a/wrongs", ["scene"], false);
  expect(lesson("a/wrongs")).toBeUndefined();
  await noteWrongs("a/wrongs", ["scene", "mine"], true);
  await noteWrongs("a/wrongs", ["scene", "mine"], true);
  expect(lesson("a/wrongs")?.wrongs).toEqual({ mine: { times: 1, at: expect.any(Number) } });
  await noteWrongs("a/wrongs", [], true);
  await noteWrongs("a/wrongs", ["mine"], true);
  expect(lesson("a/wrongs")?.wrongs?.mine?.times).toBe(2);
  expect(isProgress($progress.get())).toBe(true);
});

test("what another device knows is put together with what is here", async () => {
  const base = { passed: [], total: 1, step: 1, steps: 1, hints: {}, begunAt: 1 };
  $progress.set({ version: 1, lessons: { x: { ...base, seenAt: 9, spent: 5, wrongs: { a: { times: 1, at: 2 } } } } });
  await mergeProgress({
    version: 1,
    lessons: { x: { ...base, step: 3, seenAt: 4, doneAt: 4, spent: 7, wrongs: { a: { times: 3, at: 1 } } } },
  });
  expect(lesson("x")).toMatchObject({ step: 1, doneAt: 4, spent: 7, wrongs: { a: { times: 3, at: 2 } } });
});

test.each([
  [
    {
      version: 1,
      lessons: { x: { passed: [], total: 1, step: 1, steps: 1, hints: {}, begunAt: 1, seenAt: 1, wrongs: { a: 1 } } },
    },
  ],
  [{ version: 2, lessons: {} }],
  [{ version: 1, lessons: [1] }],
])("%j is no progress", (value) => {
  expect(isProgress(value)).toBe(false);
});
