// Starts a command of a unit: what happens between the fork and the program itself, and what goes wrong there.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { LEVELS } from "../../lib/syslog.ts";
import { findUser, readGroups, type User } from "../../lib/users.ts";
import { settingOf, settingsOf } from "../definition.ts";
import { isEnvName, parseEnvFile } from "../env-file.ts";
import { type ExecCommand, expandArguments } from "../exec-command.ts";
import { signalName } from "../exit-status.ts";
import { matchesPattern } from "../unit-name.ts";
import { parseBoolean } from "../values.ts";
import { makeFolders } from "./folders.ts";
import { logUnit, MESSAGE_IDS } from "./log.ts";
import type { Manager, UnitRuntime } from "./state.ts";
import { cgroupOf, triggeredName } from "./units.ts";

export const JOURNAL_STDOUT = "/run/systemd/journal/stdout";
export const JOURNAL_SOCKET = "/run/systemd/journal/socket";
export const JOURNAL_SYSLOG = "/run/systemd/journal/dev-log";
export const NOTIFY_SOCKET = "/run/systemd/notify";

/** A user by name or number. */
function accountOf(sys: Sys, user: string): User | undefined {
  return findUser(sys, user) ?? (/^\d+$/.test(user) ? findUser(sys, Number(user)) : undefined);
}

interface Plan {
  readonly unit: string;
  readonly invocation: string;
  readonly command: ExecCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly cwd: string;
  readonly umask: number;
  readonly output: string;
  readonly error: string;
  readonly identifier: string | undefined;
  /** Of lines without a `<3>` in front, and whether that is looked for. */
  readonly level: number;
  readonly prefixed: boolean;
  /** Descriptors the program gets besides 0, 1 and 2, and their names where it is told of them (sd_listen_fds). */
  readonly pass: readonly number[];
  readonly names: readonly string[];
  /** The connection that is its standard input. */
  readonly connection: boolean;
}

/** Variables of EnvironmentFile= files, or why one that must be there cannot be read. */
function fileVariables(manager: Manager, unit: UnitRuntime): Record<string, string> | Errno {
  const found: Record<string, string> = {};
  for (const { path, optional } of unit.definition.environmentFiles) {
    for (const file of globFiles(manager.sys, path)) {
      const bytes = manager.sys.readFile(file);
      if (isErrno(bytes)) {
        if (optional) continue;
        logUnit(manager, unit, 4, `Failed to load environment files: ${bytes.text}`);
        return bytes;
      }
      for (const { name, value } of parseEnvFile(decode(bytes))) {
        if (isEnvName(name)) found[name] = value;
        else logUnit(manager, unit, 3, `Ignoring invalid environment assignment '${name}=${value}': ${file}`);
      }
    }
  }
  return found;
}

/** Files that a path with `*` in its last part names; the path itself where nothing fits. */
function globFiles(sys: Sys, path: string): readonly string[] {
  const slash = path.lastIndexOf("/");
  const pattern = path.slice(slash + 1);
  if (!/[*?]/.test(pattern)) return [path];
  const entries = sys.readdir(path.slice(0, slash) || "/");
  if (isErrno(entries)) return [path];
  const found = entries
    .filter((entry) => matchesPattern(entry.name, pattern))
    .map((entry) => `${path.slice(0, slash)}/${entry.name}`);
  return found.length === 0 ? [path] : found.sort();
}

/** The environment a command of a unit gets; EnvironmentFile= beats Environment=, wherever they stand. */
export function environmentOf(manager: Manager, unit: UnitRuntime): Record<string, string> | Errno {
  const files = fileVariables(manager, unit);
  if (isErrno(files)) return files;
  const { definition } = unit;
  const env: Record<string, string> = { ...manager.state.environment };
  const user = settingOf(definition, "Service.User");
  const account = user === undefined ? undefined : accountOf(manager.sys, user);
  if (account !== undefined)
    // The user that is nobody is made up, whatever the files say of its home.
    Object.assign(env, {
      HOME: account.uid === 65_534 ? "/" : account.home,
      LOGNAME: account.name,
      USER: account.name,
      SHELL: account.shell,
    });
  env.INVOCATION_ID = unit.invocation;
  if (["notify", "notify-reload"].includes(settingOf(definition, "Service.Type") ?? ""))
    env.NOTIFY_SOCKET = NOTIFY_SOCKET;
  if (unit.mainPid > 0) env.MAINPID = String(unit.mainPid);
  for (const [name, { value }] of Object.entries(definition.environment)) env[name] = value;
  Object.assign(env, files);
  for (const list of settingsOf(definition, "Service.UnsetEnvironment"))
    for (const name of list.split(/\s+/)) delete env[name];
  return env;
}

