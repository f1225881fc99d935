// A machine goes from one browser to another by link or file; one's own work is never lost by it.

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { readScreen, showTerminal, startLaboratory, typeLine } from "../../src/cli/browse.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();
const lesson = "lessons/who-goes-there/turn-strangers-away/";

/** The link to the machine as it is now, from the drawer. */
async function shareLink(page: Page): Promise<string> {
  await page.locator('#lab-bar > [data-act="share"]').click();
  const field = page.getByRole("textbox", { name: "This machine, as it is now" });
  await field.waitFor({ timeout: 30_000 });
  return field.inputValue();
}

const pathOf = (link: string): string => {
  const { pathname, hash } = new URL(link);
  return pathname.replace(/^\//, "") + hash;
};

describe("a shared machine", () => {
  test("opens elsewhere as it was, and stays there after a reload", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo gold > /srv/hold");
    const link = await shareLink(page);
    expect(link).toMatch(/#kc1-machine-/);
    expect(await findBarriers(page)).toEqual([]);
    const { page: other } = await visit(pathOf(link));
    await other.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await showTerminal(other, "node01");
    expect(await typeLine(other, "cat /srv/hold")).toContain("gold");
    expect(new URL(other.url()).hash).toBe("");
    await other.waitForTimeout(2500);
    await other.reload();
    await other.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await showTerminal(other, "node01");
    expect(await typeLine(other, "cat /srv/hold")).toContain("gold");
  });

  test("leaves one's own work beside it, one press away", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    const link = await shareLink(page);
    await page.keyboard.press("Escape");
    await showTerminal(page, "node01");
    await typeLine(page, "echo mine > /srv/mine");
    await page.waitForTimeout(2500);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await page.getByText("This is a shared machine").waitFor({ timeout: 60_000 });
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/mine")).toContain("No such file");
    await page.getByRole("button", { name: "Back to my own" }).click();
    await expect.poll(() => readScreen(page), { timeout: 30_000 }).toMatch(/[#$]$/);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /srv/mine")).toContain("mine");
  });

  test("goes by file as well", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo gold > /srv/hold");
    const coming = page.waitForEvent("download");
    await page.locator('#more-menu [data-act="export"]').evaluate((button) => (button as HTMLElement).click());
    const code = readFileSync(await (await coming).path(), "utf8");
    const { page: other } = await visit(lesson);
    await other
      .locator("[data-open-code]")
      .setInputFiles({ name: "ship.kc", mimeType: "text/plain", buffer: Buffer.from(code) });
    await other.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await showTerminal(other, "node01");
    expect(await typeLine(other, "cat /srv/hold")).toContain("gold");
  });

  test.each([
    ["cut off", "#kc1-machine-abc", "cut off"],
    ["of another kind", "#kc2-machine-abc-00000000", "newer version"],
  ])("that came %s is told, and the lesson begins", async (_, fragment, why) => {
    const { page } = await visit(`${lesson}${fragment}`);
    await page.getByText("The shared machine cannot be opened").waitFor({ timeout: 60_000 });
    await expect.poll(() => page.locator("[data-notice]").textContent()).toContain(why);
    await page.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
  });
});

describe("the time line", () => {
  test("goes back past a reload", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo one > /srv/log");
    await typeLine(page, "echo two >> /srv/log");
    await page.waitForTimeout(2500);
    await page.reload();
    await page.locator(".lab[data-status=ready]").waitFor({ timeout: 60_000 });
    await page.locator('#lab-bar > [data-act="undo"]').click();
    await showTerminal(page, "node01");
    expect(await typeLine(page, "wc -l /srv/log")).toContain("1 /srv/log");
  });
});

describe("the editor", () => {
  test("shows a file beside what the kubelet was started with", async () => {
    const { page } = await visit(lesson);
    await startLaboratory(page);
    await page.locator('[data-setting="plainEditor"]').evaluate((box) => (box as HTMLInputElement).click());
    await page.locator('[data-place="node01:/var/lib/kubelet/config.yaml"]').click();
    await page.getByRole("textbox", { name: "/var/lib/kubelet/config.yaml on node01" }).waitFor();
    await showTerminal(page, "node01");
    await typeLine(page, "sed -i '1s/^/# new\\n/' /var/lib/kubelet/config.yaml");
    await page.locator("[data-diff-acts] button").click();
    await page.locator('[data-act="diff-running"]').click();
    await expect.poll(() => page.locator(".diff").textContent()).toContain("# new");
    await showTerminal(page, "node01");
    await typeLine(page, "systemctl restart kubelet");
    await page.locator("[data-diff-acts] button").click();
    await page.locator('[data-act="diff-running"]').click();
    await expect
      .poll(() => page.locator("[data-savebar]").textContent())
      .toContain("was started with the file as it stands");
  });
});
