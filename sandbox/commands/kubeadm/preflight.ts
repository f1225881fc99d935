// kubeadm's checks before it touches a machine: each has a name, and says nothing, warns or fails.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { checkFormat } from "../../lib/kube/names.ts";
import { Fail } from "../kubectl/values.ts";
import { askRuntime } from "./config.ts";
import { KUBELET_CONF, type Kubeadm, MANIFESTS, PKI } from "./context.ts";

/** What one check found. */
export interface Finding {
  readonly name: string;
  readonly warnings?: readonly string[];
  readonly errors?: readonly string[];
}

export type Check = (k: Kubeadm) => Task<Finding>;

const ok = (name: string): Finding => ({ name });
const dashed = (path: string): string => path.replaceAll("/", "-");

export function* isRoot(k: Kubeadm): Task<Finding> {
  return k.sys.info.euid === 0
    ? ok("IsPrivilegedUser")
    : { name: "IsPrivilegedUser", errors: ["user is not running as root"] };
}

export const fileAvailable = (path: string): Check =>
  function* (k) {
    const name = `FileAvailable-${dashed(path)}`;
    return k.exists(path) ? { name, errors: [`${path} already exists`] } : ok(name);
  };

const dirAvailable = (path: string): Check =>
  function* (k) {
    const name = `DirAvailable-${dashed(path)}`;
    const entries = k.sys.readdir(path);
    return !isErrno(entries) && entries.length > 0 ? { name, errors: [`${path} is not empty`] } : ok(name);
  };

export const portFree = (port: number): Check =>
  function* (k) {
    const used = k.sys
      .sockets()
      .some((each) => each.family === "tcp" && each.state === "LISTEN" && each.localPort === port);
    return used ? { name: `Port-${port}`, errors: [`Port ${port} is in use`] } : ok(`Port-${port}`);
  };

const runtime = (name: string, socket: string): Check =>
  function* (k) {
    const reply = yield* askRuntime(k, socket, { method: "Version" });
    return "error" in reply ? { name, errors: [reply.error] } : ok(name);
  };

function* swap(k: Kubeadm): Task<Finding> {
  const lines = (k.read("/proc/swaps") ?? "").trim().split("\n");
  if (lines.length < 2) return ok("Swap");
  const text =
    "swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node";
  return { name: "Swap", warnings: [text] };
}

/** Controllers of cgroup v2 that a node needs; the whole list of findings is printed where one is missing. */
function* system(k: Kubeadm): Task<Finding> {
  const found = new Set((k.read("/sys/fs/cgroup/cgroup.controllers") ?? "").trim().split(/\s+/));
  const lacking = (...names: string[]): string[] => names.filter((name) => !found.has(name));
  const name = "SystemVerification";
  const [required, optional] = [lacking("cpu", "cpuset", "memory", "pids"), lacking("hugetlb", "io")];
  if (required.length === 0) return ok(name);
  return {
    name,
    ...(optional.length === 0 ? {} : { warnings: [`missing optional cgroups: ${optional.join(" ")}`] }),
    errors: [`missing required cgroups: ${required.join(" ")}`],
  };
}

const hostname = (host: string): Check =>
  function* (k) {
    const name = "Hostname";
    const [wrong] = checkFormat("subdomain", host);
    if (wrong !== undefined) return { name, errors: [`invalid node name format ${JSON.stringify(host)}: ${wrong}`] };
    if (lookUpHost(k.sys, host) !== undefined) return ok(name);
    const server = /^nameserver\s+(\S+)/m.exec(k.read("/etc/resolv.conf") ?? "")?.[1] ?? "127.0.0.1";
    const own =
      k.sys
        .interfaces()
        .find((each) => each.name !== "lo")
        ?.addresses[0]?.split("/")[0] ?? "127.0.0.1";
    const port = 32_768 + ((k.sys.random(2)[0] ?? 0) << 6);
    yield* k.sys.sleep(10_000);
    return {
      name,
      warnings: [
        `hostname ${JSON.stringify(host)} could not be reached`,
        `hostname ${JSON.stringify(host)}: lookup ${host} on ${server}:53: read udp ${own}:${port}->${server}:53: i/o timeout`,
      ],
    };
  };

