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

/** Nodes without admin.conf ask with the kubelet's papers, but only `upgrade node` does so. */
function* readCluster(k: Kubeadm, phase = "preflight", fallBack = true): Task<string> {
  const path = k.flags.text("kubeconfig") || (k.exists(ADMIN_CONF) || !fallBack ? ADMIN_CONF : KUBELET_CONF);
  try {
    return (yield* fetchConfig(k, k.client(path), "upgrade")).kubelet;
  } catch (error) {
    const text = reasonOf(error).replace(
      /^failed to load admin kubeconfig: /,
      `couldn't create a Kubernetes client from file ${JSON.stringify(path)}: $&`,
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

/** upgrade apply as far as its question whether this version can be reached at all. */
export function* upgradeApply(k: Kubeadm): Task {
  const wanted = k.args[0];
  if (wanted === undefined && k.flags.text("config") === "")
    throw new Fail("missing one or more required arguments. Required arguments: [version]");
  const unmodelled = new Fail("kubeadm: upgrade apply is not modelled in this sandbox", 2);
  if (wanted === undefined || k.flags.on("dry-run")) throw unmodelled;
  yield* readCluster(k, "preflight", false);
  yield* k.print("[upgrade/preflight] Running preflight checks\n");
  yield* runChecks(k, [isRoot]);
  yield* k.print("[upgrade] Running cluster health checks\n");
  const version = /^v?(\d+)\.(\d+)\.(\d+)/.exec(wanted);
  if (version === null)
    throw new Fail(
      `error execution phase preflight: version ${JSON.stringify(wanted)} doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
    );
  yield* k.print(
    `[upgrade/preflight] You have chosen to upgrade the cluster version to ${JSON.stringify(wanted)}\n[upgrade/versions] Cluster version: ${VERSION}\n[upgrade/versions] kubeadm version: ${VERSION}\n`,
  );
  const complaint = complaintOf(wanted, Number(version[2]), Number(version[3]));
  if (complaint === undefined) throw unmodelled;
  throw new Fail(
    `error execution phase preflight: the version argument is invalid due to these fatal errors:\n\n\t- ${complaint}\n\nPlease fix the misalignments highlighted above and try upgrading again`,
  );
}

/** Why a version cannot be upgraded to with this kubeadm. */
function complaintOf(wanted: string, minor: number, patch: number): string | undefined {
  const [, ownMinor = 0, ownPatch = 0] = VERSION.slice(1).split(".").map(Number);
  if (minor > ownMinor)
    return `Specified version to upgrade to ${JSON.stringify(wanted)} is at least one minor release higher than the kubeadm minor release (${minor} > ${ownMinor}). Such an upgrade is not supported`;
  if (minor < ownMinor - 1)
    return `Specified version to downgrade to ${JSON.stringify(wanted)} is too low; kubeadm can downgrade only 1 minor version at a time`;
  if (minor === ownMinor && patch > ownPatch)
    return `Specified version to upgrade to ${JSON.stringify(wanted)} is higher than the kubeadm version ${JSON.stringify(VERSION)}. Upgrade kubeadm first using the tool you used to install kubeadm`;
  return undefined;
}

/** What could be upgraded to: nothing newer can be asked for from here. */
export function* upgradePlan(k: Kubeadm): Task {
  yield* readCluster(k, "", false);
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
