// Finds one's way on a page by keyboard alone.

import type { Page } from "playwright-core";
import { endsAtPrompt, readScreen, typeLine, waitForPrompt } from "../../../src/cli/browse.ts";

/** Steps a reader would never need more of. */
const LIMIT = 400;

/** Presses Tab (or Shift+Tab) until the focused element fits a selector. */
export async function tabTo(page: Page, selector: string, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let step = 0; step < LIMIT; step++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    // A terminal and an editor take Tab for themselves until Esc was pressed.
    const inside = await page.evaluate(
      () => document.activeElement?.matches(".xterm-helper-textarea, .monaco-editor *") === true,
    );
    if (inside) await page.keyboard.press("Escape");
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never comes to ${selector}`);
}

/** Starts the laboratory with Enter on its button. */
export async function startByKeyboard(page: Page): Promise<void> {
  await tabTo(page, '[data-act="start"]');
  await page.keyboard.press("Enter");
  await waitForPrompt(page);
}

/** From inside a terminal to the terminal of another machine: Esc, Shift+Tab to the tabs, arrows, and back in. */
export async function goToTerminal(page: Page, machine: string): Promise<void> {
  const isFront = () =>
    page.evaluate(
      (name) => document.querySelector("[data-term-tabs] [aria-selected=true]")?.textContent?.startsWith(name) === true,
      machine,
    );
  if (!(await isFront())) {
    await page.keyboard.press("Escape");
    await tabTo(page, "[data-term-tabs] [role=tab]", "Shift+Tab");
    for (let step = 0; step < 6 && !(await isFront()); step++) await page.keyboard.press("ArrowRight");
    if (!(await isFront())) throw new Error(`no arrow comes to the terminal of ${machine}`);
  }
  await tabTo(page, ".xterm-helper-textarea");
  if (!endsAtPrompt(await readScreen(page))) await waitForPrompt(page);
}

/** Types a command into the terminal of a machine. */
export async function command(page: Page, machine: string, line: string): Promise<string> {
  await goToTerminal(page, machine);
  return typeLine(page, line);
}
