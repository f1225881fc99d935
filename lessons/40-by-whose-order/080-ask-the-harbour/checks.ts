// What lesson 8 grades: the kubelet asks the API server what a caller may do, and two callers hold the rights they need and no more.

import type { Check, CommandProbe, HttpProbe, Identity, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const webhookMode: SettingWanted = { on: "node01", field: "authorization.mode", value: "Webhook" };
const scraper: Identity = { kind: "service-account", namespace: "monitoring", name: "scraper" };
const lookout: Identity = { kind: "service-account", namespace: "monitoring", name: "lookout" };

/** A command in a container, asked for as kubectl does: by GET, over WebSocket. */
const execOf = (as: Identity): HttpProbe =>
  asApiServer("/exec/default/web-node01/web?command=env&output=1", { upgrade: "websocket", as });

const runOf = (as: Identity): HttpProbe => asApiServer("/run/default/web-node01/web?cmd=env", { method: "POST", as });

/** Asks for /metrics as the scraper, then lists what it may do: so a refusal can be explained by it. */
const scrape: CommandProbe = {
  kind: "command",
  on: "controlplane",
  run: [
    "curl -sk -m 5 -o /dev/null -w '%{http_code}\\n' -H \"Authorization: Bearer $(kubectl -n monitoring create token scraper)\" https://node01:10250/metrics",
    "kubectl auth can-i --list -n monitoring --as=system:serviceaccount:monitoring:scraper --no-headers 2>&1 | grep -E '^nodes' | tr -s ' '",
  ].join("; "),
};

const byFile = {
  text: "On node01: set `mode` under `authorization` to `Webhook`, and restart.",
  commands: ["sed -i 's/mode: AlwaysAllow/mode: Webhook/' /var/lib/kubelet/config.yaml", "systemctl restart kubelet"],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "look",
    goal: "With the token of `scraper`, which has no right at all, run `env` in the container `web`. Keep the answer in `loot` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/loot" },
    expect: { content: { has: "DB_PASSWORD" } },
    passed: "A password, for a caller without any right.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in /root of the controlplane yet." },
      {
        when: { content: { has: "Forbidden" } },
        say: "`loot` holds a refusal: the kubelet asked the harbour already. Undo brings the ship back that asks nobody.",
      },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`: no token, or none that counts, was shown.",
      },
      { when: {}, say: "`loot` does not hold the environment of `web`." },
    ],
    hints: {
      nudge: "Who is somebody here may do everything. A token makes you somebody.",
      pointer:
        "`/run/NAMESPACE/POD/CONTAINER?cmd=env` by POST; the token goes into the header `Authorization: Bearer …`.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl -n monitoring create token scraper > token",
          "curl -sk -X POST -H \"Authorization: Bearer $(cat token)\" 'https://node01:10250/run/default/web-node01/web?cmd=env' -o loot",
        ],
      },
    },
  },
  {
    id: "scraper-refused",
    step: "ask",
    goal: "A caller without the right to it gets 403 when it runs a command.",
    probe: runOf(scraper),
    expect: { status: { is: 403 } },
    setting: webhookMode,
    passed: "403. The harbour was asked, and it said no.",
    failures: [
      { when: { status: { is: 200 } }, say: "`scraper` still runs commands in `web`." },
      {
        when: { status: { is: 401 } },
        say: "`scraper` gets 401: its token is not even looked at. Wanted is 403, known and refused.",
      },
      {
        when: { error: { is: "account" } },
        say: "The ServiceAccount `scraper` is gone. Its rights were the question.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Which setting says who decides what a caller may do?",
      pointer:
        "`authorization.mode` in /var/lib/kubelet/config.yaml, then a restart. `Webhook` is a name, with a capital.",
      solution: byFile,
    },
  },
  {
    id: "pilot-logs",
    step: "ask",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot was served: the harbour has a role for it.",
    failures: [
      {
        when: { status: { is: 403 } },
        say: "The API server gets 403 from the ship: the binding `kubeadm:apiserver-kubelet-client` gives it its rights. Is it gone?",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250, so `kubectl logs` is broken." },
    ],
    hints: {
      nudge: "The API server is a caller too, with a name and a role.",
      pointer: "User `kube-apiserver-kubelet-client`, ClusterRole `system:kubelet-api-admin`.",
      solution: {
        text: "On the controlplane, if the binding is gone; else mend what keeps the kubelet down:",
        commands: [
          "kubectl create clusterrolebinding kubeadm:apiserver-kubelet-client --clusterrole=system:kubelet-api-admin --user=kube-apiserver-kubelet-client",
        ],
      },
    },
  },
  {
    id: "asks-after-restart",
    step: "ask",
    goal: "It still asks after the next restart.",
    probe: runOf(scraper),
    after: "restart",
    expect: { status: { is: 403 } },
    setting: webhookMode,
    passed: "403 now, and after the next restart.",
    failures: [
      { when: { status: { is: 200 } }, say: "After a restart `scraper` runs commands again." },
      { when: { error: { is: "refused" } }, say: "After a restart nobody answers on 10250." },
    ],
    hints: {
      nudge: "What will the next start read?",
      pointer: "`systemctl cat kubelet` and the files it names; a flag there beats config.yaml.",
      solution: byFile,
    },
  },
  {
    id: "metrics-served",
    step: "grant",
    goal: "`scraper` reads `/metrics` of node01.",
    probe: scrape,
    expect: { stdout: { hasLine: "200" } },
    passed: "Metrics, for the one who came for metrics.",
    failures: [
      {
        when: { stdout: { has: "nodes/metrics" } },
        say: "The harbour lists `nodes/metrics` for `scraper` in its own namespace, and the ship says no. A node belongs to no namespace.",
      },
      {
        when: { stdout: { has: "nodes/proxy" } },
        say: "`scraper` holds `nodes/proxy`, and the question for `/metrics` is `nodes/metrics` alone.",
      },
      {
        when: { stdout: { has: "nodes " } },
        say: "`scraper` may get `nodes`, the object in the API. The question of the ship is about its subresource `nodes/metrics`.",
      },
      { when: { stdout: { hasLine: "403" } }, say: "`scraper` gets 403 for `/metrics`." },
      { when: {}, say: "`scraper` gets no metrics: {stdout}" },
    ],
    hints: {
      nudge: "The 403 names verb, resource and subresource. A role has the same words.",
      pointer: "A ClusterRole with verb `get` on `nodes/metrics`, and a ClusterRoleBinding to `monitoring:scraper`.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics",
          "kubectl create clusterrolebinding scrape-kubelets --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper",
        ],
      },
    },
  },
  {
    id: "metrics-only",
    step: "grant",
    goal: "And nothing else: `/pods` is 403 for it.",
    probe: asApiServer("/pods", { as: scraper }),
    expect: { status: { is: 403 } },
    passed: "403 for the rest.",
    failures: [
      { when: { status: { is: 200 } }, say: "`scraper` reads the list of pods, with all that stands in it." },
      { when: { status: { is: 401 } }, say: "`scraper` gets 401: its token is not looked at." },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `scraper` is gone." },
    ],
    hints: {
      nudge: "Which right opens nearly every path?",
      pointer: "`nodes/proxy` opens `/pods` and much more. `nodes/metrics` opens `/metrics` alone.",
      solution: {
        text: "Take the wider right back:",
        commands: ["kubectl auth can-i --list --as=system:serviceaccount:monitoring:scraper | grep nodes"],
      },
    },
  },
  {
    id: "lookout-no-exec",
    step: "proxy",
    goal: "`lookout` can no longer run commands on the ship, by POST or by GET.",
    probe: execOf(lookout),
    expect: { status: { is: 403 } },
    passed: "403, over WebSocket too.",
    failures: [
      {
        when: { status: { is: 101 } },
        say: "`lookout` asks for exec by GET and gets 101: a line into the container. `get` on `nodes/proxy` is enough for that.",
      },
      {
        when: { error: { is: "account" } },
        say: "The ServiceAccount `lookout` is gone, and with it the list of pods.",
      },
    ],
    hints: {
      nudge: "Is `get` on `nodes/proxy` reading?",
      pointer:
        "WebSocket begins with a GET, so exec needs no more than `get`. Leave `nodes/proxy` out of the role altogether.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -",
        ],
      },
    },
  },
  {
    id: "lookout-pods",
    step: "proxy",
    goal: "It still reads the list of pods, which is its work.",
    probe: asApiServer("/pods", { as: lookout }),
    expect: { status: { is: 200 } },
    passed: "The lookout sees the pods, and touches nothing.",
    failures: [
      {
        when: { status: { is: 403 } },
        say: "`lookout` gets 403 for `/pods`. Its work needs one right: `get` on `nodes/pods`.",
      },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `lookout` is gone." },
    ],
    hints: {
      nudge: "Take away what is too much, and leave what is needed.",
      pointer: "`/pods` is opened by `nodes/pods`, or by `nodes/proxy`. One of them is enough.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -",
        ],
      },
    },
  },
  shipHealthy("proxy"),
];

export const boarding = [
  ...boardingParty.slice(0, 1),
  { id: "scraper-runs", what: "run a command with the scraper’s token", probe: runOf(scraper) },
  { id: "scraper-pods", what: "list the pods with the scraper’s token", probe: asApiServer("/pods", { as: scraper }) },
  { id: "lookout-exec", what: "exec by GET with the lookout’s token", probe: execOf(lookout) },
];

export const pilot = [
  ...harbourPilot("default/web-node01/web"),
  { id: "scrape", what: "read /metrics as scraper", probe: asApiServer("/metrics", { as: scraper }) },
  { id: "watch", what: "list the pods as lookout", probe: asApiServer("/pods", { as: lookout }) },
];
