// The kubelet is told to check the kernel's settings, and they are not what it wants. The check stays.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { harbourAsks } from "../_kit/drill-checks.ts";
import { CONFIG, singleFault } from "../_kit/fault.ts";
import { kernelDefaults } from "../_kit/faults/start.ts";

/** The setting is on in the live kubelet. */
const guarded = (node: string): DrillCheck => ({
  id: "kernel-guarded",
  goal: `The kubelet on ${node} runs with \`protectKernelDefaults: true\`.`,
  probe: harbourAsks(node, "/configz"),
  expect: { status: { is: 200 }, body: { has: '"protectKernelDefaults":true' } },
  setting: { on: node, field: "protectKernelDefaults", value: true },
  passed: "It checks, and finds what it wants.",
  failures: [
    { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    { when: { status: { is: 200 } }, say: "The kubelet runs, and `protectKernelDefaults` is off." },
  ],
  hints: {
    nudge: "Which of the two is to give way: the check, or what it checks?",
    pointer: "`protectKernelDefaults` stays `true`; `sysctl` changes the kernel.",
  },
});

const values = ["vm.overcommit_memory=1", "kernel.panic=10", "kernel.panic_on_oops=1"];

/** The next boot, which reads the files anew, finds the kernel so as well. */
const kept = (node: string): DrillCheck => ({
  id: "kernel-kept",
  goal: `The next boot of ${node} sets the kernel in the same way.`,
  probe: {
    kind: "command",
    on: node,
    run: "sysctl --system >/dev/null 2>&1; sysctl -n vm.overcommit_memory kernel.panic kernel.panic_on_oops | paste -sd' '",
  },
  expect: { stdout: { hasLine: "1 10 1" } },
  passed: "Written down where the boot reads it.",
  failures: [
    {
      when: {},
      say: "With the files of /etc/sysctl.d as they are, the next boot would not leave the three values at 1, 10 and 1.",
    },
  ],
  hints: {
    nudge: "What `sysctl -w` sets is gone at the next boot.",
    pointer: "Files in /etc/sysctl.d are read in the order of their names; the last one wins.",
  },
});

export const template: DrillTemplate = {
  id: "crash-kernel",
  title: "A kernel not as it should be",
  topic: "node",
  level: 2,
  minutes: 2,
  use: ["rep", "task", "incident"],
  misconceptions: [],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const fault = kernelDefaults(random, node);
    return singleFault({
      node,
      fault,
      checks: [guarded(node), kept(node)],
      task: `\`protectKernelDefaults\` was switched on for the kubelet on \`${node}\`, as the benchmark asks, and the kubelet has not stayed up since. The setting stays on. Have the kernel be what the kubelet wants, now and after the next boot, and the node Ready.`,
      hints: {
        nudge: "It says which value it expected, and which it found.",
        pointer:
          "`journalctl -u kubelet -n 20 --no-pager | grep 'kernel flag'`; the files of /etc/sysctl.d are read at boot, and by `sysctl --system`.",
      },
      right: [
        {
          name: "all three in a file that comes last",
          lines: [
            `printf '${values.join("\\n")}\\n' > /etc/sysctl.d/99-kubelet.conf`,
            "sysctl --system",
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        {
          name: "the check switched off",
          lines: [
            `sed -i 's/^protectKernelDefaults: .*/protectKernelDefaults: false/' ${CONFIG}`,
            "systemctl restart kubelet",
          ],
          fails: "kernel-guarded",
        },
        {
          name: "until the next boot",
          lines: [`sysctl -w ${values.join(" ")}`, "systemctl restart kubelet"],
          fails: "kernel-kept",
        },
        {
          name: "written down and not applied",
          lines: [...fault.mend.slice(0, 1), "systemctl restart kubelet"],
          fails: "node-ready",
        },
      ],
    });
  },
};
