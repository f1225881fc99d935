// Debian's adduser, addgroup, deluser and delgroup in front of useradd and its kin.

import type { Sys, Task } from "../../kernel/sys.ts";
import { findGroup, findUser, type Group } from "../../lib/users.ts";
import { defineCommand, type Io } from "../define.ts";
import { addToGroups, setMembers } from "./rows.ts";

function* fatal(io: Io, status: number, text: string): Task<number> {
  io.printError(`fatal: ${text}\n`);
  yield* io.flush();
  return status;
}

/** Runs one of the lower tools and gives its status. */
function* runTool(sys: Sys, name: string, args: readonly string[]): Task<number> {
  const pid = sys.spawn({ path: `/usr/sbin/${name}`, argv: [name, ...args] });
  if (typeof pid !== "number") return 1;
  const ended = yield* sys.waitpid(pid);
  return ended !== undefined && "status" in ended && ended.status.kind === "exited" ? ended.status.code : 1;
}

const NOT_ROOT = "Only root may add a user or group to the system.";

/** The user and the group of `adduser USER GROUP`, or why not. */
function pairOf(sys: Sys, [user = "", word = ""]: readonly string[]): Group | string {
  if (findUser(sys, user) === undefined) return `The user \`${user}' does not exist.`;
  return findGroup(sys, word) ?? `The group \`${word}' does not exist.`;
}

const ADD_OPTIONS = `
    ,disabled-password  no password is asked for
    ,disabled-login  no password is asked for
    ,gecos=GECOS  the comment field
    ,comment=GECOS  the comment field
    ,home=DIR  home directory
    ,no-create-home  do not create the home directory
    ,shell=SHELL  login shell
    ,uid=ID  user ID
    ,gid=ID  group ID
    ,ingroup=GROUP  primary group
    ,system  a system account
    ,group  a group of its own
    q,quiet  say less`;

export const adduser = defineCommand({
  name: "adduser",
  package: "other",
  versionText: "adduser version 3.152",
  summary: "Add a user, or a user to a group.",
  usage: ["[options] USER", "USER GROUP"],
  options: ADD_OPTIONS,
  *run(io, sys) {
    const [name, group] = io.operands;
    if (sys.info.euid !== 0) return yield* fatal(io, 1, NOT_ROOT);
    if (name === undefined || io.operands.length > 2) return yield* fatal(io, 51, "Only one or two names allowed.");
    if (group !== undefined) {
      const found = pairOf(sys, io.operands);
      if (typeof found === "string") {
        const lacksUser = findUser(sys, name) === undefined;
        io.printError(`${lacksUser ? "fatal" : "warn"}: ${found}\n`);
        return 12;
      }
      if (found.members.includes(name))
        io.printError(`warn: The user \`${name}' is already a member of \`${group}'.\n`);
      addToGroups(sys, name, [group]);
      return 0;
    }
    if (findUser(sys, name) !== undefined) return yield* fatal(io, 11, `The user \`${name}' already exists.`);
    const system = io.has("system");
    const text = io.value("gecos") ?? io.value("comment");
    if (!system && !io.has("disabled-password") && !io.has("disabled-login"))
      return yield* io.notModelled("the interactive form", 1);
    const args = ["-d", io.value("home") ?? (system ? "/nonexistent" : `/home/${name}`)];
    args.push("-s", io.value("shell") ?? (system ? "/usr/sbin/nologin" : "/bin/bash"));
    if (io.value("uid") !== undefined) args.push("-u", io.value("uid") as string);
    const primary = io.value("ingroup") ?? io.value("gid") ?? (system && !io.has("group") ? "nogroup" : undefined);
    if (primary !== undefined) args.push("-g", primary);
    if (text !== undefined) args.push("-c", text);
    if (system) args.push("-r");
    else if (!io.has("no-create-home")) args.push("-m");
    yield* io.flush();
    const status = yield* runTool(sys, "useradd", [...args, name]);
    if (status !== 0) return yield* fatal(io, 56, `\`/sbin/useradd ${name}' returned error code ${status}. Exiting.`);
    if (text === "") io.print("usermod: no changes\n");
    if (!system) addToGroups(sys, name, ["users"]);
    return 0;
  },
});

export const addgroup = defineCommand({
  name: "addgroup",
  package: "other",
  summary: "Add a group, or a user to a group.",
  usage: ["[options] GROUP"],
  options: "\n    ,gid=ID  group ID\n    ,system  a system group\n    q,quiet  say less",
  *run(io, sys) {
    const [name, group] = io.operands;
    if (sys.info.euid !== 0) return yield* fatal(io, 1, NOT_ROOT);
    if (name === undefined || io.operands.length > 2) return yield* fatal(io, 51, "Only one or two names allowed.");
    if (group !== undefined) return yield* fatal(io, 51, "addgroup with two arguments is an unspecified operation.");
    if (findGroup(sys, name) !== undefined) return yield* fatal(io, 11, `The group \`${name}' already exists.`);
    yield* io.flush();
    const gid = io.value("gid");
    return yield* runTool(sys, "groupadd", [
      ...(gid === undefined ? [] : ["-g", gid]),
      ...(io.has("system") ? ["-r"] : []),
      name,
    ]);
  },
});

export const deluser = defineCommand({
  name: "deluser",
  package: "other",
  summary: "Remove a user, or a user from a group.",
  usage: ["[options] USER", "USER GROUP"],
  options: "\n    ,remove-home  remove the home directory\n    ,system  only a system user\n    q,quiet  say less",
  *run(io, sys) {
    const [name = "", group] = io.operands;
    if (sys.info.euid !== 0) return yield* fatal(io, 1, "Only root may remove a user or group from the system.");
    if (group !== undefined) {
      const found = pairOf(sys, io.operands);
      if (typeof found === "string") return yield* fatal(io, 12, found);
      if (!found.members.includes(name))
        return yield* fatal(io, 42, `The user \`${name}' is not a member of group \`${group}'.`);
      setMembers(
        sys,
        found,
        found.members.filter((member) => member !== name),
      );
      return 0;
    }
    if (findUser(sys, name) === undefined) return yield* fatal(io, 12, `The user \`${name}' does not exist.`);
    if (io.has("remove-home"))
      return yield* fatal(
        io,
        56,
        "In order to use the --remove-home, --remove-all-files, and --backup features, you need to install the `perl' package. To accomplish that, run apt-get install perl.",
      );
    io.printError("warn: `/usr/bin/crontab' not executed. Skipping crontab removal. Package `cron' required.\n");
    yield* io.flush();
    return yield* runTool(sys, "userdel", [name]);
  },
});

export const delgroup = defineCommand({
  name: "delgroup",
  package: "other",
  summary: "Remove a group.",
  usage: ["[options] GROUP"],
  options: "\n    ,system  only a system group\n    q,quiet  say less",
  *run(io, sys) {
    const [name = ""] = io.operands;
    if (sys.info.euid !== 0) return yield* fatal(io, 1, "Only root may remove a user or group from the system.");
    if (findGroup(sys, name) === undefined) return yield* fatal(io, 12, `The group \`${name}' does not exist.`);
    yield* io.flush();
    const status = yield* runTool(sys, "groupdel", [name]);
    if (status === 0) return 0;
    return yield* fatal(io, status, `\`/sbin/groupdel ${name}' returned error code ${status}. Exiting.`);
  },
});
