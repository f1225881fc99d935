// Lesson 14 grades what a thief gets with a node's own papers, what a node may still do for itself, and a scraper that holds one right.

import type { Check, CommandProbe, HttpProbe, Identity } from "#sandbox/grader/check.ts";
import { asApiServer, harbourPilot } from "../../_kit/callers.ts";

const nodePapers: Identity = { kind: "kubeconfig", file: "/etc/kubernetes/kubelet.conf" };
const scraper: Identity = { kind: "service-account", namespace: "monitoring", name: "scraper" };
const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";

/** A question to the API server with the papers of node01. */
const asNode = (path: string): HttpProbe => ({
  kind: "http",
  from: "node01",
  url: `https://controlplane:6443${path}`,
  as: nodePapers,
});

/** A label that a node may not give itself, tried without keeping it. */
const tryLabel: CommandProbe = {
  kind: "command",
  on: "node01",
  run: "kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node node01 node-restriction.kubernetes.io/proof=yes --overwrite --dry-run=server",
};

const away = {
  when: { error: { is: "refused" } },
  say: "The API server does not answer. If you edited its manifest, `crictl ps -a` and /var/log/pods on the controlplane say why.",
} as const;

const unbind = { text: "On the controlplane:", commands: ["kubectl delete clusterrolebinding nodes-of-old"] };

const restrict = {
  text: "On the controlplane add the flag to the command in the manifest, and wait until the API server is back:",
  commands: [
    `sed -i 's/- --authorization-mode=Node,RBAC/&\\n    - --enable-admission-plugins=NodeRestriction/' ${manifest}`,
  ],
};

