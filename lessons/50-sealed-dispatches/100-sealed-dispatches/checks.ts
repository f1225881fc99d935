// What lesson 10 grades: node01 shows a certificate that its callers can check, a false ship does not pass, and weak ciphers are refused.

import type { Check, CommandProbe, Failure } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot, healthProbe } from "../../_kit/callers.ts";

const CA = "/etc/kubernetes/pki/ca.crt";
const config = "/var/lib/kubelet/config.yaml";

/** A caller in the harbour who checks what is shown; 401 is what a caller without a name of its own gets. */
const careful = (host: string): CommandProbe => ({
  kind: "command",
  on: "controlplane",
  run: `curl -sS -m 5 --cacert ${CA} -o /dev/null -w '%{http_code}' https://${host}:10250/pods`,
});

const notBelieved: readonly Failure[] = [
  {
    when: { exit: { is: 7 } },
    say: "Nobody answers on 10250: the kubelet did not come up with what you saved. Its journal says why.",
  },
  {
    when: { exit: { is: 35 } },
    say: "No handshake: with `serverTLSBootstrap` the kubelet waits for its certificate until somebody approves the request. `kubectl get csr` shows it.",
  },
  {
    when: { stderr: { has: "self-signed certificate" } },
    say: "curl does not believe it: node01 still shows a certificate that it signed itself.",
  },
  {
    when: { stderr: { has: "no alternative certificate subject name" } },
    say: "curl believes the signature and not the name. The certificate’s list of names does not hold the one that was called.",
  },
  {
    when: { stderr: { has: "does not match target" } },
    say: "curl believes the signature and not the name. The certificate has no list of names, and its CN is not what was called.",
  },
  {
    when: { stderr: { has: "unsuitable certificate purpose" } },
    say: "curl believes the signature and not the purpose: a server’s certificate is for server authentication.",
  },
  {
    when: { stderr: { has: "unable to get local issuer" } },
    say: "curl does not know who signed this certificate: it was not the cluster’s CA.",
  },
  { when: { stderr: { has: "expired" } }, say: "The certificate that node01 shows has expired." },
];

const reseal = [
  "printf 'subjectAltName=DNS:node01,IP:172.30.2.2\\nextendedKeyUsage=serverAuth\\n' > node01.ext",
  `openssl x509 -req -in node01.csr -CA ${CA} -CAkey /etc/kubernetes/pki/ca.key -days 365 -extfile node01.ext -out node01.crt`,
  "scp node01.crt node01:/var/lib/kubelet/pki/serving.crt",
];

