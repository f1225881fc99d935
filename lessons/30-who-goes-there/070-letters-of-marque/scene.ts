// Lesson 7 begins on a ship that does not look at tokens and lets in whoever shows none; the harbour lets such callers read pods and metrics.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, clusterRole, namespace, serviceAccount } from "../../_kit/harbour.ts";

export const scene: Scene = {
  seed: "letters-of-marque",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { "/etc/kubernetes/manifests/web.yaml": webPod },
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
          ["webhook:\n    cacheTTL: 0s\n    enabled: true", "webhook:\n    cacheTTL: 0s\n    enabled: false"],
        ],
      },
    },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "outsider", user: "pirate" },
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
  ],
  objects: [
    namespace("harbour"),
    serviceAccount("harbour", "watchman"),
    serviceAccount("harbour", "gunner"),
    clusterRole("see-the-crew", [{ apiGroups: [""], resources: ["nodes/pods", "nodes/metrics"], verbs: ["get"] }]),
    bindRole("see-the-crew", "see-the-crew", [
      { kind: "ServiceAccount", name: "watchman", namespace: "harbour" },
      { kind: "ServiceAccount", name: "gunner", namespace: "harbour" },
    ]),
    clusterRole("see-from-shore", [{ apiGroups: [""], resources: ["nodes/pods"], verbs: ["get"] }]),
    bindRole("see-from-shore", "see-from-shore", [{ kind: "Group", name: "system:unauthenticated" }]),
  ],
};
