// What this lesson grades.

import type { Check } from "#sandbox/grader/check.ts";
import { asStranger, boardingParty, harbourPilot } from "../_kit/callers.ts";

export const checks: readonly Check[] = [
  {
    id: "stranger-refused",
    step: "look",
    goal: "A caller without credentials gets 401.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: { on: "node01", field: "authentication.anonymous.enabled", value: false },
    passed: "401. The stranger has no name here.",
    failures: [{ when: { status: { is: 200 } }, say: "The stranger gets 200." }],
    hints: {
      nudge: "A question that points the way.",
      pointer: "The place to look at.",
      solution: { text: "What to do:", commands: ["systemctl restart kubelet"] },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
