// Values that are well written and cannot be: of the wrong type, out of range, against each other.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { invalidValue, wrongType } from "../_kit/faults/config.ts";

export const template: DrillTemplate = {
  id: "crash-value",
  title: "A value that cannot be",
  topic: "settings",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["config-stops-kubelet"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([invalidValue, wrongType])(random, node);
    return singleFault({
      node,
      fault,
      task: `A setting was added to the kubelet’s configuration on \`${node}\`, or changed, and the kubelet refuses the whole file since. Put that one setting right, or take it out where it is not needed. Everything else in the file stays, and the node is Ready again.`,
      hints: {
        nudge: "It names the field, and what is wrong with its value.",
        pointer: "The end of `journalctl -u kubelet -n 20 --no-pager`; then `grep -n` for the field in the file.",
      },
      right: [
        {
          name: "the file as the cluster keeps it",
          lines: ["kubeadm upgrade node phase kubelet-config", "systemctl restart kubelet"],
        },
      ],
      wrong: [
        {
          name: "one line more at the end",
          lines: [`echo 'failOnInvalid: false' >> ${CONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "half of the file thrown away",
          lines: [`sed -i '/^authentication/,/^authorization/d' ${CONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
