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
  /** Names of variables that survive, from env_keep. */
  readonly keep: readonly string[];
  /** Users who are asked for no password (`Defaults:NAME !authenticate`). */
  readonly trusted: ReadonlySet<string>;
  readonly tries: number;
  /** Files that are not read, and why. */
  readonly unsafe: readonly { readonly path: string; readonly why: string; readonly main: boolean }[];
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

/** What forbids a file to be read: anybody but root could have written it. */
export function unsafety(sys: Sys, path: string): string | undefined {
  const stat = sys.stat(path);
  if (isErrno(stat)) return undefined;
  if (stat.mode & 0o002) return "is world writable";
  if (stat.uid !== 0) return `is owned by uid ${stat.uid}, should be 0`;
  return stat.mode & 0o020 && stat.gid !== 0 ? `is owned by gid ${stat.gid}, should be 0` : undefined;
}

/** Files that an @includedir reads, in order. */
export function includedFiles(sys: Sys, folder: string): string[] {
  const entries = sys.readdir(folder);
  const names = isErrno(entries) ? [] : entries.map((entry) => entry.name);
  return names
    .filter((name) => !name.includes(".") && !name.endsWith("~"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function readLines(sys: Sys, path: string, unsafe: Sudoers["unsafe"][number][], depth = 0): string[] {
  const why = unsafety(sys, path);
  if (why !== undefined) {
    unsafe.push({ path, why, main: depth === 0 });
    return [];
  }
  const bytes = sys.readFile(path);
  if (isErrno(bytes) && path !== "/etc/sudoers") return [];
  const text = isErrno(bytes) ? PACKAGED : decode(bytes);
  const lines: string[] = [];
  for (const raw of text.replace(/\\\n/g, " ").split("\n")) {
    const include = /^[@#](include|includedir)\s+(\S+)/.exec(raw);
    if (include !== null && depth < 8) {
      const place = include[2] ?? "";
      for (const file of include[1] === "includedir" ? includedFiles(sys, place) : [place])
        lines.push(...readLines(sys, file, unsafe, depth + 1));
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
  const trusted = new Set<string>();
  const unsafe: Sudoers["unsafe"][number][] = [];
  const aliases = new Map<string, string[]>();
  const expand = (words: readonly string[]): string[] => words.flatMap((word) => aliases.get(word) ?? [word]);
  for (const line of readLines(sys, "/etc/sudoers", unsafe)) {
    const alias = /^(?:User|Runas|Host|Cmnd)_Alias\s+([A-Z]\w*)\s*=\s*(.*)$/.exec(line);
    if (alias !== null) {
      aliases.set(alias[1] ?? "", expand(list(alias[2] ?? "")));
      continue;
    }
    if (line.startsWith("Defaults")) {
      const own = /^Defaults:(\S+)\s+!authenticate$/.exec(line);
      for (const name of expand(list(own?.[1] ?? ""))) trusted.add(name);
      if (/^Defaults\s/.test(line)) defaults.push(...list(line.replace(/^Defaults\s+/, "").replace(/"/g, "")));
      continue;
    }
    const rule = /^(.+?)\s+([^=\s]+|\S.*?)\s*=\s*(?:\(([^)]*)\)\s*)?(.*)$/.exec(line);
    if (rule === null) continue;
    const tags = /^((?:(?:NO)?[A-Z]+:\s*)*)(.*)$/.exec(rule[4] ?? "");
    rules.push({
      who: expand(list(rule[1] ?? "")),
      hosts: expand(list(rule[2] ?? "")),
      runAs: rule[3],
      password: !/NOPASSWD:/.test(tags?.[1] ?? ""),
      commands: expand(list(tags?.[2] ?? "")),
    });
  }
  const path = defaults.find((one) => one.startsWith("secure_path="))?.slice(12);
  const keep = defaults
    .filter((one) => one.startsWith("env_keep"))
    .flatMap((one) => one.replace(/^env_keep\s*\+?=\s*/, "").split(/\s+/));
  const tries = Number(defaults.find((one) => one.startsWith("passwd_tries="))?.slice(13) ?? 3);
  return { rules, defaults, securePath: path ?? "", keep, trusted, tries, unsafe };
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

/** Whether a rule is about commands run as that user. */
function runsAs(rule: Rule, target: User): boolean {
  const users = list((rule.runAs ?? "root").split(":")[0] ?? "");
  return users.some((word) => word === "ALL" || word === target.name || word === `#${target.uid}`);
}

/** The last rule that lets a command run as a user; undefined where none does. */
export function allows(rules: readonly Rule[], target: User, path: string, args: readonly string[]): Rule | undefined {
  return rules.findLast((rule) => {
    if (!runsAs(rule, target)) return false;
    let verdict = false;
    for (const command of rule.commands) {
      const negated = command.startsWith("!");
      if (matchesCommand(negated ? command.slice(1).trim() : command, path, args)) verdict = !negated;
    }
    return verdict;
  });
}

/** The last rule that names a command at all, allowed or forbidden: whether a password is asked for is its say. */
export function mentions(
  rules: readonly Rule[],
  target: User,
  path: string,
  args: readonly string[],
): Rule | undefined {
  return rules.findLast(
    (rule) =>
      runsAs(rule, target) && rule.commands.some((command) => matchesCommand(command.replace(/^!\s*/, ""), path, args)),
  );
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
