// Accounts of a machine, as login reads them from /etc/passwd and /etc/group.

import { isErrno } from "./kernel/errno.ts";
import type { Fs } from "./kernel/fs/fs.ts";
import { ROOT } from "./kernel/fs/inode.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { decode } from "./kernel/text.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
  readonly shell: string;
}

/** A user by name; undefined where /etc/passwd has none. */
export function findUser(kernel: Kernel, name: string): Account | undefined {
  const row = readLines(kernel.fs, "/etc/passwd").find((fields) => fields[0] === name);
  if (row === undefined) return undefined;
  const gid = Number(row[3]);
  const groups = [gid];
  for (const group of readLines(kernel.fs, "/etc/group")) {
    if (group[3]?.split(",").includes(name) && !groups.includes(Number(group[2]))) groups.push(Number(group[2]));
  }
  return { name, uid: Number(row[2]), gid, groups, home: row[5] || "/", shell: row[6] || "/bin/sh" };
}

/** Number of a user (in /etc/passwd) or a group (in /etc/group). Throws where there is none: a scene names it wrongly. */
export function findUserId(fs: Fs, file: "/etc/passwd" | "/etc/group", name: string): number {
  const row = readLines(fs, file).find((fields) => fields[0] === name);
  if (row === undefined) throw new Error(`${file} has no ${name}`);
  return Number(row[2]);
}

function readLines(fs: Fs, path: string): string[][] {
  const found = fs.walk(path, "/", ROOT);
  if (isErrno(found)) return [];
  return decode(fs.read(found.inode, 0, found.inode.size))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

/** What login puts into the environment. */
export function loginEnvironment(account: Account): Record<string, string> {
  return {
    HOME: account.home,
    LANG: "C.UTF-8",
    LOGNAME: account.name,
    PATH:
      account.uid === 0
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
    SHELL: account.shell,
    USER: account.name,
  };
}
