// sudo: runs a command as another user, if the rules and the password allow it.

import { isErrno } from "../../kernel/errno.ts";
import { SIGNALS } from "../../kernel/signal.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { askPassword, readLine } from "../../lib/ask-password.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { checkPassword } from "../../lib/password.ts";
import { isExecutable, searchPath } from "../../lib/path-search.ts";
import { findGroup, findUser, groupsOf, type User } from "../../lib/users.ts";
import { defineCommand, type Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import { shareWithGroup } from "./su.ts";
import { allows, mentions, type Rule, readSudoers, rulesFor, type Sudoers } from "./sudoers.ts";

const USAGE = `usage: sudo -h | -K | -k | -V
usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]
usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user]
            [-u user] [command [arg ...]]
usage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory]
            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]
            [-u user] [VAR=value] [-i | -s] [command [arg ...]]
usage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory]
            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]
            [-u user] file ...`;

const SHELL_BUILTINS = new Set(
  "alias bg bind break builtin caller case cd command compgen complete compopt continue declare dirs disown enable eval exec exit export fc fg getopts hash help history jobs let local logout mapfile popd pushd read readarray readonly return set shift shopt source suspend trap type typeset ulimit umask unalias unset wait".split(
    " ",
  ),
);

/** Variables that survive env_reset. */
const KEPT =
  /^(COLORTERM|COLORS|DISPLAY|HOSTNAME|KRB5CCNAME|LANG|LANGUAGE|LC_.*|LINGUAS|LS_COLORS|PATH|PS1|PS2|TERM|TZ|XAUTHORITY|XAUTHORIZATION)$/;

/** How long a password is remembered. */
const REMEMBERED = 15 * 60000;

export const sudo = defineCommand({
  name: "sudo",
  package: "sudo",
  summary: "Execute a command as another user.",
  usage: ["-h | -K | -k | -V", "[-u user] [VAR=value] [-i | -s] [command [arg ...]]"],
  posix: true,
  hint: USAGE,
  options: `
    A,askpass  use a helper program for password prompting
    b,background  run command in the background
    B,bell  ring bell when prompting
    C,close-from=num  close all file descriptors >= num
    D,chdir=directory  change the working directory before running command
    E  preserve user environment when running command
    ,preserve-env[=list]  preserve user environment when running command
    e,edit  edit files instead of running a command
    g,group=group  run command as the specified group name or ID
    H,set-home  set HOME variable to target user's home dir
    h,help  display help message and exit
    i,login  run login shell as the target user
    K,remove-timestamp  remove timestamp file completely
    k,reset-timestamp  invalidate timestamp file
    l,list  list user's privileges or check a specific command
    n,non-interactive  non-interactive mode, no prompts are used
    N,no-update  no timestamp update
    P,preserve-groups  preserve group vector instead of setting to target's
    p,prompt=prompt  use the specified password prompt
    R,chroot=directory  change the root directory before running command
    S,stdin  read password from standard input
    s,shell  run shell as the target user; a command may also be specified
    U,other-user=user  in list mode, display privileges for user
    u,user=user  run command (or edit file) as specified user name or ID
    V,version  display version information and exit
    v,validate  update user's timestamp without running a command`,
  *run(io, sys) {
    if (io.has("V")) {
      const version = toolProfile(sys).versions.sudo;
      io.print(
        `Sudo version ${version}\nSudoers policy plugin version ${version}\nSudoers file grammar version 50\nSudoers I/O plugin version ${version}\nSudoers audit plugin version ${version}\n`,
      );
      return 0;
    }
    if (io.has("e") && io.operands.length === 0) return yield* io.usageError("");
    if (io.has("U") && !io.has("l")) return yield* io.usageError("the -U option may only be used with the -l option");
    if (["u", "g", "U", "p"].some((key) => io.options.filter(([one]) => one === key).length > 1))
      return yield* io.usageError("");
    if (io.has("e") || io.name === "sudoedit") return yield* io.notModelled("-e", 1);
    const me = findUser(sys, sys.info.uid);
    if (me === undefined) return yield* io.die(1, `you do not exist in the passwd database`);
    if (sys.info.euid !== 0) {
      return yield* io.die(1, `${sys.info.exe || "/usr/bin/sudo"} must be owned by uid 0 and have the setuid bit set`);
    }
    const words = [...io.operands];
    if (io.has("K") || (io.has("k") && words.length === 0)) {
      sys.unlink(stampPath(me));
      return 0;
    }
    if (words.length === 0 && !["i", "s", "l", "v"].some((key) => io.has(key))) return yield* io.usageError("");
    if (lookUpHost(sys, sys.hostname) === undefined) {
      io.warn(`unable to resolve host ${sys.hostname}: Temporary failure in name resolution`);
    }
    const target = readUser(sys, io.value("u") ?? (io.has("g") ? me.name : "root"));
    if (target === undefined) {
      io.warn(`unknown user ${io.value("u")}`);
      if (io.value("u")?.startsWith("#")) return 1;
      return yield* io.die(1, "error initializing audit plugin sudoers_audit");
    }
    const group = io.value("g");
    if (group !== undefined && !/^#\d+$/.test(group) && findGroup(sys, group) === undefined) {
      io.warn(`unknown group ${group}`);
      return yield* io.die(1, "error initializing audit plugin sudoers_audit");
    }
    const sudoers = readSudoers(sys);
    for (const { path, why, main } of sudoers.unsafe) {
      // Of an included file the name is missing in the real message too.
      io.warn(`${main ? path : ""} ${why}`);
      if (main) return yield* io.die(1, "error initializing audit plugin sudoers_audit");
    }
    const rules = rulesFor(sys, sudoers, me, groupsOf(sys, me));
    if (io.has("l")) return yield* listRules(io, sys, me, target, sudoers, rules, words);
    if (io.has("v")) {
      if (
        !(yield* authenticate(io, sys, me, target, sudoers, rules.length > 0 && rules.every((rule) => !rule.password)))
      )
        return 1;
      return rules.length > 0 ? 0 : yield* refuse(io, sys, me, target, "", false);
    }
    return yield* runAs(io, sys, me, target, sudoers, rules, words);
  },
});

function readUser(sys: Sys, word: string): User | undefined {
  return word.startsWith("#") ? findUser(sys, Number(word.slice(1))) : findUser(sys, word);
}

const stampPath = (user: User) => `/run/sudo/ts/${user.name}`;

function remembers(sys: Sys, me: User): boolean {
  const bytes = sys.readFile(stampPath(me));
  if (isErrno(bytes)) return false;
  const here = sys.info.tty ?? `ppid:${sys.ppid}`;
  return decode(bytes)
    .split("\n")
    .some((line) => {
      const [place, time] = line.split(" ");
      return place === here && sys.now() - Number(time) < REMEMBERED;
    });
}

function remember(sys: Sys, me: User): void {
  const here = sys.info.tty ?? `ppid:${sys.ppid}`;
  const bytes = sys.readFile(stampPath(me));
  const others = isErrno(bytes)
    ? []
    : decode(bytes)
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith(`${here} `));
  for (const folder of ["/run/sudo", "/run/sudo/ts"]) sys.mkdir(folder, folder.endsWith("ts") ? 0o700 : 0o711);
  sys.writeFile(stampPath(me), `${[...others, `${here} ${sys.now()}`].join("\n")}\n`, { mode: 0o600 });
}

