// Pathname expansion: walks folders for the names that a pattern matches.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { compilePattern, isPattern, matchesPattern, type Pattern } from "./pattern.ts";

export interface GlobOptions {
  readonly extglob: boolean;
  readonly dotglob: boolean;
  readonly nocase: boolean;
  readonly globstar: boolean;
}

/** A pattern without its quoting. */
export function unescapePattern(text: string): string {
  return text.replace(/\\([\s\S])/g, "$1");
}

/** Splits at slashes that are not inside an extended group. */
function splitPath(pattern: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === "\\") i += 1;
    else if (c === "(") depth += 1;
    else if (c === ")") depth -= 1;
    else if (c === "/" && depth <= 0) {
      parts.push(pattern.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(pattern.slice(start));
  return parts;
}

/** Names that match, sorted; empty where there are none. */
export function expandGlob(sys: Sys, pattern: string, options: GlobOptions): string[] {
  const parts = splitPath(pattern);
  let bases = [""];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const next: string[] = [];
    for (const base of bases) next.push(...expandPart(sys, base, part, last, options));
    bases = next;
    if (bases.length === 0) return [];
  }
  return [...new Set(bases)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function expandPart(sys: Sys, base: string, part: string, last: boolean, options: GlobOptions): string[] {
  const slash = last ? "" : "/";
  if (part === "") return last ? (base === "" || !isDirectory(sys, base) ? [] : [base]) : [`${base}/`];
  if (!isPattern(part, options.extglob)) {
    const path = base + unescapePattern(part);
    if (last) return isErrno(sys.lstat(path)) ? [] : [path];
    return isDirectory(sys, path) ? [path + slash] : [];
  }
  if (part === "**" && options.globstar) return starStar(sys, base, last, options);
  const compiled = compilePattern(part, { extglob: options.extglob, fold: options.nocase });
  const found: string[] = [];
  for (const name of namesIn(sys, base, part, options)) {
    if (!matchName(compiled, name)) continue;
    if (last) found.push(base + name);
    else if (isDirectory(sys, base + name)) found.push(base + name + slash);
  }
  return found;
}

function matchName(pattern: Pattern, name: string): boolean {
  return matchesPattern(pattern, name);
}

/** Names in a folder that a pattern may match: those with a leading dot only where the pattern asks for it. */
function namesIn(sys: Sys, base: string, part: string, options: GlobOptions): string[] {
  const entries = sys.readdir(base === "" ? "." : base);
  if (isErrno(entries)) return [];
  const dotted = /^\\?\.|^[?*+@!]\((?:[^)]*\|)?\\?\./.test(part);
  return entries
    .map((entry) => entry.name)
    .filter((name) => name !== "." && name !== ".." && (!name.startsWith(".") || dotted || options.dotglob));
}

function isDirectory(sys: Sys, path: string): boolean {
  const stat = sys.stat(path);
  return !isErrno(stat) && stat.type === "directory";
}

/** All folders below, and, where it comes last, all files too. */
function starStar(sys: Sys, base: string, last: boolean, options: GlobOptions): string[] {
  const found: string[] = base === "" && last ? [] : [base];
  const walk = (folder: string) => {
    const entries = sys.readdir(folder === "" ? "." : folder);
    if (isErrno(entries)) return;
    for (const entry of entries) {
      if (entry.name === "." || entry.name === ".." || (entry.name.startsWith(".") && !options.dotglob)) continue;
      const path = folder + entry.name;
      if (entry.type === "directory") {
        found.push(last ? path : `${path}/`);
        walk(`${path}/`);
      } else if (last) found.push(path);
    }
  };
  walk(base);
  return found;
}
