// su: becomes another user after asking for that user's password.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { askPassword, readLine } from "../../lib/ask-password.ts";
import { parseOptionTable } from "../../lib/getopt.ts";
import { checkPassword } from "../../lib/password.ts";
import { searchPath } from "../../lib/path-search.ts";
import { findGroup, findUser, groupsOf, type User } from "../../lib/users.ts";
import { defineCommand, helpText, versionLine } from "../define.ts";
import { waitFor } from "./sudo.ts";

/** pam_umask: who has a group of the same name shares new files with it. */
export function shareWithGroup(sys: Sys, user: User): void {
  if (user.uid === 0 || findGroup(sys, user.gid)?.name !== user.name) return;
  const mask = sys.umask(0o022);
  sys.umask((mask & 0o707) | ((mask & 0o700) >> 3));
}

const DAY = 86_400_000;

/** One field of a user's row in /etc/shadow. */
function shadowField(sys: Sys, name: string, at: number): string {
  const bytes = sys.readFile("/etc/shadow");
  if (isErrno(bytes)) return "";
  const row = decode(bytes)
    .split("\n")
    .find((line) => line.startsWith(`${name}:`));
  return row?.split(":")[at] ?? "";
}

export const su = defineCommand({
  name: "su",
  package: "util-linux",
  summary: "Change the effective user ID and group ID to that of <user>.",
  usage: ["[options] [-] [<user> [<argument>...]]"],
  options: `
    m,preserve-environment  do not reset environment variables
    p  same as -m
    w,whitelist-environment=list  don't reset specified variables
    g,group=group  specify the primary group
    G,supp-group=group  specify a supplemental group
    l,login  make the shell a login shell
    c,command=command  pass a single command to the shell with -c
    ,session-command=command  pass a single command to the shell, no new session
    f,fast  pass -f to the shell
    s,shell=shell  run <shell> if /etc/shells allows it
    P,pty  create a new pseudo-terminal
    T,no-pty  do not create a new pseudo-terminal
    h,help  display this help
    V,version  display version`,
  *run(io, sys) {
    if (io.has("V")) io.print(`${versionLine(sys, io.command)}\n`);
    else if (io.has("h")) io.print(helpText(io.command, parseOptionTable(io.command.options ?? "")));
    if (io.has("V") || io.has("h")) return 0;
    const words = [...io.operands];
    let login = io.has("l");
    if (words[0] === "-") {
      login = true;
      words.shift();
    }
    const name = words.shift() ?? "root";
    const user = findUser(sys, name);
    if (user === undefined) {
      return yield* io.die(1, `user ${name} does not exist or the user entry does not contain all the required fields`);
    }
    if (sys.info.uid !== 0) {
      let password: string | undefined;
      if (sys.isatty(0)) password = yield* askPassword(sys, "Password: ");
      else {
        io.printError("Password: ");
        yield* io.flush();
        password = yield* readLine(sys, 0);
      }
      if (password === undefined || !checkPassword(sys, user.name, password)) {
        yield* sys.sleep(2500);
        return yield* io.die(1, "Authentication failure");
      }
    }
    const expiry = shadowField(sys, user.name, 7);
    if (expiry !== "" && Number(expiry) * DAY <= sys.now()) {
      io.printError("Your account has expired; please contact your system administrator.\n");
      return yield* io.die(1, "Authentication failure");
    }
    if (sys.info.euid !== 0) return yield* io.die(1, "cannot set groups: Operation not permitted");
    const keep = io.has("m") || io.has("p");
    const shell = io.value("s") ?? (keep ? (sys.env.SHELL ?? user.shell) : user.shell || "/bin/sh");
    const command = io.value("c") ?? io.value("session-command");
    const short = shell.slice(shell.lastIndexOf("/") + 1);
    const env: Record<string, string> = {};
    if (login) {
      if (sys.env.TERM !== undefined) env.TERM = sys.env.TERM;
      if (sys.env.LANG !== undefined) env.LANG = sys.env.LANG;
      env.PATH =
        user.uid === 0
          ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
          : "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
      for (const name of (io.value("w") ?? "").split(",")) {
        const value = sys.env[name];
        if (value !== undefined) env[name] = value;
      }
    } else Object.assign(env, sys.env);
    if (!keep) {
      env.HOME = user.home;
      env.SHELL = shell;
      if (login || user.uid !== 0) {
        env.USER = user.name;
        env.LOGNAME = user.name;
      }
    }
    const argv = [login ? `-${short}` : short, ...(command === undefined ? [] : ["-c", command]), ...words];
    shareWithGroup(sys, user);
    const home = login && !isErrno(sys.stat(user.home)) ? { cwd: user.home } : {};
    const pid = sys.spawn({
      path: shell,
      argv,
      env,
      uid: user.uid,
      gid: user.gid,
      groups: groupsOf(sys, user),
      ...home,
    });
    if (isErrno(pid)) {
      io.warn(`failed to execute ${shell}: ${pid.text}`);
      return pid.code === "ENOENT" ? 127 : 126;
    }
    return yield* waitFor(sys, pid);
  },
});

