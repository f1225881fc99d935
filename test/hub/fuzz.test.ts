// Thousands of requests, valid and broken: none makes the hub fail, and nothing of what was stored comes back as more than text.

import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "./support/client.ts";
import { createChance, type Keys, type MadeRequest, makeRequest, type World } from "./support/fuzz.ts";
import { good, openTestRoom, removeFolders, startHub, type TestHub } from "./support/hub.ts";

const isLong = process.env.KC_LONG === "1";
const count = isLong ? 20_000 : 1_500;
/** Another seed asks for other requests; the one of a failure is told in its message. */
const seed = Number(process.env.KC_SEED ?? 8);
let hub: TestHub;

beforeAll(async () => {
  hub = await startHub({ settings: { maxRooms: 100_000, logLevel: "warn" } });
});
afterAll(async () => {
  await hub.stop();
  removeFolders();
});

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Streams are left after their first words. */
function send(made: MadeRequest): Promise<Seen> {
  const { port } = new URL(hub.base);
  const headers = {
    ...made.headers,
    ...(made.body === undefined ? {} : { "content-length": Buffer.byteLength(made.body) }),
  };
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port, agent: false, method: made.method, path: made.path, headers },
      (response: IncomingMessage) => {
        let text = "";
        const type = String(response.headers["content-type"] ?? "");
        const seen = () => resolve({ status: response.statusCode ?? 0, type, text });
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (!type.startsWith("text/event-stream")) return;
          seen();
          response.destroy();
        });
        response.on("end", seen);
        response.on("error", seen);
      },
    );
    asking.setTimeout(20_000, () => asking.destroy(new Error("no answer in 20 s")));
    asking.on("error", (error) => {
      reject(
        new Error(
          `${error.message} for ${made.method} ${made.path} ${JSON.stringify(made.headers)} ${made.body?.slice(0, 300)}`,
        ),
      );
    });
    asking.end(made.body);
  });
}

function judge(made: MadeRequest, { status, type, text }: Seen): string | undefined {
  const told = `${made.method} ${made.path} ${JSON.stringify(made.headers)} ${made.body?.slice(0, 500)}`;
  if (status >= 500 || status < 200) return `${status} for ${told}: ${text.slice(0, 300)}`;
  if (text !== "" && !/^(application\/json|text\/csv|text\/event-stream);/.test(type)) return `${type} for ${told}`;
  if (type.startsWith("application/json") && JSON.parse(text) === undefined) return `no JSON for ${told}`;
  return undefined;
}

test(`${count} requests: no 5xx, no page, and the room is whole afterwards`, { timeout: 600_000 }, async () => {
  const room = await openTestRoom(hub.base);
  const learners = await Promise.all(Array.from({ length: 6 }, (_, index) => room.join(`Learner <b>${index}`)));
  const keys: Keys = { room: room.id, instructor: room.key, learners: learners.map(({ key }) => key) };
  const world: World = {
    learners: learners.map(({ id }) => id),
    acts: [],
    codes: ["kc1-machine-abc-0123abcd", "kc1-start--00000000"],
    lessons: ["turn-strangers-away", "constructor", "10-a/020-b@variant", "drill:x:42", "toString"],
  };
  const chance = createChance(seed);
  const wrong: string[] = [];
  const statuses = new Map<number, number>();
  const lane = async (share: number) => {
    for (let done = 0; done < share && wrong.length < 5; done++) {
      const made = makeRequest(chance, keys, world);
      const seen = await send(made);
      statuses.set(seen.status, (statuses.get(seen.status) ?? 0) + 1);
      const why = judge(made, seen);
      if (why !== undefined) wrong.push(why);
      if (made.name === "act" && seen.status === 200) {
        const { act } = (JSON.parse(seen.text) as { act: { act: { id: string; type: string } } }).act;
        // A learner who was taken out could send nothing more.
        if (act.type === "remove") await room.undo(act.id);
        else world.acts.push(act.id);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => lane(count / 8)));
  expect(wrong, `seed ${seed}`).toEqual([]);
  // Enough of them got past the door to have stored something.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(count / 5);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(count / 10);

  const params = { room: room.id };
  const board = await room.board();
  expect(board.learners).toHaveLength(6);
  good(await call(hub.base, "report", { params, key: room.key }));
  const csv = good(await call(hub.base, "reportCsv", { params, key: room.key }));
  expect(csv.split(/,|\r\n/).filter((cell) => /^"?[=+@-]/.test(cell) && !/^-?\d/.test(cell))).toEqual([]);
  expect(hub.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  expect((await fetch(`${hub.base}/readyz`)).status).toBe(200);
});
