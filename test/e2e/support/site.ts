// Serves the built site for all browser tests of a run; they read its address with `inject("site")`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { dist } from "../../../src/cli/packages.mjs";
import { serveSite } from "../../../src/cli/serve.ts";

declare module "vitest" {
  export interface ProvidedContext {
    site: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(dist, "index.html"))) throw new Error("dist/ is not built: npm run build comes first");
  const site = await serveSite({ root: dist, port: 0, base: process.env.KC_BASE ?? "" });
  project.provide("site", site.url);
  return () => site.close();
}
