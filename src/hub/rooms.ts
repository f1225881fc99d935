// Rooms and the people in them: opening, joining, signing in, whose key it is, ending, erasing. Knows the database, not HTTP.

import type { EndRoom, Join, OpenRoom } from "./api/rooms.ts";
import type { RoomView } from "./api/views.ts";
import { limits } from "./api/words.ts";
import { createCode, createId, createKey, fitsHash, readCode, readKey } from "./keys.ts";
import { createLearnerState, eraseLearnerState, type LearnerState } from "./learner-state.ts";
import { HubProblem } from "./problem.ts";
import { emptyRoomState, type RoomState } from "./room-state.ts";
import type { Ask, Database, Row } from "./store/database.ts";
import { padList, places } from "./store/lists.ts";

/** The hub's parts share these; the clock is an argument so that tests can turn it. */
export interface Hub {
  readonly database: Database;
  readonly now: () => number;
}

export interface Person {
  readonly role: "learner" | "co" | "lead";
  readonly id: string;
  readonly name: string;
}

export interface RoomRow extends Row {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly opened: number;
  readonly ends: number;
  readonly ended: number | null;
  readonly keep_hours: number;
  readonly erase_at: number | null;
  readonly erased: number | null;
  readonly seq: number;
  readonly view_seq: number;
  readonly locked: number;
  readonly view: string;
}

export const hour = 3_600_000;

/** A room as its members see it. */
export function viewRoom(row: RoomRow): RoomView {
  return {
    id: row.id,
    title: row.title,
    seq: row.view_seq,
    openedAt: row.opened,
    endsAt: row.ends,
    ...(row.ended === null ? {} : { ended: row.ended }),
    ...(row.erase_at === null ? {} : { eraseAt: row.erase_at }),
    ...(JSON.parse(row.view) as RoomState),
  };
}

export async function findRoom(ask: Ask, room: string): Promise<RoomRow> {
  const [row] = await ask<RoomRow>("SELECT * FROM rooms WHERE id = $1", room);
  if (row === undefined) throw new HubProblem("not-found", "There is no such room.");
  return row;
}

/** Takes the room for this transaction and its next seq: whoever changes anything in a room does this first. */
export async function holdRoom(ask: Ask, room: string): Promise<RoomRow> {
  const [row] = await ask<RoomRow>("UPDATE rooms SET seq = seq + 1 WHERE id = $1 RETURNING *", room);
  if (row === undefined) throw new HubProblem("not-found", "There is no such room.");
  return row;
}

/** Takes several rooms at once. Rooms that are gone are left out. */
export async function holdRooms(
  { database }: Hub,
  ask: Ask,
  rooms: readonly string[],
): Promise<ReadonlyMap<string, RoomRow>> {
  const ids = padList(rooms);
  const list = places(1, ids.length);
  // Always in the same order, so that two processes never wait for each other. SQLite has one writer and needs no locks.
  const locked =
    database.kind === "sqlite"
      ? undefined
      : ask(`SELECT id FROM rooms WHERE id IN (${list}) ORDER BY id FOR UPDATE`, ...ids);
  const held = ask<RoomRow>(`UPDATE rooms SET seq = seq + 1 WHERE id IN (${list}) RETURNING *`, ...ids);
  const [rows] = await Promise.all([held, locked]);
  return new Map(rows.map((row) => [row.id, row]));
}

export function refuseEnded(row: RoomRow): void {
  if (row.ended !== null) throw new HubProblem("room-ended", "The room has ended.");
}

/** Text of a person as it is kept: composed, without invisible characters that turn or hide what follows. */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g, "");

function cleanName(name: string): string {
  const cleaned = clean(name).replaceAll(/\s+/g, " ").trim();
  if (cleaned === "") throw new HubProblem("invalid", "A name needs at least one visible character.");
  return cleaned;
}

