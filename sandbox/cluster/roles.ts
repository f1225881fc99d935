// Roles and bindings that every cluster has, as far as they touch kubelets, their callers and their administrators.

import type { Binding, Rbac, Role, Rule } from "./rbac.ts";

const rule = (apiGroup: string, resources: string, verbs: string): Rule => ({
  apiGroups: apiGroup.split(",").map((g) => (g === "core" ? "" : g)),
  resources: resources.split(" "),
  verbs: verbs.split(" "),
});

/** What a kubelet may do at the API server. */
export const NODE_RULES: readonly Rule[] = [
  rule("authentication.k8s.io", "tokenreviews", "create"),
  rule("authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews", "create"),
  rule("core", "services", "get list watch"),
  rule("core", "nodes", "create get list watch patch update"),
  rule("core", "nodes/status", "patch update"),
  rule("core,events.k8s.io", "events", "create patch update"),
  rule("core", "pods", "get list watch create delete"),
  rule("core", "pods/status", "patch update"),
  rule("core", "pods/eviction", "create"),
  rule("core", "configmaps secrets", "get list watch"),
  rule("core", "persistentvolumeclaims persistentvolumes", "get"),
  rule("core", "endpoints serviceaccounts", "get"),
  rule("certificates.k8s.io", "certificatesigningrequests", "create get list watch"),
  rule("coordination.k8s.io", "leases", "create delete get patch update"),
  rule("storage.k8s.io", "volumeattachments", "get"),
  rule("core", "serviceaccounts/token", "create"),
  rule("storage.k8s.io", "csidrivers", "get list watch"),
  rule("storage.k8s.io", "csinodes", "create delete get patch update"),
  rule("node.k8s.io", "runtimeclasses", "get list watch"),
];

const ROLES: readonly Role[] = [
  {
    name: "cluster-admin",
    rules: [
      { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      { nonResourceURLs: ["*"], verbs: ["*"] },
    ],
  },
  {
    name: "system:kubelet-api-admin",
    rules: [
      rule("core", "nodes", "get list watch"),
      rule("core", "nodes", "proxy"),
      rule("core", "nodes/log nodes/metrics nodes/proxy nodes/stats", "*"),
      rule("core", "nodes/configz nodes/healthz nodes/pods", "*"),
    ],
  },
  { name: "system:node", rules: NODE_RULES },
  {
    name: "system:node-bootstrapper",
    rules: [rule("certificates.k8s.io", "certificatesigningrequests", "create get list watch")],
  },
  {
    name: "system:discovery",
    rules: [
      {
        nonResourceURLs: [
          "/api",
          "/api/*",
          "/apis",
          "/apis/*",
          "/healthz",
          "/livez",
          "/openapi",
          "/openapi/*",
          "/readyz",
          "/version",
          "/version/",
        ],
        verbs: ["get"],
      },
    ],
  },
  {
    name: "system:public-info-viewer",
    rules: [{ nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] }],
  },
  {
    name: "system:monitoring",
    rules: [
      rule("core", "nodes/metrics", "get"),
      {
        nonResourceURLs: [
          "/flagz",
          "/healthz",
          "/healthz/*",
          "/livez",
          "/livez/*",
          "/metrics",
          "/metrics/slis",
          "/readyz",
          "/readyz/*",
          "/statusz",
        ],
        verbs: ["get"],
      },
    ],
  },
  {
    name: "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    rules: [rule("certificates.k8s.io", "certificatesigningrequests/nodeclient", "create")],
  },
  {
    name: "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    rules: [rule("certificates.k8s.io", "certificatesigningrequests/selfnodeclient", "create")],
  },
];

const group = (name: string, role: string, ...groups: readonly string[]): Binding => ({
  name,
  role,
  roleKind: "ClusterRole",
  subjects: groups.map((g) => ({ kind: "Group", name: g })),
});

const BINDINGS: readonly Binding[] = [
  group("cluster-admin", "cluster-admin", "system:masters"),
  group("kubeadm:cluster-admins", "cluster-admin", "kubeadm:cluster-admins"),
  group("system:discovery", "system:discovery", "system:authenticated"),
  group("system:public-info-viewer", "system:public-info-viewer", "system:authenticated", "system:unauthenticated"),
  group("system:monitoring", "system:monitoring", "system:monitoring"),
  group("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", "system:bootstrappers:kubeadm:default-node-token"),
  group(
    "kubeadm:node-autoapprove-bootstrap",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    "system:bootstrappers:kubeadm:default-node-token",
  ),
  group(
    "kubeadm:node-autoapprove-certificate-rotation",
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    "system:nodes",
  ),
  {
    name: "kubeadm:apiserver-kubelet-client",
    role: "system:kubelet-api-admin",
    roleKind: "ClusterRole",
    subjects: [{ kind: "User", name: "kube-apiserver-kubelet-client" }],
  },
  { name: "system:node", role: "system:node", roleKind: "ClusterRole", subjects: [] },
];

/** A new cluster's RBAC, to be changed by its owner. */
export function defaultRbac(): Rbac {
  return { roles: [...ROLES], bindings: [...BINDINGS] };
}
