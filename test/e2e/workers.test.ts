// A worker's own file is loaded by the worker alone. WebKit does not count it among the modules it has loaded: a file that imports from it gets a second
// instance of everything in it, for which no error is an error and no machine is booted.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dist } from "../../src/cli/packages.mjs";

const folder = join(dist, "_astro");
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const workers = [
  ...new Set(scripts.flatMap(({ text }) => [...text.matchAll(/new Worker\(new URL\([`"'][^`"']*\/([^`"'/]+\.js)/g)])),
].map(([, name = ""]) => name);

test("no script imports from the file that a worker starts with", () => {
  expect(workers.some((name) => name.startsWith("worker-"))).toBe(true);
  for (const worker of workers) {
    const importers = scripts.filter(({ text }) => new RegExp(`(from|import\\()\\s*[\`"']\\./${worker}`).test(text));
    expect(importers.map(({ name }) => name)).toEqual([]);
  }
});
