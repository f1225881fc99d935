// The checks of the CIS benchmark for workers (cis-1.12, section 4) as data. Titles and remedies are our own words.

export type Operation =
  | "eq"
  | "noteq"
  | "has"
  | "nothave"
  | "gte"
  | "bitmask"
  | "valid_elements"
  | "present"
  | "absent";

/** One thing to look at: a word in the output of the audit, or a path in a settings file. */
export interface TestItem {
  readonly flag: string;
  /** JSONPath into the settings file; read only where the flag is nowhere in the process list. */
  readonly path?: string;
  readonly op: Operation;
  readonly value?: string;
}

export type Audit =
  /** permissions=644 of the first of these files; nothing where there is none. */
  | { readonly kind: "mode"; readonly file: FileName }
  /** root:root of it; `absent` is printed where there is none. */
  | { readonly kind: "owner"; readonly file: FileName; readonly absent?: string }
  /** The process list, then a settings file. */
  | { readonly kind: "process"; readonly of: "kubelet" | "kube-proxy"; readonly config?: FileName }
  /** `ps -ef | grep NAME`: every line with the name anywhere in it. */
  | { readonly kind: "grep"; readonly of: string }
  /** Mode or owner of several files, a line each: paths with spaces between, `DIR/*` what is in it, `DIR/**END` all below it. */
  | { readonly kind: "stat"; readonly what: "mode" | "owner"; readonly path: string }
  /** The first provider in the API server's encryption file. */
  | { readonly kind: "encryption" };

export type FileName =
  | "kubeletsvc"
  | "kubeletconf"
  | "kubeletkubeconfig"
  | "kubeletcafile"
  | "proxykubeconfig"
  | "proxyconf";

export interface Check {
  readonly id: string;
  readonly text: string;
  readonly scored: boolean;
  readonly audit: Audit;
  /** How items are joined; all unless told. */
  readonly any?: boolean;
  readonly tests: readonly TestItem[];
  readonly remedy: string;
  /** Nothing is looked at: somebody must. */
  readonly manual?: boolean;
  /** Benchmarks that have it; all unless told. */
  readonly only?: readonly string[];
}

export interface Group {
  readonly id: string;
  readonly text: string;
  readonly checks: readonly Check[];
}

/** A section of the benchmark: one target. */
export interface Control {
  readonly id: string;
  readonly target: "master" | "controlplane" | "etcd" | "node";
  readonly text: string;
  readonly groups: readonly Group[];
}

/** Where each file is looked for, the usual place last. */
export const FILES: Readonly<Record<FileName, readonly string[]>> = {
  kubeletsvc: [
    "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
    "/etc/systemd/system/kubelet.service",
    "/lib/systemd/system/kubelet.service",
    "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
  ],
  kubeletconf: [
    "/etc/kubernetes/kubelet-config.yaml",
    "/etc/kubernetes/kubelet/kubelet-config.json",
    "/var/lib/kubelet/config.yaml",
  ],
  kubeletkubeconfig: ["/etc/kubernetes/kubelet.conf"],
  kubeletcafile: ["/etc/kubernetes/pki/ca.crt"],
  proxykubeconfig: ["/etc/kubernetes/proxy.conf"],
  proxyconf: ["/etc/kubernetes/addons/kube-proxy-daemonset.yaml"],
};

const mode = (id: string, file: FileName, limit: string, text: string, scored: boolean): Check => ({
  id,
  text,
  scored,
  audit: { kind: "mode", file },
  tests: [{ flag: "permissions", op: "bitmask", value: limit }],
  remedy: `Take the surplus rights away, for instance:\nchmod ${limit} $${file}`,
});
const owner = (id: string, file: FileName, text: string, scored: boolean, absent?: string): Check => ({
  id,
  text,
  scored,
  audit: { kind: "owner", file, ...(absent === undefined ? {} : { absent }) },
  tests: [{ flag: "root:root", op: "present" }],
  remedy: `Give the file to root:\nchown root:root $${file}`,
});

const RESTART = "Then restart it: systemctl daemon-reload; systemctl restart kubelet";

/** A setting of the kubelet: `field` in its file, `flag` on its command line. */
function setting(
  id: string,
  text: string,
  scored: boolean,
  flag: string,
  field: string,
  tests: readonly (readonly [Operation, string?])[],
  wanted: string,
): Check {
  const path = `{.${field}}`;
  return {
    id,
    text,
    scored,
    audit: { kind: "process", of: "kubelet", config: "kubeletconf" },
    any: true,
    tests: tests.map(([op, value]) => ({ flag, path, op, ...(value === undefined ? {} : { value }) })),
    remedy: `In the kubelet's settings file: ${field}: ${wanted}\nOr on its command line: ${flag}=${wanted}\n${RESTART}`,
  };
}

const STRONG = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
];
const SUITES = "{range .tlsCipherSuites[:]}{}{','}{end}";
const suites = (only: readonly string[], list: readonly string[]): Check => ({
  id: "4.2.12",
  text: "Only strong TLS cipher suites",
  scored: false,
  audit: { kind: "process", of: "kubelet", config: "kubeletconf" },
  tests: [{ flag: "--tls-cipher-suites", path: SUITES, op: "valid_elements", value: list.join(",") }],
  remedy: `In the kubelet's settings file: tlsCipherSuites with some of\n${list.join(",")}\nOr on its command line: --tls-cipher-suites=...\n${RESTART}`,
  only,
});

