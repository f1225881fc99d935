// What the Kubernetes packages and kubeadm put on a node's disk: units, environment files, configuration, certificates.

import type { Fs } from "../kernel/fs/fs.ts";
import { type ClusterPki, kubeconfig } from "./pki.ts";

/** Where the API server of every fleet is. */
export const API_SERVER = "https://172.30.1.2:6443";

/** /usr/lib/systemd/system/kubelet.service of the packages at pkgs.k8s.io. */
const KUBELET_UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

/** The drop-in of the kubeadm package. */
const KUBEADM_DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

/** config.yaml as kubeadm 1.36 writes it: 38 keys in alphabetical order. */
export const KUBEADM_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cpuManagerReconcilePeriod: 0s
crashLoopBackOff: {}
evictionPressureTransitionPeriod: 0s
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
`;

/** The unit of old course notes: kubelet 1.20, every setting a flag, no --config. */
const HAND_WRITTEN_UNIT = `[Unit]
Description=Kubernetes Kubelet
Documentation=https://github.com/kubernetes/kubernetes
After=containerd.service
Requires=containerd.service

[Service]
ExecStart=/usr/local/bin/kubelet \\
  --container-runtime=remote \\
  --container-runtime-endpoint=unix:///run/containerd/containerd.sock \\
  --kubeconfig=/etc/kubernetes/kubelet.conf \\
  --client-ca-file=/etc/kubernetes/pki/ca.crt \\
  --cluster-dns=10.96.0.10 \\
  --cluster-domain=cluster.local \\
  --pod-manifest-path=/etc/kubernetes/manifests \\
  --register-node=true \\
  --v=2
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;

/** Folders and papers every node has: PKI below /etc/kubernetes and the kubelet's own client certificate. */
function installPapers(fs: Fs, pki: ClusterPki, node: string, born: number): void {
  fs.installFolder("/etc/kubernetes", { mode: 0o755 });
  fs.installFolder("/etc/kubernetes/manifests", { mode: 0o755 });
  fs.installFolder("/etc/kubernetes/pki", { mode: 0o755 });
  fs.install("/etc/kubernetes/pki/ca.crt", { data: pki.ca.cert, mode: 0o644 });
  fs.installFolder("/var/lib/kubelet", { mode: 0o700 });
  fs.installFolder("/var/lib/kubelet/pki", { mode: 0o755 });
  const client = pki.node(node);
  const stamp = new Date(born).toISOString().slice(0, 19).replaceAll(":", "-").replace("T", "-");
  const pem = `/var/lib/kubelet/pki/kubelet-client-${stamp}.pem`;
  fs.install(pem, { data: client.cert + client.key, mode: 0o600 });
  const current = "/var/lib/kubelet/pki/kubelet-client-current.pem";
  fs.install(current, { target: pem });
  const config = kubeconfig(`system:node:${node}`, API_SERVER, pki.ca.cert, { pemFile: current });
  fs.install("/etc/kubernetes/kubelet.conf", { data: config, mode: 0o600 });
  fs.install("/etc/crictl.yaml", { data: "runtime-endpoint: unix:///run/containerd/containerd.sock\n" });
}

/** A node that `kubeadm join` made: package unit, drop-in, config.yaml. */
export function installKubeadmNode(fs: Fs, pki: ClusterPki, node: string, born: number): void {
  installPapers(fs, pki, node, born);
  fs.install("/usr/lib/systemd/system/kubelet.service", { data: KUBELET_UNIT });
  fs.install("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", { data: KUBEADM_DROP_IN });
  enable(fs, "/usr/lib/systemd/system/kubelet.service");
  fs.install("/etc/default/kubelet", { data: "KUBELET_EXTRA_ARGS=\n" });
  fs.install("/var/lib/kubelet/config.yaml", { data: KUBEADM_CONFIG, mode: 0o644 });
  fs.install("/var/lib/kubelet/instance-config.yaml", {
    data: 'containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock"\n',
    mode: 0o644,
  });
  fs.install("/var/lib/kubelet/kubeadm-flags.env", { data: 'KUBELET_KUBEADM_ARGS=""\n', mode: 0o644 });
}

/** A node somebody set up by hand after old notes: one unit file, flags only. */
export function installByHand(fs: Fs, pki: ClusterPki, node: string, born: number): void {
  installPapers(fs, pki, node, born);
  fs.install("/etc/systemd/system/kubelet.service", { data: HAND_WRITTEN_UNIT });
  enable(fs, "/etc/systemd/system/kubelet.service");
}

function enable(fs: Fs, unit: string): void {
  const name = unit.slice(unit.lastIndexOf("/") + 1);
  fs.install(`/etc/systemd/system/multi-user.target.wants/${name}`, { target: unit });
}

/** Papers of the control plane: every certificate kubeadm init makes, and the kubeconfigs of its people. */
export function installControlPlane(fs: Fs, pki: ClusterPki): void {
  const pairs: readonly (readonly [path: string, pair: { cert: string; key: string }])[] = [
    ["ca", pki.ca],
    ["apiserver", pki.apiserver],
    ["apiserver-kubelet-client", pki.apiserverKubeletClient],
    ["apiserver-etcd-client", pki.apiserverEtcdClient],
    ["front-proxy-ca", pki.frontProxyCa],
    ["front-proxy-client", pki.frontProxyClient],
    ["etcd/ca", pki.etcdCa],
  ];
  for (const [path, { cert, key }] of pairs) {
    fs.install(`/etc/kubernetes/pki/${path}.crt`, { data: cert, mode: 0o644 });
    fs.install(`/etc/kubernetes/pki/${path}.key`, { data: key, mode: 0o600 });
  }
  fs.install("/etc/kubernetes/pki/sa.key", { data: pki.serviceAccount.key, mode: 0o600 });
  fs.install("/etc/kubernetes/pki/sa.pub", { data: pki.serviceAccount.publicKey, mode: 0o600 });
  const people = [
    ["admin.conf", "kubernetes-admin", pki.admin],
    ["super-admin.conf", "kubernetes-super-admin", pki.superAdmin],
    ["controller-manager.conf", "system:kube-controller-manager", pki.controllerManager],
    ["scheduler.conf", "system:kube-scheduler", pki.scheduler],
  ] as const;
  for (const [file, user, pair] of people) {
    fs.install(`/etc/kubernetes/${file}`, { data: kubeconfig(user, API_SERVER, pki.ca.cert, pair), mode: 0o600 });
  }
  fs.install("/root/.kube/config", {
    data: kubeconfig("kubernetes-admin", API_SERVER, pki.ca.cert, pki.admin),
    mode: 0o600,
  });
}
