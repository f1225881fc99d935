// The text that less shows: lines of a file or a pipe, read as far as they are needed.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";

export class LessDocument {
  readonly name: string;
  readonly fd: number;
  /** Size in bytes where it is known beforehand or the end was read. */
  size: number | undefined;
  readonly lines: string[] = [];
  /** Byte offset of the start of each line, and of the end. */
  readonly offsets: number[] = [0];
  ended = false;
  problem: Errno | undefined;
  readonly #io: Io;
  #rest: Uint8Array = new Uint8Array(0);
  #partial = false;

  constructor(io: Io, name: string, fd: number) {
    this.#io = io;
    this.name = name;
    this.fd = fd;
    const stat = io.sys.fstat(fd);
    this.size = !isErrno(stat) && stat.type === "file" ? stat.size : undefined;
  }

  /** Reads until there are so many lines or the end is reached; false where a signal cut it short. */
  *need(count: number): Task<boolean> {
    while (!this.ended && this.lines.length - (this.#partial ? 1 : 0) < count) {
      const bytes = yield* this.#io.read(this.fd);
      if (isErrno(bytes) && bytes.code === "EINTR") return false;
      if (isErrno(bytes)) this.problem = bytes;
      if (isErrno(bytes) || bytes.length === 0) {
        this.#end();
        break;
      }
      this.#take(bytes);
      if (this.#io.sys.due()) yield* this.#io.sys.rest();
    }
    return true;
  }

  /** What has come in since the end was reached (F). */
  *more(): Task<void> {
    const bytes = yield* this.#io.read(this.fd);
    if (isErrno(bytes) || bytes.length === 0) return;
    if (this.#partial) {
      this.lines.pop();
      this.offsets.pop();
    }
    this.#take(bytes);
    this.#end();
  }

  #take(bytes: Uint8Array): void {
    let whole = bytes;
    if (this.#partial) {
      this.#partial = false;
      whole = concat([this.#rest, bytes]);
    } else if (this.#rest.length > 0) whole = concat([this.#rest, bytes]);
    let from = 0;
    for (let end = whole.indexOf(10); end >= 0; end = whole.indexOf(10, from)) {
      this.#add(whole.subarray(from, end), end + 1 - from);
      from = end + 1;
    }
    this.#rest = whole.slice(from);
  }

  #add(line: Uint8Array, length: number): void {
    this.lines.push(decode(line));
    this.offsets.push((this.offsets[this.offsets.length - 1] ?? 0) + length);
  }

  #end(): void {
    this.ended = true;
    this.#partial = this.#rest.length > 0;
    if (this.#partial) this.#add(this.#rest, this.#rest.length);
    this.size = this.offsets[this.offsets.length - 1];
  }
}
