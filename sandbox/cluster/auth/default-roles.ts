// Roles and bindings that kube-apiserver 1.36 makes at its start, and those that kubeadm adds, as compact text.

import type { PolicyRule } from "../../lib/kube/policy-rules.ts";
import type { Fields, KubeObject } from "../object.ts";

/*
 * A role: its name (with name space), `>admin` where it is aggregated to that one, `<` where it is made of others. Below it
 * its rules: verbs as letters, groups, resources, names; or verbs and paths.
 */
const CLUSTER_ROLES = `
admin <
cluster-admin
 * * *
 * *
edit >admin <
system:aggregate-to-admin >admin
 c authorization.k8s.io localsubjectaccessreviews
 cdDglpuw rbac.authorization.k8s.io rolebindings,roles
system:aggregate-to-edit >edit
 glw core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
 i core serviceaccounts
 cdDpu core pods,pods/attach,pods/exec,pods/portforward,pods/proxy
 c core pods/eviction
 cdDpu core configmaps,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy
 c core serviceaccounts/token
 cdDpu core,events.k8s.io events
 cdDpu apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale
 cdDpu autoscaling horizontalpodautoscalers
 cdDpu batch cronjobs,jobs
 cdDpu extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale
 cdDpu policy poddisruptionbudgets
 cdDpu networking.k8s.io ingresses,networkpolicies
 cdDglpuw coordination.k8s.io leases
 cdDpu resource.k8s.io resourceclaims,resourceclaimtemplates
system:aggregate-to-view >view
 glw core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
 glw core bindings,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status
 glw core namespaces
 glw core,events.k8s.io events
 glw discovery.k8s.io endpointslices
 glw apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
 glw autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
 glw batch cronjobs,cronjobs/status,jobs,jobs/status
 glw extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale
 glw policy poddisruptionbudgets,poddisruptionbudgets/status
 glw networking.k8s.io ingresses,ingresses/status,networkpolicies
 glw resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates
system:auth-delegator
 c authentication.k8s.io tokenreviews
 c authorization.k8s.io subjectaccessreviews
system:basic-user
 c authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews
 c authentication.k8s.io selfsubjectreviews
system:certificates.k8s.io:certificatesigningrequests:nodeclient
 c certificates.k8s.io certificatesigningrequests/nodeclient
system:certificates.k8s.io:certificatesigningrequests:selfnodeclient
 c certificates.k8s.io certificatesigningrequests/selfnodeclient
system:certificates.k8s.io:kube-apiserver-client-approver
 a certificates.k8s.io signers kubernetes.io/kube-apiserver-client
system:certificates.k8s.io:kube-apiserver-client-kubelet-approver
 a certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet
system:certificates.k8s.io:kubelet-serving-approver
 a certificates.k8s.io signers kubernetes.io/kubelet-serving
system:certificates.k8s.io:legacy-unknown-approver
 a certificates.k8s.io signers kubernetes.io/legacy-unknown
system:controller:attachdetach-controller
 lw core persistentvolumeclaims,persistentvolumes
 glw core nodes
 pu core nodes/status
 lw core pods
 cpu core,events.k8s.io events
 cdglw storage.k8s.io volumeattachments
 glw storage.k8s.io csidrivers
 glw storage.k8s.io csinodes
system:controller:certificate-controller
 dglw certificates.k8s.io certificatesigningrequests
 u certificates.k8s.io certificatesigningrequests/approval,certificatesigningrequests/status
 a certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet
 s certificates.k8s.io signers kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown
 c authorization.k8s.io subjectaccessreviews
 cpu core,events.k8s.io events
system:controller:clusterrole-aggregation-controller
 eglpuw rbac.authorization.k8s.io clusterroles
system:controller:cronjob-controller
 gluw batch cronjobs
 cdglpuw batch jobs
 u batch cronjobs/status
 u batch cronjobs/finalizers
 dlw core pods
 cpu core,events.k8s.io events
system:controller:daemon-set-controller
 glw apps,extensions daemonsets
 u apps,extensions daemonsets/status
 u apps,extensions daemonsets/finalizers
 lw core nodes
 cdlpw core pods
 c core pods/binding
 cdglpuw apps controllerrevisions
 cpu core,events.k8s.io events
system:controller:deployment-controller
 gluw apps,extensions deployments
 u apps,extensions deployments/status
 u apps,extensions deployments/finalizers
 cdglpuw apps,extensions replicasets
 gluw core pods
 cpu core,events.k8s.io events
system:controller:device-taint-eviction-controller
 dglw core pods
 pu core pods/status
 glw resource.k8s.io resourceclaims
 glw resource.k8s.io resourceslices
 glw resource.k8s.io deviceclasses
 cpu core,events.k8s.io events
system:controller:disruption-controller
 glw apps,extensions deployments
 glw apps,extensions replicasets
 glw core replicationcontrollers
 glw policy poddisruptionbudgets
 glw apps statefulsets
 u policy poddisruptionbudgets/status
 pu core pods/status
 g * */scale
 cpu core,events.k8s.io events
system:controller:endpoint-controller
 glw core pods,services
 cdgluw core endpoints
 c core endpoints/restricted
 cpu core,events.k8s.io events
system:controller:endpointslice-controller
 glw core nodes,pods,services
 u core services/finalizers
 cdgluw discovery.k8s.io endpointslices
 c discovery.k8s.io endpointslices/restricted
 cpu core,events.k8s.io events
system:controller:endpointslicemirroring-controller
 glw core endpoints,services
 u core services/finalizers
 u core endpoints/finalizers
 cdgluw discovery.k8s.io endpointslices
 c discovery.k8s.io endpointslices/restricted
 cpu core,events.k8s.io events
system:controller:ephemeral-volume-controller
 glw core pods
 u core pods/finalizers
 cglw core persistentvolumeclaims
 cpu core,events.k8s.io events
system:controller:expand-controller
 glpuw core persistentvolumes
 pu core persistentvolumeclaims/status
 glw core persistentvolumeclaims
 cpu core,events.k8s.io events
system:controller:generic-garbage-collector
 dglpuw * *
 cpu core,events.k8s.io events
system:controller:horizontal-pod-autoscaler
 glw autoscaling horizontalpodautoscalers
 u autoscaling horizontalpodautoscalers/status
 gu * */scale
 lw core pods
 lw metrics.k8s.io pods
 glw custom.metrics.k8s.io *
 glw external.metrics.k8s.io *
 cpu core,events.k8s.io events
system:controller:job-controller
 glpuw batch jobs
 u batch jobs/status
 u batch jobs/finalizers
 cdlpw core pods
 cpu core,events.k8s.io events
system:controller:legacy-service-account-token-cleaner
 g core configmaps kube-apiserver-legacy-service-account-token-tracking
 dp core secrets
system:controller:namespace-controller
 dglw core namespaces
 u core namespaces/finalize,namespaces/status
 dDglw * *
system:controller:node-controller
 dglpuw core nodes
 pu core nodes/status
 pu core pods/status
 dglw core pods
 cpu core,events.k8s.io events
system:controller:persistent-volume-binder
 cdgluw core persistentvolumes
 u core persistentvolumes/status
 gluw core persistentvolumeclaims
 u core persistentvolumeclaims/status
 cdglw core pods
 glw storage.k8s.io storageclasses
 lw core nodes
 cpu core,events.k8s.io events
 w core events
system:controller:pod-garbage-collector
 dlw core pods
 glw core nodes
 p core pods/status
system:controller:pv-protection-controller
 gluw core persistentvolumes
 cpu core,events.k8s.io events
system:controller:pvc-protection-controller
 gluw core persistentvolumeclaims
 u core persistentvolumeclaims/status
 glw core pods
 cpu core,events.k8s.io events
system:controller:replicaset-controller
 gluw apps,extensions replicasets
 u apps,extensions replicasets/status
 u apps,extensions replicasets/finalizers
 cdlpw core pods
 cpu core,events.k8s.io events
system:controller:replication-controller
 gluw core replicationcontrollers
 u core replicationcontrollers/status
 u core replicationcontrollers/finalizers
 cdlpw core pods
 cpu core,events.k8s.io events
system:controller:resource-claim-controller
 glw core pods
 u core pods/finalizers
 cdglw resource.k8s.io resourceclaims
 pu resource.k8s.io resourceclaims,resourceclaims/status
 pu core pods/status
 cpu core,events.k8s.io events
 pu resource.k8s.io resourceclaims/binding
system:controller:resourcequota-controller
 lw * *
 u core resourcequotas/status
 cpu core,events.k8s.io events
system:controller:root-ca-cert-publisher
 cu core configmaps
 cpu core,events.k8s.io events
system:controller:route-controller
 lw core nodes
 p core nodes/status
 cpu core,events.k8s.io events
system:controller:selinux-warning-controller
 cpu core,events.k8s.io events
 glw core persistentvolumes
 glw core persistentvolumeclaims
 glw core pods
 glw storage.k8s.io csidrivers
system:controller:service-account-controller
 c core serviceaccounts
 cpu core,events.k8s.io events
system:controller:service-cidrs-controller
 glpuw networking.k8s.io servicecidrs
 pu networking.k8s.io servicecidrs/finalizers
 pu networking.k8s.io servicecidrs/status
 glw networking.k8s.io ipaddresses
 cpu core,events.k8s.io events
system:controller:service-controller
 glw core services
 pu core services/status
 lw core nodes
 cpu core,events.k8s.io events
system:controller:statefulset-controller
 lw core pods
 glw apps statefulsets
 u apps statefulsets/status
 u apps statefulsets/finalizers
 cdgpu core pods
 cdglpuw apps controllerrevisions
 cglw core persistentvolumeclaims
 du core persistentvolumeclaims
 u core pods/finalizers
 cpu core,events.k8s.io events
system:controller:ttl-after-finished-controller
 dglw batch jobs
 cpu core,events.k8s.io events
system:controller:ttl-controller
 lpuw core nodes
 cpu core,events.k8s.io events
system:controller:validatingadmissionpolicy-status-controller
 glw admissionregistration.k8s.io validatingadmissionpolicies
 gpu admissionregistration.k8s.io validatingadmissionpolicies/status
 cpu core,events.k8s.io events
system:controller:volumeattributesclass-protection-controller
 glw core persistentvolumeclaims
 glw core persistentvolumes
 gluw storage.k8s.io volumeattributesclasses
 cpu core,events.k8s.io events
system:discovery
 g /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
system:heapster
 glw core events,namespaces,nodes,pods
 glw extensions deployments
system:kube-aggregator
 glw core endpoints,services
system:kube-controller-manager
 cpu core,events.k8s.io events
 c coordination.k8s.io leases
 gu coordination.k8s.io leases kube-controller-manager
 c core secrets,serviceaccounts
 d core secrets
 g core configmaps,namespaces,secrets,serviceaccounts
 u core secrets,serviceaccounts
 c authentication.k8s.io tokenreviews
 c authorization.k8s.io subjectaccessreviews
 lw * *
 c core serviceaccounts/token
system:kube-dns
 lw core endpoints,services
system:kube-scheduler
 cpu core,events.k8s.io events
 c coordination.k8s.io leases
 gluw coordination.k8s.io leases kube-scheduler
 cdDglpuw coordination.k8s.io leasecandidates
 glw core nodes
 dglw core pods
 c core bindings,pods/binding
 pu core pods/status
 glw core replicationcontrollers,services
 glw apps,extensions replicasets
 glw apps statefulsets
 glw policy poddisruptionbudgets
 glw core persistentvolumeclaims,persistentvolumes
 c authentication.k8s.io tokenreviews
 c authorization.k8s.io subjectaccessreviews
 glw storage.k8s.io csinodes
 glw storage.k8s.io volumeattachments
 glw core namespaces
 glw storage.k8s.io csidrivers
 glw storage.k8s.io csistoragecapacities
 glw resource.k8s.io deviceclasses
 glpuw resource.k8s.io resourceclaims
 glpuw resource.k8s.io resourceclaims/status
 u core pods/finalizers
 glw resource.k8s.io resourceslices
 cd resource.k8s.io resourceclaims
 pu resource.k8s.io resourceclaims/binding
system:kubelet-api-admin
 glw core nodes
 x core nodes
 * core nodes/log,nodes/metrics,nodes/proxy,nodes/stats
 * core nodes/configz,nodes/healthz,nodes/pods
system:monitoring
 g /flagz,/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*,/statusz
 g core nodes/metrics
system:node
 c authentication.k8s.io tokenreviews
 c authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews
 glw core services
 cglw core nodes
 pu core nodes/status
 pu core nodes
 cpu core,events.k8s.io events
 glw core pods
 cd core pods
 pu core pods/status
 c core pods/eviction
 glw core configmaps,secrets
 g core persistentvolumeclaims,persistentvolumes
 g core endpoints
 cglw certificates.k8s.io certificatesigningrequests
 cdgpu coordination.k8s.io leases
 g storage.k8s.io volumeattachments
 c core serviceaccounts/token
 gpu core persistentvolumeclaims/status
 glw storage.k8s.io csidrivers
 cdgpu storage.k8s.io csinodes
 glw node.k8s.io runtimeclasses
 g resource.k8s.io resourceclaims
 D resource.k8s.io resourceslices
 g core serviceaccounts
system:node-bootstrapper
 cglw certificates.k8s.io certificatesigningrequests
system:node-problem-detector
 g core nodes
 p core nodes/status
 cpu core,events.k8s.io events
system:node-proxier
 lw core endpoints,services
 glw core nodes
 cpu core,events.k8s.io events
 lw networking.k8s.io servicecidrs
 lw discovery.k8s.io endpointslices
system:persistent-volume-provisioner
 cdglw core persistentvolumes
 gluw core persistentvolumeclaims
 glw storage.k8s.io storageclasses
 w core events
 cpu core,events.k8s.io events
system:public-info-viewer
 g /healthz,/livez,/readyz,/version,/version/
system:service-account-issuer-discovery
 g /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
system:volume-scheduler
 glpuw core persistentvolumes
 glw storage.k8s.io storageclasses
 glpuw core persistentvolumeclaims
view >edit <
`;

