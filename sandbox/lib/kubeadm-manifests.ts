// The static pods of a control plane as `kubeadm init` writes them below /etc/kubernetes/manifests.

/** What the manifests depend on. */
export interface ManifestFacts {
  /** Host name of the machine. */
  readonly name: string;
  readonly address: string;
  readonly podSubnet: string;
}

interface Probe {
  readonly path: string;
  readonly host: string;
  readonly scheme: "HTTP" | "HTTPS";
}

interface Manifest {
  readonly name: string;
  readonly image: string;
  readonly flags: readonly string[];
  readonly annotation?: readonly [key: string, value: string];
  readonly port: number;
  readonly live: Probe;
  readonly ready?: Probe;
  readonly startup: Probe;
  /** Requests, in order. */
  readonly requests: Readonly<Record<string, string>>;
  /** Volumes by name, in the order of their names; mounts in `mountOrder` or the same. */
  readonly volumes: readonly (readonly [name: string, path: string, type: string, readOnly: boolean])[];
  readonly mountOrder?: readonly string[];
}

const CERTS: readonly (readonly [string, string, string, boolean])[] = [
  ["ca-certs", "/etc/ssl/certs", "DirectoryOrCreate", true],
  ["etc-ca-certificates", "/etc/ca-certificates", "DirectoryOrCreate", true],
  ["k8s-certs", "/etc/kubernetes/pki", "DirectoryOrCreate", true],
];
const MORE_CERTS: readonly (readonly [string, string, string, boolean])[] = [
  ["usr-local-share-ca-certificates", "/usr/local/share/ca-certificates", "DirectoryOrCreate", true],
  ["usr-share-ca-certificates", "/usr/share/ca-certificates", "DirectoryOrCreate", true],
];

/** Version of Kubernetes that the manifests run. */
export const KUBERNETES_VERSION = "v1.36.2";
const IMAGE = (name: string): string => `registry.k8s.io/${name}:${KUBERNETES_VERSION}`;
const PKI = "/etc/kubernetes/pki";

/** kube-apiserver's flags. */
const apiserverFlags = ({ address }: Pick<ManifestFacts, "address">): readonly string[] => [
  `--advertise-address=${address}`,
  "--allow-privileged=true",
  "--authorization-mode=Node,RBAC",
  `--client-ca-file=${PKI}/ca.crt`,
  "--enable-admission-plugins=NodeRestriction",
  "--enable-bootstrap-token-auth=true",
  `--etcd-cafile=${PKI}/etcd/ca.crt`,
  `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
  `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
  "--etcd-servers=https://127.0.0.1:2379",
  `--kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt`,
  `--kubelet-client-key=${PKI}/apiserver-kubelet-client.key`,
  "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
  `--proxy-client-cert-file=${PKI}/front-proxy-client.crt`,
  `--proxy-client-key-file=${PKI}/front-proxy-client.key`,
  "--requestheader-allowed-names=front-proxy-client",
  `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
  "--requestheader-extra-headers-prefix=X-Remote-Extra-",
  "--requestheader-group-headers=X-Remote-Group",
  "--requestheader-username-headers=X-Remote-User",
  "--secure-port=6443",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-key-file=${PKI}/sa.pub`,
  `--service-account-signing-key-file=${PKI}/sa.key`,
  "--service-cluster-ip-range=10.96.0.0/12",
  `--tls-cert-file=${PKI}/apiserver.crt`,
  `--tls-private-key-file=${PKI}/apiserver.key`,
];

