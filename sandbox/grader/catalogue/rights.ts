// Misconceptions about what a named caller may do: who decides it, by which words, and where rights are kept.

import type { Evidence } from "../evidence.ts";
import { failedWith, failureHas, type Misconception, stdoutOf } from "./reading.ts";

/** What the harbour lists for the scraper, while the ship refuses it. */
const refusedWith = (evidence: Evidence, rights: RegExp): boolean =>
  evidence.failed.has("metrics-served") && rights.test(stdoutOf(evidence, "metrics-served"));

export const rights: readonly Misconception[] = [
  {
    id: "kubelet-reads-rbac",
    title: "The kubelet has RBAC",
    explanation:
      "The kubelet knows two modes, `AlwaysAllow` and `Webhook`, and keeps no roles of its own. With `Webhook` it asks the API server, and that one looks into RBAC.",
    recognise: (evidence) => failureHas(evidence, /unknown authorization mode (RBAC|Node)/),
  },
  {
    id: "proxy-for-all",
    title: "nodes/proxy stands for all",
    explanation:
      "`nodes/proxy` opens what has no subresource of its own, commands in containers among it, and neither `/metrics` nor `/stats` nor `/logs`. For metrics the right is `nodes/metrics`, and it opens nothing else.",
    recognise: (evidence) =>
      refusedWith(evidence, /^nodes\/proxy/m) ||
      (evidence.failed.has("metrics-only") && /^nodes\/proxy/m.test(stdoutOf(evidence, "metrics-served"))) ||
      ((failedWith(evidence, "metrics-only", "status", 200) || failedWith(evidence, "scraper-reads", "status", 403)) &&
        evidence.history.some((line) => /nodes\/proxy/.test(line) && /create (cluster)?role/.test(line))),
  },
  {
    id: "object-for-subresource",
    title: "A right to nodes is a right on the ship",
    explanation:
      "`nodes` is the object that the API server keeps. What a kubelet serves are subresources such as `nodes/metrics`, and each is a right of its own.",
    recognise: (evidence) => refusedWith(evidence, /^nodes /m),
  },
  {
    id: "role-for-a-node",
    title: "A binding in the caller’s namespace is enough",
    explanation:
      "A RoleBinding grants inside its namespace, and a node is in none. Rights to nodes come by a ClusterRoleBinding.",
    recognise: (evidence) => refusedWith(evidence, /^403[\s\S]*^nodes\/metrics/m),
  },
  {
    id: "role-without-binding",
    title: "A role gives rights",
    explanation: "A role is a list of rights that nobody holds yet. A binding gives it to somebody.",
    recognise: (evidence) =>
      /^403\s*$/.test(stdoutOf(evidence, "metrics-served")) &&
      evidence.history.some((line) => /create clusterrole .*nodes\/metrics|kind: ClusterRole\b/.test(line)),
  },
  {
    id: "get-is-reading",
    title: "get means reading",
    explanation:
      "A WebSocket begins as a GET, and exec may be asked for that way, so `get` on `nodes/proxy` runs commands in containers. Give `nodes/pods`, `nodes/metrics` or `nodes/log` instead.",
    recognise: (evidence) =>
      failedWith(evidence, "lookout-no-exec", "status", 101) &&
      evidence.history.some((line) => /nodes\/proxy|edit clusterrole|"verbs"|verbs:/.test(line)),
  },
  {
    id: "none-is-least",
    title: "The least right is none",
    explanation:
      "Least privilege is what the work needs, no less. A caller that is refused its work will be given too much again, by somebody in a hurry.",
    recognise: (evidence) =>
      (failedWith(evidence, "lookout-pods", "status", 403) && !evidence.failed.has("lookout-no-exec")) ||
      (failedWith(evidence, "scraper-reads", "status", 403) &&
        !evidence.history.some((line) => /nodes\//.test(line))) ||
      (evidence.failed.has("calls-written") && stdoutOf(evidence, "calls-written").startsWith("got 403")),
  },
];