export const checks: readonly Check[] = [
  {
    id: "bait-taken",
    step: "bait",
    goal: "Fetch the pods of `node01.fleet` as so many scripts do, with `-k`, into the file `bait` on the controlplane.",
    probe: { kind: "file", on: "controlplane", path: "/root/bait" },
    expect: { content: { has: "bait-node01.fleet" } },
    passed: "Pods, and not of any ship of yours.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `bait` in /root of the controlplane yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`bait` holds `Unauthorized`: that was the real node01. Ask `node01.fleet`.",
      },
      { when: {}, say: "`bait` does not hold a list of pods." },
    ],
    hints: {
      nudge: "What does `-k` leave out?",
      pointer: "The name is `node01.fleet`, the path `/pods`, the port 10250.",
      solution: { text: "On the controlplane:", commands: ["curl -sk https://node01.fleet:10250/pods -o bait"] },
    },
  },
  {
    id: "true-name",
    step: "seal",
    goal: "A caller that checks with the cluster’s CA believes `node01` by its name.",
    probe: careful("node01"),
    expect: { exit: { is: 0 } },
    passed: "Believed, without -k.",
    failures: notBelieved,
    hints: {
      nudge: "Who would have to sign for it, so that the caller believes it?",
      pointer:
        "Key and request on node01, the cluster’s CA on the controlplane, then `tlsCertFile` and `tlsPrivateKeyFile` in config.yaml.",
      solution: {
        text: "On the controlplane; the last lines go into config.yaml of node01, and then restart it there:",
        commands: [
          "ssh node01 openssl genrsa -out /var/lib/kubelet/pki/serving.key 2048",
          "ssh node01 openssl req -new -key /var/lib/kubelet/pki/serving.key -subj /O=system:nodes/CN=system:node:node01 > node01.csr",
          ...reseal,
          "tlsCertFile: /var/lib/kubelet/pki/serving.crt",
          "tlsPrivateKeyFile: /var/lib/kubelet/pki/serving.key",
        ],
      },
    },
  },
  {
    id: "true-address",
    step: "seal",
    goal: "And by its address, `172.30.2.2`, at which the API server calls.",
    probe: careful("172.30.2.2"),
    expect: { exit: { is: 0 } },
    passed: "Believed by address, too.",
    failures: notBelieved,
    hints: {
      nudge: "By which name does the API server call a kubelet?",
      pointer: "It calls the InternalIP. The list of names needs `IP:172.30.2.2` besides `DNS:node01`.",
      solution: { text: "Sign again with both names, and restart the kubelet:", commands: reseal },
    },
  },
  {
    id: "decoy-refused",
    step: "seal",
    goal: "The same caller does not believe the false ship.",
    probe: careful("node01.fleet"),
    expect: { exit: { is: 60 } },
    passed: "60. The false ship cannot show our seal.",
    failures: [
      {
        when: { exit: { is: 0 } },
        say: "The caller believes the false ship: a CA that it trusts has signed for it. Which CAs are in ca.crt on the controlplane?",
      },
    ],
    hints: {
      nudge: "Whom does the caller believe, and since when?",
      pointer:
        "A certificate that somebody shows you is not a reason to believe it. `openssl storeutl -noout -certs` counts what is in ca.crt.",
      solution: {
        text: "Keep the cluster’s CA alone, the first in the file:",
        commands: [`openssl x509 -in ${CA} -out one.crt`, `cp one.crt ${CA}`],
      },
    },
  },
  {
    id: "weak-refused",
    step: "ciphers",
    goal: "A caller that knows only TLS 1.2 with CBC and SHA-1 is refused.",
    probe: {
      kind: "command",
      on: "outsider",
      run: "curl -sk -m 5 -o /dev/null -w '%{http_code}' --tls-max 1.2 --ciphers ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA https://node01:10250/pods",
    },
    expect: { exit: { is: 35 } },
    passed: "No handshake with the weak ones.",
    failures: [
      {
        when: { exit: { is: 0 } },
        say: "The handshake succeeds with `ECDHE-RSA-AES128-SHA`. Nothing in config.yaml names the suites that are wanted.",
      },
      {
        when: { exit: { is: 7 } },
        say: "Nobody answers on 10250: the kubelet did not come up with what you saved. Its journal says why.",
      },
    ],
    hints: {
      nudge: "Which suites does the kubelet offer if nobody says so?",
      pointer:
        "`tlsCipherSuites` with Go’s names, as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; or `tlsMinVersion: VersionTLS13`.",
      solution: {
        text: "On node01:",
        commands: [
          `echo 'tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]' >> ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "pilot-logs",
    step: "ciphers",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot and the ship understand each other.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250. The kubelet is down; its journal says why.",
      },
      { when: { error: { is: "tls" } }, say: "The API server and the kubelet find no handshake they both accept." },
      {
        when: { status: { is: 401 } },
        say: "The API server gets 401: `clientCAFile` is another matter, and has to stay.",
      },
    ],
    hints: {
      nudge: "A seal that no friend can read is no seal.",
      pointer: "`journalctl -u kubelet -n 20`, and the difference between `clientCAFile` and `tlsCertFile`.",
      solution: { text: "On node01:", commands: ["journalctl -u kubelet -n 20 --no-pager"] },
    },
  },
  {
    id: "ship-healthy",
    step: "ciphers",
    goal: "The kubelet is up, and starts again with what is saved.",
    probe: healthProbe,
    after: "restart",
    expect: { status: { is: 200 } },
    passed: "ok on 10248, after a restart too.",
    failures: [
      {
        when: { error: { is: "refused" } },
        say: "After a restart nobody answers on 10248. The journal names what the kubelet did not accept.",
      },
    ],
    hints: {
      nudge: "Did you look after the restart?",
      pointer: "`systemctl status kubelet`, then `journalctl -u kubelet -n 20`.",
      solution: { text: "On node01:", commands: ["journalctl -u kubelet -n 20 --no-pager"] },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
