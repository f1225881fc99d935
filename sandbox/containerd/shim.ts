// containerd-shim-runc-v2: one per pod, a child of init, parent of the pod's processes; it outlives containerd and writes their logs.

import { isErrno } from "../kernel/errno.ts";
import { SIGNALS } from "../kernel/signal.ts";
import type { ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { askLine } from "../lib/ask-line.ts";
import { CONTAINERD_SOCKET, lines, type ShimReply, type ShimRequest, shimSocket } from "./protocol.ts";
import { endAttached } from "./shim/attach.ts";
import { closeSession, exec, serveSession, startSession } from "./shim/exec.ts";
import { copyToLog, drainLogs } from "./shim/log.ts";
import { noInput, openTerminal, processOf } from "./shim/processes.ts";
import type { Input, State } from "./shim/state.ts";

const stateOf = (sys: Sys): State => sys.kept as unknown as State;

const exitCode = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : 128 + (SIGNALS[status.signal] ?? 9);

export const containerdShim: Program = {
  name: "containerd-shim",
  service: {
    *start(sys, argv) {
      if (argv.at(-1) === "start") return yield* leaveToInit(sys, argv);
      const path = shimSocket(argv[argv.indexOf("-id") + 1] ?? "");
      const listener = sys.listen({ family: "unix", path });
      if (isErrno(listener)) return 1;
      const state: State = {
        tasks: new Map(),
        exits: new Map(),
        logs: new Map(),
        sessions: new Map(),
        done: false,
      };
      sys.kept = state as never;
      sys.setMemory(1_238_000, 12_400, 11);
      return undefined;
    },
    *connection(sys, fd) {
      yield* lines(sys, fd, (line) => answer(sys, JSON.parse(line) as ShimRequest, fd));
      if (stateOf(sys).done) yield* sys.exit(0);
    },
    *readable(sys, fd) {
      const state = stateOf(sys);
      const stream = state.logs.get(fd);
      if (stream !== undefined) return yield* copyToLog(sys, state, fd, stream);
      yield* serveSession(sys, state, fd);
    },
    *child(sys, pid, status) {
      const state = stateOf(sys);
      const container = state.tasks.get(pid);
      if (container !== undefined) {
        state.tasks.delete(pid);
        yield* drainLogs(sys, state);
        yield* endAttached(sys, state, container, exitCode(status));
        yield* askLine(sys, CONTAINERD_SOCKET, { method: "TaskExit", container, exitCode: exitCode(status) });
        return;
      }
      const session = [...state.sessions.values()].find((each) => each.pid === pid);
      if (session === undefined) state.exits.set(pid, exitCode(status));
      else {
        session.exit = exitCode(status);
        yield* closeSession(sys, state, session);
      }
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal() {},
  },
};

/** `start` only starts the lasting process and ends, which makes that one a child of init. */
function* leaveToInit(sys: Sys, argv: readonly string[]): Task<number> {
  const pid = sys.spawn({ path: sys.info.exe, argv: argv.slice(0, -1), fds: {}, session: true });
  if (isErrno(pid)) return 1;
  const path = shimSocket(argv[argv.indexOf("-id") + 1] ?? "");
  yield* sys.waitUntil(() => sys.access(path, "r") === undefined, sys.now() + 5000);
  return 0;
}

function* answer(sys: Sys, request: ShimRequest, fd: number): Task<ShimReply> {
  const state = stateOf(sys);
  switch (request.method) {
    case "Shutdown":
      for (const pid of state.tasks.keys()) sys.kill(pid, "SIGKILL");
      state.tasks.clear();
      state.done = true;
      return { done: true };
    case "Kill":
      for (const [pid, container] of state.tasks) if (container === request.container) sys.kill(pid, request.signal);
      return { done: true };
    case "Create":
      return create(sys, state, request);
    case "ExecStream":
      return startSession(sys, state, request, fd);
    case "Attach":
      if (![...state.tasks.values()].includes(request.container))
        return { errno: "ESRCH", text: "process already finished" };
      state.attached ??= new Map();
      state.attached.set(fd, { container: request.container, pending: new Uint8Array(0) });
      return { streaming: true };
    default:
      return yield* exec(sys, state, request);
  }
}

function create(sys: Sys, state: State, request: ShimRequest & { method: "Create" }): ShimReply {
  const { cgroup, log } = request;
  if (request.tty === true && log !== undefined) return createTerminal(sys, state, request, log);
  const input = request.stdin === true ? sys.pipe() : undefined;
  const pipes = log === undefined ? [] : [sys.pipe(), sys.pipe()];
  const nothing = noInput(sys);
  const fds: Record<number, number> = { 0: input?.read ?? nothing };
  for (const [at, pipe] of pipes.entries()) fds[at + 1] = pipe.write;
  const pid = sys.spawn({ ...processOf(request), cgroup, fds });
  for (const pipe of pipes) sys.close(pipe.write);
  if (input !== undefined) sys.close(input.read);
  sys.close(nothing);
  if (isErrno(pid)) {
    for (const pipe of pipes) sys.close(pipe.read);
    if (input !== undefined) sys.close(input.write);
    return { errno: pid.code, text: pid.text };
  }
  state.tasks.set(pid, request.container);
  if (input !== undefined) keepInput(state, request, { fd: input.write, tty: false });
  for (const [at, pipe] of pipes.entries()) {
    const name = at === 0 ? "stdout" : "stderr";
    state.logs.set(pipe.read, { log: log as string, name, container: request.container, partial: "" });
    sys.watch(pipe.read);
  }
  if (log !== undefined) sys.writeFile(log, "", { append: true, mode: 0o640 });
  return { pid };
}

function keepInput(state: State, request: ShimRequest & { method: "Create" }, input: Omit<Input, "once">): void {
  state.inputs ??= new Map();
  state.inputs.set(request.container, { ...input, once: request.stdinOnce === true });
}

/** A process on a terminal of its own: one stream of output, and its input is always there. */
function createTerminal(sys: Sys, state: State, request: ShimRequest & { method: "Create" }, log: string): ShimReply {
  const opened = openTerminal(sys, processOf(request), request.env, request.cgroup);
  if (isErrno(opened)) return { errno: opened.code, text: opened.text };
  const { pid, input } = opened;
  state.tasks.set(pid, request.container);
  keepInput(state, request, { fd: input, tty: true });
  state.logs.set(input, { log, name: "stdout", container: request.container, partial: "" });
  sys.watch(input);
  sys.writeFile(log, "", { append: true, mode: 0o640 });
  return { pid };
}