const ROLES = `
kube-public/system:controller:bootstrap-signer
 glw core configmaps
 u core configmaps cluster-info
 cpu core,events.k8s.io events
kube-system/extension-apiserver-authentication-reader
 glw core configmaps extension-apiserver-authentication
kube-system/system::leader-locking-kube-controller-manager
 cgluw coordination.k8s.io leases
 cgluw coordination.k8s.io leasecandidates
kube-system/system::leader-locking-kube-scheduler
 cgluw coordination.k8s.io leases
 cgluw coordination.k8s.io leasecandidates
kube-system/system:controller:bootstrap-signer
 glw core secrets
kube-system/system:controller:cloud-provider
 cglw core configmaps
kube-system/system:controller:token-cleaner
 dglw core secrets
 cpu core,events.k8s.io events
`;

/** What `kubeadm init` adds. */
const KUBEADM_CLUSTER_ROLES = `
kubeadm:get-nodes
 g core nodes
system:coredns
 lw core endpoints,services,pods,namespaces
 lw discovery.k8s.io endpointslices
`;

const KUBEADM_ROLES = `
kube-public/kubeadm:bootstrap-signer-clusterinfo
 g core configmaps cluster-info
kube-system/kube-proxy
 g core configmaps kube-proxy
kube-system/kubeadm:kubelet-config
 g core configmaps kubelet-config
kube-system/kubeadm:nodes-kubeadm-config
 g core configmaps kubeadm-config
`;

