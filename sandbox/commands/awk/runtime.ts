// A running awk program: its calls, its input and output, its ends. Variables and the record are below it.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import { AwkArray } from "./array.ts";
import { type ArrayRef, type Slot, type Statement, Untyped } from "./nodes.ts";
import { RecordFields } from "./record.ts";
import { ARGC, ARGV, FILENAME, FNR, NR } from "./specials.ts";
import { RecordReader, toBytes } from "./streams.ts";
import { Input, toNumber, type Value } from "./values.ts";

interface OutputStream {
  readonly fd: number;
  readonly pid: number | undefined;
  parts: (Uint8Array | string)[];
}

interface InputStream {
  readonly reader: RecordReader;
  readonly pid: number | undefined;
}

export class Runtime extends RecordFields {
  status = 0;
  returned: Value;
  #depth = 0;
  readonly #inputs = new Map<string, InputStream>();
  readonly #outputs = new Map<string, OutputStream>();
  #main: RecordReader | undefined;
  #nextArgument = 1;
  #sawFile = false;
  /** Slots of names, for assignments among the operands. */
  readonly #slots: ReadonlyMap<string, number>;

  constructor(io: Io, slots: ReadonlyMap<string, number>, argv: readonly string[]) {
    super(io, argv);
    this.#slots = slots;
  }

  lengthOf(ref: ArrayRef): number {
    const value = ref.raw(this);
    if (value instanceof AwkArray) return value.size;
    return value instanceof Untyped ? 0 : this.text(value).length;
  }

