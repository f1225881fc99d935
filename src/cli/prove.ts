// npm run -s prove: every proof of every lesson and drill, of incidents, mutants and exams, several at once; names narrow it, --sample takes a fixed part. Last line `N proofs, N failed`.

import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { readArguments } from "./arguments.ts";
import { listDrills } from "./drills.ts";
import { listLessonIds } from "./lessons.ts";
import { listSoundnessUnits, nameOf, type ProofUnit } from "./proof-units.ts";
import type { UnitResult } from "./prove-worker.ts";

/** Lessons that the sample takes whole; of the others it takes the start, the solution and the first wrong way. */
const wholeLessons = 4;
/** Seeds of a drill: all, and those of the sample. */
const SEEDS = 50;
const SAMPLED_SEEDS = 1;
/** Room for what a play makes and drops (MB): with the usual 16 it is collected again and again. */
const YOUNG = 128;

// Each core has a worker of its own: a collector that takes several cores only gets in their way.
setFlagsFromString("--no-parallel-scavenge");

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: { sample: { type: "boolean" }, seeds: { type: "string" }, jobs: { type: "string" } },
});
const seedCount = Number(values.seeds ?? (values.sample ? SAMPLED_SEEDS : SEEDS));
const jobs = Number(values.jobs ?? Math.min(availableParallelism(), 8));

const wanted = (path: string): boolean => positionals.length === 0 || positionals.some((part) => path.includes(part));

function listLessonUnits(): ProofUnit[] {
  if (positionals.length > 0 && positionals.every((part) => /^(drill|incidents|mutants|exam)(:|$)/.test(part)))
    return [];
  return listLessonIds().map((lesson, index) => ({
    kind: "lesson",
    lesson,
    sampled: values.sample === true && index >= wholeLessons,
    parts: positionals,
  }));
}

function listDrillUnits(): ProofUnit[] {
  const seeds = Array.from({ length: seedCount }, (_, index) => String(index + 1));
  return listDrills().flatMap((drill) => {
    const named = positionals.flatMap((part) => new RegExp(`^drill:${drill}:(\\w+)$`).exec(part)?.[1] ?? []);
    const chosen = named.length > 0 ? named : seeds.filter((seed) => wanted(`drill:${drill}:${seed}`));
    return chosen.length === 0 ? [] : [{ kind: "drill" as const, drill, seeds: chosen }];
  });
}

/** Hands units to workers, one at a time each, until none is left. */
async function proveAll(
  units: readonly ProofUnit[],
  take: (unit: ProofUnit, result: UnitResult) => void,
): Promise<void> {
  const rest = [...units];
  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./prove-worker.ts", import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
      });
      let unit: ProofUnit | undefined;
      const next = (): void => {
        unit = rest.shift();
        if (unit === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage(unit);
      };
      worker.on("message", (result: UnitResult) => {
        if (unit !== undefined) take(unit, result);
        next();
      });
      worker.on("error", reject);
      next();
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, units.length)) }, runOne));
}

const started = performance.now();
let total = 0;
let failed = 0;
/** Units besides lessons and drills: by their kind, or by name. */
const sound = listSoundnessUnits(listDrills(), values.sample === true).filter(
  (unit) => positionals.length === 0 || positionals.some((part) => `${nameOf(unit)}:`.startsWith(`${part}:`)),
);
/** What takes long goes first, so that no worker is left with it at the end. */
const units = [...listLessonUnits(), ...listDrillUnits(), ...sound];
await proveAll(units, (unit, { proofs, ms }) => {
  total += proofs.length;
  failed += proofs.filter(({ why }) => why !== "").length;
  for (const { name, why } of proofs) {
    if (why !== "") console.log(`FAIL  ${name}: ${why}`);
    else if (unit.kind === "lesson") console.log(`pass  ${name}`);
  }
  const wrong = proofs.filter(({ why }) => why !== "").length;
  // Drills are told in one line each: there are thousands of proofs.
  if (unit.kind !== "lesson")
    console.log(
      `${wrong === 0 ? "pass" : "FAIL"}  ${nameOf(unit)}: ${proofs.length} proofs, ${(ms / 1000).toFixed(1)} s`,
    );
});
const { user, system } = process.cpuUsage();
console.log(
  `${((performance.now() - started) / 1000).toFixed(1)} s with ${jobs} at once, ${((user + system) / 1e6).toFixed(1)} s of processor`,
);
console.log(`${total} proofs, ${failed} failed`);
process.exitCode = failed === 0 && total > 0 ? 0 : 1;
