// Lesson 2 begins on a machine with a container runtime and nothing else, beside one with the packages; and a mirror that changed a binary.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { harbourMaster, harbourMasterWelcome } from "../../_kit/ssh.ts";

/** The kubelet, and something that is not of the kubelet: the program still starts and tells its version. */
const changedKubelet = `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x03\0\x3e\0kubelet\0and one thing more\n`;

export const scene: Scene = {
  seed: "commission-the-captain",
  machines: [
    {
      name: "node01",
      image: "bare",
      files: { ...harbourMasterWelcome, "/etc/kubernetes/manifests/web.yaml": webPod },
    },
    { name: "node02", image: "unjoined", files: harbourMasterWelcome },
    { name: "controlplane", image: "controlplane", files: harbourMaster },
    { name: "depot", image: "depot", files: { "/srv/depot/mirror/kubelet": changedKubelet } },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
    { machine: "node02", user: "root" },
  ],
};
