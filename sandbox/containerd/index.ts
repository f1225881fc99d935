// containerd: a daemon behind a unix socket that turns pods into processes with their own root folder, each below a shim.

import { isErrno } from "../kernel/errno.ts";
import { executable } from "../kernel/fs/fs.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { notifyReady } from "../lib/sd-notify.ts";
import { entrypointOf, unpackImage } from "./image.ts";
import {
  CONTAINERD_SOCKET,
  exchange,
  lines,
  type RuntimeContainer,
  type RuntimeReply,
  type RuntimeRequest,
  SHIM,
  type ShimReply,
  type ShimRequest,
  shimSocket,
  type TaskSpec,
} from "./protocol.ts";

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
  /** Starters of shims that have done their work. */
  ended: Set<number>;
}

const stateOf = (sys: Sys): State => sys.kept as unknown as State;
const TASKS = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";

const newId = (sys: Sys): string => Array.from(sys.random(32), (b) => b.toString(16).padStart(2, "0")).join("");

function makeFolders(sys: Sys, path: string): void {
  const parts = path.split("/").filter((p) => p !== "");
  for (let i = 1; i <= parts.length; i++) sys.mkdir(`/${parts.slice(0, i).join("/")}`, 0o711);
}

/** What containerd knows outlives it, as the pods do; after a boot there is nothing to remember. */
const METADATA = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";

type Memory = Pick<State, "nextIp" | "sandboxes" | "containers">;

function remember(sys: Sys, { nextIp, sandboxes, containers }: State): void {
  const boot = sys.machine.bootId;
  sys.writeFile(
    METADATA,
    JSON.stringify({ boot, nextIp, sandboxes: [...sandboxes.values()], containers: [...containers.values()] }),
    { mode: 0o644 },
  );
}

function recall(sys: Sys): Memory {
  const nothing = { nextIp: 4, sandboxes: new Map(), containers: new Map() };
  makeFolders(sys, METADATA.slice(0, METADATA.lastIndexOf("/")));
  const data = sys.readFile(METADATA);
  if (isErrno(data)) return nothing;
  try {
    const kept = JSON.parse(decode(data)) as {
      boot: string;
      nextIp: number;
      sandboxes: Sandbox[];
      containers: RuntimeContainer[];
    };
    if (kept.boot !== sys.machine.bootId) return nothing;
    const alive = new Set(sys.processes().map((process) => process.pid));
    const containers = kept.containers.map((c) => (alive.has(c.pid) ? c : { ...c, running: false, exitCode: 255 }));
    return {
      nextIp: kept.nextIp,
      sandboxes: new Map(kept.sandboxes.filter((s) => alive.has(s.pid)).map((s) => [s.id, s])),
      containers: new Map(containers.map((c) => [c.id, c])),
    };
  } catch {
    return nothing;
  }
}

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
      makeFolders(sys, "/run/containerd/s");
      const state: State = { listener, ended: new Set(), ...recall(sys) };
      sys.kept = state as never;
      sys.setMemory(1_800_000, 48_000, 9);
      yield* notifyReady(sys);
      return undefined;
    },
    connection: (sys, fd) => lines(sys, fd, (line) => answer(sys, line)),
    *child(sys, pid) {
      stateOf(sys).ended.add(pid);
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
      return yield* runSandbox(sys, state, request);
    case "StopPodSandbox":
      yield* stopSandbox(sys, state, request.sandbox);
      return { stopped: true };
    case "RunContainer":
      return yield* runContainer(sys, state, request);
    case "ListContainers":
      return { containers: [...state.containers.values()] };
    case "ExecSync":
      return yield* execSync(sys, state, request.container, request.command);
    case "TaskExit": {
      const container = state.containers.get(request.container);
      if (container !== undefined)
        state.containers.set(container.id, { ...container, running: false, exitCode: request.exitCode });
      remember(sys, state);
      return { stopped: true };
    }
    default:
      return { error: "rpc error: code = Unimplemented desc = unknown method" };
  }
}

const failed = (inner: string): RuntimeReply => ({
  error: `rpc error: code = Unknown desc = failed to create containerd task: ${inner}`,
});

