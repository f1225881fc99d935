// Learners' events: checked one by one, applied once by id, in one transaction with the rows they change; what comes from all rooms is taken in together.

import { Compile } from "typebox/compile";
import { type EventsTaken, LearnerEvent } from "./api/learner-events.ts";
import { limits } from "./api/words.ts";
import { applyEvent, type LearnerState } from "./learner-state.ts";
import { HubProblem } from "./problem.ts";
import { clean, type Hub, holdRooms, type RoomRow, type Seat } from "./rooms.ts";
import { keepState } from "./states.ts";
import { type Ask, type Row, StoreBusy } from "./store/database.ts";
import { listRows, padList, places } from "./store/lists.ts";

const eventType = Compile(LearnerEvent);

export interface SentBatch {
  readonly sentAt: number;
  /** Each has an id; what else is in it is not checked yet. */
  readonly events: readonly { readonly id: string }[];
}

const codeOf = (event: LearnerEvent): string | undefined =>
  event.type === "hand" || event.type === "look-answer"
    ? event.state
    : event.type === "exam-result"
      ? event.code
      : undefined;

interface LearnerRecord extends Row {
  readonly id: string;
  readonly room: string;
  readonly hash: string;
  readonly state: string;
  readonly presence: string;
  readonly events: number;
}

/** A learner while a group of batches is applied. */
interface Writing {
  readonly id: string;
  readonly room: string;
  readonly hash: string;
  state: LearnerState;
  presence: string;
  /** Events there were before this group. */
  readonly events: number;
  readonly known: Set<string>;
  readonly fresh: { readonly id: string; readonly at: number }[];
}

interface Waiting {
  readonly seat: Seat;
  readonly batch: SentBatch;
  resolve(taken: EventsTaken): void;
  reject(error: unknown): void;
}

/** What came of one batch: told to its sender once the commit is durable. */
type Outcome = { readonly taken: EventsTaken } | { readonly error: unknown };

export interface Intake {
  /** Applies a batch of one learner. Every id comes back in one of the lists; only then may the page forget it. */
  take(seat: Seat, batch: SentBatch): Promise<EventsTaken>;
}

/** Most batches and events that share a transaction. */
const largestGroup = 200;
const mostEvents = 2_000;
/** So long (ms) batches gather before PostgreSQL is asked: a trip there costs more than the wait. */
const gathering = 8;
/** Transactions under way at one time on PostgreSQL; a room is always in the same one. More hide the way to a busy database. */
const lanes = 4;

interface Lane {
  readonly key: string;
  readonly waiting: Waiting[];
  working: boolean;
}

/**
 * Takes in events: while one transaction runs, what arrives for the rooms of its lane gathers for the next, so that a busy or distant
 * database is asked a fixed number of times for many learners.
 */
export function createIntake(hub: Hub): Intake {
  const isLocal = hub.database.kind === "sqlite";
  const all = Array.from(
    { length: isLocal ? 1 : lanes },
    (_, number): Lane => ({ key: `events ${number}`, waiting: [], working: false }),
  );
  /** Ids are random: their last letter spreads rooms. */
  const laneOf = (room: string): Lane => all[room.charCodeAt(room.length - 1) % all.length] as Lane;

  const takeGroup = ({ waiting }: Lane): Waiting[] => {
    let events = 0;
    const end = waiting.findIndex(({ batch }, index) => {
      events += batch.events.length;
      return index >= largestGroup || (index > 0 && events > mostEvents);
    });
    return waiting.splice(0, end === -1 ? waiting.length : end);
  };

  const work = async (lane: Lane): Promise<void> => {
    lane.working = true;
    while (lane.waiting.length > 0) {
      await new Promise((resolve) => (isLocal ? setImmediate(resolve) : setTimeout(resolve, gathering)));
      await settle(lane.key, takeGroup(lane));
    }
    lane.working = false;
  };

  /** Tells each sender what came of it; a batch that cannot be applied at all does not take the others with it. */
  const settle = async (key: string, group: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await applyGroup(hub, key, group);
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined && "taken" in outcome) resolve(outcome.taken);
        else reject(outcome?.error);
      }
    } catch (error) {
      if (group.length === 1 || error instanceof StoreBusy) for (const { reject } of group) reject(error);
      else for (const each of group) await settle(key, [each]);
    }
  };

  return {
    take: (seat, batch) =>
      new Promise((resolve, reject) => {
        const lane = laneOf(seat.room);
        lane.waiting.push({ seat, batch, resolve, reject });
        if (!lane.working) void work(lane);
      }),
  };
}

