// Where awk reads from and writes to: records of files and commands, output files and pipes.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import type { Io } from "../define.ts";

const decoder = new TextDecoder();

/** Bytes to text with one character a byte. */
export function fromBytes(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte < 128)) return decoder.decode(bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** Back again; plain ASCII stays a string. */
export function toBytes(text: string): Uint8Array | string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** How records end: a text, a pattern, or blank lines. */
export type Separator = string | Regex | "paragraph";

export class RecordReader {
  readonly fd: number;
  readonly #io: Io;
  #buffer = "";
  #at = 0;
  #done = false;
  problem: Errno | undefined;

  constructor(io: Io, fd: number) {
    this.#io = io;
    this.fd = fd;
  }

  *#fill(): Task<boolean> {
    if (this.#done) return false;
    const bytes = yield* this.#io.read(this.fd);
    if (isErrno(bytes)) this.problem = bytes;
    if (isErrno(bytes) || bytes.length === 0) {
      this.#done = true;
      return false;
    }
    this.#buffer = this.#buffer.slice(this.#at) + fromBytes(bytes);
    this.#at = 0;
    if (this.#io.sys.due()) yield* this.#io.sys.rest();
    return true;
  }

  /** The next record; undefined at the end. */
  *next(separator: Separator): Task<string | undefined> {
    if (separator === "paragraph") yield* this.#skipBlankLines();
    for (;;) {
      const found = this.#find(separator);
      if (
        found !== undefined &&
        (found[1] < this.#buffer.length || (typeof separator === "string" && separator !== "paragraph") || this.#done)
      ) {
        const record = this.#buffer.slice(this.#at, found[0]);
        this.#at = found[1];
        return record;
      }
      if (yield* this.#fill()) continue;
      if (this.#at >= this.#buffer.length) return undefined;
      const rest = this.#buffer.slice(this.#at);
      this.#at = this.#buffer.length;
      // A last newline that the separator does not name belongs to no record of a paragraph or pattern.
      return separator === "paragraph" ? rest.replace(/\n+$/, "") : rest;
    }
  }

  #find(separator: Separator): readonly [number, number] | undefined {
    if (separator === "paragraph") {
      const start = this.#buffer.indexOf("\n\n", this.#at);
      if (start < 0) return undefined;
      let end = start;
      while (this.#buffer[end] === "\n") end++;
      return [start, end];
    }
    if (typeof separator === "string") {
      const start = this.#buffer.indexOf(separator, this.#at);
      return start < 0 ? undefined : [start, start + separator.length];
    }
    for (let from = this.#at; ; ) {
      const found = separator.find(this.#buffer, from);
      if (found === undefined || found[1] > found[0]) return found;
      from = found[1] + 1;
    }
  }

  *#skipBlankLines(): Task<void> {
    for (;;) {
      while (this.#buffer[this.#at] === "\n") this.#at++;
      if (this.#at < this.#buffer.length || !(yield* this.#fill())) return;
    }
  }
}