function* runSandbox(
  sys: Sys,
  state: State,
  request: RuntimeRequest & { method: "RunPodSandbox" },
): Task<RuntimeReply> {
  const id = newId(sys);
  const own =
    sys
      .interfaces()
      .find((i) => i.name !== "lo")
      ?.addresses[0]?.split("/")[0] ?? "127.0.0.1";
  const ip = request.hostNetwork ? own : `10.244.0.${state.nextIp++}`;
  const root = unpack(sys, id, "registry.k8s.io/pause:3.10", request.name);
  sys.writeFile(`${root}/pause`, executable("pause"), { mode: 0o755 });
  const starter = sys.spawn({
    path: SHIM,
    argv: [SHIM, "-namespace", "k8s.io", "-id", id, "-address", CONTAINERD_SOCKET, "start"],
    env: { PATH },
    fds: {},
  });
  if (isErrno(starter))
    return failed(
      'failed to start shim: start failed: exec: "containerd-shim-runc-v2": executable file not found in $PATH',
    );
  yield* sys.waitUntil(() => state.ended.has(starter));
  state.ended.delete(starter);
  const pause = { path: "/pause", argv: ["/pause"], root, env: {} };
  const made = yield* askShim(sys, id, { method: "Create", container: id, cgroup: cgroupOf(id), ...pause });
  if (!("pid" in made)) return failed("text" in made ? made.text.toLowerCase() : "ttrpc: closed");
  state.sandboxes.set(id, {
    id,
    name: request.name,
    namespace: request.namespace,
    uid: request.uid,
    ip,
    hostNetwork: request.hostNetwork,
    pid: made.pid,
  });
  remember(sys, state);
  return { sandbox: id, ip, pid: made.pid };
}

function* askShim(sys: Sys, sandbox: string, request: ShimRequest): Task<ShimReply> {
  const reply = (yield* exchange(sys, shimSocket(sandbox), request)) as ShimReply | undefined;
  return reply ?? { errno: "ECONNREFUSED", text: "ttrpc: closed" };
}

const cgroupOf = (id: string): string => `/kubepods.slice/${id.slice(0, 12)}`;

/** A root folder with an image in it. */
function unpack(sys: Sys, id: string, image: string, hostname: string): string {
  const root = `${TASKS}/${id}/rootfs`;
  makeFolders(sys, root);
  unpackImage(sys, root, image, hostname);
  return root;
}

/** The file that a command names inside a root folder; undefined where there is none. */
const find = (sys: Sys, root: string, name: string): string | undefined =>
  name.includes("/") || name === "" ? name : searchPath(sys, root, name);

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
  const root = unpack(sys, id, container.image, env["HOSTNAME"] ?? "");
  const [name = ""] = argv;
  const task: TaskSpec = {
    path: find(sys, root, name) ?? `/${name}`,
    argv,
    root,
    env: { ...env, CONTAINER_NAME: container.name },
  };
  const reply = yield* askShim(sys, sandbox.id, {
    method: "Create",
    container: id,
    cgroup: cgroupOf(id),
    log: request.logPath,
    ...task,
  });
  if (!("pid" in reply)) {
    const text = "text" in reply ? reply.text.toLowerCase() : "ttrpc: closed";
    const reason = "errno" in reply && reply.errno === "ENOENT" ? "executable file not found in $PATH" : text;
    return failed(
      `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": ${reason}`,
    );
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
    pid: reply.pid,
    startedAt: sys.now(),
    running: true,
    exitCode: 0,
  };
  for (const [key, old] of state.containers)
    if (old.sandbox === sandbox.id && old.name === container.name && !old.running) state.containers.delete(key);
  state.containers.set(id, made);
  remember(sys, state);
  return { container: made };
}

function* stopSandbox(sys: Sys, state: State, id: string): Task {
  for (const [key, container] of state.containers) if (container.sandbox === id) state.containers.delete(key);
  if (state.sandboxes.delete(id)) yield* askShim(sys, id, { method: "Shutdown" });
  remember(sys, state);
}

function* execSync(sys: Sys, state: State, id: string, command: readonly string[]): Task<RuntimeReply> {
  const container = state.containers.get(id);
  if (container === undefined || !container.running)
    return { error: `rpc error: code = NotFound desc = failed to exec in container: container ${id} not running` };
  const root = `${TASKS}/${id}/rootfs`;
  const [name = ""] = command;
  const path = find(sys, root, name);
  const reply: ShimReply =
    path === undefined || path === ""
      ? { errno: "ENOENT", text: "" }
      : yield* askShim(sys, container.sandbox, { method: "Exec", path, argv: command, root, env: container.env });
  if ("stdout" in reply) return reply;
  const missing = "errno" in reply && reply.errno === "ENOENT";
  const text = "text" in reply ? reply.text.toLowerCase() : "ttrpc: closed";
  const absent = name.includes("/") ? "no such file or directory" : "executable file not found in $PATH";
  return {
    error: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${missing ? absent : text}`,
  };
}
