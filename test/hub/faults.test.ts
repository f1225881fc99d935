// What goes wrong under load: a crash, a database that restarts, a clock that jumps, a full disk. Nothing acknowledged is lost, nothing counts twice.

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Crowd, createCrowd } from "../../src/hub/load/crowd.ts";
import { createHubProcess, type HubProcess } from "../../src/hub/load/process.ts";
import { makeFolder, removeFolders, startHub } from "./support/hub.ts";
import { explainAbsence, startPostgres } from "./support/postgres.ts";

const isLong = process.env.KC_LONG === "1";
const kills = isLong ? 20 : 3;
const restarts = isLong ? 5 : 1;
const learners = isLong ? 200 : 60;
const absence = explainAbsence();
const options = { timeout: isLong ? 600_000 : 120_000 };

afterAll(removeFolders);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A crowd that sends while `trouble` happens, and must find every event on the board once, afterwards. */
async function expectWhole(urls: readonly string[], trouble: (crowd: Crowd) => Promise<void>): Promise<Crowd> {
  const crowd = createCrowd({ urls, rooms: 3, learners, instructors: 1, every: 400 });
  try {
    await crowd.gather();
    let ended = false;
    const troubled = trouble(crowd)
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      .finally(() => {
        ended = true;
      });
    while (!ended) await crowd.run(1_500);
    const failed = await troubled;
    if (failed !== undefined) throw failed.error;
    expect(await crowd.judge()).toEqual([]);
    const { sent, acknowledged, board } = crowd.figures();
    expect(acknowledged).toBe(sent);
    expect(sent).toBeGreaterThan(learners * 3);
    // The boards found back by themselves and showed it all.
    expect(board.count).toBeGreaterThan(learners * 3);
    return crowd;
  } finally {
    crowd.leave();
  }
}

/** Kills the hubs by turns, each in the middle of things. */
async function killByTurns(hubs: readonly HubProcess[]): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await pause(300 + Math.random() * 700);
    const hub = hubs[kill % hubs.length];
    await hub?.kill();
    await pause(Math.random() * 200);
    await hub?.start();
  }
}

test(`${kills} times kill -9 under load, on SQLite`, options, async () => {
  const hub = await createHubProcess({ data: makeFolder() });
  await hub.start();
  try {
    const crowd = await expectWhole([hub.url], () => killByTurns([hub]));
    expect(crowd.figures().failures).toBeGreaterThan(0);
  } finally {
    await hub.stop();
  }
});

test.skipIf(absence !== undefined)(
  `two processes on PostgreSQL: ${kills} times kill -9, ${restarts} times the database crashes`,
  options,
  async () => {
    const postgres = startPostgres();
    const databaseUrl = postgres.createDatabase();
    const data = makeFolder();
    const hubs = [await createHubProcess({ data, databaseUrl }), await createHubProcess({ data, databaseUrl })];
    try {
      for (const hub of hubs) await hub.start();
      const crowd = await expectWhole(
        hubs.map(({ url }) => url),
        async () => {
          await killByTurns(hubs);
          for (let restart = 0; restart < restarts; restart++) {
            await pause(500 + Math.random() * 500);
            await postgres.restart(300);
          }
        },
      );
      expect(crowd.figures().failures).toBeGreaterThan(0);
    } finally {
      for (const hub of hubs) await hub.stop();
      postgres.stop();
    }
  },
);

test(
  "a clock that jumps a month ahead and back: nothing is lost, ended or erased, and nobody stays gone",
  options,
  async () => {
    const hub = await startHub();
    const day = 86_400_000;
    try {
      await expectWhole([hub.base], async (crowd) => {
        for (const days of [30, -30, -3, 3, 30, -30]) {
          await pause(250);
          hub.turnClock(days * day);
          await hub.server.upkeep.tidyRooms();
          await hub.server.upkeep.tidyPresence();
        }
        await pause(500);
        await hub.server.upkeep.tidyPresence();
        expect(crowd.figures().failures).toBe(0);
      });
    } finally {
      await hub.stop();
    }
  },
);

/** Writes a file until nothing fits any more. */
function fill(file: string): void {
  for (const size of [16_384, 512]) {
    const piece = Buffer.alloc(size);
    try {
      for (;;) appendFileSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}

/** A file system of 32 MB of its own, where this user may make one. */
function mountSmall(): string | undefined {
  const folder = join(makeFolder(), "disk");
  mkdirSync(folder);
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=32m", "none", folder]).status === 0 ? folder : undefined;
}

const disk = mountSmall();

test.skipIf(disk === undefined)(
  "a full disk: the hub says so, and takes everything once there is room",
  options,
  async () => {
    if (disk === undefined) return;
    const hub = await createHubProcess({ data: join(disk, "data") });
    await hub.start();
    const ready = async () => (await fetch(`${hub.url}/readyz`)).status;
    try {
      const crowd = await expectWhole([hub.url], async () => {
        await pause(500);
        const filler = join(disk, "filler");
        fill(filler);
        await expect.poll(ready, { timeout: 20_000, interval: 200 }).toBe(503);
        await pause(1_000);
        expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
        rmSync(filler);
        await expect.poll(ready, { timeout: 15_000 }).toBe(200);
      });
      expect(crowd.figures().failures).toBeGreaterThan(0);
    } finally {
      await hub.stop();
      spawnSync("umount", [disk]);
    }
  },
);
