// npm run -s oracle -- SUITE [FILE.jsonl …] [--json] [--list]: replays recordings of real systems in the sandbox and counts
// how often they agree. What a suite is lies in src/cli/oracle/SUITE.ts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "./arguments.ts";
import type { Suite } from "./oracle/recordings.ts";
import { root } from "./packages.mjs";

const SUITES = ["kubelet", "shell", "tools", "kubectl"] as const;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** The suite's function: `runShellSuite` of oracle/shell.ts, and so on. */
async function loadSuite(name: string): Promise<Suite> {
  if (!(SUITES as readonly string[]).includes(name)) fail(`There is no suite "${name}". Suites: ${SUITES.join(", ")}.`);
  const file = join(root, "src/cli/oracle", `${name}.ts`);
  if (!existsSync(file)) fail(`The suite ${name} has no src/cli/oracle/${name}.ts yet.`);
  const module = (await import(file)) as Record<string, Suite | undefined>;
  const run = module[`run${name[0]?.toUpperCase()}${name.slice(1)}Suite`];
  return run ?? fail(`src/cli/oracle/${name}.ts exports no function of that suite.`);
}

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: { json: { type: "boolean" }, list: { type: "boolean" } },
});
const [name = "", ...files] = positionals;
if (name === "")
  fail(`usage: npm run -s oracle -- SUITE [FILE.jsonl …] [--json] [--list]   (SUITE: ${SUITES.join(", ")})`);
const missing = files.find((file) => !existsSync(file));
if (missing !== undefined) fail(`There is no file ${missing}.`);

const { suite, agree, total, groups, cases } = await (await loadSuite(name))(files);
if (values.json)
  console.log(
    JSON.stringify({
      suite,
      agree,
      total,
      groups,
      cases: cases.map(({ id, agree: same, differs }) => ({ id, agree: same, differs })),
    }),
  );
else {
  if (values.list) for (const item of cases) if (!item.agree) console.log(`${item.id}: ${item.differs.join("; ")}`);
  for (const [group, sum] of Object.entries(groups)) console.log(`${group.padEnd(24)} ${sum.agree} of ${sum.total}`);
  console.log(`agree ${agree} of ${total}`);
}
