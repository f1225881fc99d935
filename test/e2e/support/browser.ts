// Opens Chromium for browser tests: one browser a file, a fresh profile a test, and every complaint of the page kept.

import axe from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { launchBrowser } from "../../../src/cli/browse.ts";

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and its console, requests that failed or left the site. */
  readonly complaints: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** Complaints the test expects, by a part of their text. */
  readonly expected?: readonly RegExp[];
}

function listen(page: Page, site: string, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && origin !== new URL(site).origin)
      complaints.push(`left the site: ${request.url()}`);
  });
}

/** Gives the tests of a file a browser. `visit(path)` opens a page of the site in a fresh profile. */
export function useBrowser(): { visit(path: string, options?: VisitOptions): Promise<Visit>; readonly site: string } {
  let browser: Browser | undefined;
  const visits: { visit: Visit; expected: readonly RegExp[] }[] = [];
  const site = inject("site");
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    const open = visits.splice(0);
    for (const { visit } of open) await visit.context.close();
    const unexpected = open.flatMap(({ visit, expected }) =>
      visit.complaints.filter((text) => !expected.some((pattern) => pattern.test(text))),
    );
    expect(unexpected).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    site,
    async visit(path, { expected = [], ...options } = {}) {
      if (browser === undefined) throw new Error("visit() is for tests, not for collecting them");
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        reducedMotion: "reduce",
        // What the course keeps for times without a network would be fetched with each test; those that need it say so.
        serviceWorkers: "block",
        ...options,
      });
      const page = await context.newPage();
      const visit: Visit = { page, context, complaints: [] };
      visits.push({ visit, expected });
      listen(page, site, visit.complaints);
      await page.goto(new URL(path, site).href);
      return visit;
    },
  };
}

/** What axe finds on the page as it is now: rule and the first element of each. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(where: Document, how: import("axe-core").RunOptions): Promise<import("axe-core").AxeResults> };
      }
    ).axe.run(document, { resultTypes: ["violations"] }),
  );
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`,
  );
}
