// printf: the program (bash has its own): formats its arguments.

import { runPrintf } from "../lib/printf.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const printf = defineCommand({
  name: "printf",
  summary: "Print ARGUMENT(s) according to FORMAT.",
  usage: ["FORMAT [ARGUMENT]...", "OPTION"],
  *run(io) {
    const args = io.args[0] === "--" ? io.args.slice(1) : io.args;
    const [format, ...rest] = args;
    if (format === undefined) return yield* io.usageError("missing operand");
    const result = runPrintf(format, rest);
    io.print(result.text);
    yield* io.flush();
    for (const error of result.errors) io.warn(error);
    if (result.errors.length > 0) return 1;
    if (rest.length > 0 && !/%[^%]/.test(format.replaceAll("%%", ""))) {
      io.warn(`warning: ignoring excess arguments, starting with ${quote(rest[0] ?? "")}`);
    }
    return 0;
  },
});
