// A drop-in that systemd cannot carry out.

import type { DrillTemplate } from "../_kit/drill.ts";
import { singleFault } from "../_kit/fault.ts";
import { dropInTrap, twoCommands, wrongProgram } from "../_kit/faults/unit.ts";

export const template: DrillTemplate = {
  id: "crash-unit",
  title: "A drop-in too many",
  topic: "node",
  level: 2,
  minutes: 4,
  use: ["rep", "task", "incident"],
  misconceptions: ["forgot-daemon-reload", "line-not-continued"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([dropInTrap, twoCommands, wrongProgram])(random, node);
    const { file = "" } = fault;
    return singleFault({
      node,
      fault,
      task: `On \`${node}\` systemd does not get the kubelet to run at all: not one line of its own is in the journal since yesterday. Find what stands in the way and mend it. The unit and the drop-in that the packages brought stay as they are.`,
      hints: {
        nudge: "If the program says nothing, ask who was to start it.",
        pointer:
          "`systemctl status kubelet` and `journalctl -u kubelet -n 20 --no-pager`; `systemctl cat kubelet` shows every file the unit is made of.",
      },
      right: [
        {
          name: "the drop-in taken away",
          lines: [`rm ${file}`, "systemctl daemon-reload", "systemctl restart kubelet"],
        },
        {
          name: "back to what the packages brought",
          lines: [
            "rm -r /etc/systemd/system/kubelet.service.d",
            "systemctl daemon-reload",
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        {
          name: "not read again",
          lines: [...fault.mend, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "another name, and still a drop-in",
          lines: [
            `mv ${file} ${file.replace(/[^/]+$/, "zz.conf")}`,
            "systemctl daemon-reload",
            "systemctl restart kubelet",
          ],
          fails: "node-ready",
        },
      ],
    });
  },
};
