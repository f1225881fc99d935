// npm run build: the static site in dist/. KC_BASE sets the path it will be served below, KC_SITE its address.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeOffline } from "./offline.ts";
import { dist, root } from "./packages.mjs";
import { runProgram } from "./run.ts";
import { buildScenes } from "./scenes.ts";

const sources = ["src", "sandbox", "lessons", "public", "astro.config.ts", "astro.config.mjs", "package-lock.json"];

function findNewest(path: string): number {
  if (!existsSync(path)) return 0;
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => findNewest(join(path, name))));
}

/** Whether dist/ is missing or older than a source. */
export function isStale(): boolean {
  const built = join(dist, "index.html");
  if (!existsSync(built)) return true;
  const time = statSync(built).mtimeMs;
  return sources.some((source) => findNewest(join(root, source)) > time);
}

/** Builds the site, boots its scenes and bundles its service worker; answers the exit status. */
export async function buildSite(): Promise<number> {
  const { status } = await runProgram("astro", ["build", "--outDir", dist]);
  if (status !== 0) return status;
  await buildScenes();
  await writeOffline(dist);
  return status;
}

if (import.meta.main) process.exitCode = await buildSite();
