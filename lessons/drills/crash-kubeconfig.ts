// The kubelet does not find what it proves itself to the API server with: its kubeconfig, or the certificate in it.

import type { DrillTemplate } from "../_kit/drill.ts";
import { KUBECONFIG, singleFault } from "../_kit/fault.ts";
import { clientLink, kubeconfigPath } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-kubeconfig",
  title: "Looking for a bootstrap that never was",
  topic: "node",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["kubeconfig-versus-config"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = random.pick([clientLink, kubeconfigPath, kubeconfigPath])(random, node);
    return singleFault({
      node,
      fault,
      task: `The kubelet on \`${node}\` complains about a bootstrap kubeconfig, and ends. \`${node}\` has been a member of this cluster for weeks and needs no bootstrapping: its own papers are still on its disk. Have it use them again, and do not join it anew.`,
      hints: {
        nudge: "A bootstrap kubeconfig is only asked for where the real one is missing or of no use. Why is it?",
        pointer:
          "`ls -l /etc/kubernetes /var/lib/kubelet/pki`, and the words of `--kubeconfig` in `systemctl cat kubelet` and both environment files.",
      },
      right:
        fault.file === undefined
          ? []
          : [
              {
                name: "the file where it is looked for",
                lines: [`ln -s ${KUBECONFIG} ${fault.file}`, "systemctl restart kubelet"],
              },
            ],
      wrong: [
        {
          name: "the kubeconfig as bootstrap",
          lines: [`cp ${KUBECONFIG} /etc/kubernetes/bootstrap.conf`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "the kubeconfig emptied",
          lines: [...fault.mend, `: > ${KUBECONFIG}`, "systemctl daemon-reload", "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
