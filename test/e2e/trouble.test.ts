// When something goes wrong outside the lesson: the worker dies, what was saved is bad, the device is full, a lesson is missing.

import { describe, expect, test } from "vitest";
import {
  readScreen,
  showTerminal,
  startLaboratory,
  typeLine,
  waitForPrompt,
  waitForScreen,
} from "../../src/cli/browse.ts";
import { useBrowser } from "./support/browser.ts";

const path = "lessons/sign-on/first-watch/";
const { visit, site } = useBrowser();

describe("trouble", () => {
  test("a worker that was killed is started again from what was saved", async () => {
    const { page, context } = await visit("", { expected: [/worker stopped/] });
    await context.addInitScript(() => {
      const Original = Worker;
      globalThis.Worker = class extends Original {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          if (options?.type === "module") (globalThis as Record<string, unknown>).__worker ??= this;
        }
      };
    });
    await page.goto(new URL(path, site).href);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo kept > /root/kept");
    await page.waitForTimeout(2500);
    await page.evaluate(() => ((globalThis as Record<string, unknown>).__worker as Worker).terminate());
    const notice = page.locator("[data-notice]");
    await notice.getByText("The machine stopped and was started again").waitFor({ timeout: 60_000 });
    await notice.getByRole("button").first().click();
    await waitForPrompt(page);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "cat /root/kept")).toMatch(/\nkept\n/);
  });

  test("a saved state that cannot be read is set aside with a kind word, and the lesson begins anew", async () => {
    const { page } = await visit(path, { expected: [/saved laboratory cannot be read/] });
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "echo old > /root/old");
    await page.waitForTimeout(2500);
    await page.evaluate(async () => {
      const open = (): Promise<IDBDatabase> =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open("kubelet-captain");
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const db = await open();
      const store = db.transaction("kept", "readwrite").objectStore("kept");
      const keys = await new Promise<IDBValidKey[]>((resolve) => {
        const request = store.getAllKeys();
        request.onsuccess = () => resolve(request.result);
      });
      let spoiled = 0;
      for (const key of keys) {
        if (!String(key).includes("first-watch")) continue;
        store.put(
          {
            version: 1,
            saved: { format: 1, lab: "sign-on/first-watch", fleet: "rotten" },
            at: 1,
            screens: {},
            starts: {},
          },
          key,
        );
        spoiled += 1;
      }
      if (spoiled === 0) throw new Error(`nothing was kept for this lesson; keys: ${keys.map(String).join(", ")}`);
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
    });
    await page.reload();
    const notice = page.locator("[data-notice]");
    await notice.getByText(/cannot be read/).waitFor({ timeout: 30_000 });
    await notice.getByRole("button").first().click();
    await waitForPrompt(page);
    await showTerminal(page, "node01");
    expect(await typeLine(page, "ls /root/old")).toMatch(/No such file or directory/);
  });

  test("a full device is told once, and the laboratory goes on", async () => {
    const { page, context } = await visit("");
    await context.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await page.goto(new URL(path, site).href);
    await startLaboratory(page);
    await showTerminal(page, "node01");
    await typeLine(page, "true");
    const notice = page.locator("[data-notice]");
    await notice.getByText("No room left on this device").waitFor({ timeout: 30_000 });
    expect(await notice.getByRole("button").count()).toBeGreaterThan(0);
    await page.locator(".xterm-helper-textarea:visible, .xterm-rows:visible").first().click();
    expect(await typeLine(page, "echo goes on")).toMatch(/\ngoes on\n/);
  });

  test("without Web Locks, as on plain HTTP, a second tab is told all the same", async () => {
    const { page, context } = await visit("");
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }));
    await page.goto(new URL(path, site).href);
    await startLaboratory(page);
    // What was kept makes the second tab begin by itself.
    await page.waitForTimeout(2500);
    const other = await context.newPage();
    await other.goto(new URL(path, site).href);
    await other.getByText("This laboratory is open in another tab").first().waitFor({ timeout: 60_000 });
    await other.getByRole("button", { name: "Take over" }).first().click();
    await waitForPrompt(other);
    await page.getByText("This laboratory is open in another tab").first().waitFor({ timeout: 60_000 });
  });

  test("a browser that keeps nothing says so, and the laboratory works", async () => {
    const { page, context } = await visit("");
    await context.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { get: () => undefined }));
    await page.goto(new URL(path, site).href);
    await startLaboratory(page);
    await page.locator("[data-notice]").getByText("Nothing is kept here").waitFor();
    await showTerminal(page, "node01");
    expect(await typeLine(page, "echo sailing")).toMatch(/\nsailing\n/);
  });

  test("a program that cannot be fetched is told as what it is, and goes on with the network", async () => {
    const { page, context } = await visit(path, { expected: [/ERR_INTERNET_DISCONNECTED/] });
    await startLaboratory(page);
    await showTerminal(page, "node01");
    // What judges has arrived with the first verdicts.
    await page.locator("[data-facts-acts]").waitFor();
    await context.setOffline(true);
    await page.keyboard.type("jq --version\n");
    await page.locator("[data-notice]").getByText("The network does not answer").waitFor({ timeout: 30_000 });
    await context.setOffline(false);
    await waitForScreen(page, (screen) => screen.includes("jq-1."), "an answer of jq");
    await page.locator("[data-notice]").waitFor({ state: "hidden" });
  });

  test("a network that goes right after the prompt: what is typed is kept, that is said, and all of it comes when it is back", async () => {
    const { page, context } = await visit("", { expected: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch/] });
    // What services and panes need stays away from the first prompt on, as if the line had been cut at that very moment.
    const late = /\/(containerd|systemd|judge|late-panes|keep)[.-][^/]*\.js/;
    await context.route(late, (route) => route.abort());
    await page.goto(new URL(path, site).href);
    await page.locator('[data-act="start"]').click();
    await page.waitForSelector('kc-lab[data-status="ready"]');
    await page.keyboard.type("echo typed > kept; cat kept\n", { delay: 20 });
    const notice = page.locator("[data-notice]");
    await notice.getByText("What you type is kept").waitFor({ timeout: 30_000 });
    await page.waitForTimeout(5000);
    // Asked for again and again, and told once: whatever has the focus keeps it.
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("xterm-helper-textarea");
    await context.unroute(late);
    await waitForScreen(page, (screen) => /\ntyped\n/.test(screen), "what was typed");
    await notice.waitFor({ state: "hidden" });
    await page.locator("[data-facts-acts]").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-order-marks] button").length > 0);
  });

  test("a machine whose code does not arrive says so, with a way on", async () => {
    const { page, context } = await visit("", { expected: [/ERR_FAILED/, /worker stopped/] });
    const gone = /\/worker[^/]*\.js/;
    await context.route(gone, (route) => route.abort());
    await page.goto(new URL(path, site).href);
    await page.locator('[data-act="start"]').click();
    const notice = page.locator("[data-notice]");
    await notice.getByText("Its code does not arrive").waitFor({ timeout: 30_000 });
    await context.unroute(gone);
    await notice.getByRole("button", { name: "Try once more" }).click();
    await waitForPrompt(page);
  });

  test("a lesson that does not exist is answered with 404, the ways on, and no dead end", async () => {
    const { page } = await visit("", { expected: [/404/] });
    const answer = await page.goto(new URL("lessons/no-such/lesson/", site).href);
    expect(answer?.status()).toBe(404);
    expect(await page.locator("main").textContent()).toContain("No lesson or page has this address");
    await page.getByRole("link", { name: /Turn strangers away/ }).click();
    expect(await page.locator("#read h1").textContent()).toBe("Turn strangers away");
  });

  test("a screen of a machine at rest shows a prompt of its own machine", async () => {
    const { page } = await visit(path);
    await startLaboratory(page);
    await showTerminal(page, "outsider");
    expect(await readScreen(page)).toMatch(/^pirate@outsider:~\$$/m);
  });
});
