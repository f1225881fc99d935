// What containerd remembers: pods' sandboxes, containers, images; kept in memory and in its metadata file, so that a restart loses nothing.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { RuntimeContainer, RuntimeImage, RuntimeSandbox } from "../lib/cri.ts";
import { removeTree } from "../lib/remove-tree.ts";

export interface State {
  listener: number;
  nextIp: number;
  sandboxes: Map<string, RuntimeSandbox>;
  containers: Map<string, RuntimeContainer>;
  images: Map<string, RuntimeImage>;
  /** Starters of shims that have done their work. */
  ended: Set<number>;
  /** Streaming connections: what arrives on one descriptor goes out on the other. */
  relays: Map<number, number>;
}

export const stateOf = (sys: Sys): State => sys.kept as unknown as State;

/** Where each container's bundle with its root folder is. */
export const TASKS = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";
const METADATA = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";

/** Root folder of a container. */
export const rootOf = (id: string): string => `${TASKS}/${id}/rootfs`;

export const newId = (sys: Sys): string =>
  Array.from(sys.random(32), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function makeFolders(sys: Sys, path: string, mode = 0o711): void {
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) sys.mkdir(path.slice(0, at), mode);
  sys.mkdir(path, mode);
}

type Memory = Pick<State, "nextIp" | "sandboxes" | "containers" | "images">;

interface Kept {
  readonly boot: string;
  readonly nextIp: number;
  readonly sandboxes: RuntimeSandbox[];
  readonly containers: RuntimeContainer[];
  readonly images: RuntimeImage[];
}

/** Writes the memory down. */
export function remember(sys: Sys, { nextIp, sandboxes, containers, images }: State): void {
  const kept: Kept = {
    boot: sys.machine.bootId,
    nextIp,
    sandboxes: [...sandboxes.values()],
    containers: [...containers.values()],
    images: [...images.values()],
  };
  sys.writeFile(METADATA, JSON.stringify(kept), { mode: 0o644 });
}

/** Takes the memory up: images always; pods that still have their processes; after a boot there are none. */
export function recall(sys: Sys): Memory {
  makeFolders(sys, METADATA.slice(0, METADATA.lastIndexOf("/")));
  const data = sys.readFile(METADATA);
  let kept: Kept | undefined;
  try {
    if (!isErrno(data)) kept = JSON.parse(decode(data)) as Kept;
  } catch {
    kept = undefined;
  }
  const images = new Map((kept?.images ?? []).map((image) => [image.id, image]));
  if (kept?.boot !== sys.machine.bootId) return { nextIp: 2, sandboxes: new Map(), containers: new Map(), images };
  const alive = new Set(sys.processes().map((process) => process.pid));
  const ended = { running: false, exitCode: 255, finishedAt: sys.now() };
  return {
    nextIp: kept.nextIp,
    sandboxes: new Map(kept.sandboxes.map((s) => [s.id, alive.has(s.pid) ? s : { ...s, running: false }])),
    containers: new Map(kept.containers.map((c) => [c.id, !c.running || alive.has(c.pid) ? c : { ...c, ...ended }])),
    images,
  };
}

/** A container whose process has ended. */
export const ended = (container: RuntimeContainer, exitCode: number, at: number): RuntimeContainer => ({
  ...container,
  running: false,
  exitCode,
  finishedAt: at,
});

/** Removes a folder with all it holds; what is mounted in it stays untouched. */
export function removeFolder(sys: Sys, path: string): void {
  removeTree(sys, path, (each) => sys.unbind(each) === undefined);
}
