// Whole lessons in other ways than mouse and wide screen: by keyboard alone, on a phone, and with the session as text. Each types its lesson's solution.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { showTerminal, startLaboratory, typeLine, waitForOrder } from "../../src/cli/browse.ts";
import { root } from "../../src/cli/packages.mjs";
import { findBarriers, useBrowser } from "./support/browser.ts";
import { command, startByKeyboard } from "./support/keys.ts";

const { visit } = useBrowser();

/** Lines of a lesson's solution, each with its machine. */
function solutionOf(folder: string): { readonly machine: string; readonly line: string }[] {
  let machine = "";
  return readFileSync(join(root, "lessons", folder, "solution.sh"), "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("#@ ")) machine = line.slice(3);
      return line.startsWith("#") ? [] : [{ machine, line }];
    });
}

async function expectAllPassed(page: Page): Promise<void> {
  const orders = await page.locator("details[data-check]").all();
  expect(orders.length).toBeGreaterThan(1);
  for (const order of orders) await waitForOrder(page, (await order.getAttribute("data-check")) ?? "", "pass");
}

describe("by keyboard alone", () => {
  for (const [path, folder] of [
    ["lessons/pirates/hail-the-ship/", "20-pirates/040-hail-the-ship"],
    ["lessons/by-whose-order/close-the-hatch/", "40-by-whose-order/090-close-the-hatch"],
  ] as const)
    test(folder, async () => {
      const { page } = await visit(path);
      await startByKeyboard(page);
      for (const { machine, line } of solutionOf(folder)) await command(page, machine, line);
      await expectAllPassed(page);
    });
});

test("on a screen of 390 pixels", async () => {
  const { page } = await visit("lessons/by-whose-order/close-the-hatch/", { viewport: { width: 390, height: 844 } });
  await page.locator(".panes label", { hasText: "Terminal" }).click();
  await startLaboratory(page);
  for (const { machine, line } of solutionOf("40-by-whose-order/090-close-the-hatch")) {
    await showTerminal(page, machine);
    await typeLine(page, line);
  }
  await page.locator(".panes label", { hasText: "Orders" }).click();
  await expectAllPassed(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("with the session as text alone", async () => {
  const { page } = await visit("lessons/by-whose-order/close-the-hatch/");
  await page.getByRole("button", { name: "Start the laboratory" }).click();
  await page.waitForSelector('kc-lab[data-status="ready"]');
  await page.getByRole("button", { name: "As text" }).click();
  for (const { machine, line } of solutionOf("40-by-whose-order/090-close-the-hatch")) {
    await page.locator("[data-term-tabs] [role=tab]", { hasText: machine }).first().click();
    const input = page.getByLabel(`Command on ${machine}`);
    await input.fill(line);
    await input.press("Enter");
    const block = page.getByRole("heading", { name: line });
    await block.waitFor();
    await page.getByText("Ended well, exit status 0.").last().waitFor();
  }
  await expectAllPassed(page);
  expect(await findBarriers(page)).toEqual([]);
});
