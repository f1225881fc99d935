// One sitting of an exam as plain data: how it was set, what was opened and when, and its clock, which is the clock on the wall.

import { examLengths } from "#lessons/_kit/exam.ts";

/** That a hub set it: in which room, by which act, when (ms), and the hub's signature over seed and minutes with them. */
export interface Issued {
  readonly room: string;
  readonly act: string;
  readonly at: number;
  readonly signature: string;
}

/** How an exam is set. The same seed and minutes give the same tasks anywhere. */
export interface ExamSettings {
  readonly seed: string;
  readonly minutes: number;
  /** Extra time: the minutes are multiplied by it. */
  readonly extra: number;
  /** Realism: a slow line, a terminal of 80 by 24, no way back. */
  readonly lag: boolean;
  readonly small: boolean;
  readonly noUndo: boolean;
  /** What whoever set it calls it. */
  readonly title?: string;
  /** A class exam of a room. */
  readonly issued?: Issued;
}

/** A task as it is being sat. */
export interface SatTask {
  /** `drill:ID:SEED`. */
  readonly address: string;
  readonly title: string;
  readonly host: string;
  readonly weight: number;
  /** What it should take. */
  readonly minutes: number;
  readonly opened: boolean;
  readonly flagged: boolean;
  /** Time it was in front, ms. */
  readonly spent: number;
}

export interface Pause {
  readonly from: number;
  readonly to?: number;
}

export interface Attempt {
  readonly version: 1;
  readonly id: string;
  readonly settings: ExamSettings;
  /** Wall clock, ms. */
  readonly startedAt: number;
  readonly pauses: readonly Pause[];
  readonly handedInAt?: number;
  /** Handed in by the clock. */
  readonly byClock?: boolean;
  /** Ended for the whole room. */
  readonly byRoom?: boolean;
  readonly tasks: readonly SatTask[];
  /** The task in front, from 0. */
  readonly current: number;
  readonly notes: string;
  /** For results that are sent to somebody. */
  readonly name?: string;
}

export const passMark = 67;
/** What may be chosen. */
export const lengths: readonly number[] = examLengths;
export const extras: readonly number[] = [1, 1.25, 1.5, 2];

const minute = 60_000;

/** Time allowed, with extra time (ms). */
export function allowed({ minutes, extra }: ExamSettings): number {
  return Math.round(minutes * extra * minute);
}

/** Time spent in pauses up to a moment (ms). */
export function pausedUntil(pauses: readonly Pause[], now: number): number {
  return pauses.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to ?? now, now) - from), 0);
}

export function isPaused({ pauses, handedInAt }: Attempt): boolean {
  const last = pauses.at(-1);
  return handedInAt === undefined && last !== undefined && last.to === undefined;
}

/** Time used on the clock of the exam (ms). A clock that was put back does not give time. */
export function used({ settings, startedAt, pauses, handedInAt }: Attempt, now: number): number {
  const until = handedInAt ?? now;
  return Math.min(allowed(settings), Math.max(0, until - startedAt - pausedUntil(pauses, until)));
}

export function left(attempt: Attempt, now: number): number {
  return allowed(attempt.settings) - used(attempt, now);
}

/** The attempt as it stands at a moment: handed in by the clock when its time was over, even while nobody looked. */
export function settleAttempt(attempt: Attempt, now: number): Attempt {
  if (attempt.handedInAt !== undefined || isPaused(attempt) || left(attempt, now) > 0) return attempt;
  const deadline = attempt.startedAt + allowed(attempt.settings) + pausedUntil(attempt.pauses, now);
  return { ...attempt, handedInAt: Math.min(now, deadline), byClock: true };
}

/** Begins or ends a pause. */
export function setPaused(attempt: Attempt, on: boolean, now: number): Attempt {
  if (on === isPaused(attempt) || attempt.handedInAt !== undefined) return attempt;
  if (on) return { ...attempt, pauses: [...attempt.pauses, { from: now }] };
  return {
    ...attempt,
    pauses: attempt.pauses.map((pause) => (pause.to === undefined ? { from: pause.from, to: now } : pause)),
  };
}

/** Hands in; an open pause ends with it. */
export function handIn(attempt: Attempt, now: number): Attempt {
  return { ...setPaused(attempt, false, now), handedInAt: now };
}

/** Minutes at which what is left is said aloud. */
const bells: readonly number[] = [30, 15, 5];

/** The bell that rings between two looks at the clock; undefined where none does. */
export function bellBetween(before: number, after: number): number | undefined {
  return bells.findLast((bell) => before > bell * minute && after <= bell * minute);
}

/** `1:12:40`, `4:09`. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `1 h 52`, `25 min`: for sentences. */
export function timeText(ms: number): string {
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Under this name the machine of a task is kept. */
export function taskLab(attempt: string, task: number): string {
  return `exam/${attempt}/${task + 1}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function readIssued(value: unknown): Issued | undefined {
  const { room, act, at, signature } = isRecord(value) ? value : {};
  const isId = (id: unknown): id is string => typeof id === "string" && /^[\w-]{8,64}$/.test(id);
  return isId(room) && isId(act) && Number.isSafeInteger(at) && typeof signature === "string" && signature.length < 200
    ? { room, act, at: at as number, signature }
    : undefined;
}

/** Settings that came from outside; undefined where they are none. */
export function readSettings(value: unknown): ExamSettings | undefined {
  if (!isRecord(value)) return undefined;
  const { seed, minutes, extra, lag, small, noUndo, title } = value;
  const issued = readIssued(value.issued);
  if (typeof seed !== "string" || !/^[a-z0-9]{1,16}$/.test(seed)) return undefined;
  if (!lengths.includes(minutes as number) || !extras.includes(extra as number)) return undefined;
  return {
    seed,
    minutes: minutes as number,
    extra: extra as number,
    lag: lag === true,
    small: small === true,
    noUndo: noUndo === true,
    ...(typeof title === "string" && title !== "" ? { title: title.slice(0, 80) } : {}),
    ...(issued === undefined ? {} : { issued }),
  };
}

/** Whether a kept record is an attempt that this build understands. */
export function isAttempt(value: unknown): value is Attempt {
  if (!isRecord(value)) return false;
  const { version, id, settings, startedAt, pauses, tasks, current } = value;
  return (
    version === 1 &&
    typeof id === "string" &&
    readSettings(settings) !== undefined &&
    typeof startedAt === "number" &&
    Array.isArray(pauses) &&
    Array.isArray(tasks) &&
    tasks.length > 0 &&
    typeof current === "number"
  );
}
