// A flag that no kubelet has, or one with a value it cannot take.

import type { DrillTemplate } from "../_kit/drill.ts";
import { EXTRA_ENV, singleFault } from "../_kit/fault.ts";
import { flagValue, unknownFlag } from "../_kit/faults/flags.ts";

export const template: DrillTemplate = {
  id: "crash-flag",
  title: "A flag that no kubelet has",
  topic: "settings",
  level: 1,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["flag-syntax", "removed-flag"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([unknownFlag, flagValue])(random, node);
    const [first] = fault.setup;
    const flags = first !== undefined && "content" in first ? first.content.trim() : "";
    return singleFault({
      node,
      fault,
      task: `\`${node}\` went NotReady when somebody wanted to give its kubelet one more flag. The flag is not needed: the configuration file has all that is wanted. Bring the node back, and leave the configuration file as it is.`,
      hints: {
        nudge: "The kubelet reads its command line before anything else, and says what it does not understand.",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager` names it; `systemctl cat kubelet` names the files from which the command line is put together.",
      },
      right: [
        { name: "the file cleared", lines: [`: > ${EXTRA_ENV}`, "systemctl restart kubelet"] },
        { name: "the line taken out", lines: [`sed -i /ARGS/d ${EXTRA_ENV}`, "systemctl restart kubelet"] },
      ],
      wrong: [
        {
          name: "another flag beside it",
          lines: [`echo '${flags} --v=4' > ${EXTRA_ENV}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "the flag in quotation marks",
          lines: [`echo '${flags.replace("=", '="')}"' > ${EXTRA_ENV}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
