// A workshop as it is played: one instructor and six learners in browsers of their own, with a real hub; half of them by a host name over plain HTTP.

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { readScreen, showTerminal, startLaboratory, typeLine, waitForOrder } from "../../src/cli/browse.ts";
import { findBarriers } from "./support/browser.ts";
import { useHub } from "./support/hub.ts";

/** A name that is no localhost: the browser gives it no locks, no clipboard and no service worker. */
const classroom = "classroom.test";
const lesson = "lessons/who-goes-there/turn-strangers-away/";
const names = ["Quentin", "Nadia", "Femi", "Sven", "Carmen", "Jonas"] as const;
type Name = (typeof names)[number];

const hub = useHub({ hosts: [classroom], patience: 20_000 });

/** The board's cell of a learner and a check. */
const cellOf = (board: Page, name: string, check: string) =>
  board.evaluate(
    ([learner, wanted]) => {
      const heads = [...document.querySelectorAll(".heat thead tr:last-child th")].map((head) => head.textContent);
      const row = [...document.querySelectorAll(".heat tbody tr")].find(
        (each) => each.querySelector("th")?.textContent === learner,
      );
      return (
        row
          ?.querySelectorAll(".cell")
          [heads.indexOf(wanted as string)]?.querySelector("svg")
          ?.getAttribute("aria-label") ?? "no cell"
      );
    },
    [name, check] as const,
  );

const note = (page: Page, title: string | RegExp) => page.locator(".room-note", { hasText: title });

