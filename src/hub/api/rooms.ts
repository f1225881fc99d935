// Rooms: opening, joining, signing in, ending; and the errors that every route answers with.

import { type Static, Type } from "typebox";
import { InstructorView, LearnerRow, RoomView } from "./views.ts";
import { Id, limits, Name, Time, Title } from "./words.ts";

/**
 * Where the key goes: `cookie` sets an HttpOnly cookie for this room alone (the page never sees the key);
 * `body` hands it out for an `Authorization: Bearer` header. Keys never stand in an address.
 */
export const KeyIn = Type.Union([Type.Literal("cookie"), Type.Literal("body")]);
export type KeyIn = Static<typeof KeyIn>;

export const OpenRoom = Type.Object({
  title: Title,
  /** Name of the instructor. */
  name: Name,
  /** Hours until the room ends by itself; 12 unless told. */
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.hoursOpen })),
  /** Hours after its end until names, sentences and states are erased; 24 unless told, 0 erases at the end. */
  keepHours: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.hoursKept })),
  keyIn: KeyIn,
});
export type OpenRoom = Static<typeof OpenRoom>;

/** Both keys are told once, here. The cookie, if asked for, holds the instructor's. */
export const RoomOpened = Type.Object({
  room: RoomView,
  /** What learners type or follow: `XXXX-XXXX`. */
  code: Type.String(),
  instructorKey: Type.String(),
  coInstructorKey: Type.String(),
});
export type RoomOpened = Static<typeof RoomOpened>;

export const Join = Type.Object({
  /** The room's code; case and dashes do not matter. */
  code: Type.String({ minLength: 4, maxLength: 20, pattern: "^[A-Za-z0-9 -]*$" }),
  name: Name,
  keyIn: KeyIn,
});
export type Join = Static<typeof Join>;

export const Joined = Type.Object({
  room: RoomView,
  learner: Id,
  /** The name on the board: a number follows where the chosen one is taken. */
  name: Type.String(),
  /** Only with `keyIn: "body"`. */
  key: Type.Optional(Type.String()),
});
export type Joined = Static<typeof Joined>;

/** Turns an instructor's or co-instructor's key into a cookie, and tells whose it is. */
export const SignIn = Type.Object({ key: Type.String({ minLength: 20, maxLength: 120 }), keyIn: KeyIn });
export type SignIn = Static<typeof SignIn>;

export const SignedIn = Type.Object({ room: RoomView, me: InstructorView });
export type SignedIn = Static<typeof SignedIn>;

/** The room as its instructors see it, with the code to join. */
export const Desk = Type.Object({
  room: RoomView,
  code: Type.String(),
  me: InstructorView,
  instructors: Type.Array(InstructorView),
});
export type Desk = Static<typeof Desk>;

export const EndRoom = Type.Object({
  /** Hours until names, sentences and states are erased, in place of what was chosen at the opening. */
  keepHours: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.hoursKept })),
});
export type EndRoom = Static<typeof EndRoom>;

export const RoomChanged = Type.Object({ room: RoomView });
export type RoomChanged = Static<typeof RoomChanged>;

/** Everything a room leaves behind. As CSV: one line a learner and lesson. */
export const Report = Type.Object({
  room: RoomView,
  madeAt: Time,
  erased: Type.Boolean(),
  instructors: Type.Array(Type.String()),
  learners: Type.Array(LearnerRow),
});
export type Report = Static<typeof Report>;

/** Words that tell what is wrong; `message` is a sentence for people. */
export const errorWords = [
  "invalid",
  "unauthorized",
  "forbidden",
  "not-found",
  "conflict",
  "room-ended",
  "room-full",
  "room-locked",
  "too-large",
  "too-many",
  "busy",
  "internal",
] as const;
export type ErrorWord = (typeof errorWords)[number];

export const Problem = Type.Object({
  error: Type.Union(errorWords.map((word) => Type.Literal(word))),
  message: Type.String(),
});
export type Problem = Static<typeof Problem>;
