// Build time only: the lessons that are aboard with their steps and checks, as data for the pages of the bridge.

import type { CollectionEntry } from "astro:content";
import { findGrading } from "../course/checks.ts";
import { plannedLessons } from "../course/voyage.ts";
import type { LessonOutline } from "./lesson-outline.ts";

/** Outlines of the lessons given, in the order of the voyage. */
export function makeOutline(lessons: readonly CollectionEntry<"lessons">[]): LessonOutline[] {
  return plannedLessons.flatMap(({ id, number }) => {
    const lesson = lessons.find((each) => each.id === id);
    if (lesson === undefined) return [];
    const steps = [...(lesson.body ?? "").matchAll(/<Step\s[^>]*\bid="([^"]+)"[^>]*\btitle="([^"]+)"/g)];
    const checks = (findGrading(id)?.checks ?? []).map(({ id: check, step, goal }) => ({ id: check, step, goal }));
    return [
      {
        id,
        number,
        title: lesson.data.title,
        minutes: lesson.data.minutes,
        steps: steps.map(([, step, title]) => ({ id: step as string, title: title as string })),
        checks,
      },
    ];
  });
}