describe("a workshop", () => {
  test("from the first code to the report", { timeout: 180_000 }, async () => {
    // The instructor opens a room.
    const board = await hub.open("bridge/room/");
    await board.getByLabel("Name of the room").fill("Platform team");
    await board.getByLabel("Your name").fill("Ada");
    await board.getByRole("button", { name: "Open the room" }).click();
    await board.getByRole("heading", { name: "Keep these keys" }).waitFor();
    await board.getByRole("button", { name: "I have kept them" }).click();
    const code = (await board.locator("[data-code]").textContent()) ?? "";
    expect(code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    expect(await findBarriers(board)).toEqual([]);

    // The pace line says where to begin; gates hold later steps back.
    await board.getByRole("button", { name: "Pace line" }).click();
    await board.getByLabel("Lesson", { exact: true }).selectOption("who-goes-there/turn-strangers-away");
    await board.getByRole("button", { name: "Set the pace line" }).click();
    await board.getByRole("button", { name: "Gates" }).click();
    await board.locator('[data-do="gates"][aria-pressed="true"]').waitFor();

    // Six join, half of them from a host name without TLS.
    const learners = {} as Record<Name, Page>;
    for (const [index, name] of names.entries()) {
      const page = await hub.open(`bridge/join/#${code}`, {
        host: index % 2 === 0 ? "localhost" : classroom,
      });
      learners[name] = page;
      if (index === 1) expect(await findBarriers(page)).toEqual([]);
      await page.getByLabel("Your name on the board").fill(name);
      await page.getByRole("button", { name: "Join" }).click();
      await page.waitForURL(`**/${lesson}`);
    }
    await expect.poll(() => board.locator(".heat tbody tr[data-id]").count()).toBe(6);
    expect(await learners.Nadia.evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);

    // Behind the gate there is nothing to read yet; passing the step opens it. The board sees the pass.
    const { Quentin, Nadia, Femi, Sven, Carmen, Jonas } = learners;
    await startLaboratory(Quentin);
    await waitForOrder(Quentin, "pods-taken", "not yet");
    expect(await Quentin.locator("[data-gated]").count()).toBeGreaterThan(0);
    await showTerminal(Quentin, "outsider");
    await typeLine(Quentin, "curl -sk https://node01:10250/pods -o pods.json");
    await waitForOrder(Quentin, "pods-taken", "pass");
    await expect.poll(() => cellOf(board, "Quentin", "pods taken"), { timeout: 15_000 }).toBe("pass");
    await expect.poll(() => Quentin.locator('[data-step="turn-away"][data-gated]').count()).toBe(0);

    // Femi is cut off for a while, works on, and the board catches up.
    await startLaboratory(Femi);
    await showTerminal(Femi, "outsider");
    // Programs arrive when they are first run.
    await typeLine(Femi, "curl -sk https://node01:10250/healthz");
    await Femi.context().setOffline(true);
    await typeLine(Femi, "curl -sk https://node01:10250/pods -o pods.json");
    await waitForOrder(Femi, "pods-taken", "pass");
    await Femi.locator(".room-off").waitFor({ timeout: 20_000 });
    expect(await cellOf(board, "Femi", "pods taken")).not.toBe("pass");
    await Femi.context().setOffline(false);
    await expect.poll(() => cellOf(board, "Femi", "pods taken"), { timeout: 25_000 }).toBe("pass");

    // Nadia raises a hand with her machine along; the instructor mends a copy and hands it back.
    await startLaboratory(Nadia);
    await waitForOrder(Nadia, "stranger-refused", "not yet");
    await Nadia.locator(".room-button").click();
    await Nadia.getByLabel("What is the matter, in one sentence").fill("The stranger still gets 200. <b>Why?</b>");
    await Nadia.getByLabel("Send a copy of my machine along").check();
    expect(await findBarriers(Nadia)).toEqual([]);
    await Nadia.getByRole("button", { name: "Raise a hand", exact: true }).click();
    await board.locator('.heat tr:has-text("Nadia") .flag').waitFor({ timeout: 15_000 });
    await board.locator('.heat tbody th:text-is("Nadia")').click();
    expect(await board.locator(".said").textContent()).toBe("The stranger still gets 200. <b>Why?</b>");
    const opening = board.context().waitForEvent("page");
    await board.getByRole("button", { name: "Open the state sent along" }).click();
    const look = await opening;
    await look.locator("[data-back]:not([hidden])").waitFor({ timeout: 30_000 });
    expect(await findBarriers(look)).toEqual([]);
    await showTerminal(look, "node01");
    await typeLine(
      look,
      "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml && systemctl restart kubelet",
    );
    await waitForOrder(look, "stranger-refused", "pass");
    await look.getByLabel("What you mended, in a sentence").fill("enabled: false, and a restart");
    await look.getByRole("button", { name: "Hand this state back" }).click();
    await note(Nadia, "Ada hands you a machine").getByRole("button", { name: "Load it" }).click();
    await waitForOrder(Nadia, "stranger-refused", "pass");
    await expect.poll(() => cellOf(board, "Nadia", "stranger refused"), { timeout: 15_000 }).toBe("pass");
    await look.close();

    // A message reaches everyone, and is withdrawn from those who have not read it.
    await board.getByRole("button", { name: "Note to all" }).click();
    await board.getByLabel("Message", { exact: true }).fill("Saved is not running.");
    await board.getByRole("button", { name: "Send", exact: true }).click();
    await note(Carmen, "Saved is not running.").getByRole("button", { name: "Read", exact: true }).click();
    await note(Jonas, "Saved is not running.").waitFor();
    await board.locator("[data-toast]").getByRole("button", { name: "Undo" }).click();
    await note(Jonas, "Saved is not running.").waitFor({ state: "detached" });

    // The next hint for one; a wish to look that is refused.
    await board.locator('.heat tbody th:text-is("Sven")').click();
    await startLaboratory(Sven);
    await waitForOrder(Sven, "pods-taken", "not yet");
    await expect.poll(() => cellOf(board, "Sven", "pods taken"), { timeout: 15_000 }).toBe("not yet");
    await board.getByRole("button", { name: "Send the next hint" }).click();
    await note(Sven, "A nudge from Ada: pods taken").getByRole("button", { name: "Read", exact: true }).click();
    await board.getByRole("button", { name: "Ask to look" }).click();
    await note(Sven, "Ada asks to look at your machine").getByRole("button", { name: "Not now" }).click();
    await board.getByText("Not now, they said.").waitFor({ timeout: 15_000 });

    // A replay: Quentin is asked, agrees, and the instructor steps through what was typed; the copy is at each point as it was then.
    await showTerminal(Quentin, "node01");
    await typeLine(Quentin, "echo harbour > /tmp/log-book");
    await typeLine(Quentin, "cat /tmp/log-book");
    await board.locator('.heat tbody th:text-is("Quentin")').click();
    await board.getByRole("button", { name: "Ask for a replay" }).click();
    const asked = note(Quentin, "Ada asks to replay what you did");
    expect(await asked.textContent()).toContain("each command you gave");
    await asked.getByRole("button", { name: "Send the time line" }).click();
    const replaying = board.context().waitForEvent("page");
    await board.getByRole("button", { name: "Open the copy" }).click({ timeout: 15_000 });
    const replay = await replaying;
    await replay.locator("[data-replay]:not([hidden])").waitFor({ timeout: 30_000 });
    expect(await replay.locator(".replay .moment code").allTextContents()).toEqual([
      "the start",
      "curl -sk https://node01:10250/pods -o pods.json",
      "echo harbour > /tmp/log-book",
      "cat /tmp/log-book",
    ]);
    expect(await findBarriers(replay)).toEqual([]);
    await replay.getByRole("button", { name: "To the start" }).click();
    await waitForOrder(replay, "pods-taken", "not yet");
    await replay.getByRole("button", { name: "Step on" }).click();
    await waitForOrder(replay, "pods-taken", "pass");
    await replay.locator(".replay .moment").last().click();
    await expect.poll(() => readScreen(replay)).toMatch(/cat \/tmp\/log-book\nharbour\nroot@node01:\S+ ?$/);
    await replay.close();

    // A class exam opens on the learners' side, set by its seed.
    await board.getByRole("button", { name: "Class exam" }).click();
    await board.getByLabel(/^Seed/).fill("heron42");
    await board.getByRole("button", { name: "Start it" }).click();
    await note(Jonas, "Class exam, 25 minutes").getByRole("button", { name: "To the exam" }).click();
    await Jonas.waitForURL("**/exam/**");
    await expect.poll(() => Jonas.locator('input[name="seed"]').inputValue()).toBe("heron42");

    // The projector shows no names. The keyboard finds its way in the grid.
    await board.getByRole("button", { name: "Projector" }).click();
    await expect.poll(() => board.locator(".heat tbody th").first().textContent()).toMatch(/^No\. \d$/);
    expect(await board.locator(".bridge-main").textContent()).not.toContain("Nadia");
    expect(await findBarriers(board)).toEqual([]);
    await board.keyboard.press("Escape");
    await board.locator(".heat tbody th").first().focus();
    await board.keyboard.press("ArrowDown");
    await board.keyboard.press("Enter");
    const second = await board.locator(".heat tbody th").nth(1).textContent();
    expect(await board.evaluate(() => document.activeElement?.textContent)).toBe(second);

    // The report, and the end.
    const downloading = board.waitForEvent("download");
    await board.getByRole("button", { name: "CSV" }).click();
    const csv = readFileSync(await (await downloading).path(), "utf8");
    const rows = csv.trim().split(/\r?\n/);
    const head = rows[0]?.split(",") ?? [];
    const line = (name: string): Record<string, string> => {
      const cells = rows.find((row) => row.includes(name))?.split(",") ?? [];
      return Object.fromEntries(head.map((column, index) => [column, cells[index] ?? ""]));
    };
    for (const name of names)
      expect(
        rows.some((row) => row.includes(name)),
        name,
      ).toBe(true);
    expect(line("Quentin")).toMatchObject({ lesson: "who-goes-there/turn-strangers-away", checks: "6" });
    expect(line("Quentin")["not yet"]).not.toContain("pods-taken");
    expect(line("Quentin")["not yet"]).toContain("stranger-refused");
    expect(line("Nadia")["not yet"]).toBe("pods-taken");
    await board.getByRole("button", { name: "End room" }).click();
    await board.locator("dialog").getByRole("button", { name: "End the room" }).click();
    await Quentin.locator(".room-off", { hasText: "over" }).waitFor({ timeout: 20_000 });
    // What is left of it is read and downloaded; nobody can be let in or led any more.
    expect(await board.locator("[data-code]").isVisible()).toBe(false);
    expect(await board.getByRole("button", { name: "Class exam" }).count()).toBe(0);
    expect(await board.getByRole("button", { name: "CSV" }).count()).toBe(1);
    expect(hub.complaints).toEqual([]);
  });
});

describe("from a host name over plain HTTP", () => {
  test("lesson 5 is done to its end, kept over a reload", { timeout: 60_000 }, async () => {
    const page = await hub.open(lesson, { host: classroom });
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await startLaboratory(page);
    await showTerminal(page, "outsider");
    await typeLine(page, "curl -sk https://node01:10250/pods -o pods.json");
    await showTerminal(page, "node01");
    await typeLine(page, "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml");
    await typeLine(page, "systemctl restart kubelet");
    await expect.poll(() => page.locator("[data-orders-sum]").textContent(), { timeout: 30_000 }).toBe("all pass");
    await page.waitForTimeout(1500);
    await page.reload();
    await page.locator(".lab[data-status=ready]").waitFor({ timeout: 30_000 });
    await expect.poll(() => page.locator("[data-orders-sum]").textContent(), { timeout: 20_000 }).toBe("all pass");
    // The clipboard is not for pages like this one: the text is marked instead.
    await page.locator("[data-copy]").first().click();
    expect(await page.evaluate(() => getSelection()?.toString())).toContain("curl");
  });
});
