// The hardened ship: the final unit and the final config.yaml, entry by entry with its reason, and how they come onto a node.
// What a version does not know is left out by the kubelet's own tables. A test lays them on both start images and lets callers judge.

import { fields } from "#sandbox/kubelet/config/fields.ts";

export interface Entry {
  /** Lines as they stand in the file. */
  readonly text: string;
  /** Why it is there; entries that only frame the others have none. */
  readonly why?: string;
  readonly lesson?: string;
  /** Field it sets: decides which versions have the entry. */
  readonly field?: string;
  /** Last minor version that wants it. */
  readonly until?: number;
}

export const UNIT = "/etc/systemd/system/kubelet.service";
export const DROP_IN = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
export const CONFIG = "/var/lib/kubelet/config.yaml";
export const SYSCTL = "/etc/sysctl.d/90-kubelet.conf";

export const unit: readonly Entry[] = [
  {
    text: "[Unit]\nDescription=kubelet: The Kubernetes Node Agent\nWants=network-online.target\nAfter=network-online.target containerd.service\n",
  },
  {
    text: "[Service]\nExecStart=/usr/bin/kubelet \\",
    why: "The whole command stands here. No environment file is read, so none can add a flag that beats the file.",
    lesson: "sign-on/the-ships-papers",
  },
  {
    text: "  --config=/var/lib/kubelet/config.yaml \\",
    why: "With a configuration file the kubelet takes the shut defaults: strangers out, Webhook, no read-only port.",
    lesson: "sign-on/the-ships-papers",
  },
  {
    text: "  --container-runtime=remote \\\n  --container-runtime-endpoint=unix:///run/containerd/containerd.sock \\",
    why: "Before 1.27 the runtime had no field in the file.",
    lesson: "sign-on/commission-the-captain",
    until: 26,
  },
  {
    text: "  --kubeconfig=/etc/kubernetes/kubelet.conf",
    why: "Where the API server is, and the kubelet’s own papers for it. Without it there is nobody to ask about tokens and rights.",
    lesson: "sign-on/commission-the-captain",
  },
  {
    text: "Restart=always\nStartLimitInterval=0\nRestartSec=10\n",
    why: "A kubelet that fell comes back. One that will not start tries again every ten seconds, and the journal has the reason each time.",
    lesson: "sign-on/first-watch",
  },
  {
    text: "[Install]\nWantedBy=multi-user.target",
    why: "It starts with the machine, once enabled.",
    lesson: "sign-on/commission-the-captain",
  },
];

/** Takes the place of the drop-in that the package ships under the same name, whose ExecStart would win over the unit's. */
export const dropIn = "# Stands in for the package’s file of this name:\n# the unit has the whole command.\n";

