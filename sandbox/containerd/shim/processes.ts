// How the shim starts a process of its pod: on pipes, or on a terminal of its own.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import type { ShimRequest } from "../protocol.ts";
import type { Session } from "./state.ts";

export const processOf = ({
  path,
  argv,
  root,
  env,
  cwd = "/",
  uid,
  hostname,
  netns,
}: ShimRequest & { method: "Create" | "Exec" | "ExecStream" }) => ({
  path,
  argv,
  root,
  cwd,
  env,
  session: true,
  ...(hostname === undefined ? {} : { hostname }),
  ...(netns === undefined ? {} : { netns }),
  ...(uid === undefined ? {} : { uid, gid: 0, groups: [] }),
});

/** What a process without an input reads: nothing. */
export function noInput(sys: Sys): number {
  const fd = sys.open("/dev/null", { read: true });
  return isErrno(fd) ? -1 : fd;
}

type Opened = Pick<Session, "pid" | "input" | "tty" | "outputs">;
type Common = ReturnType<typeof processOf>;

export function openTerminal(
  sys: Sys,
  common: Common,
  env: Readonly<Record<string, string>>,
  cgroup?: string,
): Opened | Errno {
  const pty = sys.openpty({ columns: 80, rows: 24 });
  const tty = sys.open(`/dev/${pty.slave}`, { read: true, write: true });
  if (isErrno(tty)) return tty;
  const pid = sys.spawn({
    ...common,
    ...(cgroup === undefined ? {} : { cgroup }),
    env: { ...env, TERM: "xterm" },
    tty: pty.slave,
    fds: { 0: tty, 1: tty, 2: tty },
  });
  sys.close(tty);
  if (isErrno(pid)) {
    sys.close(pty.master);
    return pid;
  }
  return { pid, input: pty.master, tty: true, outputs: { [pty.master]: 1 } };
}

export function openPipes(sys: Sys, common: Common, stdin: boolean): Opened | Errno {
  const out = sys.pipe();
  const err = sys.pipe();
  const input = stdin ? sys.pipe() : undefined;
  const fds = { 0: input?.read ?? noInput(sys), 1: out.write, 2: err.write };
  const pid = sys.spawn({ ...common, fds });
  for (const fd of Object.values(fds)) sys.close(fd);
  if (isErrno(pid)) {
    for (const fd of [out.read, err.read, ...(input === undefined ? [] : [input.write])]) sys.close(fd);
    return pid;
  }
  return { pid, input: input?.write ?? -1, tty: false, outputs: { [out.read]: 1, [err.read]: 2 } };
}