/** Asks for the password where it is needed: three times at most. */
function* authenticate(io: Io, sys: Sys, me: User, target: User, sudoers: Sudoers, free: boolean): Task<boolean> {
  if (sys.info.uid === 0 || free || sudoers.trusted.has(me.name) || target.uid === sys.info.uid) return true;
  if (!io.has("k") && remembers(sys, me)) return true;
  if (io.has("n")) {
    io.warn("a password is required");
    return false;
  }
  const prompt = (io.value("p") ?? "[sudo] password for %p: ")
    .replaceAll("%p", me.name)
    .replaceAll("%u", me.name)
    .replaceAll("%U", target.name)
    .replaceAll("%h", sys.hostname)
    .replaceAll("%%", "%");
  for (let tries = 0; tries < sudoers.tries; tries++) {
    let password: string | undefined;
    yield* io.flush();
    if (io.has("S")) {
      io.printError(prompt);
      yield* io.flush();
      password = yield* readLine(sys, 0);
    } else {
      if (sys.info.tty === undefined) {
        io.warn(
          "a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper",
        );
        io.warn("a password is required");
        return false;
      }
      password = yield* askPassword(sys, prompt);
    }
    if (password === undefined) {
      if (io.has("S")) io.printError("\n");
      io.warn("no password was provided");
      if (tries > 0) io.warn(`${tries} incorrect password attempt${tries === 1 ? "" : "s"}`);
      if (tries === 0) io.warn("a password is required");
      return false;
    }
    if (checkPassword(sys, me.name, password)) {
      if (!io.has("N")) remember(sys, me);
      return true;
    }
    yield* sys.sleep(2000);
    if (tries < sudoers.tries - 1) io.printError("Sorry, try again.\n");
  }
  io.warn(`${sudoers.tries} incorrect password attempt${sudoers.tries === 1 ? "" : "s"}`);
  return false;
}

