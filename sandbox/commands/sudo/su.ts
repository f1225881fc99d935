// su: becomes another user after asking for that user's password.

import { isErrno } from "../../kernel/errno.ts";
import { askPassword, readLine } from "../../lib/ask-password.ts";
import { checkPassword } from "../../lib/password.ts";
import { findUser, groupsOf } from "../../lib/users.ts";
import { defineCommand } from "../define.ts";
import { waitFor } from "./sudo.ts";

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
