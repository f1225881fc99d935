// Sessions: a shell or a command on a pseudo-terminal or on pipes, from its start to its end.

import { isErrno } from "../kernel/errno.ts";
import type { ExitStatus, Sys, Task } from "../kernel/sys.ts";
import { encode } from "../kernel/text.ts";
import { type Message, sendFrame, sendMessage } from "../lib/ssh/wire.ts";
import { findUser, readGroups } from "../lib/users.ts";
import { readText } from "./config.ts";
import { log } from "./log.ts";
import { close, type Session, stateOf } from "./state.ts";

/** Starts what the client asked for. */
export function* open(sys: Sys, fd: number, session: Session, message: Message & { type: "session" }): Task<void> {
  const state = stateOf(sys);
  const user = findUser(sys, session.user);
  if (user === undefined) return close(sys, fd);
  const number = state.nextSession++;
  const groups = readGroups(sys)
    .filter((group) => group.members.includes(user.name))
    .map((group) => group.gid);
  const shell = user.shell === "" ? "/bin/sh" : user.shell;
  const name = shell.slice(shell.lastIndexOf("/") + 1);
  const pty = message.pty === undefined ? undefined : sys.openpty(message.pty);
  const local = sys.getsockname(fd);
  const here = isErrno(local) || local.family === "unix" ? { address: "", port: 22 } : local;
  const env: Record<string, string> = {
    USER: user.name,
    LOGNAME: user.name,
    HOME: user.home,
    SHELL: shell,
    LANG: message.lang ?? "C.UTF-8",
    PATH:
      user.uid === 0
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : "/usr/local/bin:/usr/bin:/bin:/usr/games",
    SSH_CLIENT: `${session.peer} ${session.port} ${here.port}`,
    SSH_CONNECTION: `${session.peer} ${session.port} ${here.address} ${here.port}`,
    ...(pty === undefined ? {} : { SSH_TTY: `/dev/${pty.slave}`, TERM: message.pty?.term ?? "xterm-256color" }),
  };
  const argv = message.command === undefined ? [`-${name}`] : [name, "-c", message.command];
  const common = {
    path: shell,
    argv,
    env,
    cwd: isErrno(sys.stat(user.home)) ? "/" : user.home,
    uid: user.uid,
    gid: user.gid,
    groups: [user.gid, ...groups],
    session: true,
    cgroup: `/user.slice/user-${user.uid}.slice/session-${number}.scope`,
    umask: 0o022,
  };
  if (pty !== undefined) {
    session.master = pty.master;
    session.slave = pty.slave;
    state.outputs[pty.master] = fd;
    if (message.command === undefined)
      yield* sendFrame(sys, fd, { kind: "data", bytes: encode(greeting(sys, session).replaceAll("\n", "\r\n")) });
    const tty = sys.open(`/dev/${pty.slave}`, { read: true, write: true });
    if (isErrno(tty)) return close(sys, fd);
    const pid = sys.spawn({ ...common, tty: pty.slave, fds: { 0: tty, 1: tty, 2: tty } });
    sys.close(tty);
    session.pid = isErrno(pid) ? 0 : pid;
    sys.watch(pty.master);
  } else {
    const [input, output, error] = [sys.pipe(), sys.pipe(), sys.pipe()];
    const pid = sys.spawn({ ...common, fds: { 0: input.read, 1: output.write, 2: error.write } });
    for (const end of [input.read, output.write, error.write]) sys.close(end);
    Object.assign(session, { pid: isErrno(pid) ? 0 : pid, input: input.write, output: output.read, error: error.read });
    for (const end of [output.read, error.read]) {
      state.outputs[end] = fd;
      sys.watch(end);
    }
  }
  yield* log(
    sys,
    `pam_unix(sshd:session): session opened for user ${user.name}(uid=${user.uid}) by ${user.name}(uid=0)`,
  );
}

/** /etc/motd and the last login. */
function greeting(sys: Sys, session: Session): string {
  const { lastLogin } = stateOf(sys);
  const last = lastLogin[session.user];
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const now = new Date(sys.now());
  const clock = now.toISOString().slice(11, 19);
  lastLogin[session.user] =
    `${days[now.getUTCDay()]} ${months[now.getUTCMonth()]} ${String(now.getUTCDate()).padStart(2)} ${clock} ${now.getUTCFullYear()} from ${session.peer}`;
  return `${readText(sys, "/etc/motd")}${last === undefined ? "" : `Last login: ${last}\n`}`;
}

export function* fromSession(sys: Sys, fd: number, client: number): Task<void> {
  const session = stateOf(sys).sessions[client];
  const bytes = yield* sys.read(fd);
  if (isErrno(bytes) || bytes.length === 0) {
    sys.watch(fd, false);
    return;
  }
  yield* sendFrame(sys, client, { kind: session?.error === fd ? "error" : "data", bytes });
}

export function* childEnded(sys: Sys, pid: number, status: ExitStatus): Task<void> {
  const state = stateOf(sys);
  const found = Object.entries(state.sessions).find(([, session]) => session.pid === pid);
  if (found === undefined || status.kind === "stopped") return;
  const [fd, session] = [Number(found[0]), found[1]];
  yield* sys.rest();
  session.pid = 0;
  for (const own of [session.master, session.output, session.error]) {
    while (own >= 0 && sys.readable(own)) {
      const bytes = yield* sys.read(own);
      if (isErrno(bytes) || bytes.length === 0) break;
      yield* sendFrame(sys, fd, { kind: own === session.error ? "error" : "data", bytes });
    }
  }
  if (stateOf(sys).sessions[fd] === undefined) return;
  const exit: Message =
    status.kind === "exited"
      ? { type: "exit", status: status.code }
      : { type: "exit", status: 255, signal: status.signal };
  yield* sendMessage(sys, fd, exit);
  yield* log(sys, `pam_unix(sshd:session): session closed for user ${session.user}`);
  close(sys, fd);
}
