// The proofs of a drill: its start does not pass and nothing in it is unclear, its right ways pass, its wrong ways fail at the check they name.

import { bases } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf, type Lines, type WrongWay } from "#lessons/_kit/drill.ts";
import type { FleetState } from "#sandbox";
import type { GradeReport, Grading, Verdict } from "#sandbox/grader/check.ts";
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

/** How long a way is looked at before its verdict (ms): most faults show at once, what the API server hears of a node takes longer. */
const SOON = 5_000;

/** Whether the check of a wrong way asks what the API server has heard: such an answer comes late. */
function isLate({ checks }: Grading, id: string): boolean {
  const probe = checks.find((check) => check.id === id)?.probe;
  return probe?.kind === "node" || probe?.kind === "command";
}

/** Proves drills, and plays nothing twice: seeds that chose the same values begin at the same machine. */
export class DrillProver {
  readonly #player: QuickPlayer;
  readonly #starts = new Map<string, Promise<FleetState>>();
  readonly #reports = new Map<string, GradeReport>();

  constructor(player: QuickPlayer) {
    this.#player = player;
  }

  /** All proofs of a drill. */
  async prove(drill: DrillInstance): Promise<DrillProof[]> {
    const begin = JSON.stringify([drill.base, drill.setup, drill.host]);
    const known = this.#starts.get(begin) ?? this.#player.begin(bases[drill.base], drill.setup, drill.host);
    this.#starts.set(begin, known);
    const start = await known;
    const grading = gradingOf(drill);
    const play = (kind: "right" | "wrong", lines: Lines, fails = ""): GradeReport => {
      const key = JSON.stringify([begin, grading, kind, lines, fails]);
      const before = this.#reports.get(key);
      if (before !== undefined) return before;
      const played = this.#player.play(start, drill.host, lines.length === 0 ? [] : parseScript(lines.join("\n")));
      let report = played.grade(grading, kind === "right" || !isLate(grading, fails) ? SOON : SETTLE);
      // What is right may need more time than what is wrong, for nodes and pods come up one after another.
      if (kind === "right" && report.verdicts.some(({ verdict }) => verdict !== "pass"))
        report = played.grade(grading, SETTLE - SOON);
      this.#reports.set(key, report);
      return report;
    };
    const proof = (name: string, why: string): DrillProof => ({ name: `${drill.address}/${name}`, why });
    return [
      proof("start", judgeStart(drill, play("right", []))),
      proof("solution", judgeRight(play("right", drill.solution), drill.solution)),
      ...drill.right.map(({ name, lines }) => proof(`right/${name}`, judgeRight(play("right", lines), lines))),
      ...drill.wrong.map((way) => proof(`wrong/${way.name}`, judgeWrong(way, play("wrong", way.lines, way.fails)))),
    ];
  }
}
