// passwd: a new password, or what /etc/shadow says of one.

import type { Sys, Task } from "../../kernel/sys.ts";
import { askPassword, readLine } from "../../lib/ask-password.ts";
import { checkPassword } from "../../lib/password.ts";
import { findUser, readUsers } from "../../lib/users.ts";
import { defineCommand, type Io } from "../define.ts";
import { setPassword, setRow, shadowRow } from "./rows.ts";

function* readSecret(io: Io, sys: Sys, prompt: string): Task<string | undefined> {
  yield* io.flush();
  if (sys.info.tty !== undefined) return yield* askPassword(sys, prompt);
  io.printError(prompt);
  yield* io.flush();
  return yield* readLine(sys, 0);
}

/** Options of aging and their fields in /etc/shadow. */
const AGING: readonly (readonly [option: string, field: number])[] = [
  ["n", 3],
  ["x", 4],
  ["w", 5],
  ["i", 6],
];

function statusLine(sys: Sys, name: string): string {
  const [, hash = "!", changed, least, most, warning, inactive] = shadowRow(sys, name);
  const state = hash === "" ? "NP" : /^[!*]/.test(hash) ? "L" : "P";
  const day = new Date(Number(changed || 0) * 86_400_000).toISOString().slice(0, 10);
  return `${name} ${state} ${day} ${least || 0} ${most || 99999} ${warning || 7} ${inactive || -1}\n`;
}

export const passwd = defineCommand({
  name: "passwd",
  package: "other",
  summary: "Change user password.",
  usage: ["[options] [LOGIN]"],
  options: `
    a,all  report password status on all accounts
    d,delete  delete the password for the named account
    e,expire  force expire the password for the named account
    i,inactive=INACTIVE  set password inactive after expiration to INACTIVE
    l,lock  lock the password of the named account
    n,mindays=MIN_DAYS  set minimum number of days before password change
    q,quiet  quiet mode
    S,status  report password status on the named account
    u,unlock  unlock the password of the named account
    w,warndays=WARN_DAYS  set expiration warning days to WARN_DAYS
    x,maxdays=MAX_DAYS  set maximum number of days before password change`,
  usageStatus: 6,
  *run(io, sys) {
    const me = findUser(sys, sys.info.uid);
    const name = io.operands[0] ?? me?.name ?? "root";
    const user = findUser(sys, name);
    if (user === undefined) {
      io.printError(`passwd: user '${name}' does not exist\n`);
      return 1;
    }
    if (sys.info.uid !== 0 && user.uid !== sys.info.uid) {
      io.printError(`passwd: You may not view or modify password information for ${name}.\n`);
      return 1;
    }
    if (io.has("a")) {
      if (!io.has("S")) return yield* io.die(2, "the -a option needs -S");
      for (const one of readUsers(sys)) io.print(statusLine(sys, one.name));
      return 0;
    }
    if (io.has("S")) {
      io.print(statusLine(sys, name));
      return 0;
    }
    const row = shadowRow(sys, name);
    const fields = new Map<number, string>();
    const hash = row[1] ?? "!";
    if (io.has("l")) fields.set(1, hash.startsWith("!") ? hash : `!${hash}`);
    if (io.has("u")) {
      if (/^!?$/.test(hash)) {
        io.printError(
          "passwd: unlocking the password would result in a passwordless account.\nYou should set a password with usermod -p to unlock the password of this account.\n",
        );
        return 3;
      }
      fields.set(1, hash.replace(/^!/, ""));
    }
    if (io.has("d")) fields.set(1, "");
    if (io.has("e")) fields.set(2, "0");
    for (const [option, at] of AGING) {
      const value = io.value(option);
      if (value === undefined) continue;
      if (!/^-?\d+$/.test(value)) return yield* io.die(6, `invalid numeric argument '${value}'`);
      fields.set(at, value === "-1" ? "" : value);
    }
    if (fields.size > 0) {
      if (sys.info.uid !== 0) {
        io.printError("passwd: Permission denied.\n");
        return 1;
      }
      setRow(sys, "/etc/shadow", name, row.map((field, at) => fields.get(at) ?? field).join(":"));
      if (!io.has("q")) io.print(`passwd: password changed.\n`);
      return 0;
    }
    if (sys.info.uid !== 0) {
      io.print(`Changing password for ${name}.\n`);
      const old = yield* readSecret(io, sys, "Current password: ");
      if (old === undefined || !checkPassword(sys, name, old)) {
        yield* sys.sleep(2000);
        io.printError("passwd: Authentication token manipulation error\npasswd: password unchanged\n");
        return 10;
      }
    }
    const first = yield* readSecret(io, sys, "New password: ");
    const second = first === undefined ? undefined : yield* readSecret(io, sys, "Retype new password: ");
    if (first === undefined || first === "") {
      io.printError(
        "No password has been supplied.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n",
      );
      return 10;
    }
    if (first !== second) {
      io.printError(
        "Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n",
      );
      return 10;
    }
    setPassword(sys, name, first);
    io.printError("passwd: password updated successfully\n");
    return 0;
  },
});
