// A client certificate with days to go, and a kubelet that was told not to renew it.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { logsReadable, nodeReady } from "../_kit/drill-checks.ts";
import { CONFIG, EXTRA_ENV, KUBEADM_ENV, run } from "../_kit/fault.ts";

const PKI = "/var/lib/kubelet/pki";

const renewed = (node: string): DrillCheck => ({
  id: "certificate-renewed",
  goal: `The client certificate that the kubelet on ${node} uses is good for more than 90 days.`,
  probe: {
    kind: "command",
    on: node,
    run: `openssl x509 -in ${PKI}/kubelet-client-current.pem -noout -checkend 7776000`,
  },
  expect: { stdout: { has: "will not expire" } },
  passed: "Renewed.",
  failures: [
    { when: { stdout: { has: "will expire" } }, say: "It is still the certificate that runs out in a few days." },
  ],
  hints: {
    nudge: "Who renews a kubelet’s client certificate, and when?",
    pointer:
      "`rotateCertificates`, or the flag `--rotate-certificates`: which of the two decides? Near its end a certificate is renewed at the next start.",
  },
});

const rotates = (node: string): DrillCheck => ({
  id: "rotation-on",
  goal: `The kubelet on ${node} rotates its client certificate, after the next restart as well.`,
  probe: {
    kind: "http",
    from: "controlplane",
    url: `https://${node}:10250/configz`,
    as: {
      kind: "certificate",
      cert: "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
      key: "/etc/kubernetes/pki/apiserver-kubelet-client.key",
    },
  },
  after: "restart",
  expect: { status: { is: 200 }, body: { has: '"rotateCertificates":true' } },
  setting: { on: node, field: "rotateCertificates", value: true },
  passed: "It will renew the next one, too.",
  failures: [
    {
      when: { status: { is: 200 } },
      say: "`rotateCertificates` is off: the next certificate will run out as this one would.",
    },
    { when: { error: { is: "refused" } }, say: "Nobody answers on 10250 after a restart." },
  ],
  hints: { nudge: "And next year?", pointer: "`/configz` shows what the running kubelet goes by." },
});

export const template: DrillTemplate = {
  id: "client-rotation",
  title: "Seven days to go",
  topic: "certificates",
  level: 2,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["flag-beats-file"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const place = random.pick(["file", "extra", "kubeadm"] as const);
    const day = random.between(24, 30);
    const old = `${PKI}/kubelet-client-2026-01-0${random.between(1, 9)}-09-00-00.pem`;
    const sign = [
      `openssl req -new -newkey rsa:2048 -nodes -keyout n.key -subj /O=system:nodes/CN=system:node:${node} -out n.csr 2>/dev/null`,
      "printf 'extendedKeyUsage=clientAuth\\n' > n.ext",
      `openssl x509 -req -in n.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -not_before 20260101090000Z -not_after 202611${day}090000Z -extfile n.ext -out n.crt 2>/dev/null`,
      "cat n.crt n.key > n.pem",
      `scp -q n.pem ${node}:${old} 2>/dev/null`,
      "rm n.*",
    ].join("; ");
    const off = {
      file: `sed -i 's/^rotateCertificates: .*/rotateCertificates: false/' ${CONFIG}`,
      extra: `echo KUBELET_EXTRA_ARGS=--rotate-certificates=false > ${EXTRA_ENV}`,
      kubeadm: `echo 'KUBELET_KUBEADM_ARGS="--rotate-certificates=false"' > ${KUBEADM_ENV}`,
    }[place];
    const inFile = `sed -i 's/^rotateCertificates: .*/rotateCertificates: true/' ${CONFIG}`;
    const on = {
      file: inFile,
      extra: `echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}`,
      kubeadm: `echo 'KUBELET_KUBEADM_ARGS=""' > ${KUBEADM_ENV}`,
    }[place];
    const restart = "systemctl restart kubelet";
    return {
      base: "fleet",
      setup: [
        run("controlplane", sign),
        run(
          node,
          `${off}; chmod 600 ${old}; rm ${PKI}/kubelet-client-2026-1*.pem; ln -sf ${old} ${PKI}/kubelet-client-current.pem; ${restart}`,
        ),
        { wait: 8 },
      ],
      host: node,
      task: `The certificate with which the kubelet on \`${node}\` goes to the API server runs out on ${day} November, a few days from now. The cluster is set up to renew such certificates by itself; on this node somebody switched that off. Switch it on for good, and have the certificate renewed now. The node stays Ready, and nothing else changes.`,
      checks: [{ ...renewed(node), weight: 2 }, { ...rotates(node), weight: 2 }, nodeReady(node), logsReadable(node)],
      because: `${place === "file" ? `\`rotateCertificates\` was \`false\` in ${CONFIG}` : `\`--rotate-certificates=false\` in ${place === "extra" ? EXTRA_ENV : KUBEADM_ENV} went over the file`}. A kubelet that rotates asks for the next certificate when most of the time of the old one has passed, and so at once here.`,
      solution: [on, restart, "#@ wait 5"],
      right: [
        {
          name: "by flag",
          lines: [
            `echo KUBELET_KUBEADM_ARGS= > ${KUBEADM_ENV}`,
            `echo KUBELET_EXTRA_ARGS=--rotate-certificates=true > ${EXTRA_ENV}`,
            restart,
            "#@ wait 5",
          ],
        },
      ],
      wrong: [
        { name: "restarted", lines: [restart], fails: "certificate-renewed" },
        { name: "saved, not restarted", lines: [on], fails: "certificate-renewed" },
        place === "file"
          ? {
              name: "the other rotation",
              lines: [`echo 'serverTLSBootstrap: true' >> ${CONFIG}`, restart],
              fails: "rotation-on",
            }
          : {
              name: "the file has the last word",
              lines: [inFile, restart],
              fails: "rotation-on",
              misconception: "flag-beats-file",
            },
        {
          name: "the administrator's papers instead",
          lines: [
            "#@ controlplane",
            `scp /etc/kubernetes/admin.conf ${node}:/etc/kubernetes/kubelet.conf`,
            `#@ ${node}`,
            restart,
          ],
          fails: "certificate-renewed",
        },
        {
          name: "the certificate thrown away",
          lines: [`rm ${PKI}/kubelet-client-*`, on, restart],
          fails: "certificate-renewed",
        },
      ],
    };
  },
};
