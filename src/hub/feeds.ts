// What changed since a seq, read from the database: for the board, and for one learner. A feed that is sent twice does no harm.

import { type ActRow, actColumns, viewAct } from "./acting.ts";
import type { ActView } from "./api/acts.ts";
import type { BoardFeed, LearnerRow, OwnFeed } from "./api/views.ts";
import type { LearnerState } from "./learner-state.ts";
import { inboxActs, isFor } from "./room-state.ts";
import { findRoom, type Hub, viewRoom } from "./rooms.ts";
import type { Ask, Row } from "./store/database.ts";

export interface LearnerRecord extends Row {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly joined: number;
  readonly seen: number;
  readonly presence: LearnerRow["presence"];
  readonly removed: number;
  readonly seq: number;
  readonly state: string;
}

const learnerColumns = "id, number, name, joined, seen, presence, removed, seq, state";

export function viewLearner(row: LearnerRecord): LearnerRow {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    seq: row.seq,
    joinedAt: row.joined,
    seenAt: row.seen,
    presence: row.presence,
    removed: row.removed === 1,
    ...(JSON.parse(row.state) as LearnerState),
  };
}

export const readLearners = async (ask: Ask, room: string, after: number): Promise<LearnerRow[]> =>
  (
    await ask<LearnerRecord>(
      `SELECT ${learnerColumns} FROM learners WHERE room = $1 AND seq > $2 ORDER BY number`,
      room,
      after,
    )
  ).map(viewLearner);

const readActs = async (ask: Ask, room: string, after: number): Promise<ActView[]> =>
  (await ask<ActRow>(`SELECT ${actColumns} FROM acts WHERE room = $1 AND seq > $2 ORDER BY number`, room, after)).map(
    viewAct,
  );

/** A seq from before a restored back-up is higher than the room's: then everything is news. */
const since = (after: number, seq: number): number => (after > seq ? 0 : after);

/** The board since `after`. The room's seq is read first: what commits meanwhile comes again, and is never missed. */
export async function readBoard({ database: { ask }, now }: Hub, room: string, after: number): Promise<BoardFeed> {
  const row = await findRoom(ask, room);
  const from = since(after, row.seq);
  const base = { seq: row.seq, now: now() };
  if (from === row.seq) return { ...base, learners: [], acts: [] };
  const [learners, acts] = await Promise.all([readLearners(ask, room, from), readActs(ask, room, from)]);
  return { ...base, ...(row.view_seq > from ? { room: viewRoom(row) } : {}), learners, acts };
}

/** One learner's part of a board's news. */
export function pickOwn(feed: BoardFeed, learner: string, after: number): OwnFeed {
  const row = feed.learners.find(({ id, seq }) => id === learner && seq > after);
  return {
    seq: feed.seq,
    now: feed.now,
    ...(feed.room !== undefined && feed.room.seq > after ? { room: feed.room } : {}),
    ...(row === undefined ? {} : { me: viewOwn(row) }),
    inbox: feed.acts
      .filter(({ seq, act }) => seq > after && isInbox(act, learner))
      .map((act) => hideOthers(act, learner)),
  };
}

const isInbox = (act: ActView["act"], learner: string): boolean => inboxActs.includes(act.type) && isFor(act, learner);

function viewOwn({ id, number, name, hand }: LearnerRow) {
  return { id, number, name, ...(hand === undefined ? {} : { hand }) };
}

/** Who else an act is for is not this learner's business, and neither is whether it could be undone. */
function hideOthers(view: ActView, learner: string): ActView {
  const { act } = view;
  const shown = "to" in act && act.to !== "all" ? { ...act, to: [learner] } : act;
  return { ...view, undoable: false, act: shown };
}

/** A learner's part of the room since `after`. */
export async function readOwn(
  { database: { ask }, now }: Hub,
  room: string,
  learner: string,
  after: number,
): Promise<OwnFeed> {
  const row = await findRoom(ask, room);
  const from = since(after, row.seq);
  if (from === row.seq) return { seq: row.seq, now: now(), inbox: [] };
  const [records, acts] = await Promise.all([
    ask<LearnerRecord>(`SELECT ${learnerColumns} FROM learners WHERE id = $1`, learner),
    readActs(ask, room, from),
  ]);
  const board: BoardFeed = {
    seq: row.seq,
    now: now(),
    ...(row.view_seq > from ? { room: viewRoom(row) } : {}),
    learners: records.map(viewLearner),
    acts,
  };
  return pickOwn(board, learner, from);
}
