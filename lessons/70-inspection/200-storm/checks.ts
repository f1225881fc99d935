// Lesson 20 grades a whole ship: every boat of the boarding party comes back empty, every friend is served, now and after the next start.

import type { Check, CommandProbe, Failure, Hints, HttpProbe, Identity, SettingWanted } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const config = "/var/lib/kubelet/config.yaml";
const unit = "/etc/systemd/system/kubelet.service";
const key = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const folder = "/etc/kubernetes/manifests";
const wants = (field: string, value: string | number | boolean): SettingWanted => ({ on: "node01", field, value });

const forgery: Identity = {
  kind: "certificate",
  cert: "/root/boarding/forged.crt",
  key: "/root/boarding/forged.key",
};
const lookout: Identity = { kind: "service-account", namespace: "monitoring", name: "lookout" };

const runCommand = "/run/default/web-node01/web?cmd=env";
const strangerRuns: HttpProbe = { ...asStranger(runCommand), method: "POST" };
const lookoutRuns = asApiServer(runCommand, { method: "POST", as: lookout });
const lookoutScrapes = asApiServer("/metrics", { as: lookout });
const logs = asApiServer("/containerLogs/default/web-node01/web");
const exec = asApiServer("/exec/default/web-node01/web?command=id&output=1", { method: "POST", upgrade: true });
const lowHatch: HttpProbe = { kind: "http", from: "node01", url: "http://127.0.0.1:10255/pods", as: { kind: "none" } };
const healthFromOutside: HttpProbe = { kind: "http", from: "outsider", url: "http://node01:10248/healthz" };

const onNode = (run: string): CommandProbe => ({ kind: "command", on: "node01", run });

const down: Failure = {
  when: { error: { is: "refused" } },
  say: "Nobody answers on 10250. A ship that sinks is not boarded either; it does not count.",
};
const silent: Failure = {
  when: { error: { is: "timeout" } },
  say: "Calls to 10250 get no answer, as behind a firewall.",
};

/** Sets a field in config.yaml; on the hand-installed ship the flag beside it goes into the unit. */
const set = (edit: string, flag: string): Hints["solution"] => ({
  text: `On node01. By hand-installed flags: \`${flag}\` in ${unit}, and \`systemctl daemon-reload\` before the restart.`,
  commands: [`sed -i '${edit}' ${config}`, "systemctl restart kubelet"],
});

