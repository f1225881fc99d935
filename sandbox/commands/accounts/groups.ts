// groupadd, groupmod, groupdel and gpasswd: groups and who is in them.

import { findGroup, findUser, readGroups, readUsers } from "../../lib/users.ts";
import { defineCommand } from "../define.ts";
import { needRoot, nextId, setMembers, setRow } from "./rows.ts";

export const groupadd = defineCommand({
  name: "groupadd",
  package: "other",
  summary: "Create a new group.",
  usage: ["[options] GROUP"],
  usageStatus: 2,
  options:
    "f,force  exit successfully if the group already exists\ng,gid=GID  use GID for the new group\no,non-unique  allow to create groups with duplicate GID\nr,system  create a system account",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    if (!/^[A-Za-z_][-A-Za-z0-9_.]*\$?$/.test(name)) {
      io.printError(`groupadd: '${name}' is not a valid group name\n`);
      return 3;
    }
    if (io.has("g") && !/^\d+$/.test(io.value("g") ?? ""))
      return yield* io.die(3, `invalid group ID '${io.value("g")}'`);
    if (findGroup(sys, name) !== undefined) return io.has("f") ? 0 : yield* io.die(9, `group '${name}' already exists`);
    const gid = io.has("g")
      ? Number(io.value("g"))
      : nextId(
          readGroups(sys).map((group) => group.gid),
          io.has("r"),
        );
    if (findGroup(sys, gid) !== undefined && !io.has("o")) return yield* io.die(4, `GID '${gid}' already exists`);
    setRow(sys, "/etc/group", name, `${name}:x:${gid}:`);
    return 0;
  },
});

export const groupmod = defineCommand({
  name: "groupmod",
  package: "other",
  summary: "Modify a group definition.",
  usage: ["[options] GROUP"],
  usageStatus: 2,
  options:
    "g,gid=GID  change the group ID to GID\nn,new-name=NEW_GROUP  change the name to NEW_GROUP\no,non-unique  allow to use a duplicate GID",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    const group = findGroup(sys, name);
    const given = io.value("g");
    if (given !== undefined && !/^\d+$/.test(given)) return yield* io.die(3, `invalid group ID '${given}'`);
    if (group === undefined) return yield* io.die(6, `group '${name}' does not exist`);
    const gid = given === undefined ? group.gid : Number(given);
    if (gid !== group.gid && findGroup(sys, gid) !== undefined && !io.has("o"))
      return yield* io.die(4, `GID '${gid}' already exists`);
    const called = io.value("n") ?? name;
    if (called !== name && findGroup(sys, called) !== undefined)
      return yield* io.die(9, `group '${called}' already exists`);
    setRow(sys, "/etc/group", name, `${called}:${group.password}:${gid}:${group.members.join(",")}`);
    for (const user of gid === group.gid ? [] : readUsers(sys).filter((one) => one.gid === group.gid))
      setRow(
        sys,
        "/etc/passwd",
        user.name,
        [user.name, user.password, user.uid, gid, user.gecos, user.home, user.shell].join(":"),
      );
    return 0;
  },
});

export const groupdel = defineCommand({
  name: "groupdel",
  package: "other",
  summary: "Delete a group.",
  usage: ["[options] GROUP"],
  usageStatus: 2,
  options: "f,force  delete the group even if it is the primary group of a user",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    yield* needRoot(io, sys);
    const group = findGroup(sys, name);
    if (group === undefined) return yield* io.die(6, `group '${name}' does not exist`);
    const owner = readUsers(sys).find((user) => user.gid === group.gid);
    if (owner !== undefined && !io.has("f"))
      return yield* io.die(8, `cannot remove the primary group of user '${owner.name}'`);
    setRow(sys, "/etc/group", name, undefined);
    return 0;
  },
});

export const gpasswd = defineCommand({
  name: "gpasswd",
  package: "other",
  summary: "Administer groups.",
  usage: ["[option] GROUP"],
  usageStatus: 2,
  options:
    "a,add=USER  add USER to GROUP\nd,delete=USER  remove USER from GROUP\nr,remove-password  remove the GROUP's password\nM,members=USER,...  set the list of members of GROUP",
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) return yield* io.usageError("");
    const group = findGroup(sys, name);
    if (group === undefined) return yield* io.die(3, `group '${name}' does not exist in /etc/group`);
    const [added, taken, members] = [io.value("a"), io.value("d"), io.value("M")];
    const missing = [added, ...(members?.split(",") ?? [])].find(
      (user) => user !== undefined && user !== "" && findUser(sys, user) === undefined,
    );
    if (missing !== undefined) return yield* io.die(3, `user '${missing}' does not exist`);
    if (sys.info.uid !== 0) return yield* io.die(1, "Permission denied.");
    if (added !== undefined) {
      io.print(`Adding user ${added} to group ${name}\n`);
      setMembers(sys, group, [...group.members.filter((member) => member !== added), added]);
    } else if (taken !== undefined) {
      io.print(`Removing user ${taken} from group ${name}\n`);
      if (!group.members.includes(taken)) return yield* io.die(3, `user '${taken}' is not a member of '${name}'`);
      setMembers(
        sys,
        group,
        group.members.filter((member) => member !== taken),
      );
    } else if (members !== undefined)
      setMembers(
        sys,
        group,
        members.split(",").filter((member) => member !== ""),
      );
    else if (!io.has("r")) return yield* io.notModelled("a group password", 1);
    return 0;
  },
});
