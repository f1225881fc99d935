// What lesson 3 grades: the value in force found, and two settings brought home to the file, so that the running kubelet uses them.

import type { Check, SettingWanted } from "#sandbox/grader/check.ts";
import { apiServer, asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const seventyPods: SettingWanted = { on: "node01", field: "maxPods", value: 70 };
const twentyEvents: SettingWanted = { on: "node01", field: "eventRecordQPS", value: 20 };

const down = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250: the kubelet did not come up with what you saved. `journalctl -u kubelet -n 20` ends with the reason.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "value-noted",
    step: "find",
    goal: "Write the number of pods that this kubelet really allows into the file `papers` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/papers" },
    expect: { content: { hasLine: "40" } },
    passed: "40, as the process was told last.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "There is no file `papers` in /root yet. It wants one line, the number.",
      },
      {
        when: { content: { has: "60" } },
        say: "`papers` says 60. That is what config.yaml says, and a flag hides it.",
      },
      {
        when: { content: { has: "50" } },
        say: "`papers` says 50. That flag is on the command line, and another one comes after it.",
      },
      {
        when: { content: { has: "110" } },
        say: "`papers` says 110, the default. Here somebody set it, more than once.",
      },
      { when: {}, say: "`papers` has no line with the right number alone." },
    ],
    hints: {
      nudge: "Ask the process, not the file.",
      pointer: "`ps -ww -o args= -C kubelet` shows the flags in order. Of a flag given twice the last one counts.",
      solution: { text: "On node01:", commands: ["ps -ww -o args= -C kubelet", "echo 40 > papers"] },
    },
  },
  {
    id: "pods-in-force",
    step: "one-place",
    goal: "The running kubelet allows 70 pods.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"maxPods":70,' } },
    setting: seventyPods,
    passed: "70, in force.",
    failures: [down, { when: { status: { is: 200 } }, say: "`/configz` does not say 70 yet." }],
    hints: {
      nudge: "How many places say something about it?",
      pointer:
        "config.yaml, kubeadm-flags.env and /etc/default/kubelet. The environment files become flags, and flags win.",
      solution: {
        text: "Set it in config.yaml, empty both environment variables, restart.",
        commands: [
          "sed -i 's/maxPods: 60/maxPods: 70/' /var/lib/kubelet/config.yaml",
          `echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env`,
          "echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "no-pods-flag",
    step: "one-place",
    goal: "No flag says anything about pods any more: the file alone decides.",
    probe: { kind: "process", on: "node01", name: "kubelet" },
    expect: { running: { is: true }, args: { lacks: "--max-pods" } },
    passed: "One setting, one place.",
    failures: [
      { when: { running: { is: false } }, say: "No kubelet runs. Its journal has the reason." },
      { when: { args: { has: "--max-pods" } }, say: "The running kubelet still has `--max-pods` on its command line." },
    ],
    hints: {
      nudge: "Which files become words of the command line?",
      pointer: "`systemctl cat kubelet` names both: look for `EnvironmentFile=`.",
      solution: {
        text: "Empty both variables, and restart.",
        commands: [
          `echo 'KUBELET_KUBEADM_ARGS=""' > /var/lib/kubelet/kubeadm-flags.env`,
          "echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "hatch-shut",
    step: "one-place",
    goal: "A stranger finds nobody on port 10255, as the file has said all along.",
    probe: { kind: "http", from: "outsider", url: "http://node01:10255/pods", as: { kind: "none" } },
    expect: { error: { is: "refused" } },
    setting: { on: "node01", field: "readOnlyPort", value: 0 },
    passed: "File, process and port agree.",
    failures: [{ when: { status: { is: 200 } }, say: "10255 still gives the list of pods to a stranger." }],
    hints: {
      nudge: "Who had the last word about the pods? The same hand wrote this.",
      pointer: "/etc/default/kubelet holds two flags.",
      solution: {
        text: "On node01:",
        commands: ["echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "events-in-force",
    step: "names",
    goal: "The running kubelet sends up to 20 events a second, set in config.yaml.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"eventRecordQPS":20,' } },
    setting: twentyEvents,
    passed: "eventRecordQPS is 20, in force.",
    failures: [down, { when: { status: { is: 200 } }, say: "`/configz` does not say 20 for `eventRecordQPS` yet." }],
    hints: {
      nudge: "Is the field really called like the flag?",
      pointer:
        "`eventRecordQPS: 20` at the left edge of config.yaml. The flag stands in a drop-in of the unit, and systemd keeps the unit it has read.",
      solution: {
        text: "The field into the file, the drop-in away, and systemd told of it.",
        commands: [
          "echo 'eventRecordQPS: 20' >> /var/lib/kubelet/config.yaml",
          "rm /etc/systemd/system/kubelet.service.d/20-events.conf",
          "systemctl daemon-reload",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "papers-kept",
    step: "names",
    goal: "Both hold after the next restart, and the kubelet is healthy.",
    probe: asApiServer("/configz"),
    after: "restart",
    expect: { body: { hasAll: ['"maxPods":70,', '"eventRecordQPS":20,'] } },
    setting: seventyPods,
    passed: "Saved, running and behaving agree.",
    failures: [
      down,
      { when: { status: { is: 200 } }, say: "After a restart at least one of the two is another value." },
    ],
    hints: {
      nudge: "Ask the files what the next start will do.",
      pointer: "`systemctl cat kubelet`, then the files it names, in their order.",
      solution: { text: "See the two orders above.", commands: ["systemctl cat kubelet"] },
    },
  },
  shipHealthy("names"),
  {
    id: "fleet-told",
    step: "fleet",
    goal: "The harbour’s ConfigMap `kubelet-config` says 70, for every node that joins or upgrades from now on.",
    probe: {
      kind: "command",
      on: "controlplane",
      run: "kubectl -n kube-system get configmap kubelet-config -o jsonpath='{.data.kubelet}'",
    },
    expect: { stdout: { hasLine: "maxPods: 70" } },
    passed: "The next ship will have it from the first day.",
    failures: [
      { when: {}, say: "`kubelet-config` in kube-system has no line `maxPods: 70` at the left edge of its text." },
    ],
    hints: {
      nudge: "From where did `kubeadm join` take the file that it wrote?",
      pointer:
        "`kubectl -n kube-system get configmap kubelet-config -o yaml`: the file stands in it, indented by four.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl -n kube-system get configmap kubelet-config -o yaml | sed 's/^    memorySwap: {}/    maxPods: 70\\n&/' | kubectl replace -f -",
        ],
      },
    },
  },
  {
    id: "node02-follows",
    step: "fleet",
    goal: "node02 allows 70 pods.",
    probe: {
      kind: "http",
      from: "controlplane",
      url: "https://node02:10250/configz",
      as: apiServer,
    },
    expect: { body: { has: '"maxPods":70,' } },
    passed: "Two ships, one order, written once.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "`/configz` of node02 does not say 70. A ConfigMap is paper in the harbour until somebody fetches it, and restarts.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250 of node02. Its journal says why." },
    ],
    hints: {
      nudge: "Who brings the harbour’s paper aboard?",
      pointer: "On node02 `kubeadm upgrade node phase kubelet-config` writes config.yaml anew. It restarts nothing.",
      solution: {
        text: "On node02:",
        commands: ["kubeadm upgrade node phase kubelet-config", "systemctl restart kubelet"],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
