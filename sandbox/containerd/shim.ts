// containerd-shim-runc-v2: one per pod, a child of init, parent of the pod's processes; it outlives containerd and writes their logs.

import { isErrno } from "../kernel/errno.ts";
import { SIGNALS } from "../kernel/signal.ts";
import type { ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode, encode } from "../kernel/text.ts";
import { askLine } from "../lib/ask-line.ts";
import { execFrame, readFrames } from "../lib/cri.ts";
import { CONTAINERD_SOCKET, lines, type ShimReply, type ShimRequest, shimSocket } from "./protocol.ts";

/** One end of a pipe from a container's process to its log. */
interface LogStream {
  readonly log: string;
  readonly name: "stdout" | "stderr";
  /** Whose output it is: those who attached get it too. */
  readonly container?: string;
  partial: string;
}

/** The writing end of a container's standard input, or its terminal's master. */
interface Input {
  readonly fd: number;
  readonly tty: boolean;
  /** It ends with the first who attached. */
  readonly once: boolean;
}

/** Somebody at the input and output of a container's own process. */
interface Attached {
  readonly container: string;
  pending: Uint8Array;
}

/** A command with somebody at the other end of a connection. */
interface Session {
  readonly fd: number;
  readonly pid: number;
  /** Writing end of its stdin, or the terminal's master; -1 when closed. */
  input: number;
  readonly tty: boolean;
  /** Descriptors whose data goes out, with their channel. */
  outputs: Record<number, number>;
  pending: Uint8Array;
  exit: number | undefined;
}

interface State {
  /** Container of each process that it started for good. */
  readonly tasks: Map<number, string>;
  /** How processes of ExecSync ended, until they are asked for. */
  readonly exits: Map<number, number>;
  readonly logs: Map<number, LogStream>;
  readonly sessions: Map<number, Session>;
  /** By container. */
  inputs?: Map<string, Input>;
  /** By connection. */
  attached?: Map<number, Attached>;
  /** The pod is gone; the shim follows. */
  done: boolean;
}

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

