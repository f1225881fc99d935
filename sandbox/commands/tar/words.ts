// tar's command line before its options are read: letters without a dash, and -C, which acts where it stands.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import { fatal } from "./report.ts";

/** An operand that stands for `-C DIR` in its place among the others. */
export const MOVE = "\0";

/** The first word may be letters without a dash; -C acts where it stands, so it becomes an operand. */
export function prepare(args: readonly string[]): readonly string[] | string {
  const [first = "", ...rest] = args;
  const words: string[] = [];
  if (first !== "" && !first.startsWith("-")) {
    for (const letter of first) {
      words.push(`-${letter}`);
      if (!"fCTXbgHIKLNV".includes(letter)) continue;
      const value = rest.shift();
      if (value === undefined) return `Old option '${letter}' requires an argument.`;
      words.push(value);
    }
  } else words.push(first);
  const out: string[] = [];
  const all = [...words, ...rest].filter((word) => word !== "" || first !== "");
  for (let at = 0; at < all.length; at++) {
    const word = all[at] as string;
    const joined = /^(?:--directory=|-C)(.+)$/s.exec(word)?.[1];
    const cluster = /^-([a-zA-Z]*)C$/.exec(word)?.[1];
    if (joined !== undefined) out.push(MOVE + joined);
    else if (cluster !== undefined || word === "--directory") {
      if (cluster) out.push(`-${cluster}`);
      out.push(MOVE + (all[++at] ?? ""));
    } else out.push(word);
  }
  return out;
}

/** The folder of -C, as a beginning of paths. */
export function* enter(io: Io, from: string, folder: string): Task<string> {
  const path = folder.startsWith("/") ? folder : `${from}${folder}`;
  const stat = io.sys.stat(path);
  if (isErrno(stat)) return yield* fatal(io, `${folder}: Cannot open: ${stat.text}`);
  if (stat.type !== "directory") return yield* fatal(io, `${folder}: Cannot open: Not a directory`);
  return path.endsWith("/") ? path : `${path}/`;
}
