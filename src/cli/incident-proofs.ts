// The proofs of an incident beyond those of every drill: at its start nothing passes, and each fault shows once those before it are mended.

import { bases } from "#lessons/_kit/bases.ts";
import { gradingOf, type Lines, makeDrill } from "#lessons/_kit/drill.ts";
import { type Fault, mendAll } from "#lessons/_kit/fault.ts";
import { type IncidentSize, incidentOf, incidentTemplate } from "#lessons/_kit/incident.ts";
import type { Check, Grading } from "#sandbox/grader/check.ts";
import { type DrillProof, show } from "./drill-proofs.ts";
import { SETTLE } from "./drills.ts";
import { parseScript } from "./lessons.ts";
import type { QuickPlayer } from "./quick-play.ts";

const script = (lines: Lines) => (lines.length === 0 ? [] : parseScript(lines.join("\n")));
/** An address without a machine is given up after three seconds (ms). */
const GLANCE = 8_000;

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

/** All proofs of an incident: of its start, its solution, the evidence of each fault, and what one fault left alone costs. */
export async function proveIncident(size: IncidentSize, seed: string, player: QuickPlayer): Promise<DrillProof[]> {
  const drill = makeDrill(incidentTemplate(size), seed);
  const { node, faults } = incidentOf(size, seed);
  const grading = gradingOf(drill);
  const start = await player.begin(bases[drill.base], drill.setup);
  const play = (lines: Lines, settle: number, asked: Grading = grading) =>
    player.play(start, node, script(lines)).grade(asked, settle);
  const proof = (name: string, why: string): DrillProof => ({ name: `${drill.address}/${name}`, why });

  const early = play([], 0).verdicts.filter(({ verdict }) => verdict === "pass");
  const late = play(drill.solution, SETTLE).verdicts.filter(({ verdict }) => verdict !== "pass");
  const like = grading.checks[0] as Check;
  return [
    proof("start", early.length === 0 ? "" : ["passes at the start", ...early.map(show)].join("\n")),
    proof("solution", late.length === 0 ? "" : ["is not mended", ...late.map(show)].join("\n")),
    ...faults.map((fault, at) => {
      const asked = { ...grading, checks: [evidenceCheck(fault, node, like)] };
      const [verdict] = play(at === 0 ? [] : mendAll(faults.slice(0, at)), GLANCE, asked).verdicts;
      return proof(
        `evidence/${fault.id}`,
        verdict?.verdict === "pass"
          ? ""
          : `“${fault.evidence.shows}” does not show: ${verdict?.message ?? "no verdict"}`,
      );
    }),
    ...drill.wrong
      .filter(({ name }) => name.startsWith("left: "))
      .map(({ name, lines, fails }) => {
        const named = play(lines, SETTLE).verdicts.find(({ id }) => id === fails);
        return proof(name, named?.verdict === "not-yet" ? "" : `“${fails}” is ${named?.verdict ?? "not asked"}`);
      }),
  ];
}