/** How a service ended, for its ExecStop= commands and for what OnFailure= starts (systemd.exec(5)). */
function endOf({ result, main }: UnitRuntime, prefix: string): Record<string, string> {
  const status =
    main?.code === "exited" ? String(main.status) : main?.code === undefined ? undefined : signalName(main.status);
  return {
    [`${prefix}SERVICE_RESULT`]: result,
    ...(main?.code === undefined ? {} : { [`${prefix}EXIT_CODE`]: main.code, [`${prefix}EXIT_STATUS`]: status ?? "" }),
  };
}

/** Starts a command in the unit's control group; its pid, or why an environment file cannot be read. */
export function spawnCommand(
  manager: Manager,
  unit: UnitRuntime,
  command: ExecCommand,
  stopping = false,
): number | Errno {
  const env = environmentOf(manager, unit);
  if (isErrno(env)) return env;
  if (stopping) Object.assign(env, endOf(unit, ""));
  const watched = unit.monitors === undefined ? undefined : manager.state.units[unit.monitors];
  if (watched !== undefined)
    Object.assign(env, endOf(watched, "MONITOR_"), {
      MONITOR_INVOCATION_ID: watched.invocation,
      MONITOR_UNIT: watched.definition.id,
    });
  const { definition, caller } = unit;
  const journal = definition.id === "systemd-journald.service" ? openJournalDoors(manager.sys) : [];
  const doors = definition.commands.ExecStart.includes(command) ? doorsOf(manager, unit) : [];
  const pass = [...journal, ...doors.map(({ fd }) => fd)];
  const one = (key: string) => settingOf(definition, `Service.${key}`);
  const connection = one("StandardInput") === "socket" && doors.length === 1;
  const output = one("StandardOutput") ?? (connection ? "socket" : "journal");
  if (caller?.peer !== undefined) {
    const [, address = "", port = ""] = /^(.*):(\d+)$/.exec(caller.peer) ?? [];
    Object.assign(env, { REMOTE_ADDR: address, REMOTE_PORT: port });
  }
  const user = command.privileged ? undefined : one("User");
  const account = user === undefined ? undefined : accountOf(manager.sys, user);
  Object.assign(env, makeFolders(manager.sys, definition, account?.uid ?? 0, account?.gid ?? 0));
  const plan: Plan = {
    unit: definition.id,
    invocation: unit.invocation,
    command,
    env,
    user,
    group: command.privileged ? undefined : one("Group"),
    cwd: one("WorkingDirectory") ?? "/",
    umask: Number.parseInt(one("UMask") ?? "0022", 8),
    output,
    error: one("StandardError") ?? "inherit",
    identifier: one("SyslogIdentifier"),
    level: Math.max(LEVELS.indexOf(one("SyslogLevel") ?? "info"), 0),
    prefixed: parseBoolean(one("SyslogLevelPrefix") ?? "yes") !== false,
    pass,
    names: connection ? [] : doors.map(({ name }) => name),
    connection,
  };
  const pid = manager.sys.fork((child) => runCommand(child, plan));
  for (const fd of journal) manager.sys.close(fd);
  if (caller !== undefined && doors.length > 0) manager.sys.close(caller.fd);
  manager.sys.setCgroup(pid, cgroupOf(unit));
  // What a process costs a real machine before it does anything.
  unit.cpu += 11;
  unit.memoryPeak = Math.max(unit.memoryPeak, 2_800_000);
  return pid;
}

/** The doors of its sockets that a service is given, or the one connection that it is for. */
function doorsOf(manager: Manager, { caller, definition }: UnitRuntime): { fd: number; name: string }[] {
  if (caller !== undefined) return [{ fd: caller.fd, name: "connection" }];
  return Object.values(manager.state.units).flatMap(({ definition: other, doors }) =>
    doors.length === 0 || triggeredName(other) !== definition.id
      ? []
      : doors.map((fd) => ({ fd, name: settingOf(other, "Socket.FileDescriptorName") ?? other.id })),
  );
}

/** journald's listening sockets: PID 1 makes them, so that what is said before journald runs is not lost. */
function openJournalDoors(sys: Sys): number[] {
  const paths = [JOURNAL_SOCKET, JOURNAL_STDOUT, JOURNAL_SYSLOG];
  const doors = paths.map((path) => {
    sys.unlink(path);
    const fd = sys.listen({ family: "unix", path });
    sys.chmod(path, 0o666);
    return fd;
  });
  return doors.filter((fd): fd is number => !isErrno(fd));
}

