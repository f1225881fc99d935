// The proofs of a drill: its start does not pass and nothing in it is unclear, its right ways pass, its wrong ways fail at the check they name.

import { bases } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf, type Lines, type WrongWay } from "#lessons/_kit/drill.ts";
import type { FleetState } from "#sandbox";
import type { GradeReport, Grading, Verdict } from "#sandbox/grader/check.ts";
import { SETTLE } from "./drills.ts";
import { parseScript } from "./lessons.ts";
import type { PlayedFleet, QuickPlayer } from "./quick-play.ts";

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

const passes = ({ verdicts }: GradeReport): boolean => verdicts.every(({ verdict }) => verdict === "pass");

function judgeStart({ template }: DrillInstance, report: GradeReport): string {
  const { verdicts } = report;
  const incident = template.use.includes("incident");
  if (passes(report)) return tell("the start passes already", report, []);
  if (!incident && verdicts.some(({ verdict }) => verdict === "unknown"))
    return tell("a check cannot be told at the start", report, []);
  return "";
}

const judgeRight = (report: GradeReport, lines: Lines): string =>
  passes(report) ? "" : tell("a right way does not pass", report, lines);

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

/** A start is looked at as a wrong way is: at once where a check tells it from what is done, and later where only a late one does. */
export function gradeStart(play: () => PlayedFleet, grading: Grading): GradeReport {
  const soon = play().gradeLast(grading, SOON);
  const refused = soon.verdicts.some(({ id, verdict }) => verdict === "not-yet" && !isLate(grading, id));
  const clear = soon.verdicts.every(({ verdict }) => verdict !== "unknown");
  return refused && clear ? soon : play().gradeLast(grading, SETTLE);
}

/** What is right may need more time than what is wrong, for nodes and pods come up one after another. Most needs none: the fleet itself is judged, and played again where that was too soon. */
export function gradeRight(play: () => PlayedFleet, grading: Grading): { report: GradeReport; slow: boolean } {
  const soon = play().gradeLast(grading, SOON);
  if (passes(soon)) return { report: soon, slow: false };
  const report = play().gradeLast(grading, SETTLE);
  return { report, slow: passes(report) };
}

/** The checks that judge a wrong way: its own alone, unless what is believed must be recognised from what all of them brought back. */
function neededFor(grading: Grading, { fails, misconception }: WrongWay): Grading {
  const named = grading.checks.filter(({ id }) => id === fails);
  return misconception !== undefined || named.length === 0 ? grading : { ...grading, checks: named };
}

/** Proves the drills of a template, and plays nothing twice: seeds that chose the same values begin at the same machine. */
export class DrillProver {
  readonly #player: QuickPlayer;
  /** Right ways that needed their whole time once: from then on they are given it at once. */
  readonly #slow = new Set<string>();

  constructor(player: QuickPlayer) {
    this.#player = player;
  }

  /** All proofs of the drills, in their order. */
  async prove(drills: readonly DrillInstance[]): Promise<DrillProof[]> {
    const proofs = new Map<DrillInstance, readonly DrillProof[]>();
    for (const alike of Map.groupBy(drills, ({ base, setup, host }) => JSON.stringify([base, setup, host])).values()) {
      const [{ base, setup, host }] = alike as [DrillInstance, ...DrillInstance[]];
      const start = await this.#player.begin(bases[base], setup, host);
      const known = new Map<string, GradeReport>();
      for (const drill of alike) proofs.set(drill, this.#proveFrom(start, drill, known));
    }
    return drills.flatMap((drill) => proofs.get(drill) ?? []);
  }

  #proveFrom(start: FleetState, drill: DrillInstance, known: Map<string, GradeReport>): DrillProof[] {
    const grading = gradingOf(drill);
    const asked = JSON.stringify(grading);
    /** Plays the lines and grades them, unless another seed did so before. */
    const once = (kind: string, lines: Lines, grade: (play: () => PlayedFleet) => GradeReport): GradeReport => {
      const key = JSON.stringify([kind, lines, asked]);
      const before = known.get(key);
      if (before !== undefined) return before;
      const script = lines.length === 0 ? [] : parseScript(lines.join("\n"));
      const report = grade(() => this.#player.play(start, drill.host, script));
      known.set(key, report);
      return report;
    };
    const proof = (name: string, why: string): DrillProof => ({ name: `${drill.address}/${name}`, why });
    const right = (name: string, lines: Lines): DrillProof => {
      const report = once("right", lines, (play) => this.#gradeRight(name, play, grading));
      return proof(name, judgeRight(report, lines));
    };
    const wrong = (way: WrongWay): DrillProof => {
      const settle = isLate(grading, way.fails) ? SETTLE : SOON;
      const needed = neededFor(grading, way);
      const report = once(`wrong ${needed === grading ? "" : way.fails} ${settle}`, way.lines, (play) =>
        play().gradeLast(needed, settle),
      );
      return proof(`wrong/${way.name}`, judgeWrong(way, report));
    };
    return [
      proof(
        "start",
        judgeStart(
          drill,
          once("start", [], (play) => gradeStart(play, grading)),
        ),
      ),
      right("solution", drill.solution),
      ...drill.right.map(({ name, lines }) => right(`right/${name}`, lines)),
      ...drill.wrong.map(wrong),
    ];
  }

  #gradeRight(name: string, play: () => PlayedFleet, grading: Grading): GradeReport {
    if (this.#slow.has(name)) return play().gradeLast(grading, SETTLE);
    const { report, slow } = gradeRight(play, grading);
    if (slow) this.#slow.add(name);
    return report;
  }
}
