// The time line in a browser: starting over and taking that back, two points compared, replay, and a point that is shared.

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  readScreen,
  showTerminal,
  startLaboratory,
  typeLine,
  waitForOrder,
  waitForPrompt,
} from "../../src/cli/browse.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";
import { command, startByKeyboard, tabTo } from "./support/keys.ts";

const { visit } = useBrowser();
const lesson = "lessons/who-goes-there/turn-strangers-away/";
const config = "/var/lib/kubelet/config.yaml";

async function startOver(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("button", { name: "Start the lesson over" }).click();
  await page.getByText("The lesson starts over").waitFor();
}

async function openTimeLine(page: Page): Promise<void> {
  await page.locator('#lab-bar > [data-act="timeline"]').click();
  await page.getByRole("heading", { name: "Time line" }).waitFor();
}

/** Shuts strangers out: a save of one's own, and a restart. */
async function shutOut(page: Page): Promise<void> {
  await showTerminal(page, "node01");
  await typeLine(page, `sed -i '/anonymous:/,/enabled:/s/true/false/' ${config}`);
  await typeLine(page, "systemctl restart kubelet");
}

describe("starting the lesson over", () => {
  test("puts everything back, and the offer takes that back", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo gold > /srv/hold");
    await startOver(page);
    expect(await findBarriers(page)).toEqual([]);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/hold")).toContain("No such file");
    await startOver(page);
    await page.locator("[data-notice]").getByRole("button", { name: "Undo" }).click();
    await showTerminal(page, "node01");
    // Back before the reset, and not merely at the start again.
    expect(await typeLine(page, "history | tail -n 2")).toContain("cat /srv/hold");
    await openTimeLine(page);
    expect(await page.locator(".moment", { hasText: "back to the start" }).count()).toBe(2);
  });

  test("can be taken back after a reload, by the keyboard alone", async () => {
    const { page } = await visit(lesson);
    await startByKeyboard(page);
    await command(page, "outsider", "echo gold > hold");
    await page.keyboard.press("Escape");
    await tabTo(page, '[popovertarget="reset-menu"]', "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, '#reset-menu [data-act="reset-lesson"]');
    await page.keyboard.press("Enter");
    await page.getByText("The lesson starts over").waitFor();
    await page.keyboard.press("Alt+z");
    await page.locator("[data-notice]").waitFor({ state: "hidden" });
    expect(await command(page, "outsider", "cat hold")).toMatch(/^gold$/m);
    await startOver(page);
    await page.waitForTimeout(2500);
    await page.reload();
    await page.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Undo: back to the start" }).click();
    expect(await command(page, "outsider", "cat hold")).toMatch(/^gold$/m);
  });

  test("leaves the steps before a step alone when only that step is put back", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await typeLine(page, "curl -sk https://node01:10250/pods -o pods.json");
    await waitForOrder(page, "pods-taken", "pass");
    await page.getByText("step 2 of 3").waitFor();
    await showTerminal(page, "node01");
    await typeLine(page, "echo gold > /srv/hold");
    await page.waitForTimeout(2500);
    // Where the step began is known after a reload, too.
    await page.reload();
    await page.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await page.getByText("step 2 of 3").waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "To the start of this step" }).click();
    await page.getByText("Back at the start of this step").waitFor();
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/hold")).toContain("No such file");
    await waitForOrder(page, "pods-taken", "pass");
  });
});

describe("the first page", () => {
  test("offers to start over the lesson one is in the middle of", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await typeLine(page, "echo gold > hold");
    await page.waitForTimeout(2500);
    await page.goto(new URL("/", page.url()).href);
    await page.getByRole("link", { name: "Start the lesson over" }).click();
    await page.getByText("The lesson starts over").waitFor({ timeout: 60_000 });
    await showTerminal(page, "outsider");
    expect(await typeLine(page, "cat hold")).toContain("No such file");
    await page.getByRole("button", { name: "Undo: cat hold" }).click();
    await page.getByRole("button", { name: "Undo: back to the start" }).click();
    await showTerminal(page, "outsider");
    expect(await typeLine(page, "cat hold")).toMatch(/^gold$/m);
  });
});

describe("two points compared", () => {
  test("differ in behaviour, in effective configuration and in files", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await shutOut(page);
    await openTimeLine(page);
    await page.getByRole("button", { name: "Compare", exact: true }).last().click();
    const result = page.getByRole("region", { name: "What differs" });
    const field = result.getByRole("row", { name: /authentication\.anonymous\.enabled running/ });
    await field.waitFor({ timeout: 60_000 });
    expect(await field.textContent()).toMatch(
      /true[\s\S]*config\.yaml line \d+[\s\S]*false[\s\S]*config\.yaml line \d+/,
    );
    const calls = result.getByRole("table", { name: "Answers that differ" });
    expect(await calls.textContent()).toMatch(/200, \d+ pods[\s\S]*401/);
    const file = result.locator("details.compare-file", { hasText: config });
    await file.locator("summary").click();
    expect(await file.locator("del").textContent()).toMatch(/^- +enabled: true/);
    expect(await file.locator("ins").textContent()).toMatch(/^\+ +enabled: false/);
    expect(await findBarriers(page)).toEqual([]);
    // Saved and not restarted: only the layer of the next start differs.
    await page.getByLabel("To", { exact: true }).selectOption({ index: 1 });
    await result.getByRole("row", { name: /authentication\.anonymous\.enabled saved/ }).waitFor({ timeout: 60_000 });
    expect(await result.getByRole("row", { name: /authentication\.anonymous\.enabled running/ }).count()).toBe(0);
    // A point beside itself.
    await page.getByLabel("To", { exact: true }).selectOption({ index: 0 });
    await result.getByText("Nothing differs between these two points.").waitFor({ timeout: 60_000 });
  });

  test("are reached and chosen by the keyboard alone, on a small screen as well", async () => {
    const { page } = await visit(lesson, { viewport: { width: 390, height: 844 } });
    await page.locator(".panes label", { hasText: "Terminal" }).click();
    await startLaboratory(page);
    await typeLine(page, "echo gold > hold");
    await page.keyboard.press("Escape");
    await tabTo(page, '[popovertarget="more-menu"]', "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, '#more-menu [data-act="timeline"]');
    await page.keyboard.press("Enter");
    await tabTo(page, '.moments [aria-label="Compare with here: the start"]');
    await page.keyboard.press("Enter");
    await page.getByText(/\/home\/pirate\/hold/).waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("compare-from");
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over).toBeLessThanOrEqual(0);
    expect(await findBarriers(page)).toEqual([]);
    await tabTo(page, ".compare-tools .btn");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Time line" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator("[data-drawer]").isVisible()).toBe(false);
  });
});

