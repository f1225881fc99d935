// kubeadm 1.36: finds the command that is meant, and the way errors end it.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { DialError, StatusError } from "../kubectl/client.ts";
import { type FlagSpec, type Flags, parseFlags, parseSpecs, takesNext } from "../kubectl/flags.ts";
import { Fail } from "../kubectl/values.ts";
import type { Command } from "./command.ts";
import { Kubeadm } from "./context.ts";
import { helpText } from "./help.ts";
import { TREE } from "./tree.ts";

const GLOBAL = parseSpecs("rootfs= v:v#0 vmodule= help:h!");

/** The command that the words name, what is left of them, and the flags it knows. */
function find(words: readonly string[]): { path: Command[]; rest: string[]; specs: FlagSpec[] } {
  const path = [TREE];
  let specs = [...GLOBAL];
  let rest = [...words];
  for (;;) {
    const here = path.at(-1) as Command;
    specs = [...specs, ...parseSpecs(here.flags ?? "")];
    let at = 0;
    while (at < rest.length && (rest[at] as string).startsWith("-")) at += takesNext(rest[at] as string, specs) ? 2 : 1;
    const word = rest[at];
    const next =
      word === undefined
        ? undefined
        : here.commands?.find((each) => each.name === word || each.aliases?.includes(word));
    if (next === undefined) return { path, rest, specs };
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    path.push(next);
  }
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const { path, rest, specs } = find(argv.slice(1));
  const here = path.at(-1) as Command;
  const name = path.map((each) => each.name).join(" ");
  let flags: Flags;
  try {
    flags = parseFlags(rest, specs, name);
  } catch (error) {
    // pflag's hint belongs to kubectl.
    throw error instanceof Fail ? new Fail(error.message.split("\n")[0] as string) : error;
  }
  if (flags.on("help")) {
    yield* sys.write(1, helpText(path));
    return 0;
  }
  if (here.run === undefined) {
    const [word] = flags.args;
    if (word !== undefined) throw new Fail(`unknown command ${JSON.stringify(word)} for ${JSON.stringify(name)}`);
    yield* sys.write(1, helpText(path));
    if (path.length === 1) return 0;
    throw new Fail("\nerror: subcommand is required");
  }
  if (here.run === "unmodelled") throw new Fail(`${name}: this command is not modelled in this sandbox`, 2);
  if (here.args === undefined && flags.args.length > 0)
    throw new Fail(`unknown command ${JSON.stringify(flags.args[0])} for ${JSON.stringify(name)}`);
  yield* here.run(new Kubeadm(sys, flags));
  return 0;
}

export const kubeadm: Program = {
  name: "kubeadm",
  *main(sys, argv) {
    try {
      return yield* run(sys, argv);
    } catch (error) {
      if (!(error instanceof Fail || error instanceof StatusError || error instanceof DialError)) throw error;
      const code = error instanceof Fail ? error.code : 1;
      if (code === 2) yield* sys.write(2, `${error.message}\n`);
      else
        yield* sys.write(
          2,
          `error: ${error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
        );
      return code;
    }
  },
};
