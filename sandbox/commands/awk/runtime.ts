// The state of a running awk program: variables, the record and its fields, streams.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { isRegexError, type Regex } from "../../lib/regex/regex.ts";
import type { Io } from "../define.ts";
import { AwkArray } from "./array.ts";
import { type ArrayRef, type Slot, type Statement, Untyped } from "./nodes.ts";
import { compileAwk } from "./regex.ts";
import { fromBytes, RecordReader, type Separator, toBytes } from "./streams.ts";
import { type Formatted, formatNumber, formatWith, Input, toNumber, toText, type Value } from "./values.ts";

/** Variables with a meaning, by slot. */
export const SPECIALS = [
  "NF",
  "NR",
  "FNR",
  "FS",
  "OFS",
  "RS",
  "ORS",
  "FILENAME",
  "SUBSEP",
  "CONVFMT",
  "OFMT",
  "RSTART",
  "RLENGTH",
  "ARGC",
] as const;
export const NF = 0;
export const NR = 1;
export const FNR = 2;
export const FS = 3;
export const OFS = 4;
export const RS = 5;
export const ORS = 6;
export const FILENAME = 7;
export const SUBSEP = 8;
export const CONVFMT = 9;
export const OFMT = 10;
export const RSTART = 11;
export const RLENGTH = 12;
export const ARGC = 13;
export const ENVIRON = 14;
export const ARGV = 15;

interface OutputStream {
  readonly fd: number;
  readonly pid: number | undefined;
  parts: (Uint8Array | string)[];
}

interface InputStream {
  readonly reader: RecordReader;
  readonly pid: number | undefined;
}

export class Runtime {
  readonly io: Io;
  status = 0;
  returned: Value;
  readonly #globals: Slot[] = [];
  #frame: Slot[] = [];
  #depth = 0;
  #record = "";
  #fields: Value[] | undefined = [];
  #recordStale = false;
  readonly #regexes = new Map<string, Regex>();
  readonly #inputs = new Map<string, InputStream>();
  readonly #outputs = new Map<string, OutputStream>();
  #main: RecordReader | undefined;
  #nextArgument = 1;
  #sawFile = false;
  #seed: Value;
  #random = 0;
  /** Slots of names, for assignments among the operands. */
  readonly #slots: ReadonlyMap<string, number>;

  constructor(io: Io, slots: ReadonlyMap<string, number>, argv: readonly string[]) {
    this.io = io;
    this.#slots = slots;
    const start: Value[] = [0, 0, 0, " ", " ", "\n", "\n", undefined, "\x1c", "%.6g", "%.6g", 0, -1, argv.length];
    start.forEach((value, slot) => {
      this.#globals[slot] = value;
    });
    const environ = new AwkArray();
    for (const [name, value] of Object.entries(io.sys.env))
      environ.set(bytesOf(name), false, new Input(bytesOf(value)));
    this.#globals[ENVIRON] = environ;
    const list = new AwkArray();
    for (const [index, word] of argv.entries()) list.set(String(index), true, new Input(bytesOf(word)));
    this.#globals[ARGV] = list;
    const seed = io.sys.random(4);
    this.#random = ((seed[0] ?? 0) << 24) | ((seed[1] ?? 0) << 16) | ((seed[2] ?? 0) << 8) | (seed[3] ?? 0);
    this.#seed = this.#random >>> 0;
  }

  // --- variables ---

  get convfmt(): string {
    return this.variable(CONVFMT);
  }

  /** A special variable as text. */
  variable(slot: number): string {
    const value = this.#globals[slot] as Value;
    return typeof value === "string" ? value : toText(value, "%.6g");
  }

  global(slot: number): Value {
    return valueOfSlot(this.#globals[slot]);
  }

  setGlobal(slot: number, value: Value): void {
    // The record at hand is still split by the old separator.
    if (slot === FS) this.#split();
    if (slot === NF) this.#setFieldCount(toNumber(value));
    else this.#globals[slot] = value;
  }

  globalArray(slot: number): AwkArray {
    return this.#arrayIn(this.#globals, slot);
  }

  rawGlobal(slot: number): Slot {
    return slot === NF ? this.fieldCount() : this.#rawIn(this.#globals, slot);
  }

  local(slot: number): Value {
    return valueOfSlot(this.#frame[slot]);
  }

  setLocal(slot: number, value: Value): void {
    this.#frame[slot] = value;
  }

  localArray(slot: number): AwkArray {
    return this.#arrayIn(this.#frame, slot);
  }

  rawLocal(slot: number): Slot {
    return this.#rawIn(this.#frame, slot);
  }

  #rawIn(slots: Slot[], at: number): Slot {
    const value = slots[at];
    if (value instanceof Untyped) return value;
    return (
      value ??
      new Untyped((array) => {
        slots[at] = array;
      })
    );
  }

  #arrayIn(slots: Slot[], at: number): AwkArray {
    const value = slots[at];
    if (value instanceof AwkArray) return value;
    const array = new AwkArray();
    slots[at] = array;
    if (value instanceof Untyped) value.become(array);
    return array;
  }

  lengthOf(ref: ArrayRef): number {
    const value = ref.raw(this);
    if (value instanceof AwkArray) return value.size;
    return value instanceof Untyped ? 0 : this.text(value).length;
  }

