// Lesson 8 begins on a ship that knows all its callers and refuses them nothing, with two watchmen of the harbour: one without any right, one with too many.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, clusterRole, namespace, serviceAccount } from "../../_kit/harbour.ts";

export const scene: Scene = {
  seed: "ask-the-harbour",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { "/etc/kubernetes/manifests/web.yaml": webPod },
      edits: { "/var/lib/kubelet/config.yaml": [["mode: Webhook", "mode: AlwaysAllow"]] },
    },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
    { machine: "outsider", user: "pirate" },
  ],
  objects: [
    namespace("monitoring"),
    serviceAccount("monitoring", "scraper"),
    serviceAccount("monitoring", "lookout"),
    clusterRole("lookout", [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] }]),
    bindRole("lookout", "lookout", [{ kind: "ServiceAccount", name: "lookout", namespace: "monitoring" }]),
  ],
};