/** Name of a process between fork and exec: `(kubelet)`, of long names the last eight letters. */
function pendingName(path: string): string {
  const base = path.slice(path.lastIndexOf("/") + 1);
  return `(${base.slice(-8)})`;
}

/** Says why the program did not start, and answers the exit status. */
function* fail(sys: Sys, plan: Plan, step: string, status: number, reason: string, before?: string): Task<number> {
  const fields = { SYSLOG_IDENTIFIER: pendingName(plan.command.path), UNIT: plan.unit, INVOCATION_ID: plan.invocation };
  const number = { ENOENT: 2, ESRCH: 3, EACCES: 13, EISDIR: 21, ENOEXEC: 8 }[reasonCode(reason)];
  const spawn = {
    ...fields,
    MESSAGE_ID: MESSAGE_IDS.spawnFailed,
    EXECUTABLE: plan.command.path,
    ERRNO: String(number),
  };
  if (before !== undefined) {
    yield* tell(sys, {
      ...(step === "EXEC" ? spawn : fields),
      PRIORITY: "3",
      MESSAGE: `${plan.unit}: ${before}: ${reason}`,
    });
  }
  yield* tell(sys, {
    ...spawn,
    PRIORITY: "3",
    MESSAGE: `${plan.unit}: Failed at step ${step} spawning ${plan.command.path}: ${reason}`,
  });
  return status;
}

function reasonCode(reason: string): "ENOENT" | "ESRCH" | "EACCES" | "EISDIR" | "ENOEXEC" {
  if (reason === "No such process") return "ESRCH";
  if (reason === "Permission denied") return "EACCES";
  if (reason === "Is a directory") return "EISDIR";
  return reason === "Exec format error" ? "ENOEXEC" : "ENOENT";
}

/** One record for the journal, from this process. */
function* tell(sys: Sys, record: Readonly<Record<string, string>>): Task<void> {
  const fd = yield* sys.connect({ family: "unix", path: JOURNAL_SOCKET });
  if (isErrno(fd)) return;
  yield* sys.write(fd, `${JSON.stringify(record)}\n`);
  sys.close(fd);
}

function* openOutput(sys: Sys, plan: Plan, target: string): Task<number | string> {
  const file = /^(file|append|truncate):(.*)$/.exec(target);
  if (file !== null) {
    const flags = {
      write: true,
      create: true,
      append: file[1] === "append",
      truncate: file[1] === "truncate",
      mode: 0o644,
    };
    const fd = sys.open(file[2] ?? "", flags);
    return isErrno(fd) ? fd.text : fd;
  }
  if (target === "socket") {
    const fd = sys.dup(0);
    return isErrno(fd) ? fd.text : fd;
  }
  if (target === "null") {
    const fd = sys.open("/dev/null", { write: true });
    return isErrno(fd) ? fd.text : fd;
  }
  const fd = yield* sys.connect({ family: "unix", path: JOURNAL_STDOUT });
  if (isErrno(fd)) {
    const none = sys.open("/dev/null", { write: true });
    return isErrno(none) ? none.text : none;
  }
  const base = plan.command.path.slice(plan.command.path.lastIndexOf("/") + 1);
  yield* sys.write(fd, `${plan.identifier ?? base}\n${plan.unit}\n${plan.level}\n${plan.prefixed ? 1 : 0}\n0\n0\n0\n`);
  return fd;
}

/** Looks a program up: the path, or what is wrong with it. */
function locate(sys: Sys, name: string): { path: string } | { reason: string } {
  const check = (path: string): string | undefined => {
    const stat = sys.stat(path);
    if (isErrno(stat)) return stat.text;
    if (stat.type === "directory") return "Is a directory";
    return sys.access(path, "x")?.text;
  };
  if (name.includes("/")) {
    const reason = check(name);
    return reason === undefined ? { path: name } : { reason };
  }
  for (const folder of ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]) {
    if (check(`${folder}/${name}`) === undefined) return { path: `${folder}/${name}` };
  }
  return { reason: "No such file or directory" };
}