/** Two commands, each a moment of the time line, which is opened. */
async function writeLog(page: Page): Promise<void> {
  await startLaboratory(page);
  await showTerminal(page, "node01");
  await typeLine(page, "echo one > /srv/log");
  await typeLine(page, "echo two >> /srv/log");
  await openTimeLine(page);
}

interface Seen {
  readonly name: string;
  screens: string;
}

/** Notes each point that is current during a replay, and what the terminal showed until the next: it stays for 600 ms, which a look from outside can miss. */
async function watchPoints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Seen[] = [];
    (globalThis as Record<string, unknown>).seenPoints = seen;
    const text = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
    const look = (): void => {
      const name = text(".moment[aria-current] code");
      if (name === "" || (seen.length === 0 && text('[data-key="replay"]') !== "Stop")) return;
      if (seen.at(-1)?.name !== name) seen.push({ name, screens: "" });
      (seen.at(-1) as Seen).screens += text("[role=tabpanel]:not([hidden]) .xterm-rows").replaceAll("\u00a0", " ");
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

const pointsSeen = (page: Page): Promise<Seen[]> =>
  page.evaluate(() => (globalThis as Record<string, unknown>).seenPoints as Seen[]);

describe("a time line", () => {
  test("is replayed from the start to where one is", async () => {
    const { page } = await visit(lesson);
    await writeLog(page);
    await page.getByLabel("Speed of the replay").selectOption("16 times as fast");
    await watchPoints(page);
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("button", { name: "Replay" }).waitFor({ timeout: 20_000 });
    await page.locator(".moment[aria-current]", { hasText: "echo two" }).waitFor();
    const seen = await pointsSeen(page);
    expect(seen.map(({ name }) => name)).toEqual([
      "echo two >> /srv/log",
      "the start",
      "echo one > /srv/log",
      "echo two >> /srv/log",
    ]);
    // The terminal showed what was typed there, and what came of it.
    expect(seen[2]?.screens).toContain("echo one > /srv/log");
    await page.keyboard.press("Escape");
    await showTerminal(page, "node01");
    expect(await typeLine(page, "wc -l /srv/log")).toContain("2 /srv/log");
  });

  test("shares any of its points", async () => {
    const { page } = await visit(lesson);
    await writeLog(page);
    await page.getByRole("button", { name: "Share this point: echo one > /srv/log" }).click();
    const field = page.getByRole("textbox", { name: "This machine, at the point: echo one > /srv/log" });
    await field.waitFor({ timeout: 30_000 });
    const { pathname, hash } = new URL(await field.inputValue());
    const { page: other } = await visit(pathname.replace(/^\//, "") + hash);
    await other.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await showTerminal(other, "node01");
    expect(await typeLine(other, "wc -l /srv/log")).toContain("1 /srv/log");
    expect(await readScreen(other)).not.toContain("two");
  });
});

describe("points of long ago", () => {
  test("can still be read after a reload, and say that they are no longer kept", { timeout: 120_000 }, async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    for (let at = 0; at < 64; at++) await typeLine(page, `true ${at}`);
    await page.waitForTimeout(2500);
    await page.reload();
    await waitForPrompt(page);
    await openTimeLine(page);
    await page.getByText("This device keeps the start and the newest 60 points whole").waitFor();
    const old = page.locator(".moment", { hasText: "true 1" }).first();
    expect(await old.getAttribute("aria-disabled")).toBe("true");
    expect(await old.textContent()).toContain("no longer kept");
    expect(await page.locator(".moment:not([aria-disabled])").count()).toBe(61);
    expect(await findBarriers(page)).toEqual([]);
    // Where undo ends it says so, and shows the list that tells why.
    await page.locator('[data-act="close-drawer"]').click();
    const undo = page.locator('.top [data-act="undo"]');
    let label = await undo.getAttribute("aria-label");
    while (label?.startsWith("Undo: ")) {
      await undo.click();
      await page.waitForFunction(
        (last) => document.querySelector('.top [data-act="undo"]')?.getAttribute("aria-label") !== last,
        label,
      );
      label = await undo.getAttribute("aria-label");
    }
    expect(label).toMatch(/^Undo ends here/);
    await undo.click();
    await page.locator(".moment[aria-current]", { hasText: "true 4" }).waitFor();
  });
});
