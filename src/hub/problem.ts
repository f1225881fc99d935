// What can be wrong with a request, as a word for programs and a sentence for people. Thrown anywhere below a route.

import type { ErrorWord } from "./api/rooms.ts";

export class HubProblem extends Error {
  override name = "HubProblem";
  readonly word: ErrorWord;

  constructor(word: ErrorWord, message: string) {
    super(message);
    this.word = word;
  }
}

export const statusOf: Readonly<Record<ErrorWord, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "room-ended": 409,
  "room-full": 409,
  "room-locked": 409,
  "too-large": 413,
  "too-many": 429,
  busy: 503,
  internal: 500,
};
