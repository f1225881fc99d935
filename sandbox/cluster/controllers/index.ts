// kube-controller-manager and kube-scheduler.

import type { Task } from "../../kernel/sys.ts";
import { approveRequests } from "../csr/approve.ts";
import { cleanRequests, signRequests } from "../csr/sign.ts";
import { runBudgets, runQuotas } from "./budgets.ts";
import { runDaemonSets, runJobs } from "./daemonsets.ts";
import { runDeployments } from "./deployments.ts";
import { runEndpointSlices, runEndpoints } from "./endpoints.ts";
import { aggregateRoles, collectGarbage, endNamespaces, furnishAccounts, publishCa } from "./namespaces.ts";
import { collectPods, watchNodes } from "./nodes.ts";
import { runReplicaSets } from "./replicasets.ts";
import { createController } from "./service.ts";
import { cleanTokens, signClusterInfo } from "./tokens.ts";
import type { World } from "./world.ts";

export { kubeScheduler } from "./scheduler.ts";

const NODES = ["nodes", "pods", "leases.coordination.k8s.io"];
const CSRS = ["certificatesigningrequests.certificates.k8s.io"];
const SLICES = "endpointslices.discovery.k8s.io";
const BUDGETS = "poddisruptionbudgets.policy";
const SETS = ["replicasets.apps", "pods"];

function* certificates(world: World): Task {
  yield* approveRequests(world);
  yield* signRequests(world);
  yield* cleanRequests(world);
}

export const kubeControllerManager = createController({
  name: "kube-controller-manager",
  port: 10257,
  all: [
    "namespaces",
    "nodes",
    "pods",
    "serviceaccounts",
    "configmaps",
    "secrets",
    "leases.coordination.k8s.io",
    "deployments.apps",
    "replicasets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "certificatesigningrequests.certificates.k8s.io",
    "services",
    "endpoints",
    SLICES,
    BUDGETS,
    "resourcequotas",
    "persistentvolumeclaims",
    "replicationcontrollers",
  ],
  changes: ["clusterroles.rbac.authorization.k8s.io"],
  controllers: [
    { account: "service-account-controller", of: ["namespaces", "serviceaccounts"], run: furnishAccounts },
    { account: "root-ca-cert-publisher", of: ["namespaces", "configmaps"], run: publishCa },
    {
      account: "clusterrole-aggregation-controller",
      of: ["clusterroles.rbac.authorization.k8s.io"],
      run: aggregateRoles,
    },
    { account: "token-cleaner", of: ["secrets"], run: cleanTokens },
    { account: "bootstrap-signer", of: ["secrets", "configmaps"], run: signClusterInfo },
    { account: "certificate-controller", of: CSRS, run: certificates },
    { account: "node-controller", of: NODES, run: watchNodes },
    { account: "deployment-controller", of: ["deployments.apps", ...SETS], run: runDeployments },
    { account: "replicaset-controller", of: SETS, run: runReplicaSets },
    { account: "daemon-set-controller", of: ["daemonsets.apps", "pods", "nodes"], run: runDaemonSets },
    { account: "job-controller", of: ["jobs.batch", "pods"], run: runJobs },
    { account: "endpoint-controller", of: ["services", "endpoints", "pods"], run: runEndpoints },
    { account: "endpointslice-controller", of: ["services", SLICES, "pods"], run: runEndpointSlices },
    { account: "disruption-controller", of: [BUDGETS, "pods", "replicasets.apps"], run: runBudgets },
    {
      account: "resourcequota-controller",
      of: [
        "resourcequotas",
        "pods",
        "services",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "replicationcontrollers",
        "deployments.apps",
        "replicasets.apps",
        "jobs.batch",
      ],
      run: runQuotas,
    },
    {
      account: "generic-garbage-collector",
      of: ["pods", "replicasets.apps", "jobs.batch", "deployments.apps", "daemonsets.apps"],
      run: collectGarbage,
    },
    { account: "pod-garbage-collector", of: ["pods", "nodes"], run: collectPods },
    { account: "namespace-controller", of: ["namespaces"], run: endNamespaces },
  ],
});
