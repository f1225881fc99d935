// Text files of the folders where a kubelet is configured that were written since the machine was switched on.

import type { Fleet } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { ChangedFile } from "./evidence.ts";

const FOLDERS = ["/etc/kubernetes", "/etc/systemd/system", "/etc/default", "/var/lib/kubelet"];
const LARGEST = 64 * 1024;

function findFiles(sys: Sys, folder: string, since: number): string[] {
  const entries = sys.readdir(folder);
  if (isErrno(entries)) return [];
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.type === "directory") return entry.name === "pods" ? [] : findFiles(sys, path, since);
    const stat = entry.type === "file" ? sys.lstat(path) : undefined;
    return stat !== undefined && !isErrno(stat) && stat.mtime > since && stat.size <= LARGEST ? [path] : [];
  });
}

export function readChanges(fork: Fleet): ChangedFile[] {
  return fork.machines.flatMap((kernel) => {
    const sys = kernel.sys(1);
    const machine = kernel.state.name;
    return FOLDERS.flatMap((folder) => findFiles(sys, folder, sys.bootTime())).flatMap((path) => {
      const bytes = sys.readFile(path);
      return isErrno(bytes) ? [] : [{ machine, path, text: decode(bytes) }];
    });
  });
}
