// The entries that ls shows: their facts, their order, their names with colours, quotes and marks.

import type { FileType, Stat } from "../../kernel/sys.ts";
import { compareText, compareVersions } from "../../lib/compare.ts";
import { escapeC, quoteAlways, quoteIfNeeded } from "../../lib/quote.ts";
import { textWidth } from "../../lib/width.ts";
import type { LsSettings } from "./options.ts";

export interface Entry {
  /** Name as shown, and path to reach it. */
  readonly name: string;
  readonly path: string;
  readonly type: FileType;
  readonly stat: Stat | undefined;
  readonly link: string | undefined;
  /** What a link leads to; undefined where it dangles. */
  readonly target: Stat | undefined;
}

export const isFolder = (entry: Entry) =>
  entry.type === "directory" || (entry.type === "symlink" && entry.target?.type === "directory");

const extension = (name: string) =>
  name.lastIndexOf(".") > 0 || name.startsWith(".") ? name.slice(Math.max(0, name.lastIndexOf("."))) : "";

/** Order of entries under the settings. */
export function sortEntries(entries: readonly Entry[], settings: LsSettings): Entry[] {
  const sorted = [...entries];
  if (settings.sort !== "none") {
    const byName = (a: Entry, b: Entry) => compareText(a.name, b.name);
    const time = (entry: Entry) => entry.stat?.[settings.time] ?? 0;
    const compare = {
      name: byName,
      size: (a: Entry, b: Entry) => (b.stat?.size ?? 0) - (a.stat?.size ?? 0) || byName(a, b),
      time: (a: Entry, b: Entry) => time(b) - time(a) || byName(a, b),
      extension: (a: Entry, b: Entry) => compareText(extension(a.name), extension(b.name)) || byName(a, b),
      version: (a: Entry, b: Entry) => compareVersions(a.name, b.name) || byName(a, b),
      width: (a: Entry, b: Entry) => textWidth(a.name) - textWidth(b.name) || byName(a, b),
    }[settings.sort];
    sorted.sort(compare);
    if (settings.reverse) sorted.reverse();
  }
  if (!settings.foldersFirst || settings.sort === "none") return sorted;
  return [...sorted.filter(isFolder), ...sorted.filter((entry) => !isFolder(entry))];
}

/** A name in the chosen quoting. */
export function quoteName(name: string, settings: LsSettings): string {
  switch (settings.quoting) {
    case "c":
      return `"${escapeC(name, '"')}"`;
    case "escape":
      return escapeC(name, " ");
    case "shell-always":
    case "shell-escape-always":
      return quoteAlways(name);
    case "shell":
    case "shell-escape":
      return quoteIfNeeded(name);
    default:
      return settings.hideControl ? name.replace(/[\x00-\x1f\x7f\udc80-\udcff]/g, "?") : name;
  }
}

/** The mark after a name: / = > @ | or *. */
export function mark(type: FileType, mode: number, settings: LsSettings): string {
  if (settings.indicator === "none") return "";
  if (type === "directory") return "/";
  if (settings.indicator === "slash") return "";
  if (type === "symlink") return "@";
  if (type === "fifo") return "|";
  if (type === "socket") return "=";
  return settings.indicator === "classify" && type === "file" && mode & 0o111 ? "*" : "";
}

/** The key of LS_COLORS for a file: di, ln, ex … ; undefined for a plain one. */
function colorKey(type: FileType, mode: number, nlink: number): string | undefined {
  if (type === "directory") {
    if (mode & 0o1000 && mode & 0o002) return "tw";
    if (mode & 0o002) return "ow";
    return mode & 0o1000 ? "st" : "di";
  }
  if (type === "symlink") return "ln";
  if (type === "fifo") return "pi";
  if (type === "socket") return "so";
  if (type === "block") return "bd";
  if (type === "char") return "cd";
  if (mode & 0o4000) return "su";
  if (mode & 0o2000) return "sg";
  if (mode & 0o111) return "ex";
  return nlink > 1 ? "mh" : undefined;
}

/** Debian's LS_COLORS as dircolors sets it, and ls's own where the variable is empty. */
const FULL: Readonly<Record<string, string>> = {
  di: "01;34",
  ln: "01;36",
  mh: "00",
  pi: "40;33",
  so: "01;35",
  bd: "40;33;01",
  cd: "40;33;01",
  or: "40;31;01",
  mi: "00",
  su: "37;41",
  sg: "30;43",
  tw: "30;42",
  ow: "34;42",
  st: "37;44",
  ex: "01;32",
};
const OWN: Readonly<Record<string, string>> = {
  di: "01;34",
  ln: "01;36",
  pi: "33",
  so: "01;35",
  bd: "01;33",
  cd: "01;33",
  su: "37;41",
  sg: "30;43",
  tw: "30;42",
  ow: "34;42",
  st: "37;44",
  ex: "01;32",
};

/** Colours of this run: LS_COLORS read once. */
export function readColors(
  variable: string | undefined,
): (name: string, type: FileType, mode: number, nlink: number, dangling: boolean) => string | undefined {
  const rules =
    variable === undefined || variable === "" ? undefined : variable.split(":").map((rule) => rule.split("="));
  const table =
    rules === undefined
      ? OWN
      : { ...FULL, ...Object.fromEntries(rules.filter(([key]) => key !== undefined && !key.startsWith("*"))) };
  const suffixes = rules
    ?.filter(([key]) => key?.startsWith("*"))
    .map(([key, code]) => [key?.slice(1) ?? "", code ?? ""] as const);
  return (name, type, mode, nlink, dangling) => {
    const key = dangling ? "or" : colorKey(type, mode, nlink);
    const code = key === undefined ? undefined : table[key];
    if (key === "ln" && code === "target") return undefined;
    if (key !== undefined && key !== "mh") return code;
    if (code !== undefined && code !== "00" && code !== "0") return code;
    return suffixes?.find(([suffix]) => name.toLowerCase().endsWith(suffix.toLowerCase()))?.[1];
  };
}
