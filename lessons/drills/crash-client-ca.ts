// The client CA is not where the configuration says.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, KUBECONFIG, singleFault } from "../_kit/fault.ts";
import { clientCa } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "crash-client-ca",
  title: "No CA to vouch for callers",
  topic: "authentication",
  level: 1,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["ca-missing"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = clientCa(random, node);
    const moved = fault.places.includes("ca-file");
    const copied = {
      name: "the CA out of the kubeconfig",
      lines: [
        `grep certificate-authority-data ${KUBECONFIG} | cut -d' ' -f6 | base64 -d > /etc/kubernetes/pki/ca.crt`,
        "systemctl restart kubelet",
      ],
    };
    return singleFault({
      node,
      fault,
      task: `After a tidying of certificates on \`${node}\` its kubelet does not come up. Bring it back so that it again verifies client certificates against the cluster’s own CA: the API server reads logs there with its certificate, and strangers are refused.`,
      hints: {
        nudge: "Which file does it look for, and where is that file?",
        pointer:
          "The end of `journalctl -u kubelet -n 20 --no-pager` names the path. `find / -name 'ca*.crt*'` finds what was moved; `authentication.x509.clientCAFile` names it.",
      },
      believed: "ca-missing",
      right: moved
        ? [copied]
        : [
            {
              name: "a copy where it is looked for",
              lines: [
                `cp /etc/kubernetes/pki/ca.crt $(awk '/clientCAFile/{print $2}' ${CONFIG})`,
                "systemctl restart kubelet",
              ],
            },
          ],
      wrong: [
        {
          name: "done without",
          lines: [`sed -i '/clientCAFile/d' ${CONFIG}`, "systemctl restart kubelet"],
          fails: "pilot-logs",
          misconception: "ca-missing",
        },
        {
          name: "an empty file",
          lines: [`: > $(awk '/clientCAFile/{print $2}' ${CONFIG})`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
