// What every command is made of: a record with its name, options and work, turned into a Program.
// Help, usage errors and --version derive from the record; buffering of stdout is that of stdio.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode, encode } from "../kernel/text.ts";
import { type OptionSpec, type ParsedOptions, parseOptions, parseOptionTable } from "../lib/getopt.ts";
import { quote, quoteFile } from "../lib/quote.ts";
import { type ToolPackage, toolProfile } from "./profile.ts";

/** A command as its file states it. */
export interface Command {
  readonly name: string;
  /** One sentence for --help and man. */
  readonly summary: string;
  /** What may follow the name, one form an entry. */
  readonly usage: readonly string[];
  /** Option table as lib/getopt reads it; without it the program parses its arguments itself. */
  readonly options?: string;
  readonly package?: ToolPackage;
  /** First line of --version where it is none of the usual forms; `%` stands for the package's version. */
  readonly versionText?: string;
  /** The first operand ends the options (programs that run another). */
  readonly posix?: boolean;
  /** Exit status of a usage error; 1 unless told. */
  readonly usageStatus?: number;
  /** Second line of a usage error where it is not coreutils' own. */
  readonly hint?: string;
  /** A further line for words that are no options. */
  advice?(io: Io): string;
  /** Rewrites old spellings (`head -5`) before options are parsed; a string is a usage error. */
  readonly prepare?: (args: readonly string[]) => readonly string[] | string;
  run(io: Io, sys: Sys): Task<number | undefined>;
}

/** The record behind a Program, for `man` and completion. */
export interface CommandProgram extends Program {
  readonly command: Command;
}

const BLOCK = 4096;
/** GNU programs speak of themselves as they were called, path included. */
const FULL_NAMES: ReadonlySet<string> = new Set(["coreutils", "grep", "sed", "findutils", "diffutils", "tar"]);

/** A command's hands: its options, and streams with the order and buffering of stdio. */
export class Io {
  readonly sys: Sys;
  readonly command: Command;
  /** The name the program was called by. */
  readonly name: string;
  readonly args: readonly string[];
  options: ParsedOptions["options"] = [];
  operands: readonly string[] = [];
  /** Exit status collected on the way. */
  status = 0;
  #queue: (readonly [fd: number, data: Uint8Array])[] = [];
  #buffer: Uint8Array[] = [];
  #size = 0;
  readonly #tty: boolean;
  /** False for programs that write without stdio, such as cat. */
  buffered = true;
  writeError: Errno | undefined;