const scrapeRole = {
  text: "On the controlplane:",
  commands: [
    "kubectl delete clusterrolebinding scraper",
    "kubectl create clusterrole scrape-kubelets --verb=get --resource=nodes/metrics",
    "kubectl create clusterrolebinding scraper --clusterrole=scrape-kubelets --serviceaccount=monitoring:scraper",
  ],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "steal",
    goal: "With the papers of node01, read the secret `treasure` of the namespace `vault`; keep it as YAML in `loot` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/loot" },
    expect: { content: { has: "MTkuNE4gMTU1LjZX" } },
    passed: "A secret that no pod of this ship ever needed.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in /root of node01 yet." },
      {
        when: { content: { is: "" } },
        say: "`loot` is empty: the harbour refused, and the refusal went to the screen.",
      },
      { when: {}, say: "`loot` does not hold the secret `treasure`." },
    ],
    hints: {
      nudge: "What does the kubelet show when it calls the API server?",
      pointer: "`kubectl --kubeconfig /etc/kubernetes/kubelet.conf` speaks as the node.",
      solution: {
        text: "On node01:",
        commands: ["kubectl --kubeconfig /etc/kubernetes/kubelet.conf -n vault get secret treasure -o yaml > loot"],
      },
    },
  },
  {
    id: "secret-refused",
    step: "authorizer",
    goal: "The papers of node01 no longer open that secret.",
    probe: asNode("/api/v1/namespaces/vault/secrets/treasure"),
    expect: { status: { is: 403 } },
    passed: "403: no relationship found between node01 and this secret.",
    failures: [
      away,
      {
        when: { status: { is: 200 } },
        say: "node01 still reads `treasure`. The Node authorizer says no, and some binding says yes; one yes is enough.",
      },
      { when: { status: { is: 404 } }, say: "The secret is gone. It was to be guarded, and kept." },
    ],
    hints: {
      nudge: "Who gives a node more than the Node authorizer does?",
      pointer: "`kubectl get clusterrolebindings -o wide | grep system:nodes` lists what nodes are bound to.",
      solution: unbind,
    },
  },
  {
    id: "own-pods",
    step: "authorizer",
    goal: "The node still sees the pods that are bound to it.",
    probe: asNode("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode01"),
    expect: { status: { is: 200 } },
    passed: "A captain knows her own crew.",
    failures: [
      away,
      {
        when: { status: { is: 403 } },
        say: "node01 may not even list its own pods: is `Node` still among the API server’s `--authorization-mode`?",
      },
    ],
    hints: {
      nudge: "Take away what is too much, and not what a kubelet lives on.",
      pointer: "The Node authorizer gives it: `--authorization-mode=Node,RBAC` in the API server’s manifest.",
      solution: {
        text: "On the controlplane:",
        commands: [`sed -i 's/--authorization-mode=.*/--authorization-mode=Node,RBAC/' ${manifest}`],
      },
    },
  },
  {
    id: "label-refused",
    step: "restriction",
    goal: "The node may not give itself a label `node-restriction.kubernetes.io/…`.",
    probe: tryLabel,
    expect: { stderr: { has: "is not allowed to modify labels" } },
    passed: "Refused: is not allowed to modify labels.",
    failures: [
      {
        when: { stderr: { has: "refused" } },
        say: "The API server does not answer. `crictl ps -a` on the controlplane shows what became of it.",
      },
      {
        when: { stdout: { has: "labeled" } },
        say: "node01 still labels itself as it likes. The Node authorizer lets it write its own Node object; what may stand in it is another guard’s question.",
      },
      { when: {}, say: "The harbour said: {stderr}" },
    ],
    hints: {
      nudge: "An authorizer sees verb and object. Who sees what is written into it?",
      pointer: "The admission plugin `NodeRestriction`: `--enable-admission-plugins` of the API server.",
      solution: restrict,
    },
  },
  {
    id: "own-status",
    step: "restriction",
    goal: "The ship is still Ready: the kubelet writes its own status.",
    probe: { kind: "node", name: "node01" },
    expect: { ready: { is: "True" } },
    passed: "Ready, and no word beyond it.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no node `node01` any more." },
      away,
      { when: {}, say: "node01 is not Ready: the API server refuses what its kubelet writes, or the kubelet is down." },
    ],
    hints: {
      nudge: "What does a kubelet need to write?",
      pointer: "Its Node’s status and its lease. Both come with `Node` in `--authorization-mode`.",
      solution: {
        text: "On the controlplane:",
        commands: [`sed -i 's/--authorization-mode=.*/--authorization-mode=Node,RBAC/' ${manifest}`],
      },
    },
  },
  {
    id: "label-gone",
    step: "restriction",
    goal: "The label `node-restriction.kubernetes.io/vault`, which the thief planted on node01, is gone.",
    probe: {
      kind: "command",
      on: "controlplane",
      run: "kubectl get node node01 -o jsonpath='{.metadata.labels}'",
    },
    expect: { stdout: { lacks: "node-restriction.kubernetes.io/vault" }, exit: { is: 0 } },
    passed: "node01 wears no such label.",
    failures: [
      {
        when: { exit: { is: 1 } },
        say: "The API server does not answer, so nobody can say which labels node01 wears.",
      },
      {
        when: {},
        say: "node01 still wears the label `node-restriction.kubernetes.io/vault`. Admission judges what is written from now on, and takes nothing back.",
      },
    ],
    hints: {
      nudge: "A lock keeps out the next one. What about the last one?",
      pointer: "An administrator removes a label with a `-` behind its name.",
      solution: {
        text: "On the controlplane:",
        commands: ["kubectl label node node01 node-restriction.kubernetes.io/vault-"],
      },
    },
  },
  {
    id: "scraper-reads",
    step: "scraper",
    goal: "`scraper` still reads `/metrics/resource` of node01.",
    probe: asApiServer("/metrics/resource", { as: scraper }),
    expect: { status: { is: 200 } },
    passed: "The scraper does its work.",
    failures: [
      {
        when: { status: { is: 403 } },
        say: "`scraper` gets 403 for `/metrics/resource`. It needs `get` on `nodes/metrics`, in a ClusterRole that is bound to it.",
      },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `scraper` is gone." },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "What does its work need?",
      pointer: "`get` on `nodes/metrics`: a role of its own, or the ready-made `system:monitoring`.",
      solution: scrapeRole,
    },
  },
  {
    id: "scraper-no-run",
    step: "scraper",
    goal: "And it runs no commands in containers.",
    probe: asApiServer("/run/default/web-node01/web?cmd=id", { method: "POST", as: scraper }),
    expect: { status: { is: 403 } },
    passed: "403 for everything else.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "`scraper` still runs commands on the ship. `system:kubelet-api-admin` is the API server’s role, and holds every right to a kubelet.",
      },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `scraper` is gone." },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Whose role does it wear?",
      pointer:
        "`kubectl get clusterrolebinding scraper -o wide`. The role of a binding cannot be changed; delete it and make another.",
      solution: scrapeRole,
    },
  },
];

export const boarding = [
  {
    id: "secret",
    what: "read a secret with node01’s papers",
    probe: asNode("/api/v1/namespaces/vault/secrets/treasure"),
  },
  { id: "secrets", what: "list all secrets with them", probe: asNode("/api/v1/secrets") },
  { id: "other-node", what: "read the other Node with them", probe: asNode("/api/v1/nodes/controlplane") },
  {
    id: "scraper-runs",
    what: "run a command as scraper",
    probe: asApiServer("/run/default/web-node01/web?cmd=id", { method: "POST", as: scraper }),
  },
];

export const pilot = [
  ...harbourPilot("default/web-node01/web"),
  {
    id: "own-pods",
    what: "node01 lists its own pods",
    probe: asNode("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode01"),
  },
  { id: "scrape", what: "read /metrics/resource as scraper", probe: asApiServer("/metrics/resource", { as: scraper }) },
];
