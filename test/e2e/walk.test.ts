// The whole site, page by page: no barrier that axe finds, no error in the console, nothing asked of anybody else. One browser, several pages at once.

import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { launchBrowser } from "../../src/cli/browse.ts";
import { dist } from "../../src/cli/packages.mjs";
import { findBarriers } from "./support/browser.ts";

/** Pages that are looked at side by side. */
const LANES = 3;
const themes = ["light", "dark"] as const;
const site = inject("site");
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

function listPages(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return listPages(path);
    return name === "index.html" ? [relative(dist, folder).replaceAll("\\", "/")] : [];
  });
}

const paths = listPages(dist)
  .map((path) => (path === "" ? "" : `${path}/`))
  .sort();

/** The presenter's pages are one page with another lesson's text: of those, every fourth is asked for barriers, the others only opened. */
const isRepeat = (path: string, index: number): boolean => path.startsWith("bridge/present/") && index % 4 !== 0;

/** Width of the page as it is looked at; it is also made as narrow as a phone, and as a window beside another. */
const wide = 1280;

/** What is wrong with a page, each line with its address. */
async function look(page: Page, path: string, index: number): Promise<string[]> {
  const wrong: string[] = [];
  page.removeAllListeners();
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && origin !== new URL(site).origin) wrong.push(`left the site: ${request.url()}`);
  });
  await page.goto(new URL(path, site).href, { waitUntil: "load" });
  for (const width of [320, 500, wide]) {
    await page.setViewportSize({ width, height: 900 });
    const spare = await page.evaluate(() => innerWidth - document.documentElement.scrollWidth);
    if (spare < 0) wrong.push(`runs ${-spare} px out of a page ${width} wide`);
  }
  if (!isRepeat(path, index)) wrong.push(...(await findBarriers(page)));
  return wrong.map((each) => `/${path}: ${each}`);
}

test("every page of the site", async () => {
  expect(paths.length).toBeGreaterThan(40);
  const queue = [...paths.entries()];
  const wrong: string[] = [];
  const lane = async (number: number): Promise<void> => {
    if (browser === undefined) return;
    const context = await browser.newContext({
      viewport: { width: wide, height: 900 },
      reducedMotion: "reduce",
      colorScheme: themes[number % themes.length] ?? "light",
      // Nothing is kept for offline use while the pages are walked.
      serviceWorkers: "block",
    });
    const page = await context.newPage();
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      wrong.push(...(await look(page, next[1], next[0])));
    await context.close();
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
  expect(wrong).toEqual([]);
}, 300_000);
