// What a laboratory reads of its machines without asking a program: folders, files, and who runs.

import { copyState, Fleet, type FleetState } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import { ROOT } from "../kernel/fs/inode.ts";
import { decode } from "../kernel/text.ts";
import type { DirItem } from "../protocol.ts";
import type { Timeline } from "./timeline.ts";

/** The entries of a folder by name. */
export function listDir(fleet: Fleet, machine: string, path: string): { items: DirItem[]; error?: string } {
  const { fs } = fleet.machine(machine);
  const found = fs.walk(path, "/", ROOT);
  if (isErrno(found)) return { items: [], error: found.text };
  if (found.inode.type !== "directory" || found.inode.virtual) return { items: [], error: "Not a directory" };
  const items: DirItem[] = [];
  for (const [name, ino] of found.inode.entries ?? []) {
    const { type } = fs.get(ino);
    items.push({ name, type: type === "file" || type === "directory" || type === "symlink" ? type : "other" });
  }
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

interface TextRead {
  readonly content: string;
  readonly error?: string;
}

/** A file as text. */
export function readText(fleet: Fleet, machine: string, path: string): TextRead {
  const bytes = fleet.readFile(machine, path);
  return isErrno(bytes) ? { content: "", error: bytes.text } : { content: decode(bytes) };
}

/** A number that another content or another file at that path does not have; 0 where there is none. */
export function versionOf(fleet: Fleet, machine: string, path: string): number {
  const found = fleet.machine(machine).fs.walk(path, "/", ROOT);
  return isErrno(found) ? 0 : found.inode.ino * 1_000_000 + found.inode.version;
}

/** The kubelet's process in a state: two states with an equal one have the same captain. */
function findCaptain(state: FleetState, machine: string): { pid: number; startTime: number } | undefined {
  const processes = state.machines.find(({ name }) => name === machine)?.processes.values() ?? [];
  for (const { pid, program, startTime } of processes) if (program.startsWith("kubelet")) return { pid, startTime };
  return undefined;
}

/** The file at the oldest point of this line at which the captain that runs now was running already. */
export function readRunning(timeline: Timeline, fleet: Fleet, machine: string, path: string): TextRead {
  const captain = findCaptain(fleet.snapshot(), machine);
  if (captain === undefined) return { content: "", error: `No kubelet runs on ${machine}.` };
  const states = timeline.path().flatMap((entry) => timeline.stateOf(entry) ?? []);
  const since = states.find((state) => {
    const then = findCaptain(state, machine);
    return then?.pid === captain.pid && then.startTime === captain.startTime;
  });
  const then = since === undefined ? fleet : new Fleet(copyState(since), fleet.world.programs);
  return readText(then, machine, path);
}
