import { expect, test } from "vitest";
import { chartVoyage } from "./voyage.ts";

const planned = chartVoyage([]).flatMap(({ lessons }) => lessons);
const found = (id: string) => ({ id, title: id, minutes: 9 });

test("the voyage has twenty planned lessons in seven parts", () => {
  expect(chartVoyage([])).toHaveLength(7);
  expect(planned.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test("a lesson that has a folder has its place: after the one before it, on free water", () => {
  const parts = chartVoyage([
    found("pirates/hail-the-ship"),
    found("pirates/new"),
    found("night-watch/first"),
    found("night-watch/second"),
  ]);
  const lessons = parts.flatMap((part) => part.lessons);
  expect(parts.map(({ id }) => id).at(-1)).toBe("night-watch");
  expect(lessons).toHaveLength(23);
  expect(lessons.map(({ id }) => id).slice(3, 6)).toEqual([
    "pirates/hail-the-ship",
    "pirates/new",
    "who-goes-there/turn-strangers-away",
  ]);
  for (const { at, id } of lessons.filter((each) => !planned.some((old) => old.id === each.id)))
    for (const other of lessons.filter((each) => each.id !== id))
      expect(Math.hypot(other.at.x - at.x, other.at.y - at.y), `${id} and ${other.id}`).toBeGreaterThan(55);
});
