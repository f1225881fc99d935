// containerd: a daemon behind a unix socket that turns pods into processes with their own root folder, each below a shim.

import { type Errno, isErrno } from "../kernel/errno.ts";
import { executable } from "../kernel/fs/fs.ts";
import type { ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode } from "../kernel/text.ts";
import { notifyReady } from "../lib/sd-notify.ts";
import { entrypointOf, unpackImage } from "./image.ts";
import { CONTAINERD_SOCKET, type RuntimeContainer, type RuntimeReply, type RuntimeRequest } from "./protocol.ts";

interface Sandbox {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly ip: string;
  readonly hostNetwork: boolean;
  readonly pid: number;
}

interface State {
  listener: number;
  nextIp: number;
  sandboxes: Map<string, Sandbox>;
  containers: Map<string, RuntimeContainer>;
  /** How children ended, until somebody asks. */
  exits: Map<number, number>;
}

const stateOf = (sys: Sys): State => sys.kept as unknown as State;
const TASKS = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";

const newId = (sys: Sys): string => Array.from(sys.random(32), (b) => b.toString(16).padStart(2, "0")).join("");

function makeFolders(sys: Sys, path: string): void {
  const parts = path.split("/").filter((p) => p !== "");
  for (let i = 1; i <= parts.length; i++) sys.mkdir(`/${parts.slice(0, i).join("/")}`, 0o711);
}

const exitCode = (status: ExitStatus): number => (status.kind === "exited" ? status.code : 137);

export const containerd: Program = {
  name: "containerd",
  service: {
    *start(sys) {
      makeFolders(sys, "/run/containerd");
      sys.unlink(CONTAINERD_SOCKET);
      const listener = sys.listen({ family: "unix", path: CONTAINERD_SOCKET });
      if (isErrno(listener)) {
        yield* sys.write(2, `containerd: failed to get listener for main endpoint: ${listener.text.toLowerCase()}\n`);
        return 1;
      }
      sys.chmod(CONTAINERD_SOCKET, 0o660);
      makeFolders(sys, TASKS);
      const state: State = { listener, nextIp: 4, sandboxes: new Map(), containers: new Map(), exits: new Map() };
      sys.kept = state as never;
      sys.setMemory(1_800_000, 48_000, 9);
      yield* notifyReady(sys);
      return undefined;
    },
    *connection(sys, fd) {
      let text = "";
      for (;;) {
        const part = yield* sys.read(fd);
        if (isErrno(part) || part.length === 0) break;
        text += decode(part);
        for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          const reply = yield* answer(sys, line);
          if (isErrno(yield* sys.write(fd, `${JSON.stringify(reply)}\n`))) break;
        }
      }
      sys.close(fd);
    },
    *child(sys, pid, status) {
      const state = stateOf(sys);
      for (const [id, container] of state.containers)
        if (container.pid === pid) {
          state.containers.set(id, { ...container, running: false, exitCode: exitCode(status) });
          return;
        }
      state.exits.set(pid, exitCode(status));
    },
    *signal(sys) {
      yield* sys.exit(0);
    },
    signals: ["SIGTERM", "SIGINT"],
  },
};

function* answer(sys: Sys, line: string): Task<RuntimeReply> {
  let request: RuntimeRequest;
  try {
    request = JSON.parse(line) as RuntimeRequest;
  } catch {
    return { error: "malformed request" };
  }
  const state = stateOf(sys);
  switch (request.method) {
    case "Version":
      return { runtime: "containerd", version: "2.1.4" };
    case "RunPodSandbox":
      return runSandbox(sys, state, request);
    case "StopPodSandbox":
      stopSandbox(sys, state, request.sandbox);
      return { stopped: true };
    case "RunContainer":
      return yield* runContainer(sys, state, request);
    case "ListContainers":
      return { containers: [...state.containers.values()] };
    case "ExecSync":
      return yield* execSync(sys, state, request.container, request.command);
    default:
      return { error: "rpc error: code = Unimplemented desc = unknown method" };
  }
}

function runSandbox(sys: Sys, state: State, request: RuntimeRequest & { method: "RunPodSandbox" }): RuntimeReply {
  const id = newId(sys);
  const own =
    sys
      .interfaces()
      .find((i) => i.name !== "lo")
      ?.addresses[0]?.split("/")[0] ?? "127.0.0.1";
  const ip = request.hostNetwork ? own : `10.244.0.${state.nextIp++}`;
  const pid = spawnTask(sys, id, {
    argv: ["/pause"],
    program: "pause",
    image: "registry.k8s.io/pause:3.10",
    hostname: request.name,
    env: {},
  });
  if (isErrno(pid))
    return { error: `rpc error: code = Unknown desc = failed to create containerd task: ${pid.text.toLowerCase()}` };
  state.sandboxes.set(id, {
    id,
    name: request.name,
    namespace: request.namespace,
    uid: request.uid,
    ip,
    hostNetwork: request.hostNetwork,
    pid,
  });
  return { sandbox: id, ip, pid };
}

