// Codes that carry a state: put away beside the rows, so that rows stay small, and handed only to whom they are for.

import type { KeptAct } from "./api/acts.ts";
import { limits } from "./api/words.ts";
import { createId } from "./keys.ts";
import { HubProblem } from "./problem.ts";
import { isFor } from "./room-state.ts";
import type { Person } from "./rooms.ts";
import type { Ask } from "./store/database.ts";

/** Keeps a code. `sender` is a learner's id, or `for:ID` where an instructor sent it; a learner's oldest makes room. */
export async function keepState(ask: Ask, room: string, sender: string, at: number, code: string): Promise<string> {
  const [{ total } = { total: 0 }] = await ask<{ total: number }>(
    "SELECT coalesce(sum(size), 0) AS total FROM states WHERE room = $1",
    room,
  );
  if (total + code.length > limits.statesOfRoom)
    throw new HubProblem("too-large", "The room holds as many states as it may.");
  const id = createId();
  await ask(
    "INSERT INTO states (id, room, sender, at, size, code) VALUES ($1, $2, $3, $4, $5, $6)",
    ...[id, room, sender, at, code.length, code],
  );
  if (sender !== "")
    await ask(
      `DELETE FROM states WHERE room = $1 AND sender = $2 AND id NOT IN
         (SELECT id FROM states WHERE room = $1 AND sender = $2 ORDER BY at DESC, id LIMIT ${limits.statesOfLearner})`,
      room,
      sender,
    );
  return id;
}

/** Whether an act that is for this learner, and was not taken back, brought the state. */
async function wasSentTo(ask: Ask, room: string, state: string, learner: string): Promise<boolean> {
  const acts = await ask<{ body: string }>(
    "SELECT body FROM acts WHERE room = $1 AND state = $2 AND undone = 0",
    room,
    state,
  );
  return acts.some(({ body }) => isFor(JSON.parse(body) as KeptAct, learner));
}

/** A kept code, for an instructor of the room or the learner it was sent to. */
export async function findState(ask: Ask, room: string, state: string, person: Person) {
  const [row] = await ask<{ id: string; code: string }>(
    "SELECT id, code FROM states WHERE id = $1 AND room = $2",
    state,
    room,
  );
  const may = row !== undefined && (person.role !== "learner" || (await wasSentTo(ask, room, state, person.id)));
  if (!may) throw new HubProblem("not-found", "There is no such state, or it has made room for newer ones.");
  return { id: row.id, code: row.code };
}