export const runuser = defineCommand({
  name: "runuser",
  package: "util-linux",
  summary: "Run <command> with the effective user ID and group ID of <user>.",
  usage: ["[options] -u <user> [[--] <command>]", "[options] [-] [<user> [<argument>...]]"],
  posix: true,
  options: `
    u,user=user  username
    g,group=group  specify the primary group
    G,supp-group=group  specify a supplemental group
    l,login  make the shell a login shell
    c,command=command  pass a single command to the shell with -c
    s,shell=shell  run <shell>`,
  *run(io, sys) {
    if (sys.info.uid !== 0) return yield* io.die(1, "may not be used by non-root users");
    const words = [...io.operands];
    const named = io.value("u");
    if (named !== undefined && ["l", "c", "s"].some((key) => io.has(key)))
      return yield* io.die(1, "options --{shell,fast,command,session-command,login} and --user are mutually exclusive");
    const login = words[0] === "-" || io.has("l");
    if (words[0] === "-") words.shift();
    const name = named ?? words.shift() ?? "root";
    const user = findUser(sys, name);
    if (user === undefined)
      return yield* io.die(1, `user ${name} does not exist or the user entry does not contain all the required fields`);
    if (named !== undefined && words.length === 0) return yield* io.die(1, "no command was specified");
    const group = io.value("g");
    const gid = group === undefined ? user.gid : findGroup(sys, group)?.gid;
    if (gid === undefined) return yield* io.die(1, `group ${group} does not exist`);
    // An option may stand behind the user's name, as with su.
    const at = named === undefined ? words.indexOf("-c") : -1;
    const command = io.value("c") ?? (at < 0 ? undefined : words.splice(at, 2)[1]);
    const shell = io.value("s") ?? (user.shell || "/bin/sh");
    const short = shell.slice(shell.lastIndexOf("/") + 1);
    const argv =
      named !== undefined
        ? words
        : [login ? `-${short}` : short, ...(command === undefined ? [] : ["-c", command]), ...words];
    const path = named === undefined ? shell : searchPath(sys, words[0] ?? "");
    if (path === undefined) return yield* io.die(1, `failed to execute ${words[0]}: No such file or directory`);
    const about = { HOME: user.home, SHELL: shell, USER: user.name, LOGNAME: user.name };
    if (named === undefined) shareWithGroup(sys, user);
    yield* io.flush();
    const pid = sys.spawn({
      path,
      argv,
      env: { ...sys.env, ...(user.uid === 0 ? {} : about) },
      uid: user.uid,
      gid,
      groups: group === undefined ? groupsOf(sys, user) : [gid],
      ...(login ? { cwd: user.home } : {}),
    });
    if (isErrno(pid)) return yield* io.die(126, `failed to execute ${path}: ${pid.text}`);
    return yield* waitFor(sys, pid);
  },
});
