// What lesson 5 grades: strangers get 401, now and after a restart, and the friends of the ship are still served.

import type { Check, Hints, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, madeUpToken } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const anonymousOff: SettingWanted = { on: "node01", field: "authentication.anonymous.enabled", value: false };

const byFile: Hints["solution"] = {
  text: "Set `enabled` under `anonymous` to `false`, and restart. On the hand-installed ship the flag in the unit is the place.",
  commands: ["sed -i '/anonymous:/,/enabled:/s/true/false/' /var/lib/kubelet/config.yaml", "systemctl restart kubelet"],
};

export const checks: readonly Check[] = [
  {
    id: "pods-taken",
    step: "look",
    goal: "Take the list of pods as a stranger, and keep it in `pods.json` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/pods.json" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "You hold what any caller could have had.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "There is no `pods.json` in the outsider’s home yet. `curl -o pods.json` writes one.",
      },
      {
        when: { content: { is: "" } },
        say: "`pods.json` is empty: the call that wrote it got no answer. Was the hatch shut before you looked?",
      },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`pods.json` holds `Unauthorized`: the hatch was shut before you looked. Undo brings the open ship back.",
      },
      {
        when: { content: { lacks: "PodList" } },
        say: "`pods.json` does not hold a list of pods. The path is `/pods`, over https, on port 10250.",
      },
    ],
    hints: {
      nudge: "Port 10250 speaks TLS, and its certificate is not one that the outsider knows.",
      pointer: "`curl -sk` asks without checking the certificate; `-o FILE` keeps the answer. The path is `/pods`.",
      solution: { text: "On the outsider:", commands: ["curl -sk https://node01:10250/pods -o pods.json"] },
    },
  },
  {
    id: "stranger-refused",
    step: "turn-away",
    goal: "A caller without credentials gets 401 on port 10250.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: anonymousOff,
    passed: "401. The stranger has no name here now.",
    failures: [
      { when: { status: { is: 200 } }, say: "The stranger still gets 200 and the list of pods." },
      {
        when: { status: { is: 403 } },
        say: "The stranger gets 403: it was given the name `system:anonymous` first, and only then refused. Wanted is 401, no name at all.",
      },
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 10250. A closed port keeps out the API server as well; wanted is an answer, 401.",
      },
      {
        when: { error: { is: "timeout" } },
        say: "Calls to 10250 get no answer at all, as behind a firewall. Wanted is an answer, 401.",
      },
    ],
    hints: {
      nudge: "Who reads config.yaml, and when?",
      pointer:
        "`authentication.anonymous.enabled` in /var/lib/kubelet/config.yaml, then a restart. `ps -ww -o args= -C kubelet` shows whether a flag says otherwise.",
      solution: byFile,
    },
  },
  {
    id: "token-refused",
    step: "turn-away",
    goal: "A caller with a made-up token gets 401, too.",
    probe: asStranger("/pods", madeUpToken),
    expect: { status: { is: 401 } },
    passed: "401. A bad paper is no better than none.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "A made-up token gets 200: nobody checks tokens on this ship, so the caller counts as one without papers, and those are let in.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250; wanted is an answer, 401." },
    ],
    hints: {
      nudge: "What becomes of a token that nobody looks at?",
      pointer:
        "With `authentication.webhook` off a token is ignored and the caller is anonymous. Turning anonymous callers away covers both.",
      solution: byFile,
    },
  },
  {
    id: "pilot-logs",
    step: "turn-away",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot was served.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250: `kubectl logs` and `kubectl exec` are broken. The port must stay open to it.",
      },
      {
        when: { error: { is: "timeout" } },
        say: "The API server gets no answer on 10250: `kubectl logs` and `kubectl exec` hang. The port must stay open to it.",
      },
      {
        when: { error: { is: "tls" } },
        say: "The API server reaches 10250 and no TLS connection comes about. Look at the serving certificate and the journal.",
      },
      {
        when: { status: { is: 401 } },
        say: "The API server shows its certificate and gets 401: this kubelet has no `clientCAFile` to check it against, so it is one more stranger.",
      },
      { when: { status: { is: 403 } }, say: "The API server is known and gets 403: it may not read logs here." },
      { when: { status: { is: 404 } }, say: "The API server gets 404: the pod `web` is not on this ship." },
    ],
    hints: {
      nudge: "Strangers must be refused, not everybody.",
      pointer:
        "The API server calls 172.30.2.2:10250 and proves itself with a certificate signed by `clientCAFile`. Both have to stay.",
      solution: {
        text: "Take back what closed the port or dropped the CA, and turn off anonymous access alone.",
        commands: ["grep -nE 'address:|port:|clientCAFile' /var/lib/kubelet/config.yaml", "systemctl restart kubelet"],
      },
    },
  },
  shipHealthy("turn-away"),
  {
    id: "holds-after-restart",
    step: "keep",
    goal: "It stays shut after the next restart.",
    probe: asStranger("/pods"),
    after: "restart",
    expect: { status: { is: 401 } },
    setting: anonymousOff,
    passed: "Shut now, and after the next restart.",
    failures: [
      { when: { status: { is: 200 } }, say: "After a restart a stranger gets 200 again." },
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10250: the kubelet does not come up with what is saved.",
      },
    ],
    hints: {
      nudge: "Ask the files what the next start will do, not the process.",
      pointer:
        "`systemctl cat kubelet` shows every drop-in in order, with the environment files it reads. A flag there beats config.yaml.",
      solution: {
        text: "Take the flag out of /etc/default/kubelet, so that the file alone decides.",
        commands: ["echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet", "systemctl restart kubelet"],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
