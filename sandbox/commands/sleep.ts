// sleep: waits for the sum of its arguments.

import { parseDuration } from "../lib/duration.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const sleep = defineCommand({
  name: "sleep",
  summary: "Pause for NUMBER seconds; SUFFIX may be s, m, h or d.",
  usage: ["NUMBER[SUFFIX]...", "OPTION"],
  options: "",
  *run(io, sys) {
    if (io.operands.length === 0) return yield* io.usageError("missing operand");
    let total = 0;
    let wrong = false;
    for (const word of io.operands) {
      const seconds = parseDuration(word);
      if (seconds === undefined) {
        io.warn(`invalid time interval ${quote(word)}`);
        wrong = true;
      } else total += seconds;
    }
    if (wrong) return yield* io.usageError("");
    const until = sys.now() + total * 1000;
    while (sys.now() < until) yield* sys.sleep(Math.min(until - sys.now(), 2 ** 40));
    return 0;
  },
});
