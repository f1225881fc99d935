// What lesson 19 grades: a report that was read, findings that are mended for callers and not for the tool, and what the tool did not see.

import type { Check, CommandProbe, Failure, HttpProbe, Identity, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const config = "/var/lib/kubelet/config.yaml";
const wants = (field: string, value: string | number): SettingWanted => ({ on: "node01", field, value });

const lookout: Identity = { kind: "service-account", namespace: "monitoring", name: "lookout" };
const run = asApiServer("/run/default/web-node01/web?cmd=env", { method: "POST", as: lookout });

const onNode = (line: string): CommandProbe => ({ kind: "command", on: "node01", run: line });

const lowHatch = (from: string, host: string): HttpProbe => ({
  kind: "http",
  from,
  url: `http://${host}:10255/pods`,
  as: { kind: "none" },
});

/** Lines with a finding. A file of settings that a node without one does not have is no finding; a kubelet that is down is. */
const findings = [
  `skip=$(test -e ${config} || echo --skip 4.1.9,4.1.10)`,
  "kube-bench run --targets node --benchmark cis-1.12 --noremediations --nosummary --nototals $skip 2>&1",
].join("; ");

const down: Failure = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250: the kubelet did not come up with what you saved. `journalctl -u kubelet -n 20` ends with the reason.",
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "read",
    goal: "Take the list of pods from port 10255 as a stranger, and keep it in `loot` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/loot" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "So much for the clean bill.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `loot` in the outsider’s home yet." },
      { when: {}, say: "`loot` does not hold a list of pods. It is http, port 10255, path `/pods`." },
    ],
    hints: {
      nudge: "Before you believe a report, ask a caller.",
      pointer: "The low hatch speaks plain http and asks nobody for papers.",
      solution: { text: "On the outsider:", commands: ["curl -s http://node01:10255/pods -o loot"] },
    },
  },
  {
    id: "report-kept",
    step: "read",
    goal: "Keep the surveyor’s first report, from before you change anything, in `report` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/report" },
    expect: { content: { hasAll: ["[FAIL] 4.2.2", "[PASS] 4.2.4"] } },
    passed: "The ship as she was, on paper.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `report` in /root of node01 yet." },
      {
        when: { content: { has: "[PASS] 4.2.2" } },
        say: "`report` is from after the change: 4.2.2 passes in it. Undo brings the ship back as she was.",
      },
      {
        when: { content: { has: "not modelled" } },
        say: "`report` holds a complaint. For a kubelet of 1.20 name the benchmark: `--benchmark cis-1.12`.",
      },
      {
        when: {},
        say: "`report` does not hold the whole report of the node: groups 4.1 and 4.2, each line with its state.",
      },
    ],
    hints: {
      nudge: "A report is worth most beside the next one.",
      pointer: "`kube-bench run --targets node` prints it; `>` keeps it.",
      solution: { text: "On node01:", commands: ["kube-bench run --targets node > report"] },
    },
  },
  {
    id: "lookout-refused",
    step: "mend",
    goal: "The account `lookout`, which has no right at all, cannot run a command in `web`.",
    probe: run,
    expect: { status: { oneOf: [401, 403] } },
    setting: wants("authorization.mode", "Webhook"),
    passed: "Refused. This was the finding that mattered.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "`lookout` runs `env` in `web` and reads the password. Whatever 4.2.2 says, the process allows everything.",
      },
      down,
      {
        when: { error: { is: "account" } },
        say: "The ServiceAccount `lookout` is gone. Who takes its place tomorrow?",
      },
    ],
    hints: {
      nudge: "Which finding is open to callers now, and since when does this process run?",
      pointer: "4.2.2: `authorization.mode: Webhook`. And the file is read at the start only.",
      solution: {
        text: "On node01:",
        commands: [`sed -i 's/AlwaysAllow/Webhook/' ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "no-findings",
    step: "mend",
    goal: "The surveyor finds nothing that fails any more.",
    probe: onNode(`${findings} | grep -e FAIL -e unable -e 'not found'`),
    expect: { stdout: { is: "" } },
    passed: "0 checks FAIL.",
    failures: [
      {
        when: { stdout: { has: "unable to detect" } },
        say: "The surveyor finds no kubelet to look at. Is it up?",
      },
      { when: {}, say: "The report still says: {stdout}" },
    ],
    hints: {
      nudge: "Take the lines with FAIL one by one; the remedy below the report names the file that was looked at.",
      pointer: "4.1.1 and 4.1.9 are modes, of exactly these files. For 4.2.1 write down what is the default anyway.",
      solution: {
        text: "On node01:",
        commands: [
          `chmod 600 ${config} /usr/lib/systemd/system/kubelet.service`,
          `sed -i 's/^authentication:/&\\n  anonymous:\\n    enabled: false/; s/AlwaysAllow/Webhook/' ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "stranger-refused",
    step: "mend",
    goal: "A caller without credentials gets 401 on port 10250.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    passed: "401, whatever stands or does not stand in the file.",
    failures: [
      { when: { status: { is: 200 } }, say: "A stranger gets the list of pods on 10250." },
      {
        when: { status: { is: 403 } },
        say: "A stranger gets 403: it is `system:anonymous` here. Wanted is 401, no name at all.",
      },
      down,
    ],
    hints: {
      nudge: "What does a stranger get, whatever the surveyor says about it?",
      pointer:
        "`authentication.anonymous.enabled`: with a configuration file its default is false, without one it is true.",
      solution: {
        text: "On node01:",
        commands: [
          `sed -i 's/^authentication:/&\\n  anonymous:\\n    enabled: false/' ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "pilot-logs",
    step: "mend",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "A clean report, and a ship that works.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "The API server gets 401: the client CA is another one now. 4.2.3 asks whether there is one, and not which.",
      },
      { when: { status: { is: 403 } }, say: "The API server gets 403: it may not read logs here any more." },
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250. A report is no reason to close the port to it.",
      },
    ],
    hints: {
      nudge: "The surveyor does not call the ship. The harbour does.",
      pointer:
        "`clientCAFile` has to name the CA that signed the API server’s certificate: /etc/kubernetes/pki/ca.crt.",
      solution: {
        text: "Take back what closed the port or changed the CA.",
        commands: [`grep -nE 'address:|clientCAFile|mode:' ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "paper-noted",
    step: "blind",
    goal: "Three checks pass on paper only. Write their numbers into `paper` on node01, one a line.",
    probe: onNode("sort -u /root/paper | tr -s '\\n' ' '"),
    expect: { stdout: { is: "4.2.10 4.2.13 4.2.4 " } },
    passed: "A line that says PASS is a line somebody has to read.",
    failures: [
      { when: { stderr: { has: "No such file" } }, say: "There is no file `paper` in /root of node01 yet." },
      {
        when: { stdout: { has: "4.2.1 " } },
        say: "`paper` names 4.2.1. That one failed on paper, and strangers were refused: it is the other kind of mistake.",
      },
      {
        when: {},
        say: "`paper` says {stdout}. Wanted are three numbers whose line says PASS, and whose sentence is not true.",
      },
    ],
    hints: {
      nudge: "Compare the report with `/configz`, which is what the process uses.",
      pointer:
        "`readOnlyPort`, `podPidsLimit`, `rotateCertificates`: what does the process use, and which checks are about them?",
      solution: { text: "On node01:", commands: ["printf '4.2.4\\n4.2.10\\n4.2.13\\n' > paper"] },
    },
  },
  {
    id: "hatch-shut",
    step: "blind",
    goal: "A stranger finds nobody on port 10255.",
    probe: lowHatch("outsider", "node01"),
    expect: { error: { is: "refused" } },
    setting: wants("readOnlyPort", 0),
    passed: "Connection refused.",
    failures: [
      { when: { status: { is: 200 } }, say: "10255 still gives the list of pods to anybody." },
      { when: { error: { is: "timeout" } }, say: "Calls to 10255 get no answer, as behind a firewall." },
    ],
    hints: {
      nudge: "Which files does this kubelet read, besides config.yaml?",
      pointer:
        "`ps -ww -o args= -C kubelet` shows a `--config-dir`. On the hand-installed ship nothing says 10255: it is the default.",
      solution: {
        text: "On node01:",
        commands: ["rm /etc/kubernetes/kubelet.conf.d/20-dashboard.conf", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "shut-inside",
    step: "blind",
    goal: "Nobody answers on 10255 on the node itself, either.",
    probe: lowHatch("node01", "127.0.0.1"),
    expect: { error: { is: "refused" } },
    setting: wants("readOnlyPort", 0),
    passed: "Shut on the inside, too.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "On the node 10255 still answers 200, and every pod of the node can ask there.",
      },
    ],
    hints: {
      nudge: "Who is inside the firewall?",
      pointer: "Close it in the kubelet’s own settings: `readOnlyPort`, wherever it is set.",
      solution: {
        text: "On node01:",
        commands: ["rm /etc/kubernetes/kubelet.conf.d/20-dashboard.conf", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "pids-limited",
    step: "blind",
    goal: "A pod has a limit of processes that is one.",
    probe: asApiServer("/configz"),
    expect: { status: { is: 200 }, body: { lacks: '"podPidsLimit":-1,' } },
    passed: "A number that means a number.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "`podPidsLimit` is -1, and that is no limit. 4.2.13 asks whether something is set, and not what.",
      },
      down,
    ],
    hints: {
      nudge: "What does -1 stand for?",
      pointer: "`podPidsLimit` in config.yaml, or `--pod-max-pids`: a number such as 1024.",
      solution: {
        text: "On node01:",
        commands: [`sed -i 's/podPidsLimit: .*/podPidsLimit: 1024/' ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "keeps-renewing",
    step: "blind",
    goal: "The kubelet renews its client certificate.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"rotateCertificates":true' } },
    passed: "Set, and in force.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "`rotateCertificates` is false in the running kubelet. 4.2.10 passes where nothing is set, as if the default were true.",
      },
      down,
    ],
    hints: {
      nudge: "Which defaults does the surveyor know?",
      pointer: "`rotateCertificates` has the default false. kubeadm writes true; here the line is gone.",
      solution: {
        text: "On node01:",
        commands: [`echo 'rotateCertificates: true' >> ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "ship-healthy",
    step: "blind",
    goal: "After the next restart she is up: the health probe on 10248 says ok.",
    probe: healthProbe,
    after: "restart",
    expect: { body: { has: "ok" } },
    passed: "Surveyed, mended, afloat.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10248. What pleases the surveyor need not be something a kubelet starts with.",
      },
    ],
    hints: {
      nudge: "Does what you wrote have a meaning for the kubelet, too?",
      pointer: "Restart it and read `journalctl -u kubelet -n 20`: the last line names the value.",
      solution: {
        text: "Mend what the journal names, and start it.",
        commands: ["journalctl -u kubelet -n 20 --no-pager", "systemctl restart kubelet"],
      },
    },
  },
];

export const boarding = [
  { id: "lookout-runs", what: "run a command with a token without rights", probe: run },
  ...boardingParty,
];

export const pilot = harbourPilot("default/web-node01/web");
