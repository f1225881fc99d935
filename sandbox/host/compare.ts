// What differs between two points of a time line: files, effective configuration, and what callers get. Loaded when first asked.

import type { Fleet, FleetState } from "../fleet.ts";
import { captainOf, kubeletProcess, viewCaptain } from "../grader/captain.ts";
import type { Grading } from "../grader/check.ts";
import { type CaptainView, describeOrigin, type SettingView } from "../grader/evidence.ts";
import type { Fs } from "../kernel/fs/fs.ts";
import type { Inode } from "../kernel/fs/inode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { decode } from "../kernel/text.ts";
import type { Programs } from "../programs.ts";
import type { Behaviour, CaptainFacts, Comparison, FileChange, FileFacts, SettingChange } from "../protocol.ts";
import type { Judge } from "./judging.ts";
import { wakeUp } from "./loading.ts";

export interface Comparing {
  readonly judge: Judge;
  readonly grading: Grading;
  readonly programs: Programs;
  /** Asks again once the programs are there that an answer lacked. */
  ask<T>(question: () => T): Promise<T>;
}

/** A service that was just started opens its ports a moment later: callers ask after so long (ms). */
const COMING_UP = 3_000;
/** Texts longer than this are told as changed, no more (bytes). */
const LARGEST = 64 * 1024;

/** What a machine writes by itself as it lives; people look at it, and seldom edit it. */
const KEPT_BY_MACHINE =
  /^\/(run|proc|sys|dev)\/|^\/var\/(log|cache|lib\/(containerd|etcd|systemd|apt|dpkg|kubelet\/(pods|plugins|plugins_registry|device-plugins|pod-resources|checkpoints|\w+_manager_state)))(\/|$)|\/\.(bash_history|viminfo|lesshst)$/;

/** Undefined where one of the points is no longer known. */
export async function compareStates(
  one: FleetState | undefined,
  other: FleetState | undefined,
  comparing: Comparing,
): Promise<Comparison | undefined> {
  if (one === undefined || other === undefined) return undefined;
  // Nobody sits at them.
  const before = await wakeUp(one, comparing.programs, { terminals: false });
  const after = await wakeUp(other, comparing.programs, { terminals: false });
  const changes = compareFiles(before, after);
  return {
    files: changes.filter(({ path }) => !KEPT_BY_MACHINE.test(path)),
    own: changes.filter(({ path, after: now }) => KEPT_BY_MACHINE.test(path) && now?.type !== "directory").length,
    ...compareCaptains(before, after),
    before: await lookAt(before, comparing),
    after: await lookAt(after, comparing),
  };
}

// --- files ---

function compareFiles(before: Fleet, after: Fleet): FileChange[] {
  return after.machines.flatMap((kernel) => {
    const machine = kernel.state.name;
    const old = before.machine(machine);
    const [was, is] = [listFiles(old.fs), listFiles(kernel.fs)];
    const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
    return paths.flatMap((path): FileChange[] => {
      const [from, to] = [was.get(path), is.get(path)];
      if (from !== undefined && to !== undefined && isSameFile(from, to)) return [];
      return [
        {
          machine,
          path,
          ...(from === undefined ? {} : { before: factsOf(old, from) }),
          ...(to === undefined ? {} : { after: factsOf(kernel, to) }),
        },
      ];
    });
  });
}

/** Everything on a disk by its path; a folder that is mounted at a second place is listed once. */
function listFiles(fs: Fs): Map<string, Inode> {
  const found = new Map<string, Inode>();
  const listed = new Set<number>();
  const list = (folder: Inode, path: string): void => {
    if (folder.virtual !== undefined || listed.has(folder.ino)) return;
    listed.add(folder.ino);
    for (const [name, ino] of folder.entries ?? []) {
      const inode = fs.get(ino);
      found.set(`${path}/${name}`, inode);
      if (inode.type === "directory") list(inode, `${path}/${name}`);
    }
  };
  list(fs.get(2), "");
  return found;
}

function isSameFile(one: Inode, other: Inode): boolean {
  if (one === other) return true;
  if (one.type !== other.type || one.mode !== other.mode || one.uid !== other.uid || one.gid !== other.gid)
    return false;
  if (one.type === "symlink") return one.target === other.target;
  return one.type !== "file" || isSameData(one, other);
}

function isSameData(one: Inode, other: Inode): boolean {
  if (one.size !== other.size) return false;
  if (one.data === other.data) return true;
  for (let at = 0; at < one.size; at++) if (one.data?.[at] !== other.data?.[at]) return false;
  return true;
}

