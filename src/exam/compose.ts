// The tasks of an exam from its seed: drawn by the course's composer out of all templates, the same in every browser of one build.

import { drawExam, type ExamLength, type ExamTask } from "#lessons/_kit/exam.ts";
import { loadTemplates } from "../course/drills.ts";
import type { ExamSettings } from "./attempt.ts";

/** @throws Error where no exam of that length can be drawn. */
export async function composeExam({ seed, minutes }: ExamSettings): Promise<readonly ExamTask[]> {
  return drawExam(await loadTemplates(), seed, minutes as ExamLength).tasks;
}
