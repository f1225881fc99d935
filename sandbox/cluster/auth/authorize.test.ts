import fc from "fast-check";
import { expect, it } from "vitest";
import { type PolicyRule, uncovered } from "../../lib/kube/policy-rules.ts";
import { type KubeObject, listOf } from "../object.ts";
import { StatusError } from "../status.ts";
import { decide, forbiddenAccess } from "./authorize.ts";
import { aggregateRules, defaultRbacObjects, kubeadmRbacObjects } from "./default-roles.ts";
import { impersonate, wantedUser } from "./impersonate.ts";
import { ruleAllows } from "./rbac.ts";
import { reconcile } from "./reconcile.ts";
import { type Attributes, type Lookup, NO_ATTRIBUTES, userOf } from "./types.ts";

const storageOf = ({ kind = "" }: KubeObject): string =>
  /Role|Binding/.test(kind) ? `${kind.toLowerCase()}s.rbac.authorization.k8s.io` : `${kind.toLowerCase()}s`;

function storeOf(...objects: readonly KubeObject[]): Lookup {
  const list = (storage: string, namespace?: string): KubeObject[] =>
    objects.filter((each) => storageOf(each) === storage && (!namespace || each.metadata.namespace === namespace));
  return {
    list,
    get: (storage, namespace, name) => list(storage, namespace).find((each) => each.metadata.name === name),
  };
}

const cluster = [...defaultRbacObjects(), ...kubeadmRbacObjects()];
const node01 = userOf("system:node:node01", ["system:nodes", "system:authenticated"]);
const admin = userOf("kubernetes-admin", ["kubeadm:cluster-admins", "system:authenticated"]);
const pod = (name: string, nodeName: string, spec: object = {}): KubeObject => ({
  kind: "Pod",
  metadata: { name, namespace: "app" },
  spec: { nodeName, serviceAccountName: "viewer", ...spec },
});
const world = storeOf(
  ...cluster,
  { kind: "Node", metadata: { name: "node01" } },
  pod("web", "node01", { volumes: [{ name: "v", secret: { secretName: "key" } }] }),
  pod("far", "node02", { volumes: [{ name: "v", secret: { secretName: "other" } }] }),
);

const ask = (user: Attributes["user"], verb: string, resource: string, more: Partial<Attributes> = {}): Attributes => {
  const [name = "", subresource = ""] = resource.split("/");
  return { ...NO_ATTRIBUTES, user, verb, version: "v1", resource: name, subresource, ...more };
};
const modes = ["Node", "RBAC"];

it.each([
  ["list", "nodes", {}, "node 'node01' cannot read all nodes, only its own Node object"],
  ["get", "nodes", { name: "controlplane" }, "node 'node01' cannot read 'controlplane', only its own Node object"],
  [
    "get",
    "secrets",
    { namespace: "app", name: "other" },
    "no relationship found between node 'node01' and this object",
  ],
  ["list", "pods", { namespace: "app" }, "can only list/watch pods with spec.nodeName field selector"],
  ["list", "configmaps", {}, "can only read namespaced object of this type"],
  ["get", "nodes/proxy", { name: "node01" }, ""],
])("keeps a node from %s %s %o", (verb, resource, more, reason) => {
  const decision = decide(modes, world, ask(node01, verb, resource, more));
  expect([decision.outcome, decision.reason]).toEqual(["no opinion", reason]);
  expect(decision.steps.map((step) => step.authorizer)).toEqual(modes);
});

it("lets a node read what its pods need", () => {
  for (const wanted of [
    ask(node01, "get", "secrets", { namespace: "app", name: "key" }),
    ask(node01, "get", "serviceaccounts", { namespace: "app", name: "viewer" }),
    ask(node01, "create", "serviceaccounts/token", { namespace: "app", name: "viewer" }),
    ask(node01, "list", "pods", { fieldSelector: "spec.nodeName=node01" }),
    ask(node01, "patch", "nodes/status", { name: "node01" }),
  ])
    expect(decide(modes, world, wanted).outcome).toBe("allow");
});

it("says by which binding, role and rule it allowed", () => {
  const { reason, steps } = decide(modes, world, ask(admin, "delete", "nodes", { name: "node01" }));
  expect(reason).toBe(
    'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"',
  );
  expect(steps.at(-1)).toMatchObject({ rule: { verbs: ["*"] }, role: 'ClusterRole "cluster-admin"' });
});

it("refuses in the API server's words", () => {
  const wanted = ask(userOf("dev"), "get", "nodes/proxy", { name: "node01" });
  expect(forbiddenAccess(wanted, "").message).toBe(
    'nodes "node01" is forbidden: User "dev" cannot get resource "nodes/proxy" in API group "" at the cluster scope',
  );
  expect(forbiddenAccess({ ...NO_ATTRIBUTES, user: userOf("dev"), verb: "get", path: "/metrics" }, "").message).toBe(
    'forbidden: User "dev" cannot get path "/metrics"',
  );
});

