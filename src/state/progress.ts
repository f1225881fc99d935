// Progress through the course on this device: which checks pass, which step is current, when a lesson was done.

import { readKept, writeKept } from "./kept.ts";
import { createStore } from "./store.ts";

export interface LessonProgress {
  /** Ids of the checks that pass now. */
  readonly passed: readonly string[];
  readonly total: number;
  /** Current step, from 1, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Highest hint stage used for each check: 1 nudge, 2 pointer, 3 solution. */
  readonly hints: Readonly<Record<string, number>>;
  readonly begunAt: number;
  readonly seenAt: number;
  /** Set once, when all checks passed together for the first time. */
  readonly doneAt?: number;
}

export interface Progress {
  readonly version: 1;
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

const none: Progress = { version: 1, lessons: {} };
const key = "progress";
const news = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("kc:progress");

export const $progress = createStore<Progress>(none);

/** Loads the progress of this device; unusable records count as none. */
export async function loadProgress(): Promise<void> {
  const kept = await readKept(key);
  if (kept.ok && isProgress(kept.value)) $progress.set(kept.value);
}

/** Changes the progress of one lesson and keeps it. */
async function noteProgress(
  lesson: string,
  change: (old: LessonProgress | undefined) => LessonProgress,
): Promise<void> {
  const now = $progress.get();
  const next: Progress = { version: 1, lessons: { ...now.lessons, [lesson]: change(now.lessons[lesson]) } };
  $progress.set(next);
  await writeKept(key, next);
  news?.postMessage("changed");
}

/** Notes which checks pass now; the lesson is done once all have passed together. */
export function notePassed(
  lesson: string,
  passed: readonly string[],
  total: number,
  step: number,
  steps: number,
): Promise<void> {
  const now = Date.now();
  const last = $progress.get().lessons[lesson];
  // A report without news is written once a minute, for "last seen".
  const same = last !== undefined && last.total === total && last.step === step && last.passed.join() === passed.join();
  if (same && now - last.seenAt < 60_000) return Promise.resolve();
  return noteProgress(lesson, (old) => {
    const doneAt = old?.doneAt ?? (passed.length === total ? now : undefined);
    const base = { passed, total, step, steps, hints: old?.hints ?? {}, begunAt: old?.begunAt ?? now, seenAt: now };
    return doneAt === undefined ? base : { ...base, doneAt };
  });
}

/** Notes the highest hint stage used for a check. */
export function noteHint(lesson: string, check: string, stage: number): Promise<void> {
  const now = Date.now();
  return noteProgress(lesson, (old) => {
    const base = old ?? { passed: [], total: 0, step: 1, steps: 1, hints: {}, begunAt: now, seenAt: now };
    return { ...base, hints: { ...base.hints, [check]: Math.max(stage, base.hints[check] ?? 0) } };
  });
}

news?.addEventListener("message", () => void loadProgress());

export function isProgress(value: unknown): value is Progress {
  if (typeof value !== "object" || value === null) return false;
  const { version, lessons } = value as { version?: unknown; lessons?: unknown };
  return (
    version === 1 && typeof lessons === "object" && lessons !== null && Object.values(lessons).every(isLessonProgress)
  );
}

function isLessonProgress(value: unknown): value is LessonProgress {
  if (typeof value !== "object" || value === null) return false;
  const { passed, total, step, steps, hints, begunAt, seenAt, doneAt } = value as Record<string, unknown>;
  const numbers = [total, step, steps, begunAt, seenAt, doneAt ?? 0].every((n) => typeof n === "number");
  return (
    numbers &&
    typeof hints === "object" &&
    hints !== null &&
    Array.isArray(passed) &&
    passed.every((id) => typeof id === "string")
  );
}
