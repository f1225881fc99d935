// A hub that serves the built site, and a browser whose every page is somebody else's: what tests of rooms start from.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchBrowser } from "../../../src/cli/browse.ts";
import { dist } from "../../../src/cli/packages.mjs";
import { createHubServer, type HubServer } from "../../../src/hub/server.ts";
import { readSettings } from "../../../src/hub/settings.ts";
import { openSqlite } from "../../../src/hub/store/sqlite.ts";

export interface HubVisits {
  /** Opens a page of the hub in a profile of its own, by the name `localhost` unless told. */
  open(path: string, options?: BrowserContextOptions & { readonly host?: string }): Promise<Page>;
  /** Errors of all its pages, each with the page's path. */
  readonly complaints: readonly string[];
}

/** Gives the tests of a file a hub with an empty database; `patience` is what its pages wait for things, in ms. */
export function useHub({ hosts, patience }: { hosts: readonly string[]; patience: number }): HubVisits {
  let folder: string;
  let hub: HubServer;
  let browser: Browser;
  let port: number;
  const base = (process.env.KC_BASE ?? "").replace(/\/$/, "");
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hub-"));
    const settings = readSettings({ PORT: "0", HOST: "127.0.0.1", HUB_DATA: folder, HUB_LOG: "silent" }, folder);
    const database = await openSqlite(join(folder, "hub.sqlite"));
    hub = await createHubServer({ settings: { ...settings, site: dist, base }, database, logTo: { write() {} } });
    port = await hub.listen();
    const rules = ["localhost", ...hosts].map((host) => `MAP ${host} 127.0.0.1`).join(", ");
    browser = await launchBrowser([`--host-resolver-rules=${rules}`]);
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await browser?.close();
    await hub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    complaints,
    async open(path, { host = "localhost", ...options } = {}) {
      const viewport = { width: 1440, height: 900 };
      const context = await browser.newContext({ viewport, reducedMotion: "reduce", ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      page.on("pageerror", (error) => complaints.push(`${new URL(page.url()).pathname}: ${error.message}`));
      await page.goto(`http://${host}:${port}${base}/${path}`);
      return page;
    },
  };
}
