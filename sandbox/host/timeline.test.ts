// Points whose state was dropped are told as such.

import { expect, it } from "vitest";
import type { FleetState } from "../fleet.ts";
import { Timeline } from "./timeline.ts";

it("tells which points can only be read, and goes to none of them", () => {
  const state = {} as FleetState;
  const point = (entry: number, parent?: number) =>
    ({ entry, at: entry, kind: "command", machine: "node01", label: `echo ${entry}`, parent }) as const;
  const entries = [point(0), point(1, 0), point(2, 1)];
  const states = new Map([0, 2].map((entry) => [entry, state]));
  const timeline = Timeline.of(entries, 2, states);
  expect(timeline.told.map(({ gone }) => gone ?? false)).toEqual([false, true, false]);
  expect(timeline.entries).toEqual(entries);
  expect(timeline.canUndo).toBe(false);
  expect(timeline.goTo(1)).toBeUndefined();
  expect(timeline.goTo(0)).toBe(state);
});
