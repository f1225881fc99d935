// Load by hand: `node src/hub/load/main.ts --learners 500 --rooms 10 --seconds 300`. With `--double` the load doubles until the hub no longer keeps up.

import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCrowd } from "./crowd.ts";
import { createHubProcess, type HubProcess } from "./process.ts";

const { values } = parseArgs({
  options: {
    learners: { type: "string", default: "500" },
    rooms: { type: "string", default: "10" },
    instructors: { type: "string", default: "3" },
    /** Seconds between two events of a learner. */
    every: { type: "string", default: "3" },
    seconds: { type: "string", default: "60" },
    /** Hub processes; more than one needs DATABASE_URL. */
    hubs: { type: "string", default: "1" },
    double: { type: "boolean", default: false },
  },
});

interface Run {
  readonly learners: number;
  readonly keepsUp: boolean;
}

async function runOnce(learners: number, every: number): Promise<Run> {
  const data = mkdtempSync(join(tmpdir(), "kc-load-"));
  const databaseUrl = process.env.DATABASE_URL ?? "";
  const hubs: HubProcess[] = [];
  for (let index = 0; index < Number(values.hubs); index++)
    hubs.push(await createHubProcess({ data: join(data, String(index)), databaseUrl }));
  for (const hub of hubs) await hub.start();
  const crowd = createCrowd({
    urls: hubs.map(({ url }) => url),
    rooms: Number(values.rooms),
    learners,
    instructors: Number(values.instructors),
    every: every * 1000,
  });
  try {
    await crowd.gather();
    const before = hubs.map((hub) => hub.processorSeconds() ?? 0);
    const started = performance.now();
    await crowd.run(Number(values.seconds) * 1000);
    const seconds = (performance.now() - started) / 1000;
    const processors = hubs.map((hub, index) => ((hub.processorSeconds() ?? 0) - (before[index] ?? 0)) / seconds);
    const wrong = await crowd.judge();
    const figures = crowd.figures();
    console.log(
      JSON.stringify({
        learners,
        every,
        ...figures,
        eventsPerSecond: Math.round(figures.acknowledged / Number(values.seconds)),
        memoryMb: hubs.map((hub) => hub.peakMemory()),
        processors: processors.map((share) => Math.round(share * 100) / 100),
        loadAverage: loadavg().map((load) => Math.round(load * 10) / 10),
        wrong: wrong.slice(0, 5),
      }),
    );
    return { learners, keepsUp: wrong.length === 0 && figures.board.p99 < 250 };
  } finally {
    crowd.leave();
    for (const hub of hubs) await hub.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  let [learners, every] = [Number(values.learners), Number(values.every)];
  let run = await runOnce(learners, every);
  while (values.double && run.keepsUp) {
    // A room takes 600: beyond that everyone sends more often.
    if (learners * 2 <= Number(values.rooms) * 600 && learners < 2_000) learners *= 2;
    else every /= 2;
    run = await runOnce(learners, every);
  }
  console.log(run.keepsUp ? "kept up" : `no longer kept up at ${learners} learners with an event every ${every} s`);
}
