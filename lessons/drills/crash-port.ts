// The kubelet cannot listen: the port is somebody else's, or the address is.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { portTaken } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-port",
  title: "No berth to listen at",
  topic: "ports",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["closed-instead-of-locked"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = portTaken(random, node);
    return singleFault({
      node,
      fault,
      task: `The kubelet on \`${node}\` starts, runs for a moment and ends, again and again. No other program of the node is to be stopped or moved. Bring it back on the port and addresses on which the API server looks for kubelets.`,
      hints: {
        nudge: "Its configuration is fine, its papers are fine. What is the last thing it tries?",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager | grep listen`; `ss -tlnp` tells who listens where, `ip a` which addresses there are.",
      },
      right: [
        {
          name: "said in full",
          lines: [
            `sed -i 's/^port: .*/port: 10250/;s/^address: .*/address: 0.0.0.0/' ${CONFIG}`,
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        {
          name: "bound to the node itself",
          lines: [...fault.mend, `echo 'address: 127.0.0.1' >> ${CONFIG}`, "systemctl restart kubelet"],
          fails: "pilot-logs",
          misconception: "closed-instead-of-locked",
        },
        {
          name: "another port",
          lines: [...fault.mend, `echo 'port: 10260' >> ${CONFIG}`, "systemctl restart kubelet"],
          fails: "stranger-refused",
        },
      ],
    });
  },
};
