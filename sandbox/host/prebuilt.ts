// A scene booted at build time, in two parts: what the first prompt needs, and the rest, which arrives right after it.

import type { FleetState } from "../fleet.ts";
import { cloneData } from "../kernel/clone.ts";
import { programOf } from "../kernel/fs/executable.ts";
import type { Inode } from "../kernel/fs/inode.ts";
import type { OpenFile, Process } from "../kernel/process.ts";
import type { Stream } from "../kernel/stream.ts";
import type { Data } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { pack, unpack } from "./pack.ts";

/** Files up to this size stay in the first part: those that a login reads are small. */
const SMALL = 2_048;
/** Folders in which no login looks at anything. */
const LATER =
  /^\/(etc\/(apt|cni|containerd|cron[.\w]*|default|init\.d|kubernetes|security|ssh|ssl|sudoers\.d|sysctl\.d|systemd|udev|ufw)|opt|run\/(containerd|credentials|systemd)|srv|usr\/(lib|local|share)|var)\//;

/** Folders of programs: a login needs the shell, and what the files it reads call by name. */
const PROGRAMS = /^\/usr\/s?bin\//;
const SHELLS = ["bash", "sh", "dash"];
/** The files that a login shell reads. */
const STARTUP =
  /^\/(etc\/(profile|bash\.bashrc|profile\.d\/.*|skel\/.*|environment)|(root|home\/[^/]+)\/\.(profile|bash\w+))$/;

/** The two packed parts of a booted scene. */
export interface Prebuilt {
  readonly first: string;
  readonly rest: string;
}

/** What the second part brings: whole inodes, contents of files, services with their memory, and what they talk over. */
interface Rest {
  readonly streams: ReadonlyMap<number, Stream>;
  readonly machines: readonly {
    readonly name: string;
    readonly inodes: ReadonlyMap<number, Inode>;
    readonly files: ReadonlyMap<number, Uint8Array>;
    readonly kept: Data;
    readonly services: ReadonlyMap<number, Process>;
    readonly open: FleetState["machines"][number]["files"];
  }[];
}

/**
 * Splits a state. In the first part some files are empty, folders that no login enters have no inodes, and of services there is
 * PID 1 alone, the parent of logins, which remembers nothing.
 */
export function splitState(state: FleetState): Prebuilt {
  const rest: Rest["machines"][number][] = [];
  const machines = state.machines.map((machine) => {
    const files = new Map<number, Uint8Array>();
    const paths = pathsOf(machine.fs.inodes);
    const inodes = new Map<number, Inode>();
    const laterInodes = new Map<number, Inode>();
    const called = namesInStartup(machine.fs.inodes, paths);
    for (const [ino, inode] of machine.fs.inodes) {
      const { data, ...shell } = inode;
      const content = data?.slice(0, inode.size);
      const path = paths.get(ino) ?? "";
      const unused = PROGRAMS.test(path) && !called.has(path.slice(path.lastIndexOf("/") + 1));
      if (inode.type !== "directory" && (unused || LATER.test(path))) {
        laterInodes.set(ino, content ? { ...shell, data: content } : shell);
        continue;
      }
      const later = content !== undefined && programOf(content) === undefined && content.length > SMALL;
      if (content && later) files.set(ino, content);
      inodes.set(ino, content && !later ? { ...shell, data: content } : shell);
    }
    const processes = new Map(machine.processes);
    const services = new Map<number, Process>();
    const init = processes.get(1);
    for (const [pid, process] of machine.processes) {
      if (!process.service || process === init) continue;
      services.set(pid, process);
      processes.delete(pid);
    }
    if (init) processes.set(1, { ...init, kept: undefined });
    // Open files of services wait with their memory; nobody else has any before the first login.
    const open = new Map(machine.files);
    const own = new Map<number, OpenFile>();
    for (const process of machine.processes.values()) {
      if (process.service) continue;
      for (const id of process.fds.values()) {
        const file = open.get(id);
        if (file) own.set(id, file);
      }
    }
    for (const id of own.keys()) open.delete(id);
    rest.push({ name: machine.name, inodes: laterInodes, files, kept: init?.kept, services, open });
    return { ...machine, processes, files: own, fs: { ...machine.fs, inodes } };
  });
  const used = new Set(machines.flatMap(({ files }) => [...files.values()].flatMap(streamsOf)));
  const streams = new Map<number, Stream>();
  const later = new Map<number, Stream>();
  for (const [id, stream] of state.world.streams) (used.has(id) ? streams : later).set(id, stream);
  return {
    first: pack({ ...state, world: { ...state.world, streams }, machines }),
    rest: pack({ streams: later, machines: rest }),
  };
}

const streamsOf = (file: OpenFile): number[] =>
  file.kind === "socket" ? [file.input, file.output] : "stream" in file ? [file.stream] : [];

/** Puts the later entries where they were: what came meanwhile has higher numbers. */
function putBack<T extends Data | object>(map: Map<number, T>, later: ReadonlyMap<number, T>): void {
  const all = [...map, ...[...later].map(([id, value]) => [id, cloneData(value)] as const)].sort(([a], [b]) => a - b);
  map.clear();
  for (const [id, value] of all) map.set(id, value);
}

/** The first part as a state; `joinRest` must complete it before anything but a login runs. */
export function readFirst(text: string): FleetState {
  return unpack(text) as FleetState;
}

/** Puts the second part into the fleet's live state. */
export function joinRest(state: FleetState, text: string): void {
  const { streams, machines } = unpack(text) as unknown as Rest;
  putBack(state.world.streams, streams);
  for (const { name, inodes, files, kept, services, open } of machines) {
    const machine = state.machines.find((each) => each.name === name);
    if (machine === undefined) continue;
    for (const [ino, inode] of inodes) machine.fs.inodes.set(ino, inode.data ? { ...inode, shared: true } : inode);
    for (const [ino, data] of files) {
      const inode = machine.fs.inodes.get(ino);
      if (inode) machine.fs.inodes.set(ino, { ...inode, data, shared: true });
    }
    for (const [id, file] of open) machine.files.set(id, cloneData(file));
    const init = machine.processes.get(1);
    if (init) init.kept = cloneData(kept);
    putBack(machine.processes, services);
  }
}

/** All words of the files that a login shell reads, with the shells themselves. */
function namesInStartup(inodes: ReadonlyMap<number, Inode>, paths: ReadonlyMap<number, string>): Set<string> {
  const names = new Set(SHELLS);
  for (const [ino, { data }] of inodes)
    if (data && STARTUP.test(paths.get(ino) ?? "")) for (const word of decode(data).split(/[^\w.+-]+/)) names.add(word);
  return names;
}

/** Path of each inode, by its first name. */
function pathsOf(inodes: ReadonlyMap<number, Inode>): Map<number, string> {
  const paths = new Map<number, string>([[2, ""]]);
  const walk = (ino: number): void => {
    for (const [name, child] of inodes.get(ino)?.entries ?? []) {
      if (paths.has(child)) continue;
      paths.set(child, `${paths.get(ino)}/${name}`);
      walk(child);
    }
  };
  walk(2);
  return paths;
}
