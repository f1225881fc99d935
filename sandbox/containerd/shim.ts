// containerd-shim-runc-v2: one per pod, a child of init, parent of the pod's processes; it outlives containerd.

import { isErrno } from "../kernel/errno.ts";
import type { ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode } from "../kernel/text.ts";
import { CONTAINERD_SOCKET, exchange, lines, type ShimReply, type ShimRequest, shimSocket } from "./protocol.ts";

interface State {
  /** Container of each process that it started for good. */
  readonly tasks: Map<number, string>;
  /** How processes of ExecSync ended, until they are asked for. */
  readonly exits: Map<number, number>;
  /** The pod is gone; the shim follows. */
  done: boolean;
}

const stateOf = (sys: Sys): State => sys.kept as unknown as State;
const exitCode = (status: ExitStatus): number => (status.kind === "exited" ? status.code : 137);

export const containerdShim: Program = {
  name: "containerd-shim",
  service: {
    *start(sys, argv) {
      if (argv.at(-1) === "start") return yield* leaveToInit(sys, argv);
      const path = shimSocket(argv[argv.indexOf("-id") + 1] ?? "");
      const listener = sys.listen({ family: "unix", path });
      if (isErrno(listener)) return 1;
      const state: State = { tasks: new Map(), exits: new Map(), done: false };
      sys.kept = state as never;
      sys.setMemory(1_238_000, 12_400, 11);
      return undefined;
    },
    *connection(sys, fd) {
      yield* lines(sys, fd, (line) => answer(sys, JSON.parse(line) as ShimRequest));
      if (stateOf(sys).done) yield* sys.exit(0);
    },
    *child(sys, pid, status) {
      const state = stateOf(sys);
      const container = state.tasks.get(pid);
      if (container === undefined) {
        state.exits.set(pid, exitCode(status));
        return;
      }
      state.tasks.delete(pid);
      yield* exchange(sys, CONTAINERD_SOCKET, { method: "TaskExit", container, exitCode: exitCode(status) });
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

function* answer(sys: Sys, request: ShimRequest): Task<ShimReply> {
  const state = stateOf(sys);
  if (request.method === "Shutdown") {
    for (const pid of state.tasks.keys()) sys.kill(pid, "SIGKILL");
    state.tasks.clear();
    state.done = true;
    return { done: true };
  }
  return request.method === "Create" ? create(sys, state, request) : yield* exec(sys, state, request);
}

function create(sys: Sys, state: State, request: ShimRequest & { method: "Create" }): ShimReply {
  const { path, argv, root, env, cgroup } = request;
  const output =
    request.log === undefined
      ? undefined
      : sys.open(request.log, { write: true, create: true, append: true, mode: 0o640 });
  if (isErrno(output)) return { errno: output.code, text: output.text };
  const fds: Record<number, number> = output === undefined ? {} : { 1: output, 2: output };
  const pid = sys.spawn({ path, argv, root, cwd: "/", env, cgroup, session: true, fds });
  if (output !== undefined) sys.close(output);
  if (isErrno(pid)) return { errno: pid.code, text: pid.text };
  state.tasks.set(pid, request.container);
  return { pid };
}

function* exec(sys: Sys, state: State, request: ShimRequest & { method: "Exec" }): Task<ShimReply> {
  const { path, argv, root, env } = request;
  const out = sys.pipe();
  const err = sys.pipe();
  const pid = sys.spawn({ path, argv, root, cwd: "/", env, fds: { 1: out.write, 2: err.write }, session: true });
  sys.close(out.write);
  sys.close(err.write);
  if (isErrno(pid)) {
    sys.close(out.read);
    sys.close(err.read);
    return { errno: pid.code, text: pid.text };
  }
  const stdout = yield* drain(sys, out.read);
  const stderr = yield* drain(sys, err.read);
  yield* sys.waitUntil(() => state.exits.has(pid));
  const code = state.exits.get(pid) ?? 0;
  state.exits.delete(pid);
  return { stdout, stderr, exitCode: code };
}

function* drain(sys: Sys, fd: number): Task<string> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    parts.push(part);
  }
  sys.close(fd);
  return decode(concat(parts));
}
