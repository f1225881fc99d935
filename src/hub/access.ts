// Who asks: the key out of the header or this room's cookie, and whether the route is for that person. Also what a foreign page may not do.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "./api/routes.ts";
import { hashKey, type KeyKind, readKey } from "./keys.ts";
import { HubProblem } from "./problem.ts";
import { type Hub, identify, type Person, type Seat } from "./rooms.ts";

const cookieNames: Readonly<Record<KeyKind, string>> = { learner: "kc-learner", instructor: "kc-instructor" };

/** The kinds of key a route may be opened with, the first one found counts. */
const kinds: Readonly<Record<Caller, readonly KeyKind[]>> = {
  anyone: [],
  learner: ["learner"],
  instructor: ["instructor"],
  lead: ["instructor"],
  member: ["instructor", "learner"],
};

/** The key a request brings for a route; a header counts before cookies. */
export function findKey(request: FastifyRequest, caller: Caller): string | undefined {
  const header = /^Bearer ([\w-]{20,120})$/.exec(request.headers.authorization ?? "");
  if (header !== null) return header[1];
  return kinds[caller].map((kind) => request.cookies[cookieNames[kind]]).find((key) => key !== undefined);
}

/** For whom a request's rate is counted: the person the key names, else the address. */
export function nameCaller(request: FastifyRequest, caller: Caller): string {
  const key = findKey(request, caller);
  return `${request.ip} ${key === undefined ? "" : (readKey(key)?.id ?? "")}`;
}

/** The person behind a request, allowed on this route; anything else is refused. */
export async function admit(hub: Hub, request: FastifyRequest, room: string, caller: Caller): Promise<Person> {
  const key = findKey(request, caller);
  if (key === undefined) throw new HubProblem("unauthorized", "This needs a key of the room.");
  const person = await identify(hub.database.ask, room, key);
  const may =
    caller === "member" ||
    (caller === "learner" && person.role === "learner") ||
    (caller === "instructor" && person.role !== "learner") ||
    (caller === "lead" && person.role === "lead");
  if (!may) throw new HubProblem("forbidden", "The key does not allow this.");
  return person;
}

/** Most seats that are remembered; the oldest makes room. */
const mostSeats = 5_000;

/**
 * Admits learners who write again and again: a key that was right once for a learner in a room is so for ever, as long as the learner
 * is in the room; that is seen in the transaction that writes.
 */
export function createSeats(hub: Hub): (request: FastifyRequest, room: string) => Promise<Seat> {
  const seats = new Map<string, Seat>();
  return async (request, room) => {
    const key = findKey(request, "learner");
    const hash = key === undefined ? "" : hashKey(key);
    const known = seats.get(`${room} ${hash}`);
    if (known !== undefined) return known;
    const { id: learner } = await admit(hub, request, room, "learner");
    const [oldest] = seats.keys();
    if (seats.size >= mostSeats && oldest !== undefined) seats.delete(oldest);
    const seat = { room, learner, hash };
    seats.set(`${room} ${hash}`, seat);
    return seat;
  };
}

/** Gives the key as a cookie that scripts cannot read and other sites cannot send, for this room's addresses alone. */
export function setKeyCookie(reply: FastifyReply, path: string, kind: KeyKind, key: string, until: Date): void {
  const secure = reply.request.protocol === "https";
  reply.setCookie(cookieNames[kind], key, { path, httpOnly: true, sameSite: "strict", secure, expires: until });
}

export function clearKeyCookies(reply: FastifyReply, path: string): void {
  for (const name of Object.values(cookieNames)) reply.clearCookie(name, { path });
}

/** Refuses what another site's page makes a browser send. */
export function refuseForeign(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { origin, "sec-fetch-site": site } = request.headers;
  // Browsers say it themselves where the page is secure; the address is compared where they do not.
  const isOwn = site === "same-origin" || origin === undefined || isOwnOrigin(origin, request.host);
  if (!isOwn || site === "cross-site" || site === "same-site")
    throw new HubProblem("forbidden", "Another site's page may not do this.");
}

function isOwnOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === new URL(`${new URL(origin).protocol}//${host}`).host;
  } catch {
    return false;
  }
}
