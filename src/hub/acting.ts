// What instructors do: an act is kept once by its id and can be undone; the room is folded anew from the acts that stand.

import { Clean } from "typebox/value";
import { Act, type ActTaken, type ActView, type KeptAct } from "./api/acts.ts";
import { limits } from "./api/words.ts";
import { issueExam } from "./issuing.ts";
import { createLearnerState, type LearnerState, lowerHand } from "./learner-state.ts";
import { HubProblem } from "./problem.ts";
import { foldRoom, roomActs } from "./room-state.ts";
import { clean, type Hub, holdRoom, type Person, type RoomRow, refuseEnded } from "./rooms.ts";
import { keepState } from "./states.ts";
import type { Ask, Row } from "./store/database.ts";

export interface ActRow extends Row {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  readonly by_name: string;
  readonly type: string;
  readonly undone: number;
  readonly state: string | null;
  readonly body: string;
  readonly before: string | null;
}

export const actColumns = "id, seq, at, by_name, type, undone, state, body, before";

export function viewAct(row: ActRow): ActView {
  return {
    seq: row.seq,
    at: row.at,
    by: row.by_name,
    undone: row.undone === 1,
    undoable: row.undone === 0,
    ...(row.state === null ? {} : { state: row.state }),
    act: JSON.parse(row.body) as KeptAct,
  };
}

const findAct = async (ask: Ask, room: string, id: string): Promise<ActRow | undefined> =>
  (await ask<ActRow>(`SELECT ${actColumns} FROM acts WHERE room = $1 AND id = $2`, room, id))[0];

interface LearnerRecord extends Row {
  readonly id: string;
  readonly name: string;
  readonly removed: number;
  readonly state: string;
}

async function findLearner(ask: Ask, room: string, learner: string): Promise<LearnerRecord> {
  const [row] = await ask<LearnerRecord>(
    "SELECT id, name, removed, state FROM learners WHERE id = $1 AND room = $2",
    learner,
    room,
  );
  if (row === undefined) throw new HubProblem("not-found", "There is no such learner in this room.");
  return row;
}

/** The act's learner, where it has one. */
const learnerOf = (act: Act | KeptAct): string | undefined => ("learner" in act ? act.learner : undefined);

/** Sentences and names cleaned, unknown fields dropped, the code apart. */
function prepare(sent: Act): { readonly act: KeptAct; readonly code: string | undefined } {
  const cleaned = Clean(Act, structuredClone(sent)) as Act;
  const { code, ...act } = cleaned as Act & { code?: string };
  for (const field of ["text", "note", "label", "name"] as const) {
    const values = act as Record<string, unknown>;
    if (typeof values[field] === "string") values[field] = clean(values[field]);
  }
  return { act: act as KeptAct, code };
}

/** What an act does to a learner's row; answers what an undo needs to know. */
async function touchLearner(
  ask: Ask,
  row: RoomRow,
  act: KeptAct,
  by: string,
  now: number,
): Promise<string | undefined> {
  const id = learnerOf(act);
  if (id === undefined) return undefined;
  const learner = await findLearner(ask, row.id, id);
  const state = JSON.parse(learner.state) as LearnerState;
  if (act.type === "rename") {
    await ask("UPDATE learners SET name = $2, seq = $3 WHERE id = $1", id, act.name, row.seq);
    return JSON.stringify({ name: learner.name });
  }
  if (act.type === "remove") {
    await ask("UPDATE learners SET removed = 1, presence = 'gone', seq = $2 WHERE id = $1", id, row.seq);
    return undefined;
  }
  if (act.type !== "help") return undefined;
  if (state.hand === undefined) throw new HubProblem("conflict", "The hand is no longer up.");
  const next =
    act.status === "coming" ? { ...state, hand: { ...state.hand, coming: by } } : lowerHand(state, now, true);
  await ask("UPDATE learners SET state = $2, seq = $3 WHERE id = $1", id, JSON.stringify(next), row.seq);
  return JSON.stringify({ hand: state.hand, helped: state.helped, waited: state.waited });
}

