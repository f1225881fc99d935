// npm run picture: the screenshot of README, taken of the built lesson 5 on its way.

import { join } from "node:path";
import { launchBrowser, openInEditor, showTerminal, startLaboratory, typeLine, waitForOrder } from "./browse.ts";
import { dist, root } from "./packages.mjs";
import { serveSite } from "./serve.ts";

const site = await serveSite({ root: dist, port: 0, base: process.env.KC_BASE ?? "" });
const browser = await launchBrowser();
const page = await browser.newPage({
  viewport: { width: 1440, height: 900 },
  colorScheme: "light",
  reducedMotion: "reduce",
});
await page.goto(new URL("lessons/who-goes-there/turn-strangers-away/", site.url).href);
await startLaboratory(page);
await showTerminal(page, "outsider");
await typeLine(page, "curl -sk https://node01:10250/pods -o pods.json");
await showTerminal(page, "node01");
await typeLine(page, "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml");
await typeLine(page, "systemctl restart kubelet");
await typeLine(page, "echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=true' > /etc/default/kubelet");
await waitForOrder(page, "stranger-refused", "pass");
await waitForOrder(page, "holds-after-restart", "not yet");
await openInEditor(page, "node01:/var/lib/kubelet/config.yaml");
await showTerminal(page, "outsider");
await typeLine(page, "curl -sk -w '\\n%{http_code}\\n' https://node01:10250/pods");
await page.waitForTimeout(1500);
await page.screenshot({ path: join(root, "docs/lesson.png") });
await browser.close();
await site.close();