/** Bindings: name, role where it is named otherwise, then subjects: `g:` group, `u:` user, `NAMESPACE/NAME` ServiceAccount. */
const CLUSTER_BINDINGS = `
cluster-admin g:system:masters
system:basic-user g:system:authenticated
system:discovery g:system:authenticated
system:kube-controller-manager u:system:kube-controller-manager
system:kube-dns kube-system/kube-dns
system:kube-scheduler u:system:kube-scheduler
system:monitoring g:system:monitoring
system:node
system:node-proxier u:system:kube-proxy
system:public-info-viewer g:system:authenticated g:system:unauthenticated
system:service-account-issuer-discovery g:system:serviceaccounts
system:volume-scheduler u:system:kube-scheduler
`;

const BINDINGS = `
kube-public/system:controller:bootstrap-signer kube-system/bootstrap-signer
kube-system/system::extension-apiserver-authentication-reader =extension-apiserver-authentication-reader u:system:kube-controller-manager u:system:kube-scheduler
kube-system/system::leader-locking-kube-controller-manager u:system:kube-controller-manager kube-system/kube-controller-manager kube-system/leader-election-controller
kube-system/system::leader-locking-kube-scheduler u:system:kube-scheduler kube-system/kube-scheduler
kube-system/system:controller:bootstrap-signer kube-system/bootstrap-signer
kube-system/system:controller:cloud-provider kube-system/cloud-provider
kube-system/system:controller:token-cleaner kube-system/token-cleaner
`;

