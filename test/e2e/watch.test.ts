// The watch: a drill done on a phone, rated, and due again; browsing without scripts; nobody is kept out.

import { expect, test } from "vitest";
import { endsAtPrompt, typeLine, waitForScreen } from "../../src/cli/browse.ts";
import { findDrill } from "../../src/cli/drills.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();

test("a drill on a phone: task, terminal, orders that pass, a rating, and the day it comes again", {
  timeout: 150_000,
}, async () => {
  const drill = await findDrill("drill:read-only-port:7");
  if (drill === undefined) throw new Error("there is no such drill");
  const { page } = await visit("watch/", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.locator("[data-today] a").first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.goto(`${page.url()}rep/?drill=read-only-port&seed=7`);
  await page.waitForSelector('kc-lab[data-status="ready"]', { timeout: 60_000 });
  expect(await page.locator("[data-title]").textContent()).toBe(drill.template.title);
  expect(await findBarriers(page)).toEqual([]);
  await page.locator("#panes").getByText("Orders").click();
  await page.locator("details[data-check] .word", { hasText: "not yet" }).first().waitFor({ timeout: 30_000 });
  expect(await findBarriers(page)).toEqual([]);
  await page.locator("#panes").getByText("Terminal").click();
  await waitForScreen(page, endsAtPrompt, "a prompt");
  await page.locator(".xterm-helper-textarea:visible").first().focus();
  for (const line of drill.solution) await typeLine(page, line);
  await page.locator("[data-done]:not([hidden])").waitFor({ state: "attached", timeout: 60_000 });
  await page.locator("#panes").getByText("Read").click();
  await page.getByRole("heading", { name: "All orders pass" }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.locator('[data-rate="3"]').click();
  await page.locator(".rated").getByText("Good: it comes again").waitFor();
  await page.getByRole("link", { name: "On with the watch" }).click();
  await page.getByText("1 of the last 28 days").first().waitFor();
  expect(await page.locator('[data-drill="read-only-port"] [data-mi]').textContent()).not.toMatch(/min$/);
  const spare = await page.evaluate(() => innerWidth - document.documentElement.scrollWidth);
  expect(spare).toBeGreaterThanOrEqual(0);
});

test("the record goes from one browser to another as a file", async () => {
  const { page } = await visit("watch/");
  await page.evaluate(async () => {
    const request = indexedDB.open("kubelet-captain");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const card = {
      due: 1,
      stability: 1,
      difficulty: 5,
      elapsed_days: 0,
      scheduled_days: 1,
      learning_steps: 0,
      reps: 1,
      lapses: 0,
      state: 2,
      last_review: 1,
    };
    const write = database.transaction("kept", "readwrite");
    write.objectStore("kept").put({ version: 1, cards: { "read-only-port": card }, days: [], wrongs: {} }, "reps");
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
  });
  await page.reload();
  await page.getByText("overdue").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-export]").click()]);
  const { page: other } = await visit("watch/");
  await other.locator("[data-import]").setInputFiles(await download.path());
  await other.getByText("Taken up.").waitFor();
  await other.getByText("overdue").waitFor();
  await other
    .locator("[data-import]")
    .setInputFiles({ name: "x.kc", mimeType: "text/plain", buffer: Buffer.from("kc1-no") });
  await other.getByText("The file cannot be read").waitFor();
});

test("without scripts every drill is listed by topic, and nothing that cannot work is shown", async () => {
  const { page } = await visit("watch/", { javaScriptEnabled: false });
  expect(await page.locator(".drills a").count()).toBeGreaterThan(20);
  expect(await page.locator(".needs-js").first().isVisible()).toBe(false);
});

test.each(["light", "dark"] as const)("no barriers in %s", async (colorScheme) => {
  const { page } = await visit("watch/", { colorScheme });
  await page.locator("[data-today] a").first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.goto(page.url().replace("watch/", "exam/"));
  expect(await findBarriers(page)).toEqual([]);
});
