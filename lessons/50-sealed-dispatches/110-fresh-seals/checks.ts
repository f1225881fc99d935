// What lesson 11 grades: the expiry found, a fresh paper in the node's own name, and both certificates renewed by themselves from now on.

import type { Check, Hints } from "#sandbox/grader/check.ts";
import { asApiServer, boardingParty, harbourPilot } from "../../_kit/callers.ts";

const CA = "/etc/kubernetes/pki/ca.crt";
const current = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const config = "/var/lib/kubelet/config.yaml";
const kubeconfig = "kubectl config --kubeconfig=boot.conf";

const bootstrap: Hints["solution"] = {
  text: "On the controlplane; then restart the kubelet on node01:",
  commands: [
    `${kubeconfig} set-cluster fleet --server=https://172.30.1.2:6443 --certificate-authority=${CA} --embed-certs`,
    `${kubeconfig} set-credentials boot --token=$(kubeadm token create --ttl 1h)`,
    `${kubeconfig} set-context here --cluster=fleet --user=boot`,
    `${kubeconfig} use-context here`,
    "scp boot.conf node01:/etc/kubernetes/bootstrap-kubelet.conf",
    "ssh node01 systemctl restart kubelet",
  ],
};

export const checks: readonly Check[] = [
  {
    id: "expiry-noted",
    step: "find",
    goal: "Find on which day the node’s client certificate ended, and keep the line that says so in `expired` on node01.",
    probe: { kind: "file", on: "node01", path: "/root/expired" },
    expect: { content: { has: "Nov 20 13:57:00 2026" } },
    passed: "The twentieth, at lunch. Nobody noticed.",
    failures: [
      { when: { exists: { is: false } }, say: "There is no file `expired` in /root of node01 yet." },
      {
        when: { content: { has: "2036" } },
        say: "`expired` holds the end of the CA’s own certificate. The node’s is in /var/lib/kubelet/pki.",
      },
      { when: {}, say: "`expired` does not hold the day on which the client certificate ended." },
    ],
    hints: {
      nudge: "What does the kubelet show when it calls the API server?",
      pointer: "`openssl x509 -noout -enddate` reads the first certificate of a file.",
      solution: { text: "On node01:", commands: [`openssl x509 -in ${current} -noout -enddate > expired`] },
    },
  },
  {
    id: "node-ready",
    step: "renew",
    goal: "node01 is Ready again.",
    probe: { kind: "node", name: "node01" },
    expect: { ready: { is: "True" } },
    passed: "Ready. The ship reports again.",
    failures: [
      { when: { exists: { is: false } }, say: "The API server has no node01 any more." },
      { when: {}, say: "node01 is not Ready: its kubelet does not start, or the API server does not take its paper." },
    ],
    hints: {
      nudge: "Who can vouch for a ship whose paper has run out?",
      pointer:
        "The unit names a second kubeconfig, `--bootstrap-kubeconfig`, for exactly that: with a token that is good for a short time.",
      solution: bootstrap,
    },
  },
  {
    id: "seal-fresh",
    step: "renew",
    goal: "Its client certificate is fresh, and in its own name.",
    probe: {
      kind: "command",
      on: "node01",
      run: `kubectl --kubeconfig /etc/kubernetes/kubelet.conf auth whoami -o jsonpath='{.status.userInfo.username}' 2>&1; echo; openssl x509 -in ${current} -noout -checkend 86400`,
    },
    expect: { stdout: { has: "system:node:node01\n" } },
    passed: "A fresh seal, for system:node:node01.",
    failures: [
      {
        when: { stdout: { has: "kubernetes-" } },
        say: "To the API server the paper in kubelet.conf is an administrator’s: {stdout}. Whoever reads that file on node01 owns the fleet.",
      },
      {
        when: { stdout: { has: "Certificate will expire" } },
        say: "The certificate in kubelet-client-current.pem is still the one that has ended.",
      },
      { when: {}, say: "To the API server the paper in kubelet.conf is not `system:node:node01`: {stdout}" },
    ],
    hints: {
      nudge: "In whose name does the node report now?",
      pointer: "A kubelet that bootstraps asks for `system:node:NAME` itself, and writes kubelet.conf anew.",
      solution: bootstrap,
    },
  },
  {
    id: "token-gone",
    step: "renew",
    goal: "The bootstrap paper does not stay on the node.",
    probe: { kind: "file", on: "node01", path: "/etc/kubernetes/bootstrap-kubelet.conf" },
    expect: { exists: { is: false } },
    passed: "No bootstrap paper lies on the node.",
    failures: [
      {
        when: { exists: { is: true } },
        say: "bootstrap-kubelet.conf still lies on node01. Whoever reads the token in it can ask for a node’s certificate.",
      },
    ],
    hints: {
      nudge: "What is a token worth after it was used?",
      pointer: "It stays good until it expires. kubeadm removes the file itself; here you do.",
      solution: { text: "On node01:", commands: ["rm /etc/kubernetes/bootstrap-kubelet.conf"] },
    },
  },
  {
    id: "rotation-on",
    step: "rotate",
    goal: "From now on the kubelet renews its client certificate in time.",
    probe: asApiServer("/configz"),
    expect: { body: { has: '"rotateCertificates":true' } },
    setting: { on: "node01", field: "rotateCertificates", value: true },
    passed: "rotateCertificates, in force.",
    failures: [
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250 of node01; its kubelet does not run." },
      {
        when: { error: { is: "tls" } },
        say: "10250 has no certificate to show yet: the request for one waits for approval.",
      },
      {
        when: { status: { is: 200 } },
        say: "`/configz` says `rotateCertificates: false`: when the next paper ends, you are here again.",
      },
      { when: { status: { is: 500 } }, say: "The kubelet answers 500: it cannot ask the API server who may do what." },
    ],
    hints: {
      nudge: "Why was nothing renewed?",
      pointer: "`grep rotate /var/lib/kubelet/config.yaml`.",
      solution: {
        text: "On node01:",
        commands: [
          `sed -i 's/rotateCertificates: false/rotateCertificates: true/' ${config}`,
          "systemctl restart kubelet",
        ],
      },
    },
  },
  {
    id: "serving-believed",
    step: "serving",
    goal: "node01 serves with a certificate that the cluster’s CA signed.",
    probe: {
      kind: "command",
      on: "controlplane",
      run: `curl -sS -m 5 --cacert ${CA} -o /dev/null -w '%{http_code}' https://node01:10250/pods`,
    },
    expect: { exit: { is: 0 } },
    passed: "Believed without -k, and renewed by the same way.",
    failures: [
      { when: { exit: { is: 7 } }, say: "Nobody answers on 10250 of node01; its kubelet does not run." },
      {
        when: { exit: { is: 35 } },
        say: "No handshake: the kubelet has asked for a serving certificate, and nobody has approved the request. `kubectl get csr` shows it.",
      },
      {
        when: { stderr: { has: "self-signed" } },
        say: "node01 shows a certificate that it signed itself. `rotateCertificates` is about the client certificate only.",
      },
    ],
    hints: {
      nudge: "Two certificates, two settings. And one of them needs somebody’s yes.",
      pointer: "`serverTLSBootstrap: true`, a restart, then `kubectl get csr` and `kubectl certificate approve NAME`.",
      solution: {
        text: "On node01 the first two, on the controlplane the others:",
        commands: [
          `echo 'serverTLSBootstrap: true' >> ${config}`,
          "systemctl restart kubelet",
          "kubectl get csr",
          "kubectl certificate approve NAME",
        ],
      },
    },
  },
];

export const boarding = boardingParty;

export const pilot = harbourPilot("default/web-node01/web");
