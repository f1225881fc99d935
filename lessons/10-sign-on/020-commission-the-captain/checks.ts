// What lesson 2 grades: the true binary, a unit that starts at boot, a node that reports, guarded from its first minute.

import type { Check, Hints } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot } from "../../_kit/callers.ts";

const SUM = "http://depot/release/v1.36.2/bin/linux/amd64/kubelet.sha256";

/** Compares each kubelet that lies where programs lie with the published sum. */
const compareBinary = [
  `sum=$(curl -s ${SUM})`,
  "for f in /usr/local/bin/kubelet /usr/bin/kubelet; do",
  '  test -e $f || continue; echo "$sum  $f" | sha256sum -c - 2> /dev/null; test -x $f || echo "$f: no x"',
  "done",
].join("\n");

const whyDown: Hints["solution"] = {
  text: "Ask systemd first, then the journal, and mend what it names:",
  commands: ["systemctl status kubelet --no-pager", "journalctl -u kubelet -n 20 --no-pager"],
};

const notRunning = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250 of node01: no kubelet runs there yet, or it ends at its start.",
} as const;

export const checks: readonly Check[] = [
  {
    id: "forgery-noted",
    step: "fetch",
    goal: "Compare the mirror’s kubelet with the published sum, and keep what `sha256sum` says of it in `verdict` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/verdict" },
    expect: { content: { has: "FAILED" } },
    passed: "FAILED. It told its version nicely, though.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `verdict` in /root of node01 yet." },
      {
        when: { content: { has: "OK" } },
        say: "`verdict` says OK: that was the release itself. The other one is at http://depot/mirror/kubelet.",
      },
      { when: {}, say: "`verdict` does not hold the answer of `sha256sum -c`." },
    ],
    hints: {
      nudge: "A binary says what it likes. Who says what it should be?",
      pointer: "`sha256sum -c` reads lines of a sum, two spaces and a file name.",
      solution: {
        text: "On node01:",
        commands: [
          "wget -q http://depot/mirror/kubelet -O kubelet",
          `wget -q ${SUM}`,
          'echo "$(cat kubelet.sha256)  kubelet" | sha256sum -c > verdict',
        ],
      },
    },
  },
  {
    id: "binary-true",
    step: "fetch",
    goal: "The kubelet that is installed is the one that was released, and can be executed.",
    probe: { kind: "command", on: "node01", run: compareBinary },
    expect: { stdout: { oneOf: ["/usr/local/bin/kubelet: OK\n", "/usr/bin/kubelet: OK\n"] } },
    passed: "The released binary, to the last byte.",
    failures: [
      { when: { stdout: { is: "" } }, say: "There is no kubelet in /usr/local/bin or /usr/bin of node01 yet." },
      {
        when: { stdout: { has: "FAILED" } },
        say: "The installed kubelet is not the released one: {stdout}. Its version says nothing, the sum does.",
      },
      { when: { stdout: { has: "no x" } }, say: "The binary is the released one, and nobody may execute it: {stdout}" },
      { when: {}, say: "Two kubelets lie on this machine; one is enough: {stdout}" },
    ],
    hints: {
      nudge: "Where do you fetch it, and how do you know that it is it?",
      pointer:
        "http://depot/release/v1.36.2/bin/linux/amd64/ has `kubelet` and `kubelet.sha256`; `install -m 755` copies with a mode.",
      solution: {
        text: "On node01:",
        commands: [
          "wget -q http://depot/release/v1.36.2/bin/linux/amd64/kubelet -O kubelet",
          'echo "$(cat kubelet.sha256)  kubelet" | sha256sum -c',
          "install -m 755 kubelet /usr/local/bin/kubelet",
        ],
      },
    },
  },
  {
    id: "node-ready",
    step: "commission",
    goal: "The API server has a node `node01`, and it is Ready.",
    probe: { kind: "node", name: "node01" },
    expect: { ready: { is: "True" } },
    passed: "A captain, and the harbour knows.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "The API server knows no node01: no kubelet runs there, or it has no way to the API server, or a name that is not a node’s.",
      },
      { when: {}, say: "node01 is known and not Ready: its kubelet has stopped reporting." },
    ],
    hints: {
      nudge: "What does a kubelet need to report to anybody?",
      pointer:
        "`--kubeconfig` with a client certificate for `CN=system:node:node01`, `O=system:nodes`; the journal says what the API server thinks of it.",
      solution: whyDown,
    },
  },
  {
    id: "starts-at-boot",
    step: "commission",
    goal: "systemd starts the kubelet at every boot.",
    probe: { kind: "command", on: "node01", run: "systemctl is-enabled kubelet" },
    expect: { stdout: { is: "enabled\n" } },
    passed: "enabled.",
    failures: [
      {
        when: { stdout: { is: "disabled\n" } },
        say: "`systemctl is-enabled` says disabled. A start is for now; the next boot asks what is enabled.",
      },
      { when: {}, say: "systemd knows no unit `kubelet.service` that it could enable." },
    ],
    hints: {
      nudge: "What happens after the next reboot?",
      pointer: "`systemctl enable`, and the `[Install]` section it needs.",
      solution: { text: "On node01:", commands: ["systemctl enable --now kubelet"] },
    },
  },
  {
    id: "stranger-refused",
    step: "guard",
    goal: "From its first minute on a stranger gets 401.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: { on: "node01", field: "authentication.anonymous.enabled", value: false },
    passed: "401. No open hour, not even the first.",
    failures: [
      notRunning,
      {
        when: { status: { is: 200 } },
        say: "A stranger gets 200 and the list of pods: this kubelet runs without a configuration file, with the old defaults of the flags.",
      },
    ],
    hints: {
      nudge: "With which defaults does a kubelet start that has no configuration file?",
      pointer: "`ps -ww -o args= -C kubelet`: is there a `--config`, and does it name your file?",
      solution: {
        text: "The command in the unit has to be one command, each line but the last ending in a backslash:",
        commands: ["systemctl cat kubelet --no-pager", "systemctl daemon-reload", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "pilot-logs",
    step: "guard",
    goal: "The API server reads the logs of `web` on it.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot came aboard.",
    failures: [
      notRunning,
      {
        when: { status: { is: 401 } },
        say: "The API server gets 401: without `authentication.x509.clientCAFile` the kubelet cannot tell it from a stranger.",
      },
      {
        when: { status: { is: 404 } },
        say: "The API server gets 404: the pod `web` does not run here. Its manifest lies in /etc/kubernetes/manifests; who reads that folder?",
      },
    ],
    hints: {
      nudge: "By what would this kubelet know the API server?",
      pointer: "`clientCAFile` for its papers, `staticPodPath` for the pod: both in config.yaml.",
      solution: {
        text: "On node01, in /var/lib/kubelet/config.yaml:",
        commands: [
          "authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}",
          "staticPodPath: /etc/kubernetes/manifests",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "second-ready",
    step: "join",
    goal: "`node02` has joined by kubeadm, and is Ready.",
    probe: { kind: "node", name: "node02" },
    expect: { ready: { is: "True" } },
    passed: "One line, and a second ship.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "The API server knows no node02. `kubeadm join` has not run there, or did not come to its end.",
      },
      { when: {}, say: "node02 has joined and is not Ready yet." },
    ],
    hints: {
      nudge: "Who tells node02 where the harbour is, and how to know it?",
      pointer: "`kubeadm token create --print-join-command` on the controlplane prints the whole line.",
      solution: {
        text: "On the controlplane; the second line on node02:",
        commands: ["kubeadm token create --print-join-command | ssh node02 tee join", "sh join"],
      },
    },
  },
  {
    id: "harbour-pinned",
    step: "join",
    goal: "node02 made sure that it was this harbour: it joined with the CA’s hash.",
    probe: { kind: "file", on: "node02", path: "/root/join" },
    expect: { content: { has: "--discovery-token-ca-cert-hash sha256:" } },
    passed: "With the hash, the harbour had to show itself too.",
    failures: [
      {
        when: { content: { has: "unsafe-skip-ca-verification" } },
        say: "`join` skips the check of the CA: whoever answers at that address would have got this ship.",
      },
      { when: {}, say: "There is no file `join` with the hash in /root of node02." },
    ],
    hints: {
      nudge: "The token proves node02 to the harbour. What proves the harbour to node02?",
      pointer: "`--discovery-token-ca-cert-hash`, which `--print-join-command` writes for you.",
      solution: {
        text: "On the controlplane:",
        commands: ["kubeadm token create --print-join-command | ssh node02 tee join"],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
