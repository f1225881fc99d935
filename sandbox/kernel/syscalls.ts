// The system calls of one process: `Sys` over the kernel. Every door between parts of the machine goes through here.

import { type Errno, errno, isErrno } from "./errno.ts";
import { join } from "./fs/fs.ts";
import { type Inode, permits } from "./fs/inode.ts";
import type { Kernel } from "./kernel.ts";
import { inNetwork } from "./netfilter.ts";
import { type OpenFile, type Process, stateLetter } from "./process.ts";
import { nextBytes } from "./random.ts";
import type { SignalName } from "./signal.ts";
import { put, take } from "./stream.ts";
import type {
  Data,
  DirEntry,
  ExitStatus,
  OpenFlags,
  ProcessInfo,
  Program,
  SocketAddress,
  SocketInfo,
  Stat,
  Sys,
  Task,
  Termios,
  WindowSize,
} from "./sys.ts";
import { encode } from "./text.ts";
import { takeInput } from "./tty.ts";
import { NEVER, READY } from "./world.ts";

type InternetAddress = Extract<SocketAddress, { address: string }>;

const isWild = ({ address }: InternetAddress) => address === "" || address === "::" || address === "0.0.0.0";
const familiesOf = ({ address, v6only }: InternetAddress) =>
  address !== "" && !address.includes(":") ? [4] : (address === "" || address === "::") && !v6only ? [4, 6] : [6];

/**
 * The order of the kernel's dumps: unix, UDP, TCP; IPv4 first; listeners by their places in a hash table whose seed is new with
 * every boot, then connections.
 */
