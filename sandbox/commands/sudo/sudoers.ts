// The sudoers file as far as people write it: user and group rules, run-as lists, NOPASSWD, aliases, Defaults.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { Names, type User } from "../../lib/users.ts";

export interface Rule {
  /** User, %group, #uid or ALL. */
  readonly who: readonly string[];
  readonly hosts: readonly string[];
  /** As written between the brackets; undefined means root. */
  readonly runAs: string | undefined;
  readonly password: boolean;
  readonly commands: readonly string[];
}

export interface Sudoers {
  readonly rules: readonly Rule[];
  readonly defaults: readonly string[];
  readonly securePath: string;
  readonly keep: readonly string[];
}

/** What Debian's package installs, for machines without the file. */
const PACKAGED = `Defaults\tenv_reset
Defaults\tmail_badpass
Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults\tuse_pty
root\tALL=(ALL:ALL) ALL
%sudo\tALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
`;

function readLines(sys: Sys, path: string, depth = 0): string[] {
  const bytes = sys.readFile(path);
  if (isErrno(bytes) && path !== "/etc/sudoers") return [];
  const text = isErrno(bytes) ? PACKAGED : decode(bytes);
  const lines: string[] = [];
  for (const raw of text.replace(/\\\n/g, " ").split("\n")) {
    const include = /^[@#](include|includedir)\s+(\S+)/.exec(raw);
    if (include !== null && depth < 8) {
      const entries = include[1] === "includedir" ? sys.readdir(include[2] ?? "") : undefined;
      if (entries === undefined) lines.push(...readLines(sys, include[2] ?? "", depth + 1));
      else if (!isErrno(entries)) {
        const names = entries.map((entry) => entry.name).filter((name) => !name.includes(".") && !name.endsWith("~"));
        for (const name of names.sort()) lines.push(...readLines(sys, `${include[2]}/${name}`, depth + 1));
      }
      continue;
    }
    const line = raw.replace(/(^|\s)#(?!\d).*$/, "").trim();
    if (line !== "") lines.push(line);
  }
  return lines;
}

const list = (text: string) =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** Reads the rules of this machine. Needs root, which sudo has. */
export function readSudoers(sys: Sys): Sudoers {
  const rules: Rule[] = [];
  const defaults: string[] = [];
  const aliases = new Map<string, string[]>();
  const expand = (words: readonly string[]): string[] => words.flatMap((word) => aliases.get(word) ?? [word]);
  for (const line of readLines(sys, "/etc/sudoers")) {
    const alias = /^(?:User|Runas|Host|Cmnd)_Alias\s+([A-Z]\w*)\s*=\s*(.*)$/.exec(line);
    if (alias !== null) {
      aliases.set(alias[1] ?? "", expand(list(alias[2] ?? "")));
      continue;
    }
    if (line.startsWith("Defaults")) {
      if (/^Defaults\s/.test(line)) defaults.push(...list(line.replace(/^Defaults\s+/, "").replace(/"/g, "")));
      continue;
    }
    const rule = /^(.+?)\s+([^=\s]+|\S.*?)\s*=\s*(?:\(([^)]*)\)\s*)?(.*)$/.exec(line);
    if (rule === null) continue;
    const tags = /^((?:(?:NO)?[A-Z]+:\s*)*)(.*)$/.exec(rule[4] ?? "");
    rules.push({
      who: expand(list(rule[1] ?? "")),
      hosts: list(rule[2] ?? ""),
      runAs: rule[3],
      password: !/NOPASSWD:/.test(tags?.[1] ?? ""),
      commands: expand(list(tags?.[2] ?? "")),
    });
  }
  const path = defaults.find((one) => one.startsWith("secure_path="))?.slice(12);
  const keep = defaults
    .filter((one) => one.startsWith("env_keep"))
    .flatMap((one) => one.replace(/^env_keep\s*\+?=\s*/, "").split(/\s+/));
  return { rules, defaults, securePath: path ?? "", keep };
}

/** The rules that speak of a user on this host, in order. */
export function rulesFor(sys: Sys, sudoers: Sudoers, user: User, groups: readonly number[]): readonly Rule[] {
  const names = new Names(sys);
  const mine = new Set(groups.map((gid) => names.group(gid)));
  return sudoers.rules.filter(
    (rule) =>
      rule.who.some(
        (word) =>
          word === "ALL" ||
          word === user.name ||
          word === `#${user.uid}` ||
          (word.startsWith("%") && mine.has(word.slice(1))),
      ) && rule.hosts.some((host) => host === "ALL" || host === sys.hostname),
  );
}

/** The last rule that lets a command run as a user; undefined where none does. */
export function allows(rules: readonly Rule[], target: User, path: string, args: readonly string[]): Rule | undefined {
  return rules.findLast((rule) => {
    const users = list((rule.runAs ?? "root").split(":")[0] ?? "");
    if (!users.some((word) => word === "ALL" || word === target.name || word === `#${target.uid}`)) return false;
    let verdict = false;
    for (const command of rule.commands) {
      const negated = command.startsWith("!");
      if (matchesCommand(negated ? command.slice(1).trim() : command, path, args)) verdict = !negated;
    }
    return verdict;
  });
}

function matchesCommand(pattern: string, path: string, args: readonly string[]): boolean {
  if (pattern === "ALL") return true;
  const [program = "", ...words] = pattern.split(/\s+/);
  const same = program.endsWith("/")
    ? path.startsWith(program) && !path.slice(program.length).includes("/")
    : matchGlob(program, path, { pathname: true });
  if (!same) return false;
  if (words.length === 0) return true;
  if (words.length === 1 && words[0] === '""') return args.length === 0;
  return matchGlob(words.join(" ").replace(/\\(?=[,:=])/g, ""), args.join(" "));
}
