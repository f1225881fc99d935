// Which lesson a file belongs to, and the grading its checks module exports.

import type { Grading } from "#sandbox/grader/check.ts";

/** `…/lessons/30-who-goes-there/050-turn-strangers-away/checks.ts` is of `who-goes-there/turn-strangers-away`. */
export function lessonOfPath(path: string): string {
  return path
    .replace(/^.*\/lessons\//, "")
    .split("/")
    .slice(0, 2)
    .map((name) => name.replace(/^\d+-/, ""))
    .join("/");
}

/** The grading that a checks module exports piece by piece; undefined where there are no checks. */
export function pickGrading(module: Record<string, unknown>): Grading | undefined {
  const { checks, boarding = [], pilot = [] } = module as Partial<Grading>;
  return checks === undefined ? undefined : { checks, boarding, pilot };
}
