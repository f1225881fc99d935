// sync: flushes file systems; here nothing is ever unwritten, so only its errors show.

import { isErrno } from "../kernel/errno.ts";
import { quoteAlways } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const sync = defineCommand({
  name: "sync",
  summary: "Synchronize cached writes to persistent storage.",
  usage: ["[OPTION] [FILE]..."],
  options: `
    d,data  sync only file data, no unneeded metadata
    f,file-system  sync the file systems that contain the files`,
  *run(io, sys) {
    for (const file of io.operands) {
      const problem = sys.stat(file);
      if (!isErrno(problem)) continue;
      io.warn(`error opening ${quoteAlways(file)}: ${problem.text}`);
      io.status = 1;
    }
    return undefined;
  },
});
