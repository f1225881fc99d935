// PID 1 and journald as programs of the machine. What they know lies in `sys.kept`; what they do in manager/ and journal/.

import { isErrno } from "../kernel/errno.ts";
import type { ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { handleRequest, needsMore, startTarget } from "./manager/control.ts";
import { runJobs } from "./manager/jobs.ts";
import { log, MESSAGE_IDS } from "./manager/log.ts";
import { checkExec, groupChanged, notified, processEnded, timedOut } from "./manager/service-events.ts";
import { JOURNAL_SOCKET, JOURNAL_SYSLOG, NOTIFY_SOCKET } from "./manager/spawn.ts";
import { initialState, keep, type Manager, type ManagerState, managerOf, type UnitRuntime } from "./manager/state.ts";
import { forgetUnused, getUnit, loadDependencies, processesOf } from "./manager/units.ts";
import type { MoreProgram } from "./more.ts";
import { CONTROL_SOCKET } from "./protocol.ts";
import { formatTimespan } from "./time.ts";

export { journald } from "./journal/journald.ts";

/** One line for the journal; where journald was restarted, over a new connection. */
function* tellJournal(sys: Sys, state: ManagerState, text: string): Task<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (state.journal < 0) {
      const opened = yield* sys.connect({ family: "unix", path: JOURNAL_SOCKET });
      if (isErrno(opened)) return;
      state.journal = opened;
    }
    if (!isErrno(yield* sys.write(state.journal, text))) return;
    sys.close(state.journal);
    state.journal = -1;
  }
}

function takeJournal(state: ManagerState): string {
  const end = state.outbox.findIndex(({ fd }) => fd !== -1);
  return state.outbox
    .splice(0, end < 0 ? state.outbox.length : end)
    .map(({ text }) => text)
    .join("");
}

/** Writes what the handlers queued, in order. A door that is shut is forgotten. */
function* flush(sys: Sys): Task<void> {
  const state = sys.kept as unknown as ManagerState;
  while (state.outbox.length > 0) {
    const { fd, text } = state.outbox.shift() as { fd: number; text: string };
    // All that stands for the journal goes at once, so that no child's line comes between. Who waits for an answer finds it written.
    if (fd === -1) {
      yield* tellJournal(sys, state, text + takeJournal(state));
      if (state.outbox.length > 0) yield* sys.rest();
    } else if (fd >= 0 && isErrno(yield* sys.write(fd, text))) sys.close(fd);
  }
}

/** Does something with the manager, lets jobs run on, and writes what came of it. */
function* handle(sys: Sys, work: (manager: Manager) => void): Task<void> {
  const manager = managerOf(sys);
  work(manager);
  runJobs(manager);
  if (manager.state.ended) forgetUnused(manager);
  manager.state.ended = false;
  finishBoot(manager);
  yield* flush(sys);
}

/** Says once that all jobs of the boot are done. */
function finishBoot(manager: Manager): void {
  const { state, sys } = manager;
  if (!state.booting || Object.keys(state.jobs).length > 0) return;
  state.booting = false;
  state.bootFinished = sys.now();
  const kernel = 1_318;
  const user = Math.max(1, sys.now() - state.started) + 2_204;
  const text = `Startup finished in ${formatTimespan(kernel, 1)} (kernel) + ${formatTimespan(user, 1)} (userspace) = ${formatTimespan(kernel + user, 1)}.`;
  log(manager, 6, text, { MESSAGE_ID: MESSAGE_IDS.startupFinished });
}

function makeFolders(sys: Sys): void {
  for (const path of [
    "/run",
    "/run/systemd",
    "/run/systemd/journal",
    "/run/systemd/units",
    "/run/systemd/system",
    "/run/user",
    "/run/lock",
    "/var",
    "/var/log",
  ]) {
    sys.mkdir(path, 0o755);
  }
}

function* start(sys: Sys): Task<number | undefined> {
  const state = initialState();
  state.started = sys.now();
  keep(sys, state);
  makeFolders(sys);
  for (const fd of [0, 1, 2]) if (!sys.openFds().includes(fd)) sys.open("/dev/null", { read: true, write: true });
  sys.symlink(JOURNAL_SYSLOG, "/dev/log");
  sys.unlink(CONTROL_SOCKET);
  const control = sys.listen({ family: "unix", path: CONTROL_SOCKET });
  if (!isErrno(control)) state.control = control;
  sys.chmod(CONTROL_SOCKET, 0o666);
  sys.unlink(NOTIFY_SOCKET);
  sys.listen({ family: "unix", path: NOTIFY_SOCKET });
  sys.chmod(NOTIFY_SOCKET, 0o777);
  sys.setMemory(22_200, 13_400);
  sys.setComm("systemd");
  yield* handle(sys, (manager) => {
    log(
      manager,
      6,
      "systemd 257.13-1~deb13u1 running in system mode (+PAM +AUDIT +SELINUX +APPARMOR +IMA +IPE +SMACK +SECCOMP).",
    );
    for (const name of ["-.slice", "system.slice", "user.slice", "init.scope"]) getUnit(manager, name);
    startTarget(manager, "systemd-journald.service");
  });
  yield* handle(sys, (manager) => {
    manager.state.booting = true;
    const target = getUnit(manager, "default.target");
    loadDependencies(manager, target);
    startTarget(manager, target.definition.id);
  });
  return undefined;
}

