// The proofs of a whole exam: no task is done at its start, all reference solutions together give every point, and no task touches what another begins at.

import { bases } from "#lessons/_kit/bases.ts";
import { type DrillTemplate, gradingOf, makeDrill, readAddress } from "#lessons/_kit/drill.ts";
import { drawExam, type ExamLength } from "#lessons/_kit/exam.ts";
import type { Scene } from "#sandbox";
import { type DrillProof, gradeRight, gradeStart, show } from "./drill-proofs.ts";
import { parseScript } from "./lessons.ts";
import type { QuickPlayer } from "./quick-play.ts";

/** Sits an exam twice: once doing nothing, once by the references. */
export async function proveExam(
  templates: readonly DrillTemplate[],
  seed: number,
  minutes: ExamLength,
  player: QuickPlayer,
): Promise<DrillProof[]> {
  const exam = drawExam(templates, seed, minutes);
  const proofs: DrillProof[] = [];
  let points = 0;
  const shared = new Map<Scene, string>();
  for (const { id, weight, host } of exam.tasks) {
    const named = readAddress(id);
    const template = templates.find((each) => each.id === named?.id);
    if (template === undefined || named === undefined) throw new Error(`exam ${seed}: there is no ${id}`);
    const drill = makeDrill(template, named.seed);
    const base = bases[drill.base];
    if (!shared.has(base)) shared.set(base, await player.readShared(base));
    const start = await player.begin(base, drill.setup);
    const grading = gradingOf(drill);
    const solution = parseScript(drill.solution.join("\n"));
    const idle = gradeStart(() => player.play(start, drill.host, []), grading).verdicts;
    const { report } = gradeRight(() => player.play(start, drill.host, solution), grading);
    const failing = report.verdicts.filter(({ verdict }) => verdict !== "pass");
    if (failing.length === 0) points += weight;
    const faults = [
      ...(host === drill.host ? [] : [`names ${host}, and is on ${drill.host}`]),
      ...(idle.every(({ verdict }) => verdict === "pass") ? ["is done at its start"] : []),
      ...failing.map(show),
    ];
    proofs.push({ name: `exam:${minutes}:${seed}/${id}`, why: faults.join("\n") });
  }
  const touched: string[] = [];
  for (const [base, hash] of shared) if ((await player.readShared(base)) !== hash) touched.push(base.seed);
  const why = touched.length === 0 ? "" : `a task changed what others begin at: ${touched.join(", ")}`;
  proofs.push({ name: `exam:${minutes}:${seed}/apart`, why });
  proofs.push({ name: `exam:${minutes}:${seed}/points`, why: points === 100 ? "" : `${points} points, not 100` });
  return proofs;
}
