// The result of a class exam finds its way to the room: what was begun from there is remembered until it is handed in.

import type { EventBatch, LearnerEvent } from "../../hub/api/index.ts";
import { makeId } from "../hub/api.ts";
import { createOutbox } from "../hub/queue.ts";

interface Begun {
  readonly room: string;
  /** Id of the act that started it. */
  readonly act: string;
  readonly seed: string;
}

/** What is told of an exam that is over. */
export type ExamOutcome = Omit<
  Extract<EventBatch["events"][number], { type: "exam-result" }>,
  "id" | "at" | "type" | "exam"
>;

const key = "kc:room-exam";

export function noteExamBegun(begun: Begun): void {
  try {
    localStorage.setItem(key, JSON.stringify(begun));
  } catch {
    // The report can still be sent as a file.
  }
}

/** Queues and sends the result of a class exam, once; answers false where this exam was not begun from a room. */
export async function sendExamResult(outcome: ExamOutcome): Promise<boolean> {
  const begun = examOfRoom();
  if (begun === undefined || begun.seed !== outcome.seed) return false;
  localStorage.removeItem(key);
  const outbox = createOutbox(begun.room);
  await outbox.add({
    id: makeId(),
    at: Date.now(),
    type: "exam-result",
    exam: begun.act,
    ...outcome,
  } satisfies LearnerEvent);
  outbox.send();
  return true;
}

/** The exam that was begun from a room and is not yet told there. */
export function examOfRoom(): Begun | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Begun> | null;
    const { room, act, seed } = value ?? {};
    return typeof room === "string" && typeof act === "string" && typeof seed === "string"
      ? { room, act, seed }
      : undefined;
  } catch {
    return undefined;
  }
}
