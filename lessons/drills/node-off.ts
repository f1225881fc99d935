// A kubelet that nobody starts: disabled, or masked.

import type { DrillTemplate } from "../_kit/drill.ts";
import { singleFault } from "../_kit/fault.ts";
import { kubeletOff } from "../_kit/faults/unit.ts";

export const template: DrillTemplate = {
  id: "node-off",
  title: "A ship without a captain",
  topic: "node",
  level: 1,
  minutes: 1,
  use: ["rep", "task", "incident"],
  misconceptions: ["stopped-instead-of-locked"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const why = random.pick([
      "for a quarter of an hour, to change a disk",
      "because an audit found it too talkative",
      "to keep strangers out",
      "and nobody remembers why",
    ]);
    return singleFault({
      node,
      fault: kubeletOff(random, node),
      task: `Somebody turned the kubelet on \`${node}\` off, ${why}. Its configuration is sound. Bring the node back into service, and see to it that it is in service after the next boot as well.`,
      hints: {
        nudge: "Is anything wrong with the kubelet, or does nobody start it?",
        pointer: "`systemctl status kubelet` says loaded, enabled and active: three different things.",
      },
      right: [{ name: "both in one", lines: ["systemctl unmask kubelet", "systemctl enable --now kubelet"] }],
      wrong: [
        {
          name: "started for today",
          lines: ["systemctl unmask --runtime kubelet", "systemctl start kubelet"],
          fails: "kubelet-enabled",
        },
        { name: "enabled for tomorrow", lines: ["systemctl enable kubelet"], fails: "node-ready" },
        {
          name: "by hand, without its unit",
          lines: ["/usr/bin/kubelet --version"],
          fails: "node-ready",
        },
      ],
    });
  },
};
