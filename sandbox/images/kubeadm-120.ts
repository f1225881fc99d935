// The version dial: what kubeadm 1.20 wrote on a node where kubeadm 1.36 writes otherwise.

import type { Fs } from "../kernel/fs/fs.ts";
import { KUBEADM_CONFIG } from "./kubernetes.ts";

/** Fields that came later are not there yet, and the runtime is named by flags. */
const config = KUBEADM_CONFIG("none")
  .replace(/^(cgroupDriver|containerRuntimeEndpoint|crashLoopBackOff|imageMaximumGCAge|memorySwap):.*\n/gm, "")
  .replace(/^logging:\n( .*\n)+/m, "logging: {}\n");
const flags =
  "--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --pod-infra-container-image=k8s.gcr.io/pause:3.2";

export function useKubeadm120(fs: Fs): void {
  fs.install("/var/lib/kubelet/config.yaml", { data: config, mode: 0o644 });
  fs.install("/var/lib/kubelet/kubeadm-flags.env", { data: `KUBELET_KUBEADM_ARGS="${flags}"\n`, mode: 0o644 });
}