/** Ids of the user and group, or the step that failed. */
function identity(sys: Sys, plan: Plan): { uid: number; gid: number; groups: number[] } | "USER" | "GROUP" | undefined {
  const account = plan.user === undefined ? undefined : accountOf(sys, plan.user);
  if (plan.user !== undefined && account === undefined) return "USER";
  const groups = readGroups(sys);
  const group =
    plan.group === undefined
      ? undefined
      : groups.find((each) => each.name === plan.group || String(each.gid) === plan.group)?.gid;
  if (plan.group !== undefined && group === undefined) return "GROUP";
  if (account === undefined && group === undefined) return undefined;
  const gid = group ?? account?.gid ?? 0;
  const member = groups.filter((each) => account !== undefined && each.members.includes(account.name));
  return { uid: account?.uid ?? 0, gid, groups: [gid, ...member.map((each) => each.gid)] };
}

/** Closes all descriptors but these, which become 3, 4, 5 …, as sd_listen_fds(3) expects them. */
function keepOnly(sys: Sys, pass: readonly number[]): void {
  for (const fd of sys.openFds()) if (!pass.includes(fd)) sys.close(fd);
  const far = pass.map((fd, i) => sys.dup(fd, 1000 + i));
  for (const fd of pass) sys.close(fd);
  far.forEach((fd, i) => {
    if (isErrno(fd)) return;
    sys.dup(fd, 3 + i);
    sys.close(fd);
  });
}

/** The child's life up to exec. */
function* runCommand(sys: Sys, plan: Plan): Task<number> {
  const { command } = plan;
  sys.setComm(pendingName(command.path));
  sys.setsid();
  keepOnly(sys, plan.pass);
  const ids = identity(sys, plan);
  if (ids === "USER")
    return yield* fail(sys, plan, "USER", 217, "No such process", "Failed to determine user credentials");
  if (ids === "GROUP")
    return yield* fail(sys, plan, "GROUP", 216, "No such process", "Failed to determine group credentials");
  const input = plan.connection ? 3 : sys.open("/dev/null", { read: true });
  if (!isErrno(input) && input !== 0) sys.dup(input, 0);
  if (plan.connection) sys.close(3);
  sys.umask(plan.umask);
  const optional = plan.cwd.startsWith("-");
  const cwd = plan.cwd.replace(/^-/, "").replace(/^~$/, plan.env.HOME ?? "/root");
  const moved = sys.chdir(cwd);
  if (moved !== undefined && !optional) {
    return yield* fail(sys, plan, "CHDIR", 200, moved.text, "Changing to the requested working directory failed");
  }
  const found = locate(sys, command.path);
  if ("reason" in found)
    return yield* fail(sys, plan, "EXEC", 203, found.reason, `Unable to locate executable '${command.path}'`);
  const expanded = command.noExpand ? undefined : expandArguments(command.argv, plan.env);
  const complaints = [
    ["Referenced but unset environment variable", expanded?.unset ?? []],
    ["Invalid environment variable name", expanded?.bad ?? []],
  ] as const;
  for (const [what, names] of complaints) {
    if (names.length === 0) continue;
    yield* tell(sys, {
      PRIORITY: "4",
      SYSLOG_IDENTIFIER: pendingName(command.path),
      UNIT: plan.unit,
      INVOCATION_ID: plan.invocation,
      MESSAGE: `${plan.unit}: ${what} evaluates to an empty string: ${names.join(", ")}`,
    });
  }
  // The lines of the program are to come after PID 1's and its own, so its stream is opened last.
  const out = yield* openOutput(sys, plan, plan.output);
  if (typeof out === "string") return yield* fail(sys, plan, "STDOUT", 209, out, "Failed to set up standard output");
  if (out !== 1) {
    sys.dup(out, 1);
    sys.close(out);
  }
  const err = plan.error === "inherit" || plan.error === plan.output ? 1 : yield* openOutput(sys, plan, plan.error);
  if (typeof err === "string")
    return yield* fail(sys, plan, "STDERR", 222, err, "Failed to set up standard error output");
  sys.dup(err, 2);
  if (err > 2) sys.close(err);
  if (ids !== undefined) sys.setIds(ids);
  const told = {
    LISTEN_PID: String(sys.pid),
    LISTEN_FDS: String(plan.names.length),
    LISTEN_FDNAMES: plan.names.join(":"),
  };
  const env = { ...plan.env, ...(plan.names.length > 0 ? told : {}), SYSTEMD_EXEC_PID: String(sys.pid) };
  const failed = yield* sys.exec(found.path, expanded?.argv ?? command.argv, env);
  return yield* fail(sys, plan, "EXEC", 203, failed.text, `Failed to execute ${command.path}`);
}