function* refuse(io: Io, sys: Sys, me: User, target: User, command: string, known: boolean): Task<number> {
  if (!known) {
    io.printError(`${me.name} is not in the sudoers file.\n`);
    if (toolProfile(sys).versions.sudo.startsWith("1.9.13"))
      io.printError("This incident has been reported to the administrator.\n");
  } else
    io.printError(
      `Sorry, user ${me.name} is not allowed to execute '${command}' as ${target.name} on ${sys.hostname}.\n`,
    );
  return 1;
}

function* listRules(
  io: Io,
  sys: Sys,
  me: User,
  target: User,
  sudoers: Sudoers,
  rules: readonly Rule[],
  words: readonly string[],
): Task<number> {
  const free = sys.info.uid === 0 || rules.some((rule) => !rule.password);
  if (!(yield* authenticate(io, sys, me, target, sudoers, free))) return 1;
  if (words[0] !== undefined) {
    const path = searchPath(sys, words[0], sudoers.securePath || undefined);
    if (path === undefined) return yield* io.die(1, `${words[0]}: command not found`);
    if (sys.info.uid !== 0 && allows(rules, target, path, words.slice(1)) === undefined) return 1;
    io.print(`${[path, ...words.slice(1)].join(" ")}\n`);
    return 0;
  }
  const other = io.value("U");
  const whom = other === undefined ? me : readUser(sys, other);
  if (whom === undefined) return yield* io.die(1, `unknown user ${other}`);
  const theirs = other === undefined ? rules : rulesFor(sys, sudoers, whom, groupsOf(sys, whom));
  if (theirs.length === 0) {
    const modern = !toolProfile(sys).versions.sudo.startsWith("1.9.13");
    if (other !== undefined && modern) io.print(`User ${whom.name} is not allowed to run sudo on ${sys.hostname}.\n`);
    else io.printError(`Sorry, user ${whom.name} may not run sudo on ${sys.hostname}.\n`);
    return other === undefined ? 1 : 0;
  }
  const defaults = sudoers.defaults.map((one) => one.replace(/:/g, "\\:"));
  io.print(
    `Matching Defaults entries for ${whom.name} on ${sys.hostname}:\n    ${defaults.join(", ")}\n\nUser ${whom.name} may run the following commands on ${sys.hostname}:\n`,
  );
  for (const rule of theirs) {
    const runAs = (rule.runAs ?? "root")
      .split(":")
      .map((part) => part.trim())
      .join(" : ");
    io.print(`    (${runAs}) ${rule.password ? "" : "NOPASSWD: "}${rule.commands.join(", ")}\n`);
  }
  return 0;
}