const JOINING = "g:system:bootstrappers:kubeadm:default-node-token";

const KUBEADM_CLUSTER_BINDINGS = `
kubeadm:apiserver-kubelet-client =system:kubelet-api-admin u:kube-apiserver-kubelet-client
kubeadm:cluster-admins =cluster-admin g:kubeadm:cluster-admins
kubeadm:get-nodes ${JOINING}
kubeadm:kubelet-bootstrap =system:node-bootstrapper ${JOINING}
kubeadm:node-autoapprove-bootstrap =system:certificates.k8s.io:certificatesigningrequests:nodeclient ${JOINING}
kubeadm:node-autoapprove-certificate-rotation =system:certificates.k8s.io:certificatesigningrequests:selfnodeclient g:system:nodes
kubeadm:node-proxier =system:node-proxier kube-system/kube-proxy
system:coredns kube-system/coredns
`;

const KUBEADM_BINDINGS = `
kube-public/kubeadm:bootstrap-signer-clusterinfo u:system:anonymous
kube-system/kube-proxy ${JOINING}
kube-system/kubeadm:kubelet-config g:system:nodes ${JOINING}
kube-system/kubeadm:nodes-kubeadm-config ${JOINING} g:system:nodes
`;

const VERBS: Readonly<Record<string, string>> = {
  a: "approve",
  c: "create",
  d: "delete",
  D: "deletecollection",
  e: "escalate",
  g: "get",
  i: "impersonate",
  l: "list",
  p: "patch",
  s: "sign",
  u: "update",
  w: "watch",
  x: "proxy",
};

