// What lesson 17 grades: what the node keeps back, what a pod may take, and a kernel that is as the kubelet wants it after a reboot.

import type { Check, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const config = "/var/lib/kubelet/config.yaml";
const wants = (field: string, value: string | number | boolean): SettingWanted => ({ on: "node01", field, value });
const down = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250: the kubelet did not come up with what you saved. `journalctl -u kubelet -n 20` ends with the reason.",
} as const;

/** What a reboot does to these settings: the kernel begins with its own, then the files are read, then the kubelet starts. */
const reboot = [
  "sysctl -qw kernel.panic=0 kernel.panic_on_oops=0 vm.overcommit_memory=0",
  "sysctl --system > /dev/null 2>&1",
  "systemctl restart kubelet",
  "sleep 3",
  "curl -s http://127.0.0.1:10248/healthz || journalctl -u kubelet -n 40 --no-pager | grep -o 'invalid kernel flag.*' | tail -n 1",
].join("; ");

export const checks: readonly Check[] = [
  {
    id: "flood-noted",
    step: "look",
    goal: "Count the `sleep` processes that one small pod has started, and write the number into `flood` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/flood" },
    expect: { content: { hasLine: "60" } },
    passed: "60 processes, from a pod that asked for nothing.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `flood` in /root of node01 yet." },
      { when: { content: { hasLine: "61" } }, say: "`flood` says 61: one of those lines is the heading of ps." },
      { when: {}, say: "`flood` has no line with the right number alone." },
    ],
    hints: {
      nudge: "Ask for the processes by their name.",
      pointer: "`ps -C sleep --no-headers` lists them, `wc -l` counts lines.",
      solution: { text: "On node01:", commands: ["ps -C sleep --no-headers | wc -l > flood"] },
    },
  },
  {
    id: "kept-back",
    step: "reserve",
    goal: "node01 keeps 256Mi and 100m back for the kubelet and its runtime, and as much for the system.",
    probe: { kind: "node", name: "node01" },
    expect: { keptMemory: { atLeast: 612 }, keptCpu: { atLeast: 200 } },
    passed: "What the ship needs for itself is not promised to anybody.",
    failures: [
      {
        when: { keptMemory: { is: 100 } },
        say: "The node still promises its pods all memory but 100Mi, which is what eviction keeps.",
      },
      {
        when: { keptMemory: { atMost: 611 } },
        say: "The node keeps {keptMemory}Mi back. Wanted are 256Mi for the kubelet, 256Mi for the system, and the 100Mi of eviction: 612Mi.",
      },
      { when: {}, say: "The node keeps {keptCpu}m of processor time back. Wanted is 200m in all." },
    ],
    hints: {
      nudge: "Who else eats on this ship, besides the pods?",
      pointer: "`kubeReserved` and `systemReserved`, each with `cpu` and `memory` below it, indented; then a restart.",
      solution: {
        text: "On node01:",
        commands: [
          `printf 'kubeReserved: {cpu: 100m, memory: 256Mi}\\nsystemReserved: {cpu: 100m, memory: 256Mi}\\n' >> ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "pids-limited",
    step: "limits",
    goal: "A pod may have 100 processes at most.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"podPidsLimit":100,' } },
    setting: wants("podPidsLimit", 100),
    passed: "podPidsLimit is 100, in force.",
    failures: [
      down,
      { when: { status: { is: 200 } }, say: "`/configz` does not say 100 for `podPidsLimit`; -1 is no limit at all." },
    ],
    hints: {
      nudge: "Is the field called like the flag?",
      pointer: "The flag is `--pod-max-pids`, the field `podPidsLimit`.",
      solution: {
        text: "On node01:",
        commands: [`echo 'podPidsLimit: 100' >> ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "idle-ends",
    step: "limits",
    goal: "An idle exec or port-forward ends after 5 minutes.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"streamingConnectionIdleTimeout":"5m0s"' } },
    setting: wants("streamingConnectionIdleTimeout", "5m0s"),
    passed: "Five minutes, and a forgotten line is cut.",
    failures: [
      down,
      {
        when: { body: { has: '"streamingConnectionIdleTimeout":"4h0m0s"' } },
        say: "Idle connections still stay for four hours, the default. `0s` in the file means the default, and not zero.",
      },
      { when: { status: { is: 200 } }, say: "`/configz` does not say `5m0s` for `streamingConnectionIdleTimeout`." },
    ],
    hints: {
      nudge: "What does 0s mean in this file?",
      pointer: "`streamingConnectionIdleTimeout` stands there already: change its value to `5m`.",
      solution: {
        text: "On node01:",
        commands: [
          `sed -i 's/streamingConnectionIdleTimeout: .*/streamingConnectionIdleTimeout: 5m/' ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "events-limited",
    step: "limits",
    goal: "The kubelet sends events at a limited rate.",
    probe: asApiServer("/configz"),
    expect: { status: { is: 200 }, body: { lacks: '"eventRecordQPS":0,' } },
    passed: "A bad night on one ship does not fill the harbour’s ears.",
    failures: [
      down,
      { when: { status: { is: 200 } }, say: "`eventRecordQPS` is 0, and that means without limit. The default is 50." },
    ],
    hints: {
      nudge: "No events, or no limit? One of the two is meant by 0.",
      pointer: "`eventRecordQPS` in config.yaml, or a flag `--event-qps` that hides it.",
      solution: {
        text: "On node01:",
        commands: [`sed -i '/^eventRecordQPS/d' ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "seccomp-default",
    step: "limits",
    goal: "Containers that say nothing get the runtime’s seccomp profile, by the configuration file.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"seccompDefault":true' } },
    setting: wants("seccompDefault", true),
    passed: "RuntimeDefault, unless somebody asks for more.",
    failures: [
      down,
      {
        when: { status: { is: 200 } },
        say: "`/configz` says `seccompDefault: false`: such containers run unconfined.",
      },
    ],
    hints: {
      nudge: "Which system calls may a container make that says nothing about it?",
      pointer: "`seccompDefault: true` at the left edge.",
      solution: {
        text: "On node01:",
        commands: [`echo 'seccompDefault: true' >> ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "kernel-protected",
    step: "kernel",
    goal: "The kubelet checks the kernel’s settings and leaves them alone.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"protectKernelDefaults":true' } },
    setting: wants("protectKernelDefaults", true),
    passed: "It would rather not start than change them.",
    failures: [
      down,
      {
        when: { status: { is: 200 } },
        say: "`protectKernelDefaults` is not true in the running kubelet: it sets the kernel’s settings to what it wants, and says nothing.",
      },
    ],
    hints: {
      nudge: "Who has the last word on the kernel of this machine?",
      pointer: "`protectKernelDefaults: true`, after the kernel was set as the kubelet wants it.",
      solution: {
        text: "On node01:",
        commands: [`echo 'protectKernelDefaults: true' >> ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  shipHealthy("kernel", "With what it was given it did not start; the journal names it."),
  {
    id: "after-reboot",
    step: "kernel",
    goal: "After a reboot of the machine the kubelet would come up again.",
    probe: { kind: "command", on: "node01", run: reboot },
    expect: { stdout: { is: "ok" } },
    passed: "Kernel, files and kubelet agree, from the first minute on.",
    failures: [
      {
        when: { stdout: { has: "invalid kernel flag" } },
        say: "After a reboot it would not start: `{stdout}`. What `sysctl -w` sets is gone by then; files below /etc/sysctl.d set it again, in the order of their names.",
      },
      { when: {}, say: "After a reboot nobody would answer on 10248." },
    ],
    hints: {
      nudge: "Which of the files in /etc/sysctl.d is read last?",
      pointer:
        "99-tuning.conf comes after most other names, and the last one read decides. `sysctl --system` does what a boot does.",
      solution: {
        text: "On node01:",
        commands: [
          "printf 'vm.overcommit_memory = 1\\nkernel.panic = 10\\nkernel.panic_on_oops = 1\\n' > /etc/sysctl.d/99-tuning.conf",
          "sysctl --system",
        ],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
