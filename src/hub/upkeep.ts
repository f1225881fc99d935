// What the hub does by itself: who is there, rooms that end by the clock, names that are erased after their time, rooms that are forgotten.

import { eraseRoom, type Hub, holdRoom, hour } from "./rooms.ts";

export interface Upkeep {
  /** A learner was heard: a stream still open, or a poll. */
  hear(room: string, learner: string): void;
  /** A learner came: who was gone is back on the board within a moment. */
  welcome(room: string, learner: string): void;
  /** A learner's last stream closed. */
  lose(room: string, learner: string): void;
  /** One round of presence, and one of endings; both also happen by themselves. */
  tidyPresence(): Promise<void>;
  tidyRooms(): Promise<void>;
  stop(): void;
}

/** Without a word for so long (ms), a learner is gone. */
const silence = 75_000;
/** How long a closed stream may take to open again before the learner counts as gone. */
const grace = 8_000;
/** Newcomers gather this long (ms): after a crash a whole room comes back at once. */
const welcomeAfter = 1_000;
const presenceEvery = 20_000;
const roomsEvery = 60_000;

export interface UpkeepOptions {
  readonly forgetDays: number;
  readonly onError: (error: unknown) => void;
  /** Time that cannot be set: a clock that jumps must not erase anything. */
  readonly steady?: () => number;
  /** How long (ms, steady) a room must have been due before it is ended, erased or forgotten. */
  readonly patience?: number;
  /** Without timers, tests call the rounds themselves. */
  readonly timers?: boolean;
}

