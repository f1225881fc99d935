// containerd: a daemon behind a unix socket that turns pods into processes with their own root folder, each below a shim.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { RuntimeReply, RuntimeRequest } from "../lib/cri.ts";
import { notifyReady } from "../lib/sd-notify.ts";
import { execFailed, execSpec, execSync, removeContainer, runContainer, stopContainer } from "./containers.ts";
import { findImage, pullFailure, removeImage } from "./image.ts";
import { readArgs, waitForOthers } from "./options.ts";
import { lines, type ShimReply, type ShimRequest, shimSocket } from "./protocol.ts";
import { removeSandbox, runSandbox, stopSandbox } from "./sandboxes.ts";
import { ended, makeFolders, recall, remember, type State, stateOf, TASKS } from "./state.ts";

export const containerd: Program = {
  name: "containerd",
  service: {
    *start(sys, argv) {
      const asked = readArgs(argv);
      if ("text" in asked) {
        yield* sys.write(asked.status === 0 ? 1 : 2, asked.text);
        return asked.status;
      }
      const { address } = asked;
      makeFolders(sys, "/run/containerd");
      yield* waitForOthers(sys);
      makeFolders(sys, address.slice(0, address.lastIndexOf("/")));
      sys.unlink(address);
      const listener = sys.listen({ family: "unix", path: address });
      if (isErrno(listener)) {
        yield* sys.write(2, `containerd: failed to get listener for main endpoint: ${listener.text.toLowerCase()}\n`);
        return 1;
      }
      sys.chmod(address, 0o660);
      makeFolders(sys, TASKS);
      makeFolders(sys, "/run/containerd/s");
      const state: State = { listener, ended: new Set(), relays: new Map(), ...recall(sys) };
      sys.kept = state as never;
      sys.setMemory(1_800_000, 48_000, 9);
      yield* notifyReady(sys);
      return undefined;
    },
    connection: (sys, fd) => lines(sys, fd, (line) => answer(sys, line, fd)),
    *readable(sys, fd) {
      yield* relay(sys, stateOf(sys), fd);
    },
    *child(sys, pid) {
      stateOf(sys).ended.add(pid);
    },
    *signal(sys) {
      yield* sys.exit(0);
    },
    signals: ["SIGTERM", "SIGINT"],
  },
};

function* answer(sys: Sys, line: string, fd: number): Task<RuntimeReply> {
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
      return yield* stopSandbox(sys, state, request.sandbox);
    case "RemovePodSandbox":
      return yield* removeSandbox(sys, state, request.sandbox);
    case "ListPodSandbox":
      return { sandboxes: [...state.sandboxes.values()] };
    case "RunContainer":
      return yield* runContainer(sys, state, request);
    case "StopContainer":
      return yield* stopContainer(sys, state, request.container, request.timeout);
    case "RemoveContainer":
      return removeContainer(sys, state, request.container);
    case "ListContainers": {
      const containers = [...state.containers.values()];
      return request.running ? { running: containers.filter((c) => c.running).map((c) => c.id) } : { containers };
    }
    case "ExecSync":
      return yield* execSync(sys, state, request.container, request.command);
    case "Exec":
      return yield* execStream(sys, state, request, fd);
    case "Attach": {
      const { container } = request;
      const found = state.containers.get(container);
      if (found?.running !== true)
        return { error: `rpc error: code = NotFound desc = failed to attach: container ${container} not running` };
      const joined = yield* joinShim(sys, state, fd, found.sandbox, { method: "Attach", container });
      return joined === undefined
        ? { streaming: true }
        : { error: `rpc error: code = Unknown desc = failed to attach: ${joined}` };
    }
    case "TaskExit": {
      const container = state.containers.get(request.container);
      if (container?.running === true) {
        state.containers.set(container.id, ended(container, request.exitCode, sys.now()));
        remember(sys, state);
      }
      return { stopped: true };
    }
    case "ListImages":
      return { images: [...state.images.values()] };
    case "ImageStatus": {
      const image = findImage(sys, state, request.image, false);
      return { images: image === undefined ? [] : [image] };
    }
    case "PullImage": {
      const image = findImage(sys, state, request.image, true);
      if (image === undefined) return { error: pullFailure(request.image) };
      remember(sys, state);
      return { image: image.id };
    }
    case "RemoveImage":
      removeImage(state, request.image);
      remember(sys, state);
      return { stopped: true };
    default:
      return { error: "rpc error: code = Unimplemented desc = unknown method" };
  }
}

/** A command beside a container's process, with its client at the other end. */
function* execStream(
  sys: Sys,
  state: State,
  request: RuntimeRequest & { method: "Exec" },
  fd: number,
): Task<RuntimeReply> {
  const spec = execSpec(sys, state, request.container, request.command);
  if (typeof spec === "string") return { error: spec };
  const { sandbox, ...task } = spec;
  const { stdin, tty } = request;
  const failed = yield* joinShim(sys, state, fd, sandbox, { method: "ExecStream", ...task, stdin, tty });
  return failed === undefined ? { streaming: true } : { error: execFailed(request.command[0] ?? "", failed) };
}

/** Joins the client's connection with one to the shim; why not, else. */
function* joinShim(
  sys: Sys,
  state: State,
  fd: number,
  sandbox: string,
  request: ShimRequest,
): Task<string | undefined> {
  const shim = yield* sys.connect({ family: "unix", path: shimSocket(sandbox) });
  if (isErrno(shim)) return "ttrpc: closed";
  yield* sys.write(shim, `${JSON.stringify(request)}\n`);
  const reply = yield* readLine(sys, shim);
  if (reply === undefined || !("streaming" in reply)) {
    sys.close(shim);
    return reply !== undefined && "text" in reply ? reply.text.toLowerCase() : "ttrpc: closed";
  }
  state.relays.set(fd, shim);
  state.relays.set(shim, fd);
  sys.watch(shim);
  return undefined;
}

/** One line, byte by byte, so that what follows it stays for the relay. */
function* readLine(sys: Sys, fd: number): Task<ShimReply | undefined> {
  let text = "";
  while (!text.endsWith("\n")) {
    const part = yield* sys.read(fd, 1);
    if (isErrno(part) || part.length === 0) return undefined;
    text += decode(part);
  }
  return JSON.parse(text) as ShimReply;
}

function* relay(sys: Sys, state: State, fd: number): Task {
  const other = state.relays.get(fd);
  const part = yield* sys.read(fd);
  if (other !== undefined && !isErrno(part) && part.length > 0) {
    yield* sys.write(other, part);
    return;
  }
  for (const each of other === undefined ? [fd] : [fd, other]) {
    state.relays.delete(each);
    sys.watch(each, false);
    sys.close(each);
  }
}
