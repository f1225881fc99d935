// The reader's record as a code of kind "progress", and back: repetitions, lessons, and the lines of exams. What comes in joins what is there.

import { importExams, loadExams, type PastExam } from "./attempts.ts";
import { decodeCode, encodeCode } from "./code.ts";
import { $progress, isProgress, loadProgress, mergeProgress, type Progress } from "./progress.ts";
import { $reps, changeReps, isReps, loadReps, mergeReps, type Reps } from "./reps.ts";

interface ProgressRecord {
  readonly version: 1;
  readonly reps: Reps;
  readonly progress: Progress;
  readonly exams: readonly PastExam[];
}

export async function packRecord(): Promise<string> {
  await Promise.all([loadReps(), loadProgress()]);
  const { past } = await loadExams();
  return encodeCode("progress", {
    version: 1,
    reps: $reps.get(),
    progress: $progress.get(),
    exams: past,
  } satisfies ProgressRecord);
}

/** Takes up a record; answers what became of it, in a sentence. */
export async function takeRecord(text: string): Promise<string> {
  const decoded = await decodeCode(text);
  if (!decoded.ok) return `The file cannot be read: ${decoded.why}.`;
  const { reps, progress, exams } = (decoded.value ?? {}) as Partial<ProgressRecord>;
  if (decoded.kind !== "progress" || (!isReps(reps) && !isProgress(progress))) return "The file holds no record.";
  if (isReps(reps)) await changeReps((mine) => mergeReps(mine, reps));
  if (isProgress(progress)) await mergeProgress(progress);
  if (Array.isArray(exams)) await importExams(exams);
  return "Taken up. Of each drill and lesson what was seen last counts.";
}
