// npm run hub: builds the course where a source is newer than dist/, then serves it together with rooms for workshops.

import { runHub } from "../hub/main.ts";
import { readSettings } from "../hub/settings.ts";
import { buildSite, isStale } from "./build.ts";
import { dist, root } from "./packages.mjs";

try {
  const settings = readSettings(process.env, root);
  if (isStale() && (await buildSite()) !== 0) throw new Error("The build failed; nothing is served.");
  await runHub({ ...settings, site: settings.site ?? dist });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
