// Every topic of the course has a lesson and checks that exist, and README tells it as it is.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { updateReadme } from "../src/cli/coverage.ts";
import { coverage } from "../src/cli/coverage-topics.ts";
import { readLessons } from "../src/cli/lessons.ts";

const lessons = await readLessons();
const ids = new Map(lessons.map(({ id, grading }) => [id, grading.checks.map((check) => check.id)]));

test("twenty topics, each graded by checks of lessons that are aboard", () => {
  expect(coverage).toHaveLength(20);
  const missing = coverage.flatMap(({ title, graded }) =>
    Object.entries(graded).flatMap(([lesson, checks]) =>
      checks
        .filter((check) => ids.get(lesson)?.includes(check) !== true)
        .map((check) => `${title}: ${lesson}/${check}`),
    ),
  );
  expect(missing).toEqual([]);
  expect(coverage.filter(({ graded }) => Object.values(graded).flat().length < 2).map(({ title }) => title)).toEqual(
    [],
  );
});

test("every lesson covers a topic", () => {
  const covered = new Set(coverage.flatMap(({ graded }) => Object.keys(graded)));
  expect([...ids.keys()].filter((id) => !covered.has(id))).toEqual([]);
});

test("README has the table as it is", () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(updateReadme(text, lessons)).toBe(text);
});
