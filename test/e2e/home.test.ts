// The voyage: all twenty lessons named honestly, progress shown, themes set before first paint, readable without scripts.

import { expect, test } from "vitest";
import { plannedLessons } from "../../src/course/voyage.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();

test("the log names all twenty lessons; those aboard are links that answer", async () => {
  const { page } = await visit("");
  const titles = await page.locator("[data-part] .les .ti").allTextContents();
  expect(titles).toEqual(plannedLessons.map(({ title }) => title));
  const links = await page
    .locator("a.les[data-lesson]")
    .evaluateAll((all) => all.map((link) => [link.getAttribute("href"), (link as HTMLElement).dataset.lesson]));
  expect(links.length).toBeGreaterThan(0);
  for (const [href] of links) expect((await page.request.get(new URL(href ?? "", page.url()).href)).status()).toBe(200);
  expect(await page.locator(".les.away").count()).toBe(plannedLessons.length - links.length);
});

test("the chart has a point for each lesson and links to those aboard", async () => {
  const { page } = await visit("");
  expect(await page.locator(".sea .wp").count()).toBe(plannedLessons.length);
  const aboard = await page.locator("a.les[data-lesson]").count();
  expect(await page.locator("a.wp").count()).toBe(aboard);
});

test("progress kept on this device is marked on chart, scale, card and list", async () => {
  const { page } = await visit("");
  const lesson = await page.locator("a.les").first().getAttribute("data-lesson");
  await page.evaluate(async (id) => {
    const progress = { passed: ["a"], total: 2, step: 2, steps: 3, hints: {}, begunAt: 1, seenAt: 2 };
    const request = indexedDB.open("kubelet-captain");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const write = database.transaction("kept", "readwrite");
    write.objectStore("kept").put({ version: 1, lessons: { [id ?? ""]: progress } }, "progress");
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
  }, lesson);
  await page.reload();
  await page.locator("a.les.here").waitFor();
  expect(await page.locator("[data-continue]").textContent()).toBe("Continue");
  expect(await page.locator("[data-about]").textContent()).toContain("Step 2 of 3");
  expect(await page.locator("a.wp.here").count()).toBe(1);
  expect(await page.locator('[data-scale="voyage"] [data-s="here"]').count()).toBe(1);
});

test("a progress record that makes no sense counts as none", async () => {
  const { page } = await visit("");
  await page.evaluate(async () => {
    const request = indexedDB.open("kubelet-captain");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const write = database.transaction("kept", "readwrite");
    write.objectStore("kept").put({ version: 1, lessons: { "sign-on/first-watch": "yes" } }, "progress");
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
  });
  await page.reload();
  await page.locator("a.les.here").waitFor();
  expect(await page.locator("[data-kick]").textContent()).toBe("Begin here");
});

test("the theme is a choice, is kept, and holds before first paint", async () => {
  const { page } = await visit("");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByLabel("Red lamp").check();
  expect(await page.locator("html").getAttribute("data-theme")).toBe("red");
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name === "first-paint")
          document.documentElement.dataset.atPaint = document.documentElement.dataset.theme ?? "none";
      }
    }).observe({ type: "paint", buffered: true });
  });
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.atPaint !== undefined);
  expect(await page.locator("html").getAttribute("data-at-paint")).toBe("red");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByLabel("As the system").check();
  expect(await page.locator("html").getAttribute("data-theme")).toBeNull();
});

test.each(["light", "dark"] as const)("no barriers in %s", async (colorScheme) => {
  const { page } = await visit("", { colorScheme });
  await page.locator("a.les.here").waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test.each([320, 390, 768, 1024])("nothing runs out of a page %i wide", async (width) => {
  const { page } = await visit("", { viewport: { width, height: 800 } });
  const spare = await page.evaluate(() => innerWidth - document.documentElement.scrollWidth);
  expect(spare).toBeGreaterThanOrEqual(0);
});

test("without scripts everything is there, and nothing that cannot work", async () => {
  const { page } = await visit("", { javaScriptEnabled: false });
  expect(await page.locator("a.les").count()).toBeGreaterThan(0);
  expect(await page.locator(".needs-js").first().isVisible()).toBe(false);
  expect(await page.locator("[data-continue]").getAttribute("href")).toContain("lessons/");
});

test("an address that leads nowhere says so kindly and names the ways on", async () => {
  const { page } = await visit("lessons/no/such-lesson/", { expected: [/404/] });
  expect(await page.locator("h1").textContent()).toBe("Not on this chart");
  expect(await page.locator(".lost a").count()).toBeGreaterThan(1);
  expect(await findBarriers(page)).toEqual([]);
});
