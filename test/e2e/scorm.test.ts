// A SCORM package of one lesson in a learning platform: unpacked, launched in a frame, worked in, left, and taken up again on another device.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../../src/cli/browse.ts";
import { root } from "../../src/cli/packages.mjs";
import { runTool } from "../../src/cli/run.ts";

const lesson = "who-goes-there/turn-strangers-away";
const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** The page of a platform: its API as `scorm-again` offers it to the frames inside, with what an earlier attempt left. */
const platform = (
  sco: string,
): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Platform</title><link rel="icon" href="data:,">
<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>
<script src="/platform/scorm12.js"></script>
<script>
  window.API = new Scorm12API({ autocommit: false, logLevel: 5 });
  const left = sessionStorage.getItem("left");
  if (left) API.loadFromJSON(JSON.parse(left), "");
</script>
<iframe src="/files/42/${sco}" title="Course"></iframe></html>`;

let server: Server;
let browser: Browser;
let site: string;
let files: Record<string, Uint8Array>;

beforeAll(async () => {
  const packed = await runTool("scorm", [lesson], { output: "capture" });
  expect(packed.output).toContain("SCORM 1.2");
  files = unzipSync(readFileSync(join(root, "dist-scorm", `kubelet-captain-${lesson.replace("/", "-")}.zip`)));
  const manifest = strFromU8(files["imsmanifest.xml"] ?? new Uint8Array());
  const sco = /adlcp:scormtype="sco" href="([^"]+)"/.exec(manifest)?.[1] ?? "";
  const api = readFileSync(join(root, "node_modules/scorm-again/dist/scorm12.min.js"));
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://platform").pathname;
    const name = /^\/files\/42\/(.*)$/.exec(path)?.[1];
    const body =
      path === "/platform/"
        ? platform(sco)
        : path === "/platform/scorm12.js"
          ? api
          : name === undefined
            ? undefined
            : files[decodeURIComponent(name)];
    const type = path === "/platform/" ? types.html : types[path.split(".").at(-1) ?? ""];
    response.writeHead(body === undefined ? 404 : 200, type === undefined ? {} : { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  site = `http://localhost:${typeof address === "object" && address !== null ? address.port : 0}/platform/`;
  browser = await launchBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

interface Told {
  readonly status: string;
  readonly score: string;
  readonly place: string;
}

const told = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const { API } = window as unknown as { API: { LMSGetValue(name: string): string } };
    const read = (name: string): string => API.LMSGetValue(`cmi.core.${name}`);
    return { status: read("lesson_status"), score: read("score.raw"), place: read("lesson_location") };
  });

/** The lesson: a frame of the package, in the frame of the platform. */
const courseOf = (page: Page): FrameLocator => page.frameLocator("iframe").frameLocator("iframe");

/** A platform in a browser of its own, with what an earlier attempt left. */
async function launch(left?: string): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  if (left !== undefined)
    await context.addInitScript((text) => {
      if (window.top === window) sessionStorage.setItem("left", text);
    }, left);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on(
    "console",
    (message) => message.type() === "error" && complaints.push(`${message.text()} (${message.location().url})`),
  );
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on(
    "response",
    (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`),
  );
  await page.goto(site);
  return { page, complaints };
}

test("orders that pass reach the platform as status and score, and are there on another device", async () => {
  const { page, complaints } = await launch();
  const course = courseOf(page);
  await course.locator('[data-act="start"]').click();
  await course.locator('kc-lab[data-status="ready"]').waitFor({ timeout: 60_000 });
  await expect.poll(() => told(page)).toMatchObject({ status: "incomplete", score: "0" });
  const word = (id: string): Promise<string | null> =>
    course.locator(`details[data-check="${id}"] summary .word`).textContent();
  await course.locator("[data-term-tabs] [role=tab]", { hasText: "outsider" }).first().click();
  await page.keyboard.type("curl -sk https://node01:10250/pods -o pods.json\n");
  await expect.poll(() => word("pods-taken"), { timeout: 30_000 }).toBe("pass");
  await expect.poll(async () => Number((await told(page)).score), { timeout: 20_000 }).toBeGreaterThan(0);
  const { status, score, place } = await told(page);
  expect(status).toBe("incomplete");
  expect(place).toBe(`lessons/${lesson}/index.html`);

  // The course is left: the session ends, and the platform keeps what was told.
  await page.locator("iframe").evaluate((frame) => {
    (frame as HTMLIFrameElement).src = "about:blank";
  });
  const ended = () =>
    page.evaluate(() => (window as unknown as { API: { isTerminated(): boolean } }).API.isTerminated());
  await expect.poll(ended).toBe(true);
  const left = await page.evaluate(() =>
    JSON.stringify((window as unknown as { API: { cmi: { toJSON(): unknown } } }).API.cmi.toJSON()),
  );
  expect(JSON.parse(left)).toMatchObject({ core: { exit: "suspend", score: { raw: score } } });
  expect(complaints).toEqual([]);
  await page.context().close();

  // Another device knows nothing but what the platform has kept.
  const other = await launch(left);
  await expect.poll(async () => Number((await told(other.page)).score), { timeout: 30_000 }).toBe(Number(score));
  expect(other.complaints).toEqual([]);
  await other.page.context().close();
}, 120_000);