/** Takes back what an act did to a learner's row. */
async function untouchLearner(ask: Ask, row: RoomRow, kept: ActRow, act: KeptAct): Promise<void> {
  const id = learnerOf(act);
  if (id === undefined) return;
  const learner = await findLearner(ask, row.id, id);
  const before = JSON.parse(kept.before ?? "{}") as Partial<LearnerState> & { name?: string };
  if (act.type === "rename")
    await ask("UPDATE learners SET name = $2, seq = $3 WHERE id = $1", id, before.name ?? learner.name, row.seq);
  if (act.type === "remove") await ask("UPDATE learners SET removed = 0, seq = $2 WHERE id = $1", id, row.seq);
  if (act.type !== "help") return;
  const state = JSON.parse(learner.state) as LearnerState;
  // A hand that was raised anew meanwhile stays as it is.
  if (act.status === "done" && state.hand !== undefined) return;
  if (act.status === "coming" && state.hand === undefined) return;
  const next = { ...createLearnerState(0), ...state, ...before };
  await ask("UPDATE learners SET state = $2, seq = $3 WHERE id = $1", id, JSON.stringify(next), row.seq);
}

/** Folds the room anew after one of its acts came or went. */
async function refold(ask: Ask, row: RoomRow, act: KeptAct): Promise<void> {
  if (!roomActs.includes(act.type)) return;
  const types = roomActs.map((type) => `'${type}'`).join(", ");
  const done = await ask<{ at: number; body: string }>(
    `SELECT at, body FROM acts WHERE room = $1 AND undone = 0 AND type IN (${types}) ORDER BY number`,
    row.id,
  );
  const folded = foldRoom(done.map(({ at, body }) => ({ at, act: JSON.parse(body) as KeptAct })));
  const view = await issueExam(ask, row.id, folded);
  await ask(
    "UPDATE rooms SET view = $2, locked = $3, view_seq = seq WHERE id = $1",
    ...[row.id, JSON.stringify(view), view.locked ? 1 : 0],
  );
}

/** Carries out an act; one that was carried out before is answered with what it was. */
export function carryOut({ database, now }: Hub, room: string, by: Person, sent: Act): Promise<ActTaken> {
  const { act, code } = prepare(sent);
  return database.change(room, async (ask, tell) => {
    const row = await holdRoom(ask, room);
    const known = await findAct(ask, room, act.id);
    if (known !== undefined) return { act: viewAct(known), seq: row.seq, known: true };
    refuseEnded(row);
    const [{ count } = { count: 0 }] = await ask<{ count: number }>(
      "SELECT count(*) AS count FROM acts WHERE room = $1",
      room,
    );
    if (count >= limits.actsInRoom) throw new HubProblem("too-many", "The room has had as many acts as it may.");
    const at = now();
    const before = await touchLearner(ask, row, act, by.name, at);
    const state = code === undefined ? null : await keepState(ask, room, senderOf(act), at, code);
    await ask(
      `INSERT INTO acts (room, id, number, seq, at, by_name, type, undone, state, body, before)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)`,
      ...[room, act.id, count + 1, row.seq, at, by.name, act.type, state, JSON.stringify(act), before ?? null],
    );
    await refold(ask, row, act);
    tell(room);
    const kept = await findAct(ask, room, act.id);
    if (kept === undefined) throw new Error("an act that was written is not there");
    return { act: viewAct(kept), seq: row.seq, known: false };
  });
}

/** A state sent for one learner is counted with that learner; one for the room has no such owner. */
const senderOf = (act: KeptAct): string => {
  const learner = learnerOf(act);
  return learner === undefined ? "" : `for:${learner}`;
};

/** Undoes an act; one that was undone before stays so. */
export function undo({ database }: Hub, room: string, id: string): Promise<ActTaken> {
  return database.change(room, async (ask, tell) => {
    const row = await holdRoom(ask, room);
    refuseEnded(row);
    const kept = await findAct(ask, room, id);
    if (kept === undefined) throw new HubProblem("not-found", "There is no such act.");
    if (kept.undone === 1) return { act: viewAct(kept), seq: row.seq, known: true };
    const act = JSON.parse(kept.body) as KeptAct;
    await untouchLearner(ask, row, kept, act);
    await ask("UPDATE acts SET undone = 1, seq = $3 WHERE room = $1 AND id = $2", room, id, row.seq);
    await refold(ask, row, act);
    tell(room);
    return { act: viewAct({ ...kept, undone: 1, seq: row.seq }), seq: row.seq, known: false };
  });
}
