// What lesson 6 grades: forged papers get 401, good ones a name, and the reasons for each refusal are known.

import type { Call, Check, Hints, Identity } from "#sandbox/grader/check.ts";
import { asApiServer, asStranger, boardingParty, harbourPilot } from "../../_kit/callers.ts";
import { shipHealthy } from "../../_kit/lesson-checks.ts";

const forgery: Identity = {
  kind: "certificate",
  cert: "/root/boarding/forged.crt",
  key: "/root/boarding/forged.key",
};

const oneCa: Hints["solution"] = {
  text: "Keep the first certificate of the file. No restart is needed: the kubelet reads this file again when it changes.",
  commands: ["openssl x509 -in /etc/kubernetes/pki/ca.crt -out one.crt", "cp one.crt /etc/kubernetes/pki/ca.crt"],
};

/** Shows the certificate, and then what it is: so a refusal can be explained by it. */
const showWatchman = [
  "curl -sk --cert /root/watchman.crt --key /root/watchman.key https://node01:10250/pods",
  "echo; openssl x509 -in /root/watchman.crt -noout -subject -issuer -ext extendedKeyUsage -checkend 0 2>&1",
].join("; ");

export const checks: readonly Check[] = [
  {
    id: "loot-taken",
    step: "forge",
    goal: "Get the list of pods with a forged certificate, and keep it in `loot` on the outsider.",
    probe: { kind: "file", on: "outsider", path: "/home/pirate/loot" },
    expect: { content: { has: '"kind":"PodList"' } },
    passed: "Served, in the API server’s name.",
    failures: [
      {
        when: { exists: { is: false } },
        say: "There is no file `loot` in the outsider’s home yet. `-o loot` writes it.",
      },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`loot` holds `Unauthorized`: the certificate was refused. Who signed it, and does node01 trust that one?",
      },
      {
        when: { content: { is: "" } },
        say: "`loot` is empty: curl got no answer. Without `-s` it says why.",
      },
      { when: {}, say: "`loot` does not hold a list of pods." },
    ],
    hints: {
      nudge: "Anybody can write a name on a paper. Whose signature does node01 know?",
      pointer: "`openssl x509 -req … -CA old-ca.crt -CAkey old-ca.key` signs a request with the CA that was found.",
      solution: {
        text: "On the outsider:",
        commands: [
          "openssl req -new -newkey rsa:2048 -nodes -keyout forged.key -out forged.csr -subj /CN=kube-apiserver-kubelet-client",
          "openssl x509 -req -in forged.csr -CA old-ca.crt -CAkey old-ca.key -days 30 -out forged.crt",
          "curl -sk --cert forged.crt --key forged.key https://node01:10250/pods -o loot",
        ],
      },
    },
  },
  {
    id: "forged-refused",
    step: "trust",
    goal: "A certificate signed by the old CA gets 401 on port 10250.",
    probe: asStranger("/pods", forgery),
    expect: { status: { is: 401 } },
    passed: "401. The old seal opens nothing any more.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "A certificate signed by the old CA still gets 200, and the list of pods. The CA stands in the file that `clientCAFile` names.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250; wanted is an answer, 401." },
    ],
    hints: {
      nudge: "How many certificates are in that file?",
      pointer:
        "`openssl x509` shows the first and stops. `openssl storeutl -noout -certs /etc/kubernetes/pki/ca.crt` counts them.",
      solution: oneCa,
    },
  },
  {
    id: "pilot-logs",
    step: "trust",
    goal: "The API server still reads the logs of `web`.",
    probe: asApiServer("/containerLogs/default/web-node01/web"),
    expect: { status: { is: 200 } },
    passed: "The pilot’s paper is good.",
    failures: [
      {
        when: { status: { is: 401 } },
        say: "The API server shows its certificate and gets 401: the cluster’s own CA is no longer in the file that `clientCAFile` names.",
      },
      {
        when: { error: { is: "refused" } },
        say: "The API server gets connection refused on 10250. The kubelet is down; its journal says why.",
      },
    ],
    hints: {
      nudge: "Which of the two CAs signed the API server’s certificate?",
      pointer: "Its issuer is `CN=kubernetes`, the first of the two. The controlplane has a clean copy.",
      solution: {
        text: "Bring the cluster’s CA back; it is in the kubelet’s kubeconfig, too.",
        commands: [
          "grep certificate-authority-data /etc/kubernetes/kubelet.conf | cut -d: -f2 | base64 -d > /etc/kubernetes/pki/ca.crt",
        ],
      },
    },
  },
  shipHealthy("trust"),
  {
    id: "watchman-known",
    step: "issue",
    goal: "Issue a client certificate for `watchman`: node01 answers it by name.",
    probe: { kind: "command", on: "controlplane", run: showWatchman },
    expect: { stdout: { has: "Forbidden (user=watchman," } },
    passed: "Forbidden, user=watchman. It has a name here; what it may do is another question.",
    failures: [
      {
        when: { stdout: { has: "Could not" } },
        say: "There is no certificate /root/watchman.crt on the controlplane that curl could show.",
      },
      {
        when: { stdout: { has: '"kind":"PodList"' } },
        say: "That certificate is served: it carries another name, one with rights of its own. Wanted is a paper for `watchman` alone.",
      },
      {
        when: { stdout: { has: "Forbidden (user=" } },
        say: "node01 knows this caller by another name than `watchman`. The name is the subject’s CN.",
      },
      {
        when: { stdout: { has: "Certificate will expire" } },
        say: "401: the certificate has expired. `-days` counts from now, and `-not_after` names the day.",
      },
      {
        when: { stdout: { lacks: "issuer=CN=kubernetes" } },
        say: "401: the certificate was not signed by the cluster’s CA, whose subject is `CN=kubernetes`.",
      },
      {
        when: { stdout: { hasAll: ["Server Authentication", "issuer="] } },
        say: "401: the certificate is for servers. Its extended key usage must include client authentication.",
      },
      {
        when: { stdout: { lacks: "CN=watchman" } },
        say: "401: the certificate has no CN, so it names nobody. O is a group, and not a name.",
      },
      { when: {}, say: "The certificate gets no name on node01: {stdout}" },
    ],
    hints: {
      nudge: "Four things make it good: who signed it, until when, what for, and a name.",
      pointer:
        "Key, request, signature: `openssl genrsa`, `openssl req -new -subj /CN=watchman`, `openssl x509 -req -CA … -CAkey …` with `extendedKeyUsage=clientAuth` in an extension file.",
      solution: {
        text: "On the controlplane, in /root:",
        commands: [
          "openssl genrsa -out watchman.key 2048",
          "openssl req -new -key watchman.key -subj /O=monitoring/CN=watchman -out watchman.csr",
          "echo extendedKeyUsage=clientAuth > client.ext",
          "openssl x509 -req -in watchman.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -days 90 -extfile client.ext -out watchman.crt",
        ],
      },
    },
  },
  {
    id: "reasons-noted",
    step: "refusals",
    goal: "Find the three reasons for which node01 refused a paper, and keep them in `reasons` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/reasons" },
    expect: {
      content: { hasAll: ["unknown authority", "incompatible key usage", "has expired"] },
    },
    passed: "Unknown authority, wrong usage, expired: one status, three reasons.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `reasons` in /root of node01 yet." },
      {
        when: { content: { has: "Unauthorized" } },
        say: "`reasons` holds what the caller was told, which is one word for all. The journal of the kubelet knows more.",
      },
      {
        when: { content: { lacks: "unknown authority" } },
        say: "`reasons` does not say yet what becomes of a paper with a foreign signature.",
      },
      {
        when: { content: { lacks: "incompatible key usage" } },
        say: "`reasons` does not say yet what becomes of a server’s certificate shown by a client.",
      },
      { when: {}, say: "`reasons` does not say yet what becomes of a paper that is too old." },
    ],
    hints: {
      nudge: "The caller is told one word. Who knows more?",
      pointer: "Show each bad paper once, then look for `x509:` in the kubelet’s journal.",
      solution: {
        text: "On node01, after each bad paper was shown:",
        commands: ["journalctl -u kubelet --no-pager | grep -o 'x509: .*' > reasons"],
      },
    },
  },
];

export const boarding: readonly Call[] = [
  ...boardingParty,
  { id: "forged-paper", what: "list the pods with a forged certificate", probe: asStranger("/pods", forgery) },
];

export const pilot = harbourPilot("default/web-node01/web");
