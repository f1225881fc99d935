// An exam from its seed to the report: sat by script with a reload and a dead worker, scored to the point, graded again by whoever gets the result.

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { bases } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf, weightsOf } from "#lessons/_kit/drill.ts";
import { drawExam, type ExamTask } from "#lessons/_kit/exam.ts";
import { Programs } from "#sandbox/programs.ts";
import { endsAtPrompt, typeLine, waitForScreen } from "../../src/cli/browse.ts";
import { findDrill, readTemplates, SETTLE } from "../../src/cli/drills.ts";
import { QuickPlayer } from "../../src/cli/quick-play.ts";
import { scoreTask } from "../../src/exam/score.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit, site } = useBrowser();
const seed = "4127";

/** What is done at a task: its place in the exam, its drill and the lines that are typed. */
interface Move {
  readonly at: number;
  readonly drill: DrillInstance;
  readonly lines: readonly string[];
}

let tasks: readonly ExamTask[] = [];
let moves: readonly Move[] = [];
let expected = 0;

const plain = (lines: readonly string[]): boolean => lines.length > 0 && lines.every((line) => !line.startsWith("#@"));

/** Two tasks by their solutions and one in a wrong way; the points for it come from the same lines typed into forks in this process. */
beforeAll(async () => {
  tasks = drawExam(await readTemplates(), seed, 25).tasks;
  const drills = await Promise.all(tasks.map(({ id }) => findDrill(id)));
  const solved = drills.flatMap((drill, at) =>
    drill && plain(drill.solution) ? [{ at, drill, lines: drill.solution }] : [],
  );
  const [first, second] = solved.sort((a, b) => a.lines.join("").length - b.lines.join("").length);
  const wrong = drills.flatMap((drill, at) => {
    const way = drill?.wrong.find(({ lines }) => plain(lines));
    return drill && way && at !== first?.at && at !== second?.at ? [{ at, drill, lines: way.lines }] : [];
  })[0];
  moves = [first, second, wrong].filter((move) => move !== undefined);
  const programs = new Programs();
  await programs.loadAll();
  const player = new QuickPlayer(programs);
  for (const { at, drill, lines } of moves) {
    const start = await player.begin(bases[drill.base], drill.setup);
    const play = (typed: readonly string[]) => {
      const lines = typed.map((text) => ({ kind: "type" as const, text }));
      return player.play(start, drill.host, lines).grade(gradingOf(drill), SETTLE).verdicts;
    };
    const checks = scoreTask(tasks[at]?.weight ?? 0, weightsOf(drill), play([]), play(lines));
    expected += checks.reduce((sum, { earned }) => sum + earned, 0);
  }
}, 60_000);

async function waitForTask(page: Page, at: number): Promise<void> {
  await page.waitForSelector(`kc-lab[data-task="${at}"][data-status="ready"]`, { timeout: 60_000 });
  // A terminal out of sight is not drawn.
  await page.locator("kc-lab").scrollIntoViewIfNeeded();
  await waitForScreen(page, endsAtPrompt, "a prompt");
  await page.locator(".xterm-helper-textarea:visible").first().focus();
}

async function openTask(page: Page, at: number): Promise<void> {
  await page.locator(`[data-task-at="${at}"]`).click();
  await waitForTask(page, at);
}

async function makeMove(page: Page, { drill, lines }: Move): Promise<void> {
  await typeLine(page, `ssh ${drill.host}`);
  for (const line of lines) await typeLine(page, line);
  await typeLine(page, "exit");
}