  constructor(sys: Sys, command: Command, argv: readonly string[]) {
    this.sys = sys;
    this.command = command;
    const called = argv[0] ?? command.name;
    this.name = (FULL_NAMES.has(command.package ?? "coreutils") ? called : called.replace(/^.*\//, "")) || command.name;
    this.args = argv.slice(1);
    this.#tty = sys.isatty(1);
  }

  /** Whether stdout is a terminal. */
  get tty(): boolean {
    return this.#tty;
  }

  has(key: string): boolean {
    return this.options.some(([one]) => one === key);
  }

  /** The last argument given to an option. */
  value(key: string): string | undefined {
    return this.options.findLast(([one]) => one === key)?.[1];
  }

  /** Text for stdout. It is written in blocks where stdout is no terminal, so `drain` now and then. */
  print(text: string | Uint8Array): void {
    const data = typeof text === "string" ? encode(text) : text;
    if (data.length === 0) return;
    if (this.#tty || !this.buffered) {
      this.#queue.push([1, data]);
      return;
    }
    this.#buffer.push(data);
    this.#size += data.length;
    if (this.#size >= BLOCK) this.#moveBlocks(this.#size - (this.#size % BLOCK));
  }

  /** Takes whole blocks out of the buffer, as stdio does when it is full. */
  #moveBlocks(size: number): void {
    let left = size;
    const rest: Uint8Array[] = [];
    for (const part of this.#buffer) {
      if (left > 0) this.#queue.push([1, part.subarray(0, left)]);
      if (part.length > left) rest.push(left > 0 ? part.subarray(left) : part);
      left = Math.max(0, left - part.length);
    }
    this.#buffer = rest;
    this.#size -= size;
  }

  /** A line on stderr, with the name of the program before it. */
  warn(text: string): void {
    this.printError(`${this.name}: ${text}\n`);
  }

  /** `NAME: FILE: why`, and the exit status becomes 1 (or another). */
  warnFile(file: string, problem: Errno, status = 1): void {
    this.warn(`${quoteFile(file)}: ${problem.text}`);
    this.status = status;
  }

  printError(text: string): void {
    this.#queue.push([2, encode(text)]);
  }

  /** Whether there is much to write: call `drain` then. */
  get full(): boolean {
    return this.#queue.length > 0;
  }

  /** Writes what has left the buffers. */
  *drain(): Task<void> {
    if (this.#queue.length === 0) return;
    const queue = this.#queue;
    this.#queue = [];
    let at = 0;
    while (at < queue.length) {
      const fd = queue[at]?.[0] ?? 1;
      const parts: Uint8Array[] = [];
      while (at < queue.length && queue[at]?.[0] === fd) {
        parts.push(queue[at]?.[1] as Uint8Array);
        at += 1;
      }
      const result = yield* this.sys.write(fd, parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts));
      if (isErrno(result) && fd === 1) this.writeError ??= result;
    }
  }

  /** Writes everything, buffers included. */
  *flush(): Task<void> {
    if (this.#size > 0) this.#moveBlocks(this.#size);
    yield* this.drain();
  }

  /** Ends the program with a message. */
  *die(status: number, text: string): Task<never> {
    this.warn(text);
    yield* this.flush();
    return yield* this.sys.exit(status);
  }

  /** Ends the program as a wrong use of it does. */
  *usageError(text: string, status = this.command.usageStatus ?? 1): Task<never> {
    if (text !== "") this.warn(text);
    const hint = this.command.hint ?? `Try '${this.name} --help' for more information.`;
    if (hint !== "") this.printError(`${hint}\n`);
    yield* this.flush();
    return yield* this.sys.exit(status);
  }

  /** An option's word that is none of the known ones, as gnulib's argmatch tells it. Synonyms share an entry. */
  *badWord(word: string, option: string, known: readonly (readonly string[])[], status = 1): Task<never> {
    this.warn(`invalid argument ${quote(word)} for ${quote(option)}`);
    this.printError(`Valid arguments are:\n${known.map((one) => `  - ${one.map(quote).join(", ")}\n`).join("")}`);
    return yield* this.usageError("", status);
  }

  /** An option of the real tool that this one has not. */
  *notModelled(what: string, status = this.command.usageStatus ?? 2): Task<never> {
    return yield* this.die(status, `${what} is not modelled in this sandbox`);
  }

  /** Reads from a descriptor, after writing what is due. */
  *read(fd: number, max?: number): Task<Uint8Array | Errno> {
    yield* this.drain();
    return yield* this.sys.read(fd, max);
  }

  /** Opens an input; `-` is stdin. */
  open(path: string): number | Errno {
    return path === "-" ? 0 : this.sys.open(path, { read: true });
  }

  close(fd: number): void {
    if (fd > 2) this.sys.close(fd);
  }

  /** A whole input; `-` is stdin. */
  *readAll(path: string): Task<Uint8Array | Errno> {
    const fd = this.open(path);
    if (isErrno(fd)) return fd;
    const bytes = yield* this.readFd(fd);
    this.close(fd);
    return bytes;
  }

  *readFd(fd: number): Task<Uint8Array | Errno> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = yield* this.read(fd);
      if (isErrno(part)) return part;
      if (part.length === 0) break;
      parts.push(part);
      if (this.sys.due()) yield* this.sys.rest();
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts);
  }
}

/** Lines of a stream, read as they are needed. A line keeps its end, so the last one shows whether it had one. */
export class Lines {
  readonly #io: Io;
  readonly #fd: number;
  readonly #end: number;
  #rest: Uint8Array = new Uint8Array(0);
  #at = 0;
  #done = false;
  problem: Errno | undefined;

  constructor(io: Io, fd: number, end = 10) {
    this.#io = io;
    this.#fd = fd;
    this.#end = end;
  }

