// axe finds nothing: on the home page, on a lesson, on a lesson with the laboratory open, at two widths and in two themes.

import { describe, expect, test } from "vitest";
import { openInEditor, startLaboratory, waitForOrder } from "../../src/cli/browse.ts";
import { findBarriers, useBrowser } from "./support/browser.ts";

const lesson = "lessons/who-goes-there/turn-strangers-away/";
const { visit } = useBrowser();

const looks = [
  { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

describe.each(looks)("in $colorScheme at $viewport.width px", (look) => {
  test("the home page", async () => {
    const { page } = await visit("", look);
    expect(await findBarriers(page)).toEqual([]);
  });

  test("a page that does not exist", async () => {
    const { page } = await visit("no-such-page/", { ...look, expected: [/404/] });
    expect(await findBarriers(page)).toEqual([]);
  });

  test("a lesson at rest", async () => {
    const { page } = await visit(lesson, look);
    expect(await findBarriers(page)).toEqual([]);
  });
});

describe.each(looks.slice(0, 2))("with the laboratory open, in $colorScheme", (look) => {
  test("terminal, orders, ship and editor", async () => {
    const { page } = await visit(lesson, look);
    await startLaboratory(page);
    await waitForOrder(page, "stranger-refused", "not yet");
    expect(await findBarriers(page)).toEqual([]);
    await openInEditor(page, "node01:/var/lib/kubelet/config.yaml");
    expect(await findBarriers(page)).toEqual([]);
  });
});
