import { expect, test } from "vitest";
import { dayText, durationText } from "./words.ts";

const now = new Date(2026, 10, 22, 9).getTime();

test.each([
  [new Date(2026, 10, 22, 1), "today"],
  [new Date(2026, 10, 21, 23), "yesterday"],
  [new Date(2026, 10, 18, 12), "on Wednesday"],
  [new Date(2026, 9, 3), "on 3 October"],
  [new Date(2025, 9, 3), "on 3 October 2025"],
])("%s is %s", (date, text) => {
  expect(dayText(date.getTime(), now)).toBe(text);
});

test.each([
  [20_000, "1 minute"],
  [240_000, "4 minutes"],
  [3_600_000, "1 hour"],
  [3_900_000, "1 hour 5 minutes"],
])("%i ms is %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
