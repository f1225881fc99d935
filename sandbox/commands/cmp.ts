// cmp: compares two files byte by byte.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { defineCommand, type Io } from "./define.ts";

/** A byte as -b shows it: ^X for control characters, M- for high ones. */
function showByte(byte: number): string {
  const low = byte & 127;
  const text = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low);
  return byte > 127 ? `M-${text}` : text;
}

function* readInput(io: Io, path: string): Task<Uint8Array> {
  const bytes = yield* io.readAll(path);
  if (!isErrno(bytes)) return bytes;
  return yield* io.die(2, `${path}: ${bytes.text}`);
}

export const cmp = defineCommand({
  name: "cmp",
  summary: "Compare two files byte by byte.",
  usage: ["[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]"],
  options: `
    b,print-bytes  print differing bytes
    i,ignore-initial=SKIP  skip first SKIP bytes of both inputs
    l,verbose  output byte numbers and differing byte values
    n,bytes=LIMIT  compare at most LIMIT bytes
    s,quiet~silent  suppress all normal output`,
  package: "diffutils",
  usageStatus: 2,
  hint: "cmp: Try 'cmp --help' for more information.",
  *run(io, sys) {
    const [a, b = "-", skipA, skipB, extra] = io.operands;
    if (a === undefined) return yield* io.usageError("missing operand after 'cmp'");
    if (extra !== undefined) return yield* io.usageError(`extra operand '${extra}'`);
    const [one = "0", two = one] = (io.value("i") ?? "0").split(":");
    const limit = Number(io.value("n") ?? Infinity);
    const left = (yield* readInput(io, a)).subarray(Number(skipA ?? one));
    const right = (yield* readInput(io, b)).subarray(Number(skipB ?? two));
    const common = Math.min(left.length, right.length, limit);
    const quiet = io.has("s");
    const verbose = io.has("l");
    const bytes = io.has("b");
    // Offsets are as wide as the largest that may come: unknown for pipes.
    const sized = [a, b].every((path) => {
      const stat = path === "-" ? sys.fstat(0) : sys.stat(path);
      return !isErrno(stat) && stat.type === "file";
    });
    const width = sized ? String(Math.min(left.length, right.length)).length : 19;
    let lines = 0;
    let differs = false;
    for (let at = 0; at < common; at++) {
      const [x = 0, y = 0] = [left[at], right[at]];
      if (x !== y) {
        differs = true;
        if (quiet) return 1;
        const shown = (byte: number): string =>
          byte.toString(8).padStart(3) + (bytes ? ` ${showByte(byte).padEnd(verbose && byte === x ? 4 : 0)}` : "");
        if (!verbose) {
          io.print(
            `${a} ${b} differ: ${bytes ? "byte" : "byte"} ${at + 1}, line ${lines + 1}${bytes ? ` is ${shown(x)} ${shown(y)}` : ""}\n`,
          );
          return 1;
        }
        io.print(`${String(at + 1).padStart(width)} ${shown(x)} ${shown(y)}\n`);
        if (io.full) yield* io.drain();
      }
      if (x === 10) lines += 1;
    }
    if (left.length === right.length || common === limit) return differs ? 1 : 0;
    const [short, size] = left.length < right.length ? [a, left.length] : [b, right.length];
    if (quiet) return 1;
    yield* io.flush();
    const rest = left.length < right.length ? left : right;
    const line = verbose ? "" : rest[size - 1] === 10 ? `, line ${lines}` : `, in line ${lines + 1}`;
    io.warn(size === 0 ? `EOF on ${short} which is empty` : `EOF on ${short} after byte ${size}${line}`);
    return 1;
  },
});
