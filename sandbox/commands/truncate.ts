// truncate and fallocate: cut or stretch files to a size.

import { isErrno } from "../kernel/errno.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { parseSize } from "../lib/sizes.ts";
import { defineCommand } from "./define.ts";

export const truncate = defineCommand({
  name: "truncate",
  summary: "Shrink or extend the size of each FILE to the specified size.",
  usage: ["OPTION... FILE..."],
  options: `
    c,no-create  do not create any files
    o,io-blocks  treat SIZE as number of IO blocks instead of bytes
    r,reference=RFILE  base size on RFILE
    s,size=SIZE  set or adjust the file size by SIZE bytes: +, -, <, >, /, % before it`,
  *run(io, sys) {
    const text = io.value("s");
    const reference = io.value("r");
    const found = /^\s*([-+<>/%]?)\s*(.*)$/.exec(text ?? "");
    const op = found?.[1] ?? "";
    const amount = parseSize(found?.[2] ?? "", "kKmMGTPEZY0");
    if (text !== undefined && typeof amount !== "number")
      return yield* io.die(1, `Invalid number: ${quote(found?.[2] ?? "")}`);
    if (text === undefined && reference === undefined)
      return yield* io.usageError("you must specify either ‘--size’ or ‘--reference’");
    if (reference !== undefined && text !== undefined && op === "")
      return yield* io.usageError("you must specify a relative ‘--size’ with ‘--reference’");
    if (io.operands.length === 0) return yield* io.usageError("missing file operand");
    const size = (typeof amount === "number" && text !== undefined ? amount : 0) * (io.has("o") ? 4096 : 1);
    if ((op === "/" || op === "%") && size === 0) return yield* io.die(1, "division by zero");
    const model = reference === undefined ? undefined : sys.stat(reference);
    if (isErrno(model)) return yield* io.die(1, `cannot stat ${quoteAlways(reference ?? "")}: ${model.text}`);
    for (const path of io.operands) {
      const fd = sys.open(path, { write: true, create: !io.has("c") });
      if (isErrno(fd)) {
        if (io.has("c") && fd.code === "ENOENT") continue;
        io.warn(`cannot open ${quoteAlways(path)} for writing: ${fd.text}`);
        io.status = 1;
        continue;
      }
      const stat = sys.fstat(fd);
      const now = model?.size ?? (isErrno(stat) ? 0 : stat.size);
      let wanted = text === undefined ? now : size;
      if (op === "+") wanted = now + size;
      if (op === "-") wanted = Math.max(0, now - size);
      if (op === "<") wanted = Math.min(now, size);
      if (op === ">") wanted = Math.max(now, size);
      if (op === "/") wanted = now - (now % size);
      if (op === "%") wanted = Math.ceil(now / size) * size;
      const problem = sys.ftruncate(fd, wanted);
      sys.close(fd);
      if (problem === undefined) continue;
      io.warn(`failed to truncate ${quoteAlways(path)} at ${wanted} bytes: ${problem.text}`);
      io.status = 1;
    }
    return undefined;
  },
});

export const fallocate = defineCommand({
  name: "fallocate",
  package: "util-linux",
  summary: "Preallocate space to, or deallocate space from a file.",
  usage: ["[options] <filename>"],
  options: `
    c,collapse-range
    d,dig-holes
    i,insert-range
    l,length=num  length for range operations, in bytes
    n,keep-size
    o,offset=num  offset for range operations, in bytes
    p,punch-hole
    v,verbose  verbose mode
    x,posix
    z,zero-range`,
  *run(io, sys) {
    for (const key of "cdinpz") if (io.has(key)) return yield* io.notModelled(`-${key}`, 1);
    const [path] = io.operands;
    const text = io.value("l");
    if (text === undefined) return yield* io.die(1, "no length argument specified");
    const length = parseSize(text);
    const from = parseSize(io.value("o") ?? "0");
    if (typeof length !== "number") return yield* io.die(1, `failed to parse length`);
    if (length <= 0) return yield* io.die(1, "invalid length value specified");
    if (typeof from !== "number") return yield* io.die(1, "failed to parse offset");
    if (path === undefined) return yield* io.die(1, "no filename specified");
    const fd = sys.open(path, { write: true, create: true });
    if (isErrno(fd)) return yield* io.die(1, `cannot open ${path}: ${fd.text}`);
    const stat = sys.fstat(fd);
    const problem = sys.ftruncate(fd, Math.max(isErrno(stat) ? 0 : stat.size, from + length));
    if (problem !== undefined) return yield* io.die(1, `fallocate failed: ${problem.text}`);
    if (io.has("v")) io.print(`${path}: ${length} bytes allocated.\n`);
    return 0;
  },
});