/** Whose process this is: by main and control pid, else by nobody. */
function* childEnded(sys: Sys, pid: number, status: ExitStatus): Task<void> {
  if (status.kind === "stopped") return;
  // What the process said last is read by journald before PID 1 speaks of its end.
  yield* sys.rest();
  yield* sys.rest();
  yield* handle(sys, (manager) => {
    const units = Object.values(manager.state.units);
    if (units.some((unit) => processEnded(manager, unit, pid, status))) return;
    for (const unit of units) if (unit.definition.id.endsWith(".service")) groupChanged(manager, unit);
    for (const unit of units) {
      if (unit.definition.id.endsWith(".scope") && unit.sub === "running" && unit.definition.id !== "init.scope") {
        if (processesOf(manager, unit).length > 0) continue;
        unit.sub = "dead";
        manager.state.ended = true;
      }
    }
  });
}

function* readable(sys: Sys, fd: number): Task<void> {
  const state = sys.kept as unknown as ManagerState;
  const door = Object.values(state.units).find(({ doors }) => doors.includes(fd));
  if (door !== undefined) {
    yield* answerDoor(sys, door, fd);
    return;
  }
  const bytes = yield* sys.read(fd);
  if (isErrno(bytes) || bytes.length === 0) {
    sys.watch(fd, false);
    sys.close(fd);
    delete state.requests[fd];
    for (const job of Object.values(state.jobs)) job.waiters = job.waiters.filter((waiter) => waiter !== fd);
    return;
  }
  const peer = sys.peerCredentials(fd);
  const text = (state.requests[fd] ?? "") + decode(bytes);
  if (isErrno(peer)) return;
  if (text.startsWith("notify\n")) {
    yield* handle(sys, (manager) => notify(manager, peer.pid, text.slice(7)));
    return;
  }
  const lines = text.split("\n");
  state.requests[fd] = lines.pop() ?? "";
  for (const line of lines) {
    const more = needsMore(peer.uid, line) ? yield* loadMore(sys) : undefined;
    yield* handle(sys, (manager) => handleRequest(manager, fd, peer.uid, line, more));
  }
}

/** Somebody came to a door of a socket unit. */
function* answerDoor(sys: Sys, unit: UnitRuntime, door: number): Task<void> {
  const more = yield* loadMore(sys);
  let waits = true;
  yield* handle(sys, (manager) => {
    waits = more?.knocked(manager, unit) ?? true;
  });
  if (waits) return;
  const fd = yield* sys.accept(door);
  if (!isErrno(fd)) yield* handle(sys, (manager) => more?.accepted(manager, unit, fd));
}

function* loadMore(sys: Sys): Task<MoreProgram["more"] | undefined> {
  return ((yield* sys.load("systemd-more")) as MoreProgram | undefined)?.more;
}

/** A message of sd_notify: from the main process of a unit, or one of its group. */
function notify(manager: Manager, pid: number, text: string): void {
  const process = manager.sys.process(pid);
  const name = process?.cgroup.split("/").find((part) => part.endsWith(".service"));
  const unit = name === undefined ? undefined : manager.state.units[name];
  if (unit !== undefined) notified(manager, unit, text);
}

/** `/usr/lib/systemd/systemd` as PID 1. */
export const systemd: Program = {
  name: "systemd",
  service: {
    start,
    readable,
    *connection(sys, fd, listener) {
      const state = sys.kept as unknown as ManagerState;
      state.requests[fd] = listener === state.control ? "" : "notify\n";
      sys.watch(fd);
    },
    takes(sys, listener) {
      const { units } = sys.kept as unknown as ManagerState;
      return !Object.values(units).some(({ doors }) => doors.includes(listener));
    },
    *timer(sys, name) {
      const triggers = /^(?:timer|path|socket):/.test(name);
      const more = triggers ? yield* loadMore(sys) : undefined;
      yield* handle(sys, (manager) => {
        const unit = manager.state.units[name.slice(name.indexOf(":") + 1)];
        if (unit === undefined) return;
        if (triggers) more?.triggerRang(manager, unit);
        else if (name.startsWith("exec:")) checkExec(manager, unit);
        else timedOut(manager, unit);
      });
    },
    child: childEnded,
    signals: ["SIGTERM", "SIGHUP"],
    *signal(sys, signal) {
      if (signal === "SIGHUP") yield* handle(sys, (manager) => handleRequest(manager, -2, 0, '{"call":"reload"}'));
    },
  },
};
