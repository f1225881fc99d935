// A lesson page before anything runs: complete without scripts, safe by its policy, within the screen, free of barriers.

import { expect, test } from "vitest";
import { findBarriers, useBrowser } from "./support/browser.ts";

const { visit, site } = useBrowser();
const lesson = "lessons/who-goes-there/turn-strangers-away/";

test("without scripts the lesson is complete and says what is missing", async () => {
  const { page } = await visit(lesson, { javaScriptEnabled: false });
  expect(await page.locator("article h1").textContent()).toBe("Turn strangers away");
  expect(await page.locator("[data-step]").count()).toBeGreaterThan(1);
  expect(await page.locator(".cmd pre").count()).toBeGreaterThan(5);
  expect(await page.locator("[data-check]").count()).toBeGreaterThan(1);
  expect(await page.locator(".cmd .btn").first().isVisible()).toBe(false);
  expect(await page.locator("noscript p").textContent()).toContain("complete without");
});

test("without scripts the tabs of small screens still switch", async () => {
  const { page } = await visit(lesson, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  expect(await page.locator("article").isVisible()).toBe(true);
  await page.locator(".panes label", { hasText: "Orders" }).click();
  expect(await page.locator("article").isVisible()).toBe(false);
  expect(await page.locator("#orders").isVisible()).toBe(true);
});

test("by keyboard the start of the laboratory is three keys away from the top", async () => {
  const { page } = await visit(lesson);
  for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Start the laboratory");
});

test("the policy allows this site only, and scripts by hash", async () => {
  const { page } = await visit(lesson);
  const policy = await page.locator('meta[http-equiv="content-security-policy"]').getAttribute("content");
  expect(policy).toContain("default-src 'self'");
  const scripts = /script-src ([^;]*)/.exec(policy ?? "")?.[1] ?? "";
  expect(scripts).toContain("'sha256-");
  expect(scripts).not.toContain("unsafe");
  expect(scripts).not.toContain("http");
});

test("no element handles events inline, and nothing comes from another site", async () => {
  const { page } = await visit(lesson);
  const handlers = await page.evaluate(() =>
    [...document.querySelectorAll("*")].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on")),
    ),
  );
  expect(handlers).toEqual([]);
  const foreign = await page.evaluate(
    (own) => performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(own)).length,
    new URL(site).origin,
  );
  expect(foreign).toBe(0);
});

test("two faces are preloaded, and no style of the editor comes before it is opened", async () => {
  const { page } = await visit(lesson);
  expect(await page.locator('link[rel="preload"][as="font"]').count()).toBe(2);
  const sheets = await page.evaluate(() => [...document.styleSheets].map(({ cssRules }) => cssRules.length));
  expect(sheets.reduce((sum, rules) => sum + rules, 0)).toBeLessThan(900);
});

test.each([320, 390, 768, 1024, 1440])("nothing runs out of a page %i wide", async (width) => {
  const { page } = await visit(lesson, { viewport: { width, height: 800 } });
  const spare = await page.evaluate(() => innerWidth - document.documentElement.scrollWidth);
  expect(spare).toBeGreaterThanOrEqual(0);
});

test.each([
  [1440, "light"],
  [1440, "dark"],
  [390, "light"],
] as const)("no barriers at %i in %s", async (width, colorScheme) => {
  const { page } = await visit(lesson, { viewport: { width, height: 844 }, colorScheme });
  expect(await findBarriers(page)).toEqual([]);
});

test("the first Tab leads to the content", async () => {
  const { page } = await visit(lesson);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(page.url()).toContain("#main");
});

test("a split bar is moved by keys and stays within its bounds", async () => {
  const { page } = await visit(lesson);
  await page.locator('[data-act="start"]').hover();
  const bar = page.getByRole("separator", { name: "Height of the terminal" });
  await page.locator('[data-act="start"]').click();
  await page.locator(".lab[data-status=ready]").waitFor();
  await bar.focus();
  const before = Number(await bar.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowUp");
  expect(Number(await bar.getAttribute("aria-valuenow"))).toBe(before + 5);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  expect(Number(await bar.getAttribute("aria-valuenow"))).toBe(Number(await bar.getAttribute("aria-valuemax")));
});
