// An authorization mode in letters that the kubelet does not know, or of another program.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { authorizationMode } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-mode",
  title: "A mode in the wrong letters",
  topic: "authorization",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["wrong-case-mode", "kubelet-reads-rbac"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const set = (mode: string): string => `sed -i 's/^  mode: .*/  mode: ${mode}/' ${CONFIG}`;
    return singleFault({
      node,
      fault: authorizationMode(random, node),
      task: `On \`${node}\` the kubelet was to ask the API server what each caller may do. Since that setting was written into its configuration file it ends at every start. Put it right: the API server is asked, a ServiceAccount without rights gets 403 on port 10250, and the node is Ready.`,
      hints: {
        nudge: "The value is a name, and names are taken to the letter.",
        pointer:
          "The end of `journalctl -u kubelet -n 20 --no-pager`, and `authorization.mode` in the file that `--config` names.",
      },
      right: [
        {
          name: "by flag",
          lines: [
            "echo KUBELET_EXTRA_ARGS=--authorization-mode=Webhook > /etc/default/kubelet",
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        { name: "everything allowed", lines: [set("AlwaysAllow"), "systemctl restart kubelet"], fails: "rights-asked" },
        {
          name: "as the API server writes it",
          lines: [set("Node,RBAC"), "systemctl restart kubelet"],
          fails: "node-ready",
          misconception: "kubelet-reads-rbac",
        },
      ],
    });
  },
};
