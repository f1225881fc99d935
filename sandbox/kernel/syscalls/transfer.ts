// Reading and writing, by what stands behind the descriptor.

import { type Errno, errno, isErrno } from "../errno.ts";
import { canRead } from "../files.ts";
import type { OpenFile } from "../process.ts";
import { put, take } from "../stream.ts";
import type { Task } from "../sys.ts";
import { ttyHasRoom, typeKeys, writeTty } from "../terminals.ts";
import { encode } from "../text.ts";
import { takeInput } from "../tty.ts";
import { READY } from "../world.ts";
import { DescriptorCalls, EMPTY } from "./descriptors.ts";

export class TransferCalls extends DescriptorCalls {
  *read(fd: number, max = 65_536): Task<Uint8Array | Errno> {
    for (;;) {
      const file = this.file(fd);
      if (file === undefined) return errno("EBADF");
      if (this.world.spend()) yield READY;
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
      const stream = this.world.stream(input);
      if (stream === undefined) return EMPTY;
      if (stream.size > 0) return take(stream, max);
      if (stream.writers <= 0 && stream.reset) {
        stream.reset = false;
        return errno("ECONNRESET");
      }
      if (stream.writers <= 0 && (stream.opened || file.kind !== "pipe" || file.path === undefined)) return EMPTY;
      if (this.interrupted()) return errno("EINTR");
      yield { ready: () => canRead(this.kernel, this.caller, fd), interruptible: true };
    }
  }

  #readFileAt(file: OpenFile & { kind: "file" }, max: number): Uint8Array | Errno {
    if (!file.read) return errno("EBADF");
    const inode = this.kernel.state.fs.inodes.get(file.ino);
    if (inode === undefined) return EMPTY;
    if (inode.type === "directory") return errno("EISDIR");
    const part = this.fs.read(inode, file.position, max);
    file.position += part.length;
    this.fs.touchAccess(inode);
    return part;
  }

  #readDevice(name: string, max: number): Uint8Array | Errno {
    if (name === "null") return EMPTY;
    if (name === "random") return this.random(Math.min(max, 4096));
    if (name === "kmsg") return EMPTY;
    return new Uint8Array(Math.min(max, 65_536));
  }

  *#readTty(id: number, max: number): Task<Uint8Array | Errno | undefined> {
    const tty = this.kernel.state.ttys.get(id);
    const process = this.caller;
    if (tty === undefined) return errno("EIO");
    if (process.tty === id && tty.pgrp !== process.pgid && tty.sid === process.sid) {
      if (process.ignored.has("SIGTTIN") || this.kernel.isOrphaned(process.pgid)) return errno("EIO");
      this.kernel.signalGroup(process.pgid, "SIGTTIN");
      yield { ready: () => true };
      return undefined;
    }
    const got = takeInput(tty, max);
    if (got) return got;
    if (this.interrupted()) return errno("EINTR");
    yield { ready: () => tty.ready.length > 0 || tty.hungUp, interruptible: true };
    return undefined;
  }

  *write(fd: number, data: Uint8Array | string): Task<number | Errno> {
    const bytes = typeof data === "string" ? encode(data) : data;
    const file = this.file(fd);
    if (file === undefined) return errno("EBADF");
    if (this.world.spend()) yield READY;
    switch (file.kind) {
      case "file":
        return this.writeFileAt(file, bytes);
      case "text":
        return this.writeSysctl(file.path, bytes);
      case "device":
        return file.name === "full" ? errno("ENOSPC") : this.writeDevice(file.name, bytes);
      case "listener":
        return errno("ENOTCONN");
      case "tty":
        return yield* this.#writeTty(file.tty, bytes);
      case "master": {
        const tty = this.kernel.state.ttys.get(file.tty);
        if (tty === undefined) return errno("EIO");
        typeKeys(this.kernel, tty, bytes);
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

  protected writeFileAt(file: OpenFile & { kind: "file" }, bytes: Uint8Array): number | Errno {
    if (!file.write) return errno("EBADF");
    const inode = this.kernel.state.fs.inodes.get(file.ino);
    if (inode === undefined) return errno("EIO");
    if (file.append) file.position = inode.size;
    const failed = this.fs.write(inode, file.position, bytes);
    if (failed) return failed;
    file.position += bytes.length;
    return bytes.length;
  }

  protected writeSysctl(path: string, bytes: Uint8Array): number | Errno {
    const set = this.sysctl(path.replace(/^\/proc\/sys\//, ""), new TextDecoder().decode(bytes).trim());
    return isErrno(set) ? errno("EINVAL") : bytes.length;
  }

  protected writeDevice(name: string, bytes: Uint8Array): number {
    if (name === "kmsg") this.kernel.printk(5, new TextDecoder().decode(bytes).trimEnd());
    return bytes.length;
  }

  *#writeTty(id: number, bytes: Uint8Array): Task<number | Errno> {
    for (let at = 0; at < bytes.length; ) {
      const tty = this.kernel.state.ttys.get(id);
      if (tty === undefined || tty.hungUp) return errno("EIO");
      if (!ttyHasRoom(this.kernel, tty)) {
        if (this.interrupted()) return errno("EINTR");
        yield { ready: () => ttyHasRoom(this.kernel, tty) || tty.hungUp, interruptible: true };
        continue;
      }
      const part = bytes.subarray(at, at + 16_384);
      writeTty(this.kernel, tty, part);
      at += part.length;
    }
    return bytes.length;
  }

  *#writeStream(id: number, bytes: Uint8Array): Task<number | Errno> {
    for (let at = 0; at < bytes.length; ) {
      const stream = this.world.stream(id);
      if (stream === undefined || stream.readers <= 0) {
        const broken = this.#brokenPipe();
        yield READY;
        return broken;
      }
      at += put(stream, bytes.subarray(at));
      if (at >= bytes.length) break;
      if (this.interrupted()) return errno("EINTR");
      yield {
        ready: () => {
          const now = this.world.stream(id);
          return now === undefined || now.readers <= 0 || now.size < now.capacity;
        },
        interruptible: true,
      };
    }
    return bytes.length;
  }

  #brokenPipe(): Errno {
    if (!this.caller.service) this.kernel.signal(this.caller, "SIGPIPE");
    return errno("EPIPE");
  }
}
