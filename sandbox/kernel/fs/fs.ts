// The disk of one machine: inodes, names, modes. Knows nothing of processes or descriptors; whoever asks brings credentials.
// One class for all that changes it, for inodes, their names and their bytes follow one rule of what a fork still shares.

import { type Errno, errno, isErrno } from "../errno.ts";
import type { FileType } from "../sys.ts";
import { encode } from "../text.ts";
import { type Credentials, type Inode, permits } from "./inode.ts";
import { type FileToInstall, type FolderToInstall, installFile, installFolder } from "./install.ts";
import { join } from "./path.ts";
import type { VirtualFs } from "./virtual.ts";
import { findPlace, NAME_MAX, type Place } from "./walk.ts";

/** The disk as plain data. */
export interface FsState {
  inodes: Map<number, Inode>;
  nextIno: number;
  epoch: number;
  /** Bytes in regular files, held against `capacity`. */
  used: number;
  capacity: number;
}

const EMPTY = new Uint8Array(0);

/** Where a path led. */
export interface Found {
  readonly inode: Inode;
  /** Canonical absolute path, symlinks resolved. */
  readonly path: string;
}

export function emptyFs(now: number, capacity: number): FsState {
  const root: Inode = {
    ino: 2,
    type: "directory",
    dev: 1,
    mode: 0o755,
    uid: 0,
    gid: 0,
    nlink: 2,
    size: 4096,
    atime: now,
    mtime: now,
    ctime: now,
    btime: now,
    version: 1,
    epoch: 1,
    entries: new Map(),
  };
  return { inodes: new Map([[2, root]]), nextIno: 3, epoch: 1, used: 0, capacity };
}

export class Fs {
  readonly state: FsState;
  readonly now: () => number;
  /** Set by the kernel: the folders served by code, and whether an inode is held open. */
  proc: () => VirtualFs | undefined = () => undefined;
  isOpen: (ino: number) => boolean = () => false;

  constructor(state: FsState, now: () => number) {
    this.state = state;
    this.now = now;
  }

  /** A second disk with the same content; both copy what they change from now on. */
  forkState(): FsState {
    const { state } = this;
    state.epoch += 1;
    return { ...state, inodes: new Map(state.inodes) };
  }

  get(ino: number): Inode {
    const inode = this.state.inodes.get(ino);
    if (inode === undefined) throw new Error(`inode ${ino} is gone`);
    return inode;
  }

  /** The inode, safe to change: copied first if a fork may share it. */
  own(inode: Inode): Inode {
    const current = this.get(inode.ino);
    if (current.epoch === this.state.epoch) return current;
    const copy: Inode = { ...current, epoch: this.state.epoch };
    if (current.entries) copy.entries = new Map(current.entries);
    if (current.data) copy.shared = true;
    this.state.inodes.set(copy.ino, copy);
    return copy;
  }

  // --- walking ---

  /** Follows a path from `cwd`. With `follow: false` a symlink at the end is answered itself. */
  walk(path: string, cwd: string, who: Credentials, follow = true): Found | Errno {
    const place = findPlace(this, path, cwd, who, follow);
    if (isErrno(place)) return place;
    if (place.inode === undefined) return errno("ENOENT");
    return { inode: place.inode, path: join(place.parentPath, place.name) };
  }

  /** Like walk, but the last name need not exist: for creating, removing and renaming. */
  place(path: string, cwd: string, who: Credentials, follow = false): Place | Errno {
    return findPlace(this, path, cwd, who, follow);
  }

  // --- making and removing names ---

  /** A new inode under a name in a folder. The caller has checked that the name is free. */
  create(
    place: Place,
    type: FileType,
    mode: number,
    who: Credentials,
    extra: { target?: string; rdev?: readonly [number, number]; dev?: number } = {},
  ): Inode | Errno {
    if (place.parent.virtual) return errno("EACCES");
    if (!permits(place.parent, who, "wx")) return errno("EACCES");
    if (place.parent.nlink === 0) return errno("ENOENT");
    if (place.name.length > NAME_MAX) return errno("ENAMETOOLONG");
    const now = this.now();
    const parent = this.own(place.parent);
    const inheritGroup = (parent.mode & 0o2000) !== 0;
    const inode: Inode = {
      ino: this.state.nextIno++,
      type,
      dev: extra.dev ?? parent.dev,
      mode: type === "symlink" ? 0o777 : type === "directory" && inheritGroup ? mode | 0o2000 : mode,
      uid: who.uid,
      gid: inheritGroup ? parent.gid : who.gid,
      nlink: type === "directory" ? 2 : 1,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
      version: 1,
      epoch: this.state.epoch,
      size: type === "directory" ? 4096 : 0,
    };
    if (type === "directory") inode.entries = new Map();
    if (extra.target !== undefined) {
      inode.target = extra.target;
      inode.size = encode(extra.target).length;
    }
    if (extra.rdev) inode.rdev = extra.rdev;
    this.state.inodes.set(inode.ino, inode);
    parent.entries?.set(place.name, inode.ino);
    this.#touchDirectory(parent, now);
    if (type === "directory") parent.nlink += 1;
    return inode;
  }

