// useradd, usermod and userdel: accounts of users.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { isExecutable } from "../../lib/path-search.ts";
import { findGroup, findUser, readGroups, readUsers } from "../../lib/users.ts";
import { defineCommand } from "../define.ts";
import {
  addToGroups,
  needRoot,
  nextId,
  parseDay,
  readRows,
  removeFolder,
  setMembers,
  setRow,
  shadowRow,
  today,
} from "./rows.ts";

/** `useradd -D` as Debian sets it. */
const DEFAULTS =
  "GROUP=100\nGROUPS=\nHOME=/home\nINACTIVE=-1\nEXPIRE=\nSHELL=/bin/sh\nSKEL=/etc/skel\nUSRSKEL=/usr/etc/skel\nCREATE_MAIL_SPOOL=no\nLOG_INIT=yes\n";

/** Debian takes nearly any name: no dash at its start, no mark that files or shells read. */
const isName = (name: string) => /^[A-Za-z0-9_.][-A-Za-z0-9_.]*\$?$/.test(name) && !/^\d+$/.test(name);

export const useradd = defineCommand({
  name: "useradd",
  package: "other",
  summary: "Create a new user.",
  usage: ["[options] LOGIN"],
  usageStatus: 2,
  options: `
    c,comment=COMMENT  GECOS field of the new account
    d,home-dir=HOME_DIR  home directory of the new account
    b,base-dir=BASE_DIR  base directory for the home directory
    D,defaults  print or change default useradd configuration
    e,expiredate=EXPIRE_DATE  expiration date of the new account
    f,inactive=INACTIVE  password inactivity period of the new account
    g,gid=GROUP  name or ID of the primary group
    G,groups=GROUPS  list of supplementary groups
    k,skel=SKEL_DIR  use this alternative skeleton directory
    m,create-home  create the user's home directory
    M,no-create-home  do not create the user's home directory
    N,no-user-group  do not create a group with the same name as the user
    o,non-unique  allow to create users with duplicate UID
    ,badname  do not check for bad names
    p,password=PASSWORD  encrypted password of the new account
    r,system  create a system account
    s,shell=SHELL  login shell of the new account
    u,uid=UID  user ID of the new account
    U,user-group  create a group with the same name as the user`,
  *run(io, sys) {
    if (io.has("D")) {
      io.print(DEFAULTS);
      return 0;
    }
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    if (!io.has("badname") && !isName(name))
      return yield* io.die(19, `invalid user name '${name}': use --badname to ignore`);
    if (findUser(sys, name) !== undefined) return yield* io.die(9, `user '${name}' already exists`);
    if (io.has("u") && !/^\d+$/.test(io.value("u") ?? ""))
      return yield* io.die(3, `invalid user ID '${io.value("u")}'`);
    const expiry = parseDay(io.value("e") ?? "");
    if (expiry === undefined) return yield* io.die(3, `invalid date '${io.value("e")}'`);
    const shell = io.value("s") ?? "/bin/sh";
    if (shell !== "" && !isExecutable(sys, shell)) io.warn(`Warning: missing or non-executable shell '${shell}'`);
    const uid = io.has("u")
      ? Number(io.value("u"))
      : nextId(
          readUsers(sys).map((user) => user.uid),
          io.has("r"),
        );
    if (findUser(sys, uid) !== undefined && !io.has("o")) return yield* io.die(4, `UID ${uid} is not unique`);
    // Without a group of its own the account belongs to `users`.
    const word = io.value("g") ?? (io.has("N") ? "100" : undefined);
    const group = word === undefined ? undefined : (findGroup(sys, word) ?? findGroup(sys, Number(word)));
    if (word !== undefined && group === undefined) return yield* io.die(6, `group '${word}' does not exist`);
    for (const extra of (io.value("G") ?? "").split(",").filter((one) => one !== "")) {
      if (findGroup(sys, extra) === undefined) return yield* io.die(6, `group '${extra}' does not exist`);
    }
    const gid = group?.gid ?? (findGroup(sys, uid) === undefined ? uid : nextId(readGroups(sys).map((one) => one.gid)));
    if (group === undefined) setRow(sys, "/etc/group", name, `${name}:x:${gid}:`);
    const home = io.value("d") ?? `${io.value("b") ?? "/home"}/${name}`;
    setRow(sys, "/etc/passwd", name, [name, "x", uid, gid, io.value("c") ?? "", home, shell].join(":"));
    setRow(
      sys,
      "/etc/shadow",
      name,
      `${name}:${io.value("p") ?? "!"}:${today(sys)}:0:99999:7:${io.value("f") ?? ""}:${expiry}:`,
    );
    addToGroups(sys, name, (io.value("G") ?? "").split(","));
    if (io.has("m") && !isErrno(sys.stat(home))) {
      io.warn(`warning: the home directory ${home} already exists.`);
      io.printError(`${io.name}: Not copying any file from skel directory into it.\n`);
    } else if (io.has("m")) {
      sys.mkdir(home, 0o700);
      sys.chown(home, uid, gid);
      const files = sys.readdir("/etc/skel");
      for (const file of isErrno(files) ? [] : files) {
        const bytes = sys.readFile(`/etc/skel/${file.name}`);
        if (isErrno(bytes)) continue;
        sys.writeFile(`${home}/${file.name}`, bytes, { mode: 0o644 });
        sys.chown(`${home}/${file.name}`, uid, gid);
      }
    }
    return 0;
  },
});

