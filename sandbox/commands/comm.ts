// comm: lines common to two sorted files, in three columns.

import { isErrno } from "../kernel/errno.ts";
import { defineCommand, Lines } from "./define.ts";

export const comm = defineCommand({
  name: "comm",
  summary: "Compare sorted files FILE1 and FILE2 line by line.",
  usage: ["[OPTION]... FILE1 FILE2"],
  options: `
    1  suppress column 1 (lines unique to FILE1)
    2  suppress column 2 (lines unique to FILE2)
    3  suppress column 3 (lines that appear in both files)
    ,check-order  check that the input is correctly sorted
    ,nocheck-order  do not check that the input is correctly sorted
    ,output-delimiter=STR  separate columns with STR
    ,total  output a summary
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io) {
    const [a, b, extra] = io.operands;
    if (a === undefined) return yield* io.usageError("missing operand");
    if (b === undefined) return yield* io.usageError(`missing operand after ‘${a}’`);
    if (extra !== undefined) return yield* io.usageError(`extra operand ‘${extra}’`);
    const end = io.has("z") ? "\0" : "\n";
    const files: Lines[] = [];
    for (const name of [a, b]) {
      const fd = io.open(name);
      if (isErrno(fd)) return yield* io.die(1, `${name}: ${fd.text}`);
      files.push(new Lines(io, fd, end.charCodeAt(0)));
    }
    const [one, two] = files as [Lines, Lines];
    const separator = io.value("output-delimiter") ?? "\t";
    const hidden = ["1", "2", "3"].map((key) => io.has(key));
    const counts = [0, 0, 0];
    const warned = [false, false];
    const last: (string | undefined)[] = [undefined, undefined];
    const strip = (line: string | undefined): string | undefined => (line?.endsWith(end) ? line.slice(0, -1) : line);
    let disordered = false;
    const check = (line: string | undefined, index: number): void => {
      const before = last[index];
      if (line !== undefined && before !== undefined && before > line && !warned[index] && !io.has("nocheck-order")) {
        io.warn(`file ${index + 1} is not in sorted order`);
        warned[index] = true;
        disordered = true;
      }
      last[index] = line;
    };
    const put = (column: number, line: string): void => {
      counts[column] = (counts[column] ?? 0) + 1;
      if (hidden[column]) return;
      const before = hidden.slice(0, column).filter((one) => !one).length;
      io.print(separator.repeat(before) + line + end);
    };
    let x = strip(yield* one.next());
    let y = strip(yield* two.next());
    while (x !== undefined || y !== undefined) {
      const order = x === undefined ? 1 : y === undefined ? -1 : x < y ? -1 : x > y ? 1 : 0;
      put(order < 0 ? 0 : order > 0 ? 1 : 2, (order <= 0 ? x : y) ?? "");
      // Order is looked at only once the files have differed.
      if (order <= 0) {
        last[0] = x;
        x = strip(yield* one.next());
        if (order !== 0 || io.has("check-order")) check(x, 0);
      }
      if (order >= 0) {
        last[1] = y;
        y = strip(yield* two.next());
        if (order !== 0 || io.has("check-order")) check(y, 1);
      }
      if (disordered && io.has("check-order")) return 1;
      if (io.full) yield* io.drain();
    }
    if (io.has("total")) io.print(`${counts.join(separator)}${separator}total${end}`);
    if (!disordered) return 0;
    yield* io.flush();
    io.warn("input is not in sorted order");
    return 1;
  },
});
