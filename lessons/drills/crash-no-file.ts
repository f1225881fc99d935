// The configuration file, or the kind it says it is, is gone.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { fileGone, wrongKind } from "../_kit/faults/config.ts";

export const template: DrillTemplate = {
  id: "crash-no-file",
  title: "The papers are gone",
  topic: "settings",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["config-stops-kubelet"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([fileGone, wrongKind])(random, node);
    return singleFault({
      node,
      fault,
      task: `The kubelet on \`${node}\` ends at every start, before it reads any of its settings. Its configuration file was right until yesterday, and its settings are to be those again. Bring the node back; strangers stay refused.`,
      hints: {
        nudge: "What does it want to open, and what does it find there?",
        pointer:
          "The end of `journalctl -u kubelet -n 20 --no-pager`, then `ls -l /var/lib/kubelet` and the head of the file.",
      },
      believed: "config-stops-kubelet",
      right: [
        {
          name: "the file as the cluster keeps it",
          lines: ["kubeadm upgrade node phase kubelet-config", "systemctl restart kubelet"],
        },
      ],
      wrong: [
        {
          name: "an empty file",
          lines: [`: > ${CONFIG}`, "systemctl restart kubelet"],
          fails: "pilot-logs",
        },
        {
          name: "the kubeconfig in its place",
          lines: [`cp /etc/kubernetes/kubelet.conf ${CONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