export const config: readonly Entry[] = [
  { text: "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration" },
  {
    text: "authentication:\n  anonymous:\n    enabled: false",
    why: "Who shows nothing gets 401.",
    lesson: "who-goes-there/turn-strangers-away",
    field: "authentication.anonymous.enabled",
  },
  {
    text: "  webhook:\n    enabled: true",
    why: "A token is put to the API server: whose is it? Metrics collectors come with one.",
    lesson: "who-goes-there/letters-of-marque",
    field: "authentication.webhook.enabled",
  },
  {
    text: "  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt",
    why: "Certificates of callers are checked against this CA. The API server comes with one.",
    lesson: "who-goes-there/show-your-papers",
    field: "authentication.x509.clientCAFile",
  },
  {
    text: "authorization:\n  mode: Webhook",
    why: "To have a name is not enough: the API server is asked whether it may.",
    lesson: "by-whose-order/ask-the-harbour",
    field: "authorization.mode",
  },
  {
    text: "readOnlyPort: 0",
    why: "The default with a file, written down so that nobody has to know it.",
    lesson: "by-whose-order/close-the-hatch",
    field: "readOnlyPort",
  },
  {
    text: "healthzBindAddress: 127.0.0.1",
    why: "The health port is for this machine. Port 10250 stays on every address, because the API server calls it; a firewall keeps others from it.",
    lesson: "sealed-dispatches/moor-with-care",
    field: "healthzBindAddress",
  },
  {
    text: "serverTLSBootstrap: true",
    why: "The API server’s CA signs what callers see on 10250, once somebody approved the request. Then nobody needs -k.",
    lesson: "sealed-dispatches/sealed-dispatches",
    field: "serverTLSBootstrap",
  },
  {
    text: "rotateCertificates: true",
    why: "The kubelet’s client certificate is renewed before it ends.",
    lesson: "sealed-dispatches/fresh-seals",
    field: "rotateCertificates",
  },
  {
    text: "tlsMinVersion: VersionTLS12\ntlsCipherSuites:\n- TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n- TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n- TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\n- TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    why: "What is left of TLS 1.2 are suites with forward secrecy and GCM. TLS 1.3 chooses its own.",
    lesson: "sealed-dispatches/sealed-dispatches",
    field: "tlsCipherSuites",
  },
  {
    text: "podPidsLimit: 1024",
    why: "One pod cannot use up the node’s process ids.",
    lesson: "ship-shape/provisions",
    field: "podPidsLimit",
  },
  {
    text: "seccompDefault: true",
    why: "Pods get the runtime’s list of system calls unless they ask for another.",
    lesson: "ship-shape/provisions",
    field: "seccompDefault",
  },
  {
    text: "protectKernelDefaults: true",
    why: "Where the kernel is set otherwise than expected the kubelet stops, instead of changing it. So the kernel is set first, in a file of its own.",
    lesson: "ship-shape/provisions",
    field: "protectKernelDefaults",
  },
  {
    text: "streamingConnectionIdleTimeout: 5m",
    why: "A forgotten exec session ends after five minutes without a word.",
    lesson: "ship-shape/provisions",
    field: "streamingConnectionIdleTimeout",
  },
  {
    text: "eventRecordQPS: 50",
    why: "Enough events to see an attack, not so many that they drown the API server.",
    lesson: "ship-shape/provisions",
    field: "eventRecordQPS",
  },
  {
    text: "kubeReserved:\n  cpu: 100m\n  memory: 256Mi\nsystemReserved:\n  cpu: 100m\n  memory: 256Mi\nenforceNodeAllocatable:\n- pods",
    why: "Pods are held to what is left after system, kubelet and runtime have theirs.",
    lesson: "ship-shape/provisions",
    field: "kubeReserved",
  },
  {
    text: "makeIPTablesUtilChains: true",
    why: "The default. The packet filter keeps the chains that services need.",
    lesson: "inspection/the-surveyor",
    field: "makeIPTablesUtilChains",
  },
  {
    text: "staticPodPath: /etc/kubernetes/manifests",
    why: "Whoever writes here runs pods that no admission has seen, so the folder is for root alone.",
    lesson: "ship-shape/cargo-rules",
    field: "staticPodPath",
  },
  {
    text: "containerRuntimeEndpoint: unix:///run/containerd/containerd.sock",
    why: "Which runtime.",
    field: "containerRuntimeEndpoint",
  },
  {
    text: "cgroupDriver: systemd\nclusterDomain: cluster.local\nclusterDNS:\n- 10.96.0.10",
    why: "What the cluster needs to run pods.",
    field: "clusterDNS",
  },
];

export const sysctl = "vm.overcommit_memory = 1\nkernel.panic = 10\nkernel.panic_on_oops = 1\n";

const since = new Map(fields.map(({ path, since: minor }) => [path, minor]));

/** Whether a version has an entry. */
export function isFor({ field, until }: Entry, minor: number): boolean {
  return minor <= (until ?? minor) && minor >= (field === undefined ? 0 : (since.get(field) ?? 0));
}

/** A file as a version wants it. */
export function render(entries: readonly Entry[], minor: number): string {
  return `${entries
    .filter((entry) => isFor(entry, minor))
    .map(({ text }) => text)
    .join("\n")}\n`;
}

const write = (path: string, text: string): string => `cat > ${path} <<'EOF'\n${text}EOF`;

/** What is typed on a node, as root: the files laid down for root alone, the kernel set, the kubelet started again. */
export function layDown(minor: number, kubelet = "/usr/bin/kubelet"): string[] {
  return [
    "umask 077",
    `rm -f ${CONFIG} ${UNIT}`,
    write(CONFIG, render(config, minor)),
    write(UNIT, render(unit, minor).replace("/usr/bin/kubelet", kubelet)),
    `mkdir -p ${DROP_IN.replace(/\/[^/]+$/, "")}`,
    write(DROP_IN, dropIn),
    write(SYSCTL, sysctl),
    "sysctl -p /etc/sysctl.d/90-kubelet.conf",
    "chmod 700 /etc/kubernetes/manifests",
    "systemctl daemon-reload",
    "systemctl enable kubelet",
    "systemctl restart kubelet",
  ];
}

/** What is typed at the harbour once the kubelet has asked for its serving certificate. */
export const approve: readonly string[] = [
  "kubectl get csr",
  "kubectl certificate approve $(kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o name | cut -d/ -f2)",
];
