// A kubelet that speaks for another node than its certificate does.

import type { DrillTemplate } from "../_kit/drill.ts";
import { EXTRA_ENV, singleFault } from "../_kit/fault.ts";
import { wrongName } from "../_kit/faults/flags.ts";

export const template: DrillTemplate = {
  id: "node-name",
  title: "Under a false name",
  topic: "node",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: [],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = wrongName(random, node);
    return singleFault({
      node,
      fault,
      task: `The kubelet on \`${node}\` runs and answers on its ports, but \`${node}\` is NotReady, and the API server refuses what its kubelet sends. Its certificate is valid and names \`system:node:${node}\`. Find out why its reports are refused, and bring the node back under its own name. No right is to be given to anybody.`,
      hints: {
        nudge: "Who may write the object of a node?",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager | grep 'not allowed'` has two names; `ps -ww -o args= -C kubelet` has one of them.",
      },
      right: [
        {
          name: "the right name, said aloud",
          lines: [`echo KUBELET_EXTRA_ARGS=--hostname-override=${node} > ${EXTRA_ENV}`, "systemctl restart kubelet"],
        },
      ],
      wrong: [
        { name: "saved, not restarted", lines: fault.mend, fails: "node-ready" },
        {
          name: "the machine renamed",
          lines: ["hostnamectl hostname ship", "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
