// Probes that run a program and read what it says.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import type { CommandProbe, JournalProbe, Observation, UnitProbe } from "../check.ts";

export interface CommandResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child that reads one pipe to its end, so that neither output can block the other. */
function* drain(sys: Sys, fd: number): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) return concat(parts);
    parts.push(part);
  }
}

/** Runs a program to its end; undefined where it cannot be run at all. */
export function* runCommand(sys: Sys, argv: readonly string[]): Task<CommandResult | undefined> {
  const out = sys.pipe();
  const err = sys.pipe();
  const path = argv[0] ?? "";
  const pid = sys.spawn({ path, argv, fds: { 0: 0, 1: out.write, 2: err.write } });
  sys.close(out.write);
  sys.close(err.write);
  if (isErrno(pid)) return undefined;
  // Programs asked here say little on stderr; a pipe holds far more than that, so stdout can be read first.
  const stdout = decode(yield* drain(sys, out.read));
  const stderr = decode(yield* drain(sys, err.read));
  sys.close(out.read);
  sys.close(err.read);
  const ended = yield* sys.waitpid(pid);
  if (ended === undefined || isErrno(ended)) return undefined;
  const { status } = ended;
  return { exit: status.kind === "exited" ? status.code : 128, stdout, stderr };
}

/** A command line, run by bash. */
export function* probeCommand(sys: Sys, probe: CommandProbe): Task<Observation | undefined> {
  const result = yield* runCommand(sys, ["/bin/bash", "-c", probe.run]);
  return result === undefined ? undefined : { ...result };
}

/** What `systemctl show` says of a unit. */
export function* probeUnit(sys: Sys, { unit }: Pick<UnitProbe, "unit">): Task<Observation | undefined> {
  const properties = "ActiveState,SubState,NRestarts,NeedDaemonReload,Result";
  const result = yield* runCommand(sys, ["/usr/bin/systemctl", "show", unit, "-p", properties]);
  if (result === undefined || result.exit !== 0) return undefined;
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(result.stdout)?.[1] ?? ""; // fixed pattern
  return {
    active: value("ActiveState"),
    sub: value("SubState"),
    restarts: Number(value("NRestarts")),
    needReload: value("NeedDaemonReload") === "yes",
    result: value("Result"),
  };
}

/** The latest messages of a unit, oldest first. */
export function* probeJournal(sys: Sys, { unit }: Pick<JournalProbe, "unit">): Task<Observation | undefined> {
  const result = yield* runCommand(sys, ["/usr/bin/journalctl", "-u", unit, "-n", "60", "-o", "cat", "--no-pager"]);
  return result === undefined || result.exit !== 0 ? undefined : { text: result.stdout };
}
