// Checks that several lessons share.

import type { Check } from "#sandbox/grader/check.ts";
import { healthProbe } from "./callers.ts";

/** The kubelet of node01 is up. `more` is what a lesson says about a refusal besides that nobody answers. */
export function shipHealthy(step: string, more = "`systemctl status kubelet` and its journal say why."): Check {
  return {
    id: "ship-healthy",
    step,
    goal: "The kubelet is up: its health probe on 10248 says ok.",
    probe: healthProbe,
    expect: { status: { is: 200 } },
    passed: "ok on 10248.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: `Nobody answers on 10248, so no kubelet runs here. ${more}`,
      },
    ],
    hints: {
      nudge: "Is anybody on watch?",
      pointer: "`journalctl -u kubelet -n 20` ends with the reason, if the kubelet does not come up.",
      solution: {
        text: "Mend what the journal names, and start it.",
        commands: ["journalctl -u kubelet -n 20 --no-pager", "systemctl restart kubelet"],
      },
    },
  };
}
