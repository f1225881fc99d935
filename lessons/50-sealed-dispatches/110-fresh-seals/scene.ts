// Lesson 11 begins a day after the node's paper ran out: the kubelet does not start, and nobody had told it to renew.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { harbourMaster, harbourMasterWelcome } from "../../_kit/ssh.ts";

export const scene: Scene = {
  seed: "fresh-seals",
  machines: [
    {
      name: "node01",
      image: "worker",
      clientCertificateUntil: "2026-11-20T13:57:00Z",
      files: { ...harbourMasterWelcome, "/etc/kubernetes/manifests/web.yaml": webPod },
      edits: { "/var/lib/kubelet/config.yaml": [["rotateCertificates: true", "rotateCertificates: false"]] },
    },
    { name: "controlplane", image: "controlplane", files: harbourMaster },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
  ],
};
