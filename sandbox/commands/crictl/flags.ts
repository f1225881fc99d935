// crictl's command line: flags before the words, long or short with one dash or two, as urfave/cli reads them.

import { Fatal } from "./runtime.ts";

/** A flag: its name, its letter or nothing, and whether a value follows. */
interface Flag {
  readonly name: string;
  readonly short: string;
  readonly takes: boolean;
}

export type FlagTable = readonly Flag[];

/** `all:a! tail= …`: name, letter, `!` for a switch, `=` where a value follows. */
export const flagTable = (text: string): FlagTable =>
  text.split(" ").map((word) => {
    const [name = "", short = ""] = word.slice(0, -1).split(":");
    return { name, short, takes: word.endsWith("=") };
  });

const findFlag = (table: FlagTable, name: string): Flag | undefined =>
  table.find((flag) => flag.name === name || flag.short === name);

export function parseFlags(words: readonly string[], table: FlagTable) {
  const flags: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    if (!/^-./.test(word)) break;
    if (word === "--") {
      at++;
      break;
    }
    const [, name = "", value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = findFlag(table, name);
    // Single letters may stand together, as -it.
    const letters = /^-[a-z]{2,}$/i.test(word) ? [...name].map((letter) => findFlag(table, letter)) : [undefined];
    if (flag === undefined && letters.every((each) => each?.takes === false)) {
      for (const each of letters) if (each !== undefined) flags[each.name] = "true";
      continue;
    }
    if (flag === undefined) throw new Fatal(`flag provided but not defined: -${name}`);
    if (!flag.takes) flags[flag.name] = value ?? "true";
    else {
      const given = value ?? words[++at];
      if (given === undefined) throw new Fatal(`flag needs an argument: -${name}`);
      flags[flag.name] = flags[flag.name] === undefined ? given : `${flags[flag.name]}\n${given}`;
    }
  }
  return { flags, rest: words.slice(at) };
}
