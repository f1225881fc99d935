// A lesson made from the template, in a copy of the project: it is on the chart and proves itself as it is.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findLessons } from "../src/build/found-lessons.ts";
import { root } from "../src/cli/packages.mjs";

const id = "who-goes-there/forged-papers";
const folder = "lessons/30-who-goes-there/075-forged-papers";
let copy: string;

const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: copy, encoding: "utf8" });

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "kc-new-"));
  for (const part of ["src", "sandbox", "lessons", "package.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("npm run new makes a lesson that is on the chart, reads well and is proved", { timeout: 240_000 }, () => {
  expect(run("src/cli/new.ts", "lesson", id)).toContain(folder);
  expect(findLessons(join(copy, "lessons"))).toContainEqual({ id, title: "Forged papers", minutes: 10 });
  expect(readFileSync(join(copy, folder, "scene.ts"), "utf8")).toContain(`seed: "${id}"`);
  expect(run("src/cli/prose.ts", id)).toMatch(/\n?1 lesson, 0 findings\n$/);
  // All but the mutants, which are about each word of the checks.
  const proofs = ["start", "solution", "right", "wrong", "prose", "checks"].map((name) => `${id}/${name}`);
  expect(run("src/cli/prove.ts", "--jobs", "1", ...proofs)).toMatch(/\n10 proofs, 0 failed\n$/);
});

test("what cannot be a lesson is said in one sentence", () => {
  const refusal = (...args: string[]): string => {
    try {
      return run("src/cli/new.ts", ...args);
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  expect(refusal("lesson", "Night Watch")).toContain("is no PART/LESSON");
  expect(refusal("lesson", "pirates/hail-the-ship")).toContain("There is such a lesson already");
  expect(refusal("drill", "x")).toMatch(/^Usage: npm run new lesson/);
});
