// The proofs of a drill: its start does not pass and nothing in it is unclear, its right ways pass, its wrong ways fail at the check they name.

import { bases } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf, type Lines, type WrongWay } from "#lessons/_kit/drill.ts";
import type { GradeReport, Verdict } from "#sandbox/grader/check.ts";
import { SETTLE } from "./drills.ts";
import { parseScript } from "./lessons.ts";
import type { QuickPlayer } from "./quick-play.ts";

export interface DrillProof {
  /** What is proved: `drill:ID:SEED/start`, `…/solution`, `…/wrong/not restarted`. */
  readonly name: string;
  /** Why it does not hold; empty where it does. */
  readonly why: string;
}

export const show = ({ id, verdict, layer, message }: Verdict) =>
  `  ${verdict}${layer === null ? "" : ` (${layer})`} ${id}: ${message}`;
const tell = (why: string, { verdicts }: GradeReport, lines: Lines): string =>
  [why, ...verdicts.map(show), ...lines.map((line) => `  | ${line}`)].join("\n");

function judgeStart({ template }: DrillInstance, report: GradeReport): string {
  const { verdicts } = report;
  const incident = template.use.includes("incident");
  if (verdicts.every(({ verdict }) => verdict === "pass")) return tell("the start passes already", report, []);
  if (!incident && verdicts.some(({ verdict }) => verdict === "unknown"))
    return tell("a check cannot be told at the start", report, []);
  return "";
}

const judgeRight = (report: GradeReport, lines: Lines): string =>
  report.verdicts.every(({ verdict }) => verdict === "pass") ? "" : tell("a right way does not pass", report, lines);

function judgeWrong(way: WrongWay, report: GradeReport): string {
  const named = report.verdicts.find(({ id }) => id === way.fails);
  if (named === undefined) return `there is no check “${way.fails}”`;
  if (named.verdict !== "not-yet") return tell(`“${way.fails}” is ${named.verdict}, not not-yet`, report, way.lines);
  const seen = report.misconceptions.map(({ id }) => id);
  return way.misconception === undefined || seen.includes(way.misconception)
    ? ""
    : tell(`“${way.misconception}” is not recognised, only: ${seen.join(", ") || "none"}`, report, way.lines);
}

/** All proofs of a drill. */
export async function proveDrill(drill: DrillInstance, player: QuickPlayer): Promise<DrillProof[]> {
  const start = await player.begin(bases[drill.base], drill.setup);
  const grading = gradingOf(drill);
  const play = (lines: Lines): GradeReport =>
    player.play(start, drill.host, lines.length === 0 ? [] : parseScript(lines.join("\n")), SETTLE, grading);
  const proof = (name: string, why: string): DrillProof => ({ name: `${drill.address}/${name}`, why });
  return [
    proof("start", judgeStart(drill, play([]))),
    proof("solution", judgeRight(play(drill.solution), drill.solution)),
    ...drill.right.map(({ name, lines }) => proof(`right/${name}`, judgeRight(play(lines), lines))),
    ...drill.wrong.map((way) => proof(`wrong/${way.name}`, judgeWrong(way, play(way.lines)))),
  ];
}
