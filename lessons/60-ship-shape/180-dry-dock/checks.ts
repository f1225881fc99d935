// Lesson 18 grades an upgrade from beginning to end: the ship was empty in the dock, runs the new version, takes pods again, and an old right is gone.

import type { Check, CommandProbe, Identity } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";

const lookout: Identity = { kind: "service-account", namespace: "monitoring", name: "lookout" };
const exec = asApiServer("/exec/default/web-node01/web?command=env&output=1", { upgrade: "websocket", as: lookout });
const crew = asApiServer("/pods", { as: lookout });

const onShore = (run: string): CommandProbe => ({ kind: "command", on: "controlplane", run });

const newCaptain = {
  text: "On node01: the new program, without the flags that it no longer knows, and a restart.",
  commands: [
    "wget -q http://depot/release/v1.36.2/bin/linux/amd64/kubelet -O kubelet",
    "install -m 755 kubelet /usr/bin/kubelet",
    "echo 'KUBELET_KUBEADM_ARGS=' > /var/lib/kubelet/kubeadm-flags.env",
    "systemctl restart kubelet",
  ],
};

const narrow = {
  text: "On the controlplane:",
  commands: [
    "kubectl create clusterrole lookout --verb=get --resource=nodes/pods --dry-run=client -o yaml | kubectl replace -f -",
  ],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "old",
    goal: "With the token of `lookout`, which has no right but `get`, run `env` in `web` on node01, and keep the answer in `loot` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/loot" },
    expect: { content: { has: "DB_PASSWORD" } },
    passed: "That right was given for the sake of an old ship.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in /root of the controlplane yet." },
      { when: { content: { has: "Forbidden" } }, say: "`loot` holds a refusal. Was the right narrowed already?" },
      { when: {}, say: "`loot` does not hold the environment of `web`." },
    ],
    hints: {
      nudge: "`get` on `nodes/proxy`, and a WebSocket begins with a GET.",
      pointer: "The path is `/exec/default/web-node01/web?command=env&output=1`; curl needs the headers of an upgrade.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "curl -sk -m 3 --http1.1 -N -o loot -H \"Authorization: Bearer $(kubectl -n monitoring create token lookout)\" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'https://node01:10250/exec/default/web-node01/web?command=env&output=1'",
        ],
      },
    },
  },
  {
    id: "dock-noted",
    step: "drain",
    goal: "Empty node01, and write the list of the pods that are left on it into `dock` on the controlplane, before you touch its kubelet.",
    probe: onShore("grep -oe kube-proxy -e shop- /root/dock | sort -u | tr '\\n' ' '"),
    expect: { stdout: { is: "kube-proxy " } },
    passed: "Only those stay that belong to the ship itself.",
    failures: [
      { when: { stderr: { has: "No such file" } }, say: "There is no file `dock` in /root of the controlplane yet." },
      {
        when: { stdout: { has: "shop-" } },
        say: "`dock` still lists `shop`: the ship was not empty when you looked.",
      },
      { when: {}, say: "`dock` does not list the pods of node01." },
    ],
    hints: {
      nudge: "Cordon keeps new pods away. What sends those away that are there?",
      pointer: "`kubectl drain`, and read what it says: pods of a DaemonSet stop it unless you say so.",
      solution: {
        text: "On the controlplane:",
        commands: [
          "kubectl drain node01 --ignore-daemonsets",
          "kubectl get pods -A --field-selector spec.nodeName=node01 > dock",
        ],
      },
    },
  },
  {
    id: "version-new",
    step: "upgrade",
    goal: "node01 reports kubelet v1.36.2.",
    probe: onShore("kubectl get node node01 -o jsonpath='{.status.nodeInfo.kubeletVersion}'"),
    expect: { stdout: { is: "v1.36.2" } },
    passed: "v1.36.2: no older than the harbour, and no newer.",
    failures: [
      {
        when: { stdout: { is: "v1.20.2" } },
        say: "node01 reports v1.20.2. That is what its process told at its start, whatever lies on the disk now.",
      },
      { when: { stdout: { is: "" } }, say: "The API server has no node01." },
    ],
    hints: {
      nudge: "A program on the disk, and a program that runs.",
      pointer:
        "Install the new binary, then restart. If it does not come up the journal names the flag it no longer knows.",
      solution: newCaptain,
    },
  },
  {
    id: "ship-ready",
    step: "upgrade",
    goal: "Its kubelet is up: the health probe on 10248 says ok.",
    probe: { kind: "http", from: "node01", url: "http://127.0.0.1:10248/healthz" },
    expect: { status: { is: 200 } },
    passed: "ok on 10248.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 10248. `journalctl -u kubelet -n 20` on node01 ends with the reason.",
      },
    ],
    hints: {
      nudge: "What did the old captain’s orders say that the new one does not understand?",
      pointer: "Flags of old come from /var/lib/kubelet/kubeadm-flags.env. `--container-runtime` is gone since 1.27.",
      solution: newCaptain,
    },
  },
  {
    id: "still-up",
    step: "upgrade",
    goal: "It comes up again after the next restart.",
    probe: { kind: "http", from: "node01", url: "http://127.0.0.1:10248/healthz" },
    after: "restart",
    expect: { status: { is: 200 } },
    passed: "Up, and up again.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10248: program and flags do not fit.",
      },
    ],
    hints: {
      nudge: "The process of now is not the process of the next start.",
      pointer: "`kubelet --version` tells of the file; `systemctl cat kubelet` tells from where its flags come.",
      solution: newCaptain,
    },
  },
  {
    id: "back-in-service",
    step: "back",
    goal: "node01 takes pods again.",
    probe: onShore(
      "kubectl get node node01 -o jsonpath='{.spec.unschedulable}:{.status.conditions[?(@.type==\"Ready\")].status}'; kubectl get node node01 -o jsonpath=':{.status.nodeInfo.kubeletVersion}'",
    ),
    expect: { stdout: { is: ":True:v1.36.2" } },
    passed: "Ready, and open for cargo.",
    failures: [
      {
        when: { stdout: { has: "true:" } },
        say: "node01 is still cordoned. A drain leaves it so; nothing takes that back by itself.",
      },
      { when: {}, say: "node01 is not Ready with the new version yet: {stdout}" },
    ],
    hints: {
      nudge: "What did drain do first?",
      pointer: "`kubectl get nodes` says SchedulingDisabled. The counterpart of cordon is `uncordon`.",
      solution: { text: "On the controlplane:", commands: ["kubectl uncordon node01"] },
    },
  },
  {
    id: "lookout-no-exec",
    step: "back",
    goal: "`lookout` runs no more commands: the right it had for the old ship’s sake is gone.",
    probe: exec,
    expect: { status: { is: 403 } },
    passed: "403.",
    failures: [
      {
        when: { status: { is: 101 } },
        say: "`lookout` still gets a line into the container, by GET. Its role holds `nodes/proxy`.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250 of node01." },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `lookout` is gone." },
    ],
    hints: {
      nudge: "The old ship needed a wide right. Does the new one?",
      pointer: "`nodes/pods` opens `/pods` on a new kubelet; take `nodes/proxy` out of the role.",
      solution: narrow,
    },
  },
  {
    id: "lookout-pods",
    step: "back",
    goal: "And it still reads the list of pods of node01.",
    probe: crew,
    expect: { status: { is: 200 } },
    passed: "The new ship understands the small right.",
    failures: [
      {
        when: { status: { is: 403 } },
        say: "`lookout` gets 403 for `/pods`. An old kubelet knows only `nodes/proxy` for it; a new one takes `nodes/pods`.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250 of node01." },
      { when: { error: { is: "account" } }, say: "The ServiceAccount `lookout` is gone." },
    ],
    hints: {
      nudge: "Which comes first, the new captain or the small right?",
      pointer: "Upgrade first, then take `nodes/proxy` away and leave `nodes/pods`.",
      solution: narrow,
    },
  },
];

export const boarding = [
  { id: "lookout-exec", what: "exec by GET with the lookout’s token", probe: exec },
  ...boardingParty.slice(0, 2),
];

export const pilot = [
  ...harbourPilot("default/web-node01/web"),
  { id: "lookout", what: "list the pods as lookout", probe: crew },
];