export const usermod = defineCommand({
  name: "usermod",
  package: "other",
  summary: "Modify a user account.",
  usage: ["[options] LOGIN"],
  usageStatus: 2,
  options: `
    a,append  append the user to the supplemental GROUPS of -G
    c,comment=COMMENT  new value of the GECOS field
    d,home=HOME_DIR  new home directory
    e,expiredate=EXPIRE_DATE  set account expiration date
    f,inactive=INACTIVE  set password inactive after expiration
    g,gid=GROUP  force use GROUP as new primary group
    G,groups=GROUPS  new list of supplementary GROUPS
    l,login=NEW_LOGIN  new value of the login name
    L,lock  lock the user account
    m,move-home  move contents of the home directory to the new location
    o,non-unique  allow using duplicate UID
    p,password=PASSWORD  use encrypted password for the new password
    r,remove  remove the user from only the groups of -G
    s,shell=SHELL  new login shell
    u,uid=UID  new UID for the user account
    U,unlock  unlock the user account`,
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined || (io.has("a") && !io.has("G"))) return yield* io.usageError("");
    yield* needRoot(io, sys);
    const user = findUser(sys, name);
    if (user === undefined) return yield* io.die(6, `user '${name}' does not exist`);
    const comment = io.value("c");
    if (comment?.includes(":")) return yield* io.die(3, `invalid field '${comment}'`);
    const expiry = parseDay(io.value("e") ?? "");
    if (expiry === undefined) return yield* io.die(3, `invalid date '${io.value("e")}'`);
    const uid = io.has("u") ? Number(io.value("u")) : user.uid;
    if (!/^\d+$/.test(io.value("u") ?? "0")) return yield* io.die(3, `invalid user ID '${io.value("u")}'`);
    if (uid !== user.uid && findUser(sys, uid) !== undefined && !io.has("o"))
      return yield* io.die(4, `UID '${uid}' already exists`);
    const login = io.value("l") ?? name;
    if (login !== name && findUser(sys, login) !== undefined) return yield* io.die(9, `user '${login}' already exists`);
    const word = io.value("g");
    const group = word === undefined ? undefined : (findGroup(sys, word) ?? findGroup(sys, Number(word)));
    if (word !== undefined && group === undefined) return yield* io.die(6, `group '${word}' does not exist`);
    const groups = io
      .value("G")
      ?.split(",")
      .filter((one) => one !== "");
    for (const extra of groups ?? [])
      if (findGroup(sys, extra) === undefined) return yield* io.die(6, `group '${extra}' does not exist`);
    if (groups !== undefined && !io.has("a")) {
      for (const one of readGroups(sys)) {
        if (!one.members.includes(name) || groups.includes(one.name) !== io.has("r")) continue;
        setMembers(
          sys,
          one,
          one.members.filter((member) => member !== name),
        );
      }
    }
    if (!io.has("r")) addToGroups(sys, name, groups ?? []);
    const home = io.value("d") ?? user.home;
    if (io.has("m") && home !== user.home) sys.rename(user.home, home);
    if (uid !== user.uid) chownFolder(sys, home, user.uid, uid);
    setRow(
      sys,
      "/etc/passwd",
      name,
      [name, "x", uid, group?.gid ?? user.gid, comment ?? user.gecos, home, io.value("s") ?? user.shell].join(":"),
    );
    const old = shadowRow(sys, name);
    const hash = io.value("p") ?? old[1] ?? "!";
    const bare = hash.replace(/^!/, "");
    const row = old
      .with(1, io.has("L") ? `!${bare}` : io.has("U") ? bare : hash)
      .with(6, io.value("f") ?? old[6] ?? "")
      .with(7, io.has("e") ? expiry : (old[7] ?? ""));
    setRow(sys, "/etc/shadow", name, row.join(":"));
    if (login !== name) rename(sys, name, login);
    return 0;
  },
});

/** -l: the name in all account files. */
function rename(sys: Sys, from: string, to: string): void {
  for (const path of ["/etc/passwd", "/etc/shadow"]) {
    const row = readRows(sys, path).find((line) => line.startsWith(`${from}:`));
    if (row !== undefined) setRow(sys, path, from, to + row.slice(from.length));
  }
  for (const group of readGroups(sys))
    if (group.members.includes(from))
      setMembers(
        sys,
        group,
        group.members.map((one) => (one === from ? to : one)),
      );
}

/** A new number for all of a user's files below a folder. */
function chownFolder(sys: Sys, path: string, from: number, to: number): void {
  const stat = sys.lstat(path);
  if (isErrno(stat)) return;
  if (stat.uid === from) sys.chown(path, to, stat.gid);
  const entries = stat.type === "directory" ? sys.readdir(path) : [];
  for (const { name } of isErrno(entries) ? [] : entries)
    if (name !== "." && name !== "..") chownFolder(sys, `${path}/${name}`, from, to);
}

export const userdel = defineCommand({
  name: "userdel",
  package: "other",
  summary: "Delete a user account and related files.",
  usage: ["[options] LOGIN"],
  usageStatus: 2,
  options: "f,force  force removal\nr,remove  remove home directory and mail spool",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    const user = findUser(sys, name);
    if (user === undefined) return yield* io.die(6, `user '${name}' does not exist`);
    const busy = sys.processes().find((process) => process.uid === user.uid);
    if (busy !== undefined && !io.has("f"))
      return yield* io.die(8, `user ${name} is currently used by process ${busy.pid}`);
    for (const path of ["/etc/passwd", "/etc/shadow"]) setRow(sys, path, name, undefined);
    for (const one of readGroups(sys))
      if (one.members.includes(name))
        setMembers(
          sys,
          one,
          one.members.filter((member) => member !== name),
        );
    const own = findGroup(sys, name);
    if (own !== undefined && own.gid === user.gid) setRow(sys, "/etc/group", name, undefined);
    if (io.has("r")) {
      io.warn(`${name} mail spool (/var/mail/${name}) not found`);
      removeFolder(sys, user.home);
    }
    return 0;
  },
});
