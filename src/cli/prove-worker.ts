// Proves one unit after another: a lesson, or some seeds of a drill. Each worker has its own programs and booted scenes.

import { parentPort } from "node:worker_threads";
import { makeDrill } from "#lessons/_kit/drill.ts";
import { Programs } from "#sandbox";
import { proveMutants } from "./drill-mutants.ts";
import { DrillProver } from "./drill-proofs.ts";
import { readTemplate, readTemplates } from "./drills.ts";
import { proveExam } from "./exam-proofs.ts";
import { proveIncident } from "./incident-proofs.ts";
import { readLessonOf } from "./lessons.ts";
import { nameOf, type ProofUnit } from "./proof-units.ts";
import { listProofs } from "./proofs.ts";
import { QuickPlayer } from "./quick-play.ts";

export interface UnitResult {
  /** `why` is empty where the proof holds. */
  readonly proofs: readonly { readonly name: string; readonly why: string }[];
  readonly ms: number;
}

type Proved = UnitResult["proofs"][number];

const programs = new Programs();
const player = new QuickPlayer(programs);

async function proveLesson({ lesson: id, sampled, parts }: ProofUnit & { kind: "lesson" }): Promise<Proved[]> {
  const proofs = listProofs(await readLessonOf(id), programs);
  const first = proofs.findIndex(({ name }) => name.startsWith("wrong/"));
  const chosen = sampled
    ? proofs.filter(({ name }, at) => name === "start" || name === "solution.sh" || at === first)
    : proofs;
  const proved: Proved[] = [];
  for (const { name: short, run } of chosen) {
    const name = `${id}/${short}`;
    if (parts.length === 0 || parts.some((part) => name.includes(part))) proved.push({ name, why: await run() });
  }
  return proved;
}

async function proveSeeds({ drill, seeds }: ProofUnit & { kind: "drill" }): Promise<Proved[]> {
  const template = await readTemplate(drill);
  return new DrillProver(player).prove(seeds.map((seed) => makeDrill(template, seed)));
}

async function proveIncidents({ size, seeds }: ProofUnit & { kind: "incidents" }): Promise<Proved[]> {
  const proved: Proved[] = [];
  for (const seed of seeds) proved.push(...(await proveIncident(size, seed, player)));
  return proved;
}

async function proveUnit(unit: ProofUnit): Promise<Proved[]> {
  switch (unit.kind) {
    case "lesson":
      return proveLesson(unit);
    case "drill":
      return proveSeeds(unit);
    case "incidents":
      return proveIncidents(unit);
    case "mutants":
      return proveMutants(makeDrill(await readTemplate(unit.drill), unit.seed), player);
    case "exam":
      return proveExam(await readTemplates(), unit.seed, 120, player);
  }
}

async function prove(unit: ProofUnit): Promise<UnitResult> {
  await programs.loadAll();
  const started = performance.now();
  try {
    const proofs = await proveUnit(unit);
    return { proofs, ms: performance.now() - started };
  } catch (error) {
    const why = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    return { proofs: [{ name: nameOf(unit), why }], ms: performance.now() - started };
  }
}

parentPort?.on("message", (unit: ProofUnit) => void prove(unit).then((result) => parentPort?.postMessage(result)));