interface TaskSpec {
  readonly argv: readonly string[];
  /** Program of the executable where the image has none for it. */
  readonly program?: string;
  readonly image: string;
  readonly hostname: string;
  readonly env: Readonly<Record<string, string>>;
  readonly fds?: Readonly<Record<number, number>>;
}

/** A process with its own root folder. fidelity: its parent is containerd itself, not a shim. */
function spawnTask(sys: Sys, id: string, spec: TaskSpec): number | Errno {
  const root = `${TASKS}/${id}/rootfs`;
  makeFolders(sys, root);
  unpackImage(sys, root, spec.image, spec.hostname);
  const [name = ""] = spec.argv;
  if (spec.program !== undefined) sys.writeFile(root + name, executable(spec.program), { mode: 0o755 });
  const path = name.includes("/") ? name : searchPath(sys, root, name);
  return sys.spawn({
    path: path ?? `/${name}`,
    argv: spec.argv,
    root,
    cwd: "/",
    env: spec.env,
    session: true,
    cgroup: `/kubepods.slice/${id.slice(0, 12)}`,
    ...(spec.fds === undefined ? {} : { fds: spec.fds }),
  });
}

/** Where $PATH finds a command inside a root folder. */
function searchPath(sys: Sys, root: string, name: string): string | undefined {
  return ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    .map((dir) => `${dir}/${name}`)
    .find((path) => sys.access(root + path, "x") === undefined);
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function* runContainer(
  sys: Sys,
  state: State,
  request: RuntimeRequest & { method: "RunContainer" },
): Task<RuntimeReply> {
  const sandbox = state.sandboxes.get(request.sandbox);
  if (sandbox === undefined) return { error: `rpc error: code = NotFound desc = sandbox ${request.sandbox} not found` };
  const { container } = request;
  const id = newId(sys);
  const argv =
    container.command.length > 0
      ? [...container.command, ...container.args]
      : [...entrypointOf(container.image), ...container.args];
  const env: Record<string, string> = { PATH, HOSTNAME: sandbox.hostNetwork ? sys.hostname : sandbox.name };
  for (const { name, value } of container.env) env[name] = value;
  makeFolders(sys, request.logPath.slice(0, request.logPath.lastIndexOf("/")));
  const output = sys.open(request.logPath, { write: true, create: true, append: true, mode: 0o640 });
  if (isErrno(output))
    return { error: `rpc error: code = Unknown desc = failed to create container log: ${output.text.toLowerCase()}` };
  const pid = spawnTask(sys, id, {
    argv,
    image: container.image,
    hostname: env["HOSTNAME"] ?? "",
    env: { ...env, CONTAINER_NAME: container.name },
    fds: { 1: output, 2: output },
  });
  sys.close(output);
  if (isErrno(pid)) {
    const reason = pid.code === "ENOENT" ? "executable file not found in $PATH" : pid.text.toLowerCase();
    return {
      error: `rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${argv[0]}": ${reason}`,
    };
  }
  const made: RuntimeContainer = {
    id,
    sandbox: sandbox.id,
    name: container.name,
    pod: sandbox.name,
    namespace: sandbox.namespace,
    uid: sandbox.uid,
    ip: sandbox.ip,
    image: container.image,
    env,
    pid,
    startedAt: sys.now(),
    running: true,
    exitCode: 0,
  };
  state.containers.set(id, made);
  return { container: made };
}

function stopSandbox(sys: Sys, state: State, id: string): void {
  for (const [key, container] of state.containers)
    if (container.sandbox === id) {
      if (container.running) sys.kill(container.pid, "SIGKILL");
      state.containers.delete(key);
    }
  const sandbox = state.sandboxes.get(id);
  if (sandbox !== undefined) sys.kill(sandbox.pid, "SIGKILL");
  state.sandboxes.delete(id);
}

function* execSync(sys: Sys, state: State, id: string, command: readonly string[]): Task<RuntimeReply> {
  const container = state.containers.get(id);
  if (container === undefined || !container.running)
    return { error: `rpc error: code = NotFound desc = failed to exec in container: container ${id} not running` };
  const root = `${TASKS}/${id}/rootfs`;
  const [name = ""] = command;
  const path = name.includes("/") ? name : searchPath(sys, root, name);
  const out = sys.pipe();
  const err = sys.pipe();
  const pid =
    path === undefined || name === ""
      ? undefined
      : sys.spawn({
          path,
          argv: command,
          root,
          cwd: "/",
          env: container.env,
          fds: { 1: out.write, 2: err.write },
          session: true,
        });
  sys.close(out.write);
  sys.close(err.write);
  if (pid === undefined || isErrno(pid)) {
    sys.close(out.read);
    sys.close(err.read);
    const reason =
      pid === undefined || pid.code === "ENOENT"
        ? name.includes("/")
          ? "no such file or directory"
          : "executable file not found in $PATH"
        : pid.text.toLowerCase();
    return {
      error: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${reason}`,
    };
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
