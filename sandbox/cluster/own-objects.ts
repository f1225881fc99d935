// Objects that kube-apiserver makes by itself: its own service and addresses, priority classes, the list of API services.

import type { Fields, KubeObject } from "./object.ts";
import { RESOURCES } from "./registry/resources.ts";
import type { ServerState } from "./state.ts";

/** Priority of a group among all, in steps of a hundred as the aggregator lists them. */
const GROUPS: Readonly<Record<string, number>> = {
  "": 18000,
  apps: 17800,
  "events.k8s.io": 17750,
  "authentication.k8s.io": 17700,
  "authorization.k8s.io": 17600,
  autoscaling: 17500,
  batch: 17400,
  "certificates.k8s.io": 17300,
  "networking.k8s.io": 17200,
  policy: 17100,
  "rbac.authorization.k8s.io": 17000,
  "storage.k8s.io": 16800,
  "admissionregistration.k8s.io": 16700,
  "apiextensions.k8s.io": 16700,
  "scheduling.k8s.io": 16600,
  "coordination.k8s.io": 16500,
  "node.k8s.io": 16300,
  "discovery.k8s.io": 16200,
  "resource.k8s.io": 16200,
  "flowcontrol.apiserver.k8s.io": 16100,
};

function apiService(group: string, version: string, time: string): KubeObject {
  const priority =
    group === ""
      ? 1
      : version === "v2"
        ? 30
        : ["resource.k8s.io", "flowcontrol.apiserver.k8s.io"].includes(group)
          ? 21
          : 15;
  return {
    kind: "APIService",
    apiVersion: "apiregistration.k8s.io/v1",
    metadata: { name: `${version}.${group}`, labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" } },
    spec: {
      ...(group === "" ? {} : { group }),
      version,
      groupPriorityMinimum: GROUPS[group] ?? 1000,
      versionPriority: priority,
    },
    status: {
      conditions: [
        {
          type: "Available",
          status: "True",
          lastTransitionTime: time,
          reason: "Local",
          message: "Local APIServices are always available",
        },
      ],
    },
  };
}

const PRIORITIES = [
  ["system-node-critical", 2000001000, "Used for system critical pods that must not be moved from their current node."],
  [
    "system-cluster-critical",
    2000000000,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ],
] as const;

/** The first address of --service-cluster-ip-range. */
function firstAddress(range: string): string {
  const [base = "10.96.0.0"] = range.split("/");
  return base.replace(/\d+$/, (last) => String(Number(last) + 1));
}

/** The service `kubernetes` with its addresses, as the endpoint reconciler keeps them. */
function ownService({ flags }: ServerState, address: string): KubeObject[] {
  const port = Number(flags["secure-port"]);
  const range = flags["service-cluster-ip-range"] || "10.96.0.0/12";
  const clusterIP = firstAddress(range);
  const metadata = { name: "kubernetes", namespace: "default" };
  const ports = [{ name: "https", port, protocol: "TCP" }];
  return [
    {
      kind: "Service",
      apiVersion: "v1",
      metadata: { ...metadata, labels: { component: "apiserver", provider: "kubernetes" } },
      spec: {
        ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: port }],
        clusterIP,
        clusterIPs: [clusterIP],
        type: "ClusterIP",
        sessionAffinity: "None",
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
      },
      status: { loadBalancer: {} },
    },
    {
      kind: "Endpoints",
      apiVersion: "v1",
      metadata: { ...metadata, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
      subsets: [{ addresses: [{ ip: address }], ports }],
    },
    {
      kind: "EndpointSlice",
      apiVersion: "discovery.k8s.io/v1",
      metadata: { ...metadata, labels: { "kubernetes.io/service-name": "kubernetes" } },
      addressType: "IPv4",
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: "https", protocol: "TCP", port }],
    },
    {
      kind: "ServiceCIDR",
      apiVersion: "networking.k8s.io/v1",
      metadata: { name: "kubernetes" },
      spec: { cidrs: [range] },
      status: {},
    },
  ];
}

/** What clients of the aggregated API are told about authentication. */
function authenticationInfo({ files, flags }: ServerState): KubeObject {
  const list = (flag: string): string => JSON.stringify((flags[flag] ?? "").split(",").filter((each) => each !== ""));
  const requestHeader = files["requestheader-client-ca-file"];
  const data: Fields = {
    ...(files["client-ca-file"] === undefined ? {} : { "client-ca-file": files["client-ca-file"] }),
    ...(requestHeader === undefined
      ? {}
      : {
          "requestheader-allowed-names": list("requestheader-allowed-names"),
          "requestheader-client-ca-file": requestHeader,
          "requestheader-extra-headers-prefix": list("requestheader-extra-headers-prefix"),
          "requestheader-group-headers": list("requestheader-group-headers"),
          "requestheader-uid-headers": list("requestheader-uid-headers"),
          "requestheader-username-headers": list("requestheader-username-headers"),
        }),
  };
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "extension-apiserver-authentication", namespace: "kube-system" },
    data,
  };
}

/** Everything of this kind; `time` is now. */
export function ownObjects(state: ServerState, address: string, time: string): KubeObject[] {
  const served = new Set(
    RESOURCES.filter((each) => each.group !== "apiregistration.k8s.io").map((each) => `${each.group} ${each.version}`),
  );
  return [
    ...ownService(state, address),
    ...PRIORITIES.map(
      ([name, value, description]): KubeObject => ({
        kind: "PriorityClass",
        apiVersion: "scheduling.k8s.io/v1",
        metadata: { name, generation: 1 },
        value,
        description,
        preemptionPolicy: "PreemptLowerPriority",
      }),
    ),
    authenticationInfo(state),
    ...[...served].map((each) => {
      const [group = "", version = ""] = each.split(" ");
      return apiService(group, version, time);
    }),
  ];
}
