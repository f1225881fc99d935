// What `kubeadm init` leaves in the API: ConfigMaps of the cluster and its kubelets, discovery for joining nodes, RBAC, DNS and proxy.

import { encode } from "../kernel/text.ts";
import { toBase64 } from "../lib/crypto/base64.ts";
import { hash } from "../lib/crypto/hash.ts";
import { clusterConfiguration, KUBELET_CONFIGURATION, proxyConfiguration } from "../lib/kubeadm-config.ts";
import { KUBERNETES_VERSION } from "../lib/kubeadm-manifests.ts";
import type { ClusterPki } from "./pki.ts";

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
/** A manifest. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: Value | undefined };
  readonly [key: string]: unknown;
}

const PROXY_KUBECONFIG = (server: string): string => `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: ${server}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token`;

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const hashOf = (text: string): string => `sha256:${hex(hash("sha256", encode(text)))}`;

/** Kubeconfig of the ConfigMap cluster-info: where the API server is and whose seal it bears. */
export const clusterInfo = (server: string, ca: string): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${toBase64(encode(ca))}
    server: ${server}
  name: ""
contexts: null
current-context: ""
kind: Config
users: null
`;

function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  more: Readonly<Record<string, Value>> = {},
): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, ...more }, data };
}

const RBAC = "rbac.authorization.k8s.io";
const NODES = "system:nodes";
const BOOTSTRAPPERS = "system:bootstrappers:kubeadm:default-node-token";

/** A Role that reads one ConfigMap, and its binding. */
function reader(
  namespace: string,
  name: string,
  config: string,
  subjects: readonly (readonly [string, string])[],
): KubeObject[] {
  const head = (kind: string) => ({ apiVersion: `${RBAC}/v1`, kind, metadata: { name, namespace } });
  return [
    {
      ...head("Role"),
      rules: [{ apiGroups: [""], resourceNames: [config], resources: ["configmaps"], verbs: ["get"] }],
    },
    {
      ...head("RoleBinding"),
      roleRef: { apiGroup: RBAC, kind: "Role", name },
      subjects: subjects.map(([kind, subject]) => ({ apiGroup: RBAC, kind, name: subject })),
    },
  ];
}

const clusterBinding = (name: string, role: string, subject: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
  subjects: [subject],
});
const group = (name: string) => ({ apiGroup: RBAC, kind: "Group", name });
const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "kube-system" });
const clusterRole = (name: string, rules: readonly Value[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});

const RIGHTS: readonly KubeObject[] = [
  ...reader("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "cluster-info", [["User", "system:anonymous"]]),
  ...reader("kube-system", "kube-proxy", "kube-proxy", [["Group", BOOTSTRAPPERS]]),
  ...reader("kube-system", "kubeadm:kubelet-config", "kubelet-config", [
    ["Group", NODES],
    ["Group", BOOTSTRAPPERS],
  ]),
  ...reader("kube-system", "kubeadm:nodes-kubeadm-config", "kubeadm-config", [
    ["Group", BOOTSTRAPPERS],
    ["Group", NODES],
  ]),
  clusterRole("kubeadm:get-nodes", [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }]),
  clusterRole("system:coredns", [
    { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ]),
  clusterBinding("kubeadm:cluster-admins", "cluster-admin", group("kubeadm:cluster-admins")),
  clusterBinding("kubeadm:get-nodes", "kubeadm:get-nodes", group(BOOTSTRAPPERS)),
  clusterBinding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", group(BOOTSTRAPPERS)),
  clusterBinding(
    "kubeadm:node-autoapprove-bootstrap",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    group(BOOTSTRAPPERS),
  ),
  clusterBinding(
    "kubeadm:node-autoapprove-certificate-rotation",
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    group(NODES),
  ),
  clusterBinding("kubeadm:apiserver-kubelet-client", "system:kubelet-api-admin", {
    apiGroup: RBAC,
    kind: "User",
    name: "kube-apiserver-kubelet-client",
  }),
  clusterBinding("kubeadm:node-proxier", "system:node-proxier", account("kube-proxy")),
  clusterBinding("system:coredns", "system:coredns", account("coredns")),
];

const PROXY: KubeObject = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "kube-proxy", namespace: "kube-system", labels: { "k8s-app": "kube-proxy" } },
  spec: {
    revisionHistoryLimit: 10,
    selector: { matchLabels: { "k8s-app": "kube-proxy" } },
    template: {
      metadata: { labels: { "k8s-app": "kube-proxy" } },
      spec: {
        containers: [
          {
            command: [
              "/usr/local/bin/kube-proxy",
              "--config=/var/lib/kube-proxy/config.conf",
              "--hostname-override=$(NODE_NAME)",
            ],
            env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } }],
            image: `registry.k8s.io/kube-proxy:${KUBERNETES_VERSION}`,
            imagePullPolicy: "IfNotPresent",
            name: "kube-proxy",
            resources: {},
            securityContext: { privileged: true },
            terminationMessagePath: "/dev/termination-log",
            terminationMessagePolicy: "File",
            volumeMounts: [
              { mountPath: "/var/lib/kube-proxy", name: "kube-proxy" },
              { mountPath: "/run/xtables.lock", name: "xtables-lock" },
              { mountPath: "/lib/modules", name: "lib-modules", readOnly: true },
            ],
          },
        ],
        dnsPolicy: "ClusterFirst",
        hostNetwork: true,
        nodeSelector: { "kubernetes.io/os": "linux" },
        priorityClassName: "system-node-critical",
        restartPolicy: "Always",
        schedulerName: "default-scheduler",
        securityContext: {},
        serviceAccount: "kube-proxy",
        serviceAccountName: "kube-proxy",
        terminationGracePeriodSeconds: 30,
        tolerations: [{ operator: "Exists" }],
        volumes: [
          { configMap: { defaultMode: 420, name: "kube-proxy" }, name: "kube-proxy" },
          { hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" }, name: "xtables-lock" },
          { hostPath: { path: "/lib/modules", type: "" }, name: "lib-modules" },
        ],
      },
    },
    updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: "RollingUpdate" },
  },
};

const dnsPort = (name: string, port: number, protocol: string) => ({ containerPort: port, name, protocol });
const DNS: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  spec: {
    progressDeadlineSeconds: 600,
    replicas: 2,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { "k8s-app": "kube-dns" } },
    strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 }, type: "RollingUpdate" },
    template: {
      metadata: { labels: { "k8s-app": "kube-dns" } },
      spec: {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
                  topologyKey: "kubernetes.io/hostname",
                },
                weight: 100,
              },
            ],
          },
        },
        containers: [
          {
            args: ["-conf", "/etc/coredns/Corefile"],
            image: "registry.k8s.io/coredns/coredns:v1.14.2",
            imagePullPolicy: "IfNotPresent",
            livenessProbe: {
              failureThreshold: 5,
              httpGet: { path: "/health", port: "liveness-probe", scheme: "HTTP" },
              initialDelaySeconds: 60,
              periodSeconds: 10,
              successThreshold: 1,
              timeoutSeconds: 5,
            },
            name: "coredns",
            ports: [
              dnsPort("dns", 53, "UDP"),
              dnsPort("dns-tcp", 53, "TCP"),
              dnsPort("metrics", 9153, "TCP"),
              dnsPort("liveness-probe", 8080, "TCP"),
              dnsPort("readiness-probe", 8181, "TCP"),
            ],
            readinessProbe: {
              failureThreshold: 3,
              httpGet: { path: "/ready", port: "readiness-probe", scheme: "HTTP" },
              periodSeconds: 10,
              successThreshold: 1,
              timeoutSeconds: 1,
            },
            resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
              readOnlyRootFilesystem: true,
            },
            terminationMessagePath: "/dev/termination-log",
            terminationMessagePolicy: "File",
            volumeMounts: [{ mountPath: "/etc/coredns", name: "config-volume", readOnly: true }],
          },
        ],
        dnsPolicy: "Default",
        nodeSelector: { "kubernetes.io/os": "linux" },
        priorityClassName: "system-cluster-critical",
        restartPolicy: "Always",
        schedulerName: "default-scheduler",
        securityContext: {},
        serviceAccount: "coredns",
        serviceAccountName: "coredns",
        terminationGracePeriodSeconds: 30,
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane" },
        ],
        volumes: [
          {
            configMap: { defaultMode: 420, items: [{ key: "Corefile", path: "Corefile" }], name: "coredns" },
            name: "config-volume",
          },
        ],
      },
    },
  },
};

const service = (
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  spec: Readonly<Record<string, Value>>,
  annotations?: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels, ...(annotations === undefined ? {} : { annotations }) },
  spec: {
    ...spec,
    clusterIPs: [spec.clusterIP ?? ""],
    internalTrafficPolicy: "Cluster",
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    sessionAffinity: "None",
    type: "ClusterIP",
  },
});
const port = (name: string, number: number, protocol = "TCP", target = number) => ({
  name,
  port: number,
  protocol,
  targetPort: target,
});

const SERVICES: readonly KubeObject[] = [
  service(
    "default",
    "kubernetes",
    { component: "apiserver", provider: "kubernetes" },
    { clusterIP: "10.96.0.1", ports: [port("https", 443, "TCP", 6443)] },
  ),
  service(
    "kube-system",
    "kube-dns",
    { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    {
      clusterIP: "10.96.0.10",
      ports: [port("dns", 53, "UDP"), port("dns-tcp", 53), port("metrics", 9153)],
      selector: { "k8s-app": "kube-dns" },
    },
    { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
  ),
];

/** What of the cluster the objects depend on. */
export interface ClusterFacts {
  readonly server: string;
  readonly podSubnet: string;
  /** When kubeadm made it all, ms since the epoch. */
  readonly born: number;
  /** Machines that are nodes of it. */
  readonly nodes: readonly { readonly name: string; readonly controlPlane: boolean }[];
}

/** All of them, as manifests. */
export function clusterObjects(pki: ClusterPki, facts: ClusterFacts): readonly KubeObject[] {
  const { server, podSubnet } = facts;
  const proxy = proxyConfiguration(podSubnet);
  const HASH = "kubeadm.kubernetes.io/component-config.hash";
  const list = (...names: string[]): string => JSON.stringify(names);
  const objects: readonly KubeObject[] = [
    configMap("kube-public", "cluster-info", { kubeconfig: clusterInfo(server, pki.ca.cert) }),
    configMap("kube-system", "kubeadm-config", {
      ClusterConfiguration: clusterConfiguration(KUBERNETES_VERSION, podSubnet),
    }),
    configMap(
      "kube-system",
      "kubelet-config",
      { kubelet: KUBELET_CONFIGURATION },
      { annotations: { [HASH]: hashOf(KUBELET_CONFIGURATION) } },
    ),
    configMap(
      "kube-system",
      "kube-proxy",
      { "config.conf": proxy, "kubeconfig.conf": PROXY_KUBECONFIG(server) },
      { annotations: { [HASH]: hashOf(proxy) }, labels: { app: "kube-proxy" } },
    ),
    configMap("kube-system", "coredns", { Corefile: COREFILE }),
    configMap("kube-system", "extension-apiserver-authentication", {
      "client-ca-file": pki.ca.cert,
      "requestheader-allowed-names": list("front-proxy-client"),
      "requestheader-client-ca-file": pki.frontProxyCa.cert,
      "requestheader-extra-headers-prefix": list("X-Remote-Extra-"),
      "requestheader-group-headers": list("X-Remote-Group"),
      "requestheader-username-headers": list("X-Remote-User"),
    }),
    ...RIGHTS,
    ...["kube-proxy", "coredns"].map(
      (name): KubeObject => ({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name, namespace: "kube-system" },
      }),
    ),
    PROXY,
    DNS,
    ...SERVICES,
    ...facts.nodes.map(({ name, controlPlane }, at) => nodeObject(name, controlPlane, at)),
  ];
  const creationTimestamp = `${new Date(facts.born).toISOString().slice(0, 19)}Z`;
  return objects.map((object) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }));
}

/** A node as it was registered; its kubelet tells the rest. */
function nodeObject(name: string, controlPlane: boolean, at: number): KubeObject {
  const podCIDR = `10.244.${at}.0/24`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: {
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
      },
      labels: {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        ...(controlPlane
          ? {
              "node-role.kubernetes.io/control-plane": "",
              "node.kubernetes.io/exclude-from-external-load-balancers": "",
            }
          : {}),
      },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      ...(controlPlane ? { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] } : {}),
    },
  };
}
