// Lesson 13 begins on a node whose cabinets stand open, with an ordinary account on board: the cook's.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const galleyPod = `apiVersion: v1
kind: Pod
metadata:
  name: galley
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: galley
    image: busybox:1.37
    command: ["sh", "-c", "while true; do sleep 60; done"]
    securityContext:
      privileged: true
`;

export const scene: Scene = {
  seed: "locked-cabinets",
  machines: [
    {
      name: "node01",
      image: "worker",
      edits: { "/etc/passwd": [["nobody:x:", "cook:x:1001:100::/home/cook:/bin/bash\nnobody:x:"]] },
      files: {
        "/etc/kubernetes/manifests/web.yaml": webPod,
        "/home/cook/galley.yaml": { content: galleyPod, owner: "cook", group: "users" },
      },
      modes: {
        "/home/cook": { mode: 0o700, owner: "cook", group: "users" },
        "/var/lib/kubelet": { mode: 0o755 },
        "/var/lib/kubelet/config.yaml": { mode: 0o664, group: "users" },
        "/var/lib/kubelet/pki/kubelet-client-current.pem": { mode: 0o644 },
        "/etc/kubernetes/kubelet.conf": { mode: 0o644 },
        "/etc/kubernetes/pki/ca.crt": { mode: 0o666 },
        "/etc/kubernetes/manifests": { mode: 0o777 },
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
