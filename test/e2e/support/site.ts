// Serves the built site for all browser tests of a run; they read its address with `inject("site")`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { serveSite } from "../../../src/cli/serve.ts";

declare module "vitest" {
  export interface ProvidedContext {
    site: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = join(import.meta.dirname, "../../../dist");
  if (!existsSync(join(root, "index.html"))) throw new Error("dist/ is not built: npm run build comes first");
  const site = await serveSite({ root, port: 0, base: process.env.KC_BASE ?? "" });
  project.provide("site", site.url);
  return () => site.close();
}
