// Exams of this device: the one that is running, those handed in with what they came to, and the machines they left behind.

import type { SharedFleet } from "#sandbox/protocol.ts";
import { type Attempt, isAttempt, taskLab } from "../exam/attempt.ts";
import type { TaskResult } from "../exam/result.ts";
import { type KeptFault, readKept, removeKept, writeKept } from "./kept.ts";

/** One line of the history. */
export interface PastExam {
  readonly id: string;
  readonly seed: string;
  readonly minutes: number;
  readonly title?: string;
  readonly startedAt: number;
  /** Points of 100; undefined while it is not graded. */
  readonly score?: number;
}

interface ExamList {
  readonly version: 1;
  /** The exam that is being sat. */
  readonly running?: string;
  /** Newest first. */
  readonly past: readonly PastExam[];
}

/** What a handed-in exam came to. */
export interface Grades {
  readonly version: 1;
  readonly tasks: readonly TaskResult[];
  readonly machines: readonly (SharedFleet | null)[];
}

const listKey = "exams";
const attemptKey = (id: string): string => `exam:${id}`;
const gradesKey = (id: string): string => `exam-grades:${id}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export async function loadExams(): Promise<ExamList> {
  const kept = await readKept(listKey);
  const value = kept.ok && isRecord(kept.value) ? kept.value : {};
  const past = Array.isArray(value.past)
    ? value.past.filter((each) => isRecord(each) && typeof each.id === "string")
    : [];
  return {
    version: 1,
    past: past as unknown as PastExam[],
    ...(typeof value.running === "string" ? { running: value.running } : {}),
  };
}

async function changeExams(change: (list: ExamList) => ExamList): Promise<void> {
  await writeKept(listKey, change(await loadExams()));
}

export async function loadAttempt(id: string): Promise<Attempt | undefined> {
  const kept = await readKept(attemptKey(id));
  return kept.ok && isAttempt(kept.value) ? kept.value : undefined;
}

export async function saveAttempt(attempt: Attempt): Promise<KeptFault | undefined> {
  const kept = await writeKept(attemptKey(attempt.id), attempt);
  return kept.ok ? undefined : kept.fault;
}

/** The exam that is being sat on this device, if any. */
export async function loadRunning(): Promise<Attempt | undefined> {
  const { running } = await loadExams();
  return running === undefined ? undefined : loadAttempt(running);
}

/** A new attempt becomes the one that is running. */
export async function beginAttempt(attempt: Attempt): Promise<KeptFault | undefined> {
  const fault = await saveAttempt(attempt);
  const { id, startedAt, settings } = attempt;
  const { seed, minutes, title } = settings;
  const line: PastExam = { id, seed, minutes, startedAt, ...(title === undefined ? {} : { title }) };
  if (fault === undefined) await changeExams(({ past }) => ({ version: 1, running: id, past: [line, ...past] }));
  return fault;
}

/** An attempt was handed in: nothing is running any more. */
export async function endAttempt(attempt: Attempt): Promise<void> {
  await saveAttempt(attempt);
  await changeExams(({ past }) => ({ version: 1, past }));
}

export async function loadGrades(id: string): Promise<Grades | undefined> {
  const kept = await readKept(gradesKey(id));
  const value = kept.ok ? kept.value : undefined;
  return isRecord(value) && value.version === 1 && Array.isArray(value.tasks)
    ? (value as unknown as Grades)
    : undefined;
}

/** Exams whose machines are kept with their time lines; of older ones the machines as they were left are kept, which is little. */
const keptWhole = 2;

async function forgetMachines(id: string): Promise<void> {
  const attempt = await loadAttempt(id);
  for (const index of attempt?.tasks.keys() ?? []) await removeKept(`lab:${taskLab(id, index)}`);
}

export async function saveGrades(id: string, grades: Grades, score: number): Promise<void> {
  await writeKept(gradesKey(id), grades);
  const { past } = await loadExams();
  for (const older of past.filter((line) => line.id !== id && line.score !== undefined).slice(keptWhole - 1))
    await forgetMachines(older.id);
  await changeExams((list) => ({
    ...list,
    past: list.past.map((line) => (line.id === id ? { ...line, score } : line)),
  }));
}

/** Lines of exams sat on another device; their machines and reports stay there. */
export async function importExams(lines: readonly unknown[]): Promise<void> {
  const ok = (line: unknown): line is PastExam =>
    isRecord(line) &&
    typeof line.id === "string" &&
    typeof line.seed === "string" &&
    [line.minutes, line.startedAt, line.score ?? 0].every((each) => typeof each === "number");
  await changeExams((list) => {
    const known = new Set(list.past.map(({ id }) => id));
    const more = lines.filter(ok).filter(({ id }) => !known.has(id));
    return { ...list, past: [...list.past, ...more].sort((a, b) => b.startedAt - a.startedAt) };
  });
}

/** Forgets an exam with everything it left. */
export async function forgetExam(id: string): Promise<void> {
  await forgetMachines(id);
  await removeKept(gradesKey(id));
  await removeKept(attemptKey(id));
  await changeExams(({ running, past }) => ({
    version: 1,
    past: past.filter((line) => line.id !== id),
    ...(running === undefined || running === id ? {} : { running }),
  }));
}
