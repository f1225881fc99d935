// Every route of the hub's API as data: method, path, who may, what goes in and out. The server and the OpenAPI document derive from it.

import { type TSchema, Type } from "typebox";
import { Act, ActTaken } from "./acts.ts";
import { ExamChecked, IssuedExam } from "./issued.ts";
import { EventBatch, EventsTaken, StateView } from "./learner-events.ts";
import { Desk, EndRoom, Join, Joined, OpenRoom, Report, RoomChanged, RoomOpened, SignedIn, SignIn } from "./rooms.ts";
import { BoardFeed, OwnFeed } from "./views.ts";
import { Id, SentId, Seq } from "./words.ts";

/** Whose key a route wants. `lead` is the instructor who opened the room. */
export type Caller = "anyone" | "learner" | "instructor" | "lead" | "member";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly caller: Caller;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Body of 200; absent for streams, files and empty answers (204). */
  readonly answer?: TSchema;
  /** Largest body in bytes, where codes travel. */
  readonly bodyLimit?: number;
  /** Content type of an answer that is not JSON. */
  readonly produces?: string;
}

const room = Type.Object({ room: Id });
const after = Type.Object({
  /** The highest seq already known. */
  after: Type.Optional(Seq),
  /** Seconds to wait for news before an empty answer: for networks whose proxies hold streams back. */
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 25 })),
});

/** Room for a code and what is around it. */
const large = 2_000_000;
const small = 16_384;

export const routes = {
  openRoom: {
    method: "POST",
    path: "/rooms",
    caller: "anyone",
    summary: "Open a room. Where the hub has an opening key, it goes into the header X-Opening-Key.",
    body: OpenRoom,
    answer: RoomOpened,
    bodyLimit: small,
  },
  join: {
    method: "POST",
    path: "/join",
    caller: "anyone",
    summary: "Join a room by its code with a chosen name.",
    body: Join,
    answer: Joined,
    bodyLimit: small,
  },
  signIn: {
    method: "POST",
    path: "/rooms/:room/sign-in",
    caller: "anyone",
    summary: "Sign in as instructor with a key.",
    params: room,
    body: SignIn,
    answer: SignedIn,
    bodyLimit: small,
  },
  signOut: {
    method: "POST",
    path: "/rooms/:room/sign-out",
    caller: "anyone",
    summary: "Drop this room's cookies.",
    params: room,
  },
  desk: {
    method: "GET",
    path: "/rooms/:room",
    caller: "instructor",
    summary: "The room and its code, for its instructors.",
    params: room,
    answer: Desk,
  },
  board: {
    method: "GET",
    path: "/rooms/:room/board",
    caller: "instructor",
    summary: "The board, or what changed on it.",
    params: room,
    query: after,
    answer: BoardFeed,
  },
  boardStream: {
    method: "GET",
    path: "/rooms/:room/board/stream",
    caller: "instructor",
    summary: "The board as server-sent events (`feed`, `bye`).",
    params: room,
    query: after,
    produces: "text/event-stream",
  },
  act: {
    method: "POST",
    path: "/rooms/:room/acts",
    caller: "instructor",
    summary: "Act in the room. Applied once by id.",
    params: room,
    body: Act,
    answer: ActTaken,
    bodyLimit: large,
  },
  undo: {
    method: "POST",
    path: "/rooms/:room/acts/:act/undo",
    caller: "instructor",
    summary: "Undo an act, where it can be.",
    params: Type.Object({ room: Id, act: SentId }),
    answer: ActTaken,
  },
  state: {
    method: "GET",
    path: "/rooms/:room/states/:state",
    caller: "member",
    summary: "A state that was sent: to instructors, and to the learner it is for.",
    params: Type.Object({ room: Id, state: Id }),
    answer: StateView,
  },
  report: {
    method: "GET",
    path: "/rooms/:room/report",
    caller: "instructor",
    summary: "The report.",
    params: room,
    answer: Report,
  },
  reportCsv: {
    method: "GET",
    path: "/rooms/:room/report.csv",
    caller: "instructor",
    summary: "The report as a table, one line a learner and lesson.",
    params: room,
    produces: "text/csv",
  },
  end: {
    method: "POST",
    path: "/rooms/:room/end",
    caller: "lead",
    summary: "End the room. Names, sentences and states are erased after the chosen time.",
    params: room,
    body: EndRoom,
    answer: RoomChanged,
    bodyLimit: small,
  },
  erase: {
    method: "POST",
    path: "/rooms/:room/erase",
    caller: "lead",
    summary: "Erase names, sentences and states of an ended room now.",
    params: room,
    answer: RoomChanged,
  },
  mine: {
    method: "GET",
    path: "/rooms/:room/mine",
    caller: "learner",
    summary: "The learner's part of the room, or what changed in it.",
    params: room,
    query: after,
    answer: OwnFeed,
  },
  mineStream: {
    method: "GET",
    path: "/rooms/:room/mine/stream",
    caller: "learner",
    summary: "The learner's part as server-sent events (`feed`, `bye`).",
    params: room,
    query: after,
    produces: "text/event-stream",
  },
  events: {
    method: "POST",
    path: "/rooms/:room/events",
    caller: "learner",
    summary: "Events of the learner, each applied once by id.",
    params: room,
    body: EventBatch,
    answer: EventsTaken,
    bodyLimit: large,
  },
  checkExam: {
    method: "POST",
    path: "/exams/check",
    caller: "anyone",
    summary: "Whether this hub issued a class exam: its signature over seed, length, room, act and time.",
    body: IssuedExam,
    answer: ExamChecked,
    bodyLimit: small,
  },
  leave: {
    method: "POST",
    path: "/rooms/:room/leave",
    caller: "learner",
    summary: "Leave the room: name, sentences and states of this learner are erased at once.",
    params: room,
  },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof routes;
