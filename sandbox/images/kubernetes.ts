// What the Kubernetes packages and kubeadm put on a node's disk: units, environment files, configuration, certificates.

import type { Fs } from "../kernel/fs/fs.ts";
import { describeImage } from "../lib/container-image.ts";
import { KUBELET_CONFIGURATION } from "../lib/kubeadm-config.ts";
import { KUBERNETES_VERSION, staticPods } from "../lib/kubeadm-manifests.ts";
import { BOOTSTRAPPED, type ClusterPki, kubeconfig } from "./pki.ts";
import { KUBELET_UNITS, type UnitSet } from "./units.ts";

/** Where the API server of every fleet is. */
export const API_SERVER = "https://172.30.1.2:6443";

/** Addresses of the cluster's pods. */
export const POD_SUBNET = "10.244.0.0/16";

/** config.yaml as kubeadm writes it on a node. */
export const KUBEADM_CONFIG = (socket: string): string =>
  KUBELET_CONFIGURATION.replace('containerRuntimeEndpoint: ""', `containerRuntimeEndpoint: ${socket}`);

const SOCKET = "unix:///var/run/containerd/containerd.sock";

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

/** What the packages lay down: units, folders, settings of crictl. The kubelet starts again and again until somebody joins the node. */
export function installPackages(fs: Fs): void {
  fs.installFolder("/etc/kubernetes", { mode: 0o755 });
  fs.installFolder("/etc/kubernetes/manifests", { mode: 0o755 });
  fs.installFolder("/var/lib/kubelet", { mode: 0o755 });
  installUnits(fs, KUBELET_UNITS);
  fs.install("/etc/default/kubelet", { data: "KUBELET_EXTRA_ARGS=\n" });
  fs.install("/etc/crictl.yaml", { data: "runtime-endpoint: unix:///run/containerd/containerd.sock\n" });
}

/** Folders and papers every node has: PKI below /etc/kubernetes and the kubelet's own client certificate. */
function installPapers(fs: Fs, pki: ClusterPki, node: string, born: number, bootstrapped: boolean): void {
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
  const who = bootstrapped ? BOOTSTRAPPED : `system:node:${node}`;
  fs.install("/etc/kubernetes/kubelet.conf", {
    data: kubeconfig(who, API_SERVER, pki.ca.cert, { pemFile: current }),
    mode: 0o600,
  });
  fs.install("/etc/crictl.yaml", { data: "runtime-endpoint: unix:///run/containerd/containerd.sock\n" });
}

/** A node that `kubeadm join` made (or `init`, whose kubelet.conf kubeadm itself wrote): package unit, drop-in, config.yaml. */
export function installKubeadmNode(fs: Fs, pki: ClusterPki, node: string, born: number, joined = true): void {
  installPackages(fs);
  installPapers(fs, pki, node, born, joined);
  fs.install("/var/lib/kubelet/config.yaml", { data: KUBEADM_CONFIG(SOCKET), mode: 0o644 });
  fs.install("/var/lib/kubelet/instance-config.yaml", {
    data: `containerRuntimeEndpoint: "${SOCKET}"\n`,
    mode: 0o644,
  });
  fs.install("/var/lib/kubelet/kubeadm-flags.env", { data: 'KUBELET_KUBEADM_ARGS=""\n', mode: 0o644 });
}

/** A node somebody set up by hand after old notes: one unit file, flags only. */
export function installByHand(fs: Fs, pki: ClusterPki, node: string, born: number): void {
  installPapers(fs, pki, node, born, false);
  fs.install("/etc/systemd/system/kubelet.service", { data: HAND_WRITTEN_UNIT });
  fs.install("/etc/systemd/system/multi-user.target.wants/kubelet.service", {
    target: "/etc/systemd/system/kubelet.service",
  });
}

/** Lays a package's units down, and enables what it enables. */
export function installUnits(fs: Fs, units: UnitSet): void {
  for (const [path, data] of Object.entries(units.files)) fs.install(path, { data, mode: 0o644 });
  for (const [path, target] of Object.entries(units.links)) fs.install(path, { target });
}

/** What the control plane's image is told. */
export interface ControlPlaneFacts {
  readonly name: string;
  readonly address: string;
  /** Names of the programs there are: only these get a manifest. */
  readonly programs: readonly string[];
}

/** The control plane: every certificate kubeadm init makes, kubeconfigs of its people, static pods. */
export function installControlPlane(fs: Fs, pki: ClusterPki, facts: ControlPlaneFacts): void {
  const pairs: readonly (readonly [path: string, pair: { cert: string; key: string }])[] = [
    ["ca", pki.ca],
    ["apiserver", pki.apiserver],
    ["apiserver-kubelet-client", pki.apiserverKubeletClient],
    ["apiserver-etcd-client", pki.apiserverEtcdClient],
    ["front-proxy-ca", pki.frontProxyCa],
    ["front-proxy-client", pki.frontProxyClient],
    ["etcd/ca", pki.etcdCa],
    ["etcd/server", pki.etcdServer],
    ["etcd/peer", pki.etcdPeer],
    ["etcd/healthcheck-client", pki.etcdHealthcheckClient],
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
  fs.installFolder("/root/.kube", { mode: 0o755 });
  fs.install("/root/.kube/config", {
    data: kubeconfig("kubernetes-admin", API_SERVER, pki.ca.cert, pki.admin),
    mode: 0o600,
  });
  fs.installFolder("/var/lib/etcd", { mode: 0o700 });
  for (const folder of ["/etc/ssl/certs", "/etc/ca-certificates", "/usr/share/ca-certificates"])
    fs.installFolder(folder, { mode: 0o755 });
  const pods = staticPods({ name: facts.name, address: facts.address, podSubnet: POD_SUBNET });
  for (const [name, data] of Object.entries(pods))
    if (facts.programs.includes(name)) fs.install(`/etc/kubernetes/manifests/${name}.yaml`, { data, mode: 0o600 });
}

/** Where containerd remembers its images, as it writes it down. */
const IMAGE_STORE = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";

/** Images that kubeadm pulled when it made the cluster, or that the node has run since. */
export function preloadImages(fs: Fs, controlPlane: boolean): void {
  const own = controlPlane ? ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] : [];
  const names = [...own, "kube-proxy"].map((name) => `${name}:${KUBERNETES_VERSION}`);
  if (controlPlane) names.push("etcd:3.6.8-0");
  const images = [...names, "coredns/coredns:v1.14.2", "pause:3.10.2"].map((name) =>
    describeImage(`registry.k8s.io/${name}`),
  );
  fs.install(IMAGE_STORE, { data: JSON.stringify({ boot: "", nextIp: 2, sandboxes: [], containers: [], images }) });
}
