// kubeadm upgrade: a node takes over the cluster's kubelet settings; what an upgrade would need, as far as this machine can tell.

import type { Task } from "../../kernel/sys.ts";
import { Fail } from "../kubectl/values.ts";
import { renew } from "./certs.ts";
import {
  ADMIN_CONF,
  DEFAULT_SOCKET,
  fetchConfig,
  KUBELET_CONF,
  type Kubeadm,
  lookUpVersion,
  MANIFESTS,
  reasonOf,
  VERSION,
} from "./context.ts";
import { writeInstanceConfig, writeKubeletConfig } from "./join.ts";
import { isRoot, runChecks, upgradeChecks } from "./preflight.ts";

function* readCluster(k: Kubeadm, phase = "preflight"): Task<string> {
  const path = k.flags.text("kubeconfig") || (k.exists(ADMIN_CONF) ? ADMIN_CONF : KUBELET_CONF);
  try {
    return (yield* fetchConfig(k, k.client(path), "upgrade")).kubelet;
  } catch (error) {
    const text = reasonOf(error).replace(
      "failed to load admin kubeconfig: ",
      "couldn't create a Kubernetes client from file ",
    );
    throw new Fail(phase === "" ? text : `error execution phase ${phase}: ${text}`);
  }
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "-");

/** Phase kubelet-config: config.yaml anew from the cluster, the old one kept. */
function* kubeletConfig(k: Kubeadm, kubelet: string): Task {
  const folder = `/etc/kubernetes/tmp/kubeadm-kubelet-config-${stamp(k.sys.now())}`;
  k.folders(folder);
  yield* k.warn(
    "postupgrade.go:105",
    `Using temporary directory ${folder} for kubelet config. To override it set the environment variable KUBEADM_UPGRADE_DRYRUN_DIR`,
  );
  yield* k.print(`[upgrade] Backing up kubelet config file to ${folder}/config.yaml\n`);
  k.write(`${folder}/config.yaml`, k.read("/var/lib/kubelet/config.yaml") ?? "", 0o600);
  if (!k.exists("/var/lib/kubelet/instance-config.yaml")) yield* writeInstanceConfig(k, DEFAULT_SOCKET);
  yield* writeKubeletConfig(k, kubelet);
  yield* k.print("[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n");
}

export function* upgradeKubeletConfig(k: Kubeadm): Task {
  yield* kubeletConfig(k, yield* readCluster(k, "kubelet-config"));
}

export function* upgradeNode(k: Kubeadm): Task {
  if (k.flags.on("dry-run")) throw new Fail("kubeadm: upgrade node --dry-run is not modelled in this sandbox", 2);
  const kubelet = yield* readCluster(k, "");
  yield* k.print("[upgrade/preflight] Running pre-flight checks\n");
  yield* runChecks(k, [isRoot, ...upgradeChecks(DEFAULT_SOCKET)]);
  if (k.exists(`${MANIFESTS}/kube-apiserver.yaml`)) {
    yield* k.print("[upgrade/control-plane] Upgrading the control plane instance for this node...\n");
    if (k.flags.on("certificate-renewal", true)) yield* renew("none")(k);
    yield* k.print("[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n");
  } else
    yield* k.print(
      "[upgrade/preflight] Skipping prepull. Not a control plane node.\n[upgrade/control-plane] Skipping phase. Not a control plane node.\n",
    );
  yield* kubeletConfig(k, kubelet);
  yield* k.print(
    "[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.\n",
  );
}

/** upgrade apply and plan: nothing newer can be fetched here. */
export function* upgradeApply(k: Kubeadm): Task {
  const wanted = k.args[0];
  if (wanted === undefined && k.flags.text("config") === "")
    throw new Fail("missing one or more required arguments. Required arguments: [version]");
  throw new Fail("kubeadm: upgrade apply is not modelled in this sandbox", 2);
}

/** What could be upgraded to: nothing newer can be asked for from here. */
export function* upgradePlan(k: Kubeadm): Task {
  yield* readCluster(k, "");
  yield* k.print("[upgrade/preflight] Running preflight checks\n");
  yield* runChecks(k, [isRoot]);
  yield* k.print(
    `[upgrade] Running cluster health checks\n[upgrade] Fetching available versions to upgrade to\n[upgrade/versions] Cluster version: ${VERSION.slice(1)}\n[upgrade/versions] kubeadm version: ${VERSION}\n`,
  );
  const target = k.args[0] ?? (yield* lookUpVersion(k));
  const series = VERSION.split(".").slice(0, 2).join(".");
  yield* k.print(
    `[upgrade/versions] Target version: ${target}\n[upgrade/versions] Latest version in the ${series} series: ${VERSION}\n`,
  );
}
