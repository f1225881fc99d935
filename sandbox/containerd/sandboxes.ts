// Pods as the runtime knows them: a sandbox is a pause process below a shim of its own, and an address.

import { isErrno } from "../kernel/errno.ts";
import { executable } from "../kernel/fs/executable.ts";
import type { InterfaceInfo, Sys, Task } from "../kernel/sys.ts";
import { askLine } from "../lib/ask-line.ts";
import type { RuntimeReply, RuntimeRequest } from "../lib/cri.ts";
import { CONTAINERD_SOCKET, SHIM, type ShimReply, type ShimRequest, shimSocket } from "./protocol.ts";
import { ended, makeFolders, newId, remember, removeFolder, rootOf, type State, TASKS } from "./state.ts";

export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const failed = (inner: string): RuntimeReply => ({
  error: `rpc error: code = Unknown desc = failed to create containerd task: ${inner}`,
});

/**
 * Network of this node's pods: the first for the control plane, then one a node by its address, as a small cluster's controller hands them out.
 * fidelity: no CNI plug-in asks the Node for its podCIDR.
 */
function podNetwork(own: string): string {
  const [, , third = 0, fourth = 0] = own.split(".").map(Number);
  return `10.244.${third === 1 ? 0 : Math.max(1, third - 2 + fourth - 1)}`;
}

/**
 * The network of a pod, named by its address: its own loopback, and one end of a pair of virtual interfaces, whose hardware
 * address is made of the IP address as the bridge plug-in of CNI does.
 */
const podInterfaces = (ip: string): readonly InterfaceInfo[] =>
  Object.freeze([
    { index: 1, name: "lo", mac: "00:00:00:00:00:00", mtu: 65_536, up: true, addresses: ["127.0.0.1/8", "::1/128"] },
    {
      index: 2,
      name: "eth0",
      mac: `0a:58${ip.replace(/\.?(\d+)/g, (_, part) => `:${Number(part).toString(16).padStart(2, "0")}`)}`,
      mtu: 1_450,
      up: true,
      addresses: [`${ip}/24`],
    },
  ]);

/** cgroup of a container under the systemd driver. */
export const cgroupOf = (uid: string, id: string): string => {
  const pod = `kubepods-besteffort-pod${uid.replaceAll("-", "_")}.slice`;
  return `/kubepods.slice/kubepods-besteffort.slice/${pod}/cri-containerd-${id}.scope`;
};

export function* askShim(sys: Sys, sandbox: string, request: ShimRequest): Task<ShimReply> {
  const reply = yield* askLine<ShimReply>(sys, shimSocket(sandbox), request);
  return reply === undefined || isErrno(reply) ? { errno: "ECONNREFUSED", text: "ttrpc: closed" } : reply;
}

export function* runSandbox(
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
  const ip = request.hostNetwork ? own : `${podNetwork(own)}.${state.nextIp++}`;
  const root = rootOf(id);
  makeFolders(sys, root);
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
  if (!request.hostNetwork) sys.setNetns(ip, podInterfaces(ip));
  const space = request.hostNetwork ? {} : { hostname: request.name, netns: ip };
  const pause = { path: "/pause", argv: ["/pause"], root, env: {}, ...space };
  const cgroup = cgroupOf(request.uid, id);
  const made = yield* askShim(sys, id, { method: "Create", container: id, cgroup, ...pause });
  if (!("pid" in made)) return failed("text" in made ? made.text.toLowerCase() : "ttrpc: closed");
  state.sandboxes.set(id, {
    id,
    name: request.name,
    namespace: request.namespace,
    uid: request.uid,
    ip,
    hostNetwork: request.hostNetwork,
    pid: made.pid,
    createdAt: sys.now(),
    running: true,
    attempt: request.attempt ?? 0,
    labels: request.labels ?? {},
  });
  remember(sys, state);
  return { sandbox: id, ip, pid: made.pid };
}

/** Ends what runs in the pod, and its network; what is known of it stays until it is removed. */
export function* stopSandbox(sys: Sys, state: State, id: string): Task<RuntimeReply> {
  const sandbox = state.sandboxes.get(id);
  if (sandbox?.running !== true) return { stopped: true };
  for (const container of state.containers.values())
    if (container.sandbox === id && container.running)
      state.containers.set(container.id, ended(container, 137, sys.now()));
  state.sandboxes.set(id, { ...sandbox, running: false });
  yield* askShim(sys, id, { method: "Shutdown" });
  sys.setNetns(sandbox.ip, undefined);
  remember(sys, state);
  return { stopped: true };
}

export function* removeSandbox(sys: Sys, state: State, id: string): Task<RuntimeReply> {
  yield* stopSandbox(sys, state, id);
  for (const container of [...state.containers.values()]) {
    if (container.sandbox !== id) continue;
    state.containers.delete(container.id);
    removeFolder(sys, `${TASKS}/${container.id}`);
  }
  state.sandboxes.delete(id);
  removeFolder(sys, `${TASKS}/${id}`);
  remember(sys, state);
  return { stopped: true };
}
