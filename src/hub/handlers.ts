// What each route does, by its name in api/routes.ts: reads the request, calls the hub's parts, answers with plain data.

import type { FastifyReply, FastifyRequest } from "fastify";
import { admit, clearKeyCookies, type createSeats, setKeyCookie } from "./access.ts";
import { carryOut, undo } from "./acting.ts";
import type { Act } from "./api/acts.ts";
import type { IssuedExam } from "./api/issued.ts";
import type { EndRoom, Join, OpenRoom, SignIn } from "./api/rooms.ts";
import { type Caller, type RouteName, routes } from "./api/routes.ts";
import type { BoardFeed, OwnFeed } from "./api/views.ts";
import type { Channels } from "./channels.ts";
import type { Intake, SentBatch } from "./events.ts";
import { readBoard, readOwn } from "./feeds.ts";
import { isIssued } from "./issuing.ts";
import { readKey, sameText } from "./keys.ts";
import type { Metrics } from "./metrics.ts";
import { HubProblem } from "./problem.ts";
import { formatCsv, readReport } from "./report.ts";
import {
  endRoom,
  eraseRoom,
  findRoom,
  type Hub,
  identify,
  joinRoom,
  leaveRoom,
  listInstructors,
  openRoom,
  type Person,
  viewRoom,
} from "./rooms.ts";
import type { Settings } from "./settings.ts";
import { findState } from "./states.ts";
import type { Streams } from "./streams.ts";
import type { Upkeep } from "./upkeep.ts";

export interface Desk {
  readonly hub: Hub;
  readonly settings: Settings;
  readonly channels: Channels;
  readonly streams: Streams;
  readonly upkeep: Upkeep;
  readonly intake: Intake;
  readonly admitSeat: ReturnType<typeof createSeats>;
  readonly metrics: Metrics;
  /** Path of the API, such as `/api/v1`. */
  readonly api: string;
  /** Headers that answers outside of the framework need, too. */
  readonly headers: Readonly<Record<string, string>>;
}

