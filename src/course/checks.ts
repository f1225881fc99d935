// Build time only: what a lesson page shows of its grading before a machine runs.

import type { Check, Grading } from "#sandbox/grader/check.ts";
import { lessonOfPath, pickGrading } from "./grading.ts";

/** An order as it stands in the page. */
export type Order = Pick<Check, "id" | "step" | "goal">;

const modules = import.meta.glob<Record<string, unknown>>("../../lessons/[0-9]*/[0-9]*/checks.ts", { eager: true });

/** The grading of a lesson; undefined when its folder has no checks. */
export function findGrading(lessonId: string): Grading | undefined {
  const found = Object.entries(modules).find(([path]) => lessonOfPath(path) === lessonId);
  return found === undefined ? undefined : pickGrading(found[1]);
}
