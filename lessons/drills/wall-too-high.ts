// A packet filter keeps the API server out along with the strangers.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { kubeletHealthy, logsReadable, strangerAsks } from "../_kit/drill-checks.ts";
import { CONFIG, pickNode, RESTART } from "../_kit/drill-ways.ts";

const HARBOUR = "172.30.1.2";

function keptOut(id: string, from: string, host: string): DrillCheck {
  return {
    id,
    goal: `${from} reaches nobody on port 10250 of ${host}.`,
    probe: { ...strangerAsks(host, "/pods"), from },
    expect: { error: { oneOf: ["timeout", "refused", "unreachable"] } },
    passed: "No answer. The wall holds.",
    failures: [
      { when: { status: { is: 401 } }, say: "It gets an answer, 401: the kubelet turns it away, the wall does not." },
    ],
    hints: {
      nudge: "The wall stays; one gate is missing in it.",
      pointer: "Rules are asked from the first to the last.",
    },
  };
}

export const template: DrillTemplate = {
  id: "wall-too-high",
  title: "A gate for the harbour",
  topic: "ports",
  level: 2,
  minutes: 2,
  use: ["rep", "task"],
  misconceptions: ["last-rule-decides", "known-pirates", "wrong-chain", "closed-instead-of-locked"],
  make(random) {
    const host = pickNode(random);
    const neighbour = host === "node01" ? "node02" : "node01";
    const target = random.pick(["DROP", "REJECT"]);
    const rule = `INPUT -p tcp --dport 10250`;
    const wall = random.pick(["drop", "order", "ufw"]);
    const { setup, solution, why } = {
      drop: {
        setup: `iptables -A ${rule} -j ${target}`,
        solution: `iptables -I ${rule} -s ${HARBOUR} -j ACCEPT`,
        why: "One rule kept everybody out of port 10250, the API server among them.",
      },
      order: {
        setup: `iptables -A ${rule} -j ${target}; iptables -A ${rule} -s ${HARBOUR} -j ACCEPT`,
        solution: `iptables -I ${rule} -s ${HARBOUR} -j ACCEPT`,
        why: "The rule that lets the API server in stood behind the one that keeps everybody out, and the first that fits decides.",
      },
      ufw: {
        setup: "ufw allow 22/tcp && ufw --force enable",
        solution: `ufw allow from ${HARBOUR} to any port 10250`,
        why: "ufw keeps out what no rule lets in, and none named the API server.",
      },
    }[wall];
    const ufw = wall === "ufw";
    return {
      base: "fleet",
      setup: [{ on: host, run: setup }],
      host,
      task: `Since somebody set up a packet filter on \`${host}\`, \`kubectl logs\` and \`kubectl exec\` hang or fail for its pods. Only the control plane, \`${HARBOUR}\`, may reach port 10250 of \`${host}\`: let it in, and keep everybody else out. The kubelet itself needs no change.`,
      checks: [
        { ...logsReadable(host), weight: 2 },
        keptOut("stranger-out", "outsider", host),
        keptOut("neighbour-out", neighbour, host),
        kubeletHealthy(host),
      ],
      because: why,
      solution: [solution],
      right: ufw
        ? [{ name: "for tcp alone", lines: [`ufw allow from ${HARBOUR} to any port 10250 proto tcp`] }]
        : [
            { name: "everybody but", lines: ["iptables -F INPUT", `iptables -A ${rule} ! -s ${HARBOUR} -j DROP`] },
            {
              name: "in order from the beginning",
              lines: [
                "iptables -F INPUT",
                `iptables -A ${rule} -s ${HARBOUR} -j ACCEPT`,
                `iptables -A ${rule} -j DROP`,
              ],
            },
          ],
      wrong: [
        { name: "the wall torn down", lines: [ufw ? "ufw disable" : "iptables -F INPUT"], fails: "stranger-out" },
        {
          name: "a gate behind the wall",
          lines: [ufw ? "ufw allow 10255/tcp" : `iptables -A ${rule} -s ${HARBOUR} -j ACCEPT`],
          fails: "pilot-logs",
        },
        {
          name: "the known pirate alone",
          lines: [...(ufw ? ["ufw disable"] : ["iptables -F INPUT"]), `iptables -A ${rule} -s 172.30.9.9 -j DROP`],
          fails: "neighbour-out",
          misconception: "known-pirates",
        },
        {
          name: "another port",
          lines: [`sed -i 's/^apiVersion/port: 10260\\n&/' ${CONFIG}`, RESTART],
          fails: "pilot-logs",
        },
      ],
    };
  },
};
