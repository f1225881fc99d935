// A kubelet that runs, and tells somebody else than the API server how it is.

import type { DrillTemplate } from "../_kit/drill.ts";
import { KUBECONFIG, singleFault } from "../_kit/fault.ts";
import { serverAddress } from "../_kit/faults/link.ts";

export const template: DrillTemplate = {
  id: "node-server-address",
  title: "Reports to the wrong harbour",
  topic: "node",
  level: 2,
  minutes: 4,
  use: ["rep", "task", "incident"],
  misconceptions: ["kubeconfig-versus-config"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = serverAddress(random, node);
    return singleFault({
      node,
      fault,
      task: `\`${node}\` is NotReady. On the machine itself all seems well: the service is active and its health probe says ok. The API server of this cluster is at \`https://172.30.1.2:6443\`, and works for everybody else. Have the node’s kubelet report there again, with the papers it has.`,
      hints: {
        nudge: "A kubelet that is well and not heard: whom does it talk to?",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager` names an address; it comes from the file that `--kubeconfig` names.",
      },
      right: [
        {
          name: "with kubectl",
          lines: [
            `kubectl config --kubeconfig ${KUBECONFIG} set-cluster $(kubectl config --kubeconfig ${KUBECONFIG} get-clusters | tail -n 1) --server=https://172.30.1.2:6443`,
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        { name: "saved, not restarted", lines: fault.mend, fails: "node-ready" },
        {
          name: "in the configuration file",
          lines: [
            "echo 'apiServer: https://172.30.1.2:6443' >> /var/lib/kubelet/config.yaml",
            "systemctl restart kubelet",
          ],
          fails: "node-ready",
          misconception: "wrong-key",
        },
        {
          name: "without TLS",
          lines: [`sed -i 's|server: .*|server: http://172.30.1.2:6443|' ${KUBECONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