async function addInstructor(ask: Ask, room: string, name: string, role: "lead" | "co"): Promise<string> {
  const id = createId();
  const { key, hash } = createKey("instructor", id);
  await ask(
    "INSERT INTO instructors (id, room, name, role, hash) VALUES ($1, $2, $3, $4, $5)",
    id,
    room,
    name,
    role,
    hash,
  );
  return key;
}

/** Opens a room with its two keys, which are told here and never again. */
export function openRoom({ database, now }: Hub, wish: OpenRoom, maxRooms: number) {
  return database.change("open", async (ask) => {
    const [{ count } = { count: 0 }] = await ask<{ count: number }>(
      "SELECT count(*) AS count FROM rooms WHERE ended IS NULL",
    );
    if (count >= maxRooms)
      throw new HubProblem("too-many", `This hub has ${maxRooms} open rooms, its limit: end one first.`);
    const [id, code, at] = [createId(), createCode(), now()];
    const ends = at + (wish.hours ?? 12) * hour;
    await ask(
      `INSERT INTO rooms (id, code, title, opened, ends, keep_hours, seq, view_seq, locked, view)
       VALUES ($1, $2, $3, $4, $5, $6, 1, 1, 0, $7)`,
      ...[id, code, cleanName(wish.title), at, ends, wish.keepHours ?? 24, JSON.stringify(emptyRoomState)],
    );
    const instructorKey = await addInstructor(ask, id, cleanName(wish.name), "lead");
    const coInstructorKey = await addInstructor(ask, id, "Co-instructor", "co");
    return { room: viewRoom(await findRoom(ask, id)), code, instructorKey, coInstructorKey };
  });
}

