// Lesson 16 grades what the API server's log tells of calls to a kubelet, and what it must not hold.

import type { Check, CommandProbe } from "#sandbox/grader/check.ts";
import { boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const log = "/var/log/kubernetes/audit.log";

const onShore = (run: string): CommandProbe => ({ kind: "command", on: "controlplane", run });

/** A call to the ship with a fresh token, and then what the log has of it. */
const callShip = (who: string, path: string, find: string): CommandProbe =>
  onShore(
    [
      `T=$(kubectl -n harbour create token ${who})`,
      `curl -sk -m 5 -o /dev/null -w 'got %{http_code}\\n' -H "Authorization: Bearer $T" https://node01:10250${path}`,
      "sleep 1",
      find,
    ].join("; "),
  );

const policy = `apiVersion: audit.k8s.io/v1\\nkind: Policy\\nrules:\\n- level: Request\\n  resources: [{group: authorization.k8s.io, resources: [subjectaccessreviews]}]\\n- level: Metadata\\n`;

const writeDown = {
  text: "On the controlplane write a policy, name it and the log to the API server, and wait until it is back:",
  commands: [
    `printf '${policy}' > /etc/kubernetes/audit/policy.yaml`,
    `sed -i 's|- --authorization-mode=.*|&\\n    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml\\n    - --audit-log-path=${log}|' ${manifest}`,
  ],
};

const away = {
  when: { stderr: { has: "6443 was refused" } },
  say: "The API server does not answer. `crictl ps -a` on the controlplane shows whether it ended, its log in /var/log/pods shows why.",
} as const;

const noLog = {
  when: { stderr: { has: "No such file" } },
  say: "There is no /var/log/kubernetes/audit.log: the API server writes nothing down.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "night-passed",
    step: "night",
    goal: "Let the night pass with `bash night.sh`: a command runs in `web`, and its answer lies in `loot` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/loot" },
    expect: { content: { has: "DB_PASSWORD" } },
    passed: "Somebody was aboard.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "Nothing has happened yet. `bash night.sh` in /root of the controlplane.",
      },
      { when: {}, say: "`loot` does not hold the environment of `web`. Is the kubelet up?" },
    ],
    hints: {
      nudge: "Without an event there is nothing to find.",
      pointer: "The script lies in /root of the controlplane.",
      solution: { text: "On the controlplane:", commands: ["bash night.sh"] },
    },
  },
  {
    id: "calls-written",
    step: "policy",
    goal: "A call to the ship leaves a line in /var/log/kubernetes/audit.log that names the caller and what it wanted.",
    probe: callShip(
      "stoker",
      "/metrics",
      `grep -c '"subresource":"metrics".*"user":"system:serviceaccount:harbour:stoker"' ${log}`,
    ),
    expect: { stdout: { has: "got 200" }, exit: { is: 0 } },
    passed: "Who asked the ship for what stands in the harbour’s book.",
    failures: [
      away,
      noLog,
      {
        when: { stdout: { lacks: "got 200" } },
        say: "The call itself was not served: {stdout}",
      },
      {
        when: {},
        say: "There is a log, and it does not tell what `stoker` wanted of the ship. The question stands in the body of the kubelet’s SubjectAccessReview.",
      },
    ],
    hints: {
      nudge: "The kubelet keeps no book. Whom does it ask, before it serves?",
      pointer:
        "`subjectaccessreviews` of the group `authorization.k8s.io` at the level `Request`: Metadata leaves the body out.",
      solution: writeDown,
    },
  },
  {
    id: "exec-written",
    step: "policy",
    goal: "So does `kubectl exec`, which goes through the API server.",
    probe: onShore(`kubectl exec web-node01 -- true; sleep 1; grep -c '"subresource":"exec"' ${log}`),
    expect: { exit: { is: 0 } },
    passed: "kubectl exec: who, which pod, which command.",
    failures: [
      away,
      noLog,
      {
        when: {},
        say: "The log has no line about `pods/exec`. A policy writes down what a rule names, and the first rule that fits decides.",
      },
    ],
    hints: {
      nudge: "Which resource does kubectl exec ask for?",
      pointer: "`pods/exec`, at the level Metadata. A rule for `pods` does not cover it.",
      solution: writeDown,
    },
  },
  {
    id: "no-tokens",
    step: "policy",
    goal: "The log holds no token.",
    probe: callShip(
      "purser",
      "/pods",
      `test -s ${log} && ! grep -qE 'eyJ[A-Za-z0-9_-]+[.]eyJ' ${log} && echo clean || { ls ${log} > /dev/null && echo leaks; }`,
    ),
    expect: { stdout: { hasLine: "clean" } },
    passed: "The book names callers, and copies no letters.",
    failures: [
      away,
      noLog,
      {
        when: { stdout: { hasLine: "leaks" } },
        say: "The log is empty, or a bearer token stands in it, whole. The body of a TokenReview *is* the token; and whoever creates one gets it in the answer.",
      },
      { when: {}, say: "It could not be seen: {stdout}" },
    ],
    hints: {
      nudge: "What does the kubelet send to have a token read?",
      pointer: "`tokenreviews` and `serviceaccounts/token` at Metadata at most.",
      solution: writeDown,
    },
  },
  {
    id: "no-secrets",
    step: "policy",
    goal: "Nor the content of a secret.",
    probe: onShore(
      `kubectl -n harbour get secret treasure -o name; sleep 1; test -s ${log} && ! grep -q 'MTkuNE4gMTU1LjZX' ${log} && echo clean || { ls ${log} > /dev/null && echo leaks; }`,
    ),
    expect: { stdout: { hasLine: "clean" } },
    passed: "Who read the secret may be written down; what it says is not.",
    failures: [
      away,
      noLog,
      {
        when: { stdout: { hasLine: "leaks" } },
        say: "The log is empty, or the content of the secret stands in it: a rule writes the answers down as well.",
      },
      { when: {}, say: "It could not be seen: {stdout}" },
    ],
    hints: {
      nudge: "Which level copies the answers of the API server?",
      pointer: "`RequestResponse`. For secrets and config maps use Metadata.",
      solution: writeDown,
    },
  },
  {
    id: "culprit-named",
    step: "read",
    goal: "Let another night pass, and write the user who ran a command on the ship into the file `culprit` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/culprit" },
    expect: { content: { hasLine: "system:serviceaccount:harbour:lamplighter" } },
    passed: "The lamplighter asked for create on nodes/proxy.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `culprit` in /root of the controlplane yet." },
      {
        when: { content: { has: "system:node:node01" } },
        say: "`culprit` names the node: it was the one who *asked* the harbour. On whose behalf stands in the body of its question.",
      },
      { when: {}, say: "`culprit` does not name the one who may run commands: verb `create`, subresource `proxy`." },
    ],
    hints: {
      nudge: "Every question of the ship names the caller, the verb and the subresource.",
      pointer:
        "In each line `.requestObject.spec` has `user` and `resourceAttributes`. To run a command is `create` on `nodes/proxy`.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "bash night.sh",
          `jq -r 'select(.requestObject.spec.resourceAttributes.subresource=="proxy") | .requestObject.spec.user' ${log} > culprit`,
        ],
      },
    },
  },
  {
    id: "ship-healthy",
    step: "read",
    goal: "The kubelet is up: its health probe on 10248 says ok.",
    probe: healthProbe,
    expect: { status: { is: 200 } },
    passed: "ok on 10248.",
    failures: [{ when: { error: { is: "refused" } }, say: "Nobody answers on 10248. The kubelet’s journal says why." }],
    hints: {
      nudge: "Was something written into the kubelet’s flags or file?",
      pointer: "The kubelet has no audit log, and ends at a flag that it does not know.",
      solution: {
        text: "On node01 take it out again:",
        commands: ["echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet", "systemctl restart kubelet"],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
