// Finding one's way: search, keys, help sheet, reference filters, log book, themes; by keyboard where a keyboard is meant.

import { expect, test } from "vitest";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();

test("the search finds settings, lessons and commands, by keyboard alone, and nothing of it is loaded before", async () => {
  const { page } = await visit("reference/");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input").waitFor();
  expect(asked.filter((path) => path.endsWith("search/pages.json"))).toHaveLength(1);
  await page.keyboard.type("readonlyport");
  const links = page.locator("dialog .found a");
  await links.first().waitFor();
  expect(await links.first().getAttribute("href")).toContain("reference/settings/#readOnlyPort");
  expect(await findBarriers(page)).toEqual([]);
  await page.locator("dialog input").fill("nodes/proxy");
  await page.waitForFunction(() => document.querySelector(".found")?.textContent?.includes("nodes/proxy"));
  const kinds = (await page.locator("dialog .found .where").allTextContents()).join(" ");
  expect(kinds).toContain("Lesson");
  expect(kinds).toContain("Reference");
  await page.locator("dialog input").fill("drain");
  await page.waitForFunction(() => document.querySelector(".found")?.textContent?.includes("Dry dock"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.endsWith("/reference/"));
});

test("a search without a result says so, and Escape gives the focus back", async () => {
  const { page } = await visit("");
  await page.locator("[data-search]").focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog input").fill("xyzzyplugh");
  await page.waitForFunction(() =>
    document.querySelector("dialog [role=status]")?.textContent?.startsWith("Nothing has"),
  );
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-search"))).toBe(true);
});

test("the help sheet names the keys; those of one letter can be turned off", async () => {
  const { page } = await visit("reference/glossary/");
  await page.keyboard.press("?");
  await page.locator("dialog[open] .keys").first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByLabel("Keys of one letter are on").uncheck();
  await page.keyboard.press("Escape");
  // Keys lead nowhere while a sheet is open, and Escape closes it a moment later.
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.keyboard.press("v");
  await page.waitForTimeout(300);
  expect(page.url()).toContain("glossary");
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] input[type=search]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.evaluate(() => localStorage.removeItem("kc:keys"));
  await page.keyboard.press("v");
  await page.waitForURL((url) => !url.pathname.includes("glossary"));
});

test("keys are left to fields and to the terminal", async () => {
  const { page } = await visit("reference/settings/");
  await page.locator("#filter").focus();
  await page.keyboard.type("v/?");
  expect(await page.locator("#filter").inputValue()).toBe("v/?");
  expect(await page.locator("dialog[open]").count()).toBe(0);
});

test("the chart of settings is filtered by words and by differing defaults", async () => {
  const { page } = await visit("reference/settings/");
  const shown = page.locator("#settings tbody tr:not([hidden])");
  const all = await shown.count();
  await page.locator("#filter").fill("4.2.4");
  expect(await shown.count()).toBe(1);
  expect(await shown.first().textContent()).toContain("readOnlyPort");
  await page.locator("#filter").fill("");
  await page.getByRole("button", { name: /Defaults differ/ }).click();
  expect(await shown.count()).toBeLessThan(8);
  await page.locator("#filter").fill("nosuchsetting");
  expect(await page.locator("[data-nothing]").isVisible()).toBe(true);
  expect(all).toBeGreaterThan(100);
});

test("the log book shows what was kept, goes out as text and comes back after it was erased", async () => {
  const { page } = await visit("log/");
  expect(await page.locator("[data-where]").textContent()).toBe("Nothing begun yet");
  await page.evaluate(async () => {
    const now = Date.now();
    const lesson = {
      passed: ["a"],
      total: 3,
      step: 2,
      steps: 3,
      hints: { a: 2 },
      begunAt: now - 600_000,
      seenAt: now,
      spent: 300_000,
      wrongs: { "flag-beats-file": { times: 2, at: now } },
    };
    const request = indexedDB.open("kubelet-captain");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const write = database.transaction("kept", "readwrite");
    write.objectStore("kept").put({ version: 1, lessons: { "sign-on/the-ships-papers": lesson } }, "progress");
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
  });
  await page.reload();
  await page.locator("tr[data-here]").waitFor();
  expect(await page.locator("tr[data-here]").textContent()).toMatch(/1 of 3.*5 minutes.*today/s);
  expect(await page.locator("[data-wrong]:not([hidden])").textContent()).toContain("2 times, last today");
  expect(await findBarriers(page)).toEqual([]);
  await page.locator("[data-copy]").click();
  await page.waitForFunction(() => document.querySelector("[data-record-line]")?.textContent !== "");
  const code = await page.locator("#record-text").inputValue();
  expect(code).toMatch(/^kc1-progress-/);
  await page.locator("[data-erase]").click();
  await page.locator("[data-erase-now]").click();
  await page.waitForFunction(() => document.querySelector("[data-where]")?.textContent === "Nothing begun yet");
  await page.locator("#record-text").focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text", text);
    document
      .querySelector("#record-text")
      ?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, code);
  await page.locator("tr[data-here]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("w");
  await page.waitForURL((url) => url.pathname.includes("the-ships-papers"));
});

test("high contrast is a theme of its own, and the next one is one key away", async () => {
  const { page } = await visit("reference/hardened-ship/");
  for (const theme of ["light", "dark", "red", "contrast"]) {
    await page.keyboard.press("t");
    await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, theme);
  }
  expect(await findBarriers(page)).toEqual([]);
});
