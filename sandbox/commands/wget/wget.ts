// wget 1.25: downloads over HTTP and HTTPS, with its messages on stderr.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { fetch } from "./download.ts";
import { parse, USAGE } from "./options.ts";

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  if (argv.includes("--version") || argv.includes("-V")) {
    yield* sys.write(1, "GNU Wget 1.25.0 built on linux-gnu.\n");
    return 0;
  }
  if (argv.includes("--help") || argv.includes("-h")) {
    yield* sys.write(1, "GNU Wget 1.25.0, a non-interactive network retriever.\nUsage: wget [OPTION]... [URL]...\n");
    return 0;
  }
  const wishes = parse(argv.slice(1));
  if (typeof wishes === "string") {
    yield* sys.write(2, wishes + USAGE);
    return wishes.includes("missing URL") ? 1 : 2;
  }
  sys.sigaction("SIGPIPE", "ignore");
  if (wishes.output !== undefined && wishes.output !== "-") {
    const file = sys.open(wishes.output, { write: true, create: true, truncate: true });
    if (isErrno(file)) {
      yield* sys.write(2, `${wishes.output}: ${file.text}\n`);
      return 1;
    }
    sys.close(file);
  }
  const silent = wishes.quiet || wishes.terse;
  let status = 0;
  const say = function* (text: string): Task {
    if (!silent) yield* sys.write(2, text);
  };
  for (const url of wishes.urls) {
    const ended = yield* fetch({ sys, wishes, say }, url);
    if (ended !== 0) status = ended;
  }
  return status;
}

export const wget: Program = { name: "wget", main };
