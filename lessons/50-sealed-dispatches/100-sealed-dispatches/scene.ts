// Lesson 10 begins with a node that shows a certificate nobody can check, and a false ship that answers under its name.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { harbourMaster, harbourMasterWelcome } from "../../_kit/ssh.ts";

/** A kubelet that belongs to no cluster, lets everybody in, and calls itself by a name that is not its own. */
const decoyUnit = `[Service]
ExecStart=
ExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --hostname-override=node01.fleet
`;

const decoyConfig: readonly (readonly [string, string])[] = [
  ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
  ["cacheTTL: 0s\n    enabled: true", "cacheTTL: 0s\n    enabled: false"],
  ["mode: Webhook", "mode: AlwaysAllow"],
];

export const scene: Scene = {
  seed: "sealed-dispatches",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { ...harbourMasterWelcome, "/etc/kubernetes/manifests/web.yaml": webPod },
    },
    {
      name: "decoy",
      image: "worker",
      address: "172.30.9.10",
      files: {
        "/etc/kubernetes/manifests/bait.yaml": webPod.replaceAll("web", "bait").replace("hunter2", "come-closer"),
        "/etc/systemd/system/kubelet.service.d/90-decoy.conf": decoyUnit,
      },
      edits: { "/var/lib/kubelet/config.yaml": decoyConfig },
      remove: ["/etc/kubernetes/kubelet.conf"],
    },
    {
      name: "controlplane",
      image: "controlplane",
      files: harbourMaster,
      edits: { "/etc/hosts": [["172.30.9.10\tdecoy\n", "172.30.9.10\tnode01.fleet\n"]] },
    },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
    { machine: "outsider", user: "pirate" },
  ],
};