function* runAs(
  io: Io,
  sys: Sys,
  me: User,
  target: User,
  sudoers: Sudoers,
  rules: readonly Rule[],
  given: readonly string[],
): Task<number> {
  const words = [...given];
  const assignments: [string, string][] = [];
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? "")) {
    const word = words.shift() ?? "";
    assignments.push([word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
  }
  const shell = io.has("i") ? target.shell || "/bin/sh" : (sys.env.SHELL ?? me.shell);
  const viaShell = io.has("i") || io.has("s");
  const escaped = words.map((word) => word.replace(/[^\w@%+=:,./-]/g, "\\$&")).join(" ");
  const argv = viaShell ? [shell, ...(words.length > 0 ? ["-c", escaped] : [])] : words;
  const name = argv[0] ?? "";
  const securePath = sudoers.securePath === "" ? (sys.env.PATH ?? "") : sudoers.securePath;
  const path = searchPath(sys, name, securePath);
  const stat = path === undefined ? undefined : sys.stat(path);
  const missing =
    path === undefined || stat === undefined || isErrno(stat) || stat.type !== "file" || !isExecutable(sys, path);
  const allowed = missing ? rules.at(-1) : allows(rules, target, path, argv.slice(1));
  const root = sys.info.uid === 0;
  const asks = allowed ?? (path === undefined ? undefined : mentions(rules, target, path, argv.slice(1)));
  if (!(yield* authenticate(io, sys, me, target, sudoers, asks !== undefined && !asks.password))) {
    return 1;
  }
  if (!root && rules.length === 0) return yield* refuse(io, sys, me, target, "", false);
  if (!root && allowed === undefined)
    return yield* refuse(io, sys, me, target, [path ?? name, ...argv.slice(1)].join(" "), true);
  if (missing) {
    io.warn(`${name}: command not found`);
    if (SHELL_BUILTINS.has(name)) {
      io.warn(`"${name}" is a shell built-in command, it cannot be run directly.`);
      io.warn("the -s option may be used to run a privileged shell.");
      if (name === "cd") io.warn("the -D option may be used to run a command in a specific directory.");
    }
    return 1;
  }
  for (const option of ["D", "R"])
    if (io.has(option)) return yield* io.die(1, `you are not permitted to use the -${option} option with ${path}`);
  const env = environment(io, sys, me, target, sudoers.keep, securePath, [path, ...argv.slice(1)].join(" "));
  for (const [key, value] of assignments) env[key] = value;
  if (viaShell) env.SHELL = shell;
  const group = io.value("g") === undefined ? undefined : findGroup(sys, io.value("g") ?? "");
  const folder = io.has("i") ? target.home : undefined;
  if (io.has("i")) argv[0] = `-${name.slice(name.lastIndexOf("/") + 1)}`;
  yield* io.flush();
  shareWithGroup(sys, target);
  const pid = sys.spawn({
    path,
    argv,
    env,
    uid: target.uid,
    gid: group?.gid ?? target.gid,
    groups: groupsOf(sys, target),
    ...(folder === undefined || isErrno(sys.stat(folder)) ? {} : { cwd: folder }),
  });
  if (isErrno(pid)) return yield* io.die(1, `unable to execute ${path}: ${pid.text}`);
  if (io.has("b")) return 0;
  return yield* waitFor(sys, pid);
}

/** Waits as a shell's parent does: signals of the terminal go to the child, not to us. */
export function* waitFor(sys: Sys, pid: number): Task<number> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) sys.sigaction(signal, "ignore");
  for (;;) {
    const ended = yield* sys.waitpid(pid);
    if (ended === undefined) continue;
    if (isErrno(ended)) {
      if (ended.code === "EINTR") continue;
      return 1;
    }
    if (ended.status.kind === "exited") return ended.status.code;
    if (ended.status.kind === "killed") return 128 + SIGNALS[ended.status.signal];
  }
}

function environment(
  io: Io,
  sys: Sys,
  me: User,
  target: User,
  keep: readonly string[],
  path: string,
  command: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  const keepAll = io.options.some(([key, value]) => key === "E" || (key === "preserve-env" && value === undefined));
  const some = new Set(
    io.options
      .filter(([key, value]) => key === "preserve-env" && value !== undefined)
      .flatMap(([, value]) => (value ?? "").split(",")),
  );
  for (const [key, value] of Object.entries(sys.env)) {
    if (keepAll || KEPT.test(key) || keep.includes(key) || some.has(key)) env[key] = value;
  }
  env.HOME = keepAll && !io.has("H") && !io.has("i") ? (sys.env.HOME ?? target.home) : target.home;
  env.LOGNAME = target.name;
  env.MAIL = `/var/mail/${target.name}`;
  env.PATH = path;
  env.SHELL = target.shell || "/bin/sh";
  env.USER = target.name;
  env.SUDO_COMMAND = command;
  env.SUDO_USER = me.name;
  env.SUDO_UID = String(me.uid);
  env.SUDO_GID = String(me.gid);
  if (!toolProfile(sys).versions.sudo.startsWith("1.9.13")) env.SUDO_HOME = me.home;
  return env;
}
