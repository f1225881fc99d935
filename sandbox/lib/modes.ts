// File modes: how they are written (`-rw-r--r--`) and how chmod reads them (`u+x,go=`).

import type { FileType, Stat } from "../kernel/sys.ts";

const TYPE_LETTERS: Readonly<Record<FileType, string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  fifo: "p",
  socket: "s",
  char: "c",
  block: "b",
};

/** The type bits of st_mode. */
export const TYPE_BITS: Readonly<Record<FileType, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  char: 0o020000,
  block: 0o060000,
};

/** `rwxr-xr-x`, with s, S, t and T. */
export function formatPermissions(mode: number): string {
  let text = "";
  for (const [shift, special, letter] of [
    [6, 0o4000, "s"],
    [3, 0o2000, "s"],
    [0, 0o1000, "t"],
  ] as const) {
    const bits = mode >> shift;
    text += (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-");
    text += mode & special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? "x" : "-";
  }
  return text;
}

/** `-rw-r--r--` of a file, as ls and stat write it. */
export function formatMode(stat: Pick<Stat, "type" | "mode">): string {
  return TYPE_LETTERS[stat.type] + formatPermissions(stat.mode);
}

interface Clause {
  readonly op: "+" | "-" | "=";
  /** Bits of the named classes, with their special bits. */
  readonly who: number;
  readonly given: boolean;
  readonly value: number;
  readonly copy: number | undefined;
  readonly ifExecutable: boolean;
  /** Special bits that `=` leaves alone on folders because they were not named. */
  readonly keep: number;
}

/** A parsed mode; `apply` gives the new bits of a file. */
export type ModeChange = (mode: number, directory: boolean, umask: number) => number;

const CLASSES: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

/** Parses an octal or symbolic mode; undefined where it is neither. After gnulib's modechange. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]+$/.test(text)) {
    const value = Number.parseInt(text, 8);
    if (value > 0o7777) return undefined;
    // Fewer than five digits leave a folder's setuid and setgid alone.
    const keep = text.length < 5 ? 0o6000 : 0;
    return (mode, directory) => (directory ? value | (mode & keep) : value);
  }
  const clauses: Clause[] = [];
  for (const part of text.split(",")) {
    const found = /^([ugoa]*)((?:[-+=](?:[0-7]+|[ugo]|[rwxXst]*))+)$/.exec(part);
    if (found === null) return undefined;
    const given = found[1] !== "";
    let who = 0;
    for (const letter of found[1] ?? "") who |= CLASSES[letter] ?? 0;
    for (const action of (found[2] ?? "").match(/[-+=][^-+=]*/g) ?? []) {
      const clause = parseAction(action, given ? who : 0o7777, given);
      if (clause === undefined) return undefined;
      clauses.push(clause);
    }
  }
  return (mode, directory, umask) =>
    clauses.reduce((bits, clause) => applyClause(clause, bits, directory, umask), mode);
}

function parseAction(action: string, who: number, given: boolean): Clause | undefined {
  const op = action[0] as Clause["op"];
  const what = action.slice(1);
  if (/^[0-7]+$/.test(what)) {
    const value = Number.parseInt(what, 8);
    if (given || value > 0o7777) return undefined;
    return { op, who: 0o7777, given: true, value, copy: undefined, ifExecutable: false, keep: 0 };
  }
  const copy = what === "u" ? 6 : what === "g" ? 3 : what === "o" ? 0 : undefined;
  let value = 0;
  if (copy === undefined) {
    if (what.includes("r")) value |= 0o444;
    if (what.includes("w")) value |= 0o222;
    if (what.includes("x")) value |= 0o111;
    if (what.includes("s")) value |= 0o6000;
    if (what.includes("t")) value |= 0o1000;
  }
  const keep = what.includes("s") ? 0 : 0o6000;
  return { op, who, given, value, copy, ifExecutable: what.includes("X"), keep };
}

function applyClause(clause: Clause, mode: number, directory: boolean, umask: number): number {
  let value = clause.value;
  if (clause.copy !== undefined) value = ((mode >> clause.copy) & 7) * 0o111;
  if (clause.ifExecutable && (directory || mode & 0o111)) value |= 0o111;
  const allowed = clause.who & (clause.given ? 0o7777 : ~umask);
  value &= allowed;
  if (clause.op === "+") return mode | value;
  if (clause.op === "-") return mode & ~value;
  const kept = (directory ? mode & clause.keep : 0) | (mode & ~clause.who & 0o7777);
  return kept | value | (clause.given ? 0 : mode & ~0o7777);
}
