// Text files of the folders where a kubelet is configured that were written since the machine was switched on.

import type { Fleet } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { kubeletProcess } from "./captain.ts";
import type { ChangedFile } from "./evidence.ts";

const FOLDERS = ["/etc/kubernetes", "/etc/systemd/system", "/etc/default", "/var/lib/kubelet"];
const LARGEST = 64 * 1024;

interface Found {
  readonly path: string;
  readonly mtime: number;
}

function findFiles(sys: Sys, folder: string, since: number): Found[] {
  const entries = sys.readdir(folder);
  if (isErrno(entries)) return [];
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.type === "directory") return entry.name === "pods" ? [] : findFiles(sys, path, since);
    const stat = entry.type === "file" ? sys.lstat(path) : undefined;
    return stat !== undefined && !isErrno(stat) && stat.mtime > since && stat.size <= LARGEST
      ? [{ path, mtime: stat.mtime }]
      : [];
  });
}

export function readChanges(fork: Fleet): ChangedFile[] {
  return fork.machines.flatMap((kernel) => {
    const sys = kernel.sys(1);
    const { name: machine, begun = 0 } = kernel.state;
    return FOLDERS.flatMap((folder) => findFiles(sys, folder, sys.bootTime())).flatMap(({ path, mtime }) => {
      const bytes = sys.readFile(path);
      return isErrno(bytes) ? [] : [{ machine, path, text: decode(bytes), own: mtime > begun }];
    });
  });
}

/** Everything a kubelet reads when it starts lies below these; its pods' folders are its own to write. */
const READ_AT_START = [
  "/etc",
  "/usr/bin",
  "/usr/local",
  "/opt",
  "/lib/systemd",
  "/usr/lib/systemd",
  "/var/lib/kubelet",
];
/** What a kubelet writes below /var/lib/kubelet as it comes up, and for how long after its start (ms). */
const OWN =
  /^\/var\/lib\/kubelet($|\/(pki|plugins|plugins_registry|pods|device-plugins|pod-resources|checkpoints|\w+_manager_state)($|\/))/;
const COMING_UP = 2_000;

/**
 * Whether the next start of a machine's kubelet may come out otherwise than the one that runs: no kubelet runs, or something it reads
 * at its start was touched since: content, mode, owner or name (the change time of a file or its folder).
 */
export function startMayDiffer(fork: Fleet, machine: string | undefined): boolean {
  if (machine === undefined) return true;
  const kernel = fork.machine(machine);
  const running = kubeletProcess(kernel);
  if (running === undefined) return true;
  const { startTime } = running;
  const sys = kernel.sys(1);
  const touched = (path: string): boolean => {
    const stat = sys.lstat(path);
    if (isErrno(stat)) return false;
    if (stat.ctime > (OWN.test(path) ? startTime + COMING_UP : startTime)) return true;
    if (stat.type !== "directory" || path === "/var/lib/kubelet/pods") return false;
    const entries = sys.readdir(path);
    return !isErrno(entries) && entries.some(({ name }) => touched(`${path}/${name}`));
  };
  return READ_AT_START.some(touched);
}
