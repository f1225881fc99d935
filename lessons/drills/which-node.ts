// One of two nodes lets strangers in. Which one is for the learner to find, from outside.

import type { DrillTemplate, Lines } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, strangerRefused } from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  CONFIG,
  caDropped,
  notRestarted,
  pickNode,
  placeSetting,
  portClosed,
  RESTART,
  restarted,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "which-node",
  title: "Which of the two?",
  topic: "authentication",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["flag-beats-file", "forgot-restart", "ca-missing", "closed-instead-of-locked"],
  make(random) {
    const host = pickNode(random);
    const other = host === "node01" ? "node02" : "node01";
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    const placed = placeSetting(random, place, host, anonymous, "true", "false");
    const there = (lines: Lines, node = host): Lines => [`ssh ${node}`, ...lines, "exit"];
    const refused = strangerRefused(host, { on: host, field: anonymous.field, value: false });
    const ask = "curl -sk https://node01:10250/pods";
    return {
      base: "fleet",
      setup: restarted(host, [...placed.setup, { on: host, run: authorizationMode.inFile("AlwaysAllow") }]),
      host: "quay",
      captain: host,
      task: "You sit at `quay`, and reach `node01` and `node02` by `ssh`. One of the two nodes lists its pods to callers without any credentials on port 10250. Find out which, and let its kubelet turn them away with 401, now and after a restart; the other node needs no change. The API server must be able to read logs on both.",
      checks: [
        { ...refused, weight: 2 },
        holdsAfterRestart(refused),
        logsReadable(host),
        kubeletHealthy(host),
        { ...strangerRefused(other), id: "other-refused" },
        { ...logsReadable(other), id: "other-logs" },
      ],
      because: `It was ${host}: ${placed.words}.`,
      solution: [ask, ...there([...placed.mend, RESTART])],
      right: [
        {
          name: "both in the same way",
          lines: [
            ...there([...placed.mend, anonymous.inFile("false"), RESTART]),
            ...there([anonymous.inFile("false"), RESTART], other),
          ],
        },
        ...(placed.change ? [{ name: "the flag says no", lines: there([...placed.change, RESTART]) }] : []),
      ],
      wrong: [
        { name: "the other one", lines: there([anonymous.inFile("false"), RESTART], other), fails: "stranger-refused" },
        { ...notRestarted(placed.mend, "stranger-refused"), lines: there(placed.mend) },
        { ...portClosed, lines: there(portClosed.lines) },
        { ...caDropped(placed.mend), lines: there(caDropped(placed.mend).lines) },
        {
          name: "one settings file for both",
          lines: [`scp ${other}:${CONFIG} .`, `scp config.yaml ${host}:/etc/kubernetes/`, ...there([RESTART])],
          fails: "stranger-refused",
        },
      ],
    };
  },
};
