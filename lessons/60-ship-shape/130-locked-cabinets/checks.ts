// What lesson 13 grades: what an ordinary account of the machine can read and write, and owners and modes as CIS 4.1 wants them.

import type { Check, Failure, FileProbe, Hints } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const keyFile = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const folder = "/etc/kubernetes/manifests";

const file = (path: string): FileProbe => ({ kind: "file", on: "node01", path });
const rootsOwn = { owner: { is: "root" }, group: { is: "root" } } as const;

const ownerWrong = (name: string): readonly Failure[] => [
  { when: { exists: { is: false } }, say: `${name} is not where it was. The kubelet needs it at its next start.` },
  { when: { owner: { not: "root" } }, say: `${name} belongs to {owner}. Whoever owns a file can open it again.` },
  {
    when: { group: { not: "root" } },
    say: `The group of ${name} is {group}, and its people share what the group may do.`,
  },
];

const lock = (path: string, mode: string): Hints["solution"] => ({
  text: "On node01:",
  commands: [`chown root:root ${path}`, `chmod ${mode} ${path}`],
});

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "steal",
    goal: "As `cook`, get the Node object from the API server with the node’s own key, and keep it in `/home/cook/loot`.",
    probe: file("/home/cook/loot"),
    expect: { content: { has: '"Node"' } },
    passed: "The cook calls, and the harbour hears the ship.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in the cook’s home yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`: the certificate was not shown, or not taken.",
      },
      { when: {}, say: "`loot` does not hold a Node object. Was the key still readable when the cook tried?" },
    ],
    hints: {
      nudge: "What does the kubelet show when it calls the API server, and who can read that?",
      pointer: "`sudo -u cook` runs a command as the cook; curl takes certificate and key from one file with `--cert`.",
      solution: {
        text: "On node01:",
        commands: [
          `sudo -u cook curl -sk --cert ${keyFile} https://172.30.1.2:6443/api/v1/nodes/node01 -o /home/cook/loot`,
        ],
      },
    },
  },
  {
    id: "key-locked",
    step: "lock",
    goal: "The cook cannot read the kubelet’s client key.",
    probe: { kind: "command", on: "node01", run: `su cook -c 'head -n 1 ${keyFile}'` },
    expect: { stdout: { is: "" } },
    passed: "Permission denied, to the cook.",
    failures: [
      {
        when: {},
        say: "The cook reads `{stdout}` from kubelet-client-current.pem, and the private key follows below it.",
      },
    ],
    hints: {
      nudge: "Reading is enough to steal a key.",
      pointer: "The name is a link; `ls -lL` shows the mode of the file behind it, and `chmod` follows the link.",
      solution: lock(keyFile, "600"),
    },
  },
  {
    id: "kubeconfig-locked",
    step: "lock",
    goal: "kubelet.conf is root’s, with mode 600 or less.",
    probe: file("/etc/kubernetes/kubelet.conf"),
    expect: { ...rootsOwn, mode: { modeWithin: "600" } },
    passed: "kubelet.conf is root’s alone.",
    failures: [
      ...ownerWrong("kubelet.conf"),
      {
        when: {},
        say: "kubelet.conf has mode {mode}. Often the key stands in this very file, so others may not read it.",
      },
    ],
    hints: {
      nudge: "Who else needs to read it?",
      pointer: "/etc/kubernetes/kubelet.conf; the benchmark’s number is 4.1.5.",
      solution: lock("/etc/kubernetes/kubelet.conf", "600"),
    },
  },
  {
    id: "config-locked",
    step: "lock",
    goal: "config.yaml is root’s, with mode 600 or less.",
    probe: file("/var/lib/kubelet/config.yaml"),
    expect: { ...rootsOwn, mode: { modeWithin: "600" } },
    passed: "Nobody but root writes the standing orders.",
    failures: [
      ...ownerWrong("config.yaml"),
      {
        when: {},
        say: "config.yaml has mode {mode}. Whoever may write it decides at the next start who is let in; whoever may read it knows it all.",
      },
    ],
    hints: {
      nudge: "What happens at the next restart if the cook adds a line?",
      pointer: "/var/lib/kubelet/config.yaml: its group is not root, and the group may write. 4.1.9 and 4.1.10.",
      solution: lock("/var/lib/kubelet/config.yaml", "600"),
    },
  },
  {
    id: "ca-locked",
    step: "lock",
    goal: "ca.crt is root’s, and nobody else may write it.",
    probe: file("/etc/kubernetes/pki/ca.crt"),
    expect: { ...rootsOwn, mode: { modeWithin: "644" } },
    passed: "Everybody may read whom we trust. Nobody may add to it.",
    failures: [
      ...ownerWrong("ca.crt"),
      {
        when: {},
        say: "ca.crt has mode {mode}. It is no secret, but whoever may write it adds a CA of his own, and is anybody.",
      },
    ],
    hints: {
      nudge: "A certificate is public. What is wrong here, then?",
      pointer: "/etc/kubernetes/pki/ca.crt, mode 644 or less: 4.1.7 and 4.1.8.",
      solution: lock("/etc/kubernetes/pki/ca.crt", "644"),
    },
  },
  {
    id: "unit-locked",
    step: "lock",
    goal: "The kubelet’s unit and its drop-in are for root’s eyes only.",
    probe: {
      kind: "command",
      on: "node01",
      run: "find -L /usr/lib/systemd/system/kubelet.service* /etc/systemd/system/kubelet.service* -type f '(' -perm /077 -o '!' -user root ')' 2>/dev/null",
    },
    expect: { stdout: { is: "" } },
    passed: "Unit and drop-in: 600.",
    failures: [{ when: {}, say: "Still open to others: {stdout}" }],
    hints: {
      nudge: "From which files does systemd know how to start the kubelet?",
      pointer: "`systemctl cat kubelet` names them in its comments. The benchmark asks for 600 in 4.1.1.",
      solution: {
        text: "On node01:",
        commands: [
          "chmod 600 /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
        ],
      },
    },
  },
  {
    id: "orders-locked",
    step: "orders",
    goal: "The cook cannot put a manifest where the kubelet finds it.",
    probe: { kind: "command", on: "node01", run: `su cook -c 'test -w ${folder} && echo writable'` },
    expect: { stdout: { is: "" } },
    passed: "Orders come from root, or from the harbour.",
    failures: [
      {
        when: {},
        say: "The cook may still write in /etc/kubernetes/manifests, and the kubelet runs what lies there, as root.",
      },
    ],
    hints: {
      nudge: "To put a file into a folder, whose permission does one need?",
      pointer: "The mode of the folder: `ls -ld /etc/kubernetes/manifests`.",
      solution: lock(folder, "700"),
    },
  },
  {
    id: "order-gone",
    step: "orders",
    goal: "The pod `galley` is gone from this ship.",
    probe: asApiServer("/pods"),
    expect: { status: { is: 200 }, body: { lacks: '"galley' } },
    passed: "No pods but ours.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 10250, so it cannot be seen which pods run. Is the kubelet up?",
      },
      {
        when: { status: { is: 200 } },
        say: "`galley` still runs on this ship, privileged. Its manifest is where it was.",
      },
    ],
    hints: {
      nudge: "A lock keeps out the next order. What about the last one?",
      pointer: "The kubelet stops a static pod when its manifest is gone, within some seconds.",
      solution: { text: "On node01:", commands: [`rm ${folder}/galley.yaml`, "sleep 3"] },
    },
  },
  {
    id: "ship-healthy",
    step: "orders",
    goal: "The kubelet still starts with all that: after a restart its health probe says ok.",
    probe: healthProbe,
    after: "restart",
    expect: { status: { is: 200 } },
    passed: "Locked, and afloat.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10248. The journal has the reason: what can no longer be read, or no longer be executed?",
      },
    ],
    hints: {
      nudge: "A lock that keeps out the captain is too good.",
      pointer: "root reads whatever its mode, but a program without any `x` is not executed, not even for root.",
      solution: { text: "On node01:", commands: ["chmod 755 /usr/bin/kubelet", "systemctl restart kubelet"] },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
