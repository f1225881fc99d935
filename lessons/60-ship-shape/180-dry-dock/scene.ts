// Lesson 18 begins with two ships, one of them with a captain of long ago, for whose sake a lookout was given too wide a right.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, clusterRole, namespace, serviceAccount } from "../../_kit/harbour.ts";
import { harbourMaster, harbourMasterWelcome } from "../../_kit/ssh.ts";

/** Cargo that the learner loads while node02 takes none. */
const shop = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 4
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: shop
        image: nginx:1.29
`;

export const scene: Scene = {
  seed: "dry-dock",
  machines: [
    {
      name: "node01",
      image: "worker",
      version: "1.20.2",
      files: { ...harbourMasterWelcome, "/etc/kubernetes/manifests/web.yaml": webPod },
    },
    { name: "node02", image: "worker", address: "172.30.2.3", files: harbourMasterWelcome },
    { name: "controlplane", image: "controlplane", files: { ...harbourMaster, "/root/shop.yaml": shop } },
    { name: "depot", image: "depot" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
  ],
  objects: [
    namespace("monitoring"),
    serviceAccount("monitoring", "lookout"),
    clusterRole("lookout", [{ apiGroups: [""], resources: ["nodes/pods", "nodes/proxy"], verbs: ["get"] }]),
    bindRole("lookout", "lookout", [{ kind: "ServiceAccount", name: "lookout", namespace: "monitoring" }]),
  ],
};
