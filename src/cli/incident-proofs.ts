// The proofs of an incident beyond those of every drill: at its start nothing passes, and each fault shows once those before it are mended.

import { bases } from "#lessons/_kit/bases.ts";
import { gradingOf, makeDrill } from "#lessons/_kit/drill.ts";
import { type Fault, mendAll } from "#lessons/_kit/fault.ts";
import { type IncidentSize, incidentOf, incidentTemplate } from "#lessons/_kit/incident.ts";
import type { Check } from "#sandbox/grader/check.ts";
import { type DrillProof, show } from "./drill-proofs.ts";
import { SETTLE } from "./drills.ts";
import { parseScript } from "./lessons.ts";
import type { QuickPlayer } from "./quick-play.ts";

/** A kubelet that fails does so at once; an address without a machine is given up after three seconds, some times over (ms). */
const GLANCE = 1_000;
const SECOND_LOOK = 7_000;

/** A fault's evidence as a question that a grader can ask. */
function evidenceCheck({ evidence, id }: Fault, node: string, like: Check): Check {
  return {
    ...like,
    id: `evidence-${id}`,
    probe: { kind: "command", on: evidence.on ?? node, run: evidence.run },
    expect: { stdout: { has: evidence.shows } },
    failures: [],
  };
}

/** Proofs of an incident: nothing passes at its start; each fault shows when its turn comes; and when all are mended, one after the other, all is well. */
export async function proveIncident(size: IncidentSize, seed: string, player: QuickPlayer): Promise<DrillProof[]> {
  const drill = makeDrill(incidentTemplate(size), seed);
  const { node, faults } = incidentOf(size, seed);
  const grading = gradingOf(drill);
  const played = player.play(await player.begin(bases[drill.base], drill.setup), node, []);
  const proofs: DrillProof[] = [];
  const prove = (name: string, why: readonly string[]): void => {
    proofs.push({ name: `${drill.address}/${name}`, why: why.join("\n") });
  };

  const early = played.grade(grading, 0).verdicts.filter(({ verdict }) => verdict === "pass");
  prove("nothing at the start", early.map(show));
  const like = grading.checks[0] as Check;
  for (const [at, fault] of faults.entries()) {
    const asked = { ...grading, checks: [evidenceCheck(fault, node, like)] };
    let [seen] = played.grade(asked, at === 0 ? 0 : GLANCE).verdicts;
    if (seen?.verdict !== "pass") [seen] = played.grade(asked, SECOND_LOOK).verdicts;
    const missing = `“${fault.evidence.shows}” does not show: ${seen?.message ?? "no verdict"}`;
    prove(`evidence of ${fault.id}`, seen?.verdict === "pass" ? [] : [missing]);
    played.type(parseScript(mendAll([fault]).join("\n")));
  }
  const late = played.gradeLast(grading, SETTLE).verdicts.filter(({ verdict }) => verdict !== "pass");
  prove("mended one by one", late.map(show));
  return proofs;
}
