// Much output and tight loops: the page's thread stays free, output keeps pace with the screen, Ctrl-C is heard at once.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { endsAtPrompt, startLaboratory, typeLine, waitForScreen } from "../../src/cli/browse.ts";
import { useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();
const LESSON = "lessons/who-goes-there/turn-strangers-away/";
/** Longest task of the page's thread, in its own processor time (ms): what else the computer does is not counted. */
const LONGEST = 100;

/** The longest task of the page's thread while something is done. */
async function longestTask(page: Page, act: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("the page has no browser");
  const session = await browser.newBrowserCDPSession();
  const events: { name: string; ph: string; pid: number; tid: number; tdur?: number; args: { name?: string } }[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as typeof events)));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["toplevel"], excludedCategories: ["*"] } });
  await act();
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const mains = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const keys = new Set(mains.map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = events.filter(({ ph, pid, tid }) => ph === "X" && keys.has(`${pid} ${tid}`));
  expect(tasks.length).toBeGreaterThan(10);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

/** Runs a line that does not end, and presses Ctrl-C; how long the prompt took (ms). */
async function interrupt(page: Page, line: string): Promise<number> {
  await page.keyboard.type(`clear; ${line}`);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(1000);
  const begun = Date.now();
  await page.keyboard.press("Control+c");
  await waitForScreen(page, (screen) => endsAtPrompt(screen) && screen.includes("^C"), "a prompt after Ctrl-C");
  return Date.now() - begun;
}

test("100,000 lines through grep and sort, and over the screen, leave the page's thread free", async () => {
  const { page } = await visit(LESSON);
  await startLaboratory(page);
  const longest = await longestTask(page, async () => {
    await typeLine(page, "seq 100000 > /tmp/n; grep 9 /tmp/n | sort -rn | head -n 1");
    await waitForScreen(page, (screen) => screen.includes("\n99999\n"), "the largest number");
    await typeLine(page, "clear; yes | head -n 100000; echo all");
    await waitForScreen(page, (screen) => /y\nall\n.*\$ ?$|y\nall\n.*# ?$/.test(screen), "the end of the flood");
  });
  expect(longest).toBeLessThan(LONGEST);
});

test("a tight loop and an endless flood stop at Ctrl-C", async () => {
  const { page } = await visit(LESSON);
  await startLaboratory(page);
  expect(await interrupt(page, "while true; do :; done")).toBeLessThan(1000);
  expect(await interrupt(page, "yes")).toBeLessThan(1000);
});
