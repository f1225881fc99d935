// A class exam end to end: begun in a room, sat by a learner, ended by the instructor for all; its result code is pasted, graded again, and known to the hub.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { drawExam } from "#lessons/_kit/exam.ts";
import { endsAtPrompt, typeLine, waitForScreen } from "../../src/cli/browse.ts";
import { findDrill, readTemplates } from "../../src/cli/drills.ts";
import { findBarriers } from "./support/browser.ts";
import { useHub } from "./support/hub.ts";

const seed = "heron42";
const hub = useHub({ hosts: [], patience: 30_000 });

const open = (path: string): Promise<Page> =>
  hub.open(path, { serviceWorkers: "block", permissions: ["clipboard-read", "clipboard-write"] });

/** The task with the shortest solution that is typed on its host alone. */
async function findShortTask() {
  const { tasks } = drawExam(await readTemplates(), seed, 25);
  const drills = await Promise.all(tasks.map(({ id }) => findDrill(id)));
  const plain = drills.flatMap((drill, at) =>
    drill?.solution.every((line) => !line.startsWith("#@")) === true
      ? [{ at, host: drill.host, lines: drill.solution, weight: tasks[at]?.weight ?? 0 }]
      : [],
  );
  const [shortest] = plain.sort((a, b) => a.lines.join("").length - b.lines.join("").length);
  if (shortest === undefined) throw new Error(`exam ${seed} has no task that is solved on its host alone`);
  return shortest;
}

test("from the room to a result that is graded again and known as the hub's own", { timeout: 240_000 }, async () => {
  const board = await open("bridge/room/");
  await board.getByLabel("Name of the room").fill("Friday");
  await board.getByLabel("Your name").fill("Ada");
  await board.getByRole("button", { name: "Open the room" }).click();
  await board.getByRole("heading", { name: "Keep these keys" }).waitFor();
  await board.getByRole("button", { name: "I have kept them" }).click();
  const code = (await board.locator("[data-code]").textContent()) ?? "";

  const mia = await open(`bridge/join/#${code}`);
  await mia.getByLabel("Your name on the board").fill("Mia");
  await mia.getByRole("button", { name: "Join" }).click();
  await mia.waitForURL("**/lessons/**");
  await board.getByRole("button", { name: "Class exam" }).click();
  await board.getByLabel(/^Seed/).fill(seed);
  await board.getByRole("button", { name: "Start it" }).click();
  await mia.locator(".room-note", { hasText: "Class exam" }).getByRole("button", { name: "To the exam" }).click();
  await mia.waitForURL("**/exam/**");
  await expect.poll(() => mia.locator("[data-form] [name=seed]").inputValue()).toBe(seed);
  await mia.locator("[data-start]").click();
  await mia.waitForURL(/exam\/sit\//);

  // One task is done; the others stay as they are.
  const task = await findShortTask();
  await mia.waitForSelector('kc-lab[data-status="ready"]');
  await mia.locator(`[data-task-at="${task.at}"]`).click();
  await mia.waitForSelector(`kc-lab[data-task="${task.at}"][data-status="ready"]`);
  await waitForScreen(mia, endsAtPrompt, "a prompt");
  await mia.locator(".xterm-helper-textarea:visible").first().focus();
  await typeLine(mia, `ssh ${task.host}`);
  for (const line of task.lines) await typeLine(mia, line);
  await typeLine(mia, "exit");

  // The instructor ends the exam, takes it back within the moment, and ends it again.
  const ended = mia.locator("[data-ended-dialog][open]");
  const end = async (): Promise<void> => {
    await board.getByRole("button", { name: "End the exam" }).click();
    await board.locator("dialog").getByRole("button", { name: "End the exam" }).click();
    await ended.waitFor();
  };
  await end();
  expect(await findBarriers(mia)).toEqual([]);
  await board.locator("[data-toast]").getByRole("button", { name: "Undo" }).click();
  await ended.waitFor({ state: "hidden" });
  await mia.waitForTimeout(11_000);
  expect(mia.url()).toMatch(/exam\/sit\//);
  await end();
  await mia.locator("[data-graded]:not([hidden])").waitFor({ timeout: 60_000 });
  expect(await mia.locator("[data-sum]").textContent()).toContain("ended by the instructor");
  expect(await mia.locator("[data-score]").textContent()).toBe(String(task.weight));
  await mia.getByText("Your room has the result.").waitFor();

  // The result travels as text.
  await mia.locator("[data-name]").fill("Mia");
  await mia.locator("[data-copy-code]").click();
  await mia.getByText("Copied").waitFor();
  const result = await mia.evaluate(() => navigator.clipboard.readText());
  expect(result).toMatch(/^kc1-result-/);
  const desk = await open("exam/results/");
  await desk.locator("[data-paste]").fill(result);
  await desk.getByRole("button", { name: "Take it" }).click();
  const row = desk.locator("[data-rows] tr").first();
  await row.waitFor({ timeout: 60_000 });
  const cells = await row.locator("th, td").allTextContents();
  expect([cells[0], cells[3], cells[4]]).toEqual(["Mia", String(task.weight), "the same"]);
  expect(cells[2]).toMatch(/^by this hub, /);
  expect(await findBarriers(desk)).toEqual([]);

  // So does the page that merges results of every kind.
  const merge = await open("bridge/results/");
  await merge.locator("[data-paste]").fill(result);
  await merge.getByRole("button", { name: "Take them" }).click();
  const merged = merge.locator(".results tbody tr");
  await expect
    .poll(() => merged.textContent(), { timeout: 60_000 })
    .toMatch(new RegExp(`^Mia${task.weight} of 100by this hub, `));
  expect(await findBarriers(merge)).toEqual([]);
  expect(hub.complaints).toEqual([]);
});