  /** Runs a function's body with its arguments. */
  *call(frame: Slot[], body: Statement): Task<Value> {
    const before = this.frame;
    if (++this.#depth > 1000) return yield* this.fail("function call nesting is too deep for this sandbox");
    this.frame = frame;
    this.returned = undefined;
    const signal = yield* body(this);
    this.frame = before;
    this.#depth--;
    if (signal === "exit") yield* this.leave();
    const { returned } = this;
    this.returned = undefined;
    return signal === "return" ? returned : undefined;
  }

  // --- input ---

  /** The next record of the main input; false at its end. */
  *nextRecord(): Task<boolean> {
    const text = yield* this.#readMain();
    if (text === undefined) return false;
    this.setRecord(text);
    return true;
  }

  *#readMain(): Task<string | undefined> {
    for (;;) {
      if (this.#main === undefined && !(yield* this.#openNext())) return undefined;
      const reader = this.#main as RecordReader;
      const text = yield* reader.next(this.separator());
      if (text !== undefined) {
        this.globals[NR] = toNumber(this.global(NR)) + 1;
        this.globals[FNR] = toNumber(this.global(FNR)) + 1;
        return text;
      }
      if (reader.problem !== undefined) {
        this.io.warn(`read error (${reader.problem.text})`);
        yield* this.leave(2);
      }
      this.skipFile();
    }
  }

  /** nextfile: the rest of the current file is not read. */
  skipFile(): void {
    if (this.#main === undefined) return;
    this.io.close(this.#main.fd);
    this.#main = undefined;
  }

  /** Opens the next operand that is a file; assignments among them take effect on the way. */
  *#openNext(): Task<boolean> {
    const list = this.globalArray(ARGV);
    while (this.#nextArgument < toNumber(this.global(ARGC))) {
      const word = this.text(list.get(String(this.#nextArgument++), true));
      if (word === "") continue;
      if (this.assignOperand(word)) continue;
      const fd = word === "-" ? 0 : this.io.open(latin(word));
      if (isErrno(fd)) {
        yield* this.#complain(`cannot open ${word} (${fd.text})`);
        continue;
      }
      this.#open(fd, word);
      return true;
    }
    if (this.#sawFile) return false;
    this.#open(0, undefined);
    return true;
  }

  #open(fd: number, name: string | undefined): void {
    this.#main = new RecordReader(this.io, fd);
    this.#sawFile = true;
    this.globals[FNR] = 0;
    this.globals[FILENAME] = name ?? "";
  }

  *#complain(text: string): Task<void> {
    this.io.warn(text);
    yield* this.leave(2);
  }

  /** `name=value` as an operand or of -v; false where it is none. */
  assignOperand(word: string, unescapeText: (text: string) => string = (text) => text): boolean {
    const found = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
    if (found === null) return false;
    const slot = this.#slots.get(found[1] ?? "");
    if (slot !== undefined) this.setGlobal(slot, new Input(unescapeText(found[2] ?? "")));
    return true;
  }

  *getline(kind: "" | "<" | "|", name: string, store: ((value: Value) => void) | undefined): Task<Value> {
    if (kind === "") {
      const text = yield* this.#readMain();
      if (text === undefined) return 0;
      if (store === undefined) this.setRecord(text);
      else store(new Input(text));
      return 1;
    }
    const stream = yield* this.#inputStream(kind, name);
    if (isErrno(stream)) return -1;
    const text = yield* stream.reader.next(this.separator());
    if (text === undefined) return stream.reader.problem === undefined ? 0 : -1;
    if (store !== undefined) store(new Input(text));
    else this.setRecord(text);
    return 1;
  }

  *#inputStream(kind: "<" | "|", name: string): Task<InputStream | Errno> {
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    let stream: InputStream;
    if (kind === "<") {
      const isStdin = name === "-" || name === "/dev/stdin";
      const fd = isStdin ? 0 : this.io.open(latin(name));
      if (isErrno(fd)) return fd;
      if (isStdin && this.#main?.fd === 0) return { reader: this.#main, pid: undefined };
      stream = { reader: new RecordReader(this.io, fd), pid: undefined };
      if (isStdin) {
        this.#main ??= stream.reader;
        this.#sawFile = true;
      }
    } else {
      yield* this.flushAll();
      const { sys } = this.io;
      const pipe = sys.pipe();
      const pid = this.#shell(name, { 0: 0, 1: pipe.write, 2: 2 });
      sys.close(pipe.write);
      stream = { reader: new RecordReader(this.io, pipe.read), pid };
    }
    this.#inputs.set(name, stream);
    return stream;
  }

  #shell(command: string, fds: Readonly<Record<number, number>>): number | undefined {
    const pid = this.io.sys.spawn({ path: "/bin/sh", argv: ["sh", "-c", latin(command)], fds });
    return isErrno(pid) ? undefined : pid;
  }

  // --- output ---

  output(text: string): void {
    this.io.print(toBytes(text));
  }

  *outputTo(kind: ">" | ">>" | "|", name: string, text: string): Task<void> {
    if (kind !== "|" && (name === "/dev/stdout" || name === "-")) return this.output(text);
    if (kind !== "|" && name === "/dev/stderr") {
      yield* this.io.flush();
      yield* this.io.sys.write(2, toBytes(text));
      return;
    }
    let stream = this.#outputs.get(name);
    if (stream === undefined) {
      const opened = yield* this.#openOutput(kind, name);
      if (opened === undefined) return;
      stream = opened;
      this.#outputs.set(name, stream);
    }
    stream.parts.push(toBytes(text));
  }

  *#openOutput(kind: ">" | ">>" | "|", name: string): Task<OutputStream | undefined> {
    const { sys } = this.io;
    if (kind === "|") {
      yield* this.flushAll();
      const pipe = sys.pipe();
      const pid = this.#shell(name, { 0: pipe.read, 1: 1, 2: 2 });
      sys.close(pipe.read);
      return { fd: pipe.write, pid, parts: [] };
    }
    const fd = sys.open(latin(name), {
      write: true,
      create: true,
      ...(kind === ">" ? { truncate: true } : { append: true }),
    });
    if (!isErrno(fd)) return { fd, pid: undefined, parts: [] };
    yield* this.#complain(`cannot open "${name}" for output (${fd.text})`);
    return undefined;
  }

  *flushAll(): Task<Value> {
    yield* this.io.flush();
    for (const stream of this.#outputs.values()) yield* this.#flush(stream);
    return 0;
  }

  *#flush(stream: OutputStream): Task<void> {
    const { parts } = stream;
    stream.parts = [];
    for (const part of parts) yield* this.io.sys.write(stream.fd, part);
  }

  *close(name: string): Task<Value> {
    const input = this.#inputs.get(name);
    const output = this.#outputs.get(name);
    let result = -1;
    if (output !== undefined) {
      yield* this.io.flush();
      yield* this.#flush(output);
      this.io.sys.close(output.fd);
      this.#outputs.delete(name);
      result = yield* this.#wait(output.pid);
    }
    if (input !== undefined) {
      this.io.close(input.reader.fd);
      this.#inputs.delete(name);
      result = yield* this.#wait(input.pid);
    }
    return result;
  }

  *#wait(pid: number | undefined): Task<number> {
    if (pid === undefined) return 0;
    const ended = yield* this.io.sys.waitpid(pid);
    if (isErrno(ended) || ended === undefined) return -1;
    return ended.status.kind === "exited" ? ended.status.code : 256;
  }

  *system(command: string): Task<Value> {
    yield* this.flushAll();
    return yield* this.#wait(this.#shell(command, { 0: 0, 1: 1, 2: 2 }));
  }

  *closeAll(): Task<void> {
    yield* this.io.flush();
    for (const name of [...this.#outputs.keys(), ...this.#inputs.keys()]) yield* this.close(name);
  }

  // --- ends ---

  *breathe(): Task<void> {
    if (this.io.sys.due()) yield* this.io.sys.rest();
  }

  /** A run time error: the message, where the input stood, exit status 2. */
  *fail(text: string): Task<never> {
    this.io.warn(`run time error: ${text}`);
    this.io.printError(
      `\tFILENAME="${this.variable(FILENAME) || (this.#main === undefined ? "" : "-")}" FNR=${this.variable(FNR)} NR=${this.variable(NR)}\n`,
    );
    return yield* this.leave(2);
  }

  *leave(status = this.status): Task<never> {
    yield* this.closeAll();
    return yield* this.io.sys.exit(status);
  }
}

function latin(text: string): string {
  const bytes = toBytes(text);
  return typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
}
