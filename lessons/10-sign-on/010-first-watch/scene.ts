// Lesson 1 begins on a node as kubeadm leaves it, with one pod of our own on board.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

export const scene: Scene = {
  seed: "first-watch",
  machines: [
    { name: "node01", image: "worker", files: { "/etc/kubernetes/manifests/web.yaml": webPod } },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "node01", user: "root" },
    { machine: "outsider", user: "pirate" },
  ],
};
