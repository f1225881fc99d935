// Lesson 17 begins on a node that promises all it has, with a pod that takes what it gets, and kernel settings that somebody tuned.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const hungryPod = `apiVersion: v1
kind: Pod
metadata:
  name: hungry
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: hungry
    image: busybox:1.37
    command: ["sh", "-c", "i=0; while [ $i -lt 60 ]; do sleep 86400 & i=$((i+1)); done; wait"]
`;

export const scene: Scene = {
  seed: "provisions",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: {
        "/etc/kubernetes/manifests/web.yaml": webPod,
        "/etc/kubernetes/manifests/hungry.yaml": hungryPod,
        "/etc/sysctl.d/99-tuning.conf": "# from the database team\nkernel.panic = 0\nvm.overcommit_memory = 0\n",
      },
      edits: {
        "/var/lib/kubelet/config.yaml": [["fileCheckFrequency: 0s", "eventRecordQPS: 0\nfileCheckFrequency: 0s"]],
      },
    },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
  ],
};