const narrow: Hints["solution"] = {
  text: "On the controlplane:",
  commands: [
    "kubectl create clusterrole lookout --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -",
  ],
};

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "board",
    goal: "As a stranger, run `env` in `web` and keep the answer in `loot` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/loot" },
    expect: { content: { has: "DB_PASSWORD" } },
    passed: "One call, no papers. That is where you began.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no `loot` in the outsider’s home yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`: the hatch was shut before you looked. Undo brings the open ship back.",
      },
      { when: {}, say: "`loot` does not hold the environment of `web`." },
    ],
    hints: {
      nudge: "Which path of 10250 runs a command?",
      pointer: "`POST /run/NAMESPACE/POD/CONTAINER?cmd=…`; the pod is `web-node01` in `default`.",
      solution: {
        text: "On the outsider:",
        commands: [`curl -sk -X POST 'https://node01:10250${runCommand}' -o loot`],
      },
    },
  },
  {
    id: "stranger-refused",
    step: "hatches",
    goal: "A caller without credentials gets 401 on port 10250.",
    probe: asStranger("/pods"),
    expect: { status: { is: 401 } },
    setting: wants("authentication.anonymous.enabled", false),
    passed: "401.",
    failures: [
      { when: { status: { is: 200 } }, say: "The stranger still gets the list of pods." },
      {
        when: { status: { is: 403 } },
        say: "The stranger gets 403: a name, and no right. Wanted is 401, no name at all.",
      },
      down,
      silent,
    ],
    hints: {
      nudge: "Who goes there?",
      pointer: "`authentication.anonymous.enabled`, or `--anonymous-auth`.",
      solution: set("/anonymous:/,/enabled:/s/true/false/", "--anonymous-auth=false"),
    },
  },
  {
    id: "forged-refused",
    step: "hatches",
    goal: "A certificate of the CA that was given up gets 401.",
    probe: asStranger("/pods", forgery),
    expect: { status: { is: 401 } },
    passed: "One CA, and not that one.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "A paper signed with the old fleet’s CA is believed, and its bearer is the API server to this kubelet.",
      },
      {
        when: { status: { is: 403 } },
        say: "The old fleet’s paper still names its bearer here, and only the second question stopped it. Wanted is 401.",
      },
      down,
      silent,
    ],
    hints: {
      nudge: "How many certificates are in the file that `clientCAFile` names?",
      pointer:
        "`grep -c BEGIN /etc/kubernetes/pki/ca.crt`; the first is the cluster’s, `openssl x509` writes the first.",
      solution: {
        text: "On node01:",
        commands: [
          "openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt",
          "cp one.crt /etc/kubernetes/pki/ca.crt",
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "lookout-no-run",
    step: "hatches",
    goal: "The account `lookout` is known, and gets 403 when it runs a command.",
    probe: lookoutRuns,
    expect: { status: { is: 403 } },
    passed: "Known, and refused.",
    failures: [
      { when: { status: { is: 200 } }, say: "`lookout` runs commands in `web`." },
      {
        when: { status: { is: 401 } },
        say: "`lookout` gets 401: nobody looks at its token. Wanted is 403, a name without this right.",
      },
      { when: { error: { is: "account" } }, say: "The account `lookout` is gone. It was to be narrowed." },
      down,
      silent,
    ],
    hints: {
      nudge: "Two gates: does the kubelet look at tokens, and whom does it ask what they may? Then the role itself.",
      pointer:
        "`authentication.webhook.enabled`, `authorization.mode: Webhook`, and a role with `nodes/metrics` alone.",
      solution: {
        text: `On node01 as below, and on the controlplane: \`${narrow.commands[0]}\`.`,
        commands: [
          `sed -i '/cacheTTL:/{n;s/false/true/}; s/AlwaysAllow/Webhook/' ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "hatch-shut",
    step: "hatches",
    goal: "Nobody answers on port 10255, on the node itself either.",
    probe: lowHatch,
    expect: { error: { is: "refused" } },
    setting: wants("readOnlyPort", 0),
    passed: "Connection refused.",
    failures: [{ when: { status: { is: 200 } }, say: "10255 still gives the list of pods to anybody on board." }],
    hints: {
      nudge: "Ask the process, not the file.",
      pointer: "A flag in /etc/default/kubelet; on the hand-installed ship the default.",
      solution: {
        text: "On node01. On the hand-installed ship `--read-only-port=0` goes into the unit.",
        commands: ["echo 'KUBELET_EXTRA_ARGS=' > /etc/default/kubelet", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "health-hidden",
    step: "hatches",
    goal: "Nobody outside reaches the health probe on 10248.",
    probe: healthFromOutside,
    expect: { error: { oneOf: ["refused", "timeout"] } },
    setting: wants("healthzBindAddress", "127.0.0.1"),
    passed: "Health is a family matter.",
    failures: [{ when: { status: { is: 200 } }, say: "The stranger still gets `ok` on 10248." }],
    hints: {
      nudge: "To which address is 10248 bound?",
      pointer: "`healthzBindAddress`; its default is 127.0.0.1.",
      solution: set("s/healthzBindAddress: .*/healthzBindAddress: 127.0.0.1/", "--healthz-bind-address=127.0.0.1"),
    },
  },
  {
    id: "weak-refused",
    step: "hatches",
    goal: "A caller that knows only TLS 1.2 with CBC and SHA-1 is refused.",
    probe: {
      kind: "command",
      on: "outsider",
      run: "curl -sk -m 5 -o /dev/null -w '%{http_code}' --tls-max 1.2 --ciphers ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA https://node01:10250/pods",
    },
    expect: { exit: { is: 35 } },
    passed: "No handshake.",
    failures: [
      { when: { exit: { is: 0 } }, say: "The handshake succeeds with `ECDHE-RSA-AES128-SHA`." },
      { when: { exit: { is: 7 } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Which suites does a kubelet offer if nobody says so?",
      pointer: "`tlsCipherSuites` with Go’s names, or `tlsMinVersion: VersionTLS13`.",
      solution: {
        text: `On node01. On the hand-installed ship \`--tls-min-version=VersionTLS13\` in ${unit}.`,
        commands: [`echo 'tlsMinVersion: VersionTLS13' >> ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "key-locked",
    step: "below",
    goal: "The cook cannot read the kubelet’s client key.",
    probe: onNode(`su cook -c 'head -n 1 ${key}'`),
    expect: { stdout: { is: "" } },
    passed: "Permission denied, to the cook.",
    failures: [{ when: {}, say: "The cook reads {stdout} and the private key below it." }],
    hints: {
      nudge: "Whoever reads it is the node.",
      pointer: "The name is a link; `chmod` follows it.",
      solution: { text: "On node01:", commands: [`chmod 600 ${key}`] },
    },
  },
  {
    id: "orders-locked",
    step: "below",
    goal: "Nobody but root can write what the kubelet reads: settings, unit, CA and manifests.",
    probe: onNode(
      `find -L ${config} ${unit} /etc/default/kubelet /etc/kubernetes/pki/ca.crt /etc/kubernetes/kubelet.conf ${folder} -maxdepth 0 '(' -perm /022 -o '!' -user root ')' 2>/dev/null`,
    ),
    expect: { stdout: { is: "" } },
    passed: "Orders come from root, or from the harbour.",
    failures: [{ when: {}, say: "Others still write here: {stdout}" }],
    hints: {
      nudge: "Owner, group, mode; and for manifests the folder.",
      pointer: "`find … -perm /022` lists what group or others may write.",
      solution: {
        text: "On node01; the unit is there on the hand-installed ship only.",
        commands: [`chmod 755 ${folder}`, `chown root:root ${config}`, `chmod 600 ${config}`, `chmod 600 ${unit}`],
      },
    },
  },
  {
    id: "order-gone",
    step: "below",
    goal: "The pod `barnacle` is gone, and `web` is still there.",
    probe: asApiServer("/pods"),
    expect: { body: { lacks: "barnacle", has: "web-node01" } },
    passed: "Only our own.",
    failures: [
      {
        when: { body: { has: "barnacle" } },
        say: "`barnacle` still clings to the hull, privileged. Who put it there?",
      },
      { when: { status: { is: 200 } }, say: "`web` is gone as well. One of the two was cargo." },
      down,
      silent,
    ],
    hints: {
      nudge: "It never came through the harbour.",
      pointer: "A static pod lives as long as its manifest.",
      solution: { text: "On node01:", commands: [`rm ${folder}/barnacle.yaml`, "sleep 3"] },
    },
  },
  {
    id: "pids-limited",
    step: "below",
    goal: "A pod has a limit of processes.",
    probe: asApiServer("/configz"),
    expect: { status: { is: 200 }, body: { lacks: '"podPidsLimit":-1,' } },
    passed: "Sixty friends need not come aboard.",
    failures: [{ when: { status: { is: 200 } }, say: "`podPidsLimit` is -1, without limit." }, down, silent],
    hints: {
      nudge: "What does -1 stand for, and what is the default?",
      pointer: "`podPidsLimit`, or `--pod-max-pids`.",
      solution: set("s/podPidsLimit: .*/podPidsLimit: 1024/", "--pod-max-pids=1024"),
    },
  },
  {
    id: "events-limited",
    step: "below",
    goal: "Events are sent at a limited rate.",
    probe: asApiServer("/configz"),
    expect: { status: { is: 200 }, body: { lacks: '"eventRecordQPS":0,' } },
    passed: "She speaks when there is something to say.",
    failures: [
      { when: { status: { is: 200 } }, say: "`eventRecordQPS` is 0, and that means without limit." },
      down,
      silent,
    ],
    hints: {
      nudge: "No events, or no limit?",
      pointer: "`eventRecordQPS`, or `--event-qps`.",
      solution: set("/^eventRecordQPS/d", "--event-qps=50"),
    },
  },
  {
    id: "keeps-renewing",
    step: "below",
    goal: "The kubelet renews its client certificate.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"rotateCertificates":true' } },
    passed: "Fresh seals, every year.",
    failures: [
      { when: { status: { is: 200 } }, say: "`rotateCertificates` is false in the running kubelet." },
      down,
      silent,
    ],
    hints: {
      nudge: "When does its paper end, and who sees to it?",
      pointer: "`rotateCertificates`; kubeadm writes true, the default is false.",
      solution: set("s/rotateCertificates: false/rotateCertificates: true/", "--rotate-certificates=true"),
    },
  },
  {
    id: "pilot-logs",
    step: "calm",
    goal: "The API server reads the logs of `web`.",
    probe: logs,
    expect: { status: { is: 200 } },
    passed: "Served.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250. The port must stay open to it.",
      },
      {
        when: { error: { is: "timeout" } },
        say: "The API server gets no answer on 10250. The port must stay open to it.",
      },
      { when: { status: { is: 401 } }, say: "The API server gets 401: its CA is gone from `clientCAFile`." },
      { when: { status: { is: 404 } }, say: "The API server gets 404: there is no `web` on this ship, or no logs." },
      { when: { status: { is: 405 } }, say: "The API server gets 405: somebody switched these handlers off." },
    ],
    hints: {
      nudge: "Strangers must be refused, not everybody.",
      pointer: "Address, firewall, CA, debugging handlers: each of them can be too much.",
      solution: {
        text: "Look for what is too much, take it back, and restart.",
        commands: [`grep -nE 'address:|clientCAFile|enable' ${config}`, "iptables -S", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "pilot-exec",
    step: "calm",
    goal: "And it runs a command in `web`, as `kubectl exec` does.",
    probe: exec,
    expect: { status: { is: 101 } },
    passed: "Served.",
    failures: [
      { when: { status: { is: 401 } }, say: "The API server gets 401 for exec: its CA is gone from `clientCAFile`." },
      { when: { status: { is: 405 } }, say: "The API server gets 405 for exec: somebody switched these handlers off." },
      down,
      silent,
    ],
    hints: {
      nudge: "What strangers may not, the harbour must.",
      pointer: "`enableDebuggingHandlers` has to stay true: logs and exec go with it.",
      solution: {
        text: "On node01:",
        commands: [`sed -i '/^enableDebuggingHandlers/d' ${config}`, "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "lookout-metrics",
    step: "calm",
    goal: "`lookout` still reads metrics, with its own token.",
    probe: lookoutScrapes,
    expect: { status: { is: 200 } },
    passed: "No more than it needs, and no less.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "`lookout` gets 401 for metrics: this kubelet does not look at tokens, or does not know this one.",
      },
      { when: { status: { is: 403 } }, say: "`lookout` gets 403 for metrics. It needs `get` on `nodes/metrics`." },
      { when: { error: { is: "account" } }, say: "The account `lookout` is gone, and with it everybody’s charts." },
      down,
      silent,
    ],
    hints: {
      nudge: "Least is not none.",
      pointer: "A role with `get` on `nodes/metrics`, bound to the account; and tokens looked at.",
      solution: narrow,
    },
  },
  {
    id: "node-ready",
    step: "calm",
    goal: "node01 is Ready.",
    probe: { kind: "node", name: "node01" },
    expect: { ready: { is: "True" } },
    passed: "Ready.",
    failures: [{ when: {}, say: "The harbour has not heard from node01: Ready is {ready}." }],
    hints: {
      nudge: "Who reports, and is he up?",
      pointer: "`systemctl status kubelet`, `journalctl -u kubelet -n 20`.",
      solution: {
        text: "Mend what the journal names, and start it.",
        commands: ["journalctl -u kubelet -n 20 --no-pager", "systemctl restart kubelet"],
      },
    },
  },
  {
    id: "holds-after-restart",
    step: "calm",
    goal: "After the next restart a stranger still gets 401.",
    probe: asStranger("/pods"),
    after: "restart",
    expect: { status: { is: 401 } },
    setting: wants("authentication.anonymous.enabled", false),
    passed: "Shut, and shut again.",
    failures: [
      { when: { status: { is: 200 } }, say: "After a restart a stranger gets 200 again." },
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers: she does not come up with what is saved.",
      },
    ],
    hints: {
      nudge: "Ask the files what the next start will do.",
      pointer: "`systemctl cat kubelet` shows every file that counts, and each can hold a flag.",
      solution: set("/anonymous:/,/enabled:/s/true/false/", "--anonymous-auth=false"),
    },
  },
  {
    id: "healthy-after-restart",
    step: "calm",
    goal: "And her health probe says ok.",
    probe: healthProbe,
    after: "restart",
    expect: { body: { has: "ok" } },
    passed: "Through the storm.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10248: she does not come up with what is saved.",
      },
    ],
    hints: {
      nudge: "Is anybody on watch after that?",
      pointer: "Restart, and read the last line of `journalctl -u kubelet`.",
      solution: {
        text: "Mend what the journal names, and start it.",
        commands: ["journalctl -u kubelet -n 20 --no-pager", "systemctl restart kubelet"],
      },
    },
  },
];

export const boarding = [
  { id: "run", what: "run a command without papers", probe: strangerRuns },
  { id: "forged", what: "list the pods with a forged certificate", probe: asStranger("/pods", forgery) },
  { id: "lookout-runs", what: "run a command with the lookout’s token", probe: lookoutRuns },
  ...boardingParty,
  { id: "health-outside", what: "health probe from outside", probe: healthFromOutside },
];

export const pilot = [
  ...harbourPilot("default/web-node01/web"),
  { id: "exec", what: "exec as the API server", probe: exec },
  { id: "lookout", what: "read /metrics as lookout", probe: lookoutScrapes },
];
