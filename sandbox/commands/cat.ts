// cat: writes files one after another, with numbers and visible ends where asked.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { defineCommand, type Io, Lines } from "./define.ts";

interface Style {
  readonly number: "none" | "all" | "nonblank";
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly nonprinting: boolean;
}

/** ^X and M-x notation of one line; tabs and newlines as the options say. */
function show(line: Uint8Array, style: Style): string {
  let text = "";
  line.forEach((byte, at) => {
    if (byte === 10) {
      text += style.ends ? "$\n" : "\n";
      return;
    }
    if (byte === 9) {
      text += style.tabs ? "^I" : "\t";
      return;
    }
    // 9.x shows the carriage return of a CR LF with -E alone.
    if (byte === 13 && style.ends && !style.nonprinting && line[at + 1] === 10) {
      text += "^M";
      return;
    }
    if (!style.nonprinting) {
      text += byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
      return;
    }
    const low = byte & 127;
    text +=
      (byte > 127 ? "M-" : "") +
      (low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low));
  });
  return text;
}

function readStyle(io: Io): Style {
  const has = (keys: string) => io.options.some(([key]) => keys.includes(key));
  return {
    number: has("b") ? "nonblank" : has("n") ? "all" : "none",
    squeeze: has("s"),
    ends: has("AeE"),
    tabs: has("AtT"),
    nonprinting: has("Aetv"),
  };
}

/** Whether stdout is the very file that is read: copying it would never end. */
function isOwnOutput(io: Io, fd: number): boolean {
  const out = io.sys.fstat(1);
  const stat = io.sys.fstat(fd);
  if (isErrno(out) || isErrno(stat) || out.type !== "file" || stat.ino !== out.ino || stat.dev !== out.dev)
    return false;
  return stat.size > 0;
}

export const cat = defineCommand({
  name: "cat",
  summary: "Concatenate FILE(s) to standard output; without FILE, or for -, read standard input.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    b,number-nonblank  number nonempty lines, overrides -n
    n,number  number all output lines
    s,squeeze-blank  suppress repeated empty lines
    v,show-nonprinting  use ^ and M- notation
    e  same as -vE
    E,show-ends  display $ at end of each line
    t  same as -vT
    T,show-tabs  display TAB as ^I
    A,show-all  same as -vET
    u  (ignored)`,
  *run(io) {
    io.buffered = false;
    const style = readStyle(io);
    const plain = Object.values(style).every((value) => value === false || value === "none");
    const state = { line: 0, blanks: 0, fresh: true };
    for (const file of io.operands.length > 0 ? io.operands : ["-"]) {
      const fd = io.open(file);
      if (isErrno(fd)) {
        io.warnFile(file, fd);
        continue;
      }
      if (isOwnOutput(io, fd)) {
        io.warn(`${file}: input file is output file`);
        io.status = 1;
      } else yield* plain ? copy(io, file, fd) : format(io, file, fd, style, state);
      io.close(fd);
    }
    return undefined;
  },
});

function* copy(io: Io, file: string, fd: number): Task<void> {
  for (;;) {
    const bytes = yield* io.read(fd);
    if (isErrno(bytes)) return io.warnFile(file, bytes);
    if (bytes.length === 0) return;
    io.print(bytes);
    yield* io.drain();
    if (io.writeError !== undefined) return;
    if (io.sys.due()) yield* io.sys.rest();
  }
}

function* format(
  io: Io,
  file: string,
  fd: number,
  style: Style,
  state: { line: number; blanks: number; fresh: boolean },
): Task<void> {
  const lines = new Lines(io, fd);
  for (;;) {
    const line = yield* lines.nextBytes();
    if (line === undefined) break;
    // A line that goes on from a file without a final newline gets no number of its own.
    const starts = state.fresh;
    state.fresh = line[line.length - 1] === 10;
    const blank = starts && line.length === 1 && state.fresh;
    state.blanks = blank ? state.blanks + 1 : 0;
    if (style.squeeze && state.blanks > 1) continue;
    if (starts && (style.number === "all" || (style.number === "nonblank" && !blank))) {
      state.line += 1;
      io.print(`${String(state.line).padStart(6)}\t`);
    }
    io.print(style.nonprinting || style.ends || style.tabs ? show(line, style) : decode(line));
    if (io.full) yield* io.drain();
  }
  if (lines.problem !== undefined) io.warnFile(file, lines.problem);
}