  /** The next line with its end, as bytes; undefined at the end of the stream or after a problem. */
  *nextBytes(): Task<Uint8Array | undefined> {
    const pending: Uint8Array[] = [];
    for (;;) {
      const end = this.#rest.indexOf(this.#end, this.#at);
      if (end >= 0) {
        pending.push(this.#rest.subarray(this.#at, end + 1));
        this.#at = end + 1;
        return pending.length === 1 ? pending[0] : concat(pending);
      }
      if (this.#at < this.#rest.length) pending.push(this.#rest.subarray(this.#at));
      this.#at = this.#rest.length;
      if (!this.#done) {
        const more = yield* this.#io.read(this.#fd);
        if (isErrno(more)) this.problem = more;
        this.#done = isErrno(more) || more.length === 0;
        this.#rest = isErrno(more) ? new Uint8Array(0) : more;
        this.#at = 0;
        if (this.#io.sys.due()) yield* this.#io.sys.rest();
      }
      if (this.#done) return pending.length === 0 ? undefined : concat(pending);
    }
  }

  /** Bytes read from the descriptor but not given out: what a program puts back on a seekable input. */
  get unread(): number {
    return this.#rest.length - this.#at;
  }

  *next(): Task<string | undefined> {
    const bytes = yield* this.nextBytes();
    return bytes === undefined ? undefined : decode(bytes);
  }
}

const PACKAGE_NAMES: Readonly<Partial<Record<ToolPackage, string>>> = {
  coreutils: "GNU coreutils",
  findutils: "GNU findutils",
  grep: "GNU grep",
  sed: "GNU sed",
  diffutils: "GNU diffutils",
  tar: "GNU tar",
};

/** `ls (GNU coreutils) 9.7`, `ps from procps-ng 4.0.4`, `kill from util-linux 2.41`. */
export function versionLine(sys: Sys, command: Command): string {
  const owner = command.package ?? "coreutils";
  const version = toolProfile(sys).versions[owner];
  if (command.versionText !== undefined) return command.versionText.replace("%", version);
  const gnu = PACKAGE_NAMES[owner];
  if (gnu !== undefined) return `${command.name} (${gnu}) ${version}`;
  return `${command.name} from ${owner === "procps" ? "procps-ng" : owner} ${version}`;
}

/** The help text of a command. */
export function helpText(command: Command, specs: readonly OptionSpec[], name = command.name): string {
  let text = "";
  command.usage.forEach((form, index) => {
    text += `${index === 0 ? "Usage:" : "  or: "} ${name}${form === "" ? "" : ` ${form}`}\n`;
  });
  text += `${command.summary}\n`;
  if (specs.length > 0) text += "\n";
  for (const spec of specs) {
    if (spec.help === "" && spec.long !== undefined && specs.some((one) => one !== spec && one.key === spec.key))
      continue;
    const meta = spec.meta ?? "";
    const long =
      spec.long === undefined
        ? ""
        : `--${spec.long}${spec.takes === "none" ? "" : spec.takes === "optional" ? `[=${meta}]` : `=${meta}`}`;
    const short = spec.short === undefined ? "    " : `-${spec.short}${long === "" ? "" : ", "}`;
    const left = `  ${short}${long}${long === "" && meta !== "" ? ` ${meta}` : ""}`;
    text += spec.help === "" ? `${left}\n` : `${left.padEnd(28)}${left.length >= 28 ? " " : ""}${spec.help}\n`;
  }
  return text;
}

const COMMON = "\n,help  display this help and exit\n,version  output version information and exit\n";

/** Makes the Program of a command. */
export function defineCommand(command: Command): CommandProgram {
  return {
    name: command.name,
    command,
    *main(sys, argv) {
      const io = new Io(sys, command, argv);
      if (command.options !== undefined) {
        const table = /\bhelp\b/.test(command.options.replace(/ {2}.*$/gm, ""))
          ? command.options
          : command.options + COMMON;
        const specs = parseOptionTable(table);
        const args = command.prepare?.(io.args) ?? io.args;
        if (typeof args === "string") return yield* io.usageError(args);
        const posix = command.posix === true || sys.env.POSIXLY_CORRECT !== undefined;
        const parsed = parseOptions(args, specs, posix);
        io.options = parsed.options;
        io.operands = parsed.operands;
        const early = parsed.options.find(([key]) => key === "help" || key === "version");
        if (early !== undefined) {
          io.print(early[0] === "help" ? helpText(command, specs, io.name) : `${versionLine(sys, command)}\n`);
          yield* io.flush();
          return 0;
        }
        if (parsed.error !== undefined) return yield* io.usageError(parsed.error + (command.advice?.(io) ?? ""));
      }
      const status = yield* command.run(io, sys);
      yield* io.flush();
      if (io.writeError !== undefined) {
        yield* sys.write(2, `${io.name}: write error: ${io.writeError.text}\n`);
        return command.usageStatus ?? 1;
      }
      return status ?? io.status;
    },
  };
}