function parseRule(line: string): PolicyRule {
  const [letters = "", groups = "", resources, names] = line.trim().split(" ");
  const verbs = [...letters].map((letter) => VERBS[letter] ?? letter);
  if (resources === undefined) return { verbs, nonResourceURLs: groups.split(",") };
  return {
    verbs,
    apiGroups: groups.split(",").map((group) => (group === "core" ? "" : group)),
    resources: resources.split(","),
    ...(names === undefined ? {} : { resourceNames: names.split(",") }),
  };
}

const GROUP = "rbac.authorization.k8s.io";
const AGGREGATE = `${GROUP}/aggregate-to-`;

/** What the server's own objects carry: it puts back what they lose. */
const OWN = {
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
};

const place = (text: string): { name: string; namespace?: string } => {
  const [namespace, name] = text.includes("/") ? text.split("/") : [undefined, text];
  return namespace === undefined ? { name: name as string } : { name: name as string, namespace };
};

function parseRoles(text: string, own: boolean): KubeObject[] {
  const roles: (KubeObject & { rules: PolicyRule[] })[] = [];
  for (const line of text.trim().split("\n")) {
    if (line.startsWith(" ")) {
      roles.at(-1)?.rules.push(parseRule(line));
      continue;
    }
    const [words = "", ...marks] = line.split(" ");
    const where = place(words);
    const labels = {
      ...OWN.labels,
      ...Object.fromEntries(marks.filter((m) => m !== "<").map((m) => [AGGREGATE + m.slice(1), "true"])),
    };
    roles.push({
      apiVersion: `${GROUP}/v1`,
      kind: where.namespace === undefined ? "ClusterRole" : "Role",
      metadata: own ? { ...where, labels, annotations: OWN.annotations } : where,
      rules: [],
      ...(marks.includes("<")
        ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE + where.name]: "true" } }] } }
        : {}),
    });
  }
  return roles;
}

