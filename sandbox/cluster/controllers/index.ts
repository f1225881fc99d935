// kube-controller-manager and kube-scheduler.

import { approveRequests } from "../csr/approve.ts";
import { cleanRequests, signRequests } from "../csr/sign.ts";
import { runDaemonSets, runJobs } from "./daemonsets.ts";
import { runDeployments } from "./deployments.ts";
import { aggregateRoles, collectGarbage, endNamespaces, furnishAccounts, publishCa } from "./namespaces.ts";
import { collectPods, watchNodes } from "./nodes.ts";
import { runReplicaSets } from "./replicasets.ts";
import { createController } from "./service.ts";
import { cleanTokens, signClusterInfo } from "./tokens.ts";

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
    const { as } = world;
    const certificates = as("certificate-controller");
    yield* furnishAccounts(as("service-account-controller"));
    yield* publishCa(as("root-ca-cert-publisher"));
    yield* aggregateRoles(as("clusterrole-aggregation-controller"));
    yield* cleanTokens(as("token-cleaner"));
    yield* signClusterInfo(as("bootstrap-signer"));
    yield* approveRequests(certificates);
    yield* signRequests(certificates);
    yield* cleanRequests(certificates);
    yield* watchNodes(as("node-controller"));
    yield* runDeployments(as("deployment-controller"));
    yield* runReplicaSets(as("replicaset-controller"));
    yield* runDaemonSets(as("daemon-set-controller"));
    yield* runJobs(as("job-controller"));
    yield* collectGarbage(as("generic-garbage-collector"));
    yield* collectPods(as("pod-garbage-collector"));
    yield* endNamespaces(as("namespace-controller"));
  },
});
