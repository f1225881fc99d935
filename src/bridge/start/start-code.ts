// What a code of kind "start" carries: where everyone begins. A lesson with its step and scene; or a seed, for drills and exams.

/** Begins a lesson at a step, from its own scene or a variant of it. */
export interface StartCode {
  readonly version: 1;
  readonly lesson: string;
  /** Id of the step. */
  readonly step?: string;
  /** Name of the start point, where it is not the lesson's own. */
  readonly variant?: string;
}

const id = /^[a-z0-9-]+\/[a-z0-9-]+$/;
const word = /^[a-z0-9][a-z0-9-]*$/;

/** What stands in a code; undefined where it is none. */
export function readStartCode(value: unknown): StartCode | undefined {
  const { version, lesson, step, variant } = (value ?? {}) as Partial<Record<keyof StartCode, unknown>>;
  if (version !== 1 || typeof lesson !== "string" || !id.test(lesson)) return undefined;
  const said = (each: unknown): each is string => typeof each === "string" && word.test(each);
  return { version, lesson, ...(said(step) ? { step } : {}), ...(said(variant) ? { variant } : {}) };
}
