// Misconceptions about Pod Security Admission: its labels, its levels, its moment, and how far it reaches.

import type { Evidence } from "../evidence.ts";
import { failedWith, type Misconception } from "./reading.ts";

const typed = (evidence: Evidence, pattern: RegExp): boolean => evidence.history.some((line) => pattern.test(line));
const met = (evidence: Evidence, id: string): boolean => evidence.observed.has(id) && !evidence.failed.has(id);

export const cargo: readonly Misconception[] = [
  {
    id: "label-misspelt",
    title: "A wrong label would be refused",
    explanation:
      "A label is any word, and one that nobody reads does nothing. Only the value of `pod-security.kubernetes.io/enforce`, `warn` and `audit` is checked, not a name beside them.",
    recognise: (evidence) =>
      failedWith(evidence, "privileged-refused", "status", 201) &&
      typed(evidence, /pod-?security[^ =]*\/(?!(enforce|warn|audit)(-version)?["=: -])/),
  },
  {
    id: "warning-refuses",
    title: "A warning keeps it out",
    explanation:
      "`warn` tells the one who sends the pod, `audit` marks the event in the log, and both let it in. Only `enforce` refuses.",
    recognise: (evidence) =>
      failedWith(evidence, "privileged-refused", "status", 201) &&
      typed(evidence, /pod-security\.kubernetes\.io\/(warn|audit)=/) &&
      !typed(evidence, /pod-security\.kubernetes\.io\/enforce/),
  },
  {
    id: "level-names",
    title: "The names of the levels",
    explanation:
      "`privileged` is the level that allows everything, and `baseline` stops only known ways out of a container. The strict one is `restricted`.",
    recognise: (evidence) =>
      (failedWith(evidence, "privileged-refused", "status", 201) ||
        failedWith(evidence, "plain-refused", "status", 201)) &&
      typed(evidence, /pod-security\.kubernetes\.io\/enforce["']?[=:] ?["']?(privileged|baseline)/),
  },
  {
    id: "closed-quay",
    title: "No pods are the safest pods",
    explanation:
      "A namespace that takes nothing is not hardened, it is closed. The rule has to refuse bad cargo and let honest cargo pass.",
    recognise: (evidence) => evidence.failed.has("careful-taken"),
  },
  {
    id: "rules-look-back",
    title: "A new rule ends what breaks it",
    explanation:
      "Admission looks at a pod when it is created or changed. What runs already runs on, and setting the label only warns about it.",
    recognise: (evidence) => met(evidence, "privileged-refused") && evidence.failed.has("crate-gone"),
  },
  {
    id: "rules-reach-the-disk",
    title: "Pod Security stops static pods",
    explanation:
      "A kubelet starts what lies in its manifest folder and asks nobody. The API server may refuse the mirror pod, and then the pod runs without being in its list.",
    recognise: (evidence) =>
      evidence.failed.has("stowaway-gone") && met(evidence, "privileged-refused") && met(evidence, "stowaway-seen"),
  },
  {
    id: "mirror-is-the-pod",
    title: "kubectl delete ends a static pod",
    explanation:
      "What kubectl shows of a static pod is its mirror, and a deleted mirror is made again or is missing. The pod ends when its manifest leaves the node’s disk.",
    recognise: (evidence) => evidence.failed.has("stowaway-gone") && typed(evidence, /delete pods?[ /]stowaway/),
  },
];
