// Laying files down as root, folders made on the way: for images, scenes and hosts. What cannot be laid is our own fault.

import { isErrno } from "../errno.ts";
import type { FileType } from "../sys.ts";
import { encode } from "../text.ts";
import type { Fs } from "./fs.ts";
import { type Inode, ROOT } from "./inode.ts";
import { join } from "./path.ts";
import type { Place } from "./walk.ts";

/** Owner, mode and times of what is laid down; what is not told stays as it is, or as root makes it. */
export interface FolderToInstall {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly dev?: number;
}

export interface FileToInstall extends FolderToInstall {
  readonly data?: Uint8Array | string;
  readonly target?: string;
  readonly type?: FileType;
  readonly rdev?: readonly [number, number];
}

function placeOf(fs: Fs, path: string, follow: boolean): Place {
  const place = fs.place(path, "/", ROOT, follow);
  if (isErrno(place)) throw new Error(`cannot install ${path}: ${place.code}`);
  return place;
}

function make(fs: Fs, place: Place, type: FileType, mode: number, what: FileToInstall): Inode {
  const made = fs.create(place, type, mode, ROOT, what);
  if (isErrno(made)) throw new Error(`cannot install ${join(place.parentPath, place.name)}: ${made.code}`);
  return made;
}

function describe(inode: Inode, { mode, uid, gid, mtime }: FolderToInstall): Inode {
  if (mode !== undefined) inode.mode = mode;
  if (uid !== undefined) inode.uid = uid;
  if (gid !== undefined) inode.gid = gid;
  if (mtime !== undefined) inode.mtime = mtime;
  return inode;
}

/** Lays a file down with owner and mode; the path's folders are made (root, 0755) where missing. */
export function installFile(fs: Fs, path: string, what: FileToInstall): Inode {
  const slash = path.lastIndexOf("/");
  if (slash > 0) installFolder(fs, path.slice(0, slash), {});
  const place = placeOf(fs, path, false);
  const type = what.type ?? (what.target === undefined ? "file" : "symlink");
  const kept = place.inode?.type === type && what.target === undefined ? place.inode : undefined;
  if (place.inode && !kept) fs.unlink(place, ROOT);
  const inode = describe(fs.own(kept ?? make(fs, place, type, 0o644, what)), what);
  if (what.data !== undefined) {
    const bytes = typeof what.data === "string" ? encode(what.data) : what.data;
    fs.state.used += bytes.length - inode.size;
    inode.data = bytes;
    inode.shared = true;
    inode.size = bytes.length;
    inode.version += 1;
  }
  if (what.mtime !== undefined) {
    inode.atime = what.mtime;
    inode.ctime = what.mtime;
    inode.btime = what.mtime;
  }
  return inode;
}

/** A folder and those above it; mode and owner apply to the last, and only when told. */
export function installFolder(fs: Fs, path: string, what: FolderToInstall): Inode {
  let made = fs.get(2);
  let here = "";
  for (const part of path.split("/").filter(Boolean)) {
    here += `/${part}`;
    const place = placeOf(fs, here, true);
    made = place.inode ?? make(fs, place, "directory", 0o755, here === path ? what : {});
  }
  return describe(fs.own(made), what);
}
