// Learners' events: checked one by one, applied once by id, in one transaction with the row they change.

import { Compile } from "typebox/compile";
import { type EventsTaken, LearnerEvent } from "./api/learner-events.ts";
import { limits } from "./api/words.ts";
import { applyEvent, type LearnerState } from "./learner-state.ts";
import { HubProblem } from "./problem.ts";
import { clean, type Hub, holdRoom, type RoomRow } from "./rooms.ts";
import { keepState } from "./states.ts";
import type { Ask, Row } from "./store/database.ts";

const eventType = Compile(LearnerEvent);

export interface SentBatch {
  readonly sentAt: number;
  /** Each has an id; what else is in it is not checked yet. */
  readonly events: readonly { readonly id: string }[];
}

interface LearnerRecord extends Row {
  readonly state: string;
  readonly presence: string;
  readonly events: number;
}

const codeOf = (event: LearnerEvent): string | undefined =>
  event.type === "hand" || event.type === "look-answer"
    ? event.state
    : event.type === "exam-result"
      ? event.code
      : undefined;

/** Applies a batch of one learner. Every id comes back in one of the lists; only then may the page forget it. */
export function applyEvents({ database, now }: Hub, room: string, learner: string, batch: SentBatch) {
  return database.change(room, async (ask, tell): Promise<EventsTaken> => {
    const row = await holdRoom(ask, room);
    const [record] = await ask<LearnerRecord>(
      "SELECT state, presence, events FROM learners WHERE id = $1 AND removed = 0",
      learner,
    );
    if (record === undefined) throw new HubProblem("unauthorized", "The key does not open this room.");
    const seen = await findKnown(ask, learner, batch);
    const taken = { applied: [] as string[], known: [] as string[], refused: [] as { id: string; why: string }[] };
    const received = now();
    let state = JSON.parse(record.state) as LearnerState;
    // A time that has not come yet is from a clock that was wrong.
    if (state.movedAt > received) state = { ...state, movedAt: received };
    let presence = record.presence;
    const fresh: { id: string; at: number }[] = [];
    for (const sent of batch.events) {
      if (seen.has(sent.id)) {
        taken.known.push(sent.id);
        continue;
      }
      const event = checkEvent(sent);
      const at = event === undefined ? 0 : correctTime(event.at, batch.sentAt, received, row);
      const why = judge(event, at, row, record.events + fresh.length);
      if (event === undefined || why !== undefined) {
        taken.refused.push({ id: sent.id, why: why ?? "invalid" });
        continue;
      }
      const code = codeOf(event);
      let kept: string | undefined;
      try {
        kept = code === undefined ? undefined : await keepState(ask, room, learner, at, code);
      } catch (error) {
        if (!(error instanceof HubProblem)) throw error;
        taken.refused.push({ id: sent.id, why: error.word });
        continue;
      }
      state = applyEvent(state, { event, at, state: kept });
      presence = event.type === "presence" ? event.state : presence === "gone" ? "here" : presence;
      seen.add(sent.id);
      fresh.push({ id: sent.id, at });
      taken.applied.push(sent.id);
    }
    if (fresh.length > 0) {
      await rememberEvents(ask, room, learner, row.seq, fresh);
      await ask(
        "UPDATE learners SET state = $2, presence = $3, seen = $4, seq = $5, events = events + $6 WHERE id = $1",
        ...[learner, JSON.stringify(state), presence, received, row.seq, fresh.length],
      );
      tell(room);
    }
    return { ...taken, seq: row.seq };
  });
}

const isEvent = (sent: unknown): sent is LearnerEvent => eventType.Check(sent);

function checkEvent(sent: { readonly id: string }): LearnerEvent | undefined {
  if (!isEvent(sent)) return undefined;
  return sent.type === "hand" ? { ...sent, sentence: clean(sent.sentence) } : sent;
}

/** The event's time by the hub's clock: what the page's clock was off when it sent is taken out. Never later than now. */
function correctTime(at: number, sentAt: number, received: number, row: RoomRow): number {
  return Math.min(received, Math.max(row.opened, received - Math.max(0, sentAt - at)));
}

function judge(event: LearnerEvent | undefined, at: number, row: RoomRow, count: number): string | undefined {
  if (event === undefined) return "invalid";
  if (count >= limits.eventsOfLearner) return "too-many";
  // What happened before the end still counts, however late it arrives.
  if (row.erased !== null || (row.ended !== null && at > row.ended)) return "room-ended";
  return undefined;
}

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, index) => `$${from + index}`);

async function findKnown(ask: Ask, learner: string, batch: SentBatch): Promise<Set<string>> {
  const ids = batch.events.map((event) => event.id);
  const rows = await ask<{ id: string }>(
    `SELECT id FROM events WHERE learner = $1 AND id IN (${numbered(2, ids.length).join(", ")})`,
    learner,
    ...ids,
  );
  return new Set(rows.map((row) => row.id));
}

async function rememberEvents(
  ask: Ask,
  room: string,
  learner: string,
  seq: number,
  events: readonly { readonly id: string; readonly at: number }[],
): Promise<void> {
  const rows = events.map((_, index) => `($1, $2, $3, $${4 + 2 * index}, $${5 + 2 * index})`);
  await ask(
    `INSERT INTO events (room, learner, seq, id, at) VALUES ${rows.join(", ")}`,
    ...[room, learner, seq, ...events.flatMap(({ id, at }) => [id, at])],
  );
}
