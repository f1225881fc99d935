// Where sed writes: standard output, files of w, and the copies of -i. A newline that the last line of the input
// lacked is added before anything follows it.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, encode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";

export interface Output {
  /** A line; without its newline where the input had none. */
  line(text: string, ended: boolean): void;
  /** Text that brings its own newlines. */
  raw(text: string): void;
}

abstract class Sink implements Output {
  #missing = false;
  readonly #end: string;

  constructor(end: string) {
    this.#end = end;
  }

  protected abstract put(text: string): void;

  line(text: string, ended: boolean): void {
    this.raw(ended ? text + this.#end : text);
    this.#missing = !ended;
  }

  raw(text: string): void {
    this.put(this.#missing ? this.#end + text : text);
    this.#missing = false;
  }
}

/** Standard output, or standard error for w /dev/stderr. */
export class StreamSink extends Sink {
  readonly #print: (text: string) => void;

  constructor(print: (text: string) => void, end: string) {
    super(end);
    this.#print = print;
  }

  protected override put(text: string): void {
    this.#print(text);
  }
}

/** A file made at once and written when sed ends, or when the copy of -i is complete. */
export class FileSink extends Sink {
  readonly #fd: number;
  #parts: Uint8Array[] = [];

  constructor(fd: number, end: string) {
    super(end);
    this.#fd = fd;
  }

  protected override put(text: string): void {
    this.#parts.push(encode(text));
  }

  *flush(io: Io): Task<void> {
    if (this.#parts.length === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    yield* io.sys.write(this.#fd, concat(parts));
  }
}

/** The files of w commands, one sink a name. */
export class WriteFiles {
  readonly #io: Io;
  readonly #end: string;
  readonly #stdout: Output;
  readonly #sinks = new Map<string, Output>();

  constructor(io: Io, stdout: Output, end: string) {
    this.#io = io;
    this.#stdout = stdout;
    this.#end = end;
  }

  /** Opens the file of a w command; all are made before the first line is read. */
  *open(name: string): Task<void> {
    if (this.#sinks.has(name)) return;
    if (name === "/dev/stdout") this.#sinks.set(name, this.#stdout);
    else if (name === "/dev/stderr")
      this.#sinks.set(name, new StreamSink((text) => this.#io.printError(text), this.#end));
    else {
      const fd = this.#io.sys.open(name, { write: true, create: true, truncate: true });
      if (isErrno(fd)) yield* this.#io.die(4, `couldn't open file ${name}: ${fd.text}`);
      else this.#sinks.set(name, new FileSink(fd, this.#end));
    }
  }

  get(name: string): Output {
    return this.#sinks.get(name) ?? this.#stdout;
  }

  *flush(): Task<void> {
    for (const sink of this.#sinks.values()) if (sink instanceof FileSink) yield* sink.flush(this.#io);
  }
}
