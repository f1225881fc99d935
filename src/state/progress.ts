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
  /** Time with the laboratory running in front, ms. */
  readonly spent?: number;
  /** Misconceptions recognised in this lesson, by id. */
  readonly wrongs?: Readonly<Record<string, Wrong>>;
}

/** How often something was believed wrongly, and when last (ms). */
export interface Wrong {
  readonly times: number;
  readonly at: number;
}

export interface Progress {
  readonly version: 1;
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

/** Between two reports of a laboratory in front there is no longer pause than this (ms); after a longer one nobody was there. */
const longestPause = 120_000;

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
    const pause = now - (old?.seenAt ?? now);
    const spent = (old?.spent ?? 0) + (pause > 0 && pause <= longestPause ? pause : 0);
    const base = { hints: {}, begunAt: now, ...old, passed, total, step, steps, seenAt: now, spent };
    return doneAt === undefined ? base : { ...base, doneAt };
  });
}

/** What is recognised now, by lesson: a misconception counts anew only after it was gone. */
const standing = new Map<string, ReadonlySet<string>>();

/** Notes misconceptions that were recognised; those that stand at the start of a scene are not the learner's (`own` is false). */
export function noteWrongs(lesson: string, ids: readonly string[], own: boolean): Promise<void> {
  const known = $progress.get().lessons[lesson]?.wrongs ?? {};
  // After a reload what stands was counted before.
  const before = standing.get(lesson) ?? new Set(Object.keys(known));
  standing.set(lesson, new Set(ids));
  const fresh = ids.filter((id) => !before.has(id));
  if (!own || fresh.length === 0) return Promise.resolve();
  const now = Date.now();
  return noteProgress(lesson, (old) => {
    const base = old ?? { passed: [], total: 0, step: 1, steps: 1, hints: {}, begunAt: now, seenAt: now };
    const added = fresh.map((id) => [id, { times: (old?.wrongs?.[id]?.times ?? 0) + 1, at: now }] as const);
    return { ...base, wrongs: { ...old?.wrongs, ...Object.fromEntries(added) } };
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

/** Takes up progress made on another device: of each lesson what was seen last, and done stays done. */
export async function mergeProgress(other: Progress): Promise<void> {
  await loadProgress();
  const lessons = { ...$progress.get().lessons };
  for (const [id, theirs] of Object.entries(other.lessons)) {
    const mine = lessons[id];
    const newer = mine === undefined || theirs.seenAt > mine.seenAt ? theirs : mine;
    const doneAt = mine?.doneAt ?? theirs.doneAt;
    const spent = Math.max(mine?.spent ?? 0, theirs.spent ?? 0);
    const whole = { ...newer, spent, wrongs: mergeWrongs(mine?.wrongs, theirs.wrongs) };
    lessons[id] = doneAt === undefined ? whole : { ...whole, doneAt };
  }
  const next: Progress = { version: 1, lessons };
  $progress.set(next);
  await writeKept(key, next);
  news?.postMessage("changed");
}

function mergeWrongs(
  mine: LessonProgress["wrongs"] = {},
  theirs: LessonProgress["wrongs"] = {},
): Record<string, Wrong> {
  const merged = Object.entries({ ...theirs, ...mine }).map(([id, { times, at }]) => {
    const other = theirs[id];
    return [id, { times: Math.max(times, other?.times ?? 0), at: Math.max(at, other?.at ?? 0) }] as const;
  });
  return Object.fromEntries(merged);
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
  const { passed, total, step, steps, hints, begunAt, seenAt, doneAt, spent, wrongs } = value as Record<
    string,
    unknown
  >;
  const numbers = [total, step, steps, begunAt, seenAt, doneAt ?? 0, spent ?? 0].every((n) => typeof n === "number");
  return (
    numbers &&
    areWrongs(wrongs ?? {}) &&
    typeof hints === "object" &&
    hints !== null &&
    Array.isArray(passed) &&
    passed.every((id) => typeof id === "string")
  );
}

function areWrongs(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value as Record<string, Partial<Wrong> | null>).every(
    (wrong) => typeof wrong?.times === "number" && typeof wrong.at === "number",
  );
}