function listInOrder(sockets: readonly SocketInfo[], seed: string): SocketInfo[] {
  const kinds = { unix: 0, udp: 1, tcp: 2 } as const;
  const six = ({ local }: SocketInfo) => Number(local === "" || local.includes(":"));
  const place = (socket: SocketInfo): number => {
    if (socket.family === "unix") return socket.inode;
    let value = 0x811c9dc5;
    for (const char of `${seed} ${socket.localPort} ${socket.peer} ${socket.peerPort}`)
      value = Math.imul(value ^ char.charCodeAt(0), 0x01000193);
    return value >>> 0;
  };
  const rank = (socket: SocketInfo) =>
    kinds[socket.family] * 4 + (socket.family === "unix" ? 0 : six(socket) * 2 + Number(socket.state !== "LISTEN"));
  return sockets
    .map((socket) => ({ socket, rank: rank(socket), place: place(socket) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place || a.socket.inode - b.socket.inode)
    .map(({ socket }) => socket);
}

/** net.core.somaxconn. */
const SOMAXCONN = 4096;
const EMPTY = new Uint8Array(0);
const MAX_FD = 1024;
/** How long Linux tries an address on its own network, and one behind the router (ms). */
const UNREACHABLE_AFTER = 3_068;
const SYN_TIMEOUT = 134_000;

/** The calls of process `pid` on a kernel. */
export function createSys(kernel: Kernel, pid: number): Sys {
  return new ProcessSys(kernel, pid);
}

class ProcessSys implements Sys {
  readonly pid: number;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel, pid: number) {
    this.#kernel = kernel;
    this.pid = pid;
  }

  get #process(): Process {
    const process = this.#kernel.process(this.pid);
    if (process === undefined) throw new Error(`process ${this.pid} is gone`);
    return process;
  }

  get #world() {
    return this.#kernel.world;
  }

  // --- self ---

  get ppid(): number {
    return this.#process.ppid;
  }

  get info(): ProcessInfo {
    return this.#describe(this.#process);
  }

  get argv(): readonly string[] {
    return this.#process.argv;
  }

  get env(): Record<string, string> {
    return this.#process.env;
  }

  get kept(): Data {
    return this.#process.kept;
  }

  set kept(data: Data) {
    this.#process.kept = data;
  }

  umask(mask?: number): number {
    const process = this.#process;
    const before = process.umask;
    if (mask !== undefined) process.umask = mask & 0o777;
    return before;
  }

  getcwd(): string {
    const { cwd, root } = this.#process;
    if (root === "/") return cwd;
    return cwd === root ? "/" : cwd.startsWith(`${root}/`) ? cwd.slice(root.length) : cwd;
  }

  chdir(path: string): Errno | undefined {
    const process = this.#process;
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "directory") return errno("ENOTDIR");
    if (!permits(found.inode, this.#kernel.credentials(process), "x")) return errno("EACCES");
    process.cwd = found.path;
    return undefined;
  }

  chroot(path: string): Errno | undefined {
    const process = this.#process;
    if (process.euid !== 0) return errno("EPERM");
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "directory") return errno("ENOTDIR");
    process.root = found.path;
    return undefined;
  }

  setIds(ids: {
    uid?: number;
    gid?: number;
    groups?: readonly number[];
    euid?: number;
    egid?: number;
  }): Errno | undefined {
    const process = this.#process;
    const own = (id: number | undefined): boolean => id === undefined || id === process.uid || id === process.euid;
    if (process.euid !== 0 && (!own(ids.uid) || !own(ids.euid) || ids.groups)) return errno("EPERM");
    if (ids.groups) process.groups = [...ids.groups];
    if (ids.gid !== undefined) {
      process.gid = ids.gid;
      process.egid = ids.gid;
    }
    if (ids.egid !== undefined) process.egid = ids.egid;
    if (ids.uid !== undefined) {
      process.uid = ids.uid;
      process.euid = ids.uid;
    }
    if (ids.euid !== undefined) process.euid = ids.euid;
    return undefined;
  }

  setpgid(pid: number, pgid: number): Errno | undefined {
    const target = pid === 0 ? this.#process : this.#kernel.process(pid);
    if (target === undefined) return errno("ESRCH");
    if (target.pid !== this.pid && target.ppid !== this.pid) return errno("ESRCH");
    target.pgid = pgid === 0 ? target.pid : pgid;
    return undefined;
  }

  setsid(): number | Errno {
    const process = this.#process;
    if (process.pgid === process.pid) return errno("EPERM");
    process.sid = process.pid;
    process.pgid = process.pid;
    process.tty = undefined;
    return process.sid;
  }

  *exit(status: number): Task<never> {
    this.#kernel.end(this.#process, { kind: "exited", code: status & 0xff });
    for (;;) yield NEVER;
  }

  // --- machine ---

  get hostname(): string {
    return this.#process.hostname ?? this.#kernel.state.hostname;
  }

  get machine() {
    return this.#kernel.state.facts;
  }

  setHostname(name: string): Errno | undefined {
    if (this.#process.euid !== 0) return errno("EPERM");
    if (this.#process.hostname === undefined) this.#kernel.state.hostname = name;
    else this.#process.hostname = name;
    return undefined;
  }

  now(): number {
    return this.#world.now;
  }

  bootTime(): number {
    return this.#kernel.state.bootTime;
  }

  random(count: number): Uint8Array<ArrayBuffer> {
    return nextBytes(this.#kernel.state.random, count);
  }

  sysctl(name: string, value?: string): string | Errno {
    const { sysctl } = this.#kernel.state;
    const current = sysctl[name];
    if (current === undefined) return errno("ENOENT");
    if (value === undefined) return current;
    if (this.#process.euid !== 0) return errno("EACCES");
    sysctl[name] = value;
    return value;
  }

  // --- time and order ---

  *sleep(ms: number): Task<Errno | undefined> {
    const until = this.#world.now + ms;
    for (;;) {
      if (this.#world.now >= until) return undefined;
      if (this.#interrupted()) return errno("EINTR");
      yield { ready: () => false, until, interruptible: true };
    }
  }

  *waitUntil(ready: () => boolean, until?: number): Task<boolean | Errno> {
    for (;;) {
      if (ready()) return true;
      if (until !== undefined && this.#world.now >= until) return false;
      if (this.#interrupted()) return errno("EINTR");
      yield { ready, interruptible: true, ...(until === undefined ? {} : { until }) };
    }
  }

  #interrupted(): boolean {
    const process = this.#process;
    return !process.service && process.pending.length > 0;
  }

  due(): boolean {
    return this.#world.spend();
  }

  *rest(): Task<void> {
    yield READY;
  }

  // --- files ---

  #walk(path: string, follow = true) {
    const process = this.#process;
    return this.#kernel.fs.walk(path, process.cwd, this.#kernel.credentials(process), follow);
  }

  #place(path: string, follow = false) {
    const process = this.#process;
    return this.#kernel.fs.place(path, process.cwd, this.#kernel.credentials(process), follow);
  }

  open(path: string, flags: OpenFlags): number | Errno {
    const process = this.#process;
    if (process.fds.size >= MAX_FD) return errno("EMFILE");
    const again = this.#reopen(path);
    if (again !== undefined) return again;
    const kernel = this.#kernel;
    const who = kernel.credentials(process);
    const place = this.#place(path, !flags.noFollow);
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
    return kernel.giveFd(process, kernel.addFile(file));
  }

  /** /dev/stdin, /dev/fd/N and /proc/self/fd/N stand for open descriptors. */
  #reopen(path: string): number | Errno | undefined {
    const fd = this.#descriptor(path);
    if (fd === undefined) return undefined;
    const file = this.#kernel.file(this.#process, fd);
    if (file === undefined) return errno("ENOENT");
    return file.kind === "file" || file.kind === "text" ? undefined : this.dup(fd);
  }

  /** Number of the descriptor that a path stands for. */
  #descriptor(path: string): number | undefined {
    const match = /^\/(?:dev\/(?:fd\/(\d+)|std(in|out|err))|proc\/(?:self|(\d+))\/fd\/(\d+))$/.exec(path);
    if (match === null) return undefined;
    if (match[3] !== undefined && Number(match[3]) !== this.pid) return undefined;
    return Number(match[1] ?? match[4] ?? { in: 0, out: 1, err: 2 }[match[2] ?? "in"]);
  }

  #openInode(inode: Inode, path: string, flags: OpenFlags): OpenFile | Errno {
    const kernel = this.#kernel;
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
      if (!this.#kernel.state.ttys.has(minor)) return errno("EIO");
      return { kind: "tty", refs: 1, tty: minor, path };
    }
    if (major === 5 && minor === 0) {
      const { tty } = this.#process;
      return tty === undefined ? errno("ENXIO") : { kind: "tty", refs: 1, tty, path: `/dev/pts/${tty}` };
    }
    const name = ({ 3: "null", 5: "zero", 7: "full", 8: "random", 9: "random", 11: "kmsg" } as const)[minor];
    const access = { read: flags.read === true || !flags.write, write: flags.write === true };
    return major === 1 && name ? { kind: "device", refs: 1, name, path, ...access } : errno("ENXIO");
  }

  #openFifo(inode: Inode, path: string, flags: OpenFlags): OpenFile {
    const world = this.#world;
    let stream = inode.stream === undefined ? undefined : world.stream(inode.stream);
    if (stream === undefined) {
      stream = world.createStream();
      this.#kernel.fs.own(inode).stream = stream.id;
    }
    if (flags.write) {
      stream.writers += 1;
      stream.opened = true;
      return { kind: "pipe", refs: 1, stream: stream.id, end: "write", path };
    }
    stream.readers += 1;
    return { kind: "pipe", refs: 1, stream: stream.id, end: "read", path };
  }

  close(fd: number): Errno | undefined {
    return this.#kernel.closeFd(this.#process, fd);
  }

  dup(fd: number, to?: number): number | Errno {
    const process = this.#process;
    const id = process.fds.get(fd);
    if (id === undefined) return errno("EBADF");
    if (to === undefined) {
      this.#kernel.retain(id);
      return this.#kernel.giveFd(process, id);
    }
    if (to < 0 || to >= MAX_FD) return errno("EBADF");
    if (to === fd) return fd;
    this.#kernel.retain(id);
    if (process.fds.has(to)) this.#kernel.closeFd(process, to);
    process.fds.set(to, id);
    return to;
  }

  dupAside(fd: number, least: number): number | Errno {
    const process = this.#process;
    const id = process.fds.get(fd);
    if (id === undefined) return errno("EBADF");
    this.#kernel.retain(id);
    const made = this.#kernel.giveFd(process, id, least);
    process.cloexec.add(made);
    return made;
  }

  openFds(): readonly number[] {
    return [...this.#process.fds.keys()].sort((a, b) => a - b);
  }

  fdTarget(fd: number): string | Errno {
    const file = this.#kernel.file(this.#process, fd);
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

  *read(fd: number, max = 65_536): Task<Uint8Array | Errno> {
    for (;;) {
      const file = this.#kernel.file(this.#process, fd);
      if (file === undefined) return errno("EBADF");
      if (this.#world.spend()) yield READY;
      switch (file.kind) {
        case "file":
          return this.#readFileAt(file, max);
        case "text": {
          const part = file.content.subarray(file.position, file.position + max);
          file.position += part.length;
          return part;
        }
        case "device":
          return this.#readDevice(file.name, max);
        case "listener":
          return errno("ENOTCONN");
        case "tty": {
          const got = yield* this.#readTty(file.tty, max);
          if (got !== undefined) return got;
          break;
        }
        case "pipe":
          if (file.end !== "read") return errno("EBADF");
          break;
        default:
          break;
      }
      if (file.kind === "tty") continue;
      const input = file.kind === "pipe" || file.kind === "master" ? file.stream : file.input;
      const stream = this.#world.stream(input);
      if (stream === undefined) return EMPTY;
      if (stream.size > 0) return take(stream, max);
      if (stream.writers <= 0 && stream.reset) {
        stream.reset = false;
        return errno("ECONNRESET");
      }
      if (stream.writers <= 0 && (stream.opened || file.kind !== "pipe" || file.path === undefined)) return EMPTY;
      if (this.#interrupted()) return errno("EINTR");
      yield { ready: () => this.#kernel.canRead(this.#process, fd), interruptible: true };
    }
  }

  #readFileAt(file: OpenFile & { kind: "file" }, max: number): Uint8Array | Errno {
    if (!file.read) return errno("EBADF");
    const inode = this.#kernel.state.fs.inodes.get(file.ino);
    if (inode === undefined) return EMPTY;
    if (inode.type === "directory") return errno("EISDIR");
    const part = this.#kernel.fs.read(inode, file.position, max);
    file.position += part.length;
    this.#kernel.fs.touchAccess(inode);
    return part;
  }

  #readDevice(name: string, max: number): Uint8Array | Errno {
    if (name === "null") return EMPTY;
    if (name === "random") return this.random(Math.min(max, 4096));
    if (name === "kmsg") return EMPTY;
    return new Uint8Array(Math.min(max, 65_536));
  }

  *#readTty(id: number, max: number): Task<Uint8Array | Errno | undefined> {
    const tty = this.#kernel.state.ttys.get(id);
    const process = this.#process;
    if (tty === undefined) return errno("EIO");
    if (process.tty === id && tty.pgrp !== process.pgid && tty.sid === process.sid) {
      if (process.ignored.has("SIGTTIN") || this.#kernel.isOrphaned(process.pgid)) return errno("EIO");
      this.#kernel.signalGroup(process.pgid, "SIGTTIN");
      yield { ready: () => true };
      return undefined;
    }
    const got = takeInput(tty, max);
    if (got) return got;
    if (this.#interrupted()) return errno("EINTR");
    yield { ready: () => tty.ready.length > 0 || tty.hungUp, interruptible: true };
    return undefined;
  }

  *write(fd: number, data: Uint8Array | string): Task<number | Errno> {
    const bytes = typeof data === "string" ? encode(data) : data;
    const file = this.#kernel.file(this.#process, fd);
    if (file === undefined) return errno("EBADF");
    if (this.#world.spend()) yield READY;
    switch (file.kind) {
      case "file":
        return this.#writeFileAt(file, bytes);
      case "text":
        return this.#writeSysctl(file.path, bytes);
      case "device":
        return file.name === "full" ? errno("ENOSPC") : this.#writeDevice(file.name, bytes);
      case "listener":
        return errno("ENOTCONN");
      case "tty":
        return yield* this.#writeTty(file.tty, bytes);
      case "master": {
        const tty = this.#kernel.state.ttys.get(file.tty);
        if (tty === undefined) return errno("EIO");
        this.#kernel.type(tty, bytes);
        return bytes.length;
      }
      case "pipe":
        if (file.end !== "write") return errno("EBADF");
        return yield* this.#writeStream(file.stream, bytes);
      case "socket":
        if (file.shut) return this.#brokenPipe();
        return yield* this.#writeStream(file.output, bytes);
    }
  }

  #writeFileAt(file: OpenFile & { kind: "file" }, bytes: Uint8Array): number | Errno {
    if (!file.write) return errno("EBADF");
    const inode = this.#kernel.state.fs.inodes.get(file.ino);
    if (inode === undefined) return errno("EIO");
    if (file.append) file.position = inode.size;
    const failed = this.#kernel.fs.write(inode, file.position, bytes);
    if (failed) return failed;
    file.position += bytes.length;
    return bytes.length;
  }

  #writeSysctl(path: string, bytes: Uint8Array): number | Errno {
    const set = this.sysctl(path.replace(/^\/proc\/sys\//, ""), new TextDecoder().decode(bytes).trim());
    return isErrno(set) ? errno("EINVAL") : bytes.length;
  }

  #writeDevice(name: string, bytes: Uint8Array): number {
    if (name === "kmsg") this.#kernel.printk(5, new TextDecoder().decode(bytes).trimEnd());
    return bytes.length;
  }

  *#writeTty(id: number, bytes: Uint8Array): Task<number | Errno> {
    for (let at = 0; at < bytes.length; ) {
      const tty = this.#kernel.state.ttys.get(id);
      if (tty === undefined || tty.hungUp) return errno("EIO");
      if (!this.#kernel.ttyHasRoom(tty)) {
        if (this.#interrupted()) return errno("EINTR");
        yield { ready: () => this.#kernel.ttyHasRoom(tty) || tty.hungUp, interruptible: true };
        continue;
      }
      const part = bytes.subarray(at, at + 16_384);
      this.#kernel.ttyWrite(tty, part);
      at += part.length;
    }
    return bytes.length;
  }

  *#writeStream(id: number, bytes: Uint8Array): Task<number | Errno> {
    for (let at = 0; at < bytes.length; ) {
      const stream = this.#world.stream(id);
      if (stream === undefined || stream.readers <= 0) {
        const broken = this.#brokenPipe();
        yield READY;
        return broken;
      }
      at += put(stream, bytes.subarray(at));
      if (at >= bytes.length) break;
      if (this.#interrupted()) return errno("EINTR");
      yield {
        ready: () => {
          const now = this.#world.stream(id);
          return now === undefined || now.readers <= 0 || now.size < now.capacity;
        },
        interruptible: true,
      };
    }
    return bytes.length;
  }

  #brokenPipe(): Errno {
    if (!this.#process.service) this.#kernel.signal(this.#process, "SIGPIPE");
    return errno("EPIPE");
  }

  readable(fd: number): boolean {
    return this.#kernel.canRead(this.#process, fd);
  }

  seek(fd: number, offset: number, whence: "set" | "cur" | "end" = "set"): number | Errno {
    const file = this.#kernel.file(this.#process, fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind === "device") return 0;
    if (file.kind !== "file" && file.kind !== "text") return errno("ESPIPE");
    const size = file.kind === "text" ? file.content.length : (this.#kernel.state.fs.inodes.get(file.ino)?.size ?? 0);
    const at = offset + (whence === "set" ? 0 : whence === "cur" ? file.position : size);
    if (at < 0) return errno("EINVAL");
    file.position = at;
    return at;
  }

  truncate(path: string, size: number): Errno | undefined {
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type === "directory") return errno("EISDIR");
    if (!permits(found.inode, this.#kernel.credentials(this.#process), "w")) return errno("EACCES");
    return this.#kernel.fs.truncate(found.inode, size);
  }

  ftruncate(fd: number, size: number): Errno | undefined {
    const file = this.#kernel.file(this.#process, fd);
    if (file?.kind !== "file") return errno(file ? "EINVAL" : "EBADF");
    if (!file.write) return errno("EINVAL");
    const inode = this.#kernel.state.fs.inodes.get(file.ino);
    return inode ? this.#kernel.fs.truncate(inode, size) : errno("EBADF");
  }

  fstat(fd: number): Stat | Errno {
    const file = this.#kernel.file(this.#process, fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind === "file") {
      const inode = this.#kernel.state.fs.inodes.get(file.ino);
      return inode ? this.#stat(inode) : errno("EBADF");
    }
    if (file.kind === "text" || file.kind === "device" || file.kind === "tty") return this.stat(file.path);
    const now = this.#world.now;
    return {
      dev: 14,
      ino: file.kind === "pipe" || file.kind === "master" ? 20_000 + file.stream : file.ino,
      type: file.kind === "pipe" || file.kind === "master" ? "fifo" : "socket",
      mode: 0o600,
      nlink: 1,
      uid: this.#process.euid,
      gid: this.#process.egid,
      size: 0,
      blocks: 0,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
    };
  }

  stat(path: string): Stat | Errno {
    const found = this.#walk(path);
    if (!isErrno(found)) return this.#stat(found.inode);
    const fd = this.#descriptor(path);
    return fd === undefined ? found : this.fstat(fd);
  }

  lstat(path: string): Stat | Errno {
    const found = this.#walk(path, false);
    return isErrno(found) ? found : this.#stat(found.inode);
  }

  /** Device numbers of the root file system: those of its virtio disk or partition (major 254). */
  #rootDevice(): number {
    const source = this.#kernel.state.mounts.find((mount) => mount.target === "/")?.source ?? "";
    return 254 * 256 + Number(/\d+$/.exec(source)?.[0] ?? 0);
  }

  /** Folders of an overlay that came with its lower layer count no links; those made since do. */
  #isMerged({ type, dev, btime }: Inode): boolean {
    const { mounts, bootTime } = this.#kernel.state;
    if (type !== "directory" || dev !== 1 || btime >= bootTime) return false;
    return mounts.some((mount) => mount.target === "/" && mount.type === "overlay");
  }

  #stat(inode: Inode): Stat {
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
    const process = this.#process;
    const who = {
      uid: process.uid,
      gid: process.gid,
      groups: process.groups,
      ...(process.root === "/" ? {} : { root: process.root }),
    };
    const found = this.#kernel.fs.walk(path, process.cwd, who);
    if (isErrno(found)) return process.fds.has(this.#descriptor(path) ?? -1) ? undefined : found;
    return want === "" || permits(found.inode, who, want) ? undefined : errno("EACCES");
  }

  readdir(path: string): readonly DirEntry[] | Errno {
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    const { inode } = found;
    if (inode.type !== "directory") return errno("ENOTDIR");
    if (!permits(inode, this.#kernel.credentials(this.#process), "r")) return errno("EACCES");
    if (inode.virtual) return this.#kernel.fs.proc()?.list(inode) ?? [];
    const entries: DirEntry[] = [];
    for (const [name, ino] of inode.entries ?? []) entries.push({ name, ino, type: this.#kernel.fs.get(ino).type });
    return entries;
  }

  readlink(path: string): string | Errno {
    const self = /^\/proc\/self\/fd\/(\d+)$/.exec(path);
    if (self) return this.fdTarget(Number(self[1]));
    const found = this.#walk(path, false);
    if (isErrno(found)) return found;
    return found.inode.type === "symlink" ? (found.inode.target ?? errno("EACCES")) : errno("EINVAL");
  }

  realpath(path: string): string | Errno {
    const found = this.#walk(path);
    return isErrno(found) ? found : found.path;
  }

  mkdir(path: string, mode = 0o777): Errno | undefined {
    const process = this.#process;
    if (path === "") return errno("ENOENT");
    const place = this.#place(path.replace(/\/+$/, "") || "/", false);
    if (isErrno(place)) return place;
    if (place.inode) return errno("EEXIST");
    const made = this.#kernel.fs.create(
      place,
      "directory",
      mode & ~process.umask & 0o7777,
      this.#kernel.credentials(process),
    );
    return isErrno(made) ? made : undefined;
  }

  rmdir(path: string): Errno | undefined {
    if (/(^|\/)\.\/*$/.test(path)) return errno("EINVAL");
    const place = this.#place(path.replace(/\/+$/, "") || "/");
    return isErrno(place) ? place : this.#kernel.fs.rmdir(place, this.#kernel.credentials(this.#process));
  }

  unlink(path: string): Errno | undefined {
    const place = this.#place(path);
    return isErrno(place) ? place : this.#kernel.fs.unlink(place, this.#kernel.credentials(this.#process));
  }

  rename(from: string, to: string): Errno | undefined {
    const source = this.#place(from.replace(/(.)\/+$/, "$1"));
    if (isErrno(source)) return source;
    const target = this.#place(to.replace(/(.)\/+$/, "$1"));
    if (isErrno(target)) return target;
    if (/.\/$/.test(to) && source.inode !== undefined && source.inode.type !== "directory") return errno("ENOTDIR");
    return this.#kernel.fs.rename(source, target, this.#kernel.credentials(this.#process));
  }

  link(from: string, to: string): Errno | undefined {
    const source = this.#walk(from, false);
    if (isErrno(source)) return source;
    const place = this.#place(to);
    return isErrno(place) ? place : this.#kernel.fs.link(source.inode, place, this.#kernel.credentials(this.#process));
  }

  bind(source: string, target: string): Errno | undefined {
    if (this.#process.euid !== 0) return errno("EPERM");
    const found = this.#walk(source);
    if (isErrno(found)) return found;
    const place = this.#place(target);
    return isErrno(place) ? place : this.#kernel.fs.bind(found.inode, place);
  }

  unbind(target: string): Errno | undefined {
    if (this.#process.euid !== 0) return errno("EPERM");
    const place = this.#place(target);
    return isErrno(place) ? place : this.#kernel.fs.unbind(place);
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
    if ((type === "char" || type === "block") && this.#process.euid !== 0) return errno("EPERM");
    return this.#make(path, type, mode & ~this.#process.umask, rdev ? { rdev } : {});
  }

  #make(
    path: string,
    type: Inode["type"],
    mode: number,
    extra: { target?: string; rdev?: readonly [number, number] },
  ): Errno | undefined {
    const place = this.#place(path);
    if (isErrno(place)) return place;
    if (place.inode) return errno("EEXIST");
    const made = this.#kernel.fs.create(place, type, mode, this.#kernel.credentials(this.#process), extra);
    return isErrno(made) ? made : undefined;
  }

  chmod(path: string, mode: number): Errno | undefined {
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    const { euid, egid, groups } = this.#process;
    if (euid !== 0 && euid !== found.inode.uid) return errno("EPERM");
    if (found.inode.virtual) return errno("EPERM");
    const inode = this.#kernel.fs.own(found.inode);
    const keepsGroup = euid === 0 || egid === inode.gid || groups.includes(inode.gid);
    inode.mode = (keepsGroup ? mode : mode & ~0o2000) & 0o7777;
    inode.ctime = this.#world.now;
    inode.version += 1;
    return undefined;
  }

  chown(path: string, uid: number, gid: number, options: { noFollow?: boolean } = {}): Errno | undefined {
    const found = this.#walk(path, !options.noFollow);
    if (isErrno(found)) return found;
    const { euid, egid, groups } = this.#process;
    if (found.inode.virtual) return errno("EPERM");
    if (euid !== 0) {
      const ownGroup = gid === -1 || gid === egid || groups.includes(gid);
      if (euid !== found.inode.uid || (uid !== -1 && uid !== euid) || !ownGroup) return errno("EPERM");
    }
    const inode = this.#kernel.fs.own(found.inode);
    if (uid !== -1) inode.uid = uid;
    if (gid !== -1) inode.gid = gid;
    if (inode.type === "file" && euid !== 0) inode.mode &= ~0o6000;
    inode.ctime = this.#world.now;
    inode.version += 1;
    return undefined;
  }

  utimes(path: string, atime: number, mtime: number, options: { noFollow?: boolean } = {}): Errno | undefined {
    const found = this.#walk(path, !options.noFollow);
    if (isErrno(found)) return found;
    const process = this.#process;
    if (
      process.euid !== 0 &&
      process.euid !== found.inode.uid &&
      !permits(found.inode, this.#kernel.credentials(process), "w")
    ) {
      return errno("EACCES");
    }
    if (found.inode.virtual) return errno("EACCES");
    const inode = this.#kernel.fs.own(found.inode);
    inode.atime = atime;
    inode.mtime = mtime;
    inode.ctime = this.#world.now;
    return undefined;
  }

  readFile(path: string): Uint8Array | Errno {
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    const { inode } = found;
    if (inode.type === "directory") return errno("EISDIR");
    if (!permits(inode, this.#kernel.credentials(this.#process), "r")) return errno("EACCES");
    if (inode.type === "char") return EMPTY;
    if (inode.type !== "file") return errno("EINVAL");
    this.#kernel.fs.touchAccess(inode);
    return this.#kernel.fs.read(inode, 0, inode.virtual ? Number.MAX_SAFE_INTEGER : inode.size);
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
    const file = this.#kernel.file(this.#process, fd);
    const bytes = typeof data === "string" ? encode(data) : data;
    const written =
      file?.kind === "file"
        ? this.#writeFileAt(file, bytes)
        : file?.kind === "text"
          ? this.#writeSysctl(file.path, bytes)
          : file?.kind === "device" && file.name === "full"
            ? errno("ENOSPC")
            : file?.kind === "device"
              ? this.#writeDevice(file.name, bytes)
              : errno("EINVAL");
    this.close(fd);
    return isErrno(written) ? written : undefined;
  }

  version(path: string): number {
    const found = this.#walk(path);
    return isErrno(found) ? 0 : found.inode.ino * 1_000_000 + found.inode.version;
  }

  mounts() {
    const used = Math.round(this.#kernel.state.fs.used / 1024);
    return this.#kernel.state.mounts.map((mount) =>
      mount.target === "/" ? { ...mount, used: mount.used + used, available: mount.available - used } : mount,
    );
  }

  // --- processes ---

  fork(child: (sys: Sys) => Task<number>, options: { pgid?: number; tty?: "foreground" } = {}): number {
    const kernel = this.#kernel;
    const parent = this.#process;
    if (kernel.isFull(parent)) return -1;
    const process = kernel.createProcess(parent);
    if (options.pgid !== undefined) process.pgid = options.pgid === 0 ? process.pid : options.pgid;
    if (options.tty === "foreground" && process.tty !== undefined) {
      const tty = kernel.state.ttys.get(process.tty);
      if (tty) tty.pgrp = process.pgid;
    }
    kernel.world.addThread(kernel, process.pid, child(kernel.sys(process.pid)), false);
    return process.pid;
  }

  *exec(path: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Task<Errno> {
    const kernel = this.#kernel;
    const process = this.#process;
    const found = kernel.resolveExecutable(path, argv, process.cwd, kernel.credentials(process));
    if (isErrno(found)) return found;
    if (env) process.env = { ...env };
    kernel.becomeExecutable(process, found);
    const status = yield* kernel.runExecutable(process, found);
    return yield* this.exit(status);
  }

  *load(name: string): Task<Program | undefined> {
    const { programs, wanted } = this.#world;
    if (programs.get(name) === undefined && programs.known(name)) {
      wanted.add(name);
      yield { ready: () => programs.get(name) !== undefined };
    }
    return programs.get(name);
  }

  spawn(options: Parameters<Sys["spawn"]>[0]): number | Errno {
    return this.#kernel.spawn(this.#process, options);
  }

  *waitpid(
    pid: number,
    options: { noHang?: boolean; untraced?: boolean } = {},
  ): Task<{ pid: number; status: ExitStatus } | undefined | Errno> {
    const kernel = this.#kernel;
    const wanted = (each: Process): boolean =>
      each.ppid === this.pid &&
      (pid > 0 ? each.pid === pid : pid === -1 ? true : each.pgid === (pid === 0 ? this.#process.pgid : -pid));
    const look = (): { pid: number; status: ExitStatus } | "none" | undefined => {
      let any = false;
      for (const each of kernel.state.processes.values()) {
        if (!wanted(each)) continue;
        any = true;
        if (each.state === "zombie") return { pid: each.pid, status: each.status as ExitStatus };
        if (options.untraced && each.state === "stopped" && each.unreported) {
          return { pid: each.pid, status: { kind: "stopped", signal: each.unreported } };
        }
      }
      return any ? undefined : "none";
    };
    for (;;) {
      const seen = look();
      if (seen === "none") return errno("ECHILD");
      if (seen) {
        const child = kernel.process(seen.pid);
        if (seen.status.kind === "stopped") {
          if (child) child.unreported = undefined;
        } else {
          this.#process.cpuTime += child?.cpuTime ?? 0;
          kernel.state.processes.delete(seen.pid);
          this.#process.pending = this.#process.pending.filter((signal) => signal !== "SIGCHLD");
        }
        return seen;
      }
      if (options.noHang) return undefined;
      if (this.#interrupted()) return errno("EINTR");
      yield { ready: () => look() !== undefined, interruptible: true };
    }
  }

  kill(pid: number, signal: SignalName | 0): Errno | undefined {
    const kernel = this.#kernel;
    const { euid, uid, sid } = this.#process;
    const targets = [...kernel.state.processes.values()].filter((each) =>
      pid > 0
        ? each.pid === pid
        : pid === -1
          ? each.pid !== 1 && each.pid !== this.pid
          : each.pgid === (pid === 0 ? this.#process.pgid : -pid),
    );
    if (targets.length === 0) return errno("ESRCH");
    const allowed = targets.filter(
      (each) => euid === 0 || euid === each.uid || uid === each.uid || (signal === "SIGCONT" && each.sid === sid),
    );
    if (allowed.length === 0) return errno("EPERM");
    if (signal !== 0) for (const target of allowed) kernel.signal(target, signal);
    return undefined;
  }

  sigaction(signal: SignalName, action: "default" | "ignore" | "catch"): void {
    const process = this.#process;
    process.ignored.delete(signal);
    process.caught.delete(signal);
    if (action === "ignore") process.ignored.add(signal);
    if (action === "catch") process.caught.add(signal);
    if (action !== "catch") process.pending = process.pending.filter((each) => each !== signal);
  }

  takeSignal(): SignalName | undefined {
    return this.#process.pending.shift();
  }

  processes(): readonly ProcessInfo[] {
    return [...this.#kernel.state.processes.values()].sort((a, b) => a.pid - b.pid).map((each) => this.#describe(each));
  }

  process(pid: number): ProcessInfo | undefined {
    const found = this.#kernel.process(pid);
    return found && this.#describe(found);
  }

  #describe(process: Process): ProcessInfo {
    const tty = process.tty === undefined ? undefined : this.#kernel.state.ttys.get(process.tty);
    return {
      pid: process.pid,
      ppid: process.ppid,
      pgid: process.pgid,
      sid: process.sid,
      uid: process.uid,
      euid: process.euid,
      gid: process.gid,
      egid: process.egid,
      groups: process.groups,
      comm: process.comm,
      exe: process.exe,
      argv: process.state === "zombie" ? [] : process.argv,
      cwd: process.cwd,
      root: process.root,
      umask: process.umask,
      tty: process.tty === undefined ? undefined : `pts/${process.tty}`,
      tpgid: tty?.pgrp ?? -1,
      state: stateLetter(
        process,
        this.#world.current?.pid === process.pid && this.#world.current.kernel === this.#kernel,
      ),
      startTime: process.startTime,
      nice: process.nice,
      threads: process.threads,
      cpuTime: process.cpuTime,
      vsz: process.vsz,
      rss: process.rss,
      cgroup: process.cgroup,
    };
  }

  setNice(pid: number, nice: number): Errno | undefined {
    const target = pid === 0 ? this.#process : this.#kernel.process(pid);
    if (target === undefined) return errno("ESRCH");
    if (this.#process.euid !== 0 && (target.uid !== this.#process.euid || nice < target.nice)) return errno("EACCES");
    target.nice = Math.max(-20, Math.min(19, nice));
    return undefined;
  }

  setComm(name: string): void {
    this.#process.comm = name.slice(0, 15);
  }

  setTitle(title: string): void {
    this.#process.argv = [title];
  }

  setCgroup(pid: number, path: string): void {
    const target = this.#kernel.process(pid);
    if (target) target.cgroup = path;
  }

  setMemory(vsz: number, rss: number, threads = 1): void {
    this.#process.threads = threads;
    this.#process.vsz = vsz;
    this.#process.rss = rss;
  }

  // --- pipes and terminals ---

  pipe(): { read: number; write: number } {
    const kernel = this.#kernel;
    const process = this.#process;
    const stream = this.#world.createStream();
    stream.readers = 1;
    stream.writers = 1;
    stream.opened = true;
    const read = kernel.giveFd(process, kernel.addFile({ kind: "pipe", refs: 1, stream: stream.id, end: "read" }));
    const write = kernel.giveFd(process, kernel.addFile({ kind: "pipe", refs: 1, stream: stream.id, end: "write" }));
    return { read, write };
  }

  #tty(fd: number) {
    const file = this.#kernel.file(this.#process, fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind !== "tty" && file.kind !== "master") return errno("ENOTTY");
    return this.#kernel.state.ttys.get(file.tty) ?? errno("EIO");
  }

  isatty(fd: number): boolean {
    return this.#kernel.file(this.#process, fd)?.kind === "tty";
  }

  ttyName(fd: number): string | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : `/dev/pts/${tty.id}`;
  }

  tcgetattr(fd: number): Termios | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : { ...tty.modes };
  }

  tcsetattr(fd: number, modes: Partial<Termios>): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    const process = this.#process;
    // From the background this stops the whole group, as Linux does; a shell ignores the signal.
    if (
      process.tty === tty.id &&
      tty.sid === process.sid &&
      tty.pgrp !== process.pgid &&
      !process.ignored.has("SIGTTOU")
    ) {
      if (this.#kernel.isOrphaned(process.pgid)) return errno("EIO");
      this.#kernel.signalGroup(process.pgid, "SIGTTOU");
      return errno("EINTR");
    }
    const wasCooked = tty.modes.icanon;
    Object.assign(tty.modes, modes);
    if (wasCooked && !tty.modes.icanon && tty.line !== "") {
      tty.ready.push(encode(tty.line));
      tty.line = "";
    }
    return undefined;
  }

  windowSize(fd: number): WindowSize | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : tty.size;
  }

  setWindowSize(fd: number, size: WindowSize): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    this.#kernel.resizeTty(tty, size);
    return undefined;
  }

  tcgetpgrp(fd: number): number | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : tty.pgrp;
  }

  tcsetpgrp(fd: number, pgid: number): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    tty.pgrp = pgid;
    return undefined;
  }

  openAnonymous(kind: string): number {
    const file: OpenFile = { kind: "device", refs: 1, name: "null", path: `anon_inode:[${kind}]` };
    return this.#kernel.giveFd(this.#process, this.#kernel.addFile(file));
  }

  openpty(size: WindowSize): { master: number; slave: string } {
    const kernel = this.#kernel;
    const stream = this.#world.createStream();
    stream.readers = 1;
    stream.writers = 1;
    const tty = kernel.createTty({ kind: "master", stream: stream.id }, size, { uid: this.#process.euid });
    const master = kernel.giveFd(
      this.#process,
      kernel.addFile({ kind: "master", refs: 1, tty: tty.id, stream: stream.id }),
    );
    return { master, slave: `pts/${tty.id}` };
  }

  // --- network ---

  listen(address: SocketAddress): number | Errno {
    const kernel = this.#kernel;
    const process = this.#process;
    let bound = address;
    if (address.family === "unix") {
      const place = this.#place(address.path);
      if (isErrno(place)) return place;
      if (place.inode) return errno("EADDRINUSE");
      const made = kernel.fs.create(place, "socket", 0o777 & ~process.umask, kernel.credentials(process));
      if (isErrno(made)) return made;
      bound = { family: "unix", path: join(place.parentPath, place.name) };
    } else {
      if (address.port > 0 && address.port < 1024 && process.euid !== 0) return errno("EACCES");
      const wild = address.address === "" || address.address === "::" || address.address === "0.0.0.0";
      if (!wild && !kernel.hasAddress(address.address)) return errno("EADDRNOTAVAIL");
      if (address.port !== 0 && this.#addressInUse(address)) return errno("EADDRINUSE");
      if (address.port === 0) bound = { ...address, port: kernel.state.nextPort++ };
    }
    const id = kernel.addFile({
      kind: "listener",
      refs: 1,
      ino: kernel.state.nextSocket++,
      address: bound,
      backlog: [],
      uid: process.euid,
    });
    return kernel.giveFd(process, id);
  }

  /** Whether another listener has this port on an address that is also ours; IPv4 and a socket of IPv6 alone do not meet. */
  #addressInUse(wanted: InternetAddress): boolean {
    for (const file of this.#kernel.state.files.values()) {
      if (file.kind !== "listener" || file.address.family !== wanted.family || file.address.port !== wanted.port)
        continue;
      const other = file.address;
      if (!familiesOf(other).some((version) => familiesOf(wanted).includes(version))) continue;
      if (isWild(wanted) || isWild(other) || other.address === wanted.address) return true;
    }
    return false;
  }

  *accept(fd: number): Task<number | Errno> {
    for (;;) {
      const file = this.#kernel.file(this.#process, fd);
      if (file?.kind !== "listener") return errno(file ? "EINVAL" : "EBADF");
      const next = file.backlog.shift();
      if (next !== undefined) return this.#kernel.giveFd(this.#process, next);
      if (this.#interrupted()) return errno("EINTR");
      yield { ready: () => file.backlog.length > 0, interruptible: true };
    }
  }

  *connect(address: SocketAddress, options: { timeout?: number; from?: string } = {}): Task<number | Errno> {
    if (address.family === "unix") return this.#connectUnix(address.path);
    const kernel = this.#kernel;
    const target = address.address === "0.0.0.0" ? "127.0.0.1" : address.address === "::" ? "::1" : address.address;
    const deadline = options.timeout === undefined ? undefined : this.#world.now + options.timeout;
    const giveUp = function* (this: ProcessSys, after: number, code: "EHOSTUNREACH" | "ETIMEDOUT"): Task<Errno> {
      const end = this.#world.now + after;
      const until = deadline === undefined ? end : Math.min(end, deadline);
      const waited = yield* this.sleep(until - this.#world.now);
      if (waited) return waited;
      return errno(until < end ? "ETIMEDOUT" : code);
    }.bind(this);
    const local = kernel.hasAddress(target);
    const source = options.from ?? (local ? target : kernel.sourceAddress());
    let machine: Kernel | undefined = local ? kernel : undefined;
    if (!local)
      for (const other of this.#world.kernels.values())
        if (other !== kernel && other.hasAddress(target)) machine = other;
    const sent = kernel.filter("OUTPUT", source, target, address.port);
    if (sent === "REJECT" || sent === "UNREACHABLE") return errno(sent === "REJECT" ? "ECONNREFUSED" : "EHOSTUNREACH");
    if (sent === "DROP") return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    if (machine === undefined) {
      const near = kernel.state.interfaces.some(
        (face) => face.name !== "lo" && face.addresses.some((own) => inNetwork(target, own)),
      );
      return near ? yield* giveUp(UNREACHABLE_AFTER, "EHOSTUNREACH") : yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    }
    const received = machine.filter("INPUT", source, target, address.port);
    if (received === "DROP") return yield* giveUp(SYN_TIMEOUT, "ETIMEDOUT");
    if (received === "REJECT" || received === "UNREACHABLE")
      return errno(received === "REJECT" ? "ECONNREFUSED" : "EHOSTUNREACH");
    const found = machine.findListener(target, address.port);
    if (found === undefined) return errno("ECONNREFUSED");
    const from: SocketAddress = { family: "tcp", address: source, port: kernel.state.nextPort };
    kernel.state.nextPort = kernel.state.nextPort >= 60_998 ? 32_768 : kernel.state.nextPort + 2;
    return this.#join(machine, found, from, { family: "tcp", address: target, port: address.port });
  }

  #connectUnix(path: string): number | Errno {
    const found = this.#walk(path);
    if (isErrno(found)) return found;
    if (found.inode.type !== "socket") return errno("ECONNREFUSED");
    if (!permits(found.inode, this.#kernel.credentials(this.#process), "w")) return errno("EACCES");
    const listener = this.#kernel.findUnixListener(found.path, found.inode);
    if (listener === undefined) return errno("ECONNREFUSED");
    return this.#join(this.#kernel, listener, { family: "unix", path: "" }, { family: "unix", path: found.path });
  }

  /** Wires a client of ours to a listener: two streams, a descriptor at each end. */
  #join(
    machine: Kernel,
    listener: NonNullable<ReturnType<Kernel["findListener"]>>,
    from: SocketAddress,
    to: SocketAddress,
  ): number {
    const world = this.#world;
    const kernel = this.#kernel;
    const process = this.#process;
    const there = world.createStream();
    const back = world.createStream();
    for (const stream of [there, back]) {
      stream.readers = 1;
      stream.writers = 1;
      stream.opened = true;
    }
    const server = listener.process;
    const id = machine.addFile({
      kind: "socket",
      refs: 1,
      ino: machine.state.nextSocket++,
      input: there.id,
      output: back.id,
      local: Object.freeze(to),
      peer: Object.freeze(from),
      peerProcess: Object.freeze({ pid: this.pid, uid: process.euid, gid: process.egid }),
      shut: false,
      uid: server.euid,
    });
    listener.file.backlog.push(id);
    if (server.service) machine.tellService(server);
    const own = kernel.addFile({
      kind: "socket",
      refs: 1,
      ino: kernel.state.nextSocket++,
      input: back.id,
      output: there.id,
      local: from,
      peer: to,
      peerProcess: Object.freeze({ pid: server.pid, uid: server.euid, gid: server.egid }),
      shut: false,
      uid: process.euid,
    });
    return kernel.giveFd(process, own);
  }

  shutdown(fd: number): Errno | undefined {
    const file = this.#kernel.file(this.#process, fd);
    if (file?.kind !== "socket") return errno(file ? "ENOTSOCK" : "EBADF");
    if (file.shut) return undefined;
    file.shut = true;
    const stream = this.#world.stream(file.output);
    if (stream) {
      stream.writers -= 1;
      this.#world.releaseStream(stream);
    }
    return undefined;
  }

  getsockname(fd: number): SocketAddress | Errno {
    const file = this.#kernel.file(this.#process, fd);
    if (file?.kind === "socket") return file.local;
    if (file?.kind === "listener") return file.address;
    return errno(file ? "ENOTSOCK" : "EBADF");
  }

  getpeername(fd: number): SocketAddress | Errno {
    const file = this.#kernel.file(this.#process, fd);
    if (file?.kind === "socket") return file.peer;
    return errno(file ? "ENOTCONN" : "EBADF");
  }

  peerCredentials(fd: number): { pid: number; uid: number; gid: number } | Errno {
    const file = this.#kernel.file(this.#process, fd);
    return file?.kind === "socket" ? { ...file.peerProcess } : errno("ENOTSOCK");
  }

  sockets(): readonly SocketInfo[] {
    const kernel = this.#kernel;
    const owners = new Map<number, { pid: number; comm: string; fd: number }[]>();
    for (const process of kernel.state.processes.values()) {
      for (const [fd, id] of process.fds) {
        const list = owners.get(id);
        const owner = { pid: process.pid, comm: process.comm, fd };
        if (list) list.push(owner);
        else owners.set(id, [owner]);
      }
    }
    const rows: SocketInfo[] = [];
    const ends = new Map<number, number>();
    for (const file of kernel.state.files.values()) if (file.kind === "socket") ends.set(file.output, file.ino);
    const held = (stream: number) => this.#world.stream(stream)?.size ?? 0;
    for (const [id, file] of kernel.state.files) {
      if (file.kind !== "listener" && file.kind !== "socket") continue;
      const local = file.kind === "listener" ? file.address : file.local;
      const peer = file.kind === "socket" ? file.peer : undefined;
      rows.push({
        family: local.family,
        state: file.kind === "listener" ? "LISTEN" : "ESTAB",
        local: local.family === "unix" ? local.path : local.address,
        localPort: local.family === "unix" ? 0 : local.port,
        peer: peer === undefined ? "" : peer.family === "unix" ? peer.path : peer.address,
        peerPort: peer === undefined || peer.family === "unix" ? 0 : peer.port,
        owners: owners.get(id) ?? [],
        inode: file.ino,
        uid: file.uid,
        v6only: local.family !== "unix" && local.v6only === true,
        backlog: local.family === "unix" ? SOMAXCONN : (local.backlog ?? SOMAXCONN),
        received: file.kind === "listener" ? file.backlog.length : held(file.input),
        sent: file.kind === "listener" ? 0 : held(file.output),
        peerInode: file.kind === "listener" ? 0 : (ends.get(file.input) ?? 0),
      });
    }
    return listInOrder(rows, kernel.state.facts.bootId);
  }

  interfaces() {
    return this.#kernel.state.interfaces;
  }

  netfilter(rules?: Data): Data {
    if (rules !== undefined) this.#kernel.state.netfilter = rules;
    return this.#kernel.state.netfilter;
  }

  // --- services only ---

  setTimer(name: string, at: number | undefined): void {
    if (at === undefined) this.#process.timers.delete(name);
    else this.#process.timers.set(name, at);
  }

  timers(): ReadonlyMap<string, number> {
    return this.#process.timers;
  }

  watch(fd: number, on = true): void {
    this.#kernel.watch(this.#process, fd, on);
  }

  keep(fd: number, on = true): void {
    this.#process.lasting ??= new Set();
    if (on) this.#process.lasting.add(fd);
    else this.#process.lasting.delete(fd);
  }

  // --- kernel log ---

  printk(priority: number, text: string): void {
    this.#kernel.printk(priority, text);
  }

  dmesg() {
    return this.#kernel.state.dmesg;
  }
}
