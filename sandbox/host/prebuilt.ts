// A scene booted at build time, in two parts: what the first prompt needs, and the rest, which arrives right after it.

import type { FleetState } from "../fleet.ts";
import { cloneData } from "../kernel/clone.ts";
import { programOf } from "../kernel/fs/executable.ts";
import type { Inode } from "../kernel/fs/inode.ts";
import type { OpenFile } from "../kernel/process.ts";
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

/** What the second part brings: whole inodes, contents of files, and the memory of services. */
interface Rest {
  readonly machines: readonly {
    readonly name: string;
    readonly inodes: ReadonlyMap<number, Inode>;
    readonly files: ReadonlyMap<number, Uint8Array>;
    readonly kept: ReadonlyMap<number, Data>;
    readonly open: FleetState["machines"][number]["files"];
  }[];
}

/** Splits a state. In the first part some files are empty, folders that no login enters have no inodes, services remember nothing. */
export function splitState(state: FleetState): Prebuilt {
  const rest: Rest["machines"][number][] = [];
  const machines = state.machines.map((machine) => {
    const files = new Map<number, Uint8Array>();
    const kept = new Map<number, Data>();
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
    for (const [pid, process] of processes) {
      if (!process.service || process.kept === undefined) continue;
      kept.set(pid, process.kept);
      processes.set(pid, { ...process, kept: undefined });
    }
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
    rest.push({ name: machine.name, inodes: laterInodes, files, kept, open });
    return { ...machine, processes, files: own, fs: { ...machine.fs, inodes } };
  });
  return { first: pack({ ...state, machines }), rest: pack({ machines: rest }) };
}

/** The first part as a state; `joinRest` must complete it before anything but a login runs. */
export function readFirst(text: string): FleetState {
  return unpack(text) as FleetState;
}

/** Puts the second part into the fleet's live state. */
export function joinRest(state: FleetState, text: string): void {
  const { machines } = unpack(text) as Rest;
  for (const { name, inodes, files, kept, open } of machines) {
    const machine = state.machines.find((each) => each.name === name);
    if (machine === undefined) continue;
    for (const [ino, inode] of inodes) machine.fs.inodes.set(ino, inode.data ? { ...inode, shared: true } : inode);
    for (const [ino, data] of files) {
      const inode = machine.fs.inodes.get(ino);
      if (inode) machine.fs.inodes.set(ino, { ...inode, data, shared: true });
    }
    for (const [id, file] of open) machine.files.set(id, cloneData(file));
    for (const [pid, data] of kept) {
      const process = machine.processes.get(pid);
      if (process) process.kept = cloneData(data);
    }
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
