// What this lesson grades: the loot of the attack, the stranger refused, the pilot still served.

import type { Check } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot } from "../_kit/callers.ts";

export const checks: readonly Check[] = [
  {
    id: "pods-taken",
    step: "look",
    goal: "Take the list of pods as a stranger, and keep it in `pods.json` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/pods.json" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "You hold what any caller could have had.",
    failures: [{ when: { exists: { is: false } }, say: "There is no `pods.json` in the outsider’s home yet." }],
    hints: {
      nudge: "A question that points the way.",
      pointer: "The place to look at: `curl -o FILE` keeps an answer.",
      solution: { text: "On the outsider:", commands: ["curl -sk https://node01:10250/pods -o pods.json"] },
    },
  },
  {
    id: "stranger-refused",
    step: "shut",
    goal: "A caller without credentials gets 401.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: { on: "node01", field: "authentication.anonymous.enabled", value: false },
    passed: "401. The stranger has no name here.",
    failures: [{ when: { status: { is: 200 } }, say: "The stranger still gets 200 and the list of pods." }],
    hints: {
      nudge: "Who reads config.yaml, and when?",
      pointer: "`authentication.anonymous.enabled` in /var/lib/kubelet/config.yaml, then a restart.",
      solution: {
        text: "Set it to `false`, and restart:",
        commands: [
          "sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "pilot-served",
    step: "shut",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot was served.",
    failures: [
      { when: { error: { is: "refused" } }, say: "The API server gets connection refused on 10250." },
      { when: { status: { is: 401 } }, say: "The API server shows its certificate and gets 401." },
    ],
    hints: {
      nudge: "Strangers must be refused, not everybody.",
      pointer: "The port stays open, and `clientCAFile` stays set.",
      solution: { text: "Take back what shut the pilot out, and restart:", commands: ["systemctl restart kubelet"] },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
