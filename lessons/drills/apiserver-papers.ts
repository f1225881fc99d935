// The API server is turned away by kubelets: its papers for them are others, are missing, or have no right.

import type { DrillTemplate } from "../_kit/drill.ts";
import { logsReadable, strangerRefused } from "../_kit/drill-checks.ts";
import { COMING_BACK, harbourOpen, MANIFEST, onShore } from "../_kit/shore.ts";

const PKI = "/etc/kubernetes/pki";
const BINDING = "kubeadm:apiserver-kubelet-client";

export const template: DrillTemplate = {
  id: "apiserver-papers",
  title: "The harbour without papers",
  topic: "cluster",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: [],
  make(random) {
    const other = random.pick(["apiserver-etcd-client", "front-proxy-client", "apiserver"]);
    const bind = `kubectl create clusterrolebinding ${BINDING} --clusterrole=system:kubelet-api-admin --user=kube-apiserver-kubelet-client`;
    const repair = `sed -i 's|kubelet-client-\\(.*\\)=.*/.*\\.|kubelet-client-\\1=${PKI}/apiserver-kubelet-client.|' ${MANIFEST}`;
    const fault = random.pick([
      {
        setup: `sed -i 's|/apiserver-kubelet-client|/${other}|' ${MANIFEST}`,
        mend: [`sed -i '/kubelet-client/s|/${other}\\.|/apiserver-kubelet-client.|' ${MANIFEST}`, "#@ wait 15"],
        why: `The API server showed kubelets the pair ${PKI}/${other}, which is made for others. For kubelets it is apiserver-kubelet-client.`,
      },
      {
        setup: `sed -i '/--kubelet-client-/d' ${MANIFEST}`,
        mend: [
          `sed -i 's|- --allow-privileged=true|&\\n    - --kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt\\n    - --kubelet-client-key=${PKI}/apiserver-kubelet-client.key|' ${MANIFEST}`,
          "#@ wait 15",
        ],
        why: "The flags `--kubelet-client-certificate` and `--kubelet-client-key` were gone, so the API server showed kubelets nothing at all.",
      },
      {
        setup: `kubectl delete clusterrolebinding ${BINDING} >/dev/null`,
        mend: [bind],
        why: `The ClusterRoleBinding \`${BINDING}\` was gone. Kubelets knew the API server by its certificate, asked the API server about its rights, and it had none.`,
      },
    ]);
    const node = random.pick(["node01", "node02"]);
    const viaHarbour = {
      id: "logs-through",
      goal: `\`kubectl logs web-${node}\` works.`,
      probe: { kind: "command", on: "controlplane", run: `kubectl logs web-${node} --tail=1; echo "exit $?"` },
      expect: { stdout: { hasLine: "exit 0" } },
      passed: "Served.",
      failures: [
        {
          when: { stderr: { has: "must be logged in" } },
          say: "The kubelet answers the API server with 401: it does not know the papers it is shown, or is shown none.",
        },
        {
          when: { stderr: { has: "forbidden" } },
          say: "The kubelet answers the API server with 403: it knows who asks, and that one has no right.",
        },
        { when: { stderr: { has: "refused" } }, say: "The API server does not answer." },
        { when: {}, say: "kubectl says: {stderr}" },
      ],
      hints: {
        nudge: "Who is it that the kubelet turns away: you, or somebody who asks for you?",
        pointer: `\`grep kubelet ${MANIFEST}\`, and the ClusterRoleBindings of the user \`kube-apiserver-kubelet-client\`. 401 and 403 are two different faults.`,
      },
      weight: 3,
    } as const;
    return {
      base: "fleet",
      setup: [onShore(fault.setup), { wait: COMING_BACK + 5 }],
      host: "controlplane",
      task: `Since yesterday \`kubectl logs\`, \`exec\` and \`top\` fail for pods on every node, while \`kubectl get\` works. The kubelets were not touched, and they are not to be touched now. Mend it on \`controlplane\`, with the papers that kubeadm made for the purpose and no more rights than they were meant to have.`,
      checks: [
        viaHarbour,
        {
          id: "right-is-least",
          goal: "The user `kube-apiserver-kubelet-client` may call kubelets, and may not delete nodes.",
          probe: {
            kind: "command",
            on: "controlplane",
            run: "kubectl auth can-i get nodes/log --as kube-apiserver-kubelet-client; kubectl auth can-i delete nodes --as kube-apiserver-kubelet-client",
          },
          expect: { stdout: { is: "yes\nno\n" } },
          passed: "As much as it needs.",
          failures: [
            { when: { stdout: { is: "yes\nyes\n" } }, say: "It may do far more than call kubelets." },
            { when: { stdout: { is: "no\nno\n" } }, say: "It may not call kubelets." },
          ],
          hints: { nudge: "Which ClusterRole was made for it?", pointer: "`system:kubelet-api-admin`." },
        },
        harbourOpen,
        logsReadable(node),
        strangerRefused(node),
      ],
      because: fault.why,
      solution: fault.mend,
      right:
        fault.mend.length === 1
          ? [
              {
                name: "by a manifest",
                lines: [`${bind} --dry-run=client -o yaml | kubectl apply -f -`],
              },
            ]
          : [
              {
                name: "edited by hand, both lines anew",
                lines: [
                  `sed -i '/--kubelet-client-/d;s|- --secure-port=6443|&\\n    - --kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt\\n    - --kubelet-client-key=${PKI}/apiserver-kubelet-client.key|' ${MANIFEST}`,
                  "#@ wait 15",
                ],
              },
            ],
      wrong: [
        {
          name: "the kubelet opened",
          lines: [
            `#@ ${node}`,
            "sed -i '/anonymous:/,/enabled:/s/false/true/;s/mode: Webhook/mode: AlwaysAllow/' /var/lib/kubelet/config.yaml",
            "systemctl restart kubelet",
          ],
          fails: "stranger-refused",
        },
        {
          name: "everything for the API server's user",
          lines: [
            ...fault.mend,
            "kubectl create clusterrolebinding kubelet-everything --clusterrole=cluster-admin --user=kube-apiserver-kubelet-client",
          ],
          fails: "right-is-least",
        },
        { name: "the kubelets restarted", lines: [`#@ ${node}`, "systemctl restart kubelet"], fails: "logs-through" },
        {
          name: "the manifest broken",
          lines: [`sed -i 's/- --secure-port/- secure-port/' ${MANIFEST}`, "#@ wait 15"],
          fails: "harbour-open",
        },
        {
          name: "the certificate's path with a typo",
          lines: [repair.replace("client.|", "clients.|"), "#@ wait 15"],
          fails: "logs-through",
        },
      ],
    };
  },
};