/** The chosen name, with a number where somebody in the room has it. */
function chooseName(wished: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const ending = number === 1 ? "" : ` (${number})`;
    const name = wished.slice(0, limits.name - ending.length) + ending;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** Lets a learner in by the room's code. */
export async function joinRoom({ database, now }: Hub, wish: Join) {
  const wished = cleanName(wish.name);
  const [found] = await database.ask<{ id: string }>("SELECT id FROM rooms WHERE code = $1", readCode(wish.code));
  if (found === undefined) throw new HubProblem("not-found", "No room has this code.");
  return database.change(found.id, async (ask, tell) => {
    const room = await holdRoom(ask, found.id);
    refuseEnded(room);
    if (room.locked === 1) throw new HubProblem("room-locked", "The room is closed to newcomers.");
    const others = await ask<{ name: string; number: number }>(
      "SELECT name, number FROM learners WHERE room = $1",
      room.id,
    );
    if (others.length >= limits.learnersInRoom) throw new HubProblem("room-full", "The room is full.");
    const name = chooseName(wished, new Set(others.map((other) => other.name.toLowerCase())));
    const number = others.reduce((most, other) => Math.max(most, other.number), 0) + 1;
    const [id, at] = [createId(), now()];
    const { key, hash } = createKey("learner", id);
    await ask(
      `INSERT INTO learners (id, room, number, name, hash, joined, seen, presence, removed, events, seq, state)
       VALUES ($1, $2, $3, $4, $5, $6, $6, 'here', 0, 0, $7, $8)`,
      ...[id, room.id, number, name, hash, at, room.seq, JSON.stringify(createLearnerState(at))],
    );
    tell(room.id);
    return { room: viewRoom(room), learner: id, name, key };
  });
}

/** Whose key it is in this room. The room's own existence is told to nobody else. */
export async function identify(ask: Ask, room: string, key: string): Promise<Person> {
  const who = readKey(key);
  const refusal = new HubProblem("unauthorized", "The key does not open this room.");
  if (who === undefined) throw refusal;
  const table =
    who.kind === "learner"
      ? "SELECT id, name, hash, 'learner' AS role FROM learners WHERE id = $1 AND room = $2 AND removed = 0"
      : "SELECT id, name, hash, role FROM instructors WHERE id = $1 AND room = $2";
  const [row] = await ask<{ id: string; name: string; hash: string; role: Person["role"] }>(table, who.id, room);
  if (!fitsHash(key, row?.hash ?? "") || row === undefined) throw refusal;
  return { role: row.role, id: row.id, name: row.name };
}

/** A learner who showed the right key; whether it still opens the room is seen where something is written. */
export interface Seat {
  readonly room: string;
  readonly learner: string;
  readonly hash: string;
}

/** A co-instructor's own name, chosen at the first sign-in, is what acts say. */
export async function listInstructors(ask: Ask, room: string) {
  return await ask<{ id: string; name: string; role: "lead" | "co" }>(
    "SELECT id, name, role FROM instructors WHERE room = $1 ORDER BY role DESC, id",
    room,
  );
}

/** Ends a room; what was chosen to be kept no longer than that is erased in the same transaction. */
export function endRoom({ database, now }: Hub, room: string, wish: EndRoom): Promise<RoomView> {
  return database.change(room, async (ask, tell) => {
    const row = await holdRoom(ask, room);
    if (row.erased !== null) return viewRoom(row);
    const ended = row.ended ?? now();
    const keep = wish.keepHours ?? row.keep_hours;
    await ask(
      "UPDATE rooms SET ended = $2, keep_hours = $3, erase_at = $4, view_seq = seq WHERE id = $1",
      ...[room, ended, keep, ended + keep * hour],
    );
    tell(room);
    if (keep === 0) await eraseWithin(ask, room, now());
    return viewRoom(await findRoom(ask, room));
  });
}

/** Erases names, sentences, acts and states of an ended room; numbers and verdicts stay for the report. */
export async function eraseRoom({ database, now }: Hub, room: string): Promise<RoomView> {
  const view = await database.change(room, async (ask, tell) => {
    const row = await holdRoom(ask, room);
    if (row.ended === null) throw new HubProblem("conflict", "End the room first.");
    if (row.erased === null) await eraseWithin(ask, room, now());
    tell(room);
    return viewRoom(await findRoom(ask, room));
  });
  await database.scrub();
  return view;
}

async function eraseWithin(ask: Ask, room: string, at: number): Promise<void> {
  const learners = await ask<{ id: string; state: string }>("SELECT id, state FROM learners WHERE room = $1", room);
  for (const learner of learners) await eraseLearner(ask, learner.id, learner.state);
  for (const table of ["states", "acts", "events"]) await ask(`DELETE FROM ${table} WHERE room = $1`, room);
  await ask(
    `UPDATE instructors SET name = CASE role WHEN 'lead' THEN 'Instructor' ELSE 'Co-instructor' END WHERE room = $1`,
    room,
  );
  await ask(
    "UPDATE rooms SET erased = $2, erase_at = $2, view_seq = seq, title = 'Room', view = $3 WHERE id = $1",
    ...[room, at, JSON.stringify(emptyRoomState)],
  );
}

/** A learner without a name: the number stays, no key fits any more. */
async function eraseLearner(ask: Ask, id: string, state: string): Promise<void> {
  const erased = eraseLearnerState(JSON.parse(state) as LearnerState);
  await ask(
    `UPDATE learners SET name = 'Learner ' || number, hash = '', presence = 'gone', state = $2,
       seq = (SELECT seq FROM rooms WHERE rooms.id = learners.room) WHERE id = $1`,
    ...[id, JSON.stringify(erased)],
  );
}

/** A learner leaves, and is forgotten at once. */
export async function leaveRoom({ database }: Hub, room: string, learner: string): Promise<void> {
  await database.change(room, async (ask, tell) => {
    await holdRoom(ask, room);
    const [row] = await ask<{ state: string }>("SELECT state FROM learners WHERE id = $1", learner);
    if (row === undefined) return;
    await eraseLearner(ask, learner, row.state);
    await ask("UPDATE learners SET removed = 1 WHERE id = $1", learner);
    await ask("DELETE FROM events WHERE learner = $1", learner);
    // States the learner sent, and those sent for the learner.
    await ask("DELETE FROM states WHERE room = $1 AND sender = $2", room, learner);
    await ask("DELETE FROM states WHERE room = $1 AND sender = $2", room, `for:${learner}`);
    tell(room);
  });
  await database.scrub();
}
