// Mutants of a lesson's checks: each expectation removed, inverted or weakened must make a proof of the lesson fail. Answers are kept and judged again; nothing is played twice.

import type { Check, Expectation, GradeReport, Grading, Operator, Verdict } from "#sandbox/grader/check.ts";
import { type Inquiry, inquire, judgeInquiry } from "#sandbox/host/judge.ts";
import type { Judge } from "#sandbox/host/judging.ts";
import type { Lesson } from "./lessons.ts";

/** What a played script answered, and what its proof wants of it. */
export interface Answered {
  /** Why the proof does not hold with these verdicts; empty where it does. */
  prove(verdicts: readonly Verdict[]): string;
  /** Whether what fails here counts as failing somewhere: at starts and on wrong ways. */
  readonly mayFail: boolean;
  readonly inquiry: Inquiry;
  /** The answers of checks about the next start, asked before it. */
  readonly now: Inquiry["answers"];
  readonly history: readonly string[];
}

interface Mutant {
  readonly what: string;
  readonly checks: readonly Check[];
  /** A check that asks before the next start instead of after it. */
  readonly early?: string;
}

type Grade = Judge["grade"];

/** A grader that keeps what it was told. */
export function keepAnswers(keep: (answers: Omit<Answered, "prove" | "mayFail">) => void): Grade {
  return (fork, grading, history): GradeReport => {
    const later = grading.checks.filter(({ after }) => after !== undefined);
    const early = later.map(({ after: _, ...check }) => check);
    const now = early.length === 0 ? new Map() : inquire(fork.fork(), { ...grading, checks: early }).answers;
    const inquiry = inquire(fork, grading);
    keep({ inquiry, now, history });
    return { ...judgeInquiry(inquiry, grading.checks, history), boarding: [], pilot: [] };
  };
}

/** Any text that a probe could have brought back stands for what is inverted; the empty one does for all operators on texts. */
function invert(key: string, argument: never): Operator | undefined {
  switch (key) {
    case "is":
      return { not: argument };
    case "not":
      return { is: argument };
    case "has":
    case "hasLine":
      return { lacks: argument };
    case "lacks":
      return { has: argument };
    case "atLeast":
      return { atMost: (argument as number) - 1 };
    case "atMost":
      return { atLeast: (argument as number) + 1 };
    default:
      return undefined;
  }
}

const withoutKey = <T extends object>(value: T, key: string): T =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as T;

/** Other expectations than the right one, with words for each. */
function* mutateExpectation(expect: Expectation): Generator<readonly [what: string, expect: Expectation]> {
  for (const [fact, operator] of Object.entries(expect)) {
    const put = (changed: object): Expectation =>
      Object.keys(changed).length === 0 ? withoutKey(expect, fact) : { ...expect, [fact]: changed as Operator };
    for (const [key, argument] of Object.entries(operator)) {
      const rest = withoutKey(operator, key);
      yield [`${fact} ${key} dropped`, put(rest)];
      const inverted = invert(key, argument as never);
      if (inverted !== undefined) yield [`${fact} ${key} inverted`, put({ ...rest, ...inverted })];
      if ((key !== "hasAll" && key !== "oneOf") || !Array.isArray(argument) || argument.length < 2) continue;
      for (const piece of argument) {
        const fewer = argument.filter((each) => each !== piece);
        yield [`${fact} ${key} without ${String(piece)}`, put({ ...rest, [key]: fewer })];
      }
    }
  }
}

function* listMutants({ checks }: Grading): Generator<Mutant> {
  for (const check of checks) {
    const replace = (changed: Check): readonly Check[] => checks.map((each) => (each === check ? changed : each));
    yield { what: `${check.id}: removed`, checks: checks.filter((each) => each !== check) };
    for (const [what, expect] of mutateExpectation(check.expect))
      yield { what: `${check.id}: ${what}`, checks: replace({ ...check, expect }) };
    if (check.after !== undefined) {
      const { after: _, ...now } = check;
      yield { what: `${check.id}: asked before the restart`, checks: replace(now), early: check.id };
    }
  }
}

/** Verdicts of the mutant's checks on what a script answered. */
function judgeBy({ checks, early }: Mutant, { inquiry, now, history }: Answered): readonly Verdict[] {
  const answers = early === undefined ? inquiry.answers : new Map(inquiry.answers).set(early, now.get(early));
  return judgeInquiry({ ...inquiry, answers }, checks, history).verdicts;
}

/** Whether a proof fails with the mutant's checks: one of a script, or the one that says that every check can fail. */
function isNoticed(mutant: Mutant, all: readonly Answered[]): boolean {
  const idle = new Set(mutant.checks.map(({ id }) => id));
  for (const answered of all) {
    const verdicts = judgeBy(mutant, answered);
    if (answered.prove(verdicts) !== "") return true;
    if (answered.mayFail) for (const { id, verdict } of verdicts) if (verdict === "not-yet") idle.delete(id);
  }
  return idle.size > 0;
}

export interface MutantReport {
  readonly total: number;
  /** Those that no proof notices, in words. */
  readonly survivors: readonly string[];
}

/** Judges every mutant of a lesson's checks by what its scripts answered. */
export function judgeMutants(lesson: Lesson, answered: readonly Answered[]): MutantReport {
  let total = 0;
  const survivors: string[] = [];
  for (const mutant of listMutants(lesson.grading)) {
    total += 1;
    if (!isNoticed(mutant, answered)) survivors.push(mutant.what);
  }
  return { total, survivors };
}
