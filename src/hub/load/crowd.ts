// A crowd for load and fault tests: learners who queue events and send them until acknowledged, and boards that measure when each arrives.

import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { EventsTaken, LearnerEvent } from "../api/learner-events.ts";
import type { Joined, RoomOpened } from "../api/rooms.ts";
import type { BoardFeed, LearnerRow } from "../api/views.ts";

export interface CrowdOptions {
  /** Hubs' addresses; learners and boards are spread over them, and move on when one does not answer. */
  readonly urls: readonly string[];
  readonly rooms: number;
  readonly learners: number;
  /** Instructors, each with a board of every room. */
  readonly instructors: number;
  /** ms between two events of a learner. */
  readonly every: number;
  /** Without streams learners only send. */
  readonly streams?: boolean;
}

export interface Figures {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged as applied before: sent again because the first answer was lost. */
  readonly repeated: number;
  readonly failures: number;
  /** ms from the event to each board, and from the event to its acknowledgement. */
  readonly board: Spread;
  readonly answer: Spread;
}

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Crowd {
  /** Opens the rooms, lets everyone join, opens the streams. */
  gather(): Promise<void>;
  /** Everyone sends for so long; then waits until every queue is empty. */
  run(ms: number): Promise<void>;
  figures(): Figures;
  /** What is wrong on the boards now, one sentence each; empty when every acknowledged event is there, once. */
  judge(): Promise<string[]>;
  leave(): void;
}

interface Learner {
  readonly id: string;
  readonly room: string;
  readonly key: string;
  readonly queue: { readonly event: LearnerEvent; readonly since: number }[];
  /** When each numbered event happened. */
  readonly times: number[];
  /** Hands that were helped and acknowledged; each counts once on the board. */
  helped: number;
  url: number;
  sending: boolean;
  timer: NodeJS.Timeout | undefined;
}

interface Room {
  readonly id: string;
  readonly key: string;
}

const lesson = "load";
/** Every tenth event is a hand that goes up and down: what is applied twice counts twice. */
const handEvery = 10;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const spreadOut = (ms: number) => ms * (0.5 + Math.random());

