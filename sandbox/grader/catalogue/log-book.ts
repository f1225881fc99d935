// Misconceptions about audit: who writes it, what a level keeps, which rule decides, and whom a line names.

import type { Evidence } from "../evidence.ts";
import { contentOf, failureHas, type Misconception, stdoutOf } from "./reading.ts";

const policies = (evidence: Evidence): string[] =>
  evidence.changed.filter(({ text }) => /audit\.k8s\.io/.test(text)).map(({ text }) => text);

const leaks = (evidence: Evidence, id: string): boolean =>
  evidence.failed.has(id) && /^leaks$/m.test(stdoutOf(evidence, id));

const hasFlag = (evidence: Evidence): boolean =>
  evidence.changed.some(({ path, text }) => path.endsWith("/kube-apiserver.yaml") && /--audit-policy-file/.test(text));

export const logBook: readonly Misconception[] = [
  {
    id: "kubelet-audits",
    title: "The kubelet writes an audit log",
    explanation:
      "Audit is the API server’s, and so are its flags; a kubelet that is given one ends at its start. Of calls to a kubelet only the questions that it asks the API server are written down.",
    recognise: (evidence) => failureHas(evidence, /unknown flag: --audit/),
  },
  {
    id: "metadata-tells-all",
    title: "Metadata tells who did what",
    explanation:
      "At the level Metadata the body is left out, and what a caller wanted of a kubelet stands in the body of a SubjectAccessReview. For these `Request` is the level.",
    recognise: (evidence) =>
      evidence.failed.has("calls-written") &&
      hasFlag(evidence) &&
      policies(evidence).some((text) => /level: Metadata/.test(text) && !/level: Request/.test(text)),
  },
  {
    id: "more-is-better",
    title: "The more is written, the better",
    explanation:
      "A log with bodies holds what they hold: the body of a TokenReview is the token, and the answer about a secret is the secret. Whoever reads the log is then whoever is in it.",
    recognise: (evidence) => hasFlag(evidence) && (leaks(evidence, "no-tokens") || leaks(evidence, "no-secrets")),
  },
  {
    id: "first-rule-decides",
    title: "The most exact rule decides",
    explanation:
      "The rules of an audit policy are read from the top, and the first that fits decides. A wide rule above a narrow one hides it.",
    recognise: (evidence) =>
      evidence.failed.has("exec-written") &&
      !evidence.failed.has("calls-written") &&
      policies(evidence).some((text) => /level: None[\s\S]*pods\/exec/.test(text)),
  },
  {
    id: "asker-is-caller",
    title: "The user of a line did it",
    explanation:
      "The user of a SubjectAccessReview’s line is the kubelet, which asked. The caller it asked about stands inside, in `requestObject.spec.user`.",
    recognise: (evidence) =>
      evidence.failed.has("culprit-named") && /system:node:node01/.test(contentOf(evidence, "culprit-named")),
  },
  {
    id: "policy-without-flags",
    title: "A file in the right folder is read",
    explanation:
      "The API server reads the policy that `--audit-policy-file` names, and writes where `--audit-log-path` says. Without these flags a policy is a file that nobody opens.",
    recognise: (evidence) =>
      evidence.failed.has("calls-written") && policies(evidence).length > 0 && !hasFlag(evidence),
  },
];
