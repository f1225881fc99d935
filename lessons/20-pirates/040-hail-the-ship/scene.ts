// Lesson 4 begins with two ships: node01, which somebody opened wide, and node02 as kubeadm leaves a node.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const crew = { "/etc/kubernetes/manifests/web.yaml": webPod };

export const scene: Scene = {
  seed: "hail-the-ship",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: crew,
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
          ["mode: Webhook", "mode: AlwaysAllow"],
          ["rotateCertificates: true", "readOnlyPort: 10255\nrotateCertificates: true"],
        ],
      },
    },
    { name: "node02", image: "worker", files: crew },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "outsider", user: "pirate" },
    { machine: "node01", user: "root" },
    { machine: "node02", user: "root" },
  ],
};
