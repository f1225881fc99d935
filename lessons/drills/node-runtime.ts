// No container runtime: another one's socket in the configuration, or containerd off.

import type { DrillTemplate } from "../_kit/drill.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { runtimeSocket } from "../_kit/faults/start.ts";

export const template: DrillTemplate = {
  id: "node-runtime",
  title: "Nobody to lift the crates",
  topic: "node",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: [],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = runtimeSocket(random, node);
    const wrong = fault.evidence.shows.slice("dial unix ".length).split(":")[0] ?? "";
    return singleFault({
      node,
      fault,
      task: `On \`${node}\` a script of another distribution set the container runtime’s address. containerd runs on the node and is the only runtime there; its socket is where its package puts it. Have the kubelet use it, now and after every restart.`,
      hints: {
        nudge: "Whom does the kubelet try to reach, and who is really there?",
        pointer:
          "The end of `journalctl -u kubelet -n 20 --no-pager` names a socket; `ss -xl | grep containerd` shows the one that listens.",
      },
      right: [
        {
          name: "by flag",
          lines: [
            "echo KUBELET_EXTRA_ARGS=--container-runtime-endpoint=unix:///run/containerd/containerd.sock > /etc/default/kubelet",
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        {
          name: "a file where the socket should be",
          lines: [`mkdir -p ${wrong.replace(/\/[^/]+$/, "")}`, `touch ${wrong}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "containerd restarted",
          lines: ["systemctl restart containerd", "systemctl restart kubelet"],
          fails: "node-ready",
        },
        {
          name: "the line twice",
          lines: [`sed -i 's|^containerRuntimeEndpoint.*|&\\n&|' ${CONFIG}`, "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
