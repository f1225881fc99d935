// complete, compgen, compopt: programmable completion as far as scripts ask for it.

import type { Task } from "../../kernel/sys.ts";
import { actionWords } from "../complete/actions.ts";
import { expandWords } from "../expand.ts";
import { parseText } from "../parse.ts";
import { quoteIfNeeded } from "../quote.ts";
import { complain, type Shell } from "../state.ts";
import { getValue } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, print } from "./define.ts";
import { builtinNames } from "./index.ts";

const LETTERS = "abcdefgjksuvprDEIo:A:G:W:F:C:X:P:S:";

export const complete: Builtin = {
  usage:
    "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
  summary: "Specify how arguments are to be completed by Readline.",
  *run(sh, args) {
    const table = sh.state.completions;
    const flags = parseFlags(args, LETTERS);
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, complete, flags);
    const names = flags.rest;
    if (flags.flags.includes("r")) {
      for (const key of [...table.keys()])
        if (key.startsWith("spec:") && (names.length === 0 || names.includes(key.slice(5)))) table.delete(key);
      return 0;
    }
    if (flags.flags.includes("p") || args.length === 0) {
      const list =
        names.length === 0
          ? [...table.keys()].filter((key) => key.startsWith("spec:")).map((key) => key.slice(5))
          : names;
      let status = 0;
      for (const name of list) {
        const spec = table.get(`spec:${name}`);
        if (spec === undefined) {
          yield* complain(sh, `${name}: no completion specification`);
          status = 1;
        } else yield* print(sh, `complete ${spec} ${name}\n`);
      }
      return status;
    }
    const spec = args
      .slice(0, args.length - names.length)
      .map(quoteIfNeeded)
      .join(" ");
    for (const name of names) table.set(`spec:${name}`, spec);
    return 0;
  },
};

/** Words that a completion specification makes for a prefix. */
export function* generate(sh: Shell, args: readonly string[], prefix: string): Task<string[] | undefined> {
  const flags = parseFlags(args, LETTERS);
  if (flags.bad !== undefined || flags.missing !== undefined) return undefined;
  const words: string[] = [];
  for (const flag of flags.flags) words.push(...actionWords(sh, flag, prefix, builtinNames));
  if (flags.values.A !== undefined) words.push(...actionWords(sh, flags.values.A, prefix, builtinNames));
  if (flags.values.W !== undefined) {
    const text = (yield* expandWords(sh, [parseText(flags.values.W)])).join(" ");
    words.push(...text.split(/\s+/).filter((word) => word !== "" && word.startsWith(prefix)));
  }
  const [before, after] = [flags.values.P ?? "", flags.values.S ?? ""];
  return words.map((word) => before + word + after);
}

export const compgen: Builtin = {
  usage:
    "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
  summary: "Display possible completions depending on the options.",
  *run(sh, args) {
    const flags = parseFlags(args, LETTERS);
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, compgen, flags);
    const words = (yield* generate(sh, args.slice(0, flags.used), flags.rest[0] ?? "")) ?? [];
    yield* print(sh, words.map((word) => `${word}\n`).join(""));
    return words.length > 0 ? 0 : 1;
  },
};

export const compopt: Builtin = {
  usage: "compopt [-o|+o option] [-DEI] [name ...]",
  summary: "Modify or display completion options.",
  *run(sh, args) {
    const flags = parseFlags(args, "DEIo:");
    if (flags.bad !== undefined) return yield* badFlags(sh, compopt, flags);
    if (flags.rest.length > 0 || /[DEI]/.test(flags.flags) || getValue(sh, "COMP_LINE") !== undefined) return 0;
    yield* complain(sh, "not currently executing completion function");
    return 1;
  },
};
