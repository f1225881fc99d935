// Lesson 3 begins on a node where three people set the same thing in three places, one of them opened a port in passing, and a fourth changed the unit.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";

const eventsDropIn = `[Service]
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS --event-qps=5
`;

export const scene: Scene = {
  seed: "the-ships-papers",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: {
        "/etc/kubernetes/manifests/web.yaml": webPod,
        "/var/lib/kubelet/kubeadm-flags.env": 'KUBELET_KUBEADM_ARGS="--max-pods=50"\n',
        "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--max-pods=40 --read-only-port=10255\n",
        "/etc/systemd/system/kubelet.service.d/20-events.conf": eventsDropIn,
      },
      edits: {
        "/var/lib/kubelet/config.yaml": [
          ["memorySwap: {}", "maxPods: 60\nmemorySwap: {}"],
          ["rotateCertificates: true", "readOnlyPort: 0\nrotateCertificates: true"],
        ],
      },
    },
    { name: "node02", image: "worker" },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "node01", user: "root" },
    { machine: "controlplane", user: "root" },
    { machine: "outsider", user: "pirate" },
    { machine: "node02", user: "root" },
  ],
};
