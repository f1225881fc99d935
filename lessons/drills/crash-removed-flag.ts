// An upgrade left a flag of the old release in kubeadm's environment file.

import type { DrillTemplate } from "../_kit/drill.ts";
import { KUBEADM_ENV, singleFault } from "../_kit/fault.ts";
import { removedFlag } from "../_kit/faults/flags.ts";

export const template: DrillTemplate = {
  id: "crash-removed-flag",
  title: "A flag of the release before",
  topic: "node",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["removed-flag"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const from = random.pick(["1.23", "1.24", "1.26"]);
    return singleFault({
      node,
      fault: removedFlag(random, node),
      task: `\`${node}\` was upgraded from ${from}, and its kubelet does not come up with the new release. Nothing but its start is wrong. Take away what it no longer takes, keep what else is set there, and bring the node back. The upgrade stays.`,
      hints: {
        nudge: "What was a flag in the old release need not be one in the new.",
        pointer: `\`journalctl -u kubelet -n 20 --no-pager\` names the flag; kubeadm keeps such flags in ${KUBEADM_ENV}.`,
      },
      believed: "removed-flag",
      right: [
        {
          name: "all of them cleared",
          lines: [`echo KUBELET_KUBEADM_ARGS= > ${KUBEADM_ENV}`, "systemctl restart kubelet"],
        },
      ],
      wrong: [
        {
          name: "cleared in the other file",
          lines: ["echo KUBELET_EXTRA_ARGS= > /etc/default/kubelet", "systemctl restart kubelet"],
          fails: "node-ready",
          misconception: "removed-flag",
        },
        {
          name: "two dashes made one",
          lines: [`sed -i 's/ --/ -/' ${KUBEADM_ENV}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
