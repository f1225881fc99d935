// Containers: a root folder from an image with its mounts, a process below the pod's shim, and commands run beside it.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type {
  ContainerSpec,
  Mount,
  RuntimeContainer,
  RuntimeReply,
  RuntimeRequest,
  RuntimeSandbox,
} from "../lib/cri.ts";
import { entrypointOf, findImage, unpackImage } from "./image.ts";
import type { ShimReply, TaskSpec } from "./protocol.ts";
import { askShim, cgroupOf, failed, PATH } from "./sandboxes.ts";
import { makeFolders, newId, remember, removeFolder, rootOf, type State, TASKS } from "./state.ts";

/** The file that a command names inside a root folder; undefined where $PATH has none. */
const find = (sys: Sys, root: string, name: string): string | undefined =>
  name.includes("/") || name === ""
    ? name
    : PATH.split(":")
        .map((folder) => `${folder}/${name}`)
        .find((path) => sys.access(root + path, "x") === undefined);

/** Lays a host's file or folder into a root folder. A host path that is missing becomes a folder, as containerd does it. */
function mount(sys: Sys, root: string, { hostPath, containerPath }: Mount): void {
  if (isErrno(sys.stat(hostPath))) makeFolders(sys, hostPath, 0o755);
  const target = `${root}/${containerPath}`.replace(/\/+/g, "/").replace(/\/$/, "");
  removeFolder(sys, target);
  makeFolders(sys, target.slice(0, target.lastIndexOf("/")), 0o755);
  sys.bind(hostPath, target);
}

/** What the cluster starts with lies in a file that no manifest mounts. fidelity: a real etcd holds it already. */
const SEED = "/etc/kubernetes/cluster.json";

function* startTask(
  sys: Sys,
  sandbox: RuntimeSandbox,
  id: string,
  container: ContainerSpec,
  logPath: string,
): Task<{ readonly pid: number; readonly env: Record<string, string> } | { readonly error: string }> {
  const argv =
    container.command.length > 0
      ? [...container.command, ...container.args]
      : [...entrypointOf(container.image, container.args.length > 0), ...container.args];
  const env: Record<string, string> = { PATH, HOSTNAME: sandbox.hostNetwork ? sys.hostname : sandbox.name };
  for (const { name, value } of container.env) env[name] = value;
  makeFolders(sys, logPath.slice(0, logPath.lastIndexOf("/")), 0o755);
  const root = rootOf(id);
  makeFolders(sys, root);
  unpackImage(sys, root, container.image, env.HOSTNAME ?? "");
  for (const each of container.mounts ?? []) mount(sys, root, each);
  if (/\/(kube-apiserver|etcd):/.test(container.image) && !isErrno(sys.stat(SEED)))
    mount(sys, root, { hostPath: SEED, containerPath: SEED });
  const [name = ""] = argv;
  const task: TaskSpec = {
    path: find(sys, root, name) ?? `/${name}`,
    argv,
    root,
    cwd: container.workingDir ?? "/",
    env: { ...env, CONTAINER_NAME: container.name },
    ...spaceOf(sandbox),
    ...(container.runAsUser === undefined ? {} : { uid: container.runAsUser }),
  };
  const cgroup = cgroupOf(sandbox.uid, id);
  const { tty, stdin, stdinOnce } = container;
  const reply = yield* askShim(sys, sandbox.id, {
    method: "Create",
    container: id,
    cgroup,
    log: logPath,
    ...task,
    ...(tty === true ? { tty } : {}),
    ...(stdin === true ? { stdin, stdinOnce: stdinOnce === true } : {}),
  });
  if ("pid" in reply) return { pid: reply.pid, env };
  const text = "text" in reply ? reply.text.toLowerCase() : "ttrpc: closed";
  const absent = name.includes("/") ? `stat ${name}: no such file or directory` : "executable file not found in $PATH";
  const reason = "errno" in reply && reply.errno === "ENOENT" ? absent : text;
  return {
    error: `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": ${reason}`,
  };
}

