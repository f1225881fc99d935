// containerd is off, so the kubelet ends at every start.

import type { DrillTemplate } from "../_kit/drill.ts";
import { singleFault } from "../_kit/fault.ts";
import { containerdOff } from "../_kit/faults/unit.ts";

export const template: DrillTemplate = {
  id: "node-containerd",
  title: "The crane stands still",
  topic: "node",
  level: 1,
  minutes: 1,
  use: ["rep", "task", "incident"],
  misconceptions: [],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = containerdOff(random, node);
    const when = random.pick(["last night", "Friday", "the last round of updates", "the holidays"]);
    return singleFault({
      node,
      fault,
      task: `Since ${when} the kubelet on \`${node}\` starts and ends every few seconds, although nobody touched its configuration. Bring the node back, and see to it that the next boot brings up everything it needs.`,
      hints: {
        nudge: "The kubelet runs no container itself.",
        pointer:
          "The end of `journalctl -u kubelet -n 20 --no-pager` names a socket; `systemctl status containerd` tells of its owner.",
      },
      wrong: [
        {
          name: "started for today",
          lines: ["systemctl unmask --runtime containerd", "systemctl start containerd", "systemctl restart kubelet"],
          fails: "containerd-enabled",
        },
        {
          name: "another address",
          lines: [
            "sed -i 's|/var/run/containerd|/run/containerd|' /var/lib/kubelet/config.yaml",
            "systemctl restart kubelet",
          ],
          fails: "node-ready",
        },
      ],
    });
  },
};
