// head: the first lines or bytes of files, or all but the last.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { defineCommand, type Io, Lines } from "./define.ts";

interface Amount {
  readonly unit: "lines" | "bytes";
  readonly count: number;
  /** All but the last `count`. */
  readonly butLast: boolean;
}

/** `head -5`, `head -5c`, `head -20kq`: the old spelling, as options. */
function rewriteOld(args: readonly string[]): readonly string[] | string {
  const first = args[0];
  const found = first === undefined ? null : /^-(\d+)(.*)$/.exec(first);
  if (found === null) return args;
  let unit = "-n";
  let multiplier = "";
  const more: string[] = [];
  for (const letter of found[2] ?? "") {
    if (letter === "c") unit = "-c";
    else if (letter === "b" || letter === "k" || letter === "m") {
      unit = "-c";
      multiplier = letter;
    } else if (letter === "l") unit = "-n";
    else if (letter === "q" || letter === "v" || letter === "z") more.push(`-${letter}`);
    else return `invalid trailing option -- ${letter}`;
  }
  return [`${unit}${found[1]}${multiplier}`, ...more, ...args.slice(1)];
}

function* readAmount(io: Io): Task<Amount> {
  let amount: Amount = { unit: "lines", count: 10, butLast: false };
  for (const [key, value] of io.options) {
    if (key !== "n" && key !== "c") continue;
    const butLast = value?.startsWith("-") === true;
    const digits = butLast ? (value ?? "").slice(1) : (value ?? "");
    const count = parseSize(digits);
    const unit = key === "n" ? "lines" : "bytes";
    if (typeof count !== "number") {
      if (count.problem === "overflow")
        return yield* io.die(1, `invalid number of ${unit}: ${quote(digits)}: Value too large for defined data type`);
      return yield* io.die(1, `invalid number of ${unit}: ${quote(digits)}`);
    }
    amount = { unit, count, butLast };
  }
  return amount;
}

export const head = defineCommand({
  name: "head",
  summary: "Print the first 10 lines of each FILE to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    c,bytes=[-]NUM  print the first NUM bytes; with '-', all but the last NUM
    n,lines=[-]NUM  print the first NUM lines; with '-', all but the last NUM
    q,quiet~silent  never print headers giving file names
    v,verbose  always print headers giving file names
    z,zero-terminated  line delimiter is NUL, not newline`,
  // An old number anywhere but first is an error, with a message of its own.
  prepare: (args) => {
    const rewritten = rewriteOld(args);
    if (typeof rewritten === "string") return rewritten;
    for (const [i, word] of rewritten.entries()) {
      if (word === "--") break;
      if (/^-[qvz]*[nc]$|^--(lines|bytes)$/.test(rewritten[i - 1] ?? "")) continue;
      const letter = /^-[qvz]*(\d)/.exec(word)?.[1];
      if (letter !== undefined) return `invalid trailing option -- ${letter}`;
    }
    return rewritten;
  },
  *run(io) {
    const amount = yield* readAmount(io);
    const files = io.operands.length > 0 ? io.operands : ["-"];
    const verdict = io.options.findLast(([key]) => key === "q" || key === "v")?.[0];
    const headers = verdict === "v" || (verdict === undefined && files.length > 1);
    let first = true;
    for (const file of files) {
      const fd = io.open(file);
      if (isErrno(fd)) {
        io.warn(`cannot open '${file}' for reading: ${fd.text}`);
        io.status = 1;
        continue;
      }
      if (headers) io.print(`${first ? "" : "\n"}==> ${file === "-" ? "standard input" : file} <==\n`);
      first = false;
      yield* amount.unit === "bytes" ? headBytes(io, file, fd, amount) : headLines(io, file, fd, amount);
      io.close(fd);
      if (io.full) yield* io.drain();
    }
    return undefined;
  },
});

function readProblem(io: Io, file: string, text: string): void {
  io.warn(`error reading '${file === "-" ? "standard input" : file}': ${text}`);
  io.status = 1;
}

function* headBytes(io: Io, file: string, fd: number, amount: Amount): Task<void> {
  if (amount.butLast) {
    const all = yield* io.readFd(fd);
    if (isErrno(all)) return readProblem(io, file, all.text);
    return io.print(all.subarray(0, Math.max(0, all.length - amount.count)));
  }
  let left = amount.count;
  while (left > 0) {
    const bytes = yield* io.read(fd, Math.min(left, 65536));
    if (isErrno(bytes)) return readProblem(io, file, bytes.text);
    if (bytes.length === 0) return;
    io.print(bytes);
    left -= bytes.length;
  }
}

function* headLines(io: Io, file: string, fd: number, amount: Amount): Task<void> {
  const lines = new Lines(io, fd, io.has("z") ? 0 : 10);
  const held: Uint8Array[] = [];
  for (let count = 0; amount.butLast || count < amount.count; count++) {
    const line = yield* lines.nextBytes();
    if (line === undefined) break;
    if (!amount.butLast) io.print(line);
    else {
      held.push(line);
      const oldest = held.length > amount.count ? held.shift() : undefined;
      if (oldest !== undefined) io.print(oldest);
    }
    if (io.full) yield* io.drain();
  }
  // Others may go on reading a shared file where head stopped.
  if (lines.unread > 0) io.sys.seek(fd, -lines.unread, "cur");
  if (lines.problem !== undefined) readProblem(io, file, lines.problem.text);
}
