// What lesson 12 grades: only the harbour reaches 10250, health is for the machine itself, and the friends are served.

import type { Check, Failure, Hints, HttpProbe, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const healthHere: SettingWanted = { on: "node01", field: "healthzBindAddress", value: "127.0.0.1" };

const wall: Hints["solution"] = {
  text: "Two rules in this order. The first that fits a caller decides.",
  commands: [
    "iptables -A INPUT -p tcp --dport 10250 -s 172.30.1.2 -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 10250 -j DROP",
  ],
};

const fromNode02: HttpProbe = { kind: "http", from: "node02", url: "https://node01:10250/pods" };
const healthFromOutside: HttpProbe = { kind: "http", from: "outsider", url: "http://node01:10248/healthz" };
const silence = { error: { oneOf: ["timeout", "refused", "unreachable"] } } as const;

const pilotLost: readonly Failure[] = [
  {
    when: { error: { is: "refused" } },
    say: "The API server gets connection refused: nobody listens on the address it calls, 172.30.2.2. `ss -tln` on node01 shows where the kubelet listens.",
  },
  {
    when: { error: { is: "timeout" } },
    say: "The API server gets no answer, as behind a firewall. A rule drops its calls before one that would let them in.",
  },
];

export const checks: readonly Check[] = [
  {
    id: "reach-noted",
    step: "look",
    goal: "Write what `node01` answers the stranger on 10250 and on 10248 into `reach` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/reach" },
    expect: { content: { has: "401" } },
    passed: "Refused on one port, served on the other, and heard on both.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `reach` in the outsider’s home yet." },
      {
        when: { content: { has: "000" } },
        say: "`reach` holds 000: there was no answer. Was the wall up before you looked? Undo takes it down.",
      },
      { when: {}, say: "`reach` does not hold the status of 10250 yet, 401." },
    ],
    hints: {
      nudge: "A refusal is an answer, too.",
      pointer: "curl prints the status with `-w '%{http_code}\\n'`; `>>` adds to a file.",
      solution: {
        text: "On the outsider:",
        commands: [
          "curl -s http://node01:10248/healthz > reach",
          "curl -sk -o /dev/null -w '\\n%{http_code}\\n' https://node01:10250/pods >> reach",
        ],
      },
    },
  },
  {
    id: "loss-noted",
    step: "quay",
    goal: "Write curl’s exit status for the API server’s call to a kubelet on `127.0.0.1` into `lost` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/lost" },
    expect: { content: { hasLine: "7" } },
    passed: "7, refused. The node is Ready, and nobody can read its logs.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `lost` in /root of the controlplane yet." },
      {
        when: { content: { hasLine: "0" } },
        say: "`lost` holds 0: the API server was served. Is the kubelet bound to 127.0.0.1, and was it restarted?",
      },
      { when: {}, say: "`lost` has no line `7`. `$?` is the exit status of the command before." },
    ],
    hints: {
      nudge: "Try the remedy that so many notes give, and ask the friends what they think of it.",
      pointer:
        "`address: 127.0.0.1` at the left edge of config.yaml and a restart; then call 10250 from the controlplane.",
      solution: {
        text: "On node01 the first two, on the controlplane the third:",
        commands: [
          "echo 'address: 127.0.0.1' >> /var/lib/kubelet/config.yaml",
          "systemctl restart kubelet",
          "curl -sk https://node01:10250/pods; echo $? > lost",
        ],
      },
    },
  },
  {
    id: "stranger-out",
    step: "wall",
    goal: "The stranger gets no answer on port 10250 any more.",
    probe: asStranger("/pods"),
    expect: silence,
    passed: "Nothing. The stranger cannot even ask.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "The stranger still gets 401. That is a guard who answers; wanted is a wall before it.",
      },
    ],
    hints: {
      nudge: "Who needs this port, and from which address do they come?",
      pointer: "The API server calls from 172.30.1.2. `iptables -A INPUT` adds a rule for what arrives here.",
      solution: wall,
    },
  },
  {
    id: "neighbour-out",
    step: "wall",
    goal: "The ship alongside, `node02`, gets no answer either.",
    probe: fromNode02,
    expect: silence,
    passed: "Silence for the neighbour, too.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "node02 still reaches port 10250. A ship alongside can be boarded, and then it is a boat full of pirates.",
      },
    ],
    hints: {
      nudge: "Do you know the address of every pirate?",
      pointer: "Let in those who must come in, and drop everybody else.",
      solution: wall,
    },
  },
  {
    id: "pilot-logs",
    step: "wall",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "Logs for the harbour.",
    failures: pilotLost,
    hints: {
      nudge: "In which order are rules asked?",
      pointer: "`iptables -L INPUT -n --line-numbers` shows them from first to last; `iptables -F INPUT` begins anew.",
      solution: {
        text: "Take back the address, and begin the rules anew.",
        commands: [
          "sed -i '/^address:/d' /var/lib/kubelet/config.yaml; systemctl restart kubelet",
          "iptables -F INPUT",
          ...wall.commands,
        ],
      },
    },
  },
  {
    id: "health-hidden",
    step: "health",
    goal: "Nobody outside reaches the health probe on 10248.",
    probe: healthFromOutside,
    expect: silence,
    setting: healthHere,
    passed: "Health is nobody’s business but the machine’s.",
    failures: [
      { when: { status: { is: 200 } }, say: "The stranger still gets `ok` on 10248, without any question asked." },
    ],
    hints: {
      nudge: "To which address is 10248 bound?",
      pointer: "`healthzBindAddress` in config.yaml; its default is 127.0.0.1.",
      solution: {
        text: "On node01:",
        commands: [
          "sed -i 's/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/' /var/lib/kubelet/config.yaml",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "ship-healthy",
    step: "health",
    goal: "On the machine itself the health probe still says ok.",
    probe: healthProbe,
    expect: { status: { is: 200 } },
    passed: "ok on 10248, at home.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "Nobody answers on 127.0.0.1:10248. Either no kubelet runs, or it was told to have no health port: `ss -tlnp | grep kubelet` says which.",
      },
    ],
    hints: {
      nudge: "Hidden is wanted, and not gone.",
      pointer: "`healthzPort: 0` turns the probe off. What asks here is the machine: kubeadm, and whoever watches it.",
      solution: {
        text: "On node01:",
        commands: [
          "sed -i 's/healthzPort: .*/healthzPort: 10248/' /var/lib/kubelet/config.yaml",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "holds-after-restart",
    step: "health",
    goal: "After the next restart the stranger is still out, at both doors.",
    probe: healthFromOutside,
    after: "restart",
    expect: silence,
    setting: healthHere,
    passed: "Moored for the night.",
    failures: [{ when: { status: { is: 200 } }, say: "After a restart the stranger gets `ok` on 10248 again." }],
    hints: {
      nudge: "Ask the files what the next start will do.",
      pointer:
        "A flag `--healthz-bind-address` would beat the file; `systemctl cat kubelet` shows where flags come from.",
      solution: { text: "On node01:", commands: ["systemctl cat kubelet --no-pager"] },
    },
  },
];

export const boarding = [
  ...boardingParty,
  { id: "read-health", what: "read the health probe on 10248", probe: healthFromOutside },
];

export const pilot = harbourPilot("default/web-node01/web");
