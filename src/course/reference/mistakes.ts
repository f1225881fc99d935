// Common mistakes in notes about the kubelet: what is said, whether it holds, why, and lines to try. A test types every line and looks for what it shows.

import type { BaseName } from "#lessons/_kit/bases.ts";

/** How far a statement holds: not at all, no longer, on some nodes only, not as it sounds; or after all. */
export type Holds = "wrong" | "outdated" | "depends" | "half" | "right";

/** Lines as in a lesson's script, typed as root; `#@ HOST` moves to a machine, `#@ wait N` lets seconds pass. */
export interface Attempt {
  readonly base: BaseName;
  readonly lines: readonly string[];
  /** Pieces of what is on the screen afterwards, in this order. */
  readonly shows: readonly string[];
}

export interface Mistake {
  readonly id: string;
  /** The statement as notes have it, in a few words. */
  readonly says: string;
  readonly holds: Holds;
  readonly why: string;
  /** The lesson that has the whole story. */
  readonly lesson: string;
  readonly attempts: readonly Attempt[];
}

export interface MistakeGroup {
  readonly id: string;
  readonly title: string;
  readonly mistakes: readonly Mistake[];
}

const CODE = "-o /dev/null -w '%{http_code}\\n'";
const API_CLIENT =
  "--cert /etc/kubernetes/pki/apiserver-kubelet-client.crt --key /etc/kubernetes/pki/apiserver-kubelet-client.key";
const CONFIG = "/var/lib/kubelet/config.yaml";
const RESTART = "systemctl restart kubelet";
const WHY = "journalctl -u kubelet -n 40 --no-pager -o cat | grep -o";
const UNKNOWN_FIELD = "journalctl -u kubelet --no-pager -o cat | grep -o 'unknown field .[^ ,]*' | tail -1";
const configz = (fields: string): string =>
  `kubectl get --raw /api/v1/nodes/node01/proxy/configz | jq -c '.kubeletconfig | ${fields}'`;

const joined = (lines: readonly string[], ...shows: string[]): Attempt => ({ base: "fleet", lines, shows });
const byHand = (lines: readonly string[], ...shows: string[]): Attempt => ({ base: "by-hand", lines, shows });

