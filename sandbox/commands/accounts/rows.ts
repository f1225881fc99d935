// The account files: rows of /etc/passwd, /etc/group and /etc/shadow, read and written.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { hashPassword } from "../../lib/password.ts";
import { findGroup, type Group } from "../../lib/users.ts";
import type { Io } from "../define.ts";

const LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Lines of an account file. */
export function readRows(sys: Sys, path: string): string[] {
  const bytes = sys.readFile(path);
  return isErrno(bytes)
    ? []
    : decode(bytes)
        .split("\n")
        .filter((line) => line !== "");
}

/** Writes an account file anew, with the mode and owner that it had. */
function writeRows(sys: Sys, path: string, rows: readonly string[]): boolean {
  return sys.writeFile(path, rows.map((row) => `${row}\n`).join("")) === undefined;
}

/** Replaces the row of a name, or adds one. */
export function setRow(sys: Sys, path: string, name: string, row: string | undefined): boolean {
  const rows = readRows(sys, path);
  const at = rows.findIndex((line) => line.startsWith(`${name}:`));
  const next =
    at < 0
      ? row === undefined
        ? rows
        : [...rows, row]
      : row === undefined
        ? rows.toSpliced(at, 1)
        : rows.with(at, row);
  return writeRows(sys, path, next);
}

/** Days since 1970. */
export const today = (sys: Sys) => Math.floor(sys.now() / 86400000);

/** Sets a new password, or one that nobody can know. */
export function setPassword(sys: Sys, name: string, password: string | undefined): boolean {
  const salt = [...sys.random(16)].map((byte) => LETTERS[byte & 63]).join("");
  const old = readRows(sys, "/etc/shadow")
    .find((line) => line.startsWith(`${name}:`))
    ?.split(":") ?? [name, "!", "", "0", "99999", "7", "", "", ""];
  const hash = password === undefined ? "!" : hashPassword(password, salt);
  return setRow(sys, "/etc/shadow", name, [name, hash, today(sys), ...old.slice(3)].join(":"));
}

/** Ends with the tool's complaint unless the caller is root. */
export function* needRoot(io: Io, sys: Sys): Task<void> {
  if (sys.info.euid === 0) return;
  io.warn("Permission denied.");
  yield* io.die(1, "cannot lock /etc/passwd; try again later.");
}

/** The first free number for an account, of the system's or of people. */
export function nextId(taken: readonly number[], system = false): number {
  if (system) {
    let last = 999;
    while (taken.includes(last)) last -= 1;
    return last;
  }
  let id = 1000;
  while (taken.includes(id)) id += 1;
  return id;
}

/** Enters a user into groups. */
export function addToGroups(sys: Sys, name: string, groups: readonly string[]): void {
  for (const word of groups) {
    const group = findGroup(sys, word);
    if (group === undefined || group.members.includes(name)) continue;
    setRow(
      sys,
      "/etc/group",
      group.name,
      `${group.name}:${group.password}:${group.gid}:${[...group.members, name].join(",")}`,
    );
  }
}

/** A row of /etc/shadow, taken apart; as useradd makes it where there is none. */
export function shadowRow(sys: Sys, name: string): string[] {
  const line = readRows(sys, "/etc/shadow").find((row) => row.startsWith(`${name}:`));
  return line?.split(":") ?? [name, "!", String(today(sys)), "0", "99999", "7", "", "", ""];
}

/** A day as options give it: YYYY-MM-DD, a number of days, nothing or -1 for never; undefined: no date. */
export function parseDay(text: string): string | undefined {
  if (text === "" || text === "-1") return "";
  if (/^\d+$/.test(text)) return text;
  const match = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(text);
  return match === null
    ? undefined
    : String(Math.floor(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000));
}

/** Rewrites a group's members. */
export function setMembers(sys: Sys, group: Group, members: readonly string[]): void {
  setRow(sys, "/etc/group", group.name, `${group.name}:${group.password}:${group.gid}:${members.join(",")}`);
}

/** Removes a folder with all that is in it. */
export function removeFolder(sys: Sys, path: string): void {
  const entries = sys.readdir(path);
  for (const entry of isErrno(entries) ? [] : entries) {
    if (entry.type === "directory") removeFolder(sys, `${path}/${entry.name}`);
    else sys.unlink(`${path}/${entry.name}`);
  }
  sys.rmdir(path);
}
