import { expect, test } from "vitest";
import { parseDate, parseStamp } from "./parse-date.ts";
import { UTC } from "./strftime.ts";

const NOW = Date.UTC(2026, 10, 22, 2, 0, 0);
const iso = (text: string) => {
  const time = parseDate(text, NOW, UTC);
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 19);
};

test("dates, times and zones in the forms people type", () => {
  expect(iso("2024-01-15 10:00:00")).toBe("2024-01-15T10:00:00");
  expect(iso("2024-01-15T10:00:00+02:00")).toBe("2024-01-15T08:00:00");
  expect(iso("Jan 15 2024 3:04pm")).toBe("2024-01-15T15:04:00");
  expect(iso("@86400")).toBe("1970-01-02T00:00:00");
});

test("relative items count from now, or from the date beside them", () => {
  expect(iso("yesterday")).toBe("2026-11-21T02:00:00");
  expect(iso("2 hours ago")).toBe("2026-11-22T00:00:00");
  expect(iso("2024-01-31 +1 month")).toBe("2024-03-02T00:00:00");
  expect(iso("next friday")).toBe("2026-11-27T00:00:00");
});

test("what is no date is none", () => {
  expect(iso("bad")).toBeUndefined();
  expect(iso("2024-02-30")).toBeUndefined();
  expect(iso("2024-01")).toBeUndefined();
});

test("stamps of touch -t", () => {
  expect(parseStamp("202001010000.30", NOW, UTC)).toBe(Date.UTC(2020, 0, 1, 0, 0, 30));
  expect(parseStamp("13320000", NOW, UTC)).toBeUndefined();
});
