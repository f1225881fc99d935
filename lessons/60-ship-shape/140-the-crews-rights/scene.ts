// Lesson 14 begins in a harbour that trusts its ships too far: an old binding gives every node all that any node needs, and nothing limits what a node writes.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, namespace, secret, serviceAccount } from "../../_kit/harbour.ts";

export const scene: Scene = {
  seed: "the-crews-rights",
  machines: [
    { name: "node01", image: "worker", files: { "/etc/kubernetes/manifests/web.yaml": webPod } },
    {
      name: "controlplane",
      image: "controlplane",
      edits: {
        "/etc/kubernetes/manifests/kube-apiserver.yaml": [["    - --enable-admission-plugins=NodeRestriction\n", ""]],
      },
    },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
  ],
  objects: [
    namespace("vault"),
    secret("vault", "treasure", { map: "19.4N 155.6W" }),
    namespace("monitoring"),
    serviceAccount("monitoring", "scraper"),
    bindRole("nodes-of-old", "system:node", [{ kind: "Group", name: "system:nodes" }]),
    bindRole("scraper", "system:kubelet-api-admin", [
      { kind: "ServiceAccount", name: "scraper", namespace: "monitoring" },
    ]),
  ],
};
