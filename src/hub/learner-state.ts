// One learner's row as events make it: pure, so that a test can say what each event does. Knows no database.

import type { LearnerEvent } from "./api/learner-events.ts";
import type { LearnerRow, LessonRow } from "./api/views.ts";
import { limits } from "./api/words.ts";

/** What is kept of a learner as one JSON value; the rest of the row are columns. */
export type LearnerState = Pick<
  LearnerRow,
  "lesson" | "lessons" | "movedAt" | "hand" | "helped" | "waited" | "exams" | "looks" | "taken"
>;

/** An event with its time corrected and its code put away as a state. */
export interface Happening {
  readonly event: LearnerEvent;
  readonly at: number;
  readonly state: string | undefined;
}

/** Most exams, looks and taken acts that are remembered. */
const mostKept = 100;

export const createLearnerState = (at: number): LearnerState => ({
  lessons: {},
  movedAt: at,
  helped: 0,
  waited: 0,
  exams: {},
  looks: {},
  taken: [],
});

/** A record's own value: names such as `constructor` come from outside. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A record with one more entry; over the limit the oldest goes. */
function add<T>(record: Readonly<Record<string, T>>, key: string, value: T, most: number): Record<string, T> {
  const entries = Object.entries(record).filter(([other]) => other !== key);
  return Object.fromEntries([...entries.slice(Math.max(0, entries.length + 1 - most)), [key, value]]);
}

const createLesson = (at: number): LessonRow => ({
  step: 1,
  steps: 1,
  verdicts: {},
  misconceptions: [],
  hints: {},
  begunAt: at,
});

function changeLesson(
  state: LearnerState,
  lesson: string,
  at: number,
  change: (row: LessonRow) => LessonRow,
): LearnerState {
  const row = own(state.lessons, lesson) ?? createLesson(at);
  return { ...state, lessons: add(state.lessons, lesson, change(row), limits.lessonsInRow) };
}

function applyChecks(state: LearnerState, event: LearnerEvent & { type: "checks" }, at: number): LearnerState {
  const known = own(state.lessons, event.lesson);
  const before = known?.verdicts ?? {};
  const verdicts = Object.entries(event.verdicts);
  const isNews = verdicts.some(([check, verdict]) => verdict === "pass" && own(before, check) !== "pass");
  const isDone = verdicts.length > 0 && verdicts.every(([, verdict]) => verdict === "pass");
  const lost = verdicts
    .filter(([, verdict]) => verdict !== "pass")
    .map(([check]) => check)
    .filter((check) => own(before, check) === "pass" || known?.lost?.includes(check));
  const next = changeLesson(state, event.lesson, at, ({ lost: _, ...row }) => ({
    ...row,
    verdicts: event.verdicts,
    misconceptions: event.misconceptions,
    ...(lost.length > 0 ? { lost } : {}),
    ...(isDone && row.doneAt === undefined ? { doneAt: at } : {}),
  }));
  return isNews ? { ...next, movedAt: Math.max(state.movedAt, at) } : next;
}

function applyPlace(state: LearnerState, event: LearnerEvent & { type: "place" }, at: number): LearnerState {
  const before = own(state.lessons, event.lesson);
  const isNews = state.lesson !== event.lesson || before === undefined || event.step > before.step;
  const next = changeLesson(state, event.lesson, at, (row) => ({ ...row, step: event.step, steps: event.steps }));
  return { ...next, lesson: event.lesson, movedAt: isNews ? Math.max(state.movedAt, at) : state.movedAt };
}

/** Takes the hand down; the wait is counted from its raising. */
export function lowerHand(state: LearnerState, at: number, helped: boolean): LearnerState {
  const { hand, ...rest } = state;
  if (hand === undefined) return state;
  const waited = rest.waited + Math.max(0, Math.round((at - hand.at) / 1000));
  return { ...rest, waited, helped: rest.helped + (helped ? 1 : 0) };
}

/** The state after one event. Presence is a column, not part of it. */
export function applyEvent(state: LearnerState, { event, at, state: kept }: Happening): LearnerState {
  const withState = kept === undefined ? {} : { state: kept };
  switch (event.type) {
    case "place":
      return applyPlace(state, event, at);
    case "checks":
      return applyChecks(state, event, at);
    case "hint-used":
      return changeLesson(state, event.lesson, at, (row) => {
        const stage = Math.max(own(row.hints, event.check) ?? 0, event.stage);
        return { ...row, hints: add(row.hints, event.check, stage, limits.checksInLesson) };
      });
    case "hand": {
      const { sentence, lesson, step } = event;
      // A hand that is already up keeps its place in the line and who is coming.
      const { hand } = state;
      const since = hand === undefined ? { at } : { at: hand.at };
      const coming = hand?.coming === undefined ? {} : { coming: hand.coming };
      const where = { ...(lesson === undefined ? {} : { lesson }), ...(step === undefined ? {} : { step }) };
      return { ...state, hand: { ...since, sentence, ...where, ...withState, ...coming } };
    }
    case "hand-down":
      return lowerHand(state, at, event.helped);
    case "exam-result": {
      const { seed, score, of, passed, seconds, tasks } = event;
      const result = { seed, score, of, passed, seconds, tasks, at, ...withState };
      return { ...state, exams: add(state.exams, event.exam, result, mostKept) };
    }
    case "look-answer": {
      const answer = { consent: event.consent, at, ...(event.consent ? withState : {}) };
      return { ...state, looks: add(state.looks, event.act, answer, mostKept) };
    }
    case "taken":
      return { ...state, taken: [...state.taken.filter((act) => act !== event.act), event.act].slice(-mostKept) };
    case "presence":
      return state;
  }
}

/** What may stay when the name is gone: counts and verdicts, no sentence and no state. */
export function eraseLearnerState(state: LearnerState): LearnerState {
  const { hand: _, ...rest } = state;
  const exams = Object.entries(rest.exams).map(([id, { state: _state, ...exam }]) => [id, exam] as const);
  return { ...rest, exams: Object.fromEntries(exams), looks: {}, taken: [] };
}
