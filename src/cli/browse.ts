// Drives a lesson page in Chromium for measurements and browser tests: start the laboratory, type, read the screen, wait for orders.

import { type Browser, chromium, type Page } from "playwright-core";
import { findBrowser } from "./browser.mjs";

/** How long anything on a page may take (ms). */
const PATIENCE = 60_000;

export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...args],
  });
}

/** Text of the terminal in front. */
export function readScreen(page: Page): Promise<string> {
  return page.evaluate(() => {
    const panel = [...document.querySelectorAll<HTMLElement>("[role=tabpanel]")].find(
      (each) => !each.hidden && each.querySelector(".xterm-rows") !== null,
    );
    const rows = [...(panel?.querySelectorAll(".xterm-rows > div") ?? [])].map((row) =>
      (row.textContent ?? "").replace(/\u00a0/g, " ").trimEnd(),
    );
    return rows.join("\n").trimEnd();
  });
}

/** Whether the screen ends with a shell's prompt, and nothing typed. */
export const endsAtPrompt = (screen: string): boolean => /[$#]\s*$/.test(screen.split("\n").at(-1) ?? "");

export async function waitForScreen(page: Page, holds: (screen: string) => boolean, what: string): Promise<string> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const screen = await readScreen(page);
    if (holds(screen)) return screen;
    if (Date.now() > end) throw new Error(`the terminal did not come to ${what}; it shows\n${screen}`);
    await page.waitForTimeout(25);
  }
}

/** Presses Start and waits for the first prompt. */
export async function startLaboratory(page: Page): Promise<void> {
  await page.locator('[data-act="start"]').click();
  await waitForPrompt(page);
}

export async function waitForPrompt(page: Page): Promise<void> {
  await page.waitForSelector('kc-lab[data-status="ready"]', { timeout: PATIENCE });
  await waitForScreen(page, endsAtPrompt, "a prompt");
}

/** Brings the terminal of a machine to the front, by its tab. */
export async function showTerminal(page: Page, machine: string): Promise<void> {
  const tab = page.locator("[data-term-tabs] [role=tab]", { hasText: machine }).first();
  await tab.click();
  await waitForScreen(page, endsAtPrompt, "a prompt");
}

/** Types a line into the terminal in front and waits for the prompt after it; answers what came between. */
export async function typeLine(page: Page, line: string): Promise<string> {
  const before = await readScreen(page);
  const prompts = before.split("\n").length;
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
  const after = await waitForScreen(
    page,
    (screen) =>
      endsAtPrompt(screen) &&
      screen !== before &&
      (line === "clear" || screen.includes(line.slice(-20)) || screen.split("\n").length !== prompts),
    `a prompt after “${line}”`,
  );
  return after;
}

/** Waits until an order shows a word: pass, not yet, could not tell. */
export async function waitForOrder(page: Page, id: string, word: string): Promise<void> {
  await page.waitForFunction(
    ([check, wanted]) => document.querySelector(`details[data-check="${check}"] summary .word`)?.textContent === wanted,
    [id, word] as const,
    { timeout: PATIENCE },
  );
}

/** Opens a file in the editor through the list of files. */
export async function openInEditor(page: Page, place: string): Promise<void> {
  await page.locator(`[data-tree] [data-place="${place}"]`).first().click();
  await page.locator("[data-editor-main] :is(textarea, .monaco-editor)").first().waitFor({ timeout: PATIENCE });
}
