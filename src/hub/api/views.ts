// What the hub tells: the room as its members see it, the board for instructors, the learner's own part. All of it as "changed since".

import { type Static, Type } from "typebox";
import { ActView } from "./acts.ts";
import { Signature } from "./issued.ts";
import { CourseId, Id, SentId, Seq, Time, Verdict } from "./words.ts";

/** The room as everyone in it sees it. */
export const RoomView = Type.Object({
  id: Id,
  title: Type.String(),
  seq: Seq,
  openedAt: Time,
  /** When it ends by itself. */
  endsAt: Time,
  ended: Type.Optional(Time),
  /** When names, sentences and states are erased; known once the room has ended. */
  eraseAt: Type.Optional(Time),
  locked: Type.Boolean(),
  gates: Type.Boolean(),
  open: Type.Union([Type.Literal("all"), Type.Array(CourseId)]),
  pace: Type.Optional(Type.Object({ lesson: CourseId, step: Type.Optional(Type.Integer()) })),
  countdown: Type.Optional(Type.Object({ act: SentId, label: Type.String(), endsAt: Time })),
  exam: Type.Optional(
    Type.Object({
      act: SentId,
      seed: Type.String(),
      minutes: Type.Integer(),
      note: Type.String(),
      startedAt: Time,
      endsAt: Time,
      /** The hub's, over what it issued: see IssuedExam. */
      signature: Type.Optional(Signature),
    }),
  ),
});
export type RoomView = Static<typeof RoomView>;

/** What is known of one lesson of one learner. */
export const LessonRow = Type.Object({
  step: Type.Integer(),
  steps: Type.Integer(),
  verdicts: Type.Record(CourseId, Verdict),
  misconceptions: Type.Array(CourseId),
  /** Highest stage used, by check. */
  hints: Type.Record(CourseId, Type.Integer()),
  begunAt: Time,
  /** Checks that passed before and do not pass now; absent where there are none. */
  lost: Type.Optional(Type.Array(CourseId)),
  /** When all checks first passed together. */
  doneAt: Type.Optional(Time),
});
export type LessonRow = Static<typeof LessonRow>;

export const HandView = Type.Object({
  at: Time,
  sentence: Type.String(),
  lesson: Type.Optional(CourseId),
  step: Type.Optional(Type.Integer()),
  /** Where the state is kept that was sent along. */
  state: Type.Optional(Id),
  /** Name of the instructor who comes. */
  coming: Type.Optional(Type.String()),
});
export type HandView = Static<typeof HandView>;

/** One learner on the board. */
export const LearnerRow = Type.Object({
  id: Id,
  /** Order of joining, from 1: the name on a projector. */
  number: Type.Integer(),
  name: Type.String(),
  seq: Seq,
  joinedAt: Time,
  /** When something was last heard. */
  seenAt: Time,
  presence: Type.Union([Type.Literal("here"), Type.Literal("away"), Type.Literal("gone")]),
  removed: Type.Boolean(),
  /** The lesson the learner is in. */
  lesson: Type.Optional(CourseId),
  lessons: Type.Record(CourseId, LessonRow),
  /** When a check was last passed, a step or lesson begun: the learner is stuck since then. */
  movedAt: Time,
  hand: Type.Optional(HandView),
  /** How often help was given, and how long hands were up in all, in seconds. */
  helped: Type.Integer(),
  waited: Type.Integer(),
  /** Results by act that began the exam. */
  exams: Type.Record(
    SentId,
    Type.Object({
      seed: Type.String(),
      score: Type.Number(),
      of: Type.Number(),
      passed: Type.Boolean(),
      seconds: Type.Integer(),
      tasks: Type.Array(Type.Object({ id: CourseId, score: Type.Number(), of: Type.Number() })),
      at: Time,
      state: Type.Optional(Id),
    }),
  ),
  /** Answers to wishes to look, by act. */
  looks: Type.Record(SentId, Type.Object({ consent: Type.Boolean(), at: Time, state: Type.Optional(Id) })),
  /** Acts that the page has taken: messages read, scenes loaded. */
  taken: Type.Array(SentId),
});
export type LearnerRow = Static<typeof LearnerRow>;

export const InstructorView = Type.Object({
  id: Id,
  name: Type.String(),
  role: Type.Union([Type.Literal("lead"), Type.Literal("co")]),
});

/** What changed on the board since the `after` that was asked with; everything for 0. Rows replace the rows of the same id. */
export const BoardFeed = Type.Object({
  seq: Seq,
  /** The hub's clock. */
  now: Time,
  room: Type.Optional(RoomView),
  learners: Type.Array(LearnerRow),
  acts: Type.Array(ActView),
});
export type BoardFeed = Static<typeof BoardFeed>;

/** What a learner may know of the learner's own row. */
export const OwnView = Type.Object({
  id: Id,
  number: Type.Integer(),
  name: Type.String(),
  hand: Type.Optional(HandView),
});
export type OwnView = Static<typeof OwnView>;

/** What changed for this learner. `inbox` holds acts for this learner; an undone one is withdrawn. Acts of others never show. */
export const OwnFeed = Type.Object({
  seq: Seq,
  now: Time,
  room: Type.Optional(RoomView),
  me: Type.Optional(OwnView),
  inbox: Type.Array(ActView),
});
export type OwnFeed = Static<typeof OwnFeed>;

/**
 * Server-sent events of both streams: `event: feed` with a feed as data and its seq as id; `event: bye` before the hub
 * stops or the key no longer opens the room (`{ "why": "stopping" | "erased" | "removed" }`). Comments keep proxies awake.
 */
export const Bye = Type.Object({
  why: Type.Union([Type.Literal("stopping"), Type.Literal("erased"), Type.Literal("removed")]),
});
export type Bye = Static<typeof Bye>;
