// Misconceptions about addresses and packet filters: who is kept out, by what, and in which order rules are asked.

import type { Evidence } from "../evidence.ts";
import { contentOf, failedWith, type Misconception, valueIn } from "./reading.ts";

const RULE = /^\s*(?:sudo )?iptables\b.*--dport 10250\b/;

/** Places in the history of rules for 10250 that do something with every caller, or let one in. */
const findRule = (evidence: Evidence, target: RegExp, from: boolean): number =>
  evidence.history.findIndex((line) => RULE.test(line) && target.test(line) && /(-s|--source) /.test(line) === from);

export const moorings: readonly Misconception[] = [
  {
    id: "last-rule-decides",
    title: "The last rule decides",
    explanation:
      "A packet filter asks its rules from the first to the last, and the first that fits decides. A rule that lets somebody in stands before the one that drops the rest.",
    recognise: (evidence) => {
      const drop = findRule(evidence, /-A INPUT .*-j (DROP|REJECT)/, false);
      const accept = findRule(evidence, /-A INPUT .*-j ACCEPT/, true);
      return failedWith(evidence, "pilot-logs", "error", "timeout") && drop >= 0 && accept > drop;
    },
  },
  {
    id: "known-pirates",
    title: "Keep out those you know",
    explanation:
      "A list of enemies is never complete, and the next one comes from another address. Name those who must come in, and drop everybody else.",
    recognise: (evidence) =>
      failedWith(evidence, "neighbour-out", "status", 401) &&
      evidence.observed.has("stranger-out") &&
      !evidence.failed.has("stranger-out"),
  },
  {
    id: "wrong-chain",
    title: "Any chain will do",
    explanation:
      "INPUT is asked about what arrives at this machine, OUTPUT about what leaves it, FORWARD about what passes through to somewhere else. Calls to the kubelet arrive.",
    recognise: (evidence) =>
      failedWith(evidence, "stranger-out", "status", 401) &&
      evidence.history.some((line) => RULE.test(line) && /\b(OUTPUT|FORWARD)\b/.test(line)),
  },
  {
    id: "health-turned-off",
    title: "A probe that nobody should read can go",
    explanation:
      "The health probe is there for its own machine, and with `healthzPort: 0` nobody can tell a stuck kubelet from a well one. Bind it to 127.0.0.1 and leave it on.",
    recognise: (evidence) => evidence.failed.has("ship-healthy") && valueIn(evidence.running, "healthzPort") === 0,
  },
  {
    id: "silence-is-an-answer",
    title: "Nothing came back, so nothing is there",
    explanation:
      "With `-s` curl keeps its reasons to itself: a certificate it does not know ends the call before any answer, with status 60. `-S` shows the reason, `-k` goes on without the check.",
    recognise: (evidence) =>
      evidence.failed.has("reach-noted") && /^ok$/.test(contentOf(evidence, "reach-noted").trim()),
  },
  {
    id: "last-of-the-pipe",
    title: "$? is the status of curl",
    explanation:
      "After a pipe `$?` is the status of the last command in it, and that one had nothing to complain of. `${PIPESTATUS[0]}` has the first, or the pipe is left out.",
    recognise: (evidence) =>
      evidence.failed.has("loss-noted") && evidence.history.some((line) => /curl.*\|.*\$\?/.test(line)),
  },
  {
    id: "one-port",
    title: "10250 is all there is",
    explanation:
      "A kubelet listens on more than its API: 10248 for health, and 10255 where it is set. `ss -tlnp` shows every one, with the address it is bound to.",
    recognise: (evidence) =>
      failedWith(evidence, "health-hidden", "status", 200) &&
      !evidence.failed.has("stranger-out") &&
      !evidence.failed.has("stranger-refused") &&
      valueIn(evidence.saved, "healthzBindAddress") !== "127.0.0.1",
  },
];
