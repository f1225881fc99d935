// The presenter view: what the presenter says is not what the room reads.

import { expect, test } from "vitest";
import { useBrowser } from "./support/browser.ts";

const { visit } = useBrowser();

test("the notes hold what the slide does not say, and what to look for in the answers", async () => {
  const { page } = await visit("bridge/present/who-goes-there/turn-strangers-away/");
  const looked: string[] = [];
  for (;;) {
    const said = (await page.locator("[data-slide] .say").allTextContents()).join(" ").trim();
    const notes = await page.locator("[data-notes]").textContent();
    if (said !== "") expect(notes).not.toContain(said);
    looked.push(...(await page.locator("[data-notes] h3:text('Look for') + ul > li").allInnerTexts()));
    const next = page.locator('[data-do="next"]');
    if ((await next.textContent())?.includes("Next lesson")) break;
    await next.click();
  }
  expect(looked[0]).toBe("PodList, on outsider");
  expect(looked).toContain("401, on outsider");
});