function describeSpread(samples: number[]): Spread {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { urls } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const learners: Learner[] = [];
  const rooms: Room[] = [];
  const streams = new Set<ClientRequest>();
  const [boardTimes, answerTimes]: [number[], number[]] = [[], []];
  const count = { sent: 0, acknowledged: 0, repeated: 0, failures: 0 };
  let over = false;

  const urlOf = (index: number): string => urls[index % urls.length] ?? "";

  const post = <T>(url: string, path: string, key: string, body: unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
      };
      const asking = request(`${url}/api/v1${path}`, { method: "POST", agent, headers }, (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          answer += chunk;
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(JSON.parse(answer) as T);
          else reject(new Error(`${response.statusCode} ${answer.slice(0, 200)}`));
        });
      });
      asking.setTimeout(15_000, () => asking.destroy(new Error("no answer in 15 s")));
      asking.on("error", reject);
      asking.end(text);
    });

  const get = async <T>(path: string, key: string): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await fetch(`${urlOf(attempt)}/api/v1${path}`, {
          headers: { authorization: `Bearer ${key}` },
        });
        if (response.ok) return (await response.json()) as T;
        throw new Error(`${response.status}`);
      } catch (error) {
        if (attempt > 40) throw error;
        await pause(250);
      }
    }
  };

  /** Keeps a stream open through everything; `take` gets each feed. */
  const follow = (
    room: string,
    key: string,
    kind: "board" | "mine",
    url: number,
    take: (text: string) => void,
  ): void => {
    let [seq, text, at] = [0, "", url];
    const open = () => {
      if (over) return;
      const path = `${urlOf(at)}/api/v1/rooms/${room}/${kind}/stream?after=${seq}`;
      const asking = request(path, { headers: { authorization: `Bearer ${key}` }, agent: false }, read);
      streams.add(asking);
      asking.on("error", () => undefined);
      asking.on("close", () => {
        streams.delete(asking);
        if (over) return;
        at++;
        setTimeout(open, spreadOut(600));
      });
      asking.end();
    };
    const read = (response: IncomingMessage) => {
      text = "";
      response.setEncoding("utf8");
      response.on("error", () => undefined);
      response.on("data", (chunk: string) => {
        text += chunk;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          const id = /^id: (\d+)$/m.exec(block);
          if (id === null) continue;
          seq = Number(id[1]);
          take(block.slice(block.indexOf("data: ") + 6));
        }
      });
    };
    open();
  };

  /** A board notes for every learner which events it shows for the first time. */
  const watch = (room: Room, url: number): void => {
    const shown = new Map<string, number>();
    const byId = new Map(learners.filter((one) => one.room === room.id).map((one) => [one.id, one]));
    follow(room.id, room.key, "board", url, (text) => {
      const now = performance.now();
      for (const row of (JSON.parse(text) as BoardFeed).learners) {
        const learner = byId.get(row.id);
        const step = row.lessons[lesson]?.step ?? 0;
        const before = shown.get(row.id) ?? 0;
        for (let number = before + 1; number <= step; number++) {
          const happened = learner?.times[number];
          if (happened !== undefined) boardTimes.push(now - happened);
        }
        if (step > before) shown.set(row.id, step);
      }
    });
  };

  const makeEvents = (learner: Learner): LearnerEvent[] => {
    const number = learner.times.length === 0 ? 1 : learner.times.length;
    const at = Date.now();
    const id = () => crypto.randomUUID();
    const verdicts = Object.fromEntries(
      Array.from({ length: 8 }, (_, check) => [`check-${check}`, check < number % 9 ? "pass" : "not-yet"] as const),
    );
    learner.times[number] = performance.now();
    return [
      { id: id(), at, type: "place", lesson, step: number, steps: 1_000 },
      ...(number % 3 === 0 ? [{ id: id(), at, type: "checks" as const, lesson, verdicts, misconceptions: [] }] : []),
      ...(number % handEvery === 0
        ? [
            { id: id(), at, type: "hand" as const, sentence: `Number ${number}` },
            { id: id(), at, type: "hand-down" as const, helped: true },
          ]
        : []),
    ];
  };

  /** Sends what is queued until it is acknowledged, as a page does. */
  const drain = async (learner: Learner): Promise<void> => {
    if (learner.sending) return;
    learner.sending = true;
    while (learner.queue.length > 0 && !over) {
      const events = learner.queue.slice(0, 100);
      try {
        const body = { sentAt: Date.now(), events: events.map(({ event }) => event) };
        const path = `/rooms/${learner.room}/events`;
        const taken = await post<EventsTaken>(urlOf(learner.url), path, learner.key, body);
        if (taken.refused.length > 0) throw new Error(`refused: ${taken.refused[0]?.why}`);
        const now = performance.now();
        for (const { since } of events) answerTimes.push(now - since);
        count.acknowledged += taken.applied.length + taken.known.length;
        count.repeated += taken.known.length;
        learner.helped += events.filter(({ event }) => event.type === "hand-down").length;
        learner.queue.splice(0, events.length);
      } catch {
        count.failures++;
        learner.url++;
        await pause(spreadOut(400));
      }
    }
    learner.sending = false;
  };

  const join = async (room: Room, code: string, index: number): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const body = { code, name: `Learner ${index}`, keyIn: "body" };
        const joined = await post<Joined>(urlOf(index + attempt), "/join", "", body);
        const { learner: id, key = "" } = joined;
        const base = { id, room: room.id, key, queue: [], times: [], helped: 0, url: index };
        learners.push({ ...base, sending: false, timer: undefined });
        return;
      } catch (error) {
        if (attempt > 10) throw error;
        await pause(200);
      }
    }
  };

  return {
    async gather() {
      const codes: string[] = [];
      for (let index = 0; index < options.rooms; index++) {
        const body = { title: `Room ${index}`, name: "Load", keyIn: "body" };
        const opened = await post<RoomOpened>(urlOf(index), "/rooms", "", body);
        rooms.push({ id: opened.room.id, key: opened.instructorKey });
        codes.push(opened.code);
      }
      const lane = async (from: number) => {
        for (let index = from; index < options.learners; index += 20) {
          const room = rooms[index % rooms.length];
          if (room !== undefined) await join(room, codes[index % rooms.length] ?? "", index);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, from) => lane(from)));
      for (let instructor = 0; instructor < options.instructors; instructor++)
        for (const room of rooms) watch(room, instructor);
      if (options.streams !== false)
        for (const learner of learners) follow(learner.room, learner.key, "mine", learner.url, () => undefined);
      await pause(1_000);
    },
    async run(ms) {
      const end = performance.now() + ms;
      for (const learner of learners) {
        const tick = () => {
          if (over || performance.now() > end) return;
          const since = performance.now();
          for (const event of makeEvents(learner)) {
            learner.queue.push({ event, since });
            count.sent++;
          }
          void drain(learner);
          learner.timer = setTimeout(tick, options.every);
        };
        // Spread over one interval, as people are.
        learner.timer = setTimeout(tick, Math.random() * options.every);
      }
      await pause(ms + 50);
      const deadline = performance.now() + 60_000;
      while (learners.some(({ queue }) => queue.length > 0) && performance.now() < deadline) await pause(100);
      await pause(1_000);
    },
    figures: () => ({ ...count, board: describeSpread(boardTimes), answer: describeSpread(answerTimes) }),
    async judge() {
      const wrong: string[] = [];
      const rows = new Map<string, LearnerRow>();
      for (const room of rooms)
        for (const row of (await get<BoardFeed>(`/rooms/${room.id}/board`, room.key)).learners) rows.set(row.id, row);
      for (const learner of learners) {
        const row = rows.get(learner.id);
        const last = Math.max(0, learner.times.length - 1);
        const left = learner.queue.length;
        if (row === undefined) wrong.push(`${learner.id} is not on the board`);
        else if (left > 0) wrong.push(`${learner.id} still has ${left} events to send`);
        else if (last > 0 && row.lessons[lesson]?.step !== last)
          wrong.push(`${learner.id} is at ${row.lessons[lesson]?.step} and sent ${last}`);
        else if (row.helped !== learner.helped)
          wrong.push(`${learner.id} was helped ${row.helped}, not ${learner.helped} times`);
      }
      return wrong;
    },
    leave() {
      over = true;
      for (const { timer } of learners) clearTimeout(timer);
      for (const stream of streams) stream.destroy();
      agent.destroy();
    },
  };
}
