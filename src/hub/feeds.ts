// What changed since a seq, read from the database: for the board, and for one learner. A feed that is sent twice does no harm.

import { type ActRow, actColumns, viewAct } from "./acting.ts";
import type { ActView } from "./api/acts.ts";
import type { BoardFeed, LearnerRow, OwnFeed } from "./api/views.ts";
import type { LearnerState } from "./learner-state.ts";
import { HubProblem } from "./problem.ts";
import { inboxActs, isFor } from "./room-state.ts";
import { findRoom, type Hub, type RoomRow, viewRoom } from "./rooms.ts";
import type { Ask, Row } from "./store/database.ts";
import { listRows, padList, places } from "./store/lists.ts";

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

/** The board since `after`. */
export async function readBoard(hub: Hub, room: string, after: number): Promise<BoardFeed> {
  const feed = (await readBoards(hub, [{ room, after }])).get(room);
  if (feed === undefined) throw new HubProblem("not-found", "There is no such room.");
  return feed;
}

/** A room, and up to where it is known. */
export interface Since {
  readonly room: string;
  readonly after: number;
}

/**
 * The boards of several rooms, each since its own `after`, in three questions for all of them; rooms that are gone are left out. Their seqs
 * are read first: what commits meanwhile comes again, and is never missed.
 */
export async function readBoards(
  { database: { ask }, now }: Hub,
  wanted: readonly Since[],
): Promise<Map<string, BoardFeed>> {
  const ids = padList(wanted.map(({ room }) => room));
  const rows = await ask<RoomRow>(`SELECT * FROM rooms WHERE id IN (${places(1, ids.length)})`, ...ids);
  const found = wanted.flatMap(({ room, after }) => {
    const row = rows.find(({ id }) => id === room);
    return row === undefined ? [] : [{ row, from: since(after, row.seq) }];
  });
  const changed = found.filter(({ row, from }) => from !== row.seq).map(({ row, from }) => [row.id, from] as const);
  const [learners, acts] = await readChanged(ask, changed);
  return new Map(
    found.map(({ row, from }) => [
      row.id,
      {
        seq: row.seq,
        now: now(),
        ...(row.view_seq > from ? { room: viewRoom(row) } : {}),
        learners: learners.filter(({ room }) => room === row.id).map(viewLearner),
        acts: acts.filter(({ room }) => room === row.id).map(viewAct),
      },
    ]),
  );
}

type OfRoom<R> = R & { readonly room: string };

/** Rows of rooms that changed since a seq of each. Both databases call the columns of VALUES column1, column2 …; PostgreSQL takes them for text. */
async function readChanged(
  ask: Ask,
  rooms: readonly (readonly [string, number])[],
): Promise<[OfRoom<LearnerRecord>[], OfRoom<ActRow>[]]> {
  if (rooms.length === 0) return [[], []];
  const { sql, values } = listRows(rooms.map(([room, from]) => [room, String(from)]));
  const read = <R extends Row>(table: string, columns: string) =>
    ask<OfRoom<R>>(
      `SELECT room, ${columns} FROM (VALUES ${sql}) AS wanted
         JOIN ${table} ON ${table}.room = wanted.column1 AND ${table}.seq > CAST(wanted.column2 AS BIGINT) ORDER BY number`,
      ...values,
    );
  return await Promise.all([read<LearnerRecord>("learners", learnerColumns), read<ActRow>("acts", actColumns)]);
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