export function* runContainer(
  sys: Sys,
  state: State,
  request: RuntimeRequest & { method: "RunContainer" },
): Task<RuntimeReply> {
  const sandbox = state.sandboxes.get(request.sandbox);
  if (sandbox?.running !== true)
    return { error: `rpc error: code = NotFound desc = sandbox ${request.sandbox} not found` };
  const { container, logPath } = request;
  const image = findImage(sys, state, container.image, true);
  if (image === undefined)
    return {
      error: `rpc error: code = NotFound desc = failed to create container: failed to get image from containerd "${container.image}": image "${container.image}": not found`,
    };
  const id = newId(sys);
  const task = yield* startTask(sys, sandbox, id, container, logPath);
  const made: RuntimeContainer = {
    id,
    sandbox: sandbox.id,
    name: container.name,
    pod: sandbox.name,
    namespace: sandbox.namespace,
    uid: sandbox.uid,
    ip: sandbox.ip,
    image: container.image,
    imageId: image.id,
    imageRef: image.repoDigests[0] ?? image.id,
    command: container.command,
    args: container.args,
    mounts: container.mounts ?? [],
    env: "pid" in task ? task.env : {},
    pid: "pid" in task ? task.pid : 0,
    createdAt: sys.now(),
    startedAt: "pid" in task ? sys.now() : 0,
    running: "pid" in task,
    exitCode: "pid" in task ? 0 : 128,
    attempt: request.attempt ?? 0,
    logPath,
    ...("pid" in task ? {} : { finishedAt: sys.now(), reason: "StartError", message: task.error }),
  };
  state.containers.set(id, made);
  remember(sys, state);
  return "error" in task ? failed(task.error) : { container: made };
}

/** SIGTERM, SIGKILL when the time is over; answers when the process has ended. */
export function* stopContainer(sys: Sys, state: State, id: string, timeout: number): Task<RuntimeReply> {
  const container = state.containers.get(id);
  if (container === undefined) return notFound(id);
  if (!container.running) return { stopped: true };
  const isOver = (): boolean => state.containers.get(id)?.running !== true;
  if (timeout > 0) {
    yield* askShim(sys, container.sandbox, { method: "Kill", container: id, signal: "SIGTERM" });
    yield* sys.waitUntil(isOver, sys.now() + timeout * 1000);
  }
  if (!isOver()) {
    yield* askShim(sys, container.sandbox, { method: "Kill", container: id, signal: "SIGKILL" });
    yield* sys.waitUntil(isOver, sys.now() + 2000);
  }
  return { stopped: true };
}

const notFound = (id: string): RuntimeReply => ({
  error: `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
});

export function removeContainer(sys: Sys, state: State, id: string): RuntimeReply {
  const container = state.containers.get(id);
  if (container === undefined) return { stopped: true };
  if (container.running)
    return {
      error: `rpc error: code = Unknown desc = failed to set removing state for container "${id}": container is still running, to stop first`,
    };
  state.containers.delete(id);
  removeFolder(sys, `${TASKS}/${id}`);
  if (container.logPath !== undefined) sys.unlink(container.logPath);
  remember(sys, state);
  return { stopped: true };
}

/** What a command needs to run beside a container's own process; text of the refusal else. */
export function execSpec(
  sys: Sys,
  state: State,
  id: string,
  command: readonly string[],
): (TaskSpec & { readonly sandbox: string }) | string {
  const container = state.containers.get(id);
  if (container === undefined || !container.running)
    return `rpc error: code = NotFound desc = failed to exec in container: container ${id} not running`;
  const root = rootOf(id);
  const [name = ""] = command;
  const path = find(sys, root, name);
  if (path === undefined || path === "" || sys.access(root + path, "x") !== undefined)
    return execFailed(name, name.includes("/") ? "no such file or directory" : "executable file not found in $PATH");
  return {
    path,
    argv: command,
    root,
    cwd: "/",
    env: { ...container.env, ...home(sys, root) },
    ...spaceOf(state.sandboxes.get(container.sandbox)),
    sandbox: container.sandbox,
  };
}

/** A pod with its own network has its own host name, too. */
const spaceOf = (sandbox: RuntimeSandbox | undefined): Pick<TaskSpec, "hostname" | "netns"> =>
  sandbox === undefined || sandbox.hostNetwork ? {} : { hostname: sandbox.name, netns: sandbox.ip };

/** $HOME of root as the image's passwd has it. */
function home(sys: Sys, root: string): Record<string, string> {
  const data = sys.readFile(`${root}/etc/passwd`);
  const found = isErrno(data) ? undefined : /^root:[^:]*:0:0:[^:]*:([^:]*):/m.exec(decode(data))?.[1];
  return { HOME: found ?? "/" };
}

export const execFailed = (name: string, why: string): string =>
  `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${why}`;

export function* execSync(sys: Sys, state: State, id: string, command: readonly string[]): Task<RuntimeReply> {
  const spec = execSpec(sys, state, id, command);
  if (typeof spec === "string") return { error: spec };
  const { sandbox, ...task } = spec;
  const reply: ShimReply = yield* askShim(sys, sandbox, { method: "Exec", ...task });
  if ("stdout" in reply) return reply;
  return { error: execFailed(command[0] ?? "", "text" in reply ? reply.text.toLowerCase() : "ttrpc: closed") };
}
