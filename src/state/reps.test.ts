import { describe, expect, it } from "vitest";
import { chooseWatch, dayOf, isReps, mergeReps, noReps, noteWrongs, previewDue, propose, rate } from "./reps.ts";

const day = 86_400_000;
const now = new Date(2026, 10, 22, 9).getTime();
const drills = [
  { id: "easy", level: 1, topic: "files", misconceptions: [] },
  { id: "ports", level: 1, topic: "ports", misconceptions: [] },
  { id: "flags", level: 2, topic: "settings", misconceptions: ["flag-beats-file"] },
  { id: "hard", level: 3, topic: "node", misconceptions: [] },
];

describe("repetitions", () => {
  it("come back later the better they went, and after a lapse tomorrow", () => {
    const due = [1, 2, 3, 4].map((rated) => previewDue(undefined, now).get(rated as 1) ?? 0);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
    expect((due[0] ?? 0) - now).toBe(day);
    expect((due[3] ?? 0) - now).toBeGreaterThan(3 * day);
    const twice = rate(rate(noReps, "easy", 3, now), "easy", 3, now + day);
    expect(twice.cards.easy?.due).toBeGreaterThan(now + 2 * day);
    expect(twice.days).toEqual([dayOf(now), dayOf(now + day)]);
  });

  it("bring what is due, then what is new, first of all against a late mistake; few new ones a day", () => {
    const fresh = chooseWatch(noReps, drills, new Set(["ports"]), now);
    expect(fresh.due).toEqual([]);
    expect(fresh.fresh).toEqual(["ports", "easy", "flags"]);
    const wrong = noteWrongs(noReps, ["flag-beats-file"], now - day);
    expect(chooseWatch(wrong, drills, new Set(), now).fresh[0]).toBe("flags");
    const one = rate(noReps, "easy", 4, now);
    const after = chooseWatch(one, drills, new Set(), now);
    expect(after.fresh).toHaveLength(2);
    expect(after.next).toBe(one.cards.easy?.due);
    expect(chooseWatch(one, drills, new Set(), now + 60 * day).due).toEqual(["easy"]);
  });

  it("are proposed for a day, which does not put off what comes sooner", () => {
    const proposed = propose(rate(noReps, "easy", 4, now), ["easy", "flags"], now + day);
    expect([proposed.cards.easy?.due, proposed.cards.flags?.due]).toEqual([now + day, now + day]);
    const soon = rate(noReps, "easy", 1, now);
    expect(propose(soon, ["easy"], now + day).cards.easy?.due).toBe(soon.cards.easy?.due);
  });

  it("go from one device to another and lose nothing", () => {
    const here = rate(noReps, "easy", 3, now);
    const there = noteWrongs(rate(rate(noReps, "easy", 2, now - day), "hard", 3, now - day), ["x"], now);
    const merged = mergeReps(here, JSON.parse(JSON.stringify(there)));
    expect(isReps(merged)).toBe(true);
    expect(merged.cards.easy).toEqual(here.cards.easy);
    expect(Object.keys(merged.cards).sort()).toEqual(["easy", "hard"]);
    expect(merged.days).toEqual([dayOf(now - day), dayOf(now)]);
    expect(merged.wrongs.x?.times).toBe(1);
    for (const bad of [null, {}, { ...noReps, cards: { a: {} } }, { ...noReps, days: [1] }])
      expect(isReps(bad)).toBe(false);
  });
});