const processOf = ({
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

/** What a process without an input reads: nothing. */
function noInput(sys: Sys): number {
  const fd = sys.open("/dev/null", { read: true });
  return isErrno(fd) ? -1 : fd;
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

// --- attach: the same output that goes to the log, and the input that waits for somebody ---

function* takeAttached(sys: Sys, state: State, fd: number, attached: Attached): Task {
  const part = yield* sys.read(fd);
  if (isErrno(part) || part.length === 0) return leaveAttached(sys, state, fd, attached.container);
  const { frames, rest } = readFrames(concat([attached.pending, part]));
  attached.pending = rest;
  const input = state.inputs?.get(attached.container);
  for (const { channel, payload } of frames) {
    if (input === undefined) continue;
    if (channel === 4) {
      const size = JSON.parse(decode(payload)) as { Width: number; Height: number };
      if (input.tty) sys.setWindowSize(input.fd, { columns: size.Width, rows: size.Height });
    } else if (channel === 0 && payload.length > 0) yield* sys.write(input.fd, payload);
    else if (channel === 0) endInput(sys, state, attached.container);
  }
}

/** Closes the input where it was for one visitor only; a terminal stays. */
function endInput(sys: Sys, state: State, container: string): void {
  const input = state.inputs?.get(container);
  if (input === undefined || input.tty || !input.once) return;
  state.inputs?.delete(container);
  sys.close(input.fd);
}

function leaveAttached(sys: Sys, state: State, fd: number, container: string): void {
  state.attached?.delete(fd);
  sys.watch(fd, false);
  sys.close(fd);
  endInput(sys, state, container);
}

/** The process has ended: who was attached hears how. */
function* endAttached(sys: Sys, state: State, container: string, code: number): Task {
  for (const [fd, each] of [...(state.attached ?? [])]) {
    if (each.container !== container) continue;
    yield* sys.write(fd, execFrame(3, encode(String(code))));
    state.attached?.delete(fd);
    sys.watch(fd, false);
    sys.close(fd);
  }
  const input = state.inputs?.get(container);
  state.inputs?.delete(container);
  if (input !== undefined && !input.tty) sys.close(input.fd);
}

// --- logs: time, stream and a tag (F for whole lines) before each line, as the CRI wants it ---

const stamp = (sys: Sys): string => {
  const now = sys.now();
  const micro = Math.floor((now * 1000) % 1000);
  return new Date(Math.floor(now))
    .toISOString()
    .replace("Z", `${String(micro).padStart(3, "0")}${String((Math.floor(now) * 7919) % 1000).padStart(3, "0")}Z`);
};

function* copyToLog(sys: Sys, state: State, fd: number, stream: LogStream): Task {
  const part = yield* sys.read(fd);
  const over = isErrno(part) || part.length === 0;
  if (!over)
    for (const [fd_, each] of state.attached ?? [])
      if (each.container === stream.container)
        yield* sys.write(fd_, execFrame(stream.name === "stdout" ? 1 : 2, part as Uint8Array));
  const text = stream.partial + (over ? "" : decode(part as Uint8Array));
  const whole = text.split("\n");
  stream.partial = whole.pop() ?? "";
  if (over) {
    if (stream.partial !== "") whole.push(stream.partial);
    state.logs.delete(fd);
    sys.watch(fd, false);
    sys.close(fd);
  }
  const at = stamp(sys);
  if (whole.length > 0)
    sys.writeFile(stream.log, whole.map((line) => `${at} ${stream.name} F ${line}\n`).join(""), { append: true });
}

/** What ended processes have left in their pipes. */
function* drainLogs(sys: Sys, state: State): Task {
  for (const [fd, stream] of [...state.logs]) if (sys.readable(fd)) yield* copyToLog(sys, state, fd, stream);
}

// --- exec: with everything kept until the end, or as a conversation ---

function* exec(sys: Sys, state: State, request: ShimRequest & { method: "Exec" }): Task<ShimReply> {
  const out = sys.pipe();
  const err = sys.pipe();
  const nothing = noInput(sys);
  const pid = sys.spawn({ ...processOf(request), fds: { 0: nothing, 1: out.write, 2: err.write } });
  sys.close(nothing);
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

function startSession(sys: Sys, state: State, request: ShimRequest & { method: "ExecStream" }, fd: number): ShimReply {
  const common = processOf(request);
  const session = request.tty ? openTerminal(sys, common, request.env) : openPipes(sys, common, request.stdin);
  if (isErrno(session)) return { errno: session.code, text: session.text };
  state.sessions.set(fd, { ...session, fd, pending: new Uint8Array(0), exit: undefined });
  for (const output of Object.keys(session.outputs)) sys.watch(Number(output));
  return { streaming: true };
}

type Opened = Pick<Session, "pid" | "input" | "tty" | "outputs">;
type Common = ReturnType<typeof processOf>;

function openTerminal(
  sys: Sys,
  common: Common,
  env: Readonly<Record<string, string>>,
  cgroup?: string,
): Opened | import("../kernel/errno.ts").Errno {
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

function openPipes(sys: Sys, common: Common, stdin: boolean): Opened | import("../kernel/errno.ts").Errno {
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

function* serveSession(sys: Sys, state: State, fd: number): Task {
  const visitor = state.attached?.get(fd);
  if (visitor !== undefined) return yield* takeAttached(sys, state, fd, visitor);
  const asked = state.sessions.get(fd);
  if (asked !== undefined) return yield* takeFrames(sys, state, asked);
  const session = [...state.sessions.values()].find((each) => fd in each.outputs);
  if (session === undefined) {
    sys.watch(fd, false);
    return;
  }
  const part = yield* sys.read(fd);
  if (isErrno(part) || part.length === 0) {
    sys.watch(fd, false);
    delete session.outputs[fd];
    if (fd === session.input) session.input = -1;
    sys.close(fd);
    return yield* closeSession(sys, state, session);
  }
  yield* sys.write(session.fd, execFrame(session.outputs[fd] ?? 1, part));
}

/** Input, its end, or a new window size from the other side; a closed connection hangs the command up. */
function* takeFrames(sys: Sys, state: State, session: Session): Task {
  const part = yield* sys.read(session.fd);
  if (isErrno(part) || part.length === 0) {
    sys.kill(session.pid, "SIGHUP");
    return dropSession(sys, state, session);
  }
  const { frames, rest } = readFrames(concat([session.pending, part]));
  session.pending = rest;
  for (const { channel, payload } of frames) {
    if (channel === 4) {
      const size = JSON.parse(decode(payload)) as { Width: number; Height: number };
      if (session.tty && session.input >= 0)
        sys.setWindowSize(session.input, { columns: size.Width, rows: size.Height });
    } else if (session.input >= 0) {
      if (payload.length > 0) yield* sys.write(session.input, payload);
      else if (!session.tty) {
        sys.close(session.input);
        session.input = -1;
      } else yield* sys.write(session.input, encode("\x04"));
    }
  }
}

/** Tells the exit status once the command has ended and all of its output is out. */
function* closeSession(sys: Sys, state: State, session: Session): Task {
  if (session.exit === undefined) return;
  for (const [fd, channel] of Object.entries(session.outputs)) {
    while (sys.readable(Number(fd))) {
      const part = yield* sys.read(Number(fd));
      if (isErrno(part) || part.length === 0) break;
      yield* sys.write(session.fd, execFrame(channel, part));
    }
  }
  if (!state.sessions.has(session.fd)) return;
  state.sessions.delete(session.fd);
  yield* sys.write(session.fd, execFrame(3, encode(String(session.exit))));
  dropSession(sys, state, session);
}

function dropSession(sys: Sys, state: State, session: Session): void {
  state.sessions.delete(session.fd);
  for (const fd of Object.keys(session.outputs).map(Number)) {
    sys.watch(fd, false);
    sys.close(fd);
  }
  if (session.input >= 0 && !(session.input in session.outputs)) sys.close(session.input);
  sys.watch(session.fd, false);
  sys.close(session.fd);
}
