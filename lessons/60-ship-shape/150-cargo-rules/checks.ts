// Lesson 15 grades what the harbour lets into a namespace, and what it cannot see: pods that are there already, and pods that a node starts from its disk.

import type { Check, HttpProbe } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";

const admin = { kind: "kubeconfig", file: "/etc/kubernetes/admin.conf" } as const;

const tight = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  runAsUser: 1000,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** Asks whether the harbour would take a pod, without sending one. */
function offer(spec: object): HttpProbe {
  return {
    kind: "http",
    from: "controlplane",
    url: "https://controlplane:6443/api/v1/namespaces/cargo/pods?dryRun=All",
    method: "POST",
    as: admin,
    body: JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "an-offer" }, spec }),
  };
}

const box = (securityContext: object) => [{ name: "box", image: "busybox:1.37", securityContext }];
const privileged = offer({ containers: box({ privileged: true }) });
const plain = offer({ containers: box({}) });
const careful = offer({ containers: box(tight) });

const noNamespace = {
  when: { status: { is: 404 } },
  say: "The namespace `cargo` is gone. It was to be kept, with rules.",
} as const;

const enforce = {
  text: "On the controlplane:",
  commands: ["kubectl label namespace cargo pod-security.kubernetes.io/enforce=restricted --overwrite"],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "smuggle",
    goal: "Send `crate.yaml` into the cluster, and read the kubelet’s client key through it into `loot` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/loot" },
    expect: { content: { has: "PRIVATE KEY" } },
    passed: "The key of the ship, out of a crate.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in /root of the controlplane yet." },
      {
        when: { content: { is: "" } },
        say: "`loot` is empty: what failed went to the screen. Does the pod `crate` run?",
      },
      { when: {}, say: "`loot` does not hold a key." },
    ],
    hints: {
      nudge: "The disk of the node lies inside, below /ship.",
      pointer:
        "`kubectl -n cargo exec crate -- sh -c 'cat /ship/…'`; the key is in /var/lib/kubelet/pki. The name with `current` is a link that leads astray inside.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl apply -f crate.yaml",
          "kubectl -n cargo exec crate -- sh -c 'cat /ship/var/lib/kubelet/pki/kubelet-client-2*.pem' > loot",
        ],
      },
    },
  },
  {
    id: "privileged-refused",
    step: "rules",
    goal: "A privileged pod is not taken into `cargo`.",
    probe: privileged,
    expect: { status: { is: 403 } },
    passed: "Refused at the quay.",
    failures: [
      noNamespace,
      {
        when: { status: { is: 201 } },
        say: "`cargo` still takes a privileged pod. Which label refuses, and how is it spelt?",
      },
    ],
    hints: {
      nudge: "Three labels: one refuses, one warns, one writes it down.",
      pointer: "`pod-security.kubernetes.io/enforce`, with the level as its value.",
      solution: enforce,
    },
  },
  {
    id: "plain-refused",
    step: "rules",
    goal: "Nor a pod that says nothing about its rights, and so may run as root: the level is `restricted`.",
    probe: plain,
    expect: { status: { is: 403 } },
    passed: "Who says nothing is refused as well.",
    failures: [
      noNamespace,
      {
        when: { status: { is: 201 } },
        say: "`cargo` takes a pod that may run as root. `baseline` refuses the worst; `restricted` also asks for what a careful pod says of itself.",
      },
    ],
    hints: {
      nudge: "Which of the three levels is the strictest?",
      pointer:
        "`privileged` allows all, `baseline` stops known ways out, `restricted` wants the pod to give up what it does not need.",
      solution: enforce,
    },
  },
  {
    id: "careful-taken",
    step: "rules",
    goal: "A careful pod, such as `porter.yaml`, is taken.",
    probe: careful,
    expect: { status: { is: 201 } },
    passed: "Honest cargo passes.",
    failures: [noNamespace, { when: { status: { is: 403 } }, say: "A pod that meets `restricted` is refused: {body}" }],
    hints: {
      nudge: "The rules are for bad cargo, not for the trade.",
      pointer: "Look at what else was done to the namespace: quotas, a missing ServiceAccount, or its end.",
      solution: {
        text: "On the controlplane:",
        commands: ["kubectl -n cargo get resourcequota,limitrange,serviceaccount"],
      },
    },
  },
  {
    id: "crate-gone",
    step: "aboard",
    goal: "The crate from before is no longer on node01.",
    probe: asApiServer("/pods"),
    expect: { status: { is: 200 }, body: { lacks: '"name":"crate"' } },
    passed: "The old crate is ashore.",
    failures: [
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250, so it cannot be seen which pods run." },
      {
        when: { status: { is: 200 } },
        say: "`crate` runs on, privileged. The rule is for pods that come, and this one was there.",
      },
    ],
    hints: {
      nudge: "When does admission look at a pod?",
      pointer: "When it is created or changed. What runs has to be found and taken down by you.",
      solution: { text: "On the controlplane:", commands: ["kubectl -n cargo delete pod crate"] },
    },
  },
  {
    id: "stowaway-seen",
    step: "disk",
    goal: "Put the crate on node01 as a static pod named `stowaway`, see that it runs, and write its line of `crictl ps` into the file `seen` there.",
    probe: { kind: "file", on: "node01", path: "/root/seen" },
    expect: { content: { has: "stowaway-node01" } },
    passed: "It runs, and the harbour has no record of it.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `seen` in /root of node01 yet." },
      {
        when: {},
        say: "`seen` does not name `stowaway-node01`. The kubelet needs a few seconds after the manifest is there.",
      },
    ],
    hints: {
      nudge: "Who starts a static pod?",
      pointer: "A manifest in /etc/kubernetes/manifests; `crictl ps` lists what the runtime runs.",
      solution: {
        text: "On node01:",
        commands: [
          'printf \'apiVersion: v1\\nkind: Pod\\nmetadata: {name: stowaway, namespace: cargo}\\nspec:\\n  containers:\\n  - {name: crate, image: "busybox:1.37", command: [sleep, "600"], securityContext: {privileged: true}}\\n\' > /etc/kubernetes/manifests/stowaway.yaml',
          "sleep 5; crictl ps | grep stowaway > seen",
        ],
      },
    },
  },
  {
    id: "stowaway-gone",
    step: "disk",
    goal: "Then take it off the ship.",
    probe: asApiServer("/pods"),
    expect: { status: { is: 200 }, body: { lacks: "stowaway" } },
    passed: "No stowaways.",
    failures: [
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250, so it cannot be seen which pods run." },
      {
        when: { status: { is: 200 } },
        say: "`stowaway` runs on node01. kubectl cannot end it, for its order lies on the ship’s own disk.",
      },
    ],
    hints: {
      nudge: "Where does its order lie?",
      pointer: "The kubelet stops a static pod some seconds after its manifest is gone from /etc/kubernetes/manifests.",
      solution: { text: "On node01:", commands: ["rm /etc/kubernetes/manifests/stowaway.yaml"] },
    },
  },
];

export const boarding = [
  { id: "privileged", what: "send a privileged pod into cargo", probe: privileged },
  { id: "root", what: "send a pod that runs as root", probe: plain },
  ...boardingParty.slice(0, 1),
];

export const pilot = [
  { id: "careful", what: "send a careful pod into cargo", probe: careful },
  ...harbourPilot("default/web-node01/web"),
];
