// How this lesson finds the fleet: start images, and what differs from them.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../_kit/crew.ts";

export const scene: Scene = {
  seed: "name-of-the-lesson",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { "/etc/kubernetes/manifests/web.yaml": webPod },
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
          ["mode: Webhook", "mode: AlwaysAllow"],
        ],
      },
    },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "outsider", user: "pirate" },
    { machine: "node01", user: "root" },
  ],
};