export function createUpkeep(hub: Hub, options: UpkeepOptions): Upkeep {
  const { database, now } = hub;
  const steady = options.steady ?? (() => performance.now());
  const patience = options.patience ?? 10 * 60_000;
  const heard = new Map<string, Set<string>>();
  const leaving = new Set<NodeJS.Timeout>();
  const dueSince = new Map<string, number>();

  /** Writes who was heard; those who were gone are back. */
  const writeHeard = async (room: string, learners: readonly string[]): Promise<void> => {
    const places = learners.map((_, index) => `$${index + 3}`).join(", ");
    await database.change(room, async (ask, tell) => {
      const { seq } = await holdRoom(ask, room);
      const at = now();
      await ask(`UPDATE learners SET seen = $1 WHERE room = $2 AND id IN (${places})`, at, room, ...learners);
      const back = await ask(
        `UPDATE learners SET presence = 'here', seq = $1
           WHERE room = $2 AND presence = 'gone' AND removed = 0 AND hash <> '' AND id IN (${places}) RETURNING id`,
        seq,
        room,
        ...learners,
      );
      if (back.length > 0) tell(room);
    });
  };

  const flush = async (): Promise<void> => {
    const rooms = [...heard];
    heard.clear();
    for (const [room, learners] of rooms) {
      const all = [...learners];
      for (let at = 0; at < all.length; at += 200) await writeHeard(room, all.slice(at, at + 200));
    }
  };

  /** Marks as gone who was not heard since `before`; one learner, or all of a room. */
  const markGone = (room: string, before: number, learner?: string): Promise<void> =>
    database.change(room, async (ask, tell) => {
      const { seq } = await holdRoom(ask, room);
      const only = learner === undefined ? [] : [learner];
      // A time that has not come yet is from a clock that was wrong.
      const future = now() + silence;
      const gone = await ask(
        `UPDATE learners SET presence = 'gone', seq = $1
           WHERE room = $2 AND presence <> 'gone' AND (seen < $3 OR seen > $4)${learner === undefined ? "" : " AND id = $5"}
           RETURNING id`,
        seq,
        room,
        before,
        future,
        ...only,
      );
      if (gone.length > 0) tell(room);
    });

  const tidyPresence = async (): Promise<void> => {
    await flush();
    const before = now() - silence;
    const rooms = await database.ask<{ room: string }>(
      `SELECT DISTINCT room FROM learners WHERE presence <> 'gone' AND (seen < $1 OR seen > $2)`,
      before,
      now() + silence,
    );
    for (const { room } of rooms) await markGone(room, before);
  };

  /** Rooms that are due, and were at every look for long enough by a clock that nobody sets. */
  const filterPatiently = (kind: string, rooms: readonly { id: string }[]): string[] => {
    const keys = new Map(rooms.map(({ id }) => [`${kind} ${id}`, id]));
    for (const key of dueSince.keys()) if (key.startsWith(kind) && !keys.has(key)) dueSince.delete(key);
    const time = steady();
    return [...keys].flatMap(([key, id]) => {
      const since = dueSince.get(key) ?? time;
      dueSince.set(key, since);
      return time - since >= patience ? [id] : [];
    });
  };

  const endDue = async (): Promise<void> => {
    const due = await database.ask<{ id: string }>("SELECT id FROM rooms WHERE ended IS NULL AND ends <= $1", now());
    for (const id of filterPatiently("end", due))
      await database.change(id, async (ask, tell) => {
        const row = await holdRoom(ask, id);
        if (row.ended !== null) return;
        await ask(
          "UPDATE rooms SET ended = $2, erase_at = $3, view_seq = seq WHERE id = $1",
          ...[id, row.ends, row.ends + row.keep_hours * hour],
        );
        tell(id);
      });
  };

  const eraseDue = async (): Promise<void> => {
    const due = await database.ask<{ id: string }>(
      "SELECT id FROM rooms WHERE erased IS NULL AND erase_at IS NOT NULL AND erase_at <= $1",
      now(),
    );
    for (const id of filterPatiently("erase", due)) await eraseRoom(hub, id);
  };

  const forgetDue = async (): Promise<void> => {
    const due = await database.ask<{ id: string }>(
      "SELECT id FROM rooms WHERE erased IS NOT NULL AND erased <= $1",
      now() - options.forgetDays * 24 * hour,
    );
    for (const id of filterPatiently("forget", due))
      await database.change(id, async (ask) => {
        await holdRoom(ask, id);
        for (const table of ["learners", "instructors", "states", "acts", "events"])
          await ask(`DELETE FROM ${table} WHERE room = $1`, id);
        await ask("DELETE FROM rooms WHERE id = $1", id);
      });
  };

  const tidyRooms = async (): Promise<void> => {
    await endDue();
    await eraseDue();
    await forgetDue();
  };

  /** One round at a time; what fails is tried again at the next. */
  const repeat = (round: () => Promise<void>, every: number): NodeJS.Timeout | undefined => {
    if (options.timers === false) return undefined;
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      round()
        .catch(options.onError)
        .finally(() => {
          busy = false;
        });
    }, every);
    timer.unref();
    return timer;
  };
  const timers = [repeat(tidyPresence, presenceEvery), repeat(tidyRooms, roomsEvery)];

  const hear = (room: string, learner: string): void => {
    heard.set(room, (heard.get(room) ?? new Set()).add(learner));
  };
  let soon: NodeJS.Timeout | undefined;
  return {
    hear,
    welcome: (room, learner) => {
      hear(room, learner);
      if (options.timers === false) return;
      soon ??= setTimeout(() => {
        soon = undefined;
        flush().catch(options.onError);
      }, welcomeAfter);
      soon.unref();
    },
    lose: (room, learner) => {
      heard.get(room)?.delete(learner);
      const closed = now();
      const timer = setTimeout(() => {
        leaving.delete(timer);
        if (heard.get(room)?.has(learner) === true) return;
        markGone(room, closed, learner).catch(options.onError);
      }, grace);
      timer.unref();
      leaving.add(timer);
    },
    tidyPresence,
    tidyRooms,
    stop: () => {
      for (const timer of [...timers, ...leaving, soon]) clearTimeout(timer);
    },
  };
}
