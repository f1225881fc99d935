// What the reading of unit files needs of a disk; implemented over system calls here, and by anyone who holds files.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

export interface ViewedFile {
  readonly type: "file" | "directory" | "other";
  readonly size: number;
  readonly mtime: number;
  readonly mode?: number;
}

export interface FileView {
  /** Text of a file; links are followed. */
  read(path: string): string | undefined;
  /** Names in a directory. */
  list(path: string): readonly string[] | undefined;
  /** What is behind a path, links followed. */
  stat(path: string): ViewedFile | undefined;
  /** Target of a symbolic link; undefined where the path is none. */
  link(path: string): string | undefined;
  /** The path with all links followed. */
  resolve(path: string): string | undefined;
  /** Folders of units that are looked through before the usual ones. */
  readonly folders?: readonly string[];
}

/** The files that a process sees. */
export function viewOf(sys: Sys): FileView {
  return {
    read(path) {
      const bytes = sys.readFile(path);
      return isErrno(bytes) ? undefined : decode(bytes);
    },
    list(path) {
      const entries = sys.readdir(path);
      return isErrno(entries) ? undefined : entries.map((entry) => entry.name);
    },
    stat(path) {
      const stat = sys.stat(path);
      if (isErrno(stat)) return undefined;
      const type = stat.type === "file" || stat.type === "directory" ? stat.type : "other";
      return { type, size: stat.size, mtime: stat.mtime, mode: stat.mode };
    },
    link(path) {
      const target = sys.readlink(path);
      return isErrno(target) ? undefined : target;
    },
    resolve(path) {
      const target = sys.realpath(path);
      return isErrno(target) ? undefined : target;
    },
  };
}

/** A view for one reading of many units: what a folder does not list is not looked for in it again. */
export function listingOnce(view: FileView): FileView {
  const folders = new Map<string, ReadonlySet<string>>();
  const has = (path: string): boolean => {
    const at = path.lastIndexOf("/");
    const folder = path.slice(0, at) || "/";
    let names = folders.get(folder);
    if (names === undefined) {
      names = new Set(view.list(folder));
      folders.set(folder, names);
    }
    return names.has(path.slice(at + 1));
  };
  return {
    ...view,
    list: (path) => (has(path) ? view.list(path) : undefined),
    stat: (path) => (has(path) ? view.stat(path) : undefined),
    link: (path) => (has(path) ? view.link(path) : undefined),
  };
}
