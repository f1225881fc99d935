// Small errands on the node's disk.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { Pod } from "./state.ts";

/** Text of a file; undefined where it cannot be read. */
export function readText(sys: Sys, path: string): string | undefined {
  const data = sys.readFile(path);
  return isErrno(data) ? undefined : decode(data);
}

export function makeFolders(sys: Sys, path: string, mode = 0o755): void {
  if (!isErrno(sys.stat(path))) return;
  const parts = path.split("/").filter((p) => p !== "");
  for (let i = 1; i <= parts.length; i++) sys.mkdir(`/${parts.slice(0, i).join("/")}`, mode);
}

/** Folder of a pod's logs. */
export const logFolder = (pod: Pod): string => `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}`;
