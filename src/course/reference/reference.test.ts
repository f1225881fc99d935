// The reference against its sources: every lesson and check that a row names is there, every setting the course grades is on the chart.

import { describe, expect, test } from "vitest";
import { readLessons } from "../../cli/lessons.ts";
import { plannedLessons } from "../voyage.ts";
import { benchmarkRows } from "./benchmark.ts";
import { commandGroups } from "./commands.ts";
import { rightRows, routeRows } from "./routes.ts";
import { settings } from "./settings.ts";

const lessons = await readLessons();
const aboard = new Map(lessons.map(({ id, grading }) => [id, grading.checks.map((check) => check.id)]));
const onChart = new Set(plannedLessons.map(({ id }) => id));

describe("settings", () => {
  const taught = settings.filter(({ lesson }) => lesson !== undefined);

  test("each is of this version, and its lesson is on the chart", () => {
    expect(taught.length).toBeGreaterThan(25);
    expect(taught.filter(({ lesson }) => !onChart.has(lesson ?? ""))).toEqual([]);
  });

  test("whatever a lesson grades is among them", () => {
    const graded = lessons.flatMap(({ grading }) => grading.checks.flatMap(({ setting }) => setting?.field ?? []));
    const known = new Set(taught.map(({ field }) => field.path));
    expect([...new Set(graded)].filter((field) => !known.has(field))).toEqual([]);
  });

  test("the four defaults that the start mode decides differ, and so do few others", () => {
    const differing = settings.filter(({ differs }) => differs).map(({ field }) => field.path);
    expect(differing).toEqual(
      expect.arrayContaining([
        "authentication.anonymous.enabled",
        "authentication.webhook.enabled",
        "authorization.mode",
        "readOnlyPort",
      ]),
    );
    expect(differing.length).toBeLessThan(7);
  });
});

describe("routes", () => {
  test("each says what it gives, and needs a right that somebody has", () => {
    expect(routeRows.length).toBeGreaterThan(20);
    expect(routeRows.filter(({ gives, rights }) => gives === "" || rights.length === 0)).toEqual([]);
    expect(rightRows.every(({ roles }) => roles.includes("cluster-admin"))).toBe(true);
    expect(rightRows.find(({ right }) => right === "nodes/checkpoint")?.roles).toEqual(["cluster-admin"]);
  });
});

describe("benchmark", () => {
  test("each of the kubelet's 22 items has a lesson, and checks that this lesson has", () => {
    expect(benchmarkRows).toHaveLength(22);
    const lost = benchmarkRows.filter(({ lesson, checks }) => {
      const known = aboard.get(lesson);
      return checks.length === 0 || known === undefined || !checks.every((check) => known.includes(check));
    });
    expect(lost.map(({ id }) => id)).toEqual([]);
  });
});

test("every command stands in a lesson", () => {
  const typed = new Set(lessons.flatMap(({ trials }) => trials.map(({ run }) => run)));
  const rows = commandGroups.flatMap((group) => group.rows);
  expect(rows.filter(({ line }) => !typed.has(line)).map(({ line }) => line)).toEqual([]);
});
