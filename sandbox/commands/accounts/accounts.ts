// passwd, useradd, usermod, userdel and groupadd: accounts in /etc/passwd, /etc/group and /etc/shadow.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { askPassword, readLine } from "../../lib/ask-password.ts";
import { checkPassword, hashPassword } from "../../lib/password.ts";
import { findGroup, findUser, readGroups, readUsers } from "../../lib/users.ts";
import { defineCommand, type Io } from "../define.ts";

const LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function readRows(sys: Sys, path: string): string[] {
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
function setRow(sys: Sys, path: string, name: string, row: string | undefined): boolean {
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

const today = (sys: Sys) => Math.floor(sys.now() / 86400000);

function setPassword(sys: Sys, name: string, password: string | undefined): boolean {
  const salt = [...sys.random(16)].map((byte) => LETTERS[byte & 63]).join("");
  const old = readRows(sys, "/etc/shadow")
    .find((line) => line.startsWith(`${name}:`))
    ?.split(":") ?? [name, "!", "", "0", "99999", "7", "", "", ""];
  const hash = password === undefined ? "!" : hashPassword(password, salt);
  return setRow(sys, "/etc/shadow", name, [name, hash, today(sys), ...old.slice(3)].join(":"));
}

function* readSecret(io: Io, sys: Sys, prompt: string): Task<string | undefined> {
  yield* io.flush();
  if (sys.info.tty !== undefined) return yield* askPassword(sys, prompt);
  io.printError(prompt);
  yield* io.flush();
  return yield* readLine(sys, 0);
}

export const passwd = defineCommand({
  name: "passwd",
  package: "other",
  summary: "Change user password.",
  usage: ["[options] [LOGIN]"],
  options: `
    d,delete  delete the password for the named account
    e,expire  force expire the password for the named account
    l,lock  lock the password of the named account
    q,quiet  quiet mode
    S,status  report password status on the named account
    u,unlock  unlock the password of the named account`,
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
    const row = readRows(sys, "/etc/shadow")
      .find((line) => line.startsWith(`${name}:`))
      ?.split(":");
    const hash = row?.[1] ?? "!";
    if (io.has("S")) {
      const state = hash === "" ? "NP" : /^[!*]/.test(hash) ? "L" : "P";
      const day = new Date(Number(row?.[2] ?? 0) * 86400000).toISOString().slice(0, 10);
      io.print(`${name} ${state} ${day} ${row?.[3] || 0} ${row?.[4] || 99999} ${row?.[5] || 7} -1\n`);
      return 0;
    }
    const change = io.has("l")
      ? hash.startsWith("!")
        ? hash
        : `!${hash}`
      : io.has("u")
        ? hash.replace(/^!/, "")
        : io.has("d")
          ? ""
          : undefined;
    if (change !== undefined || io.has("e")) {
      if (sys.info.uid !== 0) {
        io.printError("passwd: Permission denied.\n");
        return 1;
      }
      setRow(
        sys,
        "/etc/shadow",
        name,
        [
          name,
          change ?? hash,
          io.has("e") ? 0 : (row?.[2] ?? today(sys)),
          ...(row?.slice(3) ?? ["0", "99999", "7", "", "", ""]),
        ].join(":"),
      );
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

function* needRoot(io: Io, sys: Sys): Task<void> {
  if (sys.info.euid === 0) return;
  io.warn("Permission denied.");
  yield* io.die(1, "cannot lock /etc/passwd; try again later.");
}

function nextId(taken: readonly number[]): number {
  let id = 1000;
  while (taken.includes(id)) id += 1;
  return id;
}

export const useradd = defineCommand({
  name: "useradd",
  package: "other",
  summary: "Create a new user.",
  usage: ["[options] LOGIN"],
  usageStatus: 2,
  options: `
    c,comment=COMMENT  GECOS field of the new account
    d,home-dir=HOME_DIR  home directory of the new account
    g,gid=GROUP  name or ID of the primary group
    G,groups=GROUPS  list of supplementary groups
    k,skel=SKEL_DIR  use this alternative skeleton directory
    m,create-home  create the user's home directory
    M,no-create-home  do not create the user's home directory
    N,no-user-group  do not create a group with the same name as the user
    p,password=PASSWORD  encrypted password of the new account
    r,system  create a system account
    s,shell=SHELL  login shell of the new account
    u,uid=UID  user ID of the new account
    U,user-group  create a group with the same name as the user`,
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    if (!/^[a-z_][-a-z0-9_]*\$?$/.test(name))
      return yield* io.die(19, `invalid user name '${name}': use --badname to ignore`);
    if (findUser(sys, name) !== undefined) return yield* io.die(9, `user '${name}' already exists`);
    const uid = io.has("u") ? Number(io.value("u")) : nextId(readUsers(sys).map((user) => user.uid));
    if (findUser(sys, uid) !== undefined) return yield* io.die(4, `UID ${uid} is not unique`);
    const word = io.value("g");
    const group = word === undefined ? undefined : (findGroup(sys, word) ?? findGroup(sys, Number(word)));
    if (word !== undefined && group === undefined) return yield* io.die(6, `group '${word}' does not exist`);
    for (const extra of (io.value("G") ?? "").split(",").filter((one) => one !== "")) {
      if (findGroup(sys, extra) === undefined) return yield* io.die(6, `group '${extra}' does not exist`);
    }
    const gid = group?.gid ?? (findGroup(sys, uid) === undefined ? uid : nextId(readGroups(sys).map((one) => one.gid)));
    if (group === undefined) setRow(sys, "/etc/group", name, `${name}:x:${gid}:`);
    const home = io.value("d") ?? `/home/${name}`;
    setRow(
      sys,
      "/etc/passwd",
      name,
      [name, "x", uid, gid, io.value("c") ?? "", home, io.value("s") ?? "/bin/sh"].join(":"),
    );
    setRow(sys, "/etc/shadow", name, `${name}:${io.value("p") ?? "!"}:${today(sys)}:0:99999:7:::`);
    addToGroups(sys, name, (io.value("G") ?? "").split(","));
    if (io.has("m")) {
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

function addToGroups(sys: Sys, name: string, groups: readonly string[]): void {
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
    g,gid=GROUP  force use GROUP as new primary group
    G,groups=GROUPS  new list of supplementary GROUPS
    L,lock  lock the user account
    s,shell=SHELL  new login shell
    U,unlock  unlock the user account`,
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    const user = findUser(sys, name);
    if (user === undefined) return yield* io.die(6, `user '${name}' does not exist`);
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
        if (!one.members.includes(name) || groups.includes(one.name)) continue;
        setRow(
          sys,
          "/etc/group",
          one.name,
          `${one.name}:${one.password}:${one.gid}:${one.members.filter((member) => member !== name).join(",")}`,
        );
      }
    }
    addToGroups(sys, name, groups ?? []);
    setRow(
      sys,
      "/etc/passwd",
      name,
      [
        name,
        "x",
        user.uid,
        group?.gid ?? user.gid,
        io.value("c") ?? user.gecos,
        io.value("d") ?? user.home,
        io.value("s") ?? user.shell,
      ].join(":"),
    );
    if (io.has("L") || io.has("U")) {
      const row = readRows(sys, "/etc/shadow")
        .find((line) => line.startsWith(`${name}:`))
        ?.split(":");
      if (row !== undefined)
        setRow(
          sys,
          "/etc/shadow",
          name,
          row
            .with(1, io.has("L") ? `!${(row[1] ?? "").replace(/^!/, "")}` : (row[1] ?? "").replace(/^!/, ""))
            .join(":"),
        );
    }
    return 0;
  },
});

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
    const own = findGroup(sys, name);
    if (own !== undefined && own.gid === user.gid) setRow(sys, "/etc/group", name, undefined);
    if (io.has("r")) {
      if (isErrno(sys.stat(user.home))) io.warn(`${name} mail spool (/var/mail/${name}) not found`);
      else removeFolder(sys, user.home);
    }
    return 0;
  },
});

function removeFolder(sys: Sys, path: string): void {
  const entries = sys.readdir(path);
  for (const entry of isErrno(entries) ? [] : entries) {
    if (entry.type === "directory") removeFolder(sys, `${path}/${entry.name}`);
    else sys.unlink(`${path}/${entry.name}`);
  }
  sys.rmdir(path);
}

export const groupadd = defineCommand({
  name: "groupadd",
  package: "other",
  summary: "Create a new group.",
  usage: ["[options] GROUP"],
  usageStatus: 2,
  options:
    "f,force  exit successfully if the group already exists\ng,gid=GID  use GID for the new group\nr,system  create a system account",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    if (findGroup(sys, name) !== undefined) return io.has("f") ? 0 : yield* io.die(9, `group '${name}' already exists`);
    const gid = io.has("g") ? Number(io.value("g")) : nextId(readGroups(sys).map((group) => group.gid));
    if (findGroup(sys, gid) !== undefined) return yield* io.die(4, `GID '${gid}' already exists`);
    setRow(sys, "/etc/group", name, `${name}:x:${gid}:`);
    return 0;
  },
});
