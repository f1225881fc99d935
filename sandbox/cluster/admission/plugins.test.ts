import { expect, it } from "vitest";
import { type Lookup, userOf } from "../auth/types.ts";
import type { KubeObject } from "../object.ts";
import { resourceOf } from "../registry/resources.ts";
import { checkPlugins, pluginsFor } from "./chain.ts";
import type { AdmissionRequest } from "./types.ts";

const objects: readonly (readonly [string, KubeObject])[] = [
  ["namespaces", { metadata: { name: "app" }, status: { phase: "Active" } }],
  ["namespaces", { metadata: { name: "ps" }, status: { phase: "Terminating" } }],
  ["serviceaccounts", { metadata: { name: "default", namespace: "app" } }],
  ["nodes", { metadata: { name: "node01", uid: "u1" } }],
  ["pods", { metadata: { name: "far", namespace: "app", uid: "p1" }, spec: { nodeName: "node02" } }],
];
const lookup: Lookup = {
  get: (storage, namespace, name) =>
    objects.find(
      ([s, o]) => s === storage && o.metadata.name === name && (o.metadata.namespace ?? "") === namespace,
    )?.[1],
  list: (storage) => objects.filter(([s]) => s === storage).map(([, o]) => o),
};
const node01 = userOf("system:node:node01", ["system:nodes", "system:authenticated"]);

function admit(
  storage: string,
  given: Partial<AdmissionRequest>,
  flags = { "enable-admission-plugins": "NodeRestriction" },
) {
  const request: AdmissionRequest = {
    operation: "CREATE",
    resource: resourceOf(storage),
    subresource: "",
    namespace: "app",
    name: given.object?.metadata.name ?? "",
    user: userOf("dev", ["system:authenticated"]),
    object: undefined,
    old: undefined,
    dryRun: false,
    options: {},
    lookup,
    now: 0,
    random: (count) => new Uint8Array(count),
    may: () => false,
    warn: () => {},
    annotate: () => {},
    ...given,
  };
  try {
    for (const plugin of pluginsFor(flags)) plugin.mutate?.(request);
    for (const plugin of pluginsFor(flags)) plugin.validate?.(request);
    return request.object;
  } catch (error) {
    return (error as Error).message;
  }
}

const pod = (spec: object, metadata: object = {}): KubeObject => ({
  metadata: { name: "evil", namespace: "app", ...metadata },
  spec: { containers: [{ name: "c", image: "busybox" }], ...spec },
});
const mirror = { annotations: { "kubernetes.io/config.mirror": "abc" } };

it.each([
  [
    pod({ nodeName: "node01" }),
    'pods "evil" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node01" can only create mirror pods',
  ],
  [
    pod({ nodeName: "node02" }, mirror),
    'pods "evil" is forbidden: node "node01" can only create pods with spec.nodeName set to itself',
  ],
  [
    pod({ nodeName: "node01", serviceAccountName: "viewer" }, mirror),
    'pods "evil" is forbidden: a mirror pod may not reference service accounts',
  ],
  [
    pod({ nodeName: "node01", imagePullSecrets: [{ name: "s" }] }, mirror),
    'pods "evil" is forbidden: a mirror pod may not reference secrets',
  ],
])("keeps a node from making %o", (object, text) => {
  expect(admit("pods", { user: node01, object })).toBe(text);
});

it.each([
  [
    { labels: { "node-role.kubernetes.io/worker": "" } },
    {},
    'nodes "node01" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/worker',
  ],
  [{ labels: { "kubernetes.io/hostname": "evil", "kubelet.kubernetes.io/x": "y", foo: "bar" } }, {}, undefined],
  [{}, { taints: [{ key: "x" }] }, 'nodes "node01" is forbidden: node "node01" is not allowed to modify taints'],
])("judges a node's change of itself: %o %o", (metadata, spec, text) => {
  const old: KubeObject = { metadata: { name: "node01" }, spec: {} };
  const object: KubeObject = { metadata: { name: "node01", ...metadata }, spec };
  const found = admit("nodes", { operation: "UPDATE", namespace: "", user: node01, object, old });
  if (text === undefined) expect(typeof found).toBe("object");
  else expect(found).toBe(text);
});

it("gives a pod its account, token, tolerations and priority", () => {
  const made = admit("pods", { object: pod({}) }) as KubeObject;
  expect(made["spec"]).toMatchObject({
    serviceAccountName: "default",
    priority: 0,
    preemptionPolicy: "PreemptLowerPriority",
    tolerations: [{ key: "node.kubernetes.io/not-ready", tolerationSeconds: 300 }, {}],
    volumes: [{ projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607 } }, {}, {}] } }],
  });
});

it("asks for the name space and the account", () => {
  expect(admit("pods", { namespace: "nosuch", object: pod({}) })).toBe('namespaces "nosuch" not found');
  expect(admit("pods", { namespace: "ps", object: pod({}) })).toBe(
    'pods "evil" is forbidden: unable to create new content in namespace ps because it is being terminated',
  );
  expect(admit("pods", { object: pod({ serviceAccountName: "x" }) })).toBe(
    'pods "evil" is forbidden: error looking up service account app/x: serviceaccount "x" not found',
  );
});

it("does not let rights grow", () => {
  const object: KubeObject = {
    metadata: { name: "r" },
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] }],
  };
  expect(admit("clusterroles.rbac.authorization.k8s.io", { namespace: "", object })).toBe(
    'clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "dev" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
  );
});

it("knows every plugin's name", () => {
  expect(checkPlugins({ "enable-admission-plugins": "NodeRestriction,Nosuch" })).toBe(
    'enable-admission-plugins plugin "Nosuch" is unknown',
  );
  expect(pluginsFor({ "disable-admission-plugins": "PodSecurity" }).some(({ name }) => name === "PodSecurity")).toBe(
    false,
  );
});
