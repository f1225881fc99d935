// npm run -s prove: every proof of every lesson; names narrow it, --sample takes a fixed part. Last line `N proofs, N failed`.

import { parseArgs } from "node:util";
import { Programs } from "#sandbox/programs.ts";
import { readLessons } from "./lessons.ts";
import { listProofs } from "./proofs.ts";

/** Lessons that the sample takes whole; of the others it takes the start, the solution and the first wrong way. */
const wholeLessons = 4;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { sample: { type: "boolean" } } });

const programs = new Programs();
await programs.loadAll();
let total = 0;
let failed = 0;
for (const [index, lesson] of (await readLessons()).entries()) {
  const proofs = listProofs(lesson, programs);
  const first = proofs.findIndex(({ name }) => name.startsWith("wrong/"));
  const sampled = proofs.filter(({ name }, at) => name === "start" || name === "solution.sh" || at === first);
  const chosen = values.sample && index >= wholeLessons ? sampled : proofs;
  for (const { lesson: id, name, run } of chosen) {
    const path = `${id}/${name}`;
    if (positionals.length > 0 && !positionals.some((part) => path.includes(part))) continue;
    total += 1;
    const why = await run();
    if (why !== "") failed += 1;
    console.log(why === "" ? `pass  ${path}` : `FAIL  ${path}: ${why}`);
  }
}
console.log(`${total} proofs, ${failed} failed`);
process.exitCode = failed === 0 && total > 0 ? 0 : 1;
