// The catalogue of misconceptions for the log book: title, explanation, and the lesson that teaches it, found by the wrong ways of its scripts.

import { misconceptions } from "#sandbox/grader/misconceptions.ts";
import { lessonOfPath } from "../grading.ts";
import { plannedLessons } from "../voyage.ts";

export interface TaughtMisconception {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  /** Id of the first lesson on the chart in which a wrong way shows it. */
  readonly lesson: string | undefined;
}

const scripts = import.meta.glob<string>("../../../lessons/[0-9]*/[0-9]*/wrong/*.sh", {
  query: "?raw",
  import: "default",
  eager: true,
});

const places = new Map<string, Set<string>>();
for (const [path, text] of Object.entries(scripts)) {
  const id = /^# [a-z0-9-]+ fails [a-z0-9, -]+ \(([a-z0-9-]+)\)/.exec(text)?.[1];
  if (id !== undefined) places.set(id, (places.get(id) ?? new Set()).add(lessonOfPath(path)));
}

export const taughtMisconceptions: readonly TaughtMisconception[] = misconceptions.map(
  ({ id, title, explanation }) => ({
    id,
    title,
    explanation,
    lesson: plannedLessons.find((lesson) => places.get(id)?.has(lesson.id) === true)?.id,
  }),
);