export const mistakeGroups: readonly MistakeGroup[] = [
  {
    id: "defaults",
    title: "What is on by default",
    mistakes: [
      {
        id: "anonymous-by-default",
        says: "By default the kubelet lets anybody in.",
        holds: "depends",
        why: "It depends on how it was started. Without `--config` anonymous callers are let in; with a configuration file, as on every kubeadm node, they get 401.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          joined(["#@ outsider", `curl -sk ${CODE} https://node01:10250/pods`], "401"),
          byHand(["#@ outsider", `curl -sk ${CODE} https://node01:10250/pods`], "200"),
        ],
      },
      {
        id: "always-allow-by-default",
        says: "The default authorization mode is AlwaysAllow.",
        holds: "depends",
        why: "Only of a kubelet without `--config`. A configuration file that does not name a mode gives `Webhook`.",
        lesson: "by-whose-order/ask-the-harbour",
        attempts: [
          joined(
            [
              "#@ node01",
              `sed -i '/^authorization:/,/^[b-z]/{/mode:/d}' ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              "#@ controlplane",
              configz(".authorization.mode"),
            ],
            '"Webhook"',
          ),
          byHand(
            ["#@ outsider", "curl -sk https://node01:10250/configz | jq -c '.kubeletconfig.authorization.mode'"],
            '"AlwaysAllow"',
          ),
        ],
      },
      {
        id: "read-only-by-default",
        says: "Port 10255 is always there.",
        holds: "depends",
        why: "The read-only port listens only where `readOnlyPort` is above 0. That is the default without `--config`, and not with it.",
        lesson: "by-whose-order/close-the-hatch",
        attempts: [
          joined(
            ["#@ outsider", "curl -sS http://node01:10255/pods"],
            "curl: (7) Failed to connect to node01 port 10255",
          ),
          byHand(["#@ outsider", `curl -s ${CODE} http://node01:10255/pods`], "200"),
        ],
      },
      {
        id: "read-only-in-the-file",
        says: "`readOnlyPort: 10255` in config.yaml only writes down the default.",
        holds: "wrong",
        why: "In the file the default is 0. This line opens the port.",
        lesson: "by-whose-order/close-the-hatch",
        attempts: [
          joined(
            [
              "#@ node01",
              `echo 'readOnlyPort: 10255' >> ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              `curl -s ${CODE} http://node01:10255/pods`,
            ],
            "200",
          ),
        ],
      },
      {
        id: "kubeadm-writes-zero",
        says: "kubeadm writes `readOnlyPort: 0` into config.yaml.",
        holds: "wrong",
        why: "The key is not in the file; a zero is left out when it is written. What is not there is 0 all the same.",
        lesson: "by-whose-order/close-the-hatch",
        attempts: [joined(["#@ node01", `grep -c readOnlyPort ${CONFIG}`], "0")],
      },
      {
        id: "zero-seconds",
        says: "`syncFrequency: 0s` in config.yaml turns it off.",
        holds: "wrong",
        why: "A duration of zero in the file means the default. kubeadm writes several of them, and each is in force with its default.",
        lesson: "ship-shape/provisions",
        attempts: [
          joined(
            ["#@ node01", `grep syncFrequency ${CONFIG}`, "#@ controlplane", configz(".syncFrequency")],
            "syncFrequency: 0s",
            '"1m0s"',
          ),
        ],
      },
    ],
  },
  {
    id: "places",
    title: "Where settings are, and when they count",
    mistakes: [
      {
        id: "edit-and-done",
        says: "Edit config.yaml, and the setting holds.",
        holds: "wrong",
        why: "The kubelet reads its file once, when it starts. Of all it reads, only certificate and CA files are watched.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          byHand(
            [
              "#@ node01",
              "sed -i 's|^  --v=2$|  --v=2 \\\\\\n  --anonymous-auth=false|' /etc/systemd/system/kubelet.service",
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "200",
          ),
          joined(
            [
              "#@ node01",
              `sed -i '/anonymous:/,/enabled:/s/false/true/;s/mode: Webhook/mode: AlwaysAllow/' ${CONFIG}`,
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
              "#@ node01",
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "401",
            "200",
          ),
        ],
      },
      {
        id: "file-over-flag",
        says: "Once config.yaml says so, flags no longer matter.",
        holds: "wrong",
        why: "A flag beats the file, and nothing is said about it. Keep each setting in one place.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=true --authorization-mode=AlwaysAllow' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `grep -A1 anonymous: ${CONFIG}`,
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "enabled: false",
            "200",
          ),
        ],
      },
      {
        id: "kubelet-config-authenticates",
        says: "The kubelet’s configuration file is what it shows the API server.",
        holds: "wrong",
        why: "Two files with similar names: `--kubeconfig` holds address and credentials for the API server, `--config` holds the kubelet’s own settings.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          joined(
            ["#@ node01", `grep ^kind: ${CONFIG} /etc/kubernetes/kubelet.conf`],
            "config.yaml:kind: KubeletConfiguration",
            "kubelet.conf:kind: Config",
          ),
        ],
      },
      {
        id: "unit-in-etc",
        says: "The kubelet’s unit is /etc/systemd/system/kubelet.service.",
        holds: "depends",
        why: "That is where people put units of their own. The packages ship /usr/lib/systemd/system/kubelet.service and the drop-in 10-kubeadm.conf.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          joined(
            ["#@ node01", "systemctl cat kubelet | grep '^# /'"],
            "# /usr/lib/systemd/system/kubelet.service",
            "# /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
          ),
          byHand(["#@ node01", "systemctl cat kubelet | grep '^# /'"], "# /etc/systemd/system/kubelet.service"),
        ],
      },
      {
        id: "camel-case-rule",
        says: "Drop the dashes, put capitals instead, and you have the field’s name.",
        holds: "wrong",
        why: "Often not: `--anonymous-auth` is `authentication.anonymous.enabled`, `--event-qps` is `eventRecordQPS`, `--pod-max-pids` is `podPidsLimit`. A name the kubelet does not know is ignored, with one line in its journal.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          joined(
            [
              "#@ node01",
              `echo 'anonymousAuth: true' >> ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              UNKNOWN_FIELD,
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "anonymousAuth",
            "401",
          ),
        ],
      },
      {
        id: "authentication-mode",
        says: "`authentication: mode: Webhook` turns authorization on.",
        holds: "wrong",
        why: "The key is `authorization.mode`. There is no `mode` under `authentication`; it is ignored, and the mode stays what it was.",
        lesson: "by-whose-order/ask-the-harbour",
        attempts: [
          joined(
            [
              "#@ node01",
              `sed -i 's/^authentication:/&\\n  mode: AlwaysAllow/' ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              UNKNOWN_FIELD,
              "#@ controlplane",
              configz(".authorization.mode"),
            ],
            "authentication.mode",
            '"Webhook"',
          ),
        ],
      },
      {
        id: "flat-yaml",
        says: "A configuration file copied without its indentation still works.",
        holds: "wrong",
        why: "In YAML the indentation says what belongs to what. At the left edge these are other keys, unknown ones, and the defaults hold.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          joined(
            [
              "#@ node01",
              `printf 'kind: KubeletConfiguration\\napiVersion: kubelet.config.k8s.io/v1beta1\\nauthorization:\\nmode: AlwaysAllow\\nclusterDNS: [10.96.0.10]\\n' > ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              UNKNOWN_FIELD,
            ],
            'unknown field \\"mode',
          ),
        ],
      },
      {
        id: "flags-in-yaml",
        says: "Flags can be listed in config.yaml.",
        holds: "wrong",
        why: "Flags are no YAML. The file cannot be read any more, and the kubelet does not start.",
        lesson: "sign-on/the-ships-papers",
        attempts: [
          joined(
            [
              "#@ node01",
              `echo '--anonymous-auth=false' >> ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              `${WHY} 'failed to load kubelet config file' | head -1`,
            ],
            "failed to load kubelet config file",
          ),
        ],
      },
      {
        id: "ps-shows-all",
        says: "`ps aux | grep kubelet` shows the kubelet’s options.",
        holds: "half",
        why: "It shows flags and not the file, and it finds other processes too: on the control plane the API server, whose flags speak of kubelets. `GET /configz` gives the values in force.",
        lesson: "sign-on/first-watch",
        attempts: [
          joined(
            ["#@ controlplane", "ps aux | grep kubelet | grep -o '^.*kube-apiserver --' | grep -o 'kube-apiserver'"],
            "kube-apiserver",
          ),
        ],
      },
    ],
  },
  {
    id: "units",
    title: "Units and flags",
    mistakes: [
      {
        id: "colon-flag",
        says: "`--read-only-port:0`",
        holds: "wrong",
        why: "A flag takes its value after an equals sign. With a colon it is another flag, one that does not exist, and the kubelet ends.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=--read-only-port:0' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `${WHY} 'unknown flag: .*' | head -1`,
            ],
            "unknown flag: --read-only-port:0",
          ),
        ],
      },
      {
        id: "spaced-flag",
        says: "`-- anonymous-auth =false`, with spaces for reading",
        holds: "wrong",
        why: "A lone `--` ends the options. What follows is a stray word, and the kubelet ends.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=-- anonymous-auth =false' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `${WHY} 'unknown command.*' | head -1`,
            ],
            "unknown command",
          ),
        ],
      },
      {
        id: "bare-line-in-unit",
        says: "`--anonymous-auth=false` on a line of its own in the unit",
        holds: "wrong",
        why: "A flag has to be part of ExecStart. On a line of its own it is a key that systemd does not know, and ignores.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          byHand(
            [
              "#@ node01",
              "sed -i 's/^Restart=on-failure$/--anonymous-auth=false\\n&/' /etc/systemd/system/kubelet.service",
              "systemctl daemon-reload",
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "200",
          ),
        ],
      },
      {
        id: "missing-backslash",
        says: "One flag a line needs no backslash before the last ones.",
        holds: "wrong",
        why: "Where the backslash is missing the command ends. The lines after it are ignored, whatever they say.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          byHand(
            [
              "#@ node01",
              "sed -i 's|^  --v=2$|  --v=2\\n  --read-only-port=0|' /etc/systemd/system/kubelet.service",
              "systemctl daemon-reload",
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              `curl -s ${CODE} http://node01:10255/pods`,
            ],
            "200",
          ),
        ],
      },
      {
        id: "two-backslashes",
        says: "`\\\\` at the end of each line of ExecStart",
        holds: "wrong",
        why: "Two are for a shell that eats one, as in some here-documents. A unit wants one; the second is a word of the command, and the kubelet does not know it.",
        lesson: "sign-on/commission-the-captain",
        attempts: [
          byHand(
            [
              "#@ node01",
              "sed -i 's|kubelet \\\\$|kubelet \\\\\\\\|' /etc/systemd/system/kubelet.service",
              "grep ExecStart /etc/systemd/system/kubelet.service",
              "systemctl daemon-reload",
              RESTART,
              "#@ wait 5",
              "systemctl is-active kubelet",
            ],
            "kubelet \\\\",
            "activating",
          ),
        ],
      },
      {
        id: "no-daemon-reload",
        says: "After editing the unit a restart is enough.",
        holds: "wrong",
        why: "systemd keeps the unit it read. The change counts after `systemctl daemon-reload`.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          byHand(
            [
              "#@ node01",
              "sed -i 's|^  --v=2$|  --v=2 \\\\\\n  --anonymous-auth=false|' /etc/systemd/system/kubelet.service",
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "Run 'systemctl daemon-reload' to reload units.",
            "200",
          ),
        ],
      },
      {
        id: "network-plugin-flag",
        says: "`--network-plugin=cni` belongs into the unit.",
        holds: "outdated",
        why: "The flag left with the Docker shim in 1.24. A flag the kubelet does not know ends it.",
        lesson: "sign-on/commission-the-captain",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=--network-plugin=cni' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `${WHY} 'unknown flag: .*' | head -1`,
            ],
            "unknown flag: --network-plugin",
          ),
        ],
      },
      {
        id: "container-runtime-flag",
        says: "`--container-runtime=remote` chooses the runtime.",
        holds: "outdated",
        why: "Removed in 1.27. The runtime is named by `containerRuntimeEndpoint` in the file.",
        lesson: "sign-on/commission-the-captain",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=--container-runtime=remote' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `${WHY} 'unknown flag: .*' | head -1`,
            ],
            "unknown flag: --container-runtime",
          ),
        ],
      },
      {
        id: "audit-flags",
        says: "`--audit-log-path` makes the kubelet write an audit log.",
        holds: "wrong",
        why: "These are flags of the API server. The kubelet has no audit log, and does not start with the flag; what callers ask of it shows in the API server’s log as TokenReview and SubjectAccessReview.",
        lesson: "ship-shape/the-log-book",
        attempts: [
          joined(
            [
              "#@ node01",
              "echo 'KUBELET_EXTRA_ARGS=--audit-log-path=/var/log/audit.log' > /etc/default/kubelet",
              RESTART,
              "#@ wait 5",
              `${WHY} 'unknown flag: .*' | head -1`,
            ],
            "unknown flag: --audit-log-path",
          ),
        ],
      },
      {
        id: "no-kubeconfig",
        says: "A hardened ExecStart needs `--config` and the security flags, nothing else.",
        holds: "wrong",
        why: "With Webhook the kubelet has to ask the API server, and for that it needs `--kubeconfig`.",
        lesson: "sign-on/commission-the-captain",
        attempts: [
          joined(
            [
              "#@ node01",
              "systemctl stop kubelet",
              `kubelet --config=${CONFIG} 2>&1 | grep -o 'no client provided.*' | tail -1`,
            ],
            "no client provided, cannot use webhook authentication",
          ),
        ],
      },
      {
        id: "ca-elsewhere",
        says: "The client CA is /var/lib/kubernetes/pki/ca.crt.",
        holds: "depends",
        why: "On a kubeadm node it is /etc/kubernetes/pki/ca.crt. A file that is not there ends the kubelet.",
        lesson: "who-goes-there/show-your-papers",
        attempts: [
          joined(
            [
              "#@ node01",
              `sed -i 's|/etc/kubernetes/pki/ca.crt|/var/lib/kubernetes/pki/ca.crt|' ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              `${WHY} 'open /var/lib/kubernetes.*' | head -1`,
            ],
            "open /var/lib/kubernetes/pki/ca.crt: no such file or directory",
          ),
        ],
      },
    ],
  },
  {
    id: "callers",
    title: "Calling the kubelet",
    mistakes: [
      {
        id: "api-prefix",
        says: "The pods are at /api/pods, the logs at /api/logs.",
        holds: "wrong",
        why: "The kubelet’s paths have no `/api` in front. An unknown path is answered 404 before anybody is asked for a name.",
        lesson: "pirates/hail-the-ship",
        attempts: [joined(["#@ outsider", "curl -sk https://node01:10250/api/pods"], "404 page not found")],
      },
      {
        id: "trailing-slash",
        says: "https://node01:10250/pods/ is the list of pods.",
        holds: "right",
        why: "With and without the slash at the end it is the same route.",
        lesson: "pirates/hail-the-ship",
        attempts: [byHand(["#@ outsider", "curl -sk https://node01:10250/pods/ | head -c 17"], '{"kind":"PodList"')],
      },
      {
        id: "create-pods",
        says: "Whoever reaches port 10250 can create pods.",
        holds: "wrong",
        why: "The kubelet’s API makes no pods. It runs commands in those that are there, attaches to them, forwards ports and reads logs, which is bad enough.",
        lesson: "pirates/hail-the-ship",
        attempts: [
          byHand(
            [
              "#@ outsider",
              "curl -sk -X POST https://node01:10250/pods",
              "curl -sk -X POST 'https://node01:10250/run/default/web-node01/web?cmd=id'",
            ],
            "405: Method Not Allowed",
            "uid=0(root)",
          ),
        ],
      },
      {
        id: "read-only-metrics",
        says: "Port 10255 serves metrics.",
        holds: "half",
        why: "Also the whole list of pods, with every environment variable written into them, and statistics; to anybody, over plain HTTP.",
        lesson: "by-whose-order/close-the-hatch",
        attempts: [
          byHand(["#@ outsider", "curl -s http://node01:10255/pods | grep -o 'hunter2' | head -1"], "hunter2"),
        ],
      },
      {
        id: "tls-on-10255",
        says: "`curl -sk https://localhost:10255/pods/`",
        holds: "wrong",
        why: "10255 speaks plain HTTP, so the TLS handshake fails with exit status 35, and `-s` hides the message.",
        lesson: "by-whose-order/close-the-hatch",
        attempts: [byHand(["#@ node01", "curl -sk https://localhost:10255/pods/; echo exit $?"], "exit 35")],
      },
      {
        id: "metrics-server-port",
        says: "The metrics server usually runs on 10255.",
        holds: "wrong",
        why: "metrics-server is a program of its own. It reads /metrics/resource on 10250, with a token and the right to nodes/metrics.",
        lesson: "ship-shape/the-crews-rights",
        attempts: [
          joined(
            [
              "#@ controlplane",
              "kubectl get --raw /api/v1/nodes/node01/proxy/metrics/resource | grep -o '^node_cpu_usage_seconds_total' | head -1",
            ],
            "node_cpu_usage_seconds_total",
          ),
        ],
      },
      {
        id: "single-dashes",
        says: "`curl -key kubelet.key -cert kubelet.crt`",
        holds: "wrong",
        why: "Long options have two dashes. curl reads `-key` as `-k -e y` and `-cert` as `-c ert`, so both file names are taken for addresses.",
        lesson: "who-goes-there/show-your-papers",
        attempts: [
          joined(
            [
              "#@ controlplane",
              "cd /etc/kubernetes/pki",
              "curl -sS -key apiserver-kubelet-client.key -cert apiserver-kubelet-client.crt https://node01:10250/healthz; echo",
            ],
            "Could not resolve host: apiserver-kubelet-client.key",
          ),
        ],
      },
      {
        id: "verification-forgotten",
        says: "`curl -s --cert … --key … https://localhost:10250/pods` lists the pods.",
        holds: "half",
        why: "The certificate of the kubelet was signed by itself, so curl ends with 60, and `-s` hides why. `-k` skips the check; `--cacert` does it, once the kubelet’s certificate is signed by a CA you know.",
        lesson: "sealed-dispatches/sealed-dispatches",
        attempts: [
          joined(["#@ controlplane", `curl -s ${API_CLIENT} https://node01:10250/pods; echo exit $?`], "exit 60"),
        ],
      },
      {
        id: "syslog",
        says: "/logs/syslog has the node’s log.",
        holds: "depends",
        why: "/logs/ serves what lies in /var/log. Hosts that log to the journal alone have no syslog there.",
        lesson: "pirates/hail-the-ship",
        attempts: [
          joined(["#@ controlplane", "kubectl get --raw /api/v1/nodes/node01/proxy/logs/syslog"], "(NotFound)"),
        ],
      },
    ],
  },
  {
    id: "papers",
    title: "Certificates and tokens",
    mistakes: [
      {
        id: "own-certificate",
        says: "The API server shows the kubelet the kubelet’s own certificate.",
        holds: "wrong",
        why: "It shows a client certificate of its own, apiserver-kubelet-client. The kubelet’s is `system:node:NAME`: it is known here, and may do nothing.",
        lesson: "who-goes-there/show-your-papers",
        attempts: [
          joined(
            ["#@ node01", "curl -sk --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://node01:10250/pods"],
            "Forbidden (user=system:node:node01, verb=get, resource=nodes, subresource(s)=[pods proxy])",
          ),
        ],
      },
      {
        id: "certificate-authorizes",
        says: "A client certificate authorizes the caller.",
        holds: "wrong",
        why: "It says who calls. Whether they may is asked afterwards: a good certificate without rights gets 403, no certificate 401.",
        lesson: "by-whose-order/ask-the-harbour",
        attempts: [
          joined(
            [
              "#@ node01",
              `curl -sk ${CODE} https://node01:10250/pods`,
              `curl -sk ${CODE} --cert /var/lib/kubelet/pki/kubelet-client-current.pem https://node01:10250/pods`,
            ],
            "401",
            "403",
          ),
        ],
      },
      {
        id: "ca-signs-serving",
        says: "With `clientCAFile` set the kubelet serves with a certificate of that CA.",
        holds: "wrong",
        why: "Two chains: `clientCAFile` checks callers. What the kubelet shows is `tlsCertFile`, or what the API server signed with `serverTLSBootstrap`, or else a certificate it signed itself.",
        lesson: "sealed-dispatches/sealed-dispatches",
        attempts: [
          joined(
            [
              "#@ node01",
              `grep clientCAFile ${CONFIG}`,
              "openssl s_client -connect node01:10250 </dev/null 2>/dev/null | openssl x509 -noout -issuer",
            ],
            "clientCAFile: /etc/kubernetes/pki/ca.crt",
            "issuer=CN=node01-ca@",
          ),
        ],
      },
      {
        id: "tls-has-to-be-turned-on",
        says: "TLS on 10250 has to be turned on with a certificate and a key.",
        holds: "wrong",
        why: "10250 speaks TLS always. Plain HTTP is spoken by the read-only port and the health port alone.",
        lesson: "sealed-dispatches/sealed-dispatches",
        attempts: [
          joined(
            ["#@ node01", `grep -c tlsCertFile ${CONFIG}`, "#@ outsider", "curl -s http://node01:10250/pods"],
            "0",
            "Client sent an HTTP request to an HTTPS server.",
          ),
        ],
      },
      {
        id: "ca-is-encryption",
        says: "`--client-ca-file` makes callers bring a certificate.",
        holds: "wrong",
        why: "A certificate is asked for and never required. This node has the flag, and lets in who brings none.",
        lesson: "who-goes-there/show-your-papers",
        attempts: [
          byHand(
            [
              "#@ node01",
              "grep client-ca-file /etc/systemd/system/kubelet.service",
              "#@ outsider",
              `curl -sk ${CODE} https://node01:10250/pods`,
            ],
            "--client-ca-file=/etc/kubernetes/pki/ca.crt",
            "200",
          ),
        ],
      },
      {
        id: "tokens-always-work",
        says: "Callers authenticate with certificates or tokens.",
        holds: "depends",
        why: "Tokens are looked at only with `authentication.webhook.enabled`. Elsewhere a token is ignored: a made-up one passes wherever strangers do.",
        lesson: "who-goes-there/letters-of-marque",
        attempts: [
          byHand(
            ["#@ outsider", `curl -sk ${CODE} -H 'Authorization: Bearer made-up' https://node01:10250/pods`],
            "200",
          ),
          joined(
            ["#@ outsider", `curl -sk ${CODE} -H 'Authorization: Bearer made-up' https://node01:10250/pods`],
            "401",
          ),
        ],
      },
      {
        id: "webhook-requires-tokens",
        says: "`--authentication-token-webhook=true` requires a token of every caller.",
        holds: "wrong",
        why: "It has tokens checked by TokenReview; it requires nothing. A certificate is as good.",
        lesson: "who-goes-there/letters-of-marque",
        attempts: [
          joined(
            [
              "#@ controlplane",
              configz(".authentication.webhook.enabled"),
              `curl -sk ${CODE} ${API_CLIENT} https://node01:10250/pods`,
            ],
            "true",
            "200",
          ),
        ],
      },
      {
        id: "bad-paper-is-anonymous",
        says: "Whoever cannot be identified is treated as anonymous.",
        holds: "half",
        why: "Only who shows nothing. A bad token, where tokens are checked, is 401 even with anonymous access on.",
        lesson: "who-goes-there/turn-strangers-away",
        attempts: [
          joined(
            [
              "#@ node01",
              `sed -i '/anonymous:/,/enabled:/s/false/true/' ${CONFIG}`,
              RESTART,
              "#@ wait 5",
              "#@ outsider",
              "curl -sk https://node01:10250/pods; echo",
              "curl -sk -H 'Authorization: Bearer made-up' https://node01:10250/pods",
            ],
            "Forbidden (user=system:anonymous",
            "Unauthorized",
          ),
        ],
      },
      {
        id: "rotation-covers-serving",
        says: "`rotateCertificates` renews the certificate of port 10250.",
        holds: "wrong",
        why: "It renews the client certificate the kubelet shows the API server. The serving certificate needs `serverTLSBootstrap`, and somebody who approves what it asks for.",
        lesson: "sealed-dispatches/fresh-seals",
        attempts: [
          joined(
            [
              "#@ controlplane",
              configz("[.rotateCertificates, .serverTLSBootstrap]"),
              `echo | openssl s_client -connect node01:10250 2>/dev/null | openssl x509 -noout -issuer`,
            ],
            "[true,",
            "issuer=CN=node01-ca@",
          ),
        ],
      },
    ],
  },
  {
    id: "limits",
    title: "What a measure does, and what not",
    mistakes: [
      {
        id: "localhost",
        says: "Bind the kubelet to 127.0.0.1 and it is safe.",
        holds: "wrong",
        why: "The API server calls the node’s address. Bound to localhost the kubelet refuses it with everybody else: no logs, no exec, no metrics, while the node stays Ready.",
        lesson: "sealed-dispatches/moor-with-care",
        attempts: [
          joined(
            [
              "#@ node01",
              `sed -i 's/^address:.*//' ${CONFIG}`,
              `echo 'address: 127.0.0.1' >> ${CONFIG}`,
              RESTART,
              "#@ wait 12",
              "#@ controlplane",
              "kubectl logs web-node01",
              "kubectl get node node01 --no-headers",
            ],
            "connect: connection refused",
            "Ready",
          ),
        ],
      },
      {
        id: "every-request-asked",
        says: "Every request is put to the API server.",
        holds: "half",
        why: "Answers are remembered: a yes for five minutes, a no for thirty seconds. A right taken away goes on that long.",
        lesson: "by-whose-order/ask-the-harbour",
        attempts: [
          joined(
            [
              "#@ controlplane",
              configz("[.authorization.webhook.cacheAuthorizedTTL, .authorization.webhook.cacheUnauthorizedTTL]"),
            ],
            '["5m0s","30s"]',
          ),
        ],
      },
      {
        id: "webhook-is-rbac",
        says: "`--authorization-mode=Webhook` makes the kubelet enforce RBAC.",
        holds: "half",
        why: "It makes the kubelet ask. The answer comes from whatever authorizers the API server runs; here the Node authorizer and RBAC.",
        lesson: "by-whose-order/ask-the-harbour",
        attempts: [
          joined(
            ["#@ controlplane", "grep -- --authorization-mode /etc/kubernetes/manifests/kube-apiserver.yaml"],
            "--authorization-mode=Node,RBAC",
          ),
        ],
      },
      {
        id: "pod-security-guards-kubelet",
        says: "Pod Security Admission protects the kubelet’s API.",
        holds: "wrong",
        why: "It looks at new pods at the API server. Calls to 10250 are not its business, and static pods run from disk whatever the namespace says.",
        lesson: "ship-shape/cargo-rules",
        attempts: [
          joined(
            [
              "#@ controlplane",
              "kubectl label namespace default pod-security.kubernetes.io/enforce=restricted",
              `curl -sk -X POST ${API_CLIENT} 'https://node01:10250/run/default/web-node01/web?cmd=id'`,
            ],
            "labeled",
            "uid=0(root)",
          ),
        ],
      },
      {
        id: "role-limits-kubelet",
        says: "A ClusterRole with get and list limits what the kubelet may do.",
        holds: "wrong",
        why: "RBAC adds rights and takes none. What a kubelet may is decided by the Node authorizer and NodeRestriction.",
        lesson: "ship-shape/the-crews-rights",
        attempts: [
          joined(
            [
              "#@ controlplane",
              "kubectl create clusterrole kubelet-restricted --verb=get,list --resource=pods,nodes",
              "kubectl auth can-i create pods --as=system:node:node01 --as-group=system:nodes",
            ],
            "clusterrole.rbac.authorization.k8s.io/kubelet-restricted created",
            "yes",
          ),
        ],
      },
      {
        id: "reserved-limits-kubelet",
        says: "`kubeReserved` limits what the kubelet uses.",
        holds: "half",
        why: "It lowers what pods may have. Daemons are held to it only when `enforceNodeAllocatable` names kube-reserved and its control group.",
        lesson: "ship-shape/provisions",
        attempts: [
          joined(
            [
              "#@ controlplane",
              "kubectl get node node01 -o jsonpath='{.status.allocatable.memory}{\"\\n\"}'",
              "#@ node01",
              `echo 'kubeReserved: {memory: 512Mi}' >> ${CONFIG}`,
              RESTART,
              "#@ wait 15",
              "#@ controlplane",
              "kubectl get node node01 -o jsonpath='{.status.allocatable.memory}{\"\\n\"}'",
              configz(".enforceNodeAllocatable"),
            ],
            '["pods"]',
          ),
        ],
      },
      {
        id: "kubeadm-installs",
        says: "kubeadm installs the kubelet.",
        holds: "wrong",
        why: "It fetches images and writes configuration. The kubelet comes as a package of its own, before; this node has one, and no kubeadm has run on it yet.",
        lesson: "sign-on/commission-the-captain",
        attempts: [
          {
            base: "not-joined",
            lines: ["#@ node02", "kubelet --version", "ls /var/lib/kubelet/config.yaml"],
            shows: ["Kubernetes v1.36.2", "No such file or directory"],
          },
        ],
      },
    ],
  },
];

/** All of them, group by group. */
export const mistakes: readonly Mistake[] = mistakeGroups.flatMap((group) => group.mistakes);
