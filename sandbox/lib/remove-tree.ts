// Folders taken away with all they hold, as far as the caller may.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";

/** `spared` is asked of every path first: what it is true of stays, with all below it. */
export function removeTree(sys: Sys, path: string, spared?: (path: string) => boolean): void {
  if (spared?.(path)) return;
  const stat = sys.lstat(path);
  if (isErrno(stat)) return;
  if (stat.type !== "directory") {
    sys.unlink(path);
    return;
  }
  const entries = sys.readdir(path);
  if (!isErrno(entries)) for (const { name } of entries) removeTree(sys, `${path}/${name}`, spared);
  sys.rmdir(path);
}
