// Units in which df and du count.

import type { Task } from "../kernel/sys.ts";
import { formatHuman, parseSize } from "../lib/sizes.ts";
import type { Io } from "./define.ts";

interface Unit {
  readonly size: number;
  readonly human: 0 | 1000 | 1024;
  readonly title: string;
}

export function* readUnit(io: Io): Task<Unit> {
  let unit: Unit = { size: 1024, human: 0, title: "1K-blocks" };
  for (const [key, value = ""] of io.options) {
    if (key === "h") unit = { size: 1, human: 1024, title: "Size" };
    else if (key === "H" || key === "si") unit = { size: 1, human: 1000, title: "Size" };
    else if (key === "k") unit = { size: 1024, human: 0, title: "1K-blocks" };
    else if (key === "m") unit = { size: 1048576, human: 0, title: "1M-blocks" };
    else if (key === "b") unit = { size: 1, human: 0, title: "1B-blocks" };
    else if (key === "B") {
      const size = parseSize(value, "kKmMGTPEZY0");
      if (typeof size !== "number")
        return yield* io.die(1, `invalid ${io.command.name === "du" ? "-B" : "-B"} argument '${value}'`);
      const letter = /^[A-Za-z]/.test(value) ? value : value.replace(/^(\d+)$/, "$1");
      unit = {
        size,
        human: 0,
        title: `${/^\d+$/.test(letter) ? formatHuman(size) : letter.replace(/^([A-Z])$/, "1$1")}-blocks`,
      };
    }
  }
  return unit;
}

export const show = (bytes: number, unit: Unit) =>
  unit.human > 0 ? formatHuman(bytes, unit.human as 1000 | 1024) : String(Math.ceil(bytes / unit.size));
