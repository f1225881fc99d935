// What every lesson must hold, before its proofs: whole, consistent, and worded as the house words things. `npm run prove` runs them all.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { misconceptions } from "#sandbox/grader/misconceptions.ts";
import { Programs } from "#sandbox/programs.ts";
import { parseUnit } from "#sandbox/shell/parse.ts";
import { type Lesson, readLessons } from "../src/cli/lessons.ts";
import { listProofs } from "../src/cli/proofs.ts";

const lessons = await readLessons();
const programs = new Programs();
const known = new Set(misconceptions.map(({ id }) => id));

/** Words that the house does not use on screen. */
const banned = /\b(just|simply|oops|obviously|easy|easily)\b|!(?=\s|$)/i;

const readProse = (lesson: Lesson) => readFileSync(join(lesson.folder, "index.mdx"), "utf8");

/** What bash would say of a script before it runs a line of it. */
function findSyntaxErrors(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const unit = parseUnit(text, at, { final: true });
    if (unit.kind === "error") found.push(text.slice(at, unit.next));
    if (unit.kind !== "ok" && unit.kind !== "error") break;
    at = Math.max(unit.next, at + 1);
  }
  return found;
}

/** Everything a check can say. */
function sentencesOf(lesson: Lesson): string[] {
  return lesson.grading.checks.flatMap((check) => [
    check.goal,
    check.passed,
    ...(check.failures ?? []).map(({ say }) => say),
    check.hints.nudge,
    check.hints.pointer,
    check.hints.solution.text,
  ]);
}

describe.each(lessons.map((lesson) => [lesson.id, lesson] as const))("lesson %s", (_, lesson) => {
  const ids = lesson.grading.checks.map(({ id }) => id);
  const steps = [...readProse(lesson).matchAll(/<Step\s[^>]*\bid="([^"]+)"/g)].map(([, id]) => id ?? "");

  test("has at least two graded steps, and every check belongs to one", () => {
    expect(new Set(ids).size).toBe(ids.length);
    const graded = new Set(lesson.grading.checks.map(({ step }) => step));
    expect(graded.size).toBeGreaterThanOrEqual(2);
    expect([...graded].filter((step) => !steps.includes(step))).toEqual([]);
  });

  test("has another right way and at least four wrong ones, each with a known check and misconception", () => {
    expect(lesson.right.length).toBeGreaterThanOrEqual(2);
    expect(lesson.wrong.length).toBeGreaterThanOrEqual(4);
    expect(lesson.wrong.filter(({ fails }) => fails.some((id) => !ids.includes(id))).map(({ file }) => file)).toEqual(
      [],
    );
    expect(lesson.wrong.filter(({ misconception }) => !known.has(misconception)).map(({ file }) => file)).toEqual([]);
  });

  test("speaks as the house does", () => {
    expect(sentencesOf(lesson).filter((sentence) => sentence === "" || banned.test(sentence))).toEqual([]);
    const prose = readProse(lesson).replace(/```[\s\S]*?```|`[^`]*`|<[^>]+>/g, "");
    expect(prose.split("\n").filter((line) => banned.test(line))).toEqual([]);
  });

  test("has a picture that is also told in words", () => {
    const pictures = [...readProse(lesson).matchAll(/<Diagram\s([^>]*)>/g)].map(([, tag = ""]) => tag);
    expect(pictures.length).toBeGreaterThanOrEqual(1);
    for (const tag of pictures)
      for (const part of ["title", "description", "caption"]) expect(tag).toMatch(new RegExp(`\\b${part}="[^"]{8,}"`));
  });

  test("says what to do on a real node, with a warning where that disrupts", () => {
    const [, real = ""] = /\n## On a real node\n([\s\S]*?)\n## /.exec(readProse(lesson)) ?? [];
    const lines = [...real.matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(([, text = ""]) => text.split("\n"));
    expect(lines.length).toBeGreaterThan(2);
    expect(findSyntaxErrors(lines.join("\n"))).toEqual([]);
    const disrupts = lines.some((line) =>
      /^[^#]*\b(systemctl (restart|stop)|kubectl (drain|delete|replace|label)|iptables -[AID]|chmod|rm) /.test(line),
    );
    if (disrupts) expect(real).toContain('<Note kind="peril"');
  });

  test("closes with what the learner can now say", () => {
    expect(readProse(lesson)).toMatch(/\n## What you can now say\n/);
  });

  test("has a start that does not pass and a solution that does", async () => {
    await programs.loadAll();
    const proofs = listProofs(lesson, programs).filter(({ name }) => name === "start" || name === "solution.sh");
    expect(proofs).toHaveLength(2);
    for (const { run } of proofs) expect(await run()).toBe("");
  });
});

test("every misconception has a lesson where somebody falls for it", () => {
  const shown = new Set(lessons.flatMap(({ wrong }) => wrong.map(({ misconception }) => misconception)));
  expect([...known].filter((id) => !shown.has(id))).toEqual([]);
});

test("every misconception has an explanation of two sentences", () => {
  const count = (text: string) => text.replace(/`[^`]*`/g, "Code").match(/[.?](?=\s|$)/g)?.length;
  expect(misconceptions.filter(({ explanation }) => count(explanation) !== 2).map(({ id }) => id)).toEqual([]);
  expect(misconceptions.filter((each) => banned.test(`${each.title} ${each.explanation}`)).map(({ id }) => id)).toEqual(
    [],
  );
});
