// Where somebody was: the lesson to go on with.

import type { Progress } from "../state/progress.ts";
import { plannedLessons } from "./voyage.ts";

/** The lesson last seen among those begun and not done; else the first that is not done, of those given. */
export function findHere(progress: Progress, lessons: readonly string[]): string | undefined {
  const at = (id: string): number => progress.lessons[id]?.seenAt ?? 0;
  const begun = lessons
    .filter((id) => progress.lessons[id] !== undefined && progress.lessons[id]?.doneAt === undefined)
    .sort((a, b) => at(b) - at(a));
  return begun[0] ?? lessons.find((id) => progress.lessons[id]?.doneAt === undefined);
}

/** The lesson somebody is in the middle of; undefined where nothing was begun. */
export function findWhere(progress: Progress): string | undefined {
  if (Object.keys(progress.lessons).length === 0) return undefined;
  return findHere(
    progress,
    plannedLessons.map(({ id }) => id),
  );
}
