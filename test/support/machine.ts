// A bare machine for tests: Debian's disk, PID 1 that does nothing, and the programs a test brings along.

import { Fleet } from "#sandbox/fleet.ts";
import { isErrno } from "#sandbox/kernel/errno.ts";
import type { Fs } from "#sandbox/kernel/fs/fs.ts";
import { createProcFs } from "#sandbox/kernel/procfs.ts";
import type { Program, Sys, Task } from "#sandbox/kernel/sys.ts";
import { decode } from "#sandbox/kernel/text.ts";
import type { ProgramTable } from "#sandbox/kernel/world.ts";
import { createMachine } from "#sandbox/machine.ts";

export const BOOT = Date.UTC(2026, 10, 21, 14, 0, 0);

/** A table of given programs, all loaded. */
export function tableOf(...programs: readonly Program[]): ProgramTable {
  const byName = new Map(programs.map((program) => [program.name, program]));
  return { known: (name) => byName.has(name), get: (name) => byName.get(name), virtual: createProcFs };
}

const init: Program = {
  name: "init",
  service: {
    *start() {
      return undefined;
    },
    *child() {},
  },
};

/** One machine named node01 with the given programs in /usr/bin. */
export function bareFleet(programs: readonly Program[], install?: (fs: Fs) => void): Fleet {
  const table = tableOf(init, ...programs);
  const machine = createMachine({
    name: "node01",
    address: "172.30.2.2",
    seed: "test",
    boot: BOOT,
    hosts: [["172.30.2.2", "node01"]],
    programs: ["init", ...programs.map((program) => program.name)],
    ...(install ? { install } : {}),
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    table,
  );
  const kernel = fleet.machine("node01");
  kernel.spawn(undefined, { path: "/usr/lib/init/init", argv: ["init"] });
  fleet.run();
  return fleet;
}

/** Runs a task as root and answers what it returned. */
export function runAs<T>(fleet: Fleet, task: (sys: Sys) => Task<T>, user = "root"): T {
  let result: { value: T } | undefined;
  fleet.runTask(
    "node01",
    function* (sys) {
      result = { value: yield* task(sys) };
      return 0;
    },
    { user },
  );
  if (result === undefined) throw new Error("the task did not end");
  return result.value;
}

/** Reads a descriptor to its end. */
export function* readAll(sys: Sys, fd: number): Task<string> {
  let text = "";
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part)) throw new Error(part.code);
    if (part.length === 0) return text;
    text += decode(part);
  }
}
