// What a learner's page tells the hub: batches of events with ids, sent until acknowledged, applied once.

import { type Static, Type } from "typebox";
import { Code, CourseId, Id, limits, Seed, Sentence, SentId, Step, Time, Verdict } from "./words.ts";

const common = {
  /** Made by the page; the same id of the same learner counts once. */
  id: SentId,
  /** When it happened, by the page's clock; the hub corrects it with the batch's `sentAt`. */
  at: Time,
};

/** Where the learner is. */
export const Place = Type.Object({
  ...common,
  type: Type.Literal("place"),
  lesson: CourseId,
  step: Step,
  steps: Step,
});

/** All verdicts of a lesson or drill at once; they replace the ones before. */
export const Checks = Type.Object({
  ...common,
  type: Type.Literal("checks"),
  lesson: CourseId,
  verdicts: Type.Record(CourseId, Verdict, { maxProperties: limits.checksInLesson, additionalProperties: false }),
  /** Misconceptions that show now; they replace the ones before. */
  misconceptions: Type.Array(CourseId, { maxItems: 20 }),
});

/** A hint was opened: 1 nudge, 2 pointer, 3 solution. */
export const HintUsed = Type.Object({
  ...common,
  type: Type.Literal("hint-used"),
  lesson: CourseId,
  check: CourseId,
  stage: Type.Integer({ minimum: 1, maximum: 3 }),
});

/** A raised hand. The state goes with it where the learner agreed to send it. */
export const Hand = Type.Object({
  ...common,
  type: Type.Literal("hand"),
  sentence: Sentence,
  lesson: Type.Optional(CourseId),
  step: Type.Optional(Step),
  state: Type.Optional(Code),
});

/** The hand goes down: helped, or no longer needed. */
export const HandDown = Type.Object({
  ...common,
  type: Type.Literal("hand-down"),
  helped: Type.Boolean(),
});

/** The page is looked at, or in the background. Gone is what the hub sees itself, when nothing is heard any more. */
export const Presence = Type.Object({
  ...common,
  type: Type.Literal("presence"),
  state: Type.Union([Type.Literal("here"), Type.Literal("away")]),
});

/** An exam is over on this device. */
export const ExamResult = Type.Object({
  ...common,
  type: Type.Literal("exam-result"),
  /** Id of the act that began it. */
  exam: SentId,
  seed: Seed,
  /** Points reached of points there were. */
  score: Type.Number({ minimum: 0, maximum: 10_000 }),
  of: Type.Number({ minimum: 0, maximum: 10_000 }),
  passed: Type.Boolean(),
  seconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
  tasks: Type.Array(
    Type.Object({
      id: CourseId,
      score: Type.Number({ minimum: 0, maximum: 10_000 }),
      of: Type.Number({ minimum: 0, maximum: 10_000 }),
    }),
    { maxItems: 60 },
  ),
  /** Result code, so that it can be graded again. */
  code: Type.Optional(Code),
});

/** Answer to a wish to look at this machine. Without consent nothing is sent. */
export const LookAnswer = Type.Object({
  ...common,
  type: Type.Literal("look-answer"),
  /** Id of the act that asked. */
  act: SentId,
  consent: Type.Boolean(),
  state: Type.Optional(Code),
});

/** The page has read a message, loaded a pushed scene or taken a state. */
export const Taken = Type.Object({
  ...common,
  type: Type.Literal("taken"),
  act: SentId,
});

export const LearnerEvent = Type.Union([
  Place,
  Checks,
  HintUsed,
  Hand,
  HandDown,
  Presence,
  ExamResult,
  LookAnswer,
  Taken,
]);
export type LearnerEvent = Static<typeof LearnerEvent>;

export const EventBatch = Type.Object({
  /** The page's clock now: what it is off by is taken from each event's `at`. */
  sentAt: Time,
  /** Checked one by one: a bad one is refused alone. */
  events: Type.Array(LearnerEvent, { minItems: 1, maxItems: limits.eventsInBatch }),
});
export type EventBatch = Static<typeof EventBatch>;

/** Every id sent is in one of the three lists: the page may forget them all. No answer at all means: send again. */
export const EventsTaken = Type.Object({
  applied: Type.Array(SentId),
  /** Applied before. */
  known: Type.Array(SentId),
  /** Never to be applied: `invalid`, `too-many`, `room-ended`, `too-large`. */
  refused: Type.Array(Type.Object({ id: Type.String(), why: Type.String() })),
  seq: Type.Integer(),
});
export type EventsTaken = Static<typeof EventsTaken>;

/** Where a sent state is kept: fetched by whom it is for. */
export const StateView = Type.Object({ id: Id, code: Code });
export type StateView = Static<typeof StateView>;
