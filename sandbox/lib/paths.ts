// Work on path texts: joining, cleaning, and the canonical forms of realpath and readlink -f.

import { type Errno, errno, isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";

/** An absolute path without `.`, `..` and double slashes, by text alone. */
export function cleanPath(path: string, base = "/"): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Which parts of a path must exist: all (`-e`), all but the last (`-f`), or none (`-m`). */
export type MustExist = "all" | "parents" | "none";

/** The canonical path, symbolic links followed. */
export function canonicalPath(sys: Sys, path: string, must: MustExist): string | Errno {
  if (path === "") return errno("ENOENT");
  let done = path.startsWith("/") ? "" : sys.getcwd().replace(/\/$/, "");
  let rest = path.split("/").filter((part) => part !== "" && part !== ".");
  let links = 0;
  const folderWanted = /\/\.?$/.test(path);
  while (rest.length > 0) {
    const [part = "", ...others] = rest;
    rest = others;
    if (part === "..") {
      done = done.slice(0, Math.max(0, done.lastIndexOf("/")));
      continue;
    }
    const next = `${done}/${part}`;
    const stat = sys.lstat(next);
    if (isErrno(stat)) {
      const last = rest.length === 0;
      if (must === "none" || (must === "parents" && last && stat.code === "ENOENT")) {
        done = next;
        continue;
      }
      return stat;
    }
    if (stat.type === "symlink") {
      links += 1;
      if (links > 40) {
        if (must !== "none") return errno("ELOOP");
        done = next;
        continue;
      }
      const target = sys.readlink(next);
      if (isErrno(target)) return target;
      if (target.startsWith("/")) done = "";
      rest = [...target.split("/").filter((one) => one !== "" && one !== "."), ...rest];
      continue;
    }
    if (stat.type !== "directory" && (rest.length > 0 || folderWanted) && must !== "none") return errno("ENOTDIR");
    done = next;
  }
  return done === "" ? "/" : done;
}

/** A path as seen from a folder, both absolute. */
export function pathFrom(folder: string, path: string): string {
  const a = folder.split("/").filter((part) => part !== "");
  const b = path.split("/").filter((part) => part !== "");
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/") || ".";
}

/** The text of a relative symbolic link at `link` that leads to `target`. */
export function relativePath(sys: Sys, target: string, link: string): string {
  const folder = canonicalPath(sys, link.includes("/") ? link.slice(0, link.lastIndexOf("/") + 1) : ".", "none");
  const full = canonicalPath(sys, target, "none");
  return isErrno(folder) || isErrno(full) ? target : pathFrom(folder, full);
}
