// What the page knows of a lesson's grading before a machine runs: its steps and the goal sentence of each order.

import type { Check, Grading } from "#sandbox/grader/check.ts";

/** An order as it stands in the page. */
export type Order = Pick<Check, "id" | "step" | "goal">;

const modules = import.meta.glob<Record<string, unknown>>("../../lessons/[0-9]*/[0-9]*/checks.ts", { eager: true });

/** The grading of a lesson; undefined when its folder has no checks. */
export function findGrading(lessonId: string): Grading | undefined {
  const found = Object.entries(modules).find(([path]) => lessonOfPath(path) === lessonId);
  return found === undefined ? undefined : pickGrading(found[1]);
}

/** `…/lessons/30-who-goes-there/050-turn-strangers-away/checks.ts` is of `who-goes-there/turn-strangers-away`. */
export function lessonOfPath(path: string): string {
  return path
    .replace(/^.*\/lessons\//, "")
    .split("/")
    .slice(0, 2)
    .map((name) => name.replace(/^\d+-/, ""))
    .join("/");
}

/** The grading a checks module exports, under whatever name. */
export function pickGrading(module: Record<string, unknown>): Grading | undefined {
  return Object.values(module).find(isGrading);
}

function isGrading(value: unknown): value is Grading {
  return typeof value === "object" && value !== null && "checks" in value && Array.isArray(value.checks);
}
