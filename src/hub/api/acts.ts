// What an instructor does in a room: acts with ids, kept in order. The room is what the acts that were not undone make of it.

import { type Static, Type } from "typebox";
import { Code, CourseId, Id, Message, Name, Seed, Sentence, SentId, Step, Time, To } from "./words.ts";

const common = {
  /** Made by the page; the same id counts once. */
  id: SentId,
};

/** Which lessons are open, all of them told at once. A new room has all open. */
export const Lessons = Type.Object({
  ...common,
  type: Type.Literal("lessons"),
  open: Type.Union([Type.Literal("all"), Type.Array(CourseId, { maxItems: 100 })]),
});

/** With gates on, a step opens when the checks of the one before pass. */
export const Gates = Type.Object({ ...common, type: Type.Literal("gates"), on: Type.Boolean() });

/** Where the room should be now: the pace line. */
export const Pace = Type.Object({
  ...common,
  type: Type.Literal("pace"),
  lesson: CourseId,
  step: Type.Optional(Step),
});

export const Countdown = Type.Object({
  ...common,
  type: Type.Literal("countdown"),
  label: Sentence,
  seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
});

/** Ends the countdown that runs. */
export const CountdownStop = Type.Object({ ...common, type: Type.Literal("countdown-stop") });

export const Note = Type.Object({ ...common, type: Type.Literal("message"), to: To, text: Message });

/** Releases a hint up to a stage, or the solution, of a check, a step or a whole lesson. */
export const Release = Type.Object({
  ...common,
  type: Type.Literal("release"),
  to: To,
  what: Type.Union([Type.Literal("hint"), Type.Literal("solution")]),
  lesson: CourseId,
  step: Type.Optional(Step),
  check: Type.Optional(CourseId),
  stage: Type.Optional(Type.Integer({ minimum: 1, maximum: 3 })),
});

/** Everyone loads this: a scene by the course's name (`lab`, with a start point), or a code of kind start, machine or drill. */
export const Push = Type.Object({
  ...common,
  type: Type.Literal("push"),
  to: To,
  note: Sentence,
  lab: Type.Optional(CourseId),
  variant: Type.Optional(CourseId),
  code: Type.Optional(Code),
});

/** Starts a class exam: the same tasks for all from one seed. */
export const ExamStart = Type.Object({
  ...common,
  type: Type.Literal("exam"),
  seed: Seed,
  minutes: Type.Integer({ minimum: 1, maximum: 600 }),
  note: Sentence,
});

/** Ends the exam that runs, for everyone. */
export const ExamStop = Type.Object({ ...common, type: Type.Literal("exam-stop") });

/** Asks to look at a copy of a learner's machine; with `way`, at how it came there: each command, and the machine after it. The learner decides. */
export const Look = Type.Object({
  ...common,
  type: Type.Literal("look"),
  learner: Id,
  note: Sentence,
  way: Type.Optional(Type.Boolean()),
});

/** Hands a state back; the learner decides whether to load it. */
export const SendState = Type.Object({
  ...common,
  type: Type.Literal("send-state"),
  learner: Id,
  note: Sentence,
  code: Code,
});

/** Somebody comes to a raised hand, or has answered it. */
export const Help = Type.Object({
  ...common,
  type: Type.Literal("help"),
  learner: Id,
  status: Type.Union([Type.Literal("coming"), Type.Literal("done")]),
});

export const Rename = Type.Object({ ...common, type: Type.Literal("rename"), learner: Id, name: Name });

/** Takes a learner out of the room; the key no longer opens it. Undo lets the learner in again. */
export const Remove = Type.Object({ ...common, type: Type.Literal("remove"), learner: Id });

/** Lets nobody else join, or lets them again. */
export const Lock = Type.Object({ ...common, type: Type.Literal("lock"), on: Type.Boolean() });

const withoutCode = [
  Lessons,
  Gates,
  Pace,
  Countdown,
  CountdownStop,
  Note,
  Release,
  ExamStart,
  ExamStop,
  Look,
  Help,
  Rename,
  Remove,
  Lock,
] as const;

export const Act = Type.Union([...withoutCode, Push, SendState]);
export type Act = Static<typeof Act>;

/** An act as it is kept: without the code that was sent with it. */
export const KeptAct = Type.Union([...withoutCode, Type.Omit(Push, ["code"]), Type.Omit(SendState, ["code"])]);
export type KeptAct = Static<typeof KeptAct>;

/** An act as it is told: a code that was sent with it is a state now. */
export const ActView = Type.Object({
  seq: Type.Integer(),
  at: Time,
  /** Name of the instructor. */
  by: Type.String(),
  undone: Type.Boolean(),
  /** Whether it can be undone now. */
  undoable: Type.Boolean(),
  /** Where the code is kept that was sent with it. */
  state: Type.Optional(Id),
  act: KeptAct,
});
export type ActView = Static<typeof ActView>;

/** What an act or its undo led to. */
export const ActTaken = Type.Object({ act: ActView, seq: Type.Integer(), known: Type.Boolean() });
export type ActTaken = Static<typeof ActTaken>;
