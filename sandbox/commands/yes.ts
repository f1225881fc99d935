// yes: a line, for ever.

import { isErrno } from "../kernel/errno.ts";
import { encode } from "../kernel/text.ts";
import { defineCommand } from "./define.ts";

export const yes = defineCommand({
  name: "yes",
  summary: "Repeatedly output a line with all specified STRING(s), or 'y'.",
  usage: ["[STRING]...", "OPTION"],
  options: "",
  *run(io, sys) {
    const line = `${io.operands.length > 0 ? io.operands.join(" ") : "y"}\n`;
    const block = encode(line.repeat(Math.max(1, Math.floor(4096 / line.length))));
    for (;;) {
      const result = yield* sys.write(1, block);
      if (isErrno(result)) return yield* io.die(1, `standard output: ${result.text}`);
      yield* sys.rest();
    }
  },
});
