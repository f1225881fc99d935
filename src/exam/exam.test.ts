import { describe, expect, it } from "vitest";
import type { Verdict, VerdictWord } from "#sandbox/grader/check.ts";
import {
  type Attempt,
  bellBetween,
  clockText,
  handIn,
  isPaused,
  left,
  readSettings,
  setPaused,
  settleAttempt,
  used,
} from "./attempt.ts";
import { diffLines } from "./diff.ts";
import { apportion, scoreTask } from "./score.ts";
import { toCsv } from "./table.ts";

const minute = 60_000;
const settings = { seed: "4127", minutes: 25, extra: 1.25, lag: false, small: false, noUndo: false };
const attempt: Attempt = {
  version: 1,
  id: "a",
  settings,
  startedAt: 1_000_000,
  pauses: [],
  tasks: [],
  current: 0,
  notes: "",
};
const at = (minutes: number): number => attempt.startedAt + minutes * minute;

describe("the clock", () => {
  it("goes by the wall, with extra time, and stands still in pauses", () => {
    expect(left(attempt, at(10))).toBe(21.25 * minute);
    const paused = setPaused(attempt, true, at(10));
    expect(isPaused(paused)).toBe(true);
    expect(left(paused, at(40))).toBe(21.25 * minute);
    expect(left(setPaused(paused, false, at(40)), at(41))).toBe(20.25 * minute);
  });

  it("ends while nobody looks, at the minute it was over", () => {
    const slept = settleAttempt(attempt, at(600));
    expect([slept.handedInAt, slept.byClock]).toEqual([at(31.25), true]);
    const paused = setPaused(setPaused(attempt, true, at(5)), false, at(15));
    expect(settleAttempt(paused, at(600)).handedInAt).toBe(at(41.25));
    expect(settleAttempt(setPaused(attempt, true, at(5)), at(600)).handedInAt).toBeUndefined();
    expect(settleAttempt(attempt, at(31)).handedInAt).toBeUndefined();
  });

  it("gives no time to a clock that was put back, and none after handing in", () => {
    expect(left(attempt, at(-90))).toBe(31.25 * minute);
    const done = handIn(setPaused(attempt, true, at(5)), at(9));
    expect([isPaused(done), used(done, at(500))]).toEqual([false, 5 * minute]);
  });

  it("rings each bell once, also when it slept over one", () => {
    expect(bellBetween(30.1 * minute, 29.9 * minute)).toBe(30);
    expect(bellBetween(31 * minute, 4 * minute)).toBe(5);
    expect(bellBetween(29 * minute, 16 * minute)).toBeUndefined();
  });

  it("reads 1:12:40 and 4:09", () => {
    expect([clockText(4_360_000), clockText(249_000), clockText(0)]).toEqual(["1:12:40", "4:09", "0:00"]);
  });
});

it("takes no settings but those that can be chosen", () => {
  const issued = { room: "k3room00", act: "act-00001", at: 1_700_000_000_000, signature: "c2ln" };
  expect(readSettings({ ...settings, issued })).toEqual({ ...settings, issued });
  for (const bad of [{ ...issued, at: "now" }, { ...issued, room: "../room" }, { ...issued, act: 7 }, "yes"])
    expect(readSettings({ ...settings, issued: bad })).toEqual(settings);
  expect(readSettings({ ...settings, title: "Friday" })).toEqual({ ...settings, title: "Friday" });
  for (const bad of [null, {}, { ...settings, extra: 9 }, { ...settings, minutes: 1 }, { ...settings, seed: "A B" }])
    expect(readSettings(bad)).toBeUndefined();
});

describe("points", () => {
  const verdicts = (words: Readonly<Record<string, VerdictWord>>): Verdict[] =>
    Object.entries(words).map(([id, verdict]) => ({
      id,
      verdict,
      layer: null,
      seen: "",
      wanted: "",
      message: "",
      layers: [],
      misconceptions: [],
    }));
  const weights = new Map([
    ["shut", 0.5],
    ["later", 0.25],
    ["friends", 0.25],
  ]);
  const start = verdicts({ shut: "not-yet", later: "not-yet", friends: "pass" });
  const score = (end: Readonly<Record<string, VerdictWord>>): number =>
    scoreTask(7, weights, start, verdicts(end)).reduce((sum, { earned }) => sum + earned, 0);

  it("are whole, and sum up to the task's", () => {
    expect(apportion(7, [0.5, 0.25, 0.25])).toEqual([3, 2, 2]);
    expect(apportion(2, [1, 1, 1, 1])).toEqual([1, 1, 0, 0]);
    expect(apportion(5, [])).toEqual([]);
  });

  it("come check by check, and nothing is earned by doing nothing", () => {
    expect(score({ shut: "pass", later: "pass", friends: "pass" })).toBe(7);
    expect(score({ shut: "pass", later: "not-yet", friends: "pass" })).toBe(5);
    expect(score({ shut: "pass", later: "pass", friends: "not-yet" })).toBe(5);
    expect(score({ shut: "not-yet", later: "not-yet", friends: "pass" })).toBe(0);
  });

  it("count what could not be told for the candidate, beside something mended", () => {
    expect(score({ shut: "pass", later: "unknown", friends: "pass" })).toBe(7);
    expect(score({ shut: "unknown", later: "unknown", friends: "unknown" })).toBe(0);
  });
});

it("tells what differs between two files", () => {
  const lines = diffLines("a\nb\nc\nd\ne\n", "a\nb\nC\nd\ne\nf\n") ?? [];
  expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "same b",
    "gone c",
    "new C",
    "same d",
    "same e",
    "new f",
  ]);
  expect(diffLines("x", "x")).toEqual([]);
});

it("gives no spreadsheet a formula", () => {
  expect(toCsv([["=1+1", 'a "b", c', 3]])).toBe(`'=1+1,"a ""b"", c",3\r\n`);
});
