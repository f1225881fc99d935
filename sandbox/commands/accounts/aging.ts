// chage, chpasswd and chsh: how long a password holds, passwords from a list, and login shells.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { isExecutable } from "../../lib/path-search.ts";
import { findUser } from "../../lib/users.ts";
import { defineCommand } from "../define.ts";
import { parseDay, readRows, setPassword, setRow, shadowRow } from "./rows.ts";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function dayText(days: number, iso: boolean): string {
  const at = new Date(days * 86_400_000);
  const two = (value: number) => String(value).padStart(2, "0");
  if (iso) return at.toISOString().slice(0, 10);
  return `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}, ${at.getUTCFullYear()}`;
}

/** The table of `chage -l`. */
function describe(sys: Sys, name: string, iso: boolean): string {
  const [, , changed = "", least = "", most = "", warning = "", inactive = "", expiry = ""] = shadowRow(sys, name);
  const must = changed === "0";
  const ends = most !== "" && Number(most) < 10_000 && changed !== "" ? Number(changed) + Number(most) : undefined;
  const told = (days: number | undefined) =>
    must ? "password must be changed" : days === undefined ? "never" : dayText(days, iso);
  const rows: readonly (readonly [string, string])[] = [
    ["Last password change\t\t\t\t\t", told(changed === "" ? undefined : Number(changed))],
    ["Password expires\t\t\t\t\t", told(ends)],
    ["Password inactive\t\t\t\t\t", told(ends === undefined || inactive === "" ? undefined : ends + Number(inactive))],
    ["Account expires\t\t\t\t\t\t", expiry === "" ? "never" : dayText(Number(expiry), iso)],
    ["Minimum number of days between password change\t\t", least || "-1"],
    ["Maximum number of days between password change\t\t", most || "-1"],
    ["Number of days of warning before password expires\t", warning || "-1"],
  ];
  return rows.map(([label, value]) => `${label}: ${value}\n`).join("");
}

const FIELDS: readonly (readonly [option: string, field: number, date: boolean])[] = [
  ["d", 2, true],
  ["m", 3, false],
  ["M", 4, false],
  ["W", 5, false],
  ["I", 6, false],
  ["E", 7, true],
];

export const chage = defineCommand({
  name: "chage",
  package: "other",
  summary: "Change user password expiry information.",
  usage: ["[options] LOGIN"],
  usageStatus: 2,
  options: `
    d,lastday=LAST_DAY  set date of last password change to LAST_DAY
    E,expiredate=EXPIRE_DATE  set account expiration date to EXPIRE_DATE
    i,iso8601  use YYYY-MM-DD when printing dates
    I,inactive=INACTIVE  set password inactive after expiration
    l,list  show account aging information
    m,mindays=MIN_DAYS  minimum number of days before password change
    M,maxdays=MAX_DAYS  maximum number of days before password change
    W,warndays=WARN_DAYS  set expiration warning days`,
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    const me = findUser(sys, sys.info.uid);
    // Only root and members of the group shadow may read the file; chage is set-group-id for one's own row.
    if (sys.info.uid !== 0 && !(io.has("l") && me?.name === name)) return yield* io.die(1, "Permission denied.");
    if (findUser(sys, name) === undefined) return yield* io.die(1, `user '${name}' does not exist in /etc/passwd`);
    const changes = FIELDS.filter(([option]) => io.has(option));
    if (io.has("l")) {
      if (changes.length > 0) return yield* io.usageError('do not include "l" with other flags');
      io.print(describe(sys, name, io.has("i")));
      return 0;
    }
    if (changes.length === 0) return yield* io.notModelled("the interactive form", 1);
    let row = shadowRow(sys, name);
    for (const [option, field, date] of changes) {
      const given = io.value(option) ?? "";
      const value = date ? parseDay(given) : /^-?\d+$/.test(given) ? given.replace(/^-1$/, "") : undefined;
      if (value === undefined) return yield* io.usageError(`invalid ${date ? "date" : "numeric argument"} '${given}'`);
      row = row.with(field, value);
    }
    setRow(sys, "/etc/shadow", name, row.join(":"));
    return 0;
  },
});

export const chpasswd = defineCommand({
  name: "chpasswd",
  package: "other",
  summary: "Update passwords in batch mode.",
  usage: ["[options]"],
  options: "e,encrypted  supplied passwords are encrypted",
  *run(io, sys) {
    const parts: string[] = [];
    for (;;) {
      const bytes = yield* sys.read(0);
      if (isErrno(bytes) || bytes.length === 0) break;
      parts.push(decode(bytes));
    }
    let failed = false;
    for (const [index, line] of parts.join("").replace(/\n$/, "").split("\n").entries()) {
      const at = line.indexOf(":");
      if (at < 0) {
        io.printError(`chpasswd: line ${index + 1}: missing new password\n`);
        failed = true;
        continue;
      }
      const [name, password] = [line.slice(0, at), line.slice(at + 1)];
      if (findUser(sys, name) === undefined || sys.info.euid !== 0) {
        if (sys.info.euid !== 0) io.print(`Changing password for ${name}.\n`);
        io.printError(
          io.has("e")
            ? `chpasswd: line ${index + 1}: user '${name}' does not exist\n`
            : `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line ${index + 1}, user ${name}) password not changed\n`,
        );
        failed = true;
      } else if (io.has("e")) setRow(sys, "/etc/shadow", name, shadowRow(sys, name).with(1, password).join(":"));
      else setPassword(sys, name, password);
    }
    return failed ? 1 : 0;
  },
});

export const chsh = defineCommand({
  name: "chsh",
  package: "other",
  summary: "Change login shell.",
  usage: ["[options] [LOGIN]"],
  options: "s,shell=SHELL  new login shell for the user account",
  *run(io, sys) {
    const me = findUser(sys, sys.info.uid);
    const user = io.operands[0] === undefined ? me : findUser(sys, io.operands[0]);
    if (user === undefined) return yield* io.die(1, `user '${io.operands[0]}' does not exist`);
    if (sys.info.uid !== 0 && user.uid !== sys.info.uid)
      return yield* io.die(1, `You may not change the shell for '${user.name}'.`);
    const shell = io.value("s");
    if (shell === undefined) return yield* io.notModelled("the interactive form", 1);
    if (!readRows(sys, "/etc/shells").includes(shell)) {
      if (sys.info.uid !== 0) return yield* io.die(1, `${shell} is an invalid shell`);
      io.warn(`Warning: ${shell} is an invalid shell`);
    }
    if (!isExecutable(sys, shell))
      io.warn(`Warning: ${shell} ${isErrno(sys.stat(shell)) ? "does not exist" : "is not executable"}`);
    const { name, password, uid, gid, gecos, home } = user;
    setRow(sys, "/etc/passwd", name, [name, password, uid, gid, gecos, home, shell].join(":"));
    return 0;
  },
});