function factsOf(kernel: Kernel, inode: Inode): FileFacts {
  const { type, mode, uid, gid, size } = inode;
  const owner = `${nameOf(kernel, "/etc/passwd", uid)}:${nameOf(kernel, "/etc/group", gid)}`;
  const text = inode.type === "symlink" ? inode.target : textOf(inode);
  return { type, mode: mode.toString(8), owner, size, ...(text === undefined ? {} : { text }) };
}

function textOf({ type, data, size }: Inode): string | undefined {
  if (type !== "file" || size > LARGEST) return undefined;
  const text = decode((data ?? new Uint8Array()).subarray(0, size));
  return text.includes("\0") || !text.isWellFormed() ? undefined : text;
}

/** Name of an id in /etc/passwd or /etc/group; the number where there is none. */
function nameOf(kernel: Kernel, file: string, id: number): string {
  const text = kernel.sys(1).readFile(file);
  const rows = text instanceof Uint8Array ? decode(text).split("\n") : [];
  return rows.find((row) => row.split(":")[2] === String(id))?.split(":")[0] ?? String(id);
}

// --- configuration ---

function compareCaptains(before: Fleet, after: Fleet): Pick<Comparison, "settings" | "captains"> {
  const first = captainOf(after);
  const names = after.machines.map(({ state }) => state.name).filter((name) => hasKubelet(before, after, name));
  const sorted = names.sort((a, b) => Number(b === first) - Number(a === first));
  const views = sorted.map((machine) => ({
    machine,
    was: viewCaptain(before, machine),
    is: viewCaptain(after, machine),
    before: captainFacts(before, machine),
    after: captainFacts(after, machine),
  }));
  return {
    settings: views.flatMap(({ machine, was, is }) => [
      ...compareViews(machine, "saved", was.saved, is.saved),
      ...compareViews(machine, "running", was.running, is.running),
    ]),
    captains: views
      .map(({ machine, was, is, before: old, after: now }) => ({
        machine,
        before: { ...old, ...(was.saved?.failure === undefined ? {} : { failure: was.saved.failure }) },
        after: { ...now, ...(is.saved?.failure === undefined ? {} : { failure: is.saved.failure }) },
      }))
      .filter(({ before: old, after: now }) => old.since !== now.since || old.failure !== now.failure),
  };
}

const hasKubelet = (before: Fleet, after: Fleet, machine: string): boolean =>
  [before, after].some((fleet) => viewCaptain(fleet, machine).unit !== undefined);

function captainFacts(fleet: Fleet, machine: string): CaptainFacts {
  const process = kubeletProcess(fleet.machine(machine));
  return process === undefined ? {} : { since: process.startTime };
}

function compareViews(
  machine: string,
  layer: SettingChange["layer"],
  was: CaptainView | undefined,
  is: CaptainView | undefined,
): SettingChange[] {
  // A kubelet that does not run, or could not start, has no settings to compare: that is told as such.
  if (was?.mode === undefined || is?.mode === undefined) return [];
  const fields = [...new Set([...was.fields, ...is.fields])];
  return fields.flatMap((field) => {
    const [from, to] = [was.setting(field), is.setting(field)];
    return isSameSetting(from, to) ? [] : [{ machine, field, layer, before: inWords(from), after: inWords(to) }];
  });
}

/** A line that only moved within its file is no change, nor is a default that is the same in both sets of defaults. */
function isSameSetting(one: SettingView | undefined, other: SettingView | undefined): boolean {
  if (JSON.stringify(one?.value) !== JSON.stringify(other?.value)) return false;
  const [a, b] = [one?.origin, other?.origin];
  return a?.kind === b?.kind && a?.file === b?.file && a?.word === b?.word;
}

function inWords(view: SettingView | undefined): { value: string; from: string } {
  const { value, origin } = view ?? {};
  const shown = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  const missing = value === undefined || value === null || value === "";
  return { value: missing ? "not set" : shown, from: origin === undefined ? "" : describeOrigin(origin) };
}

// --- behaviour ---

/** What callers get a moment later, on a copy. */
async function lookAt(point: Fleet, { judge, grading, programs, ask }: Comparing): Promise<Behaviour> {
  const fleet = point.fork();
  fleet.world.advance(COMING_UP);
  while (fleet.run() === "loading") await programs.loadAll([...fleet.world.wanted]);
  const report = await ask(() => judge.grade(fleet.fork(), grading, []));
  return { report, facts: judge.observe(fleet.fork(), grading.captain) };
}
