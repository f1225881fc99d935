// alias, unalias.

import { singleQuote } from "../quote.ts";
import { complain } from "../state.ts";
import { type Builtin, badFlags, parseFlags, print, usage } from "./define.ts";

export const alias: Builtin = {
  usage: "alias [-p] [name[=value] ... ]",
  summary: "Define or display aliases.",
  *run(sh, args) {
    const { aliases } = sh.state;
    const flags = parseFlags(args, "p");
    if (flags.bad !== undefined) return yield* badFlags(sh, alias, flags);
    const show = (name: string) =>
      `alias ${name.startsWith("-") ? "-- " : ""}${name}=${singleQuote(aliases.get(name) ?? "")}\n`;
    if (flags.rest.length === 0 || flags.flags !== "") yield* print(sh, [...aliases.keys()].sort().map(show).join(""));
    let status = 0;
    for (const arg of flags.rest) {
      const at = arg.indexOf("=");
      if (at > 0) {
        const name = arg.slice(0, at);
        if (/[\s$`"'\\/&|;()<>]/.test(name)) {
          yield* complain(sh, `\`${name}': invalid alias name`);
          status = 1;
        } else aliases.set(name, arg.slice(at + 1));
      } else if (aliases.has(arg)) yield* print(sh, show(arg));
      else {
        yield* complain(sh, `${arg}: not found`);
        status = 1;
      }
    }
    return status;
  },
};

export const unalias: Builtin = {
  usage: "unalias [-a] name [name ...]",
  summary: "Remove each NAME from the list of defined aliases.",
  *run(sh, args) {
    const flags = parseFlags(args, "a");
    if (flags.bad !== undefined) return yield* badFlags(sh, unalias, flags);
    if (flags.flags !== "") {
      sh.state.aliases.clear();
      return 0;
    }
    if (flags.rest.length === 0) return yield* usage(sh, unalias);
    let status = 0;
    for (const name of flags.rest) {
      if (sh.state.aliases.delete(name)) continue;
      yield* complain(sh, `${name}: not found`);
      status = 1;
    }
    return status;
  },
};
