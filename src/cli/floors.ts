// npm run floors: no suite of recordings agrees less than test/oracle/floors.json says. A better figure asks for a higher floor.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";
import { runTool } from "./run.ts";

const file = join(root, "test/oracle/floors.json");
if (!existsSync(file)) {
  console.error('test/oracle/floors.json does not exist: write {"SUITE": {"agree": N, "total": N}} for each suite.');
  process.exit(1);
}
const floors = JSON.parse(readFileSync(file, "utf8")) as Record<string, { agree: number; total: number }>;
let failed = 0;
// Side by side: a suite keeps one core busy.
const runs = Object.entries(floors).map(([suite, floor]) => ({
  suite,
  floor,
  run: runTool("oracle", [suite], { output: "capture" }),
}));
for (const { suite, floor, run } of runs) {
  const { status, output } = await run;
  const last = /agree (\d+) of (\d+)\s*$/.exec(output);
  const agree = Number(last?.[1] ?? -1);
  const total = Number(last?.[2] ?? 0);
  const good = status === 0 && agree >= floor.agree && total >= floor.total;
  if (!good) failed += 1;
  const hint = !good
    ? `below the floor ${floor.agree} of ${floor.total}: npm run -s oracle -- ${suite} --list`
    : agree > floor.agree
      ? `the floor is ${floor.agree}: raise it`
      : "";
  console.log(`${good ? "pass" : "FAIL"}  ${suite.padEnd(8)} agree ${agree} of ${total}  ${hint}`.trimEnd());
  if (last === null) console.log(output);
}
process.exitCode = failed === 0 ? 0 : 1;
