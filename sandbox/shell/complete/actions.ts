// Words for `compgen -A` and for the line editor: names of things the shell knows.

import { isErrno } from "../../kernel/errno.ts";
import { SIGNALS } from "../../kernel/signal.ts";
import { readGroups, readUsers } from "../../lib/users.ts";
import type { Shell } from "../state.ts";
import { getValue, rawVariable, variableNames } from "../vars.ts";

const KEYWORDS = [
  "!",
  "[[",
  "]]",
  "case",
  "coproc",
  "do",
  "done",
  "elif",
  "else",
  "esac",
  "fi",
  "for",
  "function",
  "if",
  "in",
  "select",
  "then",
  "time",
  "until",
  "while",
  "{",
  "}",
];

/** Letters of `compgen` that stand for an action. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "alias",
  b: "builtin",
  c: "command",
  d: "directory",
  e: "export",
  f: "file",
  g: "group",
  j: "job",
  k: "keyword",
  s: "service",
  u: "user",
  v: "variable",
};

/** Programs in PATH whose names begin with a prefix. */
export function programNames(sh: Shell, prefix: string): string[] {
  const names = new Set<string>();
  for (const folder of (getValue(sh, "PATH") ?? "").split(":")) {
    const entries = sh.sys.readdir(folder === "" ? "." : folder);
    if (isErrno(entries)) continue;
    for (const entry of entries) {
      if (!entry.name.startsWith(prefix) || names.has(entry.name)) continue;
      const path = `${folder}/${entry.name}`;
      const stat = sh.sys.stat(path);
      if (!isErrno(stat) && stat.type === "file" && sh.sys.access(path, "x") === undefined) names.add(entry.name);
    }
  }
  return [...names];
}

/** Paths that begin with a prefix; folders only where asked. */
export function pathNames(sh: Shell, prefix: string, foldersOnly: boolean): string[] {
  const slash = prefix.lastIndexOf("/") + 1;
  const folder = prefix.slice(0, slash);
  const start = prefix.slice(slash);
  const entries = sh.sys.readdir(folder === "" ? "." : folder);
  if (isErrno(entries)) return [];
  const names = entries
    .map((entry) => entry.name)
    .filter((name) => name !== "." && name !== ".." && name.startsWith(start));
  return names
    .map((name) => folder + name)
    .filter((path) => {
      if (!foldersOnly) return true;
      const stat = sh.sys.stat(path);
      return !isErrno(stat) && stat.type === "directory";
    });
}

/** Words of an action, by its name or letter, that begin with a prefix. */
export function actionWords(
  sh: Shell,
  action: string,
  prefix: string,
  builtinNames: () => readonly string[] = () => [],
): string[] {
  const { state } = sh;
  const begin = (words: Iterable<string>) => [...new Set(words)].filter((word) => word.startsWith(prefix)).sort();
  switch (LETTERS[action] ?? action) {
    case "alias":
      return begin(state.aliases.keys());
    case "builtin":
      return begin(builtinNames());
    case "keyword":
      return begin(KEYWORDS);
    case "function":
      return begin(state.functions.keys());
    case "command":
      return begin([
        ...state.aliases.keys(),
        ...KEYWORDS,
        ...state.functions.keys(),
        ...builtinNames(),
        ...programNames(sh, prefix),
      ]);
    case "directory":
      return begin(pathNames(sh, prefix, true));
    case "file":
      return begin(pathNames(sh, prefix, false));
    case "export":
      return begin(variableNames(sh).filter((name) => rawVariable(sh, name)?.flags.includes("x")));
    case "variable":
      return begin(variableNames(sh));
    case "arrayvar":
      return begin(variableNames(sh).filter((name) => /[aA]/.test(rawVariable(sh, name)?.flags ?? "")));
    case "user":
      return begin(readUsers(sh.sys).map((user) => user.name));
    case "group":
      return begin(readGroups(sh.sys).map((group) => group.name));
    case "job":
      return begin(state.jobs.map((job) => job.command.split(" ")[0] ?? ""));
    case "signal":
      return begin(Object.keys(SIGNALS));
    case "hostname":
      return begin(hostNames(sh));
    default:
      return [];
  }
}

/** Names and addresses of /etc/hosts. */
export function hostNames(sh: Shell): string[] {
  const bytes = sh.sys.readFile("/etc/hosts");
  if (isErrno(bytes)) return [];
  const words: string[] = [];
  for (const line of new TextDecoder("utf-8").decode(bytes).split("\n"))
    words.push(
      ...line
        .replace(/#.*/, "")
        .trim()
        .split(/\s+/)
        .filter((word) => word !== ""),
    );
  return words;
}