function applyGroup(hub: Hub, key: string, group: readonly Waiting[]): Promise<Outcome[]> {
  return hub.database.change(key, async (ask, tell) => {
    const received = hub.now();
    const [rooms, learners] = await Promise.all([
      holdRooms(hub, ask, [...new Set(group.map(({ seat }) => seat.room))]),
      findLearners(ask, group, received),
    ]);
    const outcomes: Outcome[] = [];
    for (const { seat, batch } of group) {
      const row = rooms.get(seat.room);
      const writing = learners.get(seat.learner);
      // Removed, erased or forgotten meanwhile.
      if (row === undefined || writing === undefined || writing.room !== seat.room || writing.hash !== seat.hash)
        outcomes.push({ error: new HubProblem("unauthorized", "The key does not open this room.") });
      else outcomes.push({ taken: await applyBatch(ask, row, writing, batch, received) });
    }
    const changed = [...learners.values()].flatMap((writing) => {
      const row = rooms.get(writing.room);
      return row === undefined || writing.fresh.length === 0 ? [] : [{ ...writing, seq: row.seq }];
    });
    if (changed.length > 0) {
      await Promise.all([rememberEvents(ask, changed), writeLearners(ask, changed, received)]);
      for (const { room } of changed) tell(room);
    }
    return outcomes;
  });
}

async function applyBatch(
  ask: Ask,
  row: RoomRow,
  writing: Writing,
  batch: SentBatch,
  received: number,
): Promise<EventsTaken> {
  const taken = { applied: [] as string[], known: [] as string[], refused: [] as { id: string; why: string }[] };
  for (const sent of batch.events) {
    if (writing.known.has(sent.id)) {
      taken.known.push(sent.id);
      continue;
    }
    const why = await applyOne(ask, row, writing, sent, batch.sentAt, received);
    if (why === undefined) taken.applied.push(sent.id);
    else taken.refused.push({ id: sent.id, why });
  }
  return { ...taken, seq: row.seq };
}

/** Applies one event; answers why not. */
async function applyOne(
  ask: Ask,
  row: RoomRow,
  writing: Writing,
  sent: { readonly id: string },
  sentAt: number,
  received: number,
): Promise<string | undefined> {
  const event = checkEvent(sent);
  if (event === undefined) return "invalid";
  const at = correctTime(event.at, sentAt, received, row);
  const why = judge(at, row, writing.events + writing.fresh.length);
  if (why !== undefined) return why;
  const code = codeOf(event);
  let state: string | undefined;
  try {
    state = code === undefined ? undefined : await keepState(ask, row.id, writing.id, at, code);
  } catch (error) {
    if (error instanceof HubProblem) return error.word;
    throw error;
  }
  writing.state = applyEvent(writing.state, { event, at, state });
  writing.presence = event.type === "presence" ? event.state : writing.presence === "gone" ? "here" : writing.presence;
  writing.known.add(sent.id);
  writing.fresh.push({ id: sent.id, at });
  return undefined;
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

function judge(at: number, row: RoomRow, count: number): string | undefined {
  if (count >= limits.eventsOfLearner) return "too-many";
  // What happened before the end still counts, however late it arrives.
  if (row.erased !== null || (row.ended !== null && at > row.ended)) return "room-ended";
  return undefined;
}

/** The learners of a group, with which of the sent ids they have sent before. */
async function findLearners(ask: Ask, group: readonly Waiting[], received: number): Promise<Map<string, Writing>> {
  const ids = padList([...new Set(group.map(({ seat }) => seat.learner))]);
  const { sql, values } = listRows(
    padList(group.flatMap(({ seat, batch }) => batch.events.map(({ id }) => [seat.learner, id]))),
  );
  const [records, known] = await Promise.all([
    ask<LearnerRecord>(
      `SELECT id, room, hash, state, presence, events FROM learners WHERE removed = 0 AND id IN (${places(1, ids.length)})`,
      ...ids,
    ),
    ask<{ learner: string; id: string }>(
      `SELECT learner, id FROM events WHERE (learner, id) IN (VALUES ${sql})`,
      ...values,
    ),
  ]);
  const learners = new Map<string, Writing>();
  for (const { state: text, ...record } of records) {
    const state = JSON.parse(text) as LearnerState;
    // A time that has not come yet is from a clock that was wrong.
    const movedAt = Math.min(state.movedAt, received);
    learners.set(record.id, { ...record, state: { ...state, movedAt }, known: new Set(), fresh: [] });
  }
  for (const { learner, id } of known) learners.get(learner)?.known.add(id);
  return learners;
}

/** A learner whose row is about to change, and the room's seq for it. */
type Changed = Writing & { readonly seq: number };

async function rememberEvents(ask: Ask, changed: readonly Changed[]): Promise<void> {
  const { sql, values } = listRows(
    changed.flatMap(({ id: learner, room, seq, fresh }) => fresh.map(({ id, at }) => [room, learner, seq, id, at])),
  );
  await ask(`INSERT INTO events (room, learner, seq, id, at) VALUES ${sql}`, ...values);
}

async function writeLearners(ask: Ask, changed: readonly Changed[], seen: number): Promise<void> {
  const { sql, values } = listRows(
    changed.map(({ id, state, presence, fresh, seq }) => [
      ...[id, JSON.stringify(state), presence],
      ...[String(fresh.length), String(seq)],
    ]),
  );
  // Both databases call the columns of VALUES column1, column2 …; PostgreSQL takes them for text.
  await ask(
    `UPDATE learners SET state = sent.column2, presence = sent.column3, events = events + CAST(sent.column4 AS BIGINT),
       seen = $${values.length + 1}, seq = CAST(sent.column5 AS BIGINT)
       FROM (VALUES ${sql}) AS sent WHERE learners.id = sent.column1`,
    ...values,
    seen,
  );
}
