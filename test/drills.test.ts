// What every drill must hold, before its proofs: whole, repeatable, worded as an exam would word it, and with a fair time. `npm run prove` runs them all.

import { describe, expect, test } from "vitest";
import { bases } from "#lessons/_kit/bases.ts";
import {
  type DrillInstance,
  type DrillTemplate,
  gradingOf,
  type Lines,
  makeDrill,
  readAddress,
  weightsOf,
} from "#lessons/_kit/drill.ts";
import { Programs } from "#sandbox";
import { misconceptions } from "#sandbox/grader/misconceptions.ts";
import { readTemplate, readTemplates, SETTLE, startOfDrill } from "../src/cli/drills.ts";
import { parseScript } from "../src/cli/lessons.ts";
import { playScript } from "../src/cli/play.ts";
import { QuickPlayer } from "../src/cli/quick-play.ts";

const templates = await readTemplates();
const known = new Set(misconceptions.map(({ id }) => id));
const seeds = Array.from({ length: 50 }, (_, at) => String(at + 1));

/** Words that the house does not use on screen. */
const banned = /\b(just|simply|oops|obviously|easy|easily)\b|!(?=\s|$)/i;
/** Characters somebody types in a minute. */
const SPEED = 200;

const typed = (lines: Lines): number =>
  lines.filter((line) => !line.startsWith("#@")).reduce((sum, line) => sum + line.length + 1, 0);
/** Minutes that typing the shortest way takes. */
const shortest = ({ solution, right }: DrillInstance): number =>
  Math.min(...[solution, ...right.map(({ lines }) => lines)].map(typed)) / SPEED;
const all = (template: DrillTemplate): DrillInstance[] => seeds.map((seed) => makeDrill(template, seed));
const sentences = (text: string): number => text.replace(/`[^`]*`/g, "Code").match(/[.?](?=\s|”|$)/g)?.length ?? 0;

test("there are templates enough for an exam without repetition", () => {
  expect(templates.length).toBeGreaterThanOrEqual(24);
  expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length);
});

test("addresses are read as they are written", () => {
  expect(readAddress("drill:read-only-port:17")).toEqual({ id: "read-only-port", seed: "17" });
  expect(readAddress("drill:read-only-port")).toBeUndefined();
  expect(readAddress("drill:../x:1")).toBeUndefined();
});

describe.each(templates.map((template) => [template.id, template] as const))("drill %s", (_, template) => {
  const drills = all(template);

  test("is the same for the same seed, and another for most others", () => {
    expect(JSON.stringify(makeDrill(template, "7"))).toBe(JSON.stringify(makeDrill(template, "7")));
    expect(new Set(drills.map(({ setup, task }) => JSON.stringify([setup, task]))).size).toBeGreaterThanOrEqual(4);
  });

  test("allows between 3 and 10 times what typing takes", () => {
    const times = drills.map(shortest);
    expect(template.minutes).toBeGreaterThanOrEqual(3 * Math.max(...times));
    expect(template.minutes).toBeLessThanOrEqual(10 * Math.min(...times));
  });

  test("has its wrong ways with known checks, and misconceptions of the catalogue", () => {
    expect(template.misconceptions.filter((id) => !known.has(id))).toEqual([]);
    for (const { checks, right, wrong } of drills) {
      const ids = checks.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      // A node found broken with any of many faults has the ways of its faults; a task with one has another than the solution.
      if (!template.id.startsWith("incident-")) expect(right.length).toBeGreaterThanOrEqual(1);
      expect(wrong.length).toBeGreaterThanOrEqual(3);
      expect(wrong.filter(({ fails }) => !ids.includes(fails))).toEqual([]);
      expect(wrong.filter(({ misconception }) => misconception !== undefined && !known.has(misconception))).toEqual([]);
      expect(new Set([...right, ...wrong].map(({ name }) => name)).size).toBe(right.length + wrong.length);
    }
  });

  test("says where and what in two to six sentences, as the house speaks", () => {
    for (const drill of drills) {
      const { task, host, base, because, checks } = drill;
      expect(bases[base].machines.map(({ name }) => name)).toContain(host);
      // Tasks about the cluster as a whole are done on its control plane.
      if (host !== "controlplane") expect(task).toContain(`\`${host}\``);
      expect(sentences(task)).toBeGreaterThanOrEqual(2);
      expect(sentences(task)).toBeLessThanOrEqual(template.id.startsWith("incident-") ? 12 : 6);
      const words = checks.flatMap(({ goal, passed, failures = [], hints }) => [
        goal,
        passed,
        ...failures.map(({ say }) => say),
        hints.nudge,
        hints.pointer,
      ]);
      expect([task, because, ...words].filter((text) => text === "" || banned.test(text))).toEqual([]);
      expect([...weightsOf(drill).values()].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
    }
  });
});

test("proofs on forks come to the same verdicts as the laboratory that people sit at", async () => {
  const programs = new Programs();
  await programs.loadAll();
  const player = new QuickPlayer(programs);
  const drill = makeDrill(await readTemplate("open-to-strangers"), "3");
  const begun = await player.begin(bases[drill.base], drill.setup);
  for (const lines of [drill.solution, drill.wrong[0]?.lines ?? []]) {
    const script = parseScript(lines.join("\n"));
    const sat = await playScript(startOfDrill(drill), script, programs);
    const quick = player.play(begun, drill.host, script).grade(gradingOf(drill), SETTLE);
    expect(quick.verdicts.map(({ id, verdict }) => [id, verdict])).toEqual(
      sat.report.verdicts.map(({ id, verdict }) => [id, verdict]),
    );
    expect(quick.misconceptions).toEqual(sat.report.misconceptions);
  }
}, 120_000);
