// Does to a fleet what a setup says: the part of a start that somebody did by hand after the machines came up.

import type { Fleet } from "../fleet.ts";
import { type CommandResult, runCommand } from "../grader/probes/command.ts";
import { isErrno } from "../kernel/errno.ts";
import { ROOT } from "../kernel/fs/inode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { findUserId } from "../login.ts";
import type { Programs } from "../programs.ts";
import type { SceneFile, Setup, SetupStep } from "../scene.ts";
import { runLoaded } from "./loading.ts";

/** How long a command line of a setup may take (ms of the machine). */
const PATIENCE = 120_000;

/**
 * Carries out a setup step by step, in virtual time.
 * @throws Error where a command line fails: a start other than its author meant is a mistake of the author.
 */
export async function performSetup(fleet: Fleet, setup: Setup, programs: Programs): Promise<void> {
  for (const step of setup) await performStep(fleet, step, programs);
  for (const kernel of fleet.machines) kernel.state.begun = fleet.now;
}

async function performStep(fleet: Fleet, step: SetupStep, programs: Programs): Promise<void> {
  if ("wait" in step) {
    fleet.world.advance(step.wait * 1000);
    await runLoaded(fleet, programs);
  } else if ("run" in step) await runLine(fleet, step.on, step.run, programs);
  else layFile(fleet.machine(step.on), fleet.now, step.path, step);
}

async function runLine(fleet: Fleet, machine: string, line: string, programs: Programs): Promise<void> {
  let result: CommandResult | undefined;
  const task = fleet.beginTask(machine, function* (sys) {
    result = yield* runCommand(sys, ["/bin/bash", "-c", line]);
    return 0;
  });
  const end = fleet.now + PATIENCE;
  do await runLoaded(fleet, programs);
  while (task?.status() === undefined && fleet.goToNext(end));
  if (result?.exit !== 0)
    throw new Error(
      `setup: on ${machine} “${line}” ${result ? `fails (${result.exit}): ${result.stderr}` : "never ends"}`,
    );
}

function layFile(kernel: Kernel, now: number, path: string, { content, mode, owner, group }: SceneFile): void {
  const there = kernel.fs.walk(path, "/", ROOT);
  kernel.fs.install(path, {
    data: content,
    mtime: now,
    ...(mode === undefined ? (isErrno(there) ? { mode: 0o644 } : {}) : { mode }),
    ...(owner === undefined ? {} : { uid: findUserId(kernel.fs, "/etc/passwd", owner) }),
    ...(group === undefined ? {} : { gid: findUserId(kernel.fs, "/etc/group", group) }),
  });
}
