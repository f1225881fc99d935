// Points: a task's weight falls to its checks in whole points; what already held at the start earns only beside something that was mended.

import type { Verdict, VerdictWord } from "#sandbox/grader/check.ts";

/** A check as the report shows it. */
export interface CheckScore {
  readonly id: string;
  readonly verdict: VerdictWord;
  readonly points: number;
  readonly earned: number;
  /** It held at the start already: it is asked so that nothing is broken on the way. */
  readonly guard: boolean;
}

/** Shares of a whole as whole numbers that sum up to it: by the largest remainders, the earlier first. */
export function apportion(whole: number, shares: readonly number[]): number[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (all === 0 ? 0 : (whole * share) / all));
  const points = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  let missing = all === 0 ? 0 : whole - points.reduce((sum, value) => sum + value, 0);
  for (const { index } of order) {
    if (missing <= 0) break;
    points[index] = (points[index] ?? 0) + 1;
    missing -= 1;
  }
  return points;
}

/**
 * Points of one task. `start` are the verdicts before anybody sat down. A check that could not be told counts for the candidate, unless it
 * could not be told at the start either; guards and such checks count only where something was mended: doing nothing earns nothing.
 */
export function scoreTask(
  weight: number,
  weights: ReadonlyMap<string, number>,
  start: readonly Verdict[],
  end: readonly Verdict[],
): CheckScore[] {
  const points = apportion(
    weight,
    end.map(({ id }) => weights.get(id) ?? 0),
  );
  const before = new Map(start.map(({ id, verdict }) => [id, verdict]));
  const mended = end.some(({ id, verdict }) => verdict === "pass" && before.get(id) !== "pass");
  return end.map(({ id, verdict }, index) => {
    const was = before.get(id);
    const holds = verdict === "pass" || (verdict === "unknown" && was !== "unknown");
    const own = points[index] ?? 0;
    return { id, verdict, points: own, earned: mended && holds ? own : 0, guard: was === "pass" };
  });
}
