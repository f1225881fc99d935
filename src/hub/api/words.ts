// Words that every message of the hub is made of: names, ids, sentences, codes, and how long each may be.

import { type Static, Type } from "typebox";

/** How much the hub takes. Sizes are characters; a learner's page should keep within them before it sends. */
export const limits = {
  learnersInRoom: 600,
  instructorsInRoom: 12,
  eventsInBatch: 100,
  eventsOfLearner: 50_000,
  actsInRoom: 5_000,
  name: 40,
  title: 80,
  sentence: 280,
  message: 2_000,
  code: 1_000_000,
  /** States kept for one learner; an older one makes room. */
  statesOfLearner: 4,
  /** Characters of all states in a room. */
  statesOfRoom: 200_000_000,
  lessonsInRow: 80,
  checksInLesson: 60,
  hoursOpen: 24 * 14,
  hoursKept: 24 * 90,
} as const;

/** Ids that the hub makes: rooms, learners, states. */
export const Id = Type.String({ pattern: "^[a-z0-9]{8,32}$" });

/** Ids that a client makes for what it sends, so that the same thing sent twice counts once. */
export const SentId = Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$" });

/** A lesson, a check, a misconception or a drill by the course's own name, such as `drill:anonymous-off:42`. */
export const CourseId = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9/_:.@-]{0,99}$" });

/** The seed of an exam, as the exam page takes it. */
export const Seed = Type.String({ pattern: "^[a-z0-9]{1,16}$" });

/** Text of people: no control characters but tab and line feed. It is data for ever: a page puts it into text nodes only. */
const text = (maxLength: number, minLength = 0) =>
  Type.String({ minLength, maxLength, pattern: "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$" });

export const Name = text(limits.name, 1);
export const Title = text(limits.title, 1);
export const Sentence = text(limits.sentence);
export const Message = text(limits.message, 1);

/** A code of the course's one format (src/state/code.ts). The hub keeps and hands it on, and never opens it. */
export const Code = Type.String({ maxLength: limits.code, pattern: "^kc\\d+-[a-z]+-[\\w-]*-[0-9a-f]{8}$" });

/** Milliseconds since 1970. */
export const Time = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });

/** Order of changes in a room: each change has a higher one. */
export const Seq = Type.Integer({ minimum: 0 });

export const Step = Type.Integer({ minimum: 0, maximum: 1_000 });

export const Verdict = Type.Union([Type.Literal("pass"), Type.Literal("not-yet"), Type.Literal("unknown")]);
export type Verdict = Static<typeof Verdict>;

/** Everyone, now and later, or these learners. */
export const To = Type.Union([Type.Literal("all"), Type.Array(Id, { minItems: 1, maxItems: limits.learnersInRoom })]);
export type To = Static<typeof To>;
