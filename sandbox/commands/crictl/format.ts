// How crictl shows things: tables, ages, sizes, and the JSON of inspect.

import type { RuntimeContainer, RuntimeImage, RuntimeSandbox } from "../../lib/cri.ts";

/** Go's tabwriter with a least width of 20 and a padding of 3. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 20, cell.length + 3);
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 20))).join("")}\n`)
    .join("");
}

/** docker/go-units' HumanDuration. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.round(ms / 3_600_000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

/** Decimal units, three digits. */
export function formatSize(bytes: number): string {
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < 4) [value, at] = [value / 1000, at + 1];
  return `${Number(value.toPrecision(3))}${["B", "kB", "MB", "GB", "TB"][at]}`;
}

export const stateOf = (container: RuntimeContainer): "Running" | "Exited" =>
  container.running ? "Running" : "Exited";

const time = (ms: number | undefined): string =>
  ms === undefined || ms === 0
    ? "0001-01-01T00:00:00Z"
    : `${new Date(Math.floor(ms)).toISOString().slice(0, 23)}${String(Math.floor(ms) % 1000).padStart(3, "0")}000Z`;

/** `crictl inspect`: what the CRI tells, and the runtime's own view below info. */
export function describeContainer(container: RuntimeContainer, image: RuntimeImage | undefined, root: string): object {
  const { running, exitCode, attempt = 0, mounts = [] } = container;
  const labels = {
    "io.kubernetes.container.name": container.name,
    "io.kubernetes.pod.name": container.pod,
    "io.kubernetes.pod.namespace": container.namespace,
    "io.kubernetes.pod.uid": container.uid,
  };
  return {
    info: {
      sandboxID: container.sandbox,
      pid: running ? container.pid : 0,
      removing: false,
      snapshotter: "overlayfs",
      runtimeType: "io.containerd.runc.v2",
      config: {
        metadata: { name: container.name, attempt },
        image: { image: container.imageId ?? "", user_specified_image: container.image },
        command: container.command ?? [],
        args: container.args ?? [],
        envs: Object.entries(container.env).map(([key, value]) => ({ key, value })),
        mounts: mounts.map(mountEntry),
        labels,
        log_path: `${container.name}/${attempt}.log`,
      },
      runtimeSpec: {
        process: {
          user: { uid: 0, gid: 0 },
          args: [...(container.command ?? []), ...(container.args ?? [])],
          env: Object.entries(container.env).map(([key, value]) => `${key}=${value}`),
          cwd: "/",
        },
        root: { path: root },
      },
    },
    status: {
      annotations: {
        "io.kubernetes.container.restartCount": String(attempt),
        "io.kubernetes.container.terminationMessagePath": "/dev/termination-log",
        "io.kubernetes.container.terminationMessagePolicy": "File",
        "io.kubernetes.pod.terminationGracePeriod": "30",
      },
      createdAt: time(container.createdAt ?? container.startedAt),
      exitCode: running ? 0 : exitCode,
      finishedAt: time(container.finishedAt),
      id: container.id,
      image: { annotations: {}, image: container.image, runtimeHandler: "", userSpecifiedImage: "" },
      imageId: container.imageId ?? "",
      imageRef: image?.repoDigests[0] ?? container.imageId ?? "",
      labels,
      logPath: container.logPath ?? "",
      message: container.message ?? "",
      metadata: { attempt, name: container.name },
      mounts: mounts.map(mountEntry),
      reason: running ? "" : (container.reason ?? (exitCode === 0 ? "Completed" : "Error")),
      startedAt: time(container.startedAt),
      state: running ? "CONTAINER_RUNNING" : "CONTAINER_EXITED",
    },
  };
}

const mountEntry = ({ containerPath, hostPath, readOnly }: NonNullable<RuntimeContainer["mounts"]>[number]) => ({
  containerPath,
  hostPath,
  propagation: "PROPAGATION_PRIVATE",
  readonly: readOnly === true,
  selinuxRelabel: false,
});

/** `crictl inspectp`. */
export function describeSandbox(sandbox: RuntimeSandbox): object {
  const running = sandbox.running !== false;
  return {
    info: {
      pid: running ? sandbox.pid : 0,
      processStatus: running ? "running" : "deleted",
      netNamespaceClosed: !running,
      image: "registry.k8s.io/pause:3.10.2",
      snapshotter: "overlayfs",
      runtimeHandler: "",
      runtimeType: "io.containerd.runc.v2",
    },
    status: {
      annotations: {},
      createdAt: time(sandbox.createdAt),
      id: sandbox.id,
      labels: {
        ...sandbox.labels,
        "io.kubernetes.pod.name": sandbox.name,
        "io.kubernetes.pod.namespace": sandbox.namespace,
        "io.kubernetes.pod.uid": sandbox.uid,
      },
      linux: {
        namespaces: {
          options: { ipc: "POD", network: sandbox.hostNetwork ? "NODE" : "POD", pid: "CONTAINER", targetId: "" },
        },
      },
      metadata: { attempt: sandbox.attempt ?? 0, name: sandbox.name, namespace: sandbox.namespace, uid: sandbox.uid },
      network: { additionalIps: [], ip: sandbox.hostNetwork ? "" : sandbox.ip },
      runtimeHandler: "",
      state: running ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
    },
  };
}
