// kube-controller-manager and kube-scheduler.

import { approveRequests } from "../csr/approve.ts";
import { cleanRequests, signRequests } from "../csr/sign.ts";
import { runDaemonSets, runJobs } from "./daemonsets.ts";
import { runDeployments } from "./deployments.ts";
import { aggregateRoles, collectGarbage, endNamespaces, furnishNamespaces } from "./namespaces.ts";
import { collectPods, watchNodes } from "./nodes.ts";
import { runReplicaSets } from "./replicasets.ts";
import { createController } from "./service.ts";
import { keepTokens } from "./tokens.ts";

export { kubeScheduler } from "./scheduler.ts";

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
  ],
  changes: ["clusterroles.rbac.authorization.k8s.io"],
  *round(world) {
    yield* furnishNamespaces(world);
    yield* aggregateRoles(world);
    yield* keepTokens(world);
    yield* approveRequests(world);
    yield* signRequests(world);
    yield* cleanRequests(world);
    yield* watchNodes(world);
    yield* runDeployments(world);
    yield* runReplicaSets(world);
    yield* runDaemonSets(world);
    yield* runJobs(world);
    yield* collectGarbage(world);
    yield* collectPods(world);
    yield* endNamespaces(world);
  },
});
