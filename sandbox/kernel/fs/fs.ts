// The disk of one machine: inodes, names, modes. Knows nothing of processes or descriptors; whoever asks brings credentials.
// One class, for inodes, their names and their bytes change together, by one rule of what a fork still shares.

import { type Errno, errno, isErrno } from "../errno.ts";
import type { FileType } from "../sys.ts";
import { encode } from "../text.ts";
import { type Credentials, type Inode, permits, ROOT } from "./inode.ts";
import { join, keepNames } from "./path.ts";
import type { VirtualFs, VirtualLink } from "./virtual.ts";

/** The disk as plain data. */
export interface FsState {
  inodes: Map<number, Inode>;
  nextIno: number;
  epoch: number;
  /** Bytes in regular files, held against `capacity`. */
  used: number;
  capacity: number;
}

/** Where a path led. */
export interface Found {
  readonly inode: Inode;
  /** Canonical absolute path, symlinks resolved. */
  readonly path: string;
}

/** The last name of a path and the folder that holds (or would hold) it. */
export interface Place {
  readonly parent: Inode;
  readonly parentPath: string;
  readonly name: string;
  readonly inode: Inode | undefined;
}

const MAX_LINKS = 40;

const NAME_MAX = 255;

const SLASH = 47;

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
  readonly #now: () => number;
  /** Set by the kernel: the folders served by code, and whether an inode is held open. */
  proc: () => VirtualFs | undefined = () => undefined;
  isOpen: (ino: number) => boolean = () => false;

  constructor(state: FsState, now: () => number) {
    this.state = state;
    this.#now = now;
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
    const place = this.#place(path, cwd, who, follow, 0);
    if (isErrno(place)) return place;
    if (place.inode === undefined) return errno("ENOENT");
    return { inode: place.inode, path: join(place.parentPath, place.name) };
  }

  /** Like walk, but the last name need not exist: for creating, removing and renaming. */
  place(path: string, cwd: string, who: Credentials, follow = false): Place | Errno {
    return this.#place(path, cwd, who, follow, 0);
  }

  #place(path: string, cwd: string, who: Credentials, follow: boolean, links: number): Place | Errno {
    if (path === "") return errno("ENOENT");
    if (path.includes("\0")) return errno("EINVAL");
    const root = who.root === undefined || who.root === "/" ? "" : who.root;
    const plain = root === "" && who.uid === 0 ? this.#plain(path, follow) : undefined;
    if (plain !== undefined) return plain;
    const parts = (path.startsWith("/") ? `${root}${path}` : `${cwd}/${path}`).split("/");
    keepNames(parts);
    const mustBeDirectory = path !== "/" && (path.endsWith("/") || path.endsWith("/.") || path === ".");
    let inode = this.get(2);
    let parent = inode;
    let here = "";
    const trail: Inode[] = [];
    for (let i = 0; i < parts.length; i++) {
      const name = parts[i] as string;
      const last = i === parts.length - 1;
      if (inode.type !== "directory") return errno("ENOTDIR");
      // Root enters every folder.
      if (who.uid !== 0 && !permits(inode, who, "x")) return errno("EACCES");
      if (name.length > NAME_MAX) return errno("ENAMETOOLONG");
      if (name === "..") {
        if (root !== "" && here === root) continue;
        inode = trail.pop() ?? this.get(2);
        here = here.slice(0, Math.max(here.lastIndexOf("/"), 0));
        parent = trail.at(-1) ?? this.get(2);
        continue;
      }
      if (inode.virtual) return this.#virtual(inode, here, parts.slice(i), who, follow, links, mustBeDirectory);
      parent = inode;
      const ino = inode.entries?.get(name);
      if (ino === undefined) {
        if (!last) return errno("ENOENT");
        return { parent, parentPath: here === "" ? "/" : here, name, inode: undefined };
      }
      const next = this.get(ino);
      if (next.type === "symlink" && (!last || follow || mustBeDirectory)) {
        if (links >= MAX_LINKS) return errno("ELOOP");
        const rest = parts.slice(i + 1).join("/");
        const target = next.target ?? "";
        const onward = rest === "" ? target : `${target}/${rest}`;
        return this.#place(mustBeDirectory ? `${onward}/` : onward, here === "" ? "/" : here, who, follow, links + 1);
      }
      if (last) {
        if (mustBeDirectory && next.type !== "directory") return errno("ENOTDIR");
        return { parent, parentPath: here === "" ? "/" : here, name, inode: next };
      }
      trail.push(inode);
      inode = next;
      here = `${here}/${name}`;
    }
    // The path was "/", or ended in "..": its own place is its parent's entry.
    const slash = here.lastIndexOf("/");
    return { parent, parentPath: slash <= 0 ? "/" : here.slice(0, slash), name: here.slice(slash + 1), inode };
  }

  /** What most paths are: absolute, without dots and links, and asked for by root. Undefined where it is another, or leads nowhere. */
  #plain(path: string, follow: boolean): Place | undefined {
    if (path.charCodeAt(0) !== SLASH) return undefined;
    let folder = this.get(2);
    for (let from = 1; ; ) {
      const end = path.indexOf("/", from);
      const name = end < 0 ? path.slice(from) : path.slice(from, end);
      if (name === "" || name === "." || name === ".." || folder.virtual) return undefined;
      const ino = folder.entries?.get(name);
      if (ino === undefined) return undefined;
      const next = this.get(ino);
      if (end < 0) {
        if (follow && next.type === "symlink") return undefined;
        return { parent: folder, parentPath: from === 1 ? "/" : path.slice(0, from - 1), name, inode: next };
      }
      if (next.type !== "directory") return undefined;
      folder = next;
      from = end + 1;
    }
  }

  #virtual(
    root: Inode,
    here: string,
    rest: readonly string[],
    who: Credentials,
    follow: boolean,
    links: number,
    directory: boolean,
  ): Place | Errno {
    const resolved: string[] = [];
    for (let i = 0; i < rest.length; i++) {
      const name = rest[i] as string;
      if (name === "..") {
        if (resolved.length === 0)
          return this.#place(`${here}/../${rest.slice(i + 1).join("/")}`, "/", who, follow, links + 1);
        resolved.pop();
        continue;
      }
      resolved.push(name);
      const last = i === rest.length - 1;
      const found =
        this.proc()?.lookup(root.virtual === "sys" ? ["sys:", ...resolved] : resolved, who) ?? errno("ENOENT");
      if (isErrno(found)) return found;
      if ("link" in found) {
        if (last && !follow && !directory) {
          const link = this.#virtualLink(found, resolved);
          return { parent: root, parentPath: join(here, ...resolved.slice(0, -1)), name, inode: link };
        }
        if (links >= MAX_LINKS) return errno("ELOOP");
        if (isErrno(found.link)) return found.link;
        const onward = [found.link, ...rest.slice(i + 1)].join("/");
        return this.#place(onward, join(here, ...resolved.slice(0, -1)), who, follow, links + 1);
      }
      if (last) return { parent: root, parentPath: join(here, ...resolved.slice(0, -1)), name, inode: found };
      if (found.type !== "directory") return errno("ENOTDIR");
    }
    return { parent: root, parentPath: "/", name: here.slice(1), inode: root };
  }

  #virtualLink({ link, mode, uid, gid }: VirtualLink, path: readonly string[]): Inode {
    const now = this.#now();
    return {
      ino: 0x40000000 + (hash(path.join("/")) & 0xffffff),
      type: "symlink",
      dev: 20,
      mode,
      uid,
      gid,
      nlink: 1,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
      version: 0,
      epoch: 0,
      size: 0,
      ...(isErrno(link) ? {} : { target: link }),
    };
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
    const now = this.#now();
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
    const now = this.#now();
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
    const now = this.#now();
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
    const now = this.#now();
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
    const now = this.#now();
    own.mtime = now;
    own.ctime = now;
    own.version += 1;
  }

  /** Notes a read, by the relatime rule. */
  touchAccess(inode: Inode): void {
    const now = this.#now();
    if (inode.dev === 20 || (inode.atime > inode.mtime && now - inode.atime < 86_400_000)) return;
    if (inode.atime === now) return;
    this.own(inode).atime = now;
  }

  // --- for images and hosts: as root, folders made on the way ---

  /** Lays a file down with owner and mode; the path's folders are made (root, 0755) where missing. */
  install(
    path: string,
    what: {
      data?: Uint8Array | string;
      target?: string;
      type?: FileType;
      mode?: number;
      uid?: number;
      gid?: number;
      mtime?: number;
      rdev?: readonly [number, number];
      dev?: number;
    },
  ): Inode {
    const slash = path.lastIndexOf("/");
    if (slash > 0) this.installFolder(path.slice(0, slash));
    const place = this.place(path, "/", ROOT);
    if (isErrno(place)) throw new Error(`cannot install ${path}: ${place.code}`);
    const type = what.type ?? (what.target === undefined ? "file" : "symlink");
    if (place.inode && (place.inode.type !== type || what.target !== undefined)) this.unlink(place, ROOT);
    const made =
      place.inode && place.inode.type === type && what.target === undefined
        ? place.inode
        : this.create(place, type, 0o644, ROOT, {
            ...(what.target === undefined ? {} : { target: what.target }),
            ...(what.rdev ? { rdev: what.rdev } : {}),
            ...(what.dev === undefined ? {} : { dev: what.dev }),
          });
    if (isErrno(made)) throw new Error(`cannot install ${path}: ${made.code}`);
    const inode = this.own(made);
    if (what.data !== undefined) {
      const bytes = typeof what.data === "string" ? encode(what.data) : what.data;
      this.state.used += bytes.length - inode.size;
      inode.data = bytes;
      inode.shared = true;
      inode.size = bytes.length;
      inode.version += 1;
    }
    if (what.mode !== undefined) inode.mode = what.mode;
    if (what.uid !== undefined) inode.uid = what.uid;
    if (what.gid !== undefined) inode.gid = what.gid;
    if (what.mtime !== undefined) {
      inode.mtime = what.mtime;
      inode.atime = what.mtime;
      inode.ctime = what.mtime;
      inode.btime = what.mtime;
    }
    return inode;
  }

  /** A folder and those above it; mode and owner apply to the last, and only when told. */
  installFolder(
    path: string,
    what: { mode?: number; uid?: number; gid?: number; mtime?: number; dev?: number } = {},
  ): Inode {
    let made: Inode = this.get(2);
    let here = "";
    for (const part of path.split("/").filter(Boolean)) {
      here += `/${part}`;
      const place = this.place(here, "/", ROOT, true);
      if (isErrno(place)) throw new Error(`cannot install ${path}: ${place.code}`);
      const next =
        place.inode ??
        this.create(place, "directory", 0o755, ROOT, what.dev === undefined || here !== path ? {} : { dev: what.dev });
      if (isErrno(next)) throw new Error(`cannot install ${path}: ${next.code}`);
      made = next;
    }
    const inode = this.own(made);
    if (what.mode !== undefined) inode.mode = what.mode;
    if (what.uid !== undefined) inode.uid = what.uid;
    if (what.gid !== undefined) inode.gid = what.gid;
    if (what.mtime !== undefined) inode.mtime = what.mtime;
    return inode;
  }
}

const EMPTY = new Uint8Array(0);

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
