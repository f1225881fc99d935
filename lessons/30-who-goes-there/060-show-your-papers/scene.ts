// Lesson 6 begins on a node whose CA file holds one CA too many, and with that CA's key in the outsider's boat.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { forged, forgedKey, oldCa, oldCaKey } from "../../_kit/papers.ts";

const end = "-----END CERTIFICATE-----\n";
const found = { owner: "pirate", group: "pirate" };

export const scene: Scene = {
  seed: "show-your-papers",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { "/etc/kubernetes/manifests/web.yaml": webPod },
      edits: { "/etc/kubernetes/pki/ca.crt": [[end, `${end}${oldCa}`]] },
    },
    { name: "controlplane", image: "controlplane" },
    {
      name: "outsider",
      image: "outsider",
      files: {
        "/home/pirate/old-ca.crt": { content: oldCa, ...found },
        "/home/pirate/old-ca.key": { content: oldCaKey, ...found, mode: 0o600 },
        // What the boarding party carries, so that it need not wait for the learner's.
        "/root/boarding/forged.crt": { content: forged, mode: 0o600 },
        "/root/boarding/forged.key": { content: forgedKey, mode: 0o600 },
      },
    },
  ],
  terminals: [
    { machine: "outsider", user: "pirate" },
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
  ],
};