function* kubeletVersion(k: Kubeadm): Task<Finding> {
  const name = "KubeletVersion";
  const there = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"].some(
    (folder) => k.sys.access(`${folder}/kubelet`, "x") === undefined,
  );
  return there
    ? ok(name)
    : {
        name,
        errors: [
          "couldn't get kubelet version: cannot execute 'kubelet --version': executable file not found in $PATH",
        ],
      };
}

function* kubeletService(k: Kubeadm): Task<Finding> {
  const name = "Service-Kubelet";
  const unit = ["/usr/lib/systemd/system", "/etc/systemd/system"].some((folder) =>
    k.exists(`${folder}/kubelet.service`),
  );
  if (!unit) return { name, warnings: ["kubelet service does not exist"] };
  const enabled = k.exists("/etc/systemd/system/multi-user.target.wants/kubelet.service");
  return enabled
    ? ok(name)
    : { name, warnings: ["kubelet service is not enabled, please run 'systemctl enable kubelet.service'"] };
}

const FORWARD = "/proc/sys/net/ipv4/ip_forward";
function* forwarding(k: Kubeadm): Task<Finding> {
  const name = `FileContent-${dashed(FORWARD)}`;
  const value = k.sys.sysctl("net/ipv4/ip_forward");
  return !isErrno(value) && value.trim() === "1"
    ? ok(name)
    : { name, errors: [`${FORWARD} contents are not set to 1`] };
}

/** What every node must have. */
const nodeChecks = (socket: string, node: string): readonly Check[] => [
  runtime("CRI", socket),
  runtime("ContainerRuntimeVersion", socket),
  swap,
  system,
  hostname(node),
  kubeletVersion,
  kubeletService,
  portFree(10_250),
];

/** The checks of `kubeadm join` on a worker, in kubeadm's order. */
export const joinChecks = (socket: string, node: string): readonly Check[] => [
  fileAvailable(KUBELET_CONF),
  fileAvailable("/etc/kubernetes/bootstrap-kubelet.conf"),
  ...nodeChecks(socket, node),
  fileAvailable(`${PKI}/ca.crt`),
  forwarding,
];

/** Those of `kubeadm init`. */
export const initChecks = (socket: string, node: string): readonly Check[] => [
  portFree(6443),
  portFree(10_259),
  portFree(10_257),
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((name) =>
    fileAvailable(`${MANIFESTS}/${name}.yaml`),
  ),
  ...nodeChecks(socket, node),
  forwarding,
  portFree(2379),
  portFree(2380),
  dirAvailable("/var/lib/etcd"),
];

/** Those of `kubeadm upgrade node`. */
export const upgradeChecks = (socket: string): readonly Check[] => [runtime("CRI", socket), system];

/** Runs checks one after another, prints what they found, and throws where one that is not ignored failed. */
export function* runChecks(k: Kubeadm, checks: readonly Check[]): Task {
  const ignored = new Set(k.flags.list("ignore-preflight-errors").map((name) => name.toLowerCase()));
  const failed: string[] = [];
  for (const check of checks) {
    const { name, warnings = [], errors = [] } = yield* check(k);
    if (name === "SystemVerification" && errors.length > 0)
      yield* k.print("[preflight] The system verification failed. Printing the output from the verification:\n");
    const skip = ignored.has("all") || ignored.has(name.toLowerCase());
    for (const text of [...warnings, ...(skip ? errors : [])]) yield* k.error(`\t[WARNING ${name}]: ${text}\n`);
    if (!skip) failed.push(...errors.map((text) => `\t[ERROR ${name}]: ${text}\n`));
  }
  if (failed.length === 0) return;
  yield* k.error(
    `[preflight] Some fatal errors occurred:\n${failed.join("")}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  );
  throw new Fail("error execution phase preflight: preflight checks failed");
}
