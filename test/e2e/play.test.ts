// Free play: a ship of either release, another one beside it, a machine that travels by link, and one that comes from a lesson.

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { endsAtPrompt, showTerminal, typeLine, waitForPrompt, waitForScreen } from "../../src/cli/browse.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();

async function openShip(page: Page, release: string, title: string): Promise<void> {
  await page.locator(".ship-choice", { hasText: title }).click();
  await page.locator(".dial label", { hasText: release }).click();
  await page.locator("[data-open-ship]").click();
  await page.locator("[data-ship-now]", { hasText: `${title}, ${release}` }).waitFor();
  await waitForPrompt(page);
}

/** What the boats' table says now of a call. */
async function waitForBoat(page: Page, call: string, got: string): Promise<void> {
  await page
    .locator(`[data-boats] tr`, { hasText: call })
    .first()
    .locator("td")
    .last()
    .filter({ hasText: got })
    .waitFor();
}

async function shareLink(page: Page): Promise<string> {
  await page.locator('#lab-bar > [data-act="share"]').click();
  const field = page.getByRole("textbox", { name: "This machine, as it is now" });
  await field.waitFor({ timeout: 30_000 });
  return field.inputValue();
}

describe("free play", () => {
  test("opens ships of both releases, and each stays as it was left", async () => {
    const { page } = await visit("play/");
    expect(await findBarriers(page)).toEqual([]);
    await openShip(page, "1.20", "Wide open");
    await showTerminal(page, "node01");
    expect(await typeLine(page, "kubelet --version")).toContain("Kubernetes v1.20.2");
    await waitForBoat(page, "list the pods", "200");
    await typeLine(page, "echo gold > /srv/hold");
    await page.waitForTimeout(2000);

    await openShip(page, "1.36", "The hardened ship");
    await waitForBoat(page, "list the pods", "401");
    await waitForBoat(page, "logs of web", "200");
    expect(await findBarriers(page)).toEqual([]);

    await openShip(page, "1.20", "Wide open");
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/hold")).toContain("gold");

    const link = new URL(await shareLink(page));
    const { page: other } = await visit(`play/${link.hash}`);
    await other.locator("[data-ship-now]", { hasText: "Wide open, 1.20" }).waitFor();
    await waitForPrompt(other);
    await showTerminal(other, "node01");
    expect(await typeLine(other, "cat /srv/hold")).toContain("gold");
  });

  test("takes a machine of a lesson, and says why it cannot take what is no machine", async () => {
    const { page: lesson } = await visit("lessons/pirates/hail-the-ship/");
    await lesson.locator('[data-act="start"]').click();
    await waitForPrompt(lesson);
    await showTerminal(lesson, "node01");
    await typeLine(lesson, "echo from-the-lesson > /srv/hold");
    const link = await shareLink(lesson);

    const { page } = await visit("play/");
    await page.locator("#code").fill("kc1-nonsense");
    await page.getByRole("button", { name: "Open what was pasted" }).click();
    await page.locator("[data-bring-word]", { hasText: "cut off or changed" }).waitFor();
    await page.locator("#code").fill(link);
    await page.getByRole("button", { name: "Open what was pasted" }).click();
    await page.locator("[data-ship-now]", { hasText: "as hail the ship finds it" }).waitFor();
    await waitForPrompt(page);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/hold")).toContain("from-the-lesson");
    await page.waitForTimeout(2000);
    await page.reload();
    await page.waitForSelector('kc-lab[data-status="ready"]');
    await waitForScreen(page, endsAtPrompt, "a prompt");
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/hold")).toContain("from-the-lesson");
  });
});