  /** Runs a function's body with its arguments. */
  *call(frame: Slot[], body: Statement): Task<Value> {
    const before = this.#frame;
    if (++this.#depth > 1000) return yield* this.fail("function call nesting is too deep for this sandbox");
    this.#frame = frame;
    this.returned = undefined;
    const signal = yield* body(this);
    this.#frame = before;
    this.#depth--;
    if (signal === "exit") yield* this.leave();
    const { returned } = this;
    this.returned = undefined;
    return signal === "return" ? returned : undefined;
  }

  text(value: Value): string {
    return typeof value === "string" ? value : toText(value, this.convfmt);
  }

  /** As print shows it: numbers by OFMT. */
  printed(value: Value): string {
    return typeof value === "number" ? formatNumber(value, this.variable(OFMT)) : this.text(value);
  }

  format(format: string, args: readonly Value[]): Formatted {
    return formatWith(format, args);
  }

  regex(pattern: string): Regex {
    let found = this.#regexes.get(pattern);
    if (found === undefined) {
      const made = compileAwk(pattern);
      if (isRegexError(made))
        throw new RuntimeRegexError(`regular expression compile failed (${made.error})\n${pattern}`);
      found = made;
      this.#regexes.set(pattern, found);
    }
    return found;
  }

  // --- the record ---

  record(): string {
    if (this.#recordStale) {
      const separator = this.variable(OFS);
      this.#record = (this.#fields ?? []).map((field) => this.text(field)).join(separator);
      this.#recordStale = false;
    }
    return this.#record;
  }

  setRecord(text: string): void {
    this.#record = text;
    this.#recordStale = false;
    this.#fields = undefined;
  }

  #split(): Value[] {
    this.#fields ??= this.splitBy(this.#record, this.variable(FS), false).map((part) => new Input(part));
    return this.#fields;
  }

  fieldCount(): number {
    return this.#split().length;
  }

  field(index: number): Value {
    const at = Math.trunc(index);
    if (at === 0) return new Input(this.record());
    if (at < 0) throw new RuntimeError(`negative field index $${at}`);
    return this.#split()[at - 1];
  }

  setField(index: number, value: Value): void {
    const at = Math.trunc(index);
    if (at === 0) return this.setRecord(this.text(value));
    if (at < 0) throw new RuntimeError(`negative field index $${at}`);
    const fields = this.#split();
    while (fields.length < at) fields.push("");
    fields[at - 1] = value;
    this.#recordStale = true;
  }

  #setFieldCount(count: number): void {
    const fields = this.#split();
    const size = Math.max(0, Math.trunc(count));
    while (fields.length < size) fields.push("");
    fields.length = size;
    this.#recordStale = true;
  }

  /** Splits as FS does: blanks, one character, or a pattern. */
  splitBy(text: string, separator: string, isPattern: boolean): string[] {
    if (text === "") return [];
    if (separator === " " && !isPattern) {
      const parts = text.split(this.#isParagraphs() ? /[ \t\n]+/ : /[ \t\n]+/);
      if (parts[0] === "") parts.shift();
      if (parts[parts.length - 1] === "") parts.pop();
      return parts;
    }
    if (separator === "") return [...text];
    const isPlain = separator.length === 1 && !isPattern && separator !== "\\";
    if (isPlain && !this.#isParagraphs()) return text.split(separator);
    const regex = this.regex(isPlain ? `[${separator === "^" ? "\\^" : separator}\n]` : separator);
    const parts: string[] = [];
    let from = 0;
    let start = 0;
    while (from <= text.length) {
      const found = regex.find(text, from);
      if (found === undefined) break;
      if (found[1] === found[0]) {
        from = found[1] + 1;
        continue;
      }
      parts.push(text.slice(start, found[0]));
      start = found[1];
      from = start;
    }
    parts.push(text.slice(start));
    return parts;
  }

  #isParagraphs(): boolean {
    return this.variable(RS) === "";
  }

  #separator(): Separator {
    const text = this.variable(RS);
    if (text === "") return "paragraph";
    return text.length === 1 ? text : this.regex(text);
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
      const text = yield* reader.next(this.#separator());
      if (text !== undefined) {
        this.#globals[NR] = toNumber(this.global(NR)) + 1;
        this.#globals[FNR] = toNumber(this.global(FNR)) + 1;
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
    this.#globals[FNR] = 0;
    this.#globals[FILENAME] = name ?? "";
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
    const text = yield* stream.reader.next(this.#separator());
    if (text === undefined) return stream.reader.problem === undefined ? 0 : -1;
    if (store !== undefined) store(new Input(text));
    else this.setRecord(text);
    if (kind === "|") this.#globals[NR] = toNumber(this.global(NR)) + 1;
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

  // --- random numbers ---

  rand(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    let mixed = this.#random ^ (this.#random >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 12)) >>> 0) / 0x1_0000_0000;
  }

  /** Sets the seed and answers the one before. */
  srand(seed: Value): Value {
    const before = this.#seed;
    this.#seed = seed ?? Math.floor(this.io.sys.now() / 1000);
    this.#random = toNumber(this.#seed) | 0;
    return before;
  }
}

function valueOfSlot(slot: Slot): Value {
  return slot instanceof AwkArray || slot instanceof Untyped ? undefined : slot;
}

/** Text of the machine (UTF-8) to one character a byte, and back. */
export function bytesOf(text: string): string {
  return fromBytes(encode(text));
}

function latin(text: string): string {
  const bytes = toBytes(text);
  return typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
}

/** Errors found while an expression is evaluated; `awk.ts` reports them. */
export class RuntimeError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class RuntimeRegexError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
