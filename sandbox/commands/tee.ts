// tee: copies stdin to stdout and to files.

import { isErrno } from "../kernel/errno.ts";
import { quoteFile } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const tee = defineCommand({
  name: "tee",
  summary: "Copy standard input to each FILE, and also to standard output.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    a,append  append to the given FILEs, do not overwrite
    i,ignore-interrupts  ignore interrupt signals
    p  operate in a more appropriate MODE with pipes
    ,output-error[=MODE]  what to do on write errors: warn, warn-nopipe, exit, exit-nopipe`,
  *run(io, sys) {
    io.buffered = false;
    if (io.has("i")) sys.sigaction("SIGINT", "ignore");
    if (io.has("p") || io.has("output-error")) sys.sigaction("SIGPIPE", "ignore");
    const mode = io.value("output-error");
    const modes = ["warn", "warn-nopipe", "exit", "exit-nopipe"];
    if (mode !== undefined && !modes.some((one) => one.startsWith(mode)))
      return yield* io.badWord(
        mode,
        "--output-error",
        modes.map((one) => [one]),
      );
    const outputs: { name: string; fd: number }[] = [];
    for (const name of io.operands) {
      const fd = sys.open(name, {
        write: true,
        create: true,
        ...(io.has("a") ? { append: true } : { truncate: true }),
      });
      if (isErrno(fd)) io.warnFile(name, fd);
      else outputs.push({ name, fd });
    }
    for (;;) {
      const bytes = yield* io.read(0);
      if (isErrno(bytes)) {
        io.warn(`read error: ${bytes.text}`);
        return 1;
      }
      if (bytes.length === 0) break;
      io.print(bytes);
      yield* io.drain();
      for (const output of [...outputs]) {
        const result = yield* sys.write(output.fd, bytes);
        if (!isErrno(result)) continue;
        io.warn(`${quoteFile(output.name)}: ${result.text}`);
        io.status = 1;
        outputs.splice(outputs.indexOf(output), 1);
      }
      if (sys.due()) yield* sys.rest();
    }
    for (const output of outputs) sys.close(output.fd);
    return undefined;
  },
});
