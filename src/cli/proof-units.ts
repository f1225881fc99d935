// What is proved at one go by one worker, and which of it there is besides lessons and drills: incidents, mutants, whole exams.

import type { IncidentSize } from "#lessons/_kit/incident.ts";

export type ProofUnit =
  | {
      readonly kind: "lesson";
      readonly lesson: string;
      /** Only its start, its solution and its first wrong way. */
      readonly sampled: boolean;
      /** Pieces of names; empty means all. */
      readonly parts: readonly string[];
    }
  | { readonly kind: "drill"; readonly drill: string; readonly seeds: readonly string[] }
  /** Evidence and start of incidents of so many faults. */
  | { readonly kind: "incidents"; readonly size: IncidentSize; readonly seeds: readonly string[] }
  /** Mutants of a drill's solution. */
  | { readonly kind: "mutants"; readonly drill: string; readonly seed: string }
  /** A whole exam of two hours. */
  | { readonly kind: "exam"; readonly seed: number };

/** What a unit is called where it is told of. */
export function nameOf(unit: ProofUnit): string {
  switch (unit.kind) {
    case "lesson":
      return unit.lesson;
    case "drill":
      return `drill:${unit.drill}`;
    case "incidents":
      return `incidents:${unit.size}:${unit.seeds[0]}-${unit.seeds.at(-1)}`;
    case "mutants":
      return `mutants:${unit.drill}:${unit.seed}`;
    case "exam":
      return `exam:${unit.seed}`;
  }
}

/** Incidents of each size that are proved; together there are four times as many. */
const INCIDENTS = 125;
const SAMPLED_INCIDENTS = 3;
/** Incidents in one unit. */
const AT_ONCE = 25;
const EXAMS = 20;
/** The sample takes the mutants of every so many-th drill. */
const SPREAD = 7;

const count = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

/** Incidents with their evidence, mutants of solutions and whole exams; or a fixed part of them. */
export function listSoundnessUnits(drills: readonly string[], sampled: boolean): ProofUnit[] {
  const incidents = count(sampled ? SAMPLED_INCIDENTS : INCIDENTS).map(String);
  const sizes: readonly IncidentSize[] = [4, 3, 2, 1];
  return [
    ...count(sampled ? 1 : EXAMS).map((seed) => ({ kind: "exam" as const, seed })),
    ...sizes.flatMap((size) =>
      count(Math.ceil(incidents.length / AT_ONCE)).map((part) => ({
        kind: "incidents" as const,
        size,
        seeds: incidents.slice((part - 1) * AT_ONCE, part * AT_ONCE),
      })),
    ),
    ...drills
      .filter((_, at) => !sampled || at % SPREAD === 0)
      .map((drill) => ({ kind: "mutants" as const, drill, seed: "1" })),
  ];
}
