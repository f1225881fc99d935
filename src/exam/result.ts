// What an exam came to: graded from the machines as they were left, and graded again by whoever receives a result instead of being believed.

import { type DrillInstance, gradingOf, weightsOf } from "#lessons/_kit/drill.ts";
import type { RecognisedMisconception, Verdict } from "#sandbox/grader/check.ts";
import type { SharedFleet } from "#sandbox/protocol.ts";
import { planOfTask, settle } from "../course/drill-plan.ts";
import { loadDrill } from "../course/drills.ts";
import type { LabPlan } from "../course/plan.ts";
import { gradeMachine } from "../machine/grade.ts";
import { type ExamSettings, readSettings } from "./attempt.ts";
import { composeExam } from "./compose.ts";
import { type CheckScore, scoreTask } from "./score.ts";

/** A task's result. */
export interface TaskResult {
  readonly address: string;
  readonly title: string;
  readonly topic: string;
  readonly host: string;
  readonly weight: number;
  readonly earned: number;
  /** Time in front, ms. */
  readonly spent: number;
  readonly opened: boolean;
  readonly checks: readonly CheckScore[];
  readonly verdicts: readonly Verdict[];
  readonly misconceptions: readonly RecognisedMisconception[];
  /** Why there are no verdicts, where the machine could not be read. */
  readonly trouble?: string;
}

/** What a code of kind "result" carries for an exam. Whatever it says of points is a claim. */
export interface ExamResult {
  readonly version: 1;
  readonly what: "exam";
  readonly name: string;
  readonly settings: ExamSettings;
  /** Wall clock, ms. */
  readonly startedAt: number;
  readonly handedInAt: number;
  /** Time on the exam's clock, and in pauses (ms). */
  readonly used: number;
  readonly paused: number;
  readonly claimed: number;
  /** Machines as they were left, by task; null where none was opened. */
  readonly machines: readonly (SharedFleet | null)[];
  readonly spent: readonly number[];
}

/** An exam that was sent, graded here. */
export interface Regraded {
  readonly result: ExamResult;
  readonly tasks: readonly TaskResult[];
  readonly score: number;
}

export function sumOf(tasks: readonly TaskResult[]): number {
  return tasks.reduce((sum, { earned }) => sum + earned, 0);
}

/** A task nobody opened: nothing was done, nothing is earned. */
function untouched(drill: DrillInstance, weight: number, spent: number): TaskResult {
  const { address, template, host } = drill;
  const { title, topic } = template;
  return {
    address,
    title,
    topic,
    host,
    weight,
    earned: 0,
    spent,
    opened: false,
    checks: [],
    verdicts: [],
    misconceptions: [],
  };
}

/** Grades a task from the machine as it was left, against its start, which is booted here. Answers the machine for handing on, too. */
export async function gradeTask(
  drill: DrillInstance,
  weight: number,
  spent: number,
  from: LabPlan["from"],
): Promise<{ readonly task: TaskResult; readonly fleet: SharedFleet | undefined }> {
  const empty = untouched(drill, weight, spent);
  if (from === undefined) return { task: empty, fleet: undefined };
  try {
    const plan: LabPlan = { ...planOfTask(drill, drill.address), grading: gradingOf(drill) };
    const [start, end] = await Promise.all([gradeMachine(plan, settle), gradeMachine({ ...plan, from }, settle)]);
    const { verdicts } = end.report;
    // What the start shows already is its predecessor's.
    const inherited = new Set(start.report.misconceptions.map(({ id }) => id));
    const misconceptions = end.report.misconceptions.filter(({ id }) => !inherited.has(id));
    const checks = scoreTask(weight, weightsOf(drill), start.report.verdicts, verdicts);
    const earned = checks.reduce((sum, check) => sum + check.earned, 0);
    return { task: { ...empty, opened: true, earned, checks, verdicts, misconceptions }, fleet: end.fleet };
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    return { task: { ...empty, opened: true, trouble }, fleet: undefined };
  }
}

/** A result that came from outside; undefined where it is none. */
export function readResult(value: unknown): ExamResult | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, what, name, startedAt, handedInAt, used, paused, claimed, machines, spent, ...rest } =
    value as Record<string, unknown>;
  const settings = readSettings(rest.settings);
  if (version !== 1 || what !== "exam" || settings === undefined || !Array.isArray(machines)) return undefined;
  const number = (each: unknown): number => (typeof each === "number" && Number.isFinite(each) ? each : 0);
  const fleets = machines.map((each: unknown) => {
    const { base, change } = (each ?? {}) as Partial<SharedFleet>;
    return typeof base === "string" && typeof change === "string" ? { base, change } : null;
  });
  return {
    version,
    what,
    name: typeof name === "string" ? name.slice(0, 80) : "",
    settings,
    startedAt: number(startedAt),
    handedInAt: number(handedInAt),
    used: number(used),
    paused: number(paused),
    claimed: number(claimed),
    machines: fleets,
    spent: Array.isArray(spent) ? spent.map(number) : [],
  };
}

/**
 * Grades a result that somebody sent: the exam is composed anew from its seed, and each machine judged as it was left. Nothing of what the
 * result says of its points is used. `onTask` hears of each task as it is done.
 */
export async function regradeResult(
  result: ExamResult,
  onTask?: (done: number, of: number) => void,
): Promise<Regraded> {
  const exam = await composeExam(result.settings);
  const tasks: TaskResult[] = [];
  for (const [index, { id: address, weight }] of exam.entries()) {
    const drill = await loadDrill(address);
    if (drill === undefined) throw new Error(`this version of the course has no ${address}`);
    const fleet = result.machines[index] ?? undefined;
    const from = fleet === undefined ? undefined : { shared: fleet };
    tasks.push((await gradeTask(drill, weight, result.spent[index] ?? 0, from)).task);
    onTask?.(index + 1, exam.length);
  }
  return { result, tasks, score: sumOf(tasks) };
}
