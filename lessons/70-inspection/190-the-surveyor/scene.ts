// Lesson 19 begins on a node with a report that flatters it: one real finding, one false alarm, and three lines that pass on paper.

import type { Scene, SceneMachine } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { namespace, serviceAccount } from "../../_kit/harbour.ts";

const harbour: SceneMachine = { name: "controlplane", image: "controlplane" };
const boat: SceneMachine = { name: "outsider", image: "outsider" };
const crew = { "/etc/kubernetes/manifests/web.yaml": webPod };

const terminals = [
  { machine: "node01", user: "root" },
  { machine: "outsider", user: "pirate" },
  { machine: "controlplane", user: "root" },
];
const objects = [namespace("monitoring"), serviceAccount("monitoring", "lookout")];

/** What an earlier move left behind, in a folder that few know of. */
const leftover = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
# for the old dashboard, until Friday
readOnlyPort: 10255
`;

export const scene: Scene = {
  seed: "the-surveyor",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: {
        ...crew,
        "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d\n",
        "/etc/kubernetes/kubelet.conf.d/20-dashboard.conf": leftover,
      },
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["  anonymous:\n    enabled: false\n", ""],
          ["mode: Webhook", "mode: AlwaysAllow"],
          ["rotateCertificates: true\n", "podPidsLimit: -1\n"],
        ],
      },
    },
    harbour,
    boat,
  ],
  terminals,
  objects,
};

export const variants = {
  "hand-installed": {
    title: "A node installed by hand",
    scene: {
      seed: "the-surveyor/hand-installed",
      machines: [
        {
          name: "node01",
          image: "hand-installed",
          files: crew,
          edits: { "/etc/systemd/system/kubelet.service": [["  --v=2\n", "  --pod-max-pids=-1 \\\n  --v=2\n"]] },
        },
        harbour,
        boat,
      ],
      terminals,
      objects,
    } satisfies Scene,
  },
};
