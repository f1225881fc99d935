// Descriptors: opened, copied, closed, positioned.

import { type Errno, errno, isErrno } from "../errno.ts";
import { canRead, closeFd, giveFd, retainFile } from "../files.ts";
import { type Inode, permits } from "../fs/inode.ts";
import { join } from "../fs/path.ts";
import type { OpenFile } from "../process.ts";
import type { Stream } from "../stream.ts";
import type { OpenFlags } from "../sys.ts";
import { encode } from "../text.ts";
import { MachineCalls } from "./machine.ts";

export const EMPTY = new Uint8Array(0);
const MAX_FD = 1024;

export class DescriptorCalls extends MachineCalls {
  open(path: string, flags: OpenFlags): number | Errno {
    const process = this.caller;
    if (process.fds.size >= MAX_FD) return errno("EMFILE");
    const again = this.#reopen(path);
    if (again !== undefined) return again;
    const kernel = this.kernel;
    const who = this.who;
    const place = this.place(path, !flags.noFollow);
    if (isErrno(place)) return place;
    let { inode } = place;
    if (inode === undefined) {
      if (!flags.create) return errno("ENOENT");
      if (path.endsWith("/")) return errno("EISDIR");
      const made = kernel.fs.create(place, "file", (flags.mode ?? 0o666) & ~process.umask, who);
      if (isErrno(made)) return made;
      inode = made;
    } else {
      if (flags.create && flags.exclusive) return errno("EEXIST");
      if (inode.type === "symlink") return errno("ELOOP");
      if (flags.directory && inode.type !== "directory") return errno("ENOTDIR");
      if (inode.type === "directory" && (flags.write || flags.truncate || flags.create)) return errno("EISDIR");
      const want = `${flags.read || !flags.write ? "r" : ""}${flags.write ? "w" : ""}`;
      if (!permits(inode, who, want)) return errno("EACCES");
      if (inode.virtual && flags.write && !inode.target?.startsWith("sys/")) return errno("EACCES");
      if (flags.truncate && inode.type === "file" && !inode.virtual) {
        const failed = kernel.fs.truncate(inode, 0);
        if (failed) return failed;
      }
    }
    const file = this.#openInode(inode, join(place.parentPath, place.name), flags);
    if (isErrno(file)) return file;
    return this.give(file);
  }