const GROUPS: readonly Group[] = [
  {
    id: "4.1",
    text: "Worker Node Configuration Files",
    checks: [
      mode("4.1.1", "kubeletsvc", "600", "Unit file of the kubelet with mode 600 or tighter", true),
      owner("4.1.2", "kubeletsvc", "Unit file of the kubelet owned by root:root", true, "File not found"),
      mode(
        "4.1.3",
        "proxykubeconfig",
        "600",
        "Kubeconfig of kube-proxy, if there is one, with mode 600 or tighter",
        false,
      ),
      owner("4.1.4", "proxykubeconfig", "Kubeconfig of kube-proxy, if there is one, owned by root:root", false),
      mode("4.1.5", "kubeletkubeconfig", "600", "kubelet.conf with mode 600 or tighter", true),
      owner("4.1.6", "kubeletkubeconfig", "kubelet.conf owned by root:root", true),
      mode("4.1.7", "kubeletcafile", "644", "Client CA file with mode 644 or tighter", false),
      owner("4.1.8", "kubeletcafile", "Client CA file owned by root:root", false),
      mode("4.1.9", "kubeletconf", "600", "Settings file of the kubelet with mode 600 or tighter", true),
      owner("4.1.10", "kubeletconf", "Settings file of the kubelet owned by root:root", true),
    ],
  },
  {
    id: "4.2",
    text: "Kubelet",
    checks: [
      setting(
        "4.2.1",
        "Anonymous requests are off",
        true,
        "--anonymous-auth",
        "authentication.anonymous.enabled",
        [["eq", "false"]],
        "false",
      ),
      setting(
        "4.2.2",
        "Authorization is not AlwaysAllow",
        true,
        "--authorization-mode",
        "authorization.mode",
        [["nothave", "AlwaysAllow"]],
        "Webhook",
      ),
      setting(
        "4.2.3",
        "A client CA is configured",
        true,
        "--client-ca-file",
        "authentication.x509.clientCAFile",
        [["present"]],
        "/etc/kubernetes/pki/ca.crt",
      ),
      setting(
        "4.2.4",
        "The read-only port is off",
        false,
        "--read-only-port",
        "readOnlyPort",
        [["eq", "0"], ["absent"]],
        "0",
      ),
      setting(
        "4.2.5",
        "Idle streams are closed some time",
        false,
        "--streaming-connection-idle-timeout",
        "streamingConnectionIdleTimeout",
        [["noteq", "0"], ["absent"]],
        "5m",
      ),
      setting(
        "4.2.6",
        "The kubelet keeps its iptables chains",
        true,
        "--make-iptables-util-chains",
        "makeIPTablesUtilChains",
        [["eq", "true"], ["absent"]],
        "true",
      ),
      {
        id: "4.2.7",
        text: "The node's name is not overridden",
        scored: false,
        audit: { kind: "process", of: "kubelet" },
        tests: [{ flag: "--hostname-override", op: "absent" }],
        remedy: `Take --hostname-override out of the unit file or kubeadm-flags.env.\n${RESTART}`,
      },
      setting(
        "4.2.8",
        "Events are not held back",
        false,
        "--event-qps",
        "eventRecordQPS",
        [["gte", "0"], ["absent"]],
        "5",
      ),
      {
        id: "4.2.9",
        text: "Serving certificate and key are configured",
        scored: false,
        audit: { kind: "process", of: "kubelet", config: "kubeletconf" },
        tests: [
          { flag: "--tls-cert-file", path: "{.tlsCertFile}", op: "present" },
          { flag: "--tls-private-key-file", path: "{.tlsPrivateKeyFile}", op: "present" },
        ],
        remedy: `In the kubelet's settings file: tlsCertFile and tlsPrivateKeyFile\nOr on its command line: --tls-cert-file and --tls-private-key-file\n${RESTART}`,
      },
      setting(
        "4.2.10",
        "Client certificates are rotated",
        true,
        "--rotate-certificates",
        "rotateCertificates",
        [["eq", "true"], ["absent"]],
        "true",
      ),
      setting(
        "4.2.11",
        "Rotation of serving certificates is not switched off",
        false,
        "RotateKubeletServerCertificate",
        "featureGates.RotateKubeletServerCertificate",
        [["nothave", "false"], ["absent"]],
        "true",
      ),
      suites(["cis-1.12"], STRONG),
      suites(
        ["cis-1.10", "cis-1.11"],
        [...STRONG, "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256"],
      ),
      setting(
        "4.2.13",
        "A limit of process ids per pod is set",
        false,
        "--pod-max-pids",
        "podPidsLimit",
        [["present"]],
        "a number",
      ),
      {
        ...setting(
          "4.2.14",
          "Pods get the RuntimeDefault seccomp profile",
          false,
          "--seccomp-default",
          "seccompDefault",
          [["present"]],
          "true",
        ),
        only: ["cis-1.11", "cis-1.12"],
      },
    ],
  },
  {
    id: "4.3",
    text: "kube-proxy",
    checks: [
      {
        id: "4.3.1",
        text: "Metrics of kube-proxy are bound to localhost",
        scored: true,
        audit: { kind: "process", of: "kube-proxy", config: "proxyconf" },
        any: true,
        tests: [
          { flag: "--metrics-bind-address", path: "{.metricsBindAddress}", op: "has", value: "127.0.0.1" },
          { flag: "--metrics-bind-address", path: "{.metricsBindAddress}", op: "absent" },
        ],
        remedy: "Set metricsBindAddress to 127.0.0.1:10249 in kube-proxy's settings, or leave it out.",
      },
    ],
  },
];

/** Section 4. */
export const NODE: Control = { id: "4", target: "node", text: "Worker Node Security Configuration", groups: GROUPS };
