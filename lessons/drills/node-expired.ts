// The kubelet's client certificate has run out, and with it the way to a new one.

import type { Drill, DrillTemplate, Lines } from "../_kit/drill.ts";
import { backInService, JOURNAL, KUBECONFIG, otherNode, run } from "../_kit/fault.ts";

const PKI = "/var/lib/kubelet/pki";

export const template: DrillTemplate = {
  id: "node-expired",
  title: "Papers that ran out",
  topic: "certificates",
  level: 3,
  minutes: 6,
  use: ["rep", "task", "incident"],
  misconceptions: ["expired-is-fine", "rotation-revives"],
  make(random): Drill {
    const node = random.pick(["node01", "node02"]);
    const day = String(random.between(2, 19)).padStart(2, "0");
    const user = `system:node:${node}`;
    const old = `${PKI}/kubelet-client-2026-02-${day}-09-00-00.pem`;
    const sign = [
      `openssl req -new -newkey rsa:2048 -nodes -keyout n.key -subj /O=system:nodes/CN=${user} -out n.csr 2>/dev/null`,
      "printf 'extendedKeyUsage=clientAuth\\n' > n.ext",
      `openssl x509 -req -in n.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -not_before 202602${day}090000Z -not_after 202611${day}090000Z -extfile n.ext -out n.crt 2>/dev/null`,
      "cat n.crt n.key > n.pem",
      `scp -q n.pem ${node}:${old} 2>/dev/null`,
      "rm n.*",
    ].join("; ");
    const fresh: Lines = [
      "#@ controlplane",
      `kubeadm kubeconfig user --client-name ${user} --org system:nodes > n.conf`,
      `scp n.conf ${node}:${KUBECONFIG}`,
      `#@ ${node}`,
      "systemctl restart kubelet",
      "#@ wait 5",
    ];
    const [ready, ...others] = backInService(node);
    return {
      base: "fleet",
      setup: [
        run("controlplane", sign),
        run(
          node,
          `systemctl stop kubelet; chmod 600 ${old}; rm ${PKI}/kubelet-client-2026-1*.pem; ln -sf ${old} ${PKI}/kubelet-client-current.pem`,
        ),
        run(node, "systemctl start kubelet; true"),
        { wait: 60 },
      ],
      host: node,
      task: `\`${node}\` was switched off for weeks, and its kubelet does not come up any more: its client certificate ran out in the meantime. Give it a valid one for \`${user}\` (group \`system:nodes\`), signed by the cluster’s CA, so that it is Ready again under its own name. The node object and its pods stay, and so do the kubelet’s settings. You may use \`controlplane\`, which has the CA and \`kubeadm\`.`,
      checks: [
        {
          ...(ready as NonNullable<typeof ready>),
          hints: {
            nudge: "Rotation needs a certificate that is still good. What did the node use before it had one?",
            pointer: `\`${JOURNAL}\` says since when. On the controlplane \`kubeadm token create\` gives a bootstrap token, and \`kubeadm kubeconfig user\` a kubeconfig for a name and a group.`,
          },
        },
        ...others,
        {
          id: "certificate-valid",
          goal: `The API server knows ${node}'s kubelet by a certificate of \`${user}\` that has not run out.`,
          probe: {
            kind: "command",
            on: node,
            run: `kubectl --kubeconfig ${KUBECONFIG} auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups}'`,
          },
          expect: { stdout: { hasAll: [user, "system:nodes"] } },
          passed: "Known by its own name.",
          failures: [
            {
              when: { stdout: { has: "kubernetes-admin" } },
              say: "The kubelet goes to the API server as the administrator.",
            },
            { when: {}, say: `With ${KUBECONFIG} the API server knows: {stdout}{stderr}` },
          ],
          hints: { nudge: "Whose name must stand in it?", pointer: "`CN=system:node:NAME`, `O=system:nodes`." },
        },
      ],
      because:
        "The client certificate had run out, so the kubelet could not ask for the next one with it; and the bootstrap kubeconfig, the other way in, is gone on a node that has joined.",
      solution: fresh,
      right: [
        {
          name: "with a bootstrap token",
          lines: [
            "#@ controlplane",
            "cp /etc/kubernetes/admin.conf b.conf",
            "kubectl config --kubeconfig b.conf unset users.kubernetes-admin",
            "kubectl config --kubeconfig b.conf set-credentials kubernetes-admin --token=$(kubeadm token create)",
            `scp b.conf ${node}:/etc/kubernetes/bootstrap-kubelet.conf`,
            `#@ ${node}`,
            "systemctl restart kubelet",
            "#@ wait 8",
          ],
        },
      ],
      wrong: [
        {
          name: "the administrator's papers",
          lines: [
            "#@ controlplane",
            `scp /etc/kubernetes/admin.conf ${node}:${KUBECONFIG}`,
            `#@ ${node}`,
            "systemctl restart kubelet",
          ],
          fails: "certificate-valid",
        },
        {
          name: "the other node's papers",
          lines: [
            "#@ controlplane",
            `kubeadm kubeconfig user --client-name system:node:${otherNode(node)} --org system:nodes > n.conf`,
            `scp n.conf ${node}:${KUBECONFIG}`,
            `#@ ${node}`,
            "systemctl restart kubelet",
          ],
          fails: "certificate-valid",
        },
        {
          name: "a name without its group",
          lines: [
            "#@ controlplane",
            `kubeadm kubeconfig user --client-name ${user} > n.conf`,
            `scp n.conf ${node}:${KUBECONFIG}`,
            `#@ ${node}`,
            "systemctl restart kubelet",
          ],
          fails: "certificate-valid",
        },
        {
          name: "rotation switched on",
          lines: [
            "sed -i 's/rotateCertificates: .*/rotateCertificates: true/' /var/lib/kubelet/config.yaml",
            "systemctl restart kubelet",
          ],
          fails: "node-ready",
        },
      ],
    };
  },
};