  /** /dev/stdin, /dev/fd/N and /proc/self/fd/N stand for open descriptors. */
  #reopen(path: string): number | Errno | undefined {
    const fd = this.descriptor(path);
    if (fd === undefined) return undefined;
    const file = this.file(fd);
    if (file === undefined) return errno("ENOENT");
    return file.kind === "file" || file.kind === "text" ? undefined : this.dup(fd);
  }

  /** Number of the descriptor that a path stands for. */
  protected descriptor(path: string): number | undefined {
    const match = /^\/(?:dev\/(?:fd\/(\d+)|std(in|out|err))|proc\/(?:self|(\d+))\/fd\/(\d+))$/.exec(path);
    if (match === null) return undefined;
    if (match[3] !== undefined && Number(match[3]) !== this.pid) return undefined;
    return Number(match[1] ?? match[4] ?? { in: 0, out: 1, err: 2 }[match[2] ?? "in"]);
  }

  #openInode(inode: Inode, path: string, flags: OpenFlags): OpenFile | Errno {
    const kernel = this.kernel;
    switch (inode.type) {
      case "char":
        return this.#openDevice(inode, path, flags);
      case "fifo":
        return this.#openFifo(inode, path, flags);
      case "socket":
        return errno("ENXIO");
      case "block":
        return errno("EACCES");
      default:
        break;
    }
    if (inode.virtual && inode.type === "file" && !flags.write) {
      return { kind: "text", refs: 1, path, content: encode(kernel.fs.proc()?.read(inode) ?? ""), position: 0 };
    }
    if (inode.virtual && flags.write) return { kind: "text", refs: 1, path, content: EMPTY, position: 0 };
    return {
      kind: "file",
      refs: 1,
      ino: inode.ino,
      path,
      position: 0,
      read: flags.read === true || !flags.write,
      write: flags.write === true,
      append: flags.append === true,
    };
  }

  #openDevice(inode: Inode, path: string, flags: OpenFlags): OpenFile | Errno {
    const [major, minor] = inode.rdev ?? [0, 0];
    if (major === 136) {
      if (!this.kernel.state.ttys.has(minor)) return errno("EIO");
      return { kind: "tty", refs: 1, tty: minor, path };
    }
    if (major === 5 && minor === 0) {
      const { tty } = this.caller;
      return tty === undefined ? errno("ENXIO") : { kind: "tty", refs: 1, tty, path: `/dev/pts/${tty}` };
    }
    const name = ({ 3: "null", 5: "zero", 7: "full", 8: "random", 9: "random", 11: "kmsg" } as const)[minor];
    const access = { read: flags.read === true || !flags.write, write: flags.write === true };
    return major === 1 && name ? { kind: "device", refs: 1, name, path, ...access } : errno("ENXIO");
  }

  #openFifo(inode: Inode, path: string, flags: OpenFlags): OpenFile {
    const world = this.world;
    let stream = inode.stream === undefined ? undefined : world.stream(inode.stream);
    if (stream === undefined) {
      stream = world.createStream();
      this.fs.own(inode).stream = stream.id;
    }
    if (flags.write) {
      stream.writers += 1;
      stream.opened = true;
      return { kind: "pipe", refs: 1, stream: stream.id, end: "write", path };
    }
    stream.readers += 1;
    return { kind: "pipe", refs: 1, stream: stream.id, end: "read", path };
  }

  pipe(): { read: number; write: number } {
    const stream = this.openStream().id;
    const read = this.give({ kind: "pipe", refs: 1, stream, end: "read" });
    return { read, write: this.give({ kind: "pipe", refs: 1, stream, end: "write" }) };
  }

  /** A stream with an end for reading and one for writing. */
  protected openStream(): Stream {
    const stream = this.world.createStream();
    stream.readers = 1;
    stream.writers = 1;
    stream.opened = true;
    return stream;
  }

  openAnonymous(kind: string): number {
    return this.give({ kind: "device", refs: 1, name: "null", path: `anon_inode:[${kind}]` });
  }

  close(fd: number): Errno | undefined {
    return closeFd(this.kernel, this.caller, fd);
  }

  dup(fd: number, to?: number): number | Errno {
    const process = this.caller;
    const id = process.fds.get(fd);
    if (id === undefined) return errno("EBADF");
    if (to === undefined) {
      retainFile(this.kernel, id);
      return giveFd(process, id);
    }
    if (to < 0 || to >= MAX_FD) return errno("EBADF");
    if (to === fd) return fd;
    retainFile(this.kernel, id);
    if (process.fds.has(to)) closeFd(this.kernel, process, to);
    process.fds.set(to, id);
    return to;
  }

  dupAside(fd: number, least: number): number | Errno {
    const process = this.caller;
    const id = process.fds.get(fd);
    if (id === undefined) return errno("EBADF");
    retainFile(this.kernel, id);
    const made = giveFd(process, id, least);
    process.cloexec.add(made);
    return made;
  }

  openFds(): readonly number[] {
    return [...this.caller.fds.keys()].sort((a, b) => a - b);
  }

  fdTarget(fd: number): string | Errno {
    const file = this.file(fd);
    if (file === undefined) return errno("EBADF");
    switch (file.kind) {
      case "pipe":
        return file.path ?? `pipe:[${20_000 + file.stream}]`;
      case "socket":
      case "listener":
        return `socket:[${file.ino}]`;
      case "master":
        return "/dev/ptmx";
      default:
        return file.path;
    }
  }

  readable(fd: number): boolean {
    return canRead(this.kernel, this.caller, fd);
  }

  seek(fd: number, offset: number, whence: "set" | "cur" | "end" = "set"): number | Errno {
    const file = this.file(fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind === "device") return 0;
    if (file.kind !== "file" && file.kind !== "text") return errno("ESPIPE");
    const size = file.kind === "text" ? file.content.length : (this.kernel.state.fs.inodes.get(file.ino)?.size ?? 0);
    const at = offset + (whence === "set" ? 0 : whence === "cur" ? file.position : size);
    if (at < 0) return errno("EINVAL");
    file.position = at;
    return at;
  }

  ftruncate(fd: number, size: number): Errno | undefined {
    const file = this.file(fd);
    if (file?.kind !== "file") return errno(file ? "EINVAL" : "EBADF");
    if (!file.write) return errno("EINVAL");
    const inode = this.kernel.state.fs.inodes.get(file.ino);
    return inode ? this.fs.truncate(inode, size) : errno("EBADF");
  }

  watch(fd: number, on = true): void {
    this.kernel.services.watch(this.caller, fd, on);
  }

  keep(fd: number, on = true): void {
    this.caller.lasting ??= new Set();
    if (on) this.caller.lasting.add(fd);
    else this.caller.lasting.delete(fd);
  }
}
