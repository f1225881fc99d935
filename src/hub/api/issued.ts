// A class exam as a hub issued it: what was set, in which room, by which act, when, and the hub's signature over all of it.

import { type Static, Type } from "typebox";
import { Id, Seed, SentId, Time } from "./words.ts";

/** An Ed25519 signature in base64url. */
export const Signature = Type.String({ pattern: "^[A-Za-z0-9_-]{86}$" });

export const IssuedExam = Type.Object({
  seed: Seed,
  minutes: Type.Integer({ minimum: 1, maximum: 600 }),
  room: Id,
  /** Id of the act that began it. */
  act: SentId,
  at: Time,
  signature: Signature,
});
export type IssuedExam = Static<typeof IssuedExam>;

export const ExamChecked = Type.Object({ issued: Type.Boolean() });
export type ExamChecked = Static<typeof ExamChecked>;
