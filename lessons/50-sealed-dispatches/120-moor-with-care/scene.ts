// Lesson 12 begins on a guarded node that anybody can reach, with its health open to the whole quay.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const crew = { "/etc/kubernetes/manifests/web.yaml": webPod };

export const scene: Scene = {
  seed: "moor-with-care",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: crew,
      edits: { "/var/lib/kubelet/config.yaml": [["healthzBindAddress: 127.0.0.1", "healthzBindAddress: 0.0.0.0"]] },
    },
    { name: "node02", image: "worker", files: crew },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "outsider", user: "pirate" },
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
  ],
};