function parseSubject(word: string): Fields {
  if (word.startsWith("g:")) return { kind: "Group", apiGroup: GROUP, name: word.slice(2) };
  if (word.startsWith("u:")) return { kind: "User", apiGroup: GROUP, name: word.slice(2) };
  return { kind: "ServiceAccount", ...place(word) };
}

function parseBindings(text: string, own: boolean): KubeObject[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [words = "", ...subjects] = line.split(" ");
      const where = place(words);
      const cluster = where.namespace === undefined;
      const role = subjects[0]?.startsWith("=") ? (subjects.shift() as string).slice(1) : where.name;
      return {
        apiVersion: `${GROUP}/v1`,
        kind: cluster ? "ClusterRoleBinding" : "RoleBinding",
        metadata: own ? { ...where, labels: OWN.labels, annotations: OWN.annotations } : where,
        ...(subjects.length === 0 ? {} : { subjects: subjects.map(parseSubject) }),
        roleRef: { apiGroup: GROUP, kind: cluster ? "ClusterRole" : "Role", name: role },
      };
    });
}

/** A controller's role is bound to its ServiceAccount in kube-system. */
const controllerBindings = (roles: readonly KubeObject[]): string =>
  roles
    .map(({ metadata }) => metadata.name ?? "")
    .filter((name) => name.startsWith("system:controller:"))
    .map((name) => `${name} kube-system/${name.slice(18)}`)
    .join("\n");

/** The rules of roles made of others: those of all roles they select, in order of name, each once. */
export function aggregateRules(role: KubeObject, all: Iterable<KubeObject>): readonly PolicyRule[] {
  const selectors = (role["aggregationRule"] as { clusterRoleSelectors?: { matchLabels?: Record<string, string> }[] })
    .clusterRoleSelectors;
  const rules = new Map<string, PolicyRule>();
  const chosen = [...all].filter(
    (each) =>
      each.metadata.name !== role.metadata.name &&
      selectors?.some(({ matchLabels = {} }) =>
        Object.entries(matchLabels).every(([key, value]) => each.metadata.labels?.[key] === value),
      ),
  );
  chosen.sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
  for (const each of chosen)
    for (const rule of (each["rules"] ?? []) as PolicyRule[]) rules.set(JSON.stringify(rule), rule);
  return [...rules.values()];
}

/** Aggregates to the end: a role may be made of one that is made of others. */
function aggregateAll(roles: KubeObject[]): KubeObject[] {
  let found = roles;
  for (let round = 0; round < 3; round++)
    found = found.map((role) =>
      role["aggregationRule"] === undefined ? role : { ...role, rules: aggregateRules(role, found) },
    );
  return found;
}

/** Everything the API server makes for RBAC when it starts and finds it missing. */
export function defaultRbacObjects(): KubeObject[] {
  const clusterRoles = aggregateAll(parseRoles(CLUSTER_ROLES, true));
  const bindings = `${CLUSTER_BINDINGS}${controllerBindings(clusterRoles)}`;
  return [
    ...clusterRoles,
    ...parseBindings(bindings, true),
    ...parseRoles(ROLES, true),
    ...parseBindings(BINDINGS, true),
  ];
}

/** Everything `kubeadm init` makes for RBAC. */
export function kubeadmRbacObjects(): KubeObject[] {
  return [
    ...parseRoles(KUBEADM_CLUSTER_ROLES, false),
    ...parseBindings(KUBEADM_CLUSTER_BINDINGS, false),
    ...parseRoles(KUBEADM_ROLES, false),
    ...parseBindings(KUBEADM_BINDINGS, false),
  ];
}

/** The rules of ClusterRole system:node, by which the Node authorizer measures what it does not subdivide. */
export const NODE_RULES: readonly PolicyRule[] = readNodeRules();

function readNodeRules(): PolicyRule[] {
  const text = CLUSTER_ROLES.slice(CLUSTER_ROLES.indexOf("\nsystem:node\n") + 1);
  const lines = text.split("\n").slice(1);
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith(" ")),
    )
    .map(parseRule);
}
