// A lesson with three machines, by the keyboard alone: where the focus goes after each act, and no place that holds it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { readScreen, waitForOrder, waitForPrompt, waitForScreen } from "../../src/cli/browse.ts";
import { root } from "../../src/cli/packages.mjs";
import { useBrowser } from "./support/browser.ts";
import { command, goToTerminal, startByKeyboard, tabTo } from "./support/keys.ts";

const { visit } = useBrowser();
const lesson = "lessons/by-whose-order/ask-the-harbour/";
const terminal = ".xterm-helper-textarea";

const holdsFocus = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

/** Presses a key and waits until something that fits has the focus. */
async function press(page: Page, key: string, selector: string): Promise<void> {
  await page.keyboard.press(key);
  await page.waitForFunction((wanted) => document.activeElement?.matches(wanted) === true, selector);
}

describe("by the keyboard alone", () => {
  test("every order of a lesson with three machines is done, and each pane gives the focus back", async () => {
    const { page } = await visit(lesson);
    await startByKeyboard(page);
    let machine = "controlplane";
    const script = readFileSync(join(root, "lessons/40-by-whose-order/080-ask-the-harbour/solution.sh"), "utf8");
    for (const line of script.trim().split("\n")) {
      if (line.startsWith("#@ ")) machine = line.slice(3);
      else if (!line.startsWith("#")) await command(page, machine, line);
    }
    for (const order of await page.locator("details[data-check]").all())
      await waitForOrder(page, (await order.getAttribute("data-check")) ?? "", "pass");
    // The bar of orders stays one or two whole lines, however many orders there are.
    const fill = page.locator('[data-fill="orders"]');
    const [head, box] = [await page.locator("#ord").boundingBox(), await fill.boundingBox()];
    expect(Math.abs((head?.y ?? 0) + (head?.height ?? 0) / 2 - ((box?.y ?? 0) + (box?.height ?? 0) / 2))).toBeLessThan(
      8,
    );

    for (const act of ["requests", "timeline"]) {
      await tabTo(page, `[data-act="${act}"]:not([hidden])`);
      await press(page, "Enter", "#drawer-h");
      await press(page, "Escape", `[data-act="${act}"]`);
    }
    await goToTerminal(page, "outsider");
    expect(await readScreen(page)).toContain("pirate@outsider");
  });

  test("leaving the terminal leads back to the command it was typed from, once", async () => {
    const { page } = await visit(lesson);
    await tabTo(page, '[data-try="node01"] [data-type]');
    await press(page, "Enter", terminal);
    await waitForPrompt(page);
    await waitForScreen(page, (screen) => screen.includes("mode: AlwaysAllow"), "the answer of grep");
    await page.keyboard.press("Escape");
    await press(page, "Tab", '[data-try="node01"] [data-type]');
    // The second time it goes on behind the terminal: nothing holds the focus in a circle.
    await tabTo(page, terminal);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await holdsFocus(page, "[data-type]")).toBe(false);
  });

  test("Esc pressed twice on the way out takes no letter of the next command", async () => {
    const { page } = await visit("lessons/sign-on/first-watch/");
    await startByKeyboard(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Tab");
    await tabTo(page, terminal);
    await page.keyboard.type("echo whole\n");
    await waitForScreen(page, (screen) => /\nwhole\n/.test(screen), "the answer of echo");
  });

  test("skipping to the terminal leads to its button, and into it once it runs", async () => {
    const { page } = await visit(lesson);
    await tabTo(page, '.skip[href="#terminal"]');
    await press(page, "Enter", '[data-act="start"]');
    await page.keyboard.press("Enter");
    await waitForPrompt(page);
    await page.keyboard.press("Escape");
    await tabTo(page, '.skip[href="#terminal"]');
    await press(page, "Enter", terminal);
    await page.keyboard.type("echo here\n");
    await waitForScreen(page, (screen) => /\nhere\n/.test(screen), "the answer of echo");
  });

  test("a file picked in the tree takes the focus where the tree makes room for it", async () => {
    const { page } = await visit(lesson);
    await startByKeyboard(page);
    await page.locator("[data-tree] [data-place]").first().waitFor();
    await tabTo(page, '[data-tree] [data-place$="config.yaml"]');
    await press(page, "Enter", "[data-editor-main] *");
    expect(await page.locator("[data-tree]").isVisible()).toBe(false);
    await page.locator(".monaco-editor").first().waitFor();
    expect(await holdsFocus(page, ".monaco-editor *")).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await holdsFocus(page, "[data-editor-main] *")).toBe(false);
  });

  test("only commands that run out of their box are stops on the way", async () => {
    const { page } = await visit(lesson);
    await page.evaluate(() => document.fonts.ready);
    const stops = await page.locator('[data-try] pre[tabindex="0"]').count();
    const wide = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>("[data-try] pre")].filter((pre) => pre.scrollWidth > pre.clientWidth)
          .length,
    );
    expect(stops).toBe(wide);
    expect(stops).toBeLessThan(await page.locator("[data-try] pre").count());
  });
});
