// Lesson 9 begins with a well guarded 10250 and an old door beside it: somebody gave the kubelet one flag too many.

import type { Scene, SceneMachine } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const harbour: SceneMachine = { name: "controlplane", image: "controlplane" };
const boat: SceneMachine = { name: "outsider", image: "outsider" };
const crew = { "/etc/kubernetes/manifests/web.yaml": webPod };

const terminals = [
  { machine: "outsider", user: "pirate" },
  { machine: "node01", user: "root" },
];

export const scene: Scene = {
  seed: "close-the-hatch",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { ...crew, "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--read-only-port=10255\n" },
    },
    harbour,
    boat,
  ],
  terminals,
};

export const variants = {
  "hand-installed": {
    title: "A node installed by hand",
    scene: {
      seed: "close-the-hatch/hand-installed",
      machines: [{ name: "node01", image: "hand-installed", files: crew }, harbour, boat],
      terminals,
    } satisfies Scene,
  },
};
