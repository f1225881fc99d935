// Files by their names: made, looked at, changed and removed; whole files at once; where a process stands.

import { type Errno, errno, isErrno } from "../errno.ts";
import { type Inode, permits } from "../fs/inode.ts";
import type { DirEntry, Stat } from "../sys.ts";
import { encode } from "../text.ts";
import { EMPTY } from "./descriptors.ts";
import { TransferCalls } from "./transfer.ts";

export class FileCalls extends TransferCalls {
  umask(mask?: number): number {
    const process = this.caller;
    const before = process.umask;
    if (mask !== undefined) process.umask = mask & 0o777;
    return before;
  }

  getcwd(): string {
    const { cwd, root } = this.caller;
    if (root === "/") return cwd;
    return cwd === root ? "/" : cwd.startsWith(`${root}/`) ? cwd.slice(root.length) : cwd;
  }

  chdir(path: string): Errno | undefined {
    const process = this.caller;
    const found = this.walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "directory") return errno("ENOTDIR");
    if (!permits(found.inode, this.who, "x")) return errno("EACCES");
    process.cwd = found.path;
    return undefined;
  }

  chroot(path: string): Errno | undefined {
    const process = this.caller;
    if (process.euid !== 0) return errno("EPERM");
    const found = this.walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "directory") return errno("ENOTDIR");
    process.root = found.path;
    return undefined;
  }

  stat(path: string): Stat | Errno {
    const found = this.walk(path);
    if (!isErrno(found)) return this.#statOf(found.inode);
    const fd = this.descriptor(path);
    return fd === undefined ? found : this.fstat(fd);
  }

  lstat(path: string): Stat | Errno {
    const found = this.walk(path, false);
    return isErrno(found) ? found : this.#statOf(found.inode);
  }

  fstat(fd: number): Stat | Errno {
    const file = this.file(fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind === "file") {
      const inode = this.kernel.state.fs.inodes.get(file.ino);
      return inode ? this.#statOf(inode) : errno("EBADF");
    }
    if (file.kind === "text" || file.kind === "device" || file.kind === "tty") return this.stat(file.path);
    const now = this.world.now;
    return {
      dev: 14,
      ino: file.kind === "pipe" || file.kind === "master" ? 20_000 + file.stream : file.ino,
      type: file.kind === "pipe" || file.kind === "master" ? "fifo" : "socket",
      mode: 0o600,
      nlink: 1,
      uid: this.caller.euid,
      gid: this.caller.egid,
      size: 0,
      blocks: 0,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
    };
  }

  /** Device numbers of the root file system: those of its virtio disk or partition (major 254). */
  #rootDevice(): number {
    const source = this.kernel.state.mounts.find((mount) => mount.target === "/")?.source ?? "";
    return 254 * 256 + Number(/\d+$/.exec(source)?.[0] ?? 0);
  }

  /** Folders of an overlay that came with its lower layer count no links; those made since do. */
  #isMerged({ type, dev, btime }: Inode): boolean {
    const { mounts, bootTime } = this.kernel.state;
    if (type !== "directory" || dev !== 1 || btime >= bootTime) return false;
    return mounts.some((mount) => mount.target === "/" && mount.type === "overlay");
  }

  #statOf(inode: Inode): Stat {
    const blocks =
      inode.virtual || inode.type === "symlink" || inode.type === "char" ? 0 : Math.ceil(inode.size / 4096) * 8;
    return {
      dev: inode.dev === 1 ? this.#rootDevice() : inode.dev,
      ino: inode.ino,
      type: inode.type,
      mode: inode.mode,
      nlink: this.#isMerged(inode) ? 1 : inode.nlink,
      uid: inode.uid,
      gid: inode.gid,
      size: inode.virtual ? 0 : inode.size,
      blocks,
      atime: inode.atime,
      mtime: inode.mtime,
      ctime: inode.ctime,
      btime: inode.btime,
      ...(inode.rdev ? { rdev: inode.rdev } : {}),
    };
  }

  access(path: string, want: string): Errno | undefined {
    const process = this.caller;
    const who = {
      uid: process.uid,
      gid: process.gid,
      groups: process.groups,
      ...(process.root === "/" ? {} : { root: process.root }),
    };
    const found = this.fs.walk(path, process.cwd, who);
    if (isErrno(found)) return process.fds.has(this.descriptor(path) ?? -1) ? undefined : found;
    return want === "" || permits(found.inode, who, want) ? undefined : errno("EACCES");
  }

  readdir(path: string): readonly DirEntry[] | Errno {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    const { inode } = found;
    if (inode.type !== "directory") return errno("ENOTDIR");
    if (!permits(inode, this.who, "r")) return errno("EACCES");
    if (inode.virtual) return this.fs.proc()?.list(inode) ?? [];
    const entries: DirEntry[] = [];
    for (const [name, ino] of inode.entries ?? []) entries.push({ name, ino, type: this.fs.get(ino).type });
    return entries;
  }

  readlink(path: string): string | Errno {
    const self = /^\/proc\/self\/fd\/(\d+)$/.exec(path);
    if (self) return this.fdTarget(Number(self[1]));
    const found = this.walk(path, false);
    if (isErrno(found)) return found;
    return found.inode.type === "symlink" ? (found.inode.target ?? errno("EACCES")) : errno("EINVAL");
  }

  realpath(path: string): string | Errno {
    const found = this.walk(path);
    return isErrno(found) ? found : found.path;
  }

  version(path: string): number {
    const found = this.walk(path);
    return isErrno(found) ? 0 : found.inode.ino * 1_000_000 + found.inode.version;
  }

  readFile(path: string): Uint8Array | Errno {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    const { inode } = found;
    if (inode.type === "directory") return errno("EISDIR");
    if (!permits(inode, this.who, "r")) return errno("EACCES");
    if (inode.type === "char") return EMPTY;
    if (inode.type !== "file") return errno("EINVAL");
    this.fs.touchAccess(inode);
    return this.fs.read(inode, 0, inode.virtual ? Number.MAX_SAFE_INTEGER : inode.size);
  }

  writeFile(
    path: string,
    data: Uint8Array | string,
    flags: { append?: boolean; mode?: number; exclusive?: boolean } = {},
  ): Errno | undefined {
    const fd = this.open(path, {
      write: true,
      create: true,
      truncate: !flags.append,
      append: flags.append === true,
      exclusive: flags.exclusive === true,
      ...(flags.mode === undefined ? {} : { mode: flags.mode }),
    });
    if (isErrno(fd)) return fd;
    const file = this.file(fd);
    const bytes = typeof data === "string" ? encode(data) : data;
    const written =
      file?.kind === "file"
        ? this.writeFileAt(file, bytes)
        : file?.kind === "text"
          ? this.writeSysctl(file.path, bytes)
          : file?.kind === "device" && file.name === "full"
            ? errno("ENOSPC")
            : file?.kind === "device"
              ? this.writeDevice(file.name, bytes)
              : errno("EINVAL");
    this.close(fd);
    return isErrno(written) ? written : undefined;
  }

  truncate(path: string, size: number): Errno | undefined {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type === "directory") return errno("EISDIR");
    if (!permits(found.inode, this.who, "w")) return errno("EACCES");
    return this.fs.truncate(found.inode, size);
  }

  mkdir(path: string, mode = 0o777): Errno | undefined {
    const process = this.caller;
    if (path === "") return errno("ENOENT");
    const place = this.place(path.replace(/\/+$/, "") || "/", false);
    if (isErrno(place)) return place;
    if (place.inode) return errno("EEXIST");
    const made = this.fs.create(place, "directory", mode & ~process.umask & 0o7777, this.who);
    return isErrno(made) ? made : undefined;
  }

  rmdir(path: string): Errno | undefined {
    if (/(^|\/)\.\/*$/.test(path)) return errno("EINVAL");
    const place = this.place(path.replace(/\/+$/, "") || "/");
    return isErrno(place) ? place : this.fs.rmdir(place, this.who);
  }

  unlink(path: string): Errno | undefined {
    const place = this.place(path);
    return isErrno(place) ? place : this.fs.unlink(place, this.who);
  }

  rename(from: string, to: string): Errno | undefined {
    const source = this.place(from.replace(/(.)\/+$/, "$1"));
    if (isErrno(source)) return source;
    const target = this.place(to.replace(/(.)\/+$/, "$1"));
    if (isErrno(target)) return target;
    if (/.\/$/.test(to) && source.inode !== undefined && source.inode.type !== "directory") return errno("ENOTDIR");
    return this.fs.rename(source, target, this.who);
  }

  link(from: string, to: string): Errno | undefined {
    const source = this.walk(from, false);
    if (isErrno(source)) return source;
    const place = this.place(to);
    return isErrno(place) ? place : this.fs.link(source.inode, place, this.who);
  }

  bind(source: string, target: string): Errno | undefined {
    if (this.caller.euid !== 0) return errno("EPERM");
    const found = this.walk(source);
    if (isErrno(found)) return found;
    const place = this.place(target);
    return isErrno(place) ? place : this.fs.bind(found.inode, place);
  }

  unbind(target: string): Errno | undefined {
    if (this.caller.euid !== 0) return errno("EPERM");
    const place = this.place(target);
    return isErrno(place) ? place : this.fs.unbind(place);
  }

  symlink(target: string, path: string): Errno | undefined {
    return this.#make(path, "symlink", 0o777, { target });
  }

  mknod(
    path: string,
    type: "fifo" | "socket" | "char" | "block",
    mode = 0o666,
    rdev?: readonly [number, number],
  ): Errno | undefined {
    if ((type === "char" || type === "block") && this.caller.euid !== 0) return errno("EPERM");
    return this.#make(path, type, mode & ~this.caller.umask, rdev ? { rdev } : {});
  }

  #make(
    path: string,
    type: Inode["type"],
    mode: number,
    extra: { target?: string; rdev?: readonly [number, number] },
  ): Errno | undefined {
    const place = this.place(path);
    if (isErrno(place)) return place;
    if (place.inode) return errno("EEXIST");
    const made = this.fs.create(place, type, mode, this.who, extra);
    return isErrno(made) ? made : undefined;
  }

  chmod(path: string, mode: number): Errno | undefined {
    const found = this.walk(path);
    if (isErrno(found)) return found;
    const { euid, egid, groups } = this.caller;
    if (euid !== 0 && euid !== found.inode.uid) return errno("EPERM");
    if (found.inode.virtual) return errno("EPERM");
    const inode = this.fs.own(found.inode);
    const keepsGroup = euid === 0 || egid === inode.gid || groups.includes(inode.gid);
    inode.mode = (keepsGroup ? mode : mode & ~0o2000) & 0o7777;
    inode.ctime = this.world.now;
    inode.version += 1;
    return undefined;
  }

  chown(path: string, uid: number, gid: number, options: { noFollow?: boolean } = {}): Errno | undefined {
    const found = this.walk(path, !options.noFollow);
    if (isErrno(found)) return found;
    const { euid, egid, groups } = this.caller;
    if (found.inode.virtual) return errno("EPERM");
    if (euid !== 0) {
      const ownGroup = gid === -1 || gid === egid || groups.includes(gid);
      if (euid !== found.inode.uid || (uid !== -1 && uid !== euid) || !ownGroup) return errno("EPERM");
    }
    const inode = this.fs.own(found.inode);
    if (uid !== -1) inode.uid = uid;
    if (gid !== -1) inode.gid = gid;
    if (inode.type === "file" && euid !== 0) inode.mode &= ~0o6000;
    inode.ctime = this.world.now;
    inode.version += 1;
    return undefined;
  }

  utimes(path: string, atime: number, mtime: number, options: { noFollow?: boolean } = {}): Errno | undefined {
    const found = this.walk(path, !options.noFollow);
    if (isErrno(found)) return found;
    const process = this.caller;
    if (process.euid !== 0 && process.euid !== found.inode.uid && !permits(found.inode, this.who, "w")) {
      return errno("EACCES");
    }
    if (found.inode.virtual) return errno("EACCES");
    const inode = this.fs.own(found.inode);
    inode.atime = atime;
    inode.mtime = mtime;
    inode.ctime = this.world.now;
    return undefined;
  }
}
