// Lesson 5 begins on a kubeadm node that somebody opened by hand; its variant is the node of old course notes, which was never shut.

import type { Scene, SceneMachine } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const harbour: SceneMachine = { name: "controlplane", image: "controlplane" };
const boat: SceneMachine = { name: "outsider", image: "outsider" };
const crew = { "/etc/kubernetes/manifests/web.yaml": webPod };

const terminals = [
  { machine: "outsider", user: "pirate" },
  { machine: "node01", user: "root" },
  { machine: "controlplane", user: "root" },
];

export const scene: Scene = {
  seed: "turn-strangers-away",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: crew,
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
          ["mode: Webhook", "mode: AlwaysAllow"],
        ],
      },
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
      seed: "turn-strangers-away/hand-installed",
      machines: [{ name: "node01", image: "hand-installed", files: crew }, harbour, boat],
      terminals,
    } satisfies Scene,
  },
};
