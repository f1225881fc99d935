// A node that may write whatever it likes into its own object: the admission plugin that limits it is off.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { nodeReady } from "../_kit/drill-checks.ts";
import { run } from "../_kit/fault.ts";
import { asksApi, COMING_BACK, harbourOpen, MANIFEST, onShore } from "../_kit/shore.ts";

const PLUGIN = "- --enable-admission-plugins=NodeRestriction";
const papers = { kind: "kubeconfig", file: "/etc/kubernetes/kubelet.conf" } as const;

const label = (node: string, key: string): DrillCheck => ({
  id: "label-refused",
  goal: `With the papers of ${node}, the label \`${key}\` of its own node object cannot be set.`,
  probe: {
    kind: "command",
    on: node,
    run: `kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node ${node} ${key}=tried --overwrite --dry-run=server`,
  },
  expect: { stderr: { has: "is not allowed to modify labels" } },
  passed: "Refused.",
  failures: [
    {
      when: { stdout: { has: "labeled" } },
      say: "A node’s papers are enough to give it any label, and with it the pods that ask for that label.",
    },
    { when: { stderr: { has: "was refused" } }, say: "The API server does not answer." },
    { when: {}, say: "The API server said: {stderr}" },
  ],
  hints: {
    nudge: "An authorizer sees verb and object. Who looks at what is written into it?",
    pointer: `The admission plugins of the API server: \`grep admission ${MANIFEST}\`.`,
  },
  weight: 3,
});

export const template: DrillTemplate = {
  id: "node-restriction",
  title: "What a node may say of itself",
  topic: "cluster",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: [],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const key = `node-restriction.kubernetes.io/${random.pick(["vault", "treasury", "trusted", "tier"])}`;
    const value = random.pick(["true", "yes", "gold"]);
    const off = random.oneIn(2)
      ? `sed -i '/NodeRestriction/d' ${MANIFEST}`
      : `sed -i 's/--enable-admission-plugins=NodeRestriction/--disable-admission-plugins=NodeRestriction/' ${MANIFEST}`;
    const on = `sed -i '/NodeRestriction/d;s/- --authorization-mode=.*/&\\n    ${PLUGIN}/' ${MANIFEST}`;
    const without = `kubectl label node ${node} ${key}-`;
    return {
      base: "fleet",
      setup: [
        onShore(off),
        { wait: COMING_BACK },
        run(node, `kubectl --kubeconfig /etc/kubernetes/kubelet.conf label node ${node} ${key}=${value} >/dev/null`),
        { wait: 3 },
      ],
      host: "controlplane",
      task: `Whoever held the papers of \`${node}\` gave that node the label \`${key}\`, which draws pods with secrets to it. Take the label away, and see to it that the API server no longer lets a node set labels of \`node-restriction.kubernetes.io/\` on its own object. Nodes go on reporting their status, and nobody’s rights change.`,
      checks: [
        label(node, key),
        {
          id: "label-gone",
          goal: `${node} does not have the label \`${key}\`.`,
          probe: { kind: "command", on: "controlplane", run: `kubectl get node ${node} --show-labels` },
          expect: { stdout: { lacks: key }, exit: { is: 0 } },
          passed: "Gone.",
          failures: [
            {
              when: { stdout: { has: key } },
              say: "The label is still there: a plugin looks at what is written, not at what stands.",
            },
            { when: {}, say: "kubectl says: {stderr}" },
          ],
          hints: {
            nudge: "What was written before stays.",
            pointer: "`kubectl label node NAME KEY-` takes a label away.",
          },
        },
        nodeReady(node),
        {
          id: "own-pods",
          goal: `${node} still sees the pods that are bound to it.`,
          probe: asksApi(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`, papers, node),
          expect: { status: { is: 200 } },
          passed: "200.",
          failures: [
            { when: { status: { is: 403 } }, say: "403: `Node` must stay among the API server’s authorization modes." },
          ],
          hints: { nudge: "What does a kubelet live on?", pointer: "`--authorization-mode=Node,RBAC` stays." },
        },
        harbourOpen,
      ],
      because:
        "The admission plugin NodeRestriction was off. The Node authorizer lets a node write its own object; which of its labels it may write is the plugin’s question.",
      solution: [on, "#@ wait 15", without],
      right: [{ name: "the label first", lines: [without, on, "#@ wait 15"] }],
      wrong: [
        { name: "the label alone", lines: [without], fails: "label-refused" },
        { name: "the plugin alone", lines: [on, "#@ wait 15"], fails: "label-gone" },
        {
          name: "another plugin instead",
          lines: [on.replace("plugins=NodeRestriction", "plugins=NodeRestrictions"), "#@ wait 15", without],
          fails: "harbour-open",
        },
        {
          name: "nodes without rights",
          lines: [`sed -i 's/=Node,RBAC/=RBAC/' ${MANIFEST}`, "#@ wait 15", without],
          fails: "own-pods",
        },
      ],
    };
  },
};
