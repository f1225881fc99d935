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

describe("where the reader's own colours hold", () => {
  test("what a shadow or a ground says is said by a line or the text colour", async () => {
    const { page } = await visit("watch/", { forcedColors: "active" });
    await page.locator("[data-today] a").first().waitFor();
    const styles = await page.evaluate(() => {
      const of = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
      return {
        here: of(".topnav a[aria-current]").borderBlockEndWidth,
        others: of(".topnav a:not([aria-current])").borderBlockEndWidth,
        filled: of(".level i[data-on]").backgroundColor,
        empty: of(".level i:not([data-on])").backgroundColor,
        today: of(".kept-days span[data-today]").outlineStyle,
      };
    });
    expect([styles.here, styles.others, styles.today]).toEqual(["3px", "0px", "solid"]);
    expect(styles.filled).not.toBe(styles.empty);
  });

  test("a passed order's tick can be told from its disc", async () => {
    const { page } = await visit(lesson, { forcedColors: "active" });
    const [disc, tick] = await page.evaluate(() =>
      ["circle", "path"].map((shape) => {
        const style = getComputedStyle(document.querySelector(`#m-pass ${shape}`) as Element);
        return shape === "circle" ? style.color : style.stroke;
      }),
    );
    expect(tick).not.toBe(disc);
  });
});

describe("on paper", () => {
  test("the chart of settings is a table on a narrow sheet as well", async () => {
    const { page } = await visit("reference/settings/", { viewport: { width: 720, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    const head = page.locator("#settings .table thead").first();
    expect(await head.isVisible()).toBe(true);
    const table = await page.locator("#settings .table").first().boundingBox();
    expect(table?.width).toBeLessThanOrEqual(720);
    expect(table?.height).toBeLessThan(1000);
  });
});
