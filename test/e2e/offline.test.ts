// Without a network: a lesson from its start to its closing page, with the server gone; and a newer build, which waits to be taken up.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  openInEditor,
  showTerminal,
  startLaboratory,
  typeLine,
  waitForOrder,
  waitForPrompt,
} from "../../src/cli/browse.ts";
import { writeWorker } from "../../src/cli/offline.ts";
import { dist, root } from "../../src/cli/packages.mjs";
import { type SiteServer, serveSite } from "../../src/cli/serve.ts";
import { useBrowser } from "./support/browser.ts";

const first = "lessons/sign-on/first-watch/";
const aboard = "lessons/pirates/hail-the-ship/";
const { visit } = useBrowser();

let folder: string;
let site: SiteServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kc-site-"));
  cpSync(dist, folder, { recursive: true });
  site = await serveSite({ root: folder, port: 0, base: process.env.KC_BASE ?? "" });
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until the first visit has brought all it brings. */
async function waitUntilKept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 120_000 });
}

/** What goes wrong without a server is what the tests are about; a transition may end when motion is reduced. */
const gone = {
  serviceWorkers: "allow",
  expected: [/ERR_CONNECTION_REFUSED|Failed to fetch|ERR_FAILED|left the site|ViewTransition/],
} as const;

describe("without a network", () => {
  test("a lesson is read, begun and finished, and the next one opens", { timeout: 300_000 }, async () => {
    const { page } = await visit(site.url, gone);
    await waitUntilKept(page);
    await page.waitForFunction(() => document.querySelector("[data-offline]")?.textContent !== "");
    await site.close();

    await page.locator(`a[href$="${first}"]`).first().click();
    await page.locator("article h1", { hasText: "First watch" }).waitFor();
    await startLaboratory(page);
    const script = readFileSync(join(root, "lessons/10-sign-on/010-first-watch/solution.sh"), "utf8");
    for (const line of script
      .trim()
      .split("\n")
      .filter((each) => !each.startsWith("#")))
      await typeLine(page, line);
    for (const order of await page.locator("details[data-check]").all())
      await waitForOrder(page, (await order.getAttribute("data-check")) ?? "", "pass");
    await page.locator("[data-step-word]", { hasText: "all steps done" }).waitFor();
    await page.getByRole("heading", { name: "What you can now say" }).waitFor();

    await page.locator('a[rel="next"]').click();
    await page.locator("h1").first().waitFor();
    expect(new URL(page.url()).pathname).toContain("lessons/sign-on/");
    // A lesson in the middle of the voyage boots by itself where its scene was not fetched.
    await page.goto(new URL(aboard, site.url).href);
    await startLaboratory(page);
    await showTerminal(page, "outsider");
    expect(await typeLine(page, "curl -sk -o /dev/null -w '%{http_code}\\n' https://node01:10250/pods")).toMatch(
      /\n200\n/,
    );
    await page.goto(new URL("nowhere/", site.url).href);
    await page.locator("h1", { hasText: "Out of reach" }).waitFor();
  });
});

describe("a newer build", () => {
  test("waits until it is taken up, and loses no laboratory", { timeout: 300_000 }, async () => {
    const { page, context } = await visit(new URL(first, site.url).href, gone);
    await startLaboratory(page);
    await typeLine(page, "echo kept > mine");
    await waitUntilKept(page);
    const other = await context.newPage();
    await other.goto(site.url);

    const home = join(folder, "index.html");
    writeFileSync(home, readFileSync(home, "utf8").replace("Harden a kubelet", "Harden every kubelet"));
    await writeWorker(folder);
    await other.reload();
    await other.locator(".news", { hasText: "newer version" }).waitFor();
    await page.locator(".news", { hasText: "newer version" }).waitFor();
    expect(await other.locator("h1").first().textContent()).toBe("Harden a kubelet");

    // What runs in the lesson goes on until the reader says so; the editor still comes.
    await openInEditor(page, "node01:/var/lib/kubelet/config.yaml");
    await showTerminal(page, "node01");
    await typeLine(page, "echo more >> mine");
    await other.locator(".news button", { hasText: "Take it up" }).click();
    await other.locator("h1", { hasText: "Harden every kubelet" }).waitFor();
    await page.locator(".news", { hasText: "another tab" }).waitFor();
    expect(await typeLine(page, "awk '{ print NR, $0 }' mine")).toMatch(/1 kept\n2 more/);

    await Promise.all([page.waitForEvent("load"), page.locator(".news button", { hasText: "Load anew" }).click()]);
    await waitForPrompt(page);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat mine")).toMatch(/\nkept\nmore\n/);
    await page.goto(site.url);
    expect(await page.locator("h1").first().textContent()).toBe("Harden every kubelet");
  });
});