type Handler = (desk: Desk, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Cookies outlive the room by what names are kept, no longer than this. */
const cookieDays = 100;

const paramsOf = (request: FastifyRequest) => request.params as { room: string; act: string; state: string };

const admitTo = (desk: Desk, request: FastifyRequest, name: RouteName): Promise<Person> =>
  admit(desk.hub, request, paramsOf(request).room, routes[name].caller as Caller);

const pathOf = (desk: Desk, room: string): string => `${desk.api}/rooms/${room}`;

const cookieEnd = (desk: Desk): Date => new Date(desk.hub.now() + cookieDays * 86_400_000);

const handleOpen: Handler = async (desk, request, reply) => {
  const { settings, hub } = desk;
  const given = request.headers["x-opening-key"];
  if (settings.openingKey !== undefined && !sameText(typeof given === "string" ? given : "", settings.openingKey))
    throw new HubProblem("forbidden", "This hub opens rooms only with its opening key.");
  const wish = request.body as OpenRoom;
  const opened = await openRoom(hub, wish, settings.maxRooms);
  if (wish.keyIn === "cookie")
    setKeyCookie(reply, pathOf(desk, opened.room.id), "instructor", opened.instructorKey, cookieEnd(desk));
  return opened;
};

const handleJoin: Handler = async (desk, request, reply) => {
  const wish = request.body as Join;
  const { key, ...joined } = await joinRoom(desk.hub, wish);
  if (wish.keyIn === "body") return { ...joined, key };
  setKeyCookie(reply, pathOf(desk, joined.room.id), "learner", key, cookieEnd(desk));
  return joined;
};

const handleSignIn: Handler = async (desk, request, reply) => {
  const { room } = paramsOf(request);
  const { key, keyIn } = request.body as SignIn;
  if (readKey(key)?.kind !== "instructor") throw new HubProblem("unauthorized", "The key does not open this room.");
  const person = await identify(desk.hub.database.ask, room, key);
  if (keyIn === "cookie") setKeyCookie(reply, pathOf(desk, room), "instructor", key, cookieEnd(desk));
  const row = await findRoom(desk.hub.database.ask, room);
  return { room: viewRoom(row), me: person };
};

/** Reads at once, and once more when there is news, as long as the caller wants to wait. */
async function readWaiting<T extends BoardFeed | OwnFeed>(
  desk: Desk,
  request: FastifyRequest,
  read: (after: number) => Promise<T>,
): Promise<T> {
  const { after = 0, wait = 0 } = request.query as { after?: number; wait?: number };
  const deadline = performance.now() + wait * 1000;
  for (;;) {
    const left = deadline - performance.now();
    const watch = desk.channels.wait(paramsOf(request).room, Math.max(0, left));
    try {
      const feed = await read(after);
      const isEmpty =
        feed.room === undefined &&
        !("me" in feed) &&
        Object.values(feed).every((part) => !Array.isArray(part) || part.length === 0);
      if (!isEmpty || left <= 0 || request.raw.socket.destroyed) return feed;
      await watch.news;
      // Everyone's news wakes everyone: a pause keeps a room that polls from reading all the time.
      await new Promise((resolve) => setTimeout(resolve, 400));
    } finally {
      watch.cancel();
    }
  }
}

async function openStream(desk: Desk, request: FastifyRequest, reply: FastifyReply, person: Person): Promise<void> {
  const { room } = paramsOf(request);
  const learner = person.role === "learner" ? person.id : undefined;
  const last = Number(request.headers["last-event-id"] ?? "");
  const { after = 0 } = request.query as { after?: number };
  if (learner !== undefined) desk.upkeep.welcome(room, learner);
  await desk.streams.open(reply, {
    room,
    learner,
    person: person.id,
    after: Number.isSafeInteger(last) && last > 0 ? last : after,
    headers: desk.headers,
    onBeat: () => learner !== undefined && desk.upkeep.hear(room, learner),
    onClose: () => learner !== undefined && !desk.streams.has(learner) && desk.upkeep.lose(room, learner),
  });
}

/** Every route's work. A route in the table without an entry here does not compile. */
export const handlers: Readonly<Record<RouteName, Handler>> = {
  openRoom: handleOpen,
  join: handleJoin,
  signIn: handleSignIn,
  signOut: async (desk, request, reply) => {
    clearKeyCookies(reply, pathOf(desk, paramsOf(request).room));
    await reply.code(204).send();
  },
  desk: async (desk, request) => {
    const me = await admitTo(desk, request, "desk");
    const row = await findRoom(desk.hub.database.ask, paramsOf(request).room);
    return {
      room: viewRoom(row),
      code: row.code,
      me,
      instructors: await listInstructors(desk.hub.database.ask, row.id),
    };
  },
  board: async (desk, request) => {
    await admitTo(desk, request, "board");
    return await readWaiting(desk, request, (after) => readBoard(desk.hub, paramsOf(request).room, after));
  },
  boardStream: async (desk, request, reply) =>
    await openStream(desk, request, reply, await admitTo(desk, request, "boardStream")),
  act: async (desk, request) => {
    const person = await admitTo(desk, request, "act");
    const taken = await carryOut(desk.hub, paramsOf(request).room, person, request.body as Act);
    desk.metrics.acts.inc({ type: taken.act.act.type });
    return taken;
  },
  undo: async (desk, request) => {
    await admitTo(desk, request, "undo");
    const { room, act } = paramsOf(request);
    return await undo(desk.hub, room, act);
  },
  state: async (desk, request) => {
    const person = await admitTo(desk, request, "state");
    const { room, state } = paramsOf(request);
    return await findState(desk.hub.database.ask, room, state, person);
  },
  report: async (desk, request) => {
    await admitTo(desk, request, "report");
    return await readReport(desk.hub, paramsOf(request).room);
  },
  reportCsv: async (desk, request, reply) => {
    await admitTo(desk, request, "reportCsv");
    const report = await readReport(desk.hub, paramsOf(request).room);
    reply.header("content-type", "text/csv; charset=utf-8");
    reply.header("content-disposition", `attachment; filename="room-${report.room.id}.csv"`);
    return formatCsv(report);
  },
  end: async (desk, request) => {
    await admitTo(desk, request, "end");
    const room = await endRoom(desk.hub, paramsOf(request).room, request.body as EndRoom);
    if (room.eraseAt !== undefined && room.eraseAt <= desk.hub.now()) await desk.hub.database.scrub();
    return { room };
  },
  erase: async (desk, request) => {
    await admitTo(desk, request, "erase");
    return { room: await eraseRoom(desk.hub, paramsOf(request).room) };
  },
  mine: async (desk, request) => {
    const { id } = await admitTo(desk, request, "mine");
    const { room } = paramsOf(request);
    desk.upkeep.hear(room, id);
    return await readWaiting(desk, request, (after) => readOwn(desk.hub, room, id, after));
  },
  mineStream: async (desk, request, reply) =>
    await openStream(desk, request, reply, await admitTo(desk, request, "mineStream")),
  events: async (desk, request) => {
    const seat = await desk.admitSeat(request, paramsOf(request).room);
    const taken = await desk.intake.take(seat, request.body as SentBatch);
    for (const result of ["applied", "known", "refused"] as const)
      desk.metrics.events.inc({ result }, taken[result].length);
    return taken;
  },
  checkExam: async (desk, request) => ({
    issued: await isIssued(desk.hub.database.ask, request.body as IssuedExam),
  }),
  leave: async (desk, request, reply) => {
    const { id } = await admitTo(desk, request, "leave");
    await leaveRoom(desk.hub, paramsOf(request).room, id);
    clearKeyCookies(reply, pathOf(desk, paramsOf(request).room));
    await reply.code(204).send();
  },
};
