// A setting for every node at once: into the cluster's ConfigMap, and down to two nodes.

import type { DrillTemplate } from "../_kit/drill.ts";
import { logsReadable, nodeReady, settingIs } from "../_kit/drill-checks.ts";
import { onShore } from "../_kit/shore.ts";

export const template: DrillTemplate = {
  id: "cluster-settings",
  title: "One order for the fleet",
  topic: "settings",
  level: 3,
  minutes: 8,
  use: ["rep", "task"],
  misconceptions: ["wrong-file"],
  make(random) {
    const [field, value] = random.pick([
      ["podPidsLimit", random.pick([200, 300, 512])],
      ["maxPods", random.pick([60, 80, 90])],
      ["eventRecordQPS", random.pick([10, 20, 25])],
      ["containerLogMaxFiles", random.pick([3, 4, 7])],
    ] as const);
    const get = "kubectl -n kube-system get cm kubelet-config -o yaml";
    const put = "kubectl replace -f -";
    const change = `${get} | sed 's/^    rotateCert.*/&\\n    ${field}: ${value}/' | ${put}`;
    const pull = (node: string): string =>
      `ssh ${node} 'kubeadm upgrade node phase kubelet-config; systemctl restart kubelet'`;
    const byHand = (node: string): string =>
      `ssh ${node} 'echo "${field}: ${value}" >> /var/lib/kubelet/config.yaml; systemctl restart kubelet'`;
    const live = (node: string) => ({ ...settingIs(node, field, value), id: `live-${node}` });
    return {
      base: "fleet",
      setup: [onShore("kubectl -n kube-system get cm kubelet-config -o name >/dev/null")],
      host: "controlplane",
      task: `From now on every kubelet of this cluster runs with \`${field}: ${value}\`. Write it where kubeadm keeps the settings for all nodes, so that nodes that join later get it as well, and have \`node01\` and \`node02\` take it up. They are reached from \`controlplane\` by ssh. All of their other settings stay, and both stay Ready.`,
      checks: [
        {
          id: "kept-for-all",
          goal: `The ConfigMap \`kubelet-config\` in \`kube-system\` has \`${field}: ${value}\`.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: "kubectl -n kube-system get cm kubelet-config -o jsonpath='{.data.kubelet}'",
          },
          expect: { stdout: { hasLine: `${field}: ${value}` } },
          passed: "Every node that joins or upgrades gets it.",
          failures: [
            {
              when: { stdout: { has: field } },
              say: `The ConfigMap has \`${field}\`, at another place or with another value.`,
            },
            { when: {}, say: "The ConfigMap does not have it: the next node to join will not, either." },
          ],
          hints: {
            nudge: "Where did these nodes get their configuration file from, when they joined?",
            pointer:
              "`kubectl -n kube-system edit cm kubelet-config`; a node fetches it with `kubeadm upgrade node phase kubelet-config`.",
          },
          weight: 2,
        },
        live("node01"),
        live("node02"),
        nodeReady("node01"),
        { ...nodeReady("node02"), id: "other-ready" },
        logsReadable("node01"),
      ],
      because:
        "kubeadm keeps one KubeletConfiguration for all nodes in a ConfigMap. A change there reaches a node when it fetches the file again and its kubelet is restarted.",
      solution: [change, pull("node01"), pull("node02")],
      right: [
        { name: "by hand on the nodes", lines: [change, byHand("node01"), byHand("node02")] },
        {
          name: "with a file",
          lines: [
            `${get} > cm.yaml`,
            `sed -i 's/^    staticPodPath/    ${field}: ${value}\\n&/' cm.yaml`,
            "kubectl apply -f cm.yaml",
            pull("node01"),
            pull("node02"),
          ],
        },
      ],
      wrong: [
        { name: "for those that come later", lines: [change], fails: "live-node01" },
        { name: "one node forgotten", lines: [change, pull("node01")], fails: "live-node02" },
        { name: "on the nodes alone", lines: [byHand("node01"), byHand("node02")], fails: "kept-for-all" },
        {
          name: "not restarted",
          lines: [
            change,
            "ssh node01 kubeadm upgrade node phase kubelet-config",
            "ssh node02 kubeadm upgrade node phase kubelet-config",
          ],
          fails: "live-node01",
        },
        {
          name: "at the wrong depth",
          lines: [
            `${get} | sed 's/^      anonymous:/      ${field}: ${value}\\n&/' | ${put}`,
            pull("node01"),
            pull("node02"),
          ],
          fails: "live-node01",
        },
      ],
    };
  },
};
