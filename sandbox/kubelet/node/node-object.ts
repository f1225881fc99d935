// The Node as this kubelet reports it: labels, size, what is left for pods, conditions, addresses, facts of the machine.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { RuntimeImage } from "../../lib/cri.ts";
import { parseQuantity } from "../config/duration.ts";
import { type KubeletState, setting } from "../state.ts";

type Size = Readonly<Record<string, string>>;

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const amount = (text: string | undefined): number => {
  const value = text === undefined ? 0 : parseQuantity(text);
  return typeof value === "number" ? value : 0;
};

/** Bytes as Kubernetes prints them: in Ki where they are whole. */
const bytesText = (bytes: number): string => (bytes % 1024 === 0 ? `${bytes / 1024}Ki` : String(bytes));

/** Of a threshold such as `100Mi` or `10%`, which is a float32 in Go. */
const threshold = (text: string | undefined, whole: number): number =>
  text === undefined
    ? 0
    : text.endsWith("%")
      ? Math.floor(whole * Math.fround(Number.parseFloat(text) / 100))
      : amount(text);

function sizes(sys: Sys, state: KubeletState): { capacity: Size; allocatable: Size } {
  const reserved = (name: string): number =>
    ["kubeReserved", "systemReserved"].reduce(
      (sum, path) => sum + amount(setting<Record<string, string>>(state, path)?.[name]),
      0,
    );
  const hard = setting<Record<string, string>>(state, "evictionHard") ?? {};
  const { machine } = sys;
  const memory = machine.memory * 1024;
  const disk = (sys.mounts().find((m) => m.target === "/")?.size ?? 20_134_592) * 1024;
  const cpu = Math.max(0, Math.round((machine.cpus - reserved("cpu")) * 1000));
  const pods = String(setting<number>(state, "maxPods") ?? 110);
  const size = (cpus: string, storage: string, left: string): Size => ({
    cpu: cpus,
    "ephemeral-storage": storage,
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: left,
    pods,
  });
  const storage = Math.floor(disk - reserved("ephemeral-storage") - threshold(hard["nodefs.available"], disk));
  const left = Math.floor(memory - reserved("memory") - threshold(hard["memory.available"], memory));
  return {
    capacity: size(String(machine.cpus), bytesText(disk), bytesText(memory)),
    allocatable: size(cpu % 1000 === 0 ? String(cpu / 1000) : `${cpu}m`, String(storage), bytesText(left)),
  };
}

/** Why a node that was only now made is not ready yet. */
const UNCHECKED =
  "[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]";

/** All four conditions; the time of change is kept in the kubelet's memory. */
function conditions(sys: Sys, state: KubeletState, checked: boolean): Record<string, unknown>[] {
  const now = sys.now();
  const { node } = state;
  const make = (type: string, status: string, reason: string, message: string) => {
    if (node.changes[type]?.status !== status) node.changes[type] = { status, at: now };
    return {
      type,
      status,
      lastHeartbeatTime: time(now),
      lastTransitionTime: time(node.changes[type]?.at ?? now),
      reason,
      message,
    };
  };
  return [
    make("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    make("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    make("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    node.runtimeUp && checked
      ? make("Ready", "True", "KubeletReady", "kubelet is posting ready status")
      : make("Ready", "False", "KubeletNotReady", checked ? node.runtimeError : UNCHECKED),
  ];
}

function imageList(images: readonly RuntimeImage[]): Record<string, unknown>[] {
  return images.slice(0, 50).map(({ repoDigests, repoTags, size }) => ({
    names: [...repoDigests, ...repoTags].slice(0, 5),
    sizeBytes: size,
  }));
}

function osImage(sys: Sys): string {
  const data = sys.readFile("/etc/os-release");
  return isErrno(data) ? "Linux" : (/^PRETTY_NAME="(.*)"$/m.exec(decode(data))?.[1] ?? "Linux");
}

export function nodeStatus(
  sys: Sys,
  state: KubeletState,
  images: readonly RuntimeImage[],
  checked = true,
): Record<string, unknown> {
  const { machine } = sys;
  const { minor } = state.profile;
  return {
    ...sizes(sys, state),
    conditions: conditions(sys, state, checked),
    addresses: [
      { type: "InternalIP", address: state.nodeIP },
      { type: "Hostname", address: state.nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: setting<number>(state, "port") ?? 10250 } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.machineId,
      bootID: machine.bootId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      kernelVersion: machine.release,
      osImage: osImage(sys),
      containerRuntimeVersion: "containerd://2.1.4",
      kubeletVersion: state.profile.version,
      kubeProxyVersion: minor >= 33 ? "" : state.profile.version,
      operatingSystem: "linux",
      architecture: "amd64",
    },
    ...(images.length === 0 ? {} : { images: imageList(images) }),
    ...(minor >= 30
      ? {
          runtimeHandlers: [{ name: "", features: { recursiveReadOnlyMounts: false, userNamespaces: false } }],
        }
      : {}),
  };
}

/** metadata and spec for the registration. */
export function newNode(state: KubeletState): Record<string, unknown> {
  const { flags, values } = state.effective;
  const taints = (flags["register-with-taints"] ?? values.registerWithTaints ?? []) as Record<string, unknown>[];
  const unschedulable = flags["register-schedulable"] === false;
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: {
      name: state.nodeName,
      labels: defaultLabels(state),
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: {
      ...(Array.isArray(taints) && taints.length > 0 ? { taints } : {}),
      ...(unschedulable ? { unschedulable: true } : {}),
    },
  };
}

/** Labels that a kubelet sets, and sets back at each start. */
export const defaultLabels = (state: KubeletState): Record<string, string> => ({
  "beta.kubernetes.io/arch": "amd64",
  "beta.kubernetes.io/os": "linux",
  "kubernetes.io/arch": "amd64",
  "kubernetes.io/hostname": state.nodeName,
  "kubernetes.io/os": "linux",
  ...(state.effective.flags["node-labels"] as Record<string, string> | undefined),
});
