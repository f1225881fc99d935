// kubeadm reset: what init or join did to this machine is undone, as far as files, containers and the kubelet go.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { Fail } from "../kubectl/values.ts";
import { askRuntime } from "./config.ts";
import { ADMIN_CONF, DEFAULT_SOCKET, fetchConfig, type Kubeadm, MANIFESTS, PKI, reasonOf } from "./context.ts";
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

/** Where there are an admin's papers the cluster is asked for its settings; a reset goes on without. */
function* announce(k: Kubeadm): Task<boolean> {
  const path = k.flags.text("kubeconfig") || ADMIN_CONF;
  if (!k.exists(path)) return false;
  try {
    yield* fetchConfig(k, k.client(path), "reset");
    return true;
  } catch (error) {
    const reason = reasonOf(error).replace(/^unable to fetch the kubeadm-config ConfigMap: /, "");
    yield* k.warn("reset.go:143", `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: ${reason}`);
    return false;
  }
}

/** etcd's data go wherever they may be; without the cluster's settings the usual place is taken. */
function* removeEtcdData(k: Kubeadm, known: boolean): Task {
  const entries = k.sys.readdir("/var/lib/etcd");
  if (!known)
    yield* k.warn("removeetcdmember.go:106", "[reset] No kubeadm config, using etcd pod spec to get data directory");
  if (!known && (isErrno(entries) || entries.length === 0)) return;
  empty(k.sys, "/var/lib/etcd");
  yield* k.print("[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n");
}

export function* reset(k: Kubeadm): Task {
  const known = yield* announce(k);
  if (!k.flags.on("force")) yield* confirm(k);
  yield* k.print("[preflight] Running pre-flight checks\n");
  yield* runChecks(k, [isRoot]);
  const { sys } = k;
  yield* removeEtcdData(k, known);
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
