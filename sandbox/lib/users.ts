// The user and group data bases: /etc/passwd and /etc/group as getpwnam(3) and its kin read them.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { createMemo } from "./memo.ts";

export interface User {
  readonly name: string;
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly password: string;
  readonly gid: number;
  readonly members: readonly string[];
}

function textOf(sys: Sys, path: string): string {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? "" : decode(bytes);
}

function rowsOf(text: string): string[][] {
  const lines = text.split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(":"));
}

// Every prompt, every login and every `ls -l` asks, and the files hardly ever change.
const users = createMemo<readonly User[]>(8);
const groups = createMemo<readonly Group[]>(8);

/** All users, in the file's order. */
export function readUsers(sys: Sys): readonly User[] {
  const text = textOf(sys, "/etc/passwd");
  return users(text, () => usersOf(text));
}

function usersOf(text: string): User[] {
  const rows = rowsOf(text).filter((row) => row.length >= 7);
  return rows.map(([name = "", password = "", uid, gid, gecos = "", home = "", shell = ""]) => ({
    name,
    password,
    uid: Number(uid),
    gid: Number(gid),
    gecos,
    home,
    shell,
  }));
}

/** All groups, in the file's order. */
export function readGroups(sys: Sys): readonly Group[] {
  const text = textOf(sys, "/etc/group");
  return groups(text, () => allGroups(text));
}

function allGroups(text: string): Group[] {
  const rows = rowsOf(text).filter((row) => row.length >= 3);
  return rows.map(([name = "", password = "", gid, members = ""]) => ({
    name,
    password,
    gid: Number(gid),
    members: members.split(",").filter((member) => member !== ""),
  }));
}

/** A user by name, or by number. */
export function findUser(sys: Sys, key: string | number): User | undefined {
  return readUsers(sys).find((user) => (typeof key === "number" ? user.uid === key : user.name === key));
}

/** A group by name, or by number. */
export function findGroup(sys: Sys, key: string | number): Group | undefined {
  return readGroups(sys).find((group) => (typeof key === "number" ? group.gid === key : group.name === key));
}

/** The groups of a user as initgroups(3) sets them: the primary one first. */
export function groupsOf(sys: Sys, user: User): number[] {
  const others = readGroups(sys).filter((group) => group.members.includes(user.name) && group.gid !== user.gid);
  return [user.gid, ...others.map((group) => group.gid)];
}

/** Names for numbers with a memory, for programs that ask for many. */
export class Names {
  readonly #users: Map<number, string>;
  readonly #groups: Map<number, string>;

  constructor(sys: Sys) {
    this.#users = new Map(
      readUsers(sys)
        .toReversed()
        .map((user) => [user.uid, user.name]),
    );
    this.#groups = new Map(
      readGroups(sys)
        .toReversed()
        .map((group) => [group.gid, group.name]),
    );
  }

  user(uid: number): string | undefined {
    return this.#users.get(uid);
  }

  group(gid: number): string | undefined {
    return this.#groups.get(gid);
  }
}
