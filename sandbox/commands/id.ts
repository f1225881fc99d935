// id, whoami and groups: who runs this, or who a user is.

import type { Sys } from "../kernel/sys.ts";
import { quote } from "../lib/quote.ts";
import { findUser, groupsOf, Names, type User } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";

interface Identity {
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly egid: number;
  readonly groups: readonly number[];
}

function identityOf(sys: Sys, user: User | undefined): Identity {
  if (user !== undefined)
    return { uid: user.uid, euid: user.uid, gid: user.gid, egid: user.gid, groups: groupsOf(sys, user) };
  const { uid, euid, gid, egid, groups } = sys.info;
  const all = [gid, ...(egid === gid ? [] : [egid]), ...groups.filter((group) => group !== gid && group !== egid)];
  return { uid, euid, gid, egid, groups: all };
}

function lookUp(sys: Sys, word: string): User | undefined {
  return findUser(sys, word) ?? (/^\+?\d+$/.test(word) ? findUser(sys, Number(word)) : undefined);
}

function fullLine(names: Names, who: Identity): string {
  const named = (label: string, number: number, name: string | undefined) =>
    `${label}${number}${name === undefined ? "" : `(${name})`}`;
  let text = named("uid=", who.uid, names.user(who.uid)) + named(" gid=", who.gid, names.group(who.gid));
  if (who.euid !== who.uid) text += named(" euid=", who.euid, names.user(who.euid));
  if (who.egid !== who.gid) text += named(" egid=", who.egid, names.group(who.egid));
  return `${text} groups=${who.groups.map((gid) => named("", gid, names.group(gid))).join(",")}`;
}

export const id = defineCommand({
  name: "id",
  summary: "Print user and group information for each specified USER, or for the current process.",
  usage: ["[OPTION]... [USER]..."],
  options: `
    a  ignore, for compatibility with other versions
    Z,context  print only the security context of the process
    g,group  print only the effective group ID
    G,groups  print all group IDs
    n,name  print a name instead of a number, for -ugG
    r,real  print the real ID instead of the effective ID, with -ugG
    u,user  print only the effective user ID
    z,zero  delimit entries with NUL characters, not whitespace`,
  *run(io, sys) {
    const only = ["u", "g", "G"].filter((key) => io.has(key));
    if (io.has("Z")) return yield* io.die(1, "--context (-Z) works only on an SELinux-enabled kernel");
    if (only.length > 1) return yield* io.die(1, 'cannot print "only" of more than one choice');
    if (only.length === 0 && (io.has("r") || io.has("n")))
      return yield* io.die(1, "cannot print only names or real IDs in default format");
    if (only.length === 0 && io.has("z")) return yield* io.die(1, "option --zero not permitted in default format");
    const names = new Names(sys);
    for (const word of io.operands.length > 0 ? io.operands : [undefined]) {
      const user = word === undefined ? undefined : lookUp(sys, word);
      if (word !== undefined && user === undefined) {
        io.warn(`${quote(word)}: no such user`);
        io.status = 1;
        continue;
      }
      const who = identityOf(sys, user);
      const end = io.has("z") ? "\0" : "\n";
      if (only.length === 0) io.print(`${fullLine(names, who)}\n`);
      else io.print(shortForm(io, names, who, only[0] ?? "u") + end);
    }
    return undefined;
  },
});

function shortForm(io: Io, names: Names, who: Identity, kind: string): string {
  const real = io.has("r");
  const show = (number: number, name: string | undefined, what: string) => {
    if (!io.has("n")) return String(number);
    if (name !== undefined) return name;
    io.warn(`cannot find name for ${what} ID ${number}`);
    io.status = 1;
    return String(number);
  };
  if (kind === "u") return show(real ? who.uid : who.euid, names.user(real ? who.uid : who.euid), "user");
  if (kind === "g") return show(real ? who.gid : who.egid, names.group(real ? who.gid : who.egid), "group");
  return who.groups.map((gid) => show(gid, names.group(gid), "group")).join(io.has("z") ? "\0" : " ");
}

export const whoami = defineCommand({
  name: "whoami",
  summary: "Print the user name associated with the current effective user ID.",
  usage: ["[OPTION]..."],
  options: "",
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    const name = findUser(sys, sys.info.euid)?.name;
    if (name === undefined) return yield* io.die(1, `cannot find name for user ID ${sys.info.euid}`);
    io.print(`${name}\n`);
    return 0;
  },
});

export const groups = defineCommand({
  name: "groups",
  summary: "Print group memberships for each USERNAME or, if none, for the current process.",
  usage: ["[OPTION]... [USERNAME]..."],
  options: "",
  *run(io, sys) {
    const names = new Names(sys);
    const list = (who: Identity) => who.groups.map((gid) => names.group(gid) ?? String(gid)).join(" ");
    if (io.operands.length === 0) io.print(`${list(identityOf(sys, undefined))}\n`);
    for (const word of io.operands) {
      const user = findUser(sys, word);
      if (user === undefined) {
        io.warn(`${quote(word)}: no such user`);
        io.status = 1;
      } else io.print(`${word} : ${list(identityOf(sys, user))}\n`);
    }
    return undefined;
  },
});