async function begin(page: Page): Promise<void> {
  await page.locator("[data-form] [name=seed]").fill(seed);
  await page.locator("[data-start]").click();
  await page.waitForURL(/exam\/sit\//);
}

test("an exam survives a reload and a dead worker and comes to the point; its result is graded again elsewhere", {
  timeout: 180_000,
}, async () => {
  const { page, context } = await visit("", { expected: [/worker stopped/] });
  await context.addInitScript(() => {
    const Original = Worker;
    globalThis.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (options?.type === "module") (globalThis as Record<string, unknown>).__worker = this;
      }
    };
  });
  await page.goto(new URL("exam/", site).href);
  expect(await findBarriers(page)).toEqual([]);
  await begin(page);
  await waitForTask(page, 0);
  expect(await findBarriers(page)).toEqual([]);
  const [first, second, wrong] = moves as [Move, Move, Move];

  await openTask(page, first.at);
  await makeMove(page, first);
  await page.locator("[data-flag]").click();
  await page.locator("[data-notes]").fill("look at the second again");
  await page.waitForTimeout(1500);
  await page.reload();
  await waitForTask(page, first.at);
  expect(await page.locator("[data-flag]").getAttribute("aria-pressed")).toBe("true");
  expect(await page.locator("[data-notes]").inputValue()).toBe("look at the second again");

  await openTask(page, second.at);
  await makeMove(page, second);
  await page.waitForTimeout(2500);
  await page.evaluate(() => ((globalThis as Record<string, unknown>).__worker as Worker).terminate());
  await page.locator("[data-notice]").getByText("was started again").waitFor({ timeout: 60_000 });
  await page.locator("[data-notice]").getByRole("button").first().click();
  await waitForTask(page, second.at);

  await openTask(page, wrong.at);
  await makeMove(page, wrong);
  expect(await page.locator("main").textContent()).not.toMatch(/not yet|hint|nudge/i);

  await page.locator("[data-hand-in]").click();
  await page.locator("[data-hand-yes]").click();
  await page.locator("[data-graded]:not([hidden])").waitFor({ timeout: 60_000 });
  expect(await page.locator("[data-score]").textContent()).toBe(String(expected));
  expect(await findBarriers(page)).toEqual([]);

  await page.locator("[data-name]").fill("Ada");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-send]").click()]);
  const file = await download.path();
  expect(readFileSync(file, "utf8")).toMatch(/^kc1-result-/);
  const { page: desk } = await visit("exam/results/");
  await desk.locator("[data-files]").setInputFiles(file);
  await desk.locator("[data-rows] tr").waitFor({ timeout: 60_000 });
  expect(await desk.locator("[data-rows] tr").textContent()).toMatch(
    new RegExp(`^Ada.*minnot by a hub${expected}the same`),
  );
  expect(await findBarriers(desk)).toEqual([]);
});

test("one tab sits an exam, and time goes by the wall even while no tab is open", async () => {
  const { page, context } = await visit("exam/");
  await begin(page);
  await waitForTask(page, 0);
  const other = await context.newPage();
  await other.goto(new URL("exam/sit/", site).href);
  await other.getByText("This exam is open in another tab").waitFor();
  await other.locator("[data-take-over]").click();
  await waitForTask(other, 0);
  await page.getByText("This exam is open in another tab").waitFor();
  await page.close();
  await other.evaluate(async () => {
    const request = indexedDB.open("kubelet-captain");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const store = database.transaction("kept", "readwrite").objectStore("kept");
    const read = (key: string): Promise<Record<string, unknown>> =>
      new Promise((resolve) => {
        const asked = store.get(key);
        asked.onsuccess = () => resolve(asked.result as Record<string, unknown>);
      });
    const { running } = await read("exams");
    const attempt = await read(`exam:${running}`);
    // The page would write its own copy over it when it goes: it never comes to that.
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("closed", "InvalidStateError");
    };
    sessionStorage.setItem(
      "attempt",
      JSON.stringify({ ...attempt, startedAt: Number(attempt.startedAt) - 26 * 60_000 }),
    );
  });
  const late = JSON.parse((await other.evaluate(() => sessionStorage.getItem("attempt"))) ?? "") as { id: string };
  await other.goto(new URL("404/", site).href).catch(() => undefined);
  await other.evaluate(
    (attempt) =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open("kubelet-captain");
        request.onsuccess = () => {
          const write = request.result.transaction("kept", "readwrite");
          write.objectStore("kept").put(attempt, `exam:${attempt.id}`);
          write.oncomplete = () => resolve();
        };
      }),
    late,
  );
  await other.goto(new URL("exam/sit/", site).href);
  await other.locator("[data-graded]:not([hidden])").waitFor({ timeout: 60_000 });
  expect(await other.locator("[data-sum]").textContent()).toContain("handed in by the clock");
  expect(await other.locator("[data-score]").textContent()).toBe("0");
});

test("a class’s link sets the exam, all but extra time", async () => {
  const { page } = await visit("exam/", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.locator("[data-form] [name=seed]").fill("77");
  await page.getByText("50 minutes").click();
  await page.locator("[data-class-title]").fill("Friday");
  await page.locator("[data-class-link]").click();
  await page.getByText("Copied.").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const { page: other } = await visit(new URL(link).pathname.slice(1) + new URL(link).hash);
  await other.getByRole("heading", { name: "Friday" }).waitFor();
  expect(await other.locator("[data-form] [name=seed]").inputValue()).toBe("77");
  expect(await other.locator("[name=minutes]:checked").inputValue()).toBe("50");
  expect(await other.locator("[name=minutes]:not(:disabled)").count()).toBe(1);
});
