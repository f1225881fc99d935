// A container's start: image, volumes, environment, the runtime's work, and the events that tell of it.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeContainer } from "../../lib/cri.ts";
import type { KubeletState, Pod } from "../state.ts";
import { environmentOf, expand } from "./environment.ts";
import { tellPod } from "./events.ts";
import { record, type Stored } from "./manifest.ts";
import { callRuntime } from "./runtime.ts";
import { mountsOf, prepareVolumes } from "./volumes.ts";

/** It runs; it was made and could not run; or it has to wait for something. */
export type Started =
  | { readonly started: RuntimeContainer }
  | { readonly failed: string; readonly id: string }
  | { readonly wait: number; readonly waiting: { readonly reason: string; readonly message: string } };

const PULL_PAUSE = 10_000;

/** Whether the image is there, pulled if need be. */
function* ensureImage(sys: Sys, state: KubeletState, pod: Pod, container: Stored): Task<Started | undefined> {
  const image = String(container.image);
  const name = String(container.name);
  const policy = container.imagePullPolicy;
  const run = pod.containers[name];
  const modern = state.profile.minor >= 34;
  const reply = yield* callRuntime(sys, state, { method: "ListImages" });
  // A runtime that cannot list its images says at the start whether it has this one.
  if (!("images" in reply)) return undefined;
  const here = reply.images.some((i) =>
    [i.id, ...i.repoTags, ...i.repoDigests].some(
      (n) => n === image || n.endsWith(`/${image}`) || n === `docker.io/library/${image}:latest`,
    ),
  );
  if (here && policy !== "Always") {
    const text = `Container image "${image}" already present on machine${modern ? " and can be accessed by the pod" : ""}`;
    tellPod(sys, state, pod, "Normal", "Pulled", text, name);
    return undefined;
  }
  if (policy === "Never") {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    tellPod(sys, state, pod, "Warning", "ErrImageNeverPull", message, name);
    tellPod(sys, state, pod, "Warning", "Failed", "Error: ErrImageNeverPull", name);
    return { wait: sys.now() + 12_000, waiting: { reason: "ErrImageNeverPull", message } };
  }
  if (run?.waiting?.reason === "ErrImagePull" || run?.waiting?.reason === "ImagePullBackOff") {
    const pause = run.pause || PULL_PAUSE;
    if (run.waiting.reason === "ErrImagePull") {
      const backOff = `Back-off pulling image "${image}"`;
      tellPod(sys, state, pod, "Normal", "BackOff", backOff, name);
      tellPod(sys, state, pod, "Warning", "Failed", "Error: ImagePullBackOff", name);
      run.pause = Math.min(300_000, pause * 2);
      const message = state.profile.minor >= 32 ? `${backOff}: ErrImagePull: ${run.waiting.message ?? ""}` : backOff;
      return { wait: sys.now() + pause, waiting: { reason: "ImagePullBackOff", message } };
    }
  }
  tellPod(sys, state, pod, "Normal", "Pulling", `Pulling image "${image}"`, name);
  const began = sys.now();
  const pulled = yield* callRuntime(sys, state, { method: "PullImage", image });
  if ("image" in pulled) {
    const took = `${Math.round(sys.now() - began)}ms`;
    const now = modern ? yield* callRuntime(sys, state, { method: "ListImages" }) : reply;
    const size = "images" in now ? now.images.find((i) => i.id === pulled.image)?.size : undefined;
    const tail = modern && size !== undefined ? ` (${took} including waiting). Image size: ${size} bytes.` : "";
    tellPod(sys, state, pod, "Normal", "Pulled", `Successfully pulled image "${image}" in ${took}${tail}`, name);
    return undefined;
  }
  const inner = "error" in pulled ? pulled.error : "no answer";
  tellPod(sys, state, pod, "Warning", "Failed", `Failed to pull image "${image}": ${inner}`, name);
  tellPod(sys, state, pod, "Warning", "Failed", "Error: ErrImagePull", name);
  return { wait: sys.now() + 1000, waiting: { reason: "ErrImagePull", message: inner } };
}

export function* startContainer(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  container: Stored,
  attempt: number,
  logs: string,
): Task<Started> {
  const name = String(container.name);
  const unready = yield* ensureImage(sys, state, pod, container);
  if (unready !== undefined) return unready;
  const env = yield* environmentOf(sys, state, pod, container);
  if ("wrong" in env) {
    tellPod(sys, state, pod, "Warning", "Failed", `Error: ${env.wrong}`, name);
    return { wait: sys.now() + 12_000, waiting: { reason: "CreateContainerConfigError", message: env.wrong } };
  }
  const volumes = yield* prepareVolumes(sys, state, pod);
  if ("trouble" in volumes) {
    tellPod(sys, state, pod, "Warning", "FailedMount", volumes.trouble);
    return { wait: sys.now() + 2000, waiting: { reason: "ContainerCreating", message: volumes.trouble } };
  }
  const values = Object.fromEntries(env.map((e) => [e.name, e.value]));
  const words = (key: string): string[] =>
    ((container[key] as string[] | undefined) ?? []).map((word) => expand(word, values));
  const security = { ...record(pod.object.spec.securityContext), ...record(container.securityContext) };
  const logPath = `${logs}/${name}/${attempt}.log`;
  const reply = yield* callRuntime(sys, state, {
    method: "RunContainer",
    sandbox: pod.sandbox ?? "",
    container: {
      name,
      image: String(container.image),
      command: words("command"),
      args: words("args"),
      env,
      mounts: mountsOf(sys, state, pod, container, volumes),
      ...(container.workingDir === undefined ? {} : { workingDir: String(container.workingDir) }),
      ...(security.runAsUser === undefined ? {} : { runAsUser: Number(security.runAsUser) }),
      ...(security.privileged === true ? { privileged: true } : {}),
      ...(container.tty === true ? { tty: true } : {}),
      ...(container.stdin === true ? { stdin: true, stdinOnce: container.stdinOnce === true } : {}),
    },
    logPath,
    attempt,
  });
  const created = state.profile.minor >= 34;
  tellPod(sys, state, pod, "Normal", "Created", created ? "Container created" : `Created container ${name}`, name);
  if (!("container" in reply)) {
    const inner = "error" in reply ? reply.error.replace(/^rpc error: code = \w+ desc = /, "") : "no answer";
    tellPod(sys, state, pod, "Warning", "Failed", `Error: ${inner}`, name);
    return { failed: inner, id: "" };
  }
  tellPod(sys, state, pod, "Normal", "Started", created ? "Container started" : `Started container ${name}`, name);
  linkLog(sys, pod, name, reply.container.id, logPath);
  return { started: reply.container };
}

/** /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log points at the log of this start. */
function linkLog(sys: Sys, pod: Pod, name: string, id: string, logPath: string): void {
  sys.mkdir("/var/log/containers", 0o755);
  const prefix = `${pod.name}_${pod.namespace}_${name}-`;
  const entries = sys.readdir("/var/log/containers");
  if (Array.isArray(entries))
    for (const entry of entries) if (entry.name.startsWith(prefix)) sys.unlink(`/var/log/containers/${entry.name}`);
  sys.symlink(logPath, `/var/log/containers/${prefix}${id}.log`);
}
