// Lesson 5 as a learner does it, by keyboard alone: by file with a reload in the middle, and by flag.

import { describe, expect, test } from "vitest";
import { waitForOrder, waitForPrompt } from "../../src/cli/browse.ts";
import { useBrowser } from "./support/browser.ts";
import { command, startByKeyboard, tabTo } from "./support/keys.ts";

const path = "lessons/who-goes-there/turn-strangers-away/";
const { visit } = useBrowser();

const ask = "curl -sk -o /dev/null -w '%{http_code}\\n' https://node01:10250/pods";
const orders = ["pods-taken", "stranger-refused", "token-refused", "pilot-logs", "ship-healthy", "holds-after-restart"];

describe("Turn strangers away, by keyboard alone", () => {
  test("by file, with a reload in the middle that loses nothing", async () => {
    const { page } = await visit(path);
    await startByKeyboard(page);
    expect(await command(page, "outsider", ask)).toMatch(/\n200\n/);
    await command(page, "outsider", "curl -sk https://node01:10250/pods -o pods.json");
    await waitForOrder(page, "pods-taken", "pass");
    await waitForOrder(page, "stranger-refused", "not yet");
    await command(page, "node01", "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml");
    await waitForOrder(page, "holds-after-restart", "pass");
    const lagging = page.locator('details[data-check="stranger-refused"] .body');
    expect(await lagging.textContent()).toContain("Saved, not running");

    // Kept a moment after the last change, then the page goes away.
    await page.waitForTimeout(2500);
    await page.reload();
    await waitForPrompt(page);
    await waitForOrder(page, "pods-taken", "pass");
    await waitForOrder(page, "stranger-refused", "not yet");
    expect(await command(page, "node01", "grep -A 1 anonymous: /var/lib/kubelet/config.yaml")).toMatch(
      /enabled: false/,
    );

    await command(page, "node01", "systemctl restart kubelet");
    for (const order of orders) await waitForOrder(page, order, "pass");
    expect(await command(page, "outsider", ask)).toMatch(/\n401\n/);
  });

  test("by flag in a drop-in of the unit", async () => {
    const { page } = await visit(path);
    await startByKeyboard(page);
    await command(page, "outsider", "curl -sk https://node01:10250/pods -o pods.json");
    await command(page, "node01", "mkdir -p /etc/systemd/system/kubelet.service.d");
    await command(
      page,
      "node01",
      "printf '[Service]\\nEnvironment=KUBELET_CONFIG_ARGS=\"--config=/var/lib/kubelet/config.yaml --anonymous-auth=false\"\\n' > /etc/systemd/system/kubelet.service.d/20-flag.conf",
    );
    await command(page, "node01", "systemctl restart kubelet");
    await waitForOrder(page, "stranger-refused", "not yet");
    expect(await page.locator('details[data-check="stranger-refused"] .body').textContent()).toContain(
      "systemctl daemon-reload",
    );
    await command(page, "node01", "systemctl daemon-reload");
    await command(page, "node01", "systemctl restart kubelet");
    for (const order of orders) await waitForOrder(page, order, "pass");
  });

  test("undo takes a command back, and the orders follow", async () => {
    const { page } = await visit(path);
    await startByKeyboard(page);
    await command(page, "outsider", "curl -sk https://node01:10250/pods -o pods.json");
    await waitForOrder(page, "pods-taken", "pass");
    await page.keyboard.press("Escape");
    await tabTo(page, '[data-act="undo"]', "Shift+Tab");
    await page.keyboard.press("Enter");
    await waitForOrder(page, "pods-taken", "not yet");
    await waitForPrompt(page);
  });
});
