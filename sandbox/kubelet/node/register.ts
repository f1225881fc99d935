// The node's own life: registration, status and lease at the API server.

import type { Sys, Task } from "../../kernel/sys.ts";
import { structured } from "../log.ts";
import { type KubeletState, log, setting } from "../state.ts";
import { callApi } from "./api.ts";

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function nodeObject(sys: Sys, state: KubeletState): Record<string, unknown> {
  const { machine } = sys;
  const now = time(sys.now());
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: time(state.startedAt),
    reason,
    message,
  });
  const size = {
    cpu: String(machine.cpus),
    memory: `${machine.memory}Ki`,
    pods: String(setting<number>(state, "maxPods") ?? 110),
    "ephemeral-storage": "20134592Ki",
  };
  const labels = {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": state.nodeName,
    "kubernetes.io/os": "linux",
    ...(state.effective.flags["node-labels"] as object | undefined),
  };
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: { name: state.nodeName, labels },
    spec: {},
    status: {
      capacity: size,
      allocatable: size,
      conditions: [
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        state.ready
          ? condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
          : condition("Ready", "False", "KubeletNotReady", "container runtime is down"),
      ],
      addresses: [
        { type: "InternalIP", address: state.nodeIP },
        { type: "Hostname", address: state.nodeName },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: setting<number>(state, "port") } },
      nodeInfo: {
        machineID: machine.machineId,
        bootID: machine.bootId,
        kernelVersion: machine.release,
        osImage: "Debian GNU/Linux 13 (trixie)",
        containerRuntimeVersion: "containerd://2.1.4",
        kubeletVersion: state.profile.version,
        operatingSystem: "linux",
        architecture: "amd64",
      },
    },
  };
}

/** Registers the node, or reports its state; the lease follows. Answers whether the API server was reached. */
export function* reportNode(sys: Sys, state: KubeletState): Task<boolean> {
  const modern = state.profile.structured;
  if (!state.registered) {
    const attempt = modern
      ? structured("Attempting to register node", ["node", state.nodeName])
      : `Attempting to register node ${state.nodeName}`;
    yield* log(sys, {
      severity: "I",
      source: modern ? "kubelet_node_status.go:78" : "kubelet_node_status.go:71",
      text: attempt,
    });
    const reply = yield* callApi(sys, state, "POST", "/api/v1/nodes", nodeObject(sys, state));
    const failed =
      "error" in reply ? reply.error : reply.status >= 300 && reply.status !== 409 ? reply.text : undefined;
    if (failed !== undefined) {
      const text = modern
        ? structured("Unable to register node with API server", ["err", failed], ["node", state.nodeName])
        : `Unable to register node "${state.nodeName}" with API server: ${failed}`;
      yield* log(sys, {
        severity: "E",
        source: modern ? "kubelet_node_status.go:111" : "kubelet_node_status.go:93",
        text,
      });
      return false;
    }
    state.registered = true;
    if ("status" in reply && reply.status === 409)
      yield* log(sys, {
        severity: "I",
        source: modern ? "kubelet_node_status.go:128" : "kubelet_node_status.go:109",
        text: modern
          ? structured("Node was previously registered", ["node", state.nodeName])
          : `Node ${state.nodeName} was previously registered`,
      });
    yield* log(sys, {
      severity: "I",
      source: modern ? "kubelet_node_status.go:81" : "kubelet_node_status.go:74",
      text: modern
        ? structured("Successfully registered node", ["node", state.nodeName])
        : `Successfully registered node ${state.nodeName}`,
    });
  }
  const reply = yield* callApi(sys, state, "PATCH", `/api/v1/nodes/${state.nodeName}/status`, nodeObject(sys, state));
  if ("error" in reply || reply.status >= 300) {
    const failed = "error" in reply ? reply.error : reply.text;
    const text = modern
      ? structured("Error updating node status, will retry", ["err", failed])
      : `Error updating node status, will retry: ${failed}`;
    yield* log(sys, {
      severity: "E",
      source: modern ? "kubelet_node_status.go:414" : "kubelet_node_status.go:447",
      text,
    });
    return false;
  }
  return true;
}

/** Renews the lease that says the node is alive. */
export function* renewLease(sys: Sys, state: KubeletState): Task {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases`;
  const lease = {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: { name: state.nodeName, namespace: "kube-node-lease" },
    spec: {
      holderIdentity: state.nodeName,
      leaseDurationSeconds: setting<number>(state, "nodeLeaseDurationSeconds") ?? 40,
      renewTime: new Date(sys.now()).toISOString(),
    },
  };
  const reply = yield* callApi(sys, state, "PUT", `${path}/${state.nodeName}`, lease);
  if ("status" in reply && reply.status === 404) yield* callApi(sys, state, "POST", path, lease);
}
