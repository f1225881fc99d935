// kubeadm reset: what init or join did to this machine is undone, as far as files, containers and the kubelet go.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { Fail } from "../kubectl/values.ts";
import { askRuntime } from "./config.ts";
import {
  ADMIN_CONF,
  DEFAULT_SOCKET,
  fetchConfig,
  KUBELET_CONF,
  type Kubeadm,
  MANIFESTS,
  PKI,
  reasonOf,
} from "./context.ts";
import { isRoot, runChecks } from "./preflight.ts";

/** Removes what is in a folder; what is mounted there stays. */
function empty(sys: Sys, path: string): void {
  const entries = sys.readdir(path);
  if (isErrno(entries)) return;
  for (const { name, type } of entries) {
    const inner = `${path}/${name}`;
    if (sys.unbind(inner) === undefined) continue;
    if (type === "directory") {
      empty(sys, inner);
      sys.rmdir(inner);
    } else sys.unlink(inner);
  }
}

function* confirm(k: Kubeadm): Task {
  yield* k.warn(
    "preflight.go:55",
    "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
  );
  yield* k.print("[reset] Are you sure you want to proceed? [y/N]: ");
  const answer = yield* k.sys.read(0);
  const line = isErrno(answer) ? "" : (decode(answer).split("\n")[0] ?? "").trim();
  if (line.toLowerCase() !== "y")
    throw new Fail("error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue");
}

/** The cluster is asked as the admin, or with the kubelet's own papers; a reset goes on without. */
function* announce(k: Kubeadm): Task {
  const path = k.flags.text("kubeconfig") || (k.exists(ADMIN_CONF) ? ADMIN_CONF : KUBELET_CONF);
  if (!k.exists(path)) return;
  try {
    yield* fetchConfig(k, k.client(path), "reset");
  } catch (error) {
    const reason = reasonOf(error);
    yield* k.warn(
      "reset.go:143",
      `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: ${reason.replace(/^unable to fetch the kubeadm-config ConfigMap: /, "")}`,
    );
  }
}

export function* reset(k: Kubeadm): Task {
  yield* announce(k);
  if (!k.flags.on("force")) yield* confirm(k);
  yield* k.print("[preflight] Running pre-flight checks\n");
  yield* runChecks(k, [isRoot]);
  const { sys } = k;
  if (k.exists(`${MANIFESTS}/etcd.yaml`)) {
    empty(sys, "/var/lib/etcd");
    yield* k.print("[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n");
  } else if (k.exists(`${MANIFESTS}/kube-apiserver.yaml`) || !k.exists(ADMIN_CONF)) {
    yield* k.warn("removeetcdmember.go:106", "[reset] No kubeadm config, using etcd pod spec to get data directory");
    yield* k.print("[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n");
    empty(sys, "/var/lib/etcd");
  }
  yield* k.print("[reset] Stopping the kubelet service\n");
  yield* k.run("/usr/bin/systemctl", ["systemctl", "stop", "kubelet"]);
  yield* k.print('[reset] Unmounting mounted directories in "/var/lib/kubelet"\n');
  yield* removePods(k);
  const folders = [MANIFESTS, "/var/lib/kubelet", k.flags.text("cert-dir") || PKI];
  yield* k.print(`[reset] Deleting contents of directories: [${folders.join(" ")}]\n`);
  for (const folder of folders) empty(sys, folder);
  if (k.flags.on("cleanup-tmp-dir")) empty(sys, "/etc/kubernetes/tmp");
  const files = ["admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler"].map(
    (name) => `/etc/kubernetes/${name}.conf`,
  );
  yield* k.print(`[reset] Deleting files: [${files.join(" ")}]\n`);
  for (const file of files) sys.unlink(file);
  yield* k.print(`
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`);
}

/** All pods of this machine end, the control plane's with them. */
function* removePods(k: Kubeadm): Task {
  const socket = k.flags.text("cri-socket") || DEFAULT_SOCKET;
  const reply = yield* askRuntime(k, socket, { method: "ListPodSandbox" });
  if (!("sandboxes" in reply)) {
    yield* k.warn("cleanupnode.go:107", `[reset] Failed to remove containers: ${"error" in reply ? reply.error : ""}`);
    return;
  }
  for (const { id } of reply.sandboxes) yield* askRuntime(k, socket, { method: "RemovePodSandbox", sandbox: id });
}
