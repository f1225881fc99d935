// Misconceptions about what a node may do in the cluster, and who keeps it to that.

import type { Evidence } from "../evidence.ts";
import { failedWith, type Misconception, stderrOf } from "./reading.ts";

const typed = (evidence: Evidence, pattern: RegExp): boolean => evidence.history.some((line) => pattern.test(line));

export const crew: readonly Misconception[] = [
  {
    id: "rbac-limits",
    title: "A smaller role limits",
    explanation:
      "Roles and authorizers only add: one yes from any of them is enough, and there is no rule that says no. To take a right away find the binding that gives it.",
    recognise: (evidence) =>
      (failedWith(evidence, "secret-refused", "status", 200) ||
        failedWith(evidence, "scraper-no-run", "status", 200)) &&
      typed(evidence, /create clusterrolebinding (?!.*kubelet-api-admin)/),
  },
  {
    id: "rbac-for-nodes",
    title: "RBAC is enough for nodes",
    explanation:
      "Which secret belongs to which node is no role, for it changes with every pod. The Node authorizer follows the pods, and without `Node` in the API server’s `--authorization-mode` a kubelet may not even write its status.",
    recognise: (evidence) =>
      evidence.changed.some(
        ({ path, text }) => path.endsWith("/kube-apiserver.yaml") && /--authorization-mode=(?!.*\bNode\b)/.test(text),
      ),
  },
  {
    id: "authorizer-sees-all",
    title: "Who may write may write anything",
    explanation:
      "An authorizer sees who wants to do what to which object, and not what is written into it. For a node’s own object the admission plugin `NodeRestriction` looks at labels, taints and owner.",
    recognise: (evidence) =>
      evidence.failed.has("label-refused") &&
      /labeled/.test(String(evidence.observed.get("label-refused")?.stdout)) &&
      !evidence.failed.has("secret-refused"),
  },
  {
    id: "lock-takes-back",
    title: "A lock takes back what was done",
    explanation:
      "Admission and authorization judge the next request, and leave what is stored. What was planted before has to be found and taken out.",
    recognise: (evidence) => evidence.failed.has("label-gone") && !evidence.failed.has("label-refused"),
  },
  {
    id: "harbour-down",
    title: "The API server skips what it does not know",
    explanation:
      "A flag, plugin or file that the API server cannot use ends it at its start, and kubectl says connection refused. The reason is then on its machine: `crictl ps -a`, and its log in /var/log/pods.",
    recognise: (evidence) =>
      [...evidence.observed.keys()].some(
        (id) => evidence.failed.has(id) && /6443 was refused/.test(stderrOf(evidence, id)),
      ) && evidence.changed.some(({ path }) => path.endsWith("/manifests/kube-apiserver.yaml")),
  },
];