  #touchDirectory(directory: Inode, now: number): void {
    directory.mtime = now;
    directory.ctime = now;
    directory.version += 1;
  }

  /** Whether the asker may take a name out of a folder: write and search there, and the sticky rule. */
  mayRemove(parent: Inode, inode: Inode, who: Credentials): Errno | undefined {
    if (parent.virtual) return errno("EPERM");
    if (!permits(parent, who, "wx")) return errno("EACCES");
    const sticky = (parent.mode & 0o1000) !== 0;
    if (sticky && who.uid !== 0 && who.uid !== inode.uid && who.uid !== parent.uid) return errno("EPERM");
    return undefined;
  }

  unlink(place: Place, who: Credentials): Errno | undefined {
    const { inode } = place;
    if (inode === undefined) return errno("ENOENT");
    const denied = this.mayRemove(place.parent, inode, who);
    if (denied) return denied;
    if (inode.type === "directory") return errno("EISDIR");
    this.#detach(place, inode);
    return undefined;
  }

  rmdir(place: Place, who: Credentials): Errno | undefined {
    const { inode } = place;
    if (inode === undefined) return errno("ENOENT");
    if (inode.type !== "directory") return errno("ENOTDIR");
    const denied = this.mayRemove(place.parent, inode, who);
    if (denied) return denied;
    if (inode.virtual || inode.dev !== place.parent.dev || inode.ino === 2) return errno("EBUSY");
    if ((inode.entries?.size ?? 0) > 0) return errno("ENOTEMPTY");
    this.#detach(place, inode);
    return undefined;
  }

  #detach(place: Place, inode: Inode): void {
    const now = this.now();
    const parent = this.own(place.parent);
    parent.entries?.delete(place.name);
    this.#touchDirectory(parent, now);
    const own = this.own(inode);
    own.ctime = now;
    if (inode.type === "directory") {
      own.nlink = 0;
      parent.nlink -= 1;
    } else {
      own.nlink -= 1;
    }
    own.version += 1;
    this.release(own.ino);
  }

  /** Frees an inode that has no name and that nobody holds open any more. */
  release(ino: number): void {
    const inode = this.state.inodes.get(ino);
    if (inode === undefined || inode.nlink > 0 || (inode.binds ?? 0) > 0 || this.isOpen(ino)) return;
    this.state.used -= inode.type === "file" ? inode.size : 0;
    this.state.inodes.delete(ino);
  }

  /** A bind mount (mount(8) --bind): the same inode at a second place. Paths are walked by name, so `..` stays inside. */
  bind(inode: Inode, place: Place): Errno | undefined {
    if (place.inode) return errno("EEXIST");
    const parent = this.own(place.parent);
    parent.entries?.set(place.name, inode.ino);
    if (inode.type === "directory") parent.nlink += 1;
    const own = this.own(inode);
    own.binds = (own.binds ?? 0) + 1;
    return undefined;
  }

  /** Takes a bind mount away; what it showed stays where it is. */
  unbind(place: Place): Errno | undefined {
    const { inode } = place;
    if (inode?.binds === undefined || inode.binds === 0) return errno("EINVAL");
    const parent = this.own(place.parent);
    parent.entries?.delete(place.name);
    if (inode.type === "directory") parent.nlink -= 1;
    const own = this.own(inode);
    own.binds = (own.binds ?? 1) - 1;
    this.release(own.ino);
    return undefined;
  }

  link(inode: Inode, place: Place, who: Credentials): Errno | undefined {
    if (place.inode) return errno("EEXIST");
    if (inode.type === "directory") return errno("EPERM");
    if (inode.dev !== place.parent.dev || inode.virtual) return errno("EXDEV");
    // fs.protected_hardlinks: others' files only where they may be read and written and lend nobody's rights.
    const lends = (inode.mode & 0o4000) !== 0 || (inode.mode & 0o2010) === 0o2010;
    if (who.uid !== 0 && who.uid !== inode.uid && (inode.type !== "file" || lends || !permits(inode, who, "rw")))
      return errno("EPERM");
    if (!permits(place.parent, who, "wx")) return errno("EACCES");
    const now = this.now();
    const parent = this.own(place.parent);
    parent.entries?.set(place.name, inode.ino);
    this.#touchDirectory(parent, now);
    const own = this.own(inode);
    own.nlink += 1;
    own.ctime = now;
    return undefined;
  }

  rename(from: Place, to: Place, who: Credentials): Errno | undefined {
    const moved = from.inode;
    if (moved === undefined) return errno("ENOENT");
    if (to.parent.virtual || moved.dev !== to.parent.dev) return errno("EXDEV");
    const denied = this.mayRemove(from.parent, moved, who);
    if (denied) return denied;
    if (!permits(to.parent, who, "wx")) return errno("EACCES");
    if (to.inode?.ino === moved.ino) return undefined;
    const fromPath = join(from.parentPath, from.name);
    const toPath = join(to.parentPath, to.name);
    if (moved.type === "directory" && `${toPath}/`.startsWith(`${fromPath}/`)) return errno("EINVAL");
    if (to.inode) {
      const replaced = to.inode;
      if (replaced.type === "directory" && moved.type !== "directory") return errno("EISDIR");
      if (replaced.type !== "directory" && moved.type === "directory") return errno("ENOTDIR");
      const failed = replaced.type === "directory" ? this.rmdir(to, who) : this.unlink(to, who);
      if (failed) return failed;
    }
    const now = this.now();
    const source = this.own(from.parent);
    source.entries?.delete(from.name);
    this.#touchDirectory(source, now);
    const target = this.own(to.parent);
    target.entries?.set(to.name, moved.ino);
    this.#touchDirectory(target, now);
    if (moved.type === "directory") {
      source.nlink -= 1;
      target.nlink += 1;
    }
    this.own(moved).ctime = now;
    return undefined;
  }

  // --- content ---

  /** Bytes [from, from+count) of a regular file. */
  read(inode: Inode, from: number, count: number): Uint8Array {
    if (inode.virtual || inode.dev === 20) {
      const text = encode(this.proc()?.read(inode) ?? "");
      return text.subarray(from, from + count);
    }
    return (inode.data ?? EMPTY).subarray(Math.min(from, inode.size), Math.min(from + count, inode.size)).slice();
  }

  /** Writes bytes at an offset; holes read as zeros. */
  write(inode: Inode, at: number, bytes: Uint8Array): Errno | undefined {
    const end = at + bytes.length;
    if (end > inode.size && this.state.used + end - inode.size > this.state.capacity) return errno("ENOSPC");
    const own = this.own(inode);
    this.#reserve(own, end);
    own.data?.set(bytes, at);
    if (end > own.size) {
      this.state.used += end - own.size;
      own.size = end;
    }
    this.#touchContent(own);
    return undefined;
  }

  truncate(inode: Inode, size: number): Errno | undefined {
    if (size > inode.size && this.state.used + size - inode.size > this.state.capacity) return errno("ENOSPC");
    const own = this.own(inode);
    if (size > own.size) this.#reserve(own, size);
    else if (size === 0) {
      own.data = EMPTY;
      own.shared = true;
    } else {
      this.#reserve(own, own.size);
      own.data?.fill(0, size, own.size);
    }
    this.state.used += size - own.size;
    own.size = size;
    this.#touchContent(own);
    return undefined;
  }

  #reserve(own: Inode, size: number): void {
    const data = own.data ?? EMPTY;
    if (!own.shared && data.length >= size) return;
    const room = new Uint8Array(size <= data.length ? data.length : Math.max(size, own.size > 0 ? own.size * 2 : 0));
    room.set(data.subarray(0, own.size));
    own.data = room;
    own.shared = false;
  }

  #touchContent(own: Inode): void {
    const now = this.now();
    own.mtime = now;
    own.ctime = now;
    own.version += 1;
  }

  /** Notes a read, by the relatime rule. */
  touchAccess(inode: Inode): void {
    const now = this.now();
    if (inode.dev === 20 || (inode.atime > inode.mtime && now - inode.atime < 86_400_000)) return;
    if (inode.atime === now) return;
    this.own(inode).atime = now;
  }

  // --- for images and hosts: as root, folders made on the way ---

  install(path: string, what: FileToInstall): Inode {
    return installFile(this, path, what);
  }

  installFolder(path: string, what: FolderToInstall = {}): Inode {
    return installFolder(this, path, what);
  }
}