function manifests({ name, address, podSubnet }: ManifestFacts): readonly Manifest[] {
  const api = (path: string): Probe => ({ host: address, path, scheme: "HTTPS" });
  const local = (path: string, scheme: Probe["scheme"] = "HTTPS"): Probe => ({ host: "127.0.0.1", path, scheme });
  const conf = (who: string): string => `/etc/kubernetes/${who}.conf`;
  return [
    {
      name: "kube-apiserver",
      image: IMAGE("kube-apiserver"),
      annotation: ["kube-apiserver.advertise-address.endpoint", `${address}:6443`],
      flags: apiserverFlags({ address }),
      port: 6443,
      live: api("/livez"),
      ready: api("/readyz"),
      startup: api("/livez"),
      requests: { cpu: "250m" },
      volumes: [...CERTS, ...MORE_CERTS],
    },
    {
      name: "etcd",
      image: "registry.k8s.io/etcd:3.6.8-0",
      annotation: ["etcd.advertise-client-urls", `https://${address}:2379`],
      flags: [
        `--advertise-client-urls=https://${address}:2379`,
        `--cert-file=${PKI}/etcd/server.crt`,
        "--client-cert-auth=true",
        "--data-dir=/var/lib/etcd",
        "--feature-gates=InitialCorruptCheck=true",
        `--initial-advertise-peer-urls=https://${address}:2380`,
        `--initial-cluster=${name}=https://${address}:2380`,
        `--key-file=${PKI}/etcd/server.key`,
        `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
        "--listen-metrics-urls=http://127.0.0.1:2381",
        `--listen-peer-urls=https://${address}:2380`,
        `--name=${name}`,
        `--peer-cert-file=${PKI}/etcd/peer.crt`,
        "--peer-client-cert-auth=true",
        `--peer-key-file=${PKI}/etcd/peer.key`,
        `--peer-trusted-ca-file=${PKI}/etcd/ca.crt`,
        "--snapshot-count=10000",
        `--trusted-ca-file=${PKI}/etcd/ca.crt`,
        "--watch-progress-notify-interval=5s",
      ],
      port: 2381,
      live: local("/livez", "HTTP"),
      ready: local("/readyz", "HTTP"),
      startup: local("/readyz", "HTTP"),
      requests: { cpu: "100m", memory: "100Mi" },
      volumes: [
        ["etcd-certs", `${PKI}/etcd`, "DirectoryOrCreate", false],
        ["etcd-data", "/var/lib/etcd", "DirectoryOrCreate", false],
      ],
      mountOrder: ["etcd-data", "etcd-certs"],
    },
    {
      name: "kube-controller-manager",
      image: IMAGE("kube-controller-manager"),
      flags: [
        ...(podSubnet === "" ? [] : ["--allocate-node-cidrs=true"]),
        `--authentication-kubeconfig=${conf("controller-manager")}`,
        `--authorization-kubeconfig=${conf("controller-manager")}`,
        "--bind-address=127.0.0.1",
        `--client-ca-file=${PKI}/ca.crt`,
        ...(podSubnet === "" ? [] : [`--cluster-cidr=${podSubnet}`]),
        "--cluster-name=kubernetes",
        `--cluster-signing-cert-file=${PKI}/ca.crt`,
        `--cluster-signing-key-file=${PKI}/ca.key`,
        "--controllers=*,bootstrapsigner,tokencleaner",
        `--kubeconfig=${conf("controller-manager")}`,
        "--leader-elect=true",
        `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
        `--root-ca-file=${PKI}/ca.crt`,
        `--service-account-private-key-file=${PKI}/sa.key`,
        "--service-cluster-ip-range=10.96.0.0/12",
        "--use-service-account-credentials=true",
      ],
      port: 10257,
      live: local("/healthz"),
      startup: local("/healthz"),
      requests: { cpu: "200m" },
      volumes: [...CERTS, ["kubeconfig", conf("controller-manager"), "FileOrCreate", true], ...MORE_CERTS],
    },
    {
      name: "kube-scheduler",
      image: IMAGE("kube-scheduler"),
      flags: [
        `--authentication-kubeconfig=${conf("scheduler")}`,
        `--authorization-kubeconfig=${conf("scheduler")}`,
        "--bind-address=127.0.0.1",
        `--kubeconfig=${conf("scheduler")}`,
        "--leader-elect=true",
      ],
      port: 10259,
      live: local("/livez"),
      ready: local("/readyz"),
      startup: local("/livez"),
      requests: { cpu: "100m" },
      volumes: [["kubeconfig", conf("scheduler"), "FileOrCreate", true]],
    },
  ];
}

const probe = (key: string, failures: number, { host, path, scheme }: Probe, late: boolean): string => `    ${key}:
      failureThreshold: ${failures}
      httpGet:
        host: ${host}
        path: ${path}
        port: probe-port
        scheme: ${scheme}
${late ? "      initialDelaySeconds: 10\n" : ""}      periodSeconds: ${late ? 10 : 1}
      timeoutSeconds: 15
`;

function format(manifest: Manifest): string {
  const { name, annotation, flags, volumes } = manifest;
  const mounts = (manifest.mountOrder ?? volumes.map(([each]) => each)).map((each) =>
    volumes.find(([other]) => other === each),
  );
  return `apiVersion: v1
kind: Pod
metadata:
${annotation === undefined ? "" : `  annotations:\n    kubeadm.kubernetes.io/${annotation[0]}: ${annotation[1]}\n`}  labels:
    component: ${name}
    tier: control-plane
  name: ${name}
  namespace: kube-system
spec:
  containers:
  - command:
    - ${name}
${flags.map((flag) => `    - ${flag}\n`).join("")}    image: ${manifest.image}
    imagePullPolicy: IfNotPresent
${probe("livenessProbe", 8, manifest.live, true)}    name: ${name}
    ports:
    - containerPort: ${manifest.port}
      name: probe-port
      protocol: TCP
${manifest.ready === undefined ? "" : probe("readinessProbe", 3, manifest.ready, false)}    resources:
      requests:
${Object.entries(manifest.requests)
  .map(([key, value]) => `        ${key}: ${value}\n`)
  .join("")}${probe("startupProbe", 24, manifest.startup, true)}    volumeMounts:
${mounts.map((volume) => (volume === undefined ? "" : `    - mountPath: ${volume[1]}\n      name: ${volume[0]}\n${volume[3] ? "      readOnly: true\n" : ""}`)).join("")}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
${volumes.map(([volume, path, type]) => `  - hostPath:\n      path: ${path}\n      type: ${type}\n    name: ${volume}\n`).join("")}status: {}
`;
}

/** Manifests by the name of their program. */
export function staticPods(facts: ManifestFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(manifests(facts).map((each) => [each.name, format(each)]));
}
