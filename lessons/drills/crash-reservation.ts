// Reservations and policies that the kubelet cannot take.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { reservation } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-reservation",
  title: "Provisions nobody can count",
  topic: "node",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["config-stops-kubelet"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    return singleFault({
      node,
      fault: reservation(random, node),
      task: `Notes on tuning were applied to \`${node}\`: something is to be kept back from the pods, or a manager is to follow another policy. The kubelet reads the file, and ends a moment later. Put the added lines right, or take them out, and bring the node back with all its other settings.`,
      hints: {
        nudge:
          "Quantities, signals and policies are names and units that somebody chose once. Which one is it that the kubelet does not know?",
        pointer: `The end of \`journalctl -u kubelet -n 20 --no-pager\` names it; \`tail -n 4 ${CONFIG}\` shows what was added.`,
      },
      right: [
        {
          name: "the file as the cluster keeps it",
          lines: ["kubeadm upgrade node phase kubelet-config", "systemctl restart kubelet"],
        },
      ],
      wrong: [
        {
          name: "twice",
          lines: [`tail -n 2 ${CONFIG} >> ${CONFIG}.d`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "the start of the file thrown away",
          lines: [`sed -i 1,2d ${CONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
