// What a code of kind "result" carries for a lesson: the machine as it is, and what the learner's page says of the way there.

import type { SharedFleet } from "#sandbox/protocol.ts";

/** The machine is graded again by whoever receives it; the rest is told by the learner's page and shown as such. */
export interface LessonResult {
  readonly version: 1;
  readonly what: "lesson";
  readonly name: string;
  /** Laboratory: a lesson, with its start point. */
  readonly lab: string;
  /** Wall clock, ms. */
  readonly at: number;
  readonly machine: SharedFleet;
  /** Highest hint stage used, by check. */
  readonly hints: Readonly<Record<string, number>>;
  readonly begunAt: number;
  readonly doneAt?: number;
}

/** A result that came from outside; undefined where it is none. */
export function readLessonResult(value: unknown): LessonResult | undefined {
  const { version, what, name, lab, at, machine, hints, begunAt, doneAt } = (value ?? {}) as Partial<
    Record<keyof LessonResult, unknown>
  >;
  const { base, change } = (machine ?? {}) as Partial<SharedFleet>;
  if (version !== 1 || what !== "lesson" || typeof name !== "string" || typeof lab !== "string") return undefined;
  if (!/^[a-z0-9-]+\/[a-z0-9-]+(@[a-z0-9-]+)?$/.test(lab) || typeof base !== "string" || typeof change !== "string")
    return undefined;
  const used = Object.entries((hints ?? {}) as Record<string, unknown>).filter(
    ([, stage]) => typeof stage === "number",
  );
  const time = (each: unknown): number => (typeof each === "number" && Number.isFinite(each) ? each : 0);
  return {
    version,
    what,
    name: name.slice(0, 80),
    lab,
    at: time(at),
    machine: { base, change },
    hints: Object.fromEntries(used) as Record<string, number>,
    begunAt: time(begunAt),
    ...(typeof doneAt === "number" ? { doneAt } : {}),
  };
}

/** Splits `PART/LESSON@VARIANT`. */
export function lessonOfLab(lab: string): { readonly lesson: string; readonly variant: string | undefined } {
  const [lesson = "", variant] = lab.split("@");
  return { lesson, variant };
}
