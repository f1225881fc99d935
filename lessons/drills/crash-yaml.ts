// A configuration file that is no YAML any more: a tab, a colon, a column, a quotation mark.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { badYaml } from "../_kit/faults/config.ts";

export const template: DrillTemplate = {
  id: "crash-yaml",
  title: "A file that is no YAML",
  topic: "settings",
  level: 1,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["config-stops-kubelet", "wrong-indentation"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const who = random.pick(["A colleague", "The night shift", "Your predecessor", "A trainee"]);
    return singleFault({
      node,
      fault: badYaml(random, node),
      task: `${who} edited the kubelet’s configuration on \`${node}\` with an editor nobody knows, and the node has been NotReady since. Find the line and put it right, so that the settings are again what they were. The API server must be able to read the logs of the pod \`web\` on \`${node}\`; callers without credentials must be refused as before.`,
      hints: {
        nudge: "Who says that it cannot read the file, and in which line?",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager` has the line’s number, or that of the next one. `cat -A` shows tabs as `^I`.",
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
          name: "the file moved aside",
          lines: [`mv ${CONFIG} /root/`, "systemctl restart kubelet"],
          fails: "node-ready",
          misconception: "config-stops-kubelet",
        },
      ],
    });
  },
};
