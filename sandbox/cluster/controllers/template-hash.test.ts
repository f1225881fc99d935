// Hashes of templates whose ReplicaSets and DaemonSets a real kube-controller-manager 1.36.2 named.

import { expect, test } from "vitest";
import { templateHash } from "./template-hash.ts";

const spec = {
  dnsPolicy: "ClusterFirst",
  restartPolicy: "Always",
  schedulerName: "default-scheduler",
  securityContext: {},
  terminationGracePeriodSeconds: 30,
};
const nginx = {
  image: "nginx:1.27",
  imagePullPolicy: "IfNotPresent",
  name: "nginx",
  resources: {},
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
};

test("deployments' templates have the hashes that the real controller gives them", () => {
  const { hashTemplate } = templateHash;
  expect(hashTemplate({ metadata: { labels: { app: "d" } }, spec: { ...spec, containers: [nginx] } })).toBe(
    "d994f7c68",
  );
  const ports = [{ containerPort: 80, protocol: "TCP" }];
  const frontend = { labels: { app: "frontend" } };
  const annotations = { "kubectl.kubernetes.io/restartedAt": "2026-11-21T23:00:43Z" };
  const served = { ...spec, containers: [{ ...nginx, ports }] };
  expect(hashTemplate({ metadata: frontend, spec: served })).toBe("85f5d5dc67");
  expect(hashTemplate({ metadata: { ...frontend, annotations }, spec: served })).toBe("69746ddf7f");
});

test("volumes, variables, quantities, probes and rights are printed as Go prints them", () => {
  const { hashTemplate } = templateHash;
  const coredns = {
    ...nginx,
    name: "coredns",
    image: "registry.k8s.io/coredns/coredns:v1.14.2",
    args: ["-conf", "/etc/coredns/Corefile"],
    livenessProbe: {
      failureThreshold: 5,
      httpGet: { path: "/health", port: "liveness-probe", scheme: "HTTP" },
      initialDelaySeconds: 60,
      periodSeconds: 10,
      successThreshold: 1,
      timeoutSeconds: 5,
    },
    ports: [
      { containerPort: 53, name: "dns", protocol: "UDP" },
      { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
      { containerPort: 9153, name: "metrics", protocol: "TCP" },
      { containerPort: 8080, name: "liveness-probe", protocol: "TCP" },
      { containerPort: 8181, name: "readiness-probe", protocol: "TCP" },
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
    volumeMounts: [{ mountPath: "/etc/coredns", name: "config-volume", readOnly: true }],
  };
  const near = {
    labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
    topologyKey: "kubernetes.io/hostname",
  };
  const configMap = { defaultMode: 420, items: [{ key: "Corefile", path: "Corefile" }], name: "coredns" };
  const pod = {
    ...spec,
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: near, weight: 100 }],
      },
    },
    containers: [coredns],
    dnsPolicy: "Default",
    nodeSelector: { "kubernetes.io/os": "linux" },
    priorityClassName: "system-cluster-critical",
    serviceAccount: "coredns",
    serviceAccountName: "coredns",
    tolerations: [
      { key: "CriticalAddonsOnly", operator: "Exists" },
      { effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane" },
    ],
    volumes: [{ configMap, name: "config-volume" }],
  };
  expect(hashTemplate({ metadata: { labels: { "k8s-app": "kube-dns" } }, spec: pod })).toBe("589f44dc88");
});
