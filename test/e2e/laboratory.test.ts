// The laboratory in a browser: commands and files, orders, undo, the session as text, and what is kept when things go wrong.

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { findBarriers, useBrowser, type Visit } from "./support/browser.ts";

const { visit } = useBrowser();
const lesson = "lessons/who-goes-there/turn-strangers-away/";
const config = "node01:/var/lib/kubelet/config.yaml";

/** What the terminal in front shows. */
function screenText(page: Page): Promise<string> {
  return page.locator('[role="tabpanel"]:not([hidden]) .xterm-rows').innerText();
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start the laboratory" }).click();
  await page.locator(".lab[data-status=ready]").waitFor();
  await expect.poll(() => screenText(page), { timeout: 10_000 }).toContain("$ ");
}

/** Types a command at the terminal in front and waits for what it should show. */
async function run(page: Page, command: string, shows: RegExp): Promise<void> {
  await page.keyboard.type(`${command}\n`);
  await expect.poll(() => screenText(page), { timeout: 10_000 }).toMatch(shows);
}

async function showTerminal(page: Page, machine: string): Promise<void> {
  await page.getByRole("tab", { name: machine }).click();
  await expect.poll(() => screenText(page)).toMatch(/[#$]/);
}

function verdict(page: Page, check: string): Promise<string> {
  return page.locator(`[data-check="${check}"] .word`).innerText();
}

/** Waits until what was done is kept. */
async function untilKept(page: Page): Promise<void> {
  await page.waitForTimeout(1500);
}

async function writeKept(page: Page, value: unknown): Promise<void> {
  await page.evaluate(
    async ([key, record]) => {
      const request = indexedDB.open("kubelet-captain");
      request.onupgradeneeded = () => request.result.createObjectStore("kept");
      const database = await new Promise<IDBDatabase>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
      const write = database.transaction("kept", "readwrite");
      write.objectStore("kept").put(record, key as string);
      await new Promise((resolve) => {
        write.oncomplete = resolve;
      });
      database.close();
    },
    ["lab:who-goes-there/turn-strangers-away", value],
  );
}

describe("commands and files", () => {
  test("a button types the command of the prose into the terminal of its machine", async () => {
    const { page } = await visit(lesson);
    await page.locator('[data-try="outsider"] [data-type]').first().click();
    await page.locator(".lab[data-status=ready]").waitFor();
    await expect.poll(() => screenText(page), { timeout: 15_000 }).toContain("PodList");
    expect(await page.getByRole("tab", { name: "outsider" }).getAttribute("aria-selected")).toBe("true");
  });

  test("a file saved in the editor is what the terminal reads, and the other way round", async () => {
    const { page } = await visit(lesson);
    await start(page);
    await page.locator('[data-setting="plainEditor"]').evaluate((box) => (box as HTMLInputElement).click());
    await page.locator(`[data-place="${config}"]`).click();
    const editor = page.getByRole("textbox", { name: "/var/lib/kubelet/config.yaml on node01" });
    await editor.waitFor();
    await editor.fill(`# by hand\n${await editor.inputValue()}`);
    await page.keyboard.press("Control+s");
    await showTerminal(page, "node01");
    await run(page, "head -n 1 /var/lib/kubelet/config.yaml", /# by hand/);
    await run(page, "sed -i '1s/.*/# by sed/' /var/lib/kubelet/config.yaml", /[#$] $/);
    await expect.poll(() => editor.inputValue()).toMatch(/^# by sed\n/);
  });

  test("Monaco opens with the file, knows the fields of the configuration, and saves", async () => {
    const { page } = await visit(lesson);
    await start(page);
    await page.locator(`[data-place="${config}"]`).click();
    const line = page.locator(".view-line", { hasText: "enabled: true" }).first();
    await line.waitFor({ timeout: 30_000 });
    await line.getByText("enabled").hover();
    await expect
      .poll(() => page.locator(".monaco-hover").allInnerTexts(), { timeout: 15_000 })
      .toContainEqual(expect.stringContaining("--anonymous-auth"));
  });

  test("undo takes back a command; redo brings it again", async () => {
    const { page } = await visit(lesson);
    await start(page);
    await run(page, "touch here", /\$ $/);
    await run(page, "ls", /here/);
    await untilKept(page);
    await page.getByRole("button", { name: "Undo: ls" }).click();
    await page.getByRole("button", { name: "Undo: touch here" }).click();
    await expect.poll(() => screenText(page)).not.toContain("here");
    await page.locator(".screen .xterm-helper-textarea").first().focus();
    await run(page, "ls | wc -l", /^0$/m);
  });

  test("Esc then Tab leaves the terminal", async () => {
    const { page } = await visit(lesson);
    await start(page);
    const inside = (): Promise<boolean> =>
      page.evaluate(() => document.activeElement?.classList.contains("xterm-helper-textarea") ?? false);
    expect(await inside()).toBe(true);
    await page.keyboard.press("Tab");
    expect(await inside()).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await inside()).toBe(false);
  });

  test("the session as text has a heading for each command and an input line of its own", async () => {
    const { page } = await visit(lesson);
    await start(page);
    await run(page, "echo from the screen", /^from the screen/m);
    await page.getByRole("button", { name: "As text" }).click();
    await page.getByRole("heading", { name: "echo from the screen" }).waitFor();
    await page.getByLabel("Command on outsider").fill("echo from the twin");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "echo from the twin" }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole("button", { name: "As text" }).click();
    expect(await screenText(page)).toMatch(/^from the twin/m);
  });

  test("no barriers with the laboratory, a file and the requests open", async () => {
    const { page } = await visit(lesson);
    await start(page);
    await page.locator(`[data-place="${config}"]`).click();
    await page.locator(".view-line").first().waitFor({ timeout: 30_000 });
    expect(await findBarriers(page)).toEqual([]);
    await page
      .getByRole("button", { name: /^Requests/ })
      .first()
      .click();
    await page.getByRole("heading", { name: "Requests" }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.locator("[data-drawer]").isVisible()).toBe(false);
  });
});

describe("a lesson by keyboard alone", () => {
  /** From the page's start to a running terminal, without a pointer. */
  async function startByKeys({ page }: Visit): Promise<void> {
    await page.locator('[data-act="start"]').focus();
    await page.keyboard.press("Enter");
    await page.locator(".lab[data-status=ready]").waitFor();
    await expect.poll(() => screenText(page), { timeout: 10_000 }).toContain("$ ");
    await run(page, "curl -sk https://node01:10250/pods -o pods.json", /\$ $/);
    await expect.poll(() => verdict(page, "pods-taken"), { timeout: 10_000 }).toBe("pass");
  }

  /** To the next machine's terminal, by the tabs' arrow keys. */
  async function goToNode(page: Page): Promise<void> {
    await page.getByRole("tab", { name: "outsider" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
  }

  test("by the configuration file, with a reload in the middle", async () => {
    const visited = await visit(lesson);
    const { page } = visited;
    await startByKeys(visited);
    await goToNode(page);
    await run(page, "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml", /# $/);
    await untilKept(page);
    await page.reload();
    await page.locator(".lab[data-status=ready]").waitFor();
    await expect.poll(() => verdict(page, "pods-taken"), { timeout: 10_000 }).toBe("pass");
    await goToNode(page);
    await run(page, "grep -A1 anonymous: /var/lib/kubelet/config.yaml", /enabled: false/);
    await run(page, "systemctl restart kubelet", /# $/);
    await expect.poll(() => verdict(page, "stranger-refused"), { timeout: 15_000 }).toBe("pass");
    await expect.poll(() => page.locator("[data-orders-sum]").innerText(), { timeout: 15_000 }).toBe("all pass");
  });

  test("by the flag in the environment file of the unit", async () => {
    const visited = await visit(lesson);
    const { page } = visited;
    await startByKeys(visited);
    await goToNode(page);
    await run(page, "echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=false' > /etc/default/kubelet", /# $/);
    await run(page, "systemctl restart kubelet", /# $/);
    await expect.poll(() => page.locator("[data-orders-sum]").innerText(), { timeout: 20_000 }).toBe("all pass");
  });
});

describe("when things go wrong", () => {
  test("a worker that dies is started again from the last save", async () => {
    const { page } = await visit(lesson, { expected: [/worker stopped/] });
    await start(page);
    await run(page, "echo kept > file", /\$ $/);
    await untilKept(page);
    await page.workers()[0]?.evaluate(() => (globalThis as unknown as { close(): void }).close());
    await page.getByText("The machine stopped and was started again").waitFor({ timeout: 30_000 });
    await page.locator(".lab[data-status=ready]").waitFor();
    await page.locator(".screen .xterm-helper-textarea").first().focus();
    await run(page, "cat file", /^kept$/m);
  });

  test("a saved laboratory that cannot be read is set aside, said, and offered as a file", async () => {
    const { page } = await visit(lesson, { expected: [/fault: saved/] });
    await writeKept(page, {
      version: 1,
      saved: { format: 0, lab: "who-goes-there/turn-strangers-away" },
      at: 0,
      screens: {},
      starts: {},
    });
    await page.reload();
    await page.getByText("The saved laboratory could not be read").waitFor({ timeout: 20_000 });
    await page.locator(".lab[data-status=ready]").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the old copy to a file" }).click();
    expect((await download).suggestedFilename()).toBe("kubelet-captain-who-goes-there-turn-strangers-away.json");
  });

  test("a record that is no laboratory at all is set aside, too", async () => {
    const { page } = await visit(lesson);
    await writeKept(page, "nonsense");
    await page.reload();
    await page.getByText("The saved laboratory could not be read").waitFor({ timeout: 20_000 });
    await page.locator(".lab[data-status=ready]").waitFor();
  });

  test("a full device is said once, and the laboratory goes on", async () => {
    const { page } = await visit(lesson);
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await start(page);
    await page.getByText("No room left on this device").waitFor({ timeout: 10_000 });
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.locator(".screen .xterm-helper-textarea").first().focus();
    await run(page, "echo on we go", /^on we go$/m);
  });

  test("a second tab is told, and can take over with what was done in the first", async () => {
    const { page, context } = await visit(lesson);
    await start(page);
    await run(page, "echo mine > file", /\$ $/);
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByText("open in another tab").first().waitFor({ timeout: 20_000 });
    await second.getByRole("button", { name: "Take over" }).first().click();
    await second.locator(".lab[data-status=ready]").waitFor({ timeout: 20_000 });
    await page.getByText("open in another tab").first().waitFor();
    await second.locator(".screen .xterm-helper-textarea").first().focus();
    await run(second, "cat file", /^mine$/m);
  });
});

describe("on a small screen", () => {
  test("four tabs, one pane at a time; the terminal is kept between them", async () => {
    const { page } = await visit(lesson, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.locator(".panes label", { hasText: "Terminal" }).click();
    await start(page);
    await run(page, "echo small", /^small$/m);
    await page.locator(".panes label", { hasText: "Orders" }).click();
    await page.locator("[data-check]").first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.locator(".panes label", { hasText: "Terminal" }).click();
    expect(await screenText(page)).toMatch(/^small$/m);
    expect(await findBarriers(page)).toEqual([]);
  });
});