it("names a role that a binding misses", () => {
  const binding: KubeObject = {
    kind: "ClusterRoleBinding",
    metadata: { name: "b2" },
    subjects: [{ kind: "User", name: "dev" }],
    roleRef: { kind: "ClusterRole", name: "nosuch" },
  };
  expect(decide(["RBAC"], storeOf(binding), ask(userOf("dev"), "list", "nodes")).reason).toBe(
    'RBAC: clusterrole.rbac.authorization.k8s.io "nosuch" not found',
  );
});

it("never allows without a rule that says so, and traces every decision", () => {
  const word = (...items: string[]) => fc.constantFrom(...items);
  const attributes = fc.record({
    user: word(
      "dev",
      "system:anonymous",
      "system:node:node01",
      "system:kube-scheduler",
      "system:serviceaccount:kube-system:node-controller",
    ),
    groups: fc.subarray([
      "system:authenticated",
      "system:nodes",
      "kubeadm:cluster-admins",
      "system:masters",
      "system:monitoring",
    ]),
    verb: word("get", "list", "watch", "create", "update", "patch", "delete", "impersonate", "bind"),
    group: word("", "apps", "rbac.authorization.k8s.io", "certificates.k8s.io"),
    resource: word("nodes", "pods", "secrets", "clusterroles", "certificatesigningrequests", "deployments"),
    subresource: word("", "", "status", "proxy", "metrics", "exec"),
    namespace: word("", "app", "kube-system"),
    name: word("", "node01", "web", "key"),
    path: word("", "", "", "/healthz", "/metrics", "/api/v1"),
  });
  fc.assert(
    fc.property(attributes, fc.subarray(["Node", "RBAC", "AlwaysDeny"]), ({ user, groups, ...rest }, chain) => {
      const wanted: Attributes = { ...NO_ATTRIBUTES, ...rest, user: userOf(user, groups) };
      const { outcome, steps } = decide(chain, world, wanted);
      const master = groups.includes("system:masters");
      expect(steps.length > 0 || (chain.length === 0 && !master)).toBe(true);
      if (outcome !== "allow") return;
      const last = steps.at(-1);
      if (last?.authorizer === "RBAC") expect(ruleAllows(last.rule as PolicyRule, wanted)).toBe(true);
      else expect(master || (last?.authorizer === "Node" && groups.includes("system:nodes"))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

it("makes admin, edit and view of their parts", () => {
  const roles = cluster.filter((each) => each.kind === "ClusterRole");
  const view = roles.find((each) => each.metadata.name === "view") as KubeObject;
  expect(listOf(view["rules"]).length).toBeGreaterThan(5);
  expect(aggregateRules(view, roles)).toEqual(view["rules"]);
});

it("puts back a rule that a default role lost, and keeps what was added", () => {
  const wanted = cluster.find((each) => each.metadata.name === "system:kubelet-api-admin") as KubeObject;
  const extra = { verbs: ["get"], apiGroups: [""], resources: ["secrets"] };
  const stored = { ...wanted, rules: [extra, ...listOf(wanted["rules"]).slice(1)] };
  const rules = listOf<PolicyRule>(reconcile(stored, wanted)?.["rules"]);
  expect(rules).toContainEqual(extra);
  expect(uncovered(rules, listOf<PolicyRule>(wanted["rules"]))).toEqual([]);
  expect(reconcile(wanted, wanted)).toBeUndefined();
});

it("checks impersonation mode by mode and names the first that failed", () => {
  const decision = (wanted: Attributes) => decide(modes, world, wanted);
  const wanted = wantedUser([["Impersonate-User", "kubernetes-admin"]]);
  if (wanted === undefined) throw new Error("no user");
  const refused = impersonate(decision, ask(node01, "list", "nodes"), wanted);
  expect((refused as StatusError).message).toBe(
    'nodes is forbidden: User "system:node:node01" cannot impersonate-on:user-info:list resource "nodes" in API group "" at the cluster scope',
  );
  const account = { ...wanted, name: "system:serviceaccount:app:viewer" };
  expect(impersonate(decision, ask(admin, "list", "nodes"), account)).toMatchObject({
    name: account.name,
    groups: ["system:serviceaccounts", "system:serviceaccounts:app", "system:authenticated"],
  });
  const node = impersonate(decision, ask(admin, "list", "nodes"), { ...wanted, name: "system:node:node01" });
  // The recorded server gives no system:nodes here: the old verb is checked with a cluster-admin's rights too.
  expect(node).not.toBeInstanceOf(StatusError);
});
