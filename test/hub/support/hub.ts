// A hub inside the test's own process, on either database, with a clock the test can turn.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Act } from "../../../src/hub/api/acts.ts";
import type { BoardFeed, LearnerRow, OwnFeed } from "../../../src/hub/api/views.ts";
import { openDatabase } from "../../../src/hub/main.ts";
import { createHubServer, type HubServer } from "../../../src/hub/server.ts";
import { readSettings, type Settings } from "../../../src/hub/settings.ts";
import { type Answer, batch, call, newId, readStream, type Told } from "./client.ts";

export interface TestHub {
  readonly base: string;
  readonly server: HubServer;
  readonly log: readonly string[];
  /** Turns the clock by so many ms. */
  turnClock(ms: number): void;
  /** Another process' worth of hub on the same database (PostgreSQL), or the same one again after a stop. */
  again(): Promise<TestHub>;
  stop(): Promise<void>;
}

export interface TestHubOptions {
  readonly databaseUrl?: string;
  readonly folder?: string;
  readonly settings?: Partial<Settings>;
  /** Time that cannot be set. */
  readonly steady?: () => number;
}

const folders = new Set<string>();

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kc-hub-"));
  folders.add(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** Starts a hub on a free port. Its rounds of upkeep are the test's to call. */
export async function startHub(options: TestHubOptions = {}): Promise<TestHub> {
  const folder = options.folder ?? makeFolder();
  const env = { HOST: "127.0.0.1", PORT: "0", HUB_DATA: folder, HUB_RATES: "0", DATABASE_URL: options.databaseUrl };
  const settings: Settings = { ...readSettings(env, folder), ...options.settings };
  const log: string[] = [];
  const database = await openDatabase(settings, (line) => log.push(line));
  let turned = 0;
  const server = await createHubServer({
    settings,
    database,
    now: () => Date.now() + turned,
    logTo: { write: (line) => void log.push(line) },
    upkeep: { timers: false, ...(options.steady === undefined ? {} : { steady: options.steady }) },
  });
  const port = await server.listen();
  const base = `http://127.0.0.1:${port}`;
  return {
    base,
    server,
    log,
    turnClock: (ms) => {
      turned += ms;
    },
    again: () => startHub({ ...options, folder }),
    stop: () => server.stop(),
  };
}

/** What a test does in a room as its instructor, with the key in the header. */
export interface TestRoom {
  readonly id: string;
  readonly code: string;
  readonly key: string;
  readonly coKey: string;
  act(act: ActWithoutId): Promise<string>;
  undo(act: string): Promise<void>;
  board(after?: number): Promise<BoardFeed>;
  /** The row of a learner now. */
  row(learner: TestLearner): Promise<LearnerRow>;
  join(name: string): Promise<TestLearner>;
}

type ActWithoutId = Act extends infer A ? (A extends unknown ? Omit<A, "id"> : never) : never;

export interface TestLearner {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  tell(...events: readonly Told[]): ReturnType<typeof call<"events">>;
  mine(after?: number): Promise<OwnFeed>;
}

/** The value of an answer that must be good. */
export function good<T>(answer: Answer<T>): T {
  if (answer.problem !== undefined)
    throw new Error(`${answer.status} ${answer.problem.error}: ${answer.problem.message}`);
  return answer.value;
}

export async function openTestRoom(base: string, wish: Record<string, unknown> = {}): Promise<TestRoom> {
  const opened = good(
    await call(base, "openRoom", { body: { title: "Harbour", name: "Ann", keyIn: "body", ...wish } }),
  );
  const id = opened.room.id;
  const key = opened.instructorKey;
  const params = { room: id };
  const board = async (after = 0) => good(await call(base, "board", { params, key, query: { after } }));
  return {
    id,
    code: opened.code,
    key,
    coKey: opened.coInstructorKey,
    act: async (act) => good(await call(base, "act", { params, key, body: { id: newId(), ...act } })).act.act.id,
    undo: async (act) => void good(await call(base, "undo", { params: { room: id, act }, key })),
    board,
    row: async (learner) => {
      const row = (await board()).learners.find((one) => one.id === learner.id);
      if (row === undefined) throw new Error(`${learner.name} is not on the board`);
      return row;
    },
    join: async (name) => joinTestRoom(base, id, opened.code, name),
  };
}

async function joinTestRoom(base: string, room: string, code: string, name: string): Promise<TestLearner> {
  const joined = good(await call(base, "join", { body: { code, name, keyIn: "body" } }));
  const key = joined.key ?? "";
  const params = { room };
  return {
    id: joined.learner,
    name: joined.name,
    key,
    tell: (...events) => call(base, "events", { params, key, body: batch(...events) }),
    mine: async (after = 0) => good(await call(base, "mine", { params, key, query: { after } })),
  };
}

/** Reads a stream until a feed fits, or the time is over. */
export async function waitFor<T extends BoardFeed | OwnFeed>(
  base: string,
  name: "boardStream" | "mineStream",
  { room, key, after = 0 }: { readonly room: string; readonly key: string; readonly after?: number },
  fits: (feed: T) => boolean,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error("no such feed came in 10 s")), 10_000);
  try {
    for await (const { event, data } of readStream(base, name, {
      params: { room },
      key,
      query: { after },
      signal: stop.signal,
    }))
      if (event === "feed" && fits(data as T)) return data as T;
    throw new Error("the stream ended");
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
