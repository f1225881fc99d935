// A node behind its own packet filter: what goes to the API server is dropped. The wall towards strangers is meant, and stays.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { strangerAsks } from "../_kit/drill-checks.ts";
import { run, singleFault } from "../_kit/fault.ts";
import { wallOutward } from "../_kit/faults/link.ts";

/** Whoever is not the API server finds no door at all. */
const walledOff = (node: string): DrillCheck => ({
  id: "stranger-walled-off",
  goal: `From the outsider nothing on port 10250 of ${node} answers.`,
  probe: strangerAsks(node, "/pods"),
  expect: { error: { is: "timeout" } },
  passed: "No answer, as it was.",
  failures: [
    {
      when: { status: { is: 401 } },
      say: "The outsider reaches port 10250 now: the rules that kept it away are gone.",
    },
    {
      when: { error: { is: "refused" } },
      say: "The outsider is told that the port is shut: no kubelet listens there.",
    },
  ],
  hints: {
    nudge: "Which of the rules are in the way, and which were meant?",
    pointer: "`iptables -S` lists them; `iptables -D` takes away one.",
  },
});

export const template: DrillTemplate = {
  id: "node-walled",
  title: "Walled in",
  topic: "ports",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: ["closed-instead-of-locked"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = wallOutward(random, node);
    const rule = fault.mend[0]?.replace("iptables -D ", "") ?? "";
    const inward = [
      "iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT",
      "iptables -A INPUT -p tcp --dport 10250 -j DROP",
    ];
    return singleFault({
      node,
      fault: { ...fault, setup: [...inward.map((line) => run(node, line)), ...fault.setup] },
      checks: [walledOff(node)],
      task: `On \`${node}\` a packet filter was set up so that only the API server (172.30.1.2) reaches port 10250. That part is meant and stays. But the node is NotReady since: something else was set up along with it. Take away what keeps the kubelet from the API server at 172.30.1.2:6443, and nothing more.`,
      hints: {
        nudge: "Does the kubelet reach the API server? Ask the way it does.",
        pointer:
          "`curl -k -m 3 https://172.30.1.2:6443/healthz` from the node; `iptables -S` has two chains that matter.",
      },
      right: [
        {
          name: "by its number",
          lines: ["iptables -D OUTPUT 1", "systemctl restart kubelet"],
        },
        { name: "the chain emptied", lines: ["iptables -F OUTPUT", "systemctl restart kubelet"] },
      ],
      wrong: [
        {
          name: "the whole wall torn down",
          lines: ["iptables -F", "systemctl restart kubelet"],
          fails: "stranger-walled-off",
        },
        {
          name: "one more rule behind it",
          lines: [`iptables -A ${rule.replace(/-j \w+$/, "-j ACCEPT")}`],
          fails: "node-ready",
        },
      ],
    });
  },
};
